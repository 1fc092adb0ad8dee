/*
 * Rows scaled to length 1, as lt_neighbours_find expects them: nearness by distance is then
 * nearness by cosine, and the squared distance is 2 - 2 cosine.  A row of zeros gets an
 * additional dimension, so that its cosine to all rows except other such rows is 0.
 */
#ifndef LT_EMBED_UNITS_H
#define LT_EMBED_UNITS_H

#include "embed/neighbours.h"

/* n rows of width finite values.  *value is the memory of the rows; release it with lt_free. */
int lt_units_of(const float *feature, size_t n, size_t width, float **value,
		struct lt_embed_rows *rows, struct lt_error *err);

#endif
