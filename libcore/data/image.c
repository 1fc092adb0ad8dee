/*
 * What all image formats share: the table of decoders, memory, channels.
 */
#include "data/image.h"

#include <inttypes.h>

#include "base/memory.h"

static const struct lt_image_codec *const codecs[] = {
	&lt_image_jpeg,
	&lt_image_png,
	&lt_image_ppm,
};

int lt_image_decode(struct lt_image *image, const void *bytes, size_t n, uint64_t max_pixels,
		    struct lt_error *err)
{
	size_t i;

	if (n == 0)
		return lt_fail(err, LT_DATA, "the image is empty");
	for (i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		if (codecs[i]->probe(bytes, n))
			return codecs[i]->decode(image, bytes, n, max_pixels, err);
	return lt_fail(err, LT_DATA, "neither JPEG, PNG, PPM nor PGM");
}

int lt_image_shape(struct lt_image *image, uint64_t width, uint64_t height, int channels,
		   uint64_t max_pixels, struct lt_error *err)
{
	size_t pixels, bytes;
	uint8_t *block;

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

static void to_grey(uint8_t *pixels, size_t n)
{
	const uint8_t *from = pixels;
	size_t i;

	for (i = 0; i < n; i++, from += 3)
		pixels[i] = (uint8_t)((19595u * from[0] + 38470u * from[1] + 7471u * from[2] +
				       32768u) >>
				      16);
}

/* From the end, since a pixel's three bytes lie at or behind its one. */
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
