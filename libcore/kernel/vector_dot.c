/*
 * All products of the vectorised kernels are computed here, or by tile registers
 * (vector_tiles.c), which are called from here.  Over channels, for results and gradients at
 * inputs: the sums of a block of neighbouring pixels (or tiles) × some vectors of output
 * channels stay in registers during the loop over taps and input channels.  Over pixels (or
 * tiles), for gradients of weights: the sums of a block of input channels × some vectors of
 * output channels stay in registers during the loop over pixels.
 *
 * A factor is a word: a number or, with `pairs`, two bfloat16 numbers.
 */
#include "kernel/vector.h"

/* ----------------------------------------------------------------- over channels */

/* The layout of a block; distances in words. */
struct dot {
	int step;		/* from a pixel to the next one */
	size_t weight_vector;	/* from a vector of weights to the next one */
	size_t out, out_vector; /* from a pixel's results to the next's; between vectors */
};

/*
 * Eight pixels, `step` words apart, addressed by three pointers.  base + step and base + 2
 * step are addressing modes of one instruction; eight pointers would not fit in the
 * registers.
 */
struct eight {
	const float *first, *fourth, *seventh;
	ptrdiff_t step;
};

INLINE struct eight eight_from(const float *x, int step)
{
	return (struct eight){x, x + 3 * (ptrdiff_t)step, x + 6 * (ptrdiff_t)step, step};
}

INLINE const float *pixel_of(struct eight x, const int p)
{
	const float *base = p < 3 ? x.first : p < 6 ? x.fourth : x.seventh;

	return base + (p % 3) * x.step;
}

/*
 * out[pixel][vector] = Σ over taps and c of x[pixel][c] × w[c × 16 + vector].  With 16
 * registers, the compiler's own multiply-adds are a third faster here; with 32, it
 * allocates the registers badly.
 */
INLINE void dot_block(const int pixels, const int vectors, const struct taps *taps,
		      const int c_in, const struct dot at, float *out, const bool pairs)
{
	vec sum[PIXELS][GROUP];

	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			sum[p][v] = all(0);
	}
	for (int t = 0; t < taps->n; t++) {
		const float *w = taps->w[t];
		struct eight x = eight_from(taps->x[t], at.step);

		UNROLL(4)
		for (int c = 0; c < c_in; c++) {
			vec weight[GROUP];

			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				weight[v] = load(w + (size_t)c * 16 + v * at.weight_vector);
			UNROLL(8)
			for (int p = 0; p < pixels; p++) {
				const float *in = pixel_of(x, p) + c;

				if (LANES == 16)
					multiply_word(sum[p], weight, in, vectors, pairs);
				UNROLL(2)
				for (int v = 0; v < (LANES == 16 ? 0 : vectors); v++)
					sum[p][v] += weight[v] * all(*in);
			}
		}
	}
	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(out + p * at.out + v * at.out_vector, sum[p][v]);
	}
}

INLINE void move_taps(struct taps *taps, int distance)
{
	for (int t = 0; t < taps->n; t++)
		taps->x[t] += distance;
}

/* A row of n pixels in blocks; the taps are advanced. */
INLINE void dot_row(const int vectors, struct taps *taps, const int c_in, const struct dot at,
		    float *out, int n, const bool pairs)
{
	int p = 0;

	for (; p + PIXELS <= n; p += PIXELS) {
		dot_block(PIXELS, vectors, taps, c_in, at, out + p * at.out, pairs);
		move_taps(taps, PIXELS * at.step);
	}
	for (; PIXELS > 4 && p + 4 <= n; p += 4) {
		dot_block(4, vectors, taps, c_in, at, out + p * at.out, pairs);
		move_taps(taps, 4 * at.step);
	}
	for (; p < n; p++) {
		dot_block(1, vectors, taps, c_in, at, out + p * at.out, pairs);
		move_taps(taps, at.step);
	}
}

