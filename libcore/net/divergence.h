/*
 * How far predictions are from each other: what methods for unlabelled rows
 * make small.  Of one row, in double on logits, with p = softmax(z) and a target
 * t = softmax(target) that is held fixed; grad (classes) is written and is the
 * derivative by z.
 *
 *	kl       Σ_c t_c log(t_c / p_c)             p_k - t_k
 *	square   Σ_c (p_c - t_c)² ÷ classes         2 p_k (p_k - t_k - Σ_c p_c (p_c - t_c)) ÷
 *classes entropy  -Σ_c p_c log p_c                   -p_k (log p_k + entropy)
 *
 * Logits up to 1e300 in size give finite values, NaN gives NaN.
 */
#ifndef LT_NET_DIVERGENCE_H
#define LT_NET_DIVERGENCE_H

double lt_divergence_kl(const double *z, const double *target, int classes, double *grad);
double lt_divergence_square(const double *z, const double *target, int classes, double *grad);
double lt_entropy(const double *z, int classes, double *grad);

#endif
