/*
 * The first two principal components of rows, the initial points of t-SNE (Kobak and Berens,
 * "The art of using t-SNE for single-cell transcriptomics", Nature Communications 2019).
 */
#ifndef LT_EMBED_PRINCIPAL_H
#define LT_EMBED_PRINCIPAL_H

#include "embed/neighbours.h"

/*
 * score (n × 2, the caller's): each row's coordinates along the two directions in which the
 * rows vary most, found by orthogonal iteration from a fixed start in at most 300 steps, until
 * neither turns by more than 1e-6.  The largest entry of a direction is positive.  Scores are
 * 0 along a direction without variation.  Results do not depend on threads.
 */
int lt_principal_scores(struct lt_pool *pool, const struct lt_embed_rows *rows, double *score,
			struct lt_error *err);

#endif
