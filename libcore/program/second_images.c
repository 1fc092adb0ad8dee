#include "program/second_images.h"

#include <string.h>

#include "base/memory.h"

static int check_fit(const struct lt_table *table, const struct lt_model *model,
		     const struct lt_graph *graph, struct lt_error *err)
{
	int code = lt_header_same_classes(&model->header, model->name, &table->header,
					  table->name, err);

	if (code != 0)
		return code;
	if (table->height == graph->h && table->width == graph->w &&
	    table->channels == graph->c)
		return 0;
	return lt_fail(err, LT_DATA, "%s: images of %d×%d×%d, where %s was trained on %d×%d×%d",
		       table->name, table->height, table->width, table->channels, model->name,
		       graph->h, graph->w, graph->c);
}

static int read_tables(struct lt_second_tables *rows, struct lt_infer *infer,
		       struct lt_frozen *frozen, const char *val, struct lt_error *err)
{
	const struct lt_model *model = &infer->model;
	int code;

	if ((code = lt_learn_read_rows(&infer->learn, &rows->table, 0, &infer->model,
				       &infer->has_model, "data", err)) != 0 ||
	    (code = lt_infer_classifier(infer, err)) != 0 ||
	    (code = lt_frozen_read(frozen, model, err)) != 0 ||
	    (code = check_fit(&rows->table, model, frozen->graph, err)) != 0 ||
	    (code = lt_table_want_labels(&rows->table, err)) != 0)
		return code;
	if (!val)
		return 0;
	if ((code = lt_learn_read_file(&infer->learn, &rows->val, 0, val, "val", err)) != 0 ||
	    (code = check_fit(&rows->val, model, frozen->graph, err)) != 0)
		return code;
	if (!lt_table_has_label(&rows->val))
		return lt_fail(err, LT_DATA,
			       "%s: no row has a label to choose the best epoch by", val);
	lt_notice_test_rows(infer->learn.cli, &rows->val.header, rows->val.name);
	return 0;
}

/* The model's encoder under a linear head. */
static int make_network(struct lt_second_tables *rows, struct lt_infer *infer,
			const struct lt_graph *model, int batch, struct lt_error *err)
{
	struct lt_network_config config = {.kernels = infer->learn.kernels,
					   .pool = infer->learn.pool,
					   .max_batch = batch,
					   .max_splits = 1};
	int code;

	rows->graph = lt_new_array(1, sizeof *rows->graph);
	if (!rows->graph)
		return lt_fail_memory(err);
	config.graph = rows->graph;
	if ((code = lt_graph_build(rows->graph, infer->model.header.arch, model->h, model->w,
				   model->c, LT_FC(LT_HEAD_LINEAR, lt_graph_classes(model)), 1,
				   err)) != 0 ||
	    (code = lt_network_new(&rows->images.net, &config, err)) != 0)
		return code;
	return lt_model_load(&infer->model, rows->images.net, false, err);
}

int lt_second_images_read(struct lt_second_tables *rows, struct lt_infer *infer,
			  struct lt_frozen *frozen, const struct lt_second_options *options,
			  struct lt_error *err)
{
	const char *val = options->val.value;
	uint64_t batch = options->batch.value;
	int code = read_tables(rows, infer, frozen, val, err);

	if (code != 0)
		return code;
	batch = rows->table.n < batch ? rows->table.n : batch;
	if ((code = make_network(rows, infer, frozen->graph, (int)batch, err)) != 0)
		return code;
	rows->images.table = &rows->table;
	rows->images.val = val ? &rows->val : NULL;
	rows->images.augment = options->augment.value;
	rows->images.norm = infer->model.header.norm;
	return 0;
}

void lt_second_images_take(const struct lt_second_tables *rows, struct lt_frozen *frozen)
{
	memcpy(frozen->state, lt_network_state(rows->images.net),
	       rows->graph->state * sizeof *frozen->state);
}

void lt_second_images_free(struct lt_second_tables *rows)
{
	lt_network_free(rows->images.net);
	lt_free(rows->graph);
	lt_table_free(&rows->table);
	lt_table_free(&rows->val);
}
