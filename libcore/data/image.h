/*
 * Images: from the bytes of a JPEG, PNG, PPM or PGM file to unsigned bytes,
 * height × width × channel.
 *
 * A decoder tells grey (1 channel) from colour (3 channels, R G B) and nothing
 * else: CMYK becomes RGB, alpha is dropped, palettes are looked up, 16 bits are
 * scaled to 8.  JPEG is what libjpeg decodes by default (accurate integer DCT,
 * smooth upsampling); no profile, gamma or orientation tag is applied.
 *
 * No decoder allocates before the header's width × height was tested against
 * the caller's limit.  A damaged or truncated image is LT_DATA; the error text
 * then says only what is wrong, and the caller puts the entry's name before it.
 */
#ifndef LT_DATA_IMAGE_H
#define LT_DATA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A side of an image, so that products of sides and scales fit in 64 bits. */
#define LT_MAX_SIDE ((uint32_t)1 << 20)
/* --max-pixels when it is not given. */
#define LT_MAX_PIXELS ((uint64_t)100000000)

/* { 0 } is an empty image; its memory is used again by the next decoding.  lt_image_free. */
struct lt_image {
	uint32_t height, width;
	int channels; /* 1 or 3 */
	uint8_t *pixels;
	size_t room;
};

/* Decodes n bytes; the format is found from the first of them. */
int lt_image_decode(struct lt_image *image, const void *bytes, size_t n, uint64_t max_pixels,
		    struct lt_error *err);

/* Gives the image its sides and channels (1 or 3) and memory for them; the pixels are then
 * undefined. */
int lt_image_shape(struct lt_image *image, uint64_t width, uint64_t height, int channels,
		   uint64_t max_pixels, struct lt_error *err);

/*
 * To 1 or 3 channels in place.  Grey from colour is ITU-R BT.601 luma in
 * integers: (19595 R + 38470 G + 7471 B + 32768) >> 16.
 */
int lt_image_set_channels(struct lt_image *image, int channels, struct lt_error *err);

/*
 * The shorter side to size pixels and the longer in proportion (rounded down),
 * then the centre size × size (from pixel ⌊(side - size) / 2⌋ on).  *out and
 * *image must be two images; channels are kept.
 *
 * Bilinear with the triangle widened by the scale when it shrinks, so that no
 * pixel is left out (Pillow's BILINEAR): horizontally, rounded to bytes, then
 * vertically.  Weights are integers over 2^22, made by integer division, so
 * that the result is the same on every machine.
 */
int lt_image_resize(struct lt_image *out, const struct lt_image *image, uint32_t size,
		    struct lt_error *err);

void lt_image_free(struct lt_image *image);

/*
 * The decoders, one source file each.  probe looks at the first bytes (at
 * least 8 where the file has as many).
 */
struct lt_image_codec {
	const char *name;
	bool (*probe)(const uint8_t *bytes, size_t n);
	int (*decode)(struct lt_image *image, const uint8_t *bytes, size_t n,
		      uint64_t max_pixels, struct lt_error *err);
};

extern const struct lt_image_codec lt_image_jpeg, lt_image_png, lt_image_ppm;

#endif
