/*
 * Shared by the vectorised kernels, vector_*.c.  Their source is compiled once for each
 * instruction set (VECTOR_SETS in the Makefile) with LT_VECTOR_SET as the name of the set.
 * It uses the compiler's vector extensions instead of intrinsics.  Sets differ in the length
 * of a vector and in how many accumulators fit in the registers.
 *
 *	vector_rows.c      the step before products, on rows of pixels in the L1 cache:
 *	                   operands, batch norm's gradient
 *	vector_pixels.c    the same, for panels of pixels in the order of memory
 *	vector_results.c   the step after products: results and their sums
 *	vector_dot.c       the inner loops of products
 *	vector_tiles.c     inner loops that use tile registers
 *	vector_product.c   convolution as a product of matrices, any size and stride; its
 *	                   files share vector_product.h
 *	vector_pointwise.c 1×1 with stride 1
 *	vector_winograd.c  3×3 with stride 1; its files share vector_winograd.h
 *	vector_image.c     backward from a stem to the image
 *	vector_pool.c      pooling, and updates of parameters
 *	vector_set.c       the table
 *
 * A pass works on a few rows at a time.  The operand is computed from memory (batch norm,
 * shortcut, ReLU) into a plane with a border of zeros, so that no tap needs a test; products
 * compute rows of results; these are added, masked and summed while they are written to
 * memory.  Only the first and the last step depend on how cells are stored.  Convolutions with
 * 1×1 taps and stride 1 need neither rows nor borders: they work on blocks of pixels.
 */
#ifndef LT_KERNEL_VECTOR_H
#define LT_KERNEL_VECTOR_H

#include "kernel/kernel.h"

#if defined(__SSE__)
#include <immintrin.h>
#endif

/* Every external name contains the set: vk_dot_channels is lt_v4_dot_channels in set v4. */
#define LT_PASTE_(set, name) lt_##set##_##name
#define LT_PASTE(set, name) LT_PASTE_(set, name)
#define LT_SET(name) LT_PASTE(LT_VECTOR_SET, name)
#define vk_add LT_SET(add)
#define vk_bordered LT_SET(bordered)
#define vk_conv_gradient_rows LT_SET(conv_gradient_rows)
#define vk_gradient_pixels LT_SET(gradient_pixels)
#define vk_has_pixels LT_SET(has_pixels)
#define vk_image_backward LT_SET(image_backward)
#define vk_image_scratch LT_SET(image_scratch)
#define vk_in_grad_pixels LT_SET(in_grad_pixels)
#define vk_in_grad_rows LT_SET(in_grad_rows)
#define vk_max_backward LT_SET(max_backward)
#define vk_max_forward LT_SET(max_forward)
#define vk_operand_pixels LT_SET(operand_pixels)
#define vk_operand_rows LT_SET(operand_rows)
#define vk_out_pixels LT_SET(out_pixels)
#define vk_out_rows LT_SET(out_rows)
#define vk_outer_products LT_SET(outer_products)
#define vk_panel_outer LT_SET(panel_outer)
#define vk_panel_products LT_SET(panel_products)
#define vk_pointwise_backward LT_SET(pointwise_backward)
#define vk_pointwise_fits LT_SET(pointwise_fits)
#define vk_pointwise_forward LT_SET(pointwise_forward)
#define vk_pointwise_scratch LT_SET(pointwise_scratch)
#define vk_pool_backward LT_SET(pool_backward)
#define vk_pool_forward LT_SET(pool_forward)
#define vk_product_backward LT_SET(product_backward)
#define vk_product_forward LT_SET(product_forward)
#define vk_product_prepare LT_SET(product_prepare)
#define vk_product_scratch LT_SET(product_scratch)
#define vk_products LT_SET(products)
#define vk_sgd LT_SET(sgd)
#define vk_sum_backward LT_SET(sum_backward)
#define vk_tile_outer_products LT_SET(tile_outer_products)
#define vk_tile_panel_outer LT_SET(tile_panel_outer)
#define vk_tile_panel_products LT_SET(tile_panel_products)
#define vk_tile_products LT_SET(tile_products)
#define vk_winograd_backward LT_SET(winograd_backward)
#define vk_winograd_fits LT_SET(winograd_fits)
#define vk_winograd_forward LT_SET(winograd_forward)
#define vk_winograd_prepare LT_SET(winograd_prepare)
#define vk_winograd_scratch LT_SET(winograd_scratch)
#define vk_winograd_weight_size LT_SET(winograd_weight_size)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL(n) _Pragma(UNROLL_(GCC unroll n))
#define UNROLL_(text) #text

