/*
 * RandAugment as FixMatch uses it (Cubuk et al., 2020; Sohn et al., 2020): two
 * operations, each drawn from fourteen with a strength drawn from its whole range and
 * applied with probability 1/2, as in their code, then a grey square.
 *
 * The operations are those of PIL 9.4 on bytes and give the same bytes: means and
 * smoothing in integers, blends in single floats rounded down, and geometry in 1/65536
 * of a pixel with nearest-neighbour sampling and black (0) outside, PIL's default.
 * Luminance is (19595 red + 38470 green + 7471 blue) / 65536, rounded.  Only IEEE sums,
 * products and quotients and our own sine and cosine are used, so the result is the same
 * on every machine.
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

/* A channel's values are spread from its least at 0 to its largest at 255, rounded down. */
static void auto_contrast(const struct lt_picture *p, uint8_t *to, double strength)
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
 * A value becomes the number of smaller ones, and half a step, in steps of a
 * 255th of all but those of the largest value.
 */
static void equalize(const struct lt_picture *p, uint8_t *to, double strength)
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

static void posterize(const struct lt_picture *p, uint8_t *to, double bits)
{
	int mask = 0xff00 >> (int)bits & 0xff, v;
	uint8_t map[256];

	for (v = 0; v < 256; v++)
		map[v] = (uint8_t)(v & mask);
	map_all(p, map, to);
}

static void solarize(const struct lt_picture *p, uint8_t *to, double threshold)
{
	uint8_t map[256];
	int v;

	for (v = 0; v < 256; v++)
		map[v] = (uint8_t)(v < threshold ? v : 255 - v);
	map_all(p, map, to);
}

/* ------------------------------------------------------------------ blends */

/* From base (strength 0) towards v (1). */
static uint8_t blend(int base, int v, float strength)
{
	return (uint8_t)((float)base + strength * (float)(v - base));
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

static void brightness(const struct lt_picture *p, uint8_t *to, double strength)
{
	blend_with_level(p, to, 0, (float)strength);
}

/* Towards the mean luminance; that of other than three channels is the mean of all values. */
static void contrast(const struct lt_picture *p, uint8_t *to, double strength)
{
	size_t step = p->channels == 3 ? 3 : 1, values = p->pixels * (size_t)p->channels, i;
	uint64_t sum = 0, n = values / step;

	for (i = 0; i < values; i += step)
		sum += (uint64_t)(step == 3 ? byte_luminance(p->bytes + i) : p->bytes[i]);
	blend_with_level(p, to, (int)((2 * sum + n) / (2 * n)), (float)strength);
}

static void colour(const struct lt_picture *p, uint8_t *to, double strength)
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

/* Towards the mean of a pixel (five times) and its eight neighbours; the border stays. */
static void sharpness(const struct lt_picture *p, uint8_t *to, double strength)
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
 * The pixel at (x, y) comes from (a x + b y + c, d x + e y + f), coordinates
 * being those of pixels' corners: its centre is moved, and the pixel that it
 * falls into is taken.
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
				memset(to, 0, channels);
			from_x += right_x;
			from_y += right_y;
		}
		first_x += down_x;
		first_y += down_y;
	}
}

/* Counter-clockwise about the centre. */
static void rotate(const struct lt_picture *p, uint8_t *to, double degrees)
{
	double angle = degrees * (PI / 180), s = lt_sin(angle), c = lt_cos(angle);
	double x = p->width / 2.0, y = p->height / 2.0;

	move(p, to, c, -s, x - c * x + s * y, s, c, y - s * x - c * y);
}

static void shear_x(const struct lt_picture *p, uint8_t *to, double slope)
{
	move(p, to, 1, slope, 0, 0, 1, 0);
}

static void shear_y(const struct lt_picture *p, uint8_t *to, double slope)
{
	move(p, to, 1, 0, 0, slope, 1, 0);
}

static void translate_x(const struct lt_picture *p, uint8_t *to, double share)
{
	move(p, to, 1, 0, share * p->width, 0, 1, 0);
}

static void translate_y(const struct lt_picture *p, uint8_t *to, double share)
{
	move(p, to, 1, 0, 0, 0, 1, share * p->height);
}

/* ------------------------------------------------------------------ all */

const struct lt_rand_operation lt_rand_operations[LT_RAND_OPERATIONS] = {
	{"autocontrast", auto_contrast, LT_RAND_NO_STRENGTH, 0, 0},
	{"brightness", brightness, LT_RAND_REAL, 0.05, 0.95},
	{"color", colour, LT_RAND_REAL, 0.05, 0.95},
	{"contrast", contrast, LT_RAND_REAL, 0.05, 0.95},
	{"equalize", equalize, LT_RAND_NO_STRENGTH, 0, 0},
	{"identity", NULL, LT_RAND_NO_STRENGTH, 0, 0},
	{"posterize", posterize, LT_RAND_WHOLE, 4, 8},
	{"rotate", rotate, LT_RAND_REAL, -30, 30},
	{"sharpness", sharpness, LT_RAND_REAL, 0.05, 0.95},
	{"shear-x", shear_x, LT_RAND_REAL, -0.3, 0.3},
	{"shear-y", shear_y, LT_RAND_REAL, -0.3, 0.3},
	{"solarize", solarize, LT_RAND_WHOLE, 0, 255},
	{"translate-x", translate_x, LT_RAND_REAL, -0.3, 0.3},
	{"translate-y", translate_y, LT_RAND_REAL, -0.3, 0.3},
};

#define GREY 127 /* of every channel: FixMatch's square */

static void change(struct lt_picture *p)
{
	const struct lt_rand_operation *operation =
		&lt_rand_operations[lt_draw_below(p->draws, LT_RAND_OPERATIONS)];
	uint8_t *to = lt_picture_room(p);
	double strength = 0;

	if (lt_draw_below(p->draws, 2) == 0)
		return;
	if (operation->strength == LT_RAND_REAL)
		strength = lt_draw_between(p->draws, operation->low, operation->high);
	else if (operation->strength == LT_RAND_WHOLE)
		strength = operation->low +
			   lt_draw_below(p->draws,
					 (uint32_t)(operation->high - operation->low) + 1);
	if (!operation->make)
		return;
	operation->make(p, to, strength);
	p->bytes = to;
}

static void grey_square(struct lt_picture *p)
{
	int shorter = p->height < p->width ? p->height : p->width, y;
	int side = (int)lt_draw_below(p->draws, (uint32_t)(shorter / 2 + 1));
	struct lt_box box = lt_box_draw(p->draws, side, side, p->height, p->width);
	size_t channels = (size_t)p->channels, row = (size_t)p->width * channels;
	uint8_t *room = lt_picture_room(p);

	memcpy(room, p->bytes, p->pixels * channels);
	for (y = box.top; y < box.bottom; y++)
		memset(room + (size_t)y * row + (size_t)box.left * channels, GREY,
		       (size_t)(box.right - box.left) * channels);
	p->bytes = room;
}

void lt_augment_rand(struct lt_picture *p, int number)
{
	(void)number;
	change(p);
	change(p);
	grey_square(p);
}
