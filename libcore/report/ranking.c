#include "report/ranking.h"

#include <math.h>
#include <stdlib.h>

static int higher_first(const void *a, const void *b)
{
	const struct lt_scored *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

void lt_rank(struct lt_scored *rows, uint64_t n, struct lt_ranking *out)
{
	/* Rows above the current threshold; pairs won count 2, ties 1. */
	uint64_t above = 0, others_above = 0, won = 0, all = 0;
	double precision = 0;

	for (uint64_t i = 0; i < n; i++)
		all += rows[i].positive;
	qsort(rows, n, sizeof *rows, higher_first);
	for (uint64_t i = 0, k; i < n; i = k) {
		uint64_t here = 0, others = 0;

		for (k = i; k < n && rows[k].score == rows[i].score; k++) {
			here += rows[k].positive;
			others += !rows[k].positive;
		}
		won += others * (2 * above + here);
		above += here;
		others_above += others;
		if (here > 0)
			precision +=
				(double)here * ((double)above / (double)(above + others_above));
	}
	out->positives = all;
	out->auroc =
		all > 0 && all < n ? (double)won / 2 / ((double)all * (double)(n - all)) : NAN;
	out->auprc = all > 0 ? precision / (double)all : NAN;
}
