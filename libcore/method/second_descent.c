/* The SGD steps of crt and lws; see second_descent.h. */
#include "method/second_descent.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define MOMENTUM 0.9
#define BLOCK 16 /* features of one item */

/* ---------------------------------------------------------------- loss and gradient */

static void row_loss(void *arg, int i, int worker)
{
	const struct lt_second_step *step = arg;
	int classes = step->params->classes;
	const double *p = step->p + (size_t)i * (size_t)classes;
	double *z = step->grad + (size_t)i * (size_t)classes;

	(void)worker;
	for (int c = 0; c < classes; c++)
		z[c] = step->scales_bias
			       ? step->factor[c] * (p[c] + step->bias[c])
			       : (step->factor ? step->factor[c] : 1) * p[c] + step->bias[c];
	step->row_loss[i] = step->loss->row(step->params, z, step->label[i], z);
	for (int c = 0; c < classes; c++)
		z[c] /= step->n;
}

double lt_second_loss(struct lt_pool *pool, const struct lt_second_step *step)
{
	double sum = 0;

	lt_pool_run(pool, row_loss, (void *)(uintptr_t)step, step->n);
	for (int i = 0; i < step->n; i++)
		sum += step->row_loss[i];
	return sum / step->n;
}

struct gradient_job {
	const float *const *x;
	const double *grad;
	int n, features, classes;
	double *dw;
};

/* A block of features over all rows, in their order. */
static void block_gradient(void *arg, int item, int worker)
{
	const struct gradient_job *job = arg;
	int first = item * BLOCK;
	int end = first + BLOCK < job->features ? first + BLOCK : job->features;
	size_t classes = (size_t)job->classes;

	(void)worker;
	memset(job->dw + (size_t)first * classes, 0,
	       (size_t)(end - first) * classes * sizeof *job->dw);
	for (int i = 0; i < job->n; i++) {
		const double *g = job->grad + (size_t)i * classes;

		for (int f = first; f < end; f++) {
			double *dw = job->dw + (size_t)f * classes, x = job->x[i][f];

			for (size_t c = 0; c < classes; c++)
				dw[c] += x * g[c];
		}
	}
}

void lt_second_gradient(struct lt_pool *pool, const float *const *x, const double *grad, int n,
			int features, int classes, double *dw, double *db)
{
	struct gradient_job job = {x, grad, n, features, classes, dw};

	lt_pool_run(pool, block_gradient, &job, (features + BLOCK - 1) / BLOCK);
	memset(db, 0, (size_t)classes * sizeof *db);
	for (int i = 0; i < n; i++)
		for (int c = 0; c < classes; c++)
			db[c] += grad[(size_t)i * (size_t)classes + (size_t)c];
}

/* --------------------------------------------------------------------------- steps */

/* v = m v + (g + decay θ), θ -= rate v: torch.optim.SGD's. */
static void step_of(double *theta, double *speed, const double *grad, size_t n, double rate,
		    double decay)
{
	for (size_t i = 0; i < n; i++) {
		speed[i] = MOMENTUM * speed[i] + (grad[i] + decay * theta[i]);
		theta[i] -= rate * speed[i];
	}
}

/* From the derivatives at the logits, which become those at w·x (+ b, where it is scaled). */
static void factor_gradient(struct lt_descent *d, int n)
{
	int classes = d->head->classes;

	memset(d->factor_grad, 0, (size_t)classes * sizeof *d->factor_grad);
	for (int i = 0; i < n; i++)
		for (int c = 0; c < classes; c++) {
			size_t at = (size_t)i * (size_t)classes + (size_t)c;
			double bias = d->scales_bias ? d->head->bias[c] : 0;

			d->factor_grad[c] += d->grad[at] * (d->products[at] + bias);
		}
}

static void head_gradient(struct lt_descent *d, int n)
{
	int classes = d->head->classes;

	for (int i = 0; i < n && d->factor; i++)
		for (int c = 0; c < classes; c++)
			d->grad[(size_t)i * (size_t)classes + (size_t)c] *= d->factor[c];
	lt_second_gradient(d->config->pool, d->x, d->grad, n, d->head->features, classes,
			   d->weight_grad, d->bias_grad);
}

static void learn_head(struct lt_descent *d, double rate)
{
	struct lt_classifier *head = d->head;
	size_t classes = (size_t)head->classes, weights = (size_t)head->features * classes;

	step_of(head->weight, d->weight_speed, d->weight_grad, weights, rate, d->config->decay);
	step_of(head->bias, d->bias_speed, d->bias_grad, classes, rate, d->config->decay);
}

