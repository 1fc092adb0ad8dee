/*
 * Fuzz target: a model, its graph, and its weights in a network; a loaded model is written
 * and loaded again.
 */
#include "net.h"

#define MAX_PARAMS ((size_t)1 << 19)

/* Loads a model as eval does, for small networks. */
static void as_network(const struct lt_model *model)
{
	static struct lt_graph graph;
	struct lt_error err = {0};
	const struct lt_kernels *kernels;
	struct lt_network *net;
	int code = lt_model_graph(model, &graph, &err);

	if (code) {
		check_refusal(code, &err);
		return;
	}
	/* Allocating a network takes time; a model without tensors needs no network. */
	if (graph.params > MAX_PARAMS || graph.h * graph.w > 256 || model->n_tensors < 4)
		return;
	check(lt_kernels_choose(&kernels, "ref", &err) == 0);
	check(lt_network_new(&net,
			     &(struct lt_network_config){.graph = &graph,
							 .kernels = kernels,
							 .pool = lt_network_pool(kit_network()),
							 .max_batch = 1,
							 .max_splits = 1,
							 .infers = true},
			     &err) == 0);
	code = lt_model_load(model, net, true, &err);
	if (code)
		check_refusal(code, &err);
	lt_network_free(net);
}

static void load(const struct lt_model *model, const char *prefix)
{
	struct lt_network *net = kit_network();
	struct lt_error err = {0};
	int code = lt_model_restore(model, prefix, lt_network_graph(net),
				    lt_network_params(net), lt_network_state(net), &err);

	if (code)
		check_refusal(code, &err);
}

/* Copies all of a model into a new stream. */
static void copy(const struct lt_model *model)
{
	struct lt_writer *writer;
	int code = lt_writer_begin(&writer, kit_output(), &model->header, NULL), i;

	check(code == 0);
	for (i = 0; i < model->n_tensors && code == 0; i++) {
		const struct lt_model_tensor *tensor = &model->tensor[i];

		code = lt_writer_tensor(writer, tensor->name, tensor->dtype, &tensor->shape,
					tensor->data, NULL);
	}
	for (i = 0; i < model->n_notes && code == 0; i++)
		code = lt_writer_note(writer, model->note[i].item, model->note[i].n, NULL);
	check(code == 0 && lt_writer_done(writer, NULL, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lt_error err = {0};
	struct lt_model model;
	uint8_t *whole;
	size_t n = kit_whole(data, size, &whole);
	int fd = kit_file(whole, n), code;
	struct kit_path path = kit_path(fd);

	code = lt_model_read_file(&model, path.text, &err);
	if (code) {
		check_refusal(code, &err);
	} else {
		load(&model, "");
		load(&model, "ema.");
		as_network(&model);
		copy(&model);
		lt_model_free(&model);
	}
	close(fd);
	free(whole);
	return 0;
}
