/*
 * ADELLO (Sanchez Aimar et al., ECCV 2024), its adjustment: with P the running mean of the
 * predictions of weak views, which starts as 1 / C, and pi the shares of the labelled rows, the
 * network is trained for a distribution Q between P and equal classes,
 *
 *	Q = norm(P^a),  a = 1 - 0.9 (k / K)²  in step k of K
 *	labelled rows:    CE(z + log(pi / Q), y)
 *	unlabelled rows:  CE(z(s) + log(P / Q), argmax q) for max q ≥ threshold,
 *	                  q = softmax(z(w))
 *
 * The paper's second part, a term on rows below the threshold, is left out.
 */
#include "base/elementary.h"
#include "method/learner.h"
#include "method/match.h"

#define LEAST 0.1  /* a at the end */
#define SMALL 1e-9 /* in both parts of a fraction, as in the published code */

static size_t numbers(const struct lt_learner *l)
{
	return (size_t)l->classes;
}

static void start(struct lt_learner *l)
{
	for (int c = 0; c < l->classes; c++)
		l->number[c] = 1.0 / l->classes;
}

static int offset(struct lt_learner *l, struct lt_error *err)
{
	double a = 1 - (1 - LEAST) * l->progress * l->progress, sum = 0;
	double *q = l->offset[LT_MATCH_GUESSED].target;
	double *labels = l->offset[LT_MATCH_GIVEN].outputs;

	(void)err;
	lt_learner_labelled_shares(l, labels);
	for (int c = 0; c < l->classes; c++)
		sum += q[c] = lt_pow(l->number[c], a);
	for (int c = 0; c < l->classes; c++) {
		double of = lt_log(q[c] / sum + SMALL);

		l->offset[LT_MATCH_GUESSED].outputs[c] = lt_log(l->number[c] + SMALL) - of;
		labels[c] = lt_log(labels[c] + SMALL) - of;
		q[c] = 0;
	}
	return 0;
}

static void see(struct lt_learner *l, int term)
{
	lt_running(l->number, l->guess[term].target.mean, l->classes);
}

const struct lt_method lt_method_adello = {
	.name = "adello",
	.about.summary =
		"FixMatch trained for classes between the estimated shares and equal ones",
	.about.formula =
		"CE(z + log(pi / Q), y) + weight term, pi shares of the labelled rows\n"
		"term = mean of [max q >= threshold] CE(z(strong) + log(P / Q), argmax q), q = "
		"p(weak)\n"
		"P running mean of q, Q = norm(P^a), a = 1 - 0.9 (k / K)^2 in step k of K",
	.about.source = "Sanchez Aimar et al., ECCV 2024, section 4",
	LT_MATCH_PASS,
	.adjusts = true,
	.balanced = true,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS)},
	.numbers = numbers,
	.start = start,
	.offset = offset,
	.see = see,
};
