/*
 * Inference, depth first.  With running statistics, images are independent of each other, so a
 * worker runs a few images through all layers.  Their planes share a few buffers that stay in
 * its caches, which those of a whole batch would not.  The result of an image does not depend
 * on its group.
 *
 * A plane is needed from the pass that computes it to the last one that reads it; afterwards
 * its buffer is reused.
 */
#include "base/memory.h"
#include "net/network_private.h"

/* Measured: enough images for the products of the deep layers, few enough for the caches. */
enum { GROUP_SMALL = 8, GROUP_LARGE = 16 };
#define LARGE_PLANE ((size_t)64 << 10) /* cells */

enum { MAX_BUFFERS = 16 };

/*
 * The owner of a buffer and the last pass that needs it: pass i is that of convolution i,
 * followed by one for the head.
 */
struct lives {
	int until[MAX_BUFFERS];
	int n;
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

/* Takes a buffer that is free at pass `now`; -1: none left. */
static int give(struct lives *lives, int now, int until)
{
	int i = 0;

	while (i < lives->n && lives->until[i] >= now)
		i++;
	if (i == MAX_BUFFERS)
		return -1;
	if (i == lives->n)
		lives->n++;
	lives->until[i] = until;
	return i;
}

/*
 * Assigns buffers to raw outputs and stored activations; false: too many are needed at once.
 */
static bool plan(const struct lt_graph *g, int raw[], int value[], int *n)
{
	struct lives lives = {.n = 0};

	for (int i = 0; i < g->n_convs; i++) {
		raw[i] = give(&lives, i, y_until(g, i));
		if (raw[i] < 0)
			return false;
		for (int act = 1; act < g->n_acts; act++)
			if (g->act[act].stored && made_at(g, act) == i &&
			    (value[act] = give(&lives, i, read_until(g, act))) < 0)
				return false;
	}
	for (int act = 1; act < g->n_acts; act++)
		if (g->act[act].stored && made_at(g, act) == g->n_convs &&
		    (value[act] = give(&lives, g->n_convs, g->n_convs)) < 0)
			return false;
	*n = lives.n;
	return true;
}

static size_t largest_plane(const struct lt_graph *g)
{
	size_t largest = 0;

	for (int i = 0; i < g->n_convs; i++) {
		const struct lt_conv_shape *s = &g->conv[i].shape;
		size_t plane = (size_t)s->out_h * s->out_w * s->out_c;

		largest = plane > largest ? plane : largest;
	}
	return largest;
}

bool lt_depth_new(struct lt_network *net)
{
	const struct lt_graph *g = &net->graph;
	int raw[LT_MAX_CONVS], value[LT_MAX_CONVS + 1] = {0}, n;
	size_t plane = largest_plane(g), cells;
	int threads = lt_pool_threads(net->pool);

	net->group = plane > LARGE_PLANE ? GROUP_LARGE : GROUP_SMALL;
	if (net->group > net->max_batch)
		net->group = net->max_batch;
	if (!plan(g, raw, value, &n) || !lt_mul(plane, (size_t)net->group, &cells) ||
	    !(net->depth = lt_network_take(net, (size_t)threads, sizeof *net->depth)))
		return false;
	for (int t = 0; t < threads; t++) {
		lt_cells *buffer[MAX_BUFFERS];

		for (int i = 0; i < n; i++)
			if (!(buffer[i] = lt_network_take(net, cells,
							  lt_cell_size(net->precision))))
				return false;
		for (int i = 0; i < g->n_convs; i++)
			net->depth[t].raw[i] = buffer[raw[i]];
		for (int act = 1; act < g->n_acts; act++)
			net->depth[t].value[act] =
				g->act[act].stored ? buffer[value[act]] : NULL;
	}
	return true;
}

/* How this rank's images are divided. */
struct groups {
	struct lt_network *net;
	struct lt_share images;
	int size;
};

static void group_item(void *arg, int item, int worker)
{
	const struct groups *groups = arg;
	struct lt_network *net = groups->net;
	const struct lt_graph *g = &net->graph;
	struct lt_places *at = &net->depth[worker];
	int done = item * groups->size, first = groups->images.first + done;
	int n = groups->images.n - done < groups->size ? groups->images.n - done : groups->size;
	lt_real *scratch = net->scratch[worker];

	at->input = net->input + (size_t)first * g->h * g->w * g->c;
	for (int i = 0; i < g->n_convs; i++) {
		lt_forward_conv(net, at, i, 0, 0, n, NULL, false, scratch);
		if (g->act[g->conv[i].act].pooled)
			lt_forward_max(net, at, i, 0, 0, n, scratch);
	}
	lt_forward_mean(net, at, 0, 0, n, net->feature + (size_t)first * g->features, scratch);
}

void lt_depth_forward(struct lt_network *net)
{
	int threads = lt_pool_threads(net->pool);
	struct lt_share images = lt_network_share(net, net->n, 1);
	struct groups groups = {net, images, (images.n + threads - 1) / threads};

	if (groups.size > net->group)
		groups.size = net->group;
	if (groups.size < 1)
		return;
	lt_pool_run(net->pool, group_item, &groups, (images.n + groups.size - 1) / groups.size);
}
