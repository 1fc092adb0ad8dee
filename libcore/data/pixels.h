/*
 * What decoders share once they have samples: samples of 16 bits to bytes, alpha,
 * and turning an image upright.
 */
#ifndef LT_DATA_PIXELS_H
#define LT_DATA_PIXELS_H

#include "data/image.h"

/* How a format's pixels lie in memory, sample after sample. */
struct lt_samples {
	int colours;  /* 1 or 3 */
	bool alpha;   /* one sample more in each pixel, not multiplied into the colours */
	bool deep;    /* samples are uint16_t; else uint8_t, from 0 to 255 */
	uint32_t top; /* deep: the greatest value that the format allows */
};

/* Channels of the decoded image: colour also where grey is laid on a coloured background. */
int lt_samples_channels(const struct lt_samples *samples, const struct lt_image_how *how);

/*
 * Puts n pixels into the row y from the column x on; the image has its shape
 * already.  Deep samples are counted in image->greatest.  Colours become bytes
 * first and are blended then, each step rounded to the nearest.
 */
void lt_samples_put(struct lt_image *image, uint32_t x, uint32_t y, const void *from,
		    uint32_t n, const struct lt_samples *samples,
		    const struct lt_image_how *how);

/* The background everywhere; black without one. */
void lt_image_blank(struct lt_image *image, const struct lt_image_how *how);

/*
 * Undoes an orientation 1 … 8 as EXIF numbers them: 2 mirrored, 3 upside down,
 * 4 both, 5 transposed, 6 to be turned right, 7 transposed the other way, 8 to
 * be turned left.
 */
int lt_image_turn(struct lt_image *image, int orientation, struct lt_error *err);

#endif
