/*
 * The views of MoCo v2: random resized crop, flip, colour jitter, grey, blur.
 *
 * The crop is made into planes of floats 0 … 255 (a channel each), on which
 * all later steps are plain loops; the last step interleaves and normalises.
 * The crop is never larger than the image, so bilinear interpolation needs no
 * antialiasing and is that of the published code but for rounding to bytes.
 */
#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "data/augment.h"

struct planes {
	float *plane; /* channels × height × width */
	float *spare; /* height × width */
	int height, width, channels;
	size_t pixels;
};

struct crop {
	int top, left, height, width;
};

/* ------------------------------------------------------------------ crop */

/* Ten tries as torchvision's RandomResizedCrop, then the largest central crop of allowed ratio.
 */
static struct crop draw_crop(const struct lt_augment_views *v, int height, int width,
			     struct lt_draws *draws)
{
	double low = lt_log(v->ratio_least), high = lt_log(v->ratio_most), area, ratio, h, w;
	double own = (double)width / height;
	struct crop crop;
	int i;

	for (i = 0; i < 10; i++) {
		area = lt_draw_between(draws, v->area_least, v->area_most) * height * width;
		ratio = lt_exp(lt_draw_between(draws, low, high));
		w = floor(sqrt(area * ratio) + 0.5);
		h = floor(sqrt(area / ratio) + 0.5);
		if (!(w >= 1 && w <= width && h >= 1 && h <= height))
			continue;
		crop.height = (int)h;
		crop.width = (int)w;
		crop.top = (int)lt_draw_below(draws, (uint32_t)(height - crop.height + 1));
		crop.left = (int)lt_draw_below(draws, (uint32_t)(width - crop.width + 1));
		return crop;
	}
	crop.height = own < v->ratio_least ? (int)floor(width / v->ratio_least + 0.5) : height;
	crop.width = own > v->ratio_most ? (int)floor(height * v->ratio_most + 0.5) : width;
	crop.height = crop.height > height ? height : crop.height < 1 ? 1 : crop.height;
	crop.width = crop.width > width ? width : crop.width < 1 ? 1 : crop.width;
	crop.top = (height - crop.height) / 2;
	crop.left = (width - crop.width) / 2;
	return crop;
}

/* Between which two of n samples lies the centre of the i-th of m, and how near the second. */
static float between(int i, int m, int n, int *first, int *second)
{
	float at = ((float)i + 0.5f) * ((float)n / (float)m) - 0.5f;

	at = at < 0 ? 0 : at > (float)(n - 1) ? (float)(n - 1) : at;
	*first = (int)at;
	*second = *first + 1 < n ? *first + 1 : *first;
	return at - (float)*first;
}

/* The crop's rows of one channel, stretched to the full width (and flipped), into spare. */
static void stretch_rows(struct planes *p, const uint8_t *in, struct crop crop, bool flip)
{
	size_t row = (size_t)p->width * (size_t)p->channels;
	const uint8_t *a, *b;
	int x, y, first, second;
	float part, *to;

	for (x = 0; x < p->width; x++) {
		part = between(x, p->width, crop.width, &first, &second);
		a = in + (size_t)crop.top * row +
		    (size_t)(crop.left + first) * (size_t)p->channels;
		b = in + (size_t)crop.top * row +
		    (size_t)(crop.left + second) * (size_t)p->channels;
		to = p->spare + (flip ? p->width - 1 - x : x);
		for (y = 0; y < crop.height; y++, a += row, b += row, to += p->width)
			*to = (float)*a + (float)(*b - *a) * part;
	}
}

static void stretch_columns(struct planes *p, struct crop crop, float *restrict to)
{
	int x, y, first, second;

	for (y = 0; y < p->height; y++, to += p->width) {
		float part = between(y, p->height, crop.height, &first, &second);
		const float *a = p->spare + (size_t)first * (size_t)p->width;
		const float *b = p->spare + (size_t)second * (size_t)p->width;

		for (x = 0; x < p->width; x++)
			to[x] = a[x] + (b[x] - a[x]) * part;
	}
}

static void crop_and_flip(struct planes *p, const struct lt_augment_views *v, const uint8_t *in,
			  struct lt_draws *draws)
{
	struct crop crop = draw_crop(v, p->height, p->width, draws);
	bool flip = lt_draw_below(draws, 2) == 1;
	int c;

