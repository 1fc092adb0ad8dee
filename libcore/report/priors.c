#include "report/priors.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/number.h"

static bool has_ratio(const struct lt_ratios *ratios, double ratio)
{
	for (int i = 0; i < ratios->n; i++)
		if (ratios->ratio[i] == ratio)
			return true;
	return false;
}

int lt_ratios_parse(const char *text, struct lt_ratios *ratios, struct lt_error *err)
{
	char word[32];
	double ratio;

	*ratios = (struct lt_ratios){0};
	for (const char *at = text, *end;; at = end + 1) {
		size_t n = strcspn(at, ",");

		end = at + n;
		if (n >= sizeof word || ratios->n == LT_MAX_RATIOS)
			break;
		memcpy(word, at, n);
		word[n] = '\0';
		if (!lt_parse_real(word, 1, 1e9, &ratio) || has_ratio(ratios, ratio))
			break;
		ratios->ratio[ratios->n++] = ratio;
		if (!*end)
			return 0;
	}
	return lt_fail(err, LT_USAGE,
		       "ratios \"%s\" are not 1 to %d different numbers from 1 to 1e9, with "
		       "commas between",
		       text, LT_MAX_RATIOS);
}

void lt_prior_weights(const uint64_t *train_counts, const int *order, int classes, double ratio,
		      bool backward, double *weight)
{
	int last = classes - 1;

	for (int r = 0; r < classes; r++) {
		int like = backward ? last - r : r;

		if (ratio > 0)
			weight[order[r]] =
				last ? lt_pow(ratio, -(double)like / (double)last) : 1;
		else
			weight[order[r]] = (double)train_counts[order[like]];
	}
}

double lt_prior_accuracy(const struct lt_counts *counts, const double *weight)
{
	double sum = 0, whole = 0;

	for (int c = 0; c < counts->classes; c++) {
		if (counts->rows[c] == 0)
			continue;
		sum += weight[c] * lt_counts_recall(counts, c);
		whole += weight[c];
	}
	return whole > 0 ? sum / whole : NAN;
}
