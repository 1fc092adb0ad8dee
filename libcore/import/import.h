/*
 * Import: converts a published data set or a user's own collection of images to rows.
 *
 * A format is one source file import_NAME.c with a struct lt_import_format, and one line
 * in the list below; --format, its help and the check of the manual page use that list.
 * A format finds out what an input holds, sets the columns and classes of the rows, and
 * passes on the images in canonical order.  Channels, sizes, labels, ids and writing are
 * common to all formats.
 */
#ifndef LT_IMPORT_IMPORT_H
#define LT_IMPORT_IMPORT_H

#include "archive/listing.h"
#include "image/image.h"
#include "stream/stream.h"

/* The formats, in the order in which they are tried. */
#define LT_IMPORT_FORMATS(X)                                                                   \
	X(cifar, "cifar")                                                                      \
	X(cifar_python, "cifar-python")                                                        \
	X(stl10, "stl10")                                                                      \
	X(idx, "idx")                                                                          \
	X(npz, "npz")                                                                          \
	X(mat, "mat")                                                                          \
	X(webdataset, "webdataset")                                                            \
	X(list, "list")                                                                        \
	X(folder, "folder")

/* The most columns of a list that rows keep. */
#define LT_IMPORT_KEPT 16

enum lt_split {
	LT_SPLIT_DEFAULT,
	LT_SPLIT_TRAIN,
	LT_SPLIT_TEST,
	LT_SPLIT_VAL,
	LT_SPLIT_EXTRA,
	LT_SPLIT_ALL
};

struct lt_import;
struct lt_report;

struct lt_import_format {
	const char *name;
	/* Selects the entries of an archive or a directory to read. */
	enum lt_want (*wants)(const char *name);
	/* Is the input in this format?  Examines entry[] and head and changes nothing. */
	bool (*probe)(const struct lt_listing *listing);
	int (*run)(struct lt_import *import, struct lt_error *err);
};

/* The functions that the caller provides. */
struct lt_import_host {
	void *arg;
	/* Adds the provenance (in: bytes and CRC of each input) and begins the segment. */
	int (*begin)(void *arg, struct lt_header *header, const struct lt_import *import,
		     struct lt_writer **writer, struct lt_error *err);
	void (*notice)(void *arg, const char *text);
	void (*progress)(void *arg, uint64_t done, uint64_t total);
};

struct lt_import {
	/* The request; set by the caller, which owns what the pointers refer to. */
	const char *const *paths; /* operands, which form one collection; NULL or "-": stdin */
	int n_paths;
	const char *format; /* NULL: detected */
	const char *root; /* --root: the directory or archive for the paths of lists, or NULL */
	const char *inside;	/* --in: a directory of the input or a pattern, or NULL */
	const char *names_from; /* --names-from: an encoding, or NULL */
	const char *splits;	/* --splits: "train=Training,test=Testing", "none", or NULL */
	int class_level;	/* --class-level: 1 …; 0: detected */
	const char *path_column, *label_column, *json_key; /* of lists; NULL: detected */
	/* --keep: columns of a list that become columns of the rows (lt_import_keep). */
	const char *kept_name[LT_IMPORT_KEPT];
	int n_kept;
	/* --dry-run: nothing is written; all splits are added to the report, which the caller
	 * makes and prints.  With check_images all pixels are decoded too. */
	struct lt_report *report;
	bool check_images;
	int threads; /* for decoding; changes no result */
	enum lt_split split;
	uint32_t size; /* 0: keep the size */
	bool encoded;  /* rows are the bytes of JPEG and PNG files */
	int channels;  /* 1 or 3 */
	uint64_t max_pixels;
	uint64_t skip_bad;
	bool no_labels, coarse;
	bool has_fold; /* --fold: of STL-10's train, only the images of this fold, from 0 */
	unsigned fold;
	/* For images in files: */
	bool as_stored;	     /* orientation tags are not applied */
	bool has_background; /* transparent pixels are blended with it; else alpha is dropped */
	uint8_t background[3];
	/* The samples of more than 8 bits that become 0 and 255.  Both 0 (--range auto): found
	 * from the images of all splits, and set. */
	uint32_t low, high;
	const char *const *classes; /* --classes, or NULL */
	int n_classes;
	struct lt_import_host host;

	/* Filled during the import. */
	struct lt_listing *listing;
	const struct lt_import_format *found; /* the format */
	enum lt_split
		row_split; /* of the following rows, if there are splits; for the report */
	const char *labels_path;  /* the labels beside an IDX file of images, or NULL */
	const char *split_name;	  /* of the chosen split: "train", …, or "all" */
	const char *header_split; /* the split in the header, or NULL */
	struct lt_prov_in *in;	  /* one of each input */
	int n_in;
	uint64_t rows, total, next_id;
	uint64_t more; /* files with further pictures, which are not read */
	const char *first_more;
	uint64_t recoded; /* with encoded: pictures that were written as PNG */
	uint64_t bad;
	const char **bad_text;
	bool has_key;
	const char *const *kept; /* n_kept texts of the next row */
	struct lt_norm norm;
	const uint64_t *counts; /* by the header's classes, if known before the first row */
	/* With --skip-bad: the same counts, and the rows written so far.  Otherwise NULL. */
	uint64_t *planned, *written;
	/* With --dry-run: the rows of each split, and their size; 0: there are several sizes.
	 */
	uint64_t told[LT_SPLIT_ALL];
	uint32_t told_height, told_width;
	const char *const *names;      /* the header's classes */
	int n_names;		       /* -1: no class list */
	const int32_t *label_of;       /* maps the format's labels to the header's */
	struct lt_image image, shaped; /* the input of lt_import_row; the row as written */
	struct lt_image_how how;
	struct lt_writer *writer;
	uint32_t width, height;
	struct lt_arena arena;
};

