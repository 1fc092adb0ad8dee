/* Shared by the family of vs: cross-entropy of logits after division and offset. */
#include <math.h>

#include "base/elementary.h"
#include "net/loss.h"

double lt_loss_rows(const struct lt_loss_params *params)
{
	double sum = 0;
	int c;

	for (c = 0; c < params->classes; c++)
		sum += (double)params->count[c];
	return sum;
}

void lt_loss_adjust(struct lt_loss_params *params, double gamma, double factor, double of)
{
	double *divisor = params->number[LT_CLASS_DIVISOR], n;
	double *offset = params->number[LT_CLASS_OFFSET], most = 0;
	int c;

	for (c = 0; c < params->classes; c++)
		if ((double)params->count[c] > most)
			most = (double)params->count[c];
	for (c = 0; c < params->classes; c++) {
		n = (double)params->count[c];
		divisor[c] = n > 0 ? lt_pow(most / n, gamma) : 1;
		offset[c] = factor > 0 ? factor * lt_log(n / of) : 0;
		if (!(n > 0))
			offset[c] = -INFINITY;
	}
}

double lt_loss_adjusted_row(const struct lt_loss_params *params, const double *logits,
			    int label, double *grad)
{
	const double *divisor = params->number[LT_CLASS_DIVISOR];
	const double *offset = params->number[LT_CLASS_OFFSET];
	double log_p;
	int c;

	for (c = 0; c < params->classes; c++)
		grad[c] = logits[c] / divisor[c] + offset[c];
	log_p = lt_loss_softmax(grad, params->classes, label, grad);
	grad[label] -= 1;
	for (c = 0; c < params->classes; c++)
		grad[c] /= divisor[c];
	return -log_p;
}
