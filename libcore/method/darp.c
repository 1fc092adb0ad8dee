/*
 * DARP (Kim et al., NeurIPS 2020), on FixMatch: the last predictions of all unlabelled rows, Q,
 * are changed so that their class shares are those that the unlabelled set is believed to have.
 * From 40 % of the run on, in every tenth step:
 *
 *	P    the shares of the unlabelled rows, estimated from Q by EM (darp.h)
 *	m_c  P_c × the number of rows
 *	Q    of each column c the ⌊2 m_c⌋ largest are kept and scaled to sum m_c; the
 *	     others are 0; + 1e-6; rows are scaled to sum 1
 *	X    minimises Σ_i w_i KL(X_i ‖ Q_i), w_i = 1 / H(Q_i), with rows that sum to 1
 *	     and columns that sum to m_c:  X_ic = a_i Q_ic exp(-v_c H_i), by turns a_i
 *	     from the rows and v_c from the columns (Newton), ten times
 *
 * A row's pseudo-label is argmax X_i, and counts if max X_i reaches the threshold.
 *
 * The paper estimates P with rows that it holds out; some published code takes the shares
 * of the labelled rows for P, which fails when those of the unlabelled rows are others.
 */
#include "method/darp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "method/learner.h"
#include "method/match.h"

#define FROM 0.4
#define SMALL 1e-6

enum { EVERY = 10, ROUNDS = 10, NEWTON = 30, EM = 1000 };

void lt_darp_prior(const double *q, uint64_t n, int classes, const double *pi, double *shares,
		   double *spare)
{
	double change = 1;

	memcpy(shares, pi, (size_t)classes * sizeof *shares);
	for (int round = 0; round < EM && change >= SMALL; round++) {
		change = 0;
		memset(spare, 0, (size_t)classes * sizeof *spare);
		for (uint64_t i = 0; i < n; i++) {
			const double *row = q + i * (uint64_t)classes;
			double sum = 0;

			for (int c = 0; c < classes; c++)
				sum += pi[c] > 0 ? row[c] * shares[c] / pi[c] : 0;
			for (int c = 0; c < classes && sum > 0; c++)
				spare[c] += pi[c] > 0 ? row[c] * shares[c] / pi[c] / sum : 0;
		}
		for (int c = 0; c < classes; c++) {
			spare[c] /= (double)n;
			change = fmax(change, fabs(spare[c] - shares[c]));
			shares[c] = spare[c];
		}
	}
}

/* ------------------------------------------------------------------------- refining */

