/*
 * Every kernel set that this CPU can run against the reference set.
 *
 * All memory that a pass is to write, and its scratch memory, holds NaN before,
 * so a pass that reads what nobody wrote, or leaves a hole, is seen.  Operands
 * are made of multiples of small powers of two such that their values are exact
 * in float32 and never 0: the reference and a set that contracts a × b + c then
 * agree on the sign of each, and a difference is a mistake, not rounding.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "kernel/kernel.h"

#define TOLERANCE 1e-5 /* of the root of the mean square, relative */
#define GUARD 32       /* elements behind an array, which nothing may touch */

enum { IMAGES = 5, MAX_BLOCKS = 64 };

static struct {
	float *block;
	size_t size;
} blocks[MAX_BLOCKS];
static int n_blocks;
static uint32_t noise_state;

/* n elements of NaN, with a guard behind them. */
static float *unset(size_t n)
{
	size_t size = (n + GUARD) * sizeof(float);
	float *block = lt_new_aligned(size);

	if (!block || n_blocks == MAX_BLOCKS)
		abort();
	for (size_t i = 0; i < n + GUARD; i++)
		block[i] = NAN;
	blocks[n_blocks].block = block;
	blocks[n_blocks++].size = size;
	return block;
}

/* Frees everything; false when a guard was overwritten. */
static bool drop_all(void)
{
	bool whole = true;

	for (int i = 0; i < n_blocks; i++) {
		const float *guard = blocks[i].block + blocks[i].size / sizeof(float) - GUARD;

		for (int j = 0; j < GUARD; j++)
			whole = whole && isnan(guard[j]);
		lt_free_aligned(blocks[i].block, blocks[i].size);
	}
	n_blocks = 0;
	return whole;
}

/* A whole number, -limit … limit. */
static int noise(int limit)
{
	noise_state = noise_state * 1664525 + 1013904223;
	return (int)((noise_state >> 8) % (2 * (uint32_t)limit + 1)) - limit;
}

/* Multiples of unit from -limit × unit on, plus offset. */
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

static bool is_near(const float *got, const float *want, size_t n)
{
	double difference = 0, square = 0;

	for (size_t i = 0; i < n; i++) {
		double d = (double)got[i] - want[i];

		difference += d * d;
		square += (double)want[i] * want[i];
	}
	return sqrt(difference) <= TOLERANCE * sqrt(square);
}

static bool is_equal(const float *a, const float *b, size_t n)
{
	return memcmp(a, b, n * sizeof *a) == 0;
}

static float *scratch_of(const struct lt_kernels *set, const struct lt_conv_shape *shape)
{
	return unset(set->scratch_size(shape));
}

/* ------------------------------------------------------------------ a convolution */

struct problem {
	const char *name;
	int h, w, in_c, out_c, size, stride;
	enum lt_skip skip; /* of the operand */
	bool stored;
	enum lt_skip add; /* that came over a shortcut */
	bool in_place;
};

