/*
 * The backward pass of a network, in reverse order: the pass of convolution l reads the
 * gradient g at the activation above it and writes the gradient at the activation below, with
 * the sums that the batch norms there need.  The graph's routes say which buffers hold the
 * gradients and what is added to them.
 */
#include <string.h>

#include "net/network_private.h"

struct job {
	struct lt_network *net;
	int conv;
	int reduces;   /* number of shares of the reduction of the gradients of the convolution
			  above */
	bool to_image; /* compute the image's gradient, not those of weights */
};

/* The complete gradient at an activation, in a buffer, with the sums its batch norms need. */
static struct lt_in_grad whole_gradient(const struct lt_network *net, int act, int buffer)
{
	const struct lt_act_node *node = &net->graph.act[act];
	struct lt_in_grad grad = {.to = net->gradient[buffer],
				  .below = {net->batch.raw[node->conv]},
				  .sums = {net->sums[node->conv]}};

	if (node->skip_kind == LT_SKIP_PROJECTION) {
		grad.below[1] = net->batch.raw[node->skip];
		grad.sums[1] = net->sums[node->skip];
	}
	return grad;
}

/* The batch norms below a complete gradient. */
static int norms_backward(struct lt_network *net, int act, struct lt_error *err)
{
	const struct lt_act_node *node = &net->graph.act[act];
	int code = lt_norm_backward(net, node->conv, err);

	if (code == 0 && node->skip_kind == LT_SKIP_PROJECTION)
		code = lt_norm_backward(net, node->skip, err);
	return code;
}

static void pool_back_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_network *net = job->net;
	int out = net->graph.out, first, n;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);
	struct lt_pool_pass pass = {
		.in = lt_operand_of(net, &net->batch, out, range->split, true),
		.precision = net->precision,
		.feature_grad = net->feature_grad,
		.in_grad = whole_gradient(net, out, net->graph.act[out].gradient)};

	net->kernels->pool_backward(&pass, first, n, net->scratch[worker]);
}

static void max_back_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_network *net = job->net;
	const struct lt_conv_node *conv = &net->graph.conv[job->conv];
	int first, n;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);
	struct lt_max_pass pass = {
		.in = lt_operand_made(net, &net->batch, conv->act, range->split),
		.precision = net->precision,
		.grad = net->gradient[net->graph.act[conv->act].gradient],
		.in_grad = whole_gradient(net, conv->act, conv->route.from)};

	net->kernels->max_backward(&pass, first, n, net->scratch[worker]);
}

/* The gradient at y of a convolution, d = p grad + q raw + r, for a split. */
struct above {
	const lt_cells *grad, *raw;
	const lt_real *p, *q, *r;
};

static struct above norm_above(const struct lt_network *net, int conv, int split)
{
	const struct lt_norm_layer *norm = &net->norm[conv];
	size_t at = (size_t)split * net->graph.conv[conv].shape.out_c;

	return (struct above){.grad = net->gradient[net->graph.conv[conv].route.from],
			      .raw = net->batch.raw[conv],
			      .p = norm->p + at,
			      .q = norm->q + at,
			      .r = norm->r + at};
}

static struct above above_of(const struct lt_network *net, int conv, int split)
{
	const struct lt_conv_node *node = &net->graph.conv[conv];
	const lt_cells *whole;

	if (!node->bare && node->route.sum < 0)
		return norm_above(net, conv, split);
	whole = net->gradient[node->bare ? node->route.from : node->route.sum];
	return (struct above){whole, whole, net->ones, net->zeros, net->zeros};
}

static void sum_back_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_network *net = job->net;
	const struct lt_conv_node *conv = &net->graph.conv[job->conv];
	int first, n;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);
	struct above above = norm_above(net, job->conv, range->split);
	lt_cells *to = net->gradient[conv->route.sum];
	struct lt_sum_backward pass = {.h = conv->shape.out_h,
				       .w = conv->shape.out_w,
				       .c = conv->shape.out_c,
				       .precision = net->precision,
				       .grad = above.grad,
				       .raw = above.raw,
				       .p = above.p,
				       .q = above.q,
				       .r = above.r,
				       .add = conv->route.sum_adds ? to : NULL,
				       .to = to};

	(void)worker;
	net->kernels->sum_backward(&pass, first, n);
}

/* The result of a convolution's pass for the activation below. */
static struct lt_in_grad in_grad_of(const struct lt_network *net,
				    const struct lt_conv_node *conv)
{
	const struct lt_route *route = &conv->route;
	struct lt_in_grad grad = {0};

	if (conv->in == 0)
		return grad;
	if (route->partial)
		grad = (struct lt_in_grad){.to = net->gradient[route->to], .partial = true};
	else
		grad = whole_gradient(net, conv->in, route->to);
	grad.add_kind = route->add_kind;
	if (route->add_kind != LT_SKIP_NONE)
		grad.add = net->gradient[route->add];
	return grad;
}

/* Whether a stem comes before this one in the backward pass. */
static bool second_stem(const struct lt_graph *g, int conv)
{
	for (int i = conv + 1; i < g->n_convs; i++)
		if (g->conv[i].in == 0)
			return true;
	return false;
}

