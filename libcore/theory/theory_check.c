/* Formulas and simulations against reference values: see theory_check.h. */
#include "theory/theory_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "theory/reference_values.h"
#include "theory/theorem1.h"
#include "theory/theorem2.h"
#include "theory/theorem3.h"
#include "theory/threshold.h"

/* Views of the trials, beyond those of sweeps. */
enum { VIEW_LITERAL = 1000, VIEW_THRESHOLD, VIEW_LINEAR, VIEW_NORM };

/* Digits of decimal numbers are not exact in binary. */
#define ROUNDING 1e-12

struct check {
	const struct lt_trials *trials;
	double errors;
	lt_check_report *report;
	void *arg;
	struct lt_error *err;
	int code;
};

static void judge(struct check *check, double got, double want, double within, const char *fmt,
		  ...) LT_PRINTF(5, 6);

static void judge(struct check *check, double got, double want, double within, const char *fmt,
		  ...)
{
	struct lt_check_value value = {NULL, got, want, within, fabs(got - want) <= within};
	char what[100];
	va_list args;

	if (check->code != 0)
		return;
	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	value.what = what;
	check->code = check->report(check->arg, &value, check->err);
}

/* False after an error. */
static bool simulate(struct check *check, uint32_t view, uint32_t point, lt_trial *trial,
		     const void *model, int n_values, struct lt_moments *got)
{
	if (check->code == 0)
		check->code = lt_trials_run(check->trials, view, point, trial, model, n_values,
					    got, check->err);
	return check->code == 0;
}

/* The tolerance of a rate over n trials. */
static double rate_within(const struct check *check, double rate, uint64_t n)
{
	return check->errors * lt_rate_error(rate, n) + 1.0 / (double)check->trials->trials;
}

/* ---------------------------------------------------------------- Theorem 1 */

static void check_literal(struct check *check, uint32_t point)
{
	const struct lt_literal_reference *want = &lt_literal_reference[point];
	struct lt_theorem1 model = {1, -1, 1, 0.9, 0.6, want->delta, 500, 500};
	struct lt_moments got[LT_LITERAL_VALUES];
	double exact, failed;

	judge(check, lt_theorem1_bound(&model), want->bound, want->half + ROUNDING,
	      "Theorem 1, delta %g: bound", want->delta);
	if (check->code == 0)
		check->code = lt_theorem1_exact(&model, &exact, check->err);
	if (!simulate(check, VIEW_LITERAL, point, lt_theorem1_trial, &model, LT_LITERAL_VALUES,
		      got))
		return;
	failed = lt_moments_rate(&got[LT_LITERAL_FAILED]);
	judge(check, got[LT_LITERAL_THETA].mean, LT_REFERENCE_CENTRE,
	      check->errors * lt_moments_error(&got[LT_LITERAL_THETA]),
	      "Theorem 1, delta %g: theta, simulated", want->delta);
	judge(check, failed, exact, rate_within(check, exact, got[LT_LITERAL_FAILED].n),
	      "Theorem 1, delta %g: failed, simulated and exact", want->delta);
	judge(check, failed, want->failed,
	      rate_within(check, exact, got[LT_LITERAL_FAILED].n) +
		      check->errors * lt_rate_error(exact, LT_REFERENCE_TRIALS) + 5e-4,
	      "Theorem 1, delta %g: failed, reference of 600 trials", want->delta);
}

static void check_threshold(struct check *check, uint32_t point)
{
	const struct lt_threshold_reference *want = &lt_threshold_reference[point];
	struct lt_threshold model = {.mu1 = 1,
				     .mu2 = -1,
				     .sigma = 1,
				     .share = want->share,
				     .n = 1000,
				     .delta = 0.2,
				     .t = want->t};
	struct lt_threshold_population formula = lt_threshold_population(&model, want->t);
	const double formulas[] = {formula.p, formula.q, formula.theta, formula.centre};
	const double wanted[] = {want->p, want->q, want->theta, want->centre};
	const int at[] = {LT_HONEST_P, LT_HONEST_Q, LT_HONEST_THETA};
	static const char *const names[] = {"p", "q", "theta", "centre"};
	struct lt_moments got[LT_HONEST_VALUES];

	for (int i = 0; i < 4; i++)
		judge(check, formulas[i], wanted[i], 5e-4 + ROUNDING,
		      "sign(x - %g), share %g: %s", want->t, want->share, names[i]);
	if (!simulate(check, VIEW_THRESHOLD, point, lt_threshold_trial, &model,
		      LT_HONEST_VALUES, got))
		return;
	for (int i = 0; i < 3; i++)
		judge(check, got[at[i]].mean, formulas[i],
		      check->errors * lt_moments_error(&got[at[i]]),
		      "sign(x - %g), share %g: %s, simulated", want->t, want->share, names[i]);
}

