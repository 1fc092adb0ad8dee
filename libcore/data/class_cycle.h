/*
 * Class-aware sampling as in the code of Kang et al. (ICLR 2020): the classes take turns, a
 * turn gives some rows of the class, and no row of a class comes again before all others.
 *
 * Classes that have rows are shuffled, and shuffled again when each has had its turn.  The
 * rows of each class are shuffled in the same way; a turn continues where the class's last
 * turn ended.  Both continue from epoch to epoch.  Draws at purpose LT_FOR_SAMPLER: view 1,
 * epoch the round, for an order of classes; view 2, epoch the round, slot the class, for an
 * order of rows.
 */
#ifndef LT_DATA_CLASS_CYCLE_H
#define LT_DATA_CLASS_CYCLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct lt_class_cycle;

/* label: of n rows (1 … 2^32 - 1), each 0 … classes - 1; not kept.  turn: rows in a turn, at
 * least 1. */
int lt_class_cycle_new(struct lt_class_cycle **out, const int32_t *label, uint64_t n,
		       int classes, int turn, uint64_t seed, struct lt_error *err);
/* Writes the next n rows to order.  With fresh, an unfinished turn of the last call is
 * dropped, as in their code at the beginning of an epoch. */
void lt_class_cycle_take(struct lt_class_cycle *cycle, uint32_t *order, uint64_t n, bool fresh);
void lt_class_cycle_free(struct lt_class_cycle *cycle);

#endif
