/* Private to the files of a network. */
#ifndef LT_NET_NETWORK_PRIVATE_H
#define LT_NET_NETWORK_PRIVATE_H

#include "base/team.h"
#include "net/head.h"
#include "net/network.h"

struct lt_range {
	int first, n, split;
};

/* The batch norm of one convolution for the current batch; arrays are [split][channel]. */
struct lt_norm_layer {
	lt_real *scale, *shift; /* value = scale y + shift */
	lt_real *p, *q, *r;	/* gradient at y = p g + q y + r */
	double *mean, *inverse; /* batch statistics: mean, 1 / sqrt(variance + ε) */
};

/* Addresses of the cells of image 0, for each convolution and activation. */
struct lt_places {
	const lt_real *input;
	lt_cells *raw[LT_MAX_CONVS];	   /* y */
	lt_cells *value[LT_MAX_CONVS + 1]; /* z of stored activations */
};

/* An allocation; or parts, each of which the worker clears that has it in a pass. */
struct lt_block {
	void *memory;
	int parts;   /* 0: cleared already */
	size_t size; /* of a part in bytes */
	bool images; /* the parts are the images of a batch */
};

enum { LT_MAX_SHARED = 64 }; /* a ResNet needs 4 */

/* Buffers that several planes have in turn, planes.c. */
struct lt_shared {
	int n;
	size_t cells[LT_MAX_SHARED]; /* of an image; 0: not used */
	/* The buffer of each y and of each stored activation; -1: it has memory of its own. */
	int raw[LT_MAX_CONVS], value[LT_MAX_CONVS + 1];
};

/* The memory of a head, see struct lt_head_pass. */
struct lt_head_memory {
	lt_real *output, *row, *row_back, *once;
};

struct lt_network {
	struct lt_graph graph;
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	struct lt_team *team; /* NULL: this process alone */
	int max_batch, max_splits;
	size_t channels; /* of the convolution with the most */
	bool learns, infers, recomputes;
	bool prepared; /* with infers: weight and norm have been computed from params and
			  state */
	enum lt_precision precision;

	lt_real *params, *momentum, *grads, *state;
	lt_real *spare_grads; /* of a backward pass, to be added to grads or discarded */
	lt_real *image_grad;
	/*
	 * In the layout of the kernels: of each convolution, for the passes in one direction;
	 * or, with one_weight, a buffer that all convolutions have in turn, each for its pass.
	 */
	lt_real *weight[LT_MAX_CONVS];
	bool one_weight;
	lt_real *
		part[2]; /* [range][part_size]: weight gradients of even and odd convolutions */
	size_t part_size;

	lt_real *input;
	struct lt_places batch;	 /* all layers at once */
	struct lt_places *depth; /* of each worker, for its current group of images */
	int group;		 /* images that a worker runs through all layers */
	struct lt_shared shared;
	lt_cells *shared_memory[LT_MAX_SHARED];
	lt_real *sums[LT_MAX_CONVS]; /* [image][2][channel], for both directions */
	struct lt_norm_layer norm[LT_MAX_CONVS];
	lt_cells *gradient[LT_MAX_GRADIENTS]; /* buffers of the graph's routes */
	lt_real *ones, *zeros;		      /* for as many channels as there are */

	lt_real *feature, *feature_grad;
	bool given_features;   /* the last pass was of the heads alone */
	lt_real *feature_more; /* another head's share of feature_grad */
	struct lt_head_memory head[LT_MAX_HEADS];
	lt_real *head_part; /* [range][head_part_size], of one head after another */
	size_t head_part_size;

	lt_real **scratch, **head_room; /* of each worker */
	double *sum_tree;
	struct lt_range *range;
	int n_ranges;
	struct lt_share own;		/* the ranges of this rank */
	int parts;			/* work items are own ranges × parts */
	int n, splits;			/* of the current batch */
	struct lt_team_sum *weight_sum; /* of each convolution's gradient, with several ranks */
	lt_real *sum_room;		/* for these: as many as there are parameters */
	struct lt_block *block;		/* every allocation */
	int n_blocks;
};

/*
 * Allocates memory that is freed with the network; NULL if there is none.  lt_network_take
 * clears it.  lt_network_take_parts allocates parts of `size` bytes, which their workers clear
 * at the end of lt_network_new: on a machine with several memories, a part is then near the
 * worker that has it in every pass ("first touch", base/pool.h).
 */
void *lt_network_take(struct lt_network *net, size_t n, size_t size);
void *lt_network_take_parts(struct lt_network *net, int parts, size_t size, bool images);

enum { LT_CHUNK = 16384 }; /* elements of the parameter vector in a work item */

/* The number of elements of a convolution's output, and of an activation, of one image. */
static inline size_t lt_out_plane(const struct lt_conv_shape *shape)
{
	return (size_t)shape->out_h * shape->out_w * shape->out_c;
}

static inline size_t lt_act_plane(const struct lt_act_node *act)
{
	return (size_t)act->h * act->w * act->c;
}

/*
 * The images of a range of a batch of n.  One of 9 to 16 images is divided into two ranges: a
 * thread that has a part of a range reads twice what the gradients of weights and of inputs
 * share.  It depends on the batch alone, as results do.
 */
int lt_range_size(int n);
/* The number of ranges of such a batch. */
int lt_count_ranges(int n, int splits);
/* Divides the current batch. */
void lt_plan_batch(struct lt_network *net, int n, int splits);

/* The number of work items of an encoder's pass. */
static inline int lt_items(const struct lt_network *net)
{
	return net->own.n * net->parts;
}

/* The images of a work item: a part of a range. */
const struct lt_range *lt_item_images(const struct lt_network *net, int item, int *first,
				      int *n);
