/*
 * Theorem 2 of Yang and Xu (NeurIPS 2020, section 3.1): the error of linear
 * classifiers of the input if the classes differ only in variance.
 *
 * Model.  In d dimensions X | Y = +1 is N(0, s1² I) and X | Y = -1 is N(0, beta s1² I), with
 * beta > 3, P(Y = +1) = p_plus ≤ ½.  A linear classifier is sign(<w, X> + b).  With
 * r = b / (|w| s1), on which alone the error depends, and the normal distribution function Phi,
 *
 *	error(r) = p_plus Phi(-r) + (1 - p_plus) Phi(r / √beta)
 *
 * Theorem.  For b ≥ 0 the error is at least 1/4, regardless of the number and balance of the
 * training rows.
 *
 * Note that it needs b ≥ 0.  As r goes to minus infinity, everything is labelled negative,
 * which has an error of p_plus; this may be below 1/4.  The balanced error is then ½.
 *
 * Derived here: for r ≥ 0 the error is smallest at
 *
 *	r² = 2 beta / (beta - 1) × log(√beta p_plus / (1 - p_plus))
 *
 * if that logarithm is above 0, and otherwise at r = 0, where it is ½.  So 1/4 is not tight.
 *
 * Units: r has none.
 */
#ifndef LT_THEORY_THEOREM2_H
#define LT_THEORY_THEOREM2_H

#include <stdint.h>

#include "base/random.h"

#define LT_THEOREM2_BOUND 0.25
#define LT_THEORY_DIMENSIONS 4096 /* at most, of Theorems 2 and 3 */
#define LT_THEOREM2_ROWS 10	  /* rows that a trial classifies */

struct lt_theorem2 {
	double beta;   /* > 3 */
	double p_plus; /* above 0, at most ½ */
	double r;      /* b / (|w| s1) */
	uint32_t d;    /* 1 to LT_THEORY_DIMENSIONS; only the trials depend on it */
};

double lt_theorem2_error(const struct lt_theorem2 *model);
double lt_theorem2_balanced(const struct lt_theorem2 *model); /* mean of both classes' errors */
/* The r ≥ 0 with the smallest error. */
double lt_theorem2_best(const struct lt_theorem2 *model);
/*
 * An lt_trial of trials.h: draws a direction w of d normal numbers, then LT_THEOREM2_ROWS
 * rows, all with s1 = 1, and classifies them.  Its value is the share of errors.
 */
void lt_theorem2_trial(const void *theorem2, struct lt_draws *draws, double *values);

#endif