	for (c = 0; c < p->channels; c++) {
		stretch_rows(p, in + c, crop, flip);
		stretch_columns(p, crop, p->plane + (size_t)c * p->pixels);
	}
}

/* ------------------------------------------------------------------ colour */

static float byte_range(float x)
{
	return x < 0 ? 0 : x > 255 ? 255 : x;
}

/* Luminance as ITU-R 601-2 has it. */
static float luminance(float red, float green, float blue)
{
	return 0.299f * red + 0.587f * green + 0.114f * blue;
}

static void brighten(struct planes *p, float factor)
{
	size_t n = p->pixels * (size_t)p->channels, i;

	for (i = 0; i < n; i++)
		p->plane[i] = byte_range(p->plane[i] * factor);
}

/* Mean luminance of three channels, else the mean of all values. */
static float mean_level(const struct planes *p)
{
	const float *r = p->plane, *g = r + p->pixels, *b = g + p->pixels;
	size_t n = p->pixels * (size_t)p->channels, i;
	double sum = 0;

	if (p->channels == 3) {
		for (i = 0; i < p->pixels; i++)
			sum += (double)luminance(r[i], g[i], b[i]);
		return (float)(sum / (double)p->pixels);
	}
	for (i = 0; i < n; i++)
		sum += (double)p->plane[i];
	return (float)(sum / (double)n);
}

static void change_contrast(struct planes *p, float factor)
{
	size_t n = p->pixels * (size_t)p->channels, i;
	float rest = (1 - factor) * mean_level(p);

	for (i = 0; i < n; i++)
		p->plane[i] = byte_range(p->plane[i] * factor + rest);
}

/* Blends every pixel with its own luminance; factor 0 is grey. */
static void saturate(struct planes *p, float factor)
{
	float *r = p->plane, *g = r + p->pixels, *b = g + p->pixels, rest;
	size_t i;

	if (p->channels != 3)
		return;
	for (i = 0; i < p->pixels; i++) {
		rest = (1 - factor) * luminance(r[i], g[i], b[i]);
		r[i] = byte_range(r[i] * factor + rest);
		g[i] = byte_range(g[i] * factor + rest);
		b[i] = byte_range(b[i] * factor + rest);
	}
}

/* One channel of the colour at sixth (0 … 6) of the circle; n: 5 red, 3 green, 1 blue. */
static float channel_at(float n, float sixth, float most, float spread)
{
	float k = n + sixth, part;

	k = k >= 6 ? k - 6 : k;
	part = k < 4 - k ? k : 4 - k;
	part = part < 0 ? 0 : part > 1 ? 1 : part;
	return most - spread * part;
}

/* Turns the colour circle; value and saturation of a pixel stay. */
static void turn_hue(struct planes *p, float turns)
{
	float *r = p->plane, *g = r + p->pixels, *b = g + p->pixels;
	float most, least, spread, sixth;
	size_t i;

	if (p->channels != 3)
		return;
	for (i = 0; i < p->pixels; i++) {
		most = r[i] > g[i] ? r[i] : g[i];
		most = most > b[i] ? most : b[i];
		least = r[i] < g[i] ? r[i] : g[i];
		least = least < b[i] ? least : b[i];
		spread = most - least;
		if (!(spread > 0))
			continue;
		if (most == r[i])
			sixth = (g[i] - b[i]) / spread;
		else if (most == g[i])
			sixth = 2 + (b[i] - r[i]) / spread;
		else
			sixth = 4 + (r[i] - g[i]) / spread;
		sixth += 6 * turns;
		sixth = sixth < 0 ? sixth + 6 : sixth >= 6 ? sixth - 6 : sixth;
		r[i] = channel_at(5, sixth, most, spread);
		g[i] = channel_at(3, sixth, most, spread);
		b[i] = channel_at(1, sixth, most, spread);
	}
}

