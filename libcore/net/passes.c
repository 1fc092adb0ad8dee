/* Forward passes of a network over some images; see network_private.h. */
#include "net/network_private.h"

struct lt_operand lt_operand_made(const struct lt_network *net, const struct lt_places *at,
				  int act, int split)
{
	const struct lt_act_node *node = &net->graph.act[act];
	const struct lt_conv_shape *shape = &net->graph.conv[node->conv].shape;
	const struct lt_norm_layer *norm = &net->norm[node->conv];
	size_t first = (size_t)split * node->c;
	struct lt_operand in = {.h = shape->out_h,
				.w = shape->out_w,
				.c = node->c,
				.slope = (lt_real)net->graph.slope,
				.raw = at->raw[node->conv],
				.scale = norm->scale + first,
				.shift = norm->shift + first,
				.skip_kind = node->skip_kind};

	if (node->skip_kind == LT_SKIP_PROJECTION) {
		in.skip = at->raw[node->skip];
		in.skip_scale = net->norm[node->skip].scale + first;
		in.skip_shift = net->norm[node->skip].shift + first;
	} else if (node->skip_kind != LT_SKIP_NONE) {
		in.skip = at->value[node->skip];
	}
	return in;
}

struct lt_operand lt_operand_of(const struct lt_network *net, const struct lt_places *at,
				int act, int split, bool makes)
{
	const struct lt_act_node *node = &net->graph.act[act];
	struct lt_operand in = {
		.h = node->h, .w = node->w, .c = node->c, .slope = (lt_real)net->graph.slope};

	if (act == 0) {
		in.image = at->input;
	} else if (node->raw) {
		in.stored = at->raw[node->conv];
	} else if (node->stored && (node->pooled || !makes)) {
		in.stored = at->value[act];
	} else {
		in = lt_operand_made(net, at, act, split);
		in.store = at->value[act];
	}
	return in;
}

void lt_forward_conv(const struct lt_network *net, const struct lt_places *at, int number,
		     int split, int first, int n, lt_real *sums, bool stream, lt_real *scratch)
{
	const struct lt_conv_node *conv = &net->graph.conv[number];
	struct lt_conv_forward pass = {
		.shape = conv->shape,
		.in = lt_operand_of(net, at, conv->in, split,
				    net->graph.act[conv->in].first_reader == number),
		.weight = net->weight[number],
		.add = conv->add >= 0 ? at->raw[conv->add] : NULL,
		.out = at->raw[number],
		.sums = sums,
		.stream = stream,
	};

	net->kernels->conv_forward(&pass, first, n, scratch);
}

void lt_forward_max(const struct lt_network *net, const struct lt_places *at, int conv,
		    int split, int first, int n, lt_real *scratch)
{
	int act = net->graph.conv[conv].act;
	struct lt_max_pass pass = {.in = lt_operand_made(net, at, act, split),
				   .precision = net->precision,
				   .out = at->value[act]};

	net->kernels->max_forward(&pass, first, n, scratch);
}

void lt_forward_mean(const struct lt_network *net, const struct lt_places *at, int split,
		     int first, int n, lt_real *feature, lt_real *scratch)
{
	struct lt_pool_pass pass = {.in = lt_operand_of(net, at, net->graph.out, split, true),
				    .precision = net->precision,
				    .feature = feature};

	net->kernels->pool_forward(&pass, first, n, scratch);
}
