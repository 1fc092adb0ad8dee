/*
 * Theorem 1's setting with a classifier that depends on x, which is not in the paper.
 * The base classifier is f(x) = sign(x - t), and the share `share` of n unlabelled points is
 * positive.  The points labelled positive are those above t, from Gaussians truncated at t,
 * while Theorem 1's model draws from complete Gaussians.  The precisions p and q depend on t
 * and on the share.  theta, the average of the means of both sides, does not converge to the
 * theorem's centre (mu1 + mu2) / 2 + (p - q) (mu1 - mu2) / 2.  This does not contradict the
 * theorem, which is about the model of theorem1.h.
 *
 * Derived here, with A = P(X > t | +1), B = P(X > t | -1), f1 and f2 sigma times the
 * standard normal densities at (t - mu1) / sigma and (t - mu2) / sigma, and s = share:
 *
 *	p = s A / (s A + (1 - s) B)      q = (1 - s) (1 - B) / ((1 - s) (1 - B) + s (1 - A))
 *	mean above = (s (mu1 A + f1) + (1 - s) (mu2 B + f2)) / (s A + (1 - s) B)
 *	mean below = (s (mu1 (1 - A) - f1) + (1 - s) (mu2 (1 - B) - f2)) /
 *	             (s (1 - A) + (1 - s) (1 - B))
 *
 * A threshold from labelled points: with n_plus of +1 and n_minus of -1, and mu1 - mu2 and
 * sigma known, Bayes' rule for the labelled mixture is
 *
 *	t = ½ (mean of the positives + mean of the negatives)
 *	    + sigma² / (mu1 - mu2) × log(n_minus / n_plus)
 *
 * whose second term is the bias caused by imbalance: if positives are rare, the threshold
 * moves towards their mean.
 *
 * Units: mu1, mu2, sigma, t, theta and delta are in units of x.
 */
#ifndef LT_THEORY_THRESHOLD_H
#define LT_THEORY_THRESHOLD_H

#include <stdint.h>

#include "base/random.h"

struct lt_threshold {
	double mu1, mu2, sigma;	  /* mu1 > mu2, sigma > 0 */
	double share;		  /* of positives among the unlabelled, between 0 and 1 */
	uint32_t n;		  /* unlabelled points */
	double delta;		  /* of the theorem, > 0 */
	double t;		  /* used if n_plus is 0 */
	uint32_t n_plus, n_minus; /* labelled points that t is estimated from, or 0 */
};

/* The values of the formulas above; centre: that of Theorem 1. */
struct lt_threshold_population {
	double p, q, theta, centre;
};

struct lt_threshold_population lt_threshold_population(const struct lt_threshold *model,
						       double t);
/*
 * An lt_trial of trials.h.  Values: t; the precisions of this trial's pseudo-labels; theta;
 * Theorem 1's centre for this t; whether |theta - centre| > delta; and the theorem's bound
 * for this trial's counts.  If one side has no points and thus no mean, only t and the
 * precision of the other side are set.
 */
enum {
	LT_HONEST_T,
	LT_HONEST_P,
	LT_HONEST_Q,
	LT_HONEST_THETA,
	LT_HONEST_CENTRE,
	LT_HONEST_FAILED,
	LT_HONEST_BOUND,
	LT_HONEST_VALUES
};
void lt_threshold_trial(const void *threshold, struct lt_draws *draws, double *values);

#endif
