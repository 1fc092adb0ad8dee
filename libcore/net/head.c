/*
 * The heads of a network: the table, memory, and code that the kinds share.  Products use
 * OpenBLAS, with one call for each range, so no shape depends on the threads.  Forward
 * products always have LT_RANGE rows, so the result of a row does not depend on the number
 * of other rows.
 */
#include "net/head.h"

#include <string.h>

#include "base/memory.h"
#include "net/network_private.h"

#define ADDRESS(kind, head) &lt_head_##head,
const struct lt_head_work *const lt_head_works[] = {LT_HEADS(ADDRESS)};

static struct lt_head_needs needs_of(const struct lt_graph *graph, int head)
{
	const struct lt_head *h = &graph->head[head];

	return lt_head_works[h->kind]->needs(graph, h);
}

size_t lt_head_room(const struct lt_graph *graph)
{
	size_t most = 0;

	for (int i = 0; i < graph->n_heads; i++) {
		size_t size = needs_of(graph, i).worker;

		most = size > most ? size : most;
	}
	return most;
}

/* A matrix with a row for each image of the largest batch. */
static lt_real *rows(struct lt_network *net, size_t width)
{
	size_t n;

	return lt_mul((size_t)net->max_batch, width, &n)
		       ? lt_network_take(net, n, sizeof(lt_real))
		       : NULL;
}

bool lt_head_new(struct lt_network *net, int ranges)
{
	const struct lt_graph *g = &net->graph;
	size_t part = 0;

	for (int i = 0; i < g->n_heads; i++) {
		struct lt_head_needs needs = needs_of(g, i);
		struct lt_head_memory *memory = &net->head[i];

		memory->output = rows(net, (size_t)g->head[i].outputs);
		memory->row = rows(net, needs.row);
		memory->once = lt_network_take(net, needs.once, sizeof *memory->once);
		if (net->learns)
			memory->row_back = rows(net, needs.row_back);
		if (!memory->output || !memory->row || !memory->once ||
		    (net->learns && !memory->row_back))
			return false;
		part = needs.part > part ? needs.part : part;
	}
	if (!net->learns)
		return true;
	net->head_part_size = part;
	net->feature_grad = rows(net, (size_t)g->features);
	if (g->n_heads > 1 && !(net->feature_more = rows(net, (size_t)g->features)))
		return false;
	net->head_part = lt_network_take(net, (size_t)ranges * part, sizeof *net->head_part);
	return net->feature_grad && net->head_part;
}

/* ------------------------------------------------------------------------- products */

void lt_head_product(lt_real *room, const lt_real *x, int n, int in, bool transpose,
		     const lt_real *w, int out, lt_real alpha, lt_real *y)
{
	lt_real *padded = room + (size_t)LT_RANGE * in;

	memcpy(room, x, (size_t)n * in * sizeof *room);
	lt_gemm(false, transpose, LT_RANGE, out, in, alpha, room, in, w, transpose ? in : out,
		0, padded, out);
	memcpy(y, padded, (size_t)n * out * sizeof *y);
}

void lt_head_dense(lt_real *room, const lt_real *x, int n, int in, const lt_real *w,
		   const lt_real *b, int out, lt_real *y)
{
	lt_head_product(room, x, n, in, true, w, out, 1, y);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < out; k++)
			y[(size_t)i * out + k] += b[k];
}

void lt_head_dense_back(const lt_real *x, int n, int in, const lt_real *w, int out,
			const lt_real *dy, lt_real *dw, lt_real *db, lt_real *dx)
{
	lt_gemm(true, false, out, in, n, 1, dy, out, x, in, 0, dw, in);
	memset(db, 0, (size_t)out * sizeof *db);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < out; k++)
			db[k] += dy[(size_t)i * out + k];
	if (dx)
		lt_gemm(false, false, n, in, out, 1, dy, out, w, in, 0, dx, in);
}

static void add_part(void *arg, int to, int from)
{
	struct lt_network *net = arg;
	size_t size = net->head_part_size;

	net->kernels->add(net->head_part + (size_t)to * size,
			  net->head_part + (size_t)from * size, size);
}

const lt_real *lt_head_sum_parts(struct lt_network *net)
{
	lt_tree(net->n_ranges, add_part, net);
	return net->head_part;
}

void lt_head_take_grad(struct lt_network *net, const struct lt_head *head, int part,
		       const lt_real *from)
{
	memcpy(net->grads + head->at[part], from,
	       net->graph.param[head->first_param + part].size * sizeof *from);
}

/* --------------------------------------------------------------------------- passes */

static struct lt_head_pass pass_of(struct lt_network *net, int head)
{
	const struct lt_head_memory *memory = &net->head[head];

	return (struct lt_head_pass){.net = net,
				     .head = &net->graph.head[head],
				     .output = memory->output,
				     .row = memory->row,
				     .row_back = memory->row_back,
				     .once = memory->once};
}

void lt_heads_forward(struct lt_network *net)
{
	for (int i = 0; i < net->graph.n_heads; i++) {
		struct lt_head_pass pass = pass_of(net, i);

		lt_head_works[pass.head->kind]->forward(&pass);
	}
}

static void clear_grads(struct lt_network *net, const struct lt_head *head)
{
	for (int i = 0; i < head->n_params; i++)
		memset(net->grads + head->at[i], 0,
		       net->graph.param[head->first_param + i].size * sizeof *net->grads);
}

bool lt_heads_backward(struct lt_network *net, const lt_real *const grads[])
{
	size_t features = (size_t)net->n * (size_t)net->graph.features;
	bool any = false;

	for (int i = 0; i < net->graph.n_heads; i++) {
		struct lt_head_pass pass = pass_of(net, i);
		bool passes = grads[i] && !pass.head->stop && !net->given_features;

		if (!grads[i]) {
			clear_grads(net, pass.head);
			continue;
		}
		pass.output_grad = grads[i];
		if (passes)
			pass.feature_grad = any ? net->feature_more : net->feature_grad;
		lt_head_works[pass.head->kind]->backward(&pass);
		if (passes && any)
			net->kernels->add(net->feature_grad, net->feature_more, features);
		any = any || passes;
	}
	return any;
}
