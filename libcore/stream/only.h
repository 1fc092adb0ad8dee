/*
 * Selects classes of a table: their rows, with a class list of these classes only.
 *
 * The class of a row is its y, or its y_true if y is -1 (an unlabelled row of a simulation);
 * rows without a known class are omitted.  y and y_true are renumbered; a y_true of another
 * class becomes -1.
 */
#ifndef LT_STREAM_ONLY_H
#define LT_STREAM_ONLY_H

#include "stream/stream.h"

struct lt_only {
	int *label;	   /* new label of each old class, or -1 */
	const char **name; /* n of them, owned by the header */
	int classes, n;
	int y, y_true;	 /* columns, or -1 */
	int32_t cell[2]; /* the row's new y and y_true */
};

/*
 * list: names or else numbers of classes, separated by commas, in their new order.
 * LT_USAGE for a class that does not exist or is repeated, LT_DATA for a header without classes
 * or labels of 4 bytes, or with a column that has a value for each class (q, logits).  The
 * header must outlive only.  Call lt_only_free, also after an error.
 */
int lt_only_parse(struct lt_only *only, const char *list, const struct lt_header *header,
		  const char *input, struct lt_error *err);
void lt_only_free(struct lt_only *only);

/* Whether the row belongs to these classes; sets its new labels. */
bool lt_only_takes(struct lt_only *only, const struct lt_rows *rows,
		   const struct lt_header *header, uint32_t i);

/* The cell to write for a column: cell, or the new label. */
const void *lt_only_cell(const struct lt_only *only, int column, const void *cell);

#endif