/* ---------------------------------------------------------------- Theorem 2 */

static void check_linear(struct check *check, uint32_t point)
{
	const struct lt_linear_reference *want = &lt_linear_reference[point];
	struct lt_theorem2 model = {.beta = want->beta, .p_plus = want->p_plus, .d = 16};
	struct lt_moments got;
	double error;

	model.r = lt_theorem2_best(&model);
	error = lt_theorem2_error(&model);
	if (!isnan(want->offset))
		judge(check, model.r, want->offset, 5e-3 + ROUNDING,
		      "Theorem 2, beta %g, p_plus %g: best offset", want->beta, want->p_plus);
	judge(check, error, want->error, 5e-5 + ROUNDING,
	      "Theorem 2, beta %g, p_plus %g: least error", want->beta, want->p_plus);
	if (simulate(check, VIEW_LINEAR, point, lt_theorem2_trial, &model, 1, &got))
		judge(check, got.mean, error, check->errors * lt_moments_error(&got),
		      "Theorem 2, beta %g, p_plus %g: error, simulated", want->beta,
		      want->p_plus);
}

/* ---------------------------------------------------------------- Theorem 3 */

static void check_ideal(struct check *check, int row, int column)
{
	struct lt_theorem3 model = {
		.beta = 4, .p_plus = lt_ideal_p_plus[row], .d = (uint32_t)1 << column};

	judge(check, lt_theorem3_ideal(&model), lt_ideal_reference[row][column],
	      lt_ideal_half[row][column] * (1 + 1e-6),
	      "Theorem 3, d %u, p_plus %g: ideal error", model.d, model.p_plus);
}

static void check_learnt(struct check *check, uint32_t point)
{
	const struct lt_learnt_reference *want = &lt_learnt_reference[point];
	struct lt_theorem3 model = {4, 0.1, want->delta, (uint32_t)want->d, 5, 50};
	struct lt_moments got[LT_NORM_VALUES];
	double error, spread, exceeded, n;

	judge(check, lt_theorem3_bound(&model), want->bound, want->bound_half + ROUNDING,
	      "Theorem 3, d %u, delta %g: bound", model.d, want->delta);
	if (!simulate(check, VIEW_NORM, point, lt_theorem3_trial, &model, LT_NORM_VALUES, got))
		return;
	judge(check, got[LT_NORM_CUT].mean, (1 + model.beta) / 2,
	      check->errors * lt_moments_error(&got[LT_NORM_CUT]),
	      "Theorem 3, d %u: threshold / d, simulated", model.d);
	/* The reference is also a mean, over fewer sets. */
	n = (double)got[LT_NORM_ERROR].n;
	error = lt_moments_error(&got[LT_NORM_ERROR]);
	spread = error * sqrt(1 + n / LT_REFERENCE_SETS);
	judge(check, got[LT_NORM_ERROR].mean, want->error,
	      check->errors * spread + want->error_half,
	      "Theorem 3, d %u: mean error, reference of 100 sets", model.d);
	exceeded = lt_moments_rate(&got[LT_NORM_EXCEEDED]);
	judge(check, exceeded, 0,
	      fmin(lt_theorem3_allowed(&model), 1) +
		      rate_within(check, exceeded, got[LT_NORM_EXCEEDED].n),
	      "Theorem 3, d %u, delta %g: bound exceeded, allowed", model.d, want->delta);
	judge(check, exceeded, 0, rate_within(check, exceeded, LT_REFERENCE_SETS),
	      "Theorem 3, d %u, delta %g: exceeded, reference of 100 sets", model.d,
	      want->delta);
}

int lt_theory_check(const struct lt_trials *trials, int theorem, double errors,
		    lt_check_report *report, void *arg, struct lt_error *err)
{
	struct check check = {trials, errors, report, arg, err, 0};

	if (theorem == 0 || theorem == 1) {
		for (uint32_t i = 0; i < 2; i++)
			check_literal(&check, i);
		for (uint32_t i = 0; i < LT_THRESHOLD_REFERENCES; i++)
			check_threshold(&check, i);
	}
	if (theorem == 0 || theorem == 2)
		for (uint32_t i = 0; i < LT_LINEAR_REFERENCES; i++)
			check_linear(&check, i);
	if (theorem == 0 || theorem == 3) {
		for (int row = 0; row < LT_IDEAL_ROWS; row++)
			for (int column = 0; column < LT_IDEAL_COLUMNS; column++)
				check_ideal(&check, row, column);
		for (uint32_t i = 0; i < LT_LEARNT_REFERENCES; i++)
			check_learnt(&check, i);
	}
	return check.code;
}
