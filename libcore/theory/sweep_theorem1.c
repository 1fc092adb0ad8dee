/* Sweeps of Theorem 1's literal model: the gap p - q, n_plus to n_minus, their sum, delta. */
#include <math.h>

#include "base/number.h"
#include "theory/sweep_list.h"
#include "theory/theorem1.h"

#define USES "trials mean-plus mean-minus sigma "
#define NOTES                                                                                  \
	"theta, theta_se: mean over the trials and its standard error; centre: its limit by "  \
	"Theorem 1.\nfailed: share of trials with |theta - centre| > delta; exact: the "       \
	"probability of this, by summation;\nbound: that of the theorem, meaningless if 1 or " \
	"more."

/* The first column stands for x; ratio and total show both counts as well. */
#define LITERAL                                                                                \
	{"theta", LT_SWEEP_VALUE}, {"theta_se", LT_SWEEP_VALUE}, {"centre", LT_SWEEP_VALUE},   \
		{"failed", LT_SWEEP_RATE}, {"failed_se", LT_SWEEP_RATE},                       \
		{"exact", LT_SWEEP_RATE},                                                      \
	{                                                                                      \
		"bound", LT_SWEEP_BOUND                                                        \
	}

int lt_sweep_check_means(const struct lt_theory *theory, struct lt_error *err)
{
	char one[32], two[32];

	if (theory->mu1 > theory->mu2)
		return 0;
	lt_format_real(theory->mu1, one);
	lt_format_real(theory->mu2, two);
	return lt_fail(err, LT_USAGE,
		       "--mean-plus %s: it must be above --mean-minus, which is %s", one, two);
}

static struct lt_theorem1 model_of(const struct lt_theory *theory)
{
	return (struct lt_theorem1){.mu1 = theory->mu1,
				    .mu2 = theory->mu2,
				    .sigma = theory->sigma,
				    .p = theory->p,
				    .q = theory->q,
				    .delta = theory->delta,
				    .n_plus = theory->n_plus,
				    .n_minus = theory->n_minus};
}

/* Fills the columns of LITERAL. */
static int literal_row(const struct lt_theory *theory, const struct lt_theorem1 *model,
		       const struct lt_point *at, double *cells, struct lt_error *err)
{
	struct lt_moments got[LT_LITERAL_VALUES];
	int code = lt_trials_run(&theory->trials, at->view, at->number, lt_theorem1_trial,
				 model, LT_LITERAL_VALUES, got, err);

	if (code != 0)
		return code;
	cells[0] = got[LT_LITERAL_THETA].mean;
	cells[1] = lt_moments_error(&got[LT_LITERAL_THETA]);
	cells[2] = lt_theorem1_centre(model);
	cells[3] = lt_moments_rate(&got[LT_LITERAL_FAILED]);
	cells[4] = lt_rate_error(cells[3], got[LT_LITERAL_FAILED].n);
	cells[6] = lt_theorem1_bound(model);
	return lt_theorem1_exact(model, &cells[5], err);
}

/* ---------------------------------------------------------------- gap */

static int check_gap(const struct lt_theory *theory, const struct lt_point *at,
		     struct lt_error *err)
{
	char gap[32], p[32];

	if (!(at->x <= theory->p)) {
		lt_format_real(at->x, gap);
		lt_format_real(theory->p, p);
		return lt_fail(err, LT_USAGE, "--p %s: a gap of %s would make q negative", p,
			       gap);
	}
	return lt_sweep_check_means(theory, err);
}

static int row_gap(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		   struct lt_error *err)
{
	struct lt_theorem1 model = model_of(theory);

	model.q = model.p - at->x;
	cells[0] = at->x;
	return literal_row(theory, &model, at, cells + 1, err);
}

static const struct lt_sweep_column gap_columns[] = {{"gap", LT_SWEEP_KEY}, LITERAL};

const struct lt_sweep lt_sweep_gap = {
	.name = "gap",
	.theorem = 1,
	.title = "self-training, increasing p - q (gap = Delta)",
	.uses = USES "p n-plus n-minus delta",
	.notes = NOTES "\nThe gap moves theta and does not affect the bound.",
	.x = {"gap", "0,0.1,0.2,0.3,0.4,0.5", 0, 1, false, 0},
	LT_SWEEP_COLUMNS_OF(gap_columns),
	.check = check_gap,
	.row = row_gap,
};

/* ---------------------------------------------------------------- ratio */

/* n_plus of `total` points; the others are n_minus.  LT_USAGE if either would be 0. */
static int cut(struct lt_theorem1 *model, double total, double part, struct lt_error *err)
{
	double plus = floor(total * part + 0.5);

	if (!(plus >= 1 && plus <= total - 1))
		return lt_fail(err, LT_USAGE,
			       "--n-plus, --n-minus: one class would have none of %.0f points",
			       total);
	model->n_plus = (uint32_t)plus;
	model->n_minus = (uint32_t)(total - plus);
	return 0;
}

