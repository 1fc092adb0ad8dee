/*
 * The steps before and after the products of 1×1 convolutions, for pixels in the order of
 * memory; see vector.h and vector_rows.c.
 */
#include <string.h>

#include "kernel/vector.h"

/* The place of channel k of a pixel in its panels. */
INLINE float *place(float *panel, size_t panel_step, int pixel, int k)
{
	return panel + (size_t)(k / DEEP) * panel_step + (size_t)pixel * PANEL_STEP + k % DEEP;
}

/* ------------------------------------------------------------------ before products */

INLINE void operand_pixels(const struct lt_operand *in, size_t first, int n, int k0, int k1,
			   float *panel, size_t panel_step, const enum lt_skip kind,
			   const bool leaky, const bool stored, const bool stores,
			   const bool bf16, const bool rounds, const bool stream)
{
	const lt_cells *raw = stored ? in->stored : in->raw, *skip = in->skip;
	const float *scale = in->scale, *shift = in->shift;
	const float *skip_scale = in->skip_scale, *skip_shift = in->skip_shift;
	const vec slope = all(in->slope);
	lt_cells *store_to = in->store;

	for (int x = 0; x < n; x++) {
		size_t at = (first + x) * in->c;

		for (int k = k0, end; k < k1; k = end) {
			float *to = place(panel, panel_step, x, k - k0);

			end = k1 - k < DEEP ? k1 : k + DEEP;
			UNROLL(2)
			for (int c = k; c < end; c += LANES, to += LANES) {
				vec value = fetch(raw, at + c, bf16);

				if (!stored) {
					value = load(scale + c) * value + load(shift + c);
					if (kind == LT_SKIP_SAME)
						value += fetch(skip, at + c, bf16);
					if (kind == LT_SKIP_PROJECTION)
						value += load(skip_scale + c) *
								 fetch(skip, at + c, bf16) +
							 load(skip_shift + c);
					value = leaky ? leaky_relu(value, slope) : relu(value);
				}
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
INLINE void made_pixels(const struct lt_operand *in, size_t first, int n, int k0, int k1,
			float *panel, size_t panel_step, const bool bf16, const bool rounds,
			const bool stream)
{
#define MADE(kind, leaky)                                                                      \
	do {                                                                                   \
		if (in->store)                                                                 \
			operand_pixels(in, first, n, k0, k1, panel, panel_step, kind, leaky,   \
				       false, true, bf16, rounds, stream);                     \
		else                                                                           \
			operand_pixels(in, first, n, k0, k1, panel, panel_step, kind, leaky,   \
				       false, false, bf16, rounds, stream);                    \
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
		       size_t first, int n, int k0, int k1, float *panel, size_t panel_step)
{
#define PIXELS_AS(bf16, rounds, stream)                                                        \
	do {                                                                                   \
		if (in->stored)                                                                \
			operand_pixels(in, first, n, k0, k1, panel, panel_step, LT_SKIP_NONE,  \
				       false, true, false, bf16, rounds, false);               \
		else                                                                           \
			made_pixels(in, first, n, k0, k1, panel, panel_step, bf16, rounds,     \
				    stream);                                                   \
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
				vec d = load(p + c) * fetch(grad, at + c, bf16) +
					(load(q + c) * fetch(raw, at + c, bf16) + load(r + c));

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

/* ------------------------------------------------------------------- after products */

/* What is done with results before they are stored.  The common combinations are constants. */
enum {
	ADD = 1,     /* += add */
	MASK = 2,    /* 0 where the operand's value is not positive */
	STORED = 4,  /* with MASK: the value is in memory */
	SQUARES = 8, /* sums of r and r² */
	BELOW = 16,  /* sums of r and r × below[0] */
	SECOND = 32, /* sums of r × below[1] */
	LEAKY = 64,  /* with MASK: r × slope instead of 0 */
	SUMS = SQUARES | BELOW,
};

struct passage {
	const float *from; /* results, c of each pixel */
	size_t at;	   /* the first cell */
	int c;
	lt_cells *to;
	const lt_cells *add, *below[2], *value; /* the operand: stored or raw */
	const float *scale, *shift;
	float slope;
	/* Sums over a group of rows: c of r, c of its products, c with below[1]; they are added
	 * to those of the image. */
	float *group, *sums[2];
};

/* `pixels` pixels, from pixel x on. */
INLINE void pass_pixels(const struct passage *p, int x, const int pixels, const unsigned what,
			const bool bf16, const bool stream)
{
	const int c = p->c;
	const float *from = p->from + (size_t)x * c;
	const size_t at = p->at + (size_t)x * c;
	const lt_cells *add = p->add, *value = p->value, *below = p->below[0],
		       *second = p->below[1];
	const float *scale = p->scale, *shift = p->shift;
	float *group = p->group;
	lt_cells *to = p->to;
	const vec slope = all(p->slope);

	for (int k = 0; k < c; k += 16) {
		UNROLL(4)
		for (int v = 0; v < VECTORS; v++) {
			const int j = k + v * LANES;
			vec sum = all(0), product = sum, other = sum, times = sum, plus = sum;

			if (what & SUMS) {
				sum = load(group + j);
				product = load(group + c + j);
			}
			if (what & SECOND)
				other = load(group + 2 * c + j);
			if ((what & MASK) && !(what & STORED)) {
				times = load(scale + j);
				plus = load(shift + j);
			}
			UNROLL(2)
			for (int u = 0; u < pixels; u++) {
				size_t i = at + (size_t)u * c + j;
				vec r = load(from + (size_t)u * c + j);

				if (what & ADD)
					r += fetch(add, i, bf16);
				if (what & MASK) {
					vec x = fetch(value, i, bf16);
					mask high;

					if (!(what & STORED))
						x = times * x + plus;
					high = x > all(0);
					if (what & LEAKY)
						r = (vec)(((mask)r & high) |
							  ((mask)(r * slope) & ~high));
					else
						r = where(high, r);
				}
				put(to, i, r, bf16, stream);
				if (what & SUMS)
					sum += r;
				if (what & SQUARES)
					product += r * r;
				if (what & BELOW)
					product += r * fetch(below, i, bf16);
				if (what & SECOND)
					other += r * fetch(second, i, bf16);
			}
			if (what & SUMS) {
				store(group + j, sum);
				store(group + c + j, product);
			}
			if (what & SECOND)
				store(group + 2 * c + j, other);
		}
	}
}

/*
 * The sums are read and written once for all pixels that are done together.  But these are
 * usually a power of two apart in memory, so that a few pixels of a few arrays would fill a
 * cache set.
 */
INLINE void pass_run(const struct passage *p, int from, int to, const unsigned what,
		     const bool bf16, const bool stream)
{
	const int together = what & (ADD | STORED | SECOND) ? 1 : 2;

	for (; from + together <= to; from += together)
		pass_pixels(p, from, together, what, bf16, stream);
	for (; from < to; from++)
		pass_pixels(p, from, 1, what, bf16, stream);
}

static void pass_on(const struct passage *p, int from, int to, unsigned what,
		    enum lt_precision precision, bool stream)
{
#define AS(what)                                                                               \
	do {                                                                                   \
		if (precision != LT_PRECISE)                                                   \
			pass_run(p, from, to, (what), true, false);                            \
		else if (stream)                                                               \
			pass_run(p, from, to, (what), false, true);                            \
		else                                                                           \
			pass_run(p, from, to, (what), false, false);                           \
	} while (0)
	switch (what) {
	case SQUARES:
		AS(SQUARES);
		break;
	case MASK | BELOW:
		AS(MASK | BELOW);
		break;
	case MASK | STORED | BELOW | ADD:
		AS(MASK | STORED | BELOW | ADD);
		break;
	default:
		AS(what);
	}
#undef AS
}

/* Adds the sums of a group of rows to those of image `image`; begins: they are its first. */
static void add_group(const struct passage *p, int image, bool begins, unsigned what)
{
	const size_t c = (size_t)p->c, first = image * 2 * c;

	for (int i = 0; i < 2; i++) {
		float *to = p->sums[i] + first;

		if (i == 1 && !(what & SECOND))
			break;
		for (size_t k = 0; k < 2 * c; k++) {
			float x = p->group[k < c || i == 0 ? k : k + c];

			to[k] = begins ? x : x + to[k];
		}
	}
	memset(p->group, 0, (what & SECOND ? 3 : 2) * c * sizeof *p->group);
}

/* n pixels from pixel `first` of the batch on; images have h × w. */
static void pass_block(const struct passage *p, size_t first, int n, int h, int w,
		       unsigned what, enum lt_precision precision, bool stream)
{
	const int plane = h * w, group = ROWS * w;
	int image = (int)(first / plane), pixel = (int)(first % plane);

	for (int x = 0, next; x < n; x = next) {
		int end = (pixel / group + 1) * group;

		if (end > plane)
			end = plane;
		next = n - x < end - pixel ? n : x + end - pixel;
		if ((what & SUMS) && pixel == 0)
			memset(p->group, 0, (what & SECOND ? 3 : 2) * p->c * sizeof *p->group);
		pass_on(p, x, next, what, precision, stream);
		pixel += next - x;
		if (pixel < end)
			continue;
		if (what & SUMS)
			add_group(p, image, end <= group, what);
		if (pixel == plane) {
			pixel = 0;
			image++;
		}
	}
}

void vk_out_pixels(const struct lt_conv_forward *pass, size_t first, int n,
		   const float *results, float *group)
{
	const struct lt_conv_shape *s = &pass->shape;
	const struct passage p = {.from = results,
				  .at = first * s->out_c,
				  .c = s->out_c,
				  .to = pass->out,
				  .add = pass->add,
				  .group = group,
				  .sums = {pass->sums}};

	pass_block(&p, first, n, s->out_h, s->out_w,
		   (pass->add ? ADD : 0) | (pass->sums ? SQUARES : 0), s->precision,
		   pass->stream);
}

void vk_in_grad_pixels(const struct lt_conv_backward *pass, size_t first, int n,
		       const float *results, float *group)
{
	const struct lt_conv_shape *s = &pass->shape;
	const struct lt_in_grad *grad = &pass->in_grad;
	const struct lt_operand *in = &pass->in;
	const struct passage p = {.from = results,
				  .at = first * s->in_c,
				  .c = s->in_c,
				  .to = grad->to,
				  .add = grad->add,
				  .below = {grad->below[0], grad->below[1]},
				  .value = in->stored ? in->stored : in->raw,
				  .scale = in->scale,
				  .shift = in->shift,
				  .slope = in->slope,
				  .group = group,
				  .sums = {grad->sums[0], grad->sums[1]}};
	unsigned what = grad->add_kind == LT_SKIP_SAME ? ADD : 0;

	if (!grad->partial)
		what |= MASK | BELOW | (in->stored ? STORED : 0) |
			(grad->below[1] ? SECOND : 0) | (in->slope > 0 ? LEAKY : 0);
	pass_block(&p, first, n, s->in_h, s->in_w, what, s->precision, pass->stream);
}