/* From the largest; equal ones in the order of the rows. */
static int by_value(const void *a, const void *b)
{
	const struct lt_darp_value *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? 1 : -1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* Keeps the largest of a column, and scales them to sum m. */
static void keep_largest(double *q, uint64_t n, int classes, int c, double m,
			 struct lt_darp_value *column)
{
	uint64_t kept = 2 * m < (double)n ? (uint64_t)(2 * m) : n;
	double sum = 0;

	for (uint64_t i = 0; i < n; i++)
		column[i] = (struct lt_darp_value){q[i * (uint64_t)classes + (uint64_t)c], i};
	qsort(column, (size_t)n, sizeof *column, by_value);
	for (uint64_t i = 0; i < kept; i++)
		sum += column[i].value;
	for (uint64_t i = 0; i < n; i++)
		q[column[i].row * (uint64_t)classes + (uint64_t)c] =
			i < kept && sum > 0 ? column[i].value * m / sum : 0;
}

/* Rows to sum 1, and their entropies. */
static void prepare(double *q, uint64_t n, int classes, double *entropy)
{
	for (uint64_t i = 0; i < n; i++, q += classes) {
		double sum = 0;

		for (int c = 0; c < classes; c++)
			sum += q[c] += SMALL;
		entropy[i] = 0;
		for (int c = 0; c < classes; c++) {
			q[c] /= sum;
			entropy[i] -= q[c] * lt_log(q[c]);
		}
	}
}

/* a_i: the rows of Q_ic exp(-v_c H_i) to sum 1. */
static void scale_rows(const double *q, uint64_t n, int classes, struct lt_darp_room *room)
{
	for (uint64_t i = 0; i < n; i++, q += classes) {
		double sum = 0;

		for (int c = 0; c < classes; c++)
			sum += q[c] * lt_exp(-room->v[c] * room->entropy[i]);
		room->scale[i] = 1 / sum;
	}
}

/* v_c, at which column c sums to m: the sum falls with v. */
static void solve_column(const double *q, uint64_t n, int classes, int c, double m,
			 struct lt_darp_room *room)
{
	double step = 1;

	for (int k = 0; k < NEWTON && fabs(step) >= 0.1; k++) {
		double sum = 0, slope = 0;

		for (uint64_t i = 0; i < n; i++) {
			double x = room->scale[i] * q[i * (uint64_t)classes + (uint64_t)c] *
				   lt_exp(-room->v[c] * room->entropy[i]);

			sum += x;
			slope += x * room->entropy[i];
		}
		step = (sum - m) / fmax(slope, SMALL);
		step = fmax(-2, fmin(step, 2)); /* the slope is steep where v is low */
		room->v[c] += step;
	}
}

void lt_darp_refine(double *q, uint64_t n, int classes, const double *m,
		    struct lt_darp_room *room)
{
	for (int c = 0; c < classes; c++) {
		keep_largest(q, n, classes, c, m[c], room->column);
		room->v[c] = 0;
	}
	prepare(q, n, classes, room->entropy);
	for (int round = 0; round < ROUNDS; round++) {
		scale_rows(q, n, classes, room);
		for (int c = 0; c < classes; c++)
			solve_column(q, n, classes, c, m[c], room);
	}
	scale_rows(q, n, classes, room);
	for (uint64_t i = 0; i < n; i++)
		for (int c = 0; c < classes; c++)
			q[i * (uint64_t)classes + (uint64_t)c] *=
				room->scale[i] * lt_exp(-room->v[c] * room->entropy[i]);
}

/* ------------------------------------------------------------------------- a method */

/* Its numbers: steps until the next refinement, Q, X. */
static size_t numbers(const struct lt_learner *l)
{
	return 1 + 2 * (size_t)l->set[LT_UNLABELED].rows * (size_t)l->classes;
}

static void start(struct lt_learner *l)
{
	size_t n = (size_t)l->set[LT_UNLABELED].rows * (size_t)l->classes;

	for (size_t i = 0; i < n; i++)
		l->number[1 + i] = 1.0 / l->classes;
}

struct own {
	struct lt_darp_room room;
	double *pi, *shares, *m;
};

static void end(struct lt_learner *l)
{
	struct own *own = l->own;

	if (!own)
		return;
	lt_free(own->room.column);
	lt_free(own->room.entropy);
	lt_free(own->room.scale);
	lt_free(own->room.v);
	lt_free(own->pi);
	lt_free(own->shares);
	lt_free(own->m);
	lt_free(own);
}

static int begin(struct lt_learner *l, struct lt_error *err)
{
	size_t n = (size_t)l->set[LT_UNLABELED].rows, classes = (size_t)l->classes;
	struct own *own = l->own = lt_new_array(1, sizeof *own);

	if (!own)
		return lt_fail_memory(err);
	own->room.column = lt_new_array(n, sizeof *own->room.column);
	own->room.entropy = lt_new_array(n, sizeof(double));
	own->room.scale = lt_new_array(n, sizeof(double));
	own->room.v = lt_new_array(classes, sizeof(double));
	own->pi = lt_new_array(classes, sizeof(double));
	own->shares = lt_new_array(classes, sizeof(double));
	own->m = lt_new_array(classes, sizeof(double));
	if (!own->room.column || !own->room.entropy || !own->room.scale || !own->room.v ||
	    !own->pi || !own->shares || !own->m)
		return lt_fail_memory(err);
	lt_learner_labelled_shares(l, own->pi);
	return 0;
}

static void refine(struct lt_learner *l, const double *q, double *x)
{
	struct own *own = l->own;
	uint64_t n = l->set[LT_UNLABELED].rows;

	lt_darp_prior(q, n, l->classes, own->pi, own->shares, own->m);
	for (int c = 0; c < l->classes; c++)
		own->m[c] = own->shares[c] * (double)n;
	memcpy(x, q, (size_t)n * (size_t)l->classes * sizeof *x);
	lt_darp_refine(x, n, l->classes, own->m, &own->room);
}

static void see(struct lt_learner *l, int term)
{
	struct lt_target *target = &l->guess[term].target;
	size_t classes = (size_t)l->classes, row = classes * sizeof(double);
	double *left = l->number, *q = left + 1;
	double *x = q + (size_t)l->set[LT_UNLABELED].rows * classes;

	for (int i = 0; i < target->n; i++)
		memcpy(q + target->row[i] * classes, target->p + (size_t)i * classes, row);
	if (l->progress < FROM)
		return;
	if (*left == 0) {
		refine(l, q, x);
		*left = EVERY;
	}
	(*left)--;
	for (int i = 0; i < target->n; i++)
		memcpy(target->p + (size_t)i * classes, x + target->row[i] * classes, row);
	lt_target_label(target);
	lt_masks[LT_MASK_FIXED].weigh(&l->guess[term].mask, target);
}

const struct lt_method lt_method_darp = {
	.name = "darp",
	.about.summary = "FixMatch whose pseudo-labels have the estimated class shares",
	.about.formula = "labelled loss + weight term\n"
			 "term = mean of [max x >= threshold] CE(p(strong), argmax x), x of X "
			 "nearest to the "
			 "predictions Q\n"
			 "minimises sum of KL(X_i || Q_i) / H(Q_i), columns of X sum to rows "
			 "P_c, P by EM\n"
			 "from 40 % of the run on, every 10 steps; before, x = p(weak)",
	.about.source = "Kim et al., NeurIPS 2020, section 3",
	LT_MATCH_PASS,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999, [LT_THRESHOLD] = 0.95},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM(LT_TERM_PSEUDO_LABELS)},
	.begin = begin,
	.end = end,
	.numbers = numbers,
	.start = start,
	.see = see,
};
