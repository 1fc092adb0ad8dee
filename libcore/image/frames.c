#include "image/frames.h"

#include <string.h>

#include "base/memory.h"

/* A frame's columns, offsets and the caller's values, in one block of an arena. */
struct lt_kept_frame {
	struct lt_rows rows;
	const void *beside;
	struct lt_arena arena;
};

static void *copy_of(struct lt_arena *arena, const void *from, size_t n)
{
	void *copy = lt_arena_alloc(arena, n);

	if (copy && n)
		memcpy(copy, from, n);
	return copy;
}

/* Bytes of a column's cells; the reader has checked that these products fit. */
static size_t column_size(const struct lt_header *header, const struct lt_rows *rows, int c)
{
	size_t size = 0;

	if (header->cols[c].dtype == LT_BYTES)
		return (size_t)rows->offset[c][rows->n];
	lt_shape_elements(&header->cols[c].shape, &size);
	return size * rows->n * lt_dtype_size(header->cols[c].dtype);
}

size_t lt_frames_size(const struct lt_header *header, const struct lt_rows *rows)
{
	size_t size = 0;

	for (int c = 0; c < header->n_cols; c++)
		size += column_size(header, rows, c);
	return size;
}

static bool copy_column(struct lt_kept_frame *kept, const struct lt_header *header,
			const struct lt_rows *rows, int c)
{
	if (header->cols[c].dtype == LT_BYTES) {
		kept->rows.offset[c] = copy_of(&kept->arena, rows->offset[c],
					       ((size_t)rows->n + 1) * sizeof(uint64_t));
		kept->rows.col[c] =
			copy_of(&kept->arena, rows->col[c], column_size(header, rows, c));
		return kept->rows.offset[c] && kept->rows.col[c];
	}
	kept->rows.col[c] = copy_of(&kept->arena, rows->col[c], column_size(header, rows, c));
	return kept->rows.col[c] != NULL;
}

int lt_frames_keep(struct lt_frames *frames, const struct lt_header *header,
		   const struct lt_rows *rows, const void *beside, size_t more,
		   struct lt_error *err)
{
	struct lt_kept_frame *grown =
		lt_grow_array(frames->frame, frames->n + 1, sizeof *grown);
	struct lt_kept_frame *kept;
	bool good = true;

	if (!grown)
		return lt_fail_memory(err);
	frames->frame = grown;
	kept = &frames->frame[frames->n];
	*kept = (struct lt_kept_frame){.rows = {.at = rows->at, .n = rows->n}};
	for (int c = 0; c < header->n_cols && good; c++)
		good = copy_column(kept, header, rows, c);
	if (good && beside)
		good = (kept->beside = copy_of(&kept->arena, beside, more)) != NULL;
	if (!good) {
		lt_arena_free(&kept->arena);
		return lt_fail_memory(err);
	}
	frames->n++;
	return 0;
}

const struct lt_rows *lt_frames_get(const struct lt_frames *frames, size_t i,
				    const void **beside)
{
	if (beside)
		*beside = frames->frame[i].beside;
	return &frames->frame[i].rows;
}

void lt_frames_free(struct lt_frames *frames)
{
	for (size_t i = 0; i < frames->n; i++)
		lt_arena_free(&frames->frame[i].arena);
	lt_free(frames->frame);
	*frames = (struct lt_frames){0};
}
