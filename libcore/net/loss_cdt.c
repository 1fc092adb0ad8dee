/* Class-dependent temperatures: divides the logits of rarer classes by larger numbers. */
#include "net/loss.h"

static void prepare(struct lt_loss_params *params)
{
	lt_loss_adjust(params, params->setting[LT_GAMMA], 0, 1);
}

const struct lt_loss lt_loss_cdt = {
	.name = "cdt",
	.about.summary = "class-dependent temperatures: cross-entropy with logits divided",
	.about.formula = "l = -log softmax(z / divisor)_y\n"
			 "divisor_c = (max n / n_c)^gamma",
	.about.source = "Ye et al., arXiv 2001.01385, 2020",
	.setting = {[LT_GAMMA] = 0.2},
	.numbers = 1 << LT_CLASS_DIVISOR,
	.mean = LT_MEAN_WEIGHTED,
	.prepare = prepare,
	.row = lt_loss_adjusted_row,
};
