/*
 * SAW (Lai et al., ICML 2022), on FixMatch: pseudo-labels of class c weigh the inverse
 * effective number of the m_c rows that were given this class in the pass over them before,
 *
 *	w_c in proportion to (1 - beta) / (1 - beta^m_c), their sum C,  beta = 1 - C / Σ m
 *
 * with m_c at least 1; in the first pass all weigh the same.
 */
#include <string.h>

#include "base/effective.h"
#include "method/learner.h"
#include "method/match.h"

static size_t numbers(const struct lt_learner *l)
{
	return 2 * (size_t)l->classes; /* w, m */
}

static void start(struct lt_learner *l)
{
	for (int c = 0; c < l->classes; c++)
		l->number[c] = 1;
}

static void renew(struct lt_learner *l)
{
	double *w = l->number, *m = w + l->classes, rows = 0, sum = 0;

	for (int c = 0; c < l->classes; c++) {
		m[c] = m[c] < 1 ? 1 : m[c];
		rows += m[c];
	}
	for (int c = 0; c < l->classes; c++)
		sum += w[c] = lt_effective_weight(1 - l->classes / rows, (uint64_t)m[c]);
	for (int c = 0; c < l->classes; c++)
		w[c] *= l->classes / sum;
	memset(m, 0, (size_t)l->classes * sizeof *m);
}

static void see(struct lt_learner *l, int term)
{
	struct lt_target *target = &l->guess[term].target;

	for (int i = 0; i < target->n; i++) {
		l->number[l->classes + target->label[i]]++;
		target->weight[i] *= l->number[target->label[i]];
	}
}

const struct lt_method lt_method_saw = {
	.name = "saw",
	.about.summary = "FixMatch in which rare pseudo-labels weigh more",
	.about.formula =
		"labelled loss + weight term\n"
		"term = mean of w_c [max q >= threshold] CE(p(strong), c), c = argmax q\n"
		"w_c in proportion to (1 - beta) / (1 - beta^m_c), beta = 1 - C / sum of m\n"
		"m_c the rows given class c in the pass before",
	.about.source = "Lai et al., ICML 2022, section 4",
	LT_MATCH_PASS,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS)},
	.numbers = numbers,
	.start = start,
	.renew = renew,
	.see = see,
};
