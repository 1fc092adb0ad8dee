/*
 * Which planes of a network share memory, because they are not needed at the same time.  A
 * plane is y of a convolution or a stored activation.  Pass i is that of convolution i; one for
 * the heads follows.
 */
#include "net/network_private.h"

/* The last pass that needs the plane which each buffer holds at present. */
struct lives {
	struct lt_shared *shared;
	int until[LT_MAX_SHARED];
};

/* The pass that computes an activation. */
static int made_at(const struct lt_graph *g, int act)
{
	if (g->act[act].pooled)
		return g->act[act].conv;
	return act == g->out ? g->n_convs : g->act[act].first_reader;
}

/* The last pass that reads a stored activation. */
static int read_until(const struct lt_graph *g, int act)
{
	int last = made_at(g, act), end = g->act[act].skip_reader;

	for (int i = 0; i < g->n_convs; i++)
		if (g->conv[i].in == act && i > last)
			last = i;
	if (act == g->out)
		last = g->n_convs;
	if (end >= 0 && made_at(g, end) > last)
		last = made_at(g, end);
	return last;
}

/*
 * The last pass that reads y of a convolution: that of its activation, of a sum, or of a
 * convolution that reads y itself.
 */
static int y_until(const struct lt_graph *g, int conv)
{
	int last = made_at(g, g->conv[conv].act);

	for (int i = conv + 1; i < g->n_convs; i++) {
		const struct lt_act_node *in = &g->act[g->conv[i].in];

		if (i > last && (g->conv[i].add == conv || (in->raw && in->conv == conv)))
			last = i;
	}
	return last;
}

/* Can a backward pass compute y of a convolution again? */
static bool can_recompute(const struct lt_graph *g, int conv)
{
	const struct lt_conv_node *node = &g->conv[conv];
	const struct lt_act_node *in = &g->act[node->in];

	/* Other readers of y need it at other times. */
	if (node->bare || node->add >= 0 || node->added || !g->act[node->act].stored)
		return false;
	for (int i = 0; i < g->n_acts; i++)
		if (g->act[i].raw && g->act[i].conv == conv)
			return false;
	/* A pass that computes a stored operand reads what may be gone in the backward pass. */
	return node->in == 0 || !in->stored || in->first_reader != conv;
}

/*
 * Takes a buffer that is free at pass `now`: the smallest that is large enough, or else the
 * largest, which is enlarged.  -1: none left.
 */
static int give(struct lives *lives, int now, size_t cells, int until)
{
	struct lt_shared *shared = lives->shared;
	int best = -1;

	for (int i = 0; i < shared->n; i++) {
		size_t has = shared->cells[i], had = best < 0 ? 0 : shared->cells[best];

		if (lives->until[i] < now && (has < had ? has >= cells : had < cells))
			best = i;
	}
	if (best < 0) {
		if (shared->n == LT_MAX_SHARED)
			return -1;
		best = shared->n++;
		shared->cells[best] = 0;
	}
	if (shared->cells[best] < cells)
		shared->cells[best] = cells;
	lives->until[best] = until;
	return best;
}

/* A plane alone in its buffer would be computed again for nothing. */
static void keep_lone(struct lt_shared *shared, const struct lt_graph *g)
{
	for (int i = 0; i < shared->n; i++) {
		int users = 0, user = 0;

		for (int k = 0; k < g->n_convs; k++)
			if (shared->raw[k] == i) {
				users++;
				user = k;
			}
		if (users == 1) {
			shared->raw[user] = -1;
			shared->cells[i] = 0;
		}
	}
}

bool lt_share_planes(struct lt_shared *shared, const struct lt_graph *g, bool backward)
{
	struct lives lives = {.shared = shared};

	shared->n = 0;
	for (int i = 0; i <= g->n_convs; i++) {
		if (i < g->n_convs) {
			shared->raw[i] = -1;
			if ((!backward || can_recompute(g, i)) &&
			    (shared->raw[i] = give(&lives, i, lt_out_plane(&g->conv[i].shape),
						   y_until(g, i))) < 0)
				return false;
		}
		for (int act = 1; act < g->n_acts; act++) {
			if (!g->act[act].stored || made_at(g, act) != i)
				continue;
			shared->value[act] = -1;
			if (!backward &&
			    (shared->value[act] = give(&lives, i, lt_act_plane(&g->act[act]),
						       read_until(g, act))) < 0)
				return false;
		}
	}
	if (backward)
		keep_lone(shared, g);
	return true;
}
