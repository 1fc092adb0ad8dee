/*
 * Nearest neighbours by brute force: blocks of queries against blocks of the
 * bank, so that a block of the bank is read from the cache for every query of
 * the block.  Dot products are sums in eight fixed lanes, which compilers turn
 * into vector instructions without changing the order of any sum.
 */
#include "report/knn.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"

#define QUERIES 16
#define BANK_ROWS 256
#define LANES 8

/* Rows with labels, each scaled to length 1 and padded with zeros to whole lanes. */
struct rows {
	size_t n, stride;
	float *unit;
	int32_t *label;
};

struct neighbour {
	float similarity;
	size_t row;
};

/* The k nearest so far: a heap with the farthest on top. */
struct nearest {
	int n;
	struct neighbour *heap;
};

static float dot(const float *a, const float *b, size_t n)
{
	float lane[LANES] = {0};
	size_t i;
	int l;

	for (i = 0; i < n; i += LANES)
		for (l = 0; l < LANES; l++)
			lane[l] += a[i + (size_t)l] * b[i + (size_t)l];
	return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
	       ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void scale_to_unit(const float *from, float *to, int dims)
{
	double square = 0, scale;
	int i;

	for (i = 0; i < dims; i++)
		square += (double)from[i] * (double)from[i];
	scale = isfinite(square) && square > 0 ? 1 / sqrt(square) : 0;
	for (i = 0; i < dims; i++)
		to[i] = scale > 0 ? (float)((double)from[i] * scale) : 0;
}

static void free_rows(struct rows *rows)
{
	lt_free(rows->unit);
	lt_free(rows->label);
}

static int take_rows(struct rows *rows, const struct lt_knn_features *from, int dims,
		     struct lt_error *err)
{
	size_t n = 0, values;
	uint64_t i;

	memset(rows, 0, sizeof *rows);
	for (i = 0; i < from->n; i++)
		n += from->label[i] >= 0;
	rows->stride = ((size_t)dims + LANES - 1) / LANES * LANES;
	if (!lt_mul(n, rows->stride, &values))
		return lt_fail_memory(err);
	rows->unit = lt_new_array(values, sizeof *rows->unit);
	rows->label = lt_new_array(n, sizeof *rows->label);
	if (!rows->unit || !rows->label)
		return lt_fail_memory(err);
	for (i = 0; i < from->n; i++) {
		if (from->label[i] < 0)
			continue;
		scale_to_unit(from->feature + (size_t)i * (size_t)dims,
			      rows->unit + rows->n * rows->stride, dims);
		rows->label[rows->n++] = from->label[i];
	}
	return 0;
}

static bool nearer(struct neighbour a, struct neighbour b)
{
	return a.similarity > b.similarity || (a.similarity == b.similarity && a.row < b.row);
}

/* Puts x at the top and lets it sink below all that are farther. */
static void sink(struct nearest *nearest, struct neighbour x)
{
	int i = 0, child;

	while ((child = 2 * i + 1) < nearest->n) {
		if (child + 1 < nearest->n &&
		    nearer(nearest->heap[child], nearest->heap[child + 1]))
			child++;
		if (!nearer(x, nearest->heap[child]))
			break;
		nearest->heap[i] = nearest->heap[child];
		i = child;
	}
	nearest->heap[i] = x;
}

static void offer(struct nearest *nearest, int k, struct neighbour x)
{
	int i, parent;

	if (nearest->n == k) {
		if (nearer(x, nearest->heap[0]))
			sink(nearest, x);
		return;
	}
	for (i = nearest->n++; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!nearer(nearest->heap[parent], x))
			break;
		nearest->heap[i] = nearest->heap[parent];
	}
	nearest->heap[i] = x;
}

static int nearest_first(const void *a, const void *b)
{
	const struct neighbour *x = a, *y = b;

	return nearer(*x, *y) ? -1 : nearer(*y, *x) ? 1 : 0;
}

/* Votes are summed from the nearest on, relative to its weight, so nothing overflows. */
static int vote(const struct nearest *nearest, const struct rows *bank, double temperature,
		int classes, double *votes)
{
	const struct neighbour *first = nearest->heap;
	int best = 0, i;

	qsort(nearest->heap, (size_t)nearest->n, sizeof *nearest->heap, nearest_first);
	memset(votes, 0, (size_t)classes * sizeof *votes);
	for (i = 0; i < nearest->n; i++)
		votes[bank->label[first[i].row]] +=
			lt_exp(((double)first[i].similarity - (double)first[0].similarity) /
			       temperature);
	for (i = 1; i < classes; i++)
		if (votes[i] > votes[best])
			best = i;
	return best;
}

/* The nearest of n ≤ QUERIES queries. */
static void search(const struct rows *bank, const struct rows *query, size_t at, size_t n,
		   int k, struct nearest *nearest)
{
	size_t first, last, q, b;

	for (q = 0; q < n; q++)
		nearest[q].n = 0;
	for (first = 0; first < bank->n; first = last) {
		last = bank->n - first < BANK_ROWS ? bank->n : first + BANK_ROWS;
		for (q = 0; q < n; q++)
			for (b = first; b < last; b++)
				offer(&nearest[q], k,
				      (struct neighbour){
					      dot(bank->unit + b * bank->stride,
						  query->unit + (at + q) * query->stride,
						  bank->stride),
					      b});
	}
}

static int vote_all(const struct rows *bank, const struct rows *query, int classes, int k,
		    double temperature, struct lt_knn_result *out, struct lt_error *err)
{
	struct neighbour *heaps = lt_new_array((size_t)k, QUERIES * sizeof *heaps);
	double *votes = lt_new_array((size_t)classes, sizeof *votes);
	struct nearest nearest[QUERIES];
	size_t at, n, q;

	if (!heaps || !votes) {
		lt_free(heaps);
		lt_free(votes);
		return lt_fail_memory(err);
	}
	for (q = 0; q < QUERIES; q++)
		nearest[q].heap = heaps + q * (size_t)k;
	for (at = 0; at < query->n; at += n) {
		n = query->n - at < QUERIES ? query->n - at : QUERIES;
		search(bank, query, at, n, k, nearest);
		for (q = 0; q < n; q++)
			out->right += vote(&nearest[q], bank, temperature, classes, votes) ==
				      query->label[at + q];
	}
	lt_free(heaps);
	lt_free(votes);
	return 0;
}

int lt_knn(const struct lt_knn_features *bank, const struct lt_knn_features *query, int dims,
	   int classes, int k, double temperature, struct lt_knn_result *out,
	   struct lt_error *err)
{
	struct rows b = {0}, q = {0};
	int code = take_rows(&b, bank, dims, err);

	memset(out, 0, sizeof *out);
	if (code == 0)
		code = take_rows(&q, query, dims, err);
	if (code == 0 && (b.n == 0 || q.n == 0))
		code = lt_fail(err, LT_DATA, "no row with a label for the nearest neighbours");
	if (code == 0) {
		out->bank = b.n;
		out->rows = q.n;
		k = b.n < (size_t)k ? (int)b.n : k;
		code = vote_all(&b, &q, classes, k, temperature, out, err);
	}
	free_rows(&b);
	free_rows(&q);
	return code;
}