/* Converts the weights for all passes in this direction, unless there is one buffer. */
void lt_prepare_weights(struct lt_network *net, bool back);
/* The same for the pass of a convolution that follows, if there is one buffer. */
void lt_prepare_weight(struct lt_network *net, int conv, bool back);
/* Gathers rows of `size` bytes that each rank has of its own images. */
int lt_gather_images(struct lt_network *net, void *rows, size_t size, struct lt_error *err);
/* Whether the planes of a batch are too large to stay in the caches until they are read. */
bool lt_streams(const struct lt_network *net, size_t plane);

/*
 * Forward passes, passes.c.  An activation computed from the raw output of its convolution,
 * before any max pooling; scale and shift are those of the split.
 */
struct lt_operand lt_operand_made(const struct lt_network *net, const struct lt_places *at,
				  int act, int split);
/*
 * How a pass reads an activation; if it is stored, `makes` says whether this pass computes it.
 */
struct lt_operand lt_operand_of(const struct lt_network *net, const struct lt_places *at,
				int act, int split, bool makes);
/* Images first … first + n - 1 of the places. */
void lt_forward_conv(const struct lt_network *net, const struct lt_places *at, int conv,
		     int split, int first, int n, lt_real *sums, bool stream, lt_real *scratch);
/* The max pooling of the activation of a convolution. */
void lt_forward_max(const struct lt_network *net, const struct lt_places *at, int conv,
		    int split, int first, int n, lt_real *scratch);
/* The features of the images of the places, in order. */
void lt_forward_mean(const struct lt_network *net, const struct lt_places *at, int split,
		     int first, int n, lt_real *feature, lt_real *scratch);

/*
 * planes.c.  backward: a backward pass needs all planes, but lt_recompute computes some again
 * before it, and these share memory: y of a convolution that only its batch norm and one stored
 * activation read, like the last one of a block.  Otherwise all planes share memory.  false:
 * too many are needed at once.
 */
bool lt_share_planes(struct lt_shared *shared, const struct lt_graph *g, bool backward);
/* Computes again, to the same bits, y below an activation where it is gone; forward.c. */
void lt_recompute(struct lt_network *net, int act);

/*
 * Inference of a network that does nothing else, depth.c: lt_depth_new returns false without
 * memory, lt_depth_forward computes the features of this rank's images.
 */
bool lt_depth_new(struct lt_network *net);
void lt_depth_forward(struct lt_network *net);

/* Batch norm, batch_norm.c. */
int lt_norm_forward(struct lt_network *net, int conv, enum lt_mode mode, struct lt_error *err);
int lt_norm_backward(struct lt_network *net, int conv, struct lt_error *err);

/* The heads, head.c.  False: no memory. */
bool lt_head_new(struct lt_network *net, int ranges);
void lt_heads_forward(struct lt_network *net);
/*
 * Computes the gradients of all heads' parameters and of the features; false: the latter
 * are 0.
 */
bool lt_heads_backward(struct lt_network *net, const lt_real *const grads[]);
size_t lt_head_room(
	const struct lt_graph *graph); /* elements of a worker's room, initially zeros */

/*
 * For the heads' files.  y = alpha x W for n rows, at most LT_RANGE.  The product in `room`
 * always has LT_RANGE rows; the contents of those after n do not matter.  transpose: W is
 * out × in.
 */
void lt_head_product(lt_real *room, const lt_real *x, int n, int in, bool transpose,
		     const lt_real *w, int out, lt_real alpha, lt_real *y);
/* y = x Wᵀ + b; W is out × in. */
void lt_head_dense(lt_real *room, const lt_real *x, int n, int in, const lt_real *w,
		   const lt_real *b, int out, lt_real *y);
/* dW = dyᵀ x, db = Σ dy, dx = dy W unless it is NULL. */
void lt_head_dense_back(const lt_real *x, int n, int in, const lt_real *w, int out,
			const lt_real *dy, lt_real *dw, lt_real *db, lt_real *dx);
/* The sum of the ranges' parts, in the fixed tree. */
const lt_real *lt_head_sum_parts(struct lt_network *net);
/* Copies the gradient of a parameter of a head to its place. */
void lt_head_take_grad(struct lt_network *net, const struct lt_head *head, int part,
		       const lt_real *from);

/*
 * head_mlp.c: the two layers of heads whose first parameters are those of an MLP, with this
 * number of outputs.  hidden and its gradient are those of the range, n × hidden; part is the
 * range's, of lt_mlp_part elements, and so is sum.
 */
enum { LT_MLP_WEIGHT, LT_MLP_BIAS, LT_MLP_WEIGHT_2, LT_MLP_BIAS_2, LT_MLP_PARAMS };
void lt_mlp_init(struct lt_network *net, const struct lt_head *head, uint64_t seed);
void lt_mlp_forward(const struct lt_head_pass *pass, const struct lt_range *range, int worker,
		    int outputs, lt_real *hidden, lt_real *to);
void lt_mlp_backward(const struct lt_head_pass *pass, const struct lt_range *range, int outputs,
		     const lt_real *hidden, const lt_real *grad, lt_real *hidden_grad,
		     lt_real *part);
size_t lt_mlp_part(const struct lt_graph *graph, const struct lt_head *head, int outputs);
void lt_mlp_take_grad(struct lt_network *net, const struct lt_head *head, int outputs,
		      const lt_real *sum);

/*
 * Initial weights, network_init.c.  A parameter is drawn in PyTorch's order of elements, so
 * a seed gives the same network for any layout in memory.  Normal with that standard
 * deviation, or uniform in ±spread.
 */
void lt_init_normal(struct lt_network *net, int param, uint64_t seed, double deviation);
void lt_init_uniform(struct lt_network *net, int param, uint64_t seed, double spread);

#endif