static void image_back_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	struct lt_network *net = job->net;
	const struct lt_conv_node *conv = &net->graph.conv[job->conv];
	int first, n;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);
	struct above above = above_of(net, job->conv, range->split);
	struct lt_image_backward pass = {
		.shape = conv->shape,
		.grad = above.grad,
		.raw = above.raw,
		.p = above.p,
		.q = above.q,
		.r = above.r,
		.weight = net->params + conv->weight,
		.image_grad = net->image_grad,
		.adds = second_stem(&net->graph, job->conv),
	};

	net->kernels->image_backward(&pass, first, n, net->scratch[worker]);
}

static void conv_back_range(const struct job *job, int item, int worker)
{
	struct lt_network *net = job->net;
	const struct lt_conv_node *conv = &net->graph.conv[job->conv];
	int first, n, part = item % net->parts, blocks = conv->shape.out_c / 16;
	const struct lt_range *range = lt_item_images(net, item, &first, &n);
	struct above above = above_of(net, job->conv, range->split);
	struct lt_conv_backward pass = {
		.shape = conv->shape,
		.in = lt_operand_of(net, &net->batch, conv->in, range->split, false),
		.grad = above.grad,
		.raw = above.raw,
		.p = above.p,
		.q = above.q,
		.r = above.r,
		.weight_back = net->weight[job->conv],
		.weight_grad =
			net->part[job->conv % 2] + (size_t)(item / net->parts) * net->part_size,
		.in_grad = in_grad_of(net, conv),
		.stream = lt_streams(net, lt_act_plane(&net->graph.act[conv->in])),
	};

	if (job->to_image) {
		net->kernels->conv_backward(&pass, first, n, LT_BACK_DATA, 0, 0,
					    net->scratch[worker]);
		return;
	}
	if (net->parts == 1) {
		net->kernels->conv_backward(&pass, first, n, LT_BACK_DATA | LT_BACK_WEIGHTS, 0,
					    blocks, net->scratch[worker]);
		return;
	}
	/*
	 * A part of a range: the weight gradients of its channels, over all images of the
	 * range, and the gradients at the input for its images.
	 */
	net->kernels->conv_backward(&pass, range->first, range->n, LT_BACK_WEIGHTS,
				    blocks * part / net->parts,
				    blocks * (part + 1) / net->parts, net->scratch[worker]);
	net->kernels->conv_backward(&pass, first, n, LT_BACK_DATA, 0, 0, net->scratch[worker]);
}

/* A share of the elements of a convolution's weight gradients. */
struct slice {
	struct lt_network *net;
	lt_real *part; /* of the first range */
	size_t n;
};

static void add_slice(void *arg, int to, int from)
{
	const struct slice *s = arg;

	s->net->kernels->add(s->part + (size_t)to * s->net->part_size,
			     s->part + (size_t)from * s->net->part_size, s->n);
}

/* Adds the weight gradients of this rank's ranges, for a share of the elements. */
static void reduce(struct lt_network *net, int number, int share, int shares)
{
	const struct lt_conv_node *conv = &net->graph.conv[number];
	size_t lines = lt_conv_weights(&conv->shape) / 16;
	size_t first = lines * (size_t)share / (size_t)shares * 16;
	size_t n = lines * (size_t)(share + 1) / (size_t)shares * 16 - first;
	lt_real *part = net->part[number % 2] + first;

	lt_tree(net->own.n, add_slice, &(struct slice){net, part, n});
	memcpy(net->grads + conv->weight + first, part, n * sizeof *part);
}

/*
 * The ranges of one convolution, and the reduction of the gradients of the convolution
 * before it, as shares that are spread evenly over the items.  So two sets of range sums
 * are enough.
 */
static void conv_back_item(void *arg, int item, int worker)
{
	const struct job *job = arg;
	int ranges = lt_items(job->net), shares = job->reduces;
	int before = (int)((int64_t)item * shares / (ranges + shares));

	if ((int)((int64_t)(item + 1) * shares / (ranges + shares)) > before)
		reduce(job->net, job->conv + 1, before, shares);
	else
		conv_back_range(job, item - before, worker);
}

static void reduce_item(void *arg, int item, int worker)
{
	const struct job *job = arg;

	(void)worker;
	reduce(job->net, job->conv, item, job->reduces);
}

/* No gradient comes from the heads: all gradients of the encoder are 0. */
static void no_way_back(struct lt_network *net, bool to_image)
{
	const struct lt_graph *g = &net->graph;

	if (to_image)
		memset(net->image_grad, 0,
		       (size_t)net->n * lt_act_plane(&g->act[0]) * sizeof *net->image_grad);
	else
		memset(net->grads, 0, g->head[0].at[0] * sizeof *net->grads);
}

/* ------------------------------------------------------------- sums over the ranks */

static void add_weights(void *arg, void *to, const void *from, size_t n)
{
	const struct lt_network *net = arg;

	net->kernels->add(to, from, n);
}

