/*
 * Chooses the groups that are held out.
 *
 * The target for class c with R_c rows is w = R_c · share rows in test, and likewise in
 * validation.  If h rows are there, the misfit is the sum of ((h − w) / R_c)² over classes
 * and over test and validation, so that all classes have equal weight.
 *
 * At first all groups are in training.  They are shuffled, and in that order each group
 * moves to the place with the least misfit (it stays if no other place is better).  This
 * is repeated until no group moves, at most ten times.  In the first round a group moves
 * only if no class then exceeds its rounded target, so that groups that fit are chosen at
 * random, whether small or large.
 * At the end, first for test and then for validation, a class without a row there gets
 * the one of its groups in training that adds the least misfit.  A group never leaves
 * training if it is the last one there with rows of some class.
 *
 * Each round visits each row once, so the time is proportional to the number of rows.
 */
#include <string.h>

#include "base/memory.h"
#include "data/split_groups.h"

#define ROUNDS 10
#define LABEL(member) ((member)->row >> 48)
#define NUMBER(member) ((member)->row & UINT64_C(0xffffffffffff))

enum side { TRAINING, TEST, VALIDATION, SIDES };

struct assignment {
	const struct lt_split_groups *groups;
	const uint64_t *all; /* rows by class */
	int classes;
	double share[SIDES];
	uint64_t *have[SIDES]; /* rows by class; of training: groups */
	uint8_t *side;	       /* by group */
	int64_t *order;	       /* of groups */
	int64_t *best;	       /* by class: the group that would do the least harm, -1: none */
	double *harm;
};

/* Rows of one class in a group. */
struct run {
	uint64_t label, rows;
};

/* The run that begins at member *at of a group that ends before end. */
static struct run next_run(const struct lt_split_groups *groups, uint64_t *at, uint64_t end)
{
	struct run run = {.label = LABEL(&groups->member[*at])};

	for (; *at < end && LABEL(&groups->member[*at]) == run.label; ++*at)
		run.rows++;
	return run;
}

/* How much the misfit grows when a group moves. */
static double cost(const struct assignment *a, uint64_t group, enum side from, enum side to)
{
	uint64_t at = a->groups->start[group], end = a->groups->start[group + 1];
	double sum = 0, all, rows;
	struct run run;

	while (at < end) {
		run = next_run(a->groups, &at, end);
		all = (double)a->all[run.label];
		rows = (double)run.rows;
		if (to != TRAINING)
			sum += rows / all *
			       (rows +
				2 * ((double)a->have[to][run.label] - a->share[to] * all)) /
			       all;
		if (from != TRAINING)
			sum += rows / all *
			       (rows -
				2 * ((double)a->have[from][run.label] - a->share[from] * all)) /
			       all;
	}
	return sum;
}

/* Does training have another group of each of its classes? */
static bool may_leave(const struct assignment *a, uint64_t group)
{
	uint64_t at = a->groups->start[group], end = a->groups->start[group + 1];

	while (at < end)
		if (a->have[TRAINING][next_run(a->groups, &at, end).label] < 2)
			return false;
	return true;
}

static void move(struct assignment *a, uint64_t group, enum side to)
{
	uint64_t at = a->groups->start[group], end = a->groups->start[group + 1];
	enum side from = (enum side)a->side[group];
	struct run run;

	while (at < end) {
		run = next_run(a->groups, &at, end);
		a->have[from][run.label] -= from == TRAINING ? 1 : run.rows;
		a->have[to][run.label] += to == TRAINING ? 1 : run.rows;
	}
	a->side[group] = (uint8_t)to;
}

/* Would each of its classes stay within the wanted number there? */
static bool fits(const struct assignment *a, uint64_t group, enum side side)
{
	uint64_t at = a->groups->start[group], end = a->groups->start[group + 1];
	struct run run;

	while (at < end) {
		run = next_run(a->groups, &at, end);
		if (!((double)(a->have[side][run.label] + run.rows) <=
		      a->share[side] * (double)a->all[run.label] + 0.5))
			return false;
	}
	return true;
}

static enum side best_side(const struct assignment *a, uint64_t group, bool first)
{
	enum side from = (enum side)a->side[group], best = from;
	double least = 0, change;
	int to;

	for (to = TRAINING; to < SIDES; to++) {
		if ((enum side)to == from || (to != TRAINING && !(a->share[to] > 0)) ||
		    (first && !fits(a, group, (enum side)to)))
			continue;
		change = cost(a, group, from, (enum side)to);
		if (change < least) {
			least = change;
			best = (enum side)to;
		}
	}
	return best == from || (from == TRAINING && !may_leave(a, group)) ? from : best;
}

/* One round over all groups; returns whether any was moved. */
static bool settle(struct assignment *a, bool first)
{
	bool moved = false;
	uint64_t i, group;
	enum side to;

	for (i = 0; i < a->groups->n_groups; i++) {
		group = (uint64_t)a->order[i];
		to = best_side(a, group, first);
		if (to != (enum side)a->side[group]) {
			move(a, group, to);
			moved = true;
		}
	}
	return moved;
}

