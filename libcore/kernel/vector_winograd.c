/*
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
#include <string.h>

#include "base/cpus.h"
#include "kernel/vector.h"

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

/* -------------------------------------------------------------- transforms in one dimension */

/* Bᵀ: from 6 inputs to 6 points. */
INLINE void to_points(const vec d[6], vec o[6])
{
	vec p0 = d[4] - all(QQ) * d[2], p1 = d[3] - all(QQ) * d[1];
	vec q0 = d[4] - all(PP) * d[2], q1 = d[3] - all(PP) * d[1];

	o[0] = all(PP * QQ) * d[0] + (d[4] - all(PP + QQ) * d[2]);
	o[1] = p0 + all(P) * p1;
	o[2] = p0 - all(P) * p1;
	o[3] = q0 + all(Q) * q1;
	o[4] = q0 - all(Q) * q1;
	o[5] = all(PP * QQ) * d[1] + (d[5] - all(PP + QQ) * d[3]);
}

/* Aᵀ: from 6 points to 4 outputs. */
INLINE void from_points(const vec m[6], vec o[4])
{
	vec s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];

	o[0] = m[0] + s1 + s2;
	o[1] = all(P) * d1 + all(Q) * d2;
	o[2] = all(PP) * s1 + all(QQ) * s2;
	o[3] = all(PP * P) * d1 + (all(QQ * Q) * d2 + m[5]);
}

/* A: from the gradients at 4 outputs to 6 points. */
INLINE void spread(const vec y[4], vec o[6])
{
	vec p0 = y[0] + all(PP) * y[2], p1 = y[1] + all(PP) * y[3];
	vec q0 = y[0] + all(QQ) * y[2], q1 = y[1] + all(QQ) * y[3];

	o[0] = y[0];
	o[1] = p0 + all(P) * p1;
	o[2] = p0 - all(P) * p1;
	o[3] = q0 + all(Q) * q1;
	o[4] = q0 - all(Q) * q1;
	o[5] = y[3];
}

/* G: from 3 weights to 6 points. */
INLINE void kernel_to_points(const vec g[3], vec o[6])
{
	vec p0 = all(1 / NP) * g[0] + all(PP / NP) * g[2], p1 = all(P / NP) * g[1];
	vec q0 = all(1 / NQ) * g[0] + all(QQ / NQ) * g[2], q1 = all(Q / NQ) * g[1];

	o[0] = all(1 / N0) * g[0];
	o[1] = p0 + p1;
	o[2] = p0 - p1;
	o[3] = q0 + q1;
	o[4] = q0 - q1;
	o[5] = g[2];
}

/* Gᵀ: from 6 points to the gradients of 3 weights. */
INLINE void kernel_from_points(const vec m[6], vec o[3])
{
	vec s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];

	o[0] = all(1 / N0) * m[0] + (all(1 / NP) * s1 + all(1 / NQ) * s2);
	o[1] = all(P / NP) * d1 + all(Q / NQ) * d2;
	o[2] = all(PP / NP) * s1 + (all(QQ / NQ) * s2 + m[5]);
}

/* ------------------------------------------------------------------------ factors */

/* over_channels: for products over channels; over_tiles: for products over tiles. */
static enum factors over_channels(enum lt_precision precision)
{
	return precision != LT_BF16_FAST ? PLAIN : LT_PAIRS ? CHANNEL_PAIRS : ROUNDED;
}

static enum factors over_tiles(enum lt_precision precision)
{
	return precision != LT_BF16_FAST ? PLAIN : LT_PAIRS ? PLACE_PAIRS : ROUNDED;
}

/* Do the products over channels replace their factors?  Both then take the same cache lines. */
static bool in_place(const struct lt_conv_shape *s)
{
	return products_in_place(s->in_c, s->out_c,
				 over_channels(s->precision) == CHANNEL_PAIRS);
}

/* ----------------------------------------------------------------------- geometry */

