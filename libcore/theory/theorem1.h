/*
 * Theorem 1 of Yang and Xu ("Rethinking the Value of Labels for Improving
 * Class-Imbalanced Learning", NeurIPS 2020, section 2.1): self-training with
 * unlabelled data in one dimension.
 *
 * Model.  X | Y = +1 is N(mu1, sigma²) and X | Y = -1 is N(mu2, sigma²), mu1 > mu2.  A base
 * classifier labels n_plus unlabelled points positive and n_minus negative.  A point labelled
 * positive is drawn from N(mu1, sigma²) with probability p and else from N(mu2, sigma²); a
 * point labelled negative is drawn from N(mu2, sigma²) with probability q and else from
 * N(mu1, sigma²).  So p and q are the precisions of the pseudo-labels, and errors do not
 * depend on x: this is the literal Bernoulli model.  In the model of threshold.h the
 * classifier depends on x.
 *
 *	theta = ½ (mean of the points labelled positive + mean of those labelled negative)
 *
 * Theorem.  For any delta > 0, |theta - centre| > delta has a probability of at most
 *
 *	  2 exp(-(2 delta²) / (9 sigma²) × n_plus n_minus / (n_plus + n_minus))
 *	+ 2 exp(-(8 n_plus delta²) / (9 (mu1 - mu2)²))
 *	+ 2 exp(-(8 n_minus delta²) / (9 (mu1 - mu2)²))
 *
 * with centre = (mu1 + mu2) / 2 + (p - q) (mu1 - mu2) / 2.  The terms are a union bound with
 * delta / 3 each: the Gaussian noise, and Hoeffding's inequality for either mean of
 * indicators.
 *
 * Units: mu1, mu2, sigma, delta and theta are in units of x.
 */
#ifndef LT_THEORY_THEOREM1_H
#define LT_THEORY_THEOREM1_H

#include <stdint.h>

#include "base/error.h"
#include "base/random.h"

struct lt_theorem1 {
	double mu1, mu2, sigma;	  /* mu1 > mu2, sigma > 0 */
	double p, q;		  /* 0 to 1 */
	double delta;		  /* > 0 */
	uint32_t n_plus, n_minus; /* ≥ 1 */
};

double lt_theorem1_centre(const struct lt_theorem1 *model);
/* Upper bound of failing; vacuous if 1 or more. */
double lt_theorem1_bound(const struct lt_theorem1 *model);
/*
 * The exact probability of failing, which is not in the paper.  Given the number of
 * indicators that are 1, theta is normal with variance sigma² / 4 (1 / n_plus + 1 / n_minus).
 * The sum over both binomials omits terms below 1e-20 of the largest.  NaN if there are more
 * than 4 million terms (50,000 points in each class need far fewer).  LT_OS without memory.
 */
int lt_theorem1_exact(const struct lt_theorem1 *model, double *out, struct lt_error *err);
/* An lt_trial of trials.h: values are theta and whether it failed, 0 or 1. */
enum { LT_LITERAL_THETA, LT_LITERAL_FAILED, LT_LITERAL_VALUES };
void lt_theorem1_trial(const void *theorem1, struct lt_draws *draws, double *values);

#endif
