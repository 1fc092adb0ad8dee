#include "embed/quadtree.h"

#include <string.h>

#include "base/memory.h"

#define LEVELS 24 /* bits of a coordinate: points nearer than that share a leaf */

int lt_quadtree_new(struct lt_quadtree *tree, size_t n, struct lt_error *err)
{
	*tree = (struct lt_quadtree){.n = n};
	tree->point = lt_new_array(n, sizeof *tree->point);
	tree->spare = lt_new_array(n, sizeof *tree->spare);
	tree->key = lt_new_array(n, 2 * sizeof *tree->key);
	/* Every cell that is not a leaf has two children or more. */
	tree->cell = lt_new_array(n, 2 * sizeof *tree->cell);
	if (!tree->point || !tree->spare || !tree->key || !tree->cell)
		return lt_fail_memory(err);
	return 0;
}

void lt_quadtree_free(struct lt_quadtree *tree)
{
	lt_free(tree->point);
	lt_free(tree->spare);
	lt_free(tree->key);
	lt_free(tree->cell);
	*tree = (struct lt_quadtree){0};
}

/*
 * The smallest axis-parallel square that contains all points: sets its corner, returns its
 * side.
 */
static double bounds(const double *points, size_t n, double corner[2])
{
	double side = 0;

	for (int axis = 0; axis < 2; axis++) {
		double low = points[axis], high = low;

		for (size_t i = 1; i < n; i++) {
			double v = points[2 * i + (size_t)axis];

			low = v < low ? v : low;
			high = v > high ? v : high;
		}
		corner[axis] = low;
		side = high - low > side ? high - low : side;
	}
	return side;
}

/* The low 24 bits of v with a zero before each. */
static uint64_t spread(uint64_t v)
{
	v = (v | v << 16) & 0x0000ffff0000ffff;
	v = (v | v << 8) & 0x00ff00ff00ff00ff;
	v = (v | v << 4) & 0x0f0f0f0f0f0f0f0f;
	v = (v | v << 2) & 0x3333333333333333;
	return (v | v << 1) & 0x5555555555555555;
}

static uint64_t quantise(double v, double corner, double side)
{
	double top = (double)((1 << LEVELS) - 1), at = side > 0 ? (v - corner) / side * top : 0;

	return at > 0 ? (uint64_t)(at < top ? at : top) : 0;
}

/* Radix sort by key, eight bits at a time; stable. */
static void sort_points(struct lt_quadtree *tree)
{
	uint64_t *key = tree->key, *other_key = tree->key + tree->n, *k;
	uint32_t *point = tree->point, *other = tree->spare, *p;

	/* With an even number of passes the result is in the first array. */
	for (int shift = 0; shift < 2 * LEVELS; shift += 8) {
		size_t place[257] = {0};

		for (size_t i = 0; i < tree->n; i++)
			place[(key[i] >> shift & 255) + 1]++;
		for (int d = 1; d < 256; d++)
			place[d] += place[d - 1];
		for (size_t i = 0; i < tree->n; i++) {
			size_t at = place[key[i] >> shift & 255]++;

			other_key[at] = key[i];
			other[at] = point[i];
		}
		k = key, key = other_key, other_key = k;
		p = point, point = other, other = p;
	}
}

struct building {
	struct lt_quadtree *tree;
	const double *points;
	double side;
};

/*
 * Builds the cell of the points with ranks first … end - 1, and all cells below it.  Their
 * keys agree in all but the lowest 2 · level bits, or in more.
 */
static uint32_t build(const struct building *b, uint32_t first, uint32_t end)
{
	struct lt_quadtree *tree = b->tree;
	const uint64_t *key = tree->key;
	uint32_t at = tree->cells++;
	struct lt_quadtree_cell *cell = &tree->cell[at];
	double side = b->side, x = 0, y = 0;
	int level = LEVELS; /* bits of a coordinate within the smallest cell that holds all
			       points */

	*cell = (struct lt_quadtree_cell){.first = first, .count = end - first};
	while (level > 0 && key[first] >> (2 * level - 2) == key[end - 1] >> (2 * level - 2)) {
		level--;
		side /= 2;
	}
	if (level == 0) {
		for (uint32_t i = first; i < end; i++) {
			x += b->points[2 * (size_t)tree->point[i]];
			y += b->points[2 * (size_t)tree->point[i] + 1];
		}
	} else {
		cell->square = side * side;
		for (uint32_t from = first, to; from < end; from = to) {
			uint64_t quarter = key[from] >> (2 * level - 2);
			uint32_t child;

			for (to = from + 1; to < end && key[to] >> (2 * level - 2) == quarter;)
				to++;
			child = build(b, from, to);
			x += tree->cell[child].x * (double)(to - from);
			y += tree->cell[child].y * (double)(to - from);
		}
	}
	cell->x = x / (double)cell->count;
	cell->y = y / (double)cell->count;
	cell->next = tree->cells;
	return at;
}

void lt_quadtree_build(struct lt_quadtree *tree, const double *points)
{
	struct building b = {tree, points, 0};
	double corner[2];

	b.side = bounds(points, tree->n, corner);
	for (size_t i = 0; i < tree->n; i++) {
		tree->point[i] = (uint32_t)i;
		tree->key[i] = spread(quantise(points[2 * i], corner[0], b.side)) |
			       spread(quantise(points[2 * i + 1], corner[1], b.side)) << 1;
	}
	sort_points(tree);
	tree->cells = 0;
	build(&b, 0, (uint32_t)tree->n);
}
