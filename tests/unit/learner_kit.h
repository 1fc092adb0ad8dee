/* Shared by the tests of learners: rows of random pixels, and a small network for them. */
#ifndef LT_TESTS_LEARNER_KIT_H
#define LT_TESTS_LEARNER_KIT_H

#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "data/augment.h"
#include "data/table.h"
#include "method/run.h"
#include "net/network.h"

enum { SIDE = 8, CHANNELS = 3, PLANE = SIDE * SIDE * CHANNELS, KIT_ROWS = 38 };

static const struct lt_norm kit_norm = {
	.channels = CHANNELS, .mean = {0.5, 0.5, 0.5}, .std = {0.3, 0.3, 0.3}};

static uint8_t kit_image[KIT_ROWS * PLANE];
static int32_t kit_label[KIT_ROWS]; /* none, until a test gives some */

/* The first n of the rows. */
static inline struct lt_table kit_table(int n)
{
	struct lt_draws draws = lt_draws_at(1, LT_FOR_SYNTH, 0, 0, 0);

	for (size_t i = 0; i < sizeof kit_image; i++)
		kit_image[i] = (uint8_t)lt_draw_below(&draws, 256);
	for (int i = 0; i < KIT_ROWS; i++)
		kit_label[i] = -1;
	return (struct lt_table){.name = "rows",
				 .n = (uint64_t)n,
				 .height = SIDE,
				 .width = SIDE,
				 .channels = CHANNELS,
				 .image = kit_image,
				 .label = kit_label};
}

/*
 * Two convolutions and n heads, with the reference kernels; the test sets the rest of config.
 */
static inline struct lt_network *kit_network_of(const struct lt_head *heads, int n,
						int predicts, struct lt_network_config config)
{
	struct lt_graph *graph = malloc(sizeof *graph);
	struct lt_network *net;
	int act = 0;

	if (!graph)
		abort();
	config.graph = graph;
	lt_graph_begin(graph, SIDE, SIDE, CHANNELS);
	for (int i = 0; i < 2; i++)
		act = lt_graph_act(graph, lt_graph_conv(graph, "conv", "bn", act, 16, 3, i + 1),
				   LT_SKIP_NONE, -1);
	graph->predicts = predicts;
	if (lt_graph_end(graph, act, heads, n, NULL) != 0 ||
	    lt_kernels_choose(&config.kernels, "ref", NULL) != 0 ||
	    lt_network_new(&net, &config, NULL) != 0)
		abort();
	lt_network_init(net, 7);
	free(graph);
	return net;
}

/* The same with one head. */
static inline struct lt_network *kit_network(enum lt_head_kind head, int outputs,
					     struct lt_network_config config)
{
	return kit_network_of(LT_FC(head, outputs), 1, 0, config);
}

/* Weights, momentum and running statistics; both networks learn, or none does. */
static inline void kit_copy(struct lt_network *to, struct lt_network *from)
{
	const struct lt_graph *g = lt_network_graph(from);
	size_t params = g->params * sizeof(lt_real);

	memcpy(lt_network_params(to), lt_network_params(from), params);
	memcpy(lt_network_state(to), lt_network_state(from), g->state * sizeof(lt_real));
	if (lt_network_momentum(from))
		memcpy(lt_network_momentum(to), lt_network_momentum(from), params);
}

/* A step of SGD with the network's current gradients. */
static inline void kit_move(struct lt_network *net, double rate, double momentum, double decay)
{
	lt_optimiser_step(
		&(struct lt_optimiser){.net = net,
				       .settings = {.momentum = momentum, .decay = decay}},
		rate, 0);
}

/* A step of a task, counted from 0, followed by a step of SGD. */
static inline void kit_step(const struct lt_task *task, struct lt_network *net, int epoch,
			    int step, double rate, double momentum, double decay,
			    struct lt_meter *meter)
{
	const struct lt_optimiser optimiser = {
		.net = net, .settings = {.momentum = momentum, .decay = decay}};
	const struct lt_step at = {.epoch = epoch, .step = step, .rate = rate};

	if (lt_task_step(task, &optimiser, &at, meter, NULL) != 0)
		abort();
}

/* A row as the input of a network. */
static inline void kit_see(const struct lt_augment *augment, uint32_t row,
			   struct lt_draws draws, float *to)
{
	size_t floats;
	float *scratch;

	if (!lt_augment_scratch(SIDE, SIDE, CHANNELS, &floats) ||
	    !(scratch = malloc(floats * sizeof *scratch)))
		abort();
	lt_augment_image(augment, kit_image + row * PLANE, SIDE, SIDE, CHANNELS, &draws, to,
			 scratch);
	free(scratch);
}

/* Do the numbers equal the normalised pixels of that image? */
static inline bool kit_is(const lt_real *got, const float *want)
{
	for (int i = 0; i < PLANE; i++)
		if (got[i] != want[i])
			return false;
	return true;
}

/* Worst |a - b|; infinite where one is NaN. */
static inline double kit_distance(const lt_real *a, const lt_real *b, size_t n)
{
	double worst = 0;

	for (size_t i = 0; i < n; i++) {
		double d = fabs((double)a[i] - b[i]);

		if (!(d <= worst))
			worst = isnan(d) ? INFINITY : d;
	}
	return worst;
}

static inline void kit_check_error(double error, double most, const char *what)
{
	if (!check_named(error <= most, what))
		printf("# off by %g\n", error);
}

#endif
