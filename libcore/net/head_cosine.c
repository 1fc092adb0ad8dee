/*
 * NAME.weight [features][outputs]: scale × cosine of the features and each column, as LDAM's
 * NormedLinear (Cao et al., NeurIPS 2019) has it.
 */
#include <math.h>
#include <string.h>

#include "net/network_private.h"

/* torch.nn.functional.normalize's ε. */
#define NORM_EPSILON 1e-12

/* row: the features at norm 1; once: the norms of the columns. */
static struct lt_head_needs needs(const struct lt_graph *graph, const struct lt_head *head)
{
	size_t k = (size_t)head->outputs, f = (size_t)graph->features;

	return (struct lt_head_needs){
		.row = f, .once = k, .part = k * f, .worker = LT_RANGE * (f + k)};
}

static void init(struct lt_network *net, const struct lt_head *head, uint64_t seed)
{
	int rows = net->graph.features, columns = head->outputs;
	lt_real *w = net->params + head->at[0];

	lt_init_uniform(net, head->first_param, seed, 1);
	for (int c = 0; c < columns; c++) {
		double squares = 0;

		for (int r = 0; r < rows; r++)
			squares +=
				(double)w[(size_t)r * columns + c] * w[(size_t)r * columns + c];
		for (int r = 0; r < rows; r++)
			w[(size_t)r * columns + c] =
				(lt_real)(w[(size_t)r * columns + c] / sqrt(squares));
	}
}

static lt_real norm_of(const lt_real *x, int n, size_t step)
{
	double squares = 0, norm;

	for (int i = 0; i < n; i++)
		squares += (double)x[(size_t)i * step] * x[(size_t)i * step];
	norm = sqrt(squares);
	return (lt_real)(norm < NORM_EPSILON ? NORM_EPSILON : norm);
}

static void forward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	int f = net->graph.features, k = pass->head->outputs;
	lt_real *unit = pass->row + (size_t)range->first * f;
	lt_real *output = pass->output + (size_t)range->first * k;

	for (int i = 0; i < range->n; i++) {
		const lt_real *x = net->feature + (size_t)(range->first + i) * f;
		lt_real norm = norm_of(x, f, 1);

		for (int j = 0; j < f; j++)
			unit[(size_t)i * f + j] = x[j] / norm;
	}
	lt_head_product(net->head_room[worker], unit, range->n, f, false,
			net->params + pass->head->at[0], k, (lt_real)pass->head->scale, output);
	for (int i = 0; i < range->n; i++)
		for (int c = 0; c < k; c++)
			output[(size_t)i * k + c] /= pass->once[c];
}

/*
 * With u = x / |x| and v = w / |w|, z = s u·v:
 *	dx = s (v - (u·v) u) / |x| × dz,  dw = s (u - (u·v) v) / |w| × dz.
 */
static void row_back(const struct lt_head_pass *pass, size_t row, lt_real *dx, lt_real *dw)
{
	int f = pass->net->graph.features, k = pass->head->outputs;
	const lt_real *w = pass->net->params + pass->head->at[0];
	const lt_real *u = pass->row + row * f, *z = pass->output + row * k;
	const lt_real *dz = pass->output_grad + row * k;
	lt_real x_norm = norm_of(pass->net->feature + row * f, f, 1);

	if (dx)
		memset(dx, 0, (size_t)f * sizeof *dx);
	for (int c = 0; c < k; c++) {
		lt_real d = dz[c], w_norm = pass->once[c];
		lt_real s = (lt_real)pass->head->scale, cos = z[c] / s;

		for (int j = 0; j < f; j++) {
			lt_real v = w[(size_t)j * k + c] / w_norm;

			if (dx)
				dx[j] += s * d * (v - cos * u[j]) / x_norm;
			dw[(size_t)j * k + c] += s * d * (u[j] - cos * v) / w_norm;
		}
	}
}

static void backward_item(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	size_t f = (size_t)net->graph.features;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size;

	(void)worker;
	memset(part, 0, f * (size_t)pass->head->outputs * sizeof *part);
	for (int i = 0; i < range->n; i++) {
		size_t row = (size_t)(range->first + i);

		row_back(pass, row, pass->feature_grad ? pass->feature_grad + row * f : NULL,
			 part);
	}
}

static void forward(struct lt_head_pass *pass)
{
	const lt_real *w = pass->net->params + pass->head->at[0];

	for (int c = 0; c < pass->head->outputs; c++)
		pass->once[c] =
			norm_of(w + c, pass->net->graph.features, (size_t)pass->head->outputs);
	lt_pool_run(pass->net->pool, forward_item, pass, pass->net->n_ranges);
}

static void backward(struct lt_head_pass *pass)
{
	lt_pool_run(pass->net->pool, backward_item, pass, pass->net->n_ranges);
	lt_head_take_grad(pass->net, pass->head, 0, lt_head_sum_parts(pass->net));
}

const struct lt_head_work lt_head_cosine = {
	.needs = needs,
	.init = init,
	.forward = forward,
	.backward = backward,
};
