/*
 * CoSSL (Fan et al., CVPR 2022), on FixMatch with two strong views: late in the run, a second
 * linear head learns to tell classes apart from as many rows of each, on features of the
 * average of the network, without moving the encoder.  Then pseudo-labels are those of this
 * head and the average, and so are the predictions.
 *
 * Tail-class feature enhancement makes the head's rows.  Labelled rows are drawn so that all
 * classes are equally likely; with n_c labelled rows of class c, the features f of a drawn row
 * become
 *
 *	l f + (1 - l) f_u with probability (n_max - n_y) / n_max,  l uniform in 0.6 … 1
 *
 * f_u are features of an unlabelled row, and the label remains y.  The head minimises the mean
 * cross-entropy of these rows.
 *
 * In the paper, the head begins after 400 of 500 epochs; before, it is trained for ten epochs
 * on features that do not change.  Here it begins after 78 % of the run and is followed after
 * 80 %.  The paper's code makes pseudo-labels with the head itself and predicts with its
 * average; here both have the average.  It also takes f_u from strong views of all rows; here
 * they are those of the weak views, which the average sees anyway.
 */
#include "base/memory.h"
#include "base/random.h"
#include "method/learner.h"
#include "net/loss.h"

#define FROM 0.78
#define TURN 0.8
#define LEAST 0.6 /* of l */

enum { COSSL = 1, FEATURES };	    /* the heads */
enum { TEACHER, STUDENT, BLENDED }; /* the passes */
enum { DRAWN, WEAK, STRONG }; /* parts: drawn and weak of the first, weak … of the second */
enum { GIVEN, GUESSED, BALANCED }; /* the terms */

/* own: the probability that features of each class are blended. */
static int begin(struct lt_learner *l, struct lt_error *err)
{
	const uint64_t *counts = l->config.loss_counts;
	double *share = l->own = lt_new_array((size_t)l->classes, sizeof *share);
	uint64_t most = 1;

	if (!share)
		return lt_fail_memory(err);
	for (int c = 0; c < l->classes; c++)
		most = counts[c] > most ? counts[c] : most;
	for (int c = 0; c < l->classes; c++)
		share[c] = (double)(most - counts[c]) / (double)most;
	return 0;
}

static void end(struct lt_learner *l)
{
	lt_free(l->own);
}

/* Makes the features of the last pass. */
static int blend(struct lt_learner *l, struct lt_error *err)
{
	const struct lt_batch *batch = &l->batch[LT_BALANCED];
	const struct lt_span drawn = {TEACHER, DRAWN, 1, FEATURES};
	const struct lt_span weak = {TEACHER, WEAK, 1, FEATURES};
	const double *f = lt_learner_outputs(l, &drawn), *all = lt_learner_outputs(l, &weak);
	const double *share = l->own;
	int width = l->width[FEATURES], others = l->batch[LT_UNLABELED].n;
	lt_real *to = lt_network_given_features(l->config.net);

	(void)err;
	for (int i = 0; i < batch->n; i++, f += width, to += width) {
		struct lt_draws draws = lt_draws_at(l->config.seed, LT_FOR_COSSL, 0,
						    batch->epoch, batch->slot + (uint32_t)i);
		const double *other = all + (size_t)(i % others) * (size_t)width;
		double own = 1;

		if (lt_draw_unit(&draws) < share[l->config.table->label[batch->row[i]]])
			own = lt_draw_between(&draws, LEAST, 1);
		for (int j = 0; j < width; j++)
			to[j] = (lt_real)(own * f[j] + (1 - own) * other[j]);
	}
	return 0;
}

static double learn_balanced(struct lt_learner *l, const struct lt_term *term, double weight)
{
	const struct lt_batch *batch = &l->batch[LT_BALANCED];
	const double *z = lt_learner_outputs(l, &term->of);
	lt_real *grad = lt_learner_grad(l, &term->of);
	int classes = l->classes;
	double sum = 0;

	for (int i = 0; i < batch->n; i++, z += classes, grad += classes) {
		int y = l->config.table->label[batch->row[i]];

		sum -= lt_loss_softmax(z, classes, y, l->slope);
		l->slope[y] -= 1;
		for (int c = 0; c < classes; c++)
			grad[c] += (lt_real)(weight / batch->n * l->slope[c]);
	}
	return sum / batch->n;
}

const struct lt_method lt_method_cossl = {
	.name = "cossl",
	.about.summary =
		"FixMatch whose pseudo-labels are later those of a balanced second head",
	.about.formula =
		"labelled loss + weight term + from 78 % of the run CE(z'(f'), y)\n"
		"term = mean of [max q >= threshold] CE(p(strong), argmax q), two strong "
		"views\n"
		"q = p(weak), from 80 % of the run softmax(z'(f(weak)))\n"
		"f features by the average, z' a second head, which predicts\n"
		"y drawn from equal shares of classes, f' = f or, with probability\n"
		"(n_max - n_y) / n_max, l f + (1 - l) f_u, l uniform in 0.6 to 1, f_u "
		"unlabelled",
	.about.source = "Fan et al., CVPR 2022",
	.unlabelled = true,
	.average = true,
	.linear = true,
	.balanced = true,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.more = 2,
	.more_head = {{.name = "cossl", .kind = LT_HEAD_LINEAR},
		      {.name = "features", .kind = LT_HEAD_IDENTITY}},
	.predicts = COSSL,
	.predicts_from = TURN,
	.passes = 3,
	.pass = {[TEACHER] = {.average = true,
			      .mode = LT_EVAL,
			      .parts = 2,
			      .part = {[DRAWN] = {LT_BALANCED, LT_VIEW_BALANCED, true},
				       [WEAK] = {LT_UNLABELED, LT_VIEW_UNLABELED, false}},
			      .from = FROM},
		 [STUDENT] = {.mode = LT_TRAIN,
			      .parts = 4,
			      .part = {{LT_GIVEN, LT_VIEW_GIVEN, false},
				       [WEAK] = {LT_UNLABELED, LT_VIEW_UNLABELED, false},
				       [STRONG] = {LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN, true},
				       {LT_UNLABELED, LT_VIEW_UNLABELED_THIRD, true}}},
		 [BLENDED] = {.parts = 1,
			      .part = {{LT_BALANCED, LT_VIEW_BALANCED, true}},
			      .fill = blend,
			      .features = true,
			      .from = FROM}},
	.terms = 3,
	.term = {[GIVEN] = {.kind = LT_TERM_LABELS, .of = {STUDENT, 0, 1, 0}, .weight = 1},
		 [GUESSED] = {.kind = LT_TERM_PSEUDO_LABELS,
			      .of = {STUDENT, STRONG, 2, 0},
			      .target = {STUDENT, WEAK, 1, 0},
			      .turn = TURN,
			      .then = {TEACHER, WEAK, 1, COSSL},
			      .reported = "consistency"},
		 [BALANCED] = {.kind = LT_TERM_OWN,
			       .of = {BLENDED, 0, 1, COSSL},
			       .weight = 1,
			       .reported = "balanced_loss"}},
	.begin = begin,
	.end = end,
	.own = learn_balanced,
};
