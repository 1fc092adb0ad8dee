/*
 * The reference kernels: the formulas of kernel.h, pixel by pixel, in plain C.  They are
 * slow on purpose and never optimised.  The tuned sets are tested against them; in double
 * precision they are compared with PyTorch's float64.
 */
#include <string.h>

#include "kernel/bf16.h"
#include "kernel/sets.h"

static bool usable(void)
{
	return true;
}

static size_t weight_size(const struct lt_conv_shape *shape)
{
	return lt_conv_weights(shape);
}

/*
 * Scratch memory for one image: the value of in, the gradient at it, and the convolution's
 * output or the gradient d at that output.
 */
static size_t scratch_size(const struct lt_conv_shape *shape)
{
	return 2 * (size_t)shape->in_h * shape->in_w * shape->in_c +
	       (size_t)shape->out_h * shape->out_w * shape->out_c;
}

/* In the master layout, [out / 16][tap][in][16 of out], for both directions. */
static void prepare(const struct lt_conv_shape *shape, const lt_real *master, bool back,
		    int block0, int block1, lt_real *to)
{
	size_t line = (size_t)shape->in_c * 16, taps = (size_t)shape->size * shape->size;
	size_t first = back ? 0 : (size_t)block0 * taps;
	size_t end = (back ? (size_t)shape->out_c / 16 : (size_t)block1) * taps;
	size_t at = back ? (size_t)block0 * 256 : 0;
	size_t n = back ? (size_t)(block1 - block0) * 256 : line;

	for (size_t i = first; i < end; i++)
		memcpy(to + i * line + at, master + i * line + at, n * sizeof *to);
}

/* Index of weight (k, kh, kw, c) in the master layout. */
static size_t weight_at(const struct lt_conv_shape *s, int k, int kh, int kw, int c)
{
	return ((((size_t)(k / 16) * s->size + kh) * s->size + kw) * s->in_c + c) * 16 + k % 16;
}

static lt_real get(const lt_cells *cells, enum lt_precision precision, size_t i)
{
	if (precision == LT_PRECISE)
		return ((const lt_real *)cells)[i];
	return lt_from_bf16(((const lt_bf16 *)cells)[i]);
}

static void put(lt_cells *cells, enum lt_precision precision, size_t i, lt_real x)
{
	if (precision == LT_PRECISE)
		((lt_real *)cells)[i] = x;
	else
		((lt_bf16 *)cells)[i] = lt_to_bf16((float)x);
}

/* The value that a shortcut adds to element i of an image: pixel (y, x), channel k. */
static lt_real skip_value(const struct lt_operand *in, enum lt_precision precision, int image,
			  int y, int x, int k)
{
	size_t plane = (size_t)in->h * in->w * in->c;
	size_t i = ((size_t)y * in->w + x) * in->c + k;
	int half = in->c / 2, channel = k - in->c / 4;

	switch (in->skip_kind) {
	case LT_SKIP_NONE:
		break;
	case LT_SKIP_SAME:
		return get(in->skip, precision, plane * image + i);
	case LT_SKIP_OPTION_A:
		if (channel < 0 || channel >= half)
			break;
		i = ((size_t)2 * y * 2 * in->w + 2 * x) * half + channel;
		return get(in->skip, precision, 2 * plane * image + i);
	case LT_SKIP_PROJECTION:
		return in->skip_scale[k] * get(in->skip, precision, plane * image + i) +
		       in->skip_shift[k];
	}
	return 0;
}

static void make_value(const struct lt_operand *in, enum lt_precision precision, int image,
		       lt_real *out)
{
	size_t at = (size_t)in->h * in->w * in->c * image, i = 0;

	for (int y = 0; y < in->h; y++)
		for (int x = 0; x < in->w; x++)
			for (int k = 0; k < in->c; k++, i++) {
				lt_real v = in->scale[k] * get(in->raw, precision, at + i) +
					    in->shift[k];

				if (in->skip_kind != LT_SKIP_NONE)
					v += skip_value(in, precision, image, y, x, k);
				/* NaN is kept: divergence must be seen. */
				if (v <= 0)
					v = in->slope > 0 ? in->slope * v : 0;
				out[i] = v;
			}
}

