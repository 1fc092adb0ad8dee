/*
 * A report as lines "metric class value count", separated by tabs, for cut, awk,
 * join and sort.  Class names have no control characters, so every tab or newline
 * is a separator.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "report/metrics.h"
#include "report/more.h"

int lt_tsv_line(struct lt_output *out, const char *metric, const char *suffix, const char *of,
		double value, uint64_t count, struct lt_error *err)
{
	char text[32] = "-";

	if (isfinite(value))
		lt_format_real(value, text);
	return lt_output_printf(out, err, "%s%s\t%s\t%s\t%" PRIu64 "\n", metric, suffix, of,
				text, count);
}

static int line(struct lt_output *out, const char *metric, const char *of,
		struct lt_figure figure, struct lt_error *err)
{
	return lt_tsv_line(out, metric, "", of, figure.value, figure.count, err);
}

static int count_line(struct lt_output *out, const char *metric, uint64_t count,
		      struct lt_error *err)
{
	return lt_output_printf(out, err, "%s\t-\t-\t%" PRIu64 "\n", metric, count);
}

static int overall(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	int code;

	if ((code = line(out, "accuracy", "-", f->accuracy, err)) != 0 ||
	    (code = line(out, "balanced_accuracy", "-", f->balanced, err)) != 0 ||
	    (code = line(out, "geometric_mean", "-", f->geometric, err)) != 0 ||
	    (f->has_top5 && (code = line(out, "top5", "-", f->top5, err)) != 0) ||
	    (code = line(out, "nll", "-", f->nll, err)) != 0)
		return code;
	return line(out, "ece", "-", f->ece, err);
}

static int groups(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	char metric[32];
	int g, code;

	for (g = 0; g < LT_GROUPS; g++)
		if ((code = line(out, lt_group_names[g], "-", f->group[g].accuracy, err)) != 0)
			return code;
	for (g = 0; g < LT_GROUPS; g++) {
		snprintf(metric, sizeof metric, "ece_%s", lt_group_names[g]);
		if ((code = line(out, metric, "-", f->group[g].ece, err)) != 0)
			return code;
	}
	return 0;
}

/* Only non-zero cells: most cells of a large matrix are zero. */
static int confusion(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	char value[32];
	uint64_t count;
	int t, p, code;

	for (t = 0; t < f->classes; t++)
		for (p = 0; p < f->classes; p++) {
			count = f->confusion[(size_t)t * (size_t)f->classes + (size_t)p];
			if (count == 0)
				continue;
			lt_format_real((double)count / (double)f->class_of[t].recall.count,
				       value);
			code = lt_output_printf(out, err,
						"confusion\t%s > %s\t%s\t%" PRIu64 "\n",
						f->names[t], f->names[p], value, count);
			if (code != 0)
				return code;
		}
	return 0;
}

int lt_report_tsv(const struct lt_figures *f, const struct lt_report_options *options,
		  struct lt_output *out, struct lt_error *err)
{
	int c, code;

	if ((code = lt_output_printf(out, err, "metric\tclass\tvalue\tcount\n")) != 0 ||
	    (f->rows && (code = overall(f, out, err)) != 0) ||
	    (f->rows && f->has_groups && (code = groups(f, out, err)) != 0))
		return code;
	for (c = 0; c < f->classes && f->rows; c++)
		if ((code = line(out, "accuracy", f->names[c], f->class_of[c].recall, err)) !=
		    0)
			return code;
	for (c = 0; c < f->classes && f->rows; c++)
		if ((code = line(out, "precision", f->names[c], f->class_of[c].precision,
				 err)) != 0)
			return code;
	if (f->rows && options->confusion && f->confusion &&
	    (code = confusion(f, out, err)) != 0)
		return code;
	if (f->rows && options->more &&
	    (code = lt_more_tsv(options->more, f->names, out, err)) != 0)
		return code;
	if (f->without_label &&
	    (code = count_line(out, "without_label", f->without_label, err)) != 0)
		return code;
	if (f->not_finite)
		return count_line(out, "not_finite", f->not_finite, err);
	return 0;
}
