/*
 * The check of all three theorems: formulas against the values of reference_values.h, and
 * simulations against formulas.
 *
 * A formula agrees if it is within half a unit of the last digit of the reference value.  A
 * simulated mean agrees if it is within the given number of standard errors.  A rate may
 * deviate by one more trial, since standard errors are unreliable for very rare events.
 */
#ifndef LT_THEORY_THEORY_CHECK_H
#define LT_THEORY_THEORY_CHECK_H

#include <stdbool.h>

#include "base/error.h"
#include "theory/trials.h"

struct lt_check_value {
	const char *what;
	double got, want, within;
	bool good; /* |got - want| ≤ within; false for NaN */
};

/* Receives a value; a code other than 0 ends the check with this code. */
typedef int lt_check_report(void *arg, const struct lt_check_value *value,
			    struct lt_error *err);

#define LT_CHECK_TRIALS 100 /* at least, for reliable standard errors */

/* theorem: 1, 2, 3, or 0 for all; errors: allowed deviation in standard errors. */
int lt_theory_check(const struct lt_trials *trials, int theorem, double errors,
		    lt_check_report *report, void *arg, struct lt_error *err);

#endif
