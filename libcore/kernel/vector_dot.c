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

		UNROLL(2)
		for (int c = 0; c < c_in; c++) {
			vec weight[GROUP];

			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				weight[v] = load(w + (size_t)c * 16 + v * weight_step);
			UNROLL(8)
			for (int p = 0; p < pixels; p++) {
				UNROLL(2)
				for (int v = 0; v < vectors; v++)
					sum[p][v] += weight[v] * x[p * step + c];
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
	CASE(16, 16)
	CASE(32, 32)
	CASE(64, 64)
	CASE(16, 32)
	CASE(32, 64)
	CASE(3, 3)
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
		struct taps t = *taps;

		for (int i = 0; i < t.n; i++)
			t.w[i] += (size_t)(first / 16) * block_size + first % 16;
		dot_row_for(vectors, &t, c_in, step, weight_step, out + first, out_step, n);
		first += vectors * LANES;
	}
}

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
			UNROLL(2)
			for (int v = 0; v < vectors; v++)
				s[i][v] += g[v] * x[i];
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

		if (two)
			for (int c = 0; c < c_in; c += IN_BLOCK)
				outer_block(IN_BLOCK, GROUP, x + c, c_in, d + k, channels, n,
					    to + (size_t)c * 16, weight_step);
		else
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
