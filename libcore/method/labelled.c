/*
 * Learning from rows with labels alone: given ones, and those of another model (Yang & Xu
 * 2020, section 2).
 */
#include "method/learner.h"

const struct lt_about lt_self_training_about = {
	.summary = "self-training: predictions of another model are the labels",
	.formula = "one set of rows, in whose mean a pseudo-labelled one weighs omega",
	.source = "Yang and Xu, NeurIPS 2020, section 2",
};

const struct lt_method lt_method_none = {
	.name = "none",
	.about.summary = "learning from labels",
	.passes = 1,
	.pass = {{.mode = LT_TRAIN, .parts = 1, .part = {{LT_GIVEN, LT_VIEW_GIVEN, false}}}},
	.terms = 1,
	.term = {{.kind = LT_TERM_LABELS, .of = {0, 0, 1, 0}, .weight = 1}},
};
