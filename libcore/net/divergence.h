/*
 * Divergences between predictions, which methods for unlabelled rows minimise.  Each is for
 * one row, in double on logits, with p = softmax(z) and a constant target t = softmax(target).
 * grad (classes) is set to the gradient by z.
 *
 *	kl       Σ_c t_c log(t_c / p_c)
 *	         gradient p_k - t_k
 *	square   Σ_c (p_c - t_c)² ÷ classes
 *	         gradient 2 p_k (p_k - t_k - Σ_c p_c (p_c - t_c)) ÷ classes
 *	entropy  -Σ_c p_c log p_c
 *	         gradient -p_k (log p_k + entropy)
 *
 * Logits up to 1e300 in magnitude give finite values, and NaN gives NaN.
 */
#ifndef LT_NET_DIVERGENCE_H
#define LT_NET_DIVERGENCE_H

double lt_divergence_kl(const double *z, const double *target, int classes, double *grad);
double lt_divergence_square(const double *z, const double *target, int classes, double *grad);
double lt_entropy(const double *z, int classes, double *grad);

#endif
