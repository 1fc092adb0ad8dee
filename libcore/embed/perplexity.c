#include "embed/perplexity.h"

#include <stdbool.h>

#include "base/elementary.h"
#include "base/memory.h"

#define TOLERANCE 1e-5
#define STEPS 200

/*
 * Distances are measured from the nearest and in units of their mean.  This changes no
 * probability, but exp does not underflow for all, and b starts near its final value.
 */
void lt_perplexity_fit(const struct lt_neighbour *near, size_t k, double perplexity, float *p)
{
	double want = lt_log(perplexity), b = 1, low = 0, high = 0, mean = 0, sum = 0;

	for (size_t i = 0; i < k; i++)
		mean += (double)near[i].far - (double)near[0].far;
	mean /= (double)k;
	for (int step = 0; step < STEPS; step++) {
		double moment = 0, excess;

		sum = 0;
		for (size_t i = 0; i < k; i++) {
			double d = mean > 0 ? ((double)near[i].far - (double)near[0].far) / mean
					    : 0,
			       e = lt_exp(-b * d);

			p[i] = (float)e;
			sum += e;
			moment += d * e;
		}
		excess = lt_log(sum) + b * moment / sum - want;
		if (!(excess > TOLERANCE || excess < -TOLERANCE) || !(mean > 0))
			break;
		if (excess > 0) {
			low = b;
			b = high > 0 ? (low + high) / 2 : 2 * b;
		} else {
			high = b;
			b = (low + high) / 2;
		}
	}
	for (size_t i = 0; i < k; i++)
		p[i] = (float)((double)p[i] / sum);
}

void lt_affinities_free(struct lt_affinities *affinities)
{
	lt_free(affinities->first);
	lt_free(affinities->column);
	lt_free(affinities->value);
	*affinities = (struct lt_affinities){0};
}

static int make_room(struct lt_affinities *a, size_t n, size_t entries, struct lt_error *err)
{
	a->n = n;
	if (!a->first)
		a->first = lt_new_array(n + 1, sizeof *a->first);
	a->column = lt_new_array(entries, sizeof *a->column);
	a->value = lt_new_array(entries, sizeof *a->value);
	return a->first && a->column && a->value ? 0 : lt_fail_memory(err);
}

struct fit {
	const struct lt_neighbour *near;
	size_t k;
	double perplexity;
	struct lt_affinities *out;
};

static void fit_row(void *arg, int item, int worker)
{
	const struct fit *fit = arg;
	size_t at = (size_t)item * fit->k;

	(void)worker;
	fit->out->first[item + 1] = at + fit->k;
	for (size_t i = 0; i < fit->k; i++)
		fit->out->column[at + i] = fit->near[at + i].row;
	lt_perplexity_fit(fit->near + at, fit->k, fit->perplexity, fit->out->value + at);
}

/* Columns are ascending in the result, whatever their order was. */
static int transpose(struct lt_affinities *to, const struct lt_affinities *from,
		     struct lt_error *err)
{
	size_t n = from->n, entries = from->first[n];
	int code = make_room(to, n, entries, err);

	if (code != 0)
		return code;
	/* first[j + 1] first counts, then it is the position of the next entry of row j. */
	for (size_t e = 0; e < entries; e++)
		if (from->column[e] + (size_t)2 <= n)
			to->first[from->column[e] + (size_t)2]++;
	for (size_t j = 2; j <= n; j++)
		to->first[j] += to->first[j - 1];
	for (size_t i = 0; i < n; i++)
		for (size_t e = from->first[i]; e < from->first[i + 1]; e++) {
			size_t at = to->first[from->column[e] + (size_t)1]++;

			to->column[at] = (uint32_t)i;
			to->value[at] = from->value[e];
		}
	return 0;
}

/*
 * Writes row i of (a + b) / 2n to column and value, if given; returns its number of entries.
 */
static size_t add_row(const struct lt_affinities *a, const struct lt_affinities *b, size_t i,
		      uint32_t *column, float *value)
{
	size_t x = a->first[i], y = b->first[i], count = 0;

	while (x < a->first[i + 1] || y < b->first[i + 1]) {
		uint32_t ax = x < a->first[i + 1] ? a->column[x] : UINT32_MAX,
			 by = y < b->first[i + 1] ? b->column[y] : UINT32_MAX;

		if (value) {
			double sum = (ax <= by ? (double)a->value[x] : 0) +
				     (by <= ax ? (double)b->value[y] : 0);

			column[count] = ax < by ? ax : by;
			value[count] = (float)(sum / (2 * (double)a->n));
		}
		x += ax <= by;
		y += by <= ax;
		count++;
	}
	return count;
}

static int symmetrise(struct lt_affinities *out, const struct lt_affinities *a,
		      const struct lt_affinities *b, struct lt_error *err)
{
	int code;

	out->first = lt_new_array(a->n + 1, sizeof *out->first);
	if (!out->first)
		return lt_fail_memory(err);
	for (size_t i = 0; i < a->n; i++)
		out->first[i + 1] = out->first[i] + add_row(a, b, i, NULL, NULL);
	if ((code = make_room(out, a->n, out->first[a->n], err)) != 0)
		return code;
	for (size_t i = 0; i < a->n; i++)
		add_row(a, b, i, out->column + out->first[i], out->value + out->first[i]);
	return 0;
}

int lt_affinities_make(struct lt_affinities *out, struct lt_pool *pool,
		       const struct lt_neighbour *near, size_t n, size_t k, double perplexity,
		       struct lt_error *err)
{
	struct lt_affinities given = {0}, turned = {0}, sorted = {0};
	struct fit fit = {near, k, perplexity, &given};
	size_t entries;
	int code;

	*out = (struct lt_affinities){0};
	if (!lt_mul(n, k, &entries) || n > INT32_MAX)
		return lt_fail_memory(err);
	if ((code = make_room(&given, n, entries, err)) == 0) {
		lt_pool_run(pool, fit_row, &fit, (int)n);
		code = transpose(&turned, &given, err);
	}
	lt_affinities_free(&given);
	if (code == 0)
		code = transpose(&sorted, &turned, err);
	if (code == 0)
		code = symmetrise(out, &sorted, &turned, err);
	lt_affinities_free(&turned);
	lt_affinities_free(&sorted);
	return code;
}
