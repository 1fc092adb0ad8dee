/* Sweeps of Theorem 2: the offset of a linear classifier, and the best one. */
#include <math.h>
#include <stddef.h>

#include "theory/sweep_list.h"
#include "theory/theorem2.h"

#define P_PLUS(points)                                                                         \
	{                                                                                      \
		"p_plus", points, 1e-6, 0.5, false, offsetof(struct lt_theory, p_plus)         \
	}

/* ---------------------------------------------------------------- offset */

static int row_offset(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		      struct lt_error *err)
{
	struct lt_theorem2 model = {
		.beta = theory->beta, .p_plus = at->series, .r = at->x, .d = theory->d};
	struct lt_moments got;
	int code = lt_trials_run(&theory->trials, at->view, at->number, lt_theorem2_trial,
				 &model, 1, &got, err);

	if (code != 0)
		return code;
	cells[0] = at->series;
	cells[1] = at->x;
	cells[2] = got.mean;
	cells[3] = lt_moments_error(&got);
	cells[4] = lt_theorem2_error(&model);
	cells[5] = lt_theorem2_balanced(&model);
	cells[6] = at->x >= 0 ? LT_THEOREM2_BOUND : NAN;
	return 0;
}

static const struct lt_sweep_column offset_columns[] = {
	{"p_plus", LT_SWEEP_KEY},	 {"offset", LT_SWEEP_KEY}, {"simulated", LT_SWEEP_RATE},
	{"simulated_se", LT_SWEEP_RATE}, {"error", LT_SWEEP_RATE}, {"balanced", LT_SWEEP_RATE},
	{"least", LT_SWEEP_KEY},
};

const struct lt_sweep lt_sweep_offset = {
	.name = "offset",
	.theorem = 2,
	.title = "linear classifiers of the input; offset = b / (|w| s1)",
	.uses = "trials p-plus beta dimension",
	.notes = "simulated: share of wrongly classified rows, over random directions w; "
		 "error: by "
		 "formula;\nbalanced: mean of both classes' errors; least: the theorem's "
		 "bound, for b >= 0.\nNote: the theorem does not hold for b < 0.  The smaller "
		 "b, the more rows are labelled\nnegative, and the error falls to p_plus, "
		 "which may be below 1/4; the balanced error is\n1/2 then.",
	.x = {"offset", "-8,-4,-2,-1,0,0.5,1,1.5,2,3,4,8", -1000, 1000, false, 0},
	.series = P_PLUS("0.5,0.1"),
	LT_SWEEP_COLUMNS_OF(offset_columns),
	.row = row_offset,
};

/* ---------------------------------------------------------------- best */

static int row_best(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		    struct lt_error *err)
{
	struct lt_theorem2 model = {.beta = at->x, .p_plus = at->series};

	(void)theory;
	(void)err;
	model.r = lt_theorem2_best(&model);
	cells[0] = at->series;
	cells[1] = at->x;
	cells[2] = model.r;
	cells[3] = lt_theorem2_error(&model);
	cells[4] = lt_theorem2_balanced(&model);
	cells[5] = LT_THEOREM2_BOUND;
	return 0;
}

static const struct lt_sweep_column best_columns[] = {
	{"p_plus", LT_SWEEP_KEY}, {"beta", LT_SWEEP_KEY},      {"offset", LT_SWEEP_KEY},
	{"error", LT_SWEEP_RATE}, {"balanced", LT_SWEEP_RATE}, {"least", LT_SWEEP_KEY},
};

const struct lt_sweep lt_sweep_best = {
	.name = "best",
	.theorem = 2,
	.title = "the best linear classifier with b >= 0, by formula",
	.uses = "p-plus",
	.notes = "The bound of 1/4 holds but is not tight.",
	.x = {"beta", "3.5,4,6,10,20,100", 3.001, 1000000, false, 0},
	.series = P_PLUS("0.5,0.25,0.1"),
	LT_SWEEP_COLUMNS_OF(best_columns),
	.row = row_best,
};
