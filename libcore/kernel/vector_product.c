/*
 * 1×1 convolutions: matrix products over pixels; see vector.h.
 *
 * An image is processed in chunks of rows.  The inputs of a chunk are computed, multiplied and
 * written as outputs before the next chunk, so that they stay in a fast cache.  Backward, both
 * gradients are computed from one such chunk of inputs and gradients.
 *
 * With stride 2 only every second pixel of every second row is used; these pixels are copied to
 * a contiguous buffer.
 *
 * With LT_BF16_FAST factors are rounded to bfloat16, as pairs if there are instructions for
 * them.
 */
#include <string.h>

#include "kernel/vector.h"

/* The minimum number of pixels in a chunk, so that weights are read for many pixels. */
enum { CHUNK = 64 };

/* Channels must make whole vectors; a stem's do not. */
bool vk_product_fits(const struct lt_conv_shape *s)
{
	return s->size == 1 && s->in_c % 16 == 0;
}

/* The number of output rows in a chunk, in whole groups of ROWS. */
static int chunk_rows(const struct lt_conv_shape *s)
{
	int rows = ROWS * ((CHUNK + ROWS * s->out_w - 1) / (ROWS * s->out_w));

	return rows < s->out_h ? rows : s->out_h;
}

/* The layout of the scratch memory, for one chunk. */
struct room {
	float *value;	/* rows of input */
	float *pixels;	/* with stride 2: the pixels of them that are multiplied; or value */
	float *d;	/* rows of gradients */
	float *results; /* outputs, or gradients at the inputs that are multiplied */
	float *spread;	/* with stride 2: gradients at all inputs; or results */
	float *x_factors, *d_factors; /* rounded; used with LT_BF16_FAST only */
	size_t total;
};

static size_t line(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

static struct room rooms(const struct lt_conv_shape *s, float *scratch)
{
	size_t pixels = (size_t)chunk_rows(s) * s->out_w;
	size_t inputs = (size_t)chunk_rows(s) * s->stride * s->in_w * s->in_c;
	size_t met = pixels * s->in_c, outputs = pixels * s->out_c;
	bool all = s->stride == 1;
	struct room room = {.value = scratch};

	room.pixels = all ? room.value : room.value + line(inputs);
	room.d = room.pixels + line(all ? inputs : met);
	room.results = room.d + line(outputs);
	room.spread = all ? room.results : room.results + line(met > outputs ? met : outputs);
	room.x_factors = room.spread + line(all ? (met > outputs ? met : outputs) : inputs);
	/* Room for one more pixel of zeros: the number of pixels may be odd. */
	room.d_factors = room.x_factors + (is_fast(s) ? line(met + s->in_c) : 0);
	room.total = (size_t)(room.d_factors - scratch) +
		     (is_fast(s) ? line(outputs + s->out_c) : 0);
	return room;
}

size_t vk_product_scratch(const struct lt_conv_shape *s)
{
	return rooms(s, NULL).total;
}

/* ------------------------------------------------------------------------- chunks */

/* Some rows of an image. */
struct chunk {
	int image, y0, y1; /* rows of output */
	int in_y0, in_y1;  /* rows of input */
	int pixels;	   /* of output */
	struct plane value,
		d; /* at points to row 0 of the image; only the chunk's rows exist */
};

static struct chunk chunk_at(const struct lt_conv_shape *s, const struct room *room, int image,
			     int y0, int rows)
{
	struct chunk c = {.image = image, .y0 = y0};
	int in_row = s->in_w * s->in_c, out_row = s->out_w * s->out_c;

	c.y1 = y0 + rows < s->out_h ? y0 + rows : s->out_h;
	c.in_y0 = y0 * s->stride;
	/* If the number of rows is odd, the last row has no row below it. */
	c.in_y1 = c.y1 * s->stride < s->in_h ? c.y1 * s->stride : s->in_h;
	c.pixels = (c.y1 - y0) * s->out_w;
	c.value = (struct plane){room->value - (ptrdiff_t)c.in_y0 * in_row, in_row};
	c.d = (struct plane){room->d - (ptrdiff_t)y0 * out_row, out_row};
	return c;
}

/* The pixels that are multiplied, contiguous. */
static const float *pick(const struct lt_conv_shape *s, const struct room *room,
			 const struct chunk *c)
{
	float *to = room->pixels;

	if (s->stride == 1)
		return room->value;
	for (int y = c->y0; y < c->y1; y++)
		for (int x = 0; x < s->out_w; x++, to += s->in_c)
			memcpy(to,
			       c->value.at + (ptrdiff_t)y * s->stride * c->value.row +
				       (ptrdiff_t)x * s->stride * s->in_c,
			       (size_t)s->in_c * sizeof *to);
	return room->pixels;
}

/* to[pixel][out] = Σ over c channels of x[pixel][c] × weight. */
static void multiply_pixels(const struct lt_conv_shape *s, const float *x, int c,
			    float *factors, const float *weight, float *to, int out, int pixels)
{
	int deep = words_of(s, c);
	struct taps taps;

	if (is_fast(s)) {
		vk_channel_factors(x, (size_t)pixels * c, factors);
		x = factors;
	}
	taps.n = 1;
	taps.x[0] = x;
	taps.w[0] = weight;
	vk_dot_channels(&taps, out, (size_t)deep * 16, deep, deep, to, (size_t)out, pixels,
			has_pairs(s));
}

/* ------------------------------------------------------------------------ forward */

void vk_product_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct room room = rooms(s, scratch);
	int rows = chunk_rows(s);
	size_t row = (size_t)s->out_w * s->out_c;

	for (int image = first; image < first + n; image++)
		for (int y = 0; y < s->out_h; y += rows) {
			struct chunk c = chunk_at(s, &room, image, y, rows);

			vk_operand_rows(&pass->in, s->precision, pass->stream, image, c.in_y0,
					c.in_y1, c.value);
			multiply_pixels(s, pick(s, &room, &c), s->in_c, room.x_factors,
					pass->weight, room.results, s->out_c, c.pixels);
			for (int g = y; g < c.y1; g += ROWS)
				vk_out_rows(pass, image, g, g + ROWS < c.y1 ? g + ROWS : c.y1,
					    room.results + (g - y) * row, row);
		}
	end_stream(pass->stream);
}

