/*
 * Inputs whose rows are counted before they are used: they are read twice, and pipes go
 * through a spool (data/spool.h).
 */
#ifndef LT_DATA_COUNTED_H
#define LT_DATA_COUNTED_H

#include "data/spool.h"
#include "stream/join.h"

struct lt_counted {
	struct lt_file_list files;
	struct lt_spooled *spooled; /* the pipes among them */
	int n_spooled;
	uint64_t max_body;
	uint64_t rows;
	struct lt_totals *segment; /* of all files, in order; class_counts NULL */
	int n_segments;
	int at;			    /* of the second reading */
	const struct lt_join *join; /* the second reading */
};

/*
 * Reads n paths as lt_join_open does.  *counted is { 0 } before; lt_counted_free frees it,
 * after an error too.
 */
int lt_counted_open(struct lt_counted *counted, const char *const *paths, int n,
		    uint64_t max_body, struct lt_error *err);
/*
 * Opens them again.  join->done is set: LT_DATA for a segment that has changed since it was
 * counted.  lt_counted_end, after the last row, does the same for segments that are gone.
 */
int lt_counted_join(struct lt_counted *counted, struct lt_join *join, struct lt_error *err);
int lt_counted_end(const struct lt_counted *counted, struct lt_error *err);
/* LT_USAGE if one of the files that a list of outputs names is an input. */
int lt_counted_refuse(const struct lt_counted *counted, const struct lt_file_list *outputs,
		      struct lt_error *err);
void lt_counted_free(struct lt_counted *counted);

#endif
