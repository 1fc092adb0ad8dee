/*
 * The rows of ltsplit: a first reading that keeps labels alone, and a second
 * one that sends each row to the output of its place.
 */
#ifndef LT_DATA_SPLIT_ROWS_H
#define LT_DATA_SPLIT_ROWS_H

#include "data/split.h"
#include "data/spool.h"
#include "stream/stream.h"

/* A stream that rows are drawn from.  Memory: 4 bytes a row for labels and 1 for places. */
struct lt_split_source {
	struct lt_twice twice;
	const char *role;	 /* "data", "pool" or "irrelevant", as in provenance */
	struct lt_header header; /* of the first segment */
	uint64_t n;
	int32_t *label; /* n, freed by whoever no longer needs it; NULL for "irrelevant" */
	uint64_t *rows; /* by label; NULL for "irrelevant" */
	uint8_t *place; /* n, enum lt_split_place */
	struct lt_totals *inputs; /* an entry a segment (class_counts NULL) */
	int n_inputs;
	struct lt_prov_in
		origin[LT_MAX_PROV]; /* entries of the lineage that the segments end in */
	int n_origins;
};

/*
 * Reads a whole stream.  A row's label is its y; of a pool, whose labels only
 * select rows, it is y_true where y is -1, so that an unlabelled stream of a
 * simulation can be the pool.  Provenance of its segments is merged into lineage.
 * LT_DATA for other kinds, segments that differ, a missing class list or y
 * (unless role is "irrelevant"), a label out of range.
 */
int lt_split_source_open(struct lt_split_source *source, const char *path, const char *role,
			 struct lt_header *lineage, struct lt_error *err);
void lt_split_source_close(struct lt_split_source *source);

/* One CRC for a stream: that of its segment, of several the CRC-32C over theirs. */
uint32_t lt_split_source_crcs(const struct lt_split_source *source);

/*
 * An output.  hide: labels become -1 and move to y_true.  from_irrelevant must
 * be the third source's, or NULL: an info column that it lacks, or that
 * differs in it, is left out; an input column that does is LT_DATA.
 */
int lt_split_header(struct lt_header *header, const struct lt_split_source *source, bool hide,
		    const struct lt_split_source *irrelevant, struct lt_error *err);

/* Do both hold the same kind of input columns (images of one size)?  LT_DATA when not. */
int lt_split_same_inputs(const struct lt_split_source *a, const struct lt_split_source *b,
			 struct lt_error *err);

struct lt_split_sink {
	struct lt_writer *writer; /* NULL: nobody wants these rows */
	const struct lt_header *header;
	bool hide;
};

/*
 * The second reading: each row goes to sink[its place].  LT_DATA when the file
 * has changed since the first.  tell (may be NULL) is called now and then.
 */
int lt_split_source_send(struct lt_split_source *source,
			 const struct lt_split_sink sink[LT_PLACES],
			 void (*tell)(void *arg, uint64_t done, uint64_t total), void *arg,
			 struct lt_error *err);

#endif
