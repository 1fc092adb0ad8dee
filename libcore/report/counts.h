/*
 * Counts of rows, and figures that depend only on these counts.  The same functions serve
 * for a test set and for a bootstrap sample of it (report/bootstrap.h).
 *
 * With n_c rows of class c, r_c of them right and p_c rows predicted as c:
 *	accuracy            Σ r_c ÷ Σ n_c
 *	recall of c         r_c ÷ n_c; none where n_c is 0
 *	mean recall         of the classes that have rows
 *	geometric mean      (Π recall)^(1/K) over the K classes that have rows, a recall
 *	                    of 0 counted as 1/(100 K) (Kim et al., DARP, NeurIPS 2020)
 * A figure that has no value is NaN.
 */
#ifndef LT_REPORT_COUNTS_H
#define LT_REPORT_COUNTS_H

#include <stdint.h>

#include "base/error.h"

struct lt_counts {
	int classes;
	uint64_t total;			    /* rows, all with a label */
	uint64_t hits;			    /* correct rows */
	uint64_t none;			    /* rows without a prediction; they count as wrong */
	uint64_t *rows, *right, *predicted; /* for each class */
};

/* All counts are 0.  lt_counts_free is safe after a failure and on { 0 }. */
int lt_counts_new(struct lt_counts *counts, int classes, struct lt_error *err);
void lt_counts_clear(struct lt_counts *counts);
void lt_counts_free(struct lt_counts *counts);

/* A row: 0 ≤ label < classes, predicted a class or -1 for none. */
static inline void lt_counts_add(struct lt_counts *counts, int label, int predicted)
{
	counts->total++;
	counts->rows[label]++;
	if (predicted < 0) {
		counts->none++;
		return;
	}
	counts->predicted[predicted]++;
	counts->right[label] += label == predicted;
	counts->hits += label == predicted;
}

double lt_counts_accuracy(const struct lt_counts *counts);
double lt_counts_recall(const struct lt_counts *counts, int c);
/* Of the classes with group_of[c] == group; group_of NULL: of all. */
double lt_counts_mean_recall(const struct lt_counts *counts, const uint8_t *group_of,
			     int group);
double lt_counts_geometric(const struct lt_counts *counts);

#endif
