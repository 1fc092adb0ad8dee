/*
 * Unlabelled rows that are test rows: what is learnt from them makes the test's figures too
 * good.
 *
 * Exact copies have the same features to the last bit: the network that made both gives equal
 * images equal features.
 *
 * Near copies (the same picture compressed again, cropped, in other colours) have nearly the
 * same.  How near two different pictures come is learnt from the validation rows, which are
 * different pictures.  The distance d = sqrt(2 - 2 cosine) from a row to its nearest other has
 * a lower tail F(d) ~ c d^D whatever the distribution is, D being the features' dimension near
 * rows, by Hill's estimator of the m nearest of n such distances (Levina and Bickel, NIPS
 * 2004):
 *
 *	1/D = mean over i < m of log(d_(m) ÷ d_(i))
 *
 * So a pair of different rows is nearer than t with probability
 *
 *	m ÷ (n (n - 1)) × (t ÷ d_(m))^D
 *
 * and the threshold is the t at which LT_NEAR_FALSE such pair is expected among all pairs of an
 * unlabelled and a test row; m is a tenth of n, from 10 to 100.  With fewer than
 * LT_NEAR_LEAST validation rows there is none, and only exact copies are found.  Validation
 * rows whose nearest other is nearer than LT_NEAR_SAME are copies themselves and left out.
 * Pictures of one scene are not copies but may be as near.
 */
#ifndef LT_VERDICT_DUPLICATES_H
#define LT_VERDICT_DUPLICATES_H

#include "verdict/sample.h"

#define LT_NEAR_FALSE 0.1
#define LT_NEAR_LEAST 20
#define LT_NEAR_SAME 1e-3 /* of distances: rounding of float32 is below it */

struct lt_duplicates {
	size_t exact, near; /* unlabelled rows that are a copy; near without the exact */
	double cosine;	    /* from which on rows are near copies; NaN: none could be learnt */
};

/* width: of all features. */
int lt_duplicates_find(const struct lt_scored_rows *val, const struct lt_scored_rows *rows,
		       const struct lt_scored_rows *test, size_t width, struct lt_pool *pool,
		       struct lt_duplicates *found, struct lt_error *err);

/* The threshold as a distance: near: n distances to nearest others (sorted here); pairs: how
 * many will be looked at.  NaN where n is too small. */
double lt_duplicates_threshold(double *near, size_t n, double pairs);

#endif
