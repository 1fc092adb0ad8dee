/*
 * crt and lws: a linear head, or one factor a class, learnt by SGD on features
 * and class-balanced draws (Kang et al. 2020; their code for rates: momentum 0.9,
 * rate 0.2 at a batch of 512 on a cosine to 0, weight decay 5e-4).
 *
 * An epoch has as many draws as there are rows.  Where rows have several views
 * they are taken in turn: place k of epoch e sees view (k + e) mod views.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "data/sampler.h"
#include "method/second_stage.h"
#include "net/loss.h"
#include "net/schedule.h"

#define MOMENTUM 0.9
#define BLOCK 16 /* features of one item */

/* ---------------------------------------------------------------- loss and gradient */

struct loss_job {
	const double *p, *factor, *bias;
	const int32_t *label;
	int n;
	struct lt_loss_params params;
	double *grad, *loss;
};

static void row_loss(void *arg, int i, int worker)
{
	struct loss_job *job = arg;
	int classes = job->params.classes;
	const double *p = job->p + (size_t)i * (size_t)classes;
	double *z = job->grad + (size_t)i * (size_t)classes;

	(void)worker;
	for (int c = 0; c < classes; c++)
		z[c] = (job->factor ? job->factor[c] : 1) * p[c] + job->bias[c];
	job->loss[i] = lt_loss_ce.row(&job->params, z, job->label[i], z);
	for (int c = 0; c < classes; c++)
		z[c] /= job->n;
}

double lt_second_loss(struct lt_pool *pool, const double *p, const double *factor,
		      const double *bias, const int32_t *label, int n, int classes,
		      double *grad, double *loss)
{
	struct loss_job job = {p, factor, bias, label, n, {.classes = classes}, grad, loss};
	double sum = 0;

	lt_pool_run(pool, row_loss, &job, n);
	for (int i = 0; i < n; i++)
		sum += loss[i];
	return sum / n;
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

/* ------------------------------------------------------------------------- descent */

struct descent {
	const struct lt_second_config *config;
	struct lt_classifier *head;
	int batch;
	uint32_t *order;
	uint64_t *counts;
	double *factor; /* NULL: the head itself is learnt */
	double *weight_grad, *weight_speed, *bias_grad, *bias_speed;

	/* a batch */
	const float **x;
	int32_t *label;
	double *products, *grad, *loss;
};

/* v = m v + (g + decay θ), θ -= rate v: torch.optim.SGD's. */
static void step_of(double *theta, double *speed, const double *grad, size_t n, double rate,
		    double decay)
{
	for (size_t i = 0; i < n; i++) {
		speed[i] = MOMENTUM * speed[i] + (grad[i] + decay * theta[i]);
		theta[i] -= rate * speed[i];
	}
}

static void learn_factors(struct descent *d, int n, double rate)
{
	int classes = d->head->classes;

	memset(d->bias_grad, 0, (size_t)classes * sizeof *d->bias_grad);
	for (int i = 0; i < n; i++)
		for (int c = 0; c < classes; c++) {
			size_t at = (size_t)i * (size_t)classes + (size_t)c;

			d->bias_grad[c] += d->grad[at] * d->products[at];
		}
	step_of(d->factor, d->bias_speed, d->bias_grad, (size_t)classes, rate,
		d->config->decay);
}

static void learn_head(struct descent *d, int n, double rate)
{
	struct lt_classifier *head = d->head;
	size_t weights = (size_t)head->features * (size_t)head->classes;

	lt_second_gradient(d->config->pool, d->x, d->grad, n, head->features, head->classes,
			   d->weight_grad, d->bias_grad);
	step_of(head->weight, d->weight_speed, d->weight_grad, weights, rate, d->config->decay);
	step_of(head->bias, d->bias_speed, d->bias_grad, (size_t)head->classes, rate,
		d->config->decay);
}

/* The batch that begins at that place of the epoch; returns its loss. */
static double learn_batch(struct descent *d, int epoch, uint64_t first, int n, double rate)
{
	const struct lt_features *rows = d->config->rows;
	uint64_t views = (uint64_t)rows->views;
	double loss;

	for (int i = 0; i < n; i++) {
		uint64_t k = first + (uint64_t)i, row = d->order[k];
		uint64_t view = (k + (uint64_t)epoch) % views;

		d->x[i] = rows->feature + (row * views + view) * (uint64_t)rows->width;
		d->label[i] = rows->label[row];
	}
	lt_classifier_products(d->head, d->config->pool, d->x, n, d->products);
	loss = lt_second_loss(d->config->pool, d->products, d->factor, d->head->bias, d->label,
			      n, d->head->classes, d->grad, d->loss);
	if (d->factor)
		learn_factors(d, n, rate);
	else
		learn_head(d, n, rate);
	return loss;
}

static int learn_epoch(struct descent *d, int epoch, double *loss, struct lt_error *err)
{
	const struct lt_second_config *config = d->config;
	const struct lt_features *rows = config->rows;
	struct lt_sampler_input input = {.label = rows->label,
					 .n = rows->n,
					 .counts = d->counts,
					 .classes = rows->classes,
					 .seed = config->seed,
					 .epoch = epoch,
					 .epochs = config->epochs};
	double rate = lt_schedule_rate(LT_SCHEDULE_COSINE, config->rate, epoch, config->epochs);
	double sum = 0;
	int code = lt_sampler_epoch(lt_sampler_find("balanced"), &input, d->order, err);

	if (code != 0)
		return code;
	for (uint64_t first = 0; first < rows->n; first += (uint64_t)d->batch) {
		uint64_t left = rows->n - first;
		int n = left < (uint64_t)d->batch ? (int)left : d->batch;

		sum += n * learn_batch(d, epoch, first, n, rate);
		if (!isfinite(sum))
			return lt_fail(err, LT_FALSE,
				       "training diverged: the loss is not finite in epoch %d; "
				       "try a lower --lr",
				       epoch);
	}
	*loss = sum / (double)rows->n;
	lt_second_line(config, "epoch %d of %d: rate %g, loss %.4f", epoch, config->epochs,
		       rate, *loss);
	return 0;
}

static int take_memory(struct descent *d, bool factors, struct lt_error *err)
{
	size_t classes = (size_t)d->head->classes, batch = (size_t)d->batch;
	size_t weights = (size_t)d->head->features * classes;

	d->order = lt_new_array(d->config->rows->n, sizeof *d->order);
	d->counts = lt_new_array(classes, sizeof *d->counts);
	d->bias_grad = lt_new_array(classes, sizeof *d->bias_grad);
	d->bias_speed = lt_new_array(classes, sizeof *d->bias_speed);
	d->x = lt_new_array(batch, sizeof *d->x);
	d->label = lt_new_array(batch, sizeof *d->label);
	d->loss = lt_new_array(batch, sizeof *d->loss);
	d->products = lt_new_array(batch, classes * sizeof *d->products);
	d->grad = lt_new_array(batch, classes * sizeof *d->grad);
	if (factors) {
		d->factor = lt_new_array(classes, sizeof *d->factor);
	} else {
		d->weight_grad = lt_new_array(weights, sizeof *d->weight_grad);
		d->weight_speed = lt_new_array(weights, sizeof *d->weight_speed);
	}
	if (!d->order || !d->counts || !d->bias_grad || !d->bias_speed || !d->x || !d->label ||
	    !d->loss || !d->products || !d->grad ||
	    (factors ? !d->factor : !d->weight_grad || !d->weight_speed))
		return lt_fail_memory(err);
	return 0;
}

static void give_back(struct descent *d)
{
	lt_free(d->order);
	lt_free(d->counts);
	lt_free(d->bias_grad);
	lt_free(d->bias_speed);
	lt_free(d->x);
	lt_free(d->label);
	lt_free(d->loss);
	lt_free(d->products);
	lt_free(d->grad);
	lt_free(d->factor);
	lt_free(d->weight_grad);
	lt_free(d->weight_speed);
}

static bool all_floats(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite((float)v[i]))
			return false;
	return true;
}

