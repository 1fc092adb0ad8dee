/* Vector scaling: divides and shifts the logits, both by more for rarer classes. */
#include "net/loss.h"

static void prepare(struct lt_loss_params *params)
{
	lt_loss_adjust(params, params->setting[LT_GAMMA], params->setting[LT_TAU],
		       lt_loss_rows(params));
}

const struct lt_loss lt_loss_vs = {
	.name = "vs",
	.about.summary = "vector scaling: cross-entropy with logits divided and shifted",
	.about.formula = "l = -log softmax(z / divisor + offset)_y\n"
			 "divisor_c = (max n / n_c)^gamma, offset_c = tau log(n_c / sum of n)",
	.about.source = "Kini et al., NeurIPS 2021, equation 2",
	.setting = {[LT_GAMMA] = 0.3, [LT_TAU] = 1},
	.numbers = 1 << LT_CLASS_DIVISOR | 1 << LT_CLASS_OFFSET,
	.mean = LT_MEAN_WEIGHTED,
	.prepare = prepare,
	.row = lt_loss_adjusted_row,
};
