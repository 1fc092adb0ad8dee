/* Optional figures as tables for people, with columns as in report_text.c. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/elementary.h"
#include "base/number.h"
#include "report/columns.h"
#include "report/more.h"

#define CELL 32

/* "73.12 %" of a fraction, "0.7312" of others, "-" where there is none; 9 wide. */
static const char *shown(double value, bool fraction, char text[CELL])
{
	if (!isfinite(value))
		snprintf(text, CELL, "%9s", "-");
	else if (fraction)
		snprintf(text, CELL, "%7.2f %%", 100 * value);
	else
		snprintf(text, CELL, "%9.4f", value);
	return text;
}

/* "95 % from" */
static const char *level(const struct lt_more_figures *more, char text[CELL + 8])
{
	char percent[CELL];

	lt_format_real(100 * more->options->level, percent);
	snprintf(text, CELL + 8, "%s %% from", percent);
	return text;
}

/* Two bounds of an interval. */
static int bounds(struct lt_output *out, struct lt_interval interval, bool fraction,
		  struct lt_error *err)
{
	char low[CELL], high[CELL];

	return lt_output_printf(out, err, "  %11s  %9s", shown(interval.low, fraction, low),
				shown(interval.high, fraction, high));
}

static bool wanted(const struct lt_more_figures *more, const struct lt_more_line *line)
{
	return !line->basic || (more->options->sets & LT_SET(intervals));
}

static int overall(const struct lt_more_figures *more, struct lt_output *out,
		   struct lt_error *err)
{
	bool intervals = more->options->sets & LT_SET(intervals);
	char text[CELL + 8];
	int code = lt_output_printf(out, err, "\n%-20s  %9s", "figure", "value");

	if (code == 0 && intervals)
		code = lt_output_printf(out, err, "  %11s  %9s", level(more, text), "to");
	for (int i = 0; i < more->lines && code == 0; i++) {
		const struct lt_more_line *line = &more->line[i];

		if (!wanted(more, line))
			continue;
		code = lt_output_printf(out, err, "\n%-20s  %9s", line->title,
					shown(line->value, line->fraction, text));
		if (code == 0 && intervals)
			code = bounds(out, line->interval, line->fraction, err);
	}
	return code ? code : lt_output_printf(out, err, "\n");
}

static bool has_columns(unsigned sets)
{
	for (const struct lt_more_column *column = lt_more_columns; column->name; column++)
		if (column->set & sets)
			return true;
	return false;
}

static int classes(const struct lt_more_figures *more, const char *const *names,
		   struct lt_output *out, struct lt_error *err)
{
	int width = lt_name_width(names, more->classes), code;
	unsigned sets = more->options->sets;
	const struct lt_more_column *column;
	char text[CELL + 8];

	code = lt_output_printf(out, err, "\n%-*s", width, "class");
	for (column = lt_more_columns; column->name && code == 0; column++)
		if (column->set & sets)
			code = lt_output_printf(
				out, err, "  %11s",
				column->at == offsetof(struct lt_more_class, low)
					? level(more, text)
					: column->title);
	for (int c = 0; c < more->classes && code == 0; c++) {
		if ((code = lt_output_printf(out, err, "\n")) != 0 ||
		    (code = lt_put_name(out, names[c], width, err)) != 0)
			return code;
		for (column = lt_more_columns; column->name && code == 0; column++)
			if (column->set & sets)
				code = lt_output_printf(
					out, err, "  %11s",
					shown(lt_more_cell(column, &more->class_of[c]),
					      column->fraction, text));
	}
	return code ? code : lt_output_printf(out, err, "\n");
}

/* ------------------------------------------------------------------ two models */

/* From the logarithm: "0.0312", and "3.05e-05" below 0.0001, however small. */
static void show_p(double log_p, char text[CELL])
{
	double ten = lt_log(10), power = floor(log_p / ten),
	       digits = lt_exp(log_p - power * ten);

	if (log_p >= lt_log(1e-4)) {
		snprintf(text, CELL, "%.4f", lt_exp(log_p));
		return;
	}
	if (digits >= 9.995) {
		digits = 1;
		power++;
	}
	snprintf(text, CELL, "%.2fe%.0f", digits, power);
}

static int compare(const struct lt_more_figures *more, struct lt_output *out,
		   struct lt_error *err)
{
	char this[CELL], other[CELL], difference[CELL], from[CELL + 8];
	int code =
		lt_output_printf(out, err, "\nagainst %s\n%-20s  %9s  %9s  %10s  %11s  %9s\n",
				 more->options->against, "figure", "this", "other",
				 "difference", level(more, from), "to");

	for (int i = 0; i < more->lines && code == 0; i++) {
		const struct lt_more_line *line = &more->line[i];

		if (!line->counted)
			continue;
		code = lt_output_printf(out, err, "%-20s  %9s  %9s  %10s", line->title,
					shown(line->value, line->fraction, this),
					shown(line->other, line->fraction, other),
					shown(line->difference, line->fraction, difference));
		if (code == 0)
			code = bounds(out, line->difference_interval, line->fraction, err);
		if (code == 0)
			code = lt_output_printf(out, err, "\n");
	}
	show_p(more->log_p, this);
	if (code == 0)
		code = lt_output_printf(out, err,
					"rows that only this model predicts correctly: %" PRIu64
					", only the other: %" PRIu64
					"\nMcNemar's test, exact and two-sided: p = %s\n",
					more->won, more->lost, this);
	return code;
}

static int compare_classes(const struct lt_more_figures *more, const char *const *names,
			   struct lt_output *out, struct lt_error *err)
{
	int width = lt_name_width(names, more->classes);
	char this[CELL], other[CELL], difference[CELL];
	int code =
		lt_output_printf(out, err, "\n%-*s  %9s  %9s  %10s  %9s  %9s\n", width, "class",
				 "this", "other", "difference", "this only", "other only");

	for (int c = 0; c < more->classes && code == 0; c++) {
		const struct lt_more_class *of = &more->class_of[c];

		if ((code = lt_put_name(out, names[c], width, err)) == 0)
			code = lt_output_printf(
				out, err, "  %9s  %9s  %10s  %9" PRIu64 "  %10" PRIu64 "\n",
				shown(of->recall, true, this), shown(of->other, true, other),
				shown(of->recall - of->other, true, difference), of->won,
				of->lost);
	}
	return code;
}

int lt_more_text(const struct lt_more_figures *more, const char *const *names,
		 struct lt_output *out, struct lt_error *err)
{
	int code = 0;

	if ((more->options->sets && (code = overall(more, out, err)) != 0) ||
	    (has_columns(more->options->sets) &&
	     (code = classes(more, names, out, err)) != 0) ||
	    (more->options->against && (code = compare(more, out, err)) != 0))
		return code;
	return more->options->against ? compare_classes(more, names, out, err) : 0;
}
