/*
 * Pseudo-labels: what a model says of rows without labels, and which of that is kept.
 *
 * As published all of it is (Yang & Xu, NeurIPS 2020, section 2: the largest probability's
 * class, no threshold).  A least confidence is Lee's pseudo-labels with a threshold, as in
 * FixMatch (Sohn et al., NeurIPS 2020); the surest of each class, those of CReST (Wei et al.,
 * CVPR 2021) with the same number for every class.
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

/*
 * keep[i] of n guesses: the confidence is min_conf or more and, with a quota above 0, the guess
 * is among the quota surest of its class, of equal ones the first.
 */
int lt_guess_choose(const struct lt_guess *guess, size_t n, double min_conf, uint64_t quota,
		    bool *keep, struct lt_error *err);

#endif
