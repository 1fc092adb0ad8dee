/*
 * The reference kernels: every formula as it stands in kernel.h, pixel by
 * pixel, in plain C.  Slow on purpose and never optimised: they are what the
 * tuned sets are tested against, and in double what PyTorch's float64 is
 * compared with.
 */
#include <string.h>

#include "kernel/sets.h"

static bool usable(void)
{
	return true;
}

static size_t weight_size(const struct lt_conv_shape *shape)
{
	return lt_conv_weights(shape);
}

/* For one image: the value of in, the gradient at it, and the gradient d at the convolution's
 * output. */
static size_t scratch_size(const struct lt_conv_shape *shape)
{
	return 2 * (size_t)shape->in_h * shape->in_w * shape->in_c +
	       (size_t)shape->out_h * shape->out_w * shape->out_c;
}

static void prepare(const struct lt_conv_shape *shape, const lt_real *master, lt_real *forward,
		    lt_real *back)
{
	size_t bytes = lt_conv_weights(shape) * sizeof *master;

	memcpy(forward, master, bytes);
	if (back)
		memcpy(back, master, bytes);
}

static void grad_finish(const struct lt_conv_shape *shape, const lt_real *sum, lt_real *master)
{
	memcpy(master, sum, lt_conv_weights(shape) * sizeof *master);
}

/* Index of weight (k, kh, kw, c) in the master layout. */
static size_t weight_at(const struct lt_conv_shape *s, int k, int kh, int kw, int c)
{
	return ((((size_t)(k / 16) * s->size + kh) * s->size + kw) * s->in_c + c) * 16 + k % 16;
}

/* Option A: the shortcut's value at a pixel and channel of the smaller array, whose shape is
 * given. */
static lt_real option_a(const lt_real *from, int w, int c, int y, int x, int k)
{
	int half = c / 2, channel = k - c / 4;

	if (channel < 0 || channel >= half)
		return 0;
	return from[((size_t)2 * y * 2 * w + 2 * x) * half + channel];
}

static void operand_value(const struct lt_operand *in, int image, lt_real *out)
{
	size_t pixels = (size_t)in->h * in->w, plane = pixels * in->c;
	size_t at = plane * image;

	if (in->stored) {
		memcpy(out, in->stored + at, plane * sizeof *out);
		return;
	}
	for (int y = 0; y < in->h; y++)
		for (int x = 0; x < in->w; x++)
			for (int k = 0; k < in->c; k++) {
				size_t i = ((size_t)y * in->w + x) * in->c + k;
				lt_real v = in->scale[k] * in->raw[at + i] + in->shift[k];

				if (in->skip_kind == LT_SKIP_SAME)
					v += in->skip[at + i];
				else if (in->skip_kind == LT_SKIP_OPTION_A)
					v += option_a(in->skip + 2 * at, in->w, in->c, y, x, k);
				/* NaN stays: a network that diverged must not look healthy. */
				out[i] = v <= 0 ? 0 : v;
			}
	if (in->store)
		memcpy(in->store + at, out, plane * sizeof *out);
}

static void conv_forward(const struct lt_conv_forward *pass, int first, int n, lt_real *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t out_plane = (size_t)s->out_h * s->out_w * s->out_c;
	int pad = s->size / 2;

	for (int image = first; image < first + n; image++) {
		lt_real *out = pass->out + out_plane * image;

		operand_value(&pass->in, image, scratch);
		for (int y = 0; y < s->out_h; y++)
			for (int x = 0; x < s->out_w; x++)
				for (int k = 0; k < s->out_c; k++) {
					lt_real sum = 0;

					for (int kh = 0; kh < s->size; kh++)
						for (int kw = 0; kw < s->size; kw++) {
							int iy = y * s->stride + kh - pad;
							int ix = x * s->stride + kw - pad;
							const lt_real *v;

							if (iy < 0 || iy >= s->in_h || ix < 0 ||
							    ix >= s->in_w)
								continue;
							v = scratch + ((size_t)iy * s->in_w +
								       ix) * s->in_c;
							for (int c = 0; c < s->in_c; c++)
								sum += v[c] *
								       pass->weight[weight_at(
									       s, k, kh, kw,
									       c)];
						}
					out[((size_t)y * s->out_w + x) * s->out_c + k] = sum;
				}
		if (pass->sums) {
			lt_real *sums = pass->sums + (size_t)image * 2 * s->out_c;

			for (int k = 0; k < s->out_c; k++) {
				lt_real sum = 0, squares = 0;

				for (size_t i = k; i < out_plane; i += s->out_c) {
					sum += out[i];
					squares += out[i] * out[i];
				}
				sums[k] = sum;
				sums[s->out_c + k] = squares;
			}
		}
	}
}

/*
 * in_grad = (g + add) × [value > 0] and its sums: the end of every pass back.
 * g is overwritten; in_grad may be the array that add is.
 */
