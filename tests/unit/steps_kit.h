/*
 * What the tests of threads and teams share: three training steps with two backward passes
 * each, and the gradient at the images.  One batch consists of whole ranges, one is so small
 * that a range is divided among the threads, and one has a short last range.
 */
#ifndef LT_TESTS_STEPS_KIT_H
#define LT_TESTS_STEPS_KIT_H

#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "method/optimiser.h"
#include "net/network.h"

enum { CLASSES = 10, OUTPUTS = 21 * CLASSES, MAX_BATCH = 118, STEPS = 3 };

static const int batches[STEPS] = {48, 21, MAX_BATCH};

/* The results of the steps; the gradients at the images are those of this rank's images. */
struct result {
	float *params, *momentum, *state, *outputs, *image_grad;
	struct lt_share images;
};

static inline float *copy_of(const float *from, size_t n)
{
	float *to = malloc(n * sizeof *to);

	if (!to)
		abort();
	memcpy(to, from, n * sizeof *to);
	return to;
}

static inline void forget(struct result *result)
{
	free(result->params);
	free(result->momentum);
	free(result->state);
	free(result->outputs);
	free(result->image_grad);
}

static const struct lt_arch resnet8 = {"resnet8", lt_arch_resnet_cifar, {1, 1, 1}, 3, 16,
				       false};
static const struct lt_arch resnet20 = {"resnet20", lt_arch_resnet_cifar, {3, 3, 3}, 3, 16,
					false};
/* Bottlenecks, a stem of 7×7 and max pooling. */
static const struct lt_arch large = {"large", lt_arch_resnet_large, {2, 1}, 2, 16, true};

/* Sums before batch norm, leaky ReLU. */
static const struct lt_arch wide = {"wide", lt_arch_wide_resnet, {2, 1}, 2, 32, false};

static inline size_t image_size(const struct lt_graph *g)
{
	return (size_t)g->h * g->w * g->c;
}

static inline void fill(void *arg, int image, int worker)
{
	struct lt_network *net = arg;
	size_t plane = image_size(lt_network_graph(net));
	struct lt_draws draws = lt_draws_at(9, LT_FOR_AUGMENT, 0, 0, (uint32_t)image);

	(void)worker;
	for (size_t i = 0; i < plane; i++)
		lt_network_input(net)[plane * (size_t)image + i] =
			(float)lt_draw_between(&draws, -2, 2);
}

static inline void build(struct lt_graph *graph, const struct lt_arch *arch, int size)
{
	lt_graph_begin(graph, size, size, 3);
	if (lt_graph_end(graph, arch->build(graph, arch), LT_FC(LT_HEAD_LINEAR, CLASSES), 1,
			 NULL) != 0)
		abort();
}

/* The gradient of half the sum of squares of the distances to a one-hot target. */
static inline void output_grad(struct lt_network *net, int n, float *grad)
{
	for (int i = 0; i < n * CLASSES; i++)
		grad[i] = (lt_network_outputs(net, 0)[i] - (float)(i % 11 == 0)) / (float)n;
}

/* The steps in this network; its team can be one whose ranks have lost each other. */
static inline int run_steps(struct lt_network *net, int splits, float *grad,
			    const lt_real **image, struct lt_error *err)
{
	const lt_real *const grads[] = {grad};
	int code;

	lt_network_init(net, 5);
	for (int step = 0; step < STEPS; step++) {
		int n = batches[step];

		lt_pool_run(lt_network_pool(net), fill, net, n);
		if ((code = lt_network_forward(net, n, splits, LT_TRAIN, err)) != 0)
			return code;
		output_grad(net, n, grad);
		if ((code = lt_network_backward(net, grads, err)) != 0 ||
		    (code = lt_network_backward_add(net, grads, err)) != 0)
			return code;
		if (step == STEPS - 1 &&
		    (code = lt_network_image_grad(net, grads, image, err)) != 0)
			return code;
		lt_optimiser_step(
			&(struct lt_optimiser){.net = net,
					       .settings = {.momentum = 0.9, .decay = 2e-4}},
			0.025, 0);
	}
	return lt_network_forward(net, 21, 1, LT_EVAL, err);
}

/* The steps in a network of this configuration, without a team or as one rank of it. */
static inline int run_team(const struct lt_network_config *config, int splits,
			   struct result *result, struct lt_error *err)
{
	const struct lt_graph *graph = config->graph;
	float *grad = calloc((size_t)MAX_BATCH * CLASSES, sizeof *grad);
	struct lt_network *net;
	const lt_real *image;
	int code;

	if (!grad || lt_network_new(&net, config, NULL) != 0)
		abort();
	code = run_steps(net, splits, grad, &image, err);
	if (code == 0)
		*result = (struct result){
			.params = copy_of(lt_network_params(net), graph->params),
			.momentum = copy_of(lt_network_momentum(net), graph->params),
			.state = copy_of(lt_network_state(net), graph->state),
			.outputs = copy_of(lt_network_outputs(net, 0), OUTPUTS),
			.image_grad = copy_of(image, MAX_BATCH * image_size(graph)),
			.images = lt_network_share(net, MAX_BATCH, splits),
		};
	lt_network_free(net);
	free(grad);
	return code;
}

static inline struct lt_network_config steps_config(const struct lt_graph *graph,
						    const struct lt_kernels *set,
						    enum lt_precision precision)
{
	return (struct lt_network_config){.graph = graph,
					  .kernels = set,
					  .max_batch = MAX_BATCH,
					  .max_splits = 8,
					  .learns = true,
					  .adds = true,
					  .image_grad = true,
					  .precision = precision};
}

static inline struct result run(const struct lt_graph *graph, const struct lt_kernels *set,
				enum lt_precision precision, int threads, int splits)
{
	struct lt_network_config config = steps_config(graph, set, precision);
	struct result result;

	if (lt_pool_new(&config.pool, threads, NULL) != 0 ||
	    run_team(&config, splits, &result, NULL) != 0)
		abort();
	lt_pool_free(config.pool);
	return result;
}

static inline bool same(const float *a, const float *b, size_t n)
{
	return memcmp(a, b, n * sizeof *a) == 0;
}

static inline bool all_finite(const float *a, size_t n)
{
	bool good = true;

	for (size_t i = 0; i < n; i++)
		good = good && isfinite(a[i]);
	return good;
}

/* a is the result without a team. */
static inline bool same_result(const struct lt_graph *graph, const struct result *a,
			       const struct result *b)
{
	size_t image = image_size(graph), first = (size_t)b->images.first * image;

	return same(a->params, b->params, graph->params) &&
	       same(a->momentum, b->momentum, graph->params) &&
	       same(a->state, b->state, graph->state) &&
	       same(a->outputs, b->outputs, OUTPUTS) &&
	       same(a->image_grad + first, b->image_grad + first, (size_t)b->images.n * image);
}

#endif
