/*
 * ACR (Wei & Gan, CVPR 2023): FixMatch with a second linear head on the same features, for
 * unlabelled rows whose class shares are not known.  With pi the shares of the labelled rows,
 * z the outputs of the first head and z' those of the second one, which predicts:
 *
 *	labelled rows    CE(z, y) + CE(z' + 2 log pi, y)
 *	unlabelled rows  on two strong views, the mean of
 *	                 [a ≥ threshold or max softmax(z(w)) ≥ threshold] CE(z(s), argmax q),
 *	                 q = softmax(z(w) - t log pi), a = max q, and that of
 *	                 [a ≥ threshold or max softmax(z'(w)) ≥ threshold] CE(z'(s), argmax q),
 *	                 q = softmax(z(w) - 2 log pi), a = max q
 *
 * The factor t is 2 as long as the unlabelled rows seem to have other shares than pi, and less
 * if they have the same ones.  P estimates them, from 1 / C: in each step it becomes 0.9 P +
 * 0.1 times the shares of argmax z'(w) over the rows with max softmax(z'(w)) ≥ threshold.  Its
 * distance from anchors A,
 *
 *	d(A) = (KL(P ‖ A) + KL(A ‖ P)) / 2
 *
 * is averaged over the steps of a pass over the unlabelled rows; after the pass,
 *
 *	t = 2 exp d(pi) / (exp d(pi) + exp d(equal shares) + exp d(reversed pi))
 *
 * Reversed, the largest class has the share of the smallest one, and so on.  Steps without such
 * rows and the first 1 % of the run do not count.
 *
 * The published code reverses pi by the numbers of the classes, which must be in the order of
 * their sizes there, and counts a class at most once in each step.
 */
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "method/learner.h"
#include "method/match.h"
#include "net/loss.h"

#define FACTOR 2.0
#define MOMENTUM 0.9
#define FROM 0.01
#define SMALL 1e-12 /* for a class without rows */

enum { ACR = 1 };			 /* the head */
enum { ACR_GIVEN = 2, ACR_GUESSED = 3 }; /* its terms */
enum { ANCHORS = 3 };			 /* pi, equal, reversed */

/* Its numbers: t, steps, the sums of the distances; P. */
enum { T, STEPS, SUMS, SHARES = SUMS + ANCHORS };

static size_t numbers(const struct lt_learner *l)
{
	return SHARES + (size_t)l->classes;
}

static void start(struct lt_learner *l)
{
	l->number[T] = FACTOR;
	for (int c = 0; c < l->classes; c++)
		l->number[SHARES + c] = 1.0 / l->classes;
}

/* ------------------------------------------------------------------------- anchors */

/* Classes of more rows, or of as many and a lower number. */
static int rank_of(const uint64_t *counts, int classes, int c)
{
	int rank = 0;

	for (int i = 0; i < classes; i++)
		rank += counts[i] > counts[c] || (counts[i] == counts[c] && i < c);
	return rank;
}

/* Gives the shares of the smallest class to the largest one, and so on. */
static int reverse(const uint64_t *counts, int classes, const double *pi, double *reversed,
		   struct lt_error *err)
{
	int *rank = lt_new_array((size_t)classes, sizeof *rank);
	int *of_rank = lt_new_array((size_t)classes, sizeof *of_rank);
	bool fine = rank && of_rank;

	for (int c = 0; fine && c < classes; c++) {
		rank[c] = rank_of(counts, classes, c);
		of_rank[rank[c]] = c;
	}
	for (int c = 0; fine && c < classes; c++)
		reversed[c] = pi[of_rank[classes - 1 - rank[c]]];
	lt_free(rank);
	lt_free(of_rank);
	return fine ? 0 : lt_fail_memory(err);
}

/* own: the anchors, then shares of a step. */
static int begin(struct lt_learner *l, struct lt_error *err)
{
	const uint64_t *counts = l->config.loss_counts;
	int classes = l->classes;
	double *pi, *equal, *reversed;

	l->own = lt_new_array(ANCHORS + 1, (size_t)classes * sizeof(double));
	if (!l->own)
		return lt_fail_memory(err);
	pi = l->own;
	equal = pi + classes;
	reversed = equal + classes;
	lt_learner_labelled_shares(l, pi);
	for (int c = 0; c < classes; c++)
		equal[c] = 1.0 / classes;
	return reverse(counts, classes, pi, reversed, err);
}

static void end(struct lt_learner *l)
{
	lt_free(l->own);
}

