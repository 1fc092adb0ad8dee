/*
 * Speed of each kernel: nominal operations per second (2 × kernel × channels in × channels
 * out × pixels out, for any algorithm), and their share of the multiply-adds that the
 * calibrator reaches in the same round, so Winograd may exceed 1.  Medians over the rounds,
 * one thread, by the thread's CPU time, which other processes disturb less.  Batches stream
 * through memory as in a training step.  The reference is run on one image.
 *
 * usage: b_kernel [ROUNDS [WORD]]
 * JSON lines; WORD: only kernels whose name contains it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "bench.h"
#include "kernel/kernel.h"

enum { FORWARD, DATA, WEIGHTS, PASSES };

static const char *const pass_names[PASSES] = {"forward", "backward data", "backward weights"};

/* The images take some MiB, as a batch does. */
static const struct problem {
	const char *name;
	int side, in_c, out_c, size, stride, images;
	/* The first convolution of a block: its input is stored, and backward the shortcut's
	 * gradient is added. */
	bool shortcut;
} problems[] = {
	{"3x3 3-16 32x32", 32, 3, 16, 3, 1, 64, false},
	{"3x3 16-16 32x32", 32, 16, 16, 3, 1, 64, false},
	{"3x3 16-32 32x32 stride 2", 32, 16, 32, 3, 2, 64, false},
	{"3x3 32-32 16x16", 16, 32, 32, 3, 1, 128, false},
	{"3x3 32-64 16x16 stride 2", 16, 32, 64, 3, 2, 128, false},
	{"3x3 64-64 8x8", 8, 64, 64, 3, 1, 256, false},
	{"7x7 3-64 224x224 stride 2", 224, 3, 64, 7, 2, 2, false},
	{"3x3 64-64 56x56", 56, 64, 64, 3, 1, 8, false},
	{"1x1 64-256 56x56", 56, 64, 256, 1, 1, 4, false},
	{"1x1 256-64 56x56", 56, 256, 64, 1, 1, 4, false},
	{"1x1 256-64 56x56, shortcut", 56, 256, 64, 1, 1, 4, true},
	{"1x1 256-512 56x56 stride 2", 56, 256, 512, 1, 2, 4, false},
	{"3x3 64-128 56x56 stride 2", 56, 64, 128, 3, 2, 8, false},
	{"3x3 128-128 28x28", 28, 128, 128, 3, 1, 16, false},
	{"3x3 256-256 14x14", 14, 256, 256, 3, 1, 16, false},
	{"1x1 1024-256 14x14", 14, 1024, 256, 1, 1, 16, false},
	{"1x1 1024-256 14x14, shortcut", 14, 1024, 256, 1, 1, 16, true},
	{"3x3 512-512 7x7", 7, 512, 512, 3, 1, 16, false},
	{"1x1 512-2048 7x7", 7, 512, 2048, 1, 1, 16, false},
};

static const enum lt_precision precisions[] = {LT_PRECISE, LT_BF16, LT_BF16_FAST};
static const char *const precision_names[] = {"f32", "bf16", "bf16-fast"};

struct arrays {
	struct lt_conv_shape shape;
	lt_cells *raw, *out, *grad, *in_grad;
	lt_cells *stored, *add; /* with a shortcut */
	lt_real *image, *affine, *master, *weight, *back, *weight_grad, *sums, *scratch;
};

/* Noise, the same in every precision: speed must not depend on zeros. */
static void fill(void *cells, size_t n, enum lt_precision precision)
{
	uint32_t state = 1;

	for (size_t i = 0; i < n; i++) {
		float x;

		state = state * 1664525 + 1013904223;
		x = (float)(state >> 8) / (1 << 24) - 0.5f;
		if (precision == LT_PRECISE)
			((lt_real *)cells)[i] = x;
		else
			((lt_bf16 *)cells)[i] = (lt_bf16)((state >> 8 & 0x80ff) | 0x3f00);
	}
}

static void *take(size_t n, size_t size, enum lt_precision precision)
{
	void *block = lt_new_aligned(n * size);

	if (!block)
		bench_die("no memory");
	fill(block, n, precision);
	return block;
}

static struct arrays make(const struct lt_kernels *set, const struct problem *p, int images,
			  enum lt_precision precision)
{
	struct arrays a = {.shape = {p->side, p->side, p->in_c,
				     (p->side + p->stride - 1) / p->stride,
				     (p->side + p->stride - 1) / p->stride, p->out_c, p->size,
				     p->stride, precision}};
	const struct lt_conv_shape *s = &a.shape;
	size_t in = (size_t)images * s->in_h * s->in_w * s->in_c,
	       cell = lt_cell_size(precision);
	size_t out = (size_t)images * s->out_h * s->out_w * s->out_c;
	size_t wide = (size_t)(s->in_c > s->out_c ? s->in_c : s->out_c);

