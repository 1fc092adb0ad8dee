/*
 * Tables: the data sets that the learning programs read.
 *
 * Images are unsigned bytes 0 … 255, row after row, height × width × channel; or they
 * are encoded pictures of any size, which become colour images of the size given to
 * lt_table_set_input and may be kept outside memory (data/encoded.h).  Labels are -1
 * (none) or 0 … n_classes - 1.  Without a class list in the stream they are
 * -1 … LT_MAX_CLASSES - 1; a program that needs classes must check that
 * header.n_classes ≥ 1.
 *
 * A table owns everything it points to; names and keys live in its header's arena.
 * { 0 } is an empty table; lt_table_free makes it empty again.
 */
#ifndef LT_DATA_TABLE_H
#define LT_DATA_TABLE_H

#include "data/source.h"
#include "stream/stream.h"

struct lt_table {
	const char *name; /* for messages: the reader's name; NULL in an empty table */
	uint64_t n;
	int height, width, channels; /* encoded: 0 × 0 × 3 until lt_table_set_input */
	uint8_t *image;		     /* n × height × width × channels; encoded: NULL */
	bool is_encoded;
	struct lt_encoded encoded; /* n pictures, if encoded */
	int32_t *label;		   /* n, column y; all -1 without it */
	uint8_t *source;	   /* n, column y_src: 0 given, 1 predicted; NULL without it */
	float *confidence;	   /* n, column y_conf; NULL without it */
	int64_t *id;		   /* n, column id; the row's number without it */
	char **key;		   /* n, column key; NULL without it */
	int32_t *truth;		   /* n, column y_true; NULL unless requested and present */
	struct lt_header header;   /* first segment's, with the provenance of all;
				      class_counts counted from label (NULL without
				      classes) */
	int origin[LT_MAX_PROV];   /* the entries of its provenance that segments end in */
	int n_origins;
	struct lt_totals *inputs; /* an entry for each segment read (class_counts NULL) */
	int n_inputs;
};

enum {
	LT_TABLE_TRUTH =
		1, /* load y_true (for pseudolabel --score only: training must not see it) */
	LT_TABLE_ONE = 2,  /* read one segment only: leave the reader after its DONE */
	LT_TABLE_KEYS = 4, /* load key */
};

/*
 * Reads row segments up to the end of the stream; their columns and classes must agree.
 * started: the reader has already returned the first segment's LT_EV_HEADER.  The old
 * content of *table is overwritten without being freed; after an error the table is empty.
 * LT_DATA for another kind of segment; if there is no image column of |u1 with three
 * dimensions of at least 1 (at most LT_MAX_CHANNELS channels) or of encoded JPEG and PNG
 * pictures; and for a label out of range, where the message names the row (from 0, in the
 * whole table).  A stream without segments is an error of the reader.
 */
int lt_table_read(struct lt_table *table, struct lt_reader *reader, bool started,
		  unsigned flags, struct lt_error *err);

/*
 * Appends all rows of *from, which becomes empty; an empty *to takes over its memory.
 * Images and classes must agree as for lt_table_want_same.  If only one of the two has an
 * optional column, the rows of the other get source 0, confidence 1, key NULL or truth -1.
 * The header is that of *to, with the counts of both.  After an error both are unchanged.
 */
int lt_table_append(struct lt_table *to, struct lt_table *from, struct lt_error *err);
void lt_table_free(struct lt_table *table);

/* Sets the size of the images made from encoded pictures; LT_USAGE for other tables. */
int lt_table_set_input(struct lt_table *table, int size, struct lt_error *err);
/* The table's images, valid as long as the table; encoded: after lt_table_set_input. */
struct lt_source lt_table_source(const struct lt_table *table);

/* Removes all labels and sets the classes to those of another header. */
int lt_table_forget_labels(struct lt_table *table, const struct lt_header *classes,
			   struct lt_error *err);

/* Counts the rows of each class; counts has n_classes entries, zeroed by the caller. */
void lt_table_counts(const struct lt_table *table, uint64_t *counts);

/* Does any row have a label? */
bool lt_table_has_label(const struct lt_table *table);
/* LT_DATA, naming the row, unless every row has a label and there are two classes or more. */
int lt_table_want_labels(const struct lt_table *table, struct lt_error *err);
/* LT_DATA, naming the row, if a label is a prediction (y_src 1). */
int lt_table_want_given(const struct lt_table *table, struct lt_error *err);
/* LT_DATA unless the rows of side have the same image size and classes, and are encoded if and
 * only if the others are. */
int lt_table_want_same(const struct lt_table *table, const struct lt_table *side,
		       struct lt_error *err);

/*
 * Mean and (population) standard deviation of all rows, from exact integer sums.  Labels
 * are not used, so that pre-training does not depend on them.  Not for encoded pictures,
 * which would all have to be decoded first.  A constant channel gets deviation 1, so that
 * dividing by it is safe; a table without rows gets mean 0 and deviation 1.
 */
void lt_table_norm(const struct lt_table *table, struct lt_norm *norm);

#endif
