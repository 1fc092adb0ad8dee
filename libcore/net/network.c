/* The memory of a network, and access to it. */
#include "net/network.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/blas.h"
#include "net/network_private.h"

enum { MAX_BLOCKS = 16 * LT_MAX_CONVS };

/* ------------------------------------------------------------------------- memory */

struct builder {
	struct lt_network *net;
	bool failed;
};

/* Takes over a block; memory NULL: there is none. */
static void *keep(struct lt_network *net, struct lt_block block)
{
	if (block.memory && net->n_blocks == MAX_BLOCKS) {
		lt_free(block.memory);
		return NULL;
	}
	if (block.memory)
		net->block[net->n_blocks++] = block;
	return block.memory;
}

void *lt_network_take(struct lt_network *net, size_t n, size_t size)
{
	size_t bytes;

	if (!lt_mul(n, size, &bytes))
		return NULL;
	return keep(net, (struct lt_block){.memory = lt_new_aligned(bytes)});
}

void *lt_network_take_parts(struct lt_network *net, int parts, size_t size, bool images)
{
	size_t bytes;

	if (!lt_mul((size_t)parts, size, &bytes))
		return NULL;
	return keep(net, (struct lt_block){lt_new_untouched(bytes), parts, size, images});
}

/*
 * Clears a worker's parts: of images its share of this rank's, where the first and the last
 * worker also take those before and after them.
 */
static void clear_parts(void *arg, int worker, int unused)
{
	const struct lt_network *net = arg;
	int threads = lt_pool_threads(net->pool);
	struct lt_share own = lt_network_share(net, net->max_batch, 1);

	(void)unused;
	for (int i = 0; i < net->n_blocks; i++) {
		const struct lt_block *block = &net->block[i];
		struct lt_share all = block->images ? own : (struct lt_share){0, block->parts};
		size_t begin = (size_t)(all.first + (int64_t)worker * all.n / threads);
		size_t end = (size_t)(all.first + ((int64_t)worker + 1) * all.n / threads);

		if (worker == 0)
			begin = 0;
		if (worker == threads - 1)
			end = (size_t)block->parts;
		if (block->parts > 0)
			memset((char *)block->memory + begin * block->size, 0,
			       (end - begin) * block->size);
	}
}

static void *take(struct builder *b, size_t n, size_t size)
{
	void *block = b->failed ? NULL : lt_network_take(b->net, n, size);

	b->failed = !block;
	return block;
}

static lt_real *reals(struct builder *b, size_t n)
{
	return take(b, n, sizeof(lt_real));
}

/* Allocates parts of `elements` elements of this size. */
static void *parts(struct builder *b, int n, size_t elements, size_t size, bool images)
{
	size_t bytes;
	void *block = !b->failed && lt_mul(elements, size, &bytes)
			      ? lt_network_take_parts(b->net, n, bytes, images)
			      : NULL;

	b->failed = !block;
	return block;
}

/* A batch of planes. */
static void *planes(struct builder *b, size_t plane, size_t size)
{
	return parts(b, b->net->max_batch, plane, size, true);
}

/* Enough for any batch: one of at most LT_RANGE images has one range more than splits. */
static int max_ranges(const struct lt_network *net)
{
	return (net->max_batch + LT_RANGE - 1) / LT_RANGE + net->max_splits;
}

/*
 * Up to this size, the prepared weights of all layers stay in the caches of a processor, and
 * threads prepare them at once: for its own few, a layer would make them wait for each other.
 */
#define AT_ONCE_BYTES ((size_t)32 << 20)

/* Prepared weights: of all convolutions, or of one at a time to save memory. */
static void take_weights(struct builder *b)
{
	struct lt_network *net = b->net;
	const struct lt_graph *g = &net->graph;
	size_t most = 0, all = 0;
	lt_real *one = NULL;

	for (int i = 0; i < g->n_convs; i++) {
		size_t size = net->kernels->weight_size(&g->conv[i].shape);

		most = size > most ? size : most;
		all += size;
	}
	/* Weights for the other direction, to recompute, would overwrite those of a layer. */
	net->one_weight =
		!net->infers && (net->recomputes || all > AT_ONCE_BYTES / sizeof(lt_real));
	if (net->one_weight)
		one = reals(b, most);
	for (int i = 0; i < g->n_convs; i++)
		net->weight[i] =
			one ? one : reals(b, net->kernels->weight_size(&g->conv[i].shape));
}

