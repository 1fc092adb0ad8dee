/*
 * The two passes of ltsplit over its rows: the first keeps only the labels, the second
 * sends each row to the output of its place.
 */
#ifndef LT_DATA_SPLIT_ROWS_H
#define LT_DATA_SPLIT_ROWS_H

#include "data/split.h"
#include "data/spool.h"
#include "stream/stream.h"

struct lt_split_groups;

/* A stream that rows are drawn from.  Memory: 5 bytes per row, 4 for the label and 1 for the
 * place. */
struct lt_split_source {
	struct lt_twice twice;
	const char *role;	 /* "data", "pool" or "irrelevant", as in provenance */
	struct lt_header header; /* of the first segment */
	uint64_t n;
	int32_t *label; /* n, may be freed when no longer needed; NULL for "irrelevant" */
	uint64_t *rows; /* by label; NULL for "irrelevant" */
	uint8_t *place; /* n, enum lt_split_place */
	struct lt_totals *inputs; /* an entry a segment (class_counts NULL) */
	int n_inputs;
	struct lt_prov_in
		origin[LT_MAX_PROV]; /* entries of the lineage that the segments end in */
	int n_origins;
	struct lt_split_groups *groups; /* the caller's; NULL: no groups */
};

/*
 * Reads a whole stream, from one path or several files (lt_twice_open), which live as long
 * as *source.  The label of a row is its y.  In a pool, whose labels only select
 * rows, it is y_true if y is -1, so that the unlabelled stream of a simulation can be the
 * pool.  Provenance of its segments is merged into lineage.
 * groups (may be NULL) get the rows with a label (lt_split_groups_add).
 * LT_DATA for other kinds, segments that differ, a missing class list or y
 * (unless role is "irrelevant"), a label out of range.
 */
int lt_split_source_open(struct lt_split_source *source, const char *const *paths, int n,
			 const char *role, struct lt_split_groups *groups,
			 struct lt_header *lineage, struct lt_error *err);
void lt_split_source_close(struct lt_split_source *source);

/* The CRC of a stream: that of its segment, or the CRC-32C over those of its segments. */
uint32_t lt_split_source_crcs(const struct lt_split_source *source);

/*
 * The header of an output.  hide: labels move to y_true and y becomes -1.  An info column
 * that is missing or different in one of the n_irrelevant sources is left out.
 */
int lt_split_header(struct lt_header *header, const struct lt_split_source *source, bool hide,
		    const struct lt_split_source *irrelevant, int n_irrelevant,
		    struct lt_error *err);

/* LT_DATA unless both have the same input columns (images of one size). */
int lt_split_same_inputs(const struct lt_split_source *a, const struct lt_split_source *b,
			 struct lt_error *err);

struct lt_split_sink {
	struct lt_writer *writer; /* NULL: these rows are dropped */
	const struct lt_header *header;
	bool hide;
};

/*
 * The second pass: sends each row to sink[its place].  LT_DATA if the file has changed
 * since the first pass.  tell (may be NULL) reports progress.
 */
int lt_split_source_send(struct lt_split_source *source,
			 const struct lt_split_sink sink[LT_PLACES],
			 void (*tell)(void *arg, uint64_t done, uint64_t total), void *arg,
			 struct lt_error *err);

#endif
