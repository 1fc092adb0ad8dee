/*
 * The number of threads does not affect results: in every kernel set, 1, 2, 3 and 8 threads
 * give the same bytes after three training steps with two backward passes each, with one
 * and with eight splits of the batch, and for the gradient at the images, for small and for
 * large images.  One batch consists of whole ranges, one is so small that a range is
 * divided among the threads, and one has a short last range.
 */
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "method/optimiser.h"
#include "net/network.h"

enum { CLASSES = 10, OUTPUTS = 21 * CLASSES, MAX_BATCH = 118, STEPS = 3 };

static const int batches[STEPS] = {48, 21, MAX_BATCH};

/* The results of the steps. */
struct result {
	float *params, *momentum, *state, *outputs, *image_grad;
};

static float *copy_of(const float *from, size_t n)
{
	float *to = malloc(n * sizeof *to);

	if (!to)
		abort();
	memcpy(to, from, n * sizeof *to);
	return to;
}

static void forget(struct result *result)
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

/*
 * The configurations of each set: smaller images for slower sets, one block per stage for
 * the reference.
 */
static const struct subject {
	const char *set;
	int size;
	const struct lt_arch *arch;
	enum lt_precision precision;
} subjects[] = {{"ref", 4, &resnet8, LT_PRECISE},
		{"ref", 9, &large, LT_BF16},
		{"ref", 4, &wide, LT_PRECISE},
		{"x86-64", 8, &wide, LT_PRECISE},
		{"v3", 9, &wide, LT_PRECISE},
		{"v3", 8, &wide, LT_BF16_FAST},
		{"v4", 9, &wide, LT_PRECISE},
		{"v4amx", 8, &wide, LT_BF16_FAST},
		{"neon", 9, &wide, LT_BF16},
		{"x86-64", 8, &resnet20, LT_PRECISE},
		{"x86-64", 18, &large, LT_BF16},
		{"v3", 8, &resnet20, LT_PRECISE},
		{"v3", 22, &large, LT_PRECISE},
		{"v3", 22, &large, LT_BF16_FAST},
		{"v4", 16, &resnet20, LT_PRECISE},
		{"v4", 22, &large, LT_PRECISE},
		{"v4bf16", 22, &large, LT_BF16},
		{"v4bf16", 30, &large, LT_BF16_FAST},
		{"v4amx", 16, &resnet20, LT_BF16_FAST},
		{"v4amx", 30, &large, LT_BF16_FAST},
		{"neon", 16, &resnet20, LT_PRECISE},
		{"neon", 22, &large, LT_BF16}};

static void build(struct lt_graph *graph, const struct subject *subject)
{
	lt_graph_begin(graph, subject->size, subject->size, 3);
	if (lt_graph_end(graph, subject->arch->build(graph, subject->arch),
			 LT_FC(LT_HEAD_LINEAR, CLASSES), 1, NULL) != 0)
		abort();
}

static size_t image_size(const struct lt_graph *g)
{
	return (size_t)g->h * g->w * g->c;
}

static void fill(void *arg, int image, int worker)
{
	struct lt_network *net = arg;
	size_t plane = image_size(lt_network_graph(net));
	struct lt_draws draws = lt_draws_at(9, LT_FOR_AUGMENT, 0, 0, (uint32_t)image);

	(void)worker;
	for (size_t i = 0; i < plane; i++)
		lt_network_input(net)[plane * (size_t)image + i] =
			(float)lt_draw_between(&draws, -2, 2);
}

static struct result run(const struct lt_graph *graph, const struct lt_kernels *set,
			 enum lt_precision precision, int threads, int splits)
{
	struct lt_network_config config = {.graph = graph,
					   .kernels = set,
					   .max_batch = MAX_BATCH,
					   .max_splits = 8,
					   .learns = true,
					   .adds = true,
					   .image_grad = true,
					   .precision = precision};
	float *grad = calloc((size_t)MAX_BATCH * CLASSES, sizeof *grad);
	struct lt_network *net;
	struct result result;

