/*
 * pseudolabel: writes a model's hard predictions as the labels of rows.  All rows are kept by
 * default, as published; --min-conf and --per-class-quota drop the less confident ones.
 */
#include <string.h>

#include "base/memory.h"
#include "image/frames.h"
#include "method/guess.h"
#include "program/infer.h"
#include "report/metrics.h"
#include "report/pseudo_score.h"

struct options {
	struct lt_real_value min_conf;
	struct lt_int_value per_class_quota;
	struct lt_flag_value soft;
	struct lt_text_value score;
	struct lt_infer_options infer;
};

static const struct lt_opt opts[] = {
	LT_REAL(struct options, min_conf, "min-conf", "P", "0", 0, 1, LT_OPT_RESULT,
		"drop rows with confidence below P"),
	LT_INT(struct options, per_class_quota, "per-class-quota", "N", NULL, 1, 0,
	       LT_OPT_RESULT, "keep the N most confident rows of each predicted class"),
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
	bool soft;
	double min_conf;
	uint64_t quota; /* 0: none */
	float *q;	/* of the current frame */
	size_t q_room;
	struct lt_guess *guess; /* of the current frame, or with a quota of all rows */
	size_t n, room;
	struct lt_frames kept; /* with a quota: the rows, until all are known */
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
	if (w->soft)
		code = add_made(w, "q", LT_F4, classes, "info", MADE_Q, err);
	return code;
}

static int begin(void *arg, struct lt_infer *infer, struct lt_error *err)
{
	struct work *w = arg;
	const struct lt_header *rows = &infer->rows;
	int code;

	w->y_true = lt_header_find(rows, "y_true");
	if (w->score_out && w->y_true < 0)
		return lt_fail(err, LT_DATA, "%s: --score wants a column 'y_true'",
			       infer->rows_name);
	if (w->score_out && (code = lt_pseudo_score_new(&w->score, rows->n_classes, err)) != 0)
		return code;
	if ((code = make_columns(w, err)) != 0)
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
		bool kept = keep ? keep[i] : guess[i].confidence >= w->min_conf;

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
	if (w->soft && n > w->q_room) {
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
		return lt_fail(err, LT_DATA, "%s: --score wants rows with a class list",
			       infer->name);
	if (!w->quota)
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
		for (size_t c = 0; w->soft && c < classes; c++)
			w->q[i * classes + c] = (float)infer->probability[c];
	}
	w->n += rows->n;
	if (!w->quota)
		return emit(w, rows, guess, w->q, NULL, err);
	return lt_frames_keep(&w->kept, &infer->rows, rows, w->soft ? w->q : NULL,
			      rows->n * classes * sizeof *w->q, err);
}

/* --------------------------------------------------------------------------- quota */

static int emit_kept(struct work *w, struct lt_error *err)
{
	bool *keep = lt_new_array(w->n, sizeof *keep);
	size_t at = 0;
	int code;

	if (!keep)
		return lt_fail_memory(err);
	code = lt_guess_choose(w->guess, w->n, w->min_conf, w->quota, keep, err);
	for (size_t f = 0; f < w->kept.n && code == 0; f++) {
		const void *q;
		const struct lt_rows *rows = lt_frames_get(&w->kept, f, &q);

		code = emit(w, rows, w->guess + at, q, keep + at, err);
		at += rows->n;
	}
	lt_free(keep);
	return code;
}

/* ---------------------------------------------------------------------------- main */

static int work(struct work *w, struct lt_cli *cli, const struct options *options,
		struct lt_error *err)
{
	static const struct lt_infer_calls calls = {begin, frame, false, false};
	const char *score = options->score.value;
	int code;

	w->soft = options->soft.given;
	w->min_conf = options->min_conf.value;
	w->quota = options->per_class_quota.value;
	if ((code = lt_infer_begin(&w->infer, cli, &options->infer, LT_ROWS, err)) != 0)
		return code;
	w->out = &w->infer.learn.header;
	if (score && (code = lt_cli_side_output(cli, &w->score_out, score, err)) != 0)
		return code;
	if ((code = lt_infer_run(&w->infer, &calls, w, err)) != 0 ||
	    (w->quota && (code = emit_kept(w, err)) != 0))
		return code;
	if (w->score && (code = lt_pseudo_score_write(w->score, w->infer.rows.classes,
						      w->score_out, err)) != 0)
		return code;
	if (w->min_conf > 0 || w->quota)
		lt_notice(cli, "%llu rows kept", (unsigned long long)w->written);
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
	lt_frames_free(&w->kept);
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
