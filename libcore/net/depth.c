/*
 * Inference, depth first.  With running statistics, images are independent of each other, so a
 * worker runs a few images through all layers.  Their planes share a few buffers that stay in
 * its caches, which those of a whole batch would not.  The result of an image does not depend
 * on its group.
 *
 * Planes share memory from the pass that computes one to the last one that reads it
 * (planes.c).
 */
#include "base/memory.h"
#include "net/network_private.h"

/* Measured: enough images for the products of the deep layers, few enough for the caches. */
enum { GROUP = 8 };

bool lt_depth_new(struct lt_network *net)
{
	int threads = lt_pool_threads(net->pool);
	int share = (net->max_batch + threads - 1) / threads;

	if (!(net->depth = lt_network_take(net, (size_t)threads, sizeof *net->depth)))
		return false;
	net->group = share < GROUP ? share : GROUP;
	for (int i = 0; i < net->shared.n; i++) {
		size_t image, bytes;

		if (!lt_mul(net->shared.cells[i], lt_cell_size(net->precision), &image) ||
		    !lt_mul(image, (size_t)net->group, &bytes) ||
		    !(net->shared_memory[i] =
			      lt_network_take_parts(net, threads, bytes, false)))
			return false;
	}
	return true;
}

static lt_cells *place(const struct lt_network *net, int buffer, int image)
{
	return (char *)net->shared_memory[buffer] +
	       (size_t)image * net->shared.cells[buffer] * lt_cell_size(net->precision);
}

/* The places of a group that a worker runs. */
static struct lt_places *places_of(struct lt_network *net, int first, int worker)
{
	const struct lt_graph *g = &net->graph;
	struct lt_places *at = &net->depth[worker];
	int image = worker * net->group;

	at->input = net->input + (size_t)first * g->h * g->w * g->c;
	for (int i = 0; i < g->n_convs; i++)
		at->raw[i] = place(net, net->shared.raw[i], image);
	for (int act = 1; act < g->n_acts; act++)
		if (g->act[act].stored)
			at->value[act] = place(net, net->shared.value[act], image);
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