/*
 * If the value is stored, it is rounded to a cell before this pass uses it: all readers
 * must see the same number.
 */
static void operand_value(const struct lt_operand *in, enum lt_precision precision, int image,
			  lt_real *out)
{
	size_t plane = (size_t)in->h * in->w * in->c, at = plane * image;
	const lt_cells *cells = in->stored;

	if (in->image) {
		memcpy(out, in->image + at, plane * sizeof *out);
		return;
	}
	if (!cells) {
		make_value(in, precision, image, out);
		if (!in->store)
			return;
		for (size_t i = 0; i < plane; i++)
			put(in->store, precision, at + i, out[i]);
		cells = in->store;
	}
	for (size_t i = 0; i < plane; i++)
		out[i] = get(cells, precision, at + i);
}

/*
 * Does a kernel's tap at an output pixel meet an input pixel?  at: the element of that
 * pixel.
 */
static bool tap_at(const struct lt_conv_shape *s, int y, int x, int kh, int kw, size_t *at)
{
	int iy = y * s->stride + kh - s->size / 2, ix = x * s->stride + kw - s->size / 2;

	*at = ((size_t)iy * s->in_w + ix) * s->in_c;
	return iy >= 0 && iy < s->in_h && ix >= 0 && ix < s->in_w;
}

static lt_real output(const struct lt_conv_shape *s, const lt_real *weight,
		      const lt_real *value, int y, int x, int k)
{
	lt_real sum = 0;
	size_t at;

	for (int kh = 0; kh < s->size; kh++)
		for (int kw = 0; kw < s->size; kw++) {
			if (!tap_at(s, y, x, kh, kw, &at))
				continue;
			for (int c = 0; c < s->in_c; c++)
				sum += value[at + c] * weight[weight_at(s, k, kh, kw, c)];
		}
	return sum;
}

static void conv_forward(const struct lt_conv_forward *pass, int first, int n, lt_real *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t out_plane = (size_t)s->out_h * s->out_w * s->out_c;
	lt_real *y_of = scratch + 2 * (size_t)s->in_h * s->in_w * s->in_c;

	for (int image = first; image < first + n; image++) {
		size_t i = 0;

		operand_value(&pass->in, s->precision, image, scratch);
		for (int y = 0; y < s->out_h; y++)
			for (int x = 0; x < s->out_w; x++)
				for (int k = 0; k < s->out_c; k++)
					y_of[i++] = output(s, pass->weight, scratch, y, x, k);
		for (i = 0; i < out_plane; i++) {
			if (pass->add)
				y_of[i] += get(pass->add, s->precision, out_plane * image + i);
			put(pass->out, s->precision, out_plane * image + i, y_of[i]);
		}
		for (int k = 0; pass->sums && k < s->out_c; k++) {
			lt_real sum = 0, squares = 0;

			for (i = k; i < out_plane; i += s->out_c) {
				sum += y_of[i];
				squares += y_of[i] * y_of[i];
			}
			pass->sums[(size_t)image * 2 * s->out_c + k] = sum;
			pass->sums[(size_t)image * 2 * s->out_c + s->out_c + k] = squares;
		}
	}
}

/* g += the gradient from the other readers of the activation. */
static void add_gradient(const struct lt_operand *in, const struct lt_in_grad *to,
			 enum lt_precision precision, int image, lt_real *g)
{
	size_t plane = (size_t)in->h * in->w * in->c, at = plane * image;
	/* The shape of the smaller array at the other end of an option A shortcut. */
	int h = in->h / 2, w = in->w / 2, c = in->c * 2;

