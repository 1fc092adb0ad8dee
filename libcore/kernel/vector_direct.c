/*
 * Direct convolution; see vector.h.
 *
 * The taps of a kernel row are contiguous in a row of pixels, and so are their weights, so
 * that a row of taps is one product over size × in_c numbers.
 *
 * With LT_BF16_FAST factors are rounded to bfloat16, as pairs if there are instructions for
 * them; except those of a stem, which has too few channels for vectors.
 */
#include <string.h>

#include "kernel/vector.h"

/*
 * Numbers of gradients that are processed at a time: few enough to stay in a cache while
 * all weights use them.
 */
#define CACHED ((size_t)32 << 10)

/* The layout of the scratch memory. */
struct room {
	float *value, *d, *rows;
	float *value_factors, *d_factors; /* rounded; used with LT_BF16_FAST only */
	size_t values, ds;		  /* elements of the bordered planes */
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *scratch)
{
	int pad = s->size / 2;
	size_t values = bordered_size(s->in_h, s->in_w, s->in_c, pad, pad, pad);
	size_t ds = bordered_size(s->out_h, s->out_w, s->out_c, pad, pad, pad);
	size_t out = (size_t)ROWS * s->out_w * s->out_c;
	size_t in = ((size_t)s->in_h * s->in_w * s->in_c + 15) & ~(size_t)15;
	size_t most = in > out ? in : out;
	struct room room = {.values = values, .ds = ds};

	room.value = scratch;
	room.d = room.value + values;
	room.rows = room.d + ds;
	room.value_factors = room.rows + most;
	/* Room for one more pair: the number of pixels may be odd. */
	room.d_factors = room.value_factors + (is_fast(s) ? values + s->in_c : 0);
	room.total = values + ds + most +
		     (is_fast(s) ? values + s->in_c + ds + (size_t)s->out_h * s->out_c : 0);
	return room;
}

size_t vk_direct_scratch(const struct lt_conv_shape *s)
{
	return rooms(s, NULL).total;
}

/* ------------------------------------------------------------------------ factors */

/* Converts a bordered plane of n numbers to factors. */
static struct plane plane_factors(const struct lt_conv_shape *s, struct plane plane,
				  const float *memory, size_t n, float *to)
{
	size_t at = (size_t)(plane.at - memory);

	if (!is_fast(s))
		return plane;
	vk_channel_factors(memory, n, to);
	return (struct plane){to + at / (has_pairs(s) ? 2 : 1),
			      plane.row / (has_pairs(s) ? 2 : 1)};
}

/* ------------------------------------------------------------------------ forward */

static void conv_rows(const struct lt_conv_shape *s, struct plane value, const float *weight,
		      int y0, int y1, float *rows)
{
	int pad = s->size / 2, c = words_of(s, s->in_c);
	size_t wide = (size_t)s->size * c;

	for (int y = y0; y < y1; y++) {
		struct taps taps;

		taps.n = s->size;
		for (int kh = 0; kh < s->size; kh++) {
			taps.x[kh] = value.at +
				     (ptrdiff_t)(y * s->stride + kh - pad) * value.row -
				     (ptrdiff_t)pad * c;
			taps.w[kh] = weight + kh * wide * 16;
		}
		vk_dot_channels(&taps, s->out_c, s->size * wide * 16, (int)wide, s->stride * c,
				rows + (size_t)(y - y0) * s->out_w * s->out_c, s->out_c,
				s->out_w, has_pairs(s));
	}
}

void vk_direct_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct room room = rooms(s, scratch);
	int pad = s->size / 2;
	size_t row = (size_t)s->out_w * s->out_c;
	struct plane value = vk_bordered(room.value, s->in_h, s->in_w, s->in_c, pad, pad, pad);

	for (int image = first; image < first + n; image++) {
		struct plane factors;

		vk_operand_rows(&pass->in, s->precision, pass->stream, image, 0, s->in_h,
				value);
		factors = plane_factors(s, value, room.value, room.values, room.value_factors);
		for (int y = 0; y < s->out_h; y += ROWS) {
			int end = y + ROWS < s->out_h ? y + ROWS : s->out_h;

			conv_rows(s, factors, pass->weight, y, end, room.rows);
			vk_out_rows(pass, image, y, end, room.rows, row);
		}
	}
	end_stream(pass->stream);
}

/* ----------------------------------------------------------------------- backward */

/*
 * Converts n blocks [c][16] of weights to factors, with pairs to [c / 2][16][2].  to and
 * from may be the same: pairs take half the memory.
 */
