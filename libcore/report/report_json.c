/*
 * A report as one JSON object.  Figures are fractions, null where there is no
 * value.  Names are UTF-8 without control characters, so only quotes and
 * backslashes need escaping.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "report/metrics.h"

/* Writing state: after a failure nothing more is written. */
struct json {
	struct lt_output *out;
	struct lt_error *err;
	int code;
};

static void put(struct json *json, const char *text)
{
	if (json->code == 0)
		json->code = lt_output_write(json->out, text, strlen(text), json->err);
}

static void put_text(struct json *json, const char *text)
{
	const char *c;

	put(json, "\"");
	for (c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			put(json, "\\");
		if (json->code == 0)
			json->code = lt_output_write(json->out, c, 1, json->err);
	}
	put(json, "\"");
}

static void put_real(struct json *json, double value)
{
	char text[32] = "null";

	if (isfinite(value))
		lt_format_real(value, text);
	put(json, text);
}

static void put_count(struct json *json, const char *key, uint64_t count)
{
	if (json->code == 0)
		json->code =
			lt_output_printf(json->out, json->err, "\"%s\": %" PRIu64, key, count);
}

static void put_figure(struct json *json, const char *key, struct lt_figure figure)
{
	put(json, "\"");
	put(json, key);
	put(json, "\": ");
	put_real(json, figure.value);
}

static void put_overall(struct json *json, const struct lt_figures *f)
{
	put(json, "{\n  ");
	put_count(json, "rows", f->rows);
	put(json, ",\n  ");
	put_count(json, "right", f->right);
	put(json, ",\n  ");
	put_count(json, "without_label", f->without_label);
	put(json, ",\n  ");
	put_count(json, "not_finite", f->not_finite);
	put(json, ",\n  ");
	put_figure(json, "accuracy", f->accuracy);
	put(json, ",\n  ");
	put_figure(json, "balanced_accuracy", f->balanced);
	put(json, ",\n  ");
	put_figure(json, "geometric_mean", f->geometric);
	if (f->has_top5) {
		put(json, ",\n  ");
		put_figure(json, "top5", f->top5);
	}
	put(json, ",\n  ");
	put_figure(json, "nll", f->nll);
	put(json, ",\n  ");
	put_figure(json, "ece", f->ece);
}

static void put_groups(struct json *json, const struct lt_figures *f)
{
	int g;

	put(json, ",\n  \"groups\": {");
	for (g = 0; g < LT_GROUPS; g++) {
		put(json, g ? ",\n    " : "\n    ");
		put_text(json, lt_group_names[g]);
		put(json, ": {");
		put_count(json, "classes", (uint64_t)f->group[g].classes);
		put(json, ", ");
		put_figure(json, "accuracy", f->group[g].accuracy);
		put(json, ", ");
		put_figure(json, "ece", f->group[g].ece);
		put(json, ", ");
		put_count(json, "rows", f->group[g].accuracy.count);
		put(json, "}");
	}
	put(json, "\n  }");
}

static void put_classes(struct json *json, const struct lt_figures *f)
{
	const struct lt_class_figures *of;
	int c;

	put(json, ",\n  \"classes\": [");
	for (c = 0; c < f->classes; c++) {
		of = &f->class_of[c];
		put(json, c ? ",\n    {\"name\": " : "\n    {\"name\": ");
		put_text(json, f->names[c]);
		put(json, ", ");
		put_figure(json, "accuracy", of->recall);
		put(json, ", ");
		put_count(json, "rows", of->recall.count);
		put(json, ", ");
		put_figure(json, "precision", of->precision);
		put(json, ", ");
		put_count(json, "predicted", of->precision.count);
		if (f->has_groups) {
			put(json, ", ");
			put_count(json, "train_count", of->train_count);
			put(json, ", \"group\": ");
			put_text(json, lt_group_names[of->group]);
		}
		put(json, "}");
	}
	put(json, "\n  ]");
}

static void put_confusion(struct json *json, const struct lt_figures *f)
{
	const uint64_t *cell = f->confusion;
	int t, p;

	put(json, ",\n  \"confusion\": [");
	for (t = 0; t < f->classes; t++) {
		put(json, t ? ",\n    [" : "\n    [");
		for (p = 0; p < f->classes && json->code == 0; p++)
			json->code = lt_output_printf(json->out, json->err, "%s%" PRIu64,
						      p ? ", " : "", *cell++);
		put(json, "]");
	}
	put(json, "\n  ]");
}

int lt_report_json(const struct lt_figures *f, const struct lt_report_options *options,
		   struct lt_output *out, struct lt_error *err)
{
	struct json json = {out, err, 0};

	put_overall(&json, f);
	if (f->has_groups)
		put_groups(&json, f);
	put_classes(&json, f);
	if (options->confusion && f->confusion)
		put_confusion(&json, f);
	put(&json, "\n}\n");
	return json.code;
}
