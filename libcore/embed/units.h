/*
 * Rows scaled to length 1, as the search for neighbours takes them: near by distance is then
 * near by cosine, and the squared distance is 2 - 2 cosine.  A row of zeros gets a dimension of
 * its own, in which its cosine to all others but such rows is 0.
 */
#ifndef LT_EMBED_UNITS_H
#define LT_EMBED_UNITS_H

#include "embed/neighbours.h"

/* Of n rows of width finite values; *value is what rows point to, for lt_free. */
int lt_units_of(const float *feature, size_t n, size_t width, float **value,
		struct lt_embed_rows *rows, struct lt_error *err);

#endif
