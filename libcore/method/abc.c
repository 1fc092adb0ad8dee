/*
 * ABC (Lee et al., NeurIPS 2021), on FixMatch: a second linear head on the same features, the
 * auxiliary balanced classifier, learns from rows of which most of the large classes' are left
 * out at random.  With n_c labelled rows of class c, n the least of them that is not 0, z' the
 * outputs of this head, and b(p) = 1 with probability p, else 0, drawn for each row, it adds
 * in step k of K
 *
 *	labelled rows    mean of b(n / n_y) CE(z', y)
 *	unlabelled rows  the sum over two strong views of the mean of
 *	                 b(1 - (k / K)(1 - n / n_c)) [max q ≥ threshold] CE(z'(s), q),
 *	                 q = softmax(z'(w)) are the shares, c = argmax q
 *
 * to what FixMatch minimises on two strong views.  The encoder learns from both heads; the
 * second one predicts.  A class without labelled rows has n / n_c = 1.
 *
 * The published code takes epoch / 500 for k / K, however long the run is.
 */
#include "base/memory.h"
#include "base/random.h"
#include "method/learner.h"
#include "method/match.h"
#include "net/loss.h"

enum { ABC = 1 };			 /* the head */
enum { ABC_GIVEN = 2, ABC_GUESSED = 3 }; /* its terms */

/* own: n / n_c of each class. */
static int begin(struct lt_learner *l, struct lt_error *err)
{
	const uint64_t *counts = l->config.loss_counts;
	double *share = l->own = lt_new_array((size_t)l->classes, sizeof *share);
	uint64_t least = 0;

	if (!share)
		return lt_fail_memory(err);
	for (int c = 0; c < l->classes; c++)
		if (counts[c] > 0 && (least == 0 || counts[c] < least))
			least = counts[c];
	for (int c = 0; c < l->classes; c++)
		share[c] = counts[c] > least ? (double)least / (double)counts[c] : 1;
	return 0;
}

static void end(struct lt_learner *l)
{
	lt_free(l->own);
}

/* b(p) of a row of the step. */
static bool takes(const struct lt_learner *l, enum lt_which which, int row, double p)
{
	const struct lt_batch *batch = &l->batch[which];
	struct lt_draws draws = lt_draws_at(l->config.seed, LT_FOR_ABC, (uint32_t)which,
					    batch->epoch, batch->slot + (uint32_t)row);

	return lt_draw_unit(&draws) < p;
}

static double learn_given(struct lt_learner *l, const struct lt_term *term, double weight)
{
	const struct lt_batch *batch = &l->batch[LT_GIVEN];
	const double *z = lt_learner_outputs(l, &term->of), *share = l->own;
	lt_real *grad = lt_learner_grad(l, &term->of);
	int classes = l->classes;
	double sum = 0;

	for (int i = 0; i < batch->n; i++, z += classes, grad += classes) {
		int y = l->config.table->label[batch->row[i]];

		if (!takes(l, LT_GIVEN, i, share[y]))
			continue;
		sum -= lt_loss_softmax(z, classes, y, l->slope);
		l->slope[y] -= 1;
		for (int c = 0; c < classes; c++)
			grad[c] += (lt_real)(weight / batch->n * l->slope[c]);
	}
	return sum / batch->n;
}

static void see(struct lt_learner *l, int term)
{
	struct lt_target *target = &l->guess[term].target;
	const double *share = l->own;

	for (int i = 0; i < target->n && term == ABC_GUESSED; i++)
		if (!takes(l, LT_UNLABELED, i, 1 - l->progress * (1 - share[target->label[i]])))
			target->weight[i] = 0;
}

const struct lt_method lt_method_abc = {
	.name = "abc",
	.about.summary = "FixMatch with a second head that learns from equal shares of classes",
	.about.formula =
		"what FixMatch minimises + for a second head's outputs z', which predict,\n"
		"mean of b(n / n_y) CE(z', y) + weight term, n the least n_c\n"
		"term = mean of b(1 - (k / K)(1 - n / n_c)) [max q >= threshold] "
		"CE(z'(strong), q)\n"
		"summed over two strong views; q = softmax(z'(weak)), c = argmax q, step k of "
		"K\n"
		"b(p) is 1 with probability p, else 0",
	.about.source = "Lee et al., NeurIPS 2021, section 3",
	LT_MATCH_PASS_TWO,
	.balanced = true,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.more = 1,
	.more_head = {{.name = "abc", .kind = LT_HEAD_LINEAR}},
	.predicts = ABC,
	.terms = 4,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM_TWO(LT_TERM_PSEUDO_LABELS),
		 [ABC_GIVEN] = {.kind = LT_TERM_OWN, .of = {0, 0, 1, ABC}, .weight = 1},
		 [ABC_GUESSED] = {.kind = LT_TERM_PSEUDO_SHARES,
				  .of = {0, 2, 2, ABC},
				  .target = {0, 1, 1, ABC},
				  .times = 2,
				  .reported = "second_consistency"}},
	.begin = begin,
	.end = end,
	.own = learn_given,
	.see = see,
};
