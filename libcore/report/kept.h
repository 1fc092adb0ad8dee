/*
 * The data kept of each labelled row for figures that need more than counts: the label, the
 * predictions of one or two models, and optionally the logits of all classes.  This takes 12
 * bytes a row, and 4 bytes for each logit; probabilities are computed when needed.
 */
#ifndef LT_REPORT_KEPT_H
#define LT_REPORT_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "report/ranking.h"

#define LT_KEPT_BLOCK 1024 /* rows whose logits are in one block */

struct lt_kept {
	int classes;
	bool with_scores;
	uint64_t n, room;
	int32_t *label, *predicted, *other; /* predictions: -1 for none */
	float **block;			    /* of LT_KEPT_BLOCK rows × classes */
	uint64_t blocks, block_room;
	bool not_finite; /* some row has logits that are not finite */
	/* After lt_kept_sort: the rows of class c are those from start[c] to start[c + 1]. */
	uint64_t *start;
};

void lt_kept_init(struct lt_kept *kept, int classes, bool with_scores);
/* logits: classes of them, read only with scores.  LT_DATA above 2^32 - 1 rows. */
int lt_kept_add(struct lt_kept *kept, int label, int predicted, int other, const float *logits,
		struct lt_error *err);
/*
 * For each of the n rows, the softmax probability of class c and whether the row belongs to
 * that class.  Call it before lt_kept_sort.
 */
void lt_kept_scores(const struct lt_kept *kept, int c, const double *largest, const double *sum,
		    struct lt_scored *out);
/* The largest logit of a row and Σ exp(logit - largest), from which these probabilities are
 * computed. */
void lt_kept_softmax(const struct lt_kept *kept, uint64_t row, double *largest, double *sum);
/* Sorts the rows by class, keeping the order within a class.  Drops the scores. */
int lt_kept_sort(struct lt_kept *kept, struct lt_error *err);
void lt_kept_free(struct lt_kept *kept); /* after lt_kept_init, or of { 0 } */

#endif
