/*
 * Direct convolution; see vector.h.
 *
 * The taps of a kernel row lie side by side in a row of pixels, and their
 * weights too, so that a row of taps is one product over size × in_c numbers.
 * A 1×1 convolution is a matrix product over the pixels that it meets.
 */
#include <string.h>

#include "kernel/vector.h"

/* Pixels of a matrix product at least, so that weights are read for many. */
enum { CHUNK = 64 };

static bool is_product(const struct lt_conv_shape *s)
{
	return s->size == 1;
}

/* Rows of output that are made at once: whole groups. */
static int chunk_rows(const struct lt_conv_shape *s)
{
	int groups = is_product(s) ? (CHUNK + ROWS * s->out_w - 1) / (ROWS * s->out_w) : 1;

	return ROWS * groups;
}

/* Where things lie in scratch memory. */
struct room {
	float *value, *d, *rows, *picked;
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *scratch)
{
	int pad = s->size / 2, rows = chunk_rows(s);
	size_t value = bordered_size(s->in_h, s->in_w, s->in_c, pad, pad, pad);
	size_t d = bordered_size(s->out_h, s->out_w, s->out_c, pad, pad, pad);
	size_t out = (size_t)rows * s->out_w * s->out_c;
	size_t in = ((size_t)s->in_h * s->in_w * s->in_c + 15) & ~(size_t)15;
	size_t picked =
		is_product(s) && s->stride > 1 ? (size_t)s->out_h * s->out_w * s->in_c : 0;
	size_t most = in > out ? in : out;

	return (struct room){scratch, scratch + value, scratch + value + d,
			     scratch + value + d + most, value + d + most + picked};
}

size_t vk_direct_scratch(const struct lt_conv_shape *s)
{
	return rooms(s, NULL).total;
}

/* ------------------------------------------------------------------------ forward */

/* Pixels with stride, side by side. */
static const float *pick(const struct lt_conv_shape *s, struct plane value, float *to)
{
	if (s->stride == 1)
		return value.at;
	for (int y = 0; y < s->out_h; y++)
		for (int x = 0; x < s->out_w; x++)
			memcpy(to + ((size_t)y * s->out_w + x) * s->in_c,
			       value.at + (size_t)y * s->stride * value.row +
				       (size_t)x * s->stride * s->in_c,
			       (size_t)s->in_c * sizeof *to);
	return to;
}

static void product_rows(const struct lt_conv_shape *s, const float *pixels,
			 const float *weight, int y0, int y1, float *rows)
{
	struct taps taps;

	taps.n = 1;
	taps.x[0] = pixels + (size_t)y0 * s->out_w * s->in_c;
	taps.w[0] = weight;
	vk_dot_channels(&taps, s->out_c, (size_t)s->in_c * 16, s->in_c, s->in_c, rows, s->out_c,
			(y1 - y0) * s->out_w);
}

static void conv_rows(const struct lt_conv_shape *s, struct plane value, const float *weight,
		      int y0, int y1, float *rows)
{
	size_t wide = (size_t)s->size * s->in_c;
	int pad = s->size / 2;

	for (int y = y0; y < y1; y++) {
		struct taps taps;

		taps.n = s->size;
		for (int kh = 0; kh < s->size; kh++) {
			taps.x[kh] = value.at +
				     (ptrdiff_t)(y * s->stride + kh - pad) * value.row -
				     (ptrdiff_t)pad * s->in_c;
			taps.w[kh] = weight + kh * wide * 16;
		}
		vk_dot_channels(
			&taps, s->out_c, s->size * wide * 16, (int)wide, s->stride * s->in_c,
			rows + (size_t)(y - y0) * s->out_w * s->out_c, s->out_c, s->out_w);
	}
}

void vk_direct_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct room room = rooms(s, scratch);
	int pad = s->size / 2, chunk = chunk_rows(s);
	size_t row = (size_t)s->out_w * s->out_c;
	struct plane value = vk_bordered(room.value, s->in_h, s->in_w, s->in_c, pad, pad, pad);

	for (int image = first; image < first + n; image++) {
		const float *pixels;

		vk_operand_rows(&pass->in, s->precision, pass->stream, image, 0, s->in_h,
				value);
		pixels = is_product(s) ? pick(s, value, room.picked) : NULL;
		for (int y = 0; y < s->out_h; y += chunk) {
			int end = y + chunk < s->out_h ? y + chunk : s->out_h;

			if (pixels)
				product_rows(s, pixels, pass->weight, y, end, room.rows);
			else
				conv_rows(s, value, pass->weight, y, end, room.rows);
			for (int g = y; g < end; g += ROWS)
				vk_out_rows(pass, image, g, g + ROWS < end ? g + ROWS : end,
					    room.rows + (g - y) * row, row);
		}
	}
	end_stream(pass->stream);
}

