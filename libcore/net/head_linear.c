/* NAME.weight [outputs][features], NAME.bias: torch.nn.Linear. */
#include <math.h>
#include <string.h>

#include "net/network_private.h"

enum { WEIGHT, BIAS };

static struct lt_head_needs needs(const struct lt_graph *graph, const struct lt_head *head)
{
	size_t k = (size_t)head->outputs, f = (size_t)graph->features;

	return (struct lt_head_needs){.part = k * f + k, .worker = LT_RANGE * (f + k)};
}

static void init(struct lt_network *net, const struct lt_head *head, uint64_t seed)
{
	double inputs = net->graph.features;
	int weight = head->first_param + WEIGHT, bias = head->first_param + BIAS;

	switch (net->graph.init) {
	case LT_INIT_FAN_IN:
		lt_init_normal(net, weight, seed, sqrt(2 / inputs));
		lt_init_uniform(net, bias, seed, 1 / sqrt(inputs));
		break;
	case LT_INIT_TORCHVISION:
		lt_init_uniform(net, weight, seed, 1 / sqrt(inputs));
		lt_init_uniform(net, bias, seed, 1 / sqrt(inputs));
		break;
	case LT_INIT_WIDE:
		lt_init_normal(net, weight, seed, sqrt(2 / (inputs + head->outputs)));
		memset(net->params + head->at[BIAS], 0,
		       (size_t)head->outputs * sizeof *net->params);
		break;
	}
}

static void forward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first;
	int f = net->graph.features, k = pass->head->outputs;

	lt_head_dense(net->head_room[worker], net->feature + first * f, range->n, f,
		      net->params + pass->head->at[WEIGHT], net->params + pass->head->at[BIAS],
		      k, pass->output + first * k);
}

static void backward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first, f = (size_t)net->graph.features;
	size_t k = (size_t)pass->head->outputs;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size;

	(void)worker;
	lt_head_dense_back(net->feature + first * f, range->n, (int)f,
			   net->params + pass->head->at[WEIGHT], (int)k,
			   pass->output_grad + first * k, part, part + k * f,
			   pass->feature_grad ? pass->feature_grad + first * f : NULL);
}

static void forward(struct lt_head_pass *pass)
{
	lt_pool_run(pass->net->pool, forward_item, pass, pass->net->n_ranges);
}

static void backward(struct lt_head_pass *pass)
{
	size_t weights = (size_t)pass->head->outputs * (size_t)pass->net->graph.features;
	const lt_real *sum;

	lt_pool_run(pass->net->pool, backward_item, pass, pass->net->n_ranges);
	sum = lt_head_sum_parts(pass->net);
	lt_head_take_grad(pass->net, pass->head, WEIGHT, sum);
	lt_head_take_grad(pass->net, pass->head, BIAS, sum + weights);
}

const struct lt_head_work lt_head_linear = {
	.needs = needs,
	.init = init,
	.forward = forward,
	.backward = backward,
};
