#include "verdict/irrelevant.h"

void lt_irrelevant_p(const struct lt_sample *sample, enum lt_strange by,
		     const double *val_weight, double *p)
{
	const struct lt_side *val = &sample->val, *rows = &sample->pool;
	double above = 0, all = 0;
	size_t v = 0;

	for (size_t i = 0; i < val->rows.n; i++)
		all += val_weight[i];
	for (size_t i = 0; i < rows->rows.n; i++) {
		uint32_t x = rows->order[by][i];

		/* Both are sorted, the strangest first. */
		while (v < val->rows.n &&
		       val->strange[by][val->order[by][v]] >= rows->strange[by][x])
			above += val_weight[val->order[by][v++]];
		p[x] = above / all;
	}
}

double lt_irrelevant_share(const double *p, const double *weight, size_t n)
{
	double above = 0, all = 0, share;

	for (size_t x = 0; x < n; x++) {
		all += weight[x];
		above += p[x] > LT_IRRELEVANT_LAMBDA ? weight[x] : 0;
	}
	share = 1 - above / all / (1 - LT_IRRELEVANT_LAMBDA);
	return share > 0 ? share : 0;
}

static int bin_of(double p)
{
	int bin = (int)(p * LT_IRRELEVANT_BINS);

	return bin < LT_IRRELEVANT_BINS ? bin : LT_IRRELEVANT_BINS - 1;
}

/* The density in each bin, non-increasing: neighbouring bins that increase are pooled. */
static void densities(const double *p, const double *weight, size_t n, double *density)
{
	double sum[LT_IRRELEVANT_BINS] = {0}, mean[LT_IRRELEVANT_BINS], all = 0;
	int width[LT_IRRELEVANT_BINS], blocks = 0, bin = 0;

	for (size_t x = 0; x < n; x++) {
		sum[bin_of(p[x])] += weight[x];
		all += weight[x];
	}
	for (int b = 0; b < LT_IRRELEVANT_BINS; b++) {
		mean[blocks] = sum[b] * LT_IRRELEVANT_BINS / all;
		width[blocks++] = 1;
		while (blocks > 1 && mean[blocks - 1] > mean[blocks - 2]) {
			int left = width[blocks - 2], right = width[blocks - 1];

			mean[blocks - 2] =
				(mean[blocks - 2] * left + mean[blocks - 1] * right) /
				(left + right);
			width[blocks - 2] = left + right;
			blocks--;
		}
	}
	for (int i = 0; i < blocks; i++)
		for (int k = 0; k < width[i]; k++)
			density[bin++] = mean[i];
}

void lt_irrelevant_rows(const double *p, const double *weight, size_t n, double irrelevant,
			double *relevance)
{
	double density[LT_IRRELEVANT_BINS];

	densities(p, weight, n, density);
	for (size_t x = 0; x < n; x++) {
		double f = density[bin_of(p[x])];

		relevance[x] = f > 1 - irrelevant ? (1 - irrelevant) / f : 1;
	}
}
