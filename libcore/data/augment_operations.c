/*
 * Operations of PIL on bytes, with the results of PIL 9.4: means and smoothing in integers,
 * blends in single floats rounded down, and geometry in 1/65536 of a pixel with
 * nearest-neighbour sampling.  Luminance is (19595 red + 38470 green + 7471 blue) / 65536,
 * rounded.  Only IEEE sums, products and quotients and our own sine and cosine are used, so
 * the result is the same on every machine.
 */
#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "data/augment_parts.h"

#define PI 0x1.921fb54442d18p+1

/* ------------------------------------------------------------------ maps of bytes */

static void map_all(const struct lt_picture *p, const uint8_t map[256], uint8_t *to)
{
	size_t n = p->pixels * (size_t)p->channels, i;

	for (i = 0; i < n; i++)
		to[i] = map[p->bytes[i]];
}

static void map_channel(const struct lt_picture *p, int c, const uint8_t map[256], uint8_t *to)
{
	size_t channels = (size_t)p->channels, i;

	for (i = (size_t)c; i < p->pixels * channels; i += channels)
		to[i] = map[p->bytes[i]];
}

static void count_bytes(const struct lt_picture *p, int c, uint32_t count[256])
{
	size_t channels = (size_t)p->channels, i;

	memset(count, 0, 256 * sizeof *count);
	for (i = (size_t)c; i < p->pixels * channels; i += channels)
		count[p->bytes[i]]++;
}

/*
 * Stretches a channel's values so that the smallest becomes 0 and the largest 255, rounded
 * down.
 */
void lt_operation_auto_contrast(const struct lt_picture *p, uint8_t *to, double strength)
{
	uint32_t count[256];
	uint8_t map[256];
	double scale, level;
	int c, v, least, most;

	(void)strength;
	for (c = 0; c < p->channels; c++) {
		count_bytes(p, c, count);
		for (least = 0; least < 255 && count[least] == 0; least++)
			;
		for (most = 255; most > 0 && count[most] == 0; most--)
			;
		scale = least < most ? 255.0 / (most - least) : 1;
		for (v = least; v <= most; v++) {
			level = least < most ? v * scale - least * scale : v;
			map[v] = (uint8_t)(level < 255 ? level : 255);
		}
		map_channel(p, c, map, to);
	}
}

/*
 * Each value becomes the number of smaller ones plus half a step, in steps of a 255th of the
 * number of values other than the largest.
 */
void lt_operation_equalize(const struct lt_picture *p, uint8_t *to, double strength)
{
	uint32_t count[256], step, below, level;
	uint8_t map[256];
	int c, v, most;

	(void)strength;
	for (c = 0; c < p->channels; c++) {
		count_bytes(p, c, count);
		for (most = 255; most > 0 && count[most] == 0; most--)
			;
		step = ((uint32_t)p->pixels - count[most]) / 255;
		below = step / 2;
		for (v = 0; v < 256; v++) {
			level = step > 0 ? below / step : (uint32_t)v;
			map[v] = (uint8_t)(level < 255 ? level : 255);
			below += count[v];
		}
		map_channel(p, c, map, to);
	}
}

void lt_operation_posterize(const struct lt_picture *p, uint8_t *to, double bits)
{
	int mask = 0xff00 >> (int)bits & 0xff, v;
	uint8_t map[256];

	for (v = 0; v < 256; v++)
		map[v] = (uint8_t)(v & mask);
	map_all(p, map, to);
}

void lt_operation_solarize(const struct lt_picture *p, uint8_t *to, double threshold)
{
	uint8_t map[256];
	int v;

	for (v = 0; v < 256; v++)
		map[v] = (uint8_t)(v < threshold ? v : 255 - v);
	map_all(p, map, to);
}

void lt_operation_invert(const struct lt_picture *p, uint8_t *to, double strength)
{
	(void)strength;
	lt_operation_solarize(p, to, 0);
}

/* ------------------------------------------------------------------ blends */

/* Interpolates from base (strength 0) to v (strength 1). */
static uint8_t blend(int base, int v, float strength)
{
	float value = (float)base + strength * (float)(v - base);

	return (uint8_t)(value > 0 ? value < 255 ? value : 255 : 0);
}

static void blend_with_level(const struct lt_picture *p, uint8_t *to, int level, float strength)
{
	uint8_t map[256];
	int v;

	for (v = 0; v < 256; v++)
		map[v] = blend(level, v, strength);
	map_all(p, map, to);
}