static bool lacks(const struct assignment *a, uint64_t class, enum side side)
{
	return a->have[side][class] == 0 && a->have[TRAINING][class] >= 2;
}

/* Finds, for each class that lacks rows on a side, the best group to give it some. */
static void look(struct assignment *a, enum side side)
{
	uint64_t i, group, at, end;
	struct run run;
	double change;

	for (i = 0; i < (uint64_t)a->classes; i++)
		a->best[i] = -1;
	for (i = 0; i < a->groups->n_groups; i++) {
		group = (uint64_t)a->order[i];
		if (a->side[group] != TRAINING || !may_leave(a, group))
			continue;
		change = cost(a, group, TRAINING, side);
		at = a->groups->start[group];
		end = a->groups->start[group + 1];
		while (at < end) {
			run = next_run(a->groups, &at, end);
			if (!lacks(a, run.label, side) ||
			    (a->best[run.label] >= 0 && !(change < a->harm[run.label])))
				continue;
			a->best[run.label] = (int64_t)group;
			a->harm[run.label] = change;
		}
	}
}

/* Gives each class without rows in test or validation one of its groups there, if possible. */
static bool mend(struct assignment *a, enum side side)
{
	bool moved = false;
	uint64_t c, group;

	look(a, side);
	for (c = 0; c < (uint64_t)a->classes; c++) {
		group = (uint64_t)a->best[c];
		if (a->best[c] < 0 || !lacks(a, c, side) || a->side[group] != TRAINING ||
		    !may_leave(a, group))
			continue;
		move(a, group, side);
		moved = true;
	}
	return moved;
}

static void assign(struct assignment *a, struct lt_mt19937 *mt)
{
	uint64_t n = a->groups->n_groups, i, at;
	enum side side;
	int round;

	for (i = 0; i < n; i++) {
		a->order[i] = (int64_t)i;
		at = a->groups->start[i];
		while (at < a->groups->start[i + 1])
			a->have[TRAINING]
			       [next_run(a->groups, &at, a->groups->start[i + 1]).label]++;
	}
	lt_mt_shuffle(mt, a->order, n);
	settle(a, true);
	for (round = 1; round < ROUNDS && settle(a, false); round++)
		;
	for (side = TEST; side < SIDES; side++)
		for (round = 0; round < ROUNDS && a->share[side] > 0 && mend(a, side); round++)
			;
}

/* ---------------------------------------------------------------------- result */

static void put(struct lt_split_groups *groups, const struct assignment *a,
		struct lt_split_held *held, uint8_t *place)
{
	static const enum lt_split_place places[SIDES] = {[TRAINING] = LT_PLACE_REST,
							  [TEST] = LT_PLACE_TEST,
							  [VALIDATION] = LT_PLACE_VAL};
	uint64_t g, i;
	int c;

	for (g = 0; g < groups->n_groups; g++) {
		groups->n_on[places[a->side[g]]]++;
		for (i = groups->start[g]; a->side[g] != TRAINING && i < groups->start[g + 1];
		     i++)
			place[NUMBER(&groups->member[i])] = (uint8_t)places[a->side[g]];
	}
	for (c = 0; c < a->classes; c++) {
		held->test[c] = a->have[TEST][c];
		held->val[c] = a->have[VALIDATION][c];
		held->left[c] = held->all[c] - held->test[c] - held->val[c];
	}
	held->placed = true;
}

int lt_split_groups_hold(struct lt_split_groups *groups, struct lt_split_held *held,
			 struct lt_split_shares shares, int classes, struct lt_mt19937 *mt,
			 uint8_t *place, struct lt_error *err)
{
	size_t n = (size_t)classes;
	struct assignment a = {
		.groups = groups,
		.all = held->all,
		.classes = classes,
		.share = {0, (double)shares.test / LT_SPLIT_WHOLE,
			  (double)shares.val / LT_SPLIT_WHOLE},
	};
	int side, code = 0;

	for (side = TRAINING; side < SIDES; side++)
		if (!(a.have[side] = lt_new_array(n, sizeof *a.have[side])))
			code = lt_fail_memory(err);
	a.best = lt_new_array(n, sizeof *a.best);
	a.harm = lt_new_array(n, sizeof *a.harm);
	a.side = lt_new_array(groups->n_groups, 1);
	a.order = lt_new_array(groups->n_groups, sizeof *a.order);
	if (code == 0 && (!a.best || !a.harm || !a.side || !a.order))
		code = lt_fail_memory(err);
	if (code == 0) {
		assign(&a, mt);
		put(groups, &a, held, place);
	}
	for (side = TRAINING; side < SIDES; side++)
		lt_free(a.have[side]);
	lt_free(a.best);
	lt_free(a.harm);
	lt_free(a.side);
	lt_free(a.order);
	return code;
}
