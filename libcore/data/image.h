/*
 * Images: from the bytes of a JPEG, PNG, PPM, BMP, WebP, TIFF or GIF file to
 * unsigned bytes, height × width × channel.  The first bytes of a file say which
 * it is, never its name.  Of several images in a file the first is taken.
 *
 * A decoder tells grey (1 channel) from colour (3 channels, R G B) and nothing
 * else: CMYK becomes RGB, palettes are looked up, 16 bits are scaled to 8, alpha
 * is dropped (the colour below a transparent pixel is what its maker stored) or
 * blended with a background.  An orientation tag is applied.  JPEG is what
 * libjpeg decodes by default (accurate integer DCT, smooth upsampling); no
 * profile or gamma is applied.
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
	/* What the decoder found: */
	int orientation;   /* 1 … 8 as EXIF numbers them; 1 where the file does not say */
	uint32_t greatest; /* largest colour sample as stored, of more than 8 bits; else 0 */
};

struct lt_child;

/* How to decode.  { .max_pixels = LT_MAX_PIXELS } is the default of everything. */
struct lt_image_how {
	uint64_t max_pixels;
	bool as_stored;	     /* orientation tags are not applied */
	bool has_background; /* transparent pixels are blended with it; else alpha is dropped */
	uint8_t background[3];
	/*
	 * Of samples of more than 8 bits: v becomes (v - low) · 255 / (high - low),
	 * rounded to the nearest and clamped.  high 0: low is 0 and high the format's own
	 * greatest value (PPM's maxval; 65535).
	 */
	uint32_t low, high;
	/* Where formats with a library that hostile files have crashed before are decoded
	 * (data/child.h); NULL: here. */
	struct lt_child *child;
};

/* "auto" sets both to 0, "LOW:HIGH" (0 ≤ LOW < HIGH ≤ 65535) to these; else LT_USAGE. */
int lt_image_parse_range(const char *text, uint32_t *low, uint32_t *high, struct lt_error *err);
/* "R,G,B", each 0 … 255; else LT_USAGE. */
int lt_image_parse_colour(const char *text, uint8_t colour[3], struct lt_error *err);

/* Decodes n bytes; the format is found from the first of them. */
int lt_image_decode(struct lt_image *image, const void *bytes, size_t n,
		    const struct lt_image_how *how, struct lt_error *err);

/*
 * Sets image->greatest and nothing else that counts: 0 without decoding where
 * the header says that samples have 8 bits.
 */
int lt_image_find_greatest(struct lt_image *image, const void *bytes, size_t n,
			   const struct lt_image_how *how, struct lt_error *err);

/* Has a file of this name a suffix of an image (case does not matter)? */
bool lt_image_is_named(const char *name);
/* Has it one of a format that may have more than 8 bits a sample? */
bool lt_image_may_be_deep(const char *name);

/* "JPEG, PNG, …, GIF" for messages: all formats that are known. */
extern const char lt_image_formats[];
/* "images: JPEG, PNG, …; not in this build: …" for --version. */
const char *lt_image_about(void);

/* May an image have these sides? */
int lt_image_check(uint64_t width, uint64_t height, uint64_t max_pixels, struct lt_error *err);
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

/* Do the bytes (at least 16 where the file has as many) begin like an image? */
bool lt_image_is_known(const void *bytes, size_t n);

/*
 * The decoders, one source file each.  probe looks at the first bytes.  decode
 * may leave orientation and greatest as they are, which is 1 and 0.
 */
struct lt_image_codec {
	const char *name;
	bool (*probe)(const uint8_t *bytes, size_t n);
	int (*decode)(struct lt_image *image, const uint8_t *bytes, size_t n,
		      const struct lt_image_how *how, struct lt_error *err);
	/* May samples have more than 8 bits?  NULL: never. */
	bool (*deep)(const uint8_t *bytes, size_t n);
	bool apart; /* decoded in a child process where the caller has one */
	/* The library that this build lacks, and with it decode; or NULL. */
	const char *missing;
};

extern const struct lt_image_codec lt_image_jpeg, lt_image_png, lt_image_ppm, lt_image_bmp,
	lt_image_webp, lt_image_tiff, lt_image_gif;

#endif