static void take_layers(struct builder *b)
{
	struct lt_network *net = b->net;
	const struct lt_graph *g = &net->graph;

	for (int i = 0; i < g->n_convs; i++) {
		const struct lt_conv_shape *s = &g->conv[i].shape;
		struct lt_norm_layer *norm = &net->norm[i];
		size_t channels = (size_t)net->max_splits * s->out_c;
		size_t weights;

		if (!net->infers)
			net->sums[i] = planes(b, 2 * (size_t)s->out_c, sizeof(lt_real));
		norm->scale = reals(b, channels);
		norm->shift = reals(b, channels);
		norm->mean = take(b, channels, sizeof *norm->mean);
		norm->inverse = take(b, channels, sizeof *norm->inverse);
		if (!net->learns)
			continue;
		norm->p = reals(b, channels);
		norm->q = reals(b, channels);
		norm->r = reals(b, channels);
		weights = (lt_conv_weights(s) + 15) & ~(size_t)15;
		net->part_size = weights > net->part_size ? weights : net->part_size;
	}
}

/* Planes of a batch: with memory of their own, or in shared buffers. */
static void take_planes(struct builder *b)
{
	struct lt_network *net = b->net;
	const struct lt_graph *g = &net->graph;
	const struct lt_shared *shared = &net->shared;
	size_t cell = lt_cell_size(net->precision);

	for (int i = 0; i < shared->n; i++)
		if (shared->cells[i] > 0)
			net->shared_memory[i] = planes(b, shared->cells[i], cell);
	for (int i = 0; i < g->n_convs; i++)
		net->batch.raw[i] = shared->raw[i] < 0
					    ? planes(b, lt_out_plane(&g->conv[i].shape), cell)
					    : net->shared_memory[shared->raw[i]];
	for (int i = 1; i < g->n_acts; i++)
		if (g->act[i].stored)
			net->batch.value[i] =
				shared->value[i] < 0 ? planes(b, lt_act_plane(&g->act[i]), cell)
						     : net->shared_memory[shared->value[i]];
}

/* Without a backward pass, all planes share memory; false: they cannot. */
static bool share(struct lt_network *net)
{
	struct lt_shared *shared = &net->shared;

	if (!net->learns || net->recomputes)
		return lt_share_planes(shared, &net->graph, net->learns);
	for (int i = 0; i < LT_MAX_CONVS; i++)
		shared->raw[i] = shared->value[i + 1] = -1;
	return true;
}

/* A room of n elements for each worker. */
static lt_real **take_rooms(struct builder *b, size_t n)
{
	int threads = lt_pool_threads(b->net->pool);
	lt_real **room = take(b, (size_t)threads, sizeof *room), *block;

	n = (n + 15) & ~(size_t)15; /* to a 64-byte boundary */
	block = parts(b, threads, n, sizeof *block, false);
	for (int i = 0; i < threads && !b->failed; i++)
		room[i] = block + (size_t)i * n;
	return room;
}

static void take_scratch(struct builder *b)
{
	struct lt_network *net = b->net;
	const struct lt_graph *g = &net->graph;
	size_t most = 0;

	for (int i = 0; i < g->n_convs; i++) {
		const struct lt_conv_shape *s = &g->conv[i].shape;
		size_t size = net->kernels->scratch_size(s);

		most = size > most ? size : most;
		if (g->conv[i].act != g->out && !g->act[g->conv[i].act].pooled)
			continue;
		size = lt_pool_scratch(s->out_h, s->out_w, s->out_c);
		most = size > most ? size : most;
	}
	net->scratch = take_rooms(b, most);
	net->head_room = take_rooms(b, lt_head_room(g));
}

static void take_gradients(struct builder *b, const struct lt_network_config *config)
{
	struct lt_network *net = b->net;
	const struct lt_graph *g = &net->graph;

	net->momentum = reals(b, g->params);
	net->grads = reals(b, g->params);
	if (config->adds || config->image_grad)
		net->spare_grads = reals(b, g->params);
	if (config->image_grad)
		net->image_grad = planes(b, lt_act_plane(&g->act[0]), sizeof *net->image_grad);
	for (int i = 0; i < 2; i++)
		net->part[i] =
			parts(b, max_ranges(net), net->part_size, sizeof(lt_real), false);
	net->ones = reals(b, net->channels);
	net->zeros = reals(b, net->channels);
	for (size_t k = 0; !b->failed && k < net->channels; k++)
		net->ones[k] = 1;
	for (int i = 0; i < g->n_gradients; i++)
		net->gradient[i] = planes(b, g->gradient_size[i], lt_cell_size(net->precision));
	if (lt_team_size(net->team) > 1) {
		net->weight_sum = take(b, (size_t)g->n_convs, sizeof *net->weight_sum);
		net->sum_room = reals(b, g->params);
	}
}

static void configure(struct lt_network *net, const struct lt_network_config *config)
{
	net->graph = *config->graph;
	for (int i = 0; i < net->graph.n_convs; i++)
		net->graph.conv[i].shape.precision = config->precision;
	net->kernels = config->kernels;
	net->pool = config->pool;
	net->team = config->team;
	net->max_batch = config->max_batch;
	net->max_splits = config->max_splits;
	net->learns = config->learns;
	net->infers = config->infers;
	net->recomputes = config->recomputes;
	net->precision = config->precision;
}

