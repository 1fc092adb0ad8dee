/*
 * The entries of one or several inputs in any order that a format needs, without unpacking.
 * There is an index in memory (some bytes and the name per entry, within the limits of
 * input_limits.h).  What an entry's bytes are read from depends on the input:
 *
 *	directory	each file is read for the checksum of all; its bytes are kept in
 *			memory (up to LT_MAX_KEPT of all files), or the file is read again
 *	tar file	read for the index; then each entry at its offset
 *	other archive	read for the index, and again in its own order; if the plan has
 *			another order, through one unlinked file in TMPDIR, the spool
 *	pipe		read once, into the spool
 *
 *	lt_listing_new → lt_listing_add, for each input → look at entry[] →
 *	lt_listing_plan → next, read, next, read … → lt_listing_plan, again …
 */
#ifndef LT_ARCHIVE_LISTING_H
#define LT_ARCHIVE_LISTING_H

#include <stdatomic.h>

#include "archive/archive.h"
#include "archive/input_limits.h"
#include "base/error.h"
#include "base/memory.h"
#include "data/spool.h"

enum lt_want {
	LT_WANT_NOT = 0,
	LT_WANT_IMAGE, /* an encoded image, at most LT_MAX_ENCODED bytes */
	LT_WANT_DATA,  /* a file of any length */
	LT_WANT_TEXT,  /* a short text or file, kept in memory; a plan may read it again */
	LT_WANT_MAYBE, /* an image if its first bytes say so; in entry[] as LT_WANT_IMAGE */
};

/* What an entry's bytes are read from. */
enum lt_listed_at {
	LT_AT_ARCHIVE, /* the input while it is read in order, or a file of a directory */
	LT_AT_OFFSET,  /* the input at an offset */
	LT_AT_SPOOL,
	LT_AT_KEPT, /* memory */
};

struct lt_listed {
	const char *name; /* begins with the operand's name if there are several directories */
	union {
		uint64_t offset;     /* in the input or in the spool */
		const uint8_t *kept; /* in memory */
		const char *text;    /* of LT_WANT_TEXT, followed by a zero */
	} at;
	uint64_t size;	 /* UINT64_MAX: not known until it is read */
	uint32_t number; /* of the wanted entries in the inputs' order */
	uint32_t same;	 /* for a hard link, index of the entry with its bytes; else its own */
	uint16_t input;	 /* index in input[] */
	uint8_t want;
	uint8_t place;
};

/* Is the entry with this name wanted by a format?  Not called for hidden entries. */
typedef enum lt_want lt_wants(void *arg, const char *name);

/* Why an entry is not in entry[]. */
enum lt_passed_why {
	LT_PASSED_HIDDEN,   /* system files, and names that begin with a dot */
	LT_PASSED_LINK,	    /* dangling links and special files */
	LT_PASSED_LOOP,	    /* directories that a link makes their own ancestors */
	LT_PASSED_KIND,	    /* no format wants it */
	LT_PASSED_OUTSIDE,  /* not below --in */
	LT_PASSED_FORMAT,   /* set by formats: files that the format does not read */
	LT_PASSED_LOOSE,    /* images beside the class directories */
	LT_PASSED_BARE,	    /* lists without classes, beside others */
	LT_PASSED_UNLISTED, /* images that no list names */
	LT_PASSED_SPLIT,    /* images of a split that has no class directories */
	LT_PASSED_BESIDE,   /* images in directories beside the splits */
	LT_PASSED_WHYS
};

/* One input: an operand, or --root. */
struct lt_input {
	struct lt_archive *archive;
	const char *prefix; /* what its entries' names begin with: "", or "name/" */
	bool single;	    /* one file, not an archive; always wanted, as LT_WANT_DATA */
	bool is_root;	    /* --root: its files count only if a list names them */
	uint8_t head[512];  /* first bytes of a single file */
	size_t head_size;
	uint64_t bytes;	   /* of the input file; of a directory: of the wanted files */
	uint32_t crc;	   /* of the file; of a directory: of its wanted files by name, bytewise
			      (name, zero, size as u64, bytes) */
	size_t first, end; /* its entries */
	/* Of a zip file: the first name that may be in another encoding, or NULL. */
	const char *unflagged;
};

struct lt_listing {
	struct lt_input *input;
	int n_inputs;
	struct lt_listed *entry; /* the wanted ones, of all inputs; formats do not move them */
	size_t n;
	/* Names of entries that no format wants, for messages: hidden ones are only counted. */
	const char **unwanted;
	size_t n_unwanted;
	const char **directory; /* with a slash at the end; hidden ones are left out */
	size_t n_directories;
	/* The number of ignored entries, and the first of each kind. */
	uint64_t passed[LT_PASSED_WHYS];
	const char *first_passed[LT_PASSED_WHYS];

	/* Set these before the first lt_listing_add, or leave them NULL: */
	const char *inside;	/* --in: a directory or a pattern; nothing else is read */
	const char *names_from; /* --names-from: the encoding of names that are not UTF-8 */
	int threads;		/* for the checksum of a directory's files; 0: one */