/* ----------------------------------------------------------------------- backward */

/*
 * Weights for the way back: [in / 16][kernel row][kernel column][out][16 of in].
 * The taps are not turned; data_back chooses them by their places.
 */
void vk_direct_prepare(const struct lt_conv_shape *s, const float *master, float *forward,
		       float *back)
{
	int taps = s->size * s->size;

	memcpy(forward, master, lt_conv_weights(s) * sizeof *master);
	if (!back || s->in_c % 16)
		return;
	for (int k = 0; k < s->out_c; k++)
		for (int t = 0; t < taps; t++)
			for (int c = 0; c < s->in_c; c++)
				back[(((size_t)(c / 16) * taps + t) * s->out_c + k) * 16 +
				     c % 16] = master[(((size_t)(k / 16) * taps + t) * s->in_c +
						       c) * 16 +
						      k % 16];
}

/*
 * g = weightᵀ ⊛ d.  With stride 2 an input pixel meets only the taps whose
 * parity is its own, so pixels are taken by parity, neighbours 2 apart.
 */
static void data_back(const struct lt_conv_backward *pass, struct plane d, float *g)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t block = (size_t)s->size * s->size * s->out_c * 16;
	int pad = s->size / 2, stride = s->stride;

	for (int y = 0; y < s->in_h; y++)
		for (int phase = 0; phase < stride; phase++) {
			int pixels = (s->in_w - phase + stride - 1) / stride;
			float *out = g + ((size_t)y * s->in_w + phase) * s->in_c;
			struct taps taps;

			taps.n = 0;
			for (int kh = 0; kh < s->size; kh++)
				for (int kw = 0; kw < s->size; kw++) {
					int dy = y + pad - kh, dx = phase + pad - kw;

					if ((dy & (stride - 1)) || (dx & (stride - 1)))
						continue;
					dy /= stride;
					dx /= stride;
					if (dy < -pad || dy >= s->out_h + pad)
						continue;
					taps.x[taps.n] = d.at + (ptrdiff_t)dy * d.row +
							 (ptrdiff_t)dx * s->out_c;
					taps.w[taps.n] =
						pass->weight_back +
						(size_t)(kh * s->size + kw) * s->out_c * 16;
					taps.n++;
				}
			vk_dot_channels(&taps, s->in_c, block, s->out_c, s->out_c, out,
					(size_t)stride * s->in_c, pixels);
		}
}

/* The same for 1×1: one product; with stride 2 three quarters of the pixels get nothing. */
static void product_back(const struct lt_conv_backward *pass, const float *d, float *g,
			 float *picked)
{
	const struct lt_conv_shape *s = &pass->shape;
	int pixels = s->out_h * s->out_w;
	struct taps taps;

	taps.n = 1;
	taps.x[0] = d;
	taps.w[0] = pass->weight_back;
	vk_dot_channels(&taps, s->in_c, (size_t)s->out_c * 16, s->out_c, s->out_c,
			s->stride == 1 ? g : picked, (size_t)s->in_c, pixels);
	if (s->stride == 1)
		return;
	memset(g, 0, (size_t)s->in_h * s->in_w * s->in_c * sizeof *g);
	for (int y = 0; y < s->out_h; y++)
		for (int x = 0; x < s->out_w; x++)
			memcpy(g + ((size_t)y * s->stride * s->in_w + (size_t)x * s->stride) *
					       s->in_c,
			       picked + ((size_t)y * s->out_w + x) * s->in_c,
			       (size_t)s->in_c * sizeof *g);
}

/*
 * Gradient of the weights of a kernel row: `ins` of its size × in_c inputs from
 * j on and some vectors of output channels from k on, weight_step apart.
 */