	if (to->add_kind == LT_SKIP_SAME)
		for (size_t i = 0; i < plane; i++)
			g[i] += get(to->add, precision, at + i);
	if (to->add_kind != LT_SKIP_OPTION_A)
		return;
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			for (int k = 0; k < in->c; k++)
				g[((size_t)2 * y * in->w + 2 * x) * in->c + k] +=
					get(to->add, precision,
					    at / 2 + ((size_t)y * w + x) * c + c / 4 + k);
}

static void sum_below(const lt_cells *below, lt_real *sums, enum lt_precision precision,
		      int image, size_t plane, int c, const lt_real *g)
{
	sums += (size_t)image * 2 * c;
	for (int k = 0; k < c; k++) {
		lt_real sum = 0, product = 0;

		for (size_t i = k; i < plane; i += c) {
			sum += g[i];
			product += g[i] * get(below, precision, plane * image + i);
		}
		sums[k] = sum;
		sums[c + k] = product;
	}
}

/* The last step of every backward pass; g is overwritten. */
static void finish_in_grad(const struct lt_operand *in, const struct lt_in_grad *to,
			   enum lt_precision precision, int image, const lt_real *value,
			   lt_real *g)
{
	size_t plane = (size_t)in->h * in->w * in->c, at = plane * image;

	add_gradient(in, to, precision, image, g);
	for (size_t i = 0; i < plane; i++) {
		if (!to->partial && !(value[i] > 0))
			g[i] = in->slope > 0 ? in->slope * g[i] : 0;
		put(to->to, precision, at + i, g[i]);
	}
	for (int i = 0; i < 2 && !to->partial; i++)
		if (to->below[i])
			sum_below(to->below[i], to->sums[i], precision, image, plane, in->c, g);
}

/* d = p g + q y + r at the output of a convolution. */
static void output_gradient(const struct lt_conv_shape *s, const lt_cells *grad,
			    const lt_cells *raw, const lt_real *p, const lt_real *q,
			    const lt_real *r, int image, lt_real *d)
{
	size_t plane = (size_t)s->out_h * s->out_w * s->out_c;

	for (size_t i = 0; i < plane; i++) {
		size_t at = plane * image + i;
		int k = (int)(i % s->out_c);

		d[i] = p[k] * get(grad, s->precision, at) + q[k] * get(raw, s->precision, at) +
		       r[k];
	}
}

/* g = weightᵀ ⊛ d, for weights in the master layout. */
static void transposed(const struct lt_conv_shape *s, const lt_real *weight, const lt_real *d,
		       lt_real *g)
{
	int pad = s->size / 2;

	for (int iy = 0; iy < s->in_h; iy++)
		for (int ix = 0; ix < s->in_w; ix++)
			for (int c = 0; c < s->in_c; c++) {
				lt_real sum = 0;

				for (int kh = 0; kh < s->size; kh++)
					for (int kw = 0; kw < s->size; kw++) {
						int y = iy + pad - kh, x = ix + pad - kw;
						const lt_real *at;

						if (y < 0 || x < 0 || y % s->stride ||
						    x % s->stride)
							continue;
						y /= s->stride;
						x /= s->stride;
						if (y >= s->out_h || x >= s->out_w)
							continue;
						at = d + ((size_t)y * s->out_w + x) * s->out_c;
						for (int k = 0; k < s->out_c; k++)
							sum += at[k] *
							       weight[weight_at(s, k, kh, kw,
										c)];
					}
				g[((size_t)iy * s->in_w + ix) * s->in_c + c] = sum;
			}
}

/* The contribution of one image to the gradient of weight (k, kh, kw, c). */
static lt_real weight_gradient(const struct lt_conv_shape *s, const lt_real *value,
			       const lt_real *d, int k, int kh, int kw, int c)
{
	lt_real sum = 0;
	size_t at;

	for (int y = 0; y < s->out_h; y++)
		for (int x = 0; x < s->out_w; x++)
			if (tap_at(s, y, x, kh, kw, &at))
				sum += d[((size_t)y * s->out_w + x) * s->out_c + k] *
				       value[at + c];
	return sum;
}

