/*
 * Unlabelled rows that are test rows.  A model that learns from them gets better test
 * figures than it should.
 *
 * Exact copies have exactly the same features, because a network gives equal images equal
 * features.
 *
 * Near copies (the same picture compressed again, cropped, or in other colours) have nearly
 * the same features.  How near different pictures can be is learnt from the validation
 * rows, which are different pictures.  The distance from a row to the nearest other row is
 * d = sqrt(2 - 2 cosine).  Whatever its distribution F, the lower tail is F(d) ~ c d^D,
 * where D is the local dimension of the features.  Hill's estimator gives D from the m
 * smallest of n distances (Levina and Bickel, NIPS 2004):
 *
 *	1/D = mean over i < m of log(d_(m) ÷ d_(i))
 *
 * So the distance of a pair of different rows is below t with probability
 *
 *	m ÷ (n (n - 1)) × (t ÷ d_(m))^D
 *
 * The threshold is the t for which LT_NEAR_FALSE such pairs are expected among all pairs of
 * an unlabelled row and a test row; m is a tenth of n, but from 10 to 100.  With fewer than
 * LT_NEAR_LEAST validation rows there is no threshold, and only exact copies are found.
 * Validation rows with a neighbour nearer than LT_NEAR_SAME are copies themselves and are
 * left out.  Different pictures of one scene may be as near as copies.
 */
#ifndef LT_VERDICT_DUPLICATES_H
#define LT_VERDICT_DUPLICATES_H

#include "verdict/sample.h"

#define LT_NEAR_FALSE 0.1
#define LT_NEAR_LEAST 20
#define LT_NEAR_SAME 1e-3 /* of distances: rounding of float32 is below it */

struct lt_duplicates {
	size_t exact, near; /* unlabelled rows that are copies; near: but not exact */
	double cosine;	    /* near copies have at least this; NaN: not learnt */
};

/* width: the length of the feature vectors. */
int lt_duplicates_find(const struct lt_scored_rows *val, const struct lt_scored_rows *rows,
		       const struct lt_scored_rows *test, size_t width, struct lt_pool *pool,
		       struct lt_duplicates *found, struct lt_error *err);

/*
 * The threshold as a distance.  near: n distances to the nearest other row, sorted here;
 * pairs: the number of pairs that will be compared.  NaN if n is too small.
 */
double lt_duplicates_threshold(double *near, size_t n, double pairs);

#endif