static void fast_weights(const float *from, size_t n, int c, float *to)
{
#if LT_PAIRS
	for (size_t i = 0; i < n * c / 2; i++)
		store(to + i * 16, interleaved(load(from + i * 32), load(from + i * 32 + 16)));
#else
	for (size_t i = 0; i < n * c * 16; i += LANES)
		store(to + i, rounded(load(from + i)));
#endif
}

/*
 * back: [in / 16][kernel row][kernel column][out][16 of in].  The taps are not rotated;
 * data_back selects them by their positions.
 */
void vk_direct_prepare(const struct lt_conv_shape *s, const float *master, float *forward,
		       float *back)
{
	int taps = s->size * s->size;

	if (is_fast(s))
		fast_weights(master, (size_t)s->out_c / 16 * taps, s->in_c, forward);
	else
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
	if (is_fast(s))
		fast_weights(back, (size_t)s->in_c / 16 * taps, s->out_c, back);
}

/*
 * g = weightᵀ ⊛ d.  With stride 2, an input pixel meets only the taps of its own parity.
 * So the pixels of each parity are computed together, two pixels apart.
 */
static void data_back(const struct lt_conv_backward *pass, struct plane d, float *g)
{
	const struct lt_conv_shape *s = &pass->shape;
	int pad = s->size / 2, stride = s->stride, c = words_of(s, s->out_c);
	size_t block = (size_t)s->size * s->size * c * 16;

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
							 (ptrdiff_t)dx * c;
					taps.w[taps.n] = pass->weight_back +
							 (size_t)(kh * s->size + kw) * c * 16;
					taps.n++;
				}
			vk_dot_channels(&taps, s->in_c, block, c, c, out,
					(size_t)stride * s->in_c, pixels, has_pairs(s));
		}
}

struct span {
	int first, end;
};

/*
 * Gradient of the weights of a kernel row: `ins` of its size × in_c inputs, from j on, and
 * `vectors` vectors of output channels, from k on, weight_step apart.  pairs: words are
 * pairs of output pixels, and of the inputs that a tap meets there.
 */
INLINE void weights_block(const struct lt_conv_shape *s, struct plane x, struct plane d,
			  struct span rows, int kh, int j, const int ins, const int vectors,
			  int k, float *w, size_t weight_step, const bool pairs)
{
	int pad = s->size / 2, c = s->in_c, step = s->stride * c * (pairs ? 2 : 1);
	int n = pairs ? (s->out_w + 1) / 2 : s->out_w;
	vec sum[OUTER][GROUP];

	UNROLL(8)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			sum[i][v] = load(w + (size_t)i * 16 + v * weight_step);
	}
	for (int y = rows.first; y < rows.end; y++) {
		const float *from = x.at + (ptrdiff_t)(y * s->stride + kh - pad) * x.row -
				    (ptrdiff_t)pad * c + j;
		const float *at = d.at + (ptrdiff_t)y * d.row + k;

		for (int p = 0; p < n; p++, from += step, at += s->out_c) {
			vec g[GROUP];

			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				g[v] = load(at + v * LANES);
			UNROLL(8)
			for (int i = 0; i < ins; i++)
				multiply_word(sum[i], g, from + i, vectors, pairs);
		}
	}
	UNROLL(8)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(w + (size_t)i * 16 + v * weight_step, sum[i][v]);
	}
}

INLINE void weights_row(const struct lt_conv_shape *s, struct plane x, struct plane d,
			struct span rows, int kh, const int vectors, int k, float *w,
			size_t weight_step, const bool pairs)
{
	int wide = s->size * s->in_c, j = 0;

	for (; j + OUTER <= wide; j += OUTER)
		weights_block(s, x, d, rows, kh, j, OUTER, vectors, k, w + j * 16, weight_step,
			      pairs);
	for (; j + 3 <= wide; j += 3)
		weights_block(s, x, d, rows, kh, j, 3, vectors, k, w + j * 16, weight_step,
			      pairs);
	for (; j < wide; j++)
		weights_block(s, x, d, rows, kh, j, 1, vectors, k, w + j * 16, weight_step,
			      pairs);
}

#if LT_TILES
/* The same for pairs, with tile registers; the rows of d are contiguous. */
static void weights_back_by_tiles(const struct lt_conv_backward *pass, int block0, int block1,
				  struct plane x, struct plane d)
{
	const struct lt_conv_shape *s = &pass->shape;
	int pad = s->size / 2, wide = s->size * s->in_c;
	size_t row = (size_t)wide * 16, pixel = (size_t)s->stride * s->in_c;

