/* Conversion between the tensors of a model and the memory of a network. */
#include "net/model.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "net/head.h"

/*
 * Finds the kind with this name in the header.  If several share the name, it is the one
 * whose mark the model has.
 */
static bool find_kind(const struct lt_model *model, const char *wire, struct lt_head *head)
{
	bool found = false;

	for (int kind = 0; kind < LT_HEAD_KINDS; kind++) {
		const struct lt_head_type *type = &lt_head_types[kind];
		const struct lt_model_tensor *mark = NULL;
		char name[64];

		if (!type->wire || strcmp(type->wire, wire) != 0)
			continue;
		if (type->mark) {
			snprintf(name, sizeof name, "%s.%s", head->name, type->mark);
			mark = lt_model_find(model, name);
		}
		if (found && !mark)
			continue;
		found = true;
		head->kind = (enum lt_head_kind)kind;
		head->hidden = mark && mark->elements <= 65536 ? (int)mark->elements : 1;
	}
	return found;
}

/* The head that predicts, as the header describes it. */
static int describe_head(const struct lt_model *model, struct lt_head *head,
			 struct lt_error *err)
{
	const struct lt_header *h = &model->header;
	const char *kind = h->head ? h->head : lt_head_types[LT_HEAD_LINEAR].wire;

	*head = (struct lt_head){.outputs = h->num_classes, .scale = h->scale};
	snprintf(head->name, sizeof head->name, "%s",
		 h->n_heads > 0 ? h->heads[h->predicts].name : "fc");
	if (!find_kind(model, kind, head))
		return lt_fail(err, LT_DATA, "%s: unknown kind of head '%s'", model->name,
			       kind);
	if (h->num_classes < 1 || h->num_classes > LT_MAX_CLASSES)
		return lt_fail(err, LT_DATA, "%s: %d classes", model->name, h->num_classes);
	return 0;
}

int lt_model_graph(const struct lt_model *model, struct lt_graph *graph, struct lt_error *err)
{
	const struct lt_header *h = &model->header;
	struct lt_head head;
	int code;

	if (!h->arch || h->input.dims != 3)
		return lt_fail(err, LT_DATA,
			       "%s: the model does not say its architecture and input size",
			       model->name);
	if ((code = describe_head(model, &head, err)) != 0)
		return code;
	code = lt_graph_build(graph, h->arch, (int)h->input.dim[0], (int)h->input.dim[1],
			      (int)h->input.dim[2], &head, 1, NULL);
	if (code != 0)
		return lt_fail(
			err, LT_USAGE,
			"%s: architecture '%s' for %u×%u×%u is not supported in this version",
			model->name, h->arch, h->input.dim[0], h->input.dim[1],
			h->input.dim[2]);
	return lt_model_check(model, graph, true, err);
}

/* Those that have parameters. */
static int written_heads(const struct lt_graph *graph)
{
	int n = 0;

	for (int i = 0; i < graph->n_heads; i++)
		n += lt_head_types[graph->head[i].kind].wire != NULL;
	return n;
}

int lt_model_describe(struct lt_header *header, const struct lt_graph *graph,
		      struct lt_error *err)
{
	const struct lt_head *head = &graph->head[graph->predicts];

	header->num_classes = head->outputs;
	header->input = (struct lt_shape){
		3, {(uint32_t)graph->h, (uint32_t)graph->w, (uint32_t)graph->c}};
	header->head = lt_head_types[head->kind].wire;
	header->scale = head->scale;
	header->n_heads = header->predicts = 0;
	if (written_heads(graph) == 1 && strcmp(head->name, "fc") == 0)
		return 0;
	for (int i = 0; i < graph->n_heads; i++) {
		const char *wire = lt_head_types[graph->head[i].kind].wire;
		struct lt_head_line *line = &header->heads[header->n_heads];

		if (!wire)
			continue;
		head = &graph->head[i];
		*line = (struct lt_head_line){lt_arena_text(&header->arena, head->name), wire,
					      head->outputs, head->scale};
		if (!line->name)
			return lt_fail_memory(err);
		if (i == graph->predicts)
			header->predicts = header->n_heads;
		header->n_heads++;
	}
	return 0;
}

/* ---------------------------------------------------------- layouts and conversion */

/*
 * PyTorch's element i (out × in × row × column) of a parameter is at this place
 * of the master layout (kernel.h).
 */
static size_t place(const struct lt_param *param, size_t i)
{
	size_t in, taps, k, c, t;

	if (param->conv < 0)
		return param->offset + i;
	in = param->shape.dim[1];
	taps = (size_t)param->shape.dim[2] * param->shape.dim[3];
	k = i / (in * taps);
	c = i / taps % in;
	t = i % taps;
	return param->offset + (((k / 16) * taps + t) * in + c) * 16 + k % 16;
}

static const struct lt_model_tensor *find_or_old(const struct lt_model *model, const char *name)
{
	const struct lt_model_tensor *tensor = lt_model_find(model, name);
	char old[80];

	if (!tensor && strncmp(name, "fc.", 3) == 0) {
		snprintf(old, sizeof old, "linear.%s", name + 3);
		tensor = lt_model_find(model, old);
	}
	return tensor;
}

static int get_tensor(const struct lt_model *model, const char *name,
		      const struct lt_shape *shape, const struct lt_model_tensor **out,
		      struct lt_error *err)
{
	const struct lt_model_tensor *tensor = find_or_old(model, name);

	if (!tensor)
		return lt_fail(err, LT_DATA, "%s: tensor '%s' is missing", model->name, name);
	if (!lt_shape_same(&tensor->shape, shape))
		return lt_fail(err, LT_DATA,
			       "%s: tensor '%s' has another shape than the network's",
			       model->name, name);
	if (tensor->dtype != LT_F4 && tensor->dtype != LT_F8)
		return lt_fail(err, LT_DATA, "%s: tensor '%s' is not floating-point",
			       model->name, name);
	*out = tensor;
	return 0;
}