/*
 * A vector has LANES floats.  Products keep PIXELS pixels × GROUP vectors of output channels
 * in registers; sums over pixels keep OUTER inputs × GROUP vectors.
 */
#if defined(__AVX512F__)
enum { LANES = 16, PIXELS = 8, GROUP = 2, OUTER = 8 };
#elif defined(__AVX2__)
enum { LANES = 8, PIXELS = 6, GROUP = 2, OUTER = 6 };
#else
enum { LANES = 4, PIXELS = 4, GROUP = 2, OUTER = 4 };
#endif

enum { VECTORS = 16 / LANES }; /* in a block of 16 channels */

#if defined(__AVX512BF16__)
#define LT_PAIRS 1
#else
#define LT_PAIRS 0
#endif

/* Tile registers also multiply pairs; the second name is that of older versions of clang. */
#if defined(__AMX_BF16__) || defined(__AMXBF16__)
#define LT_TILES 1
#else
#define LT_TILES 0
#endif

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int mask __attribute__((vector_size(LANES * 4)));

typedef unsigned words __attribute__((vector_size(LANES * 4)));
typedef unsigned short halves __attribute__((vector_size(LANES * 2), aligned(2), may_alias));

INLINE vec load(const float *p)
{
	return *(const vec *)p;
}

INLINE void store(float *p, vec v)
{
	*(vec *)p = v;
}

INLINE vec all(float x)
{
	return x - (vec){0};
}

INLINE vec where(mask m, vec v)
{
	return (vec)((mask)v & m);
}

/*
 * sum += a × b in place.  With the compiler's choice of registers, some of these loops lose a
 * third of their speed to copies between registers.
 */
INLINE void multiply_add(vec *sum, vec a, vec b)
{
#if defined(__AVX512F__)
	__asm__("vfmadd231ps %2, %1, %0" : "+v"(*sum) : "v"(a), "v"(b));
#elif defined(__AVX2__)
	__asm__("vfmadd231ps %2, %1, %0" : "+x"(*sum) : "x"(a), "x"(b));
#else
	*sum += a * b;
#endif
}

#if LT_PAIRS
/* sum += a[2 i] × b[2 i] + a[2 i + 1] × b[2 i + 1] in place, for bfloat16. */
INLINE void multiply_pairs(vec *sum, vec a, vec b)
{
	__asm__("vdpbf16ps %2, %1, %0" : "+v"(*sum) : "v"(a), "v"(b));
}

/* Numbers rounded to bfloat16: those of a, then those of b. */
INLINE vec side_by_side(vec a, vec b)
{
	return (vec)_mm512_cvtne2ps_pbh((__m512)b, (__m512)a);
}

/* The same as pairs (a[i], b[i]). */
INLINE vec interleaved(vec a, vec b)
{
	const __m512i order =
		_mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,
				 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);

	return (vec)_mm512_permutexvar_epi16(order, (__m512i)side_by_side(a, b));
}
#endif

/* sum += a × b, or the sum over both elements of pairs. */
INLINE void multiply(vec *sum, vec a, vec b, const bool pairs)
{
#if LT_PAIRS
	if (pairs) {
		multiply_pairs(sum, a, b);
		return;
	}
#else
	(void)pairs;
#endif
	multiply_add(sum, a, b);
}

