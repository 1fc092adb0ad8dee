/*
 * How well a score separates the rows of one class from all others (one against the rest).
 *
 * AUROC is the Mann-Whitney statistic: over all pairs of a row of the class and another row,
 * the share in which the former has the higher score; ties count one half (Hanley &
 * McNeil, Radiology 143, 1982).  It is counted in integers, so only the division rounds.
 *
 * AUPRC is average precision, Σ (R_k - R_(k-1)) P_k over the thresholds from the highest score
 * down, rows of equal scores being one threshold: scikit-learn's average_precision_score.
 * There is no interpolation, because linear interpolation is too optimistic (Davis &
 * Goadrich, ICML 2006).
 */
#ifndef LT_REPORT_RANKING_H
#define LT_REPORT_RANKING_H

#include <stdbool.h>
#include <stdint.h>

struct lt_scored {
	double score; /* finite */
	bool positive;
};

struct lt_ranking {
	double auroc; /* NaN without rows of the class or without others */
	double auprc; /* NaN without rows of the class; 1 without others */
	uint64_t positives;
};

/* Sorts the rows (n < 2^32 of them): O(n log n). */
void lt_rank(struct lt_scored *rows, uint64_t n, struct lt_ranking *out);

#endif
