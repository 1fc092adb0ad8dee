/*
 * temperature: one T for all logits (Guo et al. 2017, section 4.2).  With b = 1/T the mean of
 * -log softmax(b z)_y is convex in b; Newton's method within a bracket finds the zero of its
 * derivative, the mean of E_p z - z_y.
 */
#include <math.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "method/second_stage.h"

#define LEAST 0.01 /* of b and of T */
#define MOST 100.0
#define BLOCK 64

struct slope_job {
	const struct lt_features *rows;
	double b;
	double *first, *second; /* a row: derivatives at b */
};

/* E_p z - z_y and the variance of z under p = softmax(b z). */
static void row_slope(const struct slope_job *job, uint64_t row)
{
	int classes = job->rows->classes;
	const float *z = job->rows->logits + row * (uint64_t)classes;
	double most = z[0], sum = 0, mean = 0, square = 0;

	for (int c = 1; c < classes; c++)
		if (z[c] > most)
			most = z[c];
	/*
	 * Uses z - most, to avoid cancellation if one class has almost all of the probability.
	 */
	for (int c = 0; c < classes; c++) {
		double d = z[c] - most, e = lt_exp(job->b * d);

		sum += e;
		mean += e * d;
		square += e * d * d;
	}
	mean /= sum;
	job->first[row] = mean - (z[job->rows->label[row]] - most);
	job->second[row] = square / sum - mean * mean;
}

static void block_slope(void *arg, int item, int worker)
{
	const struct slope_job *job = arg;
	uint64_t end = ((uint64_t)item + 1) * BLOCK;

	(void)worker;
	for (uint64_t row = (uint64_t)item * BLOCK; row < end && row < job->rows->n; row++)
		row_slope(job, row);
}

/* The derivative of the mean loss at b, and its own. */
static double slope(struct slope_job *job, struct lt_pool *pool, double b, double *curvature)
{
	double first = 0, second = 0;

	job->b = b;
	lt_pool_run(pool, block_slope, job, (int)((job->rows->n + BLOCK - 1) / BLOCK));
	for (uint64_t row = 0; row < job->rows->n; row++) {
		first += job->first[row];
		second += job->second[row];
	}
	*curvature = second / (double)job->rows->n;
	return first / (double)job->rows->n;
}

/* The b where the slope is 0; the ends of the bracket have slopes of both signs. */
static double find_root(struct slope_job *job, struct lt_pool *pool)
{
	double low = LEAST, high = MOST, b = 1;

	for (int i = 0; i < 200; i++) {
		double curvature, next, s = slope(job, pool, b, &curvature);

		if (s == 0)
			return b;
		if (s > 0)
			high = b;
		else
			low = b;
		next = b - s / curvature;
		if (!(next > low && next < high))
			next = sqrt(low * high);
		if (!(fabs(next - b) > 1e-13 * b))
			return next;
		b = next;
	}
	return b;
}

static int find(struct slope_job *job, struct lt_pool *pool, double *t, struct lt_error *err)
{
	double curvature;

	if (!(slope(job, pool, LEAST, &curvature) < 0))
		return lt_fail(err, LT_DATA,
			       "%s: no temperature: the logits of the labels are not above the "
			       "mean, and a larger T is always better",
			       job->rows->name);
	if (!(slope(job, pool, MOST, &curvature) > 0))
		return lt_fail(
			err, LT_DATA,
			"%s: no temperature: its rows are predicted right, and a smaller "
			"T is always better; take rows that the model was not trained on",
			job->rows->name);
	*t = 1 / find_root(job, pool);
	return 0;
}

static void logits(void *arg, double t, uint64_t row, float *z)
{
	const struct lt_features *rows = arg;
	size_t classes = (size_t)rows->classes;

	for (size_t c = 0; c < classes; c++)
		z[c] = (float)((double)rows->logits[row * classes + c] / t);
}

/* The figures before and after, and the head's new scale. */
static int apply(const struct lt_second_config *config, struct lt_features *rows, double t,
		 struct lt_classifier *head, struct lt_second_result *result,
		 struct lt_error *err)
{
	size_t weights = (size_t)head->features * (size_t)head->classes;
	struct lt_second_score before, after;
	int code;

	if ((code = lt_second_measure(config, rows, logits, rows, 1, &before, err)) != 0 ||
	    (code = lt_second_measure(config, rows, logits, rows, t, &after, err)) != 0)
		return code;
	lt_second_line(config,
		       "temperature %.6f: log loss %.4f, before %.4f; calibration error %.4f, "
		       "before %.4f",
		       t, after.nll, before.nll, after.ece, before.ece);
	lt_second_found(result, "temperature", t);
	lt_second_found(result, "nll_before", before.nll);
	lt_second_found(result, "nll", after.nll);
	lt_second_found(result, "ece_before", before.ece);
	lt_second_found(result, "ece", after.ece);
	if (head->kind == LT_HEAD_COSINE) {
		head->scale /= t;
		return 0;
	}
	for (size_t i = 0; i < weights; i++)
		head->weight[i] /= t;
	for (int c = 0; c < head->classes; c++)
		head->bias[c] /= t;
	return 0;
}

int lt_second_temperature(const struct lt_second_config *config, struct lt_classifier *head,
			  struct lt_second_result *result, struct lt_error *err)
{
	/* lt_second_logits has one argument for both; rows are only read. */
	struct lt_features rows = config->val ? *config->val : *config->rows;
	struct slope_job job = {.rows = &rows};
	double t = 1;
	int code;

	job.first = lt_new_array(rows.n, sizeof *job.first);
	job.second = lt_new_array(rows.n, sizeof *job.second);
	if (!job.first || !job.second)
		code = lt_fail_memory(err);
	else if ((code = find(&job, config->pool, &t, err)) == 0)
		code = apply(config, &rows, t, head, result, err);
	lt_free(job.first);
	lt_free(job.second);
	return code;
}
