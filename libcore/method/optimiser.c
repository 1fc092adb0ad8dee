#include "method/optimiser.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"

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

#define BETA1 0.9
#define BETA2 0.999
#define EPSILON 1e-8

const char *const lt_optimiser_names[] = {[LT_SGD] = "sgd", [LT_ADAMW] = "adamw", NULL};
const char *const lt_decayed_names[] = {
	[LT_DECAY_ALL] = "all", [LT_DECAY_WEIGHTS] = "weights", NULL};

int lt_optimiser_init(struct lt_optimiser *optimiser,
		      const struct lt_optimiser_settings *settings, struct lt_network *net,
		      struct lt_error *err)
{
	*optimiser = (struct lt_optimiser){.settings = *settings, .net = net};
	if (settings->kind != LT_ADAMW)
		return 0;
	optimiser->square =
		lt_new_array(lt_network_graph(net)->params, sizeof *optimiser->square);
	return optimiser->square ? 0 : lt_fail_memory(err);
}

void lt_optimiser_free(struct lt_optimiser *optimiser)
{
	lt_free(optimiser->square);
	optimiser->square = NULL;
}

struct move {
	const struct lt_optimiser *optimiser;
	const struct lt_kernels *kernels;
	const struct lt_graph *graph;
	lt_real *w, *m, *g;
	double rate;
	double first, second; /* adamw: 1 - b1^t, 1 - b2^t */
};

static void move_adamw(const struct move *move, size_t from, size_t n, double decay)
{
	lt_real *w = move->w + from, *m = move->m + from, *g = move->g + from;
	lt_real *v = move->optimiser->square + from;
	lt_real shrink = (lt_real)(1 - move->rate * decay);
	lt_real rate = (lt_real)(move->rate / move->first);
	lt_real scale = (lt_real)(1 / sqrt(move->second));

	for (size_t i = 0; i < n; i++) {
		m[i] = (lt_real)BETA1 * m[i] + (lt_real)(1 - BETA1) * g[i];
		v[i] = (lt_real)BETA2 * v[i] + (lt_real)(1 - BETA2) * g[i] * g[i];
		w[i] = shrink * w[i] -
		       rate * m[i] / ((lt_real)sqrt(v[i]) * scale + (lt_real)EPSILON);
	}
}

/* Elements first … first + n - 1, which all decay or do not. */
static void move_some(const struct move *move, size_t first, size_t n, bool decays)
{
	const struct lt_optimiser_settings *s = &move->optimiser->settings;
	double decay = decays ? s->decay : 0;

	if (s->kind == LT_ADAMW)
		move_adamw(move, first, n, decay);
	else
		move->kernels->sgd(move->w + first, move->m + first, move->g + first, n,
				   (lt_real)move->rate, (lt_real)s->momentum, (lt_real)decay,
				   s->nesterov);
}

static void move_item(void *arg, int item, int worker)
{
	const struct move *move = arg;
	const struct lt_graph *g = move->graph;
	size_t first, n = elements(item, g->params, &first), end = first + n;

	(void)worker;
	if (move->optimiser->settings.decayed == LT_DECAY_ALL) {
		move_some(move, first, n, true);
		return;
	}
	for (int i = 0; i < g->n_params; i++) {
		const struct lt_param *param = &g->param[i];
		size_t from = param->offset, to = from + param->size;

		from = from < first ? first : from;
		to = to > end ? end : to;
		if (from < to)
			move_some(move, from, to - from, param->shape.dims > 1);
	}
}

/* 1 - b^t */
static double remainder_of(double b, int64_t t)
{
	return 1 - lt_exp((double)t * lt_log(b));
}

void lt_optimiser_step(const struct lt_optimiser *optimiser, double rate, int64_t step)
{
	struct lt_network *net = optimiser->net;
	struct move move = {.optimiser = optimiser,
			    .kernels = lt_network_kernels(net),
			    .graph = lt_network_graph(net),
			    .w = lt_network_params(net),
			    .m = lt_network_momentum(net),
			    .g = lt_network_grads(net),
			    .rate = rate,
			    .first = remainder_of(BETA1, step + 1),
			    .second = remainder_of(BETA2, step + 1)};

	lt_pool_run(lt_network_pool(net), move_item, &move, items(move.graph->params));
}

int lt_optimiser_save(const struct lt_optimiser *optimiser, struct lt_writer *writer,
		      struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(optimiser->net);
	int code = lt_model_write(writer, "opt.", g, lt_network_momentum(optimiser->net), NULL,
				  err);

	if (code == 0 && optimiser->square)
		code = lt_model_write(writer, "opt.square.", g, optimiser->square, NULL, err);
	return code;
}

int lt_optimiser_load(const struct lt_optimiser *optimiser, const struct lt_model *model,
		      struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(optimiser->net);
	int code = lt_model_restore(model, "opt.", g, lt_network_momentum(optimiser->net), NULL,
				    err);

	if (code == 0 && optimiser->square)
		code = lt_model_restore(model, "opt.square.", g, optimiser->square, NULL, err);
	return code;
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
