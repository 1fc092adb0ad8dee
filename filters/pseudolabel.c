/*
 * pseudolabel: writes a model's hard predictions as the labels of rows.  All rows are kept by
 * default, as published; --min-conf, --per-class-quota and --quota drop the less confident
 * ones.  Quotas and --align need all rows before the first is written, and hold them.
 */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "image/frames.h"
#include "method/guess.h"
#include "program/infer.h"
#include "report/metrics.h"
#include "report/pseudo_score.h"

static const char *const quotas[] = {"crest", NULL};

struct options {
	struct lt_real_value min_conf;
	struct lt_int_value per_class_quota;
	struct lt_choice_value quota; /* given: crest */
	struct lt_real_value quota_power, align;
	struct lt_flag_value soft;
	struct lt_text_value score;
	struct lt_infer_options infer;
};

static const struct lt_opt opts[] = {
	LT_REAL(struct options, min_conf, "min-conf", "P", "0", 0, 1, LT_OPT_RESULT,
		"drop rows with confidence below P"),
	LT_INT(struct options, per_class_quota, "per-class-quota", "N", NULL, 1, 0,
	       LT_OPT_RESULT, "keep the N most confident rows of each predicted class"),
	LT_CHOICE(struct options, quota, "quota", "NAME", NULL, quotas, NULL, LT_OPT_RESULT,
		  "keep more of the rows predicted as rare classes"),
	LT_REAL(struct options, quota_power, "quota-power", "A", NULL, 0, 10, LT_OPT_RESULT,
		"crest: exponent of the shares kept; 1/3 if not given"),
	LT_REAL(struct options, align, "align", "K", NULL, 0, 1, LT_OPT_RESULT,
		"align the predictions with the training shares to the power K"),
	LT_FLAG(struct options, soft, "soft", LT_OPT_RESULT,
		"also write the class probabilities (column q)"),
	LT_PATH(struct options, score, "score", "FILE", LT_FILE_SIDE,
		"write precision and recall by class; needs column y_true"),
	LT_INFER_OPTS(struct options, infer),
	{0},
};

struct work {
	struct lt_infer infer;
	struct lt_header *out; /* infer.learn.header */
	struct lt_writer *writer;
	struct lt_output *score_out;
	struct lt_pseudo_score *score;
	int from[LT_MAX_COLUMNS]; /* input column of each output column, or MADE_… */
	int y_true;
	const struct options *options;
	bool holds;	  /* rows are kept until all are known */
	bool probability; /* of all classes: for column q, or to be aligned */
	float *q;	  /* of the current frame */
	size_t q_room;
	struct lt_guess *guess; /* of the current frame, or of all rows if they are held */
	size_t n, room;
	struct lt_frames held;
	/* Of each class, if rows are held. */
	uint64_t *called, *most, *kept;
	double *rate, *mean, *factor;
	uint64_t written;
};

enum { MADE_Y = -1, MADE_SOURCE = -2, MADE_CONFIDENCE = -3, MADE_Q = -4 };

/* ------------------------------------------------------------------------- header */

static int add_made(struct work *w, const char *name, enum lt_dtype dtype,
		    struct lt_shape shape, const char *role, int made, struct lt_error *err)
{
	int code;

	if ((code = lt_header_add_column(w->out, name, dtype, shape, role, err)) != 0)
		return code;
	w->from[w->out->n_cols - 1] = made;
	return 0;
}

static bool is_made(const char *name)
{
	return strcmp(name, "y") == 0 || strcmp(name, "y_src") == 0 ||
	       strcmp(name, "y_conf") == 0 || strcmp(name, "q") == 0;
}

/* The rows' columns, with y replaced, and the columns that describe the prediction. */
static int make_columns(struct work *w, struct lt_error *err)
{
	const struct lt_header *rows = &w->infer.rows;
	struct lt_shape scalar = {0}, classes = {1, {(uint32_t)rows->n_classes}};
	int code = lt_header_set_classes(w->out, rows->classes, rows->n_classes, err);

	if (code != 0)
		return code;
	for (int c = 0; c < rows->n_cols; c++) {
		const struct lt_column *col = &rows->cols[c];

		if (is_made(col->name))
			continue;
		code = lt_header_add_column(w->out, col->name, col->dtype, col->shape,
					    col->role, err);
		if (code != 0)
			return code;
		w->from[w->out->n_cols - 1] = c;
	}
	if ((code = add_made(w, "y", LT_I4, scalar, "label", MADE_Y, err)) != 0 ||
	    (code = add_made(w, "y_src", LT_U1, scalar, "info", MADE_SOURCE, err)) != 0 ||
	    (code = add_made(w, "y_conf", LT_F4, scalar, "info", MADE_CONFIDENCE, err)) != 0)
		return code;
	if (w->options->soft.given)
		code = add_made(w, "q", LT_F4, classes, "info", MADE_Q, err);
	return code;
}

