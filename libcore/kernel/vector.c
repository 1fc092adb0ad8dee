/*
 * The vectorised direct kernels.  One source, compiled once for each
 * instruction set (the Makefile's VECTOR_SETS); the compiler's vector
 * extensions take the place of intrinsics, and a set differs from another in
 * the length of its vectors and in how many accumulators fit its registers.
 *
 * Every convolution, forward or back, is made of one loop, dot_block: a block
 * of neighbouring pixels × 16 or 32 output channels stays in registers while
 * the taps and input channels go by.  Inputs are first made (batch norm,
 * shortcut, ReLU) into a plane with a border of zeros, which is in the L2 cache
 * when it is read, so that no tap needs a test.
 */
#include <string.h>

#include "kernel/sets.h"

#define NAME_(set) lt_kernels_##set
#define NAME(set) NAME_(set)
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

/* ------------------------------------------------------------- planes with a border */

struct plane {
	float *at;  /* of pixel (0, 0) */
	int row;    /* elements between rows */
};

/* A plane of h × w × c with a border of one pixel, the border cleared. */
static struct plane bordered(float *memory, int h, int w, int c)
{
	size_t row = (size_t)(w + 2) * c;

	memset(memory, 0, row * sizeof *memory);
	for (int y = 1; y <= h; y++) {
		memset(memory + y * row, 0, c * sizeof *memory);
		memset(memory + (y + 1) * row - c, 0, c * sizeof *memory);
	}
	memset(memory + (h + 1) * row, 0, row * sizeof *memory);
	return (struct plane){memory + row + c, (int)row};
}

static size_t bordered_size(int h, int w, int c)
{
	/* Rounded so that the next plane starts on a cache line too. */
	return ((size_t)(h + 2) * (w + 2) * c + 15) & ~(size_t)15;
}

/* One row of an operand; raw, skip and keep stand at the row's first pixel. */
INLINE void operand_row(const struct lt_operand *in, const float *raw, const float *skip, float *keep,
			float *out, const int c)
{
	const vec zero = all(0);
	int half = c / 2, quarter = c / 4;

	for (int x = 0; x < in->w; x++, raw += c, out += c) {
		for (int k = 0; k < c; k += LANES) {
			vec v = load(in->scale + k) * load(raw + k) + load(in->shift + k);

			if (in->skip_kind == LT_SKIP_SAME)
				v += load(skip + k);
			store(out + k, v);
		}
		if (in->skip_kind == LT_SKIP_SAME)
			skip += c;
		if (in->skip_kind == LT_SKIP_OPTION_A) {
			for (int k = 0; k < half; k += LANES)
				store(out + quarter + k, load(out + quarter + k) + load(skip + k));
			skip += c; /* two pixels of half the channels */
		}
		for (int k = 0; k < c; k += LANES) {
			vec v = load(out + k);

			/* Not "where v > 0": NaN stays, as in the reference. */
			v = select(~(v <= zero), v);
			store(out + k, v);
			if (keep)
				store(keep + k, v);
		}
		if (keep)
			keep += c;
	}
}

/* The operand's value for one image. */
static void operand_value(const struct lt_operand *in, int image, struct plane out)
{
	size_t row = (size_t)in->w * in->c, at = (size_t)in->h * row * image;

	for (int y = 0; y < in->h; y++) {
		float *to = out.at + (size_t)y * out.row;
		const float *raw = in->raw + at + y * row, *skip = in->skip;
		float *keep = in->store ? in->store + at + y * row : NULL;

		if (in->stored) {
			memcpy(to, in->stored + at + y * row, row * sizeof *to);
			continue;
		}
		if (in->skip_kind == LT_SKIP_SAME)
			skip += at + y * row;
		else if (in->skip_kind == LT_SKIP_OPTION_A)
			skip += 2 * (at + y * row); /* row 2y of the larger array */
		switch (in->c) {
		case 16:
			operand_row(in, raw, skip, keep, to, 16);
			break;
		case 32:
			operand_row(in, raw, skip, keep, to, 32);
			break;
		case 64:
			operand_row(in, raw, skip, keep, to, 64);
			break;
		default:
			operand_row(in, raw, skip, keep, to, in->c);
		}
	}
}