/* The same, with constants for the usual networks' sizes. */
static void dot_row_for(int vectors, struct taps *taps, int c_in, int step, size_t weight_step,
			float *out, size_t out_step, int n, bool pairs)
{
#define AT(s) (struct dot){(s), weight_step, out_step, LANES}
#define CASE(c, s, p)                                                                          \
	if (c_in == (c) && step == (s) && pairs == (p)) {                                      \
		if (vectors == GROUP)                                                          \
			dot_row(GROUP, taps, (c), AT(s), out, n, (p));                         \
		else                                                                           \
			dot_row(1, taps, (c), AT(s), out, n, (p));                             \
		return;                                                                        \
	}
	CASE(9, 3, false)   /* a row of 3×3 taps over 3 channels */
	CASE(48, 32, false) /* 16 channels with stride 2, and backward from 32 */
	CASE(32, 32, false)
	CASE(96, 64, false) /* 32 channels, and backward from 64 */
	CASE(64, 64, false)
#if LT_PAIRS
	CASE(24, 16, true)
	CASE(16, 16, true)
	CASE(48, 32, true)
	CASE(32, 32, true)
	if (pairs) {
		if (vectors == GROUP)
			dot_row(GROUP, taps, c_in, AT(step), out, n, true);
		else
			dot_row(1, taps, c_in, AT(step), out, n, true);
		return;
	}
#endif
	if (vectors == GROUP)
		dot_row(GROUP, taps, c_in, AT(step), out, n, false);
	else
		dot_row(1, taps, c_in, AT(step), out, n, false);
#undef CASE
#undef AT
}

/* The number of vectors of the group that begins at channel k: GROUP, or 1 for the rest. */
static int group_vectors(int k, int channels)
{
	return k + GROUP * LANES <= channels ? GROUP : 1;
}

void vk_dot_channels(const struct taps *taps, int channels, size_t block_size, int c_in,
		     int step, float *out, size_t out_step, int n, bool pairs)
{
	/* A group lies within one block of 16 channels or, with 16 lanes, across two. */
	size_t weight_step = LANES < 16 ? (size_t)LANES : block_size;

	if (LT_TILES && pairs) {
		vk_tile_dot_channels(taps, channels, block_size, c_in, step, out, out_step, n);
		return;
	}
	for (int k = 0, vectors; k < channels; k += vectors * LANES) {
		struct taps t;

		vectors = group_vectors(k, channels);
		t.n = taps->n;
		for (int i = 0; i < t.n; i++) {
			t.x[i] = taps->x[i];
			t.w[i] = taps->w[i] + (size_t)(k / 16) * block_size + k % 16;
		}
		dot_row_for(vectors, &t, c_in, step, weight_step, out + k, out_step, n, pairs);
	}
}

/* Words of a block of 16 channels in a matrix over Winograd's points. */
INLINE size_t matrix_block(const bool pairs)
{
	return (size_t)XI * (pairs ? PAIR_STEP : POINT_STEP);
}

/* Where the vector for channel k begins in a matrix of results; tiles × 16 numbers a point. */
INLINE size_t matrix_channel(int k, const bool pairs)
{
	return (size_t)(k / 16) * matrix_block(pairs) + k % 16;
}

/*
 * The products of one point for a group of output channels: a tap is a block of input
 * channels.
 */
INLINE void point_products(const int vectors, int tiles, const float *v, int c_in,
			   const float *w, float *m, const bool pairs)
{
	const int deep = pairs ? 8 : 16;
	const struct dot at = {deep, LANES < 16 ? (size_t)LANES : (size_t)c_in * deep, 16,
			       LANES < 16 ? (size_t)LANES : matrix_block(false)};
	struct taps taps;

	taps.n = c_in / 16;
	for (int b = 0; b < taps.n; b++) {
		taps.x[b] = v + b * matrix_block(pairs);
		taps.w[b] = w + (size_t)b * deep * 16;
	}
	dot_row(vectors, &taps, deep, at, m, tiles, pairs);
}

