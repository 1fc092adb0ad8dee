/*
 * Logit adjustment in the loss: adds multiples of the logs of the class shares to the logits.
 */
#include "net/loss.h"

static void prepare(struct lt_loss_params *params)
{
	lt_loss_adjust(params, 0, params->setting[LT_TAU], lt_loss_rows(params));
}

const struct lt_loss lt_loss_logit_adjustment = {
	.name = "logit-adjustment",
	.about.summary = "cross-entropy with logits shifted by the class shares",
	.about.formula = "l = -log softmax(z + offset)_y\n"
			 "offset_c = tau log(n_c / sum of n)",
	.about.source = "Menon et al., ICLR 2021, section 5",
	.setting = {[LT_TAU] = 1},
	.numbers = 1 << LT_CLASS_OFFSET,
	.mean = LT_MEAN_WEIGHTED,
	.prepare = prepare,
	.row = lt_loss_adjusted_row,
};
