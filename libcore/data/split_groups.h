/*
 * Groups: rows that must stay together when rows are held out, because they show the
 * same thing, such as frames of a video or images of a patient.
 *
 * The group of a row is the value of a column, or a part of it: "COLUMN" or
 * "COLUMN:REGEX" with a POSIX extended regular expression, whose first subexpression
 * (or whole match, if it has none) is the group.  Integers are used as they are; texts
 * are identified by a 64-bit hash.  Two texts with the same hash become one group, which
 * is harmless: no group is divided.  With 10^7 groups it happens in one of 370,000 data
 * sets.
 *
 * Memory: 16 bytes per row with a label and 17 per group, until lt_split_groups_free_rows.
 */
#ifndef LT_DATA_SPLIT_GROUPS_H
#define LT_DATA_SPLIT_GROUPS_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "data/split.h"
#include "stream/stream.h"

#define LT_SPLIT_MAX_KEY 4096 /* bytes of a text that a pattern is matched against */

/* A row of a group.  Row numbers go up to 2^48, more than any memory holds. */
struct lt_split_member {
	uint64_t group;
	uint64_t row; /* label << 48 | number of the row */
};

struct lt_split_groups {
	const char *text; /* COLUMN[:REGEX], the caller's */
	size_t name_size; /* bytes of COLUMN in it */
	bool has_regex;
	regex_t regex;
	int col;
	struct lt_split_member *member; /* by group, then by label, then by row, once sorted */
	uint64_t n, room;
	uint64_t *start; /* members of group g: start[g] to start[g + 1] */
	uint64_t n_groups;
	uint64_t n_on[LT_PLACES]; /* how many were held out for test and validation */
};

/* LT_USAGE without a column or with an invalid pattern.  After an error there is nothing to
 * free. */
int lt_split_groups_init(struct lt_split_groups *groups, const char *text,
			 struct lt_error *err);
void lt_split_groups_free(struct lt_split_groups *groups);
/* Frees the memory of rows once they have their places; the counts stay. */
void lt_split_groups_free_rows(struct lt_split_groups *groups);

/* Finds the column.  LT_DATA if it is missing or holds neither integers nor texts. */
int lt_split_groups_find(struct lt_split_groups *groups, const char *input,
			 const struct lt_header *header, struct lt_error *err);
/*
 * Adds the rows of a frame that have a label; the first row of the frame is row `at` of
 * the input.  LT_DATA, naming the row, if its text does not match.
 */
int lt_split_groups_add(struct lt_split_groups *groups, const char *input,
			const struct lt_header *header, const struct lt_rows *rows,
			const int32_t *label, uint64_t at, struct lt_error *err);
/* Call after all rows were added. */
int lt_split_groups_sort(struct lt_split_groups *groups, struct lt_error *err);

/*
 * Holds out whole groups, as close to the shares of each class as the groups allow (see
 * split_assign.c), and writes the places of their rows.
 */
int lt_split_groups_hold(struct lt_split_groups *groups, struct lt_split_held *held,
			 struct lt_split_shares shares, int classes, struct lt_mt19937 *mt,
			 uint8_t *place, struct lt_error *err);

#endif