/* How the images of a pass are divided into blocks of at most TILES_MOST tiles. */
struct blocks {
	int rows, columns; /* tiles of an image */
	int images;	   /* whole images in a block, or 1 */
	int strip;	   /* tile rows of an image in a block */
	int chunk;	   /* tile columns of a tile row in a block */
};

/*
 * The number of tiles in a block.  With many tiles, the weights and the sums of their
 * gradient are read and written less often; with few, factors and products stay in the L2
 * cache together with the transformed weights.  The number does not affect the order of any
 * sum.
 */
static int tiles_wanted(const struct lt_conv_shape *s, bool back)
{
	size_t l2 = lt_l2_bytes(), weights = vk_winograd_weight_size(s) * sizeof(float);
	int channels = in_place(s) ? s->in_c : s->in_c + s->out_c;
	size_t matrices = (size_t)XI * TILES_MOST * channels * sizeof(float);

	return back || weights > l2 || matrices <= l2 / 4 ? TILES_MOST : TILES_MOST / 2;
}

static struct blocks blocks_of(const struct lt_conv_shape *s, bool back)
{
	int want = tiles_wanted(s, back);
	struct blocks b = {.rows = (s->in_h + TILE - 1) / TILE,
			   .columns = (s->in_w + TILE - 1) / TILE,
			   .images = 1};
	int image = b.rows * b.columns;

	b.chunk = b.columns < want ? b.columns : want;
	b.strip = b.chunk < b.columns ? 1 : want / b.columns;
	if (b.strip >= b.rows) {
		b.strip = b.rows;
		b.images = want / image;
	}
	return b;
}

/* Elements of one image's bordered plane, which holds whole tiles. */
static size_t plane_size(const struct blocks *b, int c)
{
	return ((size_t)(TILE * b->rows + 2) * (TILE * b->columns + 2) * c + 15) & ~(size_t)15;
}

static struct plane tiled(const struct blocks *b, float *memory, int h, int w, int c)
{
	return vk_bordered(memory, h, w, c, 1, TILE * b->rows + 1 - h,
			   TILE * b->columns + 1 - w);
}

bool vk_winograd_fits(const struct lt_conv_shape *s)
{
	return s->size == 3 && s->stride == 1 && s->in_c % 16 == 0 && s->in_h >= 7 &&
	       s->in_w >= 7;
}

size_t vk_winograd_weight_size(const struct lt_conv_shape *s)
{
	return XI * weight_point(s->in_c, s->out_c, false);
}

/* The layout of the scratch memory. */
struct room {
	float *value, *d; /* planes of the images of a block */
	float *lines;	  /* 16 channels of a tile row after the vertical transform */
	float *v, *m;	  /* factors and products, see vector.h */
	float *rows;	  /* results of one tile row */
	float *sums;	  /* of the weight gradients, one matrix per point */
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *memory)
{
	enum { PARTS = 7 };
	struct blocks b = blocks_of(s, true); /* backward blocks are the larger ones */
	int wide = s->in_c > s->out_c ? s->in_c : s->out_c;
	const size_t sizes[PARTS] = {
		plane_size(&b, s->in_c) * b.images,
		plane_size(&b, s->out_c) * b.images,
		(size_t)POINTS * LINE * 16,
		(size_t)wide / 16 * XI * POINT_STEP,
		(size_t)wide / 16 * XI * POINT_STEP,
		(size_t)TILE * TILE * b.columns * wide,
		XI * weight_point(s->in_c, s->out_c, false),
	};
	float *places[PARTS];
	size_t at = 0;

	for (int i = 0; i < PARTS; i++) {
		places[i] = memory ? memory + at : NULL;
		at += (sizes[i] + 31) & ~(size_t)31;
	}
	return (struct room){places[0], places[1], places[2], places[3],
			     places[4], places[5], places[6], at};
}

size_t vk_winograd_scratch(const struct lt_conv_shape *s)
{
	return rooms(s, NULL).total;
}

/* ------------------------------------------------------------------------- weights */

