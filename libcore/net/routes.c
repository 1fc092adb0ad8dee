/*
 * Plans the backward pass through a graph: the buffers that hold the gradients at
 * activations, and the gradients that each convolution's pass adds.
 *
 * Passes run in the reverse order of the convolutions.  Several passes may write the
 * gradient of one activation.  The first one adds the gradient of a shortcut that starts
 * there, each further one adds the result of the previous one, and the last one completes
 * the gradient.
 *
 * If y of a convolution is a sum, or is read without batch norm, the gradient at y is
 * stored too.  It is also the gradient at the y that was added to the sum, which then takes
 * over the buffer.
 */
#include "net/graph.h"

struct planner {
	struct lt_graph *graph;
	bool used[LT_MAX_GRADIENTS];
	int at[LT_MAX_CONVS + 1];      /* an activation's buffer, -1: none yet */
	int passes[LT_MAX_CONVS + 1];  /* passes that have yet to add to its gradient */
	int readers[LT_MAX_CONVS + 1]; /* passes that have yet to read it */
	int y_at[LT_MAX_CONVS];	       /* the same for the gradient at y from readers */
	int y_passes[LT_MAX_CONVS];    /* other than its batch norm */
	bool sound;
};

static int take(struct planner *p, size_t size)
{
	struct lt_graph *g = p->graph;
	int best = -1;

	/*
	 * The smallest free buffer that is large enough; otherwise the largest, which is
	 * enlarged.
	 */
	for (int i = 0; i < g->n_gradients; i++) {
		size_t has = g->gradient_size[i], had = best < 0 ? 0 : g->gradient_size[best];

		if (!p->used[i] && (has < had ? has >= size : had < size))
			best = i;
	}
	if (best < 0)
		best = g->n_gradients++;
	if (g->gradient_size[best] < size)
		g->gradient_size[best] = size;
	p->used[best] = true;
	return best;
}

static void drop(struct planner *p, int act)
{
	if (--p->readers[act] == 0)
		p->used[p->at[act]] = false;
}

/* Is an activation's gradient complete when it is read? */
static bool whole(struct planner *p, int act)
{
	p->sound = p->sound && p->at[act] >= 0 && p->passes[act] == 0;
	return p->sound;
}

/*
 * Adds the gradient of the shortcut that ends at `end`.  The sum overwrites it if nothing
 * else reads it.
 */
static void add_shortcut(struct planner *p, struct lt_route *route, int end, size_t size)
{
	if (!whole(p, end))
		return;
	route->add_kind = p->graph->act[end].skip_kind;
	route->add = p->at[end];
	if (route->add_kind == LT_SKIP_SAME && p->readers[end] == 1) {
		route->to = route->add;
		return;
	}
	route->to = take(p, size);
	drop(p, end);
}

static void plan_below_raw(struct planner *p, struct lt_route *route, int conv, size_t size)
{
	route->partial = true;
	p->y_passes[conv]--;
	if (p->y_at[conv] < 0) {
		p->y_at[conv] = route->to = take(p, size);
		return;
	}
	route->add_kind = LT_SKIP_SAME;
	route->add = route->to = p->y_at[conv];
}

static void plan_below(struct planner *p, struct lt_route *route, int in)
{
	const struct lt_act_node *act = &p->graph->act[in];
	size_t size = (size_t)act->h * act->w * act->c;

	if (act->raw) {
		plan_below_raw(p, route, act->conv, size);
		return;
	}
	if (p->at[in] >= 0) {
		route->add_kind = LT_SKIP_SAME;
		route->add = route->to = p->at[in];
	} else if (act->skip_reader >= 0) {
		add_shortcut(p, route, act->skip_reader, size);
	} else {
		route->to = take(p, size);
	}
	p->at[in] = route->to;
	route->partial = --p->passes[in] > 0 || act->pooled;
}

/*
 * The gradient at y is stored in the buffer with the gradient from the other readers.  If
 * there are none, it overwrites the gradient at the batch norm, which then must have no
 * other reader.
 */
static void plan_sum(struct planner *p, int number)
{
	struct lt_conv_node *conv = &p->graph->conv[number];

	if (p->y_at[number] < 0 && conv->add < 0)
		return;
	conv->route.sum_adds = p->y_at[number] >= 0;
	if (!conv->route.sum_adds) {
		p->sound = p->sound && p->readers[conv->act] == 1;
		p->y_at[number] = conv->route.from;
	}
	conv->route.sum = p->y_at[number];
}

/* After the pass of a convolution: the y that was added to its y takes over the gradient. */
static void pass_sum_on(struct planner *p, int number)
{
	const struct lt_conv_node *conv = &p->graph->conv[number];
	int at = p->y_at[number];

	if (at < 0)
		return;
	if (conv->add < 0) {
		p->used[at] = false;
		return;
	}
	p->sound = p->sound && p->y_at[conv->add] < 0;
	p->y_at[conv->add] = at;
	p->y_passes[conv->add]--;
	p->used[at] = true;
}

static void plan_bare(struct planner *p, int number)
{
	struct lt_conv_node *conv = &p->graph->conv[number];

	p->sound = p->sound && p->y_at[number] >= 0;
	if (!p->sound)
		return;
	conv->route.from = p->y_at[number];
	if (conv->in != 0)
		plan_below(p, &conv->route, conv->in);
	pass_sum_on(p, number);
}

static void plan_conv(struct planner *p, int number)
{
	struct lt_conv_node *conv = &p->graph->conv[number];
	struct lt_act_node *above = &p->graph->act[conv->act];
	const struct lt_conv_shape *s = &conv->shape;

	conv->route = (struct lt_route){.to = -1, .sum = -1};
	p->sound = p->sound && p->y_passes[number] == 0;
	if (conv->bare) {
		plan_bare(p, number);
		return;
	}
	if (!whole(p, conv->act))
		return;
	above->gradient = conv->route.from = p->at[conv->act];
	if (above->pooled) {
		conv->route.from = take(p, (size_t)s->out_h * s->out_w * s->out_c);
		p->used[above->gradient] = false;
		p->at[conv->act] = conv->route.from;
	}
	plan_sum(p, number);
	if (conv->in != 0)
		plan_below(p, &conv->route, conv->in);
	drop(p, conv->act);
	pass_sum_on(p, number);
}

bool lt_graph_routes(struct lt_graph *graph)
{
	struct planner p = {.graph = graph, .sound = true};
	const struct lt_act_node *out = &graph->act[graph->out];

	graph->n_gradients = 0;
	for (int i = 0; i < graph->n_acts; i++) {
		const struct lt_act_node *act = &graph->act[i];

		p.at[i] = -1;
		p.passes[i] = act->conv_readers;
		p.readers[i] = act->skip_kind == LT_SKIP_NONE ? 1 : 2;
	}
	for (int i = 0; i < graph->n_convs; i++) {
		p.y_at[i] = -1;
		if (graph->conv[i].add >= 0)
			p.y_passes[graph->conv[i].add]++;
		if (graph->act[graph->conv[i].in].raw)
			p.y_passes[graph->act[graph->conv[i].in].conv]++;
	}
	p.at[graph->out] = take(&p, (size_t)out->h * out->w * out->c);
	for (int i = graph->n_convs - 1; i >= 0 && p.sound; i--)
		plan_conv(&p, i);
	return p.sound;
}
