/*
 * Figures from counts, against tables counted by hand.  F1 and MCC of both tables agree
 * with scikit-learn 1.9.1 (f1_score, macro; matthews_corrcoef).
 */
#include "check.h"
#include "report/measures.h"

#include <stdlib.h>

static void count(struct lt_counts *counts, int classes, int n, const int *label,
		  const int *predicted)
{
	if (lt_counts_new(counts, classes, NULL) != 0)
		abort();
	for (int i = 0; i < n; i++)
		lt_counts_add(counts, label[i], predicted[i]);
}

/*
 * Rows 4 2 1, predicted 5 2 0, right 3 1 0.
 * F1: 6/9, 2/4, 0/1; their mean 7/18.
 * MCC: (7·4 - (5·4 + 2·2)) ÷ sqrt((49 - 29)(49 - 21)) = 4 ÷ sqrt(560).
 */
static void by_hand(void)
{
	static const int label[7] = {0, 0, 0, 0, 1, 1, 2}, predicted[7] = {0, 0, 0, 1, 1, 0, 0};
	struct lt_counts counts;

	count(&counts, 3, 7, label, predicted);
	check_near(lt_f1(&counts, 0), 6 / 9.0, 1e-15);
	check_near(lt_f1(&counts, 1), 2 / 4.0, 1e-15);
	check_near(lt_f1(&counts, 2), 0, 0);
	check_near(lt_macro_f1(&counts), 7 / 18.0, 1e-15);
	check_near(lt_mcc(&counts), 4 / sqrt(560), 1e-15);
	check_near(lt_mcc(&counts), 0.1690308509457033, 1e-15);
	check_near(lt_counts_accuracy(&counts), 4 / 7.0, 1e-15);
	check_near(lt_counts_mean_recall(&counts, NULL, 0), (3 / 4.0 + 1 / 2.0) / 3, 1e-15);
	lt_counts_free(&counts);
}

/*
 * Classes 3 and 5 have predictions but no rows: F1 is 0.  Class 4 has neither: it is left
 * out.
 */
static void absent(void)
{
	static const int label[9] = {0, 0, 0, 1, 1, 2, 2, 2, 2},
			 predicted[9] = {0, 0, 3, 1, 2, 2, 2, 0, 5};
	struct lt_counts counts;

	count(&counts, 6, 9, label, predicted);
	check_near(lt_f1(&counts, 3), 0, 0);
	check_named(isnan(lt_f1(&counts, 4)), "neither rows nor predictions: no F1");
	check_near(lt_macro_f1(&counts), (2 / 3.0 + 2 / 3.0 + 4 / 7.0 + 0 + 0) / 5, 1e-15);
	check_near(lt_mcc(&counts), 0.3938631807216881, 1e-15);
	lt_counts_free(&counts);
}

static void ends(void)
{
	static const int one[1] = {1}, other[1] = {0}, label[4] = {0, 0, 1, 1},
			 same[4] = {1, 1, 1, 1}, none[4] = {0, -1, 1, 1};
	struct lt_counts counts;

	count(&counts, 2, 4, label, label);
	check_near(lt_mcc(&counts), 1, 1e-15);
	check_near(lt_macro_f1(&counts), 1, 0);
	lt_counts_free(&counts);
	count(&counts, 2, 1, one, one);
	check_near(lt_mcc(&counts), 0, 0); /* all rows of one class */
	check_near(lt_macro_f1(&counts), 1, 0);
	lt_counts_free(&counts);
	count(&counts, 2, 1, one, other);
	check_near(lt_macro_f1(&counts), 0, 0);
	lt_counts_free(&counts);
	count(&counts, 2, 4, label, same);
	check_near(lt_mcc(&counts), 0, 0);		  /* all predicted as one class */
	check_near(lt_macro_f1(&counts), 2 / 6.0, 1e-16); /* 0 and 4/6 */
	lt_counts_free(&counts);
	/* (4·3 - (1·2 + 2·2)) ÷ sqrt((16 - 1 - 4 - 1)(16 - 8)) = 6 ÷ sqrt(80) */
	count(&counts, 2, 4, label, none);
	check_near(lt_mcc(&counts), 6 / sqrt(80), 1e-15);
	check_near(lt_f1(&counts, 0), 2 / 3.0, 1e-15);
	check_near(lt_counts_accuracy(&counts), 3 / 4.0, 0);
	lt_counts_free(&counts);
	count(&counts, 2, 0, NULL, NULL);
	check_named(isnan(lt_mcc(&counts)) && isnan(lt_macro_f1(&counts)) &&
			    isnan(lt_counts_accuracy(&counts)),
		    "no rows, no figures");
	lt_counts_free(&counts);
}

/* ------------------------------------------------------------------ priors */

/* Training counts 10, 1000, 100: the ranks are class 1, 2, 0. */
static void weights(void)
{
	static const uint64_t train[3] = {10, 1000, 100};
	static const int order[3] = {1, 2, 0};
	double weight[3];

	lt_prior_weights(train, order, 3, 0, false, weight);
	check(weight[0] == 10 && weight[1] == 1000 && weight[2] == 100);
	lt_prior_weights(train, order, 3, 0, true, weight);
	check(weight[0] == 1000 && weight[1] == 10 && weight[2] == 100);
	lt_prior_weights(train, order, 3, 4, false, weight);
	check_near(weight[1], 1, 0);
	check_near(weight[2], 0.5, 1e-16);
	check_near(weight[0], 0.25, 1e-16);
	lt_prior_weights(train, order, 3, 4, true, weight);
	check_near(weight[1], 0.25, 1e-16);
	check_near(weight[0], 1, 0);
	lt_prior_weights(train, order, 1, 4, true, weight);
	check_near(weight[1], 1, 0);
}

