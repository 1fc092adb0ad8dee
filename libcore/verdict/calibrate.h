/*
 * Calibrated probabilities, which the likelihood of prior.h needs: temperature scaling with
 * a bias for each class (BCTS: Alexandari, Kundaje and Shrikumar, "Maximum Likelihood with
 * Bias-Corrected Calibration is Hard-To-Beat at Label Shift Adaptation", ICML 2020).
 *
 *	g(x) = softmax(a z(x) + b),   minimising Σ_x w_x (-log g_y(x)) ÷ Σ_x w_x
 *	                                        + λ/2 ((a - 1)² + Σ_c (b_c - l_c)²)
 *
 * over labelled validation rows, with logits z and l_c = log s_c - log t_c.  s are the
 * class shares of the validation set, t those of the model's training set; without known t,
 * l is 0.  The penalty (λ = LT_CALIBRATE_PENALTY) pulls towards logits that were right for t
 * and are corrected for s, so that classes with few rows are not overfitted.  Minimised by
 * L-BFGS (embed/lbfgs.h).
 */
#ifndef LT_VERDICT_CALIBRATE_H
#define LT_VERDICT_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define LT_CALIBRATE_PENALTY 1e-3
#define LT_CALIBRATE_STEPS 100 /* of L-BFGS, at most */

struct lt_calibrate {
	const float *logits; /* n × classes, finite */
	const int32_t *label;
	const double *weight; /* n, ≥ 0 */
	size_t n;
	int classes;
	const double *centre; /* l */
};

/* value[0] is a, value[1 + c] b_c, and on entry the first guess.  room: 3 · classes doubles. */
int lt_calibrate_fit(const struct lt_calibrate *rows, double *value, double *room,
		     struct lt_error *err);

/*
 * g of one row's logits, divided by the shares (NULL: by 1) and scaled so that the largest
 * is 1, for lt_prior_maximise.  room: classes doubles.
 */
void lt_calibrate_ratio(const double *value, const float *logits, int classes,
			const double *share, double *room, float *ratio);

#endif
