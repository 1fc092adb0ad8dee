/*
 * How good features are without training anything on them: the accuracy of a
 * vote among the nearest neighbours in a bank of labelled features.
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
	const int32_t *label; /* n; rows with -1 are left out */
};

struct lt_knn_result {
	uint64_t rows, right; /* queries with a label, and those whose vote was right */
	uint64_t bank;	      /* rows of the bank with a label */
};

/*
 * Votes on every labelled query.  k is cut to the bank's size.  Equal
 * similarities: the earlier row of the bank is nearer; equal votes: the lower
 * class wins.  Rows whose features are zero or not finite count as similarity 0 to
 * all.  Labels are < classes.  The result does not depend on anything but the
 * arguments.  LT_DATA where queries or bank have no labelled row.
 */
int lt_knn(const struct lt_knn_features *bank, const struct lt_knn_features *query, int dims,
	   int classes, int k, double temperature, struct lt_knn_result *out,
	   struct lt_error *err);

#endif
