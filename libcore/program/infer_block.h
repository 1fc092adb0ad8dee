/*
 * Blocks: frames of rows that go through the network together.  A ROWS frame holds about
 * 1 MiB, which is nine photographs, too few for a network's batch.  Only for libcore/program;
 * see infer.h.
 */
#ifndef LT_PROGRAM_INFER_BLOCK_H
#define LT_PROGRAM_INFER_BLOCK_H

#include "program/infer.h"

/*
 * Takes the next frame of images.  Frames are copied and wait until there are rows for four
 * batches, until they take 32 MiB, or until less than seven times as much memory would remain;
 * then the block is run.  A frame that is large enough by itself is not copied.
 */
int lt_infer_take(struct lt_infer *infer, const struct lt_rows *rows,
		  const struct lt_infer_calls *calls, void *arg, struct lt_error *err);
/*
 * Runs the frames that wait.  Calls and errors are those of running one frame after the other:
 * if an image of the block cannot be read, calls->frame has been called for the frames before.
 */
int lt_infer_flush(struct lt_infer *infer, const struct lt_infer_calls *calls, void *arg,
		   struct lt_error *err);
void lt_infer_block_free(struct lt_infer_block *block);

#endif
