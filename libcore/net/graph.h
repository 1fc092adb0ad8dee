/*
 * The structure of a network, without its memory: convolutions, each with a batch norm, and
 * activations.  An architecture is a function that adds them in order, and a line in the
 * table of arch.c.
 *
 * Activation 0 is the input image.  Each other one is
 *
 *	max(0, batch norm(convolution) + shortcut)
 *
 * of its own convolution, where the shortcut can be another convolution with its batch norm;
 * or 3×3 max pooling of that, with stride 2.  The mean over the pixels of the last activation,
 * the features, is the input of the heads.
 *
 * Networks that apply batch norm and ReLU before a convolution (pre-activation) need more.  The
 * output y of a convolution can be a sum, of the convolution and an earlier y; it then has the
 * batch norm of the activation that follows.  A convolution can read y itself, without batch
 * norm and ReLU (lt_graph_raw); and it can have no batch norm, if only a sum reads it.
 *
 * Weights are stored in one vector of parameters (so one call decays, saves or reduces all of
 * them), and the running statistics of batch norm in one vector of state.
 */
#ifndef LT_NET_GRAPH_H
#define LT_NET_GRAPH_H

#include "kernel/kernel.h"

/* The most images of a range; sums over a batch are taken within ranges first. */
#define LT_RANGE 16
#define LT_MAX_CONVS 256
#define LT_MAX_GRADIENTS (2 * LT_MAX_CONVS + 2)

#define LT_HEAD_PARTS 5 /* the largest number of parameters of a head */

/* Each kind is the object lt_head_… of its file; see net/head.h. */
#define LT_HEADS(X)                                                                            \
	X(LT_HEAD_LINEAR, linear)                                                              \
	X(LT_HEAD_COSINE, cosine)                                                              \
	X(LT_HEAD_MLP, mlp)                                                                    \
	X(LT_HEAD_MLP_NORM, mlp_norm)                                                          \
	X(LT_HEAD_PROTOTYPES, prototypes)                                                      \
	X(LT_HEAD_IDENTITY, identity)

#define LT_HEAD_ENUM(kind, head) kind,
enum lt_head_kind { LT_HEADS(LT_HEAD_ENUM) LT_HEAD_KINDS };

/*
 * A head: from the features to outputs.  Callers describe it by the first members; the graph
 * adds the others.
 */
struct lt_head {
	char name[LT_MAX_HEAD_NAME + 1]; /* prefix of its tensors' names, different for each
					    head */
	enum lt_head_kind kind;
	int outputs; /* of LT_HEAD_IDENTITY: any, the graph sets it */
	/* Width of the hidden layer, and of the vector of a head with prototypes, whose outputs
	   are more; 0: as wide as the features. */
	int hidden;
	double scale; /* factor of a cosine head's cosines; 0 means 1 */
	bool stop;    /* no gradient from it reaches the encoder */

	int first_param; /* number of its first parameter in the graph */
	int n_params;
	size_t at[LT_HEAD_PARTS]; /* offsets of its parameters, in the order of its file */
};

/* The one head of an ordinary network, as a list of one. */
#define LT_FC(of_kind, n) (&(struct lt_head){.name = "fc", .kind = (of_kind), .outputs = (n)})

/*
 * How the backward pass of a convolution reads and writes gradients, which are in numbered
 * buffers.
 */
struct lt_route {
	int from; /* read: the gradient at the batch norm above */
	int to;	  /* written: the gradient at the activation below; -1: that is the image */
	enum lt_skip add_kind; /* as in struct lt_in_grad: of a shortcut; or LT_SKIP_SAME for
				  a gradient that another convolution's pass has written */
	int add;	       /* can equal `to` */
	bool partial;	       /* another pass adds to the result */
	/*
	 * If y has readers other than its batch norm: the buffer with the gradient at y,
	 * which is complete before this convolution's pass; -1: not stored.
	 */
	int sum;
	bool sum_adds; /* the buffer already holds the gradient from the other readers */
};

struct lt_conv_node {
	char name[48], bn[48]; /* as in the state_dict: "layer1.0.conv1", "layer1.0.bn1" */
	bool bare;	       /* no batch norm; only a sum reads its y */
	int add;	       /* the convolution whose y is added to make this one's, or -1 */
	bool added;	       /* another convolution adds its y */
	int in;		       /* activation it reads */
	int act; /* its activation or, for a projection, the activation at the end of the
		    shortcut; if bare, the one of the sum */
	struct lt_route route;
	struct lt_conv_shape shape;
	size_t weight, gain, bias; /* offsets in the parameters */
	size_t mean, var;	   /* offsets in the state */
};

struct lt_act_node {
	int conv;    /* -1: the input image */
	bool raw;    /* y of the convolution itself */
	bool pooled; /* 3×3, stride 2: half as high and wide as the convolution's output */
	int h, w, c;
	enum lt_skip skip_kind;
	int skip; /* the activation at the start of the shortcut; for a projection, its
		   * convolution
		   */
	int conv_readers, skip_readers;
	int first_reader; /* the convolution whose forward pass computes it */
	int skip_reader;  /* activation at the end of the shortcut that starts here, or -1 */
	bool stored;	  /* kept in memory, because it is pooled or has more readers than the
			     forward pass of one convolution */
	int gradient;	  /* the buffer of its gradient */
};

