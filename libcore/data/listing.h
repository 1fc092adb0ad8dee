/*
 * An input's entries in whatever order a format wants them, without unpacking:
 * an index in memory (some bytes and the name an entry, within the limits of
 * import_limits.h) and, where the order of
 * the input does not do, one unlinked file in TMPDIR that holds the encoded
 * bytes.  A directory is read in any order; a regular file is read once for the
 * index and once more for the bytes; a pipe is read once, into that file.
 *
 *	lt_listing_open → look at entry[], sort it → lt_listing_plan → next, read, next, read …
 */
#ifndef LT_DATA_LISTING_H
#define LT_DATA_LISTING_H

#include "base/error.h"
#include "base/memory.h"
#include "data/archive.h"
#include "data/import_limits.h"
#include "data/spool.h"

enum lt_want {
	LT_WANT_NOT = 0,
	LT_WANT_IMAGE, /* an encoded image, at most LT_MAX_ENCODED bytes */
	LT_WANT_DATA,  /* a file of any length */
	LT_WANT_TEXT,  /* a short text, kept in memory */
};

struct lt_listed {
	const char *name;
	union {
		uint64_t spooled; /* where its bytes begin in the spool */
		const char *text; /* of LT_WANT_TEXT, a zero behind it */
	} at;
	uint64_t size;	 /* UINT64_MAX: not known before it is read */
	uint32_t number; /* of the wanted entries in the input's order */
	uint16_t mark;	 /* the format's own use */
	uint8_t mark2, want;
};

struct lt_listing {
	struct lt_archive *archive;
	struct lt_listed *entry; /* the wanted ones */
	size_t n;
	bool single;	  /* one file and no archive; it is always wanted, as LT_WANT_DATA */
	uint8_t head[16]; /* first bytes of a single file */
	size_t head_size;
	uint64_t bytes; /* of the input file; of a directory: of the wanted files */
	uint32_t crc;	/* of the file; of a directory: of its wanted files by name, bytewise
			   (name, zero, size as u64, bytes) */
	uint64_t hidden, unwanted, links; /* entries passed over */
	const char *first_unwanted;	  /* the name of one, or NULL */

	struct lt_arena arena;
	size_t room;
	uint64_t index_bytes, text_bytes; /* of names and entries; of texts */
	struct lt_spool spool;		  /* fd -1: none */
	const uint32_t *plan;
	size_t planned, done;
	struct lt_listed *open; /* the entry that lt_listing_read reads */
	uint64_t taken;		/* bytes of it already read */
	char where[600];	/* of lt_listing_where */
};

/* Does a format want the entry of this name?  Hidden ones are never asked about. */
typedef enum lt_want lt_wants(void *arg, const char *name);

int lt_listing_open(struct lt_listing **out, const char *path, lt_wants *wants, void *arg,
		    struct lt_error *err);
/* Over an archive, which the listing closes, also on failure. */
int lt_listing_open_archive(struct lt_listing **out, struct lt_archive *archive,
			    lt_wants *wants, void *arg, struct lt_error *err);
const char *lt_listing_name(const struct lt_listing *listing);
/*
 * "input: entry" for messages, or the input's name alone where it is a single
 * file; valid until the next call.
 */
const char *lt_listing_where(struct lt_listing *listing, const char *entry);

/* Says which entries (indices into entry[], each at most once) will be read, in which order. */
int lt_listing_plan(struct lt_listing *listing, const uint32_t *plan, size_t n,
		    struct lt_error *err);
/* Opens the next planned entry; *entry is NULL after the last. */
int lt_listing_next(struct lt_listing *listing, const struct lt_listed **entry,
		    struct lt_error *err);
/* As lt_archive_read. */
int lt_listing_read(struct lt_listing *listing, void *bytes, size_t room, size_t *got,
		    struct lt_error *err);
/* The whole rest of an LT_WANT_IMAGE entry; *bytes is replaced. */
int lt_listing_read_all(struct lt_listing *listing, struct lt_buffer *bytes,
			struct lt_error *err);

/* NULL is allowed. */
void lt_listing_close(struct lt_listing *listing);

#endif
