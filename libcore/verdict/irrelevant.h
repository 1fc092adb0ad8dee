/*
 * The share of unlabelled rows that belong to none of the classes.
 *
 * Each unlabelled row gets a conformal p-value (Bates et al., "Testing for Outliers with
 * Conformal p-Values", Annals of Statistics 51, 2023): the share of validation rows that
 * are at least as strange.  Validation rows are weighted for the estimated prior of the
 * unlabelled rows, w_y = p_y / s_y, so that another mix of classes does not count as
 * strange (Tibshirani et al., "Conformal Prediction Under Covariate Shift", NeurIPS 2019):
 *
 *	p(x) = Σ_v w_y(v) [strange(v) ≥ strange(x)] ÷ Σ_v w_y(v)
 *
 * The p-values of rows like the validation rows are uniform on 0 to 1, so half of them are
 * above 1/2.  If a share A of all unlabelled rows has p-values above 1/2, at most 2 A of
 * the rows can be like the validation rows (Storey, "A Direct Approach to False Discovery
 * Rates", JRSS B 64, 2002, with λ = 1/2), and
 *
 *	irrelevant = max(0, 1 - A ÷ (1 - λ))
 *
 * This assumes that, within a class, validation rows and relevant rows come from the same
 * distribution.  The estimate is then conservative: it is the true share if no irrelevant
 * row is less strange than the median of the relevant ones, and less otherwise.  Chance
 * adds to this: if no row is irrelevant, the largest of three estimates is slightly above
 * 0, and the interval shows it.  Scores cannot give the true share: they cannot distinguish
 * a row of no class that the network takes for a row of a class.  If the assumption fails,
 * the estimate is too high: blurred or otherwise changed rows of the right classes are
 * strange too.
 */
#ifndef LT_VERDICT_IRRELEVANT_H
#define LT_VERDICT_IRRELEVANT_H

#include "verdict/sample.h"

#define LT_IRRELEVANT_LAMBDA 0.5

/* p-values of the unlabelled rows.  val_weight: of each validation row, not all 0. */
void lt_irrelevant_p(const struct lt_sample *sample, enum lt_strange by,
		     const double *val_weight, double *p);
/* The estimate from n p-values with weights, not all 0. */
double lt_irrelevant_share(const double *p, const double *weight, size_t n);

#define LT_IRRELEVANT_BINS 10
/*
 * The probability that each row is relevant: (1 - irrelevant) ÷ f(p), at most 1.  This is
 * the local false discovery rate of Efron et al. (JASA 96, 2001), where an irrelevant row
 * is a discovery.  f is the density of the p-values in LT_IRRELEVANT_BINS equal bins, made
 * non-increasing by pooling neighbouring bins.
 */
void lt_irrelevant_rows(const double *p, const double *weight, size_t n, double irrelevant,
			double *relevance);

#endif
