/*
 * The streams of irrelevant rows (ltsplit --irrelevant), treated as one stream: the rows of
 * the first, then those of the second, and so on.  The draw is uniform over all rows,
 * without replacement, so each stream gives rows in proportion to its size.  Two streams
 * give the same rows as the one stream made by joining them.
 */
#ifndef LT_DATA_SPLIT_OTHERS_H
#define LT_DATA_SPLIT_OTHERS_H

#include "data/split_rows.h"

struct lt_split_others {
	struct lt_split_source *source; /* n, of role "irrelevant" */
	int n;
	uint64_t rows;	  /* of all */
	const char *name; /* of the first, and the number of others; for messages */
	char names[256];  /* where name may point to */
};

/*
 * Reads each stream once (lt_split_source_open).  They must have the input columns of like.
 * LT_DATA if one lacks them or has the same rows as another.  Call lt_split_others_close in
 * any case.
 */
int lt_split_others_open(struct lt_split_others *others, const char *const *path, int n,
			 const struct lt_split_source *like, struct lt_header *lineage,
			 struct lt_error *err);
void lt_split_others_close(struct lt_split_others *others);

/*
 * The source of row `row` of all streams, and in *at its number there, both from 0; NULL
 * beyond the last.
 */
struct lt_split_source *lt_split_others_find(const struct lt_split_others *others, uint64_t row,
					     uint64_t *at);

/* "a.lts gives 12 irrelevant rows, b.lts 30"; nothing for fewer than two streams. */
void lt_split_others_tell(const struct lt_split_others *others, char *text, size_t size);

#endif
