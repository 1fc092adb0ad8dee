/*
 * A text that is read in pieces and whose first bytes can be peeked at: the input of the
 * readers of lists (csv.h, json.h).
 */
#ifndef LT_FORMAT_TEXT_H
#define LT_FORMAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define LT_TEXT_HEAD ((size_t)64 << 10) /* first bytes that can be peeked at */

/* Reads up to room bytes; *got is less than room only at the end. */
typedef int lt_text_read(void *arg, void *bytes, size_t room, size_t *got,
			 struct lt_error *err);

struct lt_text {
	const char *name; /* for messages; the caller keeps it */
	lt_text_read *read;
	void *arg;
	char *block;
	size_t at, end; /* the part of the block that is not yet taken */
	bool ended;	/* the source has no more */
	uint64_t taken; /* bytes taken */
	uint64_t most;	/* limit on its bytes */
};

/*
 * Opens a text of at most `most` bytes.  A UTF-8 byte order mark is skipped; that of UTF-16 is
 * LT_DATA.
 */
int lt_text_open(struct lt_text *text, const char *name, uint64_t most, lt_text_read *read,
		 void *arg, struct lt_error *err);
/* The first LT_TEXT_HEAD bytes, or all, before any is taken. */
const char *lt_text_head(const struct lt_text *text, size_t *n);
/* The next byte, 0 … 255, or -1 at the end, without taking it.  LT_DATA for a zero byte. */
int lt_text_peek(struct lt_text *text, int *byte, struct lt_error *err);
/* Takes the byte that was peeked. */
void lt_text_take(struct lt_text *text);
void lt_text_close(struct lt_text *text);

/* Bytes in memory as a source; arg of lt_text_from_bytes is a struct lt_text_bytes. */
struct lt_text_bytes {
	const char *at;
	size_t left;
};
int lt_text_from_bytes(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err);

#endif
