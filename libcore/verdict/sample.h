/*
 * The rows that a verdict is about, and what is derived from each once: its prediction, its
 * confidence, and how strange it is to the labelled rows.
 *
 * Strangeness is measured in three ways, and larger is stranger:
 *	distance    1 - cosine of the features to those of the k-th nearest validation row,
 *	            k = LT_STRANGE_NEAR (Sun et al., "Out-of-Distribution Detection with Deep
 *	            Nearest Neighbors", ICML 2022); of a validation row among the others
 *	energy      -log Σ_c exp z_c of the logits z (Liu et al., NeurIPS 2020)
 *	confidence  1 - the largest probability (Hendrycks and Gimpel, ICLR 2017)
 */
#ifndef LT_VERDICT_SAMPLE_H
#define LT_VERDICT_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/pool.h"

enum lt_strange { LT_STRANGE_DISTANCE, LT_STRANGE_ENERGY, LT_STRANGE_CONFIDENCE, LT_STRANGES };
extern const char *const lt_strange_names[LT_STRANGES];

#define LT_STRANGE_NEAR 5

/* How rows are predicted: by the model's logits, or by those less log of the training shares,
 * as lt retrain --method adjust does. */
enum lt_head { LT_HEAD_PLAIN, LT_HEAD_ADJUSTED, LT_HEADS };

/* Scores of n rows; the arrays are their owner's, and finite. */
struct lt_scored_rows {
	size_t n;
	const float *logits, *feature;
	const int32_t *label; /* of validation rows: 0 to classes - 1 */
};

/* One side of a sample. */
struct lt_side {
	struct lt_scored_rows rows;
	int32_t *predicted[LT_HEADS];
	float *confidence[LT_HEADS];
	float *strange[LT_STRANGES];
	uint32_t *order[LT_STRANGES]; /* rows from the strangest on, equal ones as they came */
};

struct lt_sample {
	int classes;
	size_t width;
	const uint64_t *train_counts; /* of the model, by class */
	uint64_t *val_counts;
	double *val_share, *train_share; /* by class, none 0 */
	struct lt_side val, pool;	 /* validation rows, unlabelled rows */
};

/*
 * In: classes, width, train_counts and both sides' rows.  LT_DATA where a class has no
 * validation row or a side is empty; name: how messages call the validation rows.
 * lt_sample_free in any case.
 */
int lt_sample_derive(struct lt_sample *sample, const char *const *classes, const char *name,
		     struct lt_pool *pool, struct lt_error *err);
void lt_sample_free(struct lt_sample *sample);

#endif
