/*
 * probe: measures the quality of features.  A simple classifier, trained on the features of
 * labelled rows, writes scores of other rows for eval.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "embed/probe.h"
#include "program/feature_rows.h"
#include "report/metrics.h"

enum format { FORMAT_STREAM, FORMAT_TSV };
static const char *const formats[] = {[FORMAT_STREAM] = "stream", [FORMAT_TSV] = "tsv", NULL};
enum vote { VOTE_WEIGHTED, VOTE_MAJORITY };
static const char *const votes[] = {
	[VOTE_WEIGHTED] = "weighted", [VOTE_MAJORITY] = "majority", NULL};

struct options {
	struct lt_text_value train;
	struct lt_choice_value method;
	struct lt_text_value column;
	struct lt_int_value neighbours;
	struct lt_choice_value vote;
	struct lt_real_value temperature, l2;
	struct lt_flag_value balance;
	struct lt_int_value iterations;
	struct lt_choice_value format;
};

static const struct lt_opt opts[] = {
	LT_PATH(struct options, train, "train", "FILE", LT_FILE_READ,
		"scores of the labelled training rows"),
	LT_CHOICE(struct options, method, "method", "NAME", "knn", lt_probe_names, NULL,
		  LT_OPT_RESULT, "classifier"),
	LT_TEXT(struct options, column, "column", "NAME", "feature", LT_OPT_RESULT,
		"column of features"),
	LT_INT(struct options, neighbours, "neighbours", "K", "200", 1, 1000000, LT_OPT_RESULT,
	       "knn: number of training rows that vote"),
	LT_CHOICE(struct options, vote, "vote", "HOW", "weighted", votes, NULL, LT_OPT_RESULT,
		  "knn: votes weighted by exp(cosine / T), or equal"),
	LT_REAL(struct options, temperature, "temperature", "T", "0.07", 1e-6, 1e6,
		LT_OPT_RESULT, "knn: T of weighted votes"),
	LT_REAL(struct options, l2, "l2", "X", "1", 0, 1e12, LT_OPT_RESULT,
		"linear: add X / 2 times the squared weights to the loss"),
	LT_FLAG(struct options, balance, "balance", LT_OPT_RESULT,
		"linear: give all classes the same weight"),
	LT_INT(struct options, iterations, "iterations", "N", "1000", 1, 1000000, LT_OPT_RESULT,
	       "linear: maximum number of L-BFGS iterations"),
	LT_CHOICE(struct options, format, "format", "NAME", "stream", formats, NULL, 0,
		  "write scores for lt eval, or two accuracies as text"),
	{0},
};

struct work {
	struct lt_cli *cli;
	const struct options *options;
	const struct lt_probe_method *method;
	struct lt_probe_config config;
	struct lt_output *output;
	struct lt_feature_input train, test;
	struct lt_probe_rows rows;
	uint64_t *counts;
	void *state;
	struct lt_feature_output to;
	struct lt_metrics *metrics; /* of text, in place of rows */
	float *logits;
	size_t room; /* rows of them */
};

/* -------------------------------------------------------------------------- options */

/* Rejects options that only another method has; those with a default are cleared. */
static int settle_options(struct work *w, struct lt_error *err)
{
	bool majority = w->options->vote.value == VOTE_MAJORITY;

	for (int m = 0; lt_probe_methods[m]; m++)
		for (int o = 0; lt_probe_methods[m]->options[o]; o++) {
			const char *name = lt_probe_methods[m]->options[o];

			if (lt_probe_methods[m] == w->method)
				continue;
			if (lt_opt_given(w->cli, name))
				return lt_fail(err, LT_USAGE, "--%s goes with --method %s",
					       name, lt_probe_methods[m]->name);
			lt_opt_drop(w->cli, name);
		}
	if (majority && w->options->temperature.given)
		return lt_fail(err, LT_USAGE, "--temperature goes with --vote weighted");
	if (majority)
		lt_opt_drop(w->cli, "temperature");
	w->config = (struct lt_probe_config){.neighbours = w->options->neighbours.value,
					     .majority = majority,
					     .temperature = w->options->temperature.value,
					     .l2 = w->options->l2.value,
					     .balance = w->options->balance.given,
					     .iterations = w->options->iterations.value};
	return 0;
}

static int check_inputs(const struct work *w, struct lt_error *err)
{
	const char *train = w->options->train.value;
	int from_stdin = lt_feature_operands_stdin(w->cli);

	if (!train)
		return lt_fail(err, LT_USAGE, "--train FILE is missing: the training rows");
	if (lt_feature_is_stdin(train) && from_stdin)
		return lt_fail(err, LT_USAGE,
			       "--train -: stdin is already used for the other rows; "
			       "name their file");
	return 0;
}

/* --------------------------------------------------------------------------- inputs */

