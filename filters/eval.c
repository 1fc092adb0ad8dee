/*
 * eval: reports the accuracy of a model, class by class, from rows and a model
 * or from scores of an earlier run.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "program/figure_options.h"
#include "program/infer.h"
#include "program/infer_second.h"
#include "report/metrics.h"
#include "report/more.h"

struct options {
	struct lt_choice_value format; /* index into lt_report_formats */
	struct lt_text_value groups;
	struct lt_flag_value confusion;
	struct lt_text_value scores, predictions;
	struct lt_figure_options figures;
	struct lt_infer_options infer;
};

static const struct lt_opt opts[] = {
	LT_CHOICE(struct options, format, "format", "NAME", "text", lt_report_format_names,
		  NULL, 0, ""),
	LT_TEXT(struct options, groups, "groups", "HOW", "100,20", 0,
		"many above 100 training rows, few below 20; or thirds"),
	LT_FLAG(struct options, confusion, "confusion", 0,
		"report confusions between classes too"),
	LT_PATH(struct options, scores, "scores", "FILE", LT_FILE_SIDE,
		"write logits and features as a stream"),
	LT_PATH(struct options, predictions, "predictions", "FILE", LT_FILE_SIDE,
		"write a line per row: row key true predicted confidence"),
	LT_FIGURE_OPTS(struct options, figures),
	LT_INFER_OPTS(struct options, infer),
	{0},
};

struct work {
	const struct options *options;
	struct lt_infer infer;
	struct lt_second second;
	struct lt_metrics *metrics;
	struct lt_figure_request request;
	struct lt_more *more; /* NULL: no additional figures */
	struct lt_groups groups;
	struct lt_output *predictions, *scores_out;
	struct lt_writer *scores;
	struct lt_header scores_header;
	int id, key; /* columns, or -1 */
};

/* id and y as in the rows, then logits and features, which later methods use. */
static int begin_scores(struct work *w, struct lt_infer *infer, struct lt_error *err)
{
	struct lt_header *h = &w->scores_header;
	const struct lt_header *model = &infer->model.header;
	int classes = infer->rows.n_classes, code;
	struct lt_shape logits = {1, {(uint32_t)classes}},
			feature = {1, {(uint32_t)infer->features}};

	if (infer->scores)
		return lt_fail(err, LT_USAGE, "--scores: the input holds scores already");
	if ((classes > 0 &&
	     (code = lt_header_set_classes(h, infer->rows.classes, classes, err)) != 0) ||
	    (code = lt_header_add_column(h, "id", LT_I8, (struct lt_shape){0}, "id", err)) !=
		    0 ||
	    (code = lt_header_add_column(h, "y", LT_I4, (struct lt_shape){0}, "label", err)) !=
		    0 ||
	    (!infer->encoder &&
	     (code = lt_header_add_column(h, "logits", LT_F4, logits, "input", err)) != 0) ||
	    (code = lt_header_add_column(h, "feature", LT_F4, feature, "input", err)) != 0)
		return code;
	if (model->train_counts && !infer->encoder &&
	    (code = lt_header_set_counts(h, &h->train_counts, model->train_counts, classes,
					 err)) != 0)
		return code;
	if (infer->rows.split && !(h->split = lt_arena_text(&h->arena, infer->rows.split)))
		return lt_fail_memory(err);
	for (int i = 0; i < infer->learn.header.n_prov; i++)
		h->prov[i] = infer->learn.header.prov[i];
	h->n_prov = infer->learn.header.n_prov;
	return lt_cli_begin(infer->learn.cli, &w->scores, w->scores_out, h, err);
}

/* Where the training counts are. */
static const struct lt_header *source_of(const struct lt_infer *infer)
{
	return infer->scores ? &infer->rows : &infer->model.header;
}

static int begin_figures(struct work *w, struct lt_infer *infer, struct lt_error *err)
{
	const char *name = infer->scores ? infer->rows_name : infer->model.name;
	int code;

	if (w->second.is && (code = lt_second_fit(&w->second, infer, err)) != 0)
		return code;
	if ((code = lt_figure_check_counts(&w->request, source_of(infer)->train_counts != NULL,
					   name, infer->learn.cli, err)) != 0 ||
	    !w->request.wanted)
		return code;
	return lt_more_new(&w->more, infer->rows.n_classes, &w->request.more, err);
}

