/* Reads rows from memory and writes rows to memory; see vector.h. */
#include <string.h>

#include "kernel/vector.h"

struct plane vk_bordered(float *memory, int h, int w, int c, int pad, int below, int right)
{
	size_t row = (size_t)(pad + w + right) * c, side = (size_t)pad * c;
	size_t end = (size_t)right * c;

	memset(memory, 0, pad * row * sizeof *memory);
	for (int y = pad; y < pad + h; y++) {
		memset(memory + y * row, 0, side * sizeof *memory);
		memset(memory + (y + 1) * row - end, 0, end * sizeof *memory);
	}
	memset(memory + (pad + h) * row, 0, below * row * sizeof *memory);
	return (struct plane){memory + pad * row + side, (int)row};
}

/* ----------------------------------------------------------------------- operands */

/*
 * w pixels of `vectors` vectors of channels, from channel k0 on.  The operand's fields are read
 * before the loop: the compiler must assume that any store may change them.
 */
INLINE void operand_block(const struct lt_operand *in, size_t at, float *out, int w,
			  const int c, const int k0, const int vectors, const enum lt_skip kind,
			  const bool leaky, const bool stores, const bool bf16,
			  const bool stream)
{
	const lt_cells *raw = in->raw, *skip = in->skip;
	const vec slope = all(in->slope);
	lt_cells *to = in->store;
	struct affine affine[4];

	UNROLL(4)
	for (int v = 0; v < vectors; v++)
		affine[v] = affine_at(in, k0 + v * LANES, kind);
	out += k0;
	at += k0;
	for (int x = 0; x < w; x++, at += c, out += c) {
		UNROLL(4)
		for (int v = 0; v < vectors; v++) {
			size_t i = at + v * LANES;
			vec value = operand_value(raw, skip, i, affine[v], slope, kind, leaky,
						  bf16);

			if (stores) {
				put(to, i, value, bf16, stream);
				value = bf16 ? rounded(value) : value;
			}
			store(out + v * LANES, value);
		}
	}
}

/*
 * From this number of channels on, the steps below take the channels of a pixel one after
 * another, in the order of memory, which is then read several times as fast.  With fewer, the
 * factors of some channels stay in registers for all pixels of a row, which are in a cache.
 */
enum { MANY_CHANNELS = 128 };

INLINE void operand_row(const struct lt_operand *in, size_t at, float *out, const int c,
			const enum lt_skip kind, const bool leaky, const bool stores,
			const bool bf16, const bool stream)
{
	const int together = c < MANY_CHANNELS ? in->w : 1;

	for (int x = 0; x < in->w; x += together, at += (size_t)together * c) {
		float *to = out + (size_t)x * c;
		int k = 0;

		for (; k + 4 * LANES <= c; k += 4 * LANES)
			operand_block(in, at, to, together, c, k, 4, kind, leaky, stores, bf16,
				      stream);
		for (; k + 2 * LANES <= c; k += 2 * LANES)
			operand_block(in, at, to, together, c, k, 2, kind, leaky, stores, bf16,
				      stream);
		for (; k < c; k += LANES)
			operand_block(in, at, to, together, c, k, 1, kind, leaky, stores, bf16,
				      stream);
	}
}

/*
 * The same with an option A shortcut, whose array has half the channels.  They are added at
 * channel c / 4, which need not be the beginning of a vector.  Only two activations of a
 * network have such a shortcut.
 */
INLINE void option_a_row(const struct lt_operand *in, size_t at, size_t skip_at, float *out,
			 const int c, const bool bf16, const bool stream)
{
	const int half = c / 2, quarter = c / 4;

	for (int x = 0; x < in->w; x++, at += c, out += c, skip_at += c) {
		for (int k = 0; k < c; k += LANES)
			store(out + k, load(in->scale + k) * fetch(in->raw, at + k, bf16) +
					       load(in->shift + k));
		for (int k = 0; k < half; k += LANES) {
			float *to = out + quarter + k;

			store(to, load(to) + fetch(in->skip, skip_at + k, bf16));
		}
		for (int k = 0; k < c; k += LANES) {
			vec v = relu(load(out + k));

			if (in->store) {
				put(in->store, at + k, v, bf16, stream);
				v = bf16 ? rounded(v) : v;
			}
			store(out + k, v);
		}
	}
}

/* A row that is computed, with any shortcut; an option A shortcut begins at cell skip_at. */
INLINE void made_row(const struct lt_operand *in, size_t at, size_t skip_at, float *out,
		     const int c, const bool bf16, const bool stream)
{
	switch (in->skip_kind) {
	case LT_SKIP_NONE:
		/* Only an activation without a shortcut can be leaky. */
		if (in->slope > 0 && in->store)
			operand_row(in, at, out, c, LT_SKIP_NONE, true, true, bf16, stream);
		else if (in->slope > 0)
			operand_row(in, at, out, c, LT_SKIP_NONE, true, false, bf16, stream);
		else if (in->store)
			operand_row(in, at, out, c, LT_SKIP_NONE, false, true, bf16, stream);
		else
			operand_row(in, at, out, c, LT_SKIP_NONE, false, false, bf16, stream);
		break;
	case LT_SKIP_SAME:
		if (in->store)
			operand_row(in, at, out, c, LT_SKIP_SAME, false, true, bf16, stream);
		else
			operand_row(in, at, out, c, LT_SKIP_SAME, false, false, bf16, stream);
		break;
	case LT_SKIP_PROJECTION:
		if (in->store)
			operand_row(in, at, out, c, LT_SKIP_PROJECTION, false, true, bf16,
				    stream);
		else
			operand_row(in, at, out, c, LT_SKIP_PROJECTION, false, false, bf16,
				    stream);
		break;
	case LT_SKIP_OPTION_A:
		option_a_row(in, at, skip_at, out, c, bf16, stream);
	}
}