static int open_inputs(struct work *w, struct lt_error *err)
{
	const char *column = w->options->column.value;
	int code = lt_feature_input_open(&w->train, "train", &w->options->train.value, 1,
					 column, err);

	if (code != 0 ||
	    (code = lt_feature_input_operands(&w->test, w->cli, column, err)) != 0 ||
	    (code = lt_header_same_classes(
		     lt_feature_header(&w->train), lt_feature_name(&w->train),
		     lt_feature_header(&w->test), lt_feature_name(&w->test), err)) != 0)
		return code;
	if (lt_feature_header(&w->train)->n_classes < 1)
		return lt_fail(err, LT_DATA, "%s: no class list", lt_feature_name(&w->train));
	if (w->train.vectors.width != w->test.vectors.width)
		return lt_fail(err, LT_DATA, "%s: %zu values a row in '%s', where %s has %zu",
			       lt_feature_name(&w->test), w->test.vectors.width, column,
			       lt_feature_name(&w->train), w->train.vectors.width);
	return 0;
}

/* ----------------------------------------------------------------------------- train */

/* Drops rows without a label. */
static int keep_labelled(struct work *w, struct lt_error *err)
{
	struct lt_vectors *v = &w->train.vectors;
	size_t kept = 0, given = v->n;

	for (size_t i = 0; i < given; i++) {
		if (v->label[i] < 0)
			continue;
		memmove(v->value + kept * v->width, v->value + i * v->width,
			v->width * sizeof *v->value);
		v->label[kept] = v->label[i];
		w->counts[v->label[kept++]]++;
	}
	v->n = kept;
	if (kept == 0)
		return lt_fail(err, LT_DATA, "%s: no row has a label",
			       lt_feature_name(&w->train));
	if (kept < given)
		lt_notice(w->cli, "%s: omitted %zu training rows without a label",
			  lt_feature_name(&w->train), given - kept);
	return 0;
}

static void tell_of_training(const struct work *w, const struct lt_probe_fit *fit)
{
	const struct lt_header *header = lt_feature_header(&w->train);
	const char *name = lt_feature_name(&w->train);

	if (header->split && strcmp(header->split, "test") == 0)
		lt_notice(w->cli,
			  "%s: test rows; what is learnt or chosen by them must be measured on "
			  "others",
			  name);
	for (int c = 0; c < header->n_classes; c++)
		if (w->counts[c] == 0)
			lt_notice(w->cli, "%s: class '%s' has no rows", name,
				  header->classes[c]);
	if (!fit->converged)
		lt_notice(w->cli, "L-BFGS stopped after %llu iterations without converging",
			  (unsigned long long)fit->iterations);
	else if (fit->iterations > 0)
		lt_verbose(w->cli, "L-BFGS: %llu iterations, objective %.6f",
			   (unsigned long long)fit->iterations, fit->objective);
}

static int learn(struct work *w, struct lt_error *err)
{
	const char *name = lt_feature_name(&w->train);
	struct lt_probe_fit fit = {0};
	const struct lt_rows *rows;
	int code;

	while ((code = lt_join_next(&w->train.join, &rows, err)) == 0 && rows)
		if ((code = lt_vectors_add(&w->train.vectors, lt_feature_header(&w->train),
					   rows, name, err)) != 0)
			return code;
	if (code != 0)
		return code;
	w->counts = lt_new_array((size_t)lt_feature_header(&w->train)->n_classes,
				 sizeof *w->counts);
	if (!w->counts)
		return lt_fail_memory(err);
	if ((code = keep_labelled(w, err)) != 0)
		return code;
	w->rows = (struct lt_probe_rows){w->train.vectors.n, w->train.vectors.width,
					 w->train.vectors.value, w->train.vectors.label,
					 lt_feature_header(&w->train)->n_classes};
	if ((code = w->method->fit(&w->config, &w->rows, &w->state, &fit, err)) == 0)
		tell_of_training(w, &fit);
	return code;
}

/* ------------------------------------------------------------------------------ test */

static int make_header(struct work *w, struct lt_error *err)
{
	struct lt_feature_input *inputs[] = {&w->train, &w->test};
	struct lt_header *header = &w->to.header;
	int code = lt_feature_output_header(&w->to, &w->test, "logits",
					    (uint32_t)w->rows.classes, "input", err);

	if (code != 0)
		return code;
	header->kind = LT_SCORES;
	code = lt_header_set_counts(header, &header->train_counts, w->counts, w->rows.classes,
				    err);
	return code != 0 ? code
			 : lt_feature_output_provenance(&w->to, w->cli, inputs, 2, true, err);
}

