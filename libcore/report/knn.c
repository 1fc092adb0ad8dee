/*
 * A vote among the nearest rows of a bank, found by lt_neighbours_find.
 */
#include "report/knn.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "embed/neighbours.h"

#define QUERIES 256 /* rows processed at once, which limits the memory for neighbours */
#define LANES LT_NEIGHBOUR_LANES

/* Rows with labels, each scaled to length 1 and padded with zeros to whole lanes. */
struct rows {
	size_t n, stride;
	float *unit;
	int32_t *label;
};

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
	if (n > INT32_MAX)
		return lt_fail_memory(err);
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

/* Votes are summed from the nearest on, relative to its weight, so that nothing overflows. */
static int vote(const struct lt_neighbour *near, int k, const struct rows *bank,
		double temperature, int classes, double *votes)
{
	int best = 0, i;

	memset(votes, 0, (size_t)classes * sizeof *votes);
	for (i = 0; i < k; i++)
		votes[bank->label[near[i].row]] +=
			lt_exp(((double)near[0].far - (double)near[i].far) / temperature);
	for (i = 1; i < classes; i++)
		if (votes[i] > votes[best])
			best = i;
	return best;
}

static int vote_all(const struct rows *bank, const struct rows *query, int classes, int k,
		    double temperature, struct lt_knn_result *out, struct lt_error *err)
{
	struct lt_neighbour *near = lt_new_array((size_t)k, QUERIES * sizeof *near);
	double *votes = lt_new_array((size_t)classes, sizeof *votes);
	struct lt_embed_rows units = {bank->n, bank->stride, bank->unit}, queries;
	int code = near && votes ? 0 : lt_fail_memory(err);
	size_t at, q;

	for (at = 0; code == 0 && at < query->n; at += queries.n) {
		queries = (struct lt_embed_rows){
			query->n - at < QUERIES ? query->n - at : QUERIES, query->stride,
			query->unit + at * query->stride};
		lt_neighbours_find(NULL, LT_NEAR_BY_PRODUCT, &units, &queries, (size_t)k, near);
		for (q = 0; q < queries.n; q++)
			out->right += vote(near + q * (size_t)k, k, bank, temperature, classes,
					   votes) == query->label[at + q];
	}
	lt_free(near);
	lt_free(votes);
	return code;
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
