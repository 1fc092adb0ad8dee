/*
 * Importing: a published or a user's own collection of images to rows.
 *
 * A format is one source file import_NAME.c with a struct lt_import_format and
 * one line in the list below; --format, its help and the manual page's check
 * follow from that list.  A format finds out what an input holds (look), says
 * which columns and classes the rows have, and hands over image after image in
 * the canonical order; channels, sizes, labels, ids and writing are common.
 */
#ifndef LT_DATA_IMPORT_H
#define LT_DATA_IMPORT_H

#include "data/image.h"
#include "data/listing.h"
#include "stream/stream.h"

/* The formats, in the order in which they look at an input. */
#define LT_IMPORT_FORMATS(X) X(cifar) X(idx) X(folder)
/* Formats that are known by sight and refused with LT_USAGE. */
#define LT_IMPORT_LATER "cifar-python", "svhn", "webdataset", "list"

enum lt_split {
	LT_SPLIT_DEFAULT,
	LT_SPLIT_TRAIN,
	LT_SPLIT_TEST,
	LT_SPLIT_VAL,
	LT_SPLIT_EXTRA,
	LT_SPLIT_ALL
};

struct lt_import;

struct lt_import_format {
	const char *name;
	/* Of the entries of an archive or a directory: which ones are read. */
	enum lt_want (*wants)(const char *name);
	/* Is this the format?  Looks at entry[] and head, changes nothing. */
	bool (*probe)(const struct lt_listing *listing);
	int (*run)(struct lt_import *import, struct lt_error *err);
};

/* What the caller does for an import. */
struct lt_import_host {
	void *arg;
	/* Adds provenance (in: bytes and CRC of each input) and begins the segment. */
	int (*begin)(void *arg, struct lt_header *header, const struct lt_import *import,
		     struct lt_writer **writer, struct lt_error *err);
	void (*notice)(void *arg, const char *text);
	void (*progress)(void *arg, uint64_t done, uint64_t total);
};

struct lt_import {
	/* What is asked for; set by the caller, which keeps what is pointed to. */
	const char *path;	 /* NULL: stdin */
	const char *labels_path; /* a second operand (idx), or NULL */
	const char *format;	 /* NULL: found by looking */
	enum lt_split split;
	uint32_t size; /* 0: as they are */
	int channels;  /* 1 or 3 */
	uint64_t max_pixels;
	uint64_t skip_bad;
	bool no_labels, coarse;
	/* Of images in files: */
	bool as_stored;	     /* orientation tags are not applied */
	bool has_background; /* transparent pixels are blended with it; else alpha is dropped */
	uint8_t background[3];
	/* Which samples of more than 8 bits become 0 and 255; both 0 (--range auto): found by
	 * looking through all splits, and set. */
	uint32_t low, high;
	const char *const *classes; /* --classes, or NULL */
	int n_classes;
	struct lt_import_host host;

	/* Filled while it runs. */
	struct lt_listing *listing;
	const char *split_name;	  /* of the split that was chosen: "train", …; "all" */
	const char *header_split; /* what the header says, or NULL */
	struct lt_prov_in in[2];
	int n_in;
	uint64_t rows, total, next_id;
	uint64_t bad;
	const char **bad_text;
	bool has_key;
	struct lt_norm norm;
	const uint64_t *counts; /* of the header's classes, where known before the first row */
	const char *const *names; /* the header's classes */
	int n_names;		  /* -1: no class list */
	const int32_t *label_of;  /* from the format's labels to the header's */
	struct lt_image image, resized;
	struct lt_image_how how;
	struct lt_writer *writer;
	uint32_t width, height;
	struct lt_arena arena;
};

/* Reads everything and writes all rows; the caller ends the segment with import->writer. */
int lt_import_run(struct lt_import *import, struct lt_error *err);
/* The same over an open archive, which is closed by lt_import_free, also on failure. */
int lt_import_archive(struct lt_import *import, struct lt_archive *archive,
		      struct lt_error *err);
void lt_import_free(struct lt_import *import);

/* The names of the formats, "auto" first, and of those that a later version may have; both end
 * with NULL. */
extern const char *const lt_import_names[], *const lt_import_later[];

/* ------------------------------------------------------------------ for formats */

/*
 * Says what classes the format's labels 0 … n - 1 stand for.  names NULL: they
 * have no names of their own; they are called "0", "1", … or, with --classes, by
 * that list's.  With names, --classes maps by name; a name that it lacks is LT_DATA.
 */
int lt_import_classes(struct lt_import *import, const char *const *names, int n,
		      struct lt_error *err);
/* Rows for each of the format's labels, where they are known before the first row. */
int lt_import_counts(struct lt_import *import, const uint64_t *counts, int n,
		     struct lt_error *err);
/*
 * Chooses among the splits that the input has (a bit 1 << enum lt_split each; 0:
 * it has none): sets split_name and header_split and *chosen to the bits to be read.
 */
int lt_import_choose(struct lt_import *import, unsigned has, unsigned *chosen,
		     struct lt_error *err);
/* The name of one split. */
const char *lt_split_name(enum lt_split split);
/* Writes import->image as the next row; label is the format's (-1: none), key NULL without a
 * key column. */
int lt_import_row(struct lt_import *import, int label, const char *key, struct lt_error *err);
/*
 * The next row's image is broken, as why says: goes on while --skip-bad lasts
 * (the row keeps its number), fails otherwise.
 */
int lt_import_bad(struct lt_import *import, const char *name, const struct lt_error *why,
		  struct lt_error *err);
/* Tells the caller how many of total rows are done, now and then. */
void lt_import_progress(struct lt_import *import);
/* Adds an input's bytes and CRC to the provenance. */
void lt_import_input(struct lt_import *import, const char *role,
		     const struct lt_listing *listing);

#define LT_IMPORT_DECLARE(name) extern const struct lt_import_format lt_import_##name;
LT_IMPORT_FORMATS(LT_IMPORT_DECLARE)

/* import_later.c: the name of a format that is known by sight alone, or NULL; and what it
 * wants. */
const char *lt_import_later_probe(const struct lt_listing *listing);
enum lt_want lt_import_later_wants(const char *name);

#endif
