/*
 * FixMatch (Sohn et al., NeurIPS 2020): the label predicted for a weak view is that of a strong
 * view, if its probability reaches a threshold.  All views are one batch of the network.
 */
#include "method/match.h"

const struct lt_method lt_method_fixmatch = {
	.name = "fixmatch",
	.about.summary = "the label predicted for a weak view is that of a strong view",
	.about.formula =
		"labelled loss + weight term\n"
		"term = mean of [max q >= threshold] CE(p(strong), argmax q), q = p(weak)\n"
		"model = average of the network by ema",
	.about.source = "Sohn et al., NeurIPS 2020, section 2.2",
	LT_MATCH_PASS,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS)},
};