double lt_descent_step(struct lt_descent *d, int n, double rate)
{
	struct lt_second_step step = {.loss = d->loss,
				      .params = &d->params,
				      .p = d->products,
				      .factor = d->factor,
				      .bias = d->head->bias,
				      .scales_bias = d->scales_bias,
				      .label = d->label,
				      .n = n,
				      .grad = d->grad,
				      .row_loss = d->row_loss};
	double loss;

	lt_classifier_products(d->head, d->config->pool, d->x, n, d->products);
	loss = lt_second_loss(d->config->pool, &step);
	if (d->factor)
		factor_gradient(d, n);
	if (d->weight_grad)
		head_gradient(d, n);
	if (d->factor)
		step_of(d->factor, d->factor_speed, d->factor_grad, (size_t)d->head->classes,
			rate, d->config->decay);
	if (d->weight_grad)
		learn_head(d, d->factor ? rate * d->config->head_rate : rate);
	return loss;
}

/* -------------------------------------------------------------------- begin and end */

static int take_memory(struct lt_descent *d, bool factors, struct lt_error *err)
{
	size_t classes = (size_t)d->head->classes, batch = (size_t)d->batch;
	size_t weights = (size_t)d->head->features * classes;
	bool head = !factors || d->config->head_rate > 0;

	d->x = lt_new_array(batch, sizeof *d->x);
	d->label = lt_new_array(batch, sizeof *d->label);
	d->row_loss = lt_new_array(batch, sizeof *d->row_loss);
	d->products = lt_new_array(batch, classes * sizeof *d->products);
	d->grad = lt_new_array(batch, classes * sizeof *d->grad);
	if (factors) {
		d->factor = lt_new_array(classes, sizeof *d->factor);
		d->factor_grad = lt_new_array(classes, sizeof *d->factor_grad);
		d->factor_speed = lt_new_array(classes, sizeof *d->factor_speed);
	}
	if (head) {
		d->weight_grad = lt_new_array(weights, sizeof *d->weight_grad);
		d->weight_speed = lt_new_array(weights, sizeof *d->weight_speed);
		d->bias_grad = lt_new_array(classes, sizeof *d->bias_grad);
		d->bias_speed = lt_new_array(classes, sizeof *d->bias_speed);
	}
	if (!d->x || !d->label || !d->row_loss || !d->products || !d->grad ||
	    (factors && (!d->factor || !d->factor_grad || !d->factor_speed)) ||
	    (head && (!d->weight_grad || !d->weight_speed || !d->bias_grad || !d->bias_speed)))
		return lt_fail_memory(err);
	return 0;
}

int lt_descent_begin(struct lt_descent *d, const struct lt_second_config *config,
		     struct lt_classifier *head, const uint64_t *counts, int batch,
		     bool factors, struct lt_error *err)
{
	int code;

	*d = (struct lt_descent){.config = config, .head = head, .batch = batch};
	d->loss = config->loss ? config->loss : &lt_loss_ce;
	if ((code = lt_loss_params_init(&d->params, head->classes, counts, err)) != 0 ||
	    (code = take_memory(d, factors, err)) != 0)
		return code;
	lt_loss_prepare(d->loss, config->setting, &d->params);
	for (int c = 0; factors && c < head->classes; c++)
		d->factor[c] = 1;
	return 0;
}

int lt_descent_check(int epoch, double sum, struct lt_error *err)
{
	if (isfinite(sum))
		return 0;
	return lt_fail(err, LT_FALSE,
		       "training diverged: the loss is not finite in epoch %d; try a lower "
		       "--lr",
		       epoch);
}

static bool all_floats(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite((float)v[i]))
			return false;
	return true;
}

static void apply_factors(struct lt_descent *d)
{
	struct lt_classifier *head = d->head;
	size_t classes = (size_t)head->classes;

	for (int f = 0; f < head->features; f++)
		for (size_t c = 0; c < classes; c++)
			head->weight[(size_t)f * classes + c] *= d->factor[c];
	for (size_t c = 0; c < classes && d->scales_bias; c++)
		head->bias[c] *= d->factor[c];
}

int lt_descent_finish(struct lt_descent *d, struct lt_error *err)
{
	const struct lt_classifier *head = d->head;
	size_t classes = (size_t)head->classes;

	if ((d->factor && !all_floats(d->factor, classes)) ||
	    (d->weight_grad && (!all_floats(head->weight, (size_t)head->features * classes) ||
				!all_floats(head->bias, classes))))
		return lt_fail(err, LT_FALSE,
			       "training diverged: the weights are not finite after epoch %d; "
			       "try a lower --lr",
			       d->config->epochs);
	if (d->factor)
		apply_factors(d);
	return 0;
}

void lt_descent_end(struct lt_descent *d)
{
	lt_loss_params_free(&d->params);
	lt_free(d->x);
	lt_free(d->label);
	lt_free(d->row_loss);
	lt_free(d->products);
	lt_free(d->grad);
	lt_free(d->factor);
	lt_free(d->factor_grad);
	lt_free(d->factor_speed);
	lt_free(d->weight_grad);
	lt_free(d->weight_speed);
	lt_free(d->bias_grad);
	lt_free(d->bias_speed);
}
