/* Pooling, and updates of parameters; see vector.h. */
#include <string.h>

#include "kernel/vector.h"

/* ------------------------------------------------------------------- mean of all pixels */

void vk_pool_forward(const struct lt_pool_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;
	struct plane value = {scratch, in->w * in->c};

	for (int image = first; image < first + n; image++) {
		float *feature = pass->feature + (size_t)image * in->c;

		vk_operand_rows(in, pass->precision, false, image, 0, in->h, value);
		for (int k = 0; k < in->c; k += LANES) {
			vec sum = all(0);

			for (int i = 0; i < pixels; i++)
				sum += load(scratch + (size_t)i * in->c + k);
			store(feature + k, sum / all((float)pixels));
		}
	}
}

/* The gradient of an image, in groups of rows. */
static void in_grad_image(const struct lt_in_grad *grad, const struct lt_operand *in,
			  enum lt_precision precision, int image, struct plane value,
			  float *from, size_t row)
{
	for (int y = 0; y < in->h; y += ROWS)
		vk_in_grad_rows(grad, in, precision, false, image, y,
				y + ROWS < in->h ? y + ROWS : in->h, value,
				(struct results){from + y * row, row, (size_t)in->c, 0, in->c});
}

void vk_pool_backward(const struct lt_pool_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;
	size_t row = (size_t)in->w * in->c;
	struct plane value = {scratch, (int)row};
	float *g = scratch + in->h * row;

	for (int image = first; image < first + n; image++) {
		const float *feature = pass->feature_grad + (size_t)image * in->c;

		vk_operand_rows(in, pass->precision, false, image, 0, in->h, value);
		for (int k = 0; k < in->c; k += LANES) {
			vec share = load(feature + k) / all((float)pixels);

			for (int i = 0; i < pixels; i++)
				store(g + (size_t)i * in->c + k, share);
		}
		in_grad_image(&pass->in_grad, in, pass->precision, image, value, g, row);
	}
}

/* --------------------------------------------------------------- largest of 3×3 pixels */

/* The window of an output coordinate, clipped. */
INLINE void window(int at, int size, int *from, int *to)
{
	*from = 2 * at - 1 < 0 ? 0 : 2 * at - 1;
	*to = 2 * at + 2 > size ? size : 2 * at + 2;
}

/*
 * The largest values in an output pixel's window, for a vector of channels.  place: 3 × row
 * + column of the first such pixel, in the unclipped window.  NaN is larger than all
 * numbers, as in PyTorch.
 */
INLINE vec largest(const struct lt_operand *in, struct plane value, int y, int x, int k,
		   mask *place)
{
	int y0, y1, x0, x1;
	vec best = all(-__builtin_inff());

	window(y, in->h, &y0, &y1);
	window(x, in->w, &x0, &x1);
	*place = (mask){0} + (3 * (y0 - 2 * y + 1) + x0 - 2 * x + 1);
	for (int iy = y0; iy < y1; iy++)
		for (int ix = x0; ix < x1; ix++) {
			vec v = load(value.at + (ptrdiff_t)iy * value.row + (size_t)ix * in->c +
				     k);
			mask wins = (v > best) | ((v != v) & (best == best));
			int here = 3 * (iy - 2 * y + 1) + ix - 2 * x + 1;

			best = (vec)(((mask)v & wins) | ((mask)best & ~wins));
			*place = (wins & here) | (~wins & *place);
		}
	return best;
}

void vk_max_forward(const struct lt_max_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int h = (in->h + 1) / 2, w = (in->w + 1) / 2, c = in->c;
	struct plane value = {scratch, in->w * c};
	mask place;

	for (int image = first; image < first + n; image++) {
		size_t at = (size_t)h * w * c * image;

		vk_operand_rows(in, pass->precision, false, image, 0, in->h, value);
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++, at += c)
				for (int k = 0; k < c; k += LANES) {
					vec v = largest(in, value, y, x, k, &place);

					if (pass->precision == LT_PRECISE)
						put(pass->out, at + k, v, false, false);
					else
						put(pass->out, at + k, v, true, false);
				}
	}
}

void vk_max_backward(const struct lt_max_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int h = (in->h + 1) / 2, w = (in->w + 1) / 2, c = in->c;
	size_t row = (size_t)in->w * c;
	struct plane value = {scratch, (int)row};
	float *g = scratch + in->h * row;
	mask place;

	for (int image = first; image < first + n; image++) {
		size_t at = (size_t)h * w * c * image;

		vk_operand_rows(in, pass->precision, false, image, 0, in->h, value);
		memset(g, 0, in->h * row * sizeof *g);
		for (int y = 0; y < h; y++)
			for (int x = 0; x < w; x++, at += c)
				for (int k = 0; k < c; k += LANES) {
					int y0, y1, x0, x1;
					vec d = pass->precision == LT_PRECISE
							? fetch(pass->grad, at + k, false)
							: fetch(pass->grad, at + k, true);

					largest(in, value, y, x, k, &place);
					window(y, in->h, &y0, &y1);
					window(x, in->w, &x0, &x1);
					for (int iy = y0; iy < y1; iy++)
						for (int ix = x0; ix < x1; ix++) {
							float *to = g + iy * row +
								    (size_t)ix * c + k;
							int here = 3 * (iy - 2 * y + 1) + ix -
								   2 * x + 1;

							store(to,
							      load(to) +
								      where(place == here, d));
						}
				}
		in_grad_image(&pass->in_grad, in, pass->precision, image, value, g, row);
	}
}

/* ------------------------------------------------------------------------- parameters */

void vk_add(float *to, const float *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += from[i];
}

void vk_sgd(float *w, float *m, const float *g, size_t n, float rate, float momentum,
	    float decay, bool nesterov)
{
	for (size_t i = 0; i < n; i++) {
		float step = g[i] + decay * w[i];

		m[i] = momentum * m[i] + step;
		w[i] -= rate * (nesterov ? step + momentum * m[i] : m[i]);
	}
}
