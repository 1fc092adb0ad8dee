/*
 * What all losses share: class weights, the softmax, and the mean over a batch.
 */
#include "net/loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/effective.h"
#include "base/elementary.h"
#include "base/memory.h"

#define ADDRESS(loss, name) &lt_loss_##loss,
#define NAME(loss, name) name,

const struct lt_loss *const lt_loss_table[] = {LT_LOSSES(ADDRESS) NULL};
const char *const lt_loss_names[] = {LT_LOSSES(NAME) NULL};

const char *const lt_loss_settings[] = {
	[LT_GAMMA] = "gamma",
	[LT_TAU] = "tau",
	[LT_MARGIN] = "margin",
	[LT_SCALE] = "scale",
	[LT_SMOOTH_HEAD] = "smooth-head",
	[LT_SMOOTH_TAIL] = "smooth-tail",
	NULL,
};
const char *const lt_loss_numbers[] = {
	[LT_CLASS_MARGIN] = "margin",
	[LT_CLASS_DIVISOR] = "divisor",
	[LT_CLASS_OFFSET] = "offset",
	[LT_CLASS_SMOOTHING] = "smoothing",
	NULL,
};

int lt_loss_params_init(struct lt_loss_params *params, int classes, const uint64_t *counts,
			struct lt_error *err)
{
	size_t n = (size_t)classes;
	bool good;
	int i;

	memset(params, 0, sizeof *params);
	params->classes = classes;
	params->count = lt_new_array(n, sizeof *params->count);
	params->weight = lt_new_array(n, sizeof *params->weight);
	good = params->count && params->weight;
	for (i = 0; i < LT_LOSS_NUMBERS; i++) {
		params->number[i] = lt_new_array(n, sizeof *params->number[i]);
		good = good && params->number[i];
	}
	if (!good) {
		lt_loss_params_free(params);
		return lt_fail_memory(err);
	}
	if (counts)
		memcpy(params->count, counts, n * sizeof *counts);
	lt_loss_weights_equal(params);
	return 0;
}

void lt_loss_params_free(struct lt_loss_params *params)
{
	int i;

	free(params->count);
	free(params->weight);
	for (i = 0; i < LT_LOSS_NUMBERS; i++)
		free(params->number[i]);
	memset(params, 0, sizeof *params);
}

void lt_loss_prepare(const struct lt_loss *loss, const double *setting,
		     struct lt_loss_params *params)
{
	int i, c;

	memcpy(params->setting, setting ? setting : loss->setting, sizeof params->setting);
	for (i = 0; i < LT_LOSS_NUMBERS; i++)
		for (c = 0; c < params->classes; c++)
			params->number[i][c] = i == LT_CLASS_DIVISOR ? 1 : 0;
	if (loss->prepare)
		loss->prepare(params);
}

void lt_loss_weights_equal(struct lt_loss_params *params)
{
	int c;

	for (c = 0; c < params->classes; c++)
		params->weight[c] = 1;
}

void lt_loss_weights_balanced(struct lt_loss_params *params, double beta)
{
	double sum = 0;
	int c;

	for (c = 0; c < params->classes; c++) {
		params->weight[c] = lt_effective_weight(beta, params->count[c]);
		sum += params->weight[c];
	}
	for (c = 0; c < params->classes && sum > 0; c++)
		params->weight[c] = params->weight[c] * params->classes / sum;
}

double lt_loss_softmax(const double *logits, int n, int label, double *p)
{
	double most = logits[0], own, sum = 0;
	int c;

	for (c = 1; c < n; c++)
		if (logits[c] > most)
			most = logits[c];
	own = logits[label] - most;
	for (c = 0; c < n; c++) {
		p[c] = lt_exp(logits[c] - most);
		sum += p[c];
	}
	for (c = 0; c < n; c++)
		p[c] /= sum;
	return own - lt_log(sum);
}

static bool left_out(const struct lt_loss_params *params, int c)
{
	return params->number[LT_CLASS_OFFSET][c] == -INFINITY;
}

/* The weight of a row's loss in the numerator, and in the divisor. */
static double row_weights(const struct lt_loss *loss, const struct lt_loss_params *params,
			  const struct lt_loss_batch *batch, int i, double *divisor)
{
	double omega = batch->sample_weight ? batch->sample_weight[i] : 1;
	double weighted = omega * params->weight[batch->label[i]];

	*divisor = loss->mean == LT_MEAN_WEIGHTED ? weighted : omega;
	if (left_out(params, batch->label[i]))
		*divisor = weighted = 0;
	return loss->mean == LT_MEAN_INSIDE ? omega : weighted;
}

/* l and its gradient; 0 for a label that is left out. */
static double row_loss(const struct lt_loss *loss, const struct lt_loss_params *params,
		       const struct lt_loss_batch *batch, int i, double *grad)
{
	const double *logits = batch->logits + (size_t)i * (size_t)batch->classes;

	if (!left_out(params, batch->label[i]))
		return loss->row(params, logits, batch->label[i], grad);
	memset(grad, 0, (size_t)batch->classes * sizeof *grad);
	return 0;
}

double lt_loss_of_batch(const struct lt_loss *loss, const struct lt_loss_params *params,
			const struct lt_loss_batch *batch)
{
	double divisor = 0, sum = 0, part, weight, l, *grad;
	int i, c;

	for (i = 0; i < batch->n; i++) {
		row_weights(loss, params, batch, i, &part);
		divisor += part;
	}
	for (i = 0; i < batch->n; i++) {
		grad = batch->grad + (size_t)i * (size_t)batch->classes;
		l = row_loss(loss, params, batch, i, grad);
		weight = row_weights(loss, params, batch, i, &part);
		weight = divisor > 0 ? weight / divisor : 0;
		sum += weight * l;
		for (c = 0; c < batch->classes; c++)
			grad[c] *= weight;
		if (batch->row_loss)
			batch->row_loss[i] = l;
	}
	return sum;
}
