/*
 * The forward pass of a network.  There is one pass for each convolution: it computes its
 * operand from the raw output below (and a shortcut), and writes its raw output and the sums of
 * that output.
 */
#include "net/network_private.h"

struct job {
	struct lt_network *net;
	int conv;
	bool back; /* prepare weights for the backward pass */
	bool sums; /* also compute the sums for batch statistics */
};

bool lt_streams(const struct lt_network *net, size_t plane)
{
	return net->learns &&
	       (size_t)net->n * plane * lt_cell_size(net->precision) >= LT_STREAM_BYTES;
}

/* Blocks of 16 channels of a convolution's weights. */
static void prepare(struct lt_network *net, int number, bool back, int block0, int block1)
{
	const struct lt_conv_node *conv = &net->graph.conv[number];

	net->kernels->prepare(&conv->shape, net->params + conv->weight, back, block0, block1,
			      net->weight[number]);
}

static int weight_blocks(const struct lt_network *net, int conv, bool back)
{
	const struct lt_conv_shape *shape = &net->graph.conv[conv].shape;

	return (back ? shape->in_c : shape->out_c) / 16;
}

static void prepare_conv(void *arg, int conv, int worker)
{
	const struct job *job = arg;

	(void)worker;
	prepare(job->net, conv, job->back, 0, weight_blocks(job->net, conv, job->back));
}

static void prepare_block(void *arg, int block, int worker)
{
	const struct job *job = arg;

	(void)worker;
	prepare(job->net, job->conv, job->back, block, block + 1);
}

void lt_prepare_weights(struct lt_network *net, bool back)
{
	struct job job = {.net = net, .back = back};

	if (!net->one_weight)
		lt_pool_run(net->pool, prepare_conv, &job, net->graph.n_convs);
}

void lt_prepare_weight(struct lt_network *net, int conv, bool back)
{
	struct job job = {.net = net, .conv = conv, .back = back};

	if (net->one_weight)
		lt_pool_run(net->pool, prepare_block, &job, weight_blocks(net, conv, back));
}

static void conv_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_network *net = job->net;
	const struct lt_conv_node *conv = &net->graph.conv[job->conv];
	int first, n;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);

	lt_forward_conv(net, &net->batch, job->conv, range->split, first, n,
			job->sums && !conv->bare ? net->sums[job->conv] : NULL,
			lt_streams(net, lt_out_plane(&conv->shape)), net->scratch[worker]);
}

/* The max pooling of the activation over a convolution. */
static void max_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_network *net = job->net;
	int first, n;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);

	lt_forward_max(net, &net->batch, job->conv, range->split, first, n,
		       net->scratch[worker]);
}

static void pool_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_network *net = job->net;
	int first, n;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);

	lt_forward_mean(net, &net->batch, range->split, first, n, net->feature,
			net->scratch[worker]);
}

/* Layer after layer. */
static int forward_layers(struct lt_network *net, enum lt_mode mode, struct lt_error *err)
{
	struct job job = {.net = net, .sums = mode != LT_EVAL};
	int code;

	lt_prepare_weights(net, false);
	for (int i = 0; i < net->graph.n_convs; i++) {
		job.conv = i;
		lt_prepare_weight(net, i, false);
		lt_pool_run(net->pool, conv_item, &job, lt_items(net));
		if ((code = lt_norm_forward(net, i, mode, err)) != 0)
			return code;
		if (net->graph.act[net->graph.conv[i].act].pooled)
			lt_pool_run(net->pool, max_item, &job, lt_items(net));
	}
	lt_pool_run(net->pool, pool_item, &job, lt_items(net));
	return 0;
}

static void recompute_conv(struct lt_network *net, int conv)
{
	struct job job = {.net = net, .conv = conv};

	if (net->shared.raw[conv] < 0)
		return;
	lt_prepare_weight(net, conv, false);
	lt_pool_run(net->pool, conv_item, &job, lt_items(net));
}

void lt_recompute(struct lt_network *net, int act)
{
	const struct lt_act_node *node = &net->graph.act[act];

	recompute_conv(net, node->conv);
	if (node->skip_kind == LT_SKIP_PROJECTION)
		recompute_conv(net, node->skip);
}

/* Weights and affine maps of inference, once. */
static int make_ready(struct lt_network *net, struct lt_error *err)
{
	int code = 0;

	if (net->prepared)
		return 0;
	lt_prepare_weights(net, false);
	for (int i = 0; i < net->graph.n_convs && code == 0; i++)
		code = lt_norm_forward(net, i, LT_EVAL, err);
	net->prepared = code == 0;
	return code;
}

static int infer(struct lt_network *net, struct lt_error *err)
{
	int code = make_ready(net, err);

	if (code == 0)
		lt_depth_forward(net);
	return code;
}

int lt_network_forward(struct lt_network *net, int n, int splits, enum lt_mode mode,
		       struct lt_error *err)
{
	int code;

	lt_plan_batch(net, n, mode == LT_EVAL ? 1 : splits);
	net->given_features = false;
	code = net->infers ? infer(net, err) : forward_layers(net, mode, err);
	if (code != 0)
		return code;
	code = lt_gather_images(net, net->feature,
				(size_t)net->graph.features * sizeof *net->feature, err);
	if (code == 0)
		lt_heads_forward(net);
	return code;
}

void lt_network_forward_heads(struct lt_network *net, int n)
{
	lt_plan_batch(net, n, 1);
	net->given_features = true;
	lt_heads_forward(net);
}
