/*
 * SimPro (Du et al., ICML 2024): an EM algorithm for an unknown class distribution of the
 * unlabelled rows.  P is the estimate of it, from 1 / C; A that of all rows, from the shares of
 * the labelled rows.
 *
 *	target          q = softmax(z(w) + log P), the shares, if max q reaches the threshold
 *	labelled rows   CE(z + log A, y) on a weak and a strong view
 *	unlabelled rows CE(z(s) + log A, q) on two strong views
 *	each pass over the unlabelled rows
 *	                P = 0.9 P + 0.1 norm(Σ q),  A = 0.9 A + 0.1 norm(rows y + Σ q)
 *
 * with sums over the pass before, of the rows that counted.  The published code divides the
 * loss of labelled rows by a constant, which is left out.
 */
#include <string.h>

#include "base/elementary.h"
#include "method/learner.h"
#include "method/match.h"

#define MOMENTUM 0.9
#define SMALL 1e-12 /* for log 0 */

/* P, A, Σ q, rows y. */
static size_t numbers(const struct lt_learner *l)
{
	return 4 * (size_t)l->classes;
}

static void start(struct lt_learner *l)
{
	for (int c = 0; c < l->classes; c++)
		l->number[c] = 1.0 / l->classes;
	lt_learner_labelled_shares(l, l->number + l->classes);
}

/* x = MOMENTUM x + (1 - MOMENTUM) norm(sum), unless nothing was summed. */
static void move(double *x, const double *sum, int classes)
{
	double all = 0;

	for (int c = 0; c < classes; c++)
		all += sum[c];
	for (int c = 0; c < classes && all > 0; c++)
		x[c] = MOMENTUM * x[c] + (1 - MOMENTUM) * sum[c] / all;
}

static void renew(struct lt_learner *l)
{
	int classes = l->classes;
	double *p = l->number, *a = p + classes, *targets = a + classes,
	       *rows = targets + classes;

	move(p, targets, classes);
	for (int c = 0; c < classes; c++)
		rows[c] += targets[c];
	move(a, rows, classes);
	memset(targets, 0, 2 * (size_t)classes * sizeof *targets);
}

static int offset(struct lt_learner *l, struct lt_error *err)
{
	const double *p = l->number, *a = p + l->classes;

	(void)err;
	for (int c = 0; c < l->classes; c++) {
		l->offset[LT_MATCH_GUESSED].target[c] = lt_log(p[c] + SMALL);
		l->offset[LT_MATCH_GIVEN].outputs[c] = lt_log(a[c] + SMALL);
		l->offset[LT_MATCH_GUESSED].outputs[c] = lt_log(a[c] + SMALL);
	}
	return 0;
}

static void see(struct lt_learner *l, int term)
{
	struct lt_target *target = &l->guess[term].target;
	double *targets = l->number + 2 * l->classes, *rows = targets + l->classes;
	const struct lt_batch *given = &l->batch[LT_GIVEN];

	for (int i = 0; i < target->n; i++)
		for (int c = 0; c < l->classes && target->weight[i] > 0; c++)
			targets[c] += target->p[i * l->classes + c];
	for (int i = 0; i < given->n; i++)
		rows[l->config.table->label[given->row[i]]]++;
}

const struct lt_method lt_method_simpro = {
	.name = "simpro",
	.about.summary = "pseudo-labels by an estimate of the unlabelled class distribution",
	.about.formula =
		"CE(z + log A, y) + weight term, labelled rows in a weak and a strong view\n"
		"term = mean of [max q >= threshold] CE(z(strong) + log A, q), two strong "
		"views\n"
		"q = softmax(z(weak) + log P)\n"
		"each pass P = 0.9 P + 0.1 norm(sum of q), A = 0.9 A + 0.1 norm(rows y + sum "
		"of q)",
	.about.source = "Du et al., ICML 2024, section 4",
	.unlabelled = true,
	.average = true,
	.adjusts = true,
	.balanced = true,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.passes = 1,
	.pass = {{.mode = LT_TRAIN,
		  .parts = 5,
		  .part = {{LT_GIVEN, LT_VIEW_GIVEN, false},
			   {LT_GIVEN, LT_VIEW_GIVEN_AGAIN, true},
			   {LT_UNLABELED, LT_VIEW_UNLABELED, false},
			   {LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN, true},
			   {LT_UNLABELED, LT_VIEW_UNLABELED_THIRD, true}}}},
	.terms = 2,
	.term = {{.kind = LT_TERM_LABELS, .of = {0, 0, 2, 0}, .weight = 1},
		 {.kind = LT_TERM_PSEUDO_SHARES,
		  .of = {0, 3, 2, 0},
		  .target = {0, 2, 1, 0},
		  .reported = "consistency"}},
	.numbers = numbers,
	.start = start,
	.renew = renew,
	.offset = offset,
	.see = see,
};
