/*
 * The table of augmentation recipes, the plain ones, and rotation.
 *
 * Normalising a byte is looked up: 256 floats a channel stay in the first
 * cache, and the padding's value is that of byte 0, as if it had been padded
 * before normalising.
 */
#include "data/augment.h"

#include <string.h>

#include "base/memory.h"

/* n pixels of padding. */
static float *fill(const struct lt_augment *augment, int n, int channels, float *out)
{
	int i, c;

	for (i = 0; i < n; i++)
		for (c = 0; c < channels; c++)
			*out++ = augment->value[c][0];
	return out;
}

/* n pixels, each step bytes after the one before: ±channels. */
static float *look_up(const struct lt_augment *augment, const uint8_t *in, int n, int channels,
		      ptrdiff_t step, float *out)
{
	const float *first = augment->value[0], *second = augment->value[1],
		    *third = augment->value[2];
	int i, c;

	if (channels == 3) {
		for (i = 0; i < n; i++, in += step, out += 3) {
			out[0] = first[in[0]];
			out[1] = second[in[1]];
			out[2] = third[in[2]];
		}
		return out;
	}
	for (i = 0; i < n; i++, in += step)
		for (c = 0; c < channels; c++)
			*out++ = augment->value[c][in[c]];
	return out;
}

static void make_plain(const struct lt_augment *augment, const uint8_t *in, int height,
		       int width, int channels, struct lt_draws *draws, float *out,
		       float *scratch)
{
	int y;

	(void)draws;
	(void)scratch;
	for (y = 0; y < height; y++, in += (size_t)width * (size_t)channels)
		out = look_up(augment, in, width, channels, channels, out);
}

static void make_crop_flip(const struct lt_augment *augment, const uint8_t *in, int height,
			   int width, int channels, struct lt_draws *draws, float *out,
			   float *scratch)
{
	int pad_y = height / 8, pad_x = width / 8;
	int top = (int)lt_draw_below(draws, (uint32_t)(2 * pad_y + 1)) - pad_y;
	int left = (int)lt_draw_below(draws, (uint32_t)(2 * pad_x + 1)) - pad_x;
	bool flip = lt_draw_below(draws, 2) == 1;
	int before = left < 0 ? -left : 0, after = left > 0 ? left : 0;
	int kept = width - before - after, first = left > 0 ? left : 0, y;
	ptrdiff_t step = flip ? -(ptrdiff_t)channels : channels;
	size_t row = (size_t)width * (size_t)channels;

	(void)scratch;
	if (flip) {
		first += kept - 1;
		y = before;
		before = after;
		after = y;
	}
	for (y = top; y < top + height; y++) {
		if (y < 0 || y >= height) {
			out = fill(augment, width, channels, out);
			continue;
		}
		out = fill(augment, before, channels, out);
		out = look_up(augment, in + (size_t)y * row + (size_t)first * (size_t)channels,
			      kept, channels, step, out);
		out = fill(augment, after, channels, out);
	}
}

const struct lt_augment_recipe lt_augment_table[] = {
	{"none", "normalise only", make_plain},
	{"crop-flip", "pad, random crop, random flip", make_crop_flip},
	{"moco", "random resized crop, flip, colour jitter, grey, blur", lt_augment_moco},
	{NULL, NULL, NULL},
};

static const struct lt_augment_views published_views = {
	.area_least = 0.08,
	.area_most = 1,
	.ratio_least = 3.0 / 4,
	.ratio_most = 4.0 / 3,
	.jitter_share = 0.8,
	.brightness = 0.4,
	.contrast = 0.4,
	.saturation = 0.4,
	.hue = 0.1,
	.grey_share = 0.2,
	.blur_share = 0.5,
	.blur_least = 0.1,
	.blur_most = 2,
};

static void set_norm(struct lt_augment *augment, const struct lt_norm *norm)
{
	double mean, std;
	int c, byte;

	for (c = 0; c < LT_MAX_CHANNELS; c++) {
		mean = c < norm->channels ? norm->mean[c] : 0;
		std = c < norm->channels ? norm->std[c] : 1;
		for (byte = 0; byte < 256; byte++)
			augment->value[c][byte] = (float)((byte / 255.0 - mean) / std);
		augment->gain[c] = (float)(1 / (255 * std));
		augment->shift[c] = (float)(-mean / std);
	}
}

int lt_augment_init(struct lt_augment *augment, const char *recipe, const struct lt_norm *norm,
		    struct lt_error *err)
{
	int i;

	for (i = 0; lt_augment_table[i].name; i++) {
		if (strcmp(lt_augment_table[i].name, recipe) != 0)
			continue;
		augment->recipe = &lt_augment_table[i];
		augment->views = published_views;
		set_norm(augment, norm);
		return 0;
	}
	return lt_fail(err, LT_USAGE, "no augmentation \"%s\"", recipe);
}

bool lt_augment_scratch(int height, int width, int channels, size_t *floats)
{
	size_t n;

	/* moco: the image in planes, and a plane more to work in. */
	return lt_mul((size_t)height, (size_t)width, &n) &&
	       lt_mul(n, (size_t)channels + 1, floats);
}

void lt_augment_image(const struct lt_augment *augment, const uint8_t *in, int height,
		      int width, int channels, struct lt_draws *draws, float *out,
		      float *scratch)
{
	augment->recipe->make(augment, in, height, width, channels, draws, out, scratch);
}

void lt_augment_rotate(const float *in, int size, int channels, int quarters, float *out)
{
	ptrdiff_t pixel = channels, row = (ptrdiff_t)size * channels, across, down, i, j;
	const float *from = in;

	/* Where the output's first pixel is in the input, and what a step right or down means.
	 */
	switch (quarters & 3) {
	case 0:
		across = pixel;
		down = row;
		break;
	case 1:
		from = in + row - pixel;
		across = row;
		down = -pixel;
		break;
	case 2:
		from = in + size * row - pixel;
		across = -pixel;
		down = -row;
		break;
	default:
		from = in + (size - 1) * row;
		across = -row;
		down = pixel;
		break;
	}
	for (i = 0; i < size; i++)
		for (j = 0; j < size; j++, out += channels)
			memcpy(out, from + i * down + j * across,
			       (size_t)channels * sizeof *out);
}
