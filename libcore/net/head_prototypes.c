/*
 * A projection of two layers, as in head_mlp.c, with a prototype for each class:
 *
 *	h = max(0, W x + b),  v = V h + a,  outputs = v, then the cosines of v and each c_k
 *
 * W and b are NAME.0, V and a are NAME.2, c_k are the rows of NAME.prototype.  The hidden layer
 * and v have the same width.
 */
#include <math.h>
#include <string.h>

#include "net/network_private.h"

enum { PROTOTYPE = LT_MLP_PARAMS };

#define SHORTEST 1e-12 /* as torch.nn.functional.normalize has it */

static int prototypes_of(const struct lt_head *head)
{
	return head->outputs - head->hidden;
}

/*
 * row: h, v and the products of v and each c_k; row_back: the gradients at h and v, and at the
 * products; once: the lengths of the prototypes.
 */
static struct lt_head_needs needs(const struct lt_graph *graph, const struct lt_head *head)
{
	size_t f = (size_t)graph->features, m = (size_t)head->hidden;
	size_t k = (size_t)prototypes_of(head), most = f > m ? f : m;

	return (struct lt_head_needs){.row = 2 * m + k,
				      .row_back = 2 * m + k,
				      .once = k,
				      .part = lt_mlp_part(graph, head, head->hidden) + k * m +
					      k,
				      .worker = LT_RANGE * (most + (k > m ? k : m))};
}

/* Matrices of the largest batch, one after another; gradients NULL: none. */
struct layers {
	lt_real *hidden, *vector, *product, *hidden_grad, *vector_grad, *product_grad;
};

static struct layers layers_of(const struct lt_head_pass *pass)
{
	size_t layer = (size_t)pass->net->max_batch * (size_t)pass->head->hidden;
	lt_real *back = pass->row_back;

	return (struct layers){.hidden = pass->row,
			       .vector = pass->row + layer,
			       .product = pass->row + 2 * layer,
			       .hidden_grad = back,
			       .vector_grad = back ? back + layer : NULL,
			       .product_grad = back ? back + 2 * layer : NULL};
}

static void init(struct lt_network *net, const struct lt_head *head, uint64_t seed)
{
	lt_mlp_init(net, head, seed);
	lt_init_normal(net, head->first_param + PROTOTYPE, seed, 1);
}

static lt_real length_of(const lt_real *v, int n)
{
	double squares = 0, length;

	for (int i = 0; i < n; i++)
		squares += (double)v[i] * v[i];
	length = sqrt(squares);
	return (lt_real)(length < SHORTEST ? SHORTEST : length);
}

/* ------------------------------------------------------------------------- forward */

static void forward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	struct layers all = layers_of(pass);
	int m = pass->head->hidden, k = prototypes_of(pass->head);
	size_t first = (size_t)range->first, wide = (size_t)m;
	lt_real *vector = all.vector + first * wide, *product = all.product + first * (size_t)k;
	lt_real *output = pass->output + first * (size_t)pass->head->outputs;

	lt_mlp_forward(pass, range, worker, m, all.hidden + first * wide, vector);
	lt_head_product(net->head_room[worker], vector, range->n, m, true,
			net->params + pass->head->at[PROTOTYPE], k, 1, product);
	for (int i = 0; i < range->n; i++, vector += m, product += k) {
		lt_real length = length_of(vector, m);

		memcpy(output, vector, wide * sizeof *output);
		output += m;
		for (int c = 0; c < k; c++)
			*output++ = product[c] / (length * pass->once[c]);
	}
}

static void forward(struct lt_head_pass *pass)
{
	int m = pass->head->hidden, k = prototypes_of(pass->head);
	const lt_real *prototype = pass->net->params + pass->head->at[PROTOTYPE];

	for (int c = 0; c < k; c++)
		pass->once[c] = length_of(prototype + (size_t)c * (size_t)m, m);
	lt_pool_run(pass->net->pool, forward_item, pass, pass->net->n_ranges);
}

/* ------------------------------------------------------------------------ backward */

/*
 * With g the gradients at the cosines, those at v and c_k are
 *
 *	Σ_k g_k c_k / (|v| |c_k|) - (Σ_k g_k cos_k) v / |v|²,  and with v and c_k exchanged
 *
 * plus that at v itself.  The first sums are those of a dense layer from v to the products.
 */
static void cosines_back(const struct lt_head_pass *pass, const struct lt_range *range,
			 lt_real *dw)
{
	struct layers all = layers_of(pass);
	int m = pass->head->hidden, k = prototypes_of(pass->head);
	size_t first = (size_t)range->first, outputs = (size_t)pass->head->outputs;
	const lt_real *vector = all.vector + first * (size_t)m;
	lt_real *dv = all.vector_grad + first * (size_t)m;
	lt_real *dp = all.product_grad + first * (size_t)k;
	const lt_real *prototype = pass->net->params + pass->head->at[PROTOTYPE];

	for (int i = 0; i < range->n; i++) {
		const lt_real *g = pass->output_grad + (first + (size_t)i) * outputs + m;
		lt_real length = length_of(vector + (size_t)i * m, m);

		for (int c = 0; c < k; c++)
			dp[(size_t)i * k + c] = g[c] / (length * pass->once[c]);
	}
	lt_head_dense_back(vector, range->n, m, prototype, k, dp, dw, dw + (size_t)k * m, dv);
	for (int i = 0; i < range->n; i++) {
		const lt_real *g = pass->output_grad + (first + (size_t)i) * outputs;
		const lt_real *v = vector + (size_t)i * m;
		const lt_real *cos = pass->output + (first + (size_t)i) * outputs + m;
		lt_real length = length_of(v, m), along = 0;

		for (int c = 0; c < k; c++) {
			lt_real own = g[m + c] * cos[c] / (pass->once[c] * pass->once[c]);

			along += g[m + c] * cos[c];
			for (int j = 0; j < m; j++)
				dw[(size_t)c * m + j] -= own * prototype[(size_t)c * m + j];
		}
		for (int j = 0; j < m; j++)
			dv[(size_t)i * m + j] += g[j] - along * v[j] / (length * length);
	}
}

static void backward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	struct layers all = layers_of(pass);
	int m = pass->head->hidden;
	size_t first = (size_t)range->first * (size_t)m;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size;

	(void)worker;
	cosines_back(pass, range, part + lt_mlp_part(&net->graph, pass->head, m));
	lt_mlp_backward(pass, range, m, all.hidden + first, all.vector_grad + first,
			all.hidden_grad + first, part);
}

static void backward(struct lt_head_pass *pass)
{
	const struct lt_head *head = pass->head;
	const lt_real *sum;

	lt_pool_run(pass->net->pool, backward_item, pass, pass->net->n_ranges);
	sum = lt_head_sum_parts(pass->net);
	lt_mlp_take_grad(pass->net, head, head->hidden, sum);
	lt_head_take_grad(pass->net, head, PROTOTYPE,
			  sum + lt_mlp_part(&pass->net->graph, head, head->hidden));
}

const struct lt_head_work lt_head_prototypes = {
	.needs = needs,
	.init = init,
	.forward = forward,
	.backward = backward,
};
