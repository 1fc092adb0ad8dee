/*
 * Panels that are computed from memory, for 1×1 convolutions: pixels and their channels are
 * read in order; see vector.h.
 */
#include "kernel/vector.h"

/* The place of channel k of a pixel in its panels. */
INLINE float *place(float *panel, size_t panel_step, int pixel, int k)
{
	return panel + (size_t)(k / DEEP) * panel_step + (size_t)pixel * PANEL_STEP + k % DEEP;
}

INLINE void operand_pixels(const struct lt_operand *in, size_t first, int n, float *panel,
			   size_t panel_step, const enum lt_skip kind, const bool leaky,
			   const bool stored, const bool stores, const bool bf16,
			   const bool rounds, const bool stream)
{
	const lt_cells *raw = stored ? in->stored : in->raw, *skip = in->skip;
	const vec slope = all(in->slope);
	lt_cells *store_to = in->store;

	for (int x = 0; x < n; x++) {
		size_t at = (first + x) * in->c;

		for (int k = 0, end; k < in->c; k = end) {
			float *to = place(panel, panel_step, x, k);

			end = in->c - k < DEEP ? in->c : k + DEEP;
			UNROLL(2)
			for (int c = k; c < end; c += LANES, to += LANES) {
				vec value;

				if (stored)
					value = fetch(raw, at + c, bf16);
				else
					value = operand_value(raw, skip, at + c,
							      affine_at(in, c, kind), slope,
							      kind, leaky, bf16);
				if (stores) {
					put(store_to, at + c, value, bf16, stream);
					value = bf16 ? rounded(value) : value;
				}
				store(to, rounds ? rounded(value) : value);
			}
		}
	}
}

/* An operand that is computed. */
INLINE void made_pixels(const struct lt_operand *in, size_t first, int n, float *panel,
			size_t panel_step, const bool bf16, const bool rounds,
			const bool stream)
{
#define MADE(kind, leaky)                                                                      \
	do {                                                                                   \
		if (in->store)                                                                 \
			operand_pixels(in, first, n, panel, panel_step, kind, leaky, false,    \
				       true, bf16, rounds, stream);                            \
		else                                                                           \
			operand_pixels(in, first, n, panel, panel_step, kind, leaky, false,    \
				       false, bf16, rounds, stream);                           \
	} while (0)
	/* Only an activation without a shortcut can be leaky. */
	if (in->skip_kind == LT_SKIP_SAME)
		MADE(LT_SKIP_SAME, false);
	else if (in->skip_kind == LT_SKIP_PROJECTION)
		MADE(LT_SKIP_PROJECTION, false);
	else if (in->slope > 0)
		MADE(LT_SKIP_NONE, true);
	else
		MADE(LT_SKIP_NONE, false);
#undef MADE
}

bool vk_has_pixels(const struct lt_operand *in)
{
	return !in->image && (in->stored || in->skip_kind != LT_SKIP_OPTION_A);
}

void vk_operand_pixels(const struct lt_operand *in, enum lt_precision precision, bool stream,
		       size_t first, int n, float *panel, size_t panel_step)
{
#define PIXELS_AS(bf16, rounds, stream)                                                        \
	do {                                                                                   \
		if (in->stored)                                                                \
			operand_pixels(in, first, n, panel, panel_step, LT_SKIP_NONE, false,   \
				       true, false, bf16, rounds, false);                      \
		else                                                                           \
			made_pixels(in, first, n, panel, panel_step, bf16, rounds, stream);    \
	} while (0)
	if (precision == LT_BF16_FAST)
		PIXELS_AS(true, true, false);
	else if (precision == LT_BF16)
		PIXELS_AS(true, false, false);
	else if (stream)
		PIXELS_AS(false, false, true);
	else
		PIXELS_AS(false, false, false);
#undef PIXELS_AS
}

INLINE void gradient_pixels(const struct lt_conv_backward *pass, size_t first, int n, int k0,
			    int k1, float *panel, size_t panel_step, const bool bf16,
			    const bool rounds)
{
	const lt_cells *grad = pass->grad, *raw = pass->raw;
	const float *p = pass->p, *q = pass->q, *r = pass->r;

	for (int x = 0; x < n; x++) {
		size_t at = (first + x) * pass->shape.out_c;

		for (int k = k0, end; k < k1; k = end) {
			float *to = place(panel, panel_step, x, k - k0);

			end = k1 - k < DEEP ? k1 : k + DEEP;
			UNROLL(2)
			for (int c = k; c < end; c += LANES, to += LANES) {
				vec d = gradient_at(load(p + c), load(q + c), load(r + c), grad,
						    raw, at + c, bf16);

				store(to, rounds ? rounded(d) : d);
			}
		}
	}
}

void vk_gradient_pixels(const struct lt_conv_backward *pass, size_t first, int n, int k0,
			int k1, float *panel, size_t panel_step)
{
	if (pass->shape.precision == LT_BF16_FAST)
		gradient_pixels(pass, first, n, k0, k1, panel, panel_step, true, true);
	else if (pass->shape.precision == LT_BF16)
		gradient_pixels(pass, first, n, k0, k1, panel, panel_step, true, false);
	else
		gradient_pixels(pass, first, n, k0, k1, panel, panel_step, false, false);
}
