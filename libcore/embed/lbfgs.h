/*
 * Minimises a smooth convex function by limited-memory BFGS (Nocedal and Wright, Numerical
 * Optimization, algorithm 7.5).  Steps are halved until the decrease is sufficient.
 */
#ifndef LT_EMBED_LBFGS_H
#define LT_EMBED_LBFGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The value at x, and its gradient. */
typedef double lt_lbfgs_function(void *arg, const double *x, double *gradient);

struct lt_lbfgs_result {
	double value;
	uint64_t iterations;
	bool converged; /* false: the limit of iterations was reached */
};

/*
 * Starts at x, which becomes the best point found.  Stops when no entry of the gradient is
 * above the tolerance, when no step lowers the value (a minimum up to rounding), or after the
 * given number of iterations.  LT_FALSE if the value at x or its gradient is not finite.
 */
int lt_lbfgs(lt_lbfgs_function *function, void *arg, double *x, size_t n, double tolerance,
	     uint64_t iterations, struct lt_lbfgs_result *result, struct lt_error *err);

#endif
