#include "verdict/prior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GRADIENT_STEPS 5000
#define GRADIENT_TOLERANCE 1e-12 /* the largest change of a share in the last step */

/* -------------------------------------------------------------------------- simplex */

static int larger_first(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

void lt_simplex_project(double *v, int n, double *room)
{
	double sum = 0, cut = 0;

	memcpy(room, v, (size_t)n * sizeof *v);
	qsort(room, (size_t)n, sizeof *room, larger_first);
	for (int k = 0; k < n; k++) {
		sum += room[k];
		if (room[k] - (sum - 1) / (k + 1) > 0)
			cut = (sum - 1) / (k + 1);
	}
	for (int k = 0; k < n; k++)
		v[k] = v[k] > cut ? v[k] - cut : 0;
}

/* ------------------------------------------------------------------------ inversion */

size_t lt_prior_room(int classes)
{
	return 6 * (size_t)classes;
}

/* Σ_i (Σ_j C[i][j] p_j - q_i)², and its residuals. */
static double residuals(const double *confusion, const double *q, int classes, const double *p,
			double *residual)
{
	double sum = 0;

	for (int i = 0; i < classes; i++) {
		double value = -q[i];

		for (int j = 0; j < classes; j++)
			value += confusion[(size_t)i * (size_t)classes + (size_t)j] * p[j];
		residual[i] = value;
		sum += value * value;
	}
	return sum;
}

/* next = projection of (at - step · Cᵀ residual). */
static void descend(const double *confusion, int classes, const double *at,
		    const double *residual, double step, double *next, double *room)
{
	memcpy(next, at, (size_t)classes * sizeof *next);
	for (int i = 0; i < classes; i++)
		for (int j = 0; j < classes; j++)
			next[j] -= step * residual[i] *
				   confusion[(size_t)i * (size_t)classes + (size_t)j];
	lt_simplex_project(next, classes, room);
}

/* The largest row sum.  As the columns sum to 1, it bounds the square of C's norm. */
static double curvature(const double *confusion, int classes)
{
	double most = 0;

	for (int i = 0; i < classes; i++) {
		double sum = 0;

		for (int j = 0; j < classes; j++)
			sum += confusion[(size_t)i * (size_t)classes + (size_t)j];
		most = sum > most ? sum : most;
	}
	return most > 0 ? most : 1;
}

void lt_prior_invert(const double *confusion, const double *q, int classes, double *prior,
		     double *room)
{
	size_t k = (size_t)classes;
	double *ahead = room, *next = room + k, *residual = room + 2 * k,
	       *sorted = room + 3 * k;
	double step = 1 / curvature(confusion, classes), momentum = 1, value, last = INFINITY;

	memcpy(ahead, prior, k * sizeof *ahead);
	for (int s = 0; s < GRADIENT_STEPS; s++) {
		double grown = (1 + sqrt(1 + 4 * momentum * momentum)) / 2, moved = 0;

		value = residuals(confusion, q, classes, ahead, residual);
		if (value > last) { /* the step was too long: restart from the point itself */
			momentum = 1;
			last = INFINITY;
			memcpy(ahead, prior, k * sizeof *ahead);
			continue;
		}
		last = value;
		descend(confusion, classes, ahead, residual, step, next, sorted);
		for (size_t j = 0; j < k; j++) {
			double by = next[j] - prior[j];

			ahead[j] = next[j] + (momentum - 1) / grown * by;
			prior[j] = next[j];
			moved = fabs(by) > moved ? fabs(by) : moved;
		}
		momentum = grown;
		if (moved <= GRADIENT_TOLERANCE)
			break;
	}
}

/* -------------------------------------------------------------- maximum likelihood */

/* One step: replaces prior by the next; returns the largest change of a share. */
static double maximise_step(const float *ratio, const double *weight, size_t n, int classes,
			    double *prior, double *sum)
{
	double whole = 0, most = 0;

	memset(sum, 0, (size_t)classes * sizeof *sum);
	for (size_t x = 0; x < n; x++) {
		const float *row = ratio + x * (size_t)classes;
		double all = 0, share;

		if (!(weight[x] > 0))
			continue;
		for (int y = 0; y < classes; y++)
			all += prior[y] * (double)row[y];
		if (!(all > 0)) /* no class is possible: the row has no information */
			continue;
		share = weight[x] / all;
		for (int y = 0; y < classes; y++)
			sum[y] += share * prior[y] * (double)row[y];
		whole += weight[x];
	}
	for (int y = 0; y < classes && whole > 0; y++) {
		double next = sum[y] / whole, by = fabs(next - prior[y]);

		most = by > most ? by : most;
		prior[y] = next;
	}
	return most;
}

int lt_prior_maximise(const float *ratio, const double *weight, size_t n, int classes,
		      double tolerance, double *prior, double *room)
{
	int steps = 0;

	while (steps++ < LT_EM_STEPS)
		if (maximise_step(ratio, weight, n, classes, prior, room) <= tolerance)
			break;
	return steps;
}

double lt_prior_ratio(const double *prior, int classes, double n)
{
	double most = prior[0], least = prior[0], one = n >= 1 ? 1 / n : 1;

	for (int y = 1; y < classes; y++) {
		most = prior[y] > most ? prior[y] : most;
		least = prior[y] < least ? prior[y] : least;
	}
	least = least > one ? least : one;
	most = most > least ? most : least;
	return most / least;
}
