/*
 * The features themselves, without parameters: for methods whose terms compare features.  Its
 * outputs are as many as the features, and the gradient there is the gradient at the features.
 */
#include <string.h>

#include "net/network_private.h"

static struct lt_head_needs needs(const struct lt_graph *graph, const struct lt_head *head)
{
	(void)graph;
	(void)head;
	return (struct lt_head_needs){0};
}

static void init(struct lt_network *net, const struct lt_head *head, uint64_t seed)
{
	(void)net;
	(void)head;
	(void)seed;
}

static size_t size_of(const struct lt_head_pass *pass)
{
	return (size_t)pass->net->n * (size_t)pass->net->graph.features;
}

static void forward(struct lt_head_pass *pass)
{
	memcpy(pass->output, pass->net->feature, size_of(pass) * sizeof *pass->output);
}

static void backward(struct lt_head_pass *pass)
{
	if (pass->feature_grad)
		memcpy(pass->feature_grad, pass->output_grad,
		       size_of(pass) * sizeof *pass->feature_grad);
}

const struct lt_head_work lt_head_identity = {
	.needs = needs,
	.init = init,
	.forward = forward,
	.backward = backward,
};
