/*
 * A quadtree over points of the plane, for sums in which a distant cell counts as one point
 * (Barnes and Hut, Nature 1986).
 *
 * Points are sorted along a Z-order curve, so that a cell is a range of points; a cell with
 * the same points as its parent is omitted.  The tree depends only on the points.
 */
#ifndef LT_EMBED_QUADTREE_H
#define LT_EMBED_QUADTREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Cells in the order of a walk that visits parents first. */
struct lt_quadtree_cell {
	double x, y;	       /* mean of its points */
	double square;	       /* of its side; 0: a leaf, whose points coincide */
	uint32_t first, count; /* its points, as ranks */
	uint32_t next;	       /* the cell after all of this one's descendants */
};

struct lt_quadtree {
	size_t n;	 /* points */
	uint32_t *point; /* by rank */
	struct lt_quadtree_cell *cell;
	uint32_t cells; /* in use */
	uint64_t *key;	/* by rank, followed by scratch space */
	uint32_t *spare;
};

/* Allocates for 1 ≤ n < 2^31 points; lt_quadtree_free is safe even after a failure. */
int lt_quadtree_new(struct lt_quadtree *tree, size_t n, struct lt_error *err);
/* The tree of n points x, y, x, y, …, all finite. */
void lt_quadtree_build(struct lt_quadtree *tree, const double *points);
void lt_quadtree_free(struct lt_quadtree *tree);

#endif
