#include "net/graph.h"

#include <stdio.h>
#include <string.h>

#include "net/head.h"

void lt_graph_begin(struct lt_graph *graph, int h, int w, int c)
{
	memset(graph, 0, sizeof *graph);
	graph->h = h;
	graph->w = w;
	graph->c = c;
	graph->epsilon = 1e-5;
	graph->momentum = 0.1;
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

int lt_graph_bare_conv(struct lt_graph *graph, const char *name, int in, int out_c, int size,
		       int stride)
{
	struct lt_act_node *from = &graph->act[in];
	struct lt_conv_node *conv;
	int number = graph->n_convs;

	if (number == LT_MAX_CONVS) {
		complain(graph, "too many layers");
		return number - 1;
	}
	if (out_c % 16)
		complain(graph, "channels are not a multiple of 16");
	conv = &graph->conv[graph->n_convs++];
	snprintf(conv->name, sizeof conv->name, "%s", name);
	conv->bare = true;
	conv->add = -1;
	conv->act = -1;
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
	if (from->conv_readers++ == 0)
		from->first_reader = number;
	return number;
}

int lt_graph_conv(struct lt_graph *graph, const char *name, const char *bn, int in, int out_c,
		  int size, int stride)
{
	int number = lt_graph_bare_conv(graph, name, in, out_c, size, stride);
	struct lt_conv_node *conv = &graph->conv[number];
	struct lt_shape vector = {1, {(uint32_t)out_c}};

	if (!conv->bare) /* too many convolutions: an error is recorded */
		return number;
	snprintf(conv->bn, sizeof conv->bn, "%s", bn);
	conv->bare = false;
	conv->gain = add_param(graph, bn, "weight", vector, -1, false);
	conv->bias = add_param(graph, bn, "bias", vector, -1, false);
	conv->mean = graph->state;
	conv->var = graph->state + (size_t)out_c;
	graph->state += 2 * (size_t)out_c;
	return number;
}

void lt_graph_add(struct lt_graph *graph, int conv, int add)
{
	struct lt_conv_node *to = &graph->conv[conv], *from = &graph->conv[add];

	if (add >= conv || to->bare || to->add >= 0 || from->added)
		complain(graph, "a sum that cannot be made");
	if (from->shape.out_h != to->shape.out_h || from->shape.out_w != to->shape.out_w ||
	    from->shape.out_c != to->shape.out_c)
		complain(graph, "a sum of different shapes");
	to->add = add;
	from->added = true;
}

/* Adds a shortcut from an activation to activation `number`. */
static void add_skip(struct lt_graph *graph, int from_number, int number)
{
	struct lt_act_node *from = &graph->act[from_number];
	const struct lt_act_node *to = &graph->act[number];

	from->skip_readers++;
	from->skip_reader = number;
	/*
	 * The image is not stored as cells, and other activations are computed where a
	 * convolution first reads them: a shortcut must begin at one of the latter.
	 */
	if (from_number == 0 || from->conv_readers == 0 || from->raw)
		complain(graph, "a shortcut from where no convolution begins");
	if (from->skip_readers > 1)
		complain(graph, "an activation with several shortcuts");
	if (to->skip_kind == LT_SKIP_SAME &&
	    (from->h != to->h || from->w != to->w || from->c != to->c))
		complain(graph, "an identity shortcut between different shapes");
	if (to->skip_kind == LT_SKIP_OPTION_A &&
	    (from->h != 2 * to->h || from->w != 2 * to->w || to->c % 32 ||
	     from->c * 2 != to->c))
		complain(graph, "sides must be multiples of 4");
}

static void add_projection(struct lt_graph *graph, int projection, int number)
{
	struct lt_conv_node *conv = &graph->conv[projection];
	const struct lt_act_node *to = &graph->act[number];

	conv->act = number;
	if (conv->shape.out_h != to->h || conv->shape.out_w != to->w ||
	    conv->shape.out_c != to->c)
		complain(graph, "a projection between different shapes");
}

static int add_act(struct lt_graph *graph, int conv, enum lt_skip kind, int skip)
{
	const struct lt_conv_shape *shape = &graph->conv[conv].shape;
	int number = graph->n_acts;

	if (number > LT_MAX_CONVS) {
		complain(graph, "too many layers");
		return number - 1;
	}
	graph->n_acts++;
	graph->act[number] = (struct lt_act_node){.conv = conv,
						  .h = shape->out_h,
						  .w = shape->out_w,
						  .c = shape->out_c,
						  .skip_kind = kind,
						  .skip = skip,
						  .skip_reader = -1};
	return number;
}

int lt_graph_raw(struct lt_graph *graph, int conv)
{
	int number = add_act(graph, conv, LT_SKIP_NONE, -1);

	if (graph->conv[conv].bare)
		complain(graph, "a convolution without batch norm that another reads");
	graph->act[number].raw = true;
	return number;
}

int lt_graph_act(struct lt_graph *graph, int conv, enum lt_skip kind, int skip)
{
	int number = add_act(graph, conv, kind, skip);

	if (graph->error[0])
		return number;
	if (graph->conv[conv].bare)
		complain(graph, "an activation without batch norm");
	if (graph->conv[conv].act >= 0)
		complain(graph, "a convolution with two activations");
	graph->conv[conv].act = number;
	if (graph->conv[conv].add >= 0 && graph->conv[graph->conv[conv].add].bare)
		graph->conv[graph->conv[conv].add].act = number;
	if (kind == LT_SKIP_PROJECTION)
		add_projection(graph, skip, number);
	else if (kind != LT_SKIP_NONE)
		add_skip(graph, skip, number);
	return number;
}

int lt_graph_max_act(struct lt_graph *graph, int conv)
{
	int number = lt_graph_act(graph, conv, LT_SKIP_NONE, -1);
	struct lt_act_node *act = &graph->act[number];

	act->pooled = true;
	act->h = (act->h + 1) / 2;
	act->w = (act->w + 1) / 2;
	return number;
}

static uint32_t width_of(const struct lt_graph *graph, const struct lt_head *head,
			 enum lt_head_width width)
{
	return (uint32_t)(width == LT_HEAD_OUTPUTS    ? head->outputs
			  : width == LT_HEAD_HIDDEN   ? head->hidden
			  : width == LT_HEAD_FEATURES ? graph->features
			  : width == LT_HEAD_BEYOND   ? head->outputs - head->hidden
						      : 0);
}

static void add_head_params(struct lt_graph *graph, struct lt_head *head)
{
	const struct lt_head_type *type = &lt_head_types[head->kind];

	char name[LT_MAX_HEAD_NAME + 1];

	memcpy(name, head->name, sizeof name);
	head->first_param = graph->n_params;
	for (int i = 0; i < LT_HEAD_PARTS && type->param[i].suffix; i++) {
		const enum lt_head_width *dim = type->param[i].dim;
		struct lt_shape shape = {
			dim[1] == LT_HEAD_NONE ? 1 : 2,
			{width_of(graph, head, dim[0]), width_of(graph, head, dim[1])}};

		head->at[i] = add_param(graph, name, type->param[i].suffix, shape, -1, true);
		head->n_params = i + 1;
	}
}

static void add_head(struct lt_graph *graph, const struct lt_head *of)
{
	const struct lt_head_type *type = &lt_head_types[of->kind];
	struct lt_head *head = &graph->head[graph->n_heads];

	*head = *of;
	for (int i = 0; i < graph->n_heads; i++)
		if (strcmp(graph->head[i].name, head->name) == 0)
			complain(graph, "two heads of one name");
	graph->n_heads++;
	if (of->kind == LT_HEAD_IDENTITY)
		head->outputs = graph->features;
	if (!type->mark)
		head->hidden = 0;
	else if (head->hidden == 0)
		head->hidden = graph->features;
	if (of->kind == LT_HEAD_PROTOTYPES && head->outputs <= head->hidden)
		complain(graph, "a head without prototypes");
	if (!type->scaled || head->scale == 0)
		head->scale = 1;
	add_head_params(graph, head);
}

int lt_graph_end(struct lt_graph *graph, int out, const struct lt_head *heads, int n,
		 struct lt_error *err)
{
	graph->out = out;
	graph->features = graph->act[out].c;
	if (n < 1 || n > LT_MAX_HEADS)
		complain(graph, "no head, or too many");
	for (int i = 0; i < n && i < LT_MAX_HEADS; i++)
		add_head(graph, &heads[i]);
	for (int i = 1; i < graph->n_acts; i++) {
		struct lt_act_node *act = &graph->act[i];

		act->stored = !act->raw &&
			      (act->pooled || act->skip_readers > 0 || act->conv_readers > 1);
		if (graph->slope != 0 && act->skip_kind != LT_SKIP_NONE)
			complain(graph, "a shortcut under a leaky ReLU");
	}
	for (int i = 0; i < graph->n_convs; i++)
		if (graph->conv[i].act < 0)
			complain(graph, "a convolution that nothing reads");
	/*
	 * The last activation is recomputed when it is read, and its gradient comes only
	 * from the heads.
	 */
	if (graph->act[out].stored || graph->act[out].conv_readers > 0)
		complain(graph, "the last activation has other readers");
	if (!graph->error[0] && !lt_graph_routes(graph))
		complain(graph, "a way back that crosses itself");
	return graph->error[0] ? lt_fail(err, LT_DATA, "%s", graph->error) : 0;
}

int lt_graph_norm_end(const struct lt_graph *graph, int param)
{
	for (int i = 0; i < graph->n_convs; i++)
		if (!graph->conv[i].bare && graph->conv[i].bias == graph->param[param].offset)
			return i;
	return -1;
}

size_t lt_graph_parameters(const struct lt_graph *graph)
{
	size_t sum = 0;

	for (int i = 0; i < graph->n_params; i++)
		sum += graph->param[i].size;
	return sum;
}

int lt_graph_build(struct lt_graph *graph, const char *arch, int h, int w, int c,
		   const struct lt_head *heads, int n, struct lt_error *err)
{
	const struct lt_arch *found = lt_arch_find(arch);

	if (!found)
		return lt_fail(err, LT_DATA, "unknown architecture '%s'", arch);
	if (h < 4 || w < 4 || h > 1024 || w > 1024 || c < 1 || c > 16)
		return lt_fail(err, LT_DATA,
			       "sides must be 4 to 1024 pixels, channels 1 to 16");
	lt_graph_begin(graph, h, w, c);
	return lt_graph_end(graph, found->build(graph, found), heads, n, err);
}
