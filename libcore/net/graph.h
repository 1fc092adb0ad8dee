/*
 * What a network is, before it has memory: convolutions, each with a batch
 * norm above it, and activations.  An architecture is a function that adds
 * them one after another and a line in the table of arch.c.
 *
 * Activation 0 is the input image.  Every other one is
 *
 *	max(0, batch norm(convolution) + shortcut)
 *
 * over one convolution of its own, where the shortcut may be another
 * convolution with its batch norm; or the largest of 3×3 pixels of that, with
 * stride 2.  The mean over the last activation's pixels feeds the head.
 *
 * Weights live in one vector of parameters (so that one call decays, saves or
 * reduces all), batch norm's running statistics in one vector of state.
 */
#ifndef LT_NET_GRAPH_H
#define LT_NET_GRAPH_H

#include "kernel/kernel.h"

#define LT_RANGE                                                                               \
	16 /* images a sum over the batch is first taken over (design: fixed ranges)           \
	    */
#define LT_MAX_CONVS 256
#define LT_MAX_GRADIENTS (LT_MAX_CONVS + 2)

enum lt_head_kind {
	LT_HEAD_LINEAR, /* fc.weight [classes][features], fc.bias */
	LT_HEAD_COSINE, /* fc.weight [features][classes]: scale × cosine (LDAM's NormedLinear)
			 */
	LT_HEAD_MLP,	/* MoCo v2's projection: fc.0, ReLU, fc.2 */
};

/* What a convolution's pass back does with gradients, which lie in numbered buffers. */
struct lt_route {
	int from;	       /* read: at the batch norm above */
	int to;		       /* left: at the activation below; -1: that is the image */
	enum lt_skip add_kind; /* as in struct lt_in_grad: over a shortcut, or LT_SKIP_SAME and
				  left by the pass of another convolution */
	int add;	       /* may be `to` */
	bool partial;	       /* another pass adds to it */
};

struct lt_conv_node {
	char name[48], bn[48]; /* as in the state_dict: "layer1.0.conv1", "layer1.0.bn1" */
	int in;		       /* activation it reads */
	int act;	       /* the activation over it, or at the end of the shortcut it is */
	struct lt_route route;
	struct lt_conv_shape shape;
	size_t weight, gain, bias; /* offsets in the parameters */
	size_t mean, var;	   /* offsets in the state */
};

struct lt_act_node {
	int conv;    /* -1: the input image */
	bool pooled; /* 3×3, stride 2: half as high and wide as the convolution's output */
	int h, w, c;
	enum lt_skip skip_kind;
	int skip; /* the activation at the shortcut's beginning; of a projection its convolution
		   */
	int conv_readers, skip_readers;
	int first_reader; /* the convolution whose pass forward makes it */
	int skip_reader;  /* activation at the end of the shortcut that begins here, or -1 */
	bool stored;	  /* kept in memory: pooled, or something reads it besides one
			     convolution's pass forward */
	int gradient;	  /* the buffer of the gradient at it */
};

/* A parameter as the outside knows it. */
struct lt_param {
	char name[64];
	size_t offset, size;
	struct lt_shape shape; /* PyTorch's */
	int conv;  /* its convolution's number when it is in the master layout, else -1 */
	bool head; /* belongs to the head: --init leaves it out */
};

struct lt_graph {
	int h, w, c;
	struct lt_conv_node conv[LT_MAX_CONVS];
	int n_convs;
	struct lt_act_node act[LT_MAX_CONVS + 1];
	int n_acts;
	int out;				/* the activation that feeds the head */
	size_t gradient_size[LT_MAX_GRADIENTS]; /* of buffers: elements an image */
	int n_gradients;
	int features;

	enum lt_head_kind head;
	int classes; /* outputs of the head */
	int hidden;  /* of an MLP head */
	size_t head_weight, head_bias, head_weight2, head_bias2;

	struct lt_param param[3 * LT_MAX_CONVS + 4];
	int n_params;
	size_t params;	 /* elements of the parameter vector, all parts aligned to 16 */
	size_t state;	 /* elements of the state vector */
	char error[128]; /* why building failed, or "" */
};

/* Begins a graph on images of that size. */
void lt_graph_begin(struct lt_graph *graph, int h, int w, int c);
/* A convolution over activation `in`; returns its number. */
int lt_graph_conv(struct lt_graph *graph, const char *name, const char *bn, int in, int out_c,
		  int size, int stride);
/*
 * The activation over a convolution; skip: the shortcut's activation, which a
 * convolution reads already, or a projection's convolution, or -1.  Returns its number.
 */
int lt_graph_act(struct lt_graph *graph, int conv, enum lt_skip kind, int skip);
/* The same without a shortcut, pooled: max(0, batch norm(convolution)), then the largest of 3×3
 * pixels with stride 2. */
int lt_graph_max_act(struct lt_graph *graph, int conv);
/*
 * Ends it: the last activation and the head; hidden 0 makes an MLP as wide as the features.
 * LT_DATA with a reason when it cannot be built.
 */
int lt_graph_end(struct lt_graph *graph, int out, enum lt_head_kind head, int classes,
		 int hidden, struct lt_error *err);

/* The way back, for lt_graph_end; false where a gradient would be read before it is whole. */
bool lt_graph_routes(struct lt_graph *graph);

/* Learnt numbers, without what alignment adds: 464,154 for ResNet-32 with 10 classes. */
size_t lt_graph_parameters(const struct lt_graph *graph);

/* A family of architectures builds the body of a graph and returns its last activation. */
struct lt_arch {
	const char *name;
	int (*build)(struct lt_graph *graph, const struct lt_arch *arch);
	int blocks[4]; /* residual blocks a stage */
	int stages, width;
	bool bottleneck;
};

extern const struct lt_arch lt_archs[];	   /* ends with a NULL name */
extern const char *const lt_arch_names[];  /* for the option table, NULL-terminated */
extern const char *const lt_archs_later[]; /* named by the design, not in this version */
const struct lt_arch *lt_arch_find(const char *name); /* NULL: none */

/* arch, input size and head together. */
int lt_graph_build(struct lt_graph *graph, const char *arch, int h, int w, int c,
		   enum lt_head_kind head, int classes, int hidden, struct lt_error *err);

int lt_arch_resnet_cifar(struct lt_graph *graph, const struct lt_arch *arch);
int lt_arch_resnet_large(struct lt_graph *graph, const struct lt_arch *arch);

#endif