/* sum[0 … vectors - 1] += a[…] × the word at x. */
INLINE void multiply_word(vec *sum, const vec *a, const float *x, const int vectors,
			  const bool pairs)
{
	vec in;

#if defined(__AVX512F__)
	/* With a single reader the word is a memory operand: a separate load would cost as much
	 * as the multiply-add. */
	if (vectors == 1) {
		if (pairs)
			__asm__("vdpbf16ps %2%{1to16%}, %1, %0"
				: "+v"(*sum)
				: "v"(*a), "m"(*x));
		else
			__asm__("vfmadd231ps %2%{1to16%}, %1, %0"
				: "+v"(*sum)
				: "v"(*a), "m"(*x));
		return;
	}
#endif
	in = all(*x);
	UNROLL(2)
	for (int v = 0; v < vectors; v++)
		multiply(&sum[v], a[v], in, pairs);
}

/* max(0, v).  NaN is kept, as in the reference; `where(v > 0, v)` would not keep it. */
INLINE vec relu(vec v)
{
	return where(~(v <= all(0)), v);
}

/* v, and slope × v where v ≤ 0. */
INLINE vec leaky_relu(vec v, vec slope)
{
	mask low = v <= all(0);

	return (vec)(((mask)(slope * v) & low) | ((mask)v & ~low));
}

/* Numbers rounded to bfloat16 as in bf16.h. */
INLINE halves rounded_halves(vec v)
{
#if defined(__AVX512BF16__)
	return (halves)_mm512_cvtneps_pbh((__m512)v);
#else
	words bits = (words)v, nan = (words)(v != v);
	words even = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;

	return __builtin_convertvector((nan & (bits >> 16 | 0x40)) | (~nan & even), halves);
#endif
}

INLINE vec widened(halves h)
{
	/* The compiler's code is twice as long as these intrinsics. */
#if defined(__AVX512F__)
	return (vec)_mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)h), 16);
#elif defined(__AVX2__)
	return (vec)_mm256_slli_epi32(_mm256_cvtepu16_epi32((__m128i)h), 16);
#else
	return (vec)(__builtin_convertvector(h, words) << 16);
#endif
}

INLINE vec rounded(vec v)
{
	return widened(rounded_halves(v));
}

/* Reads the cell at index i of an array; put writes one.  bf16 is a constant in all calls. */
INLINE vec fetch(const lt_cells *cells, size_t i, const bool bf16)
{
	if (!bf16)
		return load((const float *)cells + i);
	return widened(*(const halves *)((const lt_bf16 *)cells + i));
}

/* stream: use a non-temporal store; i is then a multiple of LANES. */
INLINE void put(lt_cells *cells, size_t i, vec v, const bool bf16, const bool stream)
{
	if (bf16) {
		*(halves *)((lt_bf16 *)cells + i) = rounded_halves(v);
		return;
	}
#if defined(__AVX512F__)
	if (stream) {
		_mm512_stream_ps((float *)cells + i, (__m512)v);
		return;
	}
#elif defined(__AVX2__)
	if (stream) {
		_mm256_stream_ps((float *)cells + i, (__m256)v);
		return;
	}
#elif defined(__SSE__)
	if (stream) {
		_mm_stream_ps((float *)cells + i, (__m128)v);
		return;
	}
#else
	(void)stream;
#endif
	store((float *)cells + i, v);
}

/* Orders non-temporal stores before all later stores. */
INLINE void end_stream(bool stream)
{
#if defined(__SSE__)
	if (stream)
		_mm_sfence();
#else
	(void)stream;
#endif
}

/*
 * Makes a call in which C is a compile-time constant for the usual numbers of channels.  With
 * LT_VARIABLE_CHANNELS it never is: for instrumented kernels, of which four copies take minutes
 * to compile.
 */
#ifdef LT_VARIABLE_CHANNELS
#define FOR_CHANNELS(c, call)                                                                  \
	{                                                                                      \
		const int C = (c);                                                             \
		call;                                                                          \
	}
