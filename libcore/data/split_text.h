/*
 * The texts of ltsplit: the order of classes, a file of counts, the manifest.
 *
 * Order: names (or, where no class is called so, labels) divided by commas; all
 * classes, each once.
 *
 * Counts: a line a class, its name (or label), blanks, its count; all classes,
 * each once, in any order.  Empty lines and lines that begin with # are skipped.
 *
 * Manifest: a first line
 *	lt-split-manifest 1 TAB data TAB rows TAB crcs
 * with the same three fields for a pool and for irrelevant rows where they were
 * used (crcs: eight hexadecimal digits, lt_split_source_crcs), then in draw order
 *	output TAB class TAB row
 * where output is train, unlabeled, val or irrelevant (whose class is -), and
 * row counts from 0 in the stream that the row was drawn from.
 */
#ifndef LT_DATA_SPLIT_TEXT_H
#define LT_DATA_SPLIT_TEXT_H

#include "data/split.h"
#include "data/split_rows.h"

/* text NULL: ascending.  LT_USAGE. */
int lt_split_parse_order(const char *text, const char *const *name, int classes, int *order,
			 struct lt_error *err);

/* counts by label.  *origin becomes the file's provenance (role "counts"). */
int lt_split_read_counts(const char *path, const char *const *name, int classes,
			 uint64_t *counts, struct lt_prov_in *origin, struct lt_error *err);

/* pool and irrelevant may be NULL. */
int lt_split_manifest_begin(struct lt_output *output, const struct lt_split_source *data,
			    const struct lt_split_source *pool,
			    const struct lt_split_source *irrelevant, struct lt_error *err);
/*
 * Draws from one source as its role says (lt_split_draw, lt_split_draw_pool or
 * lt_split_draw_irrelevant) and, where manifest is not NULL, lists what was
 * drawn.  Memory: 8 bytes a row, given back at the end.
 */
int lt_split_source_draw(struct lt_split_source *source, const struct lt_split_plan *plan,
			 const struct lt_split_stock *stock, bool pooled, struct lt_mt19937 *mt,
			 struct lt_output *manifest, struct lt_error *err);

/*
 * Sets the places that a manifest names.  all: unlabelled rows are wanted, so
 * the sources that they were drawn from must be there (LT_USAGE); else lines of
 * a source that is NULL are skipped.  LT_DATA when the manifest is of other streams (rows or
 * crcs), names a row twice, or under another class; *origin: role "manifest".
 */
int lt_split_manifest_replay(const char *path, struct lt_split_source *data,
			     struct lt_split_source *pool, struct lt_split_source *irrelevant,
			     bool all, struct lt_prov_in *origin, struct lt_error *err);

#endif
