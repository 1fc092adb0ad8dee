/*
 * Rows as images, held in memory, for second stages that run the encoder themselves
 * (--procedure authors).  Other second stages use features (program/features.h).
 */
#ifndef LT_PROGRAM_SECOND_IMAGES_H
#define LT_PROGRAM_SECOND_IMAGES_H

#include "method/second_stage.h"
#include "program/infer.h"
#include "program/second_options.h"

struct lt_second_tables {
	struct lt_table table, val;
	struct lt_graph *graph;
	struct lt_second_images images; /* passed to the method */
};

/*
 * Fills *rows from the operands, whose first segment is the model if none was read before, and
 * from --val; reads frozen from the model.  LT_DATA for rows without a label, or of other
 * classes or another size than the model's.  Start with { 0 } and always free.
 */
int lt_second_images_read(struct lt_second_tables *rows, struct lt_infer *infer,
			  struct lt_frozen *frozen, const struct lt_second_options *options,
			  struct lt_error *err);
/* After training: copies the running statistics of the encoder into frozen. */
void lt_second_images_take(const struct lt_second_tables *rows, struct lt_frozen *frozen);
void lt_second_images_free(struct lt_second_tables *rows);

#endif
