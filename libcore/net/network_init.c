/* Initial weights; see network.h. */
#include <math.h>

#include "base/random.h"
#include "net/network_private.h"

/*
 * Fills a parameter in PyTorch's order of elements, so that the same seed gives
 * the same network whatever the layout in memory is.
 */
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

static void unit_columns(lt_real *w, int rows, int columns)
{
	for (int c = 0; c < columns; c++) {
		double squares = 0;

		for (int r = 0; r < rows; r++)
			squares +=
				(double)w[(size_t)r * columns + c] * w[(size_t)r * columns + c];
		for (int r = 0; r < rows; r++)
			w[(size_t)r * columns + c] =
				(lt_real)(w[(size_t)r * columns + c] / sqrt(squares));
	}
}

/*
 * The fan: the number of terms of a sum in the forward pass or, with fan_out, in the backward
 * pass.
 */
static double fan(const struct lt_graph *graph, const struct lt_param *param)
{
	uint32_t other = param->shape.dim[graph->fan_out ? 1 : 0];

	return (double)param->size / other;
}

void lt_network_init(struct lt_network *net, uint64_t seed, bool head_only)
{
	const struct lt_graph *g = &net->graph;
	double inputs = g->features;

	for (int i = 0; i < g->n_params; i++) {
		const struct lt_param *param = &g->param[i];

		if (head_only && !param->head)
			continue;
		if (param->conv >= 0)
			fill_param(net, i, seed, true, sqrt(2.0 / fan(g, param)));
		else if (!param->head)
			continue;
		else if (g->head == LT_HEAD_COSINE) {
			fill_param(net, i, seed, false, 1);
			unit_columns(net->params + param->offset, g->features, g->classes);
		} else {
			if (g->head == LT_HEAD_MLP_NORM && param->shape.dims == 1) {
				for (size_t k = 0; k < param->size; k++)
					net->params[param->offset + k] =
						param->offset == g->head_bias ? 0 : 1;
				continue;
			}
			if (param->shape.dims == 2)
				inputs = param->shape.dim[1];
			if (g->head == LT_HEAD_LINEAR && !g->fan_out && param->shape.dims == 2)
				fill_param(net, i, seed, true, sqrt(2.0 / inputs));
			else
				fill_param(net, i, seed, false, 1 / sqrt(inputs));
		}
	}
	if (head_only)
		return;
	for (int i = 0; i < g->n_convs; i++) {
		const struct lt_conv_node *conv = &g->conv[i];

		for (int k = 0; k < conv->shape.out_c; k++) {
			net->params[conv->gain + k] = 1;
			net->params[conv->bias + k] = 0;
			net->state[conv->mean + k] = 0;
			net->state[conv->var + k] = 1;
		}
	}
}