INLINE void products(int tiles, const float *v, int c_in, const float *w, float *m, int c_out,
		     const bool pairs, const struct ahead *ahead)
{
	const size_t block = (size_t)c_in * (pairs ? 8 : 16);

	for (int i = 0; i < XI; i++) {
		fetch_ahead(ahead, i, XI);
		for (int k = 0; k < c_out;) {
			const float *from = w + k / 16 * block + k % 16;
			float *to = m + matrix_channel(k, false);

			if (group_vectors(k, c_out) == GROUP) {
				point_products(GROUP, tiles, v, c_in, from, to, pairs);
				k += GROUP * LANES;
			} else {
				point_products(1, tiles, v, c_in, from, to, pairs);
				k += LANES;
			}
		}
		v += pairs ? PAIR_STEP : POINT_STEP;
		m += POINT_STEP;
		w += c_out / 16 * block;
	}
}

void vk_products(int tiles, const float *v, int c_in, const float *w, float *m, int c_out,
		 bool pairs, const struct ahead *ahead)
{
	if (LT_TILES && pairs)
		vk_tile_products(tiles, v, c_in, w, m, c_out, ahead);
	else if (LT_PAIRS && pairs)
		products(tiles, v, c_in, w, m, c_out, true, ahead);
	else
		products(tiles, v, c_in, w, m, c_out, false, ahead);
}

/* ------------------------------------------------------------------- over pixels */

/* Distances in words. */
struct outer {
	size_t x, d;	      /* from a pixel to the next one */
	size_t d_vector;      /* from a vector of d to the next one */
	size_t weight_vector; /* from a vector of the sums to the next one */
};

/* A block of `ins` input channels × some vectors of output channels. */
INLINE void outer_block(const int ins, const int vectors, const float *x, const float *d, int n,
			float *sum, const struct outer at, const bool pairs)
{
	vec s[16][GROUP];

	UNROLL(16)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			s[i][v] = load(sum + (size_t)i * 16 + v * at.weight_vector);
	}
	for (int p = 0; p < n; p++, x += at.x, d += at.d) {
		vec g[GROUP];

		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			g[v] = load(d + v * at.d_vector);
		UNROLL(16)
		for (int i = 0; i < ins; i++)
			multiply_word(s[i], g, x + i, vectors, pairs);
	}
	UNROLL(16)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(sum + (size_t)i * 16 + v * at.weight_vector, s[i][v]);
	}
}

/* `count` input channels, an even number, × a group of output channels. */
INLINE void outer_group(const int vectors, const int count, const float *x, const float *d,
			int n, float *sum, const struct outer at, const bool pairs)
{
	const int most = vectors == 1 ? 16 : OUTER;
	int c = 0;

	for (; c + most <= count; c += most)
		outer_block(most, vectors, x + c, d, n, sum + (size_t)c * 16, at, pairs);
	for (; c + 4 <= count; c += 4)
		outer_block(4, vectors, x + c, d, n, sum + (size_t)c * 16, at, pairs);
	for (; c < count; c += 2)
		outer_block(2, vectors, x + c, d, n, sum + (size_t)c * 16, at, pairs);
}

INLINE void outer_channels(const float *x, int c_in, const float *d, int channels, int n,
			   float *sum, int block0, int block1, const bool pairs)
{
	size_t block = (size_t)c_in * 16;
	struct outer at = {(size_t)c_in, (size_t)channels, LANES,
			   LANES < 16 ? (size_t)LANES : block};

	for (int k = block0 * 16, end = block1 * 16; k < end;) {
		float *to = sum + (size_t)(k / 16) * block + k % 16;

		if (group_vectors(k, end) == GROUP) {
			outer_group(GROUP, c_in, x, d + k, n, to, at, pairs);
			k += GROUP * LANES;
		} else {
			outer_group(1, c_in, x, d + k, n, to, at, pairs);
			k += LANES;
		}
	}
}

