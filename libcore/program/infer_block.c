#include "program/infer_block.h"

#include "base/memory.h"
#include "program/infer_network.h"

#define BATCHES 4
#define MOST_BYTES ((size_t)32 << 20)
/* Bytes of memory that must remain for each byte that waits. */
#define LEFT 7

/* Frames of a block: some of those that wait, or one that did not have to. */
struct span {
	const struct lt_rows *alone; /* NULL: */
	size_t first, end;
};

static const struct lt_rows *frame_of(const struct lt_infer *infer, const struct span *span,
				      size_t i)
{
	return span->alone ? span->alone : lt_frames_get(&infer->block.waiting, i, NULL);
}

void lt_infer_block_free(struct lt_infer_block *block)
{
	lt_frames_free(&block->waiting);
	lt_free(block->cell);
	*block = (struct lt_infer_block){0};
}

static int take_cells(struct lt_infer_block *block, uint32_t n, struct lt_error *err)
{
	struct lt_cell *grown;

	if (n <= block->room)
		return 0;
	grown = lt_grow_array(block->cell, n, sizeof *grown);
	if (!grown)
		return lt_fail_memory(err);
	block->cell = grown;
	block->room = n;
	return 0;
}

/* The images of the span's rows. */
static int list_cells(struct lt_infer *infer, const struct span *span, struct lt_error *err)
{
	struct lt_infer_block *block = &infer->block;
	int image = lt_header_find(&infer->rows, "image"), code = 0;

	block->n = 0;
	for (size_t f = span->first; f < span->end && code == 0; f++) {
		const struct lt_rows *rows = frame_of(infer, span, f);

		code = take_cells(block, block->n + rows->n, err);
		for (uint32_t i = 0; i < rows->n && code == 0; i++) {
			struct lt_cell *cell = &block->cell[block->n++];
			uint64_t bytes;

			cell->bytes = lt_rows_cell(rows, &infer->rows, image, i, &bytes);
			cell->n = (size_t)bytes;
		}
	}
	return code;
}

/* Hands on the logits and features of the current view, frame by frame. */
static int hand_on(struct lt_infer *infer, const struct span *span,
		   const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	struct lt_infer_block *block = &infer->block;
	uint64_t first = infer->row;
	int code = 0;

	block->at = 0;
	for (size_t f = span->first; f < span->end && code == 0; f++) {
		const struct lt_rows *rows = frame_of(infer, span, f);
		size_t at = block->at;

		infer->row = first + at;
		code = calls->frame(arg, infer, rows,
				    infer->logits + at * (size_t)lt_graph_classes(infer->graph),
				    infer->feature + at * (size_t)infer->features, err);
		block->at += rows->n;
	}
	infer->row = first;
	return code;
}

/* All views of the span; *begun: a frame was handed on. */
static int run(struct lt_infer *infer, const struct span *span,
	       const struct lt_infer_calls *calls, void *arg, bool *begun, struct lt_error *err)
{
	struct lt_infer_block *block = &infer->block;
	int code = list_cells(infer, span, err);

	*begun = false;
	for (infer->view = 0; infer->view < infer->views && code == 0; infer->view++) {
		code = lt_infer_images(infer, block->cell, block->n, err);
		if (code != 0)
			break;
		*begun = true;
		code = hand_on(infer, span, calls, arg, err);
	}
	if (code == 0)
		infer->row += block->n;
	return code;
}

int lt_infer_flush(struct lt_infer *infer, const struct lt_infer_calls *calls, void *arg,
		   struct lt_error *err)
{
	struct lt_infer_block *block = &infer->block;
	struct span all = {NULL, 0, block->waiting.n};
	bool begun;
	int code = 0;

	if (all.end > 0)
		code = run(infer, &all, calls, arg, &begun, err);
	if (code != 0 && !begun) {
		/* The frames before the one that cannot be read are handed on all the same. */
		code = 0;
		for (size_t f = 0; f < all.end && code == 0; f++)
			code = run(infer, &(struct span){NULL, f, f + 1}, calls, arg, &begun,
				   err);
	}
	lt_frames_free(&block->waiting);
	block->rows = 0;
	block->bytes = 0;
	return code;
}

int lt_infer_take(struct lt_infer *infer, const struct lt_rows *rows,
		  const struct lt_infer_calls *calls, void *arg, struct lt_error *err)
{
	struct lt_infer_block *block = &infer->block;
	uint32_t wanted = BATCHES * (uint32_t)infer->batch;
	size_t bytes = lt_frames_size(&infer->rows, rows);
	bool waits = rows->n < wanted && bytes < MOST_BYTES &&
		     lt_memory_fits(bytes + LEFT * ((uint64_t)block->bytes + bytes));
	bool begun;
	int code = 0;

	if (!waits || block->bytes + bytes > MOST_BYTES)
		code = lt_infer_flush(infer, calls, arg, err);
	if (code == 0 && !waits)
		return run(infer, &(struct span){rows, 0, 1}, calls, arg, &begun, err);
	if (code == 0)
		code = lt_frames_keep(&block->waiting, &infer->rows, rows, NULL, 0, err);
	if (code != 0)
		return code;
	block->rows += rows->n;
	block->bytes += bytes;
	return block->rows < wanted ? 0 : lt_infer_flush(infer, calls, arg, err);
}
