/*
 * Models with several heads: their description in a stream, reading them back, what --init
 * takes; failing allocations; and a wide residual network in inference.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "check.h"
#include "net/head.h"
#include "net/model.h"

enum { SIDE = 8, IMAGES = 5, CLASSES = 4 };

static struct lt_pool *pool;
static const struct lt_kernels *ref;

static const struct lt_head heads[] = {
	{.name = "fc", .kind = LT_HEAD_LINEAR, .outputs = CLASSES},
	{.name = "abc", .kind = LT_HEAD_COSINE, .outputs = CLASSES, .scale = 12},
	{.name = "projection", .kind = LT_HEAD_MLP, .outputs = 3, .hidden = 7, .stop = true},
};

static struct lt_graph *graph_of(const char *arch, const struct lt_head *list, int n)
{
	struct lt_graph *graph = malloc(sizeof *graph);

	if (!graph || lt_graph_build(graph, arch, SIDE, SIDE, 3, list, n, NULL) != 0)
		abort();
	return graph;
}

static struct lt_network_config config_of(const struct lt_graph *graph)
{
	return (struct lt_network_config){.graph = graph,
					  .kernels = ref,
					  .pool = pool,
					  .max_batch = IMAGES,
					  .max_splits = 1};
}

static struct lt_network *network_of(const struct lt_graph *graph, bool infers, uint64_t seed)
{
	struct lt_network_config config = config_of(graph);
	struct lt_network *net;
	lt_real *input;

	config.infers = infers;
	if (lt_network_new(&net, &config, NULL) != 0)
		abort();
	lt_network_init(net, seed);
	input = lt_network_input(net);
	for (int i = 0; i < IMAGES * SIDE * SIDE * 3; i++)
		input[i] = (lt_real)(i * 37 % 101) / 50 - 1;
	return net;
}

/* Writes and reads a model whose second head predicts. */
static void read_model(struct lt_model *model, struct lt_graph *graph, struct lt_network *net)
{
	struct lt_header header;
	struct lt_writer *writer;
	struct lt_output *output;
	char path[64];

	snprintf(path, sizeof path, "/tmp/lt-heads-%ld.lts", (long)getpid());
	check_int(lt_output_open(&output, path, NULL), 0);
	graph->predicts = 1;
	lt_header_init(&header, LT_MODEL);
	header.arch = "wrn-16-2";
	check_int(lt_model_describe(&header, graph, NULL), 0);
	check_int(lt_writer_begin(&writer, output, &header, NULL), 0);
	check_int(lt_model_write(writer, "", graph, lt_network_params(net),
				 lt_network_state(net), NULL),
		  0);
	check_int(lt_writer_done(writer, NULL, NULL), 0);
	lt_header_free(&header);
	check_int(lt_output_finish(output, NULL), 0);
	check_int(lt_model_read_file(model, path, NULL), 0);
	unlink(path);
}

static void check_header(const struct lt_header *header)
{
	check_int(header->n_heads, 3);
	check_int(header->predicts, 1);
	check_text(header->head, "cosine");
	check_int(header->num_classes, CLASSES);
	check(header->scale == 12);
	check_text(header->heads[0].name, "fc");
	check_text(header->heads[0].kind, "linear");
	check_text(header->heads[2].name, "projection");
	check_text(header->heads[2].kind, "mlp");
	check_int(header->heads[2].outputs, 3);
	check(header->heads[0].scale == 1 && header->heads[1].scale == 12);
}

static bool same(const lt_real *a, const lt_real *b, size_t n)
{
	return memcmp(a, b, n * sizeof *a) == 0;
}

/* Inference computes the head that predicts. */
static void check_inference(const struct lt_model *model, struct lt_network *net)
{
	struct lt_graph *graph = malloc(sizeof *graph);
	struct lt_network *again;
	struct lt_error err = {0};

	if (!graph)
		abort();
	check_int(lt_model_graph(model, graph, &err), 0);
	check_int(graph->n_heads, 1);
	check_text(graph->head[0].name, "abc");
	check(graph->head[0].kind == LT_HEAD_COSINE && graph->head[0].scale == 12);
	again = network_of(graph, true, 5);
	check_int(lt_model_load(model, again, true, NULL), 0);
	lt_network_forward(net, IMAGES, 1, LT_EVAL, NULL);
	lt_network_forward(again, IMAGES, 1, LT_EVAL, NULL);
	check(same(lt_network_outputs(net, 1), lt_network_outputs(again, 0), IMAGES * CLASSES));
	lt_network_free(again);
	free(graph);
}

/* --init takes the encoder's tensors and those of no head, whatever its name. */
static void check_init(const struct lt_model *model, struct lt_network *net)
{
	struct lt_graph *graph = graph_of("wrn-16-2", LT_FC(LT_HEAD_LINEAR, CLASSES), 1);
	struct lt_network *other = network_of(graph, false, 6), *fresh;
	size_t encoder = graph->head[0].at[0];

	fresh = network_of(graph, false, 6);
	check_int(lt_model_check(model, graph, false, NULL), 0);
	check_int(lt_model_load(model, other, false, NULL), 0);
	check(same(lt_network_params(other), lt_network_params(net), encoder));
	check(same(lt_network_params(other) + encoder, lt_network_params(fresh) + encoder,
		   graph->params - encoder));
	check(same(lt_network_state(other), lt_network_state(net), graph->state));
	lt_network_free(other);
	lt_network_free(fresh);
	free(graph);
}

