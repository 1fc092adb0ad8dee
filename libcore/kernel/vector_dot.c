/*
 * Every product of the vectorised kernels is made here: a block of neighbouring
 * pixels (or tiles) × 16 or 32 output channels stays in registers while taps
 * and input channels go by.
 */
#include "kernel/vector.h"

/*
 * out[pixel][vector] = Σ over taps and c of x[pixel × step + c] × w[c × 16 + vector].
 * weight_step lies between two vectors of weights, out_step between two pixels.
 */
INLINE void dot_block(const int pixels, const int vectors, const struct taps *taps,
		      const int c_in, const int step, size_t weight_step, float *out,
		      size_t out_step)
{
	vec sum[PIXELS][GROUP];

	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			sum[p][v] = all(0);
	}
	for (int t = 0; t < taps->n; t++) {
		const float *x = taps->x[t], *w = taps->w[t];

		UNROLL(4)
		for (int c = 0; c < c_in; c++) {
			vec weight[GROUP];

			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				weight[v] = load(w + (size_t)c * 16 + v * weight_step);
			UNROLL(8)
			for (int p = 0; p < pixels; p++) {
				vec in = all(x[p * step + c]);

				UNROLL(2)
				for (int v = 0; v < vectors; v++)
					sum[p][v] += weight[v] * in;
			}
		}
	}
	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(out + p * out_step + v * LANES, sum[p][v]);
	}
}

/* A row of n pixels in blocks; taps are moved along. */
INLINE void dot_row(const int vectors, struct taps *taps, const int c_in, const int step,
		    size_t weight_step, float *out, size_t out_step, int n)
{
	int p = 0;

	for (; p + PIXELS <= n; p += PIXELS) {
		dot_block(PIXELS, vectors, taps, c_in, step, weight_step, out + p * out_step,
			  out_step);
		for (int t = 0; t < taps->n; t++)
			taps->x[t] += PIXELS * step;
	}
	for (; PIXELS > 4 && p + 4 <= n; p += 4) {
		dot_block(4, vectors, taps, c_in, step, weight_step, out + p * out_step,
			  out_step);
		for (int t = 0; t < taps->n; t++)
			taps->x[t] += 4 * step;
	}
	for (; p < n; p++) {
		dot_block(1, vectors, taps, c_in, step, weight_step, out + p * out_step,
			  out_step);
		for (int t = 0; t < taps->n; t++)
			taps->x[t] += step;
	}
}

/* The same, with the channel counts of the usual networks known to the compiler. */
static void dot_row_for(int vectors, struct taps *taps, int c_in, int step, size_t weight_step,
			float *out, size_t out_step, int n)
{
#define CASE(c, s)                                                                             \
	if (c_in == (c) && step == (s)) {                                                      \
		if (vectors == GROUP)                                                          \
			dot_row(GROUP, taps, (c), (s), weight_step, out, out_step, n);         \
		else                                                                           \
			dot_row(1, taps, (c), (s), weight_step, out, out_step, n);             \
		return;                                                                        \
	}
	CASE(9, 3)   /* a row of 3×3 taps over 3 channels */
	CASE(48, 32) /* over 16 channels with stride 2, and the way back from 32 */
	CASE(32, 32)
	CASE(96, 64) /* over 32, and back from 64 */
	CASE(64, 64)
#undef CASE
	if (vectors == GROUP)
		dot_row(GROUP, taps, c_in, step, weight_step, out, out_step, n);
	else
		dot_row(1, taps, c_in, step, weight_step, out, out_step, n);
}

void vk_dot_channels(const struct taps *taps, int channels, size_t block_size, int c_in,
		     int step, float *out, size_t out_step, int n)
{
	int first = 0;

	while (first < channels) {
		/* A group within one block, or (16 lanes) across two. */
		bool two = LANES < 16 || first + 2 * 16 <= channels;
		int vectors = two ? GROUP : 1;
		size_t weight_step = LANES < 16 ? (size_t)LANES : block_size;
		struct taps t;

		t.n = taps->n;
		for (int i = 0; i < t.n; i++) {
			t.x[i] = taps->x[i];
			t.w[i] = taps->w[i] + (size_t)(first / 16) * block_size + first % 16;
		}
		dot_row_for(vectors, &t, c_in, step, weight_step, out + first, out_step, n);
		first += vectors * LANES;
	}
}