INLINE void weights_block(const struct lt_conv_shape *s, struct plane x, struct plane d, int kh,
			  int j, const int ins, const int vectors, int k, float *w,
			  size_t weight_step)
{
	int pad = s->size / 2, c = s->in_c, step = s->stride * c;
	vec sum[OUTER][GROUP];

	UNROLL(8)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			sum[i][v] = load(w + (size_t)i * 16 + v * weight_step);
	}
	for (int y = 0; y < s->out_h; y++) {
		const float *from = x.at + (ptrdiff_t)(y * s->stride + kh - pad) * x.row -
				    (ptrdiff_t)pad * c + j;
		const float *at = d.at + (ptrdiff_t)y * d.row + k;

		for (int p = 0; p < s->out_w; p++, from += step, at += s->out_c) {
			vec g[GROUP];

			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				g[v] = load(at + v * LANES);
			UNROLL(8)
			for (int i = 0; i < ins; i++) {
				vec in = all(from[i]);

				UNROLL(2)
				for (int v = 0; v < vectors; v++)
					multiply_add(&sum[i][v], g[v], in);
			}
		}
	}
	UNROLL(8)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(w + (size_t)i * 16 + v * weight_step, sum[i][v]);
	}
}

INLINE void weights_row(const struct lt_conv_shape *s, struct plane x, struct plane d, int kh,
			const int vectors, int k, float *w, size_t weight_step)
{
	int wide = s->size * s->in_c, j = 0;

	for (; j + OUTER <= wide; j += OUTER)
		weights_block(s, x, d, kh, j, OUTER, vectors, k, w + j * 16, weight_step);
	for (; j + 3 <= wide; j += 3)
		weights_block(s, x, d, kh, j, 3, vectors, k, w + j * 16, weight_step);
	for (; j < wide; j++)
		weights_block(s, x, d, kh, j, 1, vectors, k, w + j * 16, weight_step);
}

static void weights_back(const struct lt_conv_backward *pass, int block0, int block1,
			 struct plane x, struct plane d)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t row = (size_t)s->size * s->in_c * 16, block = s->size * row;
	int k = block0 * 16, end = block1 * 16;

	while (k < end) {
		/* A group within one block, or (16 lanes) across two. */
		bool two = LANES < 16 || k + 32 <= end;
		float *w = pass->weight_grad + (size_t)(k / 16) * block + k % 16;

		for (int kh = 0; kh < s->size; kh++)
			if (two)
				weights_row(s, x, d, kh, GROUP, k, w + kh * row,
					    LANES < 16 ? (size_t)LANES : block);
			else
				weights_row(s, x, d, kh, 1, k, w + kh * row, 0);
		k += two ? GROUP * LANES : LANES;
	}
}

/* Pixels of inputs and gradients in chunks that stay in a cache while all channels meet. */
static void product_weights_back(const struct lt_conv_backward *pass, int block0, int block1,
				 const float *x, const float *d)
{
	const struct lt_conv_shape *s = &pass->shape;
	int pixels = s->out_h * s->out_w;

	for (int p = 0; p < pixels; p += CHUNK)
		vk_outer_channels(x + (size_t)p * s->in_c, s->in_c, d + (size_t)p * s->out_c,
				  s->out_c, p + CHUNK < pixels ? CHUNK : pixels - p,
				  pass->weight_grad, block0, block1);
}

void vk_direct_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct room room = rooms(s, scratch);
	int pad = s->size / 2;
	bool data = (what & LT_BACK_DATA) && pass->in_grad.to;
	/* Outer products take blocks of inputs: a stem of another size goes by rows of taps. */
	bool product = is_product(s) && s->in_c % 16 == 0;
	size_t block = lt_conv_weights(s) / s->out_c * 16, row = (size_t)s->in_w * s->in_c;
	struct plane value = vk_bordered(room.value, s->in_h, s->in_w, s->in_c, pad, pad, pad);
	struct plane d = vk_bordered(room.d, s->out_h, s->out_w, s->out_c, pad, pad, pad);

	if (what & LT_BACK_WEIGHTS)
		memset(pass->weight_grad + block0 * block, 0,
		       (block1 - block0) * block * sizeof *pass->weight_grad);
	for (int image = first; image < first + n; image++) {
		vk_operand_rows(&pass->in, s->precision, false, image, 0, s->in_h, value);
		vk_conv_gradient_rows(pass, image, 0, s->out_h, d);
		if ((what & LT_BACK_WEIGHTS) && product)
			product_weights_back(pass, block0, block1, pick(s, value, room.picked),
					     d.at);
		else if (what & LT_BACK_WEIGHTS)
			weights_back(pass, block0, block1, value, d);
		if (!data)
			continue;
		if (is_product(s))
			product_back(pass, d.at, room.rows, room.picked);
		else
			data_back(pass, d, room.rows);
		for (int y = 0; y < s->in_h; y += ROWS)
			vk_in_grad_rows(&pass->in_grad, &pass->in, s->precision, pass->stream,
					image, y, y + ROWS < s->in_h ? y + ROWS : s->in_h,
					value, room.rows + y * row, row);
	}
	end_stream(pass->stream);
}
