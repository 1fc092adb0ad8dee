#include "cli/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "report/columns.h"
#include "stream/stream.h"

int lt_explain_check(const struct lt_cli *cli, struct lt_error *err)
{
	bool listed = lt_opt_given(cli, "class-counts");

	if (listed && !lt_opt_flag(cli, "explain"))
		return lt_fail(err, LT_USAGE, "--class-counts goes with --explain");
	if (listed && lt_cli_operands(cli) > 0)
		return lt_fail(err, LT_USAGE, "--class-counts and '%s': give one of them",
			       lt_cli_operand(cli, 0));
	if (listed && lt_opt_given(cli, "unlabeled"))
		return lt_fail(err, LT_USAGE,
			       "--class-counts and --unlabeled: give one of them");
	if (lt_opt_flag(cli, "explain") && lt_opt_given(cli, "output"))
		return lt_fail(err, LT_USAGE,
			       "--explain writes text to stdout, no model: leave out -o");
	return 0;
}

/* ------------------------------------------------------------------------ headings */

/* A heading and its text, whose further lines stand under the first. */
static int say(struct lt_output *out, const char *heading, const char *text,
	       struct lt_error *err)
{
	size_t n;
	int code = 0;

	for (; *text && code == 0; heading = "") {
		n = strcspn(text, "\n");
		code = lt_output_printf(out, err, "%-8s %.*s\n", heading, (int)n, text);
		text += n + (text[n] == '\n');
	}
	return code;
}

static int say_loss(const struct lt_balance *balance, struct lt_output *out,
		    struct lt_error *err)
{
	static const char *const means[] = {
		[LT_MEAN_WEIGHTED] = "sum of omega w_y l / sum of omega w_y",
		[LT_MEAN_PLAIN] = "sum of omega w_y l / sum of omega",
		[LT_MEAN_INSIDE] = "sum of omega l / sum of omega",
	};
	const struct lt_loss *loss = balance->loss;
	char text[400], real[32];
	size_t used = 0;
	int i, code;

	snprintf(text, sizeof text, "%s: %s", loss->name, loss->summary);
	if ((code = say(out, "loss", text, err)) != 0 ||
	    (code = say(out, "", loss->formula, err)) != 0 ||
	    (loss->source && (code = say(out, "", loss->source, err)) != 0))
		return code;
	for (i = 0; i < LT_LOSS_SETTINGS; i++) {
		if (!(loss->setting[i] > 0) || used >= sizeof text)
			continue;
		lt_format_real(balance->setting[i], real);
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s",
					 used ? ", " : "", lt_loss_settings[i], real);
	}
	if (used && (code = say(out, "", text, err)) != 0)
		return code;
	if (loss->cosine && (code = say(out, "",
					"the margin is of the cosine: the label's "
					"logit loses scale times as much",
					err)) != 0)
		return code;
	return say(out, "batch", means[loss->mean], err);
}

/* When the rule holds. */
static int say_rule(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	const struct lt_rule *rule = e->balance->rule;
	int first = lt_rule_first(rule, e->epochs);
	char text[200];

	if (!rule->deferred)
		snprintf(text, sizeof text, "%s", rule->name);
	else if (first > e->epochs)
		snprintf(text, sizeof text, "%s, but it would begin in epoch %d of %d: as none",
			 rule->name, first, e->epochs);
	else
		snprintf(text, sizeof text, "%s, from epoch %d of %d on", rule->name, first,
			 e->epochs);
	return say(out, "rule", text, err);
}

/* "from epoch 161 on, `before` before: " where the rule is deferred. */
static const char *since(const struct lt_explain *e, const char *before, char text[80])
{
	text[0] = '\0';
	if (e->balance->rule->deferred)
		snprintf(text, 80, "from epoch %d on, %s before: ",
			 lt_rule_first(e->balance->rule, e->epochs), before);
	return text;
}

static int say_weights(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	bool holds = lt_rule_first(e->balance->rule, e->epochs) <= e->epochs;
	char text[400], from[80], real[32];

	if (!e->balance->rule->weights || !holds)
		return say(out, "weights", "1", err);
	lt_format_real(e->balance->beta, real);
	snprintf(text, sizeof text,
		 "%sin proportion to (1 - beta) / (1 - beta^n_c), their sum the number of "
		 "classes\n"
		 "Cui et al., CVPR 2019, section 4\nbeta %s",
		 since(e, "1", from), real);
	return say(out, "weights", text, err);
}

static int say_draws(const struct lt_explain *e, struct lt_output *out, struct lt_error *err)
{
	const struct lt_sampler *last = lt_balance_sampler(e->balance, e->epochs, e->epochs);
	char text[400], beta[48] = "", from[80], real[32];

	if (!last->weigh)
		return say(out, "draws", "every row once an epoch", err);
	if (strcmp(last->name, "effective") == 0) {
		lt_format_real(e->balance->beta, real);
		snprintf(beta, sizeof beta, "\nbeta %s", real);
	}
	snprintf(text, sizeof text,
		 "%s%s, with replacement: a row of class c in proportion to\n%s\n%s%s",
		 since(e, "every row once", from), last->name, last->formula, last->source,
		 beta);
	return say(out, "draws", text, err);
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
	return say(out, "counts", text, err);
}