static int begin(void *arg, struct lt_infer *infer, struct lt_error *err)
{
	struct work *w = arg;
	const struct lt_header *rows = &infer->rows;
	int code;

	w->id = lt_header_find(rows, "id");
	w->key = lt_header_find(rows, "key");
	if (w->key >= 0 && rows->cols[w->key].dtype != LT_BYTES)
		w->key = -1;
	if ((!infer->encoder &&
	     ((code = lt_metrics_new(&w->metrics, rows->n_classes, rows->classes, err)) != 0 ||
	      (code = begin_figures(w, infer, err)) != 0)) ||
	    (code = lt_learn_provenance(&infer->learn, err)) != 0)
		return code;
	if (w->predictions &&
	    (code = lt_output_printf(w->predictions, err,
				     "row\tkey\ttrue\tpredicted\tconfidence\n")) != 0)
		return code;
	return w->scores_out ? begin_scores(w, infer, err) : 0;
}

/* A tab or a line break in a file name would break the table. */
static int write_key(struct lt_output *out, const struct lt_rows *rows, int col, uint32_t i,
		     struct lt_error *err)
{
	const char *key = (const char *)rows->col[col] + rows->offset[col][i];
	uint64_t n = rows->offset[col][i + 1] - rows->offset[col][i];
	int code = 0;

	for (uint64_t k = 0; k < n && code == 0; k++) {
		char c = (unsigned char)key[k] < 32 || key[k] == 127 ? '?' : key[k];

		code = lt_output_write(out, &c, 1, err);
	}
	return code;
}

static const char *class_name(const struct lt_header *rows, int label)
{
	return label >= 0 && label < rows->n_classes ? rows->classes[label] : "-";
}

static int write_prediction(struct work *w, const struct lt_infer *infer,
			    const struct lt_rows *rows, uint32_t i,
			    const struct lt_outcome *outcome, struct lt_error *err)
{
	char confidence[32];
	int code = lt_output_printf(w->predictions, err, "%llu\t",
				    (unsigned long long)(infer->row + i));

	if (code != 0)
		return code;
	code = w->key >= 0 ? write_key(w->predictions, rows, w->key, i, err)
			   : lt_output_write(w->predictions, "-", 1, err);
	if (code != 0)
		return code;
	lt_format_real(outcome->confidence, confidence);
	return lt_output_printf(w->predictions, err, "\t%s\t%s\t%s\n",
				class_name(&infer->rows, outcome->label),
				class_name(&infer->rows, outcome->predicted), confidence);
}

static int write_scores(struct work *w, const struct lt_infer *infer, uint32_t i, int64_t id,
			int label, const float *logits, const float *feature,
			struct lt_error *err)
{
	int32_t y = label;
	const void *cell[4] = {&id, &y};
	int n = 2;

	if (!infer->encoder)
		cell[n++] = logits + (size_t)i * (size_t)infer->rows.n_classes;
	cell[n] = feature + (size_t)i * (size_t)infer->features;
	return lt_writer_row(w->scores, cell, NULL, err);
}

/* Adds a row to the additional figures; second: the logits of the second model, or NULL. */
static int add_figures(struct work *w, const struct lt_outcome *outcome, const float *logits,
		       const float *second, int classes, struct lt_error *err)
{
	struct lt_outcome other = {.predicted = -1};

	if (second)
		lt_outcome_of(second, classes, outcome->label, NULL, &other);
	return lt_more_add(w->more, outcome->label, outcome->predicted, other.predicted, logits,
			   err);
}

/* Evaluates row i of a classifier; the logits are those of its frame. */
static int judge(struct work *w, struct lt_infer *infer, const struct lt_rows *rows, uint32_t i,
		 const float *logits, const float *second, int label, struct lt_error *err)
{
	int classes = infer->rows.n_classes, code = 0;
	size_t at = (size_t)i * (size_t)classes;
	struct lt_outcome outcome;

	logits += at;
	lt_outcome_of(logits, classes, label, infer->probability, &outcome);
	lt_metrics_add(w->metrics, &outcome);
	if (w->more)
		code = add_figures(w, &outcome, logits, second ? second + at : NULL, classes,
				   err);
	if (code == 0 && w->predictions)
		code = write_prediction(w, infer, rows, i, &outcome, err);
	return code;
}

