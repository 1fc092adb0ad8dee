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
	vec scale[4], shift[4], skip_scale[4], skip_shift[4];

	UNROLL(4)
	for (int v = 0; v < vectors; v++) {
		scale[v] = load(in->scale + k0 + v * LANES);
		shift[v] = load(in->shift + k0 + v * LANES);
		if (kind != LT_SKIP_PROJECTION)
			continue;
		skip_scale[v] = load(in->skip_scale + k0 + v * LANES);
		skip_shift[v] = load(in->skip_shift + k0 + v * LANES);
	}
	out += k0;
	at += k0;
	for (int x = 0; x < w; x++, at += c, out += c) {
		UNROLL(4)
		for (int v = 0; v < vectors; v++) {
			size_t i = at + v * LANES;
			vec value = scale[v] * fetch(raw, i, bf16) + shift[v];

			if (kind == LT_SKIP_SAME)
				value += fetch(skip, i, bf16);
			if (kind == LT_SKIP_PROJECTION)
				value += skip_scale[v] * fetch(skip, i, bf16) + skip_shift[v];
			value = leaky ? leaky_relu(value, slope) : relu(value);
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

			store(out + v * LANES, p[v] * fetch(grad, i, bf16) +
						       (q[v] * fetch(raw, i, bf16) + r[v]));
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
			vec d = p * fetch(grad, i, bf16) + (q * fetch(raw, i, bf16) + r);

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

/* ------------------------------------------------------------------------ results */

/* What is done with results before they are stored.  The common combinations are constants. */
enum {
	ADD = 1,     /* += add */
	MASK = 2,    /* 0 where the operand's value is not positive */
	SQUARES = 4, /* sums of r and r² */
	BELOW = 8,   /* sums of r and r × below[0] */
	SECOND = 16, /* sums of r × below[1] */
	LEAKY = 32,  /* with MASK: r × slope instead of 0 */
};

/* Rows of results to be stored: channels k0 … k1 - 1 of c. */
struct passage {
	const float *from;
	size_t row, step; /* elements between rows and between pixels of from */
	int k0, k1;
	lt_cells *to;
	size_t at; /* the first cell of the first row; rows are contiguous */
	const lt_cells *add, *below[2];
	struct plane value; /* the operand's value, at the first row */
	float slope;
	float *sums[2];
	bool begins; /* these are the image's first rows: sums are set, not added to */
	int w, rows, c;
};

INLINE void add_sum(const struct passage *p, float *to, vec sum)
{
	if (!p->begins)
		sum += load(to);
	store(to, sum);
}

/*
 * `block` channels from channel k0 on; 32 if there are as many, so that non-temporal stores
 * fill cache lines.  Pixels are summed in `spread` separate sums, so that an addition need
 * not wait for the one before it.
 */
INLINE void pass_block(const struct passage *p, int k0, const int block, const unsigned what,
		       const bool bf16, const bool stream)
{
	enum { VECTORS_MOST = 32 / LANES, SPREAD_MOST = 4 };
	const int vectors = block / LANES, spread = vectors >= 4 ? 1 : 4 / vectors;
	vec sum[SPREAD_MOST][VECTORS_MOST], product[SPREAD_MOST][VECTORS_MOST],
		second[SPREAD_MOST][VECTORS_MOST];
	const vec slope = all(p->slope);

	UNROLL(4)
	for (int u = 0; u < spread; u++) {
		UNROLL(8)
		for (int v = 0; v < vectors; v++)
			sum[u][v] = product[u][v] = second[u][v] = all(0);
	}
#define VECTOR(u, v)                                                                           \
	do {                                                                                   \
		vec r = load(from + (size_t)(u)*p->step + (v)*LANES);                          \
		size_t i = at + (size_t)(u)*p->c + (v)*LANES;                                  \
                                                                                               \
		if (what & ADD)                                                                \
			r += fetch(p->add, i, bf16);                                           \
		if (what & MASK) {                                                             \
			mask high = load(value + (size_t)(u)*p->c + (v)*LANES) > all(0);       \
                                                                                               \
			if (what & LEAKY)                                                      \
				r = (vec)(((mask)r & high) | ((mask)(r * slope) & ~high));     \
			else                                                                   \
				r = where(high, r);                                            \
		}                                                                              \
		put(p->to, i, r, bf16, stream);                                                \
		if (what & (SQUARES | BELOW))                                                  \
			sum[u][v] += r;                                                        \
		if (what & SQUARES)                                                            \
			product[u][v] += r * r;                                                \
		if (what & BELOW)                                                              \
			product[u][v] += r * fetch(p->below[0], i, bf16);                      \
		if (what & SECOND)                                                             \
			second[u][v] += r * fetch(p->below[1], i, bf16);                       \
	} while (0)
	for (int y = 0; y < p->rows; y++) {
		const float *from = p->from + y * p->row + (k0 - p->k0);
		const float *value =
			what & MASK ? p->value.at + (ptrdiff_t)y * p->value.row + k0 : NULL;
		size_t at = p->at + (size_t)y * p->w * p->c + k0;
		int x = 0;

		for (; x + spread <= p->w; x += spread) {
			UNROLL(4)
			for (int u = 0; u < spread; u++) {
				UNROLL(8)
				for (int v = 0; v < vectors; v++)
					VECTOR(u, v);
			}
			from += (size_t)spread * p->step;
			value += what & MASK ? (size_t)spread * p->c : 0;
			at += (size_t)spread * p->c;
		}
		for (; x < p->w; x++) {
			UNROLL(8)
			for (int v = 0; v < vectors; v++)
				VECTOR(0, v);
			from += p->step;
			value += what & MASK ? p->c : 0;
			at += p->c;
		}
	}
#undef VECTOR
	if (!(what & (SQUARES | BELOW)))
		return;
	for (int v = 0; v < vectors; v++) {
		size_t k = (size_t)k0 + v * LANES;

		for (int u = 1; u < spread; u++) {
			sum[0][v] += sum[u][v];
			product[0][v] += product[u][v];
			second[0][v] += second[u][v];
		}
		add_sum(p, p->sums[0] + k, sum[0][v]);
		add_sum(p, p->sums[0] + p->c + k, product[0][v]);
		if (what & SECOND) {
			add_sum(p, p->sums[1] + k, sum[0][v]);
			add_sum(p, p->sums[1] + p->c + k, second[0][v]);
		}
	}
}

INLINE void pass_rows(const struct passage *p, const unsigned what, const bool bf16,
		      const bool stream)
{
	int k = p->k0;

	for (; k + 32 <= p->k1; k += 32)
		pass_block(p, k, 32, what, bf16, stream);
	if (k < p->k1)
		pass_block(p, k, 16, what, bf16, stream);
}

INLINE void pass_on(const struct passage *p, const unsigned what, enum lt_precision precision,
		    bool stream)
{
	if (precision != LT_PRECISE)
		pass_rows(p, what, true, false);
	else if (stream)
		pass_rows(p, what, false, true);
	else
		pass_rows(p, what, false, false);
}

void vk_out_rows(const struct lt_conv_forward *pass, int image, int y0, int y1,
		 struct results from)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct passage p = {
		.from = from.at,
		.row = from.row,
		.step = from.pixel,
		.k0 = from.k0,
		.k1 = from.k1,
		.to = pass->out,
		.add = pass->add,
		.at = ((size_t)s->out_h * image + y0) * s->out_w * s->out_c,
		.sums = {pass->sums ? pass->sums + (size_t)image * 2 * s->out_c : NULL},
		.begins = y0 == 0,
		.w = s->out_w,
		.rows = y1 - y0,
		.c = s->out_c,
	};

	if (pass->sums && pass->add)
		pass_on(&p, ADD | SQUARES, s->precision, pass->stream);
	else if (pass->sums)
		pass_on(&p, SQUARES, s->precision, pass->stream);
	else if (pass->add)
		pass_on(&p, ADD, s->precision, pass->stream);
	else
		pass_on(&p, 0, s->precision, pass->stream);
}

/* The gradient of an option A shortcut is added at every second pixel of every second row. */
static void add_option_a(const struct lt_in_grad *grad, const struct lt_operand *in,
			 const bool bf16, int image, int y0, int y1, struct results from)
{
	int c = in->c, h = in->h / 2, w = in->w / 2;

	for (int y = y0 + (y0 & 1); y < y1 && y / 2 < h; y += 2)
		for (int x = 0; x < w; x++) {
			float *to = from.at + (y - y0) * from.row + 2 * x * from.pixel;
			size_t at = (((size_t)image * h + y / 2) * w + x) * 2 * c + c / 2;

			for (int k = from.k0; k < from.k1; k += LANES, to += LANES)
				store(to, load(to) + fetch(grad->add, at + k, bf16));
		}
}

void vk_in_grad_rows(const struct lt_in_grad *grad, const struct lt_operand *in,
		     enum lt_precision precision, bool stream, int image, int y0, int y1,
		     struct plane value, struct results from)
{
	size_t sums = (size_t)image * 2 * in->c;
	struct passage p = {
		.from = from.at,
		.row = from.row,
		.step = from.pixel,
		.k0 = from.k0,
		.k1 = from.k1,
		.to = grad->to,
		.at = ((size_t)in->h * image + y0) * in->w * in->c,
		.add = grad->add,
		.below = {grad->below[0], grad->below[1]},
		.value = {value.at + (ptrdiff_t)y0 * value.row, value.row},
		.slope = in->slope,
		.sums = {grad->sums[0] ? grad->sums[0] + sums : NULL,
			 grad->sums[1] ? grad->sums[1] + sums : NULL},
		.begins = y0 == 0,
		.w = in->w,
		.rows = y1 - y0,
		.c = in->c,
	};
	unsigned what = 0;

	if (grad->add_kind == LT_SKIP_OPTION_A)
		add_option_a(grad, in, precision != LT_PRECISE, image, y0, y1, from);
	if (grad->add_kind == LT_SKIP_SAME)
		what |= ADD;
	if (!grad->partial)
		what |= MASK | BELOW | (grad->below[1] ? SECOND : 0) |
			(in->slope > 0 ? LEAKY : 0);
	switch (what) {
	case MASK | BELOW:
		pass_on(&p, MASK | BELOW, precision, stream);
		break;
	case MASK | BELOW | LEAKY:
		pass_on(&p, MASK | BELOW | LEAKY, precision, stream);
		break;
	case MASK | BELOW | ADD:
		pass_on(&p, MASK | BELOW | ADD, precision, stream);
		break;
	default:
		pass_on(&p, what, precision, stream);
	}
}
