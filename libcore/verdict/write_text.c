/* Five lines: the verdict, the classes, the rows, the labels, and what would change it. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "verdict/verdict.h"

#define NAME 64 /* bytes of a class's name, at most */

/* A share and its interval: "12 % (8 to 15 %)". */
static void share(char text[64], double value, const struct lt_interval *within)
{
	snprintf(text, 64, "%.0f %% (%.0f to %.0f %%)", 100 * value, 100 * within->low,
		 100 * within->high);
}

static int extreme(const double *value, int n, bool largest)
{
	int at = 0;

	for (int i = 1; i < n; i++)
		if (largest ? value[i] > value[at] : value[i] < value[at])
			at = i;
	return at;
}

/* The class with the fewest labelled rows. */
static int smallest_class(const struct lt_verdict *v)
{
	int at = 0;

	for (int c = 1; c < v->classes; c++)
		if (v->train_counts[c] < v->train_counts[at])
			at = c;
	return at;
}

static double labelled_ratio(const struct lt_verdict *v)
{
	uint64_t most = 1, least = v->train_counts[smallest_class(v)];

	for (int c = 0; c < v->classes; c++)
		most = v->train_counts[c] > most ? v->train_counts[c] : most;
	return (double)most / (double)(least > 0 ? least : 1);
}

/* Is help not expected only because too few labels would be right? */
static bool is_weak(const struct lt_verdict *v)
{
	return v->forecast == LT_FORECAST_NOTHING && v->value[LT_EST_SCORE] > LT_SCORE_HELP &&
	       !(v->within[LT_EST_RECALL].low > LT_RECALL_HELP);
}

static const char *reason(const struct lt_verdict *v, char text[200])
{
	const double *precision = v->value + lt_est_at(LT_EST_PRECISION, v->classes, 0);
	int worst = extreme(precision, v->classes, false);

	if (v->forecast == LT_FORECAST_HELP)
		return "small classes gain right labels";
	if (v->within[LT_EST_IRRELEVANT].low > LT_IRRELEVANT_HARM)
		return "too many rows belong to no class";
	if (is_weak(v)) {
		snprintf(text, 200,
			 "too weak a model, which labels %.0f %% of a class's rows "
			 "rightly, and errors are learnt, too",
			 100 * v->value[LT_EST_RECALL]);
		return text;
	}
	if (v->forecast == LT_FORECAST_NOTHING && v->value[LT_EST_SCORE] > LT_SCORE_HELP)
		return "it may help, but these rows do not say so surely";
	if (v->value[LT_EST_LEVELLING] < 0 && v->value[LT_EST_GROWTH] > 0)
		return "small classes would fall behind the others";
	snprintf(text, 200, "of the labels '%.*s' %.0f %% would be right", NAME,
		 v->names[worst], 100 * precision[worst]);
	return text;
}

static int write_verdict(const struct lt_verdict *v, struct lt_output *out,
			 struct lt_error *err)
{
	static const char *const words[] = {
		[LT_FORECAST_HELP] = "these rows should help",
		[LT_FORECAST_NOTHING] = "these rows should change little",
		[LT_FORECAST_HARM] = "these rows should do harm",
	};
	const struct lt_interval *within = &v->within[LT_EST_SCORE];
	char text[200];

	return lt_output_printf(out, err, "%s: %s; score %.2f (%.2f to %.2f)\n",
				words[v->forecast], reason(v, text), v->value[LT_EST_SCORE],
				within->low, within->high);
}

static int write_classes(const struct lt_verdict *v, struct lt_output *out,
			 struct lt_error *err)
{
	size_t at = lt_est_at(LT_EST_LIKELY, v->classes, 0);
	int most = extreme(v->value + at, v->classes, true),
	    least = extreme(v->value + at, v->classes, false);
	char text[2][64];

	share(text[0], v->value[at + (size_t)most], &v->within[at + (size_t)most]);
	share(text[1], v->value[at + (size_t)least], &v->within[at + (size_t)least]);
	return lt_output_printf(
		out, err,
		"classes: imbalance %.1f (%.1f to %.1f), of the labelled rows %.1f; most '%s' "
		"%s, least '%s' %s\n",
		v->value[LT_EST_RATIO], v->within[LT_EST_RATIO].low,
		v->within[LT_EST_RATIO].high, labelled_ratio(v), v->names[most], text[0],
		v->names[least], text[1]);
}

static int write_rows(const struct lt_verdict *v, struct lt_output *out, struct lt_error *err)
{
	const struct lt_duplicates *d = &v->duplicates;
	char text[64];
	int code;

	share(text, v->value[LT_EST_IRRELEVANT], &v->within[LT_EST_IRRELEVANT]);
	code = lt_output_printf(out, err, "rows: of %zu about %s seem to belong to no class",
				v->pool_rows, text);
	if (code == 0 && v->tested)
		code = lt_output_printf(out, err, "; %zu are copies of test rows, %zu nearly",
					d->exact, d->near);
	return code ? code : lt_output_printf(out, err, "\n");
}

static int write_labels(const struct lt_verdict *v, struct lt_output *out, struct lt_error *err)
{
	int c = smallest_class(v);
	size_t right = lt_est_at(LT_EST_RIGHT, v->classes, c);
	char text[64];

	share(text, v->value[LT_EST_ACCURACY], &v->within[LT_EST_ACCURACY]);
	return lt_output_printf(
		out, err,
		"labels: %s of the pseudo-labels would be right; '%s' has %" PRIu64
		" labels and would gain %.0f (%.0f to %.0f) right ones\n",
		text, v->names[c], v->train_counts[c], v->value[right], v->within[right].low,
		v->within[right].high);
}

static int write_advice(const struct lt_verdict *v, struct lt_output *out, struct lt_error *err)
{
	if (v->tested && v->duplicates.exact + v->duplicates.near > 0)
		return lt_output_printf(
			out, err,
			"advice: take the copies of test rows out first, or the "
			"test will flatter what is learnt\n");
	if (v->advised > 0)
		return lt_output_printf(out, err, "advice: %s: score %.2f\n",
					lt_cases[v->advised].advice, v->case_score[v->advised]);
	if (is_weak(v))
		return lt_output_printf(
			out, err,
			"advice: get a better model; or try labels from lt retrain --method "
			"adjust by lt pseudolabel --quota crest, in generations\n");
	return lt_output_printf(out, err, "advice: %s\n",
				v->forecast == LT_FORECAST_HELP
					? "lt pseudolabel as it is; no option would do better"
					: "no option of lt pseudolabel would change this; get "
					  "other rows or a better model");
}

int lt_verdict_text(const struct lt_verdict *v, struct lt_output *out, struct lt_error *err)
{
	int code;

	if ((code = write_verdict(v, out, err)) != 0 ||
	    (code = write_classes(v, out, err)) != 0 || (code = write_rows(v, out, err)) != 0 ||
	    (code = write_labels(v, out, err)) != 0)
		return code;
	return write_advice(v, out, err);
}