/* ---------------------------------------------------------------------- the table */

#define COLUMNS (LT_LOSS_NUMBERS + 4)

struct column {
	char title[32];
	const uint64_t *count; /* or: */
	const double *value;
	bool of_count; /* nothing of a class without one */
};

struct table {
	const struct lt_explain *explain;
	struct lt_loss_params params;
	double *share[2]; /* of the first epoch and of the last */
	struct column column[COLUMNS];
	int n;
};

static void add_column(struct table *t, const char *title, const uint64_t *count,
		       const double *value, bool of_count)
{
	struct column *column = &t->column[t->n++];

	*column = (struct column){.count = count, .value = value, .of_count = of_count};
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

	lt_sampler_shares(lt_balance_sampler(e->balance, epoch, e->epochs), &input, e->rows,
			  share);
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

static int write_cell(const struct table *t, const struct column *column, int c,
		      struct lt_output *out, struct lt_error *err)
{
	if (column->count)
		return lt_output_printf(out, err, "  %12" PRIu64, column->count[c]);
	if (column->of_count && t->explain->counts[c] == 0)
		return lt_output_printf(out, err, "  %12s", "-");
	return lt_output_printf(out, err, "  %12.6g", column->value[c]);
}

static int write_table(const struct table *t, struct lt_output *out, struct lt_error *err)
{
	const struct lt_explain *e = t->explain;
	int width = e->names ? lt_name_width(e->names, e->classes) : 8;
	int code = lt_output_printf(out, err, "\n%-*s", width, "class");
	char number[16];

	for (int i = 0; i < t->n && code == 0; i++)
		code = lt_output_printf(out, err, "  %12s", t->column[i].title);
	for (int c = 0; c < e->classes && code == 0; c++) {
		snprintf(number, sizeof number, "%d", c);
		if ((code = lt_output_printf(out, err, "\n")) != 0 ||
		    (code = lt_put_name(out, e->names ? e->names[c] : number, width, err)) != 0)
			break;
		for (int i = 0; i < t->n && code == 0; i++)
			code = write_cell(t, &t->column[i], c, out, err);
	}
	return code ? code : lt_output_printf(out, err, "\n");
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
	lt_balance_weigh(e->balance, e->epochs, e->epochs, &t->params);
	choose_columns(t);
	return 0;
}

int lt_explain(const struct lt_explain *explain, struct lt_output *out, struct lt_error *err)
{
	struct table table = {.explain = explain};
	int code = make_table(&table, err);

	if (code == 0 && (code = say_loss(explain->balance, out, err)) == 0 &&
	    (code = say_rule(explain, out, err)) == 0 &&
	    (code = say_weights(explain, out, err)) == 0 &&
	    (code = say_draws(explain, out, err)) == 0 &&
	    (code = say_counts(explain, out, err)) == 0)
		code = write_table(&table, out, err);
	lt_loss_params_free(&table.params);
	free(table.share[0]);
	free(table.share[1]);
	return code;
}

/* ------------------------------------------------------------------ --class-counts */

static int parse_counts(char *list, uint64_t *counts, struct lt_error *err)
{
	char *word = list, *comma;
	uint64_t sum = 0;

	for (; word; word = comma ? comma + 1 : NULL) {
		comma = strchr(word, ',');
		if (comma)
			*comma = '\0';
		if (!lt_parse_u64(word, 0, UINT32_MAX, counts))
			return lt_fail(err, LT_USAGE,
				       "--class-counts: '%s' is not a whole number from 0 to "
				       "%" PRIu32,
				       word, UINT32_MAX);
		sum += *counts++;
	}
	if (sum == 0)
		return lt_fail(err, LT_USAGE, "--class-counts: no class has rows");
	return 0;
}

int lt_class_counts_parse(const char *text, uint64_t **counts, int *classes,
			  struct lt_error *err)
{
	size_t n = 1;
	char *list;
	int code;

	*counts = NULL;
	for (const char *at = text; (at = strchr(at, ',')) != NULL; at++)
		n++;
	if (n < 2 || n > LT_MAX_CLASSES)
		return lt_fail(
			err, LT_USAGE,
			"--class-counts: %zu counts; a list of 2 to %d divided by commas "
			"is wanted",
			n, LT_MAX_CLASSES);
	list = strdup(text);
	*counts = lt_new_array(n, sizeof **counts);
	code = list && *counts ? parse_counts(list, *counts, err) : lt_fail_memory(err);
	free(list);
	if (code != 0) {
		free(*counts);
		*counts = NULL;
	}
	*classes = (int)n;
	return code;
}