	if (!grad || lt_pool_new(&config.pool, threads, NULL) != 0 ||
	    lt_network_new(&net, &config, NULL) != 0)
		abort();
	lt_network_init(net, 5);
	for (int step = 0; step < STEPS; step++) {
		int n = batches[step];

		lt_pool_run(config.pool, fill, net, n);
		lt_network_forward(net, n, splits, LT_TRAIN);
		/*
		 * The gradient of half the sum of squares of the distances to a one-hot target.
		 */
		for (int i = 0; i < n * CLASSES; i++)
			grad[i] = (lt_network_outputs(net, 0)[i] - (float)(i % 11 == 0)) /
				  (float)n;
		lt_network_backward(net, (const lt_real *const[]){grad});
		lt_network_backward_add(net, (const lt_real *const[]){grad});
		if (step == STEPS - 1)
			result.image_grad = copy_of(
				lt_network_image_grad(net, (const lt_real *const[]){grad}),
				MAX_BATCH * image_size(graph));
		lt_optimiser_step(
			&(struct lt_optimiser){.net = net,
					       .settings = {.momentum = 0.9, .decay = 2e-4}},
			0.025, 0);
	}
	lt_network_forward(net, 21, 1, LT_EVAL);
	result.params = copy_of(lt_network_params(net), graph->params);
	result.momentum = copy_of(lt_network_momentum(net), graph->params);
	result.state = copy_of(lt_network_state(net), graph->state);
	result.outputs = copy_of(lt_network_outputs(net, 0), OUTPUTS);
	lt_network_free(net);
	lt_pool_free(config.pool);
	free(grad);
	return result;
}

static bool same(const float *a, const float *b, size_t n)
{
	return memcmp(a, b, n * sizeof *a) == 0;
}

static bool all_finite(const float *a, size_t n)
{
	bool good = true;

	for (size_t i = 0; i < n; i++)
		good = good && isfinite(a[i]);
	return good;
}

static void check_set(const struct lt_graph *graph, const struct lt_kernels *set,
		      const struct subject *subject, int splits)
{
	static const int threads[] = {3, 2, 8};
	int counts = check_is_slow() ? 1 : 3;
	struct result one = run(graph, set, subject->precision, 1, splits), other;
	char name[120];

	snprintf(name, sizeof name, "%s: %s, %d splits: finite on one thread", set->name,
		 subject->arch->name, splits);
	check_named(all_finite(one.params, graph->params) &&
			    all_finite(one.state, graph->state) &&
			    all_finite(one.outputs, OUTPUTS) &&
			    all_finite(one.image_grad, MAX_BATCH * image_size(graph)),
		    name);
	for (int i = 0; i < counts; i++) {
		other = run(graph, set, subject->precision, threads[i], splits);
		snprintf(name, sizeof name, "%s: %s, %d splits: %d threads, same bytes as one",
			 set->name, subject->arch->name, splits, threads[i]);
		check_named(same(other.params, one.params, graph->params) &&
				    same(other.momentum, one.momentum, graph->params) &&
				    same(other.state, one.state, graph->state) &&
				    same(other.outputs, one.outputs, OUTPUTS) &&
				    same(other.image_grad, one.image_grad,
					 MAX_BATCH * image_size(graph)),
			    name);
		forget(&other);
	}
	forget(&one);
}

/* The steps have an effect, and so has the number of splits. */
static void check_difference(const struct lt_graph *graph, const struct lt_kernels *set)
{
	struct result one = run(graph, set, LT_PRECISE, 2, 1);
	struct result eight = run(graph, set, LT_PRECISE, 2, 8);

	check(!same(one.params, eight.params, graph->params));
	check(!same(one.state, eight.state, graph->state));
	forget(&one);
	forget(&eight);
}

int main(void)
{
	struct lt_graph *graph = malloc(sizeof *graph);
	const struct lt_kernels *set;
	struct lt_error err;

	if (!graph)
		return 1;
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		if (lt_kernels_choose(&set, subjects[i].set, &err) != 0) {
			printf("# %s\n", err.text);
			continue;
		}
		build(graph, &subjects[i]);
		check_set(graph, set, &subjects[i], 1);
		check_set(graph, set, &subjects[i], 8);
	}
	build(graph, &(struct subject){NULL, 8, &resnet20, LT_PRECISE});
	if (lt_kernels_choose(&set, NULL, &err) == 0)
		check_difference(graph, set);
	free(graph);
	return check_done();
}
