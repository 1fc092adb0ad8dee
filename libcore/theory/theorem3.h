/*
 * Theorem 3 of Yang and Xu (NeurIPS 2020, section 3.1): a classifier on a self-supervised
 * feature, in the model of theorem2.h.
 *
 * The theorem assumes the feature Z = psi(X) = k1 |X|² + k2, k1 and k2 > 0; it does not claim
 * that a pretext task learns it.  The classifier is sign(-Z + b) with
 *
 *	b = ½ (mean of Z over n_plus positive rows + mean of Z over n_minus negative ones)
 *
 * k1, k2 and s1 cancel: with c = (b - k2) / (k1 s1²) a row is labelled positive if
 * |X|² / s1² < c, so here s1 = k1 = 1 and k2 = 0.  The error of a given c is exact, by the
 * chi-square distribution with d degrees of freedom:
 *
 *	error(c) = p_plus P(chi²_d > c) + (1 - p_plus) P(chi²_d < c / beta)
 *
 * c converges to d (1 + beta) / 2, the ideal threshold, for an infinite training set.  It does
 * not have the smallest error; that threshold depends on p_plus.
 *
 * Theorem.  With g = beta - 1 - (1 + beta) delta, for delta in (0, (beta - 1) / (beta + 1)),
 * with a probability of at least
 *
 *	1 - 2 exp(-n_minus d delta² / 8) - 2 exp(-n_plus d delta² / 8)
 *
 * the error is at most
 *
 *	p_plus exp(-d g² / 32) + (1 - p_plus) exp(-d g² / (32 beta²))
 *
 * if delta ≥ (beta - 3) / (beta + 1); if it is less, the first term is p_plus exp(-d g / 16).
 *
 * The terms are tails of chi-square: 2 exp(-d t² / 8) for a deviation of its mean by t ≤ 1,
 * one-sided exp(-d t / 8) for t ≥ 1, with t = g / 2 for positives and g / (2 beta) for
 * negatives.
 *
 * Units: c is in units of s1²; errors and probabilities have none.
 */
#ifndef LT_THEORY_THEOREM3_H
#define LT_THEORY_THEOREM3_H

#include <stdint.h>

#include "base/random.h"

struct lt_theorem3 {
	double beta;		  /* > 3 */
	double p_plus;		  /* above 0, at most ½ */
	double delta;		  /* above 0, below lt_theorem3_delta_most(beta) */
	uint32_t d;		  /* ≥ 1 */
	uint32_t n_plus, n_minus; /* ≥ 1 */
};

double lt_theorem3_delta_most(double beta); /* (beta - 1) / (beta + 1) */
double lt_theorem3_error(const struct lt_theorem3 *model, double c);
double lt_theorem3_ideal(const struct lt_theorem3 *model); /* that of d (1 + beta) / 2 */
double lt_theorem3_bound(const struct lt_theorem3 *model); /* of the error */
/* The largest share of training sets whose error exceeds that bound: 1 minus the probability
 * above; vacuous if 1 or more. */
double lt_theorem3_allowed(const struct lt_theorem3 *model);
/*
 * An lt_trial of trials.h: draws a training set.  Values: the error of its threshold, whether
 * it exceeds the bound, and c / d, whose mean is (1 + beta) / 2.
 */
enum { LT_NORM_ERROR, LT_NORM_EXCEEDED, LT_NORM_CUT, LT_NORM_VALUES };
void lt_theorem3_trial(const void *theorem3, struct lt_draws *draws, double *values);

#endif
