/*
 * Tails of the normal and the chi-square distribution, in double, with the
 * functions of base/elementary.h: the same bits on every machine.
 *
 * Both tails are computed, so that the smaller one keeps its relative accuracy,
 * which 1 - below would lose if `above` is tiny.  Relative errors of the smaller
 * tail are below 1e-13 for d ≤ 10,000 and tails above 1e-300, as tested against
 * higher precision; smaller tails become 0.  NaN gives NaN.
 *
 * Method: P(a, x) = D Σ x^k / ((a + 1) … (a + k)) with D = x^a e^-x / Γ(a + 1), whose
 * terms are all positive, for x < a + 1; above that Legendre's continued fraction for
 * Q(a, x) (Abramowitz and Stegun, 6.5.29 and 6.5.31).  D is taken at its saddle point
 * (Loader, "Fast and accurate computation of binomial probabilities", 2000).
 */
#ifndef LT_THEORY_TAILS_H
#define LT_THEORY_TAILS_H

struct lt_tails {
	double below, above; /* P(X < x), P(X > x) */
};

/* Of the gamma distribution of shape a > 0 and scale 1. */
struct lt_tails lt_gamma_tails(double x, double a);
/* Of chi-square with d ≥ 1 degrees of freedom: gamma of shape d / 2 at x / 2. */
struct lt_tails lt_chi_square_tails(double x, double d);
/* Of N(0, 1): half of chi-square with one degree at x², on the side of x. */
struct lt_tails lt_normal_tails(double x);
double lt_normal_density(double x); /* of N(0, 1) */

#endif
