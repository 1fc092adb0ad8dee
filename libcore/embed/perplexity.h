/*
 * The similarities of rows as probabilities: the p of t-SNE (van der Maaten and
 * Hinton, JMLR 2008, section 2; sparse as in van der Maaten, JMLR 2014, section 3).
 */
#ifndef LT_EMBED_PERPLEXITY_H
#define LT_EMBED_PERPLEXITY_H

#include "embed/neighbours.h"

/*
 * A sparse matrix of n rows: row i has the entries first[i] … first[i + 1] - 1, whose columns
 * ascend.
 */
struct lt_affinities {
	size_t n;
	size_t *first;	  /* n + 1 */
	uint32_t *column; /* first[n] of them */
	float *value;
};

/*
 * The probabilities of one row's k neighbours, exp(-b · square) / sum, with the b for which
 * their perplexity, two to the power of their entropy in bits, is the requested one.
 * Bisection finds b until the logarithms agree within 1e-5.  If more neighbours than that are
 * equally near, they have equal probabilities, and the perplexity is their number.
 * Squares ascend; p has room for k.
 */
void lt_perplexity_fit(const struct lt_neighbour *near, size_t k, double perplexity, float *p);

/*
 * p_ij = (p_j|i + p_i|j) / 2n of n rows with k neighbours each: symmetric, zero on the
 * diagonal, with sum 1.  Fills *out; call lt_affinities_free, also after a
 * failure.
 */
int lt_affinities_make(struct lt_affinities *out, struct lt_pool *pool,
		       const struct lt_neighbour *near, size_t n, size_t k, double perplexity,
		       struct lt_error *err);
void lt_affinities_free(struct lt_affinities *affinities);

#endif