INLINE void operand_rows(const struct lt_operand *in, int image, int y0, int y1,
			 struct plane out, const int c, const bool bf16, const bool stream)
{
	size_t row = (size_t)in->w * c, at = (size_t)in->h * row * image;

	for (int y = y0; y < y1; y++) {
		float *to = out.at + (ptrdiff_t)y * out.row;
		size_t first = at + y * row;
		/*
		 * The array at the beginning of an option A shortcut has half the channels
		 * and four times the pixels, so twice the cells.
		 */
		size_t skip = in->skip_kind == LT_SKIP_OPTION_A ? 2 * first : first;

		if (in->stored)
			for (size_t i = 0; i < row; i += LANES)
				store(to + i, fetch(in->stored, first + i, bf16));
		else
			made_row(in, first, skip, to, c, bf16, stream);
	}
}

void vk_operand_rows(const struct lt_operand *in, enum lt_precision precision, bool stream,
		     int image, int y0, int y1, struct plane out)
{
	size_t row = (size_t)in->w * in->c;

	if (in->image)
		for (int y = y0; y < y1; y++)
			memcpy(out.at + (ptrdiff_t)y * out.row,
			       in->image + (in->h * (size_t)image + y) * row,
			       row * sizeof *out.at);
	else if (precision != LT_PRECISE)
		FOR_CHANNELS(in->c, operand_rows(in, image, y0, y1, out, C, true, false))
	else if (stream)
		FOR_CHANNELS(in->c, operand_rows(in, image, y0, y1, out, C, false, true))
	else
		FOR_CHANNELS(in->c, operand_rows(in, image, y0, y1, out, C, false, false))
}

/* d for w pixels from cell `at` on and `vectors` vectors of channels from k0 on. */
INLINE void gradient_block(const struct lt_conv_backward *pass, size_t at, float *out, int w,
			   const int c, const int k0, const int vectors, const bool bf16)
{
	const lt_cells *grad = pass->grad, *raw = pass->raw;
	vec p[4], q[4], r[4];

	UNROLL(4)
	for (int v = 0; v < vectors; v++) {
		p[v] = load(pass->p + k0 + v * LANES);
		q[v] = load(pass->q + k0 + v * LANES);
		r[v] = load(pass->r + k0 + v * LANES);
	}
	out += k0;
	at += k0;
	for (int x = 0; x < w; x++, at += c, out += c) {
		UNROLL(4)
		for (int v = 0; v < vectors; v++) {
			size_t i = at + v * LANES;

			store(out + v * LANES,
			      gradient_at(p[v], q[v], r[v], grad, raw, i, bf16));
		}
	}
}

INLINE void conv_gradient_rows(const struct lt_conv_backward *pass, int image, int y0, int y1,
			       int k0, int k1, struct plane out, const int c, const bool bf16)
{
	const struct lt_conv_shape *s = &pass->shape;
	const int together = c < MANY_CHANNELS ? s->out_w : 1;

	for (int y = y0; y < y1; y++) {
		size_t at = ((size_t)s->out_h * image + y) * s->out_w * c;
		float *to = out.at + (ptrdiff_t)y * out.row;

		for (int x = 0; x < s->out_w; x += together) {
			int k = k0;

			for (; k + 4 * LANES <= k1; k += 4 * LANES)
				gradient_block(pass, at, to, together, c, k, 4, bf16);
			for (; k + 2 * LANES <= k1; k += 2 * LANES)
				gradient_block(pass, at, to, together, c, k, 2, bf16);
			for (; k < k1; k += LANES)
				gradient_block(pass, at, to, together, c, k, 1, bf16);
			at += (size_t)together * c;
			to += (size_t)together * c;
		}
	}
}

void vk_conv_gradient_rows(const struct lt_conv_backward *pass, int image, int y0, int y1,
			   int k0, int k1, struct plane out)
{
	if (pass->shape.precision != LT_PRECISE)
		FOR_CHANNELS(pass->shape.out_c,
			     conv_gradient_rows(pass, image, y0, y1, k0, k1, out, C, true))
	else
		FOR_CHANNELS(pass->shape.out_c,
			     conv_gradient_rows(pass, image, y0, y1, k0, k1, out, C, false))
}

/* n pixels from cell `at` on. */
INLINE void sum_pixels(const struct lt_sum_backward *pass, size_t at, size_t n, const bool bf16)
{
	const lt_cells *grad = pass->grad, *raw = pass->raw, *add = pass->add;
	const int c = pass->c;

	for (int k = 0; k < c; k += LANES) {
		vec p = load(pass->p + k), q = load(pass->q + k), r = load(pass->r + k);

		for (size_t i = at + k; i < at + n * c; i += c) {
			vec d = gradient_at(p, q, r, grad, raw, i, bf16);

			if (add)
				d += fetch(add, i, bf16);
			put(pass->to, i, d, bf16, false);
		}
	}
}

void vk_sum_backward(const struct lt_sum_backward *pass, int first, int n)
{
	/* One row at a time, so that it stays in the L1 cache for all of its channels. */
	size_t row = (size_t)pass->w * pass->c, end = (size_t)(first + n) * pass->h;

	for (size_t y = (size_t)first * pass->h; y < end; y++) {
		if (pass->precision == LT_PRECISE)
			sum_pixels(pass, y * row, pass->w, false);
		else
			sum_pixels(pass, y * row, pass->w, true);
	}
}
