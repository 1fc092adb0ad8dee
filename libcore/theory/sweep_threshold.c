/*
 * Sweeps of a base classifier that depends on x (threshold.h): a given threshold, and the
 * number of labelled positives from which it is estimated.
 */
#include <math.h>
#include <stddef.h>

#include "theory/sweep_list.h"
#include "theory/threshold.h"

#define SHARE(points)                                                                          \
	{                                                                                      \
		"share", points, 1e-6, 1 - 1e-6, false, offsetof(struct lt_theory, share)      \
	}

static struct lt_threshold model_of(const struct lt_theory *theory, double share)
{
	return (struct lt_threshold){.mu1 = theory->mu1,
				     .mu2 = theory->mu2,
				     .sigma = theory->sigma,
				     .share = share,
				     .n = theory->n_plus + theory->n_minus,
				     .delta = theory->delta};
}

static int check(const struct lt_theory *theory, const struct lt_point *at,
		 struct lt_error *err)
{
	(void)at;
	return lt_sweep_check_means(theory, err);
}

static int simulate(const struct lt_theory *theory, const struct lt_point *at,
		    struct lt_threshold *model, struct lt_moments got[LT_HONEST_VALUES],
		    struct lt_error *err)
{
	return lt_trials_run(&theory->trials, at->view, at->number, lt_threshold_trial, model,
			     LT_HONEST_VALUES, got, err);
}

/* NaN if no trial had a value. */
static double mean_or_none(const struct lt_moments *moments)
{
	return moments->n ? moments->mean : NAN;
}

/* ---------------------------------------------------------------- threshold */

static int row_threshold(const struct lt_theory *theory, const struct lt_point *at,
			 double *cells, struct lt_error *err)
{
	struct lt_threshold model = model_of(theory, at->series);
	struct lt_threshold_population population = lt_threshold_population(&model, at->x);
	struct lt_moments got[LT_HONEST_VALUES];
	int code;

	model.t = at->x;
	code = simulate(theory, at, &model, got, err);
	if (code != 0)
		return code;
	cells[0] = at->series;
	cells[1] = at->x;
	cells[2] = mean_or_none(&got[LT_HONEST_P]);
	cells[3] = population.p;
	cells[4] = mean_or_none(&got[LT_HONEST_Q]);
	cells[5] = population.q;
	if (got[LT_HONEST_THETA].n > 0) {
		cells[6] = got[LT_HONEST_THETA].mean;
		cells[7] = lt_moments_error(&got[LT_HONEST_THETA]);
		cells[10] = lt_moments_rate(&got[LT_HONEST_FAILED]);
		cells[11] = got[LT_HONEST_BOUND].mean;
	}
	cells[8] = population.theta;
	cells[9] = population.centre;
	return 0;
}

static const struct lt_sweep_column threshold_columns[] = {
	{"share", LT_SWEEP_KEY},	{"t", LT_SWEEP_KEY},
	{"p", LT_SWEEP_VALUE},		{"p_true", LT_SWEEP_VALUE},
	{"q", LT_SWEEP_VALUE},		{"q_true", LT_SWEEP_VALUE},
	{"theta", LT_SWEEP_VALUE},	{"theta_se", LT_SWEEP_VALUE},
	{"theta_true", LT_SWEEP_VALUE}, {"centre", LT_SWEEP_VALUE},
	{"failed", LT_SWEEP_RATE},	{"bound", LT_SWEEP_BOUND},
};

const struct lt_sweep lt_sweep_threshold = {
	.name = "threshold",
	.theorem = 1,
	.title = "not the theorem's model: the base classifier is sign(x - t)",
	.uses = "trials mean-plus mean-minus sigma share n-plus n-minus delta",
	.notes = "share: of positives among the n-plus + n-minus unlabelled points; p, q: "
		 "precisions of the\npseudo-labels; p_true, q_true, theta_true: of the "
		 "population, by formula.  theta does not\nconverge to Theorem 1's centre: the "
		 "points above t are from a truncated Gaussian.\nfailed: share of trials with "
		 "|theta - centre| > delta.  The bound is for another model and\ndoes not "
		 "apply.  With share 0.5, theta is nearer to the middle of the means than t:\n"
		 "self-training moves the threshold towards it.",
	.x = {"t", "0,0.25,0.5,1", -1000, 1000, false, 0},
	.series = SHARE("0.5,0.1,0.01"),
	LT_SWEEP_COLUMNS_OF(threshold_columns),
	.check = check,
	.row = row_threshold,
};

/* ---------------------------------------------------------------- labels */

static int row_labels(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		      struct lt_error *err)
{
	struct lt_threshold model = model_of(theory, at->series);
	struct lt_moments got[LT_HONEST_VALUES];
	int code;

	model.n_plus = (uint32_t)at->x;
	model.n_minus = theory->negatives;
	code = simulate(theory, at, &model, got, err);
	if (code != 0)
		return code;
	cells[0] = at->series;
	cells[1] = at->x;
	cells[2] = got[LT_HONEST_T].mean;
	cells[3] = lt_moments_error(&got[LT_HONEST_T]);
	cells[4] = mean_or_none(&got[LT_HONEST_P]);
	cells[5] = mean_or_none(&got[LT_HONEST_Q]);
	if (got[LT_HONEST_THETA].n == 0)
		return 0;
	cells[6] = got[LT_HONEST_THETA].mean;
	cells[7] = lt_moments_error(&got[LT_HONEST_THETA]);
	cells[8] = got[LT_HONEST_CENTRE].mean;
	cells[9] = lt_moments_rate(&got[LT_HONEST_FAILED]);
	cells[10] = got[LT_HONEST_BOUND].mean;
	return 0;
}

static const struct lt_sweep_column labels_columns[] = {
	{"share", LT_SWEEP_KEY},   {"positives", LT_SWEEP_COUNT}, {"t", LT_SWEEP_VALUE},
	{"t_se", LT_SWEEP_VALUE},  {"p", LT_SWEEP_VALUE},	  {"q", LT_SWEEP_VALUE},
	{"theta", LT_SWEEP_VALUE}, {"theta_se", LT_SWEEP_VALUE},  {"centre", LT_SWEEP_VALUE},
	{"failed", LT_SWEEP_RATE}, {"bound", LT_SWEEP_BOUND},
};

const struct lt_sweep lt_sweep_labels = {
	.name = "labels",
	.theorem = 1,
	.title = "the same, t estimated from fewer labelled positives",
	.uses = "trials mean-plus mean-minus sigma share n-plus n-minus delta negatives",
	.notes = "t: Bayes' rule for the labelled mixture, with estimated means; all columns "
		 "are means over the\ntrials.  If positives are rare, t moves towards their "
		 "mean.  Balanced unlabelled points\n(share 0.5) move it part of the way back.",
	.x = {"positives", "50,25,10,5,2,1", 1, 1000000, true, 0},
	.series = SHARE("0.5,0.1"),
	LT_SWEEP_COLUMNS_OF(labels_columns),
	.check = check,
	.row = row_labels,
};