/* d = p g + q y + r for one image. */
static void conv_gradient(const struct lt_conv_backward *pass, int image, struct plane out)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t at = (size_t)s->out_h * s->out_w * s->out_c * image;
	const float *g = pass->grad + at, *raw = pass->raw + at;
	int c = s->out_c;

	for (int y = 0; y < s->out_h; y++) {
		float *to = out.at + (size_t)y * out.row;

		for (int x = 0; x < s->out_w; x++, g += c, raw += c, to += c)
			for (int k = 0; k < c; k += LANES)
				store(to + k, load(pass->p + k) * load(g + k) +
						      (load(pass->q + k) * load(raw + k) +
						       load(pass->r + k)));
	}
}

/* ------------------------------------------------------------------ the one loop */

/* Where each tap reads and which weights it takes. */
struct taps {
	int n;
	const float *x[9], *w[9];
};

/*
 * out[pixel][vector] = Σ over taps and c of x[pixel × step + c] × w[c × 16 + vector].
 * weight_step lies between two vectors of weights, out_step between two pixels.
 */
INLINE void dot_block(const int pixels, const int vectors, const struct taps *taps, const int c_in,
		      const int step, size_t weight_step, float *out, size_t out_step)
{
	vec sum[PIXELS][GROUP];

	UNROLL(8) for (int p = 0; p < pixels; p++)
		UNROLL(2) for (int v = 0; v < vectors; v++)
			sum[p][v] = all(0);
	for (int t = 0; t < taps->n; t++) {
		const float *x = taps->x[t], *w = taps->w[t];

		UNROLL(2) for (int c = 0; c < c_in; c++) {
			vec weight[GROUP];

			UNROLL(2) for (int v = 0; v < vectors; v++)
				weight[v] = load(w + (size_t)c * 16 + v * weight_step);
			UNROLL(8) for (int p = 0; p < pixels; p++)
				UNROLL(2) for (int v = 0; v < vectors; v++)
					sum[p][v] += weight[v] * x[p * step + c];
		}
	}
	UNROLL(8) for (int p = 0; p < pixels; p++)
		UNROLL(2) for (int v = 0; v < vectors; v++)
			store(out + p * out_step + v * LANES, sum[p][v]);
}

/* A row of n pixels in blocks; taps are moved along. */
INLINE void dot_row(const int vectors, struct taps *taps, const int c_in, const int step,
		    size_t weight_step, float *out, size_t out_step, int n)
{
	int p = 0;

	for (; p + PIXELS <= n; p += PIXELS) {
		dot_block(PIXELS, vectors, taps, c_in, step, weight_step, out + p * out_step, out_step);
		for (int t = 0; t < taps->n; t++)
			taps->x[t] += PIXELS * step;
	}
	for (; p < n; p++) {
		dot_block(1, vectors, taps, c_in, step, weight_step, out + p * out_step, out_step);
		for (int t = 0; t < taps->n; t++)
			taps->x[t] += step;
	}
}

/* The same, with the channel counts of the usual networks known to the compiler. */
static void dot_row_for(int vectors, struct taps *taps, int c_in, int step, size_t weight_step,
			float *out, size_t out_step, int n)
{
#define CASE(c, s)                                                                                  \
	if (c_in == (c) && step == (s)) {                                                           \
		if (vectors == GROUP)                                                               \
			dot_row(GROUP, taps, (c), (s), weight_step, out, out_step, n);              \
		else                                                                                \
			dot_row(1, taps, (c), (s), weight_step, out, out_step, n);                  \
		return;                                                                             \
	}
	CASE(16, 16)
	CASE(32, 32)
	CASE(64, 64)
	CASE(16, 32)
	CASE(32, 64)
	CASE(3, 3)
#undef CASE
	if (vectors == GROUP)
		dot_row(GROUP, taps, c_in, step, weight_step, out, out_step, n);
	else
		dot_row(1, taps, c_in, step, weight_step, out, out_step, n);
}

/*
 * Calls dot_row_for over all output channels: out is [pixel][channels], a
 * weight block (16 output channels) holds block_size elements, and make_taps
 * was done for block 0.
 */
static void dot_channels(const struct taps *taps, int channels, size_t block_size, int c_in, int step,
			 float *out, size_t out_step, int n)
{
	int first = 0;

	while (first < channels) {
		/* A group within one block, or (16 lanes) across two. */
		bool two = LANES < 16 || first + 2 * 16 <= channels;
		int vectors = two ? GROUP : 1;
		size_t weight_step = LANES < 16 ? (size_t)LANES : block_size;
		struct taps t = *taps;

		for (int i = 0; i < t.n; i++)
			t.w[i] += (size_t)(first / 16) * block_size + first % 16;
		dot_row_for(vectors, &t, c_in, step, weight_step, out + first, out_step, n);
		first += vectors * LANES;
	}
}

