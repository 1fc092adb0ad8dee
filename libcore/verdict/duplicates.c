#include "verdict/duplicates.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "embed/units.h"

#define QUERIES 4096 /* rows at a time, to limit the memory for their neighbours */

/* ------------------------------------------------------------------------ threshold */

static int smaller_first(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double lt_duplicates_threshold(double *near, size_t n, double pairs)
{
	size_t m, same = 0;
	double sum = 0, share;

	qsort(near, n, sizeof *near, smaller_first);
	while (same < n && !(near[same] > LT_NEAR_SAME))
		same++;
	near += same;
	n -= same;
	if (n < LT_NEAR_LEAST)
		return NAN;
	m = n / 10 < 10 ? 10 : n / 10 > 100 ? 100 : n / 10;
	for (size_t i = 0; i + 1 < m; i++)
		sum += lt_log(near[m - 1] / near[i]);
	sum /= (double)(m - 1);
	/*
	 * (t ÷ d)^D = share: the wanted share of pairs, relative to that of the pairs as
	 * near as d.
	 */
	share = LT_NEAR_FALSE / pairs * (double)n * (double)(n - 1) / (double)m;
	return share < 1 ? near[m - 1] * lt_exp(sum * lt_log(share)) : near[m - 1];
}

/* --------------------------------------------------------------------------- copies */

struct keyed {
	const float *feature;
	size_t width;
	uint32_t row;
};

static int by_features(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	return memcmp(x->feature, y->feature, x->width * sizeof *x->feature);
}

static int mark_exact(const struct lt_scored_rows *rows, const struct lt_scored_rows *test,
		      size_t width, bool *exact, struct lt_error *err)
{
	struct keyed *key = lt_new_array(test->n, sizeof *key);

	if (!key)
		return lt_fail_memory(err);
	for (size_t i = 0; i < test->n; i++)
		key[i] = (struct keyed){test->feature + i * width, width, (uint32_t)i};
	qsort(key, test->n, sizeof *key, by_features);
	for (size_t i = 0; i < rows->n; i++) {
		struct keyed own = {rows->feature + i * width, width, 0};

		exact[i] = bsearch(&own, key, test->n, sizeof *key, by_features) != NULL;
	}
	lt_free(key);
	return 0;
}

static double distance(const struct lt_neighbour *near)
{
	return sqrt(near->far > 0 ? (double)near->far : 0);
}

/* Learns the distance below which pairs are near copies, from the validation rows. */
static int learn(const struct lt_embed_rows *val, double pairs, struct lt_pool *pool,
		 double *threshold, struct lt_error *err)
{
	struct lt_neighbour *near = lt_new_array(val->n, sizeof *near);
	double *far = lt_new_array(val->n, sizeof *far);

	*threshold = NAN;
	if (near && far && val->n > 1) {
		lt_neighbours_find(pool, LT_NEAR_BY_DISTANCE, val, val, 1, near);
		for (size_t i = 0; i < val->n; i++)
			far[i] = distance(&near[i]);
		*threshold = lt_duplicates_threshold(far, val->n, pairs);
	}
	lt_free(near);
	lt_free(far);
	return near && far ? 0 : lt_fail_memory(err);
}

static int count_near(const struct lt_embed_rows *rows, const struct lt_embed_rows *test,
		      double threshold, const bool *exact, struct lt_pool *pool, size_t *count,
		      struct lt_error *err)
{
	size_t block = rows->n < QUERIES ? rows->n : QUERIES;
	struct lt_neighbour *near = lt_new_array(block, sizeof *near);

	if (!near)
		return lt_fail_memory(err);
	for (size_t at = 0; at < rows->n; at += block) {
		struct lt_embed_rows part = {rows->n - at < block ? rows->n - at : block,
					     rows->stride, rows->value + at * rows->stride};

		lt_neighbours_find(pool, LT_NEAR_BY_DISTANCE, test, &part, 1, near);
		for (size_t i = 0; i < part.n; i++)
			*count += !exact[at + i] && distance(&near[i]) <= threshold;
	}
	lt_free(near);
	return 0;
}

struct units {
	struct lt_embed_rows val, rows, test;
	float *value[3];
};

static int find_near(const struct lt_scored_rows *val, const struct lt_scored_rows *rows,
		     const struct lt_scored_rows *test, size_t width, const bool *exact,
		     struct lt_pool *pool, struct lt_duplicates *found, struct lt_error *err)
{
	struct units u = {0};
	double threshold = NAN;
	int code = lt_units_of(val->feature, val->n, width, &u.value[0], &u.val, err);

	if (code == 0)
		code = learn(&u.val, (double)rows->n * (double)test->n, pool, &threshold, err);
	if (code == 0 && threshold >= 0) {
		found->cosine = 1 - threshold * threshold / 2;
		code = lt_units_of(rows->feature, rows->n, width, &u.value[1], &u.rows, err);
		if (code == 0)
			code = lt_units_of(test->feature, test->n, width, &u.value[2], &u.test,
					   err);
		if (code == 0)
			code = count_near(&u.rows, &u.test, threshold, exact, pool,
					  &found->near, err);
	}
	for (int i = 0; i < 3; i++)
		lt_free(u.value[i]);
	return code;
}

int lt_duplicates_find(const struct lt_scored_rows *val, const struct lt_scored_rows *rows,
		       const struct lt_scored_rows *test, size_t width, struct lt_pool *pool,
		       struct lt_duplicates *found, struct lt_error *err)
{
	bool *exact = lt_new_array(rows->n, sizeof *exact);
	int code;

	*found = (struct lt_duplicates){.cosine = NAN};
	if (!exact)
		return lt_fail_memory(err);
	if (test->n == 0) {
		lt_free(exact);
		return 0;
	}
	if ((code = mark_exact(rows, test, width, exact, err)) == 0)
		code = find_near(val, rows, test, width, exact, pool, found, err);
	for (size_t i = 0; i < rows->n; i++)
		found->exact += exact[i];
	lt_free(exact);
	return code;
}
