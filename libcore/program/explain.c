#include "program/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/columns.h"
#include "stream/stream.h"

int lt_explain_begin(const struct lt_flag_value *explain, struct lt_cli *cli,
		     struct lt_error *err)
{
	if (!explain->given)
		return 0;
	if (lt_opt_given(cli, "output"))
		return lt_fail(err, LT_USAGE,
			       "--explain writes text to stdout, no model: leave out -o");
	lt_cli_writes_text(cli);
	return 0;
}

int lt_explain_say(struct lt_output *out, const char *heading, const char *text,
		   struct lt_error *err)
{
	size_t n;
	int code = 0;

	for (; *text && code == 0; heading = "") {
		n = strcspn(text, "\n");
		code = lt_output_printf(out, err, "%-9s %.*s\n", heading, (int)n, text);
		text += n + (text[n] == '\n');
	}
	return code;
}

int lt_explain_method(struct lt_output *out, const char *heading, const char *name,
		      const struct lt_about *about, struct lt_error *err)
{
	int code = lt_output_printf(out, err, "%-9s %s: %s\n", heading, name, about->summary);

	if (code == 0 && about->formula)
		code = lt_explain_say(out, "", about->formula, err);
	if (code == 0 && about->source)
		code = lt_explain_say(out, "", about->source, err);
	return code;
}

int lt_explain_settings(struct lt_output *out, const struct lt_cli *cli,
			const char *const *options, struct lt_error *err)
{
	char text[600], value[256];
	size_t used = 0;

	for (; *options && used < sizeof text; options++)
		if (lt_opt_shown(cli, *options, value, sizeof value))
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s%s",
						 used ? ", " : "", *options, *value ? " " : "",
						 value);
	return used ? lt_explain_say(out, "", text, err) : 0;
}

static int write_cell(const struct lt_explain_column *column, int c, struct lt_output *out,
		      struct lt_error *err)
{
	if (column->count)
		return lt_output_printf(out, err, "  %12" PRIu64, column->count[c]);
	if (column->rows && column->rows[c] == 0)
		return lt_output_printf(out, err, "  %12s", "-");
	return lt_output_printf(out, err, "  %12.6g", column->value[c]);
}

int lt_explain_table(struct lt_output *out, const char *const *names, int classes,
		     const struct lt_explain_column *column, int n, struct lt_error *err)
{
	int width = lt_name_width(names, classes);
	int code = lt_output_printf(out, err, "\n%-*s", width, "class");

	for (int i = 0; i < n && code == 0; i++)
		code = lt_output_printf(out, err, "  %12s", column[i].title);
	for (int c = 0; c < classes && code == 0; c++) {
		if ((code = lt_output_printf(out, err, "\n")) != 0 ||
		    (code = lt_put_name(out, names[c], width, err)) != 0)
			break;
		for (int i = 0; i < n && code == 0; i++)
			code = write_cell(&column[i], c, out, err);
	}
	return code ? code : lt_output_printf(out, err, "\n");
}
