/*
 * A column of vectors of a stream in memory, for tsne and probe.
 */
#ifndef LT_EMBED_VECTORS_H
#define LT_EMBED_VECTORS_H

#include "stream/stream.h"

/* { 0 } with a column is empty. */
struct lt_vectors {
	int column;
	size_t n, width;
	float *value;	/* n × width */
	int32_t *label; /* n, see lt_vectors_label */
	size_t room;	/* rows */
};

/*
 * The column of that name, <f4 of one dimension, and its width; LT_DATA if there is none.
 * input: name of the stream in messages.
 */
int lt_vectors_find(struct lt_vectors *vectors, const struct lt_header *header,
		    const char *input, const char *name, struct lt_error *err);
/* LT_DATA, naming the first such row, if a value of the column in these rows is not finite. */
int lt_vectors_check(const struct lt_vectors *vectors, const struct lt_header *header,
		     const struct lt_rows *rows, const char *input, struct lt_error *err);
/* The class of row i by column y, or -1 without a label or class list. */
int32_t lt_vectors_label(const struct lt_header *header, const struct lt_rows *rows,
			 uint32_t i);
/* Checks and copies the column's cells; LT_DATA also above 2^31 - 1 rows. */
int lt_vectors_add(struct lt_vectors *vectors, const struct lt_header *header,
		   const struct lt_rows *rows, const char *input, struct lt_error *err);
void lt_vectors_free(struct lt_vectors *vectors);

#endif
