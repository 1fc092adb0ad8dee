#include "net/graph.h"

#include <stdio.h>
#include <string.h>

void lt_graph_begin(struct lt_graph *graph, int h, int w, int c)
{
	memset(graph, 0, sizeof *graph);
	graph->h = h;
	graph->w = w;
	graph->c = c;
	graph->act[0] = (struct lt_act_node){.conv = -1,
					     .h = h,
					     .w = w,
					     .c = c,
					     .skip = -1,
					     .skip_reader = -1,
					     .stored = true};
	graph->n_acts = 1;
}

static void complain(struct lt_graph *graph, const char *why)
{
	if (!graph->error[0])
		snprintf(graph->error, sizeof graph->error, "%s", why);
}

/* Reserves elements of the parameter vector, each part beginning on a cache line. */
static size_t add_param(struct lt_graph *graph, const char *name, const char *suffix,
			struct lt_shape shape, int conv, bool head)
{
	struct lt_param *param = &graph->param[graph->n_params++];

	snprintf(param->name, sizeof param->name, "%s.%s", name, suffix);
	param->shape = shape;
	param->size = 1;
	for (int i = 0; i < shape.dims; i++)
		param->size *= shape.dim[i];
	param->offset = graph->params;
	param->conv = conv;
	param->head = head;
	graph->params += (param->size + 15) & ~(size_t)15;
	return param->offset;
}

int lt_graph_conv(struct lt_graph *graph, const char *name, const char *bn, int in, int out_c,
		  int size, int stride)
{
	struct lt_act_node *from = &graph->act[in];
	struct lt_conv_node *conv;
	struct lt_shape vector = {1, {(uint32_t)out_c}};
	int number = graph->n_convs;

	if (number == LT_MAX_CONVS) {
		complain(graph, "too many layers");
		return number - 1;
	}
	if (out_c % 16)
		complain(graph, "channels are not a multiple of 16");
	conv = &graph->conv[graph->n_convs++];
	snprintf(conv->name, sizeof conv->name, "%s", name);
	snprintf(conv->bn, sizeof conv->bn, "%s", bn);
	conv->in = in;
	conv->shape = (struct lt_conv_shape){.in_h = from->h,
					     .in_w = from->w,
					     .in_c = from->c,
					     .out_h = (from->h + stride - 1) / stride,
					     .out_w = (from->w + stride - 1) / stride,
					     .out_c = out_c,
					     .size = size,
					     .stride = stride};
	conv->weight = add_param(graph, name, "weight",
				 (struct lt_shape){4,
						   {(uint32_t)out_c, (uint32_t)from->c,
						    (uint32_t)size, (uint32_t)size}},
				 number, false);
	conv->gain = add_param(graph, bn, "weight", vector, -1, false);
	conv->bias = add_param(graph, bn, "bias", vector, -1, false);
	conv->mean = graph->state;
	conv->var = graph->state + (size_t)out_c;
	graph->state += 2 * (size_t)out_c;
	from->conv_readers++;
	return number;
}

int lt_graph_act(struct lt_graph *graph, int conv, enum lt_skip kind, int skip)
{
	const struct lt_conv_shape *shape = &graph->conv[conv].shape;
	int number = graph->n_acts++;
	struct lt_act_node *act = &graph->act[number];

	*act = (struct lt_act_node){.conv = conv,
				    .h = shape->out_h,
				    .w = shape->out_w,
				    .c = shape->out_c,
				    .skip_kind = kind,
				    .skip = skip,
				    .skip_reader = -1};
	graph->conv[conv].act = number;
	if (kind == LT_SKIP_NONE)
		return number;
	graph->act[skip].skip_readers++;
	graph->act[skip].skip_reader = number;
	if (kind == LT_SKIP_SAME &&
	    (graph->act[skip].h != act->h || graph->act[skip].w != act->w ||
	     graph->act[skip].c != act->c))
		complain(graph, "an identity shortcut between different shapes");
	if (kind == LT_SKIP_OPTION_A &&
	    (graph->act[skip].h != 2 * act->h || graph->act[skip].w != 2 * act->w ||
	     act->c % 32 || graph->act[skip].c * 2 != act->c))
		complain(graph, "sides must be multiples of 4");
	return number;
}

