/*
 * Confidence intervals and McNemar's test.
 *
 * Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927), without continuity
 * correction: inside [0, 1], and not empty at 0 of n or n of n.
 *
 * The percentile interval of resampled values (Efron & Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapter 13): their quantiles at (1 - level)/2 and (1 + level)/2, linear
 * between neighbours as numpy's.
 *
 * McNemar's test (Psychometrika 12, 1947) in its exact, two-sided form at any number of rows:
 * 2 P(X ≤ min(a, b)) for X binomial with n = a + b and 1/2, at most 1.  The sum is computed
 * in logarithms, so p-values far below the smallest double are representable.
 */
#ifndef LT_REPORT_INTERVAL_H
#define LT_REPORT_INTERVAL_H

#include <stdint.h>

struct lt_interval {
	double low, high; /* NaN: no interval */
};

/* The quantile of the normal distribution at 0 < p < 1 (Wichura, AS 241), relative 1e-15. */
double lt_normal_quantile(double p);

/* 0 < level < 1; NaN for whole 0. */
struct lt_interval lt_wilson(uint64_t part, uint64_t whole, double level);

/* Sorts the n values; NaN for n = 0 or if one of them is NaN. */
struct lt_interval lt_percentile(double *values, uint64_t n, double level);

/* The natural logarithm of the p-value; a and b: discordant rows of each kind. */
double lt_mcnemar_log(uint64_t a, uint64_t b);

#endif