#else
#define FOR_CHANNELS(c, call)                                                                  \
	switch (c) {                                                                           \
	case 16: {                                                                             \
		enum { C = 16 };                                                               \
		call;                                                                          \
		break;                                                                         \
	}                                                                                      \
	case 32: {                                                                             \
		enum { C = 32 };                                                               \
		call;                                                                          \
		break;                                                                         \
	}                                                                                      \
	case 64: {                                                                             \
		enum { C = 64 };                                                               \
		call;                                                                          \
		break;                                                                         \
	}                                                                                      \
	default: {                                                                             \
		const int C = (c);                                                             \
		call;                                                                          \
	}                                                                                      \
	}
#endif

/* Are the factors of a convolution's products over channels rounded?  A stem's are not. */
INLINE bool is_fast(const struct lt_conv_shape *s)
{
	return s->precision == LT_BF16_FAST && s->in_c % 16 == 0;
}

/* Are they multiplied in pairs? */
INLINE bool has_pairs(const struct lt_conv_shape *s)
{
	return LT_PAIRS && is_fast(s);
}

/* The number of words for the factors of c channels. */
INLINE int words_of(const struct lt_conv_shape *s, int c)
{
	return has_pairs(s) ? c / 2 : c;
}

/* --------------------------------------------- vector_rows.c and vector_pixels.c */

/* What is known of some channels of an operand, as struct lt_operand has it. */
struct affine {
	vec scale, shift, skip_scale, skip_shift;
};

INLINE struct affine affine_at(const struct lt_operand *in, int k, const enum lt_skip kind)
{
	struct affine a = {load(in->scale + k), load(in->shift + k), all(0), all(0)};

	if (kind == LT_SKIP_PROJECTION) {
		a.skip_scale = load(in->skip_scale + k);
		a.skip_shift = load(in->skip_shift + k);
	}
	return a;
}

/* An operand's value at cell i. */
INLINE vec operand_value(const lt_cells *raw, const lt_cells *skip, size_t i, struct affine a,
			 vec slope, const enum lt_skip kind, const bool leaky, const bool bf16)
{
	vec value = a.scale * fetch(raw, i, bf16) + a.shift;

	if (kind == LT_SKIP_SAME)
		value += fetch(skip, i, bf16);
	if (kind == LT_SKIP_PROJECTION)
		value += a.skip_scale * fetch(skip, i, bf16) + a.skip_shift;
	return leaky ? leaky_relu(value, slope) : relu(value);
}

/* The gradient at y of a convolution, at cell i: d = p g + q y + r. */
INLINE vec gradient_at(vec p, vec q, vec r, const lt_cells *grad, const lt_cells *raw, size_t i,
		       const bool bf16)
{
	return p * fetch(grad, i, bf16) + (q * fetch(raw, i, bf16) + r);
}

/* ----------------------------------------------------------------- vector_rows.c */

/* A plane of pixels; at points to pixel (0, 0), and rows are `row` elements apart. */
struct plane {
	float *at;
	int row;
};

/*
 * A plane of h × w × c with a border of `pad` pixels above and left and of
 * `below` and `right` pixels on the other sides; the border is cleared.
 */
struct plane vk_bordered(float *memory, int h, int w, int c, int pad, int below, int right);
/* Elements of such a plane, rounded up to a cache line. */
INLINE size_t bordered_size(int h, int w, int c, int pad, int below, int right)
{
	return ((size_t)(h + pad + below) * (w + pad + right) * c + 15) & ~(size_t)15;
}

/* Computes rows y0 … y1 - 1 of an operand; stream applies to stores to in->store. */
void vk_operand_rows(const struct lt_operand *in, enum lt_precision precision, bool stream,
		     int image, int y0, int y1, struct plane out);
/* d = p g + q y + r, rows y0 … y1 - 1 of channels k0 … k1 - 1. */
void vk_conv_gradient_rows(const struct lt_conv_backward *pass, int image, int y0, int y1,
			   int k0, int k1, struct plane out);
