/*
 * The head: from pooled features to outputs.  Products use OpenBLAS, with one call for each
 * range, so no shape depends on the threads.  Forward products always have LT_RANGE rows, so
 * the result of a row does not depend on the number of other rows.
 */
#include <math.h>
#include <string.h>

#include "net/network_private.h"

/* torch.nn.functional.normalize's ε. */
#define NORM_EPSILON 1e-12

size_t lt_head_part_size(const struct lt_graph *graph)
{
	size_t k = (size_t)graph->classes, f = (size_t)graph->features,
	       m = (size_t)graph->hidden;

	return graph->hidden > 0 ? m * f + m + k * m + k : k * f + k;
}

size_t lt_head_room(const struct lt_graph *graph)
{
	int in = graph->features > graph->hidden ? graph->features : graph->hidden;
	int out = graph->classes > graph->hidden ? graph->classes : graph->hidden;

	return LT_RANGE * ((size_t)in + (size_t)out);
}

/*
 * y = alpha x W for n rows, which are padded to LT_RANGE in `room`; rows of an
 * earlier product may stand behind them.  transpose: W is out × in.
 */
static void product(lt_real *room, const lt_real *x, int n, int in, bool transpose,
		    const lt_real *w, int out, lt_real alpha, lt_real *y)
{
	lt_real *padded = room + (size_t)LT_RANGE * in;

	memcpy(room, x, (size_t)n * in * sizeof *room);
	lt_gemm(false, transpose, LT_RANGE, out, in, alpha, room, in, w, transpose ? in : out,
		0, padded, out);
	memcpy(y, padded, (size_t)n * out * sizeof *y);
}

/* y = x Wᵀ + b for n rows; W is out × in. */
static void linear(lt_real *room, const lt_real *x, int n, int in, const lt_real *w,
		   const lt_real *b, int out, lt_real *y)
{
	product(room, x, n, in, true, w, out, 1, y);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < out; k++)
			y[(size_t)i * out + k] += b[k];
}

void lt_head_linear_back(const lt_real *x, int n, int in, const lt_real *w, int out,
			 const lt_real *dy, lt_real *dw, lt_real *db, lt_real *dx)
{
	lt_gemm(true, false, out, in, n, 1, dy, out, x, in, 0, dw, in);
	memset(db, 0, (size_t)out * sizeof *db);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < out; k++)
			db[k] += dy[(size_t)i * out + k];
	lt_gemm(false, false, n, in, out, 1, dy, out, w, in, 0, dx, in);
}

void lt_head_product(lt_real *room, const lt_real *x, int n, int in, const lt_real *w, int out,
		     lt_real *y)
{
	product(room, x, n, in, true, w, out, 1, y);
}

static lt_real norm_of(const lt_real *x, int n, size_t step)
{
	double squares = 0, norm;

	for (int i = 0; i < n; i++)
		squares += (double)x[(size_t)i * step] * x[(size_t)i * step];
	norm = sqrt(squares);
	return (lt_real)(norm < NORM_EPSILON ? NORM_EPSILON : norm);
}

/* Logits are scale × cosine of the feature and each column of fc.weight. */
static void cosine(struct lt_network *net, lt_real *room, const struct lt_range *range)
{
	const struct lt_graph *g = &net->graph;
	int f = g->features, k = g->classes;
	const lt_real *w = net->params + g->head_weight;
	lt_real *unit = net->unit + (size_t)range->first * f;

	for (int i = 0; i < range->n; i++) {
		const lt_real *x = net->feature + (size_t)(range->first + i) * f;
		lt_real norm = norm_of(x, f, 1);

		for (int j = 0; j < f; j++)
			unit[(size_t)i * f + j] = x[j] / norm;
	}
	product(room, unit, range->n, f, false, w, k, (lt_real)net->scale,
		net->output + (size_t)range->first * k);
	for (int i = 0; i < range->n; i++)
		for (int c = 0; c < k; c++)
			net->output[(size_t)(range->first + i) * k + c] /= net->column_norm[c];
}

/*
 * With u = x / |x| and v = w / |w|, z = s u·v:
 *	dx = s (v - (u·v) u) / |x| × dz,  dw = s (u - (u·v) v) / |w| × dz.
 */
static void cosine_back(struct lt_network *net, const struct lt_range *range, const lt_real *dz,
			lt_real *dw)
{
	const struct lt_graph *g = &net->graph;
	int f = g->features, k = g->classes;
	const lt_real *w = net->params + g->head_weight;

	memset(dw, 0, (size_t)f * k * sizeof *dw);
	for (int i = 0; i < range->n; i++) {
		size_t row = (size_t)(range->first + i);
		const lt_real *u = net->unit + row * f, *z = net->output + row * k;
		lt_real *dx = net->feature_grad + row * f;
		lt_real x_norm = norm_of(net->feature + row * f, f, 1);

		memset(dx, 0, (size_t)f * sizeof *dx);
		for (int c = 0; c < k; c++) {
			lt_real d = dz[row * k + c], w_norm = net->column_norm[c];
			lt_real s = (lt_real)net->scale, cos = z[c] / s;

			for (int j = 0; j < f; j++) {
				lt_real v = w[(size_t)j * k + c] / w_norm;

				dx[j] += s * d * (v - cos * u[j]) / x_norm;
				dw[(size_t)j * k + c] += s * d * (u[j] - cos * v) / w_norm;
			}
		}
	}
}

