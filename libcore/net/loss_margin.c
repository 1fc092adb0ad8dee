/*
 * Additive margin softmax: cross-entropy after a margin, the same for all classes, is
 * subtracted from the label's cosine.
 */
#include "net/loss.h"

#include <string.h>

static void prepare(struct lt_loss_params *params)
{
	int c;

	for (c = 0; c < params->classes; c++)
		params->number[LT_CLASS_MARGIN][c] =
			params->count[c] > 0 ? params->setting[LT_MARGIN] : 0;
}

double lt_loss_margin_row(const struct lt_loss_params *params, const double *logits, int label,
			  double *grad)
{
	double log_p;

	memcpy(grad, logits, (size_t)params->classes * sizeof *grad);
	grad[label] -= params->setting[LT_SCALE] * params->number[LT_CLASS_MARGIN][label];
	log_p = lt_loss_softmax(grad, params->classes, label, grad);
	grad[label] -= 1;
	return -log_p;
}

const struct lt_loss lt_loss_margin = {
	.name = "margin",
	.about.summary = "cross-entropy with the same margin for all classes",
	.about.formula = "l = -log softmax(z - scale margin [c = y])_y, z = scale cosine",
	.about.source = "Wang et al., arXiv 1801.05599, 2018, equation 6",
	.cosine = true,
	.mean = LT_MEAN_WEIGHTED,
	.setting = {[LT_MARGIN] = 0.5, [LT_SCALE] = 30},
	.numbers = 1 << LT_CLASS_MARGIN,
	.prepare = prepare,
	.row = lt_loss_margin_row,
};
