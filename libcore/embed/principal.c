/*
 * Orthogonal iteration on XᵀX without computing it: v becomes Xᵀ(X v) for the centred rows
 * X.  The number of ranges of rows does not depend on the threads, and the sums of the ranges
 * are added in order.
 */
#include "embed/principal.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"

#define RANGES 64
#define STEPS 300
#define STILL 1e-6

struct job {
	const struct lt_embed_rows *rows;
	double *mean, *v; /* stride; 2 × stride */
	double *score;	  /* n × 2 */
	double *part;	  /* RANGES × 2 × stride */
};

static size_t range_begin(const struct job *job, int range)
{
	return job->rows->n * (size_t)range / RANGES;
}

static void sum_range(void *arg, int range, int worker)
{
	struct job *job = arg;
	size_t stride = job->rows->stride, end = range_begin(job, range + 1);
	double *part = job->part + (size_t)range * 2 * stride;

	(void)worker;
	memset(part, 0, stride * sizeof *part);
	for (size_t i = range_begin(job, range); i < end; i++)
		for (size_t k = 0; k < stride; k++)
			part[k] += (double)job->rows->value[i * stride + k];
}

/* Scores of a range, and its part of the next directions. */
static void project_range(void *arg, int range, int worker)
{
	struct job *job = arg;
	size_t stride = job->rows->stride, end = range_begin(job, range + 1);
	double *part = job->part + (size_t)range * 2 * stride;

	(void)worker;
	memset(part, 0, 2 * stride * sizeof *part);
	for (size_t i = range_begin(job, range); i < end; i++) {
		const float *x = job->rows->value + i * stride;
		double a = 0, b = 0;

		for (size_t k = 0; k < stride; k++) {
			double centred = (double)x[k] - job->mean[k];

			a += centred * job->v[k];
			b += centred * job->v[stride + k];
		}
		job->score[2 * i] = a;
		job->score[2 * i + 1] = b;
		for (size_t k = 0; k < stride; k++) {
			double centred = (double)x[k] - job->mean[k];

			part[k] += a * centred;
			part[stride + k] += b * centred;
		}
	}
}

/* Sums the parts of all ranges, `values` each. */
static void add_ranges(const struct job *job, size_t values, double *sum)
{
	size_t stride = job->rows->stride;

	memset(sum, 0, values * sizeof *sum);
	for (int r = 0; r < RANGES; r++)
		for (size_t k = 0; k < values; k++)
			sum[k] += job->part[(size_t)r * 2 * stride + k];
}

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += a[k] * b[k];
	return sum;
}

/* Normalises to length 1, or sets to zero if the length is not above `least`. */
static double normalise(double *v, size_t n, double least)
{
	double length = sqrt(dot(v, v, n));

	for (size_t k = 0; k < n; k++)
		v[k] = length > least ? v[k] / length : 0;
	return length;
}

/* Makes the second direction orthogonal to the first and normalises both. */
static void orthonormalise(double *v, size_t n)
{
	double length = normalise(v, n, 0);

	for (int twice = 0; twice < 2; twice++) {
		double along = dot(v, v + n, n);

		for (size_t k = 0; k < n; k++)
			v[n + k] -= along * v[k];
	}
	/* The length that rounding leaves of a direction that does not exist. */
	normalise(v + n, n, length * 1e-14);
}

static void point_up(double *v, size_t n)
{
	size_t largest = 0;

	for (size_t k = 1; k < n; k++)
		if (fabs(v[k]) > fabs(v[largest]))
			largest = k;
	for (size_t k = 0; k < n && v[largest] < 0; k++)
		if (k != largest)
			v[k] = -v[k];
	v[largest] = fabs(v[largest]);
}

static void iterate(struct lt_pool *pool, struct job *job, double *next)
{
	size_t n = job->rows->stride;
	struct lt_draws draws = lt_draws_at(0, LT_FOR_EMBED, 1, 0, 0);
	double turned = 1;

	for (size_t k = 0; k < 2 * n; k++)
		job->v[k] = lt_draw_normal(&draws);
	orthonormalise(job->v, n);
	for (int step = 0; step < STEPS && !(turned < STILL); step++) {
		turned = 0;
		lt_pool_run(pool, project_range, job, RANGES);
		add_ranges(job, 2 * n, next);
		orthonormalise(next, n);
		for (size_t k = 0; k < 2 * n; k++) {
			double change = fabs(next[k] - job->v[k]);

			turned = change > turned ? change : turned;
			job->v[k] = next[k];
		}
	}
	point_up(job->v, n);
	point_up(job->v + n, n);
	lt_pool_run(pool, project_range, job, RANGES);
}

int lt_principal_scores(struct lt_pool *pool, const struct lt_embed_rows *rows, double *score,
			struct lt_error *err)
{
	size_t stride = rows->stride;
	double *room = lt_new_array(stride, (RANGES * 2 + 5) * sizeof *room);
	struct job job = {.rows = rows, .score = score};

	if (!room)
		return lt_fail_memory(err);
	job.mean = room;
	job.v = room + stride;
	job.part = room + 5 * stride;
	lt_pool_run(pool, sum_range, &job, RANGES);
	add_ranges(&job, stride, job.mean);
	for (size_t k = 0; k < stride; k++)
		job.mean[k] /= (double)rows->n;
	iterate(pool, &job, room + 3 * stride);
	lt_free(room);
	return 0;
}
