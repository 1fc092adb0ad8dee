/* What the tests of losses share. */
#ifndef LT_TESTS_LOSS_KIT_H
#define LT_TESTS_LOSS_KIT_H

#include <stdlib.h>

#include "check.h"
#include "net/loss.h"

/* All of lt_loss_table, and the choice that is not in it. */
#define LOSSES 9
static const struct lt_loss *const losses[LOSSES] = {
	&lt_loss_ce,
	&lt_loss_focal,
	&lt_loss_focal_authors,
	&lt_loss_ldam,
	&lt_loss_balanced_softmax,
	&lt_loss_logit_adjustment,
	&lt_loss_vs,
	&lt_loss_cdt,
	&lt_loss_smoothing,
};

static inline const char *label_of(const struct lt_loss *loss)
{
	return loss == &lt_loss_focal_authors ? "focal-authors" : loss->name;
}

static inline struct lt_loss_params params_of(int classes, const uint64_t *counts)
{
	struct lt_loss_params params;

	if (lt_loss_params_init(&params, classes, counts, NULL) != 0)
		abort();
	return params;
}

/* Ready for a loss, one of its settings changed. */
static inline void prepare_with(const struct lt_loss *loss, struct lt_loss_params *params,
				int changed, double value)
{
	double setting[LT_LOSS_SETTINGS];

	memcpy(setting, loss->setting, sizeof setting);
	setting[changed] = value;
	lt_loss_prepare(loss, setting, params);
}

#endif