/* Gradients that are alive at once on the way back, as lt_network_backward keeps them. */
static int gradients_alive(const struct lt_graph *graph)
{
	bool alive[LT_MAX_CONVS + 1] = {false};
	int now = 1, most = 1;

	alive[graph->out] = true;
	for (int i = graph->n_convs - 1; i >= 0; i--) {
		const struct lt_conv_node *conv = &graph->conv[i];
		int end = conv->in == 0 ? -1 : graph->act[conv->in].skip_reader;

		if (conv->in != 0) {
			alive[conv->in] = true;
			now++;
		}
		most = now > most ? now : most;
		if (end >= 0 && alive[end]) {
			alive[end] = false;
			now--;
		}
		if (graph->act[conv->act].skip_kind == LT_SKIP_NONE && alive[conv->act]) {
			alive[conv->act] = false;
			now--;
		}
	}
	return most;
}

int lt_graph_end(struct lt_graph *graph, int out, enum lt_head_kind head, int classes,
		 int hidden, struct lt_error *err)
{
	uint32_t features = (uint32_t)graph->act[out].c, k = (uint32_t)classes,
		 m = hidden > 0 ? (uint32_t)hidden : features;

	graph->out = out;
	graph->features = (int)features;
	graph->head = head;
	graph->classes = classes;
	graph->hidden = head == LT_HEAD_MLP ? (int)m : 0;
	switch (head) {
	case LT_HEAD_LINEAR:
		graph->head_weight = add_param(graph, "fc", "weight",
					       (struct lt_shape){2, {k, features}}, -1, true);
		graph->head_bias =
			add_param(graph, "fc", "bias", (struct lt_shape){1, {k}}, -1, true);
		break;
	case LT_HEAD_COSINE:
		graph->head_weight = add_param(graph, "fc", "weight",
					       (struct lt_shape){2, {features, k}}, -1, true);
		break;
	case LT_HEAD_MLP:
		graph->head_weight = add_param(graph, "fc.0", "weight",
					       (struct lt_shape){2, {m, features}}, -1, true);
		graph->head_bias =
			add_param(graph, "fc.0", "bias", (struct lt_shape){1, {m}}, -1, true);
		graph->head_weight2 = add_param(graph, "fc.2", "weight",
						(struct lt_shape){2, {k, m}}, -1, true);
		graph->head_bias2 =
			add_param(graph, "fc.2", "bias", (struct lt_shape){1, {k}}, -1, true);
		break;
	}
	/* An activation is kept when a shortcut reads it too; the pooled one is made anew where
	 * it is read. */
	for (int i = 1; i < graph->n_acts; i++)
		graph->act[i].stored = graph->act[i].skip_readers > 0;
	/* The passes back (network.c) route a gradient from one convolution and one shortcut.
	 */
	for (int i = 1; i < graph->n_acts; i++)
		if (graph->act[i].conv_readers > 1 || graph->act[i].skip_readers > 1)
			complain(graph, "an activation with several readers of a kind");
	if (gradients_alive(graph) > LT_GRADIENTS)
		complain(graph, "nested shortcuts");
	return graph->error[0] ? lt_fail(err, LT_DATA, "%s", graph->error) : 0;
}

size_t lt_graph_parameters(const struct lt_graph *graph)
{
	size_t sum = 0;

	for (int i = 0; i < graph->n_params; i++)
		sum += graph->param[i].size;
	return sum;
}

int lt_graph_build(struct lt_graph *graph, const char *arch, int h, int w, int c,
		   enum lt_head_kind head, int classes, int hidden, struct lt_error *err)
{
	const struct lt_arch *found = lt_arch_find(arch);

	if (!found)
		return lt_fail(err, LT_DATA, "unknown architecture '%s'", arch);
	if (h < 4 || w < 4 || h > 1024 || w > 1024 || c < 1 || c > 16)
		return lt_fail(err, LT_DATA,
			       "sides must be 4 to 1024 pixels, channels 1 to 16");
	lt_graph_begin(graph, h, w, c);
	return lt_graph_end(graph, found->build(graph, found), head, classes, hidden, err);
}