/* Starts to add a convolution's gradients over the ranks, which each have those of theirs. */
static int begin_sum(struct lt_network *net, int conv, struct lt_error *err)
{
	size_t at = net->graph.conv[conv].weight;

	if (lt_team_size(net->team) == 1)
		return 0;
	net->weight_sum[conv] =
		(struct lt_team_sum){.team = net->team,
				     .values = (char *)(net->grads + at),
				     .room = (char *)(net->sum_room + at),
				     .n = lt_conv_weights(&net->graph.conv[conv].shape),
				     .size = sizeof *net->grads,
				     .items = net->n_ranges,
				     .number = conv,
				     .add = add_weights,
				     .arg = net};
	return lt_team_sum_begin(&net->weight_sum[conv], err);
}

/* Proceeds with the sums of these convolutions, waiting for them at the end. */
static int proceed(struct lt_network *net, int from, bool wait, struct lt_error *err)
{
	int code = 0;

	if (lt_team_size(net->team) == 1)
		return 0;
	for (int i = net->graph.n_convs - 1; i >= from && code == 0; i--)
		code = wait ? lt_team_sum_end(&net->weight_sum[i], err)
			    : lt_team_sum_go_on(&net->weight_sum[i], err);
	return code;
}

/* ------------------------------------------------------------------ the whole pass */

/* The pass of a convolution; the gradients of the one before it are complete afterwards. */
static int back_conv(struct job *job, struct lt_error *err)
{
	struct lt_network *net = job->net;
	const struct lt_graph *g = &net->graph;
	const struct lt_conv_node *conv = &g->conv[job->conv];
	bool stem = job->to_image && conv->in == 0;
	int items = lt_items(net), code;

	if (g->act[conv->act].pooled) {
		lt_recompute(net, conv->act);
		lt_pool_run(net->pool, max_back_item, job, items);
		if ((code = norms_backward(net, conv->act, err)) != 0)
			return code;
	}
	if (conv->route.sum >= 0)
		lt_pool_run(net->pool, sum_back_item, job, items);
	job->reduces =
		!job->to_image && job->conv + 1 < g->n_convs ? lt_pool_threads(net->pool) : 0;
	if (conv->in != 0) {
		/* The pass that completes a gradient also reads y below its activation. */
		if (!conv->route.partial)
			lt_recompute(net, conv->in);
		lt_prepare_weight(net, job->conv, true);
	}
	lt_pool_run(net->pool, stem ? image_back_item : conv_back_item, job,
		    items + job->reduces);
	if (job->reduces > 0 && ((code = begin_sum(net, job->conv + 1, err)) != 0 ||
				 (code = proceed(net, job->conv + 1, false, err)) != 0))
		return code;
	if (conv->in != 0 && !conv->route.partial)
		return norms_backward(net, conv->in, err);
	return 0;
}

/* Runs the backward pass, to the gradients of the weights or of the image. */
static int go_back(struct lt_network *net, const lt_real *const grads[], bool to_image,
		   struct lt_error *err)
{
	struct job job = {.net = net, .to_image = to_image};
	const struct lt_graph *g = &net->graph;
	int code;

	if (!lt_heads_backward(net, grads)) {
		no_way_back(net, to_image);
		return 0;
	}
	lt_prepare_weights(net, true);
	lt_pool_run(net->pool, pool_back_item, &job, lt_items(net));
	if ((code = norms_backward(net, g->out, err)) != 0)
		return code;
	for (job.conv = g->n_convs - 1; job.conv >= 0; job.conv--)
		if ((code = back_conv(&job, err)) != 0)
			return code;
	if (to_image)
		return 0;
	job.conv = 0;
	job.reduces = lt_pool_threads(net->pool);
	lt_pool_run(net->pool, reduce_item, &job, job.reduces);
	if ((code = begin_sum(net, 0, err)) != 0)
		return code;
	return proceed(net, 0, true, err);
}

int lt_network_backward(struct lt_network *net, const lt_real *const grads[],
			struct lt_error *err)
{
	return go_back(net, grads, false, err);
}

static void add_item(void *arg, int item, int worker)
{
	struct lt_network *net = ((struct job *)arg)->net;
	size_t first = (size_t)item * LT_CHUNK, n = net->graph.params - first;

	(void)worker;
	net->kernels->add(net->grads + first, net->spare_grads + first,
			  n < LT_CHUNK ? n : LT_CHUNK);
}

int lt_network_backward_add(struct lt_network *net, const lt_real *const grads[],
			    struct lt_error *err)
{
	struct job job = {.net = net};
	lt_real *sum = net->grads;
	int code;

	net->grads = net->spare_grads;
	code = lt_network_backward(net, grads, err);
	net->grads = sum;
	if (code == 0)
		lt_pool_run(net->pool, add_item, &job,
			    (int)((net->graph.params + LT_CHUNK - 1) / LT_CHUNK));
	return code;
}

int lt_network_image_grad(struct lt_network *net, const lt_real *const grads[],
			  const lt_real **out, struct lt_error *err)
{
	lt_real *kept = net->grads;
	int code;

	/* The head and batch norms compute their gradients during the pass. */
	net->grads = net->spare_grads;
	code = go_back(net, grads, true, err);
	net->grads = kept;
	*out = net->image_grad;
	return code;
}
