/*
 * The share of unlabelled rows that belong to none of the classes.
 *
 * Each unlabelled row gets a conformal p-value against the validation rows (Bates et al.,
 * "Testing for Outliers with Conformal p-Values", Annals of Statistics 51, 2023): the share of
 * them that are at least as strange, each with the weight of its class under the estimated
 * prior of the unlabelled rows, w_y = p_y / s_y.  So another mix of classes is not taken for
 * strangeness (Tibshirani et al., "Conformal Prediction Under Covariate Shift", NeurIPS 2019):
 *
 *	p(x) = Σ_v w_y(v) [strange(v) ≥ strange(x)] ÷ Σ_v w_y(v)
 *
 * Of rows like the validation rows the p-values are uniform on 0 to 1, so half of them are
 * above 1/2.  If a share A of all unlabelled rows is there, at most 2 A of them can be like the
 * validation rows (Storey, "A Direct Approach to False Discovery Rates", JRSS B 64, 2002, with
 * λ = 1/2), and
 *
 *	irrelevant = max(0, 1 - A ÷ (1 - λ))
 *
 * Assumed: the validation rows are what the relevant ones would be if they had labels; within a
 * class both are drawn alike.  Then the estimate is conservative: it is the share itself if no
 * irrelevant row is less strange than the median of the relevant ones, and less otherwise,
 * but for chance: where nothing is irrelevant, the largest of three estimates is a little above
 * 0, and it is the interval that says so.
 * The share itself cannot be known from scores: rows of no class that the network takes for
 * rows of a class are such rows for every function of its scores.  It fails upwards where the
 * assumption does: blurred or otherwise changed rows of the right classes are strange too.
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
 * How likely each row is relevant: (1 - irrelevant) ÷ f(p), at most 1, f being the density of
 * the p-values in LT_IRRELEVANT_BINS equal bins, made to fall with p by pooling neighbours: the
 * local false discovery rate (Efron et al., JASA 96, 2001).
 */
void lt_irrelevant_rows(const double *p, const double *weight, size_t n, double irrelevant,
			double *relevance);

#endif
