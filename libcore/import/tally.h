/*
 * Counts small numbers: exact minimum, median and maximum, in memory that does not grow with
 * the number of values.  Counts are in pages that are allocated when needed: 2 KiB for 256
 * consecutive numbers, 8 MiB for all of them.
 */
#ifndef LT_IMPORT_TALLY_H
#define LT_IMPORT_TALLY_H

#include <stdint.h>

#include "base/error.h"

/* The greatest number. */
#define LT_TALLY_MOST ((uint32_t)1 << 20)

/* { 0 } is empty. */
struct lt_tally {
	uint64_t **page;
	uint64_t n;
	uint32_t least, most; /* where n > 0 */
};

/* Adds `times` to the count of value; LT_BUG if value is above LT_TALLY_MOST. */
int lt_tally_add(struct lt_tally *tally, uint32_t value, uint64_t times, struct lt_error *err);
/* The median, the lower of the two middle values for an even number; 0 if empty. */
uint32_t lt_tally_median(const struct lt_tally *tally);
void lt_tally_free(struct lt_tally *tally);

#endif
