/*
 * MoCo v2's projection (Chen et al. 2020): NAME.0, ReLU, NAME.2, both with bias.
 */
#include <math.h>

#include "net/network_private.h"

/* row: the hidden layer; row_back: its gradient. */
static struct lt_head_needs needs(const struct lt_graph *graph, const struct lt_head *head)
{
	size_t k = (size_t)head->outputs, f = (size_t)graph->features, m = (size_t)head->hidden;

	return (struct lt_head_needs){.row = m,
				      .row_back = m,
				      .part = lt_mlp_part(graph, head, head->outputs),
				      .worker = LT_RANGE * ((f > m ? f : m) + (k > m ? k : m))};
}

void lt_mlp_init(struct lt_network *net, const struct lt_head *head, uint64_t seed)
{
	double spread = 1 / sqrt(net->graph.features), second = 1 / sqrt(head->hidden);

	lt_init_uniform(net, head->first_param + LT_MLP_WEIGHT, seed, spread);
	lt_init_uniform(net, head->first_param + LT_MLP_BIAS, seed, spread);
	lt_init_uniform(net, head->first_param + LT_MLP_WEIGHT_2, seed, second);
	lt_init_uniform(net, head->first_param + LT_MLP_BIAS_2, seed, second);
}

void lt_mlp_forward(const struct lt_head_pass *pass, const struct lt_range *range, int worker,
		    int outputs, lt_real *hidden, lt_real *to)
{
	const struct lt_network *net = pass->net;
	const size_t *at = pass->head->at;
	int f = net->graph.features, m = pass->head->hidden;
	lt_real *room = net->head_room[worker];

	lt_head_dense(room, net->feature + (size_t)range->first * f, range->n, f,
		      net->params + at[LT_MLP_WEIGHT], net->params + at[LT_MLP_BIAS], m,
		      hidden);
	for (size_t i = 0; i < (size_t)range->n * m; i++)
		if (hidden[i] <= 0) /* NaN is kept */
			hidden[i] = 0;
	lt_head_dense(room, hidden, range->n, m, net->params + at[LT_MLP_WEIGHT_2],
		      net->params + at[LT_MLP_BIAS_2], outputs, to);
}

void lt_mlp_backward(const struct lt_head_pass *pass, const struct lt_range *range, int outputs,
		     const lt_real *hidden, const lt_real *grad, lt_real *hidden_grad,
		     lt_real *part)
{
	const struct lt_network *net = pass->net;
	const size_t *at = pass->head->at;
	size_t first = (size_t)range->first, f = (size_t)net->graph.features;
	size_t m = (size_t)pass->head->hidden;
	lt_real *second = part + m * f + m;

	lt_head_dense_back(hidden, range->n, (int)m, net->params + at[LT_MLP_WEIGHT_2], outputs,
			   grad, second, second + (size_t)outputs * m, hidden_grad);
	for (size_t i = 0; i < (size_t)range->n * m; i++)
		if (!(hidden[i] > 0))
			hidden_grad[i] = 0;
	lt_head_dense_back(net->feature + first * f, range->n, (int)f,
			   net->params + at[LT_MLP_WEIGHT], (int)m, hidden_grad, part,
			   part + m * f,
			   pass->feature_grad ? pass->feature_grad + first * f : NULL);
}

size_t lt_mlp_part(const struct lt_graph *graph, const struct lt_head *head, int outputs)
{
	size_t f = (size_t)graph->features, m = (size_t)head->hidden, k = (size_t)outputs;

	return m * f + m + k * m + k;
}

void lt_mlp_take_grad(struct lt_network *net, const struct lt_head *head, int outputs,
		      const lt_real *sum)
{
	size_t f = (size_t)net->graph.features, m = (size_t)head->hidden;

	lt_head_take_grad(net, head, LT_MLP_WEIGHT, sum);
	lt_head_take_grad(net, head, LT_MLP_BIAS, sum + m * f);
	sum += m * f + m;
	lt_head_take_grad(net, head, LT_MLP_WEIGHT_2, sum);
	lt_head_take_grad(net, head, LT_MLP_BIAS_2, sum + (size_t)outputs * m);
}

/* ----------------------------------------------------------------- this head alone */

static void forward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_range *range = &pass->net->range[item];
	size_t first = (size_t)range->first;
	int k = pass->head->outputs;

	lt_mlp_forward(pass, range, worker, k, pass->row + first * pass->head->hidden,
		       pass->output + first * k);
}

static void backward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first;
	int m = pass->head->hidden, k = pass->head->outputs;

	(void)worker;
	lt_mlp_backward(pass, range, k, pass->row + first * m, pass->output_grad + first * k,
			pass->row_back + first * m,
			net->head_part + (size_t)item * net->head_part_size);
}

static void forward(struct lt_head_pass *pass)
{
	lt_pool_run(pass->net->pool, forward_item, pass, pass->net->n_ranges);
}

static void backward(struct lt_head_pass *pass)
{
	lt_pool_run(pass->net->pool, backward_item, pass, pass->net->n_ranges);
	lt_mlp_take_grad(pass->net, pass->head, pass->head->outputs,
			 lt_head_sum_parts(pass->net));
}

const struct lt_head_work lt_head_mlp = {
	.needs = needs,
	.init = lt_mlp_init,
	.forward = forward,
	.backward = backward,
};
