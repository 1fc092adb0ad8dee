/*
 * What the files vector_*.c share.  They are the vectorised kernels: one
 * source, compiled once for each instruction set (the Makefile's VECTOR_SETS)
 * with LT_VECTOR_SET as the set's name; the compiler's vector extensions take
 * the place of intrinsics.  Sets differ in the length of a vector and in how
 * many accumulators fit the registers.
 *
 *	vector_plane.c     operands, batch norm's gradient, sums, pooling, SGD
 *	vector_dot.c       the one inner loop of products
 *	vector_direct.c    direct convolution, any size and stride
 *	vector_winograd.c  3×3 with stride 1
 *	vector_set.c       the table
 *
 * An image's operand is first made (batch norm, shortcut, ReLU) into a plane
 * with a border of zeros, which is in the L2 cache when it is read, so that no
 * tap needs a test.
 */
#ifndef LT_KERNEL_VECTOR_H
#define LT_KERNEL_VECTOR_H

#include "kernel/kernel.h"

/* Every external name carries the set: vk_dot_channels is lt_v4_dot_channels there. */
#define LT_PASTE_(set, name) lt_##set##_##name
#define LT_PASTE(set, name) LT_PASTE_(set, name)
#define LT_SET(name) LT_PASTE(LT_VECTOR_SET, name)
#define vk_add LT_SET(add)
#define vk_bordered LT_SET(bordered)
#define vk_channel_sums LT_SET(channel_sums)
#define vk_conv_gradient LT_SET(conv_gradient)
#define vk_direct_backward LT_SET(direct_backward)
#define vk_direct_forward LT_SET(direct_forward)
#define vk_direct_prepare LT_SET(direct_prepare)
#define vk_direct_scratch LT_SET(direct_scratch)
#define vk_dot_channels LT_SET(dot_channels)
#define vk_finish_in_grad LT_SET(finish_in_grad)
#define vk_operand_value LT_SET(operand_value)
#define vk_outer_channels LT_SET(outer_channels)
#define vk_pool_backward LT_SET(pool_backward)
#define vk_pool_forward LT_SET(pool_forward)
#define vk_sgd LT_SET(sgd)
#define vk_winograd_backward LT_SET(winograd_backward)
#define vk_winograd_fits LT_SET(winograd_fits)
#define vk_winograd_forward LT_SET(winograd_forward)
#define vk_winograd_prepare LT_SET(winograd_prepare)
#define vk_winograd_scratch LT_SET(winograd_scratch)
#define vk_winograd_weight_size LT_SET(winograd_weight_size)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL(n) _Pragma(UNROLL_(GCC unroll n))
#define UNROLL_(text) #text

/* LANES floats a vector; a block is PIXELS pixels × GROUP vectors of output channels. */
#if defined(__AVX512F__)
enum { LANES = 16, PIXELS = 8, GROUP = 2, IN_BLOCK = 8 };
#elif defined(__AVX2__)
enum { LANES = 8, PIXELS = 4, GROUP = 2, IN_BLOCK = 4 };
#else
enum { LANES = 4, PIXELS = 4, GROUP = 2, IN_BLOCK = 4 };
#endif

enum { VECTORS = 16 / LANES }; /* in a block of 16 channels */

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int mask __attribute__((vector_size(LANES * 4)));

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

INLINE vec select(mask m, vec v)
{
	return (vec)((mask)v & m);
}

/* ---------------------------------------------------------------- vector_plane.c */

/* A plane of pixels; at points to pixel (0, 0), row elements lie between rows. */
struct plane {
	float *at;
	int row;
};

/* Elements of a plane of h × w × c with a border of one pixel, rounded to a cache line. */
INLINE size_t bordered_size(int h, int w, int c)
{
	return ((size_t)(h + 2) * (w + 2) * c + 15) & ~(size_t)15;
}

/*
 * A plane of h × w × c with a border of one pixel above and left and up to
 * `below` and `right` pixels on the other sides (1 for direct, more where
 * tiles stand over the edge); the border is cleared.
 */
struct plane vk_bordered(float *memory, int h, int w, int c, int below, int right);
void vk_operand_value(const struct lt_operand *in, int image, struct plane out);
/* d = p g + q y + r for one image. */
void vk_conv_gradient(const struct lt_conv_backward *pass, int image, struct plane out);
/* Sums over n elements of v and of v × other, per channel: sums[c], sums[c + channel]. */
void vk_channel_sums(const float *v, const float *other, size_t n, int c, float *sums);
/* in_grad = (g + add) × [value > 0] and its sums for one image; g is h × w × c without border.
 */
void vk_finish_in_grad(const struct lt_operand *in, struct plane value, float *g,
		       enum lt_skip add_kind, const float *add, const float *below, int image,
		       float *in_grad, float *sums);
void vk_pool_forward(const struct lt_pool_pass *pass, int first, int n, float *scratch);
void vk_pool_backward(const struct lt_pool_pass *pass, int first, int n, float *scratch);
void vk_add(float *to, const float *from, size_t n);
void vk_sgd(float *w, float *m, const float *g, size_t n, float rate, float momentum,
	    float decay, bool nesterov);

/* ------------------------------------------------------------------ vector_dot.c */

/* Where each tap reads and which weights it takes. */
struct taps {
	int n;
	const float *x[9], *w[9];
};

/*
 * out[pixel][channel] = Σ over taps and c of x[pixel × step + c] × w[…][c][channel]
 * for n pixels, out_step elements apart, and all channels: a block of 16 output
 * channels takes block_size elements of weights, [c][16] for each tap.
 */
void vk_dot_channels(const struct taps *taps, int channels, size_t block_size, int c_in,
		     int step, float *out, size_t out_step, int n);

/*
 * sum[c][k] += Σ over n pixels of x[pixel × c_in + c] × d[pixel × channels + k],
 * sum as blocks of 16 channels: [channels / 16][c_in][16], for blocks block0 … block1 - 1.
 */
void vk_outer_channels(const float *x, int c_in, const float *d, int channels, int n,
		       float *sum, int block0, int block1);

/* --------------------------------------------------------------- vector_direct.c */

size_t vk_direct_scratch(const struct lt_conv_shape *shape);
void vk_direct_prepare(const struct lt_conv_shape *shape, const float *master, float *forward,
		       float *back);
void vk_direct_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch);
void vk_direct_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			int block0, int block1, float *scratch);

/* ------------------------------------------------------------- vector_winograd.c */

/* Is it worth the transforms?  3×3, stride 1, at least 7 pixels a side, channels in blocks. */
bool vk_winograd_fits(const struct lt_conv_shape *shape);
size_t vk_winograd_weight_size(const struct lt_conv_shape *shape);
size_t vk_winograd_scratch(const struct lt_conv_shape *shape);
void vk_winograd_prepare(const struct lt_conv_shape *shape, const float *master, float *forward,
			 float *back);
void vk_winograd_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch);
void vk_winograd_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, float *scratch);

#endif
