/*
 * SimCLR's projection (Chen et al., ICML 2020), with batch norm in both of its layers:
 *
 *	u = W x, h = max(0, g norm(u) + b), v = V h, output = e norm(v)
 *
 * W is NAME.0, g and b are NAME.1, V is NAME.3, e is NAME.4.  norm subtracts the mean of a
 * column over the batch and divides by its deviation.  Statistics are those of the whole batch
 * in every mode, whatever its splits: the head is used only in pre-training, which keeps no
 * running statistics.  One worker computes the sums of a column, in the order of the rows and
 * in double, so they do not depend on the threads.
 */
#include <math.h>
#include <string.h>

#include "net/network_private.h"

enum { WEIGHT, GAIN, BIAS, WEIGHT_2, GAIN_2 };

#define COLUMNS 16 /* of an item */
#define EPSILON 1e-5

/*
 * row: the hidden layer, and both layers normalised; row_back: the gradients at the hidden
 * layer, and at the outputs before their norm; once: the inverse of both layers' deviations.
 */
static struct lt_head_needs needs(const struct lt_graph *graph, const struct lt_head *head)
{
	size_t k = (size_t)head->outputs, f = (size_t)graph->features, m = (size_t)head->hidden;

	return (struct lt_head_needs){.row = m + m + k,
				      .row_back = m + k,
				      .once = m + k,
				      .part = m * f + m + k * m + k,
				      .worker = LT_RANGE * ((f > m ? f : m) + (k > m ? k : m))};
}

/* Matrices of the largest batch, one after another. */
struct layers {
	lt_real *hidden, *hat, *hat_2, *inv, *inv_2, *hidden_grad, *grad_2;
};

static struct layers layers_of(const struct lt_head_pass *pass)
{
	size_t layer = (size_t)pass->net->max_batch * (size_t)pass->head->hidden;

	return (struct layers){
		.hidden = pass->row,
		.hat = pass->row + layer,
		.hat_2 = pass->row + 2 * layer,
		.inv = pass->once,
		.inv_2 = pass->once + pass->head->hidden,
		.hidden_grad = pass->row_back,
		.grad_2 = pass->row_back ? pass->row_back + layer : NULL,
	};
}

static void fill(struct lt_network *net, const struct lt_head *head, int part, lt_real value)
{
	size_t n = net->graph.param[head->first_param + part].size;

	for (size_t i = 0; i < n; i++)
		net->params[head->at[part] + i] = value;
}

static void init(struct lt_network *net, const struct lt_head *head, uint64_t seed)
{
	lt_init_uniform(net, head->first_param + WEIGHT, seed, 1 / sqrt(net->graph.features));
	lt_init_uniform(net, head->first_param + WEIGHT_2, seed, 1 / sqrt(head->hidden));
	fill(net, head, GAIN, 1);
	fill(net, head, BIAS, 0);
	fill(net, head, GAIN_2, 1);
}

struct norm_job {
	struct lt_network *net;
	int width;		    /* columns */
	lt_real *hat, *inv;	    /* n × width, in place; width */
	const lt_real *gain, *bias; /* bias NULL: none, and no ReLU */
	lt_real *to;		    /* n × width: the output, or the gradient at it */
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
	inv = 1 / sqrt(var / n + EPSILON);
	job->inv[c] = (lt_real)inv;
	for (int i = 0; i < n; i++) {
		size_t at = (size_t)i * width;

		hat[at] = (lt_real)(((double)hat[at] - mean) * inv);
		to[at] = job->gain[c] * hat[at] + (job->bias ? job->bias[c] : 0);
		if (job->bias && to[at] <= 0) /* NaN is kept */
			to[at] = 0;
	}
}

/* job->to is the gradient at the norm's output; it is replaced by that at its input. */
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

static struct norm_job first_norm(const struct lt_head_pass *pass, lt_real *to)
{
	struct layers layers = layers_of(pass);

	return (struct norm_job){.net = pass->net,
				 .width = pass->head->hidden,
				 .hat = layers.hat,
				 .inv = layers.inv,
				 .gain = pass->net->params + pass->head->at[GAIN],
				 .bias = pass->net->params + pass->head->at[BIAS],
				 .to = to};
}

