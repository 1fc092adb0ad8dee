/*
 * Finds the nearest rows of a bank for every query, exactly, by blocked brute force: queries ·
 * bank · width operations on several threads.  Results do not depend on their number.
 */
#ifndef LT_EMBED_NEIGHBOURS_H
#define LT_EMBED_NEIGHBOURS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/pool.h"

#define LT_NEIGHBOUR_LANES 8 /* floats that rows are padded to */

/* n rows of stride floats, one after another: padded with zeros to whole lanes, so that
 * stride is a multiple of LT_NEIGHBOUR_LANES.  Values and their squares are finite. */
struct lt_embed_rows {
	size_t n, stride;
	const float *value;
};

/* The measure of nearness. */
enum lt_near_by {
	LT_NEAR_BY_DISTANCE, /* Euclidean; far: its square */
	LT_NEAR_BY_PRODUCT,  /* the dot product, of rows of length 1 their cosine; far: it
				negated */
};

struct lt_neighbour {
	float far;
	uint32_t row;
};

/*
 * The k nearest rows of the bank for query i: near[i·k … i·k + k - 1], nearest first, and the
 * earlier row first among equals.  If bank and queries are the same pointer, a row is not its
 * own neighbour.  Both have the same stride and fewer than 2^31 rows; 1 ≤ k ≤ the number of
 * possible neighbours.  near has room for n·k; the caller owns it.  pool NULL: uses only the
 * calling thread.
 */
void lt_neighbours_find(struct lt_pool *pool, enum lt_near_by by,
			const struct lt_embed_rows *bank, const struct lt_embed_rows *queries,
			size_t k, struct lt_neighbour *near);

#endif