/* Room for what is known of each class; CReST and alignment begin with the model's counts. */
static int make_classes(struct work *w, struct lt_error *err)
{
	const uint64_t *counts = w->infer.model.header.train_counts;
	bool crest = w->options->quota.given, align = w->options->align.given;
	size_t classes = (size_t)w->infer.rows.n_classes;

	if ((crest || align) && !counts)
		return lt_fail(err, LT_DATA,
			       "%s: --%s: the model does not say how many rows its classes had",
			       w->infer.model.name, crest ? "quota" : "align");
	w->called = lt_new_array(classes, 3 * sizeof *w->called);
	w->rate = lt_new_array(classes, 3 * sizeof *w->rate);
	if (!w->called || !w->rate)
		return lt_fail_memory(err);
	w->most = w->called + classes;
	w->kept = w->most + classes;
	w->mean = w->rate + classes;
	w->factor = w->mean + classes;
	return crest ? lt_guess_rates(counts, (int)classes, w->options->quota_power.value,
				      w->rate, err)
		     : 0;
}

static int begin(void *arg, struct lt_infer *infer, struct lt_error *err)
{
	struct work *w = arg;
	const struct lt_header *rows = &infer->rows;
	int code;

	w->y_true = lt_header_find(rows, "y_true");
	if (w->score_out && w->y_true < 0)
		return lt_fail(err, LT_DATA, "%s: --score needs a column 'y_true'",
			       infer->rows_name);
	if (w->score_out && (code = lt_pseudo_score_new(&w->score, rows->n_classes, err)) != 0)
		return code;
	if ((w->holds && (code = make_classes(w, err)) != 0) ||
	    (code = make_columns(w, err)) != 0)
		return code;
	w->out->norm = rows->norm;
	if (rows->split && !(w->out->split = lt_arena_text(&w->out->arena, rows->split)))
		return lt_fail_memory(err);
	if ((code = lt_learn_provenance(&infer->learn, err)) != 0)
		return code;
	return lt_cli_begin(infer->learn.cli, &w->writer, infer->learn.output, w->out, err);
}

/* ---------------------------------------------------------------------------- rows */

static int write_row(struct work *w, const struct lt_rows *rows, uint32_t i,
		     const struct lt_guess *guess, const float *q, struct lt_error *err)
{
	const struct lt_header *in = &w->infer.rows;
	static const uint8_t predicted = 1;
	const void *cell[LT_MAX_COLUMNS];
	uint64_t bytes[LT_MAX_COLUMNS] = {0};

	for (int c = 0; c < w->out->n_cols; c++) {
		int from = w->from[c];

		switch (from) {
		case MADE_Y:
			cell[c] = &guess->label;
			break;
		case MADE_SOURCE:
			cell[c] = &predicted;
			break;
		case MADE_CONFIDENCE:
			cell[c] = &guess->confidence;
			break;
		case MADE_Q:
			cell[c] = q + (size_t)i * in->n_classes;
			break;
		default:
			cell[c] = lt_rows_cell(rows, in, from, i, &bytes[c]);
		}
	}
	w->written++;
	return lt_writer_row(w->writer, cell, bytes, err);
}

static int emit(struct work *w, const struct lt_rows *rows, const struct lt_guess *guess,
		const float *q, const bool *keep, struct lt_error *err)
{
	int code = 0;

	for (uint32_t i = 0; i < rows->n && code == 0; i++) {
		bool kept = keep ? keep[i] : guess[i].confidence >= w->options->min_conf.value;

		if (w->score)
			lt_pseudo_score_add(
				w->score,
				(int)lt_rows_integer(rows, &w->infer.rows, w->y_true, i),
				guess[i].label, kept);
		if (kept)
			code = write_row(w, rows, i, &guess[i], q, err);
	}
	return code;
}