static const struct problem problems[] = {
	{"16 channels 32×32", 32, 32, 16, 16, 3, 1, LT_SKIP_NONE, false, LT_SKIP_NONE, false},
	{"identity, in place", 16, 16, 32, 32, 3, 1, LT_SKIP_SAME, false, LT_SKIP_SAME, true},
	{"identity, apart", 8, 8, 64, 64, 3, 1, LT_SKIP_SAME, true, LT_SKIP_SAME, false},
	{"stride 2, option A above", 32, 32, 16, 32, 3, 2, LT_SKIP_SAME, true, LT_SKIP_OPTION_A,
	 false},
	{"stride 2 of 32", 16, 16, 32, 64, 3, 2, LT_SKIP_SAME, false, LT_SKIP_OPTION_A, false},
	{"option A below", 8, 8, 64, 64, 3, 1, LT_SKIP_OPTION_A, false, LT_SKIP_SAME, true},
	{"option A below, 32", 6, 10, 32, 32, 3, 1, LT_SKIP_OPTION_A, true, LT_SKIP_NONE,
	 false},
	{"3-channel stem", 32, 32, 3, 16, 3, 1, LT_SKIP_NONE, true, LT_SKIP_NONE, false},
	{"1-channel stem", 28, 28, 1, 16, 3, 1, LT_SKIP_NONE, true, LT_SKIP_NONE, false},
	{"stem of stride 2, 4 channels", 9, 7, 4, 48, 3, 2, LT_SKIP_NONE, true, LT_SKIP_NONE,
	 false},
	{"1×1 stem of 5 channels", 7, 5, 5, 16, 1, 1, LT_SKIP_NONE, true, LT_SKIP_NONE, false},
	{"48 channels 7×5", 7, 5, 48, 48, 3, 1, LT_SKIP_SAME, false, LT_SKIP_SAME, true},
	{"48 to 16, 9×13", 9, 13, 48, 16, 3, 1, LT_SKIP_NONE, false, LT_SKIP_NONE, false},
	{"16 to 48, 9×13, stride 2", 9, 13, 16, 48, 3, 2, LT_SKIP_NONE, false, LT_SKIP_NONE,
	 false},
	{"32 to 64, 7×6, stride 2", 7, 6, 32, 64, 3, 2, LT_SKIP_NONE, false, LT_SKIP_SAME,
	 false},
	{"1×1", 9, 13, 32, 48, 1, 1, LT_SKIP_SAME, false, LT_SKIP_SAME, false},
	{"1×1, stride 2", 7, 5, 64, 16, 1, 2, LT_SKIP_NONE, false, LT_SKIP_SAME, false},
	{"1×1, stride 2, even", 8, 8, 16, 32, 1, 2, LT_SKIP_NONE, true, LT_SKIP_OPTION_A,
	 false},
	{"64 channels 7×7", 7, 7, 64, 64, 3, 1, LT_SKIP_SAME, false, LT_SKIP_SAME, true},
	{"64 to 32, 14×10", 14, 10, 64, 32, 3, 1, LT_SKIP_NONE, false, LT_SKIP_OPTION_A, false},
	{"16 to 32, 10×33", 10, 33, 16, 32, 3, 1, LT_SKIP_NONE, true, LT_SKIP_NONE, false},
	{"one pixel", 1, 1, 16, 16, 3, 1, LT_SKIP_SAME, false, LT_SKIP_SAME, true},
	{"one row, stride 2", 1, 9, 16, 32, 3, 2, LT_SKIP_NONE, false, LT_SKIP_NONE, false},
	{"one column", 5, 1, 32, 16, 3, 1, LT_SKIP_NONE, false, LT_SKIP_NONE, false},
	{"2×2, stride 2", 2, 2, 64, 64, 3, 2, LT_SKIP_NONE, false, LT_SKIP_NONE, false},
};

/* What the passes of a problem read; weights in the master layout. */
struct given {
	struct lt_conv_shape shape;
	size_t in_plane, out_plane, weights;
	struct lt_operand in;
	float *master, *grad, *raw, *p, *q, *r, *add, *below;
};

/* And what they write. */
struct made {
	float *out, *forward_sums, *value, *weight_grad, *in_grad, *backward_sums;
};

static struct given give(const struct problem *problem)
{
	struct given g = {0};
	struct lt_conv_shape *s = &g.shape;
	struct lt_operand *in = &g.in;
	size_t in_n, out_n;

