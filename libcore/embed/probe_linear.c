#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "embed/lbfgs.h"
#include "embed/probe.h"

#define TOLERANCE 1e-6 /* of the gradient of the objective over n */
#define BLOCK 64       /* rows of one item */

struct linear {
	const struct lt_probe_config *config;
	size_t n, width, classes;
	double *mean, *scale; /* of each feature; scale 0: it does not vary */
	double *theta;	      /* classes × (width + 1): weights and the bias */

	/* while fitting */
	const int32_t *label;
	float *x;	/* n × width, scaled */
	double *weight; /* of a class's rows, g */
	double *error;	/* n × classes: g (p - [c = label]) */
	double *loss;	/* n */
	const double *at;
	double *gradient;
};

/* ------------------------------------------------------------------------- features */

static void measure(struct linear *l, const float *feature)
{
	for (size_t k = 0; k < l->width; k++) {
		double sum = 0, square = 0, deviation;

		for (size_t i = 0; i < l->n; i++)
			sum += (double)feature[i * l->width + k];
		l->mean[k] = sum / (double)l->n;
		for (size_t i = 0; i < l->n; i++) {
			double d = (double)feature[i * l->width + k] - l->mean[k];

			square += d * d;
		}
		deviation = sqrt(square / (double)l->n);
		/*
		 * A deviation that rounding of the mean leaves between equal values counts as
		 * zero.
		 */
		l->scale[k] = deviation > 1e-10 * fabs(l->mean[k]) ? 1 / deviation : 0;
	}
}

static double scaled(const struct linear *l, float value, size_t k)
{
	return ((double)value - l->mean[k]) * l->scale[k];
}

/* ------------------------------------------------------------------------ objective */

static void logits_of(const struct linear *l, const double *theta, const float *x, double *z)
{
	for (size_t c = 0; c < l->classes; c++) {
		const double *w = theta + c * (l->width + 1);
		double sum = w[l->width];

		for (size_t k = 0; k < l->width; k++)
			sum += w[k] * (double)x[k];
		z[c] = sum;
	}
}

/* Losses and derivatives at the logits of a block of rows. */
static void row_block(void *arg, int item, int worker)
{
	struct linear *l = arg;
	size_t end = ((size_t)item + 1) * BLOCK;

	(void)worker;
	end = end < l->n ? end : l->n;
	for (size_t i = (size_t)item * BLOCK; i < end; i++) {
		double *z = l->error + i * l->classes, most = -INFINITY, sum = 0, own,
		       g = l->weight[l->label[i]];

		logits_of(l, l->at, l->x + i * l->width, z);
		for (size_t c = 0; c < l->classes; c++)
			most = z[c] > most ? z[c] : most;
		own = z[l->label[i]] - most;
		for (size_t c = 0; c < l->classes; c++) {
			z[c] = lt_exp(z[c] - most);
			sum += z[c];
		}
		l->loss[i] = g * (lt_log(sum) - own);
		for (size_t c = 0; c < l->classes; c++)
			z[c] = g * (z[c] / sum - (c == (size_t)l->label[i]));
	}
}

/* The part of the gradient that belongs to one class, over all rows in order. */
static void class_gradient(void *arg, int item, int worker)
{
	struct linear *l = arg;
	size_t at = (size_t)item * (l->width + 1);
	double *gradient = l->gradient + at;

	(void)worker;
	memset(gradient, 0, (l->width + 1) * sizeof *gradient);
	for (size_t i = 0; i < l->n; i++) {
		double e = l->error[i * l->classes + (size_t)item];
		const float *x = l->x + i * l->width;

		for (size_t k = 0; k < l->width; k++)
			gradient[k] += e * (double)x[k];
		gradient[l->width] += e;
	}
	for (size_t k = 0; k <= l->width; k++) {
		gradient[k] += k < l->width ? l->config->l2 * l->at[at + k] : 0;
		gradient[k] /= (double)l->n;
	}
}

static double objective(void *arg, const double *theta, double *gradient)
{
	struct linear *l = arg;
	double sum = 0;

	l->at = theta;
	l->gradient = gradient;
	lt_pool_run(l->config->pool, row_block, l, (int)((l->n + BLOCK - 1) / BLOCK));
	lt_pool_run(l->config->pool, class_gradient, l, (int)l->classes);
	for (size_t i = 0; i < l->n; i++)
		sum += l->loss[i];
	for (size_t c = 0; c < l->classes; c++)
		for (size_t k = 0; k < l->width; k++) {
			double w = theta[c * (l->width + 1) + k];

			sum += l->config->l2 / 2 * w * w;
		}
	return sum / (double)l->n;
}

