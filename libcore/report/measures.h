/*
 * A list of the overall figures that depend on counts.  Each has a name for programs, a title
 * for people and a function of the counts.  The reports, the bootstrap and the comparison of
 * two models iterate over the list, so a new figure is a function and a line in measures.c.
 *
 * Above those of report/counts.h (n_c rows of class c, r_c right, p_c predicted, n all rows):
 *	F1 of c     2 r_c ÷ (n_c + p_c), the harmonic mean of precision and recall.  It is 0
 *	            for a class that is never predicted; a class with neither rows nor
 *	            predictions has none
 *
 *	macro F1    the mean over the classes that have an F1, as scikit-learn's f1_score
 *	            for the labels that occur in truth or prediction.  It is not the F1 of
 *	            the mean precision and recall (Opitz & Burst, arXiv:1911.03347)
 *
 *	MCC         Matthews' correlation coefficient of many classes, R_K (Gorodkin,
 *	            Computational Biology and Chemistry 28, 2004):
 *	            (n Σ r_c - Σ p_c n_c) ÷ sqrt((n² - Σ p_c²) (n² - Σ n_c²)),
 *	            and 0 if the divisor is 0: all rows have the same class or the same
 *	            prediction
 *
 *	priors      accuracy under other distributions of the classes, report/priors.h
 *
 * Rows without a prediction count as predictions of an additional class without rows.
 */
#ifndef LT_REPORT_MEASURES_H
#define LT_REPORT_MEASURES_H

#include <stdbool.h>

#include "report/counts.h"
#include "report/metrics.h"
#include "report/priors.h"

/* Optional figures, in addition to those of lt_metrics. */
#define LT_FIGURE_SETS(X) X(f1) X(mcc) X(auc) X(intervals) X(priors)

#define LT_FIGURE_BIT(name) LT_BIT_##name,
enum { LT_FIGURE_SETS(LT_FIGURE_BIT) LT_FIGURE_BITS };
#undef LT_FIGURE_BIT
#define LT_SET(name) (1u << LT_BIT_##name)

/* "f1,auc", or "all"; LT_USAGE otherwise. */
int lt_figure_sets_parse(const char *text, unsigned *sets, struct lt_error *err);

struct lt_measure {
	char name[40], title[40];
	bool basic;    /* lt_metrics has it too */
	bool fraction; /* shown to people as a percentage */
	double (*of)(const struct lt_counts *counts, const struct lt_measure *measure);
	/* Arguments of some functions. */
	const uint8_t *group_of;
	int group;
	const double *weight;
};

struct lt_measures {
	struct lt_measure *list;
	int n;
	uint8_t *group_of; /* of each class; NULL without groups */
	double *weights;   /* of all priors, classes each */
	int n_priors;
};

/*
 * The basic measures, then those of the sets.  train_counts (classes of them), groups and
 * ratios may be NULL.  Without counts there are no groups and only the uniform prior.
 */
int lt_measures_new(struct lt_measures *measures, unsigned sets, int classes,
		    const uint64_t *train_counts, const struct lt_groups *groups,
		    const struct lt_ratios *ratios, struct lt_error *err);
void lt_measures_free(struct lt_measures *measures); /* { 0 } is allowed */

double lt_f1(const struct lt_counts *counts, int c);
double lt_macro_f1(const struct lt_counts *counts);
double lt_mcc(const struct lt_counts *counts);

#endif
