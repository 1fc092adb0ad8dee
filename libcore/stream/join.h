/*
 * Several streams of rows read as one table: every operand of ltcat, every
 * segment of each, in order.  Columns and classes must agree.
 */
#ifndef LT_STREAM_JOIN_H
#define LT_STREAM_JOIN_H

#include "stream/stream.h"

/* Called for each whole segment, in order. */
typedef int lt_join_segment(void *arg, const struct lt_totals *totals, struct lt_error *err);

struct lt_join {
	struct lt_reader **reader; /* n of them */
	struct lt_header *header;  /* the first header of each */
	bool *begun;		   /* its first header was given */
	int n, at;
	uint64_t rows;	/* given before the current frame */
	uint64_t given; /* rows of the current frame */
	lt_join_segment *done;
	void *arg;
};

/*
 * Opens all and reads the first header of each, so that what does not fit is
 * known before a byte is written.  Segments of models are refused.  paths NULL
 * entries are stdin.  After a failure the join is closed.
 */
int lt_join_open(struct lt_join *join, const char *const *paths, int n, uint64_t max_body,
		 struct lt_error *err);
/* The next frame of rows; *rows is NULL at the end. */
int lt_join_next(struct lt_join *join, const struct lt_rows **rows, struct lt_error *err);
void lt_join_close(struct lt_join *join);

#endif