static struct norm_job second_norm(const struct lt_head_pass *pass, lt_real *to)
{
	struct layers layers = layers_of(pass);

	return (struct norm_job){.net = pass->net,
				 .width = pass->head->outputs,
				 .hat = layers.hat_2,
				 .inv = layers.inv_2,
				 .gain = pass->net->params + pass->head->at[GAIN_2],
				 .to = to};
}

/* ------------------------------------------------------------------------ products */

static void first_product(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first;
	int f = net->graph.features, m = pass->head->hidden;

	lt_head_product(net->head_room[worker], net->feature + first * f, range->n, f, true,
			net->params + pass->head->at[WEIGHT], m, 1,
			layers_of(pass).hat + first * m);
}

static void second_product(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first;
	int m = pass->head->hidden, k = pass->head->outputs;

	lt_head_product(net->head_room[worker], layers_of(pass).hidden + first * m, range->n, m,
			true, net->params + pass->head->at[WEIGHT_2], k, 1,
			layers_of(pass).hat_2 + first * k);
}

static void second_back(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	struct layers layers = layers_of(pass);
	size_t first = (size_t)range->first, m = (size_t)pass->head->hidden;
	size_t k = (size_t)pass->head->outputs;
	const lt_real *hidden = layers.hidden + first * m;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size +
			m * (size_t)net->graph.features + m;
	lt_real *dh = layers.hidden_grad + first * m;

	(void)worker;
	lt_head_dense_back(hidden, range->n, (int)m, net->params + pass->head->at[WEIGHT_2],
			   (int)k, layers.grad_2 + first * k, part, part + k * m, dh);
	for (size_t i = 0; i < (size_t)range->n * m; i++)
		if (!(hidden[i] > 0))
			dh[i] = 0;
}

static void first_back(void *arg, int item, int worker)
{
	const struct lt_head_pass *pass = arg;
	const struct lt_network *net = pass->net;
	const struct lt_range *range = &net->range[item];
	size_t first = (size_t)range->first, m = (size_t)pass->head->hidden;
	size_t f = (size_t)net->graph.features;
	lt_real *part = net->head_part + (size_t)item * net->head_part_size;

	(void)worker;
	lt_head_dense_back(net->feature + first * f, range->n, (int)f,
			   net->params + pass->head->at[WEIGHT], (int)m,
			   layers_of(pass).hidden_grad + first * m, part, part + m * f,
			   pass->feature_grad ? pass->feature_grad + first * f : NULL);
}

/* ------------------------------------------------------------------------- the head */

static void forward(struct lt_head_pass *pass)
{
	struct lt_network *net = pass->net;
	struct norm_job first = first_norm(pass, layers_of(pass).hidden);
	struct norm_job second = second_norm(pass, pass->output);

	lt_pool_run(net->pool, first_product, pass, net->n_ranges);
	run_columns(&first, forward_column);
	lt_pool_run(net->pool, second_product, pass, net->n_ranges);
	run_columns(&second, forward_column);
}

static void backward(struct lt_head_pass *pass)
{
	struct lt_network *net = pass->net;
	struct layers layers = layers_of(pass);
	struct norm_job first = first_norm(pass, layers.hidden_grad);
	struct norm_job second = second_norm(pass, layers.grad_2);
	size_t m = (size_t)pass->head->hidden;
	const lt_real *sum;

	memcpy(layers.grad_2, pass->output_grad,
	       (size_t)net->n * (size_t)pass->head->outputs * sizeof *layers.grad_2);
	second.gain_grad = net->grads + pass->head->at[GAIN_2];
	run_columns(&second, backward_column);
	lt_pool_run(net->pool, second_back, pass, net->n_ranges);
	first.gain_grad = net->grads + pass->head->at[GAIN];
	first.bias_grad = net->grads + pass->head->at[BIAS];
	run_columns(&first, backward_column);
	lt_pool_run(net->pool, first_back, pass, net->n_ranges);
	sum = lt_head_sum_parts(net);
	lt_head_take_grad(net, pass->head, WEIGHT, sum);
	lt_head_take_grad(net, pass->head, WEIGHT_2, sum + m * net->graph.features + m);
}

const struct lt_head_work lt_head_mlp_norm = {
	.needs = needs,
	.init = init,
	.forward = forward,
	.backward = backward,
};
