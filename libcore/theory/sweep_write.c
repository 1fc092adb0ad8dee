/* Two formats of a sweep: see sweep_write.h. */
#include "theory/sweep_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define WIDTH_LEAST 6

const char *const lt_sweep_formats[] = {[LT_SWEEP_TEXT] = "text", [LT_SWEEP_TSV] = "tsv", NULL};

/* Wide enough for the title and for numbers of its kind. */
static int width_of(const struct lt_sweep_column *column)
{
	int title = (int)strlen(column->name);
	int number = column->kind <= LT_SWEEP_COUNT ? WIDTH_LEAST : WIDTH_LEAST + 2;

	return title > number ? title : number;
}

static int header_text(const struct lt_sweep *sweep, const char *settings, bool first,
		       struct lt_output *out, struct lt_error *err)
{
	int code = lt_output_printf(out, err, "%sTheorem %d, sweep %s: %s\n%s%s\n",
				    first ? "" : "\n\n", sweep->theorem, sweep->name,
				    sweep->title, settings, settings[0] ? "\n" : "");

	for (int i = 0; i < sweep->n_columns && code == 0; i++)
		code = lt_output_printf(out, err, "%s%*s", i ? " " : "",
					width_of(&sweep->columns[i]), sweep->columns[i].name);
	return code == 0 ? lt_output_printf(out, err, "\n") : code;
}

static int header_tsv(const struct lt_sweep *sweep, bool first, struct lt_output *out,
		      struct lt_error *err)
{
	int code = lt_output_printf(out, err, "%ssweep", first ? "" : "\n\n");

	for (int i = 0; i < sweep->n_columns && code == 0; i++)
		code = lt_output_printf(out, err, "\t%s", sweep->columns[i].name);
	return code == 0 ? lt_output_printf(out, err, "\n") : code;
}

int lt_sweep_begin(enum lt_sweep_format format, const struct lt_sweep *sweep,
		   const char *settings, bool first, struct lt_output *out,
		   struct lt_error *err)
{
	return format == LT_SWEEP_TEXT ? header_text(sweep, settings, first, out, err)
				       : header_tsv(sweep, first, out, err);
}

static void cell_text(enum lt_sweep_kind kind, double value, char *text, size_t size)
{
	if (isnan(value))
		snprintf(text, size, "-");
	else if (kind == LT_SWEEP_KEY)
		snprintf(text, size, "%g", value);
	else if (kind == LT_SWEEP_COUNT)
		snprintf(text, size, "%.0f", value);
	else if (kind != LT_SWEEP_VALUE && value > 0 && value < 1e-3)
		snprintf(text, size, "%.2e", value);
	else if (kind == LT_SWEEP_BOUND && !(value < 1))
		snprintf(text, size, "%.4f  vacuous", value);
	else
		snprintf(text, size, "%.4f", value);
}

static int line_text(const struct lt_sweep *sweep, const double *cells, struct lt_output *out,
		     struct lt_error *err)
{
	char text[400];
	int code = 0;

	for (int i = 0; i < sweep->n_columns && code == 0; i++) {
		const struct lt_sweep_column *column = &sweep->columns[i];
		int width = width_of(column);

		cell_text(column->kind, cells[i], text, sizeof text);
		/* "vacuous" is longer than the column, which is the last one. */
		if (strchr(text, ' '))
			width += (int)strlen(strchr(text, ' '));
		code = lt_output_printf(out, err, "%s%*s", i ? " " : "", width, text);
	}
	return code == 0 ? lt_output_printf(out, err, "\n") : code;
}

static int line_tsv(const struct lt_sweep *sweep, const double *cells, struct lt_output *out,
		    struct lt_error *err)
{
	char number[32];
	int code = lt_output_printf(out, err, "%s", sweep->name);

	for (int i = 0; i < sweep->n_columns && code == 0; i++) {
		lt_format_real(cells[i], number);
		code = lt_output_printf(out, err, "\t%s", isnan(cells[i]) ? "-" : number);
	}
	return code == 0 ? lt_output_printf(out, err, "\n") : code;
}

int lt_sweep_line(enum lt_sweep_format format, const struct lt_sweep *sweep,
		  const double *cells, struct lt_output *out, struct lt_error *err)
{
	return format == LT_SWEEP_TEXT ? line_text(sweep, cells, out, err)
				       : line_tsv(sweep, cells, out, err);
}

int lt_sweep_end(enum lt_sweep_format format, const struct lt_sweep *sweep,
		 struct lt_output *out, struct lt_error *err)
{
	return format == LT_SWEEP_TEXT ? lt_output_printf(out, err, "\n%s\n", sweep->notes) : 0;
}
