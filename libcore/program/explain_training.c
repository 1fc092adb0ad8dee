#include "program/explain_training.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "program/augment_options.h"
#include "program/class_counts.h"
#include "program/explain.h"
#include "program/explain_rows.h"
#include "program/method_options.h"
#include "program/recipe.h"

/* ------------------------------------------------------------------------ headings */

static int say_loss(const struct lt_explain *e, const struct lt_cli *cli, struct lt_output *out,
		    struct lt_error *err)
{
	static const char *const means[] = {
		[LT_MEAN_WEIGHTED] = "sum of omega w_y l / sum of omega w_y",
		[LT_MEAN_PLAIN] = "sum of omega w_y l / sum of omega",
		[LT_MEAN_INSIDE] = "sum of omega l / sum of omega",
	};
	const struct lt_loss *loss = e->balance->loss;
	int code = lt_explain_method(out, "loss", loss->name, &loss->about, err);

	if (code == 0)
		code = lt_explain_settings(out, cli, lt_loss_settings, err);
	if (code == 0 && loss->cosine)
		code = lt_explain_say(out, "",
				      "the margin is of the cosine: the label's logit loses "
				      "scale times as much",
				      err);
	return code ? code : lt_explain_say(out, "batch", means[loss->mean], err);
}

/* When the rule holds. */
static int say_rule(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	const struct lt_rule *rule = e->balance->rule;
	int first = lt_balance_first(e->balance);
	char text[200];

	if (!rule->deferred)
		snprintf(text, sizeof text, "%s", rule->name);
	else if (first > e->epochs)
		snprintf(text, sizeof text, "%s, but it would begin in epoch %d of %d: as none",
			 rule->name, first, e->epochs);
	else
		snprintf(text, sizeof text, "%s, from epoch %d of %d on", rule->name, first,
			 e->epochs);
	return lt_explain_say(out, "rule", text, err);
}

/* "from epoch 161 on, `before` before: " if the rule is deferred. */
static const char *since(const struct lt_explain *e, const char *before, char text[80])
{
	text[0] = '\0';
	if (e->balance->rule->deferred)
		snprintf(text, 80,
			 "from epoch %d on, %s before: ", lt_balance_first(e->balance), before);
	return text;
}

static int say_weights(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	bool holds = lt_balance_first(e->balance) <= e->epochs;
	char text[400], from[80], real[32];

	if (!e->balance->rule->weights || !holds)
		return lt_explain_say(out, "weights", "1", err);
	lt_format_real(e->balance->beta, real);
	snprintf(text, sizeof text,
		 "%sin proportion to (1 - beta) / (1 - beta^n_c), their sum the number of "
		 "classes\n"
		 "Cui et al., CVPR 2019, section 4\nbeta %s",
		 since(e, "1", from), real);
	return lt_explain_say(out, "weights", text, err);
}

static int say_draws(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	const struct lt_sampler *last = lt_balance_sampler(e->balance, e->epochs);
	char text[400], beta[48] = "", from[80], real[32];

	if (!last->weigh)
		return lt_explain_say(out, "draws", "every row once an epoch", err);
	if (strcmp(last->name, "effective") == 0) {
		lt_format_real(e->balance->beta, real);
		snprintf(beta, sizeof beta, "\nbeta %s", real);
	}
	snprintf(text, sizeof text,
		 "%s%s, with replacement: a row of class c in proportion to\n%s\n%s%s",
		 since(e, "every row once", from), last->name, last->about.formula,
		 last->about.source, beta);
	return lt_explain_say(out, "draws", text, err);
}

static int say_counts(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	uint64_t sum = 0;
	int empty = 0;
	char text[120];

	for (int c = 0; c < e->classes; c++) {
		sum += e->counts[c];
		empty += e->counts[c] == 0;
	}
	if (empty > 0)
		snprintf(text, sizeof text,
			 "%" PRIu64 " in %d classes, %d of them without rows", sum, e->classes,
			 empty);
	else
		snprintf(text, sizeof text, "%" PRIu64 " in %d classes", sum, e->classes);
	return lt_explain_say(out, "counts", text, err);
}

/* ---------------------------------------------------------------------- the table */

#define COLUMNS (LT_LOSS_NUMBERS + 4)

struct table {
	const struct lt_explain *explain;
	struct lt_loss_params params;
	double *share[2]; /* of the first epoch and of the last */
	struct lt_explain_column column[COLUMNS];
	int n;
};