	lt_wants *wants;
	void *arg;
	struct lt_arena arena;
	size_t room, room_unwanted, room_directories;
	int room_inputs;
	uint64_t index_bytes, text_bytes; /* of names and entries; of texts */
	struct lt_buffer links;		  /* hard links of the input that is being added */
	uint8_t *block;			  /* buffer for copying */
	struct lt_buffer text;		  /* buffer for one text at a time */
	struct lt_spool spool;		  /* fd -1: none */
	const uint32_t *plan;
	size_t planned, done;
	uint32_t alone;		/* the plan of lt_listing_open_entry */
	struct lt_listed *open; /* the entry that lt_listing_read reads */
	bool file_open;		/* a file of a directory is opened by its first read */
	uint64_t taken;		/* bytes of it already read */
	struct lt_kept *kept;	/* blocks of files of directories */
	atomic_size_t kept_bytes;
	char name[600];	  /* of lt_listing_name */
	char where[1200]; /* of lt_listing_where */
};

int lt_listing_new(struct lt_listing **out, lt_wants *wants, void *arg, struct lt_error *err);
/*
 * Adds the entries of an input; path NULL or "-": stdin.  named: the names of a
 * directory's entries begin with the directory's own.
 */
int lt_listing_add(struct lt_listing *listing, const char *path, bool named,
		   struct lt_error *err);
/* The same for an open archive, which the listing closes, also after an error. */
int lt_listing_add_archive(struct lt_listing *listing, struct lt_archive *archive, bool named,
			   struct lt_error *err);
/* --root: a directory or archive whose files count only if a list names them. */
int lt_listing_add_root(struct lt_listing *listing, const char *path, struct lt_error *err);
/* lt_listing_new and one input. */
int lt_listing_open(struct lt_listing **out, const char *path, lt_wants *wants, void *arg,
		    struct lt_error *err);
int lt_listing_open_archive(struct lt_listing **out, struct lt_archive *archive,
			    lt_wants *wants, void *arg, struct lt_error *err);
/* Wants each entry, LT_WANT_DATA. */
enum lt_want lt_want_all(void *arg, const char *name);
/* One file, all of it; LT_DATA, "PATH: not WHAT": an archive or a directory. */
int lt_listing_open_file(struct lt_listing **out, const char *path, const char *what,
			 struct lt_error *err);

/* Is there one input, and is it one file and not an archive? */
bool lt_listing_is_single(const struct lt_listing *listing);
/* Is the entry an image, by its name or, if it is an input itself, by its first bytes? */
bool lt_listing_is_image(const struct lt_listing *listing, const struct lt_listed *entry);
/*
 * The first bytes (512, or all) of an entry that is an input itself; NULL for other entries,
 * which are read only by plan.
 */
const uint8_t *lt_listing_head(const struct lt_listing *listing, const struct lt_listed *entry,
			       size_t *n);

/* For messages: the name of the input; of several, that of the first and the number of others.
 */
const char *lt_listing_name(const struct lt_listing *listing);
/*
 * For messages: "input: entry", or only the input's name if it is a single file; valid until
 * the next call.  The input is that of the entry being read (or the first, before that), or
 * of the given entry.
 */
const char *lt_listing_where(struct lt_listing *listing, const char *entry);
/* Sets the entry that messages refer to until the next one is opened: entries are read ahead.
 */
void lt_listing_about(struct lt_listing *listing, const struct lt_listed *entry);
const char *lt_listing_place(struct lt_listing *listing, const struct lt_listed *entry);

/* Counts an entry as ignored; name must live as long as the listing. */
void lt_listing_pass(struct lt_listing *listing, enum lt_passed_why why, const char *name);

/*
 * Sets the entries to read (indices into entry[], each at most once) and their order.  May be
 * called again, first for a list and then for its images.  The caller keeps the plan until the
 * next one.
 */
int lt_listing_plan(struct lt_listing *listing, const uint32_t *plan, size_t n,
		    struct lt_error *err);
/* The same for the first of two plans of these entries: a compressed archive is read once for
 * both, since the entries are copied to the spool. */
int lt_listing_plan_first(struct lt_listing *listing, const uint32_t *plan, size_t n,
			  struct lt_error *err);
/* Plans an entry alone and opens it. */
int lt_listing_open_entry(struct lt_listing *listing, uint32_t index, struct lt_error *err);
/* Opens the next planned entry; *entry is NULL after the last. */
int lt_listing_next(struct lt_listing *listing, const struct lt_listed **entry,
		    struct lt_error *err);
/* Like lt_archive_read, for the entry that lt_listing_next opened. */
int lt_listing_read(struct lt_listing *listing, void *bytes, size_t room, size_t *got,
		    struct lt_error *err);
/* The same as an lt_bytes_source (inflate.h) and similar types; arg is the listing. */
int lt_listing_source(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err);
/* Can lt_listing_fetch read the entry? */
bool lt_listing_is_apart(const struct lt_listing *listing, const struct lt_listed *entry);
/*
 * The whole bytes of an entry that lt_listing_next returned, or will return, in this plan.
 * Several threads may do so at the same time, each with its own buffer, and without regard to
 * what is open.  *bytes is in the buffer or, if they are kept, in the listing's memory.
 */
int lt_listing_fetch(const struct lt_listing *listing, const struct lt_listed *entry,
		     struct lt_buffer *buffer, const uint8_t **bytes, size_t *n,
		     struct lt_error *err);
/* The whole rest of an LT_WANT_IMAGE entry; *bytes is replaced. */
int lt_listing_read_all(struct lt_listing *listing, struct lt_buffer *bytes,
			struct lt_error *err);

/* NULL is allowed. */
void lt_listing_close(struct lt_listing *listing);

#endif