struct head_job {
	struct lt_network *net;
	const lt_real *output_grad;
};

static void forward_item(void *arg, int item, int worker)
{
	struct lt_network *net = ((struct head_job *)arg)->net;
	const struct lt_graph *g = &net->graph;
	const struct lt_range *range = &net->range[item];
	const lt_real *x = net->feature + (size_t)range->first * g->features;
	lt_real *y = net->output + (size_t)range->first * g->classes;
	lt_real *room = net->head_room[worker];

	switch (g->head) {
	case LT_HEAD_LINEAR:
		linear(room, x, range->n, g->features, net->params + g->head_weight,
		       net->params + g->head_bias, g->classes, y);
		break;
	case LT_HEAD_COSINE:
		cosine(net, room, range);
		break;
	case LT_HEAD_MLP: {
		lt_real *hidden = net->hidden + (size_t)range->first * g->hidden;

		linear(room, x, range->n, g->features, net->params + g->head_weight,
		       net->params + g->head_bias, g->hidden, hidden);
		for (size_t i = 0; i < (size_t)range->n * g->hidden; i++)
			if (hidden[i] <= 0) /* NaN stays */
				hidden[i] = 0;
		linear(room, hidden, range->n, g->hidden, net->params + g->head_weight2,
		       net->params + g->head_bias2, g->classes, y);
		break;
	}
	case LT_HEAD_MLP_NORM: /* head_norm.c */
		break;
	}
}

static void backward_item(void *arg, int item, int worker)
{
	const struct head_job *job = arg;
	struct lt_network *net = job->net;
	const struct lt_graph *g = &net->graph;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first, f = (size_t)g->features, k = (size_t)g->classes;
	const lt_real *x = net->feature + first * f, *dy = job->output_grad + first * k;
	lt_real *dx = net->feature_grad + first * f;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size;

	(void)worker;
	switch (g->head) {
	case LT_HEAD_LINEAR:
		lt_head_linear_back(x, range->n, g->features, net->params + g->head_weight,
				    g->classes, dy, part, part + k * f, dx);
		break;
	case LT_HEAD_COSINE:
		cosine_back(net, range, job->output_grad, part);
		break;
	case LT_HEAD_MLP: {
		size_t m = (size_t)g->hidden;
		const lt_real *hidden = net->hidden + first * m;
		lt_real *dh = net->hidden_grad + first * m, *second = part + m * f + m;

		lt_head_linear_back(hidden, range->n, g->hidden, net->params + g->head_weight2,
				    g->classes, dy, second, second + k * m, dh);
		for (size_t i = 0; i < (size_t)range->n * m; i++)
			if (!(hidden[i] > 0))
				dh[i] = 0;
		lt_head_linear_back(x, range->n, g->features, net->params + g->head_weight,
				    g->hidden, dh, part, part + m * f, dx);
		break;
	}
	case LT_HEAD_MLP_NORM: /* head_norm.c */
		break;
	}
}

void lt_head_forward(struct lt_network *net)
{
	struct head_job job = {.net = net};
	const struct lt_graph *g = &net->graph;

	if (g->head == LT_HEAD_COSINE)
		for (int c = 0; c < g->classes; c++)
			net->column_norm[c] = norm_of(net->params + g->head_weight + c,
						      g->features, (size_t)g->classes);
	if (g->head == LT_HEAD_MLP_NORM)
		lt_head_norm_forward(net);
	else
		lt_pool_run(net->pool, forward_item, &job, net->n_ranges);
}

void lt_head_backward(struct lt_network *net, const lt_real *output_grad)
{
	struct head_job job = {net, output_grad};
	const struct lt_graph *g = &net->graph;
	const lt_real *part = net->head_part;
	size_t size = net->head_part_size, k = (size_t)g->classes, f = (size_t)g->features;
	size_t m = (size_t)g->hidden;

	if (g->head == LT_HEAD_MLP_NORM)
		lt_head_norm_backward(net, output_grad);
	else
		lt_pool_run(net->pool, backward_item, &job, net->n_ranges);
	for (int step = 1; step < net->n_ranges; step *= 2)
		for (int i = 0; i + step < net->n_ranges; i += 2 * step)
			net->kernels->add(net->head_part + (size_t)i * size,
					  net->head_part + (size_t)(i + step) * size, size);
	switch (g->head) {
	case LT_HEAD_LINEAR:
		memcpy(net->grads + g->head_weight, part, k * f * sizeof *part);
		memcpy(net->grads + g->head_bias, part + k * f, k * sizeof *part);
		break;
	case LT_HEAD_COSINE:
		memcpy(net->grads + g->head_weight, part, k * f * sizeof *part);
		break;
	case LT_HEAD_MLP_NORM:
		memcpy(net->grads + g->head_weight, part, m * f * sizeof *part);
		memcpy(net->grads + g->head_weight2, part + m * f + m, k * m * sizeof *part);
		break;
	case LT_HEAD_MLP:
		memcpy(net->grads + g->head_weight, part, m * f * sizeof *part);
		memcpy(net->grads + g->head_bias, part + m * f, m * sizeof *part);
		part += m * f + m;
		memcpy(net->grads + g->head_weight2, part, k * m * sizeof *part);
		memcpy(net->grads + g->head_bias2, part + k * m, k * sizeof *part);
		break;
	}
}