	for (int kh = 0; kh < s->size; kh++) {
		const struct pair_rows rows = {
			x.at + (ptrdiff_t)(kh - pad) * x.row - (ptrdiff_t)pad * s->in_c,
			s->out_h, (s->out_w + 1) / 2, (size_t)s->stride * x.row, 2 * pixel};

		vk_tile_outer_rows(&rows, wide, d.at, s->out_c, pass->weight_grad + kh * row,
				   s->size * row, block0, block1);
	}
}
#endif

/*
 * All blocks of weights use some rows before the next rows, so that the rows stay in a
 * cache.
 */
INLINE void weights_of_rows(const struct lt_conv_backward *pass, int block0, int block1,
			    struct plane x, struct plane d, struct span rows, const bool pairs)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t row = (size_t)s->size * s->in_c * 16, block = s->size * row;
	int k = block0 * 16, end = block1 * 16;

	while (k < end) {
		/* A group lies within one block or, with 16 lanes, across two. */
		bool two = LANES < 16 || k + 32 <= end;
		float *w = pass->weight_grad + (size_t)(k / 16) * block + k % 16;

		for (int kh = 0; kh < s->size; kh++)
			if (two)
				weights_row(s, x, d, rows, kh, GROUP, k, w + kh * row,
					    LANES < 16 ? (size_t)LANES : block, pairs);
			else
				weights_row(s, x, d, rows, kh, 1, k, w + kh * row, 0, pairs);
		k += two ? GROUP * LANES : LANES;
	}
}

INLINE void weights_back(const struct lt_conv_backward *pass, int block0, int block1,
			 struct plane x, struct plane d, const bool pairs)
{
	const struct lt_conv_shape *s = &pass->shape;
	int step = (int)(CACHED / ((size_t)s->out_w * s->out_c)), end;

	step = step > 0 ? step : 1;
	for (int y = 0; y < s->out_h; y = end) {
		end = y + step < s->out_h ? y + step : s->out_h;
		weights_of_rows(pass, block0, block1, x, d, (struct span){y, end}, pairs);
	}
}

/* Computes the weight gradients.  With LT_BF16_FAST it first converts both factors. */
static void conv_weights_back(const struct lt_conv_backward *pass, int block0, int block1,
			      const struct room *room, struct plane value, struct plane d)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t row = (size_t)s->out_w * s->out_c, places = row;

	if (!is_fast(s)) {
		weights_back(pass, block0, block1, value, d, false);
		return;
	}
	vk_pixel_factors(room->value, room->values, LANES, 1, (size_t)s->stride * s->in_c,
			 room->value_factors);
	if (has_pairs(s))
		places = (size_t)(s->out_w + 1) / 2 * s->out_c;
	for (int y = 0; y < s->out_h; y++)
		vk_pixel_factors(d.at + (ptrdiff_t)y * d.row, row, (size_t)s->out_c, 2,
				 (size_t)s->out_c, room->d_factors + y * places);
	value.at = room->value_factors + (value.at - room->value);
	d = (struct plane){room->d_factors, (int)places};
#if LT_TILES
	weights_back_by_tiles(pass, block0, block1, value, d);
#else
	weights_back(pass, block0, block1, value, d, LT_PAIRS);
#endif
}

void vk_direct_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct room room = rooms(s, scratch);
	int pad = s->size / 2;
	bool data = (what & LT_BACK_DATA) && pass->in_grad.to;
	size_t block = lt_conv_weights(s) / s->out_c * 16, row = (size_t)s->in_w * s->in_c;
	struct plane value = vk_bordered(room.value, s->in_h, s->in_w, s->in_c, pad, pad, pad);
	struct plane d = vk_bordered(room.d, s->out_h, s->out_w, s->out_c, pad, pad, pad);

	if (what & LT_BACK_WEIGHTS)
		memset(pass->weight_grad + block0 * block, 0,
		       (block1 - block0) * block * sizeof *pass->weight_grad);
	for (int image = first; image < first + n; image++) {
		struct plane factors;

		vk_operand_rows(&pass->in, s->precision, false, image, 0, s->in_h, value);
		vk_conv_gradient_rows(pass, image, 0, s->out_h, d);
		if (what & LT_BACK_WEIGHTS)
			conv_weights_back(pass, block0, block1, &room, value, d);
		if (!data)
			continue;
		factors = plane_factors(s, d, room.d, room.ds, room.d_factors);
		data_back(pass, factors, room.rows);
		for (int y = 0; y < s->in_h; y += ROWS)
			vk_in_grad_rows(&pass->in_grad, &pass->in, s->precision, pass->stream,
					image, y, y + ROWS < s->in_h ? y + ROWS : s->in_h,
					value, room.rows + y * row, row);
	}
	end_stream(pass->stream);
}