/* From 3×3 vectors of weights to the 36 points. */
INLINE void transform_kernel(vec g[3][3], vec to[XI])
{
	vec half[3][6];

	for (int j = 0; j < 3; j++) {
		vec column[3] = {g[0][j], g[1][j], g[2][j]};

		kernel_to_points(column, half[j]);
	}
	for (int i = 0; i < 6; i++) {
		vec line[3] = {half[0][i], half[1][i], half[2][i]};

		kernel_to_points(line, to + 6 * i);
	}
}

/*
 * Stores the points of one input channel and a vector of output channels in a matrix
 * [out / 16][in][16], whose first block is at `to`; points are `step` words apart.  The
 * first channel of a pair is stored in the low halves, the second is added to it.
 */
INLINE void store_kernel(const vec o[XI], float *to, size_t step, int in, int out, bool fast)
{
#if LT_PAIRS
	if (fast) {
		for (int xi = 0; xi < XI; xi++) {
			float *at = to + xi * step + (size_t)(in / 2) * 16 + out;
			words half = __builtin_convertvector(rounded_halves(o[xi]), words);

			if (in & 1)
				half = (words)load(at) | half << 16;
			store(at, (vec)half);
		}
		return;
	}
#endif
	for (int xi = 0; xi < XI; xi++)
		store(to + xi * step + (size_t)in * 16 + out, fast ? rounded(o[xi]) : o[xi]);
}

/* Block k of a matrix of kernels with c inputs. */
INLINE float *kernel_block(float *matrix, int k, int c, bool fast)
{
	size_t at = (size_t)k * c * 16;

	return LT_PAIRS && fast ? (float *)((lt_bf16 *)matrix + at) : matrix + at;
}

/* [point][out / 16][in][16 of out] */
static void prepare_forward(const struct lt_conv_shape *s, const float *master, int block0,
			    int block1, float *to)
{
	bool fast = s->precision == LT_BF16_FAST;
	size_t step = weight_point(s->in_c, s->out_c, LT_PAIRS && fast);
	vec g[3][3], o[XI];

	for (int k = block0; k < block1; k++)
		for (int c = 0; c < s->in_c; c++)
			for (int e = 0; e < 16; e += LANES) {
				for (int t = 0; t < 9; t++)
					g[t / 3][t % 3] = load(
						master +
						(((size_t)k * 9 + t) * s->in_c + c) * 16 + e);
				transform_kernel(g, o);
				store_kernel(o, kernel_block(to, k, s->in_c, fast), step, c, e,
					     fast);
			}
}

/*
 * The weights of 16 output channels from k on and a vector of input channels from c on, by tap
 * of the rotated kernel.  Whole lines are read: those of the taps share cache sets.
 */
INLINE void turn_kernels(const struct lt_conv_shape *s, const float *master, int k, int c,
			 float to[9][16][LANES])
{
	for (int t = 0; t < 9; t++) {
		const float *from =
			master + (((size_t)(k / 16) * 9 + 8 - t) * s->in_c + c) * 16;

		for (int e = 0; e < LANES; e++)
			for (int i = 0; i < 16; i++)
				to[t][i][e] = from[(size_t)e * 16 + i];
	}
}

/* The rotated kernels: [point][in / 16][out][16 of in]. */
static void prepare_back(const struct lt_conv_shape *s, const float *master, int block0,
			 int block1, float *to)
{
	bool fast = s->precision == LT_BF16_FAST;
	size_t step = weight_point(s->in_c, s->out_c, LT_PAIRS && fast);
	float turned[9][16][LANES];
	vec g[3][3], o[XI];

	for (int c = block0 * 16; c < block1 * 16; c += LANES)
		for (int k = 0; k < s->out_c; k++) {
			if (k % 16 == 0)
				turn_kernels(s, master, k, c, turned);
			for (int t = 0; t < 9; t++)
				g[t / 3][t % 3] = load(turned[t][k % 16]);
			transform_kernel(g, o);
			store_kernel(o, kernel_block(to, c / 16, s->out_c, fast), step, k,
				     c % 16, fast);
		}
}