static double divergence(const double *p, const double *q, int classes)
{
	double sum = 0;

	for (int c = 0; c < classes; c++)
		if (p[c] > 0)
			sum += p[c] * lt_log(p[c] / (q[c] + SMALL));
	return sum;
}

/* -------------------------------------------------------------------------- a step */

static void renew(struct lt_learner *l)
{
	double *d = l->number + SUMS, sum = 0, steps = l->number[STEPS];

	if (steps == 0)
		return;
	for (int a = 0; a < ANCHORS; a++)
		sum += lt_exp((d[a] - d[0]) / steps);
	l->number[T] = FACTOR / sum;
	memset(l->number + STEPS, 0, (1 + ANCHORS) * sizeof *d);
}

static int offset(struct lt_learner *l, struct lt_error *err)
{
	const double *pi = l->own;

	(void)err;
	for (int c = 0; c < l->classes; c++) {
		double log_pi = pi[c] > 0 ? lt_log(pi[c]) : 0;

		l->offset[LT_MATCH_GUESSED].target[c] = -l->number[T] * log_pi;
		l->offset[ACR_GUESSED].target[c] = -FACTOR * log_pi;
		l->offset[ACR_GIVEN].outputs[c] = FACTOR * log_pi;
	}
	return 0;
}

/* P moves to the shares of a step's n rows, and the distances from there are added. */
static void estimate(struct lt_learner *l, const double *rows, double n)
{
	double *p = l->number + SHARES;
	const double *anchor = l->own;

	for (int c = 0; c < l->classes; c++)
		p[c] = MOMENTUM * p[c] + (1 - MOMENTUM) * rows[c] / n;
	for (int a = 0; a < ANCHORS; a++, anchor += l->classes)
		l->number[SUMS + a] += (divergence(p, anchor, l->classes) +
					divergence(anchor, p, l->classes)) /
				       2;
	l->number[STEPS]++;
}

/* A row also counts if the head that learns is sure of it without adjustment. */
static void see(struct lt_learner *l, int term)
{
	const struct lt_span weak = {0, 1, 1, l->method->term[term].of.head};
	const double *z = lt_learner_outputs(l, &weak);
	struct lt_target *target = &l->guess[term].target;
	double *rows = (double *)l->own + ANCHORS * l->classes, n = 0;

	memset(rows, 0, (size_t)l->classes * sizeof *rows);
	for (int i = 0; i < target->n; i++, z += l->classes) {
		int best = lt_arg_max(z, l->classes);

		lt_loss_softmax(z, l->classes, 0, l->slope);
		if (!(l->slope[best] >= l->guess[term].mask.threshold))
			continue;
		target->weight[i] = 1;
		rows[best]++;
		n++;
	}
	if (term == ACR_GUESSED && l->progress >= FROM && n > 0)
		estimate(l, rows, n);
}

const struct lt_method lt_method_acr = {
	.name = "acr",
	.about.summary = "two heads whose pseudo-labels fit unlabelled rows of unknown shares",
	.about.formula =
		"CE(z, y) + CE(z' + 2 log pi, y) + weight (term of z + term of z')\n"
		"term = mean of [max q or max p(weak) >= threshold] CE(p(strong), argmax q)\n"
		"on two strong views; q = softmax(z(weak) - t log pi), for z' softmax(z(weak) "
		"- 2 log pi)\n"
		"pi shares of the labelled rows; z' predicts\n"
		"each pass t = 2 exp d(pi) / sum of exp d(A), A of pi, equal shares and "
		"reversed pi\n"
		"d(A) symmetric KL of A and the estimate of the unlabelled shares",
	.about.source = "Wei and Gan, CVPR 2023",
	LT_MATCH_PASS_TWO,
	.adjusts = true,
	.balanced = true,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.more = 1,
	.more_head = {{.name = "acr", .kind = LT_HEAD_LINEAR}},
	.predicts = ACR,
	.terms = 4,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM_TWO(LT_TERM_PSEUDO_LABELS),
		 [ACR_GIVEN] = {.kind = LT_TERM_LABELS, .of = {0, 0, 1, ACR}, .weight = 1},
		 [ACR_GUESSED] = {.kind = LT_TERM_PSEUDO_LABELS,
				  .of = {0, 2, 2, ACR},
				  .target = {0, 1, 1, 0},
				  .reported = "second_consistency"}},
	.begin = begin,
	.end = end,
	.numbers = numbers,
	.start = start,
	.renew = renew,
	.offset = offset,
	.see = see,
};
