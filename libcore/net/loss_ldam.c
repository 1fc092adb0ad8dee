/*
 * Label-distribution-aware margins: cross-entropy after the margin of the label's class, which
 * is larger for rarer classes, is subtracted from its cosine.
 */
#include "net/loss.h"

#include <math.h>

/* n^(-1/4): two square roots, which IEEE rounds correctly everywhere. */
static double fourth_root_inverse(uint64_t n)
{
	return 1 / sqrt(sqrt((double)n));
}

static void prepare(struct lt_loss_params *params)
{
	double *margin = params->number[LT_CLASS_MARGIN], most = 0;
	int c;

	for (c = 0; c < params->classes; c++) {
		margin[c] = params->count[c] > 0 ? fourth_root_inverse(params->count[c]) : 0;
		if (margin[c] > most)
			most = margin[c];
	}
	for (c = 0; c < params->classes && most > 0; c++)
		margin[c] = params->setting[LT_MARGIN] * margin[c] / most;
}

const struct lt_loss lt_loss_ldam = {
	.name = "ldam",
	.about.summary = "cross-entropy with a margin for each class",
	.about.formula = "l = -log softmax(z - scale m_y [c = y])_y, z = scale cosine\n"
			 "m_c = margin n_c^(-1/4) / max n^(-1/4)",
	.about.source = "Cao et al., NeurIPS 2019, section 3.2",
	.cosine = true,
	.mean = LT_MEAN_WEIGHTED,
	.setting = {[LT_MARGIN] = 0.5, [LT_SCALE] = 30},
	.numbers = 1 << LT_CLASS_MARGIN,
	.prepare = prepare,
	.row = lt_loss_margin_row,
};
