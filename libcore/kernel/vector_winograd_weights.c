/*
 * Winograd's transforms of weights, before passes, and of their gradients, after sums over all
 * tiles.
 */
#include "kernel/vector_winograd.h"

size_t vk_winograd_weight_size(const struct lt_conv_shape *s)
{
	return XI * weight_point(s->in_c, s->out_c, false);
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

void vk_winograd_finish(const struct lt_conv_shape *s, const float *sums, int block0,
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
