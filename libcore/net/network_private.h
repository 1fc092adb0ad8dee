/* What network.c, batch_norm.c and head.c share. */
#ifndef LT_NET_NETWORK_PRIVATE_H
#define LT_NET_NETWORK_PRIVATE_H

#include "net/network.h"

struct lt_range {
	int first, n, split;
};

/* Batch norm of one convolution in the current batch; arrays are [split][channel]. */
struct lt_norm_layer {
	lt_real *scale, *shift; /* value = scale y + shift */
	lt_real *p, *q, *r;	/* gradient at y = p g + q y + r */
	double *mean, *inverse; /* batch statistics: mean, 1 / sqrt(variance + ε) */
};

struct lt_network {
	struct lt_graph graph;
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	int max_batch, max_splits;
	bool learns;
	enum lt_precision precision;
	double scale; /* of a cosine head */

	lt_real *params, *momentum, *grads, *state;
	lt_real *weight[LT_MAX_CONVS],
		*weight_back[LT_MAX_CONVS];	 /* as the kernels want them */
	size_t part_at[LT_MAX_CONVS], part_size; /* a range's weight gradients */
	lt_real *part;				 /* [range][part_size] */

	lt_real *input;
	lt_cells *raw[LT_MAX_CONVS];	   /* y */
	lt_cells *value[LT_MAX_CONVS + 1]; /* z of stored activations */
	lt_real *sums[LT_MAX_CONVS];	   /* [image][2][channel], for either direction */
	struct lt_norm_layer norm[LT_MAX_CONVS];
	lt_cells *gradient[LT_MAX_GRADIENTS]; /* buffers of the graph's routes */

	lt_real *feature, *feature_grad, *output, *hidden, *hidden_grad, *unit, *column_norm;
	lt_real *head_part; /* [range][head_part_size] */
	size_t head_part_size;

	lt_real **scratch, **head_room; /* a worker's */
	double *sum_tree;
	struct lt_range *range;
	int n_ranges, parts; /* work items are ranges × parts */
	int n, splits;	     /* of the current batch */
	void **block;	     /* every allocation, for freeing */
	int n_blocks;
};

/* Batch norm, batch_norm.c.  ε and the running momentum are PyTorch's defaults. */
#define LT_BN_EPSILON 1e-5
#define LT_BN_MOMENTUM 0.1
void lt_norm_forward(struct lt_network *net, int conv, enum lt_mode mode);
void lt_norm_backward(struct lt_network *net, int conv);

/* The head, head.c. */
void lt_head_forward(struct lt_network *net);
void lt_head_backward(struct lt_network *net, const lt_real *output_grad);
size_t lt_head_room(const struct lt_graph *graph); /* elements a worker needs, zeros at first */
size_t lt_head_part_size(const struct lt_graph *graph); /* elements a range's gradients take */

/* sum[0] += … over n rows of k doubles in the fixed binary tree; the rows are overwritten. */
void lt_tree_sum(double *rows, int n, size_t k);

#endif
