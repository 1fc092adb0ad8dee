#include "image/pixels.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ------------------------------------------------------------------ samples */

static bool coloured(const struct lt_image_how *how)
{
	return how->background[0] != how->background[1] ||
	       how->background[0] != how->background[2];
}

int lt_samples_channels(const struct lt_samples *samples, const struct lt_image_how *how)
{
	if (samples->colours == 1 && samples->alpha && how->has_background && coloured(how))
		return 3;
	return samples->colours;
}

/* The deep samples that become 0 and 255. */
struct range {
	uint32_t low, width;
};

static struct range range_of(const struct lt_samples *samples, const struct lt_image_how *how)
{
	if (how->high > how->low)
		return (struct range){how->low, how->high - how->low};
	return (struct range){0, samples->top};
}

static uint32_t to_byte(uint32_t value, struct range range)
{
	uint32_t above = value > range.low ? value - range.low : 0;

	if (above >= range.width)
		return 255;
	return (above * 255 + range.width / 2) / range.width;
}

/* Sample i after an address. */
static uint32_t sample_at(const void *from, size_t i, bool deep)
{
	uint16_t value;

	if (!deep)
		return ((const uint8_t *)from)[i];
	memcpy(&value, (const uint8_t *)from + 2 * i, sizeof value);
	return value;
}

/* One pixel of deep or transparent samples; first is the number of its first sample. */
static void put_pixel(struct lt_image *image, uint8_t *to, const void *from, size_t first,
		      const struct lt_samples *samples, const struct lt_image_how *how)
{
	struct range range = range_of(samples, how);
	uint32_t top = samples->deep ? samples->top : 255, value, alpha;
	int c, colour;

	for (c = 0; c < image->channels; c++) {
		colour = samples->colours == 1 ? 0 : c;
		value = sample_at(from, first + (size_t)colour, samples->deep);
		if (samples->deep && value > image->greatest)
			image->greatest = value;
		if (samples->deep)
			value = to_byte(value, range);
		if (samples->alpha && how->has_background) {
			alpha = sample_at(from, first + (size_t)samples->colours,
					  samples->deep);
			if (alpha > top)
				alpha = top;
			value = (value * alpha + how->background[c] * (top - alpha) + top / 2) /
				top;
		}
		to[c] = (uint8_t)value;
	}
}

void lt_samples_put(struct lt_image *image, uint32_t x, uint32_t y, const void *from,
		    uint32_t n, const struct lt_samples *samples,
		    const struct lt_image_how *how)
{
	size_t channels = (size_t)image->channels,
	       size = (size_t)samples->colours + samples->alpha, i;
	uint8_t *to = image->pixels + ((size_t)y * image->width + x) * channels;

	if (!samples->deep && size == channels && !samples->alpha) {
		memcpy(to, from, n * size);
		return;
	}
	for (i = 0; i < n; i++)
		put_pixel(image, to + i * channels, from, i * size, samples, how);
}

void lt_image_blank(struct lt_image *image, const struct lt_image_how *how)
{
	size_t n = (size_t)image->width * image->height, i;
	int c;

	memset(image->pixels, 0, n * (size_t)image->channels);
	for (i = 0; how->has_background && i < n; i++)
		for (c = 0; c < image->channels; c++)
			image->pixels[i * (size_t)image->channels + (size_t)c] =
				how->background[c];
}

/* ------------------------------------------------------------------ orientation */

/*
 * In bytes of the stored image: the start of the upright image, a step to the right, a step
 * down.
 */
struct walk {
	ptrdiff_t start, right, down;
};

static struct walk walk_of(const struct lt_image *image, int orientation)
{
	ptrdiff_t dot = image->channels, line = (ptrdiff_t)image->width * dot;
	ptrdiff_t last = line - dot, bottom = line * ((ptrdiff_t)image->height - 1);
	const struct walk walks[] = {
		{0, dot, line},
		{last, -dot, line},
		{last + bottom, -dot, -line},
		{bottom, dot, -line},
		{0, line, dot},
		{bottom, -line, dot},
		{last + bottom, -line, -dot},
		{last, line, -dot},
	};

	return walks[orientation - 1];
}

void lt_image_flip(struct lt_image *image)
{
	size_t channels = (size_t)image->channels, row = image->width * channels, c;
	uint8_t *left, *right, swap;
	uint32_t x, y;

	for (y = 0; y < image->height; y++) {
		left = image->pixels + y * row;
		right = left + row - channels;
		for (x = 0; x < image->width / 2; x++, left += channels, right -= channels)
			for (c = 0; c < channels; c++) {
				swap = left[c];
				left[c] = right[c];
				right[c] = swap;
			}
	}
}

int lt_image_turn(struct lt_image *image, int orientation, struct lt_error *err)
{
	uint32_t width = orientation < 5 ? image->width : image->height;
	uint32_t height = orientation < 5 ? image->height : image->width, x, y;
	size_t channels = (size_t)image->channels, bytes = (size_t)width * height * channels;
	const uint8_t *from;
	uint8_t *turned, *to;
	struct walk walk;

	if (orientation <= 1 || orientation > 8)
		return 0;
	turned = lt_new_array(bytes, 1);
	if (!turned)
		return lt_fail_memory(err);
	walk = walk_of(image, orientation);
	to = turned;
	for (y = 0; y < height; y++) {
		from = image->pixels + walk.start + (ptrdiff_t)y * walk.down;
		for (x = 0; x < width; x++, to += channels)
			memcpy(to, from + (ptrdiff_t)x * walk.right, channels);
	}
	lt_free(image->pixels);
	image->pixels = turned;
	image->room = bytes;
	image->width = width;
	image->height = height;
	return 0;
}
