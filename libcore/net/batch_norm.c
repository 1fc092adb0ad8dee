/*
 * Batch normalisation (Ioffe & Szegedy 2015) as affine maps: forward, value = scale y + shift;
 * backward, gradient at y = p g + q y + r.  The kernels compute sums for each image; this file
 * converts the sums to coefficients, in double.
 */
#include <math.h>
#include <string.h>

#include "net/network_private.h"

/*
 * Sums of k numbers over the images of each range, image after image, in net->sum_tree: those
 * of this rank, then those of all ranks.
 */
static int range_sums(struct lt_network *net, const lt_real *sums, size_t k,
		      struct lt_error *err)
{
	size_t begin[LT_MAX_RANKS + 1];
	int ranks = lt_team_size(net->team);

	for (int r = net->own.first; r < net->own.first + net->own.n; r++) {
		const struct lt_range *range = &net->range[r];
		double *row = net->sum_tree + (size_t)r * k;

		memset(row, 0, k * sizeof *row);
		for (int i = range->first; i < range->first + range->n; i++)
			for (size_t j = 0; j < k; j++)
				row[j] += sums[(size_t)i * k + j];
	}
	if (ranks == 1)
		return 0;
	for (int r = 0; r < ranks; r++)
		begin[r] = (size_t)lt_team_share(net->team, net->n_ranges, r).first * k *
			   sizeof *net->sum_tree;
	begin[ranks] = (size_t)net->n_ranges * k * sizeof *net->sum_tree;
	return lt_team_gather(net->team, net->sum_tree, begin, err);
}

/*
 * Then the sums over the ranges of a split, in the tree.  Returns the k sums and the number of
 * images.  *range is the first range of the split and becomes that of the next one.
 */
static const double *split_sums(struct lt_network *net, size_t k, int *range, int *images)
{
	int first = *range, split = net->range[first].split;
	double *rows = net->sum_tree + (size_t)first * k;

	*images = 0;
	for (; *range < net->n_ranges && net->range[*range].split == split; ++*range)
		*images += net->range[*range].n;
	lt_tree_rows(rows, *range - first, k);
	return rows;
}

static void set_affine(struct lt_network *net, int conv, int split, int k, double mean,
		       double inverse)
{
	const struct lt_conv_node *node = &net->graph.conv[conv];
	struct lt_norm_layer *norm = &net->norm[conv];
	size_t at = (size_t)split * node->shape.out_c + k;
	double scale = net->params[node->gain + k] * inverse;

	norm->scale[at] = (lt_real)scale;
	norm->shift[at] = (lt_real)(net->params[node->bias + k] - scale * mean);
}

int lt_norm_forward(struct lt_network *net, int conv, enum lt_mode mode, struct lt_error *err)
{
	const struct lt_conv_node *node = &net->graph.conv[conv];
	struct lt_norm_layer *norm = &net->norm[conv];
	lt_real *running_mean = net->state + node->mean, *running_var = net->state + node->var;
	int channels = node->shape.out_c, range = 0, images, code;

	if (node->bare)
		return 0;
	if (mode == LT_EVAL) {
		for (int split = 0; split < net->splits; split++)
			for (int k = 0; k < channels; k++)
				set_affine(
					net, conv, split, k, running_mean[k],
					1 / sqrt((double)running_var[k] + net->graph.epsilon));
		return 0;
	}
	if ((code = range_sums(net, net->sums[conv], 2 * (size_t)channels, err)) != 0)
		return code;
	for (int split = 0; split < net->splits; split++) {
		const double *sum = split_sums(net, 2 * (size_t)channels, &range, &images);
		double count = (double)images * node->shape.out_h * node->shape.out_w;

		for (int k = 0; k < channels; k++) {
			size_t at = (size_t)split * channels + k;
			double mean = sum[k] / count;
			double var = sum[channels + k] / count - mean * mean;

			/* Rounding may make it negative.  NaN is kept. */
			if (var < 0)
				var = 0;
			norm->mean[at] = mean;
			norm->inverse[at] = 1 / sqrt(var + net->graph.epsilon);
			set_affine(net, conv, split, k, mean, norm->inverse[at]);
			if (mode == LT_TRAIN) {
				/* The mean over the splits; the unbiased variance. */
				double unbiased = count > 1 ? var * count / (count - 1) : var;
				double share = net->graph.momentum / net->splits;
				double keep = split == 0 ? 1 - net->graph.momentum : 1;

				running_mean[k] =
					(lt_real)(keep * running_mean[k] + share * mean);
				running_var[k] =
					(lt_real)(keep * running_var[k] + share * unbiased);
			}
		}
	}
	return 0;
}

/*
 * With x̂ = (y - mean) / σ and n elements a channel:
 *	gradient at gain = Σ g x̂,  at bias = Σ g,
 *	gradient at y = gain / σ × (g - Σ g / n - x̂ Σ g x̂ / n).
 */
int lt_norm_backward(struct lt_network *net, int conv, struct lt_error *err)
{
	const struct lt_conv_node *node = &net->graph.conv[conv];
	struct lt_norm_layer *norm = &net->norm[conv];
	int channels = node->shape.out_c, range = 0, images, code;

	if ((code = range_sums(net, net->sums[conv], 2 * (size_t)channels, err)) != 0)
		return code;
	for (int k = 0; k < channels; k++)
		net->grads[node->gain + k] = net->grads[node->bias + k] = 0;
	for (int split = 0; split < net->splits; split++) {
		const double *sum = split_sums(net, 2 * (size_t)channels, &range, &images);
		double count = (double)images * node->shape.out_h * node->shape.out_w;

		for (int k = 0; k < channels; k++) {
			size_t at = (size_t)split * channels + k;
			double inverse = norm->inverse[at], mean = norm->mean[at];
			double bias_grad = sum[k];
			double gain_grad = inverse * (sum[channels + k] - mean * sum[k]);
			double p = net->params[node->gain + k] * inverse;

			norm->p[at] = (lt_real)p;
			norm->q[at] = (lt_real)(-p * inverse * gain_grad / count);
			norm->r[at] =
				(lt_real)(p * (inverse * mean * gain_grad - bias_grad) / count);
			net->grads[node->gain + k] += (lt_real)gain_grad;
			net->grads[node->bias + k] += (lt_real)bias_grad;
		}
	}
	return 0;
}
