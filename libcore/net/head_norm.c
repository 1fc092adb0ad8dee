/*
 * The projection head with batch norm in both of its layers:
 *
 *	u = W x, h = max(0, g norm(u) + b), v = V h, output = e norm(v)
 *
 * norm subtracts the mean of a column over the batch and divides by its deviation.  Statistics
 * are those of the whole batch in every mode, whatever its splits: the head is used only in
 * pre-training, which keeps no running statistics.  One worker computes the sums of a column,
 * in the order of the rows and in double, so they do not depend on the threads.
 */
#include <math.h>
#include <string.h>

#include "net/network_private.h"

#define COLUMNS 16 /* of an item */

struct norm_job {
	struct lt_network *net;
	int width;		    /* columns */
	lt_real *hat, *inv;	    /* n × width, in place; width */
	const lt_real *gain, *bias; /* bias NULL: none, and no ReLU */
	lt_real *to;		    /* n × width: what comes out, or the gradient there */
	lt_real *gain_grad, *bias_grad;
	void (*column)(const struct norm_job *job, size_t c);
};

static void forward_column(const struct norm_job *job, size_t c)
{
	size_t width = (size_t)job->width;
	lt_real *hat = job->hat + c, *to = job->to + c;
	double mean = 0, var = 0, inv;
	int n = job->net->n;

	for (int i = 0; i < n; i++)
		mean += (double)hat[(size_t)i * width];
	mean /= n;
	for (int i = 0; i < n; i++) {
		double d = (double)hat[(size_t)i * width] - mean;

		var += d * d;
	}
	inv = 1 / sqrt(var / n + LT_BN_EPSILON);
	job->inv[c] = (lt_real)inv;
	for (int i = 0; i < n; i++) {
		size_t at = (size_t)i * width;

		hat[at] = (lt_real)(((double)hat[at] - mean) * inv);
		to[at] = job->gain[c] * hat[at] + (job->bias ? job->bias[c] : 0);
		if (job->bias && to[at] <= 0) /* NaN stays */
			to[at] = 0;
	}
}

/* job->to is the gradient at the norm's output, and becomes that at its input. */
static void backward_column(const struct norm_job *job, size_t c)
{
	size_t width = (size_t)job->width;
	const lt_real *hat = job->hat + c;
	lt_real *to = job->to + c;
	double sum = 0, product = 0, factor;
	int n = job->net->n;

	for (int i = 0; i < n; i++) {
		double d = (double)to[(size_t)i * width];

		sum += d;
		product += d * (double)hat[(size_t)i * width];
	}
	job->gain_grad[c] = (lt_real)product;
	if (job->bias_grad)
		job->bias_grad[c] = (lt_real)sum;
	factor = (double)job->gain[c] * (double)job->inv[c] / n;
	for (int i = 0; i < n; i++) {
		size_t at = (size_t)i * width;

		to[at] = (lt_real)(factor *
				   (n * (double)to[at] - sum - (double)hat[at] * product));
	}
}

static void columns_item(void *arg, int item, int worker)
{
	const struct norm_job *job = arg;
	int first = item * COLUMNS;
	int end = first + COLUMNS < job->width ? first + COLUMNS : job->width;

	(void)worker;
	for (int c = first; c < end; c++)
		job->column(job, (size_t)c);
}

static void run_columns(struct norm_job *job,
			void (*column)(const struct norm_job *job, size_t c))
{
	job->column = column;
	lt_pool_run(job->net->pool, columns_item, job, (job->width + COLUMNS - 1) / COLUMNS);
}

/* Of the hidden layer, and of the outputs. */
static struct norm_job first_norm(struct lt_network *net, lt_real *to)
{
	const struct lt_graph *g = &net->graph;

	return (struct norm_job){.net = net,
				 .width = g->hidden,
				 .hat = net->head_hat,
				 .inv = net->head_inv,
				 .gain = net->params + g->head_gain,
				 .bias = net->params + g->head_bias,
				 .to = to};
}

static struct norm_job second_norm(struct lt_network *net, lt_real *to)
{
	const struct lt_graph *g = &net->graph;

	return (struct norm_job){.net = net,
				 .width = g->classes,
				 .hat = net->head_hat + (size_t)net->max_batch * g->hidden,
				 .inv = net->head_inv + g->hidden,
				 .gain = net->params + g->head_gain2,
				 .to = to};
}

/* ------------------------------------------------------------------------ products */

static void first_product(void *arg, int item, int worker)
{
	struct lt_network *net = arg;
	const struct lt_graph *g = &net->graph;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first;

	lt_head_product(net->head_room[worker], net->feature + first * g->features, range->n,
			g->features, net->params + g->head_weight, g->hidden,
			net->head_hat + first * g->hidden);
}

static void second_product(void *arg, int item, int worker)
{
	struct lt_network *net = arg;
	const struct lt_graph *g = &net->graph;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first;

	lt_head_product(net->head_room[worker], net->hidden + first * g->hidden, range->n,
			g->hidden, net->params + g->head_weight2, g->classes,
			net->head_hat + (size_t)net->max_batch * g->hidden +
				first * g->classes);
}

static void second_back(void *arg, int item, int worker)
{
	struct lt_network *net = arg;
	const struct lt_graph *g = &net->graph;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first, m = (size_t)g->hidden, k = (size_t)g->classes;
	const lt_real *hidden = net->hidden + first * m;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size +
			m * (size_t)g->features + m;
	lt_real *dh = net->hidden_grad + first * m;

	(void)worker;
	lt_head_linear_back(hidden, range->n, g->hidden, net->params + g->head_weight2,
			    g->classes, net->head_grad + first * k, part, part + k * m, dh);
	for (size_t i = 0; i < (size_t)range->n * m; i++)
		if (!(hidden[i] > 0))
			dh[i] = 0;
}

static void first_back(void *arg, int item, int worker)
{
	struct lt_network *net = arg;
	const struct lt_graph *g = &net->graph;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first, m = (size_t)g->hidden, f = (size_t)g->features;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size;

	(void)worker;
	lt_head_linear_back(net->feature + first * f, range->n, g->features,
			    net->params + g->head_weight, g->hidden,
			    net->hidden_grad + first * m, part, part + m * f,
			    net->feature_grad + first * f);
}

/* ------------------------------------------------------------------------- the head */

void lt_head_norm_forward(struct lt_network *net)
{
	struct norm_job first = first_norm(net, net->hidden);
	struct norm_job second = second_norm(net, net->output);

	lt_pool_run(net->pool, first_product, net, net->n_ranges);
	run_columns(&first, forward_column);
	lt_pool_run(net->pool, second_product, net, net->n_ranges);
	run_columns(&second, forward_column);
}

/* Leaves the weights' gradients in the ranges' parts. */
void lt_head_norm_backward(struct lt_network *net, const lt_real *output_grad)
{
	const struct lt_graph *g = &net->graph;
	struct norm_job first = first_norm(net, net->hidden_grad);
	struct norm_job second = second_norm(net, net->head_grad);

	memcpy(net->head_grad, output_grad,
	       (size_t)net->n * (size_t)g->classes * sizeof *output_grad);
	second.gain_grad = net->grads + g->head_gain2;
	run_columns(&second, backward_column);
	lt_pool_run(net->pool, second_back, net, net->n_ranges);
	first.gain_grad = net->grads + g->head_gain;
	first.bias_grad = net->grads + g->head_bias;
	run_columns(&first, backward_column);
	lt_pool_run(net->pool, first_back, net, net->n_ranges);
}
