/*
 * ltverdict: will unlabelled rows help?  Read from scores of labelled validation rows and of
 * the unlabelled rows, before anything is learnt from them.  See verdict/verdict.h.
 */
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "program/feature_rows.h"
#include "verdict/verdict.h"

enum { FORMAT_TEXT, FORMAT_TSV, FORMAT_JSON };
static const char *const formats[] = {
	[FORMAT_TEXT] = "text", [FORMAT_TSV] = "tsv", [FORMAT_JSON] = "json", NULL};
static lt_verdict_writer *const writers[] = {[FORMAT_TEXT] = lt_verdict_text,
					     [FORMAT_TSV] = lt_verdict_tsv,
					     [FORMAT_JSON] = lt_verdict_json};
enum { FAIL_NEVER, FAIL_HARMFUL, FAIL_UNHELPFUL };
static const char *const failures[] = {[FAIL_NEVER] = "never",
				       [FAIL_HARMFUL] = "harmful",
				       [FAIL_UNHELPFUL] = "unhelpful",
				       NULL};

struct options {
	struct lt_text_value val, test, column;
	struct lt_choice_value format, fail_if;
	struct lt_real_value level;
	struct lt_int_value bootstrap;
};

static const struct lt_opt opts[] = {
	LT_PATH(struct options, val, "val", "FILE", LT_FILE_READ,
		"scores of labelled rows that the model was not trained on"),
	LT_PATH(struct options, test, "test", "FILE", LT_FILE_READ,
		"scores of test rows, to find copies of them"),
	LT_TEXT(struct options, column, "column", "NAME", "feature", LT_OPT_RESULT,
		"the column of vectors"),
	LT_CHOICE(struct options, format, "format", "NAME", "text", formats, NULL, 0, ""),
	LT_CHOICE(struct options, fail_if, "fail-if", "WHAT", "never", failures, NULL, 0,
		  "exit with status 1 if the verdict is that"),
	LT_REAL(struct options, level, "level", "X", "0.95", 0.5, 0.999, LT_OPT_RESULT,
		"level of the intervals"),
	LT_INT(struct options, bootstrap, "bootstrap", "N", "200", 20, 100000, LT_OPT_RESULT,
	       "number of bootstrap samples for intervals"),
	{0},
};

/* One of the three streams: features in input.vectors, and logits beside. */
struct part {
	struct lt_feature_input input;
	struct lt_vectors logits;
};

enum { VAL, DATA, TEST, PARTS };

struct work {
	struct lt_cli *cli;
	const struct options *options;
	struct lt_output *output;
	struct part part[PARTS];
	int parts;
	struct lt_feature_output provenance; /* only to find that the model is one */
	struct lt_sample sample;
	struct lt_verdict_config config;
	struct lt_verdict verdict;
};

/* -------------------------------------------------------------------------- options */

static int check_inputs(const struct work *w, struct lt_error *err)
{
	const struct options *o = w->options;
	int from_stdin = lt_feature_operands_stdin(w->cli);

	if (!o->val.value)
		return lt_fail(err, LT_USAGE,
			       "--val FILE: the scores of labelled rows are missing");
	from_stdin += lt_feature_is_stdin(o->val.value) +
		      (o->test.value && lt_feature_is_stdin(o->test.value));
	if (from_stdin > 1)
		return lt_fail(err, LT_USAGE, "only one of the inputs can be stdin");
	return 0;
}

/* --------------------------------------------------------------------------- inputs */

static int find_logits(struct part *part, struct lt_error *err)
{
	const struct lt_header *header = lt_feature_header(&part->input);
	const char *name = lt_feature_name(&part->input);
	int code;

	if (header->n_classes < 1)
		return lt_fail(err, LT_DATA, "%s: no class list", name);
	if (lt_header_find(header, "logits") < 0)
		return lt_fail(err, LT_DATA,
			       "%s: no column 'logits': scores of a classifier are wanted, as "
			       "lt eval --scores writes them",
			       name);
	if ((code = lt_vectors_find(&part->logits, header, name, "logits", err)) != 0)
		return code;
	if (part->logits.width != (size_t)header->n_classes)
		return lt_fail(err, LT_DATA, "%s: %zu logits a row for %d classes", name,
			       part->logits.width, header->n_classes);
	return 0;
}

