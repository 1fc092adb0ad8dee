/*
 * Products of pairs of bfloat16 by tile registers (Intel AMX: "Intel 64 and IA-32
 * Architectures Software Developer's Manual", volume 1, chapter 18).
 *
 * A tile holds up to 16 rows of 16 words.  A word is a pair.  One instruction multiplies a
 * tile of factors [row][word] by a tile of weights [word][channel] and adds the product to
 * a tile of results [row][channel].  These are the layouts of vector.h.  The products of
 * the first elements of the pairs and those of the second elements are summed separately,
 * then added.  So the order of a sum differs from that of vdpbf16ps, but it is always the
 * same.
 *
 * The shapes of the tiles are configured.  Every function here loads a configuration and
 * releases it at its end, so that the kernel does not save tiles when it interrupts a
 * thread that uses none.
 */
#include "kernel/vector.h"

#if LT_TILES

enum { TILE_ROWS = 16, TILE_WORDS = 16, TILE_COUNT = 8 };

/* Two tiles hold so many rows of results, or pairs of a sum over pixels. */
enum { MOST_ROWS = 2 * TILE_ROWS, MOST_PAIRS = 2 * TILE_WORDS };

/* The operand of ldtilecfg. */
struct shapes {
	uint8_t palette, start, unused[14];
	uint16_t bytes[16]; /* of a row */
	uint8_t rows[16];
};

/* The use of the tiles: Rfw holds the results of factors Ff and weights Ww. */
#define R00 "%%tmm0"
#define R01 "%%tmm1"
#define R10 "%%tmm2"
#define R11 "%%tmm3"
#define F0 "%%tmm4"
#define F1 "%%tmm5"
#define W0 "%%tmm6"
#define W1 "%%tmm7"

/* step: words between rows. */
#define TILE_LOAD(tile, from, step)                                                            \
	__asm__ volatile("tileloadd (%0,%1,1), " tile                                          \
			 :                                                                     \
			 : "r"(from), "r"((size_t)(step) * sizeof(float))                      \
			 : "memory")
#define TILE_STORE(tile, to, step)                                                             \
	__asm__ volatile("tilestored " tile ", (%0,%1,1)"                                      \
			 :                                                                     \
			 : "r"(to), "r"((size_t)(step) * sizeof(float))                        \
			 : "memory")
#define TILE_ZERO(tile) __asm__ volatile("tilezero " tile : : : "memory")
#define TILE_MULTIPLY(result, factors, weights)                                                \
	__asm__ volatile("tdpbf16ps " weights ", " factors ", " result : : : "memory")

/*
 * n rows or words divided between two tiles.  An unused tile gets one, because zero would
 * be an invalid shape.
 */
struct parts {
	int n[2];
};

static struct parts parts_of(int n, int most)
{
	return (struct parts){{n < most ? n : most, n > most ? n - most : 1}};
}

/*
 * Sets the shapes.  rows and deep: the rows and words of the two tiles of factors.  A tile
 * of weights has as many rows as its tile of factors has words, and 16 channels.
 */
static void begin(struct parts rows, struct parts deep)
{
	struct shapes s = {.palette = 1};

	for (int t = 0; t < TILE_COUNT; t++)
		s.bytes[t] = TILE_WORDS * sizeof(float);
	s.rows[0] = s.rows[1] = s.rows[4] = (uint8_t)rows.n[0];
	s.rows[2] = s.rows[3] = s.rows[5] = (uint8_t)rows.n[1];
	s.bytes[4] = (uint16_t)(deep.n[0] * sizeof(float));
	s.bytes[5] = (uint16_t)(deep.n[1] * sizeof(float));
	s.rows[6] = (uint8_t)deep.n[0];
	s.rows[7] = (uint8_t)deep.n[1];
	__asm__ volatile("ldtilecfg %0" : : "m"(s) : "memory");
}

static void end(void)
{
	__asm__ volatile("tilerelease" ::: "memory");
}

/* ----------------------------------------------------------------- over channels */

/* The layout of a block; distances in words. */
struct dot {
	int step;	       /* from a row to the next one */
	int parts, words;      /* a sum has parts of so many words */
	size_t x_part, w_part; /* from a part to the next one, of factors and of weights */
	int deep;	       /* words of a tile of factors */
	size_t weight_block;   /* from a block of 16 channels to the next one */
	size_t out, out_block;
	bool begins; /* the sums begin with 0, not with the numbers at out */
};

/* The results begin with zeros, or continue from those in memory. */
INLINE void begin_results(const bool rows, const bool outs, const struct dot at, float *out)
{
	if (at.begins) {
		TILE_ZERO(R00);
		TILE_ZERO(R01);
		TILE_ZERO(R10);
		TILE_ZERO(R11);
		return;
	}
	TILE_LOAD(R00, out, at.out);
	if (outs)
		TILE_LOAD(R01, out + at.out_block, at.out);
	if (rows)
		TILE_LOAD(R10, out + TILE_ROWS * at.out, at.out);
	if (rows && outs)
		TILE_LOAD(R11, out + TILE_ROWS * at.out + at.out_block, at.out);
}

