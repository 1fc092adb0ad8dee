#include "base/number.h"
#include "verdict/verdict.h"

#include <math.h>

static void number(double value, char text[32])
{
	if (isfinite(value))
		lt_format_real(value, text);
	else
		text[0] = '-', text[1] = '\0';
}

static int line(struct lt_output *out, const char *metric, const char *of, double value,
		const struct lt_interval *within, struct lt_error *err)
{
	char text[3][32];

	number(value, text[0]);
	number(within ? within->low : NAN, text[1]);
	number(within ? within->high : NAN, text[2]);
	return lt_output_printf(out, err, "%s\t%s\t%s\t%s\t%s\n", metric, of, text[0], text[1],
				text[2]);
}

static int write_duplicates(const struct lt_verdict *v, struct lt_output *out,
			    struct lt_error *err)
{
	const struct lt_duplicates *d = &v->duplicates;
	int code = line(out, "test_copies", "exact", (double)d->exact, NULL, err);

	if (code == 0)
		code = line(out, "test_copies", "near", (double)d->near, NULL, err);
	return code ? code : line(out, "near_cosine", "-", d->cosine, NULL, err);
}

int lt_verdict_tsv(const struct lt_verdict *v, struct lt_output *out, struct lt_error *err)
{
	int code = lt_output_printf(out, err,
				    "metric\tof\tvalue\tlow\thigh\nforecast\t-\t%s\t-\t-\n"
				    "strangeness\t-\t%s\t-\t-\n",
				    lt_forecast_names[v->forecast], lt_strange_names[v->by]);

	if (code == 0)
		code = line(out, "rows", "labelled", (double)v->val_rows, NULL, err);
	if (code == 0)
		code = line(out, "rows", "unlabelled", (double)v->pool_rows, NULL, err);
	for (int i = 0; i < LT_EST_CLASSES && code == 0; i++)
		code = line(out, lt_verdict_overall[i], "-", v->value[i], &v->within[i], err);
	for (int kind = 0; kind < LT_EST_KINDS; kind++)
		for (int c = 0; c < v->classes && code == 0; c++) {
			size_t at = lt_est_at(kind, v->classes, c);

			code = line(out, lt_verdict_by_class[kind], v->names[c], v->value[at],
				    &v->within[at], err);
		}
	for (int i = 0; i < lt_cases_n && code == 0; i++)
		code = line(out, "score_with", lt_cases[i].advice, v->case_score[i], NULL, err);
	return code == 0 && v->tested ? write_duplicates(v, out, err) : code;
}
