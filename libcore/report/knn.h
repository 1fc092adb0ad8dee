/*
 * The quality of features without training: the accuracy of a vote among the
 * nearest neighbours in a bank of labelled features.
 *
 * Similarity is the cosine; each of the k nearest votes for its class with
 * weight exp(similarity / temperature) (Wu et al., CVPR 2018; k = 200 and
 * temperature 0.1 as MoCo's small-image recipe has it).
 */
#ifndef LT_REPORT_KNN_H
#define LT_REPORT_KNN_H

#include <stdint.h>

#include "base/error.h"

#define LT_KNN_NEIGHBOURS 200
#define LT_KNN_TEMPERATURE 0.1

struct lt_knn_features {
	uint64_t n;
	const float *feature; /* n × dims, of any length */
	const int32_t *label; /* n; rows with -1 are omitted */
};

struct lt_knn_result {
	uint64_t rows, right; /* queries with a label, and those with a correct vote */
	uint64_t bank;	      /* rows of the bank with a label */
};

/*
 * Votes on every labelled query.  k is limited to the size of the bank.  Among equal
 * similarities, the earlier row of the bank is nearer; among equal votes, the lower
 * class wins.  Rows whose features are zero or not finite have similarity 0 to all
 * others.  Labels are < classes.  The result depends only on the arguments.  LT_DATA
 * if the queries or the bank have no labelled row.
 */
int lt_knn(const struct lt_knn_features *bank, const struct lt_knn_features *query, int dims,
	   int classes, int k, double temperature, struct lt_knn_result *out,
	   struct lt_error *err);

#endif