static int byte_luminance(const uint8_t *rgb)
{
	return (rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16;
}

void lt_operation_brightness(const struct lt_picture *p, uint8_t *to, double strength)
{
	blend_with_level(p, to, 0, (float)strength);
}

/*
 * Interpolates towards the mean luminance, or, without three channels, the mean of all values.
 */
void lt_operation_contrast(const struct lt_picture *p, uint8_t *to, double strength)
{
	size_t step = p->channels == 3 ? 3 : 1, values = p->pixels * (size_t)p->channels, i;
	uint64_t sum = 0, n = values / step;

	for (i = 0; i < values; i += step)
		sum += (uint64_t)(step == 3 ? byte_luminance(p->bytes + i) : p->bytes[i]);
	blend_with_level(p, to, (int)((2 * sum + n) / (2 * n)), (float)strength);
}

void lt_operation_colour(const struct lt_picture *p, uint8_t *to, double strength)
{
	size_t values = p->pixels * (size_t)p->channels, i;
	int c, grey;

	if (p->channels != 3) {
		memcpy(to, p->bytes, values);
		return;
	}
	for (i = 0; i < values; i += 3) {
		grey = byte_luminance(p->bytes + i);
		for (c = 0; c < 3; c++)
			to[i + (size_t)c] =
				blend(grey, p->bytes[i + (size_t)c], (float)strength);
	}
}

/*
 * Interpolates towards the mean of a pixel (with weight five) and its eight neighbours; the
 * border is unchanged.
 */
void lt_operation_sharpness(const struct lt_picture *p, uint8_t *to, double strength)
{
	size_t channels = (size_t)p->channels, row = (size_t)p->width * channels, i;
	const uint8_t *at, *above, *under;
	int x, y, sum;

	memcpy(to, p->bytes, p->pixels * channels);
	for (y = 1; y + 1 < p->height; y++)
		for (x = 1; x + 1 < p->width; x++)
			for (i = (size_t)y * row + (size_t)x * channels;
			     i < (size_t)y * row + (size_t)(x + 1) * channels; i++) {
				at = p->bytes + i;
				above = at - row;
				under = at + row;
				sum = above[-p->channels] + above[0] + above[channels] +
				      at[-p->channels] + 5 * at[0] + at[channels] +
				      under[-p->channels] + under[0] + under[channels];
				to[i] = blend((2 * sum + 13) / 26, *at, (float)strength);
			}
}

/* ------------------------------------------------------------------ shapes */

static int64_t fixed(double v)
{
	return (int64_t)floor(v * 65536 + 0.5);
}

/*
 * The pixel at (x, y) is that at (a x + b y + c, d x + e y + f) of the input.  Coordinates are
 * those of pixel corners: the centre of the pixel is mapped, and the pixel that contains the
 * result is copied.
 */
static void move(const struct lt_picture *p, uint8_t *to, double a, double b, double c,
		 double d, double e, double f)
{
	int64_t right_x = fixed(a), right_y = fixed(d), down_x = fixed(b), down_y = fixed(e);
	int64_t first_x = fixed(c + a * 0.5 + b * 0.5), first_y = fixed(f + d * 0.5 + e * 0.5);
	int64_t wide = (int64_t)p->width << 16, high = (int64_t)p->height << 16, from_x, from_y;
	size_t channels = (size_t)p->channels;
	int x, y;

	for (y = 0; y < p->height; y++) {
		from_x = first_x;
		from_y = first_y;
		for (x = 0; x < p->width; x++, to += channels) {
			if (from_x >= 0 && from_x < wide && from_y >= 0 && from_y < high)
				memcpy(to,
				       p->bytes + ((size_t)(from_y >> 16) * (size_t)p->width +
						   (size_t)(from_x >> 16)) *
							  channels,
				       channels);
			else
				memset(to, p->fill, channels);
			from_x += right_x;
			from_y += right_y;
		}
		first_x += down_x;
		first_y += down_y;
	}
}

/* Counter-clockwise about the centre. */
void lt_operation_rotate(const struct lt_picture *p, uint8_t *to, double degrees)
{
	double angle = degrees * (PI / 180), s = lt_sin(angle), c = lt_cos(angle);
	double x = p->width / 2.0, y = p->height / 2.0;

	move(p, to, c, -s, x - c * x + s * y, s, c, y - s * x - c * y);
}

void lt_operation_shear_x(const struct lt_picture *p, uint8_t *to, double slope)
{
	move(p, to, 1, slope, 0, 0, 1, 0);
}

void lt_operation_shear_y(const struct lt_picture *p, uint8_t *to, double slope)
{
	move(p, to, 1, 0, 0, slope, 1, 0);
}

void lt_operation_translate_x(const struct lt_picture *p, uint8_t *to, double share)
{
	move(p, to, 1, 0, share * p->width, 0, 1, 0);
}

void lt_operation_translate_y(const struct lt_picture *p, uint8_t *to, double share)
{
	move(p, to, 1, 0, 0, 0, 1, share * p->height);
}