/* A parameter in its external form. */
struct lt_param {
	char name[64];
	size_t offset, size;
	struct lt_shape shape; /* PyTorch's */
	int conv;  /* number of its convolution if it is in the master layout, else -1 */
	bool head; /* belongs to a head, which --init does not load */
};

enum lt_init { LT_INIT_FAN_IN, LT_INIT_TORCHVISION, LT_INIT_WIDE };

struct lt_graph {
	int h, w, c;
	struct lt_conv_node conv[LT_MAX_CONVS];
	int n_convs;
	struct lt_act_node act[LT_MAX_CONVS + 1];
	int n_acts;
	int out; /* the activation that is the input of the head */
	/* These may be changed until lt_graph_end. */
	enum lt_init init;			/* of the weights: lt_network_init */
	double slope;				/* of every ReLU, for negative values */
	double epsilon, momentum;		/* of batch norm; a running statistic becomes
						   (1 - momentum) of itself + momentum × the batch's */
	size_t gradient_size[LT_MAX_GRADIENTS]; /* of each buffer: elements per image */
	int n_gradients;
	int features;

	struct lt_head head[LT_MAX_HEADS];
	int n_heads;
	int predicts; /* number of the head whose outputs are the predictions */

	struct lt_param param[3 * LT_MAX_CONVS + LT_HEAD_PARTS * LT_MAX_HEADS];
	int n_params;
	size_t params;	 /* elements of the parameter vector, all parts aligned to 16 */
	size_t state;	 /* elements of the state vector */
	char error[128]; /* why the graph is invalid, or "" */
};

/* Starts a graph for images of this size, with ReLU and PyTorch's constants of batch norm. */
void lt_graph_begin(struct lt_graph *graph, int h, int w, int c);
/* Adds a convolution of activation `in`; returns its number. */
int lt_graph_conv(struct lt_graph *graph, const char *name, const char *bn, int in, int out_c,
		  int size, int stride);
/*
 * Adds the activation of a convolution; returns its number.  skip: the activation of the
 * shortcut, which a convolution must already read, or the convolution of a projection, or -1.
 */
int lt_graph_act(struct lt_graph *graph, int conv, enum lt_skip kind, int skip);
/* Adds a convolution without batch norm, for lt_graph_add. */
int lt_graph_bare_conv(struct lt_graph *graph, const char *name, int in, int out_c, int size,
		       int stride);
/* Adds y of an earlier convolution, which no other sum reads, to y of this one. */
void lt_graph_add(struct lt_graph *graph, int conv, int add);
/* Adds an activation that equals y of a convolution, which must have a batch norm. */
int lt_graph_raw(struct lt_graph *graph, int conv);
/*
 * The same without a shortcut but pooled: max(0, batch norm(convolution)), then 3×3 max
 * pooling with stride 2.
 */
int lt_graph_max_act(struct lt_graph *graph, int conv);
/*
 * Completes the graph with its last activation and its heads, of which the first one predicts,
 * unless the caller then changes `predicts`.
 * LT_DATA, with a reason, if the graph is invalid.
 */
int lt_graph_end(struct lt_graph *graph, int out, const struct lt_head *heads, int n,
		 struct lt_error *err);

/*
 * Plans the backward pass, for lt_graph_end; false if a gradient would be read before it is
 * complete.
 */
bool lt_graph_routes(struct lt_graph *graph);

/* The convolution whose batch norm has this parameter as its last one, or -1. */
int lt_graph_norm_end(const struct lt_graph *graph, int param);

/* The number of parameters, without padding: 464,154 for ResNet-32 with 10 classes. */
size_t lt_graph_parameters(const struct lt_graph *graph);

/* A family of architectures builds the body of a graph and returns its last activation. */
struct lt_arch {
	const char *name;
	int (*build)(struct lt_graph *graph, const struct lt_arch *arch);
	int blocks[4]; /* residual blocks of each stage */
	int stages, width;
	bool bottleneck;
};

extern const struct lt_arch lt_archs[];	  /* ends with a NULL name */
extern const char *const lt_arch_names[]; /* for the option table, NULL-terminated */
const struct lt_arch *lt_arch_find(const char *name); /* NULL: none */

/* Builds a graph from architecture, input size and heads. */
int lt_graph_build(struct lt_graph *graph, const char *arch, int h, int w, int c,
		   const struct lt_head *heads, int n, struct lt_error *err);

/* The number of outputs of the head that predicts. */
static inline int lt_graph_classes(const struct lt_graph *graph)
{
	return graph->head[graph->predicts].outputs;
}

int lt_arch_resnet_cifar(struct lt_graph *graph, const struct lt_arch *arch);
int lt_arch_resnet_large(struct lt_graph *graph, const struct lt_arch *arch);
int lt_arch_wide_resnet(struct lt_graph *graph, const struct lt_arch *arch);

#endif