/* The header of an ordinary model has no list. */
static void check_only(void)
{
	struct lt_graph *graph = graph_of("resnet20", LT_FC(LT_HEAD_LINEAR, CLASSES), 1);
	struct lt_header header;

	lt_header_init(&header, LT_MODEL);
	check_int(lt_model_describe(&header, graph, NULL), 0);
	check_int(header.n_heads, 0);
	check_text(header.head, "linear");
	lt_header_free(&header);
	free(graph);
}

static void check_refusals(void)
{
	struct lt_graph *graph = malloc(sizeof *graph);
	const struct lt_head twice[] = {heads[0], heads[0]};
	struct lt_error err = {0};

	if (!graph)
		abort();
	check_int(lt_graph_build(graph, "resnet20", SIDE, SIDE, 3, twice, 2, &err), LT_DATA);
	check_text(err.text, "two heads of one name");
	check_int(lt_graph_build(graph, "resnet20", SIDE, SIDE, 3, twice, 0, &err), LT_DATA);
	free(graph);
}

/* Training mode, and inference with the batch's statistics as running statistics, agree. */
static void check_modes(void)
{
	struct lt_graph *graph = graph_of("wrn-16-2", heads, 3);
	struct lt_network *net = network_of(graph, false, 7);
	lt_real trained[IMAGES * CLASSES], before;
	double difference = 0, square = 0;

	before = lt_network_state(net)[0];
	lt_network_forward(net, IMAGES, 1, LT_STATS, NULL);
	check(lt_network_state(net)[0] == before);
	lt_network_forward(net, IMAGES, 1, LT_TRAIN, NULL);
	check(lt_network_state(net)[0] != before);
	graph->momentum = 1;
	lt_network_free(net);
	net = network_of(graph, false, 7);
	lt_network_forward(net, IMAGES, 1, LT_TRAIN, NULL);
	memcpy(trained, lt_network_outputs(net, 0), sizeof trained);
	lt_network_forward(net, IMAGES, 1, LT_EVAL, NULL);
	for (int i = 0; i < IMAGES * CLASSES; i++) {
		double d = lt_network_outputs(net, 0)[i] - trained[i];

		difference += d * d;
		square += (double)trained[i] * trained[i];
	}
	/* Running variances are unbiased; the deepest layer has 20 pixels. */
	check(square > 0 && difference < 0.02 * square);
	lt_network_free(net);
	free(graph);
}

/* A head without parameters is in no model, and no model can ask for one. */
static void check_unwritten(void)
{
	static const struct lt_head list[] = {{.name = "seen", .kind = LT_HEAD_IDENTITY},
					      {.name = "fc", .outputs = 4},
					      {.name = "other", .outputs = 4}};
	struct lt_graph *graph = graph_of("resnet20", list, 3);
	struct lt_header header = {0};

	check_int(graph->head[0].outputs, graph->features);
	graph->predicts = 2;
	check_int(lt_model_describe(&header, graph, NULL), 0);
	check_int(header.n_heads, 2);
	check_int(header.predicts, 1);
	check(strcmp(header.heads[0].name, "fc") == 0);
	check(strcmp(header.heads[1].name, "other") == 0);
	free(graph);
	lt_arena_free(&header.arena);
	header = (struct lt_header){0};
	graph = graph_of("resnet20", (const struct lt_head[]){list[1], list[0]}, 2);
	check_int(lt_model_describe(&header, graph, NULL), 0);
	check_int(header.n_heads, 0); /* as of an ordinary network */
	check(strcmp(header.head, "linear") == 0);
	free(graph);
	lt_arena_free(&header.arena);
}

/* Each allocation of a network may fail; nothing is leaked. */
static void check_memory(void)
{
	struct lt_graph *graph = graph_of("wrn-16-2", heads, 3);
	struct lt_network_config config = config_of(graph);
	uint64_t used = lt_memory_used(), all;
	struct lt_network *net = NULL;
	bool good = true;
	int failed = 0;

	config.learns = config.adds = config.image_grad = true;
	check_int(lt_network_new(&net, &config, NULL), 0);
	all = lt_memory_used() - used;
	lt_network_free(net);
	for (uint64_t i = 0; i < 200; i++) {
		struct lt_error err = {0};

		lt_memory_limit(used + all * i / 200);
		failed += lt_network_new(&net, &config, &err) == LT_OS;
		good = good && err.text[0] && lt_memory_used() == used;
	}
	lt_memory_limit(0);
	check_int(failed, 200);
	check(good);
	free(graph);
}

int main(void)
{
	struct lt_graph *graph;
	struct lt_network *net;
	struct lt_model model;
	struct lt_error err;

	if (lt_kernels_choose(&ref, "ref", &err) != 0 || lt_pool_new(&pool, 2, &err) != 0)
		return 1;
	graph = graph_of("wrn-16-2", heads, 3);
	net = network_of(graph, false, 3);
	read_model(&model, graph, net);
	check_header(&model.header);
	check_inference(&model, net);
	check_init(&model, net);
	check_only();
	check_refusals();
	check_modes();
	check_unwritten();
	check_memory();
	lt_model_free(&model);
	lt_network_free(net);
	free(graph);
	lt_pool_free(pool);
	return check_done();
}
