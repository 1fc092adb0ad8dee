#include "method/guess.h"

#include <math.h>
#include <stdlib.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "report/metrics.h"

struct ranked {
	struct lt_guess guess;
	size_t row;
};

/* Sorted by class, then by decreasing confidence, then by row. */
static int by_confidence(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->guess.label != y->guess.label)
		return x->guess.label < y->guess.label ? -1 : 1;
	if (x->guess.confidence != y->guess.confidence)
		return x->guess.confidence > y->guess.confidence ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

struct lt_guess lt_guess_of(const float *p, int classes)
{
	struct lt_guess guess = {0, p[0]};

	for (int c = 1; c < classes; c++)
		if (p[c] > guess.confidence)
			guess = (struct lt_guess){c, p[c]};
	return guess;
}

int lt_guess_choose(const struct lt_guess *guess, size_t n, double min_conf,
		    const uint64_t *most, bool *keep, struct lt_error *err)
{
	struct ranked *ranked;
	uint64_t in_class = 0;

	for (size_t i = 0; i < n; i++)
		keep[i] = guess[i].confidence >= min_conf;
	if (!most || n == 0)
		return 0;
	ranked = lt_new_array(n, sizeof *ranked);
	if (!ranked)
		return lt_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){guess[i], i};
	qsort(ranked, n, sizeof *ranked, by_confidence);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && ranked[i].guess.label != ranked[i - 1].guess.label)
			in_class = 0;
		if (in_class++ >= most[ranked[i].guess.label])
			keep[ranked[i].row] = false;
	}
	lt_free(ranked);
	return 0;
}

void lt_guess_count(const struct lt_guess *guess, size_t n, int classes, uint64_t *called)
{
	for (int c = 0; c < classes; c++)
		called[c] = 0;
	for (size_t i = 0; i < n; i++)
		called[guess[i].label]++;
}

static double at_least_one(uint64_t count)
{
	return count > 0 ? (double)count : 1;
}

static double power_of(double base, double power)
{
	return lt_exp(power * lt_log(base));
}

int lt_guess_rates(const uint64_t *counts, int classes, double power, double *rate,
		   struct lt_error *err)
{
	int *order = lt_new_array((size_t)classes, sizeof *order), code;

	if (!order)
		return lt_fail_memory(err);
	if ((code = lt_rank_classes(counts, classes, order, err)) != 0) {
		lt_free(order);
		return code;
	}
	for (int first = 0, after; first < classes; first = after) {
		double sum = 0;

		for (after = first; after < classes; after++) {
			if (counts[order[after]] != counts[order[first]])
				break;
			sum += power_of(at_least_one(counts[order[classes - 1 - after]]) /
						at_least_one(counts[order[0]]),
					power);
		}
		for (int r = first; r < after; r++)
			rate[order[r]] = sum / (after - first);
	}
	lt_free(order);
	return 0;
}

void lt_guess_share(const double *rate, const uint64_t *called, int classes, uint64_t *most)
{
	/* A product that is a whole number but for its last bits is that number. */
	for (int c = 0; c < classes; c++)
		most[c] = (uint64_t)floor(rate[c] * (double)called[c] * (1 + 1e-12));
}

void lt_guess_factors(const uint64_t *counts, const double *mean, int classes, double power,
		      double *factor)
{
	const double small = 1e-6;
	double sum = 0;

	for (int c = 0; c < classes; c++)
		sum += factor[c] = power_of(at_least_one(counts[c]), power);
	for (int c = 0; c < classes; c++)
		factor[c] = (factor[c] / sum + small) / (mean[c] + small);
}

void lt_guess_align(const float *p, const double *factor, int classes, float *aligned)
{
	double sum = 0;

	for (int c = 0; c < classes; c++)
		sum += (double)p[c] * factor[c];
	for (int c = 0; c < classes; c++)
		aligned[c] = (float)((double)p[c] * factor[c] / sum);
}
