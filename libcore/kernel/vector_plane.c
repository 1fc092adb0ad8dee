/* The parts of a pass around its products; see vector.h. */
#include <string.h>

#include "kernel/vector.h"

struct plane vk_bordered(float *memory, int h, int w, int c, int below, int right)
{
	size_t row = (size_t)(w + 1 + right) * c, end = (size_t)right * c;

	memset(memory, 0, row * sizeof *memory);
	for (int y = 1; y <= h; y++) {
		memset(memory + y * row, 0, c * sizeof *memory);
		memset(memory + (y + 1) * row - end, 0, end * sizeof *memory);
	}
	memset(memory + (h + 1) * row, 0, below * row * sizeof *memory);
	return (struct plane){memory + row + c, (int)row};
}

/* One row of an operand; raw, skip and keep stand at the row's first pixel. */
INLINE void operand_row(const struct lt_operand *in, const float *raw, const float *skip,
			float *keep, float *out, const int c)
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
				store(out + quarter + k,
				      load(out + quarter + k) + load(skip + k));
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
void vk_operand_value(const struct lt_operand *in, int image, struct plane out)
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
void vk_conv_gradient(const struct lt_conv_backward *pass, int image, struct plane out)
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

void vk_channel_sums(const float *v, const float *other, size_t n, int c, float *sums)
{
	switch (c) {
	case 16:
		channel_sums(v, other, n, 16, sums);
		break;
	case 32:
		channel_sums(v, other, n, 32, sums);
		break;
	case 64:
		channel_sums(v, other, n, 64, sums);
		break;
	default:
		channel_sums(v, other, n, c, sums);
	}
}

void vk_finish_in_grad(const struct lt_operand *in, struct plane value, float *g,
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
	vk_channel_sums(in_grad + at, below + at, plane, c, sums + (size_t)image * 2 * c);
}

/* --------------------------------------------------------------------- the others */

void vk_pool_forward(const struct lt_pool_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;
	struct plane value = {scratch, in->w * in->c};

	for (int image = first; image < first + n; image++) {
		float *feature = pass->feature + (size_t)image * in->c;

		vk_operand_value(in, image, value);
		for (int k = 0; k < in->c; k += LANES) {
			vec sum = all(0);

			for (int i = 0; i < pixels; i++)
				sum += load(scratch + (size_t)i * in->c + k);
			store(feature + k, sum / all((float)pixels));
		}
	}
}

void vk_pool_backward(const struct lt_pool_pass *pass, int first, int n, float *scratch)
{
	const struct lt_operand *in = &pass->in;
	int pixels = in->h * in->w;
	struct plane value = {scratch, in->w * in->c};
	float *g = scratch + (size_t)pixels * in->c;

	for (int image = first; image < first + n; image++) {
		const float *feature = pass->feature_grad + (size_t)image * in->c;

		vk_operand_value(in, image, value);
		for (int k = 0; k < in->c; k += LANES) {
			vec share = load(feature + k) / all((float)pixels);

			for (int i = 0; i < pixels; i++)
				store(g + (size_t)i * in->c + k, share);
		}
		vk_finish_in_grad(in, value, g, LT_SKIP_NONE, NULL, pass->below, image,
				  pass->in_grad, pass->sums);
	}
}

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
