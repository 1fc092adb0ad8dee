#include "embed/lbfgs.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define PAIRS 10 /* steps that are remembered */
#define HALVINGS 60
#define ENOUGH 1e-4 /* share of the decrease predicted by the slope: Armijo's condition */

struct memory {
	size_t n;
	double *step[PAIRS], *change[PAIRS]; /* of x and of the gradient */
	double curvature[PAIRS];	     /* step · change, above 0 */
	int first, pairs;
	double *x, *gradient, *trial, *trial_gradient, *direction;
};

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += a[k] * b[k];
	return sum;
}

static double largest(const double *v, size_t n)
{
	double most = 0;

	for (size_t k = 0; k < n; k++)
		if (!(fabs(v[k]) <= most))
			most = fabs(v[k]);
	return most;
}

/*
 * The direction: minus the estimated inverse Hessian times the gradient, by the two-loop
 * recursion.
 */
static void aim(struct memory *m)
{
	double alpha[PAIRS], scale;

	for (size_t k = 0; k < m->n; k++)
		m->direction[k] = -m->gradient[k];
	for (int i = m->pairs; i-- > 0;) {
		int p = (m->first + i) % PAIRS;

		alpha[p] = dot(m->step[p], m->direction, m->n) / m->curvature[p];
		for (size_t k = 0; k < m->n; k++)
			m->direction[k] -= alpha[p] * m->change[p][k];
	}
	if (m->pairs > 0) {
		int p = (m->first + m->pairs - 1) % PAIRS;

		scale = m->curvature[p] / dot(m->change[p], m->change[p], m->n);
		for (size_t k = 0; k < m->n; k++)
			m->direction[k] *= scale;
	}
	for (int i = 0; i < m->pairs; i++) {
		int p = (m->first + i) % PAIRS;
		double beta = dot(m->change[p], m->direction, m->n) / m->curvature[p];

		for (size_t k = 0; k < m->n; k++)
			m->direction[k] += (alpha[p] - beta) * m->step[p][k];
	}
}

/* Stores the step from x to the trial, in place of the oldest if there is no room. */
static void remember(struct memory *m)
{
	int p = (m->first + m->pairs) % PAIRS;

	for (size_t k = 0; k < m->n; k++) {
		m->step[p][k] = m->trial[k] - m->x[k];
		m->change[p][k] = m->trial_gradient[k] - m->gradient[k];
	}
	m->curvature[p] = dot(m->step[p], m->change[p], m->n);
	if (m->pairs == PAIRS)
		m->first = (m->first + 1) % PAIRS;
	else
		m->pairs++;
	/* Without positive curvature the estimate would not be positive definite: restart. */
	if (!(m->curvature[p] > 0))
		m->first = m->pairs = 0;
}

/* Moves to a point along the direction that lowers the value enough; false: there is none. */
static bool search(struct memory *m, lt_lbfgs_function *function, void *arg, double *value)
{
	double slope = dot(m->direction, m->gradient, m->n), length = 1;

	/* Without stored pairs the scale is unknown: take a step of length 1. */
	if (m->pairs == 0)
		length = 1 / sqrt(dot(m->gradient, m->gradient, m->n));
	for (int i = 0; i < HALVINGS; i++, length /= 2) {
		double there;

		for (size_t k = 0; k < m->n; k++)
			m->trial[k] = m->x[k] + length * m->direction[k];
		there = function(arg, m->trial, m->trial_gradient);
		if (there <= *value + ENOUGH * length * slope && there < *value) {
			*value = there;
			return true;
		}
	}
	return false;
}

static int descend(struct memory *m, lt_lbfgs_function *function, void *arg, double tolerance,
		   uint64_t iterations, struct lt_lbfgs_result *result, struct lt_error *err)
{
	result->value = function(arg, m->x, m->gradient);
	if (!isfinite(result->value) || !isfinite(largest(m->gradient, m->n)))
		return lt_fail(err, LT_FALSE,
			       "the function is not finite at the starting point");
	for (;;) {
		result->converged = largest(m->gradient, m->n) <= tolerance;
		if (result->converged || result->iterations == iterations)
			return 0;
		aim(m);
		if (!search(m, function, arg, &result->value)) {
			result->converged = m->pairs == 0;
			if (result->converged)
				return 0;
			/*
			 * The stored pairs may be outdated: try once more along the gradient.
			 */
			m->first = m->pairs = 0;
			continue;
		}
		result->iterations++;
		remember(m);
		memcpy(m->x, m->trial, m->n * sizeof *m->x);
		memcpy(m->gradient, m->trial_gradient, m->n * sizeof *m->gradient);
	}
}

int lt_lbfgs(lt_lbfgs_function *function, void *arg, double *x, size_t n, double tolerance,
	     uint64_t iterations, struct lt_lbfgs_result *result, struct lt_error *err)
{
	struct memory m = {.n = n, .x = x};
	double *room = lt_new_array(n, (2 * PAIRS + 4) * sizeof *room);
	int code;

	*result = (struct lt_lbfgs_result){0};
	if (!room)
		return lt_fail_memory(err);
	for (size_t p = 0; p < PAIRS; p++) {
		m.step[p] = room + 2 * p * n;
		m.change[p] = room + (2 * p + 1) * n;
	}
	m.gradient = room + 2 * PAIRS * n;
	m.trial = m.gradient + n;
	m.trial_gradient = m.trial + n;
	m.direction = m.trial_gradient + n;
	code = descend(&m, function, arg, tolerance, iterations, result, err);
	lt_free(room);
	return code;
}