static void jitter(struct planes *p, const struct lt_augment_views *v, struct lt_draws *draws)
{
	uint32_t order[4];
	float brightness, contrast, saturation, hue;
	int i;

	lt_draw_permutation(draws, order, 4);
	brightness = (float)lt_draw_between(draws, 1 - v->brightness, 1 + v->brightness);
	contrast = (float)lt_draw_between(draws, 1 - v->contrast, 1 + v->contrast);
	saturation = (float)lt_draw_between(draws, 1 - v->saturation, 1 + v->saturation);
	hue = (float)lt_draw_between(draws, -v->hue, v->hue);
	for (i = 0; i < 4; i++) {
		if (order[i] == 0)
			brighten(p, brightness);
		else if (order[i] == 1)
			change_contrast(p, contrast);
		else if (order[i] == 2)
			saturate(p, saturation);
		else
			turn_hue(p, hue);
	}
}

/* ------------------------------------------------------------------ blur */

#define BLUR_REACH 31

/* Half a Gaussian, from its middle outwards, summing to 1 with both sides; returns its reach.
 */
static int gaussian(double deviation, float weight[BLUR_REACH + 1])
{
	double exact[BLUR_REACH + 1], sum = 0;
	int reach = (int)ceil(3 * deviation), i;

	reach = reach > BLUR_REACH ? BLUR_REACH : reach;
	for (i = 0; i <= reach; i++) {
		exact[i] = lt_exp(-0.5 * i * i / (deviation * deviation));
		sum += i ? 2 * exact[i] : exact[i];
	}
	for (i = 0; i <= reach; i++)
		weight[i] = (float)(exact[i] / sum);
	return reach;
}

/*
 * Blurs n lines of m values each, from *from to *to: values of a line are
 * value apart, lines are line apart.  Beyond its ends a line's last value goes on.
 */
static void blur_lines(const float *restrict from, float *restrict to, int n, int m,
		       size_t value, size_t line, const float *weight, int reach)
{
	int i, j, k, before, after;

	for (j = 0; j < m; j++) {
		const float *own = from + (size_t)j * value;

		for (i = 0; i < n; i++)
			to[(size_t)j * value + (size_t)i * line] =
				own[(size_t)i * line] * weight[0];
		for (k = 1; k <= reach; k++) {
			const float *a, *b;

			before = j - k < 0 ? 0 : j - k;
			after = j + k >= m ? m - 1 : j + k;
			a = from + (size_t)before * value;
			b = from + (size_t)after * value;
			for (i = 0; i < n; i++)
				to[(size_t)j * value + (size_t)i * line] +=
					(a[(size_t)i * line] + b[(size_t)i * line]) * weight[k];
		}
	}
}

static void blur(struct planes *p, double deviation)
{
	float weight[BLUR_REACH + 1], *plane;
	int reach = gaussian(deviation, weight), c;

	for (c = 0; c < p->channels; c++) {
		plane = p->plane + (size_t)c * p->pixels;
		blur_lines(plane, p->spare, p->width, p->height, (size_t)p->width, 1, weight,
			   reach);
		blur_lines(p->spare, plane, p->height, p->width, 1, (size_t)p->width, weight,
			   reach);
	}
}

/* ------------------------------------------------------------------ all */

static void interleave(const struct lt_augment *augment, const struct planes *p, float *out)
{
	const float *plane;
	size_t i;
	int c;

	for (c = 0; c < p->channels; c++) {
		plane = p->plane + (size_t)c * p->pixels;
		for (i = 0; i < p->pixels; i++)
			out[i * (size_t)p->channels + (size_t)c] =
				plane[i] * augment->gain[c] + augment->shift[c];
	}
}

void lt_augment_moco(const struct lt_augment *augment, const uint8_t *in, int height, int width,
		     int channels, struct lt_draws *draws, float *out, float *scratch)
{
	const struct lt_augment_views *v = &augment->views;
	size_t pixels = (size_t)height * (size_t)width;
	struct planes p = {
		scratch, scratch + pixels * (size_t)channels, height, width, channels, pixels};

	crop_and_flip(&p, v, in, draws);
	if (lt_draw_unit(draws) < v->jitter_share)
		jitter(&p, v, draws);
	if (lt_draw_unit(draws) < v->grey_share)
		saturate(&p, 0);
	if (lt_draw_unit(draws) < v->blur_share)
		blur(&p, lt_draw_between(draws, v->blur_least, v->blur_most));
	interleave(augment, &p, out);
}