/* ----------------------------------------------------------------------- backward */

static void weights_back(const struct lt_conv_backward *pass, int block0, int block1,
			 const struct room *room, const float *x, int pixels)
{
	const struct lt_conv_shape *s = &pass->shape;
	const float *d = room->d;

	if (is_fast(s)) {
		vk_pixel_factors(x, (size_t)pixels * s->in_c, (size_t)s->in_c, 2,
				 (size_t)s->in_c, room->x_factors);
		vk_pixel_factors(d, (size_t)pixels * s->out_c, (size_t)s->out_c, 2,
				 (size_t)s->out_c, room->d_factors);
		x = room->x_factors;
		d = room->d_factors;
	}
	if (has_pairs(s))
		pixels = (pixels + 1) / 2;
	vk_outer_channels(x, s->in_c, d, s->out_c, pixels, pass->weight_grad, block0, block1,
			  has_pairs(s));
}

/* With stride 2, three quarters of the inputs have a zero gradient. */
static void spread_out(const struct lt_conv_shape *s, const struct room *room,
		       const struct chunk *c)
{
	size_t row = (size_t)s->in_w * s->in_c, pixel = (size_t)s->in_c * sizeof(float);
	const float *from = room->results;

	memset(room->spread, 0, (size_t)(c->in_y1 - c->in_y0) * row * sizeof *room->spread);
	for (int y = 0; y < c->y1 - c->y0; y++)
		for (int x = 0; x < s->out_w; x++, from += s->in_c)
			memcpy(room->spread + (size_t)y * s->stride * row +
				       (size_t)x * s->stride * s->in_c,
			       from, pixel);
}

static void data_back(const struct lt_conv_backward *pass, const struct room *room,
		      const struct chunk *c)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t row = (size_t)s->in_w * s->in_c;

	multiply_pixels(s, room->d, s->out_c, room->d_factors, pass->weight_back, room->results,
			s->in_c, c->pixels);
	if (s->stride > 1)
		spread_out(s, room, c);
	for (int y = c->in_y0; y < c->in_y1; y += ROWS)
		vk_in_grad_rows(&pass->in_grad, &pass->in, s->precision, pass->stream, c->image,
				y, y + ROWS < c->in_y1 ? y + ROWS : c->in_y1, c->value,
				room->spread + (y - c->in_y0) * row, row);
}

void vk_product_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			 int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct room room = rooms(s, scratch);
	bool data = (what & LT_BACK_DATA) && pass->in_grad.to;
	int rows = chunk_rows(s);
	size_t block = (size_t)s->in_c * 16;

	if (what & LT_BACK_WEIGHTS)
		memset(pass->weight_grad + block0 * block, 0,
		       (block1 - block0) * block * sizeof *pass->weight_grad);
	for (int image = first; image < first + n; image++)
		for (int y = 0; y < s->out_h; y += rows) {
			struct chunk c = chunk_at(s, &room, image, y, rows);

			vk_operand_rows(&pass->in, s->precision, false, image, c.in_y0, c.in_y1,
					c.value);
			vk_conv_gradient_rows(pass, image, y, c.y1, c.d);
			if (what & LT_BACK_WEIGHTS)
				weights_back(pass, block0, block1, &room, pick(s, &room, &c),
					     c.pixels);
			if (data)
				data_back(pass, &room, &c);
		}
	end_stream(pass->stream);
}
