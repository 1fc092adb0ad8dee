/*
 * Winograd's minimal filtering F(4×4, 3×3) (Lavin & Gray, "Fast algorithms for
 * convolutional neural networks", CVPR 2016) with the points 0, ±3/4, ±3/2 and
 * infinity.  A tile of 4×4 outputs takes 36 products a pair of channels where
 * direct convolution takes 144; with these points the error in float32 is half
 * of that with the textbook's 0, ±1, ±2.
 *
 * With a tile d of 6×6 inputs, a kernel g and a tile y of outputs,
 *
 *	y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A.
 *
 * For a point a the row of G is (1, a, a²) / N(a) with N(a) the product of its
 * differences to the other points, the column of Aᵀ is (1, a, a², a³), and the
 * row of Bᵀ holds the coefficients of the product of (x - other points).
 *
 * Going back: the gradient at the input is the same with turned kernels, and
 * with D = A (gradient tile) Aᵀ the gradient of the kernel is
 * Gᵀ [Σ over tiles (Bᵀ d B) ⊙ D] G.
 *
 * The sums over channels are then 36 matrix products over the tiles of a block,
 * which is some tile rows of one image or a few whole images, small enough to
 * stay in the L2 cache.  Tiles over the edge are computed whole and clipped.
 *
 * With LT_BF16_FAST the factors of the products forward and back to the data are
 * rounded to bfloat16.
 */
#include <string.h>

#include "kernel/vector.h"

enum { TILE = 4, POINTS = 6, XI = POINTS * POINTS, SKEW = 16 };

/* The finite points are 0, ±P and ±Q. */
#define P 0.75f
#define Q 1.5f
#define PP (P * P)
#define QQ (Q * Q)
#define N0 (PP * QQ)
#define NP (2 * PP * (PP - QQ))
#define NQ (2 * QQ * (QQ - PP))

/* -------------------------------------------------------------- transforms in one dimension */

/* Bᵀ: 6 inputs to 6 points. */
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

/* Aᵀ: 6 points to 4 outputs. */
INLINE void from_points(const vec m[6], vec o[4])
{
	vec s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];

	o[0] = m[0] + s1 + s2;
	o[1] = all(P) * d1 + all(Q) * d2;
	o[2] = all(PP) * s1 + all(QQ) * s2;
	o[3] = all(PP * P) * d1 + (all(QQ * Q) * d2 + m[5]);
}

/* A: 4 gradients at outputs to 6 points. */
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

/* G: a kernel's 3 weights to 6 points. */
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

/* Gᵀ: 6 points to the gradients of 3 weights. */
INLINE void kernel_from_points(const vec m[6], vec o[3])
{
	vec s1 = m[1] + m[2], d1 = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];

	o[0] = all(1 / N0) * m[0] + (all(1 / NP) * s1 + all(1 / NQ) * s2);
	o[1] = all(P / NP) * d1 + all(Q / NQ) * d2;
	o[2] = all(PP / NP) * s1 + (all(QQ / NQ) * s2 + m[5]);
}

/* ----------------------------------------------------------------------- geometry */

/* How the images of a pass are cut into blocks of tiles. */
struct blocks {
	int rows, columns; /* tiles an image */
	int images;	   /* whole images a block, or 1 … */
	int strip;	   /* … of which so many tile rows */
	int tiles;	   /* most tiles a block */
};

static struct blocks blocks_of(const struct lt_conv_shape *s)
{
	/* Tiles a block: V and M for them fit the L2 cache beside the transformed weights. */
	int want = 32;
	struct blocks b = {.rows = (s->in_h + TILE - 1) / TILE,
			   .columns = (s->in_w + TILE - 1) / TILE,
			   .images = 1};
	int image = b.rows * b.columns;

	if (image >= want) {
		b.strip = want / b.columns;
		if (b.strip < 1)
			b.strip = 1;
		b.tiles = b.strip * b.columns;
	} else {
		b.strip = b.rows;
		b.images = want / image;
		b.tiles = b.images * image;
	}
	return b;
}

/* A bordered plane that holds whole tiles: elements of one image. */
static size_t plane_size(const struct blocks *b, int c)
{
	return ((size_t)(TILE * b->rows + 2) * (TILE * b->columns + 2) * c + 15) & ~(size_t)15;
}

