/*
 * FreeMatch (Wang et al., ICLR 2023): FixMatch with thresholds that follow the network's own
 * confidence (mask.h), and a term that keeps the predictions of strong views from collapsing to
 * few classes:
 *
 *	fairness × Σ_c a_c log b_c,  a = norm(P / h),  b = norm(s / k)
 *
 * P and h are the running means of the prediction and of the labels of weak views; s and k are
 * the mean prediction of the strong views that count, and the shares of their labels; norm
 * scales to sum 1, and x / 0 is 0.  P, h and k are constants.
 */
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "method/learner.h"
#include "method/match.h"
#include "net/loss.h"

#define SMALL 1e-12 /* keeps log 0 out, as in the published code */

/* to = norm(from / by); returns the sum before. */
static double ratio(const double *from, const double *by, int classes, double *to)
{
	double sum = 0;

	for (int c = 0; c < classes; c++)
		sum += to[c] = by[c] > 0 ? from[c] / by[c] : 0;
	for (int c = 0; c < classes && sum > 0; c++)
		to[c] /= sum;
	return sum;
}

/* s and k of the n rows that count; returns their number. */
static int look(const struct lt_learner *l, const double *z, double *mean, double *share)
{
	const struct lt_target *target = &l->guess[LT_MATCH_GUESSED].target;
	int classes = l->classes, n = 0;

	memset(mean, 0, (size_t)classes * sizeof *mean);
	memset(share, 0, (size_t)classes * sizeof *share);
	for (int i = 0; i < target->n; i++, z += classes) {
		if (target->weight[i] == 0)
			continue;
		lt_loss_softmax(z, classes, 0, l->slope);
		for (int c = 0; c < classes; c++)
			mean[c] += l->slope[c];
		share[lt_arg_max(l->slope, classes)]++;
		n++;
	}
	for (int c = 0; c < classes && n > 0; c++) {
		mean[c] /= n;
		share[c] /= n;
	}
	return n;
}

/* own has 4 × classes numbers: s, k, a, b; then the gradient by s takes the place of a. */
static double fairness(struct lt_learner *l, const struct lt_term *term, double weight)
{
	const struct lt_target *target = &l->guess[LT_MATCH_GUESSED].target;
	const double *z = lt_learner_outputs(l, &term->of);
	lt_real *grad = lt_learner_grad(l, &term->of);
	int classes = l->classes, n;
	const double *p = l->guess[LT_MATCH_GUESSED].mask.number + LT_FREE_CLASSES,
		     *h = p + classes;
	double *mean = l->own, *share = mean + classes, *a = share + classes, *b = a + classes;
	double sum, value = 0, along = 0;

	n = look(l, z, mean, share);
	if (n == 0)
		return 0;
	ratio(p, h, classes, a);
	sum = ratio(mean, share, classes, b);
	for (int c = 0; c < classes; c++) {
		value += a[c] * lt_log(b[c] + SMALL);
		a[c] /= b[c] + SMALL; /* d / db_c */
		along += a[c] * b[c];
	}
	for (int c = 0; c < classes; c++)
		a[c] = share[c] > 0 ? (a[c] - along) / (share[c] * sum) : 0;
	weight *= l->config.method.setting[LT_FAIRNESS] / n;
	for (int i = 0; i < target->n; i++, z += classes, grad += classes) {
		double inner = 0;

		if (target->weight[i] == 0)
			continue;
		lt_loss_softmax(z, classes, 0, l->slope);
		for (int c = 0; c < classes; c++)
			inner += l->slope[c] * a[c];
		for (int c = 0; c < classes; c++)
			grad[c] += (lt_real)(weight * l->slope[c] * (a[c] - inner));
	}
	return l->config.method.setting[LT_FAIRNESS] * value;
}

static int begin(struct lt_learner *l, struct lt_error *err)
{
	l->own = lt_new_array(4 * (size_t)l->classes, sizeof(double));
	return l->own ? 0 : lt_fail_memory(err);
}

static void end(struct lt_learner *l)
{
	lt_free(l->own);
}

const struct lt_method lt_method_freematch = {
	.name = "freematch",
	.about.summary = "FixMatch with thresholds that follow the network's confidence",
	.about.formula =
		"labelled loss + weight term + fairness sum of a_c log b_c\n"
		"term = mean of [max q >= g P_c / max P] CE(p(strong), c), c = argmax q, q = "
		"p(weak)\n"
		"g and P running means of max q and q; a = norm(P / h), b = norm(s / k)\n"
		"h running shares of c; s, k mean and shares of p(strong)\n"
		"model = average of the network by ema",
	.about.source = "Wang et al., ICLR 2023, sections 3 and 4",
	LT_MATCH_PASS,
	.mask = LT_MASK_FREE,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_FAIRNESS] = 0.01},
	.terms = 3,
	.term = {LT_MATCH_LABELS,
		 LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS),
		 {.kind = LT_TERM_OWN, .of = {0, 2, 1, 0}, .weight = 1}},
	.begin = begin,
	.end = end,
	.own = fairness,
};
