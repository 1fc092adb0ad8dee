/*
 * lttheory: simulates the paper's three theorems, compares them with their bounds, and checks
 * both.  See theory/theorem1.h, theorem2.h, theorem3.h and threshold.h for the models, and
 * theory/sweep.h for the sweeps.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "cli/cli.h"
#include "theory/check_write.h"
#include "theory/sweep.h"
#include "theory/sweep_write.h"
#include "theory/theorem2.h"
#include "theory/theory_check.h"

enum { ALL };
static const char *const theorems[] = {"all", "1", "2", "3", NULL};

struct options {
	struct lt_choice_value theorem, sweep, format;
	struct lt_text_value at;
	struct lt_flag_value check;
	struct lt_real_value errors;
	struct lt_int_value trials;
	struct lt_real_value mu1, mu2, sigma, p, q, delta, share, p_plus, beta;
	struct lt_int_value n_plus, n_minus, dimension, positives, negatives;
};

#define COUNT_MOST 1000000

static const struct lt_opt opts[] = {
	LT_CHOICE(struct options, theorem, "theorem", NULL, "all", theorems, NULL,
		  LT_OPT_RESULT, "theorem to simulate"),
	LT_CHOICE(struct options, sweep, "sweep", "NAME", "all", lt_sweep_choices, NULL,
		  LT_OPT_RESULT, "sweep to run"),
	LT_TEXT(struct options, at, "at", "LIST", NULL, LT_OPT_RESULT,
		"values of the quantity that --sweep varies: 0,0.1,0.2"),
	LT_CHOICE(struct options, format, "format", "NAME", "text", lt_sweep_formats, NULL, 0,
		  ""),
	LT_FLAG(struct options, check, "check", 0,
		"compare with reference values; exit 1 if one deviates"),
	LT_REAL(struct options, errors, "errors", "X", "5", 0, 100, LT_OPT_RESULT,
		"deviation that --check allows, in standard errors"),
	LT_INT(struct options, trials, "trials", "N", "1000", 2, 1000000, LT_OPT_RESULT,
	       "simulations of each point"),
	LT_REAL(struct options, mu1, "mean-plus", "X", "1", -1000, 1000, LT_OPT_RESULT,
		"Theorem 1: mean of class +1"),
	LT_REAL(struct options, mu2, "mean-minus", "X", "-1", -1000, 1000, LT_OPT_RESULT,
		"Theorem 1: mean of class -1"),
	LT_REAL(struct options, sigma, "sigma", "X", "1", 0.001, 1000, LT_OPT_RESULT,
		"Theorem 1: standard deviation of both"),
	LT_REAL(struct options, p, "p", "X", "0.9", 0, 1, LT_OPT_RESULT,
		"Theorem 1: precision of pseudo-labels +1"),
	LT_REAL(struct options, q, "q", "X", "0.6", 0, 1, LT_OPT_RESULT,
		"Theorem 1: precision of pseudo-labels -1"),
	LT_INT(struct options, n_plus, "n-plus", "N", "500", 1, COUNT_MOST, LT_OPT_RESULT,
	       "Theorem 1: points labelled +1"),
	LT_INT(struct options, n_minus, "n-minus", "N", "500", 1, COUNT_MOST, LT_OPT_RESULT,
	       "Theorem 1: points labelled -1"),
	LT_REAL(struct options, share, "share", "X", NULL, 1e-6, 1 - 1e-6, LT_OPT_RESULT,
		"share of positives among unlabelled points (a few values)"),
	LT_REAL(struct options, delta, "delta", "X", "0.2", 1e-6, 1000, LT_OPT_RESULT,
		"Theorems 1, 3: delta"),
	LT_REAL(struct options, p_plus, "p-plus", "X", NULL, 1e-6, 0.5, LT_OPT_RESULT,
		"Theorems 2, 3: share of class +1 (a few values)"),
	LT_REAL(struct options, beta, "beta", "X", "4", 3.001, 1000000, LT_OPT_RESULT,
		"Theorems 2, 3: variance of class -1 over that of +1"),
	LT_INT(struct options, dimension, "dimension", "N", "64", 1, LT_THEORY_DIMENSIONS,
	       LT_OPT_RESULT, "Theorems 2, 3: dimensions of a row"),
	LT_INT(struct options, positives, "positives", "N", "5", 1, COUNT_MOST, LT_OPT_RESULT,
	       "training rows of class +1"),
	LT_INT(struct options, negatives, "negatives", "N", "50", 1, COUNT_MOST, LT_OPT_RESULT,
	       "training rows of class -1"),
	{.name = NULL},
};

struct work {
	struct lt_cli *cli;
	const struct options *options;
	struct lt_theory theory;
	struct lt_output *output;
	uint64_t done, all; /* points */
};