static struct plane tiled(const struct blocks *b, float *memory, int h, int w, int c)
{
	return vk_bordered(memory, h, w, c, 1, TILE * b->rows + 1 - h,
			   TILE * b->columns + 1 - w);
}

/* Elements between the matrices of two points: skewed, so that they do not share cache sets. */
static size_t matrix_step(const struct blocks *b, int c)
{
	return (size_t)b->tiles * c + SKEW;
}

bool vk_winograd_fits(const struct lt_conv_shape *s)
{
	return s->size == 3 && s->stride == 1 && s->in_c % 16 == 0 && s->in_h >= 7 &&
	       s->in_w >= 7;
}

size_t vk_winograd_weight_size(const struct lt_conv_shape *s)
{
	return (size_t)XI * s->in_c * s->out_c;
}

/* Where a pass's scratch memory goes. */
struct room {
	float *value, *d; /* planes of a block's images */
	float *lines;	  /* vertically transformed lines of one tile row */
	float *v, *m;	  /* matrices a point */
	float *rows;	  /* results of one tile row */
	float *sums;	  /* of the weights' gradient, a matrix a point */
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *memory)
{
	enum { PARTS = 7 };
	struct blocks b = blocks_of(s);
	int wide = s->in_c > s->out_c ? s->in_c : s->out_c;
	const size_t sizes[PARTS] = {
		plane_size(&b, s->in_c) * b.images,
		plane_size(&b, s->out_c) * b.images,
		(size_t)POINTS * (TILE * b.columns + 2) * LANES,
		XI * matrix_step(&b, wide),
		XI * matrix_step(&b, wide),
		(size_t)TILE * TILE * b.columns * wide,
		(size_t)XI * s->in_c * s->out_c,
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

/* 3×3 vectors of weights to the 36 points. */
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
 * Points of one input channel and some output channels to their place in a
 * matrix [out / 16][in][16], whose first block is at `to`; points are step
 * elements apart.  Pairs wait for their second channel.
 */
INLINE void store_kernel(const vec o[XI], float *to, size_t step, int in, int out, bool fast)
{
#if LT_PAIRS
	if (fast) {
		lt_bf16 *pairs = (lt_bf16 *)to;

		for (int xi = 0; xi < XI; xi++) {
			float *at = (float *)(pairs + xi * step + (size_t)(in & ~1) * 16) + out;
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

/* Block k of a matrix of kernels over c inputs. */
INLINE float *kernel_block(float *matrix, int k, int c, bool fast)
{
	size_t at = (size_t)k * c * 16;

	return LT_PAIRS && fast ? (float *)((lt_bf16 *)matrix + at) : matrix + at;
}

/* Forward [point][out / 16][in][16 of out]; back the turned kernels, [point][in / 16][out][16
 * of in]. */
void vk_winograd_prepare(const struct lt_conv_shape *s, const float *master, float *forward,
			 float *back)
{
	size_t step = (size_t)s->in_c * s->out_c;
	bool fast = s->precision == LT_BF16_FAST;
	vec g[3][3], o[XI];

	for (int k = 0; k < s->out_c / 16; k++)
		for (int c = 0; c < s->in_c; c++)
			for (int e = 0; e < 16; e += LANES) {
				for (int t = 0; t < 9; t++)
					g[t / 3][t % 3] = load(
						master +
						(((size_t)k * 9 + t) * s->in_c + c) * 16 + e);
				transform_kernel(g, o);
				store_kernel(o, kernel_block(forward, k, s->in_c, fast), step,
					     c, e, fast);
			}
	if (!back)
		return;
	for (int c = 0; c < s->in_c; c += LANES)
		for (int k = 0; k < s->out_c; k++) {
			for (int t = 0; t < 9; t++) {
				const float *from =
					master +
					(((size_t)(k / 16) * 9 + 8 - t) * s->in_c + c) * 16 +
					k % 16;
				float lanes[LANES];

				for (int e = 0; e < LANES; e++)
					lanes[e] = from[(size_t)e * 16];
				g[t / 3][t % 3] = load(lanes);
			}
			transform_kernel(g, o);
			store_kernel(o, kernel_block(back, c / 16, s->out_c, fast), step, k,
				     c % 16, fast);
		}
}

/* weight_grad = Gᵀ sums G for blocks of 16 output channels. */
static void finish_weights(const struct lt_conv_shape *s, const float *sums, int block0,
			   int block1, float *weight_grad)
{
	size_t step = (size_t)s->in_c * s->out_c;

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

/* A vector of factors from element i of a matrix on. */
INLINE void store_factor(float *matrix, size_t i, vec v, const bool fast)
{
	if (LT_PAIRS && fast)
		put(matrix, i, v, true, false);
	else
		store(matrix + i, fast ? rounded(v) : v);
}

/*
 * Bᵀ d B for one tile row and one vector of channels: from points to the first
 * tile's top left input (in the border), v to the first tile's channel.
 */
INLINE void tile_row_to_points(const float *from, int row, const int c, int columns,
			       float *lines, float *v, size_t at, size_t step, const bool fast)
{
	int width = TILE * columns + 2;

	for (int x = 0; x < width; x++) {
		vec d[6], o[6];

		UNROLL(6)
		for (int i = 0; i < 6; i++)
			d[i] = load(from + (size_t)i * row + (size_t)x * c);
		to_points(d, o);
		UNROLL(6)
		for (int i = 0; i < 6; i++)
			store(lines + ((size_t)i * width + x) * LANES, o[i]);
	}
	for (int t = 0; t < columns; t++, at += c) {
		UNROLL(6)
		for (int i = 0; i < 6; i++) {
			const float *line = lines + ((size_t)i * width + TILE * t) * LANES;
			vec d[6], o[6];

			UNROLL(6)
			for (int j = 0; j < 6; j++)
				d[j] = load(line + j * LANES);
			to_points(d, o);
			UNROLL(6)
			for (int j = 0; j < 6; j++)
				store_factor(v + (size_t)(i * 6 + j) * step, at, o[j], fast);
		}
	}
}

/* All tiles of a block: planes follow each other plane_step apart. */
INLINE void block_to_points(const struct blocks *b, struct plane plane, size_t plane_step,
			    const int c, int images, int first_row, int rows, float *lines,
			    float *v, size_t step, const bool fast)
{
	for (int image = 0; image < images; image++)
		for (int r = 0; r < rows; r++) {
			const float *from =
				plane.at + image * plane_step +
				(ptrdiff_t)(TILE * (first_row + r) - 1) * plane.row - c;
			size_t at = (size_t)(image * rows + r) * b->columns * c;

			for (int k = 0; k < c; k += LANES)
				tile_row_to_points(from + k, plane.row, c, b->columns, lines, v,
						   at + k, step, fast);
		}
}

/* A y Aᵀ for all tiles of a block of gradients. */
INLINE void block_spread(const struct blocks *b, struct plane plane, size_t plane_step,
			 const int c, int images, int first_row, int rows, float *to,
			 size_t step)
{
	for (int image = 0; image < images; image++)
		for (int r = 0; r < rows; r++)
			for (int t = 0; t < b->columns; t++, to += c) {
				const float *from = plane.at + image * plane_step +
						    (size_t)TILE * (first_row + r) * plane.row +
						    (size_t)TILE * t * c;

				for (int k = 0; k < c; k += LANES) {
					vec half[4][6];

					UNROLL(4)
					for (int j = 0; j < 4; j++) {
						vec column[4];

						UNROLL(4)
						for (int i = 0; i < 4; i++)
							column[i] = load(from + i * plane.row +
									 j * c + k);
						spread(column, half[j]);
					}
					UNROLL(6)
					for (int i = 0; i < 6; i++) {
						vec line[4] = {half[0][i], half[1][i],
							       half[2][i], half[3][i]};
						vec o[6];

						spread(line, o);
						UNROLL(6)
						for (int j = 0; j < 6; j++)
							store(to + (size_t)(i * 6 + j) * step +
								      k,
							      o[j]);
					}
				}
			}
}

/* Aᵀ m A of one tile and vector of channels. */
INLINE void tile_from_points(const float *m, size_t step, vec out[4][4])
{
	vec half[6][4];

	UNROLL(6)
	for (int i = 0; i < 6; i++) {
		vec line[6];

		UNROLL(6)
		for (int j = 0; j < 6; j++)
			line[j] = load(m + (size_t)(i * 6 + j) * step);
		from_points(line, half[i]);
	}
	UNROLL(4)
	for (int j = 0; j < 4; j++) {
		vec column[6], o[4];

		UNROLL(6)
		for (int i = 0; i < 6; i++)
			column[i] = half[i][j];
		from_points(column, o);
		UNROLL(4)
		for (int i = 0; i < 4; i++)
			out[i][j] = o[i];
	}
}

/* Results of one tile row, whole tiles. */
INLINE void tile_row_from_points(const float *m, size_t step, const int c, int columns,
				 float *rows)
{
	size_t row = (size_t)TILE * columns * c;

	for (int t = 0; t < columns; t++, m += c, rows += TILE * c)
		for (int k = 0; k < c; k += LANES) {
			vec o[4][4];

			tile_from_points(m + k, step, o);
			UNROLL(4)
			for (int i = 0; i < 4; i++) {
				UNROLL(4)
				for (int j = 0; j < 4; j++)
					store(rows + i * row + j * c + k, o[i][j]);
			}
		}
}

/* The transforms with the usual numbers of channels known to the compiler. */
static void to_matrices(const struct blocks *b, struct plane plane, size_t plane_step, int c,
			int images, int first_row, int rows, float *lines, float *v,
			size_t step, bool fast)
{
	if (fast)
		FOR_CHANNELS(c, block_to_points(b, plane, plane_step, C, images, first_row,
						rows, lines, v, step, true))
	else
		FOR_CHANNELS(c, block_to_points(b, plane, plane_step, C, images, first_row,
						rows, lines, v, step, false))
}

static void gradients_to_matrices(const struct blocks *b, struct plane plane, size_t plane_step,
				  int c, int images, int first_row, int rows, float *to,
				  size_t step)
{
	FOR_CHANNELS(c,
		     block_spread(b, plane, plane_step, C, images, first_row, rows, to, step))
}

static void multiply(enum lt_precision precision, int tiles, const float *v, size_t v_step,
		     int c_in, const float *w, float *m, size_t m_step, int c_out,
		     const struct ahead *ahead)
{
#if LT_PAIRS
	if (precision == LT_BF16_FAST) {
		vk_pair_products(XI, tiles, v, v_step, c_in, w, m, m_step, c_out, ahead);
		return;
	}
#endif
	(void)precision;
	vk_products(XI, tiles, v, v_step, c_in, w, m, m_step, c_out, ahead);
}

static void from_matrices(const float *m, size_t step, int c, int columns, float *rows)
{
	FOR_CHANNELS(c, tile_row_from_points(m, step, C, columns, rows))
}

/* ------------------------------------------------------------------------- passes */

/* Rows of an image that tile rows up to `end` read. */
static int rows_read(int end, int h)
{
	return TILE * end + 1 < h ? TILE * end + 1 : h;
}

/* The last row of tile row r's results, and one. */
static int rows_end(int r, int h)
{
	return TILE * (r + 1) < h ? TILE * (r + 1) : h;
}

/* Rows from `made` on of the images at and after `at` which the next strip will read. */
struct next {
	size_t first, cells; /* the first cell, and how many */
};

static struct next next_rows(const struct blocks *b, int h, size_t row, int at, int images,
			     int strip, int made)
{
	size_t plane = h * row;
	int end = strip + b->strip;

	/* Within the image, or the beginning of the next block. */
	if (end < b->rows)
		return (struct next){at * plane + made * row,
				     (rows_read(end + b->strip, h) - made) * row};
	return (struct next){(at + images) * plane,
			     b->images > 1 ? b->images * plane : rows_read(b->strip, h) * row};
}

static void want_cells(struct ahead *ahead, const lt_cells *cells, struct next next,
		       size_t cell)
{
	if (cells)
		want(ahead, (const char *)cells + next.first * cell, next.cells * cell);
}

/* What makes an operand. */
static void want_operand(struct ahead *ahead, const struct lt_operand *in, struct next next,
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

void vk_winograd_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct blocks b = blocks_of(s);
	struct room room = rooms(s, scratch);
	size_t planes = plane_size(&b, s->in_c), row = (size_t)TILE * b.columns * s->out_c;
	size_t v_step = matrix_step(&b, s->in_c), m_step = matrix_step(&b, s->out_c);
	struct plane plane = {0};

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
			to_matrices(&b, plane, planes, s->in_c, images, strip, rows, room.lines,
				    room.v, v_step, s->precision == LT_BF16_FAST);
			want_operand(&ahead, &pass->in,
				     next_rows(&b, s->in_h, (size_t)s->in_w * s->in_c, at,
					       images, strip, made),
				     lt_cell_size(s->precision));
			multiply(s->precision, images * rows * b.columns, room.v, v_step,
				 s->in_c, pass->weight, room.m, m_step, s->out_c, &ahead);
			for (int t = 0; t < images * rows; t++) {
				int r = strip + t % rows;

				from_matrices(room.m + (size_t)t * b.columns * s->out_c, m_step,
					      s->out_c, b.columns, room.rows);
				vk_out_rows(pass, at + t / rows, TILE * r,
					    rows_end(r, s->out_h), room.rows, row);
			}
		}
	}
	end_stream(pass->stream);
}

/* A block's planes, and how far they are made. */
struct backward {
	const struct lt_conv_backward *pass;
	struct blocks b;
	struct room room;
	struct plane value, d;
	size_t in_planes, out_planes, in_step, out_step;
	bool data;
	struct ahead ahead;
};

/* What the next strip reads, and what this one's results will be joined with. */
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
		vk_conv_gradient_rows(w->pass, at + i, from, to,
				      (struct plane){w->d.at + i * w->out_planes, w->d.row});
	}
}

static void weights_back(const struct backward *w, int images, int strip, int rows, int block0,
			 int block1)
{
	const struct lt_conv_shape *s = &w->pass->shape;

	to_matrices(&w->b, w->value, w->in_planes, s->in_c, images, strip, rows, w->room.lines,
		    w->room.v, w->in_step, false);
	gradients_to_matrices(&w->b, w->d, w->out_planes, s->out_c, images, strip, rows,
			      w->room.m, w->out_step);
	for (int xi = 0; xi < XI; xi++) {
		if (!w->data)
			fetch_ahead(&w->ahead, xi, XI);
		vk_outer_channels(
			w->room.v + xi * w->in_step, s->in_c, w->room.m + xi * w->out_step,
			s->out_c, images * rows * w->b.columns,
			w->room.sums + (size_t)xi * s->in_c * s->out_c, block0, block1);
	}
}

static void data_back(const struct backward *w, int at, int images, int strip, int rows)
{
	const struct lt_conv_backward *pass = w->pass;
	const struct lt_conv_shape *s = &pass->shape;
	size_t row = (size_t)TILE * w->b.columns * s->in_c;

	to_matrices(&w->b, w->d, w->out_planes, s->out_c, images, strip, rows, w->room.lines,
		    w->room.v, w->out_step, s->precision == LT_BF16_FAST);
	multiply(s->precision, images * rows * w->b.columns, w->room.v, w->out_step, s->out_c,
		 pass->weight_back, w->room.m, w->in_step, s->in_c, &w->ahead);
	for (int t = 0; t < images * rows; t++) {
		int r = strip + t % rows, image = t / rows;

		from_matrices(w->room.m + (size_t)t * w->b.columns * s->in_c, w->in_step,
			      s->in_c, w->b.columns, w->room.rows);
		vk_in_grad_rows(
			&pass->in_grad, &pass->in, s->precision, pass->stream, at + image,
			TILE * r, rows_end(r, s->in_h),
			(struct plane){w->value.at + image * w->in_planes, w->value.row},
			w->room.rows, row);
	}
}

void vk_winograd_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct backward w = {.pass = pass, .b = blocks_of(s), .room = rooms(s, scratch)};
	size_t weights = (size_t)s->in_c * s->out_c;

	w.in_planes = plane_size(&w.b, s->in_c);
	w.out_planes = plane_size(&w.b, s->out_c);
	w.in_step = matrix_step(&w.b, s->in_c);
	w.out_step = matrix_step(&w.b, s->out_c);
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
			if (what & LT_BACK_WEIGHTS)
				weights_back(&w, images, strip, rows, block0, block1);
			if (w.data)
				data_back(&w, at, images, strip, rows);
		}
	}
	if (what & LT_BACK_WEIGHTS)
		finish_weights(s, w.room.sums, block0, block1, pass->weight_grad);
	end_stream(pass->stream);
}