/*
 * Tiles × channels of one product.  Weights of a group of channels (some KiB) are
 * in the L1 cache while the tiles go by.
 */
INLINE void product(const int vectors, int tiles, const float *v, const int c_in,
		    size_t weight_step, const float *w, float *m, size_t c_out)
{
	struct taps taps;

	taps.n = 1;
	taps.x[0] = v;
	taps.w[0] = w;
	dot_row(vectors, &taps, c_in, c_in, weight_step, m, c_out, tiles);
}

INLINE void products(int n, int tiles, const float *v, size_t v_step, const int c_in,
		     const float *w, float *m, size_t m_step, const int c_out,
		     const struct ahead *ahead)
{
	const size_t block = (size_t)c_in * 16;

	for (int i = 0; i < n; i++, v += v_step, m += m_step, w += (size_t)c_in * c_out) {
		int k = 0;

		fetch_ahead(ahead, i, n);
		if (LANES < 16)
			for (; k < c_out; k += GROUP * LANES)
				product(GROUP, tiles, v, c_in, LANES,
					w + (size_t)(k / 16) * block + k % 16, m + k, c_out);
		for (; k + GROUP * LANES <= c_out; k += GROUP * LANES)
			product(GROUP, tiles, v, c_in, block, w + (size_t)(k / 16) * block,
				m + k, c_out);
		if (k < c_out)
			product(1, tiles, v, c_in, 0, w + (size_t)(k / 16) * block, m + k,
				c_out);
	}
}

void vk_products(int n, int tiles, const float *v, size_t v_step, int c_in, const float *w,
		 float *m, size_t m_step, int c_out, const struct ahead *ahead)
{
	if (c_in == 16 && c_out == 16)
		products(n, tiles, v, v_step, 16, w, m, m_step, 16, ahead);
	else if (c_in == 32 && c_out == 32)
		products(n, tiles, v, v_step, 32, w, m, m_step, 32, ahead);
	else if (c_in == 64 && c_out == 64)
		products(n, tiles, v, v_step, 64, w, m, m_step, 64, ahead);
	else
		products(n, tiles, v, v_step, c_in, w, m, m_step, c_out, ahead);
}

#if LT_PAIRS
INLINE void pair_block(const int pixels, const int vectors, const lt_bf16 *x, const int c_in,
		       const lt_bf16 *w, size_t weight_step, float *out, size_t out_step)
{
	vec sum[PIXELS][GROUP];

	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			sum[p][v] = all(0);
	}
	UNROLL(4)
	for (int c = 0; c < c_in; c += 2) {
		words weight[GROUP];

		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			weight[v] = (words)load(
				(const float *)(w + (size_t)c * 16 + v * weight_step));
		UNROLL(8)
		for (int p = 0; p < pixels; p++) {
			words in = (words)all(*(const float *)(x + p * c_in + c));

			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				sum[p][v] = multiply_pairs(sum[p][v], weight[v], in);
		}
	}
	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(out + p * out_step + v * LANES, sum[p][v]);
	}
}

INLINE void pair_product(const int vectors, int tiles, const lt_bf16 *x, const int c_in,
			 const lt_bf16 *w, size_t weight_step, float *m, size_t c_out)
{
	int t = 0;

	for (; t + PIXELS <= tiles; t += PIXELS)
		pair_block(PIXELS, vectors, x + (size_t)t * c_in, c_in, w, weight_step,
			   m + t * c_out, c_out);
	for (; t < tiles; t++)
		pair_block(1, vectors, x + (size_t)t * c_in, c_in, w, weight_step,
			   m + t * c_out, c_out);
}