	*s = (struct lt_conv_shape){problem->h,
				    problem->w,
				    problem->in_c,
				    (problem->h + problem->stride - 1) / problem->stride,
				    (problem->w + problem->stride - 1) / problem->stride,
				    problem->out_c,
				    problem->size,
				    problem->stride};
	g.in_plane = (size_t)s->in_h * s->in_w * s->in_c;
	g.out_plane = (size_t)s->out_h * s->out_w * s->out_c;
	in_n = IMAGES * g.in_plane;
	out_n = IMAGES * g.out_plane;
	g.weights = lt_conv_weights(s);
	g.master = grid(g.weights, 128, 0x1p-9f, 0);
	*in = (struct lt_operand){.h = s->in_h, .w = s->in_w, .c = s->in_c};
	if (s->in_c % 16) {
		in->stored = grid(in_n, 128, 0x1p-6f, 0);
	} else {
		in->raw = grid(in_n, 256, 0x1p-8f, 0);
		in->scale = grid((size_t)s->in_c, 32, 0x1p-6f, 1);
		/* An odd multiple of 2^-15 among multiples of 2^-14: no value is 0. */
		in->shift = grid((size_t)s->in_c, 32, 0x1p-6f, 0x1p-15f);
		in->skip_kind = problem->skip;
		if (problem->skip == LT_SKIP_SAME)
			in->skip = grid(in_n, 64, 0x1p-6f, 0);
		else if (problem->skip == LT_SKIP_OPTION_A)
			in->skip = grid(2 * in_n, 64, 0x1p-6f, 0);
	}
	g.grad = grid(out_n, 128, 0x1p-7f, 0);
	g.raw = grid(out_n, 128, 0x1p-7f, 0);
	g.p = grid((size_t)s->out_c, 32, 0x1p-6f, 1);
	g.q = grid((size_t)s->out_c, 32, 0x1p-9f, 0);
	g.r = grid((size_t)s->out_c, 32, 0x1p-9f, 0);
	g.below = grid(in_n, 128, 0x1p-7f, 0);
	if (problem->add == LT_SKIP_SAME)
		g.add = grid(in_n, 128, 0x1p-7f, 0);
	else if (problem->add == LT_SKIP_OPTION_A)
		g.add = grid(in_n / 2, 128, 0x1p-7f, 0);
	return g;
}

static struct made unmade(const struct given *g)
{
	struct made m = {
		.out = unset(IMAGES * g->out_plane),
		.forward_sums = unset((size_t)IMAGES * 2 * g->shape.out_c),
		.value = unset(IMAGES * g->in_plane),
		.weight_grad = unset(g->weights),
		.in_grad = unset(IMAGES * g->in_plane),
		.backward_sums = unset((size_t)IMAGES * 2 * g->shape.in_c),
	};

	return m;
}

/* Forward, in one call or image after image from the last one; the value is stored on the way.
 */
static void run_forward(const struct lt_kernels *set, const struct given *g, struct made *m,
			bool cut)
{
	const struct lt_conv_shape *s = &g->shape;
	float *weight = unset(set->weight_size(s));
	struct lt_conv_forward pass = {.shape = *s,
				       .in = g->in,
				       .weight = weight,
				       .out = m->out,
				       .sums = m->forward_sums};

	set->prepare(s, g->master, weight, NULL);
	if (!g->in.stored)
		pass.in.store = m->value;
	else
		memcpy(m->value, g->in.stored, IMAGES * g->in_plane * sizeof *m->value);
	if (!cut)
		set->conv_forward(&pass, 0, IMAGES, scratch_of(set, s));
	for (int i = IMAGES - 1; cut && i >= 0; i--)
		set->conv_forward(&pass, i, 1, scratch_of(set, s));
}

/*
 * Backward after run_forward, everything in one call; or the weights for one
 * block of channels after another and two ranges of images, then the data image
 * after image.
 */
static void run_backward(const struct lt_kernels *set, const struct problem *problem,
			 const struct given *g, struct made *m, bool cut)
{
	const struct lt_conv_shape *s = &g->shape;
	int all = s->out_c / 16, what = LT_BACK_DATA | LT_BACK_WEIGHTS;
	float *weight = unset(set->weight_size(s)), *back = unset(set->weight_size(s));
	float *sum = unset(set->grad_size(s));
	bool data = s->in_c % 16 == 0;
	struct lt_conv_backward pass = {.shape = *s,
					.in = g->in,
					.grad = g->grad,
					.raw = g->raw,
					.p = g->p,
					.q = g->q,
					.r = g->r,
					.weight_back = back,
					.weight_grad = sum,
					.in_grad = data ? m->in_grad : NULL,
					.add_kind = problem->add,
					.add = g->add,
					.below = g->below,
					.sums = m->backward_sums};

	memset(sum, 0, set->grad_size(s) * sizeof *sum);
	set->prepare(s, g->master, weight, data ? back : NULL);
	if (problem->stored)
		pass.in = (struct lt_operand){
			.h = s->in_h, .w = s->in_w, .c = s->in_c, .stored = m->value};
	if (data && problem->in_place) {
		memcpy(m->in_grad, g->add, IMAGES * g->in_plane * sizeof *m->in_grad);
		pass.add = m->in_grad;
	}
	if (!cut)
		set->conv_backward(&pass, 0, IMAGES, what, 0, all, scratch_of(set, s));
	for (int b = all - 1; cut && b >= 0; b--)
		set->conv_backward(&pass, 0, IMAGES, LT_BACK_WEIGHTS, b, b + 1,
				   scratch_of(set, s));
	for (int i = 0; cut && i < IMAGES; i++)
		set->conv_backward(&pass, i, 1, LT_BACK_DATA, 0, 0, scratch_of(set, s));
	set->grad_finish(s, sum, m->weight_grad);
}

