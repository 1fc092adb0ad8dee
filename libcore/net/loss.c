/*
 * What all losses share: class weights and margins, the softmax, and the mean
 * over a batch.
 */
#include "net/loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/effective.h"
#include "base/elementary.h"
#include "base/memory.h"

#define ADDRESS(name) &lt_loss_##name,
#define NAME(name) #name,

const struct lt_loss *const lt_loss_table[] = {LT_LOSSES(ADDRESS) NULL};
const char *const lt_loss_names[] = {LT_LOSSES(NAME) NULL};

int lt_loss_params_init(struct lt_loss_params *params, int classes, const uint64_t *counts,
			struct lt_error *err)
{
	size_t n = (size_t)classes;

	memset(params, 0, sizeof *params);
	params->classes = classes;
	params->gamma = LT_LOSS_GAMMA;
	params->scale = LT_LOSS_SCALE;
	params->count = lt_new_array(n, sizeof *params->count);
	params->weight = lt_new_array(n, sizeof *params->weight);
	params->margin = lt_new_array(n, sizeof *params->margin);
	if (!params->count || !params->weight || !params->margin) {
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
	free(params->count);
	free(params->weight);
	free(params->margin);
	memset(params, 0, sizeof *params);
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

/* n^(-1/4): two square roots, which IEEE rounds correctly everywhere. */
static double fourth_root_inverse(uint64_t n)
{
	return 1 / sqrt(sqrt((double)n));
}

void lt_loss_margins(struct lt_loss_params *params, double largest)
{
	double most = 0;
	int c;

	for (c = 0; c < params->classes; c++) {
		params->margin[c] = 0;
		if (params->count[c] > 0)
			params->margin[c] = fourth_root_inverse(params->count[c]);
		if (params->margin[c] > most)
			most = params->margin[c];
	}
	for (c = 0; c < params->classes && most > 0; c++)
		params->margin[c] = largest * params->margin[c] / most;
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

/* The weight of a row's loss in the numerator, and in the divisor. */
static double row_weights(const struct lt_loss *loss, const struct lt_loss_params *params,
			  const struct lt_loss_batch *batch, int i, double *divisor)
{
	double omega = batch->sample_weight ? batch->sample_weight[i] : 1;
	double weighted = omega * params->weight[batch->label[i]];

	*divisor = loss->mean == LT_MEAN_WEIGHTED ? weighted : omega;
	return loss->mean == LT_MEAN_INSIDE ? omega : weighted;
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
		l = loss->row(params, batch->logits + (size_t)i * (size_t)batch->classes,
			      batch->label[i], grad);
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
