/*
 * A data set in memory: what the learning programs read.
 *
 * Images are unsigned bytes, row after row, height × width × channel, 0…255.
 * Labels are -1 (none) or 0 … n_classes - 1.
 */
#ifndef LT_DATA_TABLE_H
#define LT_DATA_TABLE_H

#include "stream/stream.h"

struct lt_table {
	uint64_t n;
	int height, width, channels;
	uint8_t *image;	  /* n × height × width × channels */
	int32_t *label;	  /* n, column y; all -1 where there is none */
	uint8_t *source;  /* n, column y_src: 0 given, 1 predicted; NULL where there is none */
	float *confidence; /* n, column y_conf; NULL where there is none */
	int64_t *id;	  /* n, column id; the row's number where there is none */
	char **key;	  /* n, column key; NULL where there is none */
	int32_t *truth;	  /* n, column y_true; NULL unless LT_TABLE_TRUTH was asked for and it is there */
	struct lt_header header; /* of the first segment; class_counts always counted from label (n_classes ≥ 0) */
	struct lt_totals *inputs; /* an entry for each segment read (class_counts NULL) */
	int n_inputs;
};

enum {
	LT_TABLE_TRUTH = 1,   /* load y_true (pseudolabel --score alone: no learner may see it) */
	LT_TABLE_ONE = 2,     /* one segment only: leave the reader after its DONE */
	LT_TABLE_KEYS = 4,    /* load key */
};

/*
 * Reads row segments up to the stream's end (their columns and classes must
 * agree).  started: the reader has already given the first segment's
 * LT_EV_HEADER.  LT_DATA for another kind, no image column of |u1 with three
 * dimensions, a label out of range.
 */
int lt_table_read(struct lt_table *table, struct lt_reader *reader, bool started,
		  unsigned flags, struct lt_error *err);
/* All rows of several tables in order; *to takes over *from's memory where it can. */
int lt_table_append(struct lt_table *to, struct lt_table *from, struct lt_error *err);
void lt_table_free(struct lt_table *table);

/* Rows a class, from labels; counts has n_classes zeroed entries' room. */
void lt_table_counts(const struct lt_table *table, uint64_t *counts);

/* Mean and deviation of the rows with a label ≥ 0 (all rows if none has), in exact integer sums. */
void lt_table_norm(const struct lt_table *table, struct lt_norm *norm);

#endif
