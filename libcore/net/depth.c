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
enum { GROUP = 8 };

enum { MAX_BUFFERS = 16 };

/*
 * A buffer: the cells of an image in it, and the last pass that needs its current plane.  Pass
 * i is that of convolution i, followed by one for the head.
 */
struct buffer {
	size_t cells;
	int until;
};

struct lives {
	struct buffer buffer[MAX_BUFFERS];
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

/*
 * Takes a buffer that is free at pass `now`: the smallest that is large enough, or else the
 * largest, which is enlarged.  -1: none left.
 */
static int give(struct lives *lives, int now, struct buffer plane)
{
	int best = -1;

	for (int i = 0; i < lives->n; i++) {
		size_t has = lives->buffer[i].cells;
		size_t had = best < 0 ? 0 : lives->buffer[best].cells;

		if (lives->buffer[i].until < now &&
		    (has < had ? has >= plane.cells : had < plane.cells))
			best = i;
	}
	if (best < 0) {
		if (lives->n == MAX_BUFFERS)
			return -1;
		best = lives->n++;
		lives->buffer[best] = plane;
	} else if (lives->buffer[best].cells < plane.cells) {
		lives->buffer[best] = plane;
	}
	lives->buffer[best].until = plane.until;
	return best;
}

static bool give_value(struct lives *lives, const struct lt_graph *g, int now, int act,
		       int value[])
{
	if (!g->act[act].stored || made_at(g, act) != now)
		return true;
	value[act] = give(lives, now,
			  (struct buffer){lt_act_plane(&g->act[act]), read_until(g, act)});
	return value[act] >= 0;
}

/*
 * Assigns buffers to raw outputs and stored activations; false: too many are needed at once.
 */
static bool plan(struct lives *lives, const struct lt_graph *g, int raw[], int value[])
{
	for (int i = 0; i <= g->n_convs; i++) {
		if (i < g->n_convs) {
			raw[i] = give(lives, i,
				      (struct buffer){lt_out_plane(&g->conv[i].shape),
						      y_until(g, i)});
			if (raw[i] < 0)
				return false;
		}
		for (int act = 1; act < g->n_acts; act++)
			if (!give_value(lives, g, i, act, value))
				return false;
	}
	return true;
}

/* The images of a group for each worker; NULL: no memory. */
static char *memory_of(struct lt_network *net, size_t image)
{
	size_t bytes;

	if (!lt_mul(image, (size_t)net->group, &bytes))
		return NULL;
	return lt_network_take_parts(net, lt_pool_threads(net->pool), bytes, false);
}

bool lt_depth_new(struct lt_network *net)
{
	int threads = lt_pool_threads(net->pool);
	int share = (net->max_batch + threads - 1) / threads;
	struct lives lives = {.n = 0};

	if (!plan(&lives, &net->graph, net->raw_buffer, net->value_buffer) ||
	    !(net->depth = lt_network_take(net, (size_t)threads, sizeof *net->depth)) ||
	    !(net->buffer = lt_network_take(net, (size_t)lives.n, sizeof *net->buffer)))
		return false;
	net->group = share < GROUP ? share : GROUP;
	for (int i = 0; i < lives.n; i++) {
		struct lt_depth_buffer *buffer = &net->buffer[i];

		if (!lt_mul(lives.buffer[i].cells, lt_cell_size(net->precision),
			    &buffer->image) ||
		    !(buffer->memory = memory_of(net, buffer->image)))
			return false;
	}
	return true;
}

static lt_cells *place(const struct lt_network *net, int buffer, int image)
{
	return net->buffer[buffer].memory + (size_t)image * net->buffer[buffer].image;
}

/* The places of a group that a worker runs. */
static struct lt_places *places_of(struct lt_network *net, int first, int worker)
{
	const struct lt_graph *g = &net->graph;
	struct lt_places *at = &net->depth[worker];
	int image = worker * net->group;

	at->input = net->input + (size_t)first * g->h * g->w * g->c;
	for (int i = 0; i < g->n_convs; i++)
		at->raw[i] = place(net, net->raw_buffer[i], image);
	for (int act = 1; act < g->n_acts; act++)
		if (g->act[act].stored)
			at->value[act] = place(net, net->value_buffer[act], image);
	return at;
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
	int done = item * groups->size, first = groups->images.first + done;
	int n = groups->images.n - done < groups->size ? groups->images.n - done : groups->size;
	struct lt_places *at = places_of(net, first, worker);
	lt_real *scratch = net->scratch[worker];

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