INLINE void pair_products(int n, int tiles, const float *v, size_t v_step, const int c_in,
			  const float *w, float *m, size_t m_step, const int c_out,
			  const struct ahead *ahead)
{
	const size_t block = (size_t)c_in * 16;
	const lt_bf16 *weight = (const lt_bf16 *)w;

	for (int i = 0; i < n; i++, v += v_step, m += m_step, weight += (size_t)c_in * c_out) {
		const lt_bf16 *x = (const lt_bf16 *)v;
		int k = 0;

		fetch_ahead(ahead, i, n);
		for (; k + 32 <= c_out; k += 32)
			pair_product(GROUP, tiles, x, c_in, weight + k * (size_t)c_in, block,
				     m + k, c_out);
		if (k < c_out)
			pair_product(1, tiles, x, c_in, weight + k * (size_t)c_in, 0, m + k,
				     c_out);
	}
}

void vk_pair_products(int n, int tiles, const float *v, size_t v_step, int c_in, const float *w,
		      float *m, size_t m_step, int c_out, const struct ahead *ahead)
{
	if (c_in == 16 && c_out == 16)
		pair_products(n, tiles, v, v_step, 16, w, m, m_step, 16, ahead);
	else if (c_in == 32 && c_out == 32)
		pair_products(n, tiles, v, v_step, 32, w, m, m_step, 32, ahead);
	else if (c_in == 64 && c_out == 64)
		pair_products(n, tiles, v, v_step, 64, w, m, m_step, 64, ahead);
	else
		pair_products(n, tiles, v, v_step, c_in, w, m, m_step, c_out, ahead);
}
#endif

/* A block of `ins` input channels × vectors of output channels; weight_step lies between two
 * vectors. */
INLINE void outer_block(const int ins, const int vectors, const float *x, const int c_in,
			const float *d, const int channels, int n, float *sum,
			size_t weight_step)
{
	vec s[16][GROUP];

	UNROLL(16)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			s[i][v] = load(sum + (size_t)i * 16 + v * weight_step);
	}
	for (int p = 0; p < n; p++, x += c_in, d += channels) {
		vec g[GROUP];

		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			g[v] = load(d + v * LANES);
		UNROLL(16)
		for (int i = 0; i < ins; i++) {
			vec in = all(x[i]);

			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				multiply_add(&s[i][v], g[v], in);
		}
	}
	UNROLL(16)
	for (int i = 0; i < ins; i++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(sum + (size_t)i * 16 + v * weight_step, s[i][v]);
	}
}

INLINE void outer(const float *x, const int c_in, const float *d, const int channels, int n,
		  float *sum, int block0, int block1)
{
	size_t block_size = (size_t)c_in * 16;
	int k = block0 * 16, end = block1 * 16;

	while (k < end) {
		bool two = LANES < 16 || k + 32 <= end;
		size_t weight_step = LANES < 16 ? (size_t)LANES : block_size;
		float *to = sum + (size_t)(k / 16) * block_size + k % 16;

		if (two) {
			int c = 0;

			for (; c + OUTER <= c_in; c += OUTER)
				outer_block(OUTER, GROUP, x + c, c_in, d + k, channels, n,
					    to + (size_t)c * 16, weight_step);
			for (; c + 4 <= c_in; c += 4)
				outer_block(4, GROUP, x + c, c_in, d + k, channels, n,
					    to + (size_t)c * 16, weight_step);
			for (; c < c_in; c += 2)
				outer_block(2, GROUP, x + c, c_in, d + k, channels, n,
					    to + (size_t)c * 16, weight_step);
		} else
			for (int c = 0; c < c_in; c += 16)
				outer_block(16, 1, x + c, c_in, d + k, channels, n,
					    to + (size_t)c * 16, weight_step);
		k += two ? GROUP * LANES : LANES;
	}
}

void vk_outer_channels(const float *x, int c_in, const float *d, int channels, int n,
		       float *sum, int block0, int block1)
{
	if (c_in == 16 && channels == 16)
		outer(x, 16, d, 16, n, sum, block0, block1);
	else if (c_in == 32 && channels == 32)
		outer(x, 32, d, 32, n, sum, block0, block1);
	else if (c_in == 64 && channels == 64)
		outer(x, 64, d, 64, n, sum, block0, block1);
	else
		outer(x, c_in, d, channels, n, sum, block0, block1);
}
