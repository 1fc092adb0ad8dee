/*
 * Label-distribution-aware margins: cross-entropy after the label's own cosine
 * was lowered by its class's margin, which is larger for rarer classes.
 */
#include "net/loss.h"

#include <string.h>

static double row(const struct lt_loss_params *params, const double *logits, int label,
		  double *grad)
{
	double log_p;

	memcpy(grad, logits, (size_t)params->classes * sizeof *grad);
	grad[label] -= params->scale * params->margin[label];
	log_p = lt_loss_softmax(grad, params->classes, label, grad);
	grad[label] -= 1;
	return -log_p;
}

const struct lt_loss lt_loss_ldam = {
	.name = "ldam",
	.summary = "cross-entropy with a margin for each class",
	.cosine = true,
	.mean = LT_MEAN_WEIGHTED,
	.row = row,
};
