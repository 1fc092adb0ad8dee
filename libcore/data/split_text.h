/*
 * The text formats of ltsplit: the order of classes, the file of counts, the manifest.
 *
 * Order: all classes, each once, separated by commas; names, or labels if no class has
 * that name.
 *
 * Counts: one line per class with its name (or label), blanks and its count; all classes,
 * each once, in any order.  Empty lines and lines that begin with # are skipped.
 *
 * Manifest: a first line
 *	lt-split-manifest 1 TAB data TAB rows TAB crcs
 * followed by the same three fields for a pool and for each stream of irrelevant rows, if
 * used (crcs: eight hexadecimal digits, lt_split_source_crcs), then in draw order
 *	output TAB class TAB row
 * where output is train, unlabeled, val, test or irrelevant (whose class is -), and row is
 * the number, from 0, in the stream that the row was drawn from.  Irrelevant rows are
 * numbered through all their streams.
 */
#ifndef LT_DATA_SPLIT_TEXT_H
#define LT_DATA_SPLIT_TEXT_H

#include "data/split.h"
#include "data/split_others.h"

/* text NULL: ascending labels.  LT_USAGE for an invalid text. */
int lt_split_parse_order(const char *text, const char *const *name, int classes, int *order,
			 struct lt_error *err);

/* counts by label.  *origin becomes the file's provenance (role "counts"). */
int lt_split_read_counts(const char *path, const char *const *name, int classes,
			 uint64_t *counts, struct lt_prov_in *origin, struct lt_error *err);

/* pool may be NULL. */
int lt_split_manifest_begin(struct lt_output *output, const struct lt_split_source *data,
			    const struct lt_split_source *pool,
			    const struct lt_split_others *others, struct lt_error *err);
/*
 * Draws from the data or a pool (lt_split_draw, lt_split_draw_pool) and lists the rows drawn
 * in manifest, which may be NULL.  Memory: 8 bytes per row, freed at the end.
 */
int lt_split_source_draw(struct lt_split_source *source, const struct lt_split_plan *plan,
			 const struct lt_split_stock *stock, bool pooled, struct lt_mt19937 *mt,
			 struct lt_output *manifest, struct lt_error *err);

/* The same for irrelevant rows (lt_split_draw_irrelevant); 9 bytes per row. */
int lt_split_others_draw(struct lt_split_others *others, const struct lt_split_plan *plan,
			 struct lt_mt19937 *mt, struct lt_output *manifest,
			 struct lt_error *err);

/*
 * Sets the places that a manifest gives.  all: unlabelled rows are wanted, so the sources
 * that they were drawn from must be given (LT_USAGE); otherwise lines of a source that is
 * NULL are skipped.  LT_DATA if the manifest belongs to other streams (by rows or crcs), or
 * names a row twice or with another class.  *origin: role "manifest".
 */
int lt_split_manifest_replay(const char *path, struct lt_split_source *data,
			     struct lt_split_source *pool, struct lt_split_others *others,
			     bool all, struct lt_prov_in *origin, struct lt_error *err);

#endif