/* Compares a part with the first one, the validation rows. */
static int check_part(const struct work *w, const struct part *part, struct lt_error *err)
{
	const struct lt_feature_input *val = &w->part[VAL].input, *input = &part->input;
	const struct lt_header *a = lt_feature_header(val), *b = lt_feature_header(input);
	int code =
		lt_header_same_classes(a, lt_feature_name(val), b, lt_feature_name(input), err);

	if (code != 0)
		return code;
	if (val->vectors.width != input->vectors.width)
		return lt_fail(err, LT_DATA, "%s: %zu values a row in '%s', where %s has %zu",
			       lt_feature_name(input), input->vectors.width,
			       w->options->column.value, lt_feature_name(val),
			       val->vectors.width);
	for (int c = 0; a->train_counts && b->train_counts && c < a->n_classes; c++)
		if (a->train_counts[c] != b->train_counts[c])
			return lt_fail(err, LT_DATA, "%s: scores of another model than %s",
				       lt_feature_name(input), lt_feature_name(val));
	return 0;
}

static int open_inputs(struct work *w, struct lt_error *err)
{
	const struct options *o = w->options;
	const char *column = o->column.value;
	struct lt_feature_input *inputs[PARTS];
	int code = lt_feature_input_open(&w->part[VAL].input, "val", &o->val.value, 1, column,
					 err);

	if (code == 0)
		code = lt_feature_input_operands(&w->part[DATA].input, w->cli, column, err);
	if (code == 0 && o->test.value)
		code = lt_feature_input_open(&w->part[TEST].input, "test", &o->test.value, 1,
					     column, err);
	w->parts = o->test.value ? PARTS : PARTS - 1;
	for (int i = 0; i < w->parts && code == 0; i++) {
		inputs[i] = &w->part[i].input;
		if ((code = find_logits(&w->part[i], err)) == 0)
			code = check_part(w, &w->part[i], err);
	}
	return code ? code
		    : lt_feature_output_provenance(&w->provenance, w->cli, inputs, w->parts,
						   true, err);
}

static int read_part(struct work *w, struct part *part, struct lt_error *err)
{
	const struct lt_header *header = lt_feature_header(&part->input);
	const struct lt_rows *rows;
	int code;

	while ((code = lt_join_next(&part->input.join, &rows, err)) == 0 && rows) {
		const char *name = lt_feature_name_now(&part->input);

		if ((code = lt_vectors_add(&part->input.vectors, header, rows, name, err)) !=
			    0 ||
		    (code = lt_vectors_add(&part->logits, header, rows, name, err)) != 0)
			return code;
		lt_progress(w->cli, "rows", part->logits.n, 0);
	}
	return code;
}

/* Drops validation rows without a label. */
static void keep_labelled(struct work *w)
{
	struct part *part = &w->part[VAL];
	struct lt_vectors *both[] = {&part->input.vectors, &part->logits};
	size_t given = part->logits.n;

	for (int i = 0; i < 2; i++) {
		struct lt_vectors *v = both[i];
		size_t kept = 0;

		for (size_t x = 0; x < given; x++) {
			if (v->label[x] < 0)
				continue;
			memmove(v->value + kept * v->width, v->value + x * v->width,
				v->width * sizeof *v->value);
			v->label[kept++] = v->label[x];
		}
		v->n = kept;
	}
	if (part->logits.n > 0 && part->logits.n < given)
		lt_notice(w->cli, "%s: %zu rows without a label are left out",
			  lt_feature_name(&part->input), given - part->logits.n);
}

static void tell_of_inputs(struct work *w)
{
	const struct lt_header *header = lt_feature_header(&w->part[VAL].input);

	if (header->split && strcmp(header->split, "train") == 0)
		lt_notice(w->cli,
			  "%s: training rows; if the model has learnt them, everything below "
			  "is too good",
			  lt_feature_name(&w->part[VAL].input));
}

static struct lt_scored_rows scored(const struct part *part)
{
	return (struct lt_scored_rows){part->logits.n, part->logits.value,
				       part->input.vectors.value, part->logits.label};
}

