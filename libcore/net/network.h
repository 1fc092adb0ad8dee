/*
 * A network with memory: parameters, activations and the static lists of fused
 * passes that run it forward and back.  Nothing is allocated after
 * lt_network_new.
 *
 * A batch is cut into ranges of LT_RANGE images (the last of a split may be
 * short).  Work is dealt out by ranges, and where there are more threads than
 * ranges by parts of a range; sums over the batch are taken per range in the
 * order of the images and then over the ranges in a fixed binary tree, so the
 * bytes of a result do not depend on the threads.
 */
#ifndef LT_NET_NETWORK_H
#define LT_NET_NETWORK_H

#include "base/pool.h"
#include "net/graph.h"

/* From this size on the tensor of a batch is written around the caches while a network learns:
 * it would have left them before its reader comes. */
#define LT_STREAM_BYTES ((size_t)4 << 20)

struct lt_network_config {
	const struct lt_graph *graph; /* copied */
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	int max_batch;
	int max_splits;		     /* split batch norm: 1 for the ordinary one */
	bool learns;		     /* gradients and momentum are wanted */
	bool adds;		     /* lt_network_backward_add too */
	bool image_grad;	     /* lt_network_image_grad too */
	bool infers;		     /* LT_EVAL alone: no layer has memory for a whole batch */
	double scale;		     /* of a cosine head */
	enum lt_precision precision; /* of activations and their gradients */
};

struct lt_network;

int lt_network_new(struct lt_network **out, const struct lt_network_config *config,
		   struct lt_error *err);
void lt_network_free(struct lt_network *net);

const struct lt_graph *lt_network_graph(const struct lt_network *net);
int lt_network_max_batch(const struct lt_network *net);
enum lt_precision lt_network_precision(const struct lt_network *net);
int lt_network_threads(const struct lt_network *net);
struct lt_pool *lt_network_pool(const struct lt_network *net);
lt_real *lt_network_params(struct lt_network *net);   /* graph->params elements */
lt_real *lt_network_momentum(struct lt_network *net); /* the same, NULL unless it learns */
lt_real *lt_network_grads(struct lt_network *net);    /* the same, after lt_network_backward */
lt_real *lt_network_state(
	struct lt_network *net); /* graph->state: running means and variances */

/*
 * PyTorch's initial weights as the authors use them: Kaiming normal (fan in,
 * gain √2: He et al. 2015) for convolutions and the linear head, batch norm 1
 * and 0, the linear bias uniform in ±1/√features; a cosine head uniform(-1, 1)
 * with columns of norm 1; an MLP head as torch.nn.Linear by default (uniform
 * ±1/√inputs).  Numbers are Philox draws at (seed, LT_FOR_INIT, parameter).
 */
void lt_network_init(struct lt_network *net, uint64_t seed, bool head_only);

/* The input batch: images h × w × c, normalised, to be filled before forward. */
lt_real *lt_network_input(struct lt_network *net);

/* Calls fill(arg, image) for every image of the batch on the workers. */
void lt_network_fill(struct lt_network *net, int n,
		     void (*fill)(void *arg, int image, int worker), void *arg);

enum lt_mode {
	LT_TRAIN, /* batch statistics; running statistics are updated */
	LT_STATS, /* batch statistics, running ones untouched */
	LT_EVAL,  /* running statistics */
};

/*
 * Runs n images.  splits > 1: batch norm's statistics are those of `splits`
 * equal shares of the batch (running statistics: their mean), as if each were
 * on a device of its own; where there are fewer images than splits, each image
 * is a split.
 */
void lt_network_forward(struct lt_network *net, int n, int splits, enum lt_mode mode);
const lt_real *lt_network_features(const struct lt_network *net); /* n × graph->features */
const lt_real *lt_network_outputs(
	const struct lt_network *net); /* n × graph->classes, the head's */

/*
 * Gradients of everything from those at the head's outputs (n × classes); after
 * a forward in mode LT_TRAIN or LT_STATS of the same n and splits.
 */
void lt_network_backward(struct lt_network *net, const lt_real *output_grad);
/* The same, added to the gradients that are there: for a step of several batches. */
void lt_network_backward_add(struct lt_network *net, const lt_real *output_grad);
/*
 * The gradient at the input (n images, h × w × c) instead; those of the
 * parameters are not made, and what is in lt_network_grads stays.  The network's
 * own memory.
 */
const lt_real *lt_network_image_grad(struct lt_network *net, const lt_real *output_grad);

/* One step of SGD over all parameters (paper section 3.3: decay on everything, no Nesterov). */
void lt_network_step(struct lt_network *net, double rate, double momentum, double decay);

/* params = m params + (1 - m) of, for momentum encoders and averages. */
void lt_network_average(struct lt_network *net, const struct lt_network *of, double m);

#endif
