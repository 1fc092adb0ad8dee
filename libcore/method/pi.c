/*
 * The Pi-model (Laine & Aila, ICLR 2017): predictions for two views of an image should be
 * equal.
 *
 *	term = mean over rows and classes of (p(view 2) - p(view 1))²
 *
 * over unlabelled rows; view 1 is held constant.  As in FixMatch's code, each view is a batch
 * of its own, and neither changes the running statistics.
 */
#include "method/method.h"

const struct lt_method lt_method_pi = {
	.name = "pi",
	.about.summary = "predictions for two views of an image should be equal",
	.about.formula = "labelled loss + weight ramp term\n"
			 "term = mean of (p(view 2) - p(view 1))^2, view 1 constant",
	.about.source = "Laine and Aila, ICLR 2017, section 2.1",
	.unlabelled = true,
	.average = true,
	.setting = {[LT_WEIGHT] = 10, [LT_EMA] = 0.999},
	.passes = 3,
	.pass = {{.mode = LT_TRAIN, .parts = 1, .part = {{LT_GIVEN, LT_VIEW_GIVEN, false}}},
		 {.mode = LT_STATS,
		  .parts = 1,
		  .part = {{LT_UNLABELED, LT_VIEW_UNLABELED, false}}},
		 {.mode = LT_STATS,
		  .parts = 1,
		  .part = {{LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN, false}}}},
	.terms = 2,
	.term = {{.kind = LT_TERM_LABELS, .of = {0, 0, 1, 0}, .weight = 1},
		 {.kind = LT_TERM_SQUARE,
		  .of = {2, 0, 1, 0},
		  .target = {1, 0, 1, 0},
		  .ramp = true,
		  .reported = "consistency"}},
};
