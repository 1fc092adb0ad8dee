/*
 * Shared by the files of convolution as a product of matrices over gathered pixels, for any
 * size and stride, vector_product*.c.
 *
 * A pass computes the operand of a chunk: some rows of an image or, where planes are small, a
 * few whole images, so that there are enough pixels for each weight that is read.  What the
 * taps of a pixel meet is gathered in panels, of DEEP words of the sum at a time.  A panel
 * stays in the L2 cache while all weights for it are used, and DEEP words of the weights of
 * some output channels stay in the L1 cache while all pixels of the panel use them.  The sums
 * continue from panel to panel in the order of kernel rows, kernel columns and channels.
 *
 * Backward, the gradient at an input pixel is such a sum too, over d, and with stride 2 it
 * meets only the taps of its own parities.  So the pixels of each pair of parities, a phase,
 * are computed together.  The gradient of the weights is a product of the panels of both sides.
 *
 * With LT_BF16_FAST factors are rounded to bfloat16, as pairs if there are instructions for
 * them; except those of a stem, which has too few channels for vectors.
 */
#ifndef LT_KERNEL_VECTOR_PRODUCT_H
#define LT_KERNEL_VECTOR_PRODUCT_H

#include "kernel/vector.h"

#define vk_product_at_once LT_SET(product_at_once)
#define vk_product_gather LT_SET(product_gather)
#define vk_product_grid LT_SET(product_grid)
#define vk_product_phase LT_SET(product_phase)
#define vk_product_pixels LT_SET(product_pixels)

/* The number of pixels in a panel, an even number, and of taps of a convolution. */
enum { PIXELS_MOST = 256, TAPS_MOST = 49 };

/* The number of n things that are done at a time, if `most` are possible. */
INLINE int evenly(int n, int most)
{
	int parts = (n + most - 1) / most;

	return n > 0 ? (n + parts - 1) / parts : 1;
}

/* Some pixels of planes, each the first that the taps of one result meet. */
struct grid {
	const float *at;
	int images, rows, columns;
	size_t image, row, column; /* elements from one to the next */
};

/* Where taps lie relative to that pixel: runs of numbers, one after another in the sum. */
struct runs {
	int n, length;
	ptrdiff_t at[TAPS_MOST];
};

/* Pixels of a grid in order; NULL stands for zeros. */
struct list {
	int n;
	const float *at[PIXELS_MOST + 2];
};

/* How the factors of products over channels and over pixels are stored. */
INLINE enum factors over_channels(const struct lt_conv_shape *s)
{
	return has_pairs(s) ? CHANNEL_PAIRS : is_fast(s) ? ROUNDED : PLAIN;
}

INLINE enum factors over_pixels(const struct lt_conv_shape *s)
{
	return has_pairs(s) ? PLACE_PAIRS : is_fast(s) ? ROUNDED : PLAIN;
}

/*
 * The part of a sum of `depth` words that is computed at a time, in whole blocks of channels or
 * pairs of blocks.
 */
INLINE int part_of(int depth, int most)
{
	int n = evenly(depth, most);

	return n < depth ? (n + 31) & ~31 : n;
}

/* ----------------------------------------------------- vector_product_panels.c */

/* A product of matrices: to[pixel][out] = Σ over the runs of x × weight, for a grid. */
struct product {
	const struct lt_conv_shape *shape;
	struct grid grid;
	struct runs runs;
	const float *weight;
	size_t block_size; /* words of a block of 16 output channels */
	int out;
	float *panel, *to;
	/*
	 * Not NULL: takes some channels of the results of all pixels, in order, so that the
	 * memory accesses of that step are spread over the time of the products.
	 */
	void (*finish)(void *of, struct results results);
	void *of;
};

void vk_product_grid(const struct product *product);
/* The number of pixels of a grid that are gathered at a time. */
int vk_product_at_once(const struct grid *g, bool for_pairs);
/*
 * Pixels first … first + n - 1.  for_pairs: pixels will be paired with the next one, but not
 * with one of another image, so an image with an odd number ends with zeros.
 */
void vk_product_pixels(const struct grid *g, int first, int n, bool for_pairs,
		       struct list *list);
/* Gathers numbers k0 … k0 + n - 1 of the sums of some pixels. */
void vk_product_gather(const struct list *list, const struct runs *runs, int k0, int n,
		       float *panel, enum factors kind);

/* ---------------------------------------------------- vector_product_weights.c */

/* The taps that the input pixels of a phase meet, and how far away the gradient is. */
struct phase {
	int n;
	struct {
		int tap, dy, dx;
	} tap[TAPS_MOST];
};

/* The phase of the input pixels (y, x) with y % stride = py and x % stride = px. */
struct phase vk_product_phase(const struct lt_conv_shape *s, int py, int px);

#endif