/* Adds the names of --keep, with commas between, or NULL.  LT_USAGE: names of other columns. */
int lt_import_keep(struct lt_import *import, const char *text, struct lt_error *err);
/* Reads the input and writes all rows; the caller ends the segment of import->writer. */
int lt_import_run(struct lt_import *import, struct lt_error *err);
/* The same for an open archive, which lt_import_free closes, also after an error. */
int lt_import_archive(struct lt_import *import, struct lt_archive *archive,
		      struct lt_error *err);
void lt_import_free(struct lt_import *import);

/* The names of the formats, "auto" first; NULL at the end. */
extern const char *const lt_import_names[];

/* ------------------------------------------------------------------ for formats */

/*
 * Sets the classes of the format's labels 0 … n - 1.  names NULL: the classes have no
 * names; they are called "0", "1", … or have the names of --classes.  With names,
 * --classes maps by name; a name that it lacks is LT_DATA.
 */
int lt_import_classes(struct lt_import *import, const char *const *names, int n,
		      struct lt_error *err);
/*
 * The n class names in a text that ends with a zero, one on each line, without carriage returns
 * and empty lines; in the import's arena.  LT_DATA: more or fewer; where is for the message.
 */
int lt_import_read_names(struct lt_import *import, const char *where, const char *text, int n,
			 const char *const **out, struct lt_error *err);
/* Sets the rows of each of the format's labels, if known before the first row. */
int lt_import_counts(struct lt_import *import, const uint64_t *counts, int n,
		     struct lt_error *err);
/*
 * Chooses among the splits of the input (a bit 1 << enum lt_split each; 0: it has no
 * splits).  Sets split_name, header_split, and *chosen to the bits of the splits to read.
 */
int lt_import_choose(struct lt_import *import, unsigned has, unsigned *chosen,
		     struct lt_error *err);
/* Names by enum lt_split, without LT_SPLIT_ALL; the first is "all", for no splits. */
extern const char *const lt_import_splits[];
/* The name of one split. */
const char *lt_split_name(enum lt_split split);
/*
 * Converts image to the requested channels and size, to out; the pixels of image are
 * lost.  Does not change the import, so several threads may call it at the same time.
 */
int lt_import_shape(const struct lt_import *import, struct lt_image *image,
		    struct lt_image *out, struct lt_error *err);
/* Writes an image of that shape as the next row; its pixels are lost.  label: the format's, -1
 * for none.  key: NULL without a key column. */
int lt_import_put(struct lt_import *import, struct lt_image *image, int label, const char *key,
		  struct lt_error *err);
/*
 * With --encoded: the bytes of the row's picture.  image was decoded from file, n bytes.  *out
 * stays empty if the bytes of file are the row.  Otherwise it is a JPEG with --size, whose S is
 * the upper limit of the shorter side, and a PNG without.  image and room change.  Several
 * threads may call it at the same time.
 */
int lt_import_encode(const struct lt_import *import, struct lt_image *image,
		     struct lt_image *room, const void *file, size_t n, struct lt_buffer *out,
		     struct lt_error *err);
/* Writes these bytes as the next row; as_is: they are the file's. */
int lt_import_put_encoded(struct lt_import *import, const void *file, size_t n, bool as_is,
			  int label, const char *key, struct lt_error *err);
/* Shape and put, for import->image; LT_USAGE with --encoded, since there is no file. */
int lt_import_row(struct lt_import *import, int label, const char *key, struct lt_error *err);
/*
 * Reports that the next row's image is broken.  Succeeds while --skip-bad allows it (the
 * number of the row stays unused), otherwise fails with why.
 */
int lt_import_bad(struct lt_import *import, const char *name, const struct lt_error *why,
		  struct lt_error *err);
/* With --dry-run: adds the facts of the next row to the report. */
int lt_import_tell(struct lt_import *import, enum lt_split split, int label,
		   const struct lt_image_facts *facts, struct lt_error *err);
/* Reports progress to the caller from time to time. */
void lt_import_progress(struct lt_import *import);
/* Adds an input's bytes and CRC to the provenance. */
int lt_import_input(struct lt_import *import, const char *role, const struct lt_input *input,
		    struct lt_error *err);

#define LT_IMPORT_DECLARE(name, text) extern const struct lt_import_format lt_import_##name;
LT_IMPORT_FORMATS(LT_IMPORT_DECLARE)

#endif