void vk_sum_backward(const struct lt_sum_backward *pass, int first, int n);

/* --------------------------------------------------------------- vector_pixels.c */

/* Can vk_operand_pixels compute this operand?  Not an image, and none with an option A
 * shortcut. */
bool vk_has_pixels(const struct lt_operand *in);
/*
 * All channels of n pixels of an operand, from pixel `first` of the batch on, in panels of DEEP
 * channels, panel_step words from a panel to the next.
 */
void vk_operand_pixels(const struct lt_operand *in, enum lt_precision precision, bool stream,
		       size_t first, int n, float *panel, size_t panel_step);
/* The same for channels k0 … k1 - 1 of d = p g + q y + r. */
void vk_gradient_pixels(const struct lt_conv_backward *pass, size_t first, int n, int k0,
			int k1, float *panel, size_t panel_step);

/* -------------------------------------------------------------- vector_results.c */

/* Sums are taken over groups of this many rows, so that their order is fixed. */
enum { ROWS = 4 };

/*
 * Rows of results: channels k0 … k1 - 1, with k0 a multiple of 32.  at points to channel k0
 * of the first pixel; row and pixel are the elements from one to the next.
 */
struct results {
	float *at;
	size_t row, pixel;
	int k0, k1;
};

/*
 * Writes a group of rows of results, which begins at row y0 (a multiple of ROWS), to memory
 * and adds it to the sums of the image.
 */
void vk_out_rows(const struct lt_conv_forward *pass, int image, int y0, int y1,
		 struct results from);
/* The same for gradients at an input with the given value; `from` is overwritten. */
void vk_in_grad_rows(const struct lt_in_grad *grad, const struct lt_operand *in,
		     enum lt_precision precision, bool stream, int image, int y0, int y1,
		     struct plane value, struct results from);

/*
 * Writes the results of n pixels, all channels of each, to memory and adds them to the sums of
 * their images.  group: the sums of a group of rows, three for each channel, kept between
 * calls: they take the pixels in order, and the first call begins an image.
 */
void vk_out_pixels(const struct lt_conv_forward *pass, size_t first, int n,
		   const float *results, float *group);
/* The same for gradients at the input. */
void vk_in_grad_pixels(const struct lt_conv_backward *pass, size_t first, int n,
		       const float *results, float *group);

/* ----------------------------------------------------------------- vector_pool.c */

void vk_pool_forward(const struct lt_pool_pass *pass, int first, int n, float *scratch);
void vk_pool_backward(const struct lt_pool_pass *pass, int first, int n, float *scratch);
void vk_max_forward(const struct lt_max_pass *pass, int first, int n, float *scratch);
void vk_max_backward(const struct lt_max_pass *pass, int first, int n, float *scratch);
void vk_add(float *to, const float *from, size_t n);
void vk_sgd(float *w, float *m, const float *g, size_t n, float rate, float momentum,
	    float decay, bool nesterov);

/* ------------------------------------------------------------------ vector_dot.c */

/* How factors are stored. */
enum factors {
	PLAIN,	       /* numbers */
	ROUNDED,       /* numbers rounded to bfloat16 */
	CHANNEL_PAIRS, /* bfloat16: words are pairs of neighbouring channels */
	PLACE_PAIRS,   /* bfloat16: words are pairs of neighbouring pixels or tiles */
};

/*
 * A panel: factors of some pixels, at most DEEP words of each, with PANEL_STEP words between
 * pixels.  The step is constant, so that the addresses of a block of pixels differ by
 * constants, and is an odd number of cache lines, so that pixels do not share cache sets.
 * DEEP words of the weights of a group of output channels take half of the L1 cache.
 */
enum {
	DEEP = LANES == 16 && !LT_TILES ? 128 : 256,
	PANEL_STEP = DEEP + 16,
};

/*
 * Memory to prefetch.  While the products of some rows are computed, the cells of the next
 * rows are prefetched into the L2 cache piece by piece; all at once would delay the loads of
 * the products.
 */
