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
	int parts, words;	/* a sum has parts of so many words */
	size_t x_part, w_part;	/* from a part to the next one, of factors and of weights */
	size_t weight_vector;	/* from a vector of weights to the next one */
	size_t out, out_vector; /* from a pixel's results to the next's; between vectors */
	bool begins;		/* the sums begin with 0, not with the numbers at out */
};

/* sum[pixel][vector] += x[pixel × step] × w[vector] */
INLINE void dot_word(const int pixels, const int vectors, const float *x, const int step,
		     const float *w, size_t weight_vector, vec (*sum)[GROUP], const bool pairs)
{
	vec weight[GROUP];

	UNROLL(2)
	for (int v = 0; v < vectors; v++)
		weight[v] = load(w + v * weight_vector);
	UNROLL(8)
	for (int p = 0; p < pixels; p++)
		multiply_word(sum[p], weight, x + p * step, vectors, pairs);
}

/* Words of a sum between two prefetches. */
enum { STRIDE = 4 };

/* The blocks of 16 channels that a group of vectors is in. */
INLINE int blocks_of(const int vectors)
{
	return (vectors + VECTORS - 1) / VECTORS;
}

/* Memory to prefetch, which need not exist: lines for each block of 16 channels. */
struct fetch {
	uintptr_t at; /* 0: none */
	size_t block; /* bytes from the lines of a block to those of the next one */
};

/*
 * out[pixel][vector] = Σ over parts and words of x[pixel × step + word] × w[word × 16 +
 * vector].  A line of `next` for each block is prefetched every STRIDE words: a few at a time
 * do not delay the loads of the products.
 */
INLINE void dot_block(const int pixels, const int vectors, const float *x, const int step,
		      const float *w, const struct dot at, const struct fetch next, float *out,
		      const bool pairs)
{
	vec sum[PIXELS][GROUP];

	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			sum[p][v] =
				at.begins ? all(0) : load(out + p * at.out + v * at.out_vector);
	}
	for (int part = 0; part < at.parts; part++, x += at.x_part, w += at.w_part) {
		int c = 0;

		for (; c + STRIDE <= at.words; c += STRIDE) {
			if (next.at) {
				UNROLL(2)
				for (int i = 0; i < blocks_of(vectors); i++)
					__builtin_prefetch(
						(const void *)(next.at + i * next.block +
							       (size_t)c * 64 / STRIDE),
						0, 2);
			}
			UNROLL(4)
			for (int i = 0; i < STRIDE; i++)
				dot_word(pixels, vectors, x + c + i, step,
					 w + (size_t)(c + i) * 16, at.weight_vector, sum,
					 pairs);
		}
		for (; c < at.words; c++)
			dot_word(pixels, vectors, x + c, step, w + (size_t)c * 16,
				 at.weight_vector, sum, pairs);
	}
	UNROLL(8)
	for (int p = 0; p < pixels; p++) {
		UNROLL(2)
		for (int v = 0; v < vectors; v++)
			store(out + p * at.out + v * at.out_vector, sum[p][v]);
	}
}

/* The number of vectors of the group that begins at channel k: GROUP, or 1 for the rest. */
static int group_vectors(int k, int channels)
{
	return k + GROUP * LANES <= channels ? GROUP : 1;
}

/*
 * next: the weights that are used after these.  The first STRIDE blocks prefetch them, since
 * weights are larger than the L2 cache and a few pixels do not hide the time to load them; the
 * other blocks prefetch what is in `ahead`.
 */
INLINE void panel_group(const int vectors, const float *panel, int n, const float *w,
			struct fetch next, struct ahead *ahead, const struct dot at, float *out,
			const bool pairs)
{
	const size_t lines = (size_t)at.words / STRIDE;
	const int blocks = blocks_of(vectors);

	for (int p = 0; p < n; p += PIXELS) {
		dot_block(PIXELS, vectors, panel, PANEL_STEP, w, at, next, out, pairs);
		if (p / PIXELS < STRIDE - 1)
			next.at += lines * 64;
		else
			next = (struct fetch){ahead ? take_ahead(ahead, blocks * lines) : 0,
					      lines * 64};
		panel += PIXELS * PANEL_STEP;
		out += PIXELS * at.out;
	}
}

INLINE void panel_products(const float *panel, int n, int deep, const float *w,
			   size_t block_size, int channels, float *out, size_t out_step,
			   bool begins, const bool pairs, struct ahead *ahead)
{
	/* A group lies within one block of 16 channels or, with 16 lanes, across two. */
	const struct dot at = {.parts = 1,
			       .words = deep,
			       .weight_vector = LANES < 16 ? (size_t)LANES : block_size,
			       .out = out_step,
			       .out_vector = LANES,
			       .begins = begins};

	for (int k = 0; k < channels;) {
		const float *from = w + (size_t)(k / 16) * block_size + k % 16;
		/* Those of the following group, or else of the following words. */
		const int after = k + GROUP * LANES;
		const struct fetch next = {
			after < channels ? (uintptr_t)(w + (size_t)(after / 16) * block_size)
					 : (uintptr_t)from + (size_t)deep * 16 * sizeof *w,
			block_size * sizeof *w};

		if (group_vectors(k, channels) == GROUP) {
			panel_group(GROUP, panel, n, from, next, ahead, at, out + k, pairs);
			k += GROUP * LANES;
		} else {
			panel_group(1, panel, n, from, next, ahead, at, out + k, pairs);
			k += LANES;
		}
	}
}

