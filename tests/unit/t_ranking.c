/*
 * AUROC and average precision against pairs and thresholds counted by hand.  The values of the
 * first table are also those of scikit-learn 1.9.1 (roc_auc_score, average_precision_score).
 */
#include "check.h"
#include "report/ranking.h"

#include <stdlib.h>

static struct lt_ranking rank(const double *score, const int *positive, int n)
{
	struct lt_scored rows[64];
	struct lt_ranking ranking;

	for (int i = 0; i < n; i++)
		rows[i] = (struct lt_scored){score[i], positive[i]};
	lt_rank(rows, (uint64_t)n, &ranking);
	return ranking;
}

/*
 * 5 rows of the class, 5 others, and two ties.
 * Pairs won: the other at .8: 1 and half a tie; at .6, twice: 3 and a half; at .4: 4; at .1:
 * 5.  1.5 + 3.5 + 3.5 + 4 + 5 = 17.5 of 25.
 * Thresholds with rows of the class: .9: 1 of 1; .8: 2 of 3; .7: 3 of 4; .6: 4 of 7; .3: 5
 * of 9.
 */
static void ties(void)
{
	static const double score[10] = {.4, .9, .8, .1, .8, .6, .7, .6, .6, .3};
	static const int positive[10] = {0, 1, 1, 0, 0, 0, 1, 1, 0, 1};
	struct lt_ranking ranking = rank(score, positive, 10);

	check_near(ranking.auroc, 0.7, 1e-15);
	check_near(ranking.auprc, (1 + 2 / 3.0 + 3 / 4.0 + 4 / 7.0 + 5 / 9.0) / 5, 1e-15);
	check_near(ranking.auprc, 0.7087301587301587, 1e-15);
	check_int(ranking.positives, 5);
}

static void ends(void)
{
	static const double up[4] = {1, 2, 3, 4}, flat[4] = {.5, .5, .5, .5};
	static const int two[4] = {0, 0, 1, 1}, last[4] = {1, 1, 0, 0}, none[4] = {0},
			 all[4] = {1, 1, 1, 1};
	struct lt_ranking ranking = rank(up, two, 4);

	check_near(ranking.auroc, 1, 0);
	check_near(ranking.auprc, 1, 0);
	ranking = rank(up, last, 4);
	check_near(ranking.auroc, 0, 0);
	/* 1 of 3, then 2 of 4 */
	check_near(ranking.auprc, (1 / 3.0 + 2 / 4.0) / 2, 1e-16);
	ranking = rank(flat, two, 4);
	check_near(ranking.auroc, 0.5, 0);
	check_near(ranking.auprc, 0.5, 0);
	ranking = rank(up, none, 4);
	check_named(isnan(ranking.auroc) && isnan(ranking.auprc), "no row of the class");
	ranking = rank(up, all, 4);
	check_named(isnan(ranking.auroc), "no row of another class: no AUROC");
	check_near(ranking.auprc, 1, 0);
	ranking = rank(up, all, 1);
	check_named(isnan(ranking.auroc), "one row: no AUROC");
	check_near(ranking.auprc, 1, 0);
	ranking = rank(up, all, 0);
	check_named(isnan(ranking.auroc) && isnan(ranking.auprc), "no rows");
}

/* Against a count of all pairs, on many small tables with few different scores. */
static void every_pair(void)
{
	uint32_t state = 1;
	int wrong = 0;

	for (int table = 0; table < 200; table++) {
		struct lt_scored rows[40];
		struct lt_ranking ranking;
		double won = 0, pairs = 0;

		for (int i = 0; i < 40; i++) {
			state = state * 1664525u + 1013904223u;
			rows[i].score = (double)(state >> 24 & 7);
			rows[i].positive = (state >> 16 & 3) == 0;
		}
		for (int i = 0; i < 40; i++)
			for (int k = 0; k < 40; k++) {
				if (!rows[i].positive || rows[k].positive)
					continue;
				pairs++;
				won += rows[i].score > rows[k].score	? 1
				       : rows[i].score == rows[k].score ? 0.5
									: 0;
			}
		lt_rank(rows, 40, &ranking);
		wrong += !(fabs(ranking.auroc - won / pairs) < 1e-14);
	}
	check_int(wrong, 0);
}

int main(void)
{
	ties();
	ends();
	every_pair();
	return check_done();
}
