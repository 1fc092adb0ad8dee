#include "program/infer.h"

#include <string.h>

#include "base/memory.h"
#include "program/infer_block.h"
#include "program/infer_fit.h"
#include "program/infer_network.h"

int lt_infer_begin(struct lt_infer *infer, struct lt_cli *cli,
		   const struct lt_infer_options *options, enum lt_kind kind,
		   struct lt_error *err)
{
	int code;

	memset(infer, 0, sizeof *infer);
	lt_header_init(&infer->rows, LT_ROWS);
	infer->batch = (int)options->batch.value;
	infer->views = 1;
	if ((code = lt_learn_begin(&infer->learn, cli, &options->kernel, kind, err)) != 0 ||
	    (code = lt_learn_check_inputs(cli, err)) != 0)
		return code;
	return lt_learn_read_model(&infer->learn, &infer->model, &infer->has_model,
				   options->model.value, "model", err);
}

void lt_infer_end(struct lt_infer *infer)
{
	lt_infer_block_free(&infer->block);
	lt_network_free(infer->net);
	lt_free(infer->graph);
	lt_free(infer->logits);
	lt_free(infer->feature);
	lt_free(infer->probability);
	lt_free(infer->rows_name);
	lt_header_free(&infer->rows);
	lt_model_free(&infer->model);
	lt_learn_end(&infer->learn);
}

static int first_rows(struct lt_infer *infer, const struct lt_infer_calls *calls, void *arg,
		      const char *name, struct lt_error *err)
{
	int code, logits;

	infer->rows_name = lt_text_copy(name);
	if (!infer->rows_name)
		return lt_fail_memory(err);
	infer->scores = infer->rows.kind == LT_SCORES;
	if (!infer->scores) {
		if ((code = lt_infer_fit_rows(infer, name, calls->encoders, err)) != 0 ||
		    (!infer->net && (code = lt_infer_network(infer, err)) != 0))
			return code;
	} else {
		logits = lt_header_find(&infer->rows, "logits");
		if (logits < 0 || infer->rows.cols[logits].dtype != LT_F4 ||
		    infer->rows.cols[logits].shape.dims != 1 || infer->rows.n_classes < 1 ||
		    (int)infer->rows.cols[logits].shape.dim[0] != infer->rows.n_classes)
			return lt_fail(
				err, LT_DATA,
				"%s: no column 'logits' of <f4 with a value for each class",
				name);
	}
	infer->has_rows = true;
	infer->y = lt_header_find(&infer->rows, "y");
	lt_free(infer->probability);
	infer->probability =
		lt_new_array(infer->rows.n_classes > 0 ? (size_t)infer->rows.n_classes : 1,
			     sizeof *infer->probability);
	return infer->probability ? calls->begin(arg, infer, err) : lt_fail_memory(err);
}

static int on_header(struct lt_infer *infer, struct lt_reader *reader,
		     const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	const struct lt_header *header = lt_reader_header(reader);
	const char *name = lt_reader_name(reader);
	int code;

	if (header->kind == LT_MODEL)
		return lt_fail(err, LT_DATA, "%s: a model, where rows are wanted", name);
	if (header->kind == LT_SCORES && !calls->scores)
		return lt_fail(err, LT_DATA, "%s: scores, where rows are wanted", name);
	if ((code = lt_learn_note_origin(&infer->learn, header, infer->role, err)) != 0)
		return code;
	if (infer->has_rows) {
		code = lt_header_same_columns(&infer->rows, infer->rows_name, header, name,
					      err);
		if (code == 0)
			code = lt_infer_fit_classes(infer, header, name, err);
	} else if ((code = lt_header_copy(&infer->rows, header, err)) == 0)
		code = first_rows(infer, calls, arg, name, err);
	if (code == 0 && infer->scores && infer->has_model && header->n_prov > 0)
		code = lt_infer_fit_model(infer, name, err);
	return code;
}

static int on_rows(struct lt_infer *infer, const struct lt_rows *rows,
		   const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	int feature = lt_header_find(&infer->rows, "feature"), code;
	bool usable = feature >= 0 && infer->rows.cols[feature].dtype == LT_F4;

	if (!infer->scores)
		return lt_infer_take(infer, rows, calls, arg, err);
	code = calls->frame(arg, infer, rows, rows->col[lt_header_find(&infer->rows, "logits")],
			    usable ? rows->col[feature] : NULL, err);
	infer->row += rows->n;
	return code;
}

/* The next event.  Rows that came before an error or the end of their segment are done. */
static int next_event(struct lt_infer *infer, struct lt_reader *reader, enum lt_event *event,
		      const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	struct lt_error later;
	int code = lt_reader_next(reader, event, &later), before = 0;

	if (code != 0 || *event == LT_EV_DONE)
		before = lt_infer_flush(infer, calls, arg, err);
	if (before != 0 || code == 0)
		return before;
	*err = later;
	return code;
}

static int read_path(struct lt_infer *infer, const char *path,
		     const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	struct lt_learn *learn = &infer->learn;
	struct lt_reader *reader;
	enum lt_event event;
	int code = lt_reader_open(&reader, path, err);

	if (code != 0)
		return code;
	infer->name = lt_reader_name(reader);
	while (code == 0 && (code = next_event(infer, reader, &event, calls, arg, err)) == 0 &&
	       event != LT_EV_END) {
		switch (event) {
		case LT_EV_HEADER:
			if (lt_reader_header(reader)->kind == LT_MODEL && !infer->has_model &&
			    !infer->has_rows) {
				code = lt_model_read(&infer->model, reader, true, err);
				if (code != 0)
					break;
				infer->has_model = true;
				code = lt_learn_note_model(learn, &infer->model, "model", err);
			} else {
				code = on_header(infer, reader, calls, arg, err);
			}
			break;
		case LT_EV_ROWS:
			code = on_rows(infer, lt_reader_rows(reader), calls, arg, err);
			lt_progress(learn->cli, "rows", infer->row, 0);
			break;
		case LT_EV_DONE:
			code = lt_learn_note_input(learn, lt_reader_totals(reader), err);
			break;
		default:
			break;
		}
	}
	if (code == 0 && !infer->has_rows)
		code = lt_fail(err, LT_DATA, "%s: a model, but no rows", infer->name);
	infer->name = NULL;
	lt_reader_close(reader);
	return code;
}

int lt_infer_run(struct lt_infer *infer, const struct lt_infer_calls *calls, void *arg,
		 struct lt_error *err)
{
	int n = lt_cli_operands(infer->learn.cli), code;

	infer->role = "data";
	code = read_path(infer, lt_cli_operand(infer->learn.cli, 0), calls, arg, err);
	for (int i = 1; i < n && code == 0; i++)
		code = read_path(infer, lt_cli_operand(infer->learn.cli, i), calls, arg, err);
	return code;
}

int lt_infer_file(struct lt_infer *infer, const char *path, const char *role,
		  const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	lt_header_free(&infer->rows);
	lt_header_init(&infer->rows, LT_ROWS);
	lt_free(infer->rows_name);
	infer->rows_name = NULL;
	infer->has_rows = infer->scores = infer->unnamed = false;
	infer->row = 0;
	infer->role = role;
	return read_path(infer, path, calls, arg, err);
}