static void add_column(struct table *t, const char *title, const uint64_t *count,
		       const double *value, bool of_count)
{
	struct lt_explain_column *column = &t->column[t->n++];

	*column = (struct lt_explain_column){
		.count = count, .value = value, .rows = of_count ? t->explain->counts : NULL};
	snprintf(column->title, sizeof column->title, "%s", title);
}

static void find_shares(struct table *t, int epoch, double *share)
{
	const struct lt_explain *e = t->explain;
	struct lt_sampler_input input = {.counts = e->counts,
					 .classes = e->classes,
					 .epoch = epoch,
					 .epochs = e->epochs,
					 .beta = e->balance->beta};

	lt_sampler_shares(lt_balance_sampler(e->balance, epoch), &input, e->rows, share);
}

static void choose_columns(struct table *t)
{
	const struct lt_explain *e = t->explain;
	size_t n = (size_t)e->classes;
	char title[32];

	add_column(t, "count", e->counts, NULL, false);
	if (memcmp(e->counts, e->rows, n * sizeof *e->rows) != 0)
		add_column(t, "rows", e->rows, NULL, false);
	add_column(t, "weight", NULL, t->params.weight, true);
	for (int i = 0; i < LT_LOSS_NUMBERS; i++)
		if (e->balance->loss->numbers >> i & 1)
			add_column(t, lt_loss_numbers[i], NULL, t->params.number[i], true);
	if (memcmp(t->share[0], t->share[1], n * sizeof *t->share[0]) == 0) {
		add_column(t, "drawn", NULL, t->share[0], false);
		return;
	}
	add_column(t, "drawn in 1", NULL, t->share[0], false);
	snprintf(title, sizeof title, "drawn in %d", e->epochs);
	add_column(t, title, NULL, t->share[1], false);
}

static int make_table(struct table *t, struct lt_error *err)
{
	const struct lt_explain *e = t->explain;
	int code = lt_balance_prepare(e->balance, e->classes, e->counts, &t->params, err);

	if (code != 0)
		return code;
	for (int i = 0; i < 2; i++) {
		t->share[i] = lt_new_array((size_t)e->classes, sizeof *t->share[i]);
		if (!t->share[i])
			return lt_fail_memory(err);
		find_shares(t, i == 0 ? 1 : e->epochs, t->share[i]);
	}
	lt_balance_weigh(e->balance, e->epochs, &t->params);
	choose_columns(t);
	return 0;
}

static int say_classes(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	struct table table = {.explain = e};
	int code = make_table(&table, err);

	if (code == 0 && (code = say_counts(e, out, err)) == 0)
		code = lt_explain_table(out, e->names, e->classes, table.column, table.n, err);
	lt_loss_params_free(&table.params);
	lt_free(table.share[0]);
	lt_free(table.share[1]);
	return code;
}

int lt_explain_training(struct lt_cli *cli, const struct lt_explain *of, struct lt_error *err)
{
	static const struct lt_norm any = {0};
	struct lt_augment augment;
	struct lt_output *out;
	int code = lt_augment_init(&augment, of->augment, &any, err);

	if (code == 0 && (code = lt_cli_output(cli, &out, err)) == 0 &&
	    (code = lt_recipe_explain(out, of->recipe, cli, err)) == 0 &&
	    (code = say_loss(of, cli, out, err)) == 0 && (code = say_rule(of, out, err)) == 0 &&
	    (code = say_weights(of, out, err)) == 0 && (code = say_draws(of, out, err)) == 0 &&
	    (code = lt_augment_explain(out, cli, &augment, err)) == 0 &&
	    (code = lt_method_explain(out, cli, of->method, err)) == 0 &&
	    (!of->table || (code = lt_explain_rows(out, of->table, &augment, err)) == 0))
		code = say_classes(of, out, err);
	return code;
}

int lt_explain_list(struct lt_cli *cli, const char *list, const struct lt_explain *of,
		    struct lt_error *err)
{
	struct lt_class_counts counts = {0};
	struct lt_explain explain = *of;
	int code = lt_class_counts_parse(list, &counts, err);

	explain.table = NULL;
	explain.classes = counts.classes;
	explain.names = counts.name;
	explain.counts = explain.rows = counts.count;
	if (code == 0)
		code = lt_explain_training(cli, &explain, err);
	lt_class_counts_free(&counts);
	return code;
}
