/*
 * Shared by the files of Winograd's way for 3×3 with stride 1, vector_winograd*.c.
 *
 * Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray, "Fast algorithms for
 * convolutional neural networks", CVPR 2016) with the points 0, ±3/4, ±3/2 and
 * infinity.  A tile of 4×4 outputs needs 36 products per pair of channels; direct
 * convolution needs 144.  With these points the error in float32 is half of that with
 * the textbook's 0, ±1, ±2.
 *
 * With a tile d of 6×6 inputs, a kernel g and a tile y of outputs,
 *
 *	y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
 *
 * For a point a the row of G is (1, a, a²) / N(a) with N(a) the product of its
 * differences to the other points, the column of Aᵀ is (1, a, a², a³), and the
 * row of Bᵀ holds the coefficients of the product of (x - other points).
 *
 * Backward: the gradient at the input is the same with rotated kernels, and
 * with D = A (gradient tile) Aᵀ the gradient of the kernel is
 * Gᵀ [Σ over tiles (Bᵀ d B) ⊙ D] G.
 *
 * The sums over channels are then 36 matrix products over the tiles of a block,
 * which is some tile rows of one image or a few whole images, small enough for the L2
 * cache.  Tiles that cross the edge are computed completely and clipped.
 *
 * With LT_BF16_FAST the factors of all products are rounded to bfloat16.
 */
#ifndef LT_KERNEL_VECTOR_WINOGRAD_H
#define LT_KERNEL_VECTOR_WINOGRAD_H

#include "kernel/vector.h"

#define vk_winograd_finish LT_SET(winograd_finish)
#define vk_winograd_gradients LT_SET(winograd_gradients)
#define vk_winograd_inputs LT_SET(winograd_inputs)
#define vk_winograd_results LT_SET(winograd_results)

enum { TILE = 4, POINTS = 6 };

/* The pixels of a tile row after the vertical transform. */
enum { LINE = TILE * TILES_MOST + 2 };

/* The finite points are 0, ±P and ±Q. */
#define P 0.75f
#define Q 1.5f
#define PP (P * P)
#define QQ (Q * Q)
#define N0 (PP * QQ)
#define NP (2 * PP * (PP - QQ))
#define NQ (2 * QQ * (QQ - PP))

/* A part of a block: tile rows of one image, a few whole images, or columns of one tile row. */
struct part {
	int images, first_row, rows, first_column, columns;
};

/* The number of tiles, or pairs of tiles, in the factors of a tile row. */
INLINE int row_places(int columns, const enum factors kind)
{
	return kind == PLACE_PAIRS ? (columns + 1) / 2 : columns;
}

/* ------------------------------------------------------ vector_winograd_tiles.c */

/*
 * Bᵀ d B for the tiles of a part: from planes of c channels, plane_step elements apart, to
 * their factors v; lines: scratch memory of POINTS × LINE × 16 elements.  These are the inputs
 * of a convolution, so gradients too where a backward pass convolves them with the weights.
 */
void vk_winograd_inputs(const struct part *part, struct plane plane, size_t plane_step, int c,
			float *lines, float *v, enum factors kind);
/* A y Aᵀ, for planes of gradients at outputs, as factors of the gradients of weights. */
void vk_winograd_gradients(const struct part *part, struct plane plane, size_t plane_step,
			   int c, float *lines, float *v, enum factors kind);
/*
 * Aᵀ m A: the results of one tile row, in whole tiles.  m begins at its first tile, rows at its
 * first pixel; rows are `row` elements apart.
 */
void vk_winograd_results(const float *m, int c, int columns, float *rows, size_t row);

/* ---------------------------------------------------- vector_winograd_weights.c */

/*
 * weight_grad = Gᵀ sums G, for blocks of 16 output channels; sums in the layout of
 * vk_outer_products.
 */
void vk_winograd_finish(const struct lt_conv_shape *s, const float *sums, int block0,
			int block1, float *weight_grad);

#endif
