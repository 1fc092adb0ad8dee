/*
 * Optimisers in double: three steps of each against a second implementation of its
 * formulas, for every parameter; and the average of running statistics.
 */
#include "check.h"
#include "learner_kit.h"

enum { CLASSES = 4, STEPS = 3 };

#define RATE 0.05
#define DECAY 0.3
/* The relative rounding error of about ten operations on numbers below 10. */
#define MOST 1e-13

static struct lt_pool *pool;

static struct lt_network *new_network(void)
{
	return kit_network(
		LT_HEAD_LINEAR, CLASSES,
		(struct lt_network_config){
			.pool = pool, .max_batch = 1, .max_splits = 1, .learns = true});
}

/* A weight with the optimiser's state for it. */
struct weight {
	double w, m, v;
};

/* torch.optim.SGD, as documented: the buffer starts as the first gradient. */
static void sgd(struct weight *a, double g, int t, const struct lt_optimiser_settings *s,
		double decay)
{
	g += decay * a->w;
	a->m = t == 1 ? g : s->momentum * a->m + g;
	a->w -= RATE * (s->nesterov ? g + s->momentum * a->m : a->m);
}

/* torch.optim.AdamW, as documented. */
static void adamw(struct weight *a, double g, int t, double decay)
{
	a->w -= RATE * decay * a->w;
	a->m = 0.9 * a->m + 0.1 * g;
	a->v = 0.999 * a->v + 0.001 * g * g;
	a->w -= RATE * (a->m / (1 - pow(0.9, t))) / (sqrt(a->v / (1 - pow(0.999, t))) + 1e-8);
}

/* Gradients of a step, of either sign and many magnitudes. */
static void draw_gradients(struct lt_network *net, int step)
{
	struct lt_draws draws = lt_draws_at(9, LT_FOR_SYNTH, 0, 0, (uint32_t)step);
	const struct lt_graph *g = lt_network_graph(net);
	double *to = lt_network_grads(net);

	for (int p = 0; p < g->n_params; p++)
		for (size_t i = 0; i < g->param[p].size; i++)
			to[g->param[p].offset + i] =
				lt_draw_normal(&draws) * exp(lt_draw_between(&draws, -8, 2));
}

static bool is_weight(const struct lt_param *param)
{
	return strncmp(param->name, "bn", 2) != 0 && !strstr(param->name, "bias");
}

static void check_optimiser(struct lt_optimiser_settings settings, const char *name)
{
	struct lt_network *net = new_network();
	const struct lt_graph *g = lt_network_graph(net);
	struct weight *want = calloc(g->params, sizeof *want);
	double *w = lt_network_params(net), worst = 0;
	struct lt_optimiser optimiser;

	if (!want || lt_optimiser_init(&optimiser, &settings, net, NULL) != 0)
		abort();
	for (size_t i = 0; i < g->params; i++)
		want[i].w = w[i];
	for (int t = 1; t <= STEPS; t++) {
		draw_gradients(net, t);
		for (int p = 0; p < g->n_params; p++)
			for (size_t i = 0; i < g->param[p].size; i++) {
				size_t at = g->param[p].offset + i;
				double decay = settings.decayed == LT_DECAY_ALL ||
							       is_weight(&g->param[p])
						       ? DECAY
						       : 0;

				if (settings.kind == LT_SGD)
					sgd(&want[at], lt_network_grads(net)[at], t, &settings,
					    decay);
				else
					adamw(&want[at], lt_network_grads(net)[at], t, decay);
			}
		lt_optimiser_step(&optimiser, RATE, t - 1);
	}
	for (size_t i = 0; i < g->params; i++)
		worst = fmax(worst, fabs(w[i] - want[i].w));
	kit_check_error(worst, MOST, name);
	lt_optimiser_free(&optimiser);
	lt_network_free(net);
	free(want);
}

/* Weights without decay and without a gradient do not change. */
static void check_still(void)
{
	struct lt_network *net = new_network();
	const struct lt_graph *g = lt_network_graph(net);
	struct lt_optimiser_settings settings = {
		.momentum = 0.9, .decay = DECAY, .decayed = LT_DECAY_WEIGHTS};
	struct lt_optimiser optimiser;
	bool still = true, moved = true;

	if (lt_optimiser_init(&optimiser, &settings, net, NULL) != 0)
		abort();
	for (int p = 0; p < g->n_params; p++)
		lt_network_params(net)[g->param[p].offset] = 1;
	lt_optimiser_step(&optimiser, RATE, 0);
	for (int p = 0; p < g->n_params; p++) {
		bool is = lt_network_params(net)[g->param[p].offset] == 1;

		still = still && (is_weight(&g->param[p]) || is);
		moved = moved && (!is_weight(&g->param[p]) || !is);
	}
	check_named(still, "gains and biases do not decay");
	check_named(moved, "weights do");
	lt_optimiser_free(&optimiser);
	lt_network_free(net);
}

int main(void)
{
	const struct lt_optimiser_settings sgd_ = {.momentum = 0.9, .decay = DECAY};
	struct lt_optimiser_settings s = sgd_;

	if (lt_pool_new(&pool, 2, NULL) != 0)
		return 1;
	check_optimiser(s, "sgd");
	s.decayed = LT_DECAY_WEIGHTS;
	check_optimiser(s, "sgd, weights decay");
	s.nesterov = true;
	check_optimiser(s, "sgd with Nesterov's momentum, weights decay");
	s.decayed = LT_DECAY_ALL;
	check_optimiser(s, "sgd with Nesterov's momentum");
	s = (struct lt_optimiser_settings){.kind = LT_ADAMW, .decay = DECAY};
	check_optimiser(s, "adamw");
	s.decayed = LT_DECAY_WEIGHTS;
	check_optimiser(s, "adamw, weights decay");
	check_still();
	lt_pool_free(pool);
	return check_done();
}
