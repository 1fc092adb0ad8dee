/* Initial weights; see network.h. */
#include <math.h>

#include "base/random.h"
#include "net/network_private.h"

static void fill_param(struct lt_network *net, int index, uint64_t seed, bool normal,
		       double spread)
{
	const struct lt_param *param = &net->graph.param[index];
	struct lt_draws draws = lt_draws_at(seed, LT_FOR_INIT, 0, 0, (uint32_t)index);
	lt_real *w = net->params + param->offset;
	size_t in = param->shape.dims == 4 ? param->shape.dim[1] : 1;
	size_t taps =
		param->shape.dims == 4 ? (size_t)param->shape.dim[2] * param->shape.dim[3] : 1;

	for (size_t i = 0; i < param->size; i++) {
		double v = normal ? spread * lt_draw_normal(&draws)
				  : lt_draw_between(&draws, -spread, spread);
		size_t at = i;

		if (param->conv >= 0) {
			size_t k = i / (in * taps), c = i / taps % in, t = i % taps;

			at = (((k / 16) * taps + t) * in + c) * 16 + k % 16;
		}
		w[at] = (lt_real)v;
	}
}

void lt_init_normal(struct lt_network *net, int param, uint64_t seed, double deviation)
{
	fill_param(net, param, seed, true, deviation);
}

void lt_init_uniform(struct lt_network *net, int param, uint64_t seed, double spread)
{
	fill_param(net, param, seed, false, spread);
}

/*
 * The fan: the number of terms of a sum in the forward pass or, unless initial weights are
 * fan-in, in the backward pass.
 */
static double fan(const struct lt_graph *graph, const struct lt_param *param)
{
	uint32_t other = param->shape.dim[graph->init == LT_INIT_FAN_IN ? 0 : 1];

	return (double)param->size / other;
}

void lt_network_init(struct lt_network *net, uint64_t seed)
{
	const struct lt_graph *g = &net->graph;

	for (int i = 0; i < g->n_params; i++)
		if (g->param[i].conv >= 0)
			lt_init_normal(net, i, seed, sqrt(2.0 / fan(g, &g->param[i])));
	for (int i = 0; i < g->n_heads; i++)
		lt_head_works[g->head[i].kind]->init(net, &g->head[i], seed);
	for (int i = 0; i < g->n_convs; i++) {
		const struct lt_conv_node *conv = &g->conv[i];

		for (int k = 0; !conv->bare && k < conv->shape.out_c; k++) {
			net->params[conv->gain + k] = 1;
			net->params[conv->bias + k] = 0;
			net->state[conv->mean + k] = 0;
			net->state[conv->var + k] = 1;
		}
	}
}