void vk_winograd_prepare(const struct lt_conv_shape *s, const float *master, bool back,
			 int block0, int block1, float *to)
{
	(back ? prepare_back : prepare_forward)(s, master, block0, block1, to);
}

/* weight_grad = Gᵀ sums G, for blocks of 16 output channels. */
static void finish_weights(const struct lt_conv_shape *s, const float *sums, int block0,
			   int block1, float *weight_grad)
{
	size_t step = weight_point(s->in_c, s->out_c, false);

	for (int k = block0; k < block1; k++)
		for (int c = 0; c < s->in_c; c++)
			for (int e = 0; e < 16; e += LANES) {
				const float *from = sums + ((size_t)k * s->in_c + c) * 16 + e;
				vec half[6][3];

				for (int i = 0; i < 6; i++) {
					vec line[6];

					for (int j = 0; j < 6; j++)
						line[j] =
							load(from + (size_t)(i * 6 + j) * step);
					kernel_from_points(line, half[i]);
				}
				for (int j = 0; j < 3; j++) {
					vec column[6], o[3];

					for (int i = 0; i < 6; i++)
						column[i] = half[i][j];
					kernel_from_points(column, o);
					for (int i = 0; i < 3; i++) {
						float *to =
							weight_grad +
							(((size_t)k * 9 + i * 3 + j) * s->in_c +
							 c) * 16 +
							e;

						store(to, o[i]);
					}
				}
			}
}

/* ------------------------------------------------------------------ tiles to points */

/* The number of tiles, or pairs of tiles, in the factors of a tile row. */
INLINE int row_places(int columns, const enum factors kind)
{
	return kind == PLACE_PAIRS ? (columns + 1) / 2 : columns;
}

INLINE int point_step(const enum factors kind)
{
	return kind == CHANNEL_PAIRS || kind == PLACE_PAIRS ? PAIR_STEP : POINT_STEP;
}

/* In one dimension: 6 inputs or, for gradients at outputs, 4. */
INLINE void line_to_points(const vec *d, vec o[6], const bool gradient)
{
	if (gradient)
		spread(d, o);
	else
		to_points(d, o);
}

/* A vector of a point for each of two tiles; if not `both`, b is zero. */
INLINE void store_two(float *to, vec a, vec b, const bool both, const enum factors kind)
{
#if LT_PAIRS
	if (kind == PLACE_PAIRS)
		store(to, interleaved(a, b));
	else if (both)
		store(to, side_by_side(a, b));
	else
		put(to, 0, a, true, false);
#else
	(void)to, (void)a, (void)b, (void)both, (void)kind;
#endif
}

/* One or two tiles, from `line` on; the factors go to v. */
INLINE void tiles_to_points(const float *line, float *v, const bool both,
			    const enum factors kind, const bool gradient)
{
	const int wide = (both ? TILE : 0) + (gradient ? TILE : POINTS);
	const int step = point_step(kind);

	UNROLL(6)
	for (int i = 0; i < 6; i++) {
		vec d[TILE + POINTS], a[6], b[6];

		UNROLL(10)
		for (int j = 0; j < wide; j++)
			d[j] = load(line + ((size_t)i * LINE + j) * 16);
		line_to_points(d, a, gradient);
		if (both)
			line_to_points(d + TILE, b, gradient);
		UNROLL(6)
		for (int j = 0; j < 6; j++) {
			float *to = v + (size_t)(i * 6 + j) * step;

			if (kind == PLAIN || kind == ROUNDED)
				store(to, kind == ROUNDED ? rounded(a[j]) : a[j]);
			else
				store_two(to, a[j], both ? b[j] : all(0), both, kind);
		}
	}
}

/*
 * Bᵀ d B, or A y Aᵀ, for one tile row and 16 channels, so that whole cache lines are written.
 * `from` points to the top left pixel of the first tile, v to the place of its factors.
 */
