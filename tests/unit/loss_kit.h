/* Shared by the tests of losses. */
#ifndef LT_TESTS_LOSS_KIT_H
#define LT_TESTS_LOSS_KIT_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "net/loss.h"

/* All of lt_loss_table, and lt_loss_focal_authors, which is not in it. */
#define LOSSES 10
static const struct lt_loss *const losses[LOSSES] = {
	&lt_loss_ce,
	&lt_loss_focal,
	&lt_loss_focal_authors,
	&lt_loss_ldam,
	&lt_loss_margin,
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

/* Prepares params for a loss, with one of its settings changed. */
static inline void prepare_with(const struct lt_loss *loss, struct lt_loss_params *params,
				int changed, double value)
{
	double setting[LT_LOSS_SETTINGS];

	memcpy(setting, loss->setting, sizeof setting);
	setting[changed] = value;
	lt_loss_prepare(loss, setting, params);
}

/* A batch for all losses.  With the counts `uneven`, the label of the fifth row has no rows. */
enum { ROWS = 6, CLASSES = 7 };
static const uint64_t uneven[CLASSES] = {500, 250, 120, 60, 30, 0, 7};

/* Numbers in -2 … 2, without a random generator. */
static inline double pattern(int i)
{
	return fmod((i + 1) * 1.6180339887498949 * (i + 3), 4) - 2;
}

static inline void fill(double *logits, int32_t *label)
{
	for (int i = 0; i < ROWS * CLASSES; i++)
		logits[i] = pattern(i);
	for (int i = 0; i < ROWS; i++)
		label[i] = i * 3 % CLASSES;
}

/*
 * The largest error of the gradient of that batch against central differences, as a share
 * of the largest gradient.  omega: weights of the rows, or NULL; second NULL: rows are not
 * mixed.
 */
static inline double gradient_error(const struct lt_loss *loss,
				    const struct lt_loss_params *params, const double *omega,
				    const struct lt_loss_second *second)
{
	double logits[ROWS * CLASSES], grad[ROWS * CLASSES], spare[ROWS * CLASSES];
	double h = 1e-5, worst = 0, norm = 0, up, down, kept;
	int32_t label[ROWS];
	struct lt_loss_batch batch = {ROWS, CLASSES, logits, label, omega, grad, NULL};

	fill(logits, label);
	lt_loss_of_mixed(loss, params, &batch, second);
	batch.grad = spare;
	for (int i = 0; i < ROWS * CLASSES; i++) {
		norm = fabs(grad[i]) > norm ? fabs(grad[i]) : norm;
		kept = logits[i];
		logits[i] = kept + h;
		up = lt_loss_of_mixed(loss, params, &batch, second);
		logits[i] = kept - h;
		down = lt_loss_of_mixed(loss, params, &batch, second);
		logits[i] = kept;
		up = fabs((up - down) / (2 * h) - grad[i]);
		if (!(up <= worst))
			worst = up;
	}
	return norm > 0 ? worst / norm : NAN;
}

#endif
