/*
 * Pseudo-labels: a model's predictions for rows without labels, and the choice of those to
 * keep.
 *
 * Yang & Xu (NeurIPS 2020, section 2) keep all of them: the class with the largest
 * probability, without a threshold.  A minimum confidence gives Lee's pseudo-labels with a
 * threshold, as in FixMatch (Sohn et al., NeurIPS 2020).  The most confident of each class are
 * those of CReST (Wei et al., CVPR 2021), but with the same number for every class.
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
 * Sets keep[i] for n guesses: the confidence is min_conf or more and, if quota is above 0, the
 * guess is among the quota most confident ones of its class (the first ones if some are
 * equal).
 */
int lt_guess_choose(const struct lt_guess *guess, size_t n, double min_conf, uint64_t quota,
		    bool *keep, struct lt_error *err);

#endif
