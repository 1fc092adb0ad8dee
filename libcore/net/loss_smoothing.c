/*
 * Label-aware smoothing: spreads a share of the label over all classes, more of it for larger
 * classes.
 */
#include "base/elementary.h"
#include "net/loss.h"

static void prepare(struct lt_loss_params *params)
{
	const double pi = 3.14159265358979323846;
	double head = params->setting[LT_SMOOTH_HEAD], tail = params->setting[LT_SMOOTH_TAIL];
	double *smoothing = params->number[LT_CLASS_SMOOTHING], range;
	uint64_t most = 0, least = UINT64_MAX, n;
	int c;

	for (c = 0; c < params->classes; c++) {
		n = params->count[c];
		most = n > most ? n : most;
		least = n > 0 && n < least ? n : least;
	}
	range = most > least ? (double)(most - least) : 0;
	for (c = 0; c < params->classes; c++) {
		n = params->count[c];
		smoothing[c] = n > 0 ? head : 0;
		if (n > 0 && range > 0)
			smoothing[c] = tail + (head - tail) * lt_sin(pi * (double)(n - least) /
								     (2 * range));
	}
}

/*
 * With k classes that have rows, the target is (1 - e)[c = y] + e ÷ k for those, and
 * -log p_c = -log p_y - (z_c - z_y).
 */
static double row(const struct lt_loss_params *params, const double *logits, int label,
		  double *grad)
{
	double share = params->number[LT_CLASS_SMOOTHING][label], gap = 0, log_p;
	int c, k = 0;

	for (c = 0; c < params->classes; c++)
		if (params->count[c] > 0) {
			gap += logits[c] - logits[label];
			k++;
		}
	log_p = lt_loss_softmax(logits, params->classes, label, grad);
	grad[label] -= 1 - share;
	if (k == 0)
		return -log_p;
	for (c = 0; c < params->classes; c++)
		if (params->count[c] > 0)
			grad[c] -= share / k;
	return -log_p - share * gap / k;
}

const struct lt_loss lt_loss_smoothing = {
	.name = "smoothing",
	.about.summary =
		"label-aware smoothing: cross-entropy with part of the label spread over all",
	.about.formula = "l = (1 - smoothing_y) (-log p_y) + smoothing_y mean of -log p,\n"
			 "p = softmax(z), smoothing_c = tail + (head - tail) sin(x_c pi / 2),\n"
			 "x_c = (n_c - min n) / (max n - min n)",
	.about.source = "Zhong et al., CVPR 2021, section 3.2",
	.mean = LT_MEAN_WEIGHTED,
	.setting = {[LT_SMOOTH_HEAD] = 0.4, [LT_SMOOTH_TAIL] = 0.1},
	.numbers = 1 << LT_CLASS_SMOOTHING,
	.prepare = prepare,
	.row = row,
};