static void finish_in_grad(const struct lt_operand *in, const lt_real *value, lt_real *g,
			   enum lt_skip add_kind, const lt_real *add, const lt_real *below,
			   int image, lt_real *in_grad, lt_real *sums)
{
	size_t plane = (size_t)in->h * in->w * in->c, at = plane * image;

	if (add_kind == LT_SKIP_SAME)
		for (size_t i = 0; i < plane; i++)
			g[i] += add[at + i];
	if (add_kind == LT_SKIP_OPTION_A) {
		/* The smaller array at the other end of the shortcut. */
		int h = in->h / 2, w = in->w / 2, c = in->c * 2;
		const lt_real *from = add + at / 2;

		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++)
				for (int k = 0; k < in->c; k++)
					g[((size_t)2 * y * in->w + 2 * x) * in->c + k] +=
						from[((size_t)y * w + x) * c + c / 4 + k];
	}
	for (int k = 0; k < in->c; k++) {
		lt_real sum = 0, product = 0;

		for (size_t i = k; i < plane; i += in->c) {
			in_grad[at + i] = value[i] > 0 ? g[i] : 0;
			sum += in_grad[at + i];
			product += in_grad[at + i] * below[at + i];
		}
		sums[(size_t)image * 2 * in->c + k] = sum;
		sums[(size_t)image * 2 * in->c + in->c + k] = product;
	}
}

static void data_back(const struct lt_conv_backward *pass, int image, const lt_real *value,
		      const lt_real *d, lt_real *g)
{
	const struct lt_conv_shape *s = &pass->shape;
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
							       pass->weight_back[weight_at(
								       s, k, kh, kw, c)];
					}
				g[((size_t)iy * s->in_w + ix) * s->in_c + c] = sum;
			}
	finish_in_grad(&pass->in, value, g, pass->add_kind, pass->add, pass->below, image,
		       pass->in_grad, pass->sums);
}

static void weights_back(const struct lt_conv_backward *pass, int block0, int block1,
			 const lt_real *value, const lt_real *d)
{
	const struct lt_conv_shape *s = &pass->shape;
	int pad = s->size / 2;

	for (int k = block0 * 16; k < block1 * 16; k++)
		for (int kh = 0; kh < s->size; kh++)
			for (int kw = 0; kw < s->size; kw++)
				for (int c = 0; c < s->in_c; c++) {
					lt_real sum = 0;

					for (int y = 0; y < s->out_h; y++)
						for (int x = 0; x < s->out_w; x++) {
							int iy = y * s->stride + kh - pad;
							int ix = x * s->stride + kw - pad;

							if (iy < 0 || iy >= s->in_h || ix < 0 ||
							    ix >= s->in_w)
								continue;
							sum += d[((size_t)y * s->out_w + x) *
									 s->out_c +
								 k] *
							       value[((size_t)iy * s->in_w +
								      ix) * s->in_c +
								     c];
						}
					pass->weight_grad[weight_at(s, k, kh, kw, c)] += sum;
				}
}

static void conv_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, lt_real *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t out_plane = (size_t)s->out_h * s->out_w * s->out_c;
	size_t in_plane = (size_t)s->in_h * s->in_w * s->in_c;
	lt_real *value = scratch, *g = value + in_plane, *d = g + in_plane;

	for (int image = first; image < first + n; image++) {
		operand_value(&pass->in, image, value);
		for (size_t i = 0; i < out_plane; i++) {
			size_t at = out_plane * image + i;
			int k = (int)(i % s->out_c);

			d[i] = pass->p[k] * pass->grad[at] + pass->q[k] * pass->raw[at] +
			       pass->r[k];
		}
		if (what & LT_BACK_WEIGHTS)
			weights_back(pass, block0, block1, value, d);
		if ((what & LT_BACK_DATA) && pass->in_grad)
			data_back(pass, image, value, d, g);
	}
}

static void pool_forward(const struct lt_pool_pass *pass, int first, int n, lt_real *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;

	for (int image = first; image < first + n; image++) {
		operand_value(in, image, scratch);
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

	for (int image = first; image < first + n; image++) {
		lt_real *g = scratch + (size_t)pixels * in->c;

		operand_value(in, image, scratch);
		for (int i = 0; i < pixels; i++)
			for (int k = 0; k < in->c; k++)
				g[(size_t)i * in->c + k] =
					pass->feature_grad[(size_t)image * in->c + k] /
					(lt_real)pixels;
		finish_in_grad(in, scratch, g, LT_SKIP_NONE, NULL, pass->below, image,
			       pass->in_grad, pass->sums);
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
	volatile lt_real result;
	lt_real a[8] = {0, 1, 2, 3, 4, 5, 6, 7};

	for (long i = 0; i < rounds; i++)
		for (int j = 0; j < 8; j++)
			a[j] = a[j] * (lt_real)0.9999 + (lt_real)1e-4;
	result = a[0] + a[1] + a[2] + a[3] + a[4] + a[5] + a[6] + a[7];
	(void)result;
	return 16.0 * (double)rounds;
}

const struct lt_kernels lt_kernels_ref = {
	.name = "ref",
	.usable = usable,
	.weight_size = weight_size,
	.grad_size = weight_size,
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