/* ------------------------------------------------------------------------ forward */

static bool usable(void)
{
#if defined(__AVX512F__)
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx2") &&
	       __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#elif defined(__AVX2__)
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
	       __builtin_cpu_supports("bmi2");
#else
	return true;
#endif
}

static size_t scratch_size(const struct lt_conv_shape *s)
{
	return 2 * bordered_size(s->in_h, s->in_w, s->in_c) +
	       bordered_size(s->out_h, s->out_w, s->out_c);
}

/* Sums over the pixels of v and of v × other, per channel. */
INLINE void channel_sums(const float *v, const float *other, size_t n, const int c, float *sums)
{
	for (int k = 0; k < c; k += LANES) {
		vec sum = all(0), product = all(0);

		for (size_t i = k; i < n; i += c) {
			sum += load(v + i);
			product += load(v + i) * load(other + i);
		}
		store(sums + k, sum);
		store(sums + c + k, product);
	}
}

static void conv_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t out_plane = (size_t)s->out_h * s->out_w * s->out_c;
	size_t block = (size_t)s->size * s->size * s->in_c * 16;
	struct plane in = bordered(scratch, s->in_h, s->in_w, s->in_c);
	int pad = s->size / 2;

	for (int image = first; image < first + n; image++) {
		float *out = pass->out + out_plane * image;

		operand_value(&pass->in, image, in);
		for (int y = 0; y < s->out_h; y++) {
			struct taps taps = {0};

			for (int kh = 0; kh < s->size; kh++)
				for (int kw = 0; kw < s->size; kw++) {
					taps.x[taps.n] = in.at + (y * s->stride + kh - pad) * in.row +
							 (kw - pad) * s->in_c;
					taps.w[taps.n] = pass->weight +
							 (size_t)(kh * s->size + kw) * s->in_c * 16;
					taps.n++;
				}
			dot_channels(&taps, s->out_c, block, s->in_c, s->stride * s->in_c,
				     out + (size_t)y * s->out_w * s->out_c, s->out_c, s->out_w);
		}
		if (pass->sums)
			channel_sums(out, out, out_plane, s->out_c,
				     pass->sums + (size_t)image * 2 * s->out_c);
	}
}

/* ----------------------------------------------------------------------- backward */

/*
 * Weights for the way back: [in / 16][kernel row][kernel column][out][16 of in].
 * The taps are not turned; data_back chooses them by their places.
 */
static void prepare(const struct lt_conv_shape *s, const float *master, float *forward, float *back)
{
	int taps = s->size * s->size;

	memcpy(forward, master, lt_conv_weights(s) * sizeof *master);
	if (!back || s->in_c % 16)
		return;
	for (int k = 0; k < s->out_c; k++)
		for (int t = 0; t < taps; t++)
			for (int c = 0; c < s->in_c; c++)
				back[(((size_t)(c / 16) * taps + t) * s->out_c + k) * 16 + c % 16] =
					master[(((size_t)(k / 16) * taps + t) * s->in_c + c) * 16 +
					       k % 16];
}

static void grad_finish(const struct lt_conv_shape *shape, const float *sum, float *master)
{
	memcpy(master, sum, lt_conv_weights(shape) * sizeof *master);
}

/* in_grad = (g + add) × [value > 0] and its sums; see the reference. */
static void finish_in_grad(const struct lt_operand *in, struct plane value, float *g,
			   enum lt_skip add_kind, const float *add, const float *below, int image,
			   float *in_grad, float *sums)
{
	int c = in->c, w = in->w;
	size_t plane = (size_t)in->h * w * c, at = plane * image;
	const vec zero = all(0);

	if (add_kind == LT_SKIP_OPTION_A)
		for (int y = 0; y < in->h / 2; y++)
			for (int x = 0; x < w / 2; x++) {
				float *to = g + ((size_t)2 * y * w + 2 * x) * c;
				const float *from = add + at / 2 +
						    ((size_t)y * (w / 2) + x) * 2 * c + c / 2;

				for (int k = 0; k < c; k += LANES)
					store(to + k, load(to + k) + load(from + k));
			}
	for (int y = 0; y < in->h; y++) {
		const float *v = value.at + (size_t)y * value.row;
		size_t i = (size_t)y * w * c;

		for (int e = 0; e < w * c; e += LANES) {
			vec x = load(g + i + e);

			if (add_kind == LT_SKIP_SAME)
				x += load(add + at + i + e);
			store(in_grad + at + i + e, select(load(v + e) > zero, x));
		}
	}
	channel_sums(in_grad + at, below + at, plane, c, sums + (size_t)image * 2 * c);
}

