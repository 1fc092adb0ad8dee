/*
 * MoCo v2's projection (Chen et al. 2020): NAME.0, ReLU, NAME.2, both with bias.
 */
#include <math.h>

#include "net/network_private.h"

enum { WEIGHT, BIAS, WEIGHT_2, BIAS_2 };

/* row: the hidden layer; row_back: its gradient. */
static struct lt_head_needs needs(const struct lt_graph *graph, const struct lt_head *head)
{
	size_t k = (size_t)head->outputs, f = (size_t)graph->features, m = (size_t)head->hidden;

	return (struct lt_head_needs){.row = m,
				      .row_back = m,
				      .part = m * f + m + k * m + k,
				      .worker = LT_RANGE * ((f > m ? f : m) + (k > m ? k : m))};
}

static void init(struct lt_network *net, const struct lt_head *head, uint64_t seed)
{
	double spread = 1 / sqrt(net->graph.features), second = 1 / sqrt(head->hidden);

	lt_init_uniform(net, head->first_param + WEIGHT, seed, spread);
	lt_init_uniform(net, head->first_param + BIAS, seed, spread);
	lt_init_uniform(net, head->first_param + WEIGHT_2, seed, second);
	lt_init_uniform(net, head->first_param + BIAS_2, seed, second);
}

static void forward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	const size_t *at = pass->head->at;
	size_t first = (size_t)range->first;
	int f = net->graph.features, m = pass->head->hidden, k = pass->head->outputs;
	lt_real *hidden = pass->row + first * m, *room = net->head_room[worker];

	lt_head_dense(room, net->feature + first * f, range->n, f, net->params + at[WEIGHT],
		      net->params + at[BIAS], m, hidden);
	for (size_t i = 0; i < (size_t)range->n * m; i++)
		if (hidden[i] <= 0) /* NaN is kept */
			hidden[i] = 0;
	lt_head_dense(room, hidden, range->n, m, net->params + at[WEIGHT_2],
		      net->params + at[BIAS_2], k, pass->output + first * k);
}

static void backward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	const size_t *at = pass->head->at;
	size_t first = (size_t)range->first, f = (size_t)net->graph.features;
	size_t m = (size_t)pass->head->hidden, k = (size_t)pass->head->outputs;
	const lt_real *hidden = pass->row + first * m;
	lt_real *dh = pass->row_back + first * m;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size;
	lt_real *second = part + m * f + m;

	(void)worker;
	lt_head_dense_back(hidden, range->n, (int)m, net->params + at[WEIGHT_2], (int)k,
			   pass->output_grad + first * k, second, second + k * m, dh);
	for (size_t i = 0; i < (size_t)range->n * m; i++)
		if (!(hidden[i] > 0))
			dh[i] = 0;
	lt_head_dense_back(net->feature + first * f, range->n, (int)f, net->params + at[WEIGHT],
			   (int)m, dh, part, part + m * f,
			   pass->feature_grad ? pass->feature_grad + first * f : NULL);
}

static void forward(struct lt_head_pass *pass)
{
	lt_pool_run(pass->net->pool, forward_item, pass, pass->net->n_ranges);
}

static void backward(struct lt_head_pass *pass)
{
	size_t f = (size_t)pass->net->graph.features, m = (size_t)pass->head->hidden;
	size_t k = (size_t)pass->head->outputs;
	const lt_real *sum;

	lt_pool_run(pass->net->pool, backward_item, pass, pass->net->n_ranges);
	sum = lt_head_sum_parts(pass->net);
	lt_head_take_grad(pass->net, pass->head, WEIGHT, sum);
	lt_head_take_grad(pass->net, pass->head, BIAS, sum + m * f);
	sum += m * f + m;
	lt_head_take_grad(pass->net, pass->head, WEIGHT_2, sum);
	lt_head_take_grad(pass->net, pass->head, BIAS_2, sum + k * m);
}

const struct lt_head_work lt_head_mlp = {
	.needs = needs,
	.init = init,
	.forward = forward,
	.backward = backward,
};
