/* Sweeps of Theorem 3: dimensions, positive training rows, beta. */
#include <math.h>
#include <stddef.h>

#include "base/number.h"
#include "theory/sweep_list.h"
#include "theory/theorem2.h"
#include "theory/theorem3.h"

#define P_PLUS                                                                                 \
	{                                                                                      \
		"p_plus", "0.1", 1e-6, 0.5, false, offsetof(struct lt_theory, p_plus)          \
	}
#define NOTES                                                                                  \
	"error: exact error of the estimated threshold, averaged over training sets; ideal: "  \
	"the same for\ninfinitely many rows; linear: error of the best linear classifier of "  \
	"the input with b >= 0; bound: of\nthe error, by the theorem.  exceeded: share of "    \
	"training sets whose error exceeds it; allowed: by the\ntheorem."

static struct lt_theorem3 model_of(const struct lt_theory *theory, double p_plus)
{
	return (struct lt_theorem3){.beta = theory->beta,
				    .p_plus = p_plus,
				    .delta = theory->delta,
				    .d = theory->d,
				    .n_plus = theory->positives,
				    .n_minus = theory->negatives};
}

static int check_delta(double delta, double beta, struct lt_error *err)
{
	char shown[32], of[32], most[32];

	if (delta < lt_theorem3_delta_most(beta))
		return 0;
	lt_format_real(delta, shown);
	lt_format_real(beta, of);
	lt_format_real(lt_theorem3_delta_most(beta), most);
	return lt_fail(err, LT_USAGE, "--delta %s: Theorem 3 with beta %s needs delta below %s",
		       shown, of, most);
}

/* Fills all columns but x. */
static int norm_row(const struct lt_theory *theory, const struct lt_theorem3 *model,
		    const struct lt_point *at, double *cells, struct lt_error *err)
{
	struct lt_theorem2 linear = {.beta = model->beta, .p_plus = model->p_plus};
	struct lt_moments got[LT_NORM_VALUES];
	int code = lt_trials_run(&theory->trials, at->view, at->number, lt_theorem3_trial,
				 model, LT_NORM_VALUES, got, err);

	if (code != 0)
		return code;
	linear.r = lt_theorem2_best(&linear);
	cells[0] = model->p_plus;
	cells[2] = got[LT_NORM_ERROR].mean;
	cells[3] = lt_moments_error(&got[LT_NORM_ERROR]);
	cells[4] = lt_theorem3_ideal(model);
	cells[5] = lt_theorem2_error(&linear);
	cells[6] = lt_theorem3_bound(model);
	cells[7] = lt_moments_rate(&got[LT_NORM_EXCEEDED]);
	cells[8] = lt_theorem3_allowed(model);
	return 0;
}

#define NORM(name, kind)                                                                       \
	{"p_plus", LT_SWEEP_KEY}, {name, kind}, {"error", LT_SWEEP_RATE},                      \
		{"error_se", LT_SWEEP_RATE}, {"ideal", LT_SWEEP_RATE},                         \
		{"linear", LT_SWEEP_RATE}, {"bound", LT_SWEEP_RATE},                           \
		{"exceeded", LT_SWEEP_RATE},                                                   \
	{                                                                                      \
		"allowed", LT_SWEEP_BOUND                                                      \
	}

static int check(const struct lt_theory *theory, const struct lt_point *at,
		 struct lt_error *err)
{
	(void)at;
	return check_delta(theory->delta, theory->beta, err);
}

/* ---------------------------------------------------------------- dimension */

static int row_dimension(const struct lt_theory *theory, const struct lt_point *at,
			 double *cells, struct lt_error *err)
{
	struct lt_theorem3 model = model_of(theory, at->series);

	model.d = (uint32_t)at->x;
	cells[1] = at->x;
	return norm_row(theory, &model, at, cells, err);
}

static const struct lt_sweep_column dimension_columns[] = {NORM("d", LT_SWEEP_COUNT)};

const struct lt_sweep lt_sweep_dimension = {
	.name = "dimension",
	.theorem = 3,
	.title = "a threshold on |X|^2, increasing dimension",
	.uses = "trials p-plus beta delta positives negatives",
	.notes = NOTES,
	.x = {"d", "1,2,4,8,16,32,64,128,256", 1, LT_THEORY_DIMENSIONS, true, 0},
	.series = P_PLUS,
	LT_SWEEP_COLUMNS_OF(dimension_columns),
	.check = check,
	.row = row_dimension,
};

/* ---------------------------------------------------------------- positives */

static int row_positives(const struct lt_theory *theory, const struct lt_point *at,
			 double *cells, struct lt_error *err)
{
	struct lt_theorem3 model = model_of(theory, at->series);

	model.n_plus = (uint32_t)at->x;
	cells[1] = at->x;
	return norm_row(theory, &model, at, cells, err);
}

static const struct lt_sweep_column positives_columns[] = {NORM("positives", LT_SWEEP_COUNT)};

const struct lt_sweep lt_sweep_positives = {
	.name = "positives",
	.theorem = 3,
	.title = "a threshold on |X|^2, increasing number of positive training rows",
	.uses = "trials p-plus beta dimension delta negatives",
	.notes = NOTES
	"\nWith few positives the bound is the same, but more training sets may exceed it.",
	.x = {"positives", "1,2,5,10,20,50,100,200,500,1000", 1, 1000000, true, 0},
	.series = P_PLUS,
	LT_SWEEP_COLUMNS_OF(positives_columns),
	.check = check,
	.row = row_positives,
};

/* ---------------------------------------------------------------- beta */

static int check_beta(const struct lt_theory *theory, const struct lt_point *at,
		      struct lt_error *err)
{
	return check_delta(theory->delta, at->x, err);
}

static int row_beta(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		    struct lt_error *err)
{
	struct lt_theorem3 model = model_of(theory, at->series);

	model.beta = at->x;
	cells[1] = at->x;
	return norm_row(theory, &model, at, cells, err);
}

static const struct lt_sweep_column beta_columns[] = {NORM("beta", LT_SWEEP_KEY)};

const struct lt_sweep lt_sweep_beta = {
	.name = "beta",
	.theorem = 3,
	.title = "a threshold on |X|^2, increasing ratio of variances",
	.uses = "trials p-plus dimension delta positives negatives",
	.notes = NOTES,
	.x = {"beta", "3.5,4,5,6,8,10", 3.001, 1000000, false, 0},
	.series = P_PLUS,
	LT_SWEEP_COLUMNS_OF(beta_columns),
	.check = check_beta,
	.row = row_beta,
};
