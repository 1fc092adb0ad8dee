/*
 * The encoded pictures of a table's rows: the bytes of JPEG and PNG files, as lt import
 * --encoded writes them.
 *
 * Bytes are kept in memory as long as seven times as many would still fit.  The first
 * picture that does not fit and all later ones are kept in an unlinked file in $TMPDIR
 * (data/spool.h).  So a data set may be larger than memory, and the place of the bytes does
 * not affect results.
 *
 * { 0 } is empty; release it with lt_encoded_free.  Only one thread may add; any number may
 * get at the same time, each with its own room.
 */
#ifndef LT_DATA_ENCODED_H
#define LT_DATA_ENCODED_H

#include "base/memory.h"
#include "data/spool.h"

struct lt_encoded {
	uint64_t n;
	uint64_t *end; /* end of each picture, in bytes from the first picture */
	size_t end_room;
	uint8_t *bytes; /* the first `kept` of all bytes */
	uint64_t kept;
	size_t room;
	bool spooled; /* the bytes after them are in the spool */
	struct lt_spool spool;
};

/* Errors are those of lt_spool_append and of memory; earlier pictures remain. */
int lt_encoded_add(struct lt_encoded *pictures, const void *bytes, size_t n,
		   struct lt_error *err);
/* Appends all pictures of *from, or none after an error; *from is unchanged. */
int lt_encoded_append(struct lt_encoded *pictures, const struct lt_encoded *from,
		      struct lt_error *err);
/* Keeps only the first n ≤ pictures->n. */
void lt_encoded_cut(struct lt_encoded *pictures, uint64_t n);
/* Picture i < pictures->n: n bytes, valid until room is used again. */
int lt_encoded_get(const struct lt_encoded *pictures, uint64_t i, struct lt_buffer *room,
		   const uint8_t **bytes, size_t *n, struct lt_error *err);
/* Announces that picture i is read soon, so that the system may fetch it from the spool. */
void lt_encoded_expect(const struct lt_encoded *pictures, uint64_t i);
void lt_encoded_free(struct lt_encoded *pictures);

#endif
