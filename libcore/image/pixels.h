/*
 * Functions shared by decoders: conversion of 16-bit samples to bytes, alpha, and
 * orientation.
 */
#ifndef LT_IMAGE_PIXELS_H
#define LT_IMAGE_PIXELS_H

#include "image/image.h"

/* The layout of a format's pixels in memory. */
struct lt_samples {
	int colours;  /* 1 or 3 */
	bool alpha;   /* one sample more in each pixel, not multiplied into the colours */
	bool deep;    /* samples are uint16_t; else uint8_t, from 0 to 255 */
	uint32_t top; /* deep: the greatest value that the format allows */
};

/* Channels of the decoded image: 3 also for grey on a coloured background. */
int lt_samples_channels(const struct lt_samples *samples, const struct lt_image_how *how);

/*
 * Stores n pixels in row y from column x on; the image is already shaped.  Updates
 * image->greatest from deep samples.  Colours are converted to bytes and then
 * blended; each step rounds to the nearest value.
 */
void lt_samples_put(struct lt_image *image, uint32_t x, uint32_t y, const void *from,
		    uint32_t n, const struct lt_samples *samples,
		    const struct lt_image_how *how);

/* Fills the image with the background, or black without one. */
void lt_image_blank(struct lt_image *image, const struct lt_image_how *how);

/*
 * Undoes an orientation 1 … 8 as in EXIF: 2 mirrored, 3 upside down, 4 both,
 * 5 transposed, 6 needs a turn to the right, 7 transposed the other way, 8 needs
 * a turn to the left.
 */
int lt_image_turn(struct lt_image *image, int orientation, struct lt_error *err);

#endif
