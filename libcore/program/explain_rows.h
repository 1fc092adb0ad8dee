/*
 * --explain of rows: how many images there are, of what size, and how encoded pictures become
 * them.  The crop is that of lt_augment_cut, and where the bytes are is read from the table.
 */
#ifndef LT_PROGRAM_EXPLAIN_ROWS_H
#define LT_PROGRAM_EXPLAIN_ROWS_H

#include "cli/cli.h"
#include "data/table.h"

int lt_explain_rows(struct lt_output *out, const struct lt_table *table,
		    const struct lt_augment *augment, struct lt_error *err);

#endif
