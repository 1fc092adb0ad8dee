/*
 * Compares every kernel set that this CPU can run with the reference set, in every
 * precision.
 *
 * All memory that a pass must write, and its scratch memory, is filled with NaN first, so a
 * pass that reads uninitialised memory or leaves a gap is detected.  Operands are multiples
 * of small powers of two, so that they are exact in bfloat16, and their values are exact in
 * float32 and never 0.  The reference and a set that contracts a × b + c then agree on the
 * sign of each value, and a difference is a mistake and not rounding.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "kernel/bf16.h"

#define GUARD 128 /* bytes behind an array, which must not change */

enum { IMAGES = 5, MAX_BLOCKS = 256 };

/* Relative to the root mean square. */
static const double tolerances[] = {
	[LT_PRECISE] = 1e-5, [LT_BF16] = 4e-3, [LT_BF16_FAST] = 2e-2};
static const char *const precision_names[] = {
	[LT_PRECISE] = "f32", [LT_BF16] = "bf16", [LT_BF16_FAST] = "bf16-fast"};

static struct {
	unsigned char *block;
	size_t size;
} blocks[MAX_BLOCKS];
static int n_blocks;
static uint32_t noise_state;

/* n elements of NaN, as float or bfloat16, with a guard behind them. */
static void *unset_of(size_t n, size_t element)
{
	size_t size = n * element + GUARD;
	unsigned char *block = lt_new_aligned(size);

	if (!block || n_blocks == MAX_BLOCKS)
		abort();
	memset(block, 0xff, size);
	blocks[n_blocks].block = block;
	blocks[n_blocks++].size = size;
	return block;
}

static float *unset(size_t n)
{
	return unset_of(n, sizeof(float));
}

static lt_cells *unset_cells(size_t n, enum lt_precision precision)
{
	return unset_of(n, lt_cell_size(precision));
}

/* Frees all but the first blocks; returns false if a guard was overwritten. */
static bool drop_to(int first)
{
	bool whole = true;

	for (int i = first; i < n_blocks; i++) {
		const unsigned char *guard = blocks[i].block + blocks[i].size - GUARD;

		for (int j = 0; j < GUARD; j++)
			whole = whole && guard[j] == 0xff;
		lt_free(blocks[i].block);
	}
	n_blocks = first;
	return whole;
}

/* A random whole number in -limit … limit. */
static int noise(int limit)
{
	noise_state = noise_state * 1664525 + 1013904223;
	return (int)((noise_state >> 8) % (2 * (uint32_t)limit + 1)) - limit;
}

/* Random multiples of unit, at least -limit × unit, plus offset. */
static float *grid(size_t n, int limit, float unit, float offset)
{
	float *a = unset(n);

	for (size_t i = 0; i < n; i++)
		a[i] = (float)noise(limit) * unit + offset;
	return a;
}

static float *copied(const float *from, size_t n)
{
	float *to = unset(n);

	memcpy(to, from, n * sizeof *to);
	return to;
}

static float number_of(const lt_cells *cells, size_t i, enum lt_precision precision)
{
	return precision == LT_PRECISE ? ((const float *)cells)[i]
				       : lt_from_bf16(((const lt_bf16 *)cells)[i]);
}

static void set_cell(lt_cells *cells, size_t i, enum lt_precision precision, float x)
{
	if (precision == LT_PRECISE)
		((float *)cells)[i] = x;
	else
		((lt_bf16 *)cells)[i] = lt_to_bf16(x);
}

/* The same as cells. */
static lt_cells *grid_cells(size_t n, int limit, float unit, enum lt_precision precision)
{
	lt_cells *cells = unset_cells(n, precision);

	for (size_t i = 0; i < n; i++)
		set_cell(cells, i, precision, (float)noise(limit) * unit);
	return cells;
}

static bool cells_near(const lt_cells *got, const lt_cells *want, size_t n,
		       enum lt_precision precision, double tolerance)
{
	double difference = 0, square = 0;

	for (size_t i = 0; i < n; i++) {
		double w = number_of(want, i, precision);
		double d = number_of(got, i, precision) - w;

		difference += d * d;
		square += w * w;
	}
	return sqrt(difference) <= tolerance * sqrt(square);
}

static bool is_near(const float *got, const float *want, size_t n, double tolerance)
{
	return cells_near(got, want, n, LT_PRECISE, tolerance);
}

static bool is_equal(const float *a, const float *b, size_t n)
{
	return memcmp(a, b, n * sizeof *a) == 0;
}

static bool cells_equal(const lt_cells *a, const lt_cells *b, size_t n,
			enum lt_precision precision)
{
	return memcmp(a, b, n * lt_cell_size(precision)) == 0;
}

static float *scratch_of(const struct lt_kernels *set, const struct lt_conv_shape *shape)
{
	return unset(set->scratch_size(shape));
}

/* Scratch memory of a pool over an operand. */
static float *pool_scratch(const struct lt_operand *in)
{
	return unset(lt_pool_scratch(in->h, in->w, in->c));
}

/* ------------------------------------------------------------------ a convolution */

enum {
	STORED = 1,    /* the operand, in the backward pass */
	IN_PLACE = 2,  /* the sum overwrites its addend */
	PARTIAL = 4,   /* another pass adds to in_grad */
	TWO_BELOW = 8, /* two batch norms below */
	LEAKY = 16,    /* the operand's ReLU */
	SUM = 32,      /* y is a sum */
};

struct problem {
	const char *name;
	int h, w, in_c, out_c, size, stride;
	enum lt_skip skip; /* of the operand */
	enum lt_skip add;  /* the kind of gradient that is added */
	int flags;
};

