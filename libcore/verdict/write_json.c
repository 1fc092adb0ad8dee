#include <math.h>

#include "report/put_json.h"
#include "verdict/verdict.h"

/* "value": 1, "low": 0.5, "high": 2 */
static void put_estimate(struct lt_put_json *json, double value,
			 const struct lt_interval *within)
{
	lt_put_real(json, "value", value);
	lt_put_raw(json, ", ");
	lt_put_real(json, "low", within->low);
	lt_put_raw(json, ", ");
	lt_put_real(json, "high", within->high);
}

static void put_named(struct lt_put_json *json, const char *name, double value,
		      const struct lt_interval *within)
{
	lt_put_string(json, name);
	lt_put_raw(json, ": {");
	put_estimate(json, value, within);
	lt_put_raw(json, "}");
}

static void put_classes(struct lt_put_json *json, const struct lt_verdict *v)
{
	lt_put_raw(json, ",\n \"classes\": [");
	for (int c = 0; c < v->classes; c++) {
		lt_put_raw(json, c ? ",\n  {\"name\": " : "\n  {\"name\": ");
		lt_put_string(json, v->names[c]);
		lt_put_raw(json, ", ");
		lt_put_count(json, "labelled", v->train_counts[c]);
		for (int kind = 0; kind < LT_EST_KINDS; kind++) {
			size_t at = lt_est_at(kind, v->classes, c);

			lt_put_raw(json, ", ");
			put_named(json, lt_verdict_by_class[kind], v->value[at],
				  &v->within[at]);
		}
		lt_put_raw(json, "}");
	}
	lt_put_raw(json, "]");
}

static void put_cases(struct lt_put_json *json, const struct lt_verdict *v)
{
	lt_put_raw(json, ",\n \"options\": [");
	for (int i = 0; i < lt_cases_n; i++) {
		lt_put_raw(json, i ? ",\n  {\"option\": " : "\n  {\"option\": ");
		lt_put_string(json, lt_cases[i].advice);
		lt_put_raw(json, ", ");
		lt_put_real(json, "score", v->case_score[i]);
		lt_put_raw(json, v->advised && i == v->advised ? ", \"advised\": true}" : "}");
	}
	lt_put_raw(json, "]");
}

int lt_verdict_json(const struct lt_verdict *v, struct lt_output *out, struct lt_error *err)
{
	struct lt_put_json json = {out, err, 0};

	lt_put_raw(&json, "{\"forecast\": ");
	lt_put_string(&json, lt_forecast_names[v->forecast]);
	lt_put_raw(&json, ", \"strangeness\": ");
	lt_put_string(&json, lt_strange_names[v->by]);
	lt_put_raw(&json, ", ");
	lt_put_count(&json, "labelled_rows", v->val_rows);
	lt_put_raw(&json, ", ");
	lt_put_count(&json, "unlabelled_rows", v->pool_rows);
	lt_put_raw(&json, ", ");
	lt_put_real(&json, "level", v->level);
	for (int i = 0; i < LT_EST_CLASSES; i++) {
		lt_put_raw(&json, ",\n ");
		put_named(&json, lt_verdict_overall[i], v->value[i], &v->within[i]);
	}
	put_classes(&json, v);
	put_cases(&json, v);
	if (v->tested) {
		lt_put_raw(&json, ",\n \"test_copies\": {");
		lt_put_count(&json, "exact", v->duplicates.exact);
		lt_put_raw(&json, ", ");
		lt_put_count(&json, "near", v->duplicates.near);
		lt_put_raw(&json, ", ");
		lt_put_real(&json, "near_cosine", v->duplicates.cosine);
		lt_put_raw(&json, "}");
	}
	lt_put_raw(&json, "}\n");
	return json.code;
}