struct ahead {
	int n;
	struct {
		const char *at;
		size_t lines;
	} part[6];
};

/* Some cells of an array: the index of the first, and how many. */
struct next {
	size_t first, cells;
};

/* NULL: nothing is wanted.  There is room for six arrays. */
INLINE void want_cells(struct ahead *ahead, const lt_cells *cells, struct next next,
		       size_t cell)
{
	if (!cells)
		return;
	ahead->part[ahead->n].at = (const char *)cells + next.first * cell;
	ahead->part[ahead->n++].lines = next.cells * cell / 64;
}

/* The cells from which an operand is computed. */
INLINE void want_operand(struct ahead *ahead, const struct lt_operand *in, struct next next,
			 size_t cell)
{
	if (in->stored) {
		want_cells(ahead, in->stored, next, cell);
		return;
	}
	want_cells(ahead, in->raw, next, cell);
	if (in->skip_kind == LT_SKIP_SAME || in->skip_kind == LT_SKIP_PROJECTION)
		want_cells(ahead, in->skip, next, cell);
}

/* Piece i of `of` pieces. */
INLINE void fetch_ahead(const struct ahead *ahead, int i, int of)
{
	for (int p = 0; p < ahead->n; p++) {
		size_t from = ahead->part[p].lines * i / of;
		size_t to = ahead->part[p].lines * (i + 1) / of;

		for (; from < to; from++)
			__builtin_prefetch(ahead->part[p].at + from * 64, 0, 3);
	}
}

/* At most `lines` lines that are prefetched next, one after another; 0: there are none left. */
INLINE uintptr_t take_ahead(struct ahead *ahead, size_t lines)
{
	for (int p = 0; p < ahead->n; p++) {
		const char *at = ahead->part[p].at;
		size_t n = ahead->part[p].lines < lines ? ahead->part[p].lines : lines;

		ahead->part[p].at += n * 64;
		ahead->part[p].lines -= n;
		if (n)
			return (uintptr_t)at;
	}
	return 0;
}

/*
 * out[pixel][channel] += Σ over `deep` words of panel[pixel] × w, for n pixels, which are
 * rounded up to whole blocks of PIXELS (both have room for them), and all channels: a block of
 * 16 channels takes block_size words of weights, [word][16].  Pixels of out are out_step
 * numbers apart.  begins: = instead of +=.  ahead: NULL, or memory that is prefetched
 * meanwhile, as much as there is time for.
 */
void vk_panel_products(const float *panel, int n, int deep, const float *w, size_t block_size,
		       int channels, float *out, size_t out_step, bool begins, bool pairs,
		       struct ahead *ahead);

/*
 * sum[channel / 16][in][16] += Σ over n pixels (or pairs) of x[pixel][in] × d[pixel][channel],
 * both panels; blocks of 16 channels of the sum are sum_block numbers apart.
 */
void vk_panel_outer(const float *x, int ins, const float *d, int channels, int n, float *sum,
		    size_t sum_block, bool pairs);

/*
 * The matrices over Winograd's XI points.  Each block of 16 channels is stored separately as
 * [point][tile][16] numbers, with POINT_STEP numbers between points.  The step is constant, so
 * that the addresses in a tile differ by constants, and is skewed by a cache line, so that
 * points do not share cache sets.
 *
 * If there are instructions for pairs of bfloat16 (LT_PAIRS) and the precision allows it,
 * factors are such pairs, one per word of the size of a float, with PAIR_STEP words between
 * points.  For products over channels they are [point][tile][16], pairs of neighbouring
 * channels; for products over tiles [point][tile / 2][16][2].
 */
enum {
	XI = 36,
	TILES_MOST = 32,		     /* in a block; even, for pairs */
	PAIRS_MOST = TILES_MOST * 2 / 3 + 1, /* rows of 3 tiles take 2 pairs each */
	POINT_STEP = TILES_MOST * 16 + 16,
	PAIR_STEP = PAIRS_MOST * 16 + 16,
};