/* One or two tiles of rows × one or two blocks of channels. */
INLINE void dot_block(const bool rows, const bool outs, const float *x, const float *w,
		      const struct dot at, float *out)
{
	begin_results(rows, outs, at, out);
	for (int p = 0; p < at.parts; p++, x += at.x_part, w += at.w_part)
		for (int c = 0; c < at.words; c += at.deep) {
			const float *weight = w + (size_t)c * 16;

			TILE_LOAD(F0, x + c, at.step);
			TILE_LOAD(W0, weight, 16);
			TILE_MULTIPLY(R00, F0, W0);
			if (outs) {
				TILE_LOAD(W1, weight + at.weight_block, 16);
				TILE_MULTIPLY(R01, F0, W1);
			}
			if (rows) {
				TILE_LOAD(F1, x + c + (size_t)TILE_ROWS * at.step, at.step);
				TILE_MULTIPLY(R10, F1, W0);
			}
			if (rows && outs)
				TILE_MULTIPLY(R11, F1, W1);
		}
	TILE_STORE(R00, out, at.out);
	if (outs)
		TILE_STORE(R01, out + at.out_block, at.out);
	if (rows)
		TILE_STORE(R10, out + TILE_ROWS * at.out, at.out);
	if (rows && outs)
		TILE_STORE(R11, out + TILE_ROWS * at.out + at.out_block, at.out);
}

INLINE void dot_channels(const bool rows, int channels, const float *x, const float *w,
			 const struct dot at, float *out)
{
	int k = 0;

	for (; k + 32 <= channels; k += 32, w += 2 * at.weight_block, out += 2 * at.out_block)
		dot_block(rows, true, x, w, at, out);
	if (k < channels)
		dot_block(rows, false, x, w, at, out);
}

/* The same for n rows, in one tile or two. */
INLINE void dot_rows(int n, int channels, const float *x, const float *w, const struct dot at,
		     float *out)
{
	if (n > TILE_ROWS)
		dot_channels(true, channels, x, w, at, out);
	else
		dot_channels(false, channels, x, w, at, out);
}

void vk_tile_panel_products(const float *panel, int n, int deep, const float *w,
			    size_t block_size, int channels, float *out, size_t out_step,
			    bool begins)
{
	const struct dot at = {.step = PANEL_STEP,
			       .parts = 1,
			       .words = deep,
			       .deep = deep % TILE_WORDS ? TILE_WORDS / 2 : TILE_WORDS,
			       .weight_block = block_size,
			       .out = out_step,
			       .out_block = 16,
			       .begins = begins};
	const struct parts depth = {{at.deep, at.deep}};

	for (int p = 0, rows; p < n; p += rows) {
		rows = n - p < MOST_ROWS ? n - p : MOST_ROWS;
		/* All chunks but the last have the same shapes. */
		if (p == 0 || rows < MOST_ROWS)
			begin(parts_of(rows, TILE_ROWS), depth);
		dot_rows(rows, channels, panel + (size_t)p * PANEL_STEP, w, at,
			 out + p * out_step);
	}
	end();
}

/* Words between blocks of 16 channels, in matrices of pairs and of results. */
enum { PAIR_BLOCK = XI * PAIR_STEP, RESULT_BLOCK = XI * POINT_STEP };

void vk_tile_products(int tiles, const float *v, int c_in, const float *w, float *m, int c_out,
		      const struct ahead *ahead)
{
	enum { WORDS = 8 }; /* of a part: 16 channels */
	const struct dot at = {.step = WORDS,
			       .parts = c_in / 16,
			       .words = WORDS,
			       .x_part = PAIR_BLOCK,
			       .w_part = (size_t)WORDS * 16,
			       .deep = WORDS,
			       .weight_block = (size_t)c_in * WORDS,
			       .out = 16,
			       .out_block = RESULT_BLOCK,
			       .begins = true};

	_Static_assert((int)TILES_MOST <= (int)MOST_ROWS, "two tiles of rows hold a block");
	begin(parts_of(tiles, TILE_ROWS), (struct parts){{WORDS, WORDS}});
	for (size_t i = 0; i < XI; i++) {
		fetch_ahead(ahead, (int)i, XI);
		dot_rows(tiles, c_out, v + i * PAIR_STEP,
			 w + i * weight_point(c_in, c_out, true), at, m + i * POINT_STEP);
	}
	end();
}

/* ------------------------------------------------------------------- over pixels */

/*
 * Transposes n rows (at most 16) of 16 words; the rest is zero.  First 4 × 4 words are
 * transposed within the quarters of the vectors, then the quarters.
 */
