/*
 * Shared by all image formats: the table of decoders, memory, channels.
 */
#include "image/image.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "image/child.h"
#include "image/pixels.h"

static const struct lt_image_codec *const codecs[] = {
	&lt_image_jpeg, &lt_image_png,	&lt_image_ppm, &lt_image_bmp,
	&lt_image_webp, &lt_image_tiff, &lt_image_gif,
};

const char lt_image_formats[] = "JPEG, PNG, PPM, BMP, WebP, TIFF or GIF";

static const struct lt_image_codec *codec_of(const void *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		if (codecs[i]->probe(bytes, n))
			return codecs[i];
	return NULL;
}

bool lt_image_is_known(const void *bytes, size_t n)
{
	return codec_of(bytes, n) != NULL;
}

bool lt_image_is_encoded(const void *bytes, size_t n)
{
	return lt_image_jpeg.probe(bytes, n) || lt_image_png.probe(bytes, n);
}

const char *lt_image_about(void)
{
	return "images: JPEG, PNG, PPM, BMP"
#ifdef LT_HAVE_WEBP
	       ", WebP"
#endif
#ifdef LT_HAVE_TIFF
	       ", TIFF"
#endif
#ifdef LT_HAVE_GIF
	       ", GIF"
#endif
#ifndef LT_HAVE_WEBP
	       "; no WebP (built without libwebp)"
#endif
#ifndef LT_HAVE_TIFF
	       "; no TIFF (built without libtiff)"
#endif
#ifndef LT_HAVE_GIF
	       "; no GIF (built without giflib)"
#endif
		;
}

/* The sides after the orientation is applied. */
static void turn_facts(struct lt_image_facts *facts)
{
	uint32_t width = facts->width;

	if (facts->orientation < 5)
		return;
	facts->width = facts->height;
	facts->height = width;
}

static int decode_by(const struct lt_image_codec *codec, struct lt_image *image,
		     const void *bytes, size_t n, const struct lt_image_how *how,
		     struct lt_error *err)
{
	struct lt_image_how whole;
	int status;

	if (how->reduce && !codec->reduces) {
		whole = *how;
		whole.reduce = 0;
		return decode_by(codec, image, bytes, n, &whole, err);
	}
	if (codec->missing)
		return lt_fail(err, LT_DATA, "a %s image, and this build lacks %s", codec->name,
			       codec->missing);
	if (how->child && codec->apart)
		return lt_child_decode(how->child, image, bytes, n, how, err);
	status = codec->decode(image, bytes, n, how, err);
	if (status || how->as_stored)
		return status;
	turn_facts(&image->facts);
	return how->header_only ? 0 : lt_image_turn(image, image->facts.orientation, err);
}

int lt_image_decode(struct lt_image *image, const void *bytes, size_t n,
		    const struct lt_image_how *how, struct lt_error *err)
{
	const struct lt_image_codec *codec;

	if (n == 0)
		return lt_fail(err, LT_DATA, "the image is empty");
	codec = codec_of(bytes, n);
	if (!codec)
		return lt_fail(err, LT_DATA, "not %s", lt_image_formats);
	image->facts = (struct lt_image_facts){.format = codec->name, .orientation = 1};
	image->greatest = 0;
	return decode_by(codec, image, bytes, n, how, err);
}

int lt_image_look(struct lt_image_facts *facts, const void *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	struct lt_image_how header = *how;
	struct lt_image image = {0};
	int status;

	header.header_only = true;
	status = lt_image_decode(&image, bytes, n, &header, err);
	*facts = image.facts;
	lt_image_free(&image);
	return status;
}

uint64_t lt_image_bytes(const struct lt_image_facts *facts, const struct lt_image_how *how)
{
	bool reduces = how->reduce > 1 && strcmp(facts->format, lt_image_jpeg.name) == 0;
	uint64_t by = reduces ? how->reduce : 1;
	uint64_t pixels = (facts->width + by - 1) / by * ((facts->height + by - 1) / by);
	uint64_t bytes = pixels * (facts->mode == LT_MODE_GREY ? 1 : 3);

	return bytes * (facts->orientation > 1 && !how->as_stored ? 2 : 1) + facts->beside;
}

