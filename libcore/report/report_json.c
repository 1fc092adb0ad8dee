/*
 * A report as one JSON object.  Figures are fractions, or null without a value.
 */
#include <inttypes.h>

#include "report/metrics.h"
#include "report/more.h"
#include "report/put_json.h"

static void put_overall(struct lt_put_json *json, const struct lt_figures *f)
{
	lt_put_raw(json, "{\n  ");
	lt_put_count(json, "rows", f->rows);
	lt_put_raw(json, ",\n  ");
	lt_put_count(json, "right", f->right);
	lt_put_raw(json, ",\n  ");
	lt_put_count(json, "without_label", f->without_label);
	lt_put_raw(json, ",\n  ");
	lt_put_count(json, "not_finite", f->not_finite);
	lt_put_raw(json, ",\n  ");
	lt_put_real(json, "accuracy", f->accuracy.value);
	lt_put_raw(json, ",\n  ");
	lt_put_real(json, "balanced_accuracy", f->balanced.value);
	lt_put_raw(json, ",\n  ");
	lt_put_real(json, "geometric_mean", f->geometric.value);
	if (f->has_top5) {
		lt_put_raw(json, ",\n  ");
		lt_put_real(json, "top5", f->top5.value);
	}
	lt_put_raw(json, ",\n  ");
	lt_put_real(json, "nll", f->nll.value);
	lt_put_raw(json, ",\n  ");
	lt_put_real(json, "ece", f->ece.value);
}

static void put_groups(struct lt_put_json *json, const struct lt_figures *f)
{
	int g;

	lt_put_raw(json, ",\n  \"groups\": {");
	for (g = 0; g < LT_GROUPS; g++) {
		lt_put_raw(json, g ? ",\n    " : "\n    ");
		lt_put_string(json, lt_group_names[g]);
		lt_put_raw(json, ": {");
		lt_put_count(json, "classes", (uint64_t)f->group[g].classes);
		lt_put_raw(json, ", ");
		lt_put_real(json, "accuracy", f->group[g].accuracy.value);
		lt_put_raw(json, ", ");
		lt_put_real(json, "ece", f->group[g].ece.value);
		lt_put_raw(json, ", ");
		lt_put_count(json, "rows", f->group[g].accuracy.count);
		lt_put_raw(json, "}");
	}
	lt_put_raw(json, "\n  }");
}

static void put_classes(struct lt_put_json *json, const struct lt_figures *f)
{
	const struct lt_class_figures *of;
	int c;

	lt_put_raw(json, ",\n  \"classes\": [");
	for (c = 0; c < f->classes; c++) {
		of = &f->class_of[c];
		lt_put_raw(json, c ? ",\n    {\"name\": " : "\n    {\"name\": ");
		lt_put_string(json, f->names[c]);
		lt_put_raw(json, ", ");
		lt_put_real(json, "accuracy", of->recall.value);
		lt_put_raw(json, ", ");
		lt_put_count(json, "rows", of->recall.count);
		lt_put_raw(json, ", ");
		lt_put_real(json, "precision", of->precision.value);
		lt_put_raw(json, ", ");
		lt_put_count(json, "predicted", of->precision.count);
		if (f->has_groups) {
			lt_put_raw(json, ", ");
			lt_put_count(json, "train_count", of->train_count);
			lt_put_raw(json, ", \"group\": ");
			lt_put_string(json, lt_group_names[of->group]);
		}
		lt_put_raw(json, "}");
	}
	lt_put_raw(json, "\n  ]");
}

static void put_confusion(struct lt_put_json *json, const struct lt_figures *f)
{
	const uint64_t *cell = f->confusion;
	int t, p;

	lt_put_raw(json, ",\n  \"confusion\": [");
	for (t = 0; t < f->classes; t++) {
		lt_put_raw(json, t ? ",\n    [" : "\n    [");
		for (p = 0; p < f->classes && json->code == 0; p++)
			json->code = lt_output_printf(json->out, json->err, "%s%" PRIu64,
						      p ? ", " : "", *cell++);
		lt_put_raw(json, "]");
	}
	lt_put_raw(json, "\n  ]");
}

int lt_report_json(const struct lt_figures *f, const struct lt_report_options *options,
		   struct lt_output *out, struct lt_error *err)
{
	struct lt_put_json json = {out, err, 0};

	put_overall(&json, f);
	if (f->has_groups)
		put_groups(&json, f);
	put_classes(&json, f);
	if (options->confusion && f->confusion)
		put_confusion(&json, f);
	if (options->more && json.code == 0)
		json.code = lt_more_json(options->more, f->names, out, err);
	lt_put_raw(&json, "\n}\n");
	return json.code;
}
