#include "verdict/expect.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"

const struct lt_case lt_cases[] = {
	{"lt pseudolabel", LT_HEAD_PLAIN, 0, false},
	{"lt pseudolabel --min-conf 0.7", LT_HEAD_PLAIN, 0.7, false},
	{"lt pseudolabel --min-conf 0.95", LT_HEAD_PLAIN, 0.95, false},
	{"lt pseudolabel --per-class-quota N", LT_HEAD_PLAIN, 0, true},
	{"labels from lt retrain --method adjust", LT_HEAD_ADJUSTED, 0, false},
	{"labels from lt retrain --method adjust, with --min-conf 0.7", LT_HEAD_ADJUSTED, 0.7,
	 false},
	{"labels from lt retrain --method adjust, with --per-class-quota N", LT_HEAD_ADJUSTED,
	 0, true},
};
const int lt_cases_n = sizeof lt_cases / sizeof lt_cases[0];

const char *const lt_forecast_names[] = {[LT_FORECAST_HELP] = "help",
					 [LT_FORECAST_NOTHING] = "nothing",
					 [LT_FORECAST_HARM] = "harm"};

/*
 * called: Q.  Of the validation rows of class i, kept[i] are kept, and hits[i] of these are
 * called i.
 */
static void count(const struct lt_expect_rows *rows, const struct lt_case *which,
		  double *called, double *kept, double *hits)
{
	const struct lt_side *val = &rows->sample->val, *pool = &rows->sample->pool;
	const float *sure = pool->confidence[which->head];

	for (size_t x = 0; x < pool->rows.n; x++)
		if ((double)sure[x] >= which->min_conf)
			called[pool->predicted[which->head][x]] += rows->pool_weight[x];
	sure = val->confidence[which->head];
	for (size_t v = 0; v < val->rows.n; v++) {
		int y = val->rows.label[v];

		if (!((double)sure[v] >= which->min_conf))
			continue;
		kept[y] += rows->val_weight[v];
		if (val->predicted[which->head][v] == y)
			hits[y] += rows->val_weight[v];
	}
}

/* A quota keeps the most confident rows, which are at least as precise as the whole class. */
static double quota_of(const struct lt_sample *s)
{
	uint64_t most = 1;

	for (int c = 0; c < s->classes; c++)
		most = s->train_counts[c] > most ? s->train_counts[c] : most;
	return (double)most;
}

/* The deviation of log2(labelled + called); called NULL: of the labelled rows alone. */
static double spread(const struct lt_sample *s, const double *called)
{
	double sum = 0, square = 0, n = s->classes;

	for (int i = 0; i < s->classes; i++) {
		double rows = s->train_counts[i] > 0 ? (double)s->train_counts[i] : 1, doubled;

		doubled = lt_log(rows + (called ? called[i] : 0)) / lt_log(2);
		sum += doubled;
		square += doubled * doubled;
	}
	square = square / n - sum / n * (sum / n);
	return square > 0 ? sqrt(square) : 0;
}

/* The mean over classes with kept rows: the recall of the others is not known. */
static double mean_recall(const double *hits, const double *kept, int classes)
{
	double sum = 0;
	int n = 0;

	for (int i = 0; i < classes; i++) {
		if (!(kept[i] > 0))
			continue;
		sum += hits[i] / kept[i];
		n++;
	}
	return n > 0 ? sum / n : 0;
}

void lt_expect_case(const struct lt_expect_rows *rows, const struct lt_case *which,
		    const double *prior, double irrelevant, double *room, struct lt_expect *e)
{
	const struct lt_sample *s = rows->sample;
	int classes = s->classes;
	double all = 0, *hits = room, *of = room + classes, *kept = of + classes, right = 0,
	       called = 0, sum = 0;

	memset(room, 0, 3 * (size_t)classes * sizeof *room);
	memset(e->called, 0, (size_t)classes * sizeof *e->called);
	for (size_t x = 0; x < s->pool.rows.n; x++)
		all += rows->pool_weight[x];
	for (size_t v = 0; v < s->val.rows.n; v++)
		of[s->val.rows.label[v]] += rows->val_weight[v];
	count(rows, which, e->called, kept, hits);
	e->recall = mean_recall(hits, kept, classes);
	for (int i = 0; i < classes; i++) {
		double n = s->train_counts[i] > 0 ? (double)s->train_counts[i] : 1, precision;

		e->right[i] = all * (1 - irrelevant) * prior[i] * hits[i] / of[i];
		e->right[i] = e->right[i] < e->called[i] ? e->right[i] : e->called[i];
		if (which->quota && e->called[i] > quota_of(s)) {
			e->right[i] *= quota_of(s) / e->called[i];
			e->called[i] = quota_of(s);
		}
		precision = e->called[i] > 0 ? e->right[i] / e->called[i] : 0.5;
		sum += (2 * precision - 1) * lt_log1p(e->called[i] / n) / lt_log(2);
		right += e->right[i];
		called += e->called[i];
	}
	e->growth = sum / classes;
	e->levelling = spread(s, NULL) - spread(s, e->called);
	e->score = e->growth + e->levelling;
	e->accuracy = called > 0 ? right / called : 0;
}

enum lt_forecast lt_forecast_of(double score_low, double score_high, double recall_low,
				double irrelevant_low)
{
	if (score_high < 0 ||
	    (irrelevant_low > LT_IRRELEVANT_HARM && !(score_low > LT_SCORE_HELP)))
		return LT_FORECAST_HARM;
	return score_low > LT_SCORE_HELP && recall_low > LT_RECALL_HELP &&
			       !(irrelevant_low > LT_IRRELEVANT_HARM)
		       ? LT_FORECAST_HELP
		       : LT_FORECAST_NOTHING;
}