static bool all_near(const struct given *g, const struct made *a, const struct made *b)
{
	size_t in_n = IMAGES * g->in_plane, in_sums = (size_t)IMAGES * 2 * g->shape.in_c;
	bool good = is_near(a->out, b->out, IMAGES * g->out_plane) &&
		    is_near(a->forward_sums, b->forward_sums,
			    (size_t)IMAGES * 2 * g->shape.out_c) &&
		    is_near(a->value, b->value, in_n) &&
		    is_near(a->weight_grad, b->weight_grad, g->weights);

	if (g->shape.in_c % 16)
		return good;
	return good && is_near(a->in_grad, b->in_grad, in_n) &&
	       is_near(a->backward_sums, b->backward_sums, in_sums);
}

static bool all_equal(const struct given *g, const struct made *a, const struct made *b)
{
	/* With a stem the arrays below it are left as they were, NaN of equal bytes. */
	return is_equal(a->out, b->out, IMAGES * g->out_plane) &&
	       is_equal(a->forward_sums, b->forward_sums,
			(size_t)IMAGES * 2 * g->shape.out_c) &&
	       is_equal(a->value, b->value, IMAGES * g->in_plane) &&
	       is_equal(a->weight_grad, b->weight_grad, g->weights) &&
	       is_equal(a->in_grad, b->in_grad, IMAGES * g->in_plane) &&
	       is_equal(a->backward_sums, b->backward_sums, (size_t)IMAGES * 2 * g->shape.in_c);
}

static void check_convolution(const struct lt_kernels *ref, const struct lt_kernels *set,
			      const struct problem *problem)
{
	struct given g = give(problem);
	struct made want = unmade(&g), got = unmade(&g), cut = unmade(&g);
	char name[160];

	run_forward(ref, &g, &want, false);
	run_backward(ref, problem, &g, &want, false);
	run_forward(set, &g, &got, false);
	run_backward(set, problem, &g, &got, false);
	run_forward(set, &g, &cut, true);
	run_backward(set, problem, &g, &cut, true);
	snprintf(name, sizeof name, "%s: %s: near the reference", set->name, problem->name);
	check_named(all_near(&g, &got, &want), name);
	snprintf(name, sizeof name, "%s: %s: same bytes in parts", set->name, problem->name);
	check_named(all_equal(&g, &cut, &got), name);
	snprintf(name, sizeof name, "%s: %s: nothing else written", set->name, problem->name);
	check_named(drop_all(), name);
}

/* ----------------------------------------------------------------------- the pool */

static void run_pool(const struct lt_kernels *set, const struct given *g,
		     const float *feature_grad, float *feature, float *in_grad, float *sums,
		     bool cut)
{
	size_t room = 2 * g->in_plane;
	struct lt_pool_pass pass = {.in = g->in,
				    .feature = feature,
				    .feature_grad = feature_grad,
				    .in_grad = in_grad,
				    .below = g->below,
				    .sums = sums};

	if (!cut) {
		set->pool_forward(&pass, 0, IMAGES, unset(room));
		set->pool_backward(&pass, 0, IMAGES, unset(room));
	}
	for (int i = IMAGES - 1; cut && i >= 0; i--) {
		set->pool_forward(&pass, i, 1, unset(room));
		set->pool_backward(&pass, i, 1, unset(room));
	}
}

