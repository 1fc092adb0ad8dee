/* Optional figures as members of the report's object. */
#include "base/elementary.h"
#include "report/more.h"
#include "report/put_json.h"

static void put_interval(struct lt_put_json *json, struct lt_interval interval)
{
	lt_put_raw(json, ", ");
	lt_put_real(json, "low", interval.low);
	lt_put_raw(json, ", ");
	lt_put_real(json, "high", interval.high);
}

/* A member of its name: "mcc": { */
static void begin(struct lt_put_json *json, const char *name, int *before)
{
	lt_put_raw(json, (*before)++ ? ",\n    " : "\n    ");
	lt_put_string(json, name);
	lt_put_raw(json, ": {");
}

static void overall(struct lt_put_json *json, const struct lt_more_figures *more)
{
	bool intervals = more->options->sets & LT_SET(intervals);
	int before = 0;

	lt_put_raw(json, ",\n  \"figures\": {");
	for (int i = 0; i < more->lines; i++) {
		const struct lt_more_line *line = &more->line[i];

		if (line->basic && !intervals)
			continue;
		begin(json, line->name, &before);
		lt_put_real(json, "value", line->value);
		if (intervals && line->counted)
			put_interval(json, line->interval);
		lt_put_raw(json, "}");
	}
	lt_put_raw(json, "\n  }");
}

static void classes(struct lt_put_json *json, const struct lt_more_figures *more,
		    const char *const *names)
{
	lt_put_raw(json, ",\n  \"class_figures\": [");
	for (int c = 0; c < more->classes; c++) {
		lt_put_raw(json, c ? ",\n    {\"name\": " : "\n    {\"name\": ");
		lt_put_string(json, names[c]);
		for (const struct lt_more_column *column = lt_more_columns; column->name;
		     column++) {
			if (!(column->set & more->options->sets))
				continue;
			lt_put_raw(json, ", ");
			lt_put_real(json, column->name,
				    lt_more_cell(column, &more->class_of[c]));
		}
		lt_put_raw(json, "}");
	}
	lt_put_raw(json, "\n  ]");
}

static void compare_figures(struct lt_put_json *json, const struct lt_more_figures *more)
{
	int before = 0;

	lt_put_raw(json, ",\n  \"against\": {\n  \"model\": ");
	lt_put_string(json, more->options->against);
	lt_put_raw(json, ",\n  \"figures\": {");
	for (int i = 0; i < more->lines; i++) {
		const struct lt_more_line *line = &more->line[i];

		if (!line->counted)
			continue;
		begin(json, line->name, &before);
		lt_put_real(json, "this", line->value);
		lt_put_raw(json, ", ");
		lt_put_real(json, "other", line->other);
		lt_put_raw(json, ", ");
		lt_put_real(json, "difference", line->difference);
		put_interval(json, line->difference_interval);
		lt_put_raw(json, "}");
	}
	lt_put_raw(json, "\n  },\n  ");
}

static void put_only(struct lt_put_json *json, uint64_t won, uint64_t lost)
{
	lt_put_count(json, "this_only", won);
	lt_put_raw(json, ", ");
	lt_put_count(json, "other_only", lost);
}

static void compare(struct lt_put_json *json, const struct lt_more_figures *more,
		    const char *const *names)
{
	compare_figures(json, more);
	put_only(json, more->won, more->lost);
	lt_put_raw(json, ",\n  ");
	lt_put_real(json, "mcnemar_p", lt_exp(more->log_p));
	lt_put_raw(json, ", ");
	lt_put_real(json, "mcnemar_log10_p", more->log_p / lt_log(10));
	lt_put_raw(json, ",\n  \"classes\": [");
	for (int c = 0; c < more->classes; c++) {
		const struct lt_more_class *of = &more->class_of[c];

		lt_put_raw(json, c ? ",\n    {\"name\": " : "\n    {\"name\": ");
		lt_put_string(json, names[c]);
		lt_put_raw(json, ", ");
		lt_put_real(json, "this", of->recall);
		lt_put_raw(json, ", ");
		lt_put_real(json, "other", of->other);
		lt_put_raw(json, ", ");
		put_only(json, of->won, of->lost);
		lt_put_raw(json, "}");
	}
	lt_put_raw(json, "\n  ]\n  }");
}

int lt_more_json(const struct lt_more_figures *more, const char *const *names,
		 struct lt_output *out, struct lt_error *err)
{
	struct lt_put_json json = {out, err, 0};

	if ((more->options->sets & LT_SET(intervals)) || more->options->against) {
		lt_put_raw(&json, ",\n  ");
		lt_put_real(&json, "level", more->options->level);
		lt_put_raw(&json, ",\n  ");
		lt_put_count(&json, "bootstrap", (uint64_t)more->options->replicates);
	}
	if (more->options->sets) {
		overall(&json, more);
		classes(&json, more, names);
	}
	if (more->options->against)
		compare(&json, more, names);
	return json.code;
}