static int make_room(struct work *w, uint32_t n, struct lt_error *err)
{
	size_t need = w->n + n, classes = (size_t)w->infer.rows.n_classes;

	if (need > w->room) {
		size_t room = need > 2 * w->room ? need : 2 * w->room;
		struct lt_guess *grown = lt_grow_array(w->guess, room, sizeof *w->guess);

		if (!grown)
			return lt_fail_memory(err);
		w->guess = grown;
		w->room = room;
	}
	if (w->probability && n > w->q_room) {
		lt_free(w->q);
		w->q_room = 0;
		w->q = lt_grow_array(NULL, n, classes * sizeof *w->q);
		if (!w->q)
			return lt_fail_memory(err);
		w->q_room = n;
	}
	return 0;
}

static int frame(void *arg, struct lt_infer *infer, const struct lt_rows *rows,
		 const float *logits, const float *feature, struct lt_error *err)
{
	struct work *w = arg;
	size_t classes = (size_t)infer->rows.n_classes;
	struct lt_guess *guess;
	int code;

	(void)feature;
	if (w->score && infer->unnamed)
		return lt_fail(err, LT_DATA, "%s: --score needs rows with a class list",
			       infer->name);
	if (!w->holds)
		w->n = 0;
	if ((code = make_room(w, rows->n, err)) != 0)
		return code;
	guess = w->guess + w->n;
	for (uint32_t i = 0; i < rows->n; i++) {
		struct lt_outcome outcome;

		lt_outcome_of(logits + i * classes, (int)classes, -1, infer->probability,
			      &outcome);
		if (outcome.predicted < 0)
			return lt_fail(err, LT_DATA, "%s: the model's logits are not finite",
				       infer->model.name);
		guess[i] = (struct lt_guess){outcome.predicted, (float)outcome.confidence};
		for (size_t c = 0; w->probability && c < classes; c++)
			w->q[i * classes + c] = (float)infer->probability[c];
	}
	w->n += rows->n;
	if (!w->holds)
		return emit(w, rows, guess, w->q, NULL, err);
	return lt_frames_keep(&w->held, &infer->rows, rows, w->probability ? w->q : NULL,
			      rows->n * classes * sizeof *w->q, err);
}

/* ----------------------------------------------------------------------- held rows */

/* The mean of each class's probability over all rows, summed in their order. */
static void find_mean(struct work *w)
{
	size_t classes = (size_t)w->infer.rows.n_classes;

	for (size_t c = 0; c < classes; c++)
		w->mean[c] = 0;
	for (size_t f = 0; f < w->held.n; f++) {
		const void *q;
		const struct lt_rows *rows = lt_frames_get(&w->held, f, &q);

		for (size_t i = 0; i < rows->n * classes; i++)
			w->mean[i % classes] += (double)((const float *)q)[i];
	}
	for (size_t c = 0; c < classes && w->n > 0; c++)
		w->mean[c] /= (double)w->n;
}

/* A frame's probabilities as the output has them: aligned, in the room of a frame. */
static const float *aligned(struct work *w, const struct lt_rows *rows, const float *q)
{
	int classes = w->infer.rows.n_classes;
	size_t step = (size_t)classes;

	if (!w->options->align.given)
		return q;
	for (uint32_t i = 0; i < rows->n; i++)
		lt_guess_align(q + i * step, w->factor, classes, w->q + i * step);
	return w->q;
}

static void align_guesses(struct work *w)
{
	int classes = w->infer.rows.n_classes;
	size_t at = 0;

	find_mean(w);
	lt_guess_factors(w->infer.model.header.train_counts, w->mean, classes,
			 w->options->align.value, w->factor);
	for (size_t f = 0; f < w->held.n; f++) {
		const void *beside;
		const struct lt_rows *rows = lt_frames_get(&w->held, f, &beside);
		const float *q = aligned(w, rows, beside);

		for (uint32_t i = 0; i < rows->n; i++)
			w->guess[at++] = lt_guess_of(q + (size_t)i * (size_t)classes, classes);
	}
}

/* How many rows of each predicted class may stay; NULL: all. */
static const uint64_t *find_quota(struct work *w)
{
	int classes = w->infer.rows.n_classes;

	lt_guess_count(w->guess, w->n, classes, w->called);
	if (w->options->quota.given)
		lt_guess_share(w->rate, w->called, classes, w->most);
	else if (w->options->per_class_quota.given)
		for (int c = 0; c < classes; c++)
			w->most[c] = w->options->per_class_quota.value;
	else
		return NULL;
	return w->most;
}

