/* Shared by all losses: class weights, the softmax, and the mean over a batch. */
#include "net/loss.h"

#include <math.h>
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
	params->counted = counts != NULL;
	if (counts)
		memcpy(params->count, counts, n * sizeof *counts);
	lt_loss_weights_equal(params);
	return 0;
}

void lt_loss_params_free(struct lt_loss_params *params)
{
	int i;

	lt_free(params->count);
	lt_free(params->weight);
	for (i = 0; i < LT_LOSS_NUMBERS; i++)
		lt_free(params->number[i]);
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

/* Is the class known to have no rows? */
static bool left_out(const struct lt_loss_params *params, int c)
{
	return params->counted && params->count[c] == 0;
}

void lt_loss_weights_equal(struct lt_loss_params *params)
{
	int c;

	for (c = 0; c < params->classes; c++)
		params->weight[c] = left_out(params, c) ? 0 : 1;
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

int lt_arg_max(const double *v, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++)
		if (v[i] > v[best])
			best = i;
	return best;
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

/* A label of a row, with the weights of its loss in the numerator and in the divisor. */
struct part {
	int label;
	double share, weight, divisor;
};

static struct part weigh(const struct lt_loss *loss, const struct lt_loss_params *params,
			 int label, const double *omega, double share)
{
	double plain = omega ? *omega * share : share;
	double weighted = plain * params->weight[label];

	if (left_out(params, label))
		plain = weighted = 0;
	return (struct part){label, share, loss->mean == LT_MEAN_INSIDE ? plain : weighted,
			     loss->mean == LT_MEAN_WEIGHTED ? weighted : plain};
}

/* The labels of row i: one, or two for a mixed row. */
static int parts_of(const struct lt_loss *loss, const struct lt_loss_params *params,
		    const struct lt_loss_batch *batch, const struct lt_loss_second *second,
		    int i, struct part part[2])
{
	const double *omega = batch->sample_weight ? batch->sample_weight + i : NULL;

	part[0] = weigh(loss, params, batch->label[i], omega, second ? second->share[i] : 1);
	if (!second)
		return 1;
	omega = second->sample_weight ? second->sample_weight + i : NULL;
	part[1] = weigh(loss, params, second->label[i], omega, 1 - second->share[i]);
	return 2;
}

/* l of row i for a label, and its gradient; both 0 for a label that is left out. */
static double row_loss(const struct lt_loss *loss, const struct lt_loss_params *params,
		       const struct lt_loss_batch *batch, int i, int label, double *grad)
{
	const double *logits = batch->logits + (size_t)i * (size_t)batch->classes;

	if (!left_out(params, label))
		return loss->row(params, logits, label, grad);
	memset(grad, 0, (size_t)batch->classes * sizeof *grad);
	return 0;
}

double lt_loss_of_mixed(const struct lt_loss *loss, const struct lt_loss_params *params,
			const struct lt_loss_batch *batch, const struct lt_loss_second *second)
{
	double divisor = 0, sum = 0, own, weight, l, *grad, *to;
	struct part part[2];
	int i, k, c;

	for (i = 0; i < batch->n; i++)
		for (k = parts_of(loss, params, batch, second, i, part) - 1; k >= 0; k--)
			divisor += part[k].divisor;
	for (i = 0; i < batch->n; i++) {
		int n = parts_of(loss, params, batch, second, i, part);

		grad = batch->grad + (size_t)i * (size_t)batch->classes;
		own = 0;
		for (k = 0; k < n; k++) {
			to = k == 0 ? grad : second->spare;
			l = row_loss(loss, params, batch, i, part[k].label, to);
			weight = divisor > 0 ? part[k].weight / divisor : 0;
			sum += weight * l;
			own += part[k].share * l;
			for (c = 0; c < batch->classes; c++)
				grad[c] = k == 0 ? weight * to[c] : grad[c] + weight * to[c];
		}
		if (batch->row_loss)
			batch->row_loss[i] = own;
	}
	return sum;
}

double lt_loss_of_batch(const struct lt_loss *loss, const struct lt_loss_params *params,
			const struct lt_loss_batch *batch)
{
	return lt_loss_of_mixed(loss, params, batch, NULL);
}