static int take_sample(struct work *w, struct lt_error *err)
{
	const struct lt_feature_input *val = &w->part[VAL].input, *data = &w->part[DATA].input;
	const struct lt_header *header = lt_feature_header(val);

	if (!header->train_counts)
		header = lt_feature_header(data);
	if (!header->train_counts)
		return lt_fail(err, LT_DATA,
			       "%s: no training counts of the model, with which pseudo-labels "
			       "are compared",
			       lt_feature_name(val));
	if (w->part[DATA].logits.n == 0)
		return lt_fail(err, LT_DATA, "%s: no rows", lt_feature_name(data));
	w->sample.classes = header->n_classes;
	w->sample.width = val->vectors.width;
	w->sample.train_counts = header->train_counts;
	w->sample.val.rows = scored(&w->part[VAL]);
	w->sample.pool.rows = scored(&w->part[DATA]);
	return lt_sample_derive(&w->sample, lt_feature_header(val)->classes,
				lt_feature_name(val), w->config.pool, err);
}

/* ----------------------------------------------------------------------------- main */

static int judge(struct work *w, struct lt_error *err)
{
	const char *const *names = lt_feature_header(&w->part[VAL].input)->classes;
	struct lt_scored_rows test = scored(&w->part[TEST]);
	int code = lt_verdict_make(&w->sample, names, &w->config, &w->verdict, err);

	if (code != 0 || w->parts <= TEST)
		return code;
	w->verdict.tested = true;
	return lt_duplicates_find(&w->sample.val.rows, &w->sample.pool.rows, &test,
				  w->sample.width, w->config.pool, &w->verdict.duplicates, err);
}

static int finish(struct work *w, struct lt_error *err)
{
	enum lt_forecast forecast = w->verdict.forecast;
	int when = w->options->fail_if.value,
	    code = writers[w->options->format.value](&w->verdict, w->output, err);
	bool fail = (when == FAIL_HARMFUL && forecast == LT_FORECAST_HARM) ||
		    (when == FAIL_UNHELPFUL && forecast != LT_FORECAST_HELP);

	if (code != 0 || !fail)
		return code;
	/* After an error nothing more is written. */
	if ((code = lt_output_flush(w->output, err)) != 0)
		return code;
	return lt_fail(err, LT_FALSE, "--fail-if %s: the verdict is: %s", failures[when],
		       lt_forecast_names[forecast]);
}

static int work(struct work *w, struct lt_error *err)
{
	int code;

	w->config.seed = lt_cli_seed(w->cli);
	w->config.replicates = (int)w->options->bootstrap.value;
	w->config.level = w->options->level.value;
	if ((code = check_inputs(w, err)) != 0 ||
	    (code = lt_cli_output(w->cli, &w->output, err)) != 0 ||
	    (code = open_inputs(w, err)) != 0)
		return code;
	for (int i = 0; i < w->parts; i++)
		if ((code = read_part(w, &w->part[i], err)) != 0)
			return code;
	keep_labelled(w);
	if ((code = lt_pool_new(&w->config.pool, lt_cli_threads(w->cli), err)) != 0 ||
	    (code = take_sample(w, err)) != 0 || (code = judge(w, err)) != 0)
		return code;
	tell_of_inputs(w);
	return finish(w, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options};
	int code;

	lt_header_init(&w.provenance.header, LT_SCORES);
	code = work(&w, err);
	lt_pool_free(w.config.pool);
	lt_verdict_free(&w.verdict);
	lt_sample_free(&w.sample);
	for (int i = 0; i < PARTS; i++) {
		lt_feature_input_close(&w.part[i].input);
		lt_vectors_free(&w.part[i].logits);
	}
	lt_feature_output_free(&w.provenance);
	return code;
}

static const struct lt_program program = {
	.name = "ltverdict",
	.synopsis = "[options] --val file [file ...]",
	.summary = "predict whether unlabelled rows will help, before training on them",
	.opts = opts,
	.examples = {"lt eval --model base.lts --scores du-scores.lts du.lts",
		     "lt verdict --val val-scores.lts --test test-scores.lts du-scores.lts"},
	.max_operands = -1,
	.learns = true,
	.text = true,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