static void take_options(struct work *w)
{
	const struct options *o = w->options;

	w->theory = (struct lt_theory){
		.mu1 = o->mu1.value,
		.mu2 = o->mu2.value,
		.sigma = o->sigma.value,
		.p = o->p.value,
		.q = o->q.value,
		.n_plus = (uint32_t)o->n_plus.value,
		.n_minus = (uint32_t)o->n_minus.value,
		.delta = o->delta.value,
		.share = o->share.given ? o->share.value : NAN,
		.p_plus = o->p_plus.given ? o->p_plus.value : NAN,
		.beta = o->beta.value,
		.d = (uint32_t)o->dimension.value,
		.positives = (uint32_t)o->positives.value,
		.negatives = (uint32_t)o->negatives.value,
		.trials = {.seed = lt_cli_seed(w->cli), .trials = (uint32_t)o->trials.value},
	};
}

/* ---------------------------------------------------------------- sweeps */

static bool is_wanted(const struct options *o, int i)
{
	const struct lt_sweep *sweep = lt_sweeps[i];

	return (o->theorem.value == ALL || o->theorem.value == sweep->theorem) &&
	       (o->sweep.value == ALL || o->sweep.value == i + 1);
}

static int points_of(const struct work *w, const struct lt_sweep *sweep, struct lt_points *x,
		     struct lt_points *series, struct lt_error *err)
{
	lt_series_points(&sweep->series, &w->theory, series);
	return lt_axis_points(&sweep->x, w->options->at.value, x, err);
}

/* Checks and counts all points of all sweeps before the first is simulated. */
static int check_points(struct work *w, const struct lt_sweep *sweep, struct lt_error *err)
{
	struct lt_points x, series;
	int code = points_of(w, sweep, &x, &series, err);

	for (int s = 0; s < series.n && code == 0; s++)
		for (int i = 0; i < x.n && code == 0; i++, w->all++)
			if (sweep->check)
				code = sweep->check(
					&w->theory,
					&(struct lt_point){x.value[i], series.value[s], 0, 0},
					err);
	return code;
}

