/* Optional figures as lines, see report_tsv.c, with metrics of other names. */
#include <math.h>
#include <stdio.h>

#include "base/elementary.h"
#include "report/more.h"

static int overall(const struct lt_more_figures *more, struct lt_output *out,
		   struct lt_error *err)
{
	bool intervals = more->options->sets & LT_SET(intervals);
	int code = 0;

	for (int i = 0; i < more->lines && code == 0; i++) {
		const struct lt_more_line *line = &more->line[i];

		if (!line->basic)
			code = lt_tsv_line(out, line->name, "", "-", line->value, line->rows,
					   err);
		if (code != 0 || !intervals || !line->counted)
			continue;
		code = lt_tsv_line(out, line->name, "_low", "-", line->interval.low, line->rows,
				   err);
		if (code == 0)
			code = lt_tsv_line(out, line->name, "_high", "-", line->interval.high,
					   line->rows, err);
	}
	return code;
}

static int classes(const struct lt_more_figures *more, const char *const *names,
		   struct lt_output *out, struct lt_error *err)
{
	int code = 0;

	for (const struct lt_more_column *column = lt_more_columns; column->name; column++)
		for (int c = 0; c < more->classes && !column->basic &&
				(column->set & more->options->sets) && code == 0;
		     c++)
			code = lt_tsv_line(out, column->name, "", names[c],
					   lt_more_cell(column, &more->class_of[c]),
					   more->class_of[c].rows, err);
	return code;
}

static int compare_line(const struct lt_more_line *line, struct lt_output *out,
			struct lt_error *err)
{
	char name[64];
	int code;

	snprintf(name, sizeof name, "difference_%s", line->name);
	if ((code = lt_tsv_line(out, "other_", line->name, "-", line->other, line->rows,
				err)) != 0 ||
	    (code = lt_tsv_line(out, name, "", "-", line->difference, line->rows, err)) != 0 ||
	    (code = lt_tsv_line(out, name, "_low", "-", line->difference_interval.low,
				line->rows, err)) != 0)
		return code;
	return lt_tsv_line(out, name, "_high", "-", line->difference_interval.high, line->rows,
			   err);
}

static int compare(const struct lt_more_figures *more, struct lt_output *out,
		   struct lt_error *err)
{
	uint64_t discordant = more->won + more->lost;
	int code = 0;

	for (int i = 0; i < more->lines && code == 0; i++)
		if (more->line[i].counted)
			code = compare_line(&more->line[i], out, err);
	if (code != 0 ||
	    (code = lt_tsv_line(out, "this_only", "", "-", NAN, more->won, err)) != 0 ||
	    (code = lt_tsv_line(out, "other_only", "", "-", NAN, more->lost, err)) != 0 ||
	    (code = lt_tsv_line(out, "mcnemar_p", "", "-", lt_exp(more->log_p), discordant,
				err)) != 0)
		return code;
	return lt_tsv_line(out, "mcnemar_log10_p", "", "-", more->log_p / lt_log(10),
			   discordant, err);
}

static int compare_classes(const struct lt_more_figures *more, const char *const *names,
			   struct lt_output *out, struct lt_error *err)
{
	const struct lt_more_class *of = more->class_of;
	int code = 0;

	for (int c = 0; c < more->classes && code == 0; c++)
		code = lt_tsv_line(out, "other_accuracy", "", names[c], of[c].other, of[c].rows,
				   err);
	for (int c = 0; c < more->classes && code == 0; c++)
		code = lt_tsv_line(out, "this_only", "", names[c], NAN, of[c].won, err);
	for (int c = 0; c < more->classes && code == 0; c++)
		code = lt_tsv_line(out, "other_only", "", names[c], NAN, of[c].lost, err);
	return code;
}

int lt_more_tsv(const struct lt_more_figures *more, const char *const *names,
		struct lt_output *out, struct lt_error *err)
{
	int code;

	if ((code = overall(more, out, err)) != 0 ||
	    (code = classes(more, names, out, err)) != 0 || !more->options->against ||
	    (code = compare(more, out, err)) != 0)
		return code;
	return compare_classes(more, names, out, err);
}
