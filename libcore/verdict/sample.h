/*
 * The rows that a verdict is about, and what is computed once for each row: its prediction,
 * its confidence, and how strange it is compared with the labelled rows.
 *
 * There are three measures of strangeness; larger values are stranger:
 *	distance    1 - cosine of the features and those of the k-th nearest validation row,
 *	            k = LT_STRANGE_NEAR (Sun et al., "Out-of-Distribution Detection with Deep
 *	            Nearest Neighbors", ICML 2022); a validation row is compared with the others
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

/* Rows are predicted by the model's logits, or by these minus the log of the training shares,
 * as by lt retrain --method adjust. */
enum lt_head { LT_HEAD_PLAIN, LT_HEAD_ADJUSTED, LT_HEADS };

/* Scores of n rows, all finite.  The caller owns the arrays. */
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
	uint32_t *order[LT_STRANGES]; /* rows, the strangest first; equal ones in row order */
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
 * Input: classes, width, train_counts and the rows of both sides.  LT_DATA if a class has no
 * validation row or a side is empty.  name: the validation rows' name in messages.  Call
 * lt_sample_free in any case.
 */
int lt_sample_derive(struct lt_sample *sample, const char *const *classes, const char *name,
		     struct lt_pool *pool, struct lt_error *err);
void lt_sample_free(struct lt_sample *sample);

#endif
