#include "profile.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum pass {
	FORWARD,
	BACK_DATA,
	BACK_WEIGHTS,
	BACK_BOTH,
	BACK_IMAGE,
	PREPARE,
	BACK_SUM,
	MEAN_FORWARD,
	MEAN_BACK,
	MAX_FORWARD,
	MAX_BACK,
	ADD,
	SGD,
};

static const char *const pass_names[] = {
	"forward",	 "back to data",   "back to weights",
	"back to both",	 "back to image",  "prepare weights",
	"back to a sum", "mean pool",	   "mean pool, back",
	"max pool",	 "max pool, back", "add gradients",
	"sgd",
};

struct row {
	enum pass pass;
	struct lt_conv_shape shape; /* zeros where the pass has none */
	double seconds, operations;
	long calls;
};

enum { MAX_ROWS = 400 };

static const struct lt_kernels *inner;
static struct row rows[MAX_ROWS];
static int n_rows;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_same(const struct lt_conv_shape *a, const struct lt_conv_shape *b)
{
	return a->in_h == b->in_h && a->in_w == b->in_w && a->in_c == b->in_c &&
	       a->out_c == b->out_c && a->size == b->size && a->stride == b->stride;
}

static void record(enum pass pass, const struct lt_conv_shape *shape, double start,
		   double operations)
{
	static const struct lt_conv_shape none;
	double seconds = bench_seconds() - start;
	int i = 0;

	if (!shape)
		shape = &none;
	pthread_mutex_lock(&lock);
	while (i < n_rows && !(rows[i].pass == pass && is_same(&rows[i].shape, shape)))
		i++;
	if (i == MAX_ROWS)
		bench_die("too many passes");
	if (i == n_rows)
		rows[n_rows++] = (struct row){.pass = pass, .shape = *shape};
	rows[i].seconds += seconds;
	rows[i].operations += operations;
	rows[i].calls++;
	pthread_mutex_unlock(&lock);
}

/* Of a convolution of n images, for one direction. */
static double operations_of(const struct lt_conv_shape *s, int n)
{
	return 2.0 * s->size * s->size * s->in_c * s->out_c * s->out_h * s->out_w * n;
}

/* ------------------------------------------------------------------------- the set */

static void prepare(const struct lt_conv_shape *shape, const lt_real *master, bool back,
		    int block0, int block1, lt_real *to)
{
	double start = bench_seconds();

	inner->prepare(shape, master, back, block0, block1, to);
	record(PREPARE, NULL, start, 0);
}

static void conv_forward(const struct lt_conv_forward *pass, int first, int n, lt_real *scratch)
{
	double start = bench_seconds();

	inner->conv_forward(pass, first, n, scratch);
	record(FORWARD, &pass->shape, start, operations_of(&pass->shape, n));
}

static void conv_backward(const struct lt_conv_backward *pass, int first, int n, int what,
			  int block0, int block1, lt_real *scratch)
{
	double start = bench_seconds(), one = operations_of(&pass->shape, n), sum = 0;
	enum pass kind = what == LT_BACK_DATA	   ? BACK_DATA
			 : what == LT_BACK_WEIGHTS ? BACK_WEIGHTS
						   : BACK_BOTH;

	inner->conv_backward(pass, first, n, what, block0, block1, scratch);
	if (what & LT_BACK_DATA)
		sum += one;
	if (what & LT_BACK_WEIGHTS)
		sum += one * 16 * (block1 - block0) / pass->shape.out_c;
	record(kind, &pass->shape, start, sum);
}

static void image_backward(const struct lt_image_backward *pass, int first, int n,
			   lt_real *scratch)
{
	double start = bench_seconds();

	inner->image_backward(pass, first, n, scratch);
	record(BACK_IMAGE, &pass->shape, start, operations_of(&pass->shape, n));
}

