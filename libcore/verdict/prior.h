/*
 * The class prior of unlabelled rows: the share of each class among them, estimated under
 * label shift.  This assumes that only p(y) differs between both sets: rows of a class look
 * alike, so p(x | y) is the same.  K is the number of classes, i a predicted and j a true
 * class.
 *
 * By inversion of the confusion matrix (black box shift estimation: Lipton, Wang and Smola,
 * "Detecting and Correcting for Label Shift with Black Box Predictors", ICML 2018).  Let
 * C[i][j] = P(predicted i | true j), from labelled validation rows, and q[i] the share of
 * unlabelled rows predicted as i; then q = C p.  Here p is the point of the simplex (p ≥ 0,
 * Σ p = 1) with the least |C p - q|², so it is a distribution even if C is nearly singular
 * and the product of its inverse and q is none.  In that case the solution is one of many,
 * and the bootstrap shows it.  p is computed by accelerated projected gradient steps (Beck
 * and Teboulle, SIAM J. Imaging Sciences 2, 2009, restarted if the value rises); the
 * projection sorts (Duchi et al., "Efficient Projections onto the l1-Ball", ICML 2008,
 * figure 1).
 *
 * By maximum likelihood (Saerens, Latinne and Decaestecker, Neural Computation 14, 2002).
 * With probabilities g_y(x) that are calibrated for class shares s,
 *
 *	p_y ← Σ_x w_x r_y(x) ÷ Σ_x w_x,   r_y(x) = (p_y/s_y) g_y(x) ÷ Σ_c (p_c/s_c) g_c(x)
 *
 * from p = s until no share changes by more than a tolerance.  Each step raises the
 * likelihood, which is concave in p, so the result does not depend on the start.
 * calibrate.h calibrates g.
 *
 * Sums are in the order of the rows, so results do not depend on the threads.
 */
#ifndef LT_VERDICT_PRIOR_H
#define LT_VERDICT_PRIOR_H

#include <stddef.h>

/* Replaces v by the nearest point of the simplex.  n ≥ 1 finite values; room: n doubles. */
void lt_simplex_project(double *v, int n, double *room);

/* Doubles that lt_prior_invert needs as scratch. */
size_t lt_prior_room(int classes);

/*
 * Computes prior (K shares) by inversion.  confusion[i·K + j] is C, whose columns sum to 1.
 * prior holds a first guess, any point of the simplex.
 */
void lt_prior_invert(const double *confusion, const double *q, int classes, double *prior,
		     double *room);

#define LT_EM_TOLERANCE 1e-7
#define LT_EM_STEPS 1000 /* at most */

/*
 * Computes prior by maximum likelihood.  ratio[x·K + y] = g_y(x) ÷ s_y for n rows; each row
 * may have its own factor.  weight: of the rows, ≥ 0 and not all 0.  prior holds a first
 * guess; a share that is 0 stays 0.  room: K doubles.  Returns the number of steps.
 */
int lt_prior_maximise(const float *ratio, const double *weight, size_t n, int classes,
		      double tolerance, double *prior, double *room);

/* The ratio of the largest to the smallest share; a share is at least one of n rows. */
double lt_prior_ratio(const double *prior, int classes, double n);

#endif