int lt_image_find_greatest(struct lt_image *image, const void *bytes, size_t n,
			   const struct lt_image_how *how, struct lt_error *err)
{
	const struct lt_image_codec *codec = codec_of(bytes, n);

	image->greatest = 0;
	if (!codec || !codec->deep || !codec->deep(bytes, n))
		return 0;
	return lt_image_decode(image, bytes, n, how, err);
}

int lt_image_check(uint64_t width, uint64_t height, uint64_t max_pixels, struct lt_error *err)
{
	if (width == 0 || height == 0)
		return lt_fail(err, LT_DATA, "the image has no pixels");
	if (width > LT_MAX_SIDE || height > LT_MAX_SIDE)
		return lt_fail(err, LT_DATA,
			       "%" PRIu64 " × %" PRIu64
			       " pixels, and no side may be longer than %" PRIu32,
			       width, height, LT_MAX_SIDE);
	if (width * height > max_pixels)
		return lt_fail(err, LT_DATA,
			       "%" PRIu64 " × %" PRIu64
			       " pixels are more than --max-pixels %" PRIu64,
			       width, height, max_pixels);
	return 0;
}

int lt_image_shape(struct lt_image *image, uint64_t width, uint64_t height, int channels,
		   uint64_t max_pixels, struct lt_error *err)
{
	size_t pixels, bytes;
	uint8_t *block;
	int status = lt_image_check(width, height, max_pixels, err);

	if (status)
		return status;
	if (!lt_mul((size_t)width, (size_t)height, &pixels) ||
	    !lt_mul(pixels, (size_t)channels, &bytes))
		return lt_fail_memory(err);
	if (bytes > image->room) {
		block = lt_grow_array(image->pixels, bytes, 1);
		if (!block)
			return lt_fail_memory(err);
		image->pixels = block;
		image->room = bytes;
	}
	image->width = (uint32_t)width;
	image->height = (uint32_t)height;
	image->channels = channels;
	return 0;
}

int lt_image_begin(struct lt_image *image, int channels, const struct lt_image_how *how,
		   struct lt_error *err)
{
	const struct lt_image_facts *facts = &image->facts;
	uint32_t by = how->reduce ? how->reduce : 1;
	int status = lt_image_check(facts->width, facts->height, how->max_pixels, err);

	if (status || how->header_only)
		return status;
	return lt_image_shape(image, (facts->width + by - 1) / by,
			      (facts->height + by - 1) / by, channels, how->max_pixels, err);
}

static void to_grey(uint8_t *pixels, size_t n)
{
	const uint8_t *from = pixels;
	size_t i;

	for (i = 0; i < n; i++, from += 3)
		pixels[i] = (uint8_t)((19595u * from[0] + 38470u * from[1] + 7471u * from[2] +
				       32768u) >>
				      16);
}

/* From the end, because the three bytes of a pixel lie at or after its one byte. */
static void to_colour(uint8_t *pixels, size_t n)
{
	uint8_t grey;

	while (n-- > 0) {
		grey = pixels[n];
		pixels[3 * n] = grey;
		pixels[3 * n + 1] = grey;
		pixels[3 * n + 2] = grey;
	}
}

int lt_image_set_channels(struct lt_image *image, int channels, struct lt_error *err)
{
	size_t pixels = (size_t)image->width * image->height;
	int status;

	if (image->channels == channels)
		return 0;
	if (channels == 1) {
		to_grey(image->pixels, pixels);
		image->channels = 1;
		return 0;
	}
	status = lt_image_shape(image, image->width, image->height, 3, UINT64_MAX, err);
	if (status)
		return status;
	to_colour(image->pixels, pixels);
	return 0;
}

void lt_image_free(struct lt_image *image)
{
	lt_free(image->pixels);
	*image = (struct lt_image){0};
}
