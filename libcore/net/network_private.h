/* What the files of a network share. */
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

/* Where cells lie, those of image 0; a convolution's or an activation's. */
struct lt_places {
	const lt_real *input;
	lt_cells *raw[LT_MAX_CONVS];	   /* y */
	lt_cells *value[LT_MAX_CONVS + 1]; /* z of stored activations */
};

struct lt_network {
	struct lt_graph graph;
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	int max_batch, max_splits;
	bool learns, infers;
	bool prepared; /* infers: weight, and norm's maps, are those of params and state */
	enum lt_precision precision;
	double scale; /* of a cosine head */

	lt_real *params, *momentum, *grads, *state;
	lt_real *spare_grads; /* a pass back's that are added to grads, or not wanted */
	lt_real *image_grad;
	lt_real *weight[LT_MAX_CONVS],
		*weight_back[LT_MAX_CONVS]; /* as the kernels want them */
	lt_real *
		part[2]; /* [range][part_size]: weight gradients of even and odd convolutions */
	size_t part_size;

	lt_real *input;
	struct lt_places batch;	     /* of all layers at once */
	struct lt_places *depth;     /* a worker's, of a group of images: layers take turns */
	int group;		     /* images a worker takes through all layers */
	lt_real *sums[LT_MAX_CONVS]; /* [image][2][channel], for either direction */
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

/* Zeroed memory that lives as long as the network; NULL without. */
void *lt_network_take(struct lt_network *net, size_t n, size_t size);

enum { LT_CHUNK = 16384 }; /* elements of the parameter vector a work item takes */

/* Elements of an image's activation. */
static inline size_t lt_act_plane(const struct lt_act_node *act)
{
	return (size_t)act->h * act->w * act->c;
}

/* The images of a work item: a part of a range. */
const struct lt_range *lt_item_images(const struct lt_network *net, int item, int *first,
				      int *n);
/* Are a batch's planes too many for the caches that their reader looks into? */
bool lt_streams(const struct lt_network *net, size_t plane);

/*
 * Passes forward, passes.c.  An activation over its convolution's raw output,
 * before any max pooling; scale and shift are the split's.
 */
struct lt_operand lt_operand_made(const struct lt_network *net, const struct lt_places *at,
				  int act, int split);
/* How a reader gets an activation; where it is stored, `makes` says that this one makes it. */
struct lt_operand lt_operand_of(const struct lt_network *net, const struct lt_places *at,
				int act, int split, bool makes);
/* Images first … first + n - 1 of the places. */
void lt_forward_conv(const struct lt_network *net, const struct lt_places *at, int conv,
		     int split, int first, int n, lt_real *sums, bool stream, lt_real *scratch);
/* The max pooling of the activation over a convolution. */
void lt_forward_max(const struct lt_network *net, const struct lt_places *at, int conv,
		    int split, int first, int n, lt_real *scratch);
/* Features of the places' images, image 0's first. */
void lt_forward_mean(const struct lt_network *net, const struct lt_places *at, int split,
		     int first, int n, lt_real *feature, lt_real *scratch);

/* Running statistics known, depth.c: false without memory; features of the batch. */
bool lt_depth_new(struct lt_network *net);
void lt_depth_forward(struct lt_network *net);

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
