#include "data/class_cycle.h"

#include "base/memory.h"
#include "base/random.h"

/* The numbers 0 … n - 1 in a random order, which is shuffled again after each cycle. */
struct ring {
	uint32_t n, at, round;
};

struct lt_class_cycle {
	int classes, turn;
	uint64_t seed;
	struct ring all, *of; /* of the classes, of each class's rows */
	uint32_t *class_order;
	uint32_t *row;	   /* rows, class after class */
	uint32_t *place;   /* their order */
	uint64_t *first;   /* where a class begins */
	uint32_t *present; /* classes that have rows */
	int left, current; /* rows left in this turn, and its class */
};

/* The next position of a ring, which is shuffled again when a cycle begins. */
static uint32_t next(struct lt_class_cycle *cycle, struct ring *ring, uint32_t *order,
		     uint32_t view, uint32_t slot)
{
	uint32_t taken;

	if (ring->at == 0) {
		struct lt_draws draws =
			lt_draws_at(cycle->seed, LT_FOR_SAMPLER, view, ++ring->round, slot);

		lt_draw_permutation(&draws, order, ring->n);
	}
	taken = order[ring->at];
	ring->at = ring->at + 1 == ring->n ? 0 : ring->at + 1;
	return taken;
}

void lt_class_cycle_take(struct lt_class_cycle *cycle, uint32_t *order, uint64_t n, bool fresh)
{
	if (fresh)
		cycle->left = 0;
	for (uint64_t i = 0; i < n; i++) {
		struct ring *ring;
		uint64_t first;
		uint32_t c;

		if (cycle->left == 0) {
			cycle->current = (int)cycle->present[next(cycle, &cycle->all,
								  cycle->class_order, 1, 0)];
			cycle->left = cycle->turn;
		}
		c = (uint32_t)cycle->current;
		ring = &cycle->of[c];
		first = cycle->first[c];
		order[i] = cycle->row[first + next(cycle, ring, cycle->place + first, 2, c)];
		cycle->left--;
	}
}

/* Rows class after class, each in the order of the rows. */
static void sort_rows(struct lt_class_cycle *cycle, const int32_t *label, uint64_t n)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < n; i++)
		cycle->of[label[i]].n++;
	for (int c = 0; c < cycle->classes; c++) {
		cycle->first[c] = sum;
		sum += cycle->of[c].n;
		if (cycle->of[c].n > 0)
			cycle->present[cycle->all.n++] = (uint32_t)c;
	}
	for (uint64_t i = 0; i < n; i++)
		cycle->row[cycle->first[label[i]] + cycle->of[label[i]].at++] = (uint32_t)i;
	for (int c = 0; c < cycle->classes; c++)
		cycle->of[c].at = 0;
}

int lt_class_cycle_new(struct lt_class_cycle **out, const int32_t *label, uint64_t n,
		       int classes, int turn, uint64_t seed, struct lt_error *err)
{
	struct lt_class_cycle *cycle = lt_new_array(1, sizeof *cycle);
	size_t k = (size_t)classes;

	if (!cycle)
		return lt_fail_memory(err);
	cycle->classes = classes;
	cycle->turn = turn;
	cycle->seed = seed;
	cycle->of = lt_new_array(k, sizeof *cycle->of);
	cycle->first = lt_new_array(k, sizeof *cycle->first);
	cycle->present = lt_new_array(k, sizeof *cycle->present);
	cycle->class_order = lt_new_array(k, sizeof *cycle->class_order);
	cycle->row = lt_new_array(n, sizeof *cycle->row);
	cycle->place = lt_new_array(n, sizeof *cycle->place);
	if (!cycle->of || !cycle->first || !cycle->present || !cycle->class_order ||
	    !cycle->row || !cycle->place) {
		lt_class_cycle_free(cycle);
		return lt_fail_memory(err);
	}
	sort_rows(cycle, label, n);
	*out = cycle;
	return 0;
}

void lt_class_cycle_free(struct lt_class_cycle *cycle)
{
	if (!cycle)
		return;
	lt_free(cycle->of);
	lt_free(cycle->first);
	lt_free(cycle->present);
	lt_free(cycle->class_order);
	lt_free(cycle->row);
	lt_free(cycle->place);
	lt_free(cycle);
}
