/*
 * Accuracy under a class distribution other than that of the test rows: the recalls weighted
 * by that distribution, Σ q_c recall_c ÷ Σ q_c.  Rows are neither drawn nor omitted, so this
 * adds no noise.  It equals the protocol of forward long-tailed, uniform and backward
 * long-tailed test sets (Hong et al., LADE, CVPR 2021; Zhang et al., SADE, NeurIPS 2022), in
 * expectation over their draws.
 *
 * Classes are ranked by training count from large to small, equal counts by class index; r is
 * the rank, from 0, and C the number of classes.
 *	forward             q as the training counts
 *	backward            the class of rank r has the count of rank C-1-r
 *	forward, ratio R    q = R^(-r/(C-1)): the exponential profile, the head R times the tail
 *	backward, ratio R   q = R^(-(C-1-r)/(C-1))
 *	uniform             q = 1; the same as balanced accuracy
 * A class without test rows has no recall and is omitted from both sums.  If only such
 * classes have weight, the value is NaN.
 */
#ifndef LT_REPORT_PRIORS_H
#define LT_REPORT_PRIORS_H

#include <stdbool.h>

#include "report/counts.h"

#define LT_MAX_RATIOS 16

struct lt_ratios {
	int n;
	double ratio[LT_MAX_RATIOS];
};

/* "50,25,10": 1 to LT_MAX_RATIOS different numbers from 1 to 1e9; LT_USAGE otherwise. */
int lt_ratios_parse(const char *text, struct lt_ratios *ratios, struct lt_error *err);

/*
 * The weights (classes of them).  order: classes by rank, lt_rank_classes; ratio 0: of the
 * training counts.
 */
void lt_prior_weights(const uint64_t *train_counts, const int *order, int classes, double ratio,
		      bool backward, double *weight);

double lt_prior_accuracy(const struct lt_counts *counts, const double *weight);

#endif