static int emit_held(struct work *w, struct lt_error *err)
{
	bool *keep = lt_new_array(w->n, sizeof *keep);
	size_t at = 0;
	int code;

	if (!keep)
		return lt_fail_memory(err);
	if (w->options->align.given)
		align_guesses(w);
	code = lt_guess_choose(w->guess, w->n, w->options->min_conf.value, find_quota(w), keep,
			       err);
	for (size_t i = 0; i < w->n && code == 0; i++)
		if (keep[i])
			w->kept[w->guess[i].label]++;
	for (size_t f = 0; f < w->held.n && code == 0; f++) {
		const void *q;
		const struct lt_rows *rows = lt_frames_get(&w->held, f, &q);

		code = emit(w, rows, w->guess + at, aligned(w, rows, q), keep + at, err);
		at += rows->n;
	}
	lt_free(keep);
	return code;
}

/* How many rows the first classes gave. */
static void notice_classes(struct work *w)
{
	enum { SHOWN = 10 };
	const struct lt_header *rows = &w->infer.rows;
	char text[SHOWN * 100 + 40] = "";
	size_t n = 0;

	for (int c = 0; c < rows->n_classes && c < SHOWN; c++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%.40s %llu of %llu",
				      c ? ", " : "", rows->classes[c],
				      (unsigned long long)w->kept[c],
				      (unsigned long long)w->called[c]);
	if (rows->n_classes > SHOWN)
		snprintf(text + n, sizeof text - n, ", and %d more classes",
			 rows->n_classes - SHOWN);
	lt_notice(w->infer.learn.cli, "kept of the rows predicted: %s", text);
}

/* ---------------------------------------------------------------------------- main */

static int settle(struct work *w, struct options *options, struct lt_error *err)
{
	if (options->quota.given && options->per_class_quota.given)
		return lt_fail(err, LT_USAGE,
			       "--quota and --per-class-quota exclude each other");
	if (options->quota_power.given && !options->quota.given)
		return lt_fail(err, LT_USAGE, "--quota-power needs --quota crest");
	if (options->quota.given)
		lt_real_default(&options->quota_power, 1. / 3);
	w->options = options;
	w->holds =
		options->quota.given || options->per_class_quota.given || options->align.given;
	w->probability = options->soft.given || options->align.given;
	return 0;
}

static int work(struct work *w, struct lt_cli *cli, struct options *options,
		struct lt_error *err)
{
	static const struct lt_infer_calls calls = {begin, frame, false, false};
	const char *score = options->score.value;
	int code;

	if ((code = settle(w, options, err)) != 0 ||
	    (code = lt_infer_begin(&w->infer, cli, &options->infer, LT_ROWS, err)) != 0)
		return code;
	w->out = &w->infer.learn.header;
	if (score && (code = lt_cli_side_output(cli, &w->score_out, score, err)) != 0)
		return code;
	if ((code = lt_infer_run(&w->infer, &calls, w, err)) != 0 ||
	    (w->holds && (code = emit_held(w, err)) != 0))
		return code;
	if (w->score && (code = lt_pseudo_score_write(w->score, w->infer.rows.classes,
						      w->score_out, err)) != 0)
		return code;
	if (options->min_conf.value > 0 || w->holds)
		lt_notice(cli, "%llu rows kept", (unsigned long long)w->written);
	if (options->quota.given || options->align.given)
		notice_classes(w);
	for (int i = 0; i < w->infer.learn.n_inputs && code == 0; i++)
		code = lt_writer_input(w->writer, &w->infer.learn.inputs[i], err);
	return code != 0 ? code : lt_cli_done(cli, w->writer, NULL, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work *w = lt_new_array(1, sizeof *w);
	int code;

	if (!w)
		return lt_fail_memory(err);
	code = work(w, cli, options, err);
	lt_frames_free(&w->held);
	lt_free(w->called);
	lt_free(w->rate);
	lt_free(w->guess);
	lt_free(w->q);
	lt_pseudo_score_free(w->score);
	lt_infer_end(&w->infer);
	lt_free(w);
	return code;
}

static const struct lt_program program = {
	.name = "pseudolabel",
	.synopsis = "[options] [file ...]",
	.summary = "label rows with a model's predictions",
	.opts = opts,
	.examples = {"lt pseudolabel --model base.lts du.lts -o labelled.lts",
		     "lt pseudolabel --model base.lts du.lts | lt train --unlabeled - "
		     "lt100.lts -o semi.lts"},
	.max_operands = -1,
	.learns = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
