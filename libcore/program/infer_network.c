#include "program/infer_network.h"

#include "base/memory.h"
#include "method/batch.h"

int lt_infer_network(struct lt_infer *infer, struct lt_error *err)
{
	struct lt_network_config config = {.kernels = infer->learn.kernels,
					   .pool = infer->learn.pool,
					   .max_batch = infer->batch,
					   .max_splits = 1,
					   .infers = true};
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

static void see(void *arg, uint64_t i, const lt_real *output, const lt_real *feature)
{
	struct lt_infer *infer = arg;
	size_t classes = (size_t)lt_graph_classes(infer->graph),
	       features = (size_t)infer->features;

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
	infer->logits =
		lt_grow_array(NULL, n, (size_t)lt_graph_classes(infer->graph) * sizeof(float));
	infer->feature = lt_grow_array(NULL, n, (size_t)infer->features * sizeof(float));
	if (!infer->logits || !infer->feature)
		return lt_fail_memory(err);
	infer->room = n;
	return 0;
}

static struct lt_source source_of(const struct lt_infer *infer, const struct lt_cell *cell,
				  uint32_t n)
{
	const struct lt_graph *g = infer->graph;
	int image = lt_header_find(&infer->rows, "image");

	if (infer->rows.cols[image].dtype == LT_BYTES)
		return lt_source_encoded_cells(infer->name, infer->row, n, g->h, cell);
	return lt_source_pixel_cells(infer->name, n, g->h, g->w, g->c, cell);
}

int lt_infer_images(struct lt_infer *infer, const struct lt_cell *cell, uint32_t n,
		    struct lt_error *err)
{
	struct lt_source source = source_of(infer, cell, n);
	int code = take_room(infer, n, err);
	struct lt_view view = {.recipe = infer->view == 0 ? "none" : "crop-flip",
			       .number = (uint32_t)infer->view,
			       .seed = lt_cli_seed(infer->learn.cli),
			       .slot = (uint32_t)infer->row};

	if (code != 0)
		return code;
	return lt_predict_view(infer->net, &source, &infer->norm, &view, NULL, n, see, infer,
			       err);
}