INLINE void tile_row_to_points(const float *from, int row, const int c, int columns,
			       float *lines, float *v, const enum factors kind,
			       const bool gradient)
{
	const int taps = gradient ? TILE : POINTS;
	const bool pairs = kind == CHANNEL_PAIRS || kind == PLACE_PAIRS;
	int width = TILE * columns + taps - TILE, t = 0;

	for (int x = 0; x < width; x++, from += c) {
		UNROLL(4)
		for (int e = 0; e < 16; e += LANES) {
			vec d[6], o[6];

			UNROLL(6)
			for (int i = 0; i < taps; i++)
				d[i] = load(from + (ptrdiff_t)i * row + e);
			line_to_points(d, o, gradient);
			UNROLL(6)
			for (int i = 0; i < 6; i++)
				store(lines + ((size_t)i * LINE + x) * 16 + e, o[i]);
		}
	}
	for (; pairs && t + 2 <= columns; t += 2, lines += 2 * TILE * 16, v += 16)
		tiles_to_points(lines, v, true, kind, gradient);
	for (; t < columns; t++, lines += TILE * 16, v += 16)
		for (int e = 0; e < 16; e += LANES)
			tiles_to_points(lines + e, v + e, false, kind, gradient);
}

/* A part of a block: tile rows of whole images, or columns of one tile row. */
struct part {
	int images, first_row, rows, first_column, columns;
};

static int part_tiles(const struct part *part, const enum factors kind)
{
	return part->images * part->rows * row_places(part->columns, kind);
}

/* Planes are plane_step elements apart. */
INLINE void part_to_points(const struct part *part, struct plane plane, size_t plane_step,
			   int c, float *lines, float *v, const enum factors kind,
			   const bool gradient)
{
	const int corner = gradient ? 0 : -1;
	/* Words of the factors of a tile row. */
	size_t places =
		(size_t)row_places(part->columns, kind) * (kind == CHANNEL_PAIRS ? 8 : 16);

	for (int k = 0; k < c; k += 16)
		for (int r = 0; r < part->images * part->rows; r++) {
			const float *from =
				plane.at + r / part->rows * plane_step +
				(ptrdiff_t)(TILE * (part->first_row + r % part->rows) +
					    corner) *
					plane.row +
				(ptrdiff_t)(TILE * part->first_column + corner) * c;

			tile_row_to_points(from + k, plane.row, c, part->columns, lines,
					   v + (size_t)(k / 16) * XI * point_step(kind) +
						   r * places,
					   kind, gradient);
		}
}

static void to_matrices(const struct part *part, struct plane plane, size_t plane_step, int c,
			float *lines, float *v, enum factors kind, const bool gradient)
{
	switch (kind) {
	case PLAIN:
		part_to_points(part, plane, plane_step, c, lines, v, PLAIN, gradient);
		break;
	case ROUNDED:
		part_to_points(part, plane, plane_step, c, lines, v, ROUNDED, gradient);
		break;
	case CHANNEL_PAIRS:
		part_to_points(part, plane, plane_step, c, lines, v, CHANNEL_PAIRS, gradient);
		break;
	case PLACE_PAIRS:
		part_to_points(part, plane, plane_step, c, lines, v, PLACE_PAIRS, gradient);
	}
}

static void inputs_to_matrices(const struct part *part, struct plane plane, size_t plane_step,
			       int c, float *lines, float *v, enum factors kind)
{
	to_matrices(part, plane, plane_step, c, lines, v, kind, false);
}

static void gradients_to_matrices(const struct part *part, struct plane plane,
				  size_t plane_step, int c, float *lines, float *v,
				  enum factors kind)
{
	to_matrices(part, plane, plane_step, c, lines, v, kind, true);
}

/* ------------------------------------------------------------------ points to tiles */

/* Aᵀ m, for one row of points. */
INLINE void row_from_points(const float *m, vec o[4])
{
	vec line[6];

	UNROLL(6)
	for (int j = 0; j < 6; j++)
		line[j] = load(m + (size_t)j * POINT_STEP);
	from_points(line, o);
}