static void check_pool(const struct lt_kernels *ref, const struct lt_kernels *set,
		       const struct problem *problem)
{
	const struct lt_kernels *const by[] = {ref, set, set};
	struct given g = give(problem);
	size_t features = (size_t)IMAGES * problem->in_c, n = IMAGES * g.in_plane;
	float *feature_grad = grid(features, 128, 0x1p-7f, 0);
	float *feature[3], *in_grad[3], *sums[3];
	char name[160];

	for (int i = 0; i < 3; i++) {
		feature[i] = unset(features);
		in_grad[i] = unset(n);
		sums[i] = unset(2 * features);
		run_pool(by[i], &g, feature_grad, feature[i], in_grad[i], sums[i], i == 2);
	}
	snprintf(name, sizeof name, "%s: pool, %s: near the reference", set->name,
		 problem->name);
	check_named(is_near(feature[1], feature[0], features) &&
			    is_near(in_grad[1], in_grad[0], n) &&
			    is_near(sums[1], sums[0], 2 * features),
		    name);
	snprintf(name, sizeof name, "%s: pool, %s: same bytes in parts", set->name,
		 problem->name);
	check_named(is_equal(feature[2], feature[1], features) &&
			    is_equal(in_grad[2], in_grad[1], n) &&
			    is_equal(sums[2], sums[1], 2 * features) && drop_all(),
		    name);
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
		check_named(is_near(w1, w0, n) && is_near(m1, m0, n), name);
	}
	ref->add(w, g, n);
	set->add(copy, g, n);
	snprintf(name, sizeof name, "%s: add", set->name);
	check_named(is_equal(w, copy, n), name);
	snprintf(name, sizeof name, "%s: nothing behind a vector's end", set->name);
	check_named(drop_all(), name);
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

/* A network that has diverged must not look healthy: NaN goes through, and stays in its image.
 */
static void check_nan(const struct lt_kernels *set)
{
	const struct problem problem = {
		"NaN", 4, 4, 16, 16, 3, 1, LT_SKIP_NONE, false, LT_SKIP_NONE, false};
	struct given g = give(&problem);
	struct made m = unmade(&g);
	float *raw = copied(g.in.raw, IMAGES * g.in_plane), *feature = unset(IMAGES * 16);
	struct lt_pool_pass pool = {.feature = feature};
	char name[80];
	bool good = true;

	raw[g.in_plane + 5 * 16] = NAN;
	g.in.raw = raw;
	pool.in = g.in;
	run_forward(set, &g, &m, false);
	set->pool_forward(&pool, 0, IMAGES, unset(2 * g.in_plane));
	for (int k = 0; k < 16; k++)
		good = good && isnan(m.out[g.out_plane + 5 * 16 + k]) &&
		       !isnan(m.out[5 * 16 + k]) &&
		       !isnan(m.out[2 * g.out_plane + 5 * 16 + k]) &&
		       isnan(m.forward_sums[2 * 16 + k]) && !isnan(m.forward_sums[k]);
	snprintf(name, sizeof name, "%s: NaN goes through a convolution", set->name);
	check_named(good, name);
	snprintf(name, sizeof name, "%s: NaN goes through the pool", set->name);
	check_named(isnan(feature[16]) && !isnan(feature[0]) && !isnan(feature[17]), name);
	drop_all();
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

int main(void)
{
	static const char *const names[] = {"ref", "x86-64", "v3", "v4", "neon", NULL};
	const struct lt_kernels *ref, *set;
	struct lt_error err;

	if (lt_kernels_choose(&ref, "ref", &err) != 0)
		return 1;
	for (int i = 0; names[i]; i++) {
		if (lt_kernels_choose(&set, names[i], &err) != 0) {
			printf("# %s\n", err.text);
			continue;
		}
		noise_state = 1;
		for (size_t p = 0; p < sizeof problems / sizeof *problems; p++) {
			check_convolution(ref, set, &problems[p]);
			if (problems[p].in_c % 16 == 0)
				check_pool(ref, set, &problems[p]);
		}
		check_vectors(ref, set);
		check_step(set);
		check_nan(set);
	}
	check_choice();
	return check_done();
}