static void weights_back(const struct lt_conv_backward *pass, int block0, int block1,
			 const lt_real *value, const lt_real *d)
{
	const struct lt_conv_shape *s = &pass->shape;

	for (int k = block0 * 16; k < block1 * 16; k++)
		for (int kh = 0; kh < s->size; kh++)
			for (int kw = 0; kw < s->size; kw++)
				for (int c = 0; c < s->in_c; c++)
					pass->weight_grad[weight_at(s, k, kh, kw, c)] +=
						weight_gradient(s, value, d, k, kh, kw, c);
}

static void conv_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, lt_real *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t in_plane = (size_t)s->in_h * s->in_w * s->in_c;
	size_t block = (size_t)s->size * s->size * s->in_c * 16;
	lt_real *value = scratch, *g = value + in_plane, *d = g + in_plane;

	if (what & LT_BACK_WEIGHTS)
		memset(pass->weight_grad + block0 * block, 0,
		       (block1 - block0) * block * sizeof(lt_real));
	for (int image = first; image < first + n; image++) {
		operand_value(&pass->in, s->precision, image, value);
		output_gradient(s, pass->grad, pass->raw, pass->p, pass->q, pass->r, image, d);
		if (what & LT_BACK_WEIGHTS)
			weights_back(pass, block0, block1, value, d);
		if (!(what & LT_BACK_DATA) || !pass->in_grad.to)
			continue;
		transposed(s, pass->weight_back, d, g);
		finish_in_grad(&pass->in, &pass->in_grad, s->precision, image, value, g);
	}
}

static void sum_backward(const struct lt_sum_backward *pass, int first, int n)
{
	size_t plane = (size_t)pass->h * pass->w * pass->c;

	for (size_t i = plane * first; i < plane * (first + n); i++) {
		int k = (int)(i % pass->c);
		lt_real d = pass->p[k] * get(pass->grad, pass->precision, i) +
			    pass->q[k] * get(pass->raw, pass->precision, i) + pass->r[k];

		if (pass->add)
			d += get(pass->add, pass->precision, i);
		put(pass->to, pass->precision, i, d);
	}
}

static void image_backward(const struct lt_image_backward *pass, int first, int n,
			   lt_real *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t plane = (size_t)s->in_h * s->in_w * s->in_c;
	lt_real *g = scratch, *d = scratch + plane;

	for (int image = first; image < first + n; image++) {
		lt_real *to = pass->image_grad + plane * image;

		output_gradient(s, pass->grad, pass->raw, pass->p, pass->q, pass->r, image, d);
		transposed(s, pass->weight, d, g);
		for (size_t i = 0; i < plane; i++)
			to[i] = pass->adds ? to[i] + g[i] : g[i];
	}
}

static void pool_forward(const struct lt_pool_pass *pass, int first, int n, lt_real *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;

	for (int image = first; image < first + n; image++) {
		operand_value(in, pass->precision, image, scratch);
		for (int k = 0; k < in->c; k++) {
			lt_real sum = 0;

			for (int i = 0; i < pixels; i++)
				sum += scratch[(size_t)i * in->c + k];
			pass->feature[(size_t)image * in->c + k] = sum / (lt_real)pixels;
		}
	}
}

static void pool_backward(const struct lt_pool_pass *pass, int first, int n, lt_real *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;
	lt_real *g = scratch + (size_t)pixels * in->c;

	for (int image = first; image < first + n; image++) {
		operand_value(in, pass->precision, image, scratch);
		for (int i = 0; i < pixels; i++)
			for (int k = 0; k < in->c; k++)
				g[(size_t)i * in->c + k] =
					pass->feature_grad[(size_t)image * in->c + k] /
					(lt_real)pixels;
		finish_in_grad(in, &pass->in_grad, pass->precision, image, scratch, g);
	}
}

