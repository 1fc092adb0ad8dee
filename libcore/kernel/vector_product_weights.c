/* Weights for products of matrices.  See vector_product.h. */
#include <string.h>

#include "kernel/vector_product.h"

/*
 * Stores two lines of 16 weights, of the channels 2 i and 2 i + 1 that a product adds up, as
 * factors in block [channel][16]; pairs are [channel / 2][16][2] and take half the memory.
 */
INLINE void put_weights(const float *one, const float *other, float *block, int i, bool fast)
{
#if LT_PAIRS
	if (fast) {
		store(block + i * 16, interleaved(load(one), load(other)));
		return;
	}
#endif
	for (int e = 0; e < 16; e += LANES) {
		vec first = load(one + e), second = load(other + e);

		store(block + (size_t)i * 32 + e, fast ? rounded(first) : first);
		store(block + (size_t)i * 32 + 16 + e, fast ? rounded(second) : second);
	}
}

/* Where block i, of `lines` lines of 16 weights, begins. */
INLINE float *weight_block(float *to, size_t i, int lines, bool fast)
{
	return to + i * lines * (LT_PAIRS && fast ? 8 : 16);
}

struct phase vk_product_phase(const struct lt_conv_shape *s, int py, int px)
{
	int pad = s->size / 2, odd = s->stride - 1;
	struct phase phase;

	phase.n = 0;
	for (int kh = 0; kh < s->size; kh++)
		for (int kw = 0; kw < s->size; kw++) {
			int dy = py + pad - kh, dx = px + pad - kw;

			if ((dy & odd) || (dx & odd))
				continue;
			phase.tap[phase.n].tap = kh * s->size + kw;
			phase.tap[phase.n].dy = dy / s->stride;
			phase.tap[phase.n++].dx = dx / s->stride;
		}
	return phase;
}

/* The master layout. */
static void prepare_forward(const struct lt_conv_shape *s, const float *master, int block0,
			    int block1, float *to)
{
	size_t taps = (size_t)s->size * s->size, line = (size_t)s->in_c * 16;

	if (!is_fast(s)) {
		memcpy(to + (size_t)block0 * taps * line, master + (size_t)block0 * taps * line,
		       (size_t)(block1 - block0) * taps * line * sizeof *to);
		return;
	}
	for (size_t b = (size_t)block0 * taps; b < (size_t)block1 * taps; b++)
		for (int i = 0; i < s->in_c / 2; i++) {
			const float *pair = master + b * line + (size_t)i * 32;

			put_weights(pair, pair + 16, weight_block(to, b, s->in_c, true), i,
				    true);
		}
}

/* [in / 16][phase][tap of the phase][out][16 of in] */
static void prepare_back(const struct lt_conv_shape *s, const float *master, int block0,
			 int block1, float *to)
{
	int taps = s->size * s->size, place = 0;
	bool fast = is_fast(s);
	float one[16], other[16];

	for (int p = 0; p < s->stride * s->stride; p++) {
		struct phase phase = vk_product_phase(s, p / s->stride, p % s->stride);

		for (int t = 0; t < phase.n; t++, place++)
			for (int b = block0; b < block1; b++)
				for (int k = 0; k < s->out_c; k += 2) {
					const float *from =
						master +
						(((size_t)(k / 16) * taps + phase.tap[t].tap) *
							 s->in_c +
						 (size_t)b * 16) *
							16 +
						k % 16;

					for (int e = 0; e < 16; e++) {
						one[e] = from[e * 16];
						other[e] = from[e * 16 + 1];
					}
					put_weights(one, other,
						    weight_block(to, (size_t)b * taps + place,
								 s->out_c, fast),
						    k / 2, fast);
				}
	}
}

void vk_product_prepare(const struct lt_conv_shape *s, const float *master, bool back,
			int block0, int block1, float *to)
{
	(back ? prepare_back : prepare_forward)(s, master, block0, block1, to);
}
