/*
 * Backward from the output of a stem to the image; see struct lt_image_backward.
 *
 * An image has few channels and the stem's output has many, so vectors run over the output
 * channels: each channel of a pixel has one vector of sums over taps and output channels,
 * whose lanes are added at the end.
 */
#include "kernel/vector.h"

enum { MOST = 4 }; /* channels that are summed at once */

/* The gradients and the weights of each tap. */
struct taps {
	int n;
	const float *x[49], *w[49]; /* 7×7 at most */
};

size_t vk_image_scratch(const struct lt_conv_shape *s)
{
	int pad = s->size / 2;

	return bordered_size(s->out_h, s->out_w, s->out_c, pad, pad, pad);
}

/* Adds the lanes in a fixed order: lane i to lane i + half, as a tree. */
INLINE float total(vec v)
{
	float part[LANES];

	store(part, v);
	for (int half = LANES / 2; half > 0; half /= 2)
		for (int i = 0; i < half; i++)
			part[i] += part[i + half];
	return part[0];
}

/* `channels` channels from c on, for n pixels that are `step` floats apart; the taps read d. */
INLINE void sum_channels(const struct lt_conv_shape *s, const struct taps *taps, int c,
			 const int channels, float *to, size_t step, int n, bool adds)
{
	size_t block = (size_t)s->size * s->size * s->in_c * 16;

	for (int p = 0; p < n; p++, to += step) {
		vec sum[MOST];

		UNROLL(4)
		for (int i = 0; i < channels; i++)
			sum[i] = all(0);
		for (int t = 0; t < taps->n; t++) {
			const float *d = taps->x[t] + (size_t)p * s->out_c;
			const float *w = taps->w[t] + (size_t)c * 16;

			for (int k = 0; k < s->out_c; k += 16, w += block)
				for (int v = 0; v < VECTORS; v++) {
					vec g = load(d + k + v * LANES);

					UNROLL(4)
					for (int i = 0; i < channels; i++)
						multiply_add(&sum[i], g,
							     load(w + i * 16 + v * LANES));
				}
		}
		UNROLL(4)
		for (int i = 0; i < channels; i++)
			to[c + i] = adds ? to[c + i] + total(sum[i]) : total(sum[i]);
	}
}

static void sum_pixels(const struct lt_conv_shape *s, const struct taps *taps, float *to,
		       size_t step, int n, bool adds)
{
	int c = 0;

	for (; c + 4 <= s->in_c; c += 4)
		sum_channels(s, taps, c, 4, to, step, n, adds);
	if (s->in_c - c == 3)
		sum_channels(s, taps, c, 3, to, step, n, adds);
	else
		for (; c < s->in_c; c++)
			sum_channels(s, taps, c, 1, to, step, n, adds);
}

/*
 * The taps that meet pixels phase, phase + stride, … of a row of the image; with stride 2,
 * those of the same parity as the pixels.  d has a border of zeros on the left and right,
 * so only the rows need a test.
 */
static struct taps taps_at(const struct lt_image_backward *pass, struct plane d, int y,
			   int phase)
{
	const struct lt_conv_shape *s = &pass->shape;
	int pad = s->size / 2, odd = s->stride - 1;
	struct taps taps;

	taps.n = 0;
	for (int kh = 0; kh < s->size; kh++)
		for (int kw = 0; kw < s->size; kw++) {
			int dy = y + pad - kh, dx = phase + pad - kw;

			if ((dy & odd) || (dx & odd))
				continue;
			dy /= s->stride;
			dx /= s->stride;
			if (dy < 0 || dy >= s->out_h)
				continue;
			taps.x[taps.n] =
				d.at + (ptrdiff_t)dy * d.row + (ptrdiff_t)dx * s->out_c;
			taps.w[taps.n++] =
				pass->weight + (size_t)(kh * s->size + kw) * s->in_c * 16;
		}
	return taps;
}

void vk_image_backward(const struct lt_image_backward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	int pad = s->size / 2;
	size_t row = (size_t)s->in_w * s->in_c;
	struct plane d = vk_bordered(scratch, s->out_h, s->out_w, s->out_c, pad, pad, pad);
	struct lt_conv_backward above = {.shape = *s,
					 .grad = pass->grad,
					 .raw = pass->raw,
					 .p = pass->p,
					 .q = pass->q,
					 .r = pass->r};

	for (int image = first; image < first + n; image++) {
		float *to = pass->image_grad + (size_t)image * s->in_h * row;

		vk_conv_gradient_rows(&above, image, 0, s->out_h, 0, s->out_c, d);
		for (int y = 0; y < s->in_h; y++)
			for (int phase = 0; phase < s->stride; phase++) {
				struct taps taps = taps_at(pass, d, y, phase);

				sum_pixels(s, &taps, to + y * row + (size_t)phase * s->in_c,
					   (size_t)s->stride * s->in_c,
					   (s->in_w - phase + s->stride - 1) / s->stride,
					   pass->adds);
			}
	}
}
