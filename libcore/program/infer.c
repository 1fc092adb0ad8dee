#include "program/infer.h"

#include <string.h>

#include "base/memory.h"
#include "method/batch.h"

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
	lt_network_free(infer->net);
	lt_free(infer->graph);
	lt_free(infer->logits);
	lt_free(infer->feature);
	lt_free(infer->rows_name);
	lt_header_free(&infer->rows);
	lt_model_free(&infer->model);
	lt_learn_end(&infer->learn);
}

int lt_infer_classifier(const struct lt_infer *infer, struct lt_error *err)
{
	const struct lt_header *model = &infer->model.header;

	if (!infer->has_model)
		return lt_fail(err, LT_USAGE, "no model: use --model FILE");
	if (model->n_classes < 1 || model->n_classes != model->num_classes)
		return lt_fail(err, LT_DATA,
			       "%s: a pre-trained encoder, not a classifier; use it as --init "
			       "of lt train",
			       infer->model.name);
	return 0;
}

/* The model must be a classifier over the rows' classes, for their images. */
static int check_rows(const struct lt_infer *infer, const char *name, struct lt_error *err)
{
	const struct lt_header *model = &infer->model.header, *rows = &infer->rows;
	int image = lt_header_find(rows, "image"), code;
	const struct lt_shape *shape;

	if ((code = lt_infer_classifier(infer, err)) != 0 ||
	    (code = lt_header_same_classes(model, infer->model.name, rows, name, err)) != 0)
		return code;
	if (image < 0 || rows->cols[image].dtype != LT_U1 || rows->cols[image].shape.dims != 3)
		return lt_fail(err, LT_DATA,
			       "%s: no column 'image' of |u1 with height, width and channel",
			       name);
	shape = &rows->cols[image].shape;
	if (model->input.dims != 3 ||
	    memcmp(shape->dim, model->input.dim, 3 * sizeof shape->dim[0]) != 0)
		return lt_fail(err, LT_DATA,
			       "%s: images of %u×%u×%u, where the model takes %u×%u×%u", name,
			       shape->dim[0], shape->dim[1], shape->dim[2], model->input.dim[0],
			       model->input.dim[1], model->input.dim[2]);
	if (model->norm.channels != (int)shape->dim[2])
		return lt_fail(err, LT_DATA, "%s: the model does not say how to normalise",
			       infer->model.name);
	return 0;
}

static int make_network(struct lt_infer *infer, struct lt_error *err)
{
	struct lt_network_config config = {.kernels = infer->learn.kernels,
					   .pool = infer->learn.pool,
					   .max_batch = infer->batch,
					   .max_splits = 1,
					   .infers = true,
					   .scale = infer->model.header.scale};
	int code;

	infer->norm = infer->model.header.norm;
	infer->graph = lt_new_array(1, sizeof *infer->graph);
	if (!infer->graph)
		return lt_fail_memory(err);
	if ((code = lt_model_graph(&infer->model, infer->graph, err)) != 0)
		return code;
	config.graph = infer->graph;
	infer->features = infer->graph->features;
	if ((code = lt_network_new(&infer->net, &config, err)) != 0)
		return code;
	return lt_model_load(&infer->model, infer->net, true, err);
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
		if ((code = check_rows(infer, name, err)) != 0 ||
		    (!infer->net && (code = make_network(infer, err)) != 0))
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
	return calls->begin(arg, infer, err);
}

/*
 * Whether entry, or all that it was made of, is scores of the model of entry model: programs
 * between eval and here (lt cat --slice) have entries too.  Where provenance does not say, they
 * may be.
 */
static bool may_be_of(const struct lt_header *header, int entry, int model)
{
	const struct lt_prov *prov = &header->prov[entry];
	bool scores = strcmp(prov->prog, "eval") == 0;

	for (int i = 0; i < prov->n_in; i++) {
		const struct lt_prov_in *in = &prov->in[i];

		if (in->entry < 0)
			continue;
		if (scores && strcmp(in->role, "model") == 0)
			return in->entry == model;
		if (!scores && !may_be_of(header, in->entry, model))
			return false;
	}
	return true;
}