/*
 * g = weightᵀ ⊛ d.  With stride 2 an input pixel meets only the taps whose
 * parity is its own, so pixels are taken by parity, neighbours 2 apart.
 */
static void data_back(const struct lt_conv_backward *pass, struct plane d, float *g)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t block = (size_t)s->size * s->size * s->out_c * 16;
	int pad = s->size / 2, stride = s->stride;

	for (int y = 0; y < s->in_h; y++)
		for (int phase = 0; phase < stride; phase++) {
			int pixels = (s->in_w - phase + stride - 1) / stride;
			float *out = g + ((size_t)y * s->in_w + phase) * s->in_c;
			struct taps taps = {0};

			for (int kh = 0; kh < s->size; kh++)
				for (int kw = 0; kw < s->size; kw++) {
					int dy = y + pad - kh, dx = phase + pad - kw;

					if ((dy & (stride - 1)) || (dx & (stride - 1)))
						continue;
					/* Arithmetic shifts: dx may be -1 or -2, in the border. */
					dy = stride == 2 ? dy >> 1 : dy;
					dx = stride == 2 ? dx >> 1 : dx;
					if (dy > s->out_h)
						continue;
					taps.x[taps.n] = d.at + dy * d.row + dx * s->out_c;
					taps.w[taps.n] = pass->weight_back +
							 (size_t)(kh * s->size + kw) * s->out_c * 16;
					taps.n++;
				}
			dot_channels(&taps, s->in_c, block, s->out_c, s->out_c, out,
				     (size_t)stride * s->in_c, pixels);
		}
}

/*
 * Gradient of the weights of one kernel row, `ins` input channels from c0 and
 * one vector of output channels: ins × 3 accumulators, one vector of d for all.
 */
INLINE void weights_block(const struct lt_conv_shape *s, struct plane x, struct plane d, int kh,
			  const int size, int c0, const int ins, int k, float *w)
{
	int pad = size / 2, c = s->in_c;
	vec sum[3][IN_BLOCK];

	UNROLL(3) for (int kw = 0; kw < size; kw++)
		UNROLL(8) for (int i = 0; i < ins; i++)
			sum[kw][i] = load(w + ((size_t)kw * c + i) * 16);
	for (int y = 0; y < s->out_h; y++) {
		const float *from = x.at + (y * s->stride + kh - pad) * x.row - pad * c + c0;
		const float *at = d.at + (size_t)y * d.row + k;

		for (int p = 0; p < s->out_w; p++, from += s->stride * c, at += s->out_c) {
			vec g = load(at);

			UNROLL(3) for (int kw = 0; kw < size; kw++)
				UNROLL(8) for (int i = 0; i < ins; i++)
					sum[kw][i] += g * from[kw * c + i];
		}
	}
	UNROLL(3) for (int kw = 0; kw < size; kw++)
		UNROLL(8) for (int i = 0; i < ins; i++)
			store(w + ((size_t)kw * c + i) * 16, sum[kw][i]);
}

static void weights_back(const struct lt_conv_backward *pass, int block0, int block1, struct plane x,
			 struct plane d)
{
	const struct lt_conv_shape *s = &pass->shape;

	for (int b = block0; b < block1; b++)
		for (int kh = 0; kh < s->size; kh++)
			for (int v = 0; v < VECTORS; v++) {
				int c = 0, k = b * 16 + v * LANES;
				float *w = pass->weight_grad +
					   ((size_t)b * s->size + kh) * s->size * s->in_c * 16 +
					   v * LANES;

				for (; s->size == 3 && c + IN_BLOCK <= s->in_c; c += IN_BLOCK)
					weights_block(s, x, d, kh, 3, c, IN_BLOCK, k, w + c * 16);
				for (; s->size == 3 && c + 3 <= s->in_c; c += 3)
					weights_block(s, x, d, kh, 3, c, 3, k, w + c * 16);
				for (; s->size == 1 && c + IN_BLOCK <= s->in_c; c += IN_BLOCK)
					weights_block(s, x, d, kh, 1, c, IN_BLOCK, k, w + c * 16);
				for (; s->size == 3 && c < s->in_c; c++)
					weights_block(s, x, d, kh, 3, c, 1, k, w + c * 16);
				for (; s->size == 1 && c < s->in_c; c++)
					weights_block(s, x, d, kh, 1, c, 1, k, w + c * 16);
			}
}

