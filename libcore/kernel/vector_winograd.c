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
	int wide = s->in_c > s->out_c ? s->in_c : s->out_c;
	int want = wide <= 16 ? 64 : wide <= 32 ? 32 : 16;
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
	return vk_bordered(memory, h, w, c, TILE * b->rows + 1 - h, TILE * b->columns + 1 - w);
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
	float *gradient;  /* data: in_grad before masking, an image; weights: sums a point */
	size_t total;
};

static struct room rooms(const struct lt_conv_shape *s, float *memory)
{
	struct blocks b = blocks_of(s);
	int wide = s->in_c > s->out_c ? s->in_c : s->out_c;
	size_t sizes[6], at = 0;
	float *places[6];
	size_t image = (size_t)s->in_h * s->in_w * s->in_c,
	       sums = (size_t)XI * s->in_c * s->out_c;

	sizes[0] = plane_size(&b, s->in_c) * b.images;
	sizes[1] = plane_size(&b, s->out_c) * b.images;
	sizes[2] = (size_t)POINTS * (TILE * b.columns + 2) * LANES;
	sizes[3] = sizes[4] = XI * matrix_step(&b, wide);
	sizes[5] = image * b.images + sums;
	for (int i = 0; i < 6; i++) {
		places[i] = memory ? memory + at : NULL;
		at += (sizes[i] + 31) & ~(size_t)31;
	}
	return (struct room){places[0], places[1], places[2], places[3],
			     places[4], places[5], at};
}

size_t vk_winograd_scratch(const struct lt_conv_shape *s)
{
	return rooms(s, NULL).total;
}

/* ------------------------------------------------------------------------- weights */

/* 3×3 vectors of weights to the 36 points, step elements apart. */
INLINE void transform_kernel(vec g[3][3], float *to, size_t step)
{
	vec half[3][6];

	for (int j = 0; j < 3; j++) {
		vec column[3] = {g[0][j], g[1][j], g[2][j]};

		kernel_to_points(column, half[j]);
	}
	for (int i = 0; i < 6; i++) {
		vec line[3] = {half[0][i], half[1][i], half[2][i]}, o[6];

		kernel_to_points(line, o);
		for (int j = 0; j < 6; j++)
			store(to + (size_t)(i * 6 + j) * step, o[j]);
	}
}

/* Forward [point][out / 16][in][16 of out]; back the turned kernels, [point][in / 16][out][16
 * of in]. */
void vk_winograd_prepare(const struct lt_conv_shape *s, const float *master, float *forward,
			 float *back)
{
	size_t step = (size_t)s->in_c * s->out_c;
	vec g[3][3];

	for (int k = 0; k < s->out_c / 16; k++)
		for (int c = 0; c < s->in_c; c++)
			for (int e = 0; e < 16; e += LANES) {
				for (int t = 0; t < 9; t++)
					g[t / 3][t % 3] = load(
						master +
						(((size_t)k * 9 + t) * s->in_c + c) * 16 + e);
				transform_kernel(
					g, forward + ((size_t)k * s->in_c + c) * 16 + e, step);
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
			transform_kernel(g,
					 back + ((size_t)(c / 16) * s->out_c + k) * 16 + c % 16,
					 step);
		}
}

/* weight_grad += Gᵀ sums G for blocks of 16 output channels. */
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

						store(to, load(to) + o[i]);
					}
				}
			}
}

/* ------------------------------------------------------------------ tiles to points */

/*
 * Bᵀ d B for one tile row and one vector of channels: from points to the first
 * tile's top left input (in the border), v to the first tile's channel.
 */
INLINE void tile_row_to_points(const float *from, int row, const int c, int columns,
			       float *lines, float *v, size_t step)
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
	for (int t = 0; t < columns; t++, v += c) {
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
				store(v + (size_t)(i * 6 + j) * step, o[j]);
		}
	}
}

