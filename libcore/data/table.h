/*
 * A data set in memory: what the learning programs read.
 *
 * Images are unsigned bytes, row after row, height × width × channel, 0…255.
 * Labels are -1 (none) or 0 … n_classes - 1; where a stream has no class list
 * they are -1 … LT_MAX_CLASSES - 1, and a program that needs classes asks for
 * header.n_classes ≥ 1 itself.
 *
 * A table owns all it points to; names and keys live in its header's arena.
 * { 0 } is an empty table, and lt_table_free makes it one again.
 */
#ifndef LT_DATA_TABLE_H
#define LT_DATA_TABLE_H

#include "stream/stream.h"

struct lt_table {
	const char *name; /* what messages call it: the reader's name, NULL in an empty table */
	uint64_t n;
	int height, width, channels;
	uint8_t *image;	   /* n × height × width × channels */
	int32_t *label;	   /* n, column y; all -1 where there is none */
	uint8_t *source;   /* n, column y_src: 0 given, 1 predicted; NULL where there is none */
	float *confidence; /* n, column y_conf; NULL where there is none */
	int64_t *id;	   /* n, column id; the row's number where there is none */
	char **key;	   /* n, column key; NULL where there is none */
	int32_t *truth;	   /* n, column y_true; NULL unless asked for and there */
	struct lt_header header;  /* first segment's; class_counts counted from label (NULL
				     without classes) */
	struct lt_totals *inputs; /* an entry for each segment read (class_counts NULL) */
	int n_inputs;
};

enum {
	LT_TABLE_TRUTH = 1, /* load y_true (pseudolabel --score alone: no learner may see it) */
	LT_TABLE_ONE = 2,   /* one segment only: leave the reader after its DONE */
	LT_TABLE_KEYS = 4,  /* load key */
};

/*
 * Reads row segments up to the stream's end (their columns and classes must
 * agree).  started: the reader has already given the first segment's
 * LT_EV_HEADER.  What *table held before is overwritten; after an error it is
 * empty.  LT_DATA for another kind of segment, for no image column of |u1 with
 * three dimensions of at least 1 (at most LT_MAX_CHANNELS channels), and for a
 * label out of range, whose row the message names (from 0, in the whole table).
 * A stream without any segment is an error of the reader.
 */
int lt_table_read(struct lt_table *table, struct lt_reader *reader, bool started,
		  unsigned flags, struct lt_error *err);

/*
 * Appends all rows of *from, which becomes empty; an empty *to takes its memory
 * over.  Image sizes and classes must agree (LT_DATA).  Where only one of the
 * two has an optional column, the rows of the other get source 0, confidence 1,
 * key NULL or truth -1.  The header stays that of *to, its counts those of both.
 * After an error both hold what they held.
 */
int lt_table_append(struct lt_table *to, struct lt_table *from, struct lt_error *err);
void lt_table_free(struct lt_table *table);

/* Rows as if they had never had labels, under the classes of another header. */
int lt_table_forget_labels(struct lt_table *table, const struct lt_header *classes,
			   struct lt_error *err);

/* Rows a class, from labels; counts has n_classes zeroed entries' room. */
void lt_table_counts(const struct lt_table *table, uint64_t *counts);

/* Does any row have a label? */
bool lt_table_has_label(const struct lt_table *table);
/* Every row has a label, of at least two classes: LT_DATA, naming the row, when not. */
int lt_table_want_labels(const struct lt_table *table, struct lt_error *err);
/* No row's label is a prediction (y_src 1): LT_DATA, naming the row, when not. */
int lt_table_want_given(const struct lt_table *table, struct lt_error *err);
/* Rows beside others are of the same image size and classes: LT_DATA when not. */
int lt_table_want_same(const struct lt_table *table, const struct lt_table *side,
		       struct lt_error *err);

/*
 * Mean and deviation (of the population) of all rows, whatever their labels are,
 * so that pre-training does not depend on them; in exact integer sums.  A channel that never
 * varies gets deviation 1, so that dividing by it is safe; a table without rows mean 0 and
 * deviation 1.
 */
void lt_table_norm(const struct lt_table *table, struct lt_norm *norm);

#endif
