/*
 * Monte Carlo trials on several threads.  The result does not depend on their number.
 *
 * Trial i of a point draws from the counter (purpose LT_FOR_THEORY, view, epoch = point,
 * slot = i), so it does not depend on the thread.  The pool runs blocks of 32 trials; moments
 * are summed in the order of the trials in a block, and then in the order of the blocks.
 */
#ifndef LT_THEORY_TRIALS_H
#define LT_THEORY_TRIALS_H

#include <stdint.h>

#include "base/error.h"
#include "base/pool.h"
#include "base/random.h"

#define LT_TRIAL_VALUES 8 /* at most */

/* Mean and squared deviations of n numbers.  { 0 }: no numbers. */
struct lt_moments {
	uint64_t n;
	double mean, squares;
};

/* NaN, for a trial without this value, is ignored. */
void lt_moments_add(struct lt_moments *moments, double value);
void lt_moments_merge(struct lt_moments *moments, const struct lt_moments *other);
/* The standard error of the mean; NaN for fewer than two numbers. */
double lt_moments_error(const struct lt_moments *moments);
/* For zeros and ones: the share of ones, without the rounding of the mean; NaN for none. */
double lt_moments_rate(const struct lt_moments *moments);
/* The standard error of a rate in n trials; NaN for none. */
double lt_rate_error(double rate, uint64_t n);

struct lt_trials {
	struct lt_pool *pool;
	uint64_t seed;
	uint32_t trials; /* ≥ 1 */
};

/* Runs one trial and fills values, which are initialised to NaN. */
typedef void lt_trial(const void *model, struct lt_draws *draws, double *values);

/* moments: n_values ≤ LT_TRIAL_VALUES of them, set here.  LT_OS without memory. */
int lt_trials_run(const struct lt_trials *trials, uint32_t view, uint32_t point,
		  lt_trial *trial, const void *model, int n_values, struct lt_moments *moments,
		  struct lt_error *err);

#endif