/* A loss tells of the weights before its step: the last step's are looked at themselves. */
static int finite_weights(const struct descent *d, struct lt_error *err)
{
	const struct lt_classifier *head = d->head;
	size_t classes = (size_t)head->classes;

	if (d->factor ? all_floats(d->factor, classes)
		      : all_floats(head->weight, (size_t)head->features * classes) &&
				all_floats(head->bias, classes))
		return 0;
	return lt_fail(err, LT_FALSE,
		       "training diverged: the weights are not finite after epoch %d; try a "
		       "lower --lr",
		       d->config->epochs);
}

static int learn(struct descent *d, bool factors, struct lt_second_result *result,
		 struct lt_error *err)
{
	uint64_t n = d->config->rows->n;
	double loss = 0;
	int code;

	d->batch = n < (uint64_t)d->config->batch ? (int)n : d->config->batch;
	if ((code = take_memory(d, factors, err)) != 0)
		return code;
	lt_features_counts(d->config->rows, d->counts);
	for (int c = 0; factors && c < d->head->classes; c++)
		d->factor[c] = 1;
	for (int epoch = 1; epoch <= d->config->epochs && code == 0; epoch++)
		code = learn_epoch(d, epoch, &loss, err);
	lt_second_found(result, "loss", loss);
	return code != 0 ? code : finite_weights(d, err);
}

int lt_second_crt(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err)
{
	struct descent d = {.config = config, .head = head};
	size_t classes = (size_t)head->classes;
	int code;

	/* The problem is convex: any beginning does, and 0 prefers no class. */
	head->kind = LT_HEAD_LINEAR;
	head->scale = 1;
	memset(head->weight, 0, (size_t)head->features * classes * sizeof *head->weight);
	memset(head->bias, 0, classes * sizeof *head->bias);
	code = learn(&d, false, result, err);
	give_back(&d);
	return code;
}

int lt_second_lws(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err)
{
	struct descent d = {.config = config, .head = head};
	int code = lt_second_want_linear(config, head, "has no length a class to learn", err);

	if (code != 0)
		return code;
	code = learn(&d, true, result, err);
	for (int f = 0; f < head->features && code == 0; f++)
		for (int c = 0; c < head->classes; c++)
			head->weight[(size_t)f * (size_t)head->classes + (size_t)c] *=
				d.factor[c];
	give_back(&d);
	return code;
}
