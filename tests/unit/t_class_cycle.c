/* Class-aware draws: turns of classes, turns of rows, and the continuation of both. */
#include "data/class_cycle.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

#define ROWS 20
#define CLASSES 4

/* Class 2 has no rows; class 3 has fewer than a turn. */
static const int32_t label[ROWS] = {0, 1, 0, 0, 1, 0, 0, 3, 0, 0, 1, 0, 3, 0, 1, 0, 1, 0, 0, 1};
static const int counts[CLASSES] = {12, 6, 0, 2};

static struct lt_class_cycle *cycle_of(int turn, uint64_t seed)
{
	struct lt_class_cycle *cycle;

	if (lt_class_cycle_new(&cycle, label, ROWS, CLASSES, turn, seed, NULL) != 0)
		abort();
	return cycle;
}

/*
 * A turn has four rows of a class; a round has all classes with rows; rows repeat only
 * after all rows of the class.
 */
static void turns(void)
{
	struct lt_class_cycle *cycle = cycle_of(4, 1);
	enum { ROUNDS = 60 };
	uint32_t order[4 * 3 * ROUNDS];
	int seen[ROWS] = {0}, first[CLASSES] = {0}, most, least;
	bool turn = true, round = true, even = true;

	lt_class_cycle_take(cycle, order, sizeof order / sizeof *order, true);
	for (int r = 0; r < ROUNDS; r++) {
		bool met[CLASSES] = {false};

		for (int t = 0; t < 3; t++) {
			const uint32_t *four = order + 4 * (3 * r + t);
			int c = label[four[0]];

			round = round && !met[c];
			met[c] = true;
			first[c] += t == 0;
			for (int i = 0; i < 4; i++) {
				turn = turn && label[four[i]] == c;
				seen[four[i]]++;
				most = least = seen[four[0]];
				for (int row = 0; row < ROWS; row++)
					if (label[row] == c) {
						most = seen[row] > most ? seen[row] : most;
						least = seen[row] < least ? seen[row] : least;
					}
				even = even && most - least <= 1;
			}
		}
	}
	check_named(turn, "four rows of one class");
	check_named(round, "every class once a round");
	check_named(even, "no row again before all of its class");
	for (int row = 0; row < ROWS; row++)
		check_int(seen[row] * counts[label[row]] == 4 * ROUNDS, 1);
	check_named(first[0] > 5 && first[1] > 5 && first[3] > 5, "in random order");
	lt_class_cycle_free(cycle);
}

/* Drawn in parts, the sequence is the same; a fresh epoch begins with the next class. */
static void epochs(void)
{
	struct lt_class_cycle *a = cycle_of(4, 5), *b = cycle_of(4, 5), *c = cycle_of(4, 6);
	uint32_t whole[48], piece[48], other[48], begun[8];

	lt_class_cycle_take(a, whole, 48, true);
	lt_class_cycle_take(b, piece, 7, true);
	lt_class_cycle_take(b, piece + 7, 41, false);
	check(memcmp(whole, piece, sizeof whole) == 0);
	lt_class_cycle_take(c, other, 48, true);
	check_named(memcmp(whole, other, sizeof whole) != 0, "another seed");
	lt_class_cycle_free(b);
	b = cycle_of(4, 5);
	lt_class_cycle_take(b, piece, 6, true);
	lt_class_cycle_take(b, begun, 8, true);
	check_named(label[begun[0]] != label[piece[4]] && label[begun[0]] == label[whole[8]] &&
			    label[begun[3]] == label[begun[0]],
		    "an epoch goes on with the next class");
	lt_class_cycle_free(a);
	lt_class_cycle_free(b);
	lt_class_cycle_free(c);
}

int main(void)
{
	turns();
	epochs();
	return check_done();
}