static int make_ratio(const struct lt_theory *theory, double x, struct lt_theorem1 *model,
		      struct lt_error *err)
{
	*model = model_of(theory);
	return cut(model, (double)theory->n_plus + theory->n_minus, x, err);
}

static int check_ratio(const struct lt_theory *theory, const struct lt_point *at,
		       struct lt_error *err)
{
	struct lt_theorem1 model;
	int code = make_ratio(theory, at->x, &model, err);

	return code == 0 ? lt_sweep_check_means(theory, err) : code;
}

static int row_of_counts(const struct lt_theory *theory, const struct lt_theorem1 *model,
			 const struct lt_point *at, double *cells, struct lt_error *err)
{
	cells[1] = model->n_plus;
	cells[2] = model->n_minus;
	return literal_row(theory, model, at, cells + 3, err);
}

static int row_ratio(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		     struct lt_error *err)
{
	struct lt_theorem1 model;
	int code = make_ratio(theory, at->x, &model, err);

	cells[0] = at->x;
	return code == 0 ? row_of_counts(theory, &model, at, cells, err) : code;
}

static const struct lt_sweep_column ratio_columns[] = {
	{"part", LT_SWEEP_KEY},
	{"n_plus", LT_SWEEP_COUNT},
	{"n_minus", LT_SWEEP_COUNT},
	LITERAL,
};

const struct lt_sweep lt_sweep_ratio = {
	.name = "ratio",
	.theorem = 1,
	.title = "self-training, decreasing share of points labelled positive",
	.uses = USES "p q n-plus n-minus delta",
	.notes = NOTES
	"\nThe sum is fixed.  Imbalance makes failing more likely, as the bound states; it "
	"does not move theta.",
	.x = {"part", "0.5,0.25,0.1,0.05,0.02,0.01", 1e-6, 1 - 1e-6, false, 0},
	LT_SWEEP_COLUMNS_OF(ratio_columns),
	.check = check_ratio,
	.row = row_ratio,
};

/* ---------------------------------------------------------------- total */

static int make_total(const struct lt_theory *theory, double x, struct lt_theorem1 *model,
		      struct lt_error *err)
{
	double sum = (double)theory->n_plus + theory->n_minus;

	*model = model_of(theory);
	return cut(model, x, theory->n_plus / sum, err);
}

static int check_total(const struct lt_theory *theory, const struct lt_point *at,
		       struct lt_error *err)
{
	struct lt_theorem1 model;
	int code = make_total(theory, at->x, &model, err);

	return code == 0 ? lt_sweep_check_means(theory, err) : code;
}

static int row_total(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		     struct lt_error *err)
{
	struct lt_theorem1 model;
	int code = make_total(theory, at->x, &model, err);

	cells[0] = at->x;
	return code == 0 ? row_of_counts(theory, &model, at, cells, err) : code;
}

static const struct lt_sweep_column total_columns[] = {
	{"total", LT_SWEEP_COUNT},
	{"n_plus", LT_SWEEP_COUNT},
	{"n_minus", LT_SWEEP_COUNT},
	LITERAL,
};

const struct lt_sweep lt_sweep_total = {
	.name = "total",
	.theorem = 1,
	.title = "self-training, increasing number of points at a fixed share of n_plus",
	.uses = USES "p q n-plus n-minus delta",
	.notes = NOTES
	"\nWith more points theta converges to the centre, which is not the middle "
	"of the\nmeans unless p = q.",
	.x = {"total", "100,200,500,1000,2000,5000,10000", 2, 2000000, true, 0},
	LT_SWEEP_COLUMNS_OF(total_columns),
	.check = check_total,
	.row = row_total,
};

/* ---------------------------------------------------------------- delta */

static int check_delta(const struct lt_theory *theory, const struct lt_point *at,
		       struct lt_error *err)
{
	(void)at;
	return lt_sweep_check_means(theory, err);
}

static int row_delta(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		     struct lt_error *err)
{
	struct lt_theorem1 model = model_of(theory);

	cells[0] = model.delta = at->x;
	return literal_row(theory, &model, at, cells + 1, err);
}

static const struct lt_sweep_column delta_columns[] = {{"delta", LT_SWEEP_KEY}, LITERAL};

const struct lt_sweep lt_sweep_delta = {
	.name = "delta",
	.theorem = 1,
	.title = "self-training, increasing allowed distance of theta from the centre",
	.uses = USES "p q n-plus n-minus",
	.notes = NOTES,
	.x = {"delta", "0.05,0.1,0.15,0.2,0.25,0.3", 1e-6, 1000, false, 0},
	LT_SWEEP_COLUMNS_OF(delta_columns),
	.check = check_delta,
	.row = row_delta,
};