/*
 * Words from a point's matrix of c_in × c_out weights, or sums of their gradients, to the next
 * one's.  It is skewed as well: the 36 numbers of a weight are written and read together.
 */
INLINE size_t weight_point(int c_in, int c_out, const bool pairs)
{
	return (size_t)c_in * c_out / (pairs ? 2 : 1) + 16;
}

/*
 * May the results of vk_products replace the factors?  A group of vectors, or one vector of 16
 * lanes, covers all channels, so that all factors of a tile are read before its results are
 * written.
 */
INLINE bool products_in_place(int c_in, int c_out, const bool pairs)
{
	return c_in == 16 && c_out == 16 && GROUP * LANES >= 16 && !pairs;
}

/*
 * m[xi][tile][out] = v[xi][tile][in] × w[xi] for all points, where a w[xi] is
 * [c_out / 16][c_in][16], or of pairs [c_out / 16][c_in / 2][16][2]; weight_point words from
 * one to the next.  m may be v if products_in_place.
 */
void vk_products(int tiles, const float *v, int c_in, const float *w, float *m, int c_out,
		 bool pairs, const struct ahead *ahead);

/*
 * sum[xi][out / 16][in][16] += Σ over tiles v[xi][tile][in] × m[xi][tile][out], for blocks
 * block0 … block1 - 1 of 16 output channels; tiles: of pairs, how many pairs.
 */
void vk_outer_products(int tiles, const float *v, int c_in, const float *m, int c_out,
		       float *sum, int block0, int block1, bool pairs,
		       const struct ahead *ahead);

/* ---------------------------------------------------------------- vector_tiles.c */

/*
 * With tile registers (LT_TILES), these replace the functions of vector_dot.c for pairs.
 * deep: a multiple of 8 words, the pairs of 16 channels; ins: a multiple of 16.
 */
void vk_tile_panel_products(const float *panel, int n, int deep, const float *w,
			    size_t block_size, int channels, float *out, size_t out_step,
			    bool begins);
void vk_tile_panel_outer(const float *x, int ins, const float *d, int channels, int n,
			 float *sum, size_t sum_block);
void vk_tile_products(int tiles, const float *v, int c_in, const float *w, float *m, int c_out,
		      const struct ahead *ahead);
void vk_tile_outer_products(int pairs, const float *v, int c_in, const float *m, int c_out,
			    float *sum, int block0, int block1, const struct ahead *ahead);

/* -------------------------------------------------------------- vector_product.c */

size_t vk_product_scratch(const struct lt_conv_shape *shape);
void vk_product_prepare(const struct lt_conv_shape *shape, const float *master, bool back,
			int block0, int block1, float *to);
void vk_product_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch);
void vk_product_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			 int block0, int block1, float *scratch);

/* ------------------------------------------------------------ vector_pointwise.c */

bool vk_pointwise_fits(const struct lt_conv_shape *shape);
size_t vk_pointwise_scratch(const struct lt_conv_shape *shape);
void vk_pointwise_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch);
void vk_pointwise_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			   int block0, int block1, float *scratch);

/* ---------------------------------------------------------------- vector_image.c */

size_t vk_image_scratch(const struct lt_conv_shape *shape);
void vk_image_backward(const struct lt_image_backward *pass, int first, int n, float *scratch);

/* ------------------------------------------------------------- vector_winograd.c */

/* Is it worth the transforms?  3×3, stride 1, at least 7 pixels a side, channels in blocks. */
bool vk_winograd_fits(const struct lt_conv_shape *shape);
size_t vk_winograd_scratch(const struct lt_conv_shape *shape);
void vk_winograd_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch);
void vk_winograd_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, float *scratch);

/* ----------------------------------------------------- vector_winograd_weights.c */

size_t vk_winograd_weight_size(const struct lt_conv_shape *shape);
void vk_winograd_prepare(const struct lt_conv_shape *shape, const float *master, bool back,
			 int block0, int block1, float *to);

#endif
