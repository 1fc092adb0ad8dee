/*
 * Writes results to memory: after a convolution's products they are added, masked and summed;
 * see vector.h.  Rows of results are taken by blocks of channels, whose sums stay in registers;
 * whole pixels in the order of memory, which is several times as fast for arrays of many
 * channels that are not in a cache.
 */
#include <string.h>

#include "kernel/vector.h"

/* What is done with results before they are stored.  The common combinations are constants. */
enum {
	ADD = 1,     /* += add */
	MASK = 2,    /* 0 where the operand's value is not positive */
	SQUARES = 4, /* sums of r and r² */
	BELOW = 8,   /* sums of r and r × below[0] */
	SECOND = 16, /* sums of r × below[1] */
	LEAKY = 32,  /* with MASK: r × slope instead of 0 */
	STORED = 64, /* pixels, with MASK: the value is in memory, not computed from raw */
	SUMS = SQUARES | BELOW,
};

/* Results to be stored: pixels of c channels. */
struct passage {
	const float *from;
	lt_cells *to;
	size_t at; /* the first cell; pixels are contiguous */
	int c;
	const lt_cells *add, *below[2];
	float slope;
	float *sums[2];

	/* Rows, channels k0 … k1 - 1. */
	size_t row, step; /* elements between rows and between pixels of from */
	int w, rows, k0, k1;
	struct plane plane; /* the operand's value, at the first row */
	bool begins;	    /* these are the image's first rows: sums are set, not added to */

	/* Whole pixels, whose results are contiguous. */
	const lt_cells *value; /* the operand: stored or raw */
	const float *scale, *shift;
	/* Sums over a group of rows: c of r, c of its products, c with below[1]; they are added
	 * to those of the image. */
	float *group;
};

/* r, for the vector of cells at i, as it is stored; value: of the operand, for the mask. */
INLINE vec finished(const struct passage *p, vec r, vec value, size_t i, const unsigned what,
		    const bool bf16, const bool stream)
{
	if (what & ADD)
		r += fetch(p->add, i, bf16);
	if (what & MASK) {
		mask high = value > all(0);

		if (what & LEAKY)
			r = (vec)(((mask)r & high) | ((mask)(r * all(p->slope)) & ~high));
		else
			r = where(high, r);
	}
	put(p->to, i, r, bf16, stream);
	return r;
}

/* Adds r to the sums. */
INLINE void sum_up(const struct passage *p, vec r, size_t i, vec *sum, vec *product,
		   vec *second, const unsigned what, const bool bf16)
{
	if (what & SUMS)
		*sum += r;
	if (what & SQUARES)
		*product += r * r;
	if (what & BELOW)
		*product += r * fetch(p->below[0], i, bf16);
	if (what & SECOND)
		*second += r * fetch(p->below[1], i, bf16);
}

/* ---------------------------------------------------------------------------- rows */

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

	UNROLL(4)
	for (int u = 0; u < spread; u++) {
		UNROLL(8)
		for (int v = 0; v < vectors; v++)
			sum[u][v] = product[u][v] = second[u][v] = all(0);
	}
