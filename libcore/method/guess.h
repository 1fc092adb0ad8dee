/*
 * Pseudo-labels: a model's predictions for rows without labels, and the choice of those to
 * keep.
 *
 * Yang & Xu (NeurIPS 2020, section 2) keep all of them: the class with the largest
 * probability, without a threshold.  A minimum confidence gives Lee's pseudo-labels with a
 * threshold, as in FixMatch (Sohn et al., NeurIPS 2020).  The most confident of each class are
 * those of CReST (Wei et al., CVPR 2021): the same number for every class, or more of the
 * classes with fewer labelled rows.
 */
#ifndef LT_METHOD_GUESS_H
#define LT_METHOD_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct lt_guess {
	int32_t label;	  /* the predicted class */
	float confidence; /* its probability */
};

/* The class with the largest of these probabilities, the first if some are equal. */
struct lt_guess lt_guess_of(const float *p, int classes);

/*
 * Sets keep[i] for n guesses: the confidence is min_conf or more and, if most is not NULL, the
 * guess is among the most[c] most confident ones of its class c (the first ones if some are
 * equal).
 */
int lt_guess_choose(const struct lt_guess *guess, size_t n, double min_conf,
		    const uint64_t *most, bool *keep, struct lt_error *err);

/* called[c]: how many of n guesses are class c. */
void lt_guess_count(const struct lt_guess *guess, size_t n, int classes, uint64_t *called);

/*
 * CReST, section 3.2: of the rows predicted as class c, the share
 *
 *	rate_c = (n_(C-1-r) ÷ n_(0))^power
 *
 * is kept, where n_(0) ≥ n_(1) ≥ … are the labelled rows of the classes and r is the rank of c
 * among them, whatever its index is.  So all rows of a single rarest class are kept, and the
 * smallest share of the most frequent one.  The paper has power 1/3.
 *
 * Where it leaves a choice: classes with equally many rows get the mean of the rates of
 * their ranks, so that equal classes are treated alike, and a class without rows counts as one
 * row, so that no rate is 0.
 */
int lt_guess_rates(const uint64_t *counts, int classes, double power, double *rate,
		   struct lt_error *err);
/* most[c] = rate_c × called[c], rounded down as in the authors' code. */
void lt_guess_share(const double *rate, const uint64_t *called, int classes, uint64_t *most);

/*
 * Distribution alignment (Berthelot et al., ICLR 2020) with CReST+'s target, section 3.3:
 *
 *	factor_c = (t_c + 1e-6) ÷ (m_c + 1e-6),  t_c ∝ n_c^power,  Σ t = 1
 *
 * m is the mean of the model's probabilities over all rows to be labelled.  Each row's
 * probabilities are multiplied by the factors and divided by their sum.  A power of 1 gives
 * the labelled rows' class shares, 0 equal shares.  A class without labelled rows counts as
 * one row.
 */
void lt_guess_factors(const uint64_t *counts, const double *mean, int classes, double power,
		      double *factor);
/* aligned (which may be p) = p × factor, scaled to the sum 1. */
void lt_guess_align(const float *p, const double *factor, int classes, float *aligned);

#endif
