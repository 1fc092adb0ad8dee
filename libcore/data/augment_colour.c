/*
 * The parts that change colours as real numbers: jitter and grey.
 */
#include "data/augment_parts.h"

static float byte_range(float x)
{
	return x < 0 ? 0 : x > 255 ? 255 : x;
}

static void brighten(struct lt_picture *p, float factor)
{
	size_t n = p->pixels * (size_t)p->channels, i;

	for (i = 0; i < n; i++)
		p->plane[i] = byte_range(p->plane[i] * factor);
}

/* Mean luminance of three channels, else the mean of all values. */
static float mean_level(const struct lt_picture *p)
{
	const float *r = p->plane, *g = r + p->pixels, *b = g + p->pixels;
	size_t n = p->pixels * (size_t)p->channels, i;
	double sum = 0;

	if (p->channels == 3) {
		for (i = 0; i < p->pixels; i++)
			sum += (double)lt_luminance(r[i], g[i], b[i]);
		return (float)(sum / (double)p->pixels);
	}
	for (i = 0; i < n; i++)
		sum += (double)p->plane[i];
	return (float)(sum / (double)n);
}

static void change_contrast(struct lt_picture *p, float factor)
{
	size_t n = p->pixels * (size_t)p->channels, i;
	float rest = (1 - factor) * mean_level(p);

	for (i = 0; i < n; i++)
		p->plane[i] = byte_range(p->plane[i] * factor + rest);
}

/* Blends every pixel with its own luminance; factor 0 is grey. */
static void saturate(struct lt_picture *p, float factor)
{
	float *r = p->plane, *g = r + p->pixels, *b = g + p->pixels, rest;
	size_t i;

	if (p->channels != 3)
		return;
	for (i = 0; i < p->pixels; i++) {
		rest = (1 - factor) * lt_luminance(r[i], g[i], b[i]);
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

/* Rotates the hue; value and saturation do not change. */
static void turn_hue(struct lt_picture *p, float turns)
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

static void jitter(struct lt_picture *p, const struct lt_augment_views *v,
		   struct lt_draws *draws)
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

void lt_augment_jitter(struct lt_picture *p, int number)
{
	const struct lt_augment_views *v = &p->augment->views;

	(void)number;
	if (lt_draw_unit(p->draws) < v->jitter_share)
		jitter(p, v, p->draws);
}

void lt_augment_grey(struct lt_picture *p, int number)
{
	(void)number;
	if (lt_draw_unit(p->draws) < p->augment->views.grey_share)
		saturate(p, 0);
}