/*
 * Aᵀ m A, for one tile and one vector of channels.  Two rows of points, ±a, are added at a
 * time, so that the intermediate values fit in the registers.
 */
INLINE void tile_from_points(const float *m, vec out[4][4])
{
	vec a[4], b[4];

	row_from_points(m + (size_t)6 * POINT_STEP, a);
	row_from_points(m + (size_t)12 * POINT_STEP, b);
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		vec sum = a[j] + b[j], difference = a[j] - b[j];

		out[0][j] = sum;
		out[1][j] = all(P) * difference;
		out[2][j] = all(PP) * sum;
		out[3][j] = all(PP * P) * difference;
	}
	row_from_points(m + (size_t)18 * POINT_STEP, a);
	row_from_points(m + (size_t)24 * POINT_STEP, b);
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		vec sum = a[j] + b[j], difference = a[j] - b[j];

		out[0][j] += sum;
		out[1][j] += all(Q) * difference;
		out[2][j] += all(QQ) * sum;
		out[3][j] += all(QQ * Q) * difference;
	}
	row_from_points(m, a);
	row_from_points(m + (size_t)30 * POINT_STEP, b);
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		out[0][j] += a[j];
		out[3][j] += b[j];
	}
}

/* The results of one tile row, in whole tiles: m at its first tile, rows at its first pixel. */
INLINE void tile_row_from_points(const float *m, const int c, int columns, float *rows,
				 size_t row)
{
	for (int t = 0; t < columns; t++, m += 16, rows += TILE * c)
		for (int k = 0; k < c; k += LANES) {
			vec o[4][4];

			tile_from_points(m + (size_t)(k / 16) * XI * POINT_STEP + k % 16, o);
			UNROLL(4)
			for (int i = 0; i < 4; i++) {
				UNROLL(4)
				for (int j = 0; j < 4; j++)
					store(rows + i * row + j * c + k, o[i][j]);
			}
		}
}

static void from_matrices(const float *m, int c, int columns, float *rows, size_t row)
{
	FOR_CHANNELS(c, tile_row_from_points(m, C, columns, rows, row))
}

/* ------------------------------------------------------------------------- passes */

/* The number of image rows that the tile rows before `end` read. */
static int rows_read(int end, int h)
{
	return TILE * end + 1 < h ? TILE * end + 1 : h;
}

/* One past the last row of the results of tile row r. */
static int rows_end(int r, int h)
{
	return TILE * (r + 1) < h ? TILE * (r + 1) : h;
}

/*
 * The cells that the next strip will read: rows from `made` on of these images, or the
 * first rows of the next block.
 */
static struct next next_rows(const struct blocks *b, int h, size_t row, int at, int images,
			     int strip, int made)
{
	size_t plane = h * row;
	int end = strip + b->strip;

	/* The next strip is in these images, or it begins the next block. */
	if (end < b->rows)
		return (struct next){at * plane + made * row,
				     (rows_read(end + b->strip, h) - made) * row};
	return (struct next){(at + images) * plane,
			     b->images > 1 ? b->images * plane : rows_read(b->strip, h) * row};
}

/* The part of a strip that begins at this column. */
static struct part part_of(const struct blocks *b, int images, int strip, int rows, int column)
{
	int left = b->columns - column;

	return (struct part){images, strip, rows, column, left < b->chunk ? left : b->chunk};
}

/* Where the products over channels of a pass are. */
static float *products_of(const struct lt_conv_shape *s, const struct room *room)
{
	return in_place(s) ? room->v : room->m;
}

/* Computes the results of one tile row of a part; `rows` holds a whole tile row. */
static void part_row(const struct part *part, int r, const float *m, int c,
		     const struct blocks *b, float *rows)
{
	from_matrices(m + (size_t)r * part->columns * 16, c, part->columns,
		      rows + (size_t)TILE * part->first_column * c,
		      (size_t)TILE * b->columns * c);
}

