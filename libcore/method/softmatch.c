/*
 * SoftMatch (Chen et al., ICLR 2023): FixMatch in which every row counts, those that are less
 * sure than usual count less, and predictions are aligned with equal classes (mask.h).
 */
#include "method/match.h"

const struct lt_method lt_method_softmatch = {
	.name = "softmatch",
	.about.summary = "FixMatch with weights in place of a threshold",
	.about.formula =
		"labelled loss + weight term\n"
		"term = mean of w(max q) CE(p(strong), argmax q), q = p(weak), aligned\n"
		"w(x) = exp(-min(x - m, 0)^2 / (2 v / 4)), m and v running mean and variance\n"
		"model = average of the network by ema",
	.about.source = "Chen et al., ICLR 2023, section 3",
	LT_MATCH_PASS,
	.mask = LT_MASK_SOFT,
	.align = LT_ALIGN_UNIFORM,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS)},
};
