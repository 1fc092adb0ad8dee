/* Cross-entropy: l = -log p_y, dl/dz_c = p_c - [c = y]. */
#include "net/loss.h"

static double row(const struct lt_loss_params *params, const double *logits, int label,
		  double *grad)
{
	double log_p = lt_loss_softmax(logits, params->classes, label, grad);

	grad[label] -= 1;
	return -log_p;
}

const struct lt_loss lt_loss_ce = {
	.name = "ce",
	.about.summary = "cross-entropy",
	.about.formula = "l = -log p_y, p = softmax(z)",
	.mean = LT_MEAN_WEIGHTED,
	.row = row,
};