static void conv_backward(const struct lt_conv_backward *pass, int first, int n, int what, int block0,
			  int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t in_size = bordered_size(s->in_h, s->in_w, s->in_c);
	struct plane value = bordered(scratch, s->in_h, s->in_w, s->in_c);
	struct plane d = bordered(scratch + 2 * in_size, s->out_h, s->out_w, s->out_c);
	float *g = scratch + in_size;

	for (int image = first; image < first + n; image++) {
		operand_value(&pass->in, image, value);
		conv_gradient(pass, image, d);
		if (what & LT_BACK_WEIGHTS)
			weights_back(pass, block0, block1, value, d);
		if ((what & LT_BACK_DATA) && pass->in_grad) {
			data_back(pass, d, g);
			finish_in_grad(&pass->in, value, g, pass->add_kind, pass->add, pass->below,
				       image, pass->in_grad, pass->sums);
		}
	}
}

/* --------------------------------------------------------------------- the others */

static void pool_forward(const struct lt_pool_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;
	struct plane value = {scratch, in->w * in->c};

	for (int image = first; image < first + n; image++) {
		float *feature = pass->feature + (size_t)image * in->c;

		operand_value(in, image, value);
		for (int k = 0; k < in->c; k += LANES) {
			vec sum = all(0);

			for (int i = 0; i < pixels; i++)
				sum += load(scratch + (size_t)i * in->c + k);
			store(feature + k, sum / all((float)pixels));
		}
	}
}

static void pool_backward(const struct lt_pool_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;
	struct plane value = {scratch, in->w * in->c};
	float *g = scratch + (size_t)pixels * in->c;

	for (int image = first; image < first + n; image++) {
		const float *feature = pass->feature_grad + (size_t)image * in->c;

		operand_value(in, image, value);
		for (int k = 0; k < in->c; k += LANES) {
			vec share = load(feature + k) / all((float)pixels);

			for (int i = 0; i < pixels; i++)
				store(g + (size_t)i * in->c + k, share);
		}
		finish_in_grad(in, value, g, LT_SKIP_NONE, NULL, pass->below, image, pass->in_grad,
			       pass->sums);
	}
}

static void add(float *to, const float *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += from[i];
}

static void sgd(float *w, float *m, const float *g, size_t n, float rate, float momentum, float decay,
		bool nesterov)
{
	for (size_t i = 0; i < n; i++) {
		float step = g[i] + decay * w[i];

		m[i] = momentum * m[i] + step;
		w[i] -= rate * (nesterov ? step + momentum * m[i] : m[i]);
	}
}


static double multiply_adds(long rounds)
{
	enum { CHAINS = 12 };
	volatile float result;
	vec a[CHAINS], times = all(0.9999f), plus = all(1e-4f);

	UNROLL(12) for (int j = 0; j < CHAINS; j++)
		a[j] = all((float)j);
	for (long i = 0; i < rounds; i++)
		UNROLL(12) for (int j = 0; j < CHAINS; j++)
			a[j] = a[j] * times + plus;
	for (int j = 1; j < CHAINS; j++)
		a[0] += a[j];
	result = a[0][0];
	(void)result;
	return 2.0 * CHAINS * LANES * (double)rounds;
}

const struct lt_kernels NAME(LT_VECTOR_SET) = {
	.name = LT_VECTOR_NAME,
	.usable = usable,
	.weight_size = lt_conv_weights,
	.grad_size = lt_conv_weights,
	.scratch_size = scratch_size,
	.prepare = prepare,
	.grad_finish = grad_finish,
	.conv_forward = conv_forward,
	.conv_backward = conv_backward,
	.pool_forward = pool_forward,
	.pool_backward = pool_backward,
	.add = add,
	.sgd = sgd,
	.multiply_adds = multiply_adds,
};
