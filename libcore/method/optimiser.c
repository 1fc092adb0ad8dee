#include "method/optimiser.h"

#include <string.h>

enum { CHUNK = 16384 }; /* elements of a work item */

/* Work items for n elements. */
static int items(size_t n)
{
	return (int)((n + CHUNK - 1) / CHUNK);
}

/* The elements of an item; returns their number. */
static size_t elements(int item, size_t n, size_t *first)
{
	*first = (size_t)item * CHUNK;
	return n - *first < CHUNK ? n - *first : CHUNK;
}

/* ---------------------------------------------------------------------- optimiser */

struct move {
	const struct lt_optimiser *optimiser;
	const struct lt_kernels *kernels;
	lt_real *w, *m, *g;
	size_t n;
	double rate;
};

static void move_item(void *arg, int item, int worker)
{
	const struct move *move = arg;
	const struct lt_optimiser_settings *s = &move->optimiser->settings;
	size_t first, n = elements(item, move->n, &first);

	(void)worker;
	move->kernels->sgd(move->w + first, move->m + first, move->g + first, n,
			   (lt_real)move->rate, (lt_real)s->momentum, (lt_real)s->decay, false);
}

void lt_optimiser_step(const struct lt_optimiser *optimiser, double rate)
{
	struct lt_network *net = optimiser->net;
	struct move move = {.optimiser = optimiser,
			    .kernels = lt_network_kernels(net),
			    .w = lt_network_params(net),
			    .m = lt_network_momentum(net),
			    .g = lt_network_grads(net),
			    .n = lt_network_graph(net)->params,
			    .rate = rate};

	lt_pool_run(lt_network_pool(net), move_item, &move, items(move.n));
}

int lt_optimiser_save(const struct lt_optimiser *optimiser, struct lt_writer *writer,
		      struct lt_error *err)
{
	return lt_model_write(writer, "opt.", lt_network_graph(optimiser->net),
			      lt_network_momentum(optimiser->net), NULL, err);
}

int lt_optimiser_load(const struct lt_optimiser *optimiser, const struct lt_model *model,
		      struct lt_error *err)
{
	return lt_model_restore(model, "opt.", lt_network_graph(optimiser->net),
				lt_network_momentum(optimiser->net), NULL, err);
}

/* ------------------------------------------------------------------------ average */

struct blend {
	lt_real *to;
	const lt_real *from;
	size_t n;
	double keep;
};

static void blend_item(void *arg, int item, int worker)
{
	const struct blend *blend = arg;
	lt_real keep = (lt_real)blend->keep, take = (lt_real)(1 - blend->keep);
	size_t first, n = elements(item, blend->n, &first);
	lt_real *to = blend->to + first;
	const lt_real *from = blend->from + first;

	(void)worker;
	for (size_t i = 0; i < n; i++)
		to[i] = keep * to[i] + take * from[i];
}

void lt_weights_copy(struct lt_network *to, struct lt_network *from)
{
	const struct lt_graph *g = lt_network_graph(from);

	memcpy(lt_network_params(to), lt_network_params(from), g->params * sizeof(lt_real));
	memcpy(lt_network_state(to), lt_network_state(from), g->state * sizeof(lt_real));
}

void lt_average_begin(const struct lt_average *average, struct lt_network *of)
{
	if (average->net)
		lt_weights_copy(average->net, of);
}

double lt_average_keep(const struct lt_average *average, int64_t step)
{
	double t = (double)step + 1, young = (1 + t) / (10 + t);

	return average->young && young < average->decay ? young : average->decay;
}

void lt_average_step(const struct lt_average *average, struct lt_network *of, int64_t step)
{
	struct lt_network *net = average->net;
	const struct lt_graph *g = lt_network_graph(of);
	struct blend blend = {.n = g->params, .keep = lt_average_keep(average, step)};

	blend.to = lt_network_params(net);
	blend.from = lt_network_params(of);
	lt_pool_run(lt_network_pool(net), blend_item, &blend, items(blend.n));
	if (!average->statistics)
		return;
	blend.to = lt_network_state(net);
	blend.from = lt_network_state(of);
	blend.n = g->state;
	lt_pool_run(lt_network_pool(net), blend_item, &blend, items(blend.n));
}

int lt_average_save(const struct lt_average *average, struct lt_writer *writer,
		    struct lt_error *err)
{
	struct lt_network *net = average->net;

	return net ? lt_model_write(writer, "ema.", lt_network_graph(net),
				    lt_network_params(net), lt_network_state(net), err)
		   : 0;
}

int lt_average_load(const struct lt_average *average, const struct lt_model *model,
		    struct lt_error *err)
{
	struct lt_network *net = average->net;

	return net ? lt_model_restore(model, "ema.", lt_network_graph(net),
				      lt_network_params(net), lt_network_state(net), err)
		   : 0;
}
