/*
 * The class prior of unlabelled rows: how often each class occurs among them, estimated under
 * label shift.  Assumed is that rows of a class look alike in both sets, p(x | y) is the same,
 * and only p(y) differs.  K is the number of classes, i a predicted and j a true class.
 *
 * By inversion of the confusion matrix (black box shift estimation: Lipton, Wang and Smola,
 * "Detecting and Correcting for Label Shift with Black Box Predictors", ICML 2018).  With
 * C[i][j] = P(predicted i | true j) from labelled validation rows and q[i] the share of
 * unlabelled rows predicted as i, q = C p holds.  Here p is the point of the simplex (p ≥ 0,
 * Σ p = 1) with the least |C p - q|², so that it is a distribution also where C is nearly
 * singular and the inverse is not: there the answer is one of many, and the bootstrap is what
 * shows it.  It is found by accelerated projected gradient steps (Beck and Teboulle, SIAM J.
 * Imaging Sciences 2, 2009, with a restart where the value rises), the projection by sorting
 * (Duchi et al., "Efficient Projections onto the l1-Ball", ICML 2008, figure 1).
 *
 * By maximum likelihood (Saerens, Latinne and Decaestecker, Neural Computation 14, 2002).  With
 * probabilities g_y(x) that are calibrated where classes have the shares s,
 *
 *	p_y ← Σ_x w_x r_y(x) ÷ Σ_x w_x,   r_y(x) = (p_y/s_y) g_y(x) ÷ Σ_c (p_c/s_c) g_c(x)
 *
 * from p = s until no share moves by more than a tolerance.  Each step raises the likelihood,
 * which is concave in p, so the end does not depend on where it began.  g must be calibrated:
 * see calibrate.h.
 *
 * Sums are taken in the order of rows: results depend on no thread.
 */
#ifndef LT_VERDICT_PRIOR_H
#define LT_VERDICT_PRIOR_H

#include <stddef.h>

/* v becomes the nearest point of the simplex; room for n values.  n ≥ 1, all finite. */
void lt_simplex_project(double *v, int n, double *room);

/* Doubles that lt_prior_invert needs as scratch. */
size_t lt_prior_room(int classes);

/*
 * prior (K shares) by inversion.  confusion[i·K + j] as above, columns summing to 1, and q.
 * prior holds a first guess, any point of the simplex.
 */
void lt_prior_invert(const double *confusion, const double *q, int classes, double *prior,
		     double *room);

#define LT_EM_TOLERANCE 1e-7
#define LT_EM_STEPS 1000 /* at most */

/*
 * prior by maximum likelihood.  ratio[x·K + y] = g_y(x) ÷ s_y of n rows, of each row up to a
 * factor; weight: n of them, ≥ 0 and not all 0, a row's weight.  prior holds a first guess,
 * no share 0 that may become more.  room for K doubles.  Returns the steps it took.
 */
int lt_prior_maximise(const float *ratio, const double *weight, size_t n, int classes,
		      double tolerance, double *prior, double *room);

/* Largest over smallest share, a share counted as at least one of n rows. */
double lt_prior_ratio(const double *prior, int classes, double n);

#endif