/* All tiles of a block: planes follow each other plane_step apart. */
INLINE void block_to_points(const struct blocks *b, struct plane plane, size_t plane_step,
			    const int c, int images, int first_row, int rows, float *lines,
			    float *v, size_t step)
{
	for (int image = 0; image < images; image++)
		for (int r = 0; r < rows; r++) {
			const float *from =
				plane.at + image * plane_step +
				(ptrdiff_t)(TILE * (first_row + r) - 1) * plane.row - c;
			float *to = v + (size_t)(image * rows + r) * b->columns * c;

			for (int k = 0; k < c; k += LANES)
				tile_row_to_points(from + k, plane.row, c, b->columns, lines,
						   to + k, step);
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

/* The 36 products of a block: m[point][tile][out] = v[point][tile][in] × weights. */
static void multiply(int tiles, const float *v, size_t v_step, int c_in, const float *weights,
		     int c_out, float *m, size_t m_step)
{
	for (int xi = 0; xi < XI; xi++) {
		struct taps taps = {.n = 1};

		taps.x[0] = v + xi * v_step;
		taps.w[0] = weights + (size_t)xi * c_in * c_out;
		vk_dot_channels(&taps, c_out, (size_t)c_in * 16, c_in, c_in, m + xi * m_step,
				(size_t)c_out, tiles);
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

/* Outputs of a block into images of h × w × c, clipped at the edges; image_step lies between
 * images. */
INLINE void block_from_points(const struct blocks *b, const float *m, size_t step, const int c,
			      int images, int first_row, int rows, int h, int w, float *out,
			      size_t image_step)
{
	for (int image = 0; image < images; image++)
		for (int r = 0; r < rows; r++)
			for (int t = 0; t < b->columns; t++, m += c) {
				int y0 = TILE * (first_row + r), x0 = TILE * t;
				int high = h - y0 < TILE ? h - y0 : TILE;
				int wide = w - x0 < TILE ? w - x0 : TILE;
				float *to =
					out + image * image_step + ((size_t)y0 * w + x0) * c;

				for (int k = 0; k < c; k += LANES) {
					vec o[4][4];

					tile_from_points(m + k, step, o);
					if (high == TILE && wide == TILE) {
						UNROLL(4)
						for (int i = 0; i < 4; i++) {
							UNROLL(4)
							for (int j = 0; j < 4; j++)
								store(to +
									      ((size_t)i * w +
									       j) * c +
									      k,
								      o[i][j]);
						}
						continue;
					}
					for (int i = 0; i < high; i++)
						for (int j = 0; j < wide; j++)
							store(to + ((size_t)i * w + j) * c + k,
							      o[i][j]);
				}
			}
}

/* The transforms with the usual numbers of channels known to the compiler. */
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

static void to_matrices(const struct blocks *b, struct plane plane, size_t plane_step, int c,
			int images, int first_row, int rows, float *lines, float *v,
			size_t step)
{
	FOR_CHANNELS(c, block_to_points(b, plane, plane_step, C, images, first_row, rows, lines,
					v, step))
}

static void gradients_to_matrices(const struct blocks *b, struct plane plane, size_t plane_step,
				  int c, int images, int first_row, int rows, float *to,
				  size_t step)
{
	FOR_CHANNELS(c,
		     block_spread(b, plane, plane_step, C, images, first_row, rows, to, step))
}

static void from_matrices(const struct blocks *b, const float *m, size_t step, int c,
			  int images, int first_row, int rows, int h, int w, float *out,
			  size_t image_step)
{
	FOR_CHANNELS(c, block_from_points(b, m, step, C, images, first_row, rows, h, w, out,
					  image_step))
}

/* ------------------------------------------------------------------------- passes */

void vk_winograd_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct blocks b = blocks_of(s);
	struct room room = rooms(s, scratch);
	size_t planes = plane_size(&b, s->in_c), image = (size_t)s->out_h * s->out_w * s->out_c;
	size_t v_step = matrix_step(&b, s->in_c), m_step = matrix_step(&b, s->out_c);
	struct plane plane = {0};

	for (int i = b.images - 1; i >= 0; i--)
		plane = tiled(&b, room.value + i * planes, s->in_h, s->in_w, s->in_c);
	for (int at = first; at < first + n; at += b.images) {
		int images = first + n - at < b.images ? first + n - at : b.images;

		for (int i = 0; i < images; i++)
			vk_operand_value(&pass->in, at + i,
					 (struct plane){plane.at + i * planes, plane.row});
		for (int row = 0; row < b.rows; row += b.strip) {
			int rows = b.rows - row < b.strip ? b.rows - row : b.strip;

			to_matrices(&b, plane, planes, s->in_c, images, row, rows, room.lines,
				    room.v, v_step);
			multiply(images * rows * b.columns, room.v, v_step, s->in_c,
				 pass->weight, s->out_c, room.m, m_step);
			from_matrices(&b, room.m, m_step, s->out_c, images, row, rows, s->out_h,
				      s->out_w, pass->out + at * image, image);
		}
		for (int i = 0; pass->sums && i < images; i++)
			vk_channel_sums(pass->out + (at + i) * image,
					pass->out + (at + i) * image, image, s->out_c,
					pass->sums + (size_t)(at + i) * 2 * s->out_c);
	}
}

void vk_winograd_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct blocks b = blocks_of(s);
	struct room room = rooms(s, scratch);
	size_t in_planes = plane_size(&b, s->in_c), out_planes = plane_size(&b, s->out_c);
	size_t image = (size_t)s->in_h * s->in_w * s->in_c;
	size_t in_step = matrix_step(&b, s->in_c), out_step = matrix_step(&b, s->out_c);
	size_t weights = (size_t)s->in_c * s->out_c;
	bool data = (what & LT_BACK_DATA) && pass->in_grad;
	float *gradient = room.gradient, *sums = room.gradient + image * b.images;
	struct plane value = {0}, d = {0};

	for (int i = b.images - 1; i >= 0; i--) {
		value = tiled(&b, room.value + i * in_planes, s->in_h, s->in_w, s->in_c);
		d = tiled(&b, room.d + i * out_planes, s->out_h, s->out_w, s->out_c);
	}
	if (what & LT_BACK_WEIGHTS)
		for (int xi = 0; xi < XI; xi++)
			memset(sums + xi * weights + (size_t)block0 * s->in_c * 16, 0,
			       (size_t)(block1 - block0) * s->in_c * 16 * sizeof *sums);
	for (int at = first; at < first + n; at += b.images) {
		int images = first + n - at < b.images ? first + n - at : b.images;

		for (int i = 0; i < images; i++) {
			vk_operand_value(&pass->in, at + i,
					 (struct plane){value.at + i * in_planes, value.row});
			vk_conv_gradient(pass, at + i,
					 (struct plane){d.at + i * out_planes, d.row});
		}
		for (int row = 0; row < b.rows; row += b.strip) {
			int rows = b.rows - row < b.strip ? b.rows - row : b.strip;
			int tiles = images * rows * b.columns;

			if (what & LT_BACK_WEIGHTS) {
				to_matrices(&b, value, in_planes, s->in_c, images, row, rows,
					    room.lines, room.v, in_step);
				gradients_to_matrices(&b, d, out_planes, s->out_c, images, row,
						      rows, room.m, out_step);
				for (int xi = 0; xi < XI; xi++)
					vk_outer_channels(room.v + xi * in_step, s->in_c,
							  room.m + xi * out_step, s->out_c,
							  tiles, sums + xi * weights, block0,
							  block1);
			}
			if (data) {
				to_matrices(&b, d, out_planes, s->out_c, images, row, rows,
					    room.lines, room.v, out_step);
				multiply(tiles, room.v, out_step, s->out_c, pass->weight_back,
					 s->in_c, room.m, in_step);
				from_matrices(&b, room.m, in_step, s->in_c, images, row, rows,
					      s->in_h, s->in_w, gradient, image);
			}
		}
		for (int i = 0; data && i < images; i++)
			vk_finish_in_grad(&pass->in,
					  (struct plane){value.at + i * in_planes, value.row},
					  gradient + i * image, pass->add_kind, pass->add,
					  pass->below, at + i, pass->in_grad, pass->sums);
	}
	if (what & LT_BACK_WEIGHTS)
		finish_weights(s, sums, block0, block1, pass->weight_grad);
}
