/*
 * DebiasPL (Wang et al., CVPR 2022), on FixMatch: with h the running mean of the predictions of
 * weak views, a vector of C shares that starts as 1 / C, and t the factor debias,
 *
 *	target = argmax softmax(z(w) - t log h), if its probability reaches the threshold
 *	term   = mean of CE(z(s) + t log h, target)
 *
 * The paper's contrastive part (CLD) is left out.
 */
#include "base/elementary.h"
#include "method/learner.h"
#include "method/match.h"

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
	for (int c = 0; c < l->classes; c++) {
		double by = l->config.method.setting[LT_DEBIAS] * lt_log(l->number[c]);

		(void)err;
		l->offset[LT_MATCH_GUESSED].target[c] = -by;
		l->offset[LT_MATCH_GUESSED].outputs[c] = by;
	}
	return 0;
}

static void see(struct lt_learner *l, int term)
{
	lt_running(l->number, l->guess[term].target.mean, l->classes);
}

const struct lt_method lt_method_debiaspl = {
	.name = "debiaspl",
	.about.summary = "FixMatch whose predictions lose what they say of every image",
	.about.formula =
		"labelled loss + weight term\n"
		"term = mean of [max q >= threshold] CE(z(strong) + t log h, argmax q)\n"
		"q = softmax(z(weak) - t log h), h running mean of p(weak), t the factor "
		"debias",
	.about.source = "Wang et al., CVPR 2022, section 4",
	LT_MATCH_PASS,
	.mask = LT_MASK_FIXED,
	.setting =
		{[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95, [LT_DEBIAS] = 0.4},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS)},
	.numbers = numbers,
	.start = start,
	.offset = offset,
	.see = see,
};