/*
 * The element of a plane that is the maximum of the window of output pixel (y, x), channel
 * k: the first of the largest, or the first NaN.
 */
static size_t winner(const struct lt_operand *in, const lt_real *value, int y, int x, int k)
{
	size_t best = SIZE_MAX;

	for (int iy = 2 * y - 1; iy <= 2 * y + 1; iy++)
		for (int ix = 2 * x - 1; ix <= 2 * x + 1; ix++) {
			size_t i = ((size_t)iy * in->w + ix) * in->c + k;

			if (iy < 0 || iy >= in->h || ix < 0 || ix >= in->w)
				continue;
			if (best == SIZE_MAX ||
			    (value[best] == value[best] && !(value[i] <= value[best])))
				best = i;
		}
	return best;
}

static void max_forward(const struct lt_max_pass *pass, int first, int n, lt_real *scratch)
{
	const struct lt_operand *in = &pass->in;
	int h = (in->h + 1) / 2, w = (in->w + 1) / 2;

	for (int image = first; image < first + n; image++) {
		size_t i = (size_t)h * w * in->c * image;

		operand_value(in, pass->precision, image, scratch);
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++)
				for (int k = 0; k < in->c; k++)
					put(pass->out, pass->precision, i++,
					    scratch[winner(in, scratch, y, x, k)]);
	}
}

static void max_backward(const struct lt_max_pass *pass, int first, int n, lt_real *scratch)
{
	const struct lt_operand *in = &pass->in;
	int h = (in->h + 1) / 2, w = (in->w + 1) / 2;
	size_t plane = (size_t)in->h * in->w * in->c;
	lt_real *g = scratch + plane;

	for (int image = first; image < first + n; image++) {
		size_t i = (size_t)h * w * in->c * image;

		operand_value(in, pass->precision, image, scratch);
		memset(g, 0, plane * sizeof *g);
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++)
				for (int k = 0; k < in->c; k++)
					g[winner(in, scratch, y, x, k)] +=
						get(pass->grad, pass->precision, i++);
		finish_in_grad(in, &pass->in_grad, pass->precision, image, scratch, g);
	}
}

static void add(lt_real *to, const lt_real *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += from[i];
}

static void sgd(lt_real *w, lt_real *m, const lt_real *g, size_t n, lt_real rate,
		lt_real momentum, lt_real decay, bool nesterov)
{
	for (size_t i = 0; i < n; i++) {
		lt_real step = g[i] + decay * w[i];

		m[i] = momentum * m[i] + step;
		w[i] -= rate * (nesterov ? step + momentum * m[i] : m[i]);
	}
}

static double multiply_adds(long rounds)
{
	/* As in the vectorised sets. */
	volatile lt_real start = 1, factor = (lt_real)0.9999, plus = (lt_real)1e-4;
	volatile lt_real result;
	const lt_real a = factor, b = plus;
	lt_real sum[8];

	for (int j = 0; j < 8; j++)
		sum[j] = start;
	for (long i = 0; i < rounds; i++)
		for (int j = 0; j < 8; j++)
			sum[j] = sum[j] * a + b;
	result = sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
	(void)result;
	return 16.0 * (double)rounds;
}

const struct lt_kernels lt_kernels_ref = {
	.name = "ref",
	.usable = usable,
	.weight_size = weight_size,
	.scratch_size = scratch_size,
	.prepare = prepare,
	.conv_forward = conv_forward,
	.conv_backward = conv_backward,
	.sum_backward = sum_backward,
	.image_backward = image_backward,
	.pool_forward = pool_forward,
	.pool_backward = pool_backward,
	.max_forward = max_forward,
	.max_backward = max_backward,
	.add = add,
	.sgd = sgd,
	.multiply_adds = multiply_adds,
};
