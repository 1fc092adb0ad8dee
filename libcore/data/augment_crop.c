/*
 * The parts that select a region of the image: crop-flip, resized-crop and cutout.
 */
#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "data/augment_parts.h"

struct lt_box lt_box_draw(struct lt_draws *draws, int rows, int columns, int height, int width)
{
	struct lt_box box;

	box.top = (int)lt_draw_below(draws, (uint32_t)height) - rows / 2;
	box.left = (int)lt_draw_below(draws, (uint32_t)width) - columns / 2;
	box.bottom = box.top + rows > height ? height : box.top + rows;
	box.right = box.left + columns > width ? width : box.left + columns;
	box.top = box.top < 0 ? 0 : box.top;
	box.left = box.left < 0 ? 0 : box.left;
	return box;
}

void lt_augment_cutout(struct lt_picture *p, int number)
{
	int shorter = p->height < p->width ? p->height : p->width;
	int side = number > 0 ? number : shorter / 2, y;
	struct lt_box box = lt_box_draw(p->draws, side, side, p->height, p->width);
	size_t channels = (size_t)p->channels, row = (size_t)p->width * channels;

	/* All bits 0 is the number 0. */
	for (y = box.top; y < box.bottom && box.left < box.right; y++)
		memset(p->out + (size_t)y * row + (size_t)box.left * channels, 0,
		       (size_t)(box.right - box.left) * channels * sizeof *p->out);
}

/* ------------------------------------------------------------------ crop and flip */

/*
 * The pixels of a row: `before` of padding, `kept` from `first` on in steps of `step`, `after`
 * of padding.
 */
struct span {
	int before, kept, after;
	size_t first;	/* byte of the row */
	ptrdiff_t step; /* ±channels */
};

/*
 * Writes n normalised pixels of padding, as if the image had been padded before normalisation.
 */
static float *pad(const struct lt_picture *p, int n, float *out)
{
	const struct lt_augment *augment = p->augment;
	int channels = p->channels, i, c;

	for (i = 0; i < n; i++)
		for (c = 0; c < channels; c++)
			*out++ = augment->value[c][0];
	return out;
}

static void to_numbers(struct lt_picture *p, const struct span *span, int top)
{
	size_t row = (size_t)p->width * (size_t)p->channels;
	float *out = p->out;
	int y;

	for (y = top; y < top + p->height; y++) {
		if (y < 0 || y >= p->height) {
			out = pad(p, p->width, out);
			continue;
		}
		out = pad(p, span->before, out);
		out = lt_picture_look_up(p, p->bytes + (size_t)y * row + span->first,
					 span->kept, span->step, out);
		out = pad(p, span->after, out);
	}
	p->form = LT_AUGMENT_NUMBERS;
}

static void to_bytes(struct lt_picture *p, const struct span *span, int top)
{
	size_t channels = (size_t)p->channels, row = (size_t)p->width * channels;
	uint8_t *room = lt_picture_room(p), *to = room + (size_t)span->before * channels;
	const uint8_t *from;
	int x, y, c;

	memset(room, 0, p->pixels * channels);
	for (y = top; y < top + p->height; y++, to += row) {
		if (y < 0 || y >= p->height)
			continue;
		from = p->bytes + (size_t)y * row + span->first;
		for (x = 0; x < span->kept; x++, from += span->step)
			for (c = 0; c < p->channels; c++)
				to[(size_t)x * channels + (size_t)c] = from[c];
	}
	p->bytes = room;
}

void lt_augment_crop_flip(struct lt_picture *p, int number)
{
	int pad_y = p->height / 8, pad_x = p->width / 8, swap;
	int top = (int)lt_draw_below(p->draws, (uint32_t)(2 * pad_y + 1)) - pad_y;
	int left = (int)lt_draw_below(p->draws, (uint32_t)(2 * pad_x + 1)) - pad_x;
	bool flip = lt_draw_below(p->draws, 2) == 1;
	struct span span = {.before = left < 0 ? -left : 0,
			    .after = left > 0 ? left : 0,
			    .step = flip ? -(ptrdiff_t)p->channels : p->channels};
	int first = span.after;

	(void)number;
	span.kept = p->width - span.before - span.after;
	if (flip) {
		first += span.kept - 1;
		swap = span.before;
		span.before = span.after;
		span.after = swap;
	}
	span.first = (size_t)first * (size_t)p->channels;
	if (p->last)
		to_numbers(p, &span, top);
	else
		to_bytes(p, &span, top);
}

/* ------------------------------------------------------------------ resized crop */

/*
 * Ten tries as torchvision's RandomResizedCrop, then the largest central crop of allowed ratio.
 */
static struct lt_cut draw_box(const struct lt_augment_views *v, int height, int width,
			      struct lt_draws *draws)
{
	double low = lt_log(v->ratio_least), high = lt_log(v->ratio_most), area, ratio, h, w;
	double own = (double)width / height;
	struct lt_cut crop = {.box = true};
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

void lt_augment_draw_crop(const struct lt_augment_views *views, int height, int width,
			  struct lt_draws *draws, struct lt_cut *cut)
{
	*cut = draw_box(views, height, width, draws);
	cut->flip = lt_draw_below(draws, 2) == 1;
}

/*
 * The two of n samples between which the centre of the i-th of m samples lies, and the weight
 * of the second.
 */
static float between(int i, int m, int n, int *first, int *second)
{
	float at = ((float)i + 0.5f) * ((float)n / (float)m) - 0.5f;

	at = at < 0 ? 0 : at > (float)(n - 1) ? (float)(n - 1) : at;
	*first = (int)at;
	*second = *first + 1 < n ? *first + 1 : *first;
	return at - (float)*first;
}

/* Stretches the crop's rows of one channel to the full width (and flips them), into spare. */
static void stretch_rows(struct lt_picture *p, const uint8_t *in, struct lt_cut crop)
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
		to = p->spare + (crop.flip ? p->width - 1 - x : x);
		for (y = 0; y < crop.height; y++, a += row, b += row, to += p->width)
			*to = (float)*a + (float)(*b - *a) * part;
	}
}

static void stretch_columns(struct lt_picture *p, struct lt_cut crop, float *restrict to)
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

/*
 * The crop is never larger than the image, so bilinear interpolation needs no antialiasing.
 * It equals the published code except for rounding to bytes.
 */
void lt_augment_resized_crop(struct lt_picture *p, int number)
{
	struct lt_cut crop;
	int c;

	(void)number;
	lt_augment_draw_crop(&p->augment->views, p->height, p->width, p->draws, &crop);
	for (c = 0; c < p->channels; c++) {
		stretch_rows(p, p->bytes + c, crop);
		stretch_columns(p, crop, p->plane + (size_t)c * p->pixels);
	}
	p->form = LT_AUGMENT_PLANES;
}
