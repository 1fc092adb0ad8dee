#include "verdict/sample.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "embed/units.h"

const char *const lt_strange_names[LT_STRANGES] = {
	[LT_STRANGE_DISTANCE] = "distance",
	[LT_STRANGE_ENERGY] = "energy",
	[LT_STRANGE_CONFIDENCE] = "confidence",
};

#define QUERIES 4096 /* rows at a time, to limit the memory for their neighbours */

/* --------------------------------------------------------------------------- shares */

static int count(struct lt_sample *s, const char *const *classes, const char *name,
		 struct lt_error *err)
{
	size_t k = (size_t)s->classes;
	uint64_t all = 0;

	s->val_counts = lt_new_array(k, sizeof *s->val_counts);
	s->val_share = lt_new_array(k, sizeof *s->val_share);
	s->train_share = lt_new_array(k, sizeof *s->train_share);
	if (!s->val_counts || !s->val_share || !s->train_share)
		return lt_fail_memory(err);
	for (size_t x = 0; x < s->val.rows.n; x++)
		s->val_counts[s->val.rows.label[x]]++;
	for (size_t c = 0; c < k; c++)
		all += s->train_counts[c] > 0 ? s->train_counts[c] : 1;
	for (size_t c = 0; c < k; c++) {
		if (s->val_counts[c] == 0)
			return lt_fail(err, LT_DATA,
				       "%s: class '%s' has no labelled row: how it is "
				       "predicted is not known",
				       name, classes[c]);
		s->val_share[c] = (double)s->val_counts[c] / (double)s->val.rows.n;
		s->train_share[c] =
			(double)(s->train_counts[c] > 0 ? s->train_counts[c] : 1) / (double)all;
	}
	return 0;
}

/* ---------------------------------------------------------------------- predictions */

struct predicting {
	const struct lt_sample *sample;
	struct lt_side *side;
	double *shift; /* log of the training shares */
};

/* Returns the largest z - shift; sum: Σ exp of all of them, relative to it. */
static double largest(const float *z, const double *shift, int classes, int *at, double *sum)
{
	double most = 0;

	*at = -1;
	for (int c = 0; c < classes; c++) {
		double value = (double)z[c] - (shift ? shift[c] : 0);

		if (*at < 0 || value > most) {
			most = value;
			*at = c;
		}
	}
	*sum = 0;
	for (int c = 0; c < classes; c++)
		*sum += lt_exp((double)z[c] - (shift ? shift[c] : 0) - most);
	return most;
}

static void predict(void *arg, int item, int worker)
{
	const struct predicting *p = arg;
	const float *z = p->side->rows.logits + (size_t)item * (size_t)p->sample->classes;

	(void)worker;
	for (int h = 0; h < LT_HEADS; h++) {
		double sum, most;
		int at;

		most = largest(z, h == LT_HEAD_ADJUSTED ? p->shift : NULL, p->sample->classes,
			       &at, &sum);
		p->side->predicted[h][item] = at;
		p->side->confidence[h][item] = (float)(1 / sum);
		if (h != LT_HEAD_PLAIN)
			continue;
		p->side->strange[LT_STRANGE_ENERGY][item] = (float)-(most + lt_log(sum));
		p->side->strange[LT_STRANGE_CONFIDENCE][item] = (float)((sum - 1) / sum);
	}
}

static int predict_side(const struct lt_sample *s, struct lt_side *side, struct lt_pool *pool,
			struct lt_error *err)
{
	double *shift = lt_new_array((size_t)s->classes, sizeof *shift);
	struct predicting job = {s, side, shift};

	if (!shift)
		return lt_fail_memory(err);
	for (int c = 0; c < s->classes; c++)
		shift[c] = lt_log(s->train_share[c]);
	lt_pool_run(pool, predict, &job, (int)side->rows.n);
	lt_free(shift);
	return 0;
}

/* ------------------------------------------------------------------------ distances */

static int distances(const struct lt_embed_rows *bank, const struct lt_embed_rows *queries,
		     struct lt_pool *pool, float *out, struct lt_error *err)
{
	size_t others = bank == queries ? bank->n - 1 : bank->n,
	       k = others < LT_STRANGE_NEAR ? others : LT_STRANGE_NEAR, block;
	struct lt_neighbour *near;