/* Ranks with fewer ranges than others would only wait for them. */
static int check_team(const struct lt_network_config *config, struct lt_error *err)
{
	int ranks = lt_team_size(config->team);
	int ranges = lt_count_ranges(config->max_batch, config->max_splits);
	char parts[32] = "";

	if (ranges % ranks == 0)
		return 0;
	if (config->max_splits > 1)
		snprintf(parts, sizeof parts, " in %d splits", config->max_splits);
	return lt_fail(err, LT_USAGE,
		       "batches of %d images%s are %d ranges of up to %d, which %d processes "
		       "cannot share equally; choose another --batch",
		       config->max_batch, parts, ranges, lt_range_size(config->max_batch),
		       ranks);
}

/* There is not enough memory, which for training depends on the options. */
static int fail_large(const struct lt_network_config *config, struct lt_error *err)
{
	struct lt_error why;
	int code = lt_fail_memory(&why);

	if (!config->learns)
		return lt_fail(err, code, "%s", why.text);
	return lt_fail(err, code, "%s; a smaller --batch%s takes less", why.text,
		       config->recomputes ? "" : " or --recompute");
}

int lt_network_new(struct lt_network **out, const struct lt_network_config *config,
		   struct lt_error *err)
{
	int code = check_team(config, err);
	struct lt_network *net;
	struct builder b = {NULL, false};
	const struct lt_graph *g;

	if (code != 0 || (code = lt_blas_reserve(lt_pool_threads(config->pool), err)) != 0)
		return code;
	net = b.net = lt_new_array(1, sizeof *net);
	if (!net || !(net->block = lt_new_array(MAX_BLOCKS, sizeof *net->block))) {
		lt_free(net);
		return lt_fail_memory(err);
	}
	configure(net, config);
	g = &net->graph;
	net->params = reals(&b, g->params);
	net->state = reals(&b, g->state);
	net->input = planes(&b, lt_act_plane(&g->act[0]), sizeof *net->input);
	net->batch.input = net->input;
	take_weights(&b);
	b.failed = b.failed || !share(net);
	take_layers(&b);
	if (!net->infers)
		take_planes(&b);
	for (int i = 0; i < g->n_convs; i++)
		if ((size_t)g->conv[i].shape.out_c > net->channels)
			net->channels = (size_t)g->conv[i].shape.out_c;
	net->sum_tree =
		take(&b, (size_t)max_ranges(net) * 2 * net->channels, sizeof *net->sum_tree);
	net->range = take(&b, (size_t)max_ranges(net), sizeof *net->range);
	net->feature = reals(&b, (size_t)net->max_batch * g->features);
	take_scratch(&b);
	if (net->learns)
		take_gradients(&b, config);
	if (b.failed || !lt_head_new(net, max_ranges(net)) ||
	    (net->infers && !lt_depth_new(net))) {
		lt_network_free(net);
		return fail_large(config, err);
	}
	lt_pool_run_each(net->pool, clear_parts, net);
	*out = net;
	return 0;
}

void lt_network_free(struct lt_network *net)
{
	if (!net)
		return;
	for (int i = 0; i < net->n_blocks; i++)
		lt_free(net->block[i].memory);
	lt_free(net->block);
	lt_free(net);
}

const struct lt_graph *lt_network_graph(const struct lt_network *net)
{
	return &net->graph;
}

int lt_network_max_batch(const struct lt_network *net)
{
	return net->max_batch;
}

enum lt_precision lt_network_precision(const struct lt_network *net)
{
	return net->precision;
}

struct lt_pool *lt_network_pool(const struct lt_network *net)
{
	return net->pool;
}

const struct lt_team *lt_network_team(const struct lt_network *net)
{
	return net->team;
}

const struct lt_kernels *lt_network_kernels(const struct lt_network *net)
{
	return net->kernels;
}

lt_real *lt_network_params(struct lt_network *net)
{
	net->prepared = false;
	return net->params;
}

lt_real *lt_network_momentum(struct lt_network *net)
{
	return net->momentum;
}

lt_real *lt_network_grads(struct lt_network *net)
{
	return net->grads;
}

lt_real *lt_network_state(struct lt_network *net)
{
	net->prepared = false;
	return net->state;
}

lt_real *lt_network_input(struct lt_network *net)
{
	return net->input;
}

const lt_real *lt_network_features(const struct lt_network *net)
{
	return net->feature;
}

lt_real *lt_network_given_features(struct lt_network *net)
{
	return net->feature;
}

const lt_real *lt_network_outputs(const struct lt_network *net, int head)
{
	return net->head[head].output;
}
