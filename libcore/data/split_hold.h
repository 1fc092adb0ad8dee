/*
 * Holding out a share of each class for a test and a validation set.
 *
 * For a class with R rows, a share s holds out R · s rows, rounded to the nearest whole
 * number, halves up; but at least one if R is 2 or more, and never all rows of the
 * class.  Test rows are held out first; validation gets at most all but one of the rest.
 * With both shares, test leaves at least one row to validation if the class has 3 or
 * more.  A share of 0 holds out nothing.
 */
#ifndef LT_DATA_SPLIT_HOLD_H
#define LT_DATA_SPLIT_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define LT_SPLIT_WHOLE                                                                         \
	UINT32_C(1000000000) /* shares are in billionths, so that they are exact */

struct lt_split_shares {
	uint32_t test, val;
};

/* By label. */
struct lt_split_held {
	const uint64_t *all; /* the caller's: rows of each class */
	uint64_t *test, *val, *left;
	bool placed; /* held out by whole groups: the rows have their places before the draw */
};

/* Parses "20%" or "0.2", at least 0 and less than 1; otherwise LT_USAGE.  option, such as
 * "--val-share", is for the message. */
int lt_split_parse_share(const char *text, const char *option, uint32_t *share,
			 struct lt_error *err);

/* rows · share, rounded as above, without the bounds. */
uint64_t lt_split_share_of(uint64_t rows, uint32_t share);

/* Allocates zeroed counts for classes ≥ 1; `all` stays the caller's. */
int lt_split_held_init(struct lt_split_held *held, const uint64_t *all, int classes,
		       struct lt_error *err);
void lt_split_held_free(struct lt_split_held *held);

/* Computes the counts of every class. */
void lt_split_hold(struct lt_split_held *held, struct lt_split_shares shares, int classes);

#endif