	if (k == 0) /* a single row has no neighbour */
		return 0;
	/* A row is excluded from its own neighbours only if all rows are searched at once. */
	block = bank == queries || queries->n < QUERIES ? queries->n : QUERIES;
	if (!(near = lt_new_array(block, k * sizeof *near)))
		return lt_fail_memory(err);
	for (size_t at = 0; at < queries->n; at += block) {
		struct lt_embed_rows part = {queries->n - at < block ? queries->n - at : block,
					     queries->stride,
					     queries->value + at * queries->stride};

		lt_neighbours_find(pool, LT_NEAR_BY_DISTANCE, bank,
				   bank == queries ? bank : &part, k, near);
		for (size_t x = 0; x < part.n; x++)
			out[at + x] = near[x * k + k - 1].far / 2;
	}
	lt_free(near);
	return 0;
}

static int measure_distances(struct lt_sample *s, struct lt_pool *pool, struct lt_error *err)
{
	struct lt_embed_rows bank, queries;
	float *bank_value = NULL, *query_value = NULL;
	int code = lt_units_of(s->val.rows.feature, s->val.rows.n, s->width, &bank_value, &bank,
			       err);

	if (code == 0)
		code = lt_units_of(s->pool.rows.feature, s->pool.rows.n, s->width, &query_value,
				   &queries, err);
	if (code == 0)
		code = distances(&bank, &bank, pool, s->val.strange[LT_STRANGE_DISTANCE], err);
	if (code == 0)
		code = distances(&bank, &queries, pool, s->pool.strange[LT_STRANGE_DISTANCE],
				 err);
	lt_free(bank_value);
	lt_free(query_value);
	return code;
}

/* ---------------------------------------------------------------------------- order */

struct placed {
	float strange;
	uint32_t row;
};

static int strangest_first(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->strange != y->strange)
		return x->strange > y->strange ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static int put_in_order(struct lt_side *side, struct lt_error *err)
{
	size_t n = side->rows.n;
	struct placed *placed = lt_new_array(n, sizeof *placed);

	if (!placed)
		return lt_fail_memory(err);
	for (int m = 0; m < LT_STRANGES; m++) {
		for (size_t x = 0; x < n; x++)
			placed[x] = (struct placed){side->strange[m][x], (uint32_t)x};
		qsort(placed, n, sizeof *placed, strangest_first);
		for (size_t x = 0; x < n; x++)
			side->order[m][x] = placed[x].row;
	}
	lt_free(placed);
	return 0;
}

/* ------------------------------------------------------------------------------ all */

static int take_room(struct lt_side *side, struct lt_error *err)
{
	size_t n = side->rows.n;
	bool good = true;

	for (int h = 0; h < LT_HEADS; h++) {
		side->predicted[h] = lt_new_array(n, sizeof *side->predicted[h]);
		side->confidence[h] = lt_new_array(n, sizeof *side->confidence[h]);
		good = good && side->predicted[h] && side->confidence[h];
	}
	for (int m = 0; m < LT_STRANGES; m++) {
		side->strange[m] = lt_new_array(n, sizeof *side->strange[m]);
		side->order[m] = lt_new_array(n, sizeof *side->order[m]);
		good = good && side->strange[m] && side->order[m];
	}
	return good ? 0 : lt_fail_memory(err);
}

int lt_sample_derive(struct lt_sample *s, const char *const *classes, const char *name,
		     struct lt_pool *pool, struct lt_error *err)
{
	struct lt_side *side[] = {&s->val, &s->pool};
	int code;

	if (s->val.rows.n == 0)
		return lt_fail(err, LT_DATA, "%s: no row has a label", name);
	if (s->pool.rows.n == 0)
		return lt_fail(err, LT_DATA, "no unlabelled rows");
	if ((code = count(s, classes, name, err)) != 0)
		return code;
	for (int i = 0; i < 2; i++)
		if ((code = take_room(side[i], err)) != 0 ||
		    (code = predict_side(s, side[i], pool, err)) != 0)
			return code;
	code = measure_distances(s, pool, err);
	for (int i = 0; i < 2 && code == 0; i++)
		code = put_in_order(side[i], err);
	return code;
}

static void free_side(struct lt_side *side)
{
	for (int h = 0; h < LT_HEADS; h++) {
		lt_free(side->predicted[h]);
		lt_free(side->confidence[h]);
	}
	for (int m = 0; m < LT_STRANGES; m++) {
		lt_free(side->strange[m]);
		lt_free(side->order[m]);
	}
}

void lt_sample_free(struct lt_sample *s)
{
	free_side(&s->val);
	free_side(&s->pool);
	lt_free(s->val_counts);
	lt_free(s->val_share);
	lt_free(s->train_share);
	*s = (struct lt_sample){0};
}