static void sum_backward(const struct lt_sum_backward *pass, int first, int n)
{
	double start = bench_seconds();

	inner->sum_backward(pass, first, n);
	record(BACK_SUM, NULL, start, 0);
}

/* Passes of pools have one form. */
#define POOL(name, type, kind)                                                                 \
	static void name(const struct type *pass, int first, int n, lt_real *scratch)          \
	{                                                                                      \
		double start = bench_seconds();                                                \
                                                                                               \
		inner->name(pass, first, n, scratch);                                          \
		record(kind, NULL, start, 0);                                                  \
	}

POOL(pool_forward, lt_pool_pass, MEAN_FORWARD)
POOL(pool_backward, lt_pool_pass, MEAN_BACK)
POOL(max_forward, lt_max_pass, MAX_FORWARD)
POOL(max_backward, lt_max_pass, MAX_BACK)

static void add(lt_real *to, const lt_real *from, size_t n)
{
	double start = bench_seconds();

	inner->add(to, from, n);
	record(ADD, NULL, start, 0);
}

static void sgd(lt_real *w, lt_real *m, const lt_real *g, size_t n, lt_real rate,
		lt_real momentum, lt_real decay, bool nesterov)
{
	double start = bench_seconds();

	inner->sgd(w, m, g, n, rate, momentum, decay, nesterov);
	record(SGD, NULL, start, 0);
}

const struct lt_kernels *profile_kernels(const struct lt_kernels *set)
{
	static struct lt_kernels outer;

	if (inner)
		return &outer;
	inner = set;
	outer = *set;
	outer.prepare = prepare;
	outer.conv_forward = conv_forward;
	outer.conv_backward = conv_backward;
	outer.image_backward = image_backward;
	outer.sum_backward = sum_backward;
	outer.pool_forward = pool_forward;
	outer.pool_backward = pool_backward;
	outer.max_forward = max_forward;
	outer.max_backward = max_backward;
	outer.add = add;
	outer.sgd = sgd;
	return &outer;
}

/* ------------------------------------------------------------------------ the table */

void profile_clear(void)
{
	n_rows = 0;
}

static int longest_first(const void *a, const void *b)
{
	double one = ((const struct row *)a)->seconds, other = ((const struct row *)b)->seconds;

	return one < other ? 1 : one > other ? -1 : 0;
}

static void print_row(const struct row *row, double seconds, int steps, int threads,
		      double peak)
{
	const struct lt_conv_shape *s = &row->shape;
	double mine = row->seconds / threads;
	char shape[60] = "";

	if (s->size > 0)
		snprintf(shape, sizeof shape, "%dx%d/%d  %d -> %d, %d px", s->size, s->size,
			 s->stride, s->in_c, s->out_c, s->out_w);
	printf("# %-16s %-32s %6ld %9.2f %6.1f%%", pass_names[row->pass], shape,
	       row->calls / steps, mine / steps * 1e3, 100 * mine / seconds);
	if (row->operations > 0)
		printf(" %8.2f", row->operations / mine / 1e9 / peak);
	printf("\n");
}

/* Time that is no pass's. */
static void print_other(const char *what, double mine, double seconds, int steps)
{
	printf("# %-16s %-32s %6s %9.2f %6.1f%%\n", what, "", "", mine / steps * 1e3,
	       100 * mine / seconds);
}

void profile_print(double seconds, double idle, int steps, int threads, double peak)
{
	double rest = seconds - idle / threads;

	qsort(rows, (size_t)n_rows, sizeof *rows, longest_first);
	printf("# %-16s %-32s %6s %9s %7s %8s\n", "pass", "convolution", "calls", "ms", "step",
	       "of peak");
	for (int i = 0; i < n_rows; i++) {
		print_row(&rows[i], seconds, steps, threads, peak);
		rest -= rows[i].seconds / threads;
	}
	print_other("idle threads", idle / threads, seconds, steps);
	print_other("the rest", rest, seconds, steps);
	fflush(stdout);
}
