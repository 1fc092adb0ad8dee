/*
 * FlexMatch (Zhang et al., NeurIPS 2021): FixMatch with a lower threshold for classes that few
 * rows have been given (mask.h).
 */
#include "method/match.h"

const struct lt_method lt_method_flexmatch = {
	.name = "flexmatch",
	.about.summary =
		"FixMatch with a lower threshold for classes that few rows have been given",
	.about.formula =
		"labelled loss + weight term\n"
		"term = mean of [max q >= x_c] CE(p(strong), c), c = argmax q, q = p(weak)\n"
		"x_c = threshold b_c / (2 - b_c), b_c = s_c / max s, s_c rows given class c\n"
		"model = average of the network by ema",
	.about.source = "Zhang et al., NeurIPS 2021, section 3",
	LT_MATCH_PASS,
	.mask = LT_MASK_FLEX,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS)},
};
