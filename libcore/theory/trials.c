/* Trials in blocks: see trials.h. */
#include "theory/trials.h"

#include <math.h>

#include "base/memory.h"

#define BLOCK 32

/* Welford's update; its merge is that of Chan, Golub and LeVeque (1979). */
void lt_moments_add(struct lt_moments *moments, double value)
{
	double away = value - moments->mean;

	if (isnan(value))
		return;
	moments->n++;
	moments->mean += away / (double)moments->n;
	moments->squares += away * (value - moments->mean);
}

void lt_moments_merge(struct lt_moments *moments, const struct lt_moments *other)
{
	double a = (double)moments->n, b = (double)other->n, away = other->mean - moments->mean;

	if (other->n == 0)
		return;
	moments->n += other->n;
	moments->mean += away * (b / (a + b));
	moments->squares += other->squares + away * away * (a * b / (a + b));
}

double lt_moments_error(const struct lt_moments *moments)
{
	double n = (double)moments->n;

	return moments->n < 2 ? NAN : sqrt(moments->squares / (n * (n - 1)));
}

double lt_moments_rate(const struct lt_moments *moments)
{
	double n = (double)moments->n;

	return moments->n == 0 ? NAN : floor(moments->mean * n + 0.5) / n;
}

double lt_rate_error(double rate, uint64_t n)
{
	return n == 0 ? NAN : sqrt(rate * (1 - rate) / (double)n);
}

struct job {
	const struct lt_trials *trials;
	uint32_t view, point;
	lt_trial *trial;
	const void *model;
	int n_values;
	struct lt_moments *block; /* n_values a block */
};

static void run_block(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_moments *sums = job->block + (size_t)item * (size_t)job->n_values;
	uint32_t first = (uint32_t)item * BLOCK, left = job->trials->trials - first;
	uint32_t end = first + (left < BLOCK ? left : BLOCK);

	(void)worker;
	for (uint32_t i = first; i < end; i++) {
		struct lt_draws draws =
			lt_draws_at(job->trials->seed, LT_FOR_THEORY, job->view, job->point, i);
		double values[LT_TRIAL_VALUES];

		for (int v = 0; v < job->n_values; v++)
			values[v] = NAN;
		job->trial(job->model, &draws, values);
		for (int v = 0; v < job->n_values; v++)
			lt_moments_add(&sums[v], values[v]);
	}
}

int lt_trials_run(const struct lt_trials *trials, uint32_t view, uint32_t point,
		  lt_trial *trial, const void *model, int n_values, struct lt_moments *moments,
		  struct lt_error *err)
{
	int blocks = (int)((trials->trials - 1) / BLOCK) + 1;
	struct job job = {trials, view, point, trial, model, n_values, NULL};

	job.block = lt_new_array((size_t)blocks * (size_t)n_values, sizeof *job.block);
	if (!job.block)
		return lt_fail_memory(err);
	lt_pool_run(trials->pool, run_block, &job, blocks);
	for (int v = 0; v < n_values; v++) {
		moments[v] = (struct lt_moments){0};
		for (int b = 0; b < blocks; b++)
			lt_moments_merge(&moments[v], &job.block[b * n_values + v]);
	}
	lt_free(job.block);
	return 0;
}