static lt_real element(const struct lt_model_tensor *tensor, size_t i)
{
	if (tensor->dtype == LT_F4)
		return (lt_real)((const float *)tensor->data)[i];
	return (lt_real)((const double *)tensor->data)[i];
}

static int get_param(const struct lt_model *model, const char *prefix,
		     const struct lt_param *param, const struct lt_model_tensor **out,
		     struct lt_error *err)
{
	char name[128];

	snprintf(name, sizeof name, "%s%s", prefix, param->name);
	return get_tensor(model, name, &param->shape, out, err);
}

/* Running statistics of a batch norm; which: 0 the means, 1 the variances. */
static int get_state(const struct lt_model *model, const char *prefix,
		     const struct lt_conv_node *conv, int which,
		     const struct lt_model_tensor **out, struct lt_error *err)
{
	struct lt_shape shape = {1, {(uint32_t)conv->shape.out_c}};
	char name[128];

	snprintf(name, sizeof name, "%s%s.%s", prefix, conv->bn,
		 which ? "running_var" : "running_mean");
	return get_tensor(model, name, &shape, out, err);
}

int lt_model_check(const struct lt_model *model, const struct lt_graph *graph, bool head,
		   struct lt_error *err)
{
	const struct lt_model_tensor *tensor;
	int code = 0;

	for (int i = 0; i < graph->n_params && code == 0; i++)
		if (head || !graph->param[i].head)
			code = get_param(model, "", &graph->param[i], &tensor, err);
	for (int i = 0; i < 2 * graph->n_convs && code == 0; i++)
		if (!graph->conv[i / 2].bare)
			code = get_state(model, "", &graph->conv[i / 2], i % 2, &tensor, err);
	return code;
}

static int restore(const struct lt_model *model, const char *prefix,
		   const struct lt_graph *graph, lt_real *params, lt_real *state, bool head,
		   struct lt_error *err)
{
	const struct lt_model_tensor *tensor;
	int code;

	for (int i = 0; i < graph->n_params; i++) {
		const struct lt_param *param = &graph->param[i];

		if (param->head && !head)
			continue;
		if ((code = get_param(model, prefix, param, &tensor, err)) != 0)
			return code;
		for (size_t e = 0; e < param->size; e++)
			params[place(param, e)] = element(tensor, e);
	}
	for (int i = 0; state && i < 2 * graph->n_convs; i++) {
		const struct lt_conv_node *conv = &graph->conv[i / 2];
		lt_real *to = state + (i % 2 ? conv->var : conv->mean);

		if (conv->bare)
			continue;
		if ((code = get_state(model, prefix, conv, i % 2, &tensor, err)) != 0)
			return code;
		for (int k = 0; k < conv->shape.out_c; k++)
			to[k] = element(tensor, (size_t)k);
	}
	return 0;
}

int lt_model_load(const struct lt_model *model, struct lt_network *net, bool head,
		  struct lt_error *err)
{
	return restore(model, "", lt_network_graph(net), lt_network_params(net),
		       lt_network_state(net), head, err);
}

int lt_model_restore(const struct lt_model *model, const char *prefix,
		     const struct lt_graph *graph, lt_real *params, lt_real *state,
		     struct lt_error *err)
{
	return restore(model, prefix, graph, params, state, true, err);
}

/* ------------------------------------------------------------------------ writing */

static int write_param(struct lt_writer *writer, const char *prefix,
		       const struct lt_param *param, const lt_real *params, lt_real *room,
		       struct lt_error *err)
{
	char name[128];

	for (size_t e = 0; e < param->size; e++)
		room[e] = params[place(param, e)];
	snprintf(name, sizeof name, "%s%s", prefix, param->name);
	return lt_writer_tensor(writer, name, LT_REAL_DTYPE, &param->shape, room, err);
}

static int write_state(struct lt_writer *writer, const char *prefix,
		       const struct lt_conv_node *conv, const lt_real *state,
		       struct lt_error *err)
{
	struct lt_shape shape = {1, {(uint32_t)conv->shape.out_c}};
	char name[128];
	int code;

	snprintf(name, sizeof name, "%s%s.running_mean", prefix, conv->bn);
	code = lt_writer_tensor(writer, name, LT_REAL_DTYPE, &shape, state + conv->mean, err);
	if (code != 0)
		return code;
	snprintf(name, sizeof name, "%s%s.running_var", prefix, conv->bn);
	return lt_writer_tensor(writer, name, LT_REAL_DTYPE, &shape, state + conv->var, err);
}

int lt_model_write(struct lt_writer *writer, const char *prefix, const struct lt_graph *graph,
		   const lt_real *params, const lt_real *state, struct lt_error *err)
{
	size_t most = 0;
	lt_real *room;
	int code = 0;

	for (int i = 0; i < graph->n_params; i++)
		if (graph->param[i].size > most)
			most = graph->param[i].size;
	room = lt_new_array(most, sizeof *room);
	if (!room)
		return lt_fail_memory(err);
	/* A convolution's weight, its batch norm's weight and bias, then that one's running
	 * statistics. */
	for (int i = 0; i < graph->n_params && code == 0; i++) {
		int conv = lt_graph_norm_end(graph, i);

		code = write_param(writer, prefix, &graph->param[i], params, room, err);
		if (code == 0 && state && conv >= 0)
			code = write_state(writer, prefix, &graph->conv[conv], state, err);
	}
	lt_free(room);
	return code;
}