void vk_outer_channels(const float *x, int c_in, const float *d, int channels, int n,
		       float *sum, int block0, int block1, bool pairs)
{
	const struct pair_rows rows = {x, 1, n, 0, (size_t)c_in};

	if (LT_TILES && pairs)
		vk_tile_outer_rows(&rows, c_in, d, channels, sum, (size_t)c_in * 16, block0,
				   block1);
	else if (LT_PAIRS && pairs)
		outer_channels(x, c_in, d, channels, n, sum, block0, block1, true);
	else
		outer_channels(x, c_in, d, channels, n, sum, block0, block1, false);
}

/* The sums of one point for a group of output channels. */
INLINE void point_outer(const int vectors, int tiles, const float *v, int c_in, const float *m,
			float *sum, const bool pairs)
{
	const struct outer at = {16, 16, LANES < 16 ? (size_t)LANES : matrix_block(pairs),
				 LANES < 16 ? (size_t)LANES : (size_t)c_in * 16};

	for (int b = 0; b < c_in / 16; b++)
		outer_group(vectors, 16, v + b * matrix_block(pairs), m, tiles,
			    sum + (size_t)b * 16 * 16, at, pairs);
}

INLINE void outer_products(int tiles, const float *v, int c_in, const float *m, int c_out,
			   float *sum, int block0, int block1, const bool pairs,
			   const struct ahead *ahead)
{
	for (int i = 0; i < XI; i++) {
		fetch_ahead(ahead, i, XI);
		for (int k = block0 * 16, end = block1 * 16; k < end;) {
			const float *from = m + matrix_channel(k, pairs);
			float *to = sum + (size_t)(k / 16) * c_in * 16 + k % 16;

			if (group_vectors(k, end) == GROUP) {
				point_outer(GROUP, tiles, v, c_in, from, to, pairs);
				k += GROUP * LANES;
			} else {
				point_outer(1, tiles, v, c_in, from, to, pairs);
				k += LANES;
			}
		}
		v += pairs ? PAIR_STEP : POINT_STEP;
		m += pairs ? PAIR_STEP : POINT_STEP;
		sum += (size_t)c_in * c_out;
	}
}

void vk_outer_products(int tiles, const float *v, int c_in, const float *m, int c_out,
		       float *sum, int block0, int block1, bool pairs,
		       const struct ahead *ahead)
{
	if (LT_TILES && pairs)
		vk_tile_outer_products(tiles, v, c_in, m, c_out, sum, block0, block1, ahead);
	else if (LT_PAIRS && pairs)
		outer_products(tiles, v, c_in, m, c_out, sum, block0, block1, true, ahead);
	else
		outer_products(tiles, v, c_in, m, c_out, sum, block0, block1, false, ahead);
}

/* ------------------------------------------------------------------------ factors */

void vk_channel_factors(const float *from, size_t n, float *to)
{
#if LT_PAIRS
	size_t i = 0;

	for (; i + 2 * LANES <= n; i += 2 * LANES)
		store(to + i / 2, side_by_side(load(from + i), load(from + i + LANES)));
	if (i < n)
		put(to + i / 2, 0, load(from + i), true, false);
#else
	for (size_t i = 0; i < n; i += LANES)
		store(to + i, rounded(load(from + i)));
#endif
}

void vk_pixel_factors(const float *from, size_t n, size_t run, size_t every, size_t step,
		      float *to)
{
#if LT_PAIRS
	for (size_t i = 0; i < n; i += run * every)
		for (size_t k = 0; k < run && i + k < n; k += LANES, to += LANES)
			store(to, interleaved(load(from + i + k),
					      i + k + step < n ? load(from + i + k + step)
							       : all(0)));
#else
	(void)run, (void)every, (void)step;
	for (size_t i = 0; i < n; i += LANES)
		store(to + i, rounded(load(from + i)));
#endif
}