INLINE void turn(const float *const *row, int n, float to[TILE_ROWS * TILE_WORDS])
{
	__m512i r[16], s[16];

	UNROLL(16)
	for (int i = 0; i < 16; i++)
		r[i] = i < n ? _mm512_loadu_si512(row[i]) : _mm512_setzero_si512();
	UNROLL(4)
	for (int i = 0; i < 16; i += 4) {
		__m512i a = _mm512_unpacklo_epi32(r[i], r[i + 1]);
		__m512i b = _mm512_unpackhi_epi32(r[i], r[i + 1]);
		__m512i c = _mm512_unpacklo_epi32(r[i + 2], r[i + 3]);
		__m512i d = _mm512_unpackhi_epi32(r[i + 2], r[i + 3]);

		s[i] = _mm512_unpacklo_epi64(a, c);
		s[i + 1] = _mm512_unpackhi_epi64(a, c);
		s[i + 2] = _mm512_unpacklo_epi64(b, d);
		s[i + 3] = _mm512_unpackhi_epi64(b, d);
	}
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		__m512i a = _mm512_shuffle_i32x4(s[j], s[j + 4], 0x88);
		__m512i b = _mm512_shuffle_i32x4(s[j], s[j + 4], 0xdd);
		__m512i c = _mm512_shuffle_i32x4(s[j + 8], s[j + 12], 0x88);
		__m512i d = _mm512_shuffle_i32x4(s[j + 8], s[j + 12], 0xdd);

		_mm512_store_si512(to + j * 16, _mm512_shuffle_i32x4(a, c, 0x88));
		_mm512_store_si512(to + (j + 4) * 16, _mm512_shuffle_i32x4(b, d, 0x88));
		_mm512_store_si512(to + (j + 8) * 16, _mm512_shuffle_i32x4(a, c, 0xdd));
		_mm512_store_si512(to + (j + 12) * 16, _mm512_shuffle_i32x4(b, d, 0xdd));
	}
}

/* The layout of gradients and sums for 16 output channels; distances in words. */
struct outer {
	size_t d, d_block; /* from a pair to the next one, from a block of channels to the next
			      one */
	size_t sum_block;
};

/*
 * sum[block][in][16] += Σ over n pairs of x[pair][in] × d[pair][block][16], for 16 inputs
 * and `blocks` blocks.  n is at most MOST_PAIRS and was given to begin_outer.
 */
static void outer_blocks(int n, const float *const *x, const float *d, const struct outer at,
			 float *sum, int blocks)
{
	_Alignas(64) float turned[TILE_ROWS * TILE_WORDS];

	turn(x, n < TILE_WORDS ? n : TILE_WORDS, turned);
	TILE_LOAD(F0, turned, TILE_WORDS);
	if (n > TILE_WORDS) {
		turn(x + TILE_WORDS, n - TILE_WORDS, turned);
		TILE_LOAD(F1, turned, TILE_WORDS);
	}
	for (int k = 0; k < blocks; k++, d += at.d_block, sum += at.sum_block) {
		TILE_LOAD(R00, sum, 16);
		TILE_LOAD(W0, d, at.d);
		TILE_MULTIPLY(R00, F0, W0);
		if (n > TILE_WORDS) {
			TILE_LOAD(W1, d + TILE_WORDS * at.d, at.d);
			TILE_MULTIPLY(R00, F1, W1);
		}
		TILE_STORE(R00, sum, 16);
	}
}

static void begin_outer(int n)
{
	begin((struct parts){{TILE_ROWS, TILE_ROWS}}, parts_of(n, TILE_WORDS));
}

void vk_tile_outer_products(int pairs, const float *v, int c_in, const float *m, int c_out,
			    float *sum, int block0, int block1, const struct ahead *ahead)
{
	const struct outer at = {16, PAIR_BLOCK, (size_t)c_in * 16};

	_Static_assert((int)PAIRS_MOST <= (int)MOST_PAIRS, "two tiles hold a block's pairs");
	m += (size_t)block0 * PAIR_BLOCK;
	sum += (size_t)block0 * at.sum_block;
	begin_outer(pairs);
	for (int i = 0; i < XI; i++, v += PAIR_STEP, m += PAIR_STEP) {
		fetch_ahead(ahead, i, XI);
		for (int b = 0; b < c_in / 16; b++) {
			const float *x[MOST_PAIRS];

			for (int p = 0; p < pairs; p++)
				x[p] = v + (size_t)b * PAIR_BLOCK + p * 16;
			outer_blocks(pairs, x, m, at, sum + b * 16 * 16, block1 - block0);
		}
		sum += weight_point(c_in, c_out, false);
	}
	end();
}

void vk_tile_panel_outer(const float *x, int ins, const float *d, int channels, int n,
			 float *sum, size_t sum_block)
{
	const struct outer at = {PANEL_STEP, 16, sum_block};

	for (int p = 0, pairs; p < n; p += pairs) {
		const float *row[MOST_PAIRS];

		pairs = n - p < MOST_PAIRS ? n - p : MOST_PAIRS;
		/* All chunks but the last have the same shapes. */
		if (p == 0 || pairs < MOST_PAIRS)
			begin_outer(pairs);
		for (int i = 0; i < pairs; i++)
			row[i] = x + (size_t)(p + i) * PANEL_STEP;
		for (int j = 0; j < ins; j += 16) {
			outer_blocks(pairs, row, d + (size_t)p * PANEL_STEP, at,
				     sum + (size_t)j * 16, channels / 16);
			for (int i = 0; i < pairs; i++)
				row[i] += 16;
		}
	}
	end();
}

#endif