void vk_winograd_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	enum factors kind = over_channels(s->precision);
	struct blocks b = blocks_of(s, false);
	struct room room = rooms(s, scratch);
	size_t planes = plane_size(&b, s->in_c), row = (size_t)TILE * b.columns * s->out_c;
	struct plane plane = {0};
	float *m = products_of(s, &room);

	for (int i = b.images - 1; i >= 0; i--)
		plane = tiled(&b, room.value + i * planes, s->in_h, s->in_w, s->in_c);
	for (int at = first; at < first + n; at += b.images) {
		int images = first + n - at < b.images ? first + n - at : b.images, made = 0;

		for (int strip = 0; strip < b.rows; strip += b.strip) {
			int rows = b.rows - strip < b.strip ? b.rows - strip : b.strip;
			int read = rows_read(strip + rows, s->in_h);
			struct ahead ahead = {0};

			for (int i = 0; i < images; i++)
				vk_operand_rows(
					&pass->in, s->precision, pass->stream, at + i, made,
					read, (struct plane){plane.at + i * planes, plane.row});
			made = read;
			want_operand(&ahead, &pass->in,
				     next_rows(&b, s->in_h, (size_t)s->in_w * s->in_c, at,
					       images, strip, made),
				     lt_cell_size(s->precision));
			for (int column = 0; column < b.columns; column += b.chunk) {
				struct part part = part_of(&b, images, strip, rows, column);

				inputs_to_matrices(&part, plane, planes, s->in_c, room.lines,
						   room.v, kind);
				vk_products(part_tiles(&part, kind), room.v, s->in_c,
					    pass->weight, m, s->out_c, kind == CHANNEL_PAIRS,
					    &ahead);
				ahead.n = 0;
				for (int t = 0; t < images * rows; t++) {
					int r = strip + t % rows;

					part_row(&part, t, m, s->out_c, &b, room.rows);
					if (column + part.columns == b.columns)
						vk_out_rows(pass, at + t / rows, TILE * r,
							    rows_end(r, s->out_h),
							    (struct results){room.rows, row,
									     s->out_c, 0,
									     s->out_c});
				}
			}
		}
	}
	end_stream(pass->stream);
}

/* The state of a backward pass over a block. */
struct backward {
	const struct lt_conv_backward *pass;
	struct blocks b;
	struct room room;
	struct plane value, d;
	size_t in_planes, out_planes;
	bool data;
	struct ahead ahead;
};

/* Prefetches what the next strip reads, and what is added to this strip's results. */
static void look_ahead(struct backward *w, int at, int images, int strip, int made)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	size_t cell = lt_cell_size(s->precision);
	struct next in =
		next_rows(&w->b, s->in_h, (size_t)s->in_w * s->in_c, at, images, strip, made);
	struct next out = next_rows(&w->b, s->out_h, (size_t)s->out_w * s->out_c, at, images,
				    strip, made);

	w->ahead.n = 0;
	want_operand(&w->ahead, &pass->in, in, cell);
	want_cells(&w->ahead, pass->grad, out, cell);
	want_cells(&w->ahead, pass->raw, out, cell);
	if (!w->data)
		return;
	if (pass->in_grad.add_kind == LT_SKIP_SAME)
		want_cells(&w->ahead, pass->in_grad.add, in, cell);
	if (pass->in_grad.below[0] != pass->in.raw)
		want_cells(&w->ahead, pass->in_grad.below[0], in, cell);
}

static void make_rows(const struct backward *w, int at, int images, int from, int to)
{
	for (int i = 0; i < images; i++) {
		vk_operand_rows(&w->pass->in, w->pass->shape.precision, false, at + i, from, to,
				(struct plane){w->value.at + i * w->in_planes, w->value.row});
		vk_conv_gradient_rows(w->pass, at + i, from, to, 0, w->pass->shape.out_c,
				      (struct plane){w->d.at + i * w->out_planes, w->d.row});
	}
}