static int frame(void *arg, struct lt_infer *infer, const struct lt_rows *rows,
		 const float *logits, const float *feature, struct lt_error *err)
{
	struct work *w = arg;
	int label, code;
	const float *second = NULL;

	if (w->second.is && (code = lt_second_logits(&w->second, infer, &second, err)) != 0)
		return code;
	for (uint32_t i = 0; i < rows->n; i++) {
		int64_t id = (int64_t)(infer->row + i);

		if ((code = lt_infer_label(infer, rows, i, &label, err)) != 0 ||
		    (!infer->encoder &&
		     (code = judge(w, infer, rows, i, logits, second, label, err)) != 0))
			return code;
		if (w->id >= 0)
			id = lt_rows_integer(rows, &infer->rows, w->id, i);
		if (w->scores &&
		    (code = write_scores(w, infer, i, id, label, logits, feature, err)) != 0)
			return code;
	}
	return 0;
}

static int write_report(struct work *w, struct lt_error *err)
{
	const uint64_t *counts = source_of(&w->infer)->train_counts;
	const struct lt_groups *groups = counts ? &w->groups : NULL;
	struct lt_report_options options = {.confusion = w->options->confusion.given};
	const struct lt_figures *figures;
	int code = lt_metrics_finish(w->metrics, counts, groups, &figures, err);

	if (code == 0 && w->more)
		code = lt_more_finish(w->more, w->infer.learn.pool, counts, groups,
				      &options.more, err);
	if (code != 0)
		return code;
	if (figures->rows == 0 && figures->without_label > 0 && !w->predictions && !w->scores)
		lt_notice(w->infer.learn.cli,
			  "no row has a label, so there are no figures; --predictions FILE "
			  "writes the predicted classes");
	return lt_report_formats[w->options->format.value].write(figures, &options,
								 w->infer.learn.output, err);
}

static int work(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	const char *predictions = w->options->predictions.value,
		   *scores = w->options->scores.value,
		   *against = w->options->figures.against.value;
	struct lt_infer_calls calls = {begin, frame, true, false};
	int code = lt_groups_parse(w->options->groups.value, &w->groups, err);

	if (code != 0 ||
	    (code = lt_figure_request(&w->options->figures, cli, &w->request, err)) != 0 ||
	    (code = lt_infer_begin(&w->infer, cli, &w->options->infer, LT_SCORES, err)) != 0 ||
	    (against && (code = lt_second_read(&w->second, &w->infer, against, err)) != 0))
		return code;
	if (predictions &&
	    (code = lt_cli_side_output(cli, &w->predictions, predictions, err)) != 0)
		return code;
	if (scores && (code = lt_cli_side_output(cli, &w->scores_out, scores, err)) != 0)
		return code;
	/* An encoder has only features. */
	calls.encoders = scores && !predictions && !against && !w->request.wanted;
	if ((code = lt_infer_run(&w->infer, &calls, w, err)) != 0)
		return code;
	if (w->scores) {
		for (int i = 0; i < w->infer.learn.n_inputs && code == 0; i++)
			code = lt_writer_input(w->scores, &w->infer.learn.inputs[i], err);
		if (code != 0 || (code = lt_cli_done(cli, w->scores, NULL, err)) != 0)
			return code;
	}
	if (!w->infer.encoder)
		return write_report(w, err);
	lt_notice(cli,
		  "%s: a pre-trained encoder: --scores has its features, and there is no "
		  "report",
		  w->infer.model.name);
	return 0;
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work *w = lt_new_array(1, sizeof *w);
	int code;

	if (!w)
		return lt_fail_memory(err);
	w->options = options;
	lt_header_init(&w->scores_header, LT_SCORES);
	code = work(w, cli, err);
	lt_metrics_free(w->metrics);
	lt_more_free(w->more);
	lt_second_end(&w->second);
	lt_header_free(&w->scores_header);
	lt_infer_end(&w->infer);
	lt_free(w);
	return code;
}

static const struct lt_program program = {
	.name = "eval",
	.synopsis = "[options] [file ...]",
	.summary = "report the accuracy of a model, class by class",
	.opts = opts,
	.examples = {"lt import --split test cifar-10-binary.tar.gz | lt eval --model base.lts",
		     "lt eval --model base.lts --groups thirds --format tsv test.lts | grep "
		     "accuracy"},
	.max_operands = -1,
	.learns = true,
	.text = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