void vk_panel_products(const float *panel, int n, int deep, const float *w, size_t block_size,
		       int channels, float *out, size_t out_step, bool begins, bool pairs,
		       struct ahead *ahead)
{
	if (LT_TILES && pairs)
		vk_tile_panel_products(panel, n, deep, w, block_size, channels, out, out_step,
				       begins);
	else if (LT_PAIRS && pairs)
		panel_products(panel, n, deep, w, block_size, channels, out, out_step, begins,
			       true, ahead);
	else
		panel_products(panel, n, deep, w, block_size, channels, out, out_step, begins,
			       false, ahead);
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
 * n tiles in blocks.  With registers for 6 tiles, short sums are faster in blocks of 4: 0.9 to
 * 1.0 of the peak rate instead of 0.8 to 0.9, with 16 to 64 channels on AMD's Zen 3.  But then
 * weights are read half as often again, which costs more where those of a long sum are not in
 * the L1 cache.
 */
INLINE void dot_row(const int vectors, const float *x, const int step, const float *w,
		    const struct dot at, float *out, int n, const bool pairs)
{
	enum { SHORT = 128 / 16 }; /* parts */
	const bool by_four = PIXELS == 6 && at.parts <= SHORT;
	const struct fetch none = {0, 0};
	int p = 0;

#define BLOCKS(size)                                                                           \
	do {                                                                                   \
		dot_block((size), vectors, x, step, w, at, none, out + p * at.out, pairs);     \
		x += (ptrdiff_t)(size)*step;                                                   \
		p += (size);                                                                   \
	} while (0)
	if (by_four && n >= 6 && n % 4 >= 2)
		BLOCKS(6);
	while (!by_four && p + PIXELS <= n && (PIXELS != 6 || n - p != 8))
		BLOCKS(PIXELS);
	while (PIXELS > 4 && p + 4 <= n)
		BLOCKS(4);
	if (p + 2 <= n)
		BLOCKS(2);
	while (p < n)
		BLOCKS(1);
#undef BLOCKS
}

/*
 * The products of one point for a group of output channels: a part of a sum is a block of input
 * channels.
 */
INLINE void point_products(const int vectors, int tiles, const float *v, int c_in,
			   const float *w, float *m, const bool pairs)
{
	const int deep = pairs ? 8 : 16;
	const struct dot at = {.parts = c_in / 16,
			       .words = deep,
			       .x_part = matrix_block(pairs),
			       .w_part = (size_t)deep * 16,
			       .weight_vector =
				       LANES < 16 ? (size_t)LANES : (size_t)c_in * deep,
			       .out = 16,
			       .out_vector = LANES < 16 ? (size_t)LANES : matrix_block(false),
			       .begins = true};

	dot_row(vectors, v, deep, w, at, m, tiles, pairs);
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
		w += weight_point(c_in, c_out, pairs);
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
		/* The next block's sums.  Those of a large network are not in the L2 cache. */
		__builtin_prefetch((const void *)((uintptr_t)sum + (size_t)(ins + i) * 64), 1);
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

/* `count` input channels × a group of output channels. */
INLINE void outer_group(const int vectors, const int count, const float *x, const float *d,
			int n, float *sum, const struct outer at, const bool pairs)
{
	const int most = vectors == 1 ? 16 : OUTER;
	int c = 0;

#define BLOCKS(size)                                                                           \
	do {                                                                                   \
		outer_block((size), vectors, x + c, d, n, sum + (size_t)c * 16, at, pairs);    \
		c += (size);                                                                   \
	} while (0)
	/* Few sums cannot hide the latency of the additions: 8 inputs are 4 + 4, not 6 + 2. */
	while (c + most <= count && (most != 6 || count - c != 8))
		BLOCKS(most);
	while (c + 4 <= count)
		BLOCKS(4);
	if (c + 3 == count)
		BLOCKS(3);
	if (c + 2 == count)
		BLOCKS(2);
	if (c + 1 == count)
		BLOCKS(1);
#undef BLOCKS
}

/* The number of pixels whose factors for a group of output channels stay in the L1 cache. */
enum { OUTER_PIXELS = 1024 / LANES };

INLINE void panel_outer(const float *x, int ins, const float *d, int channels, int n,
			float *sum, size_t sum_block, const bool pairs)
{
	const struct outer at = {PANEL_STEP, PANEL_STEP, LANES,
				 LANES < 16 ? (size_t)LANES : sum_block};

	for (int p = 0; p < n; p += OUTER_PIXELS) {
		int pixels = n - p < OUTER_PIXELS ? n - p : OUTER_PIXELS;

		for (int k = 0; k < channels;) {
			float *to = sum + (size_t)(k / 16) * sum_block + k % 16;

			if (group_vectors(k, channels) == GROUP) {
				outer_group(GROUP, ins, x, d + k, pixels, to, at, pairs);
				k += GROUP * LANES;
			} else {
				outer_group(1, ins, x, d + k, pixels, to, at, pairs);
				k += LANES;
			}
		}
		x += (size_t)pixels * PANEL_STEP;
		d += (size_t)pixels * PANEL_STEP;
	}
}

void vk_panel_outer(const float *x, int ins, const float *d, int channels, int n, float *sum,
		    size_t sum_block, bool pairs)
{
	if (LT_TILES && pairs)
		vk_tile_panel_outer(x, ins, d, channels, n, sum, sum_block);
	else if (LT_PAIRS && pairs)
		panel_outer(x, ins, d, channels, n, sum, sum_block, true);
	else
		panel_outer(x, ins, d, channels, n, sum, sum_block, false);
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
		sum += weight_point(c_in, c_out, false);
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