/* Recalls 1/2, 1, and none for 0 rows; weights 3, 1, 6: (1.5 + 1) ÷ 4. */
static void prior_accuracy(void)
{
	static const int label[3] = {0, 0, 1}, predicted[3] = {0, 2, 1};
	static const double weight[3] = {3, 1, 6}, elsewhere[3] = {0, 0, 1};
	struct lt_counts counts;

	count(&counts, 3, 3, label, predicted);
	check_near(lt_prior_accuracy(&counts, weight), 2.5 / 4, 1e-16);
	check_named(isnan(lt_prior_accuracy(&counts, elsewhere)),
		    "all weight on a class without rows");
	lt_counts_free(&counts);
}

static void ratios(void)
{
	struct lt_ratios list;

	check_int(lt_ratios_parse("50", &list, NULL), 0);
	check(list.n == 1 && list.ratio[0] == 50);
	check_int(lt_ratios_parse("50,2.5,1", &list, NULL), 0);
	check(list.n == 3 && list.ratio[1] == 2.5);
	check_int(lt_ratios_parse("", &list, NULL), LT_USAGE);
	check_int(lt_ratios_parse("50,", &list, NULL), LT_USAGE);
	check_int(lt_ratios_parse(",50", &list, NULL), LT_USAGE);
	check_int(lt_ratios_parse("0.5", &list, NULL), LT_USAGE);
	check_int(lt_ratios_parse("50,50", &list, NULL), LT_USAGE);
	check_int(lt_ratios_parse("50 2", &list, NULL), LT_USAGE);
	check_int(lt_ratios_parse("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", &list, NULL), 0);
	check_int(lt_ratios_parse("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", &list, NULL),
		  LT_USAGE);
}

/* ------------------------------------------------------------------ the list */

static const struct lt_measure *find(const struct lt_measures *measures, const char *name)
{
	for (int i = 0; i < measures->n; i++)
		if (strcmp(measures->list[i].name, name) == 0)
			return &measures->list[i];
	return NULL;
}

static void list(void)
{
	static const uint64_t train[3] = {500, 100, 7};
	static const struct lt_groups usual = {false, 100, 20};
	static const int label[7] = {0, 0, 0, 0, 1, 1, 2}, predicted[7] = {0, 0, 0, 1, 1, 0, 0};
	static const char *const names[] = {"accuracy",
					    "balanced_accuracy",
					    "geometric_mean",
					    "macro_f1",
					    "mcc",
					    "many",
					    "medium",
					    "few",
					    "prior_forward",
					    "prior_forward_2.5",
					    "prior_uniform",
					    "prior_backward",
					    "prior_backward_2.5"};
	struct lt_ratios ratio = {1, {2.5}};
	struct lt_measures measures;
	struct lt_counts counts;
	unsigned sets;

	count(&counts, 3, 7, label, predicted);
	check_int(lt_figure_sets_parse("all", &sets, NULL), 0);
	check_int(lt_measures_new(&measures, sets, 3, train, &usual, &ratio, NULL), 0);
	check_int(measures.n, 13);
	for (int i = 0; i < measures.n; i++)
		check_text(measures.list[i].name, names[i]);
	for (int i = 0; i < measures.n; i++) {
		/* Recalls 3/4, 1/2, 0. */
		static const double value[13] = {4 / 7.0,
						 1.25 / 3,
						 0.10772173450159417, /* (3/8 ÷ 300)^(1/3) */
						 7 / 18.0,
						 0.1690308509457033,
						 0.75,
						 0.5,
						 0,
						 (500 * .75 + 100 * .5) / 607,
						 0,
						 1.25 / 3,
						 (7 * .75 + 100 * .5) / 607,
						 0};

		if (i != 9 && i != 12)
			check_near(measures.list[i].of(&counts, &measures.list[i]), value[i],
				   1e-15);
	}
	lt_measures_free(&measures);
	check_int(lt_measures_new(&measures, LT_SET(priors), 3, NULL, NULL, NULL, NULL), 0);
	check_named(measures.n == 4 && find(&measures, "prior_uniform") != NULL &&
			    !find(&measures, "prior_forward"),
		    "without training counts: no groups, one prior");
	lt_measures_free(&measures);
	lt_counts_free(&counts);
}

static void sets(void)
{
	unsigned sets;

	check_int(lt_figure_sets_parse("f1", &sets, NULL), 0);
	check_int(sets, LT_SET(f1));
	check_int(lt_figure_sets_parse("priors,auc", &sets, NULL), 0);
	check_int(sets, LT_SET(priors) | LT_SET(auc));
	check_int(lt_figure_sets_parse("", &sets, NULL), LT_USAGE);
	check_int(lt_figure_sets_parse("f1,", &sets, NULL), LT_USAGE);
	check_int(lt_figure_sets_parse("f1,all", &sets, NULL), LT_USAGE);
	check_int(lt_figure_sets_parse("f", &sets, NULL), LT_USAGE);
}

int main(void)
{
	by_hand();
	absent();
	ends();
	weights();
	prior_accuracy();
	ratios();
	list();
	sets();
	return check_done();
}
