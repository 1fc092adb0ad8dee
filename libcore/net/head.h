/*
 * The kinds of heads: their descriptions and functions.  A new kind is a file like
 * head_linear.c, a line in LT_HEADS (graph.h) and its parameters in head_types.c.
 */
#ifndef LT_NET_HEAD_H
#define LT_NET_HEAD_H

#include "net/network.h"

/* The memory that a head needs, in elements. */
struct lt_head_needs {
	size_t row;	 /* for each image, kept from the forward pass to the backward pass */
	size_t row_back; /* for each image, during the backward pass */
	size_t once;	 /* for any batch */
	size_t part;	 /* gradients of a range */
	size_t worker;	 /* of each worker, initially zeros */
};

/* A pass through a head for the current batch. */
struct lt_head_pass {
	struct lt_network *net;
	const struct lt_head *head;
	lt_real *output;		/* n × outputs; forward: written */
	lt_real *row, *row_back, *once; /* as in lt_head_needs, for the largest batch */
	const lt_real *output_grad;	/* backward: n × outputs */
	lt_real *feature_grad;		/* backward: n × features, written; NULL: not wanted */
};

/* The width of a dimension of a parameter. */
enum lt_head_width {
	LT_HEAD_NONE,
	LT_HEAD_OUTPUTS,
	LT_HEAD_FEATURES,
	LT_HEAD_HIDDEN,
	LT_HEAD_BEYOND, /* outputs - hidden */
};

/* The description of a kind, in head_types.c. */
struct lt_head_type {
	/*
	 * Name in a model's header; kinds that share it differ in mark.  NULL: a kind without
	 * parameters, which no model has.
	 */
	const char *wire;
	/*
	 * A tensor NAME.mark, whose number of elements is the width of the hidden layer;
	 * NULL: there is no hidden layer.
	 */
	const char *mark;
	bool scaled; /* outputs are cosines times the head's scale */
	/* Its parameters NAME.suffix, in the order of struct lt_head's `at`. */
	struct {
		const char *suffix; /* NULL: there are no more */
		enum lt_head_width dim[2];
	} param[LT_HEAD_PARTS];
};

extern const struct lt_head_type lt_head_types[]; /* by enum lt_head_kind */

/* The functions of a kind, one file each. */
struct lt_head_work {
	struct lt_head_needs (*needs)(const struct lt_graph *graph, const struct lt_head *head);
	/* Initial values; see lt_network_init. */
	void (*init)(struct lt_network *net, const struct lt_head *head, uint64_t seed);
	void (*forward)(struct lt_head_pass *pass);
	/* Writes the gradients of all its parameters, and feature_grad. */
	void (*backward)(struct lt_head_pass *pass);
};

extern const struct lt_head_work *const lt_head_works[]; /* by enum lt_head_kind */

#define LT_HEAD_DECLARE(kind, head) extern const struct lt_head_work lt_head_##head;
LT_HEADS(LT_HEAD_DECLARE)

#endif