/* ------------------------------------------------------------------------------ fit */

static void free_linear(void *state)
{
	struct linear *l = state;

	if (l) {
		lt_free(l->mean);
		lt_free(l->scale);
		lt_free(l->theta);
		lt_free(l->x);
		lt_free(l->weight);
		lt_free(l->error);
		lt_free(l->loss);
	}
	lt_free(l);
}

static int take_room(struct linear *l, struct lt_error *err)
{
	size_t values, errors, parameters;

	if (!lt_mul(l->n, l->width, &values) || !lt_mul(l->n, l->classes, &errors) ||
	    !lt_mul(l->width + 1, l->classes, &parameters))
		return lt_fail_memory(err);
	l->mean = lt_new_array(l->width, sizeof *l->mean);
	l->scale = lt_new_array(l->width, sizeof *l->scale);
	l->theta = lt_new_array(parameters, sizeof *l->theta);
	l->x = lt_new_array(values, sizeof *l->x);
	l->weight = lt_new_array(l->classes, sizeof *l->weight);
	l->error = lt_new_array(errors, sizeof *l->error);
	l->loss = lt_new_array(l->n, sizeof *l->loss);
	return l->mean && l->scale && l->theta && l->x && l->weight && l->error && l->loss
		       ? 0
		       : lt_fail_memory(err);
}

static void weigh_classes(struct linear *l)
{
	size_t present = 0;

	for (size_t i = 0; i < l->n; i++)
		l->weight[l->label[i]]++;
	for (size_t c = 0; c < l->classes; c++)
		present += l->weight[c] > 0;
	for (size_t c = 0; c < l->classes; c++)
		if (l->weight[c] > 0)
			l->weight[c] = l->config->balance
					       ? (double)l->n / ((double)present * l->weight[c])
					       : 1;
}

static int fit(const struct lt_probe_config *config, const struct lt_probe_rows *rows,
	       void **state, struct lt_probe_fit *found, struct lt_error *err)
{
	struct linear *l = lt_new_array(1, sizeof *l);
	struct lt_lbfgs_result result;
	int code;

	*state = l;
	if (!l)
		return lt_fail_memory(err);
	*l = (struct linear){.config = config,
			     .n = rows->n,
			     .width = rows->width,
			     .classes = (size_t)rows->classes,
			     .label = rows->label};
	if ((code = take_room(l, err)) != 0)
		return code;
	measure(l, rows->feature);
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->width; k++)
			l->x[i * l->width + k] =
				(float)scaled(l, rows->feature[i * l->width + k], k);
	weigh_classes(l);
	code = lt_lbfgs(objective, l, l->theta, l->classes * (l->width + 1), TOLERANCE,
			config->iterations, &result, err);
	*found = (struct lt_probe_fit){result.iterations, result.converged, result.value};
	return code;
}

/* -------------------------------------------------------------------------- predict */

struct prediction {
	const struct linear *linear;
	const float *feature;
	float *logits;
	size_t n;
};

/* The same arithmetic as while fitting, without room for a whole row's logits in double. */
static void predict_block(void *arg, int item, int worker)
{
	const struct prediction *p = arg;
	const struct linear *l = p->linear;
	size_t end = ((size_t)item + 1) * BLOCK;

	(void)worker;
	end = end < p->n ? end : p->n;
	for (size_t i = (size_t)item * BLOCK; i < end; i++)
		for (size_t c = 0; c < l->classes; c++) {
			const double *w = l->theta + c * (l->width + 1);
			double sum = w[l->width];

			for (size_t k = 0; k < l->width; k++)
				sum += w[k] * scaled(l, p->feature[i * l->width + k], k);
			p->logits[i * l->classes + c] = (float)sum;
		}
}

static int predict(void *state, const float *feature, size_t n, float *logits,
		   struct lt_error *err)
{
	struct linear *l = state;
	struct prediction p = {l, feature, logits, n};

	(void)err;
	lt_pool_run(l->config->pool, predict_block, &p, (int)((n + BLOCK - 1) / BLOCK));
	return 0;
}

const struct lt_probe_method lt_probe_linear = {
	.name = "linear",
	.options = {"l2", "balance", "iterations", NULL},
	.fit = fit,
	.predict = predict,
	.free = free_linear,
};
