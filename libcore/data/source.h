/*
 * Image sources: the images of rows by row number, all of one shape.
 *
 * A source gives rows as unsigned bytes, height × width × channel, in any order and to
 * several threads at once.  The code that makes batches does not depend on whether the
 * bytes are in memory or have to be decoded:
 *
 *	lt_source_pixels         a block of decoded images of a table
 *	lt_source_encoded        JPEG and PNG pictures of a table, of any size
 *	lt_source_pixel_cells    decoded images that are apart, of frames of a stream
 *	lt_source_encoded_cells  the same for encoded pictures
 *
 * An encoded picture is decoded when its row is read.  Its size differs from that of the
 * images: the caller chooses a part of it, and only that part is resized.  The image is
 * upright (orientation tags are applied) and in colour.  If the part has at least 2, 4 or 8
 * times the sides of the image, a JPEG is first decoded at 1/2, 1/4 or 1/8 of its size
 * (image/image.h), and the borders of the part are rounded to that grid.  The centre, which
 * evaluation uses, is always computed from all pixels.  Pictures that would together take much
 * memory are decoded one after the other (image/budget.h).
 *
 * A source is a small value and may be copied; what it was made from must outlive it.
 */
#ifndef LT_DATA_SOURCE_H
#define LT_DATA_SOURCE_H

#include <stdint.h>

#include "data/augment.h"
#include "data/encoded.h"
#include "image/image.h"

/* Buffers of one thread for reading rows; { 0 } is empty, lt_source_room_free releases it. */
struct lt_source_room {
	struct lt_buffer bytes;
	struct lt_image picture, image;
};

void lt_source_room_free(struct lt_source_room *room);

/* Chooses the part of a picture of height × width pixels; called once for each encoded row. */
struct lt_choice {
	void (*choose)(void *arg, int height, int width, struct lt_cut *cut);
	void *arg;
};

struct lt_source {
	const char *name;	     /* of the rows, for messages */
	uint64_t n, first;	     /* first: what messages call row 0 */
	int height, width, channels; /* of every image */
	const void *data;	     /* private to the source */
	/*
	 * Row i < n: *pixels are height × width × channels bytes, valid until room is used
	 * again.  LT_DATA if the row cannot be read; the message names it.
	 */
	int (*row)(const struct lt_source *source, uint64_t i, const struct lt_choice *choice,
		   struct lt_source_room *room, const uint8_t **pixels, struct lt_error *err);
	/*
	 * Announces that row i is read soon, so that its bytes are fetched from disk while
	 * other work is done.  NULL if there is no disk.  Rows are not decoded ahead: decoding
	 * would compete with training for the CPUs.
	 */
	void (*expect)(const struct lt_source *source, uint64_t i);
};

/* n images in memory, one after the other. */
struct lt_source lt_source_pixels(const char *name, uint64_t n, int height, int width,
				  int channels, const uint8_t *pixels);
/* Encoded pictures, as images of size × size pixels. */
struct lt_source lt_source_encoded(const char *name, int size,
				   const struct lt_encoded *pictures);

/* Where the bytes of a row's image are. */
struct lt_cell {
	const void *bytes;
	size_t n;
};

/* Row i is cell[i] of n: height × width × channels bytes. */
struct lt_source lt_source_pixel_cells(const char *name, uint64_t n, int height, int width,
				       int channels, const struct lt_cell *cell);
/* Row i, which messages call first + i, is cell[i] of n: an encoded picture. */
struct lt_source lt_source_encoded_cells(const char *name, uint64_t first, uint64_t n, int size,
					 const struct lt_cell *cell);

#endif