static void weights_back(struct backward *w, const struct part *part, int block0, int block1)
{
	const struct lt_conv_shape *s = &w->pass->shape;
	enum factors kind = over_tiles(s->precision);
	struct ahead none = {0};

	inputs_to_matrices(part, w->value, w->in_planes, s->in_c, w->room.lines, w->room.v,
			   kind);
	gradients_to_matrices(part, w->d, w->out_planes, s->out_c, w->room.lines, w->room.m,
			      kind);
	vk_outer_products(part_tiles(part, kind), w->room.v, s->in_c, w->room.m, s->out_c,
			  w->room.sums, block0, block1, kind == PLACE_PAIRS,
			  w->data ? &none : &w->ahead);
}

static void data_back(struct backward *w, const struct part *part, int at)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	enum factors kind = over_channels(s->precision);
	size_t row = (size_t)TILE * w->b.columns * s->in_c;
	float *m = products_of(s, &w->room);

	inputs_to_matrices(part, w->d, w->out_planes, s->out_c, w->room.lines, w->room.v, kind);
	vk_products(part_tiles(part, kind), w->room.v, s->out_c, pass->weight_back, m, s->in_c,
		    kind == CHANNEL_PAIRS, &w->ahead);
	for (int t = 0; t < part->images * part->rows; t++) {
		int r = part->first_row + t % part->rows, image = t / part->rows;

		part_row(part, t, m, s->in_c, &w->b, w->room.rows);
		if (part->first_column + part->columns == w->b.columns)
			vk_in_grad_rows(
				&pass->in_grad, &pass->in, s->precision, pass->stream,
				at + image, TILE * r, rows_end(r, s->in_h),
				(struct plane){w->value.at + image * w->in_planes,
					       w->value.row},
				(struct results){w->room.rows, row, s->in_c, 0, s->in_c});
	}
}

void vk_winograd_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct backward w = {.pass = pass, .b = blocks_of(s, true), .room = rooms(s, scratch)};
	size_t weights = weight_point(s->in_c, s->out_c, false);

	w.in_planes = plane_size(&w.b, s->in_c);
	w.out_planes = plane_size(&w.b, s->out_c);
	w.data = (what & LT_BACK_DATA) && pass->in_grad.to;
	for (int i = w.b.images - 1; i >= 0; i--) {
		w.value =
			tiled(&w.b, w.room.value + i * w.in_planes, s->in_h, s->in_w, s->in_c);
		w.d = tiled(&w.b, w.room.d + i * w.out_planes, s->out_h, s->out_w, s->out_c);
	}
	if (what & LT_BACK_WEIGHTS)
		for (int xi = 0; xi < XI; xi++)
			memset(w.room.sums + xi * weights + (size_t)block0 * s->in_c * 16, 0,
			       (size_t)(block1 - block0) * s->in_c * 16 * sizeof *w.room.sums);
	for (int at = first; at < first + n; at += w.b.images) {
		int images = first + n - at < w.b.images ? first + n - at : w.b.images;
		int made = 0;

		for (int strip = 0; strip < w.b.rows; strip += w.b.strip) {
			int rows = w.b.rows - strip < w.b.strip ? w.b.rows - strip : w.b.strip;
			int read = rows_read(strip + rows, s->in_h);

			make_rows(&w, at, images, made, read);
			made = read;
			look_ahead(&w, at, images, strip, made);
			for (int column = 0; column < w.b.columns; column += w.b.chunk) {
				struct part part = part_of(&w.b, images, strip, rows, column);

				if (what & LT_BACK_WEIGHTS)
					weights_back(&w, &part, block0, block1);
				if (w.data)
					data_back(&w, &part, at);
				w.ahead.n = 0;
			}
		}
	}
	if (what & LT_BACK_WEIGHTS)
		finish_weights(s, w.room.sums, block0, block1, pass->weight_grad);
	end_stream(pass->stream);
}
