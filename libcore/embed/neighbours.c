/*
 * Compares blocks of queries with blocks of rows, so that a block of rows stays in the cache
 * for all queries of the block.  Squared distances are sums of squared differences instead of
 * |a|² + |b|² - 2ab, so that those of near rows are accurate and equal rows have distance 0.
 * Sums use eight fixed lanes, which compilers vectorise without changing the order of sums.
 */
#include "embed/neighbours.h"

#include <stdbool.h>
#include <stdlib.h>

#define QUERIES 16
#define BLOCK_ROWS 256
#define LANES LT_NEIGHBOUR_LANES

struct search {
	enum lt_near_by by;
	const struct lt_embed_rows *bank, *queries;
	size_t k;
	struct lt_neighbour *near;
};

static float sum_of(const float lane[LANES])
{
	return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
	       ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static float product(const float *a, const float *b, size_t n)
{
	float lane[LANES] = {0};

	for (size_t i = 0; i < n; i += LANES)
		for (size_t l = 0; l < LANES; l++)
			lane[l] += a[i + l] * b[i + l];
	return sum_of(lane);
}

static float square_distance(const float *a, const float *b, size_t n)
{
	float lane[LANES] = {0};

	for (size_t i = 0; i < n; i += LANES)
		for (size_t l = 0; l < LANES; l++) {
			float d = a[i + l] - b[i + l];

			lane[l] += d * d;
		}
	return sum_of(lane);
}

static float far(enum lt_near_by by, const float *a, const float *b, size_t n)
{
	return by == LT_NEAR_BY_PRODUCT ? -product(a, b, n) : square_distance(a, b, n);
}

static bool nearer(struct lt_neighbour a, struct lt_neighbour b)
{
	return a.far < b.far || (a.far == b.far && a.row < b.row);
}

/* Replaces the top of a heap, the farthest neighbour, by x and sifts it down. */
static void sink(struct lt_neighbour *heap, size_t n, struct lt_neighbour x)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && nearer(heap[child], heap[child + 1]))
			child++;
		if (!nearer(x, heap[child]))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = x;
}

static void offer(struct lt_neighbour *heap, size_t *n, size_t k, struct lt_neighbour x)
{
	size_t i, parent;

	if (*n == k) {
		if (nearer(x, heap[0]))
			sink(heap, k, x);
		return;
	}
	for (i = (*n)++; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!nearer(heap[parent], x))
			break;
		heap[i] = heap[parent];
	}
	heap[i] = x;
}

/* Heap sort: repeatedly moves the farthest to the end. */
static void sort_heap(struct lt_neighbour *heap, size_t n)
{
	while (n > 1) {
		struct lt_neighbour last = heap[--n];

		heap[n] = heap[0];
		sink(heap, n, last);
	}
}

static void search_block(void *arg, int item, int worker)
{
	const struct search *s = arg;
	const struct lt_embed_rows *bank = s->bank, *queries = s->queries;
	size_t at = (size_t)item * QUERIES, found[QUERIES] = {0}, last;
	size_t n = queries->n - at < QUERIES ? queries->n - at : QUERIES;

	(void)worker;
	for (size_t first = 0; first < bank->n; first = last) {
		last = bank->n - first < BLOCK_ROWS ? bank->n : first + BLOCK_ROWS;
		for (size_t q = 0; q < n; q++) {
			struct lt_neighbour *heap = s->near + (at + q) * s->k, x;
			const float *query = queries->value + (at + q) * queries->stride;

			for (size_t b = first; b < last; b++) {
				if (bank == queries && b == at + q)
					continue;
				x.row = (uint32_t)b;
				x.far = far(s->by, query, bank->value + b * bank->stride,
					    bank->stride);
				offer(heap, &found[q], s->k, x);
			}
		}
	}
	for (size_t q = 0; q < n; q++)
		sort_heap(s->near + (at + q) * s->k, s->k);
}

void lt_neighbours_find(struct lt_pool *pool, enum lt_near_by by,
			const struct lt_embed_rows *bank, const struct lt_embed_rows *queries,
			size_t k, struct lt_neighbour *near)
{
	struct search search = {by, bank, queries, k, near};
	int blocks = (int)((queries->n + QUERIES - 1) / QUERIES);

	if (pool)
		lt_pool_run(pool, search_block, &search, blocks);
	for (int b = 0; !pool && b < blocks; b++)
		search_block(&search, b, 0);
}
