/* Balanced softmax: multiplies the exponential of each class by its count. */
#include "net/loss.h"

static void prepare(struct lt_loss_params *params)
{
	lt_loss_adjust(params, 0, 1, 1);
}

const struct lt_loss lt_loss_balanced_softmax = {
	.name = "balanced-softmax",
	.about.summary = "cross-entropy with classes weighted by their counts in the softmax",
	.about.formula = "l = -log softmax(z + offset)_y\n"
			 "offset_c = log n_c",
	.about.source = "Ren et al., NeurIPS 2020, section 3.1",
	.numbers = 1 << LT_CLASS_OFFSET,
	.mean = LT_MEAN_WEIGHTED,
	.prepare = prepare,
	.row = lt_loss_adjusted_row,
};
