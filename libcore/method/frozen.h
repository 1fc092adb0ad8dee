/*
 * A model with a frozen encoder: the features of rows, the head in double, and the conversion
 * back to a complete model with another head.
 */
#ifndef LT_METHOD_FROZEN_H
#define LT_METHOD_FROZEN_H

#include "base/pool.h"
#include "net/model.h"

/* The features of rows.  { 0 } with a width and classes is empty. */
struct lt_features {
	const char *name; /* of the input, for messages; not owned */
	int width, classes, views;
	uint64_t n, room;
	float *feature; /* n × views × width */
	float *logits;	/* n × classes: of view 0, by the model's own head */
	int32_t *label; /* n, each 0 … classes - 1 */
};

/*
 * Sets a view of row i; if i is n, the table grows by a row.  LT_DATA for numbers that are not
 * finite, and for a label outside the classes; the message names the row.
 */
int lt_features_put(struct lt_features *rows, uint64_t i, int view, int label,
		    const float *feature, const float *logits, struct lt_error *err);
/* The number of rows of each class; counts has room for all classes. */
void lt_features_counts(const struct lt_features *rows, uint64_t *counts);
void lt_features_free(struct lt_features *rows);

/* A head that methods can change. */
struct lt_classifier {
	enum lt_head_kind kind; /* linear or cosine */
	int features, classes;
	double scale;	/* of a cosine head */
	double *weight; /* features × classes */
	double *bias;	/* classes; 0 in a cosine head */
};

/*
 * Reads the head that predicts from a graph's parameters.  LT_DATA, with the input's name, if a
 * number is not finite.
 */
int lt_classifier_read(struct lt_classifier *head, const struct lt_graph *graph,
		       const lt_real *params, const char *name, struct lt_error *err);
/*
 * Writes the head to the parameters of a graph where one of its kind predicts.  LT_FALSE if a
 * number is not finite.
 */
int lt_classifier_write(const struct lt_classifier *head, const struct lt_graph *graph,
			lt_real *params, struct lt_error *err);
void lt_classifier_free(struct lt_classifier *head);

/* p[i × classes + c] = w_c·x_i for n rows; no bias. */
void lt_classifier_products(const struct lt_classifier *head, struct lt_pool *pool,
			    const float *const *x, int n, double *p);

/* A model's tensors and its head.  { 0 } is empty. */
struct lt_frozen {
	struct lt_graph *graph;
	lt_real *params, *state; /* of the graph */
	struct lt_classifier head;
};

/*
 * LT_DATA if tensors are missing, misshapen or, in the head, not finite; LT_USAGE for a
 * network that this version does not support.
 */
int lt_frozen_read(struct lt_frozen *frozen, const struct lt_model *model,
		   struct lt_error *err);
/*
 * Makes graph and parameters those of the current head; those of the encoder are moved but not
 * changed.
 */
int lt_frozen_take_head(struct lt_frozen *frozen, const struct lt_model *model,
			struct lt_error *err);
void lt_frozen_free(struct lt_frozen *frozen);

#endif
