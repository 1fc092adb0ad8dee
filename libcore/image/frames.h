/*
 * Frames of rows in memory, for programs that need all rows before they write the
 * first.  { 0 } is empty.
 */
#ifndef LT_IMAGE_FRAMES_H
#define LT_IMAGE_FRAMES_H

#include "stream/stream.h"

struct lt_frames {
	struct lt_kept_frame *frame;
	size_t n;
};

/* Copies a frame together with `more` bytes of the caller (NULL: none); nothing after an
 * error. */
int lt_frames_keep(struct lt_frames *frames, const struct lt_header *header,
		   const struct lt_rows *rows, const void *beside, size_t more,
		   struct lt_error *err);
/* Bytes of a frame's columns. */
size_t lt_frames_size(const struct lt_header *header, const struct lt_rows *rows);
/* Frame i; *beside (may be NULL) are the bytes kept with it. */
const struct lt_rows *lt_frames_get(const struct lt_frames *frames, size_t i,
				    const void **beside);
void lt_frames_free(struct lt_frames *frames);

#endif
