/*
 * A report for people: aligned columns, percentages with two decimals, "-" without
 * a value.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "report/columns.h"
#include "report/metrics.h"
#include "report/more.h"

#define MATRIX_CLASSES 20
#define COMMONEST 20

/* "73.12 %", or "-" in the same width of 9. */
static const char *percent(double value, char text[32])
{
	if (isfinite(value))
		snprintf(text, 32, "%7.2f %%", 100 * value);
	else
		snprintf(text, 32, "%9s", "-");
	return text;
}

static int figure(struct lt_output *out, const char *name, struct lt_figure value,
		  bool fraction, struct lt_error *err)
{
	char text[32];

	if (fraction || !isfinite(value.value))
		percent(value.value, text);
	else
		snprintf(text, sizeof text, "%7.4f", value.value);
	return lt_output_printf(out, err, "%-20s%s\n", name, text);
}

static int overall(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	char text[32];
	int code;

	code = lt_output_printf(out, err, "%-20s%s   %" PRIu64 " of %" PRIu64 " rows\n",
				"accuracy", percent(f->accuracy.value, text), f->right,
				f->rows);
	if (code != 0 ||
	    (code = figure(out, "balanced accuracy", f->balanced, true, err)) != 0 ||
	    (code = figure(out, "geometric mean", f->geometric, true, err)) != 0 ||
	    (f->has_top5 && (code = figure(out, "top-5 accuracy", f->top5, true, err)) != 0) ||
	    (code = figure(out, "calibration error", f->ece, true, err)) != 0)
		return code;
	return figure(out, "log loss", f->nll, false, err);
}

static int groups(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	char accuracy[32], ece[32];
	int g, code;

	code = lt_output_printf(out, err, "\n%-8s  %7s  %9s  %11s  %9s\n", "group", "classes",
				"accuracy", "calibration", "rows");
	for (g = 0; g < LT_GROUPS && code == 0; g++)
		code = lt_output_printf(
			out, err, "%-8s  %7d  %9s  %11s  %9" PRIu64 "\n", lt_group_names[g],
			f->group[g].classes, percent(f->group[g].accuracy.value, accuracy),
			percent(f->group[g].ece.value, ece), f->group[g].accuracy.count);
	return code;
}

static int class_line(const struct lt_figures *f, int c, int width, struct lt_output *out,
		      struct lt_error *err)
{
	const struct lt_class_figures *of = &f->class_of[c];
	char recall[32], precision[32];
	int code = lt_put_name(out, f->names[c], width, err);

	if (code == 0)
		code = lt_output_printf(out, err,
					"  %9s  %9s  %6" PRIu64 "  %6" PRIu64 "  %9" PRIu64,
					percent(of->recall.value, recall),
					percent(of->precision.value, precision), of->right,
					of->recall.count, of->precision.count);
	if (code == 0 && f->has_groups)
		code = lt_output_printf(out, err, "  %7" PRIu64 "  %s", of->train_count,
					lt_group_names[of->group]);
	return code ? code : lt_output_printf(out, err, "\n");
}

static int classes(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	int width = lt_name_width(f->names, f->classes), c, code;

	code = lt_output_printf(out, err, "\n%-*s  %9s  %9s  %6s  %6s  %9s%s\n", width, "class",
				"accuracy", "precision", "right", "rows", "predicted",
				f->has_groups ? "    train  group" : "");
	for (c = 0; c < f->classes && code == 0; c++)
		code = class_line(f, c, width, out, err);
	return code;
}

/* ------------------------------------------------------------------ confusion */

static uint64_t cell(const struct lt_figures *f, int t, int p)
{
	return f->confusion[(size_t)t * (size_t)f->classes + (size_t)p];
}

static int matrix_line(const struct lt_figures *f, int t, int width, struct lt_output *out,
		       struct lt_error *err)
{
	int p, code = lt_output_printf(out, err, "%2d ", t);

	if (code == 0)
		code = lt_put_name(out, f->names[t], width, err);
	for (p = 0; p < f->classes && code == 0; p++) {
		if (cell(f, t, p) == 0)
			code = lt_output_printf(out, err, "     .");
		else
			code = lt_output_printf(out, err, " %5.1f",
						100 * (double)cell(f, t, p) /
							(double)f->class_of[t].recall.count);
	}
	return code ? code : lt_output_printf(out, err, "\n");
}

static int matrix(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	int width = lt_name_width(f->names, f->classes), t, p, code;

	code = lt_output_printf(out, err, "\npredicted as, in %% of the rows of a class\n%*s",
				width + 3, "");
	for (p = 0; p < f->classes && code == 0; p++)
		code = lt_output_printf(out, err, " %5d", p);
	if (code == 0)
		code = lt_output_printf(out, err, "\n");
	for (t = 0; t < f->classes && code == 0; t++)
		code = matrix_line(f, t, width, out, err);
	return code;
}

struct confused {
	uint64_t count;
	int truth, predicted;
};

/* The most frequent confusions, largest first; equal counts in the order of the matrix. */
static int find_commonest(const struct lt_figures *f, struct confused most[COMMONEST])
{
	int n = 0, t, p, i;

	for (t = 0; t < f->classes; t++)
		for (p = 0; p < f->classes; p++) {
			uint64_t count = cell(f, t, p);

			if (t == p || count == 0 ||
			    (n == COMMONEST && count <= most[n - 1].count))
				continue;
			i = n < COMMONEST ? n++ : n - 1;
			for (; i > 0 && most[i - 1].count < count; i--)
				most[i] = most[i - 1];
			most[i] = (struct confused){count, t, p};
		}
	return n;
}

static int commonest(const struct lt_figures *f, struct lt_output *out, struct lt_error *err)
{
	struct confused most[COMMONEST];
	int n = find_commonest(f, most), width = lt_name_width(f->names, f->classes), i, code;
	char text[32];

	code = lt_output_printf(out, err, "\n%-*s  %-*s  %9s  %9s\n", width, "class", width,
				"predicted", "rows", "share");
	for (i = 0; i < n && code == 0; i++) {
		if ((code = lt_put_name(out, f->names[most[i].truth], width + 2, err)) != 0 ||
		    (code = lt_put_name(out, f->names[most[i].predicted], width + 2, err)) != 0)
			break;
		percent((double)most[i].count / (double)f->class_of[most[i].truth].recall.count,
			text);
		code = lt_output_printf(out, err, "%9" PRIu64 "  %9s\n", most[i].count, text);
	}
	return code;
}

int lt_report_text(const struct lt_figures *f, const struct lt_report_options *options,
		   struct lt_output *out, struct lt_error *err)
{
	int code = 0;

	if (f->rows > 0) {
		if ((code = overall(f, out, err)) != 0 ||
		    (f->has_groups && (code = groups(f, out, err)) != 0) ||
		    (code = classes(f, out, err)) != 0)
			return code;
		if (options->confusion && f->confusion)
			code = f->classes <= MATRIX_CLASSES ? matrix(f, out, err)
							    : commonest(f, out, err);
		if (code == 0 && options->more)
			code = lt_more_text(options->more, f->names, out, err);
	}
	if (code == 0 && f->without_label)
		code = lt_output_printf(out, err, "%srows without a label: %" PRIu64 "\n",
					f->rows ? "\n" : "", f->without_label);
	if (code == 0 && f->not_finite)
		code = lt_output_printf(
			out, err,
			"\nrows with logits that are not finite (counted as wrong): %" PRIu64
			"\n",
			f->not_finite);
	return code;
}