static int put_row(struct work *w, const struct lt_rows *rows, uint32_t i, struct lt_error *err)
{
	const struct lt_header *header = lt_feature_header(&w->test);
	const float *logits = w->logits + (size_t)i * (size_t)w->rows.classes;
	struct lt_outcome outcome;

	if (w->metrics) {
		lt_outcome_of(logits, w->rows.classes, lt_vectors_label(header, rows, i), NULL,
			      &outcome);
		lt_metrics_add(w->metrics, &outcome);
		return 0;
	}
	return lt_feature_output_row(&w->to, &w->test, rows, i, logits, err);
}

static int put_rows(struct work *w, const struct lt_rows *rows, struct lt_error *err)
{
	int code = lt_vectors_check(&w->test.vectors, lt_feature_header(&w->test), rows,
				    lt_feature_name_now(&w->test), err);

	if (code != 0)
		return code;
	if (rows->n > w->room) {
		lt_free(w->logits);
		w->room = rows->n;
		w->logits = lt_new_array(w->room, (size_t)w->rows.classes * sizeof *w->logits);
		if (!w->logits)
			return lt_fail_memory(err);
	}
	code = w->method->predict(w->state, rows->col[w->test.vectors.column], rows->n,
				  w->logits, err);
	for (uint32_t i = 0; i < rows->n && code == 0; i++)
		code = put_row(w, rows, i, err);
	return code;
}

static int predict(struct work *w, struct lt_error *err)
{
	const struct lt_rows *rows;
	int code;

	while ((code = lt_join_next(&w->test.join, &rows, err)) == 0 && rows) {
		if ((code = put_rows(w, rows, err)) != 0)
			return code;
		lt_progress(w->cli, "rows", w->test.join.rows, 0);
	}
	return code;
}

/* As lt eval --format tsv has them. */
static int write_figure(struct work *w, const char *name, const struct lt_figure *figure,
			struct lt_error *err)
{
	return lt_tsv_line(w->output, name, "", "-", figure->count ? figure->value : NAN,
			   figure->count, err);
}

static int write_figures(struct work *w, struct lt_error *err)
{
	const struct lt_figures *figures;
	int code = lt_metrics_finish(w->metrics, NULL, NULL, &figures, err);

	if (code != 0 ||
	    (code = lt_output_printf(w->output, err, "metric\tclass\tvalue\tcount\n")) != 0 ||
	    (code = write_figure(w, "accuracy", &figures->accuracy, err)) != 0)
		return code;
	return write_figure(w, "balanced_accuracy", &figures->balanced, err);
}

static int write_stream(struct work *w, struct lt_error *err)
{
	struct lt_feature_input *inputs[] = {&w->train, &w->test};
	int code = lt_cli_begin(w->cli, &w->to.writer, w->output, &w->to.header, err);

	if (code == 0)
		code = predict(w, err);
	return code != 0 ? code : lt_feature_output_done(&w->to, w->cli, inputs, 2, err);
}

static int write_text(struct work *w, struct lt_error *err)
{
	int code = lt_metrics_new(&w->metrics, w->rows.classes, w->to.header.classes, err);

	if (code != 0 || (code = predict(w, err)) != 0)
		return code;
	return write_figures(w, err);
}

/* ----------------------------------------------------------------------------- main */

static int work(struct work *w, struct lt_error *err)
{
	bool text = w->options->format.value == FORMAT_TSV;
	int code;

	if (text)
		lt_cli_writes_text(w->cli);
	w->method = lt_probe_methods[w->options->method.value];
	if ((code = settle_options(w, err)) != 0 || (code = check_inputs(w, err)) != 0 ||
	    (code = lt_cli_output(w->cli, &w->output, err)) != 0 ||
	    (code = open_inputs(w, err)) != 0 ||
	    (code = lt_pool_new(&w->config.pool, lt_cli_threads(w->cli), err)) != 0 ||
	    (code = learn(w, err)) != 0 || (code = make_header(w, err)) != 0)
		return code;
	return text ? write_text(w, err) : write_stream(w, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options};
	int code;

	lt_header_init(&w.to.header, LT_SCORES);
	code = work(&w, err);
	if (w.state)
		w.method->free(w.state);
	lt_pool_free(w.config.pool);
	lt_metrics_free(w.metrics);
	lt_feature_input_close(&w.train);
	lt_feature_input_close(&w.test);
	lt_feature_output_free(&w.to);
	lt_free(w.counts);
	lt_free(w.logits);
	return code;
}

static const struct lt_program program = {
	.name = "probe",
	.synopsis = "[options] --train file [file ...]",
	.summary = "measure the quality of features with a simple classifier",
	.opts = opts,
	.examples = {"lt probe --train train-scores.lts test-scores.lts | lt eval",
		     "lt probe --method linear --balance --train train-scores.lts "
		     "--format tsv test-scores.lts"},
	.max_operands = -1,
	.learns = true,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
