/*
 * Text files, read line by line in bounded memory: a line or a file that is too
 * long is an error.
 */
#ifndef LT_STREAM_LINES_H
#define LT_STREAM_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define LT_LINE_BYTES 4096 /* the longest line, without its newline */

struct lt_lines {
	const char *path; /* for messages; the caller keeps it */
	int fd;
	uint64_t number, bytes; /* lines and bytes taken */
	uint32_t crc;		/* of those bytes */
	uint64_t most;		/* limit of the size of the file */
	char *block;
	size_t at, end; /* the unread part of the block */
};

/* Opens a file of at most `most` bytes; path "-": stdin.  LT_NOINPUT. */
int lt_lines_open(struct lt_lines *lines, const char *path, uint64_t most,
		  struct lt_error *err);

/*
 * The next line without its newline, valid until the next call; *line is NULL at
 * the end.  *size is its length (size may be NULL).  LT_DATA for a line of more than
 * LT_LINE_BYTES, one with a zero byte, and a file that is too long; LT_IO.
 */
int lt_lines_next(struct lt_lines *lines, char **line, size_t *size, struct lt_error *err);

/*
 * The next field of a line of fields with tabs between them, which is cut off; NULL at the
 * end.
 */
char *lt_line_field(char **line);

/* The next unread byte, without reading it; -1 at the end.  LT_IO. */
int lt_lines_peek(struct lt_lines *lines, int *byte, struct lt_error *err);

/* LT_DATA: "path:number: what". */
int lt_lines_wrong(const struct lt_lines *lines, const char *what, struct lt_error *err);

void lt_lines_close(struct lt_lines *lines);

#endif