#define VECTOR(u, v)                                                                           \
	do {                                                                                   \
		const size_t i = at + (size_t)(u)*p->c + (v)*LANES;                            \
		const vec operand =                                                            \
			what & MASK ? load(value + (size_t)(u)*p->c + (v)*LANES) : all(0);     \
		const vec r = finished(p, load(from + (size_t)(u)*p->step + (v)*LANES),        \
				       operand, i, what, bf16, stream);                        \
                                                                                               \
		sum_up(p, r, i, &sum[u][v], &product[u][v], &second[u][v], what, bf16);        \
	} while (0)
	for (int y = 0; y < p->rows; y++) {
		const float *from = p->from + y * p->row + (k0 - p->k0);
		const float *value =
			what & MASK ? p->plane.at + (ptrdiff_t)y * p->plane.row + k0 : NULL;
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
	if (!(what & SUMS))
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

INLINE void pass_rows_on(const struct passage *p, const unsigned what,
			 enum lt_precision precision, bool stream)
{
	if (precision != LT_PRECISE)
		pass_rows(p, what, true, false);
	else if (stream)
		pass_rows(p, what, false, true);
	else
		pass_rows(p, what, false, false);
}

/* The place of rows y0 … y1 - 1 of an image, of arrays with h × w pixels of c channels. */
static struct passage rows_of(struct results from, int image, int y0, int y1, int h, int w,
			      int c)
{
	return (struct passage){.from = from.at,
				.row = from.row,
				.step = from.pixel,
				.k0 = from.k0,
				.k1 = from.k1,
				.at = ((size_t)h * image + y0) * w * c,
				.begins = y0 == 0,
				.w = w,
				.rows = y1 - y0,
				.c = c};
}

/* Where image `image` has its sums; NULL: not wanted. */
static float *sums_of(float *sums, int image, int c)
{
	return sums ? sums + (size_t)image * 2 * c : NULL;
}

/* What is done with gradients at an input; an option A shortcut is added before. */
static unsigned steps_of(const struct lt_in_grad *grad, const struct lt_operand *in)
{
	unsigned what = grad->add_kind == LT_SKIP_SAME ? ADD : 0;

	if (!grad->partial)
		what |= MASK | BELOW | (grad->below[1] ? SECOND : 0) |
			(in->slope > 0 ? LEAKY : 0);
	return what;
}

void vk_out_rows(const struct lt_conv_forward *pass, int image, int y0, int y1,
		 struct results from)
{
	const struct lt_conv_shape *s = &pass->shape;
	struct passage p = rows_of(from, image, y0, y1, s->out_h, s->out_w, s->out_c);

	p.to = pass->out;
	p.add = pass->add;
	p.sums[0] = sums_of(pass->sums, image, s->out_c);
	if (pass->sums && pass->add)
		pass_rows_on(&p, ADD | SQUARES, s->precision, pass->stream);
	else if (pass->sums)
		pass_rows_on(&p, SQUARES, s->precision, pass->stream);
	else if (pass->add)
		pass_rows_on(&p, ADD, s->precision, pass->stream);
	else
		pass_rows_on(&p, 0, s->precision, pass->stream);
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
	const unsigned what = steps_of(grad, in);
	struct passage p = rows_of(from, image, y0, y1, in->h, in->w, in->c);

	p.to = grad->to;
	p.add = grad->add;
	p.plane = (struct plane){value.at + (ptrdiff_t)y0 * value.row, value.row};
	p.slope = in->slope;
	for (int i = 0; i < 2; i++) {
		p.below[i] = grad->below[i];
		p.sums[i] = sums_of(grad->sums[i], image, in->c);
	}
	if (grad->add_kind == LT_SKIP_OPTION_A)
		add_option_a(grad, in, precision != LT_PRECISE, image, y0, y1, from);
	switch (what) {
	case MASK | BELOW:
		pass_rows_on(&p, MASK | BELOW, precision, stream);
		break;
	case MASK | BELOW | LEAKY:
		pass_rows_on(&p, MASK | BELOW | LEAKY, precision, stream);
		break;
	case MASK | BELOW | ADD:
		pass_rows_on(&p, MASK | BELOW | ADD, precision, stream);
		break;
	default:
		pass_rows_on(&p, what, precision, stream);
	}
}

/* -------------------------------------------------------------------------- pixels */

/* `pixels` pixels, from pixel x on. */
INLINE void pass_pixels(const struct passage *p, int x, const int pixels, const unsigned what,
			const bool bf16, const bool stream)
{
	const int c = p->c;
	const float *from = p->from + (size_t)x * c, *scale = p->scale, *shift = p->shift;
	const size_t at = p->at + (size_t)x * c;
	const lt_cells *value = p->value;
	float *group = p->group;

	for (int k = 0; k < c; k += 16) {
		UNROLL(4)
		for (int v = 0; v < VECTORS; v++) {
			const int j = k + v * LANES;
			vec sum = all(0), product = sum, second = sum, times = sum, plus = sum;

			if (what & SUMS) {
				sum = load(group + j);
				product = load(group + c + j);
			}
			if (what & SECOND)
				second = load(group + 2 * c + j);
			if ((what & MASK) && !(what & STORED)) {
				times = load(scale + j);
				plus = load(shift + j);
			}
			UNROLL(2)
			for (int u = 0; u < pixels; u++) {
				const size_t i = at + (size_t)u * c + j;
				vec operand = all(0), r;

				if (what & MASK)
					operand = fetch(value, i, bf16);
				if ((what & MASK) && !(what & STORED))
					operand = times * operand + plus;
				r = finished(p, load(from + (size_t)u * c + j), operand, i,
					     what, bf16, stream);
				sum_up(p, r, i, &sum, &product, &second, what, bf16);
			}
			if (what & SUMS) {
				store(group + j, sum);
				store(group + c + j, product);
			}
			if (what & SECOND)
				store(group + 2 * c + j, second);
		}
	}
}

/*
 * The sums are read and written once for all pixels that are done together.  But the pixels are
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

INLINE void pass_run_on(const struct passage *p, int from, int to, const unsigned what,
			enum lt_precision precision, bool stream)
{
	if (precision != LT_PRECISE)
		pass_run(p, from, to, what, true, false);
	else if (stream)
		pass_run(p, from, to, what, false, true);
	else
		pass_run(p, from, to, what, false, false);
}

static void pass_part(const struct passage *p, int from, int to, unsigned what,
		      enum lt_precision precision, bool stream)
{
	enum { OF_BLOCK = MASK | STORED | BELOW | ADD };

	switch (what) {
	case 0:
		pass_run_on(p, from, to, 0, precision, stream);
		break;
	case ADD:
		pass_run_on(p, from, to, ADD, precision, stream);
		break;
	case SQUARES:
		pass_run_on(p, from, to, SQUARES, precision, stream);
		break;
	case MASK | BELOW:
		pass_run_on(p, from, to, MASK | BELOW, precision, stream);
		break;
	case OF_BLOCK:
		pass_run_on(p, from, to, OF_BLOCK, precision, stream);
		break;
	case OF_BLOCK | SECOND:
		pass_run_on(p, from, to, OF_BLOCK | SECOND, precision, stream);
		break;
	default:
		pass_run_on(p, from, to, what, precision, stream);
	}
}

/* n sums of a group; begins: they are the image's first. */
static void add_sums(float *to, const float *group, int n, bool begins)
{
	for (int k = 0; k < n; k++)
		to[k] = begins ? group[k] : group[k] + to[k];
}

/* Adds the sums of a group of rows to those of image `image`. */
static void add_group(const struct passage *p, int image, bool begins, unsigned what)
{
	for (int i = 0; i < (what & SECOND ? 2 : 1); i++) {
		float *to = sums_of(p->sums[i], image, p->c);

		add_sums(to, p->group, p->c, begins);
		add_sums(to + p->c, p->group + (size_t)(1 + i) * p->c, p->c, begins);
	}
}

/* n pixels from pixel `first` of the batch on; images have h × w. */
static void pass_all(const struct passage *p, size_t first, int n, int h, int w, unsigned what,
		     enum lt_precision precision, bool stream)
{
	const int plane = h * w, group = ROWS * w;
	int image = (int)(first / plane), pixel = (int)(first % plane);

	for (int x = 0, next; x < n; x = next) {
		int end = (pixel / group + 1) * group;

		if (end > plane)
			end = plane;
		next = n - x < end - pixel ? n : x + end - pixel;
		if ((what & SUMS) && pixel % group == 0)
			memset(p->group, 0,
			       (what & SECOND ? 3 : 2) * (size_t)p->c * sizeof *p->group);
		pass_part(p, x, next, what, precision, stream);
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

	pass_all(&p, first, n, s->out_h, s->out_w,
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
	unsigned what = steps_of(grad, in);

	if ((what & MASK) && in->stored)
		what |= STORED;
	pass_all(&p, first, n, s->in_h, s->in_w, what, s->precision, pass->stream);
}