	if (s->in_c % 16)
		a.image = take(in, sizeof(lt_real), LT_PRECISE);
	a.raw = take(in, cell, precision);
	a.in_grad = take(in, cell, precision);
	a.stored = p->shortcut ? take(in, cell, precision) : NULL;
	a.add = p->shortcut ? take(in, cell, precision) : NULL;
	a.out = take(out, cell, precision);
	a.grad = take(out, cell, precision);
	a.affine = take(wide, sizeof(lt_real), LT_PRECISE);
	a.master = take(lt_conv_weights(s), sizeof(lt_real), LT_PRECISE);
	a.weight = take(set->weight_size(s), sizeof(lt_real), LT_PRECISE);
	a.back = take(set->weight_size(s), sizeof(lt_real), LT_PRECISE);
	a.weight_grad = take(lt_conv_weights(s), sizeof(lt_real), LT_PRECISE);
	a.sums = take((size_t)images * 2 * wide, sizeof(lt_real), LT_PRECISE);
	a.scratch = take(set->scratch_size(s), sizeof(lt_real), LT_PRECISE);
	set->prepare(s, a.master, false, 0, s->out_c / 16, a.weight);
	if (s->in_c % 16 == 0)
		set->prepare(s, a.master, true, 0, s->in_c / 16, a.back);
	return a;
}

static void drop(struct arrays *a)
{
	void *const all[] = {a->raw,  a->out,	      a->grad,	 a->in_grad, a->stored,
			     a->add,  a->image,	      a->affine, a->master,  a->weight,
			     a->back, a->weight_grad, a->sums,	 a->scratch};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		lt_free(all[i]);
}

static void run(const struct lt_kernels *set, const struct arrays *a, int what, int images)
{
	const struct lt_conv_shape *s = &a->shape;
	struct lt_operand in = {.h = s->in_h,
				.w = s->in_w,
				.c = s->in_c,
				.image = a->image,
				.stored = a->stored,
				.raw = a->raw,
				.scale = a->affine,
				.shift = a->affine};
	struct lt_conv_forward forward = {.shape = *s,
					  .in = in,
					  .weight = a->weight,
					  .out = a->out,
					  .sums = a->sums,
					  .stream = true};
	struct lt_conv_backward backward = {
		.shape = *s,
		.in = in,
		.grad = a->grad,
		.raw = a->out,
		.p = a->affine,
		.q = a->affine,
		.r = a->affine,
		.weight_back = a->back,
		.weight_grad = a->weight_grad,
		.in_grad = {.to = a->in_grad,
			    .add_kind = a->add ? LT_SKIP_SAME : LT_SKIP_NONE,
			    .add = a->add,
			    .below = {a->raw},
			    .sums = {a->sums}},
		.stream = true};

	switch (what) {
	case FORWARD:
		set->conv_forward(&forward, 0, images, a->scratch);
		break;
	case DATA:
		set->conv_backward(&backward, 0, images, LT_BACK_DATA, 0, 0, a->scratch);
		break;
	case WEIGHTS:
		set->conv_backward(&backward, 0, images, LT_BACK_WEIGHTS, 0, s->out_c / 16,
				   a->scratch);
		break;
	}
}

static double operations(const struct lt_conv_shape *s, int images)
{
	return 2.0 * s->size * s->size * s->in_c * s->out_c * s->out_h * s->out_w * images;
}

/* Nominal GFLOP/s of the reference on one image. */
static double reference(const struct problem *p, int what)
{
	const struct lt_kernels *ref;
	struct lt_error err;
	struct arrays a;
	double start;

	if (lt_kernels_choose(&ref, "ref", &err) != 0)
		bench_die(err.text);
	a = make(ref, p, 1, LT_PRECISE);
	start = bench_cpu_seconds();
	run(ref, &a, what, 1);
	start = bench_cpu_seconds() - start;
	drop(&a);
	return operations(&a.shape, 1) / start / 1e9;
}

static void measure(const struct lt_kernels *set, const struct problem *p, int what,
		    enum lt_precision precision, int rounds)
{
	struct arrays a = make(set, p, p->images, precision);
	double gflops[BENCH_ROUNDS], share[BENCH_ROUNDS];

	run(set, &a, what, p->images);
	for (int r = 0; r < rounds; r++) {
		double start = bench_cpu_seconds(), peak = set->multiply_adds(500000);

		peak /= bench_cpu_seconds() - start;
		start = bench_cpu_seconds();
		run(set, &a, what, p->images);
		gflops[r] = operations(&a.shape, p->images) / (bench_cpu_seconds() - start);
		share[r] = gflops[r] / peak;
		gflops[r] /= 1e9;
	}
	printf("{\"kernel\": \"%s\", \"pass\": \"%s\", \"set\": \"%s\", \"precision\": \"%s\", "
	       "\"gflops\": %.1f, \"share_of_peak\": %.2f, \"reference_gflops\": %.2f}\n",
	       p->name, pass_names[what], set->name, precision_names[precision],
	       bench_median(gflops, rounds), bench_median(share, rounds), reference(p, what));
	fflush(stdout);
	drop(&a);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 9;
	const struct lt_kernels *set;
	struct lt_error err;

	if (rounds < 1 || rounds > BENCH_ROUNDS)
		bench_die("usage: b_kernel [ROUNDS [WORD]]");
	if (lt_kernels_choose(&set, NULL, &err) != 0)
		bench_die(err.text);
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
		for (int what = 0; what < PASSES; what++)
			for (size_t k = 0; k < sizeof precisions / sizeof *precisions; k++)
				if ((what != DATA || problems[i].in_c % 16 == 0) &&
				    (argc < 3 || strstr(problems[i].name, argv[2])))
					measure(set, &problems[i], what, precisions[k], rounds);
	return 0;
}