static const struct problem problems[] = {
	{"16 channels 32×32", 32, 32, 16, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"identity, in place", 16, 16, 32, 32, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME, IN_PLACE},
	{"identity, apart", 8, 8, 64, 64, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME, STORED},
	{"stride 2, option A above", 32, 32, 16, 32, 3, 2, LT_SKIP_SAME, LT_SKIP_OPTION_A,
	 STORED},
	{"stride 2 of 32", 16, 16, 32, 64, 3, 2, LT_SKIP_SAME, LT_SKIP_OPTION_A, 0},
	{"option A below", 8, 8, 64, 64, 3, 1, LT_SKIP_OPTION_A, LT_SKIP_SAME, IN_PLACE},
	{"option A below, 32", 6, 10, 32, 32, 3, 1, LT_SKIP_OPTION_A, LT_SKIP_NONE, STORED},
	{"3-channel stem", 32, 32, 3, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"1-channel stem", 28, 28, 1, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"stem of stride 2, 4 channels", 9, 7, 4, 48, 3, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"1×1 stem of 5 channels", 7, 5, 5, 16, 1, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"1×1 stem of stride 2, 2 channels", 6, 7, 2, 32, 1, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"48 channels 7×5", 7, 5, 48, 48, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME, IN_PLACE},
	{"48 to 16, 9×13", 9, 13, 48, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"16 to 48, 9×13, stride 2", 9, 13, 16, 48, 3, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"32 to 64, 7×6, stride 2", 7, 6, 32, 64, 3, 2, LT_SKIP_NONE, LT_SKIP_SAME, 0},
	{"1×1", 9, 13, 32, 48, 1, 1, LT_SKIP_SAME, LT_SKIP_SAME, 0},
	{"1×1, stride 2", 7, 5, 64, 16, 1, 2, LT_SKIP_NONE, LT_SKIP_SAME, 0},
	{"1×1, stride 2, even", 8, 8, 16, 32, 1, 2, LT_SKIP_NONE, LT_SKIP_OPTION_A, STORED},
	{"64 channels 7×7", 7, 7, 64, 64, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME, IN_PLACE},
	{"64 to 32, 14×10", 14, 10, 64, 32, 3, 1, LT_SKIP_NONE, LT_SKIP_OPTION_A, 0},
	{"16 to 32, 10×33", 10, 33, 16, 32, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, STORED},
	{"one pixel", 1, 1, 16, 16, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME, IN_PLACE},
	{"one row, stride 2", 1, 9, 16, 32, 3, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"one column", 5, 1, 32, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"2×2, stride 2", 2, 2, 64, 64, 3, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"7×7 stem, 15×17", 15, 17, 3, 64, 7, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"7×7 stem, 32×32", 32, 32, 3, 64, 7, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"7×7 stem, narrower than its kernel", 4, 5, 1, 16, 7, 2, LT_SKIP_NONE, LT_SKIP_NONE,
	 0},
	{"7×7 over 16 channels", 9, 6, 16, 16, 7, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"1×1, 128 to 64", 9, 7, 128, 64, 1, 1, LT_SKIP_SAME, LT_SKIP_SAME, STORED | IN_PLACE},
	{"1×1, 64 to 256", 7, 7, 64, 256, 1, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	/* More inputs or outputs than the vectorised sets gather at a time, and more pixels. */
	{"1×1, 304 to 32", 5, 7, 304, 32, 1, 1, LT_SKIP_SAME, LT_SKIP_SAME, STORED},
	{"1×1, 304 to 528, two rows", 2, 3, 304, 528, 1, 1, LT_SKIP_PROJECTION, LT_SKIP_SAME,
	 STORED | IN_PLACE | TWO_BELOW},
	{"1×1, one pixel", 1, 1, 528, 272, 1, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"1×1, projection made anew", 5, 7, 48, 80, 1, 1, LT_SKIP_PROJECTION, LT_SKIP_NONE,
	 TWO_BELOW},
	{"1×1, leaky and stored", 13, 3, 16, 32, 1, 1, LT_SKIP_NONE, LT_SKIP_SAME,
	 LEAKY | STORED | SUM},
	{"1×1, partial alone", 3, 5, 80, 288, 1, 1, LT_SKIP_NONE, LT_SKIP_NONE,
	 STORED | PARTIAL},
	{"1×1, 32 to 304, stride 2", 9, 7, 32, 304, 1, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"1×1, 16 to 48, rows of 67", 6, 67, 16, 48, 1, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"48 to 80, 5×6", 5, 6, 48, 80, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, STORED},
	{"1×1, 64 to 128, stride 2, 15×13", 15, 13, 64, 128, 1, 2, LT_SKIP_NONE, LT_SKIP_NONE,
	 STORED | PARTIAL},
	{"128 to 32, 14×14", 14, 14, 128, 32, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"128 channels 7×7", 7, 7, 128, 128, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME, STORED},
	{"64 to 48, 15×13, stride 2", 15, 13, 64, 48, 3, 2, LT_SKIP_SAME, LT_SKIP_SAME,
	 STORED | IN_PLACE},
	{"128 to 256, 4×3, stride 2", 4, 3, 128, 256, 3, 2, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"256 channels 2×2", 2, 2, 256, 256, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"projection below", 8, 8, 32, 32, 3, 1, LT_SKIP_PROJECTION, LT_SKIP_SAME,
	 STORED | IN_PLACE | TWO_BELOW},
	{"projection below, made anew, 7×9", 7, 9, 64, 16, 3, 1, LT_SKIP_PROJECTION,
	 LT_SKIP_NONE, TWO_BELOW},
	{"projection below a 1×1", 5, 7, 64, 32, 1, 1, LT_SKIP_PROJECTION, LT_SKIP_SAME,
	 STORED | IN_PLACE | TWO_BELOW},
	{"projection below a stride of 2", 10, 9, 32, 48, 3, 2, LT_SKIP_PROJECTION,
	 LT_SKIP_SAME, STORED | TWO_BELOW},
	{"projection below a 1×1 of stride 2", 7, 5, 32, 64, 1, 2, LT_SKIP_PROJECTION,
	 LT_SKIP_NONE, TWO_BELOW},
	{"projection below a shortcut of option A", 8, 8, 16, 32, 3, 2, LT_SKIP_PROJECTION,
	 LT_SKIP_OPTION_A, TWO_BELOW},
	{"partial", 9, 8, 32, 32, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, STORED | PARTIAL},
	{"partial, a shortcut added", 8, 10, 32, 16, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME,
	 STORED | PARTIAL},
	{"partial, added in place", 14, 6, 16, 32, 3, 2, LT_SKIP_SAME, LT_SKIP_SAME,
	 STORED | PARTIAL | IN_PLACE},
	{"partial 1×1, added in place", 6, 6, 32, 64, 1, 1, LT_SKIP_NONE, LT_SKIP_SAME,
	 STORED | PARTIAL | IN_PLACE},
	{"partial, option A above", 8, 6, 32, 64, 1, 2, LT_SKIP_NONE, LT_SKIP_OPTION_A,
	 STORED | PARTIAL},
	{"leaky, 32 channels 16×16", 16, 16, 32, 32, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, LEAKY},
	{"leaky, stored, a sum", 9, 7, 64, 64, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE,
	 LEAKY | STORED | SUM},
	{"leaky, stored, added", 8, 8, 16, 32, 3, 1, LT_SKIP_NONE, LT_SKIP_SAME,
	 LEAKY | STORED},
	{"leaky, stride 2, a sum", 8, 10, 32, 64, 3, 2, LT_SKIP_NONE, LT_SKIP_NONE,
	 LEAKY | SUM},
	{"leaky, 1×1, a sum", 6, 7, 48, 32, 1, 1, LT_SKIP_NONE, LT_SKIP_NONE, LEAKY | SUM},
	{"a sum over a shortcut", 12, 9, 32, 16, 3, 1, LT_SKIP_SAME, LT_SKIP_NONE, SUM},
	{"a stem's sum", 11, 8, 3, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, SUM},
	/* Winograd's few channels: tiles of several images, cut tiles, a last strip of one row,
	 * and rows that are divided into columns. */
	{"16 channels 9×13", 9, 13, 16, 16, 3, 1, LT_SKIP_SAME, LT_SKIP_SAME, IN_PLACE},
	{"16 channels 7×9", 7, 9, 16, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, STORED},
	{"16 channels 44×9", 44, 9, 16, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"16 channels 7×133", 7, 133, 16, 16, 3, 1, LT_SKIP_NONE, LT_SKIP_NONE, 0},
	{"16 channels 7×129", 7, 129, 16, 16, 3, 1, LT_SKIP_SAME, LT_SKIP_NONE, 0},
};

/* The inputs of a problem's passes; weights are in the master layout. */
struct given {
	const struct problem *problem;
	enum lt_precision precision;
	struct lt_conv_shape shape;
	size_t in_n, out_n, in_sums, out_sums, weights; /* number of elements, for all images */
	struct lt_operand in;
	float *master, *p, *q, *r;
	lt_cells *grad, *raw, *add, *below[2];
	lt_cells *y; /* the other addend of a sum, or NULL */
};

/* The outputs of a problem's passes. */
struct made {
	lt_cells *out, *value, *in_grad;
	float *forward_sums, *weight_grad, *backward_sums[2];
};

static struct lt_operand give_operand(const struct problem *problem,
				      enum lt_precision precision, size_t n)
{
	struct lt_operand in = {.h = problem->h, .w = problem->w, .c = problem->in_c};
	size_t c = (size_t)in.c;

	if (in.c % 16) {
		in.image = grid(n, 128, 0x1p-6f, 0);
		return in;
	}
	in.raw = grid_cells(n, 256, 0x1p-8f, precision);
	in.scale = grid(c, 32, 0x1p-6f, 1);
	/* An odd multiple of 2^-15 plus multiples of 2^-14: no value is 0. */
	in.shift = grid(c, 32, 0x1p-6f, 0x1p-15f);
	in.skip_kind = problem->skip;
	in.slope = problem->flags & LEAKY ? 0.125f : 0;
	if (problem->skip != LT_SKIP_NONE)
		in.skip = grid_cells(problem->skip == LT_SKIP_OPTION_A ? 2 * n : n, 64, 0x1p-6f,
				     precision);
	if (problem->skip == LT_SKIP_PROJECTION) {
		in.skip_scale = grid(c, 32, 0x1p-6f, 1);
		in.skip_shift = grid(c, 32, 0x1p-6f, 0);
	}
	return in;
}

static struct given give(const struct problem *problem, enum lt_precision precision)
{
	struct given g = {.problem = problem, .precision = precision};
	struct lt_conv_shape *s = &g.shape;

	*s = (struct lt_conv_shape){problem->h,
				    problem->w,
				    problem->in_c,
				    (problem->h + problem->stride - 1) / problem->stride,
				    (problem->w + problem->stride - 1) / problem->stride,
				    problem->out_c,
				    problem->size,
				    problem->stride,
				    precision};
	g.in_n = (size_t)IMAGES * s->in_h * s->in_w * s->in_c;
	g.out_n = (size_t)IMAGES * s->out_h * s->out_w * s->out_c;
	g.in_sums = (size_t)IMAGES * 2 * s->in_c;
	g.out_sums = (size_t)IMAGES * 2 * s->out_c;
	g.weights = lt_conv_weights(s);
	g.master = grid(g.weights, 128, 0x1p-9f, 0);
	g.in = give_operand(problem, precision, g.in_n);
	g.grad = grid_cells(g.out_n, 128, 0x1p-7f, precision);
	g.raw = grid_cells(g.out_n, 128, 0x1p-7f, precision);
	g.p = grid((size_t)s->out_c, 32, 0x1p-6f, 1);
	g.q = grid((size_t)s->out_c, 32, 0x1p-9f, 0);
	g.r = grid((size_t)s->out_c, 32, 0x1p-9f, 0);
	if (problem->flags & SUM)
		g.y = grid_cells(g.out_n, 128, 0x1p-4f, precision);
	g.below[0] = grid_cells(g.in_n, 128, 0x1p-7f, precision);
	if (problem->flags & TWO_BELOW)
		g.below[1] = grid_cells(g.in_n, 128, 0x1p-7f, precision);
	if (problem->add != LT_SKIP_NONE)
		g.add = grid_cells(problem->add == LT_SKIP_SAME ? g.in_n : g.in_n / 2, 128,
				   0x1p-7f, precision);
	return g;
}

static struct made unmade(const struct given *g)
{
	struct made m = {
		.out = unset_cells(g->out_n, g->precision),
		.value = unset_cells(g->in_n, g->precision),
		.in_grad = unset_cells(g->in_n, g->precision),
		.forward_sums = unset(g->out_sums),
		.weight_grad = unset(g->weights),
		.backward_sums = {unset(g->in_sums), unset(g->in_sums)},
	};

	return m;
}

/* Where a backward pass writes its gradient; nothing is added yet. */
static struct lt_in_grad grad_to(const struct given *g, const struct made *m)
{
	struct lt_in_grad to = {.to = m->in_grad};

	if (g->problem->flags & PARTIAL) {
		to.partial = true;
		return to;
	}
	for (int i = 0; i < 2; i++) {
		to.below[i] = g->below[i];
		to.sums[i] = g->below[i] ? m->backward_sums[i] : NULL;
	}
	return to;
}

static struct lt_operand stored_operand(const struct given *g, const struct made *m)
{
	return (struct lt_operand){.h = g->in.h,
				   .w = g->in.w,
				   .c = g->in.c,
				   .slope = g->in.slope,
				   .stored = m->value};
}

/* Forward with the given operand, in one call or image by image from the last one. */
static void run_forward_over(const struct lt_kernels *set, const struct given *g,
			     struct lt_operand in, struct made *m, bool cut)
{
	const struct lt_conv_shape *s = &g->shape;
	float *weight = unset(set->weight_size(s));
	struct lt_conv_forward pass = {.shape = *s,
				       .in = in,
				       .weight = weight,
				       .add = g->y,
				       .out = m->out,
				       .sums = m->forward_sums,
				       .stream = cut};

	for (int block = 0; block < s->out_c / 16; block++)
		set->prepare(s, g->master, false, block, block + 1, weight);
	if (!cut)
		set->conv_forward(&pass, 0, IMAGES, scratch_of(set, s));
	for (int i = IMAGES - 1; cut && i >= 0; i--)
		set->conv_forward(&pass, i, 1, scratch_of(set, s));
}

/* The same with the problem's operand; the value is stored as well. */
static void run_forward(const struct lt_kernels *set, const struct given *g, struct made *m,
			bool cut)
{
	struct lt_operand in = g->in;

	if (!in.image)
		in.store = m->value;
	run_forward_over(set, g, in, m, cut);
}

/*
 * Backward after run_forward: in one call; or the weights by half of the blocks of channels,
 * half of the others and so on, then the data image by image.
 */
static void run_backward(const struct lt_kernels *set, const struct given *g, struct made *m,
			 bool cut)
{
	const struct lt_conv_shape *s = &g->shape;
	int all = s->out_c / 16, what = LT_BACK_DATA | LT_BACK_WEIGHTS;
	float *back = unset(set->weight_size(s));
	bool data = s->in_c % 16 == 0;
	struct lt_conv_backward pass = {.shape = *s,
					.in = g->problem->flags & STORED ? stored_operand(g, m)
									 : g->in,
					.grad = g->grad,
					.raw = g->raw,
					.p = g->p,
					.q = g->q,
					.r = g->r,
					.weight_back = back,
					.weight_grad = m->weight_grad,
					.stream = cut};

	if (data) {
		set->prepare(s, g->master, true, 0, s->in_c / 16, back);
		pass.in_grad = grad_to(g, m);
		pass.in_grad.add_kind = g->problem->add;
		pass.in_grad.add = g->add;
	}
	if (g->problem->flags & IN_PLACE) {
		memcpy(m->in_grad, g->add, g->in_n * lt_cell_size(g->precision));
		pass.in_grad.add = m->in_grad;
	}
	if (!cut)
		set->conv_backward(&pass, 0, IMAGES, what, 0, all, scratch_of(set, s));
	for (int end = all, b; cut && end > 0; end = b) {
		b = end / 2;
		set->conv_backward(&pass, 0, IMAGES, LT_BACK_WEIGHTS, b, end,
				   scratch_of(set, s));
	}
	for (int i = 0; cut && i < IMAGES; i++)
		set->conv_backward(&pass, i, 1, LT_BACK_DATA, 0, 0, scratch_of(set, s));
}

static bool all_near(const struct given *g, const struct made *a, const struct made *b)
{
	double tolerance = tolerances[g->precision];
	bool good = cells_near(a->out, b->out, g->out_n, g->precision, tolerance) &&
		    is_near(a->forward_sums, b->forward_sums, g->out_sums, tolerance) &&
		    is_near(a->weight_grad, b->weight_grad, g->weights, tolerance);

	if (g->in.image)
		return good;
	good = good && cells_near(a->value, b->value, g->in_n, g->precision, tolerance) &&
	       cells_near(a->in_grad, b->in_grad, g->in_n, g->precision, tolerance);
	for (int i = 0; i < 2 && !(g->problem->flags & PARTIAL); i++)
		if (g->below[i])
			good = good && is_near(a->backward_sums[i], b->backward_sums[i],
					       g->in_sums, tolerance);
	return good;
}

static bool all_equal(const struct given *g, const struct made *a, const struct made *b)
{
	/* Buffers that a problem does not use stay as they were, with equal bytes. */
	return cells_equal(a->out, b->out, g->out_n, g->precision) &&
	       is_equal(a->forward_sums, b->forward_sums, g->out_sums) &&
	       cells_equal(a->value, b->value, g->in_n, g->precision) &&
	       is_equal(a->weight_grad, b->weight_grad, g->weights) &&
	       cells_equal(a->in_grad, b->in_grad, g->in_n, g->precision) &&
	       is_equal(a->backward_sums[0], b->backward_sums[0], g->in_sums) &&
	       is_equal(a->backward_sums[1], b->backward_sums[1], g->in_sums);
}

/* Reports the check of a set on a problem. */
static void check_set(bool good, const struct lt_kernels *set, const struct given *g,
		      const char *what)
{
	char name[200];

	snprintf(name, sizeof name, "%s: %s, %s: %s", set->name, g->problem->name,
		 precision_names[g->precision], what);
	check_named(good, name);
}

/* The reference set, which made `want`, is only compared with itself in parts. */
static void check_convolution(const struct lt_kernels *set, const struct given *g,
			      const struct made *want, bool is_reference)
{
	int first = n_blocks;
	struct made got = is_reference ? *want : unmade(g), cut = unmade(g), read = unmade(g),
		    alone = unmade(g);

	if (!is_reference) {
		run_forward(set, g, &got, false);
		run_backward(set, g, &got, false);
		check_set(all_near(g, &got, want), set, g, "near the reference");
	}
	run_forward(set, g, &cut, true);
	run_backward(set, g, &cut, true);
	check_set(all_equal(g, &cut, &got), set, g, "same bytes in parts");
	/* As in inference; in bfloat16, a value that is stored is rounded before it is used. */
	alone.forward_sums = NULL;
	run_forward_over(set, g, g->in, &alone, false);
	check_set(cells_near(alone.out, got.out, g->out_n, g->precision,
			     g->precision == LT_PRECISE ? 0 : tolerances[g->precision]),
		  set, g, "the same without sums and a stored value");
	if (!g->in.image) {
		run_forward_over(set, g, stored_operand(g, &got), &read, false);
		check_set(cells_equal(read.out, got.out, g->out_n, g->precision) &&
				  is_equal(read.forward_sums, got.forward_sums, g->out_sums),
			  set, g, "same bytes over the stored value");
	}
	check_set(drop_to(first), set, g, "nothing else written");
}

/* --------------------------------------------------------------------- the image */

/*
 * In one call, or image by image from the last one; the result is added to a copy of
 * `before`, if given.
 */
static float *run_image(const struct lt_kernels *set, const struct given *g,
			const float *before, bool cut)
{
	struct lt_image_backward pass = {
		.shape = g->shape,
		.grad = g->grad,
		.raw = g->raw,
		.p = g->p,
		.q = g->q,
		.r = g->r,
		.weight = g->master,
		.image_grad = before ? copied(before, g->in_n) : unset(g->in_n),
		.adds = before,
	};

	for (int i = cut ? IMAGES - 1 : 0; i >= 0; i--)
		set->image_backward(&pass, i, cut ? 1 : IMAGES, scratch_of(set, &g->shape));
	return pass.image_grad;
}

static void check_image(const struct lt_kernels *const *sets, int n, const struct given *g)
{
	int first = n_blocks;
	double tolerance = tolerances[g->precision];
	const float *want = run_image(sets[0], g, NULL, false);
	float *before = grid(g->in_n, 128, 0x1p-6f, 0), *sum = copied(before, g->in_n);

	for (size_t i = 0; i < g->in_n; i++)
		sum[i] += want[i];
	for (int i = 0; i < n; i++) {
		const float *got = run_image(sets[i], g, NULL, false);
		const float *cut = run_image(sets[i], g, NULL, true);
		const float *added = run_image(sets[i], g, before, false);

		check_set(is_near(got, want, g->in_n, tolerance) && is_equal(got, cut, g->in_n),
			  sets[i], g, "gradient at the image");
		check_set(is_near(added, sum, g->in_n, tolerance), sets[i], g,
			  "gradient at the image, added");
	}
	check_named(drop_to(first), "gradient at the image: nothing else written");
}

/* By hand: each pixel of a 1×1 image meets only the middle tap of a 3×3 kernel. */
static void check_image_by_hand(const struct lt_kernels *set)
{
	const struct problem problem = {"image by hand", 1, 1, 2, 16, 3, 1, LT_SKIP_NONE,
					LT_SKIP_NONE,	 0};
	struct given g = give(&problem, LT_PRECISE);
	float want[2] = {0, 0};
	const float *got;

	/* Only image 0 is checked. */
	for (int k = 0; k < 16; k++) {
		float d = g.p[k] * number_of(g.grad, (size_t)k, LT_PRECISE) +
			  g.q[k] * number_of(g.raw, (size_t)k, LT_PRECISE) + g.r[k];

		for (int c = 0; c < 2; c++)
			want[c] += d * g.master[(4 * 2 + c) * 16 + k];
	}
	got = run_image(set, &g, NULL, false);
	check_set(is_near(got, want, 2, 1e-6) && drop_to(0), set, &g, "as counted");
}

/* ------------------------------------------------------------------ gradients at y */

/* To a separate buffer, or overwriting one of the two inputs. */
static lt_cells *run_sum(const struct lt_kernels *set, const struct given *g,
			 const lt_cells *over, bool adds, bool cut)
{
	size_t bytes = g->out_n * lt_cell_size(g->precision);
	struct lt_sum_backward pass = {.h = g->shape.out_h,
				       .w = g->shape.out_w,
				       .c = g->shape.out_c,
				       .precision = g->precision,
				       .grad = g->grad,
				       .raw = g->raw,
				       .p = g->p,
				       .q = g->q,
				       .r = g->r,
				       .add = adds ? g->y : NULL,
				       .to = unset_cells(g->out_n, g->precision)};

	if (over)
		memcpy(pass.to, over, bytes);
	if (over == g->grad)
		pass.grad = pass.to;
	else if (over)
		pass.add = pass.to;
	for (int i = cut ? IMAGES - 1 : 0; i >= 0; i--)
		set->sum_backward(&pass, i, cut ? 1 : IMAGES);
	return pass.to;
}

static void check_sum(const struct lt_kernels *ref, const struct lt_kernels *set,
		      const struct given *g)
{
	int first = n_blocks;

	for (int adds = 0; adds < 2; adds++) {
		const lt_cells *want = run_sum(ref, g, NULL, adds, false);
		const lt_cells *got = run_sum(set, g, NULL, adds, false);
		const lt_cells *other = run_sum(set, g, adds ? g->y : g->grad, adds, true);

		check_set(cells_near(got, want, g->out_n, g->precision,
				     tolerances[g->precision]) &&
				  cells_equal(other, got, g->out_n, g->precision),
			  set, g, adds ? "gradient at a sum" : "gradient at y");
	}
	check_set(drop_to(first), set, g, "gradient at y, nothing else written");
}

/* By hand: d = 2 × 3 + 0.5 × 4 + 1 = 9, plus 5 from other readers. */
static void check_sum_by_hand(const struct lt_kernels *set)
{
	float p[16], q[16], r[16], grad[16], raw[16], add[16];
	struct lt_sum_backward pass = {1, 1, 16, LT_PRECISE, grad, raw, p, q, r, add, add};
	bool good = true;
	char name[80];

	for (int k = 0; k < 16; k++) {
		p[k] = 2;
		q[k] = 0.5f;
		r[k] = 1;
		grad[k] = 3;
		raw[k] = 4;
		add[k] = 5;
	}
	set->sum_backward(&pass, 0, 1);
	for (int k = 0; k < 16; k++)
		good = good && add[k] == 14;
	snprintf(name, sizeof name, "%s: gradient at y by hand", set->name);
	check_named(good, name);
}

/* ---------------------------------------------------------------------- the pools */

/*
 * The other inputs and the outputs of pooling; features of the mean are float, maxima are
 * cells.
 */
struct pooled {
	size_t features, pixels;
	float *feature_grad, *feature;
	lt_cells *grad, *out;
	struct made mean, max; /* in_grad and backward_sums */
};

static struct pooled give_pooled(const struct given *g)
{
	const struct lt_operand *in = &g->in;
	struct pooled p = {.features = (size_t)IMAGES * in->c,
			   .pixels = (size_t)IMAGES * ((in->h + 1) / 2) * ((in->w + 1) / 2) *
				     in->c};

	p.feature_grad = grid(p.features, 128, 0x1p-7f, 0);
	p.grad = grid_cells(p.pixels, 128, 0x1p-7f, g->precision);
	return p;
}

static void run_pools(const struct lt_kernels *set, const struct given *g, struct pooled *p,
		      bool cut)
{
	struct lt_pool_pass mean = {
		.in = g->in, .precision = g->precision, .feature_grad = p->feature_grad};
	struct lt_max_pass max = {.in = g->in, .precision = g->precision, .grad = p->grad};

	p->feature = mean.feature = unset(p->features);
	p->out = max.out = unset_cells(p->pixels, g->precision);
	p->mean = unmade(g);
	p->max = unmade(g);
	mean.in_grad = grad_to(g, &p->mean);
	max.in_grad = grad_to(g, &p->max);
	for (int i = cut ? IMAGES - 1 : 0; i >= 0; i--) {
		int n = cut ? 1 : IMAGES;

		set->pool_forward(&mean, i, n, pool_scratch(&g->in));
		set->pool_backward(&mean, i, n, pool_scratch(&g->in));
		set->max_forward(&max, i, n, pool_scratch(&g->in));
		set->max_backward(&max, i, n, pool_scratch(&g->in));
	}
}

static bool backs_near(const struct given *g, const struct made *a, const struct made *b)
{
	double tolerance = tolerances[g->precision];
	bool good = cells_near(a->in_grad, b->in_grad, g->in_n, g->precision, tolerance);

	for (int i = 0; i < 2 && !(g->problem->flags & PARTIAL); i++)
		if (g->below[i])
			good = good && is_near(a->backward_sums[i], b->backward_sums[i],
					       g->in_sums, tolerance);
	return good;
}

static bool backs_equal(const struct given *g, const struct made *a, const struct made *b)
{
	return cells_equal(a->in_grad, b->in_grad, g->in_n, g->precision) &&
	       is_equal(a->backward_sums[0], b->backward_sums[0], g->in_sums) &&
	       is_equal(a->backward_sums[1], b->backward_sums[1], g->in_sums);
}

static void check_pools(const struct lt_kernels *set, const struct given *g,
			const struct pooled *want)
{
	int first = n_blocks;
	double tolerance = tolerances[g->precision];
	struct pooled got = *want, cut = *want;

	run_pools(set, g, &got, false);
	run_pools(set, g, &cut, true);
	check_set(is_near(got.feature, want->feature, got.features, tolerance) &&
			  backs_near(g, &got.mean, &want->mean),
		  set, g, "mean near the reference");
	check_set(cells_near(got.out, want->out, got.pixels, g->precision, tolerance) &&
			  backs_near(g, &got.max, &want->max),
		  set, g, "max near the reference");
	check_set(is_equal(cut.feature, got.feature, got.features) &&
			  backs_equal(g, &cut.mean, &got.mean) &&
			  cells_equal(cut.out, got.out, got.pixels, g->precision) &&
			  backs_equal(g, &cut.max, &got.max) && drop_to(first),
		  set, g, "pools, same bytes in parts");
}

/* By hand: padding is never the maximum, and the first of equal values gets the gradient. */
static void check_max_by_hand(const struct lt_kernels *set)
{
	static const float rows[9] = {3, 3, -1, 2, -5, -2, -3, -4, -6};
	static const float want_out[4] = {3, 3, 2, 0}, want_grad[9] = {1, 2, 0, 4};
	const struct problem problem = {"max by hand", 3, 3, 16, 16, 1, 1, LT_SKIP_NONE,
					LT_SKIP_NONE,  0};
	struct given g = give(&problem, LT_PRECISE);
	float ones[16], zeros[16] = {0}, *raw = unset(9 * 16), *grad = unset(4 * 16);
	float *out = unset(4 * 16), *back = unset(9 * 16), *sums = unset(2 * 16);
	struct lt_max_pass pass = {.in = g.in, .out = out, .grad = grad};
	bool good = true;

	for (int k = 0; k < 16; k++) {
		ones[k] = 1;
		for (int i = 0; i < 9; i++)
			raw[i * 16 + k] = rows[i];
		for (int i = 0; i < 4; i++)
			grad[i * 16 + k] = (float)(1 << i);
	}
	pass.in.raw = raw;
	pass.in.scale = ones;
	pass.in.shift = zeros;
	pass.in_grad = (struct lt_in_grad){.to = back, .below = {raw}, .sums = {sums}};
	set->max_forward(&pass, 0, 1, pool_scratch(&g.in));
	set->max_backward(&pass, 0, 1, pool_scratch(&g.in));
	for (int k = 0; k < 16; k++) {
		for (int i = 0; i < 4; i++)
			good = good && out[i * 16 + k] == want_out[i];
		for (int i = 0; i < 9; i++)
			good = good && back[i * 16 + k] == want_grad[i];
		good = good && sums[k] == 7 && sums[16 + k] == 3 + 6 + 8;
	}
	check_set(good && drop_to(0), set, &g, "as counted");
}

/* ----------------------------------------------------------- vectors of parameters */

static void check_vectors(const struct lt_kernels *ref, const struct lt_kernels *set)
{
	size_t n = 1003;
	float *w = grid(n, 999, 0x1p-10f, 0), *m = grid(n, 999, 0x1p-10f, 0);
	float *g = grid(n, 999, 0x1p-10f, 0), *copy = copied(w, n);
	char name[160];

	for (int nesterov = 0; nesterov < 2; nesterov++) {
		float *w0 = copied(w, n), *m0 = copied(m, n), *w1 = copied(w, n),
		      *m1 = copied(m, n);

		ref->sgd(w0, m0, g, n, 0.1f, 0.9f, 2e-4f, nesterov);
		set->sgd(w1, m1, g, n, 0.1f, 0.9f, 2e-4f, nesterov);
		snprintf(name, sizeof name, "%s: sgd%s", set->name,
			 nesterov ? ", nesterov" : "");
		check_named(is_near(w1, w0, n, 1e-5) && is_near(m1, m0, n, 1e-5), name);
	}
	ref->add(w, g, n);
	set->add(copy, g, n);
	snprintf(name, sizeof name, "%s: add", set->name);
	check_named(is_equal(w, copy, n), name);
	snprintf(name, sizeof name, "%s: nothing behind a vector's end", set->name);
	check_named(drop_to(0), name);
}

/* SGD by hand: g' = 0.5 + 0.25 × 2 = 1, m = 0.5 × 4 + 1 = 3, w = 2 - 0.5 × 3. */
static void check_step(const struct lt_kernels *set)
{
	float w = 2, m = 4, g = 0.5f, to = 1, from = 2;
	char name[80];

	set->sgd(&w, &m, &g, 1, 0.5f, 0.5f, 0.25f, false);
	set->add(&to, &from, 1);
	snprintf(name, sizeof name, "%s: a step and a sum by hand", set->name);
	check_named(w == 0.5f && m == 3 && to == 3, name);
}

/* ------------------------------------------------------------------------- NaN */

/* A diverged network must not look healthy: NaN is passed on, and only within its image. */
static void check_nan(const struct lt_kernels *set, enum lt_precision precision)
{
	const struct problem problem = {"NaN",	      4, 4, 16, 16, 3, 1, LT_SKIP_NONE,
					LT_SKIP_NONE, 0};
	struct given g = give(&problem, precision);
	struct made m = unmade(&g);
	size_t plane = 4 * 4 * 16, half = 2 * 2 * 16;
	lt_cells *raw = grid_cells(g.in_n, 64, 0x1p-6f, precision);
	struct pooled p = give_pooled(&g);
	bool good = true, largest = true;

	set_cell(raw, plane + 5 * 16, precision, NAN);
	g.in.raw = raw;
	run_forward(set, &g, &m, false);
	run_pools(set, &g, &p, false);
	for (size_t k = 0; k < 16; k++)
		good = good && isnan(number_of(m.out, plane + 5 * 16 + k, precision)) &&
		       !isnan(number_of(m.out, 5 * 16 + k, precision)) &&
		       !isnan(number_of(m.out, 2 * plane + 5 * 16 + k, precision)) &&
		       isnan(m.forward_sums[2 * 16 + k]) && !isnan(m.forward_sums[k]);
	check_set(good, set, &g, "goes through a convolution");
	check_set(isnan(p.feature[16]) && !isnan(p.feature[0]) && !isnan(p.feature[17]), set,
		  &g, "goes through the mean");
	/* Pixel (1, 1) is in all four windows of its image. */
	for (size_t i = 0; i < IMAGES * half; i++)
		largest = largest && isnan(number_of(p.out, i, precision)) ==
					     (i / half == 1 && i % 16 == 0);
	check_set(largest && drop_to(0), set, &g, "goes through the largest");
}

/* ------------------------------------------------------------------ no images */

static void check_no_images(const struct lt_kernels *set, const struct given *g)
{
	const struct lt_conv_shape *s = &g->shape;
	int first = n_blocks;
	float *weight_grad = unset(g->weights);
	struct lt_conv_backward pass = {.shape = *s,
					.in = g->in,
					.grad = g->grad,
					.raw = g->raw,
					.p = g->p,
					.q = g->q,
					.r = g->r,
					.weight_grad = weight_grad};
	bool zeros = true;

	set->conv_backward(&pass, 0, 0, LT_BACK_WEIGHTS, 0, s->out_c / 16, scratch_of(set, s));
	for (size_t i = 0; i < g->weights; i++)
		zeros = zeros && weight_grad[i] == 0;
	check_set(zeros && drop_to(first), set, g, "no images, no gradient");
}

/* ------------------------------------------------------------------------- bfloat16 */

static float float_of(uint32_t bits)
{
	float x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

static void check_bf16(void)
{
	static const struct {
		uint32_t from;
		lt_bf16 to;
	} pairs[] = {
		/* Zeros keep their sign. */
		{0x00000000, 0x0000},
		{0x80000000, 0x8000},
		/* 1, just below a tie, a tie to even (down), just above. */
		{0x3f800000, 0x3f80},
		{0x3f807fff, 0x3f80},
		{0x3f808000, 0x3f80},
		{0x3f808001, 0x3f81},
		/* A tie to even (up), and just below. */
		{0x3f818000, 0x3f82},
		{0x3f817fff, 0x3f81},
		/* Ties of negative numbers, up and down in magnitude. */
		{0xbf818000, 0xbf82},
		{0xbf808000, 0xbf80},
		/* A carry into the exponent. */
		{0x3fff8000, 0x4000},
		/* The largest number, overflow to infinity, infinities. */
		{0x7f7f0000, 0x7f7f},
		{0x7f7f7fff, 0x7f7f},
		{0x7f7f8000, 0x7f80},
		{0xff7fffff, 0xff80},
		{0x7f800000, 0x7f80},
		{0xff800000, 0xff80},
		/* NaN: payloads that would vanish, and others that would carry. */
		{0x7f800001, 0x7fc0},
		{0x7fffffff, 0x7fff},
		{0xffffffff, 0xffff},
		{0xff80ffff, 0xffc0},
		/* Subnormal numbers, and a tie to zero. */
		{0x00010000, 0x0001},
		{0x00008000, 0x0000},
		{0x00008001, 0x0001},
		{0x007fffff, 0x0080},
	};
	bool same = true;

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char name[80];

		snprintf(name, sizeof name, "bf16: %08x is %04x", (unsigned)pairs[i].from,
			 (unsigned)pairs[i].to);
		check_named(lt_to_bf16(float_of(pairs[i].from)) == pairs[i].to, name);
	}
	for (uint32_t b = 0; b < 65536; b++) {
		float x = lt_from_bf16((lt_bf16)b);
		bool nan = (b & 0x7fff) > 0x7f80;

		same = same && (nan ? isnan(x) && isnan(lt_from_bf16(lt_to_bf16(x)))
				    : lt_to_bf16(x) == b);
	}
	check_named(same, "bf16: each is itself as a float32");
}

static void check_choice(void)
{
	const struct lt_kernels *set = NULL;
	struct lt_error err;

	check_int(lt_kernels_choose(&set, "fast", &err), LT_USAGE);
	check_text(err.text, "--kernel: unknown kernel set 'fast'");
	setenv("LT_KERNEL", "ref", 1);
	check_int(lt_kernels_choose(&set, NULL, &err), 0);
	check_text(set->name, "ref");
	setenv("LT_KERNEL", "nonesuch", 1);
	check_int(lt_kernels_choose(&set, NULL, &err), LT_USAGE);
	unsetenv("LT_KERNEL");
	check_int(lt_kernels_choose(&set, NULL, &err), 0);
}

/* Finds the sets that this CPU can run; returns their number. */
static int find_sets(const struct lt_kernels **sets)
{
	struct lt_error err;
	int n = 0;

	for (int i = 0; lt_kernel_names[i]; i++)
		if (lt_kernels_choose(&sets[n], lt_kernel_names[i], &err) == 0)
			n++;
		else
			printf("# %s\n", err.text);
	return n;
}

/* Tiles only multiply bfloat16, so all other results must equal those of v4bf16. */
static void check_tiles(const struct lt_kernels *const *sets, int n, const struct given *g)
{
	int first = n_blocks;
	struct made tiles = unmade(g), vectors = unmade(g);

	for (int i = 1; i < n; i++)
		if (g->precision != LT_BF16_FAST && strcmp(sets[i]->name, "v4amx") == 0) {
			run_forward(sets[i], g, &tiles, false);
			run_backward(sets[i], g, &tiles, false);
			run_forward(sets[i - 1], g, &vectors, false);
			run_backward(sets[i - 1], g, &vectors, false);
			check_text(sets[i - 1]->name, "v4bf16");
			check_set(all_equal(g, &tiles, &vectors), sets[i], g,
				  "same bytes as v4bf16");
		}
	check_named(drop_to(first), "nothing else written");
}

/* Compares every set with the reference on one problem. */
static void check_problem(const struct lt_kernels *const *sets, int n,
			  const struct problem *problem, enum lt_precision precision)
{
	struct given g = give(problem, precision);
	struct made want = unmade(&g);
	struct pooled pooled;

	run_forward(sets[0], &g, &want, false);
	run_backward(sets[0], &g, &want, false);
	for (int i = 0; i < n; i++)
		check_convolution(sets[i], &g, &want, i == 0);
	check_tiles(sets, n, &g);
	for (int i = 0; i < n; i++) {
		check_no_images(sets[i], &g);
		if (g.y)
			check_sum(sets[0], sets[i], &g);
	}
	if (g.in.image) {
		check_image(sets, n, &g);
	} else {
		pooled = give_pooled(&g);
		run_pools(sets[0], &g, &pooled, false);
		for (int i = 0; i < n; i++)
			check_pools(sets[i], &g, &pooled);
	}
	check_named(drop_to(0), "what was given is whole");
}

/*
 * LT_SMALL (an emulated processor) and the sanitizers leave out the largest problems, which
 * take most of the time.  The others cover every kind of pass and shortcut.
 */
static bool left_out(const struct problem *problem)
{
	enum { MULTIPLY_ADDS = 2200000 }; /* of one image, in one pass */
	int taps = problem->size * problem->size;
	int pixels = problem->h * problem->w / (problem->stride * problem->stride);

	if (!check_is_slow() || pixels * taps * problem->in_c * problem->out_c < MULTIPLY_ADDS)
		return false;
	printf("# left out, too slow here: %s\n", problem->name);
	return true;
}

int main(void)
{
	const struct lt_kernels *sets[8];
	int n = find_sets(sets);

	noise_state = 1;
	for (size_t p = 0; p < sizeof problems / sizeof *problems; p++) {
		if (left_out(&problems[p]))
			continue;
		for (int precision = LT_PRECISE; precision <= LT_BF16_FAST; precision++)
			check_problem(sets, n, &problems[p], (enum lt_precision)precision);
	}
	for (int i = 0; i < n; i++) {
		check_vectors(sets[0], sets[i]);
		check_step(sets[i]);
		check_max_by_hand(sets[i]);
		check_sum_by_hand(sets[i]);
		check_image_by_hand(sets[i]);
		for (int precision = LT_PRECISE; precision <= LT_BF16_FAST; precision++)
			check_nan(sets[i], (enum lt_precision)precision);
	}
	check_bf16();
	check_choice();
	return check_done();
}
