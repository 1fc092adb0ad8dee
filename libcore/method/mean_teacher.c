/*
 * Mean Teacher (Tarvainen & Valpola, NeurIPS 2017): the network's prediction for a view should
 * equal that of the teacher, an average of its weights over the last steps, for another view:
 *
 *	term = mean over rows and classes of (p(view 1) - p_teacher(view 2))²,  p = softmax(z)
 *
 * over the labelled and the unlabelled rows of a step, as in the paper.  Each network
 * processes them in one batch, normalised by the batch's statistics, so the two differ only in
 * weights and views.  The teacher's running statistics are those of its own passes: they
 * belong to its weights, and the teacher is the model.
 */
#include "method/method.h"

/*
 * The decay is FixMatch's code's.  The weight is that of Hyun et al. (2020), whose
 * optimiser is ours: SGD at 0.1 with momentum 0.9.  FixMatch's code has 50 at 0.03.
 */
const struct lt_method lt_method_mean_teacher = {
	.name = "mean-teacher",
	.about.summary = "the network and its average over steps should agree on two views",
	.about.formula =
		"labelled loss + weight ramp term\n"
		"term = mean of (p(view 1) - p_teacher(view 2))^2\n"
		"teacher = k teacher + (1 - k) network, k = min((1 + t) / (10 + t), ema)",
	.about.source = "Tarvainen and Valpola, NeurIPS 2017, section 2",
	.unlabelled = true,
	.average = true,
	.setting = {[LT_WEIGHT] = 8, [LT_EMA] = 0.999},
	.passes = 2,
	.pass = {{.average = true,
		  .mode = LT_TRAIN,
		  .parts = 2,
		  .part = {{LT_GIVEN, LT_VIEW_GIVEN_AGAIN, false},
			   {LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN, false}}},
		 {.mode = LT_TRAIN,
		  .parts = 2,
		  .part = {{LT_GIVEN, LT_VIEW_GIVEN, false},
			   {LT_UNLABELED, LT_VIEW_UNLABELED, false}}}},
	.terms = 2,
	.term = {{.kind = LT_TERM_LABELS, .of = {1, 0, 1, 0}, .weight = 1},
		 {.kind = LT_TERM_SQUARE,
		  .of = {1, 0, 2, 0},
		  .target = {0, 0, 2, 0},
		  .ramp = true,
		  .reported = "consistency"}},
};