/* Scores that were just noted, beside a model, must be that model's. */
static int check_model(const struct lt_infer *infer, const char *name, struct lt_error *err)
{
	const struct lt_learn *learn = &infer->learn;
	int model = -1, last = learn->n_in - 1;

	for (int i = 0; i < last; i++)
		if (strcmp(learn->in[i].role, "model") == 0)
			model = learn->in[i].entry;
	if (model < 0 || may_be_of(&learn->header, learn->in[last].entry, model))
		return 0;
	return lt_fail(err, LT_DATA, "%s: scores of another model than %s", name,
		       infer->model.name);
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
	if (infer->has_rows)
		code = lt_header_same_table(&infer->rows, infer->rows_name, header, name, err);
	else if ((code = lt_header_copy(&infer->rows, header, err)) == 0)
		code = first_rows(infer, calls, arg, name, err);
	if (code == 0 && infer->scores && infer->has_model && header->n_prov > 0)
		code = check_model(infer, name, err);
	return code;
}

static void see(void *arg, uint64_t i, const lt_real *output, const lt_real *feature)
{
	struct lt_infer *infer = arg;
	size_t classes = (size_t)infer->graph->classes, features = (size_t)infer->features;

	for (size_t c = 0; c < classes; c++)
		infer->logits[i * classes + c] = (float)output[c];
	for (size_t k = 0; k < features; k++)
		infer->feature[i * features + k] = (float)feature[k];
}

static int take_room(struct lt_infer *infer, uint32_t n, struct lt_error *err)
{
	if (n <= infer->room)
		return 0;
	lt_free(infer->logits);
	lt_free(infer->feature);
	infer->room = 0;
	infer->logits = lt_grow_array(NULL, n, (size_t)infer->graph->classes * sizeof(float));
	infer->feature = lt_grow_array(NULL, n, (size_t)infer->features * sizeof(float));
	if (!infer->logits || !infer->feature)
		return lt_fail_memory(err);
	infer->room = n;
	return 0;
}

static int on_images(struct lt_infer *infer, const struct lt_rows *rows,
		     const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	int image = lt_header_find(&infer->rows, "image"),
	    code = take_room(infer, rows->n, err);
	struct lt_table table = {.n = rows->n,
				 .height = infer->graph->h,
				 .width = infer->graph->w,
				 .channels = infer->graph->c};
	struct lt_view view = {.seed = lt_cli_seed(infer->learn.cli),
			       .slot = (uint32_t)infer->row};

	/* lt_predict_view only reads the table. */
	table.image = (uint8_t *)(uintptr_t)rows->col[image];
	for (infer->view = 0; infer->view < infer->views && code == 0; infer->view++) {
		view.recipe = infer->view == 0 ? "none" : "crop-flip";
		view.number = (uint32_t)infer->view;
		code = lt_predict_view(infer->net, &table, &infer->norm, &view, NULL, rows->n,
				       see, infer, err);
		if (code == 0)
			code = calls->frame(arg, infer, rows, infer->logits, infer->feature,
					    err);
	}
	return code;
}

static int on_rows(struct lt_infer *infer, const struct lt_rows *rows,
		   const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	int feature = lt_header_find(&infer->rows, "feature"), code;
	bool usable = feature >= 0 && infer->rows.cols[feature].dtype == LT_F4;

	if (infer->scores)
		code = calls->frame(arg, infer, rows,
				    rows->col[lt_header_find(&infer->rows, "logits")],
				    usable ? rows->col[feature] : NULL, err);
	else
		code = on_images(infer, rows, calls, arg, err);
	infer->row += rows->n;
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
	while (code == 0 && (code = lt_reader_next(reader, &event, err)) == 0 &&
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
		code = lt_fail(err, LT_DATA, "%s: a model, but no rows",
			       lt_reader_name(reader));
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
	infer->has_rows = infer->scores = false;
	infer->row = 0;
	infer->role = role;
	return read_path(infer, path, calls, arg, err);
}
