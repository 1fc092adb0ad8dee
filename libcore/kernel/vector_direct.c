/* Direct convolution; see vector.h. */
#include <string.h>

#include "kernel/vector.h"

size_t vk_direct_scratch(const struct lt_conv_shape *s)
{
	return 2 * bordered_size(s->in_h, s->in_w, s->in_c) +
	       bordered_size(s->out_h, s->out_w, s->out_c);
}

void vk_direct_forward(const struct lt_conv_forward *pass, int first, int n, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t out_plane = (size_t)s->out_h * s->out_w * s->out_c;
	size_t block = (size_t)s->size * s->size * s->in_c * 16;
	struct plane in = vk_bordered(scratch, s->in_h, s->in_w, s->in_c, 1, 1);
	int pad = s->size / 2;

	for (int image = first; image < first + n; image++) {
		float *out = pass->out + out_plane * image;

		vk_operand_value(&pass->in, image, in);
		for (int y = 0; y < s->out_h; y++) {
			struct taps taps = {0};

			for (int kh = 0; kh < s->size; kh++)
				for (int kw = 0; kw < s->size; kw++) {
					taps.x[taps.n] = in.at +
							 (y * s->stride + kh - pad) * in.row +
							 (kw - pad) * s->in_c;
					taps.w[taps.n] =
						pass->weight +
						(size_t)(kh * s->size + kw) * s->in_c * 16;
					taps.n++;
				}
			vk_dot_channels(&taps, s->out_c, block, s->in_c, s->stride * s->in_c,
					out + (size_t)y * s->out_w * s->out_c, s->out_c,
					s->out_w);
		}
		if (pass->sums)
			vk_channel_sums(out, out, out_plane, s->out_c,
					pass->sums + (size_t)image * 2 * s->out_c);
	}
}

/* ----------------------------------------------------------------------- backward */

/*
 * Weights for the way back: [in / 16][kernel row][kernel column][out][16 of in].
 * The taps are not turned; data_back chooses them by their places.
 */
void vk_direct_prepare(const struct lt_conv_shape *s, const float *master, float *forward,
		       float *back)
{
	int taps = s->size * s->size;

	memcpy(forward, master, lt_conv_weights(s) * sizeof *master);
	if (!back || s->in_c % 16)
		return;
	for (int k = 0; k < s->out_c; k++)
		for (int t = 0; t < taps; t++)
			for (int c = 0; c < s->in_c; c++)
				back[(((size_t)(c / 16) * taps + t) * s->out_c + k) * 16 +
				     c % 16] = master[(((size_t)(k / 16) * taps + t) * s->in_c +
						       c) * 16 +
						      k % 16];
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
					/* Arithmetic shifts: dx may be -1 or -2, in the border.
					 */
					dy = stride == 2 ? dy >> 1 : dy;
					dx = stride == 2 ? dx >> 1 : dx;
					if (dy > s->out_h)
						continue;
					taps.x[taps.n] = d.at + dy * d.row + dx * s->out_c;
					taps.w[taps.n] =
						pass->weight_back +
						(size_t)(kh * s->size + kw) * s->out_c * 16;
					taps.n++;
				}
			vk_dot_channels(&taps, s->in_c, block, s->out_c, s->out_c, out,
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

	UNROLL(3)
	for (int kw = 0; kw < size; kw++) {
		UNROLL(8)
		for (int i = 0; i < ins; i++)
			sum[kw][i] = load(w + ((size_t)kw * c + i) * 16);
	}
	for (int y = 0; y < s->out_h; y++) {
		const float *from = x.at + (y * s->stride + kh - pad) * x.row - pad * c + c0;
		const float *at = d.at + (size_t)y * d.row + k;

		for (int p = 0; p < s->out_w; p++, from += s->stride * c, at += s->out_c) {
			vec g = load(at);

			UNROLL(3)
			for (int kw = 0; kw < size; kw++) {
				UNROLL(8)
				for (int i = 0; i < ins; i++)
					sum[kw][i] += g * from[kw * c + i];
			}
		}
	}
	UNROLL(3)
	for (int kw = 0; kw < size; kw++) {
		UNROLL(8)
		for (int i = 0; i < ins; i++)
			store(w + ((size_t)kw * c + i) * 16, sum[kw][i]);
	}
}

static void weights_back(const struct lt_conv_backward *pass, int block0, int block1,
			 struct plane x, struct plane d)
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
					weights_block(s, x, d, kh, 3, c, IN_BLOCK, k,
						      w + c * 16);
				for (; s->size == 3 && c + 3 <= s->in_c; c += 3)
					weights_block(s, x, d, kh, 3, c, 3, k, w + c * 16);
				for (; s->size == 1 && c + IN_BLOCK <= s->in_c; c += IN_BLOCK)
					weights_block(s, x, d, kh, 1, c, IN_BLOCK, k,
						      w + c * 16);
				for (; s->size == 3 && c < s->in_c; c++)
					weights_block(s, x, d, kh, 3, c, 1, k, w + c * 16);
				for (; s->size == 1 && c < s->in_c; c++)
					weights_block(s, x, d, kh, 1, c, 1, k, w + c * 16);
			}
}

void vk_direct_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			int block0, int block1, float *scratch)
{
	const struct lt_conv_shape *s = &pass->shape;
	size_t in_size = bordered_size(s->in_h, s->in_w, s->in_c);
	struct plane value = vk_bordered(scratch, s->in_h, s->in_w, s->in_c, 1, 1);
	struct plane d = vk_bordered(scratch + 2 * in_size, s->out_h, s->out_w, s->out_c, 1, 1);
	float *g = scratch + in_size;

	for (int image = first; image < first + n; image++) {
		vk_operand_value(&pass->in, image, value);
		vk_conv_gradient(pass, image, d);
		if (what & LT_BACK_WEIGHTS)
			weights_back(pass, block0, block1, value, d);
		if ((what & LT_BACK_DATA) && pass->in_grad) {
			data_back(pass, d, g);
			vk_finish_in_grad(&pass->in, value, g, pass->add_kind, pass->add,
					  pass->below, image, pass->in_grad, pass->sums);
		}
	}
}
