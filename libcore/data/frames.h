/*
 * Frames of rows kept in memory, for programs that must see all rows before they
 * can send the first.  { 0 } is empty.
 */
#ifndef LT_DATA_FRAMES_H
#define LT_DATA_FRAMES_H

#include "stream/stream.h"

struct lt_frames {
	struct lt_kept_frame *frame;
	size_t n;
};

/* Copies a frame, and beside it `more` bytes of the caller's (NULL: none). */
int lt_frames_keep(struct lt_frames *frames, const struct lt_header *header,
		   const struct lt_rows *rows, const void *beside, size_t more,
		   struct lt_error *err);
/* Frame i; *beside (may be NULL) is what was kept with it. */
const struct lt_rows *lt_frames_get(const struct lt_frames *frames, size_t i,
				    const void **beside);
void lt_frames_free(struct lt_frames *frames);

#endif
