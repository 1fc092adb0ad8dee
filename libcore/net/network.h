/*
 * A network with its memory: parameters, activations and the static lists of fused forward and
 * backward passes.  Nothing is allocated after lt_network_new.
 *
 * A batch is divided into ranges of LT_RANGE images, one of at most LT_RANGE images into ranges
 * of half as many (the last one of a split can be shorter).
 * Work is divided by ranges or, if there are more threads than ranges, by parts of a range.
 * Sums over the batch are computed within each range in the order of the images and then over
 * the ranges in a fixed binary tree (base/team.h), so results do not depend on the threads.
 *
 * The ranks of a team share a batch: each runs the encoder on its own ranges, and batch norm's
 * sums, features and weight gradients are gathered or summed.  So every rank has the whole
 * batch's features, outputs and gradients, computes the heads, the loss and the update itself,
 * and has the same weights, which are those of one process.
 */
#ifndef LT_NET_NETWORK_H
#define LT_NET_NETWORK_H

#include "base/pool.h"
#include "base/team.h"
#include "net/graph.h"

/*
 * From this size on, the tensor of a batch is written with non-temporal stores during
 * training, because it would be evicted from the caches before it is read.
 */
#define LT_STREAM_BYTES ((size_t)4 << 20)

struct lt_network_config {
	const struct lt_graph *graph; /* copied */
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	struct lt_team *team; /* NULL: this process alone */
	int max_batch;
	int max_splits;		     /* splits of batch norm: 1 for ordinary batch norm */
	bool learns;		     /* allocate gradients and momentum */
	bool adds;		     /* also allow lt_network_backward_add */
	bool image_grad;	     /* also allow lt_network_image_grad */
	bool infers;		     /* only LT_EVAL: no layer has memory for a whole batch */
	enum lt_precision precision; /* of activations and their gradients */
	/*
	 * Keeps less between the passes, with the same results: outputs of the stem, of
	 * projections and of the last convolution of each block are computed again in the
	 * backward pass.
	 */
	bool recomputes;
};

struct lt_network;

/* LT_USAGE: the ranges of the largest batch cannot be shared equally among the ranks. */
int lt_network_new(struct lt_network **out, const struct lt_network_config *config,
		   struct lt_error *err);
void lt_network_free(struct lt_network *net);

const struct lt_graph *lt_network_graph(const struct lt_network *net);
int lt_network_max_batch(const struct lt_network *net);
enum lt_precision lt_network_precision(const struct lt_network *net);
struct lt_pool *lt_network_pool(const struct lt_network *net);
const struct lt_team *lt_network_team(const struct lt_network *net);
const struct lt_kernels *lt_network_kernels(const struct lt_network *net);
lt_real *lt_network_params(struct lt_network *net);   /* graph->params elements */
lt_real *lt_network_momentum(struct lt_network *net); /* the same, NULL unless config.learns */
lt_real *lt_network_grads(struct lt_network *net);    /* the same, after lt_network_backward */
lt_real *lt_network_state(
	struct lt_network *net); /* graph->state: running means and variances */

/*
 * PyTorch's initial weights as the authors use them: Kaiming normal (gain √2: He et al. 2015)
 * for convolutions; 1 and 0 for batch norm.  Small-image networks use fan-in, and draw the
 * weights of a linear head like those of a convolution.  Large-image networks
 * use fan-out (outputs × taps), as in torchvision, and a linear head is that of
 * torch.nn.Linear: weights and bias uniform in ±1/√inputs.  In all networks, this also applies
 * to the bias of a linear head and to an MLP head; a cosine head is uniform(-1, 1) with
 * columns scaled to norm 1.  Wide residual
 * networks are those of FixMatch's code (Sohn et al., NeurIPS 2020): fan-out for convolutions,
 * Glorot's normal (variance 2 / (inputs + outputs)) and a bias of 0 for a linear head.  Numbers
 * are Philox draws at (seed, LT_FOR_INIT, parameter).
 */
void lt_network_init(struct lt_network *net, uint64_t seed);

/* The input batch: images h × w × c, normalised, to be filled before forward. */
lt_real *lt_network_input(struct lt_network *net);
/*
 * The images that this rank runs of a batch like this (splits 1 for LT_EVAL): the others need
 * not be filled.
 */
struct lt_share lt_network_share(const struct lt_network *net, int n, int splits);

enum lt_mode {
	LT_TRAIN, /* batch statistics; running statistics are updated */
	LT_STATS, /* batch statistics; running statistics do not change */
	LT_EVAL,  /* running statistics */
};

/*
 * Runs n images.  splits > 1: batch norm uses the statistics of each of `splits` equal parts
 * of the batch (running statistics: their mean), as if each were on its own device; if there
 * are fewer images than splits, each image is a split.  This and the functions below fail only
 * where the ranks of a team cannot exchange their results.
 */
int lt_network_forward(struct lt_network *net, int n, int splits, enum lt_mode mode,
		       struct lt_error *err);
const lt_real *lt_network_features(const struct lt_network *net); /* n × graph->features */
/* Of a head of the graph: n × its outputs. */
const lt_real *lt_network_outputs(const struct lt_network *net, int head);

/*
 * Runs the heads alone, over features that the caller has written to
 * lt_network_given_features: n × graph->features.  A backward pass then computes the gradients
 * of the heads; those of the encoder are 0.
 */
void lt_network_forward_heads(struct lt_network *net, int n);
lt_real *lt_network_given_features(struct lt_network *net);

/*
 * Computes all gradients from those at the heads' outputs, after a forward pass in mode
 * LT_TRAIN or LT_STATS or of the heads.  grads has an entry for each head, n × its outputs, or
 * NULL: no gradient comes from that head, and that of its parameters is 0.  The encoder learns
 * from the sum over the heads, in their order, without those that stop the gradient.
 */
int lt_network_backward(struct lt_network *net, const lt_real *const grads[],
			struct lt_error *err);
/* The same, but adds to the existing gradients, for a step of several batches. */
int lt_network_backward_add(struct lt_network *net, const lt_real *const grads[],
			    struct lt_error *err);
/*
 * Computes only the gradient at the input (n images, h × w × c, of which this rank's are
 * valid: lt_network_share); lt_network_grads does not change.  *out is owned by the network.
 */
int lt_network_image_grad(struct lt_network *net, const lt_real *const grads[],
			  const lt_real **out, struct lt_error *err);

#endif