/* "trials 1000, p 0.9, delta 0.2, seed 0"; empty for a sweep without random draws. */
static void settings_line(const struct work *w, const struct lt_sweep *sweep, char *line,
			  size_t size)
{
	char names[200], value[40], *name, *rest = NULL;
	size_t used = 0;

	line[0] = '\0';
	snprintf(names, sizeof names, "%s", sweep->uses);
	for (name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
		if (lt_opt_shown(w->cli, name, value, sizeof value))
			used += (size_t)snprintf(line + used, size - used, "%s%s %s",
						 used ? ", " : "", name, value);
	if (lt_sweep_uses(sweep, "trials"))
		snprintf(line + used, size - used, ", seed %llu",
			 (unsigned long long)w->theory.trials.seed);
}

static int run_sweep(struct work *w, int number, bool first, struct lt_error *err)
{
	const struct lt_sweep *sweep = lt_sweeps[number];
	enum lt_sweep_format format = (enum lt_sweep_format)w->options->format.value;
	struct lt_points x, series;
	char settings[400];
	int code = points_of(w, sweep, &x, &series, err);

	if (code != 0)
		return code;
	settings_line(w, sweep, settings, sizeof settings);
	code = lt_sweep_begin(format, sweep, settings, first, w->output, err);
	for (int i = 0; i < series.n * x.n && code == 0; i++) {
		struct lt_point at = {x.value[i % x.n], series.value[i / x.n], (uint32_t)number,
				      (uint32_t)i};
		double cells[LT_SWEEP_COLUMNS];

		for (int c = 0; c < LT_SWEEP_COLUMNS; c++)
			cells[c] = NAN;
		lt_progress(w->cli, sweep->name, w->done++, w->all);
		code = sweep->row(&w->theory, &at, cells, err);
		if (code == 0)
			code = lt_sweep_line(format, sweep, cells, w->output, err);
	}
	return code == 0 ? lt_sweep_end(format, sweep, w->output, err) : code;
}

static int run_sweeps(struct work *w, struct lt_error *err)
{
	bool first = true;
	int code = 0;

	for (int i = 0; lt_sweeps[i] && code == 0; i++)
		if (is_wanted(w->options, i)) {
			code = run_sweep(w, i, first, err);
			first = false;
		}
	return code;
}

/* ---------------------------------------------------------------- check */

static int run_check(struct work *w, struct lt_error *err)
{
	struct lt_check_writer writer = {
		.format = (enum lt_sweep_format)w->options->format.value,
		.out = w->output,
		.errors = w->options->errors.value,
	};
	int code = lt_check_begin(&writer, err);

	if (code == 0)
		code = lt_theory_check(&w->theory.trials, w->options->theorem.value,
				       writer.errors, lt_check_line, &writer, err);
	if (code == 0)
		code = lt_check_end(&writer, err);
	if (code != 0 || writer.off == 0)
		return code;
	/* After an error nothing more is written. */
	if ((code = lt_output_flush(w->output, err)) != 0)
		return code;
	return lt_fail(err, LT_FALSE, "--check: %d of %d values deviate, the first: %s",
		       writer.off, writer.values, writer.first_off);
}

/* ---------------------------------------------------------------- the program */

/* Options without effect are errors: each sweep uses only some quantities of a theorem. */
static int check_settings(const struct work *w, struct lt_error *err)
{
	static const char *const settings[] = {
		"mean-plus", "mean-minus", "sigma",	"p",	     "q",
		"n-plus",    "n-minus",	   "share",	"delta",     "p-plus",
		"beta",	     "dimension",  "positives", "negatives", NULL};

	for (int s = 0; settings[s]; s++) {
		bool used = !lt_opt_given(w->cli, settings[s]);

		if (!used && w->options->check.given)
			return lt_fail(err, LT_USAGE,
				       "--%s has no effect: --check uses fixed values",
				       settings[s]);
		for (int i = 0; lt_sweeps[i]; i++)
			used = used || (is_wanted(w->options, i) &&
					lt_sweep_uses(lt_sweeps[i], settings[s]));
		if (!used)
			return lt_fail(
				err, LT_USAGE,
				"--%s has no effect on the sweeps of --theorem and --sweep",
				settings[s]);
	}
	return 0;
}

/* The options that can be combined with --check. */
static int check_check(const struct options *o, struct lt_error *err)
{
	if (!o->check.given)
		return o->errors.given ? lt_fail(err, LT_USAGE, "--errors needs --check") : 0;
	if (o->sweep.given || o->at.given)
		return lt_fail(err, LT_USAGE, "--%s has no effect: --check uses fixed values",
			       o->sweep.given ? "sweep" : "at");
	if (o->trials.value < LT_CHECK_TRIALS)
		return lt_fail(err, LT_USAGE, "--trials %llu: --check needs %d or more",
			       (unsigned long long)o->trials.value, LT_CHECK_TRIALS);
	return 0;
}

/* Rejects contradictory options, and points to which a theorem does not apply. */
static int check_options(struct work *w, struct lt_error *err)
{
	const struct options *o = w->options;
	int code = check_check(o, err), wanted = o->sweep.value - 1;

	if (code == 0 && o->at.given && o->sweep.value == ALL)
		return lt_fail(err, LT_USAGE, "--at needs --sweep, which selects the quantity");
	if (code == 0 && o->sweep.value != ALL && !is_wanted(o, wanted))
		return lt_fail(err, LT_USAGE, "--sweep %s belongs to Theorem %d, not %s",
			       lt_sweeps[wanted]->name, lt_sweeps[wanted]->theorem,
			       theorems[o->theorem.value]);
	if (code == 0)
		code = check_settings(w, err);
	for (int i = 0; lt_sweeps[i] && code == 0 && !o->check.given; i++)
		if (is_wanted(o, i))
			code = check_points(w, lt_sweeps[i], err);
	return code;
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options};
	int code;

	take_options(&w);
	if ((code = check_options(&w, err)) != 0 ||
	    (code = lt_cli_output(cli, &w.output, err)) != 0 ||
	    (code = lt_pool_new(&w.theory.trials.pool, lt_cli_threads(cli), err)) != 0)
		return code;
	code = w.options->check.given ? run_check(&w, err) : run_sweeps(&w, err);
	lt_pool_free(w.theory.trials.pool);
	return code;
}

static const struct lt_program program = {
	.name = "lttheory",
	.synopsis = "[options]",
	.summary = "simulate the paper's three theorems and compare them with their bounds",
	.opts = opts,
	.examples = {"lt theory --theorem 3",
		     "lt theory --sweep total --format tsv | cut -f 2,8,10"},
	.max_operands = 0,
	.learns = true,
	.text = true,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
