/*
 * Gradients of whole small networks, in double, against central differences.
 *
 * The loss is a fixed quadratic function of the head's outputs, or SimCLR's contrast of its
 * rows. Some elements of each parameter, and of the input images, are changed one by one,
 * and all elements together in a few random directions.  A step across a kink of a ReLU
 * does not measure the derivative; if a difference is not as expected, a smaller step is
 * tried.
 */
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "method/contrast.h"
#include "net/network.h"

#define TOLERANCE 1e-6 /* for the gradients of a parameter, relative to their norm */
#define STEP 1e-6
#define SCALE 30	 /* of a cosine head */
#define TEMPERATURE 0.05 /* of the contrast; low, so that gradients are large */

enum { ELEMENTS = 3, DIRECTIONS = 2, CLASSES = 5, HIDDEN = 7, WIDEST = 16 };

/* ------------------------------------------------------------------------ networks */

static int conv_act(struct lt_graph *g, const char *name, int in, int channels, int size,
		    int stride)
{
	return lt_graph_act(g, lt_graph_conv(g, name, "bn", in, channels, size, stride),
			    LT_SKIP_NONE, -1);
}

static int end_block(struct lt_graph *g, int in, int conv, enum lt_skip skip)
{
	int stride = (g->act[in].h + g->conv[conv].shape.out_h - 1) / g->conv[conv].shape.out_h;

	if (skip == LT_SKIP_PROJECTION)
		in = lt_graph_conv(g, "projection", "bn", in, g->conv[conv].shape.out_c, 1,
				   stride);
	return lt_graph_act(g, conv, skip, in);
}

static int block(struct lt_graph *g, int in, int channels, int stride, enum lt_skip skip)
{
	int middle = conv_act(g, "block1", in, channels, 3, stride);

	return end_block(g, in, lt_graph_conv(g, "block2", "bn", middle, channels, 3, 1), skip);
}

static int bottleneck(struct lt_graph *g, int in, int width, int stride, enum lt_skip skip)
{
	int middle = conv_act(g, "block1", in, width, 1, 1);

	middle = conv_act(g, "block2", middle, width, 3, stride);
	return end_block(g, in, lt_graph_conv(g, "block3", "bn", middle, 2 * width, 1, 1),
			 skip);
}

static int pooled_stem(struct lt_graph *g, int h, int w)
{
	lt_graph_begin(g, h, w, 3);
	return lt_graph_max_act(g, lt_graph_conv(g, "stem", "bn", 0, 16, 7, 2));
}

static int plain(struct lt_graph *g)
{
	lt_graph_begin(g, 6, 5, 3);
	return conv_act(g, "second", conv_act(g, "first", 0, 16, 3, 1), 16, 3, 1);
}

/* Under heads, which do not depend on what is below them. */
static int tiny(struct lt_graph *g)
{
	lt_graph_begin(g, 2, 3, 3);
	return conv_act(g, "first", 0, 16, 3, 1);
}

static int identity(struct lt_graph *g)
{
	lt_graph_begin(g, 5, 7, 3);
	return block(g, conv_act(g, "first", 0, 16, 3, 1), 16, 1, LT_SKIP_SAME);
}

static int two_identities(struct lt_graph *g)
{
	lt_graph_begin(g, 4, 3, 1);
	return block(g, block(g, conv_act(g, "first", 0, 16, 3, 1), 16, 1, LT_SKIP_SAME), 16, 1,
		     LT_SKIP_SAME);
}

/* A shortcut over a single convolution, which is at both ends. */
static int short_shortcut(struct lt_graph *g)
{
	int in;

	lt_graph_begin(g, 4, 5, 3);
	in = conv_act(g, "first", 0, 16, 3, 1);
	return lt_graph_act(g, lt_graph_conv(g, "over", "bn", in, 16, 3, 1), LT_SKIP_SAME, in);
}

static int option_a(struct lt_graph *g)
{
	lt_graph_begin(g, 4, 8, 3);
	return block(g, conv_act(g, "first", 0, 16, 3, 1), 32, 2, LT_SKIP_OPTION_A);
}

static int option_a_between(struct lt_graph *g)
{
	int act;

	lt_graph_begin(g, 4, 4, 3);
	act = block(g, conv_act(g, "first", 0, 16, 3, 1), 16, 1, LT_SKIP_SAME);
	act = block(g, act, 32, 2, LT_SKIP_OPTION_A);
	return block(g, act, 32, 1, LT_SKIP_SAME);
}

static int odd_strides(struct lt_graph *g)
{
	int act;

	lt_graph_begin(g, 7, 5, 1);
	act = conv_act(g, "first", 0, 16, 3, 1);
	act = conv_act(g, "second", act, 32, 3, 2);
	return conv_act(g, "third", act, 16, 3, 2);
}

static int pointwise(struct lt_graph *g)
{
	int act;

	lt_graph_begin(g, 5, 6, 3);
	act = conv_act(g, "first", 0, 16, 1, 1);
	act = conv_act(g, "second", act, 48, 1, 2);
	return conv_act(g, "third", act, 16, 1, 1);
}

static int projection(struct lt_graph *g)
{
	lt_graph_begin(g, 5, 4, 3);
	return block(g, conv_act(g, "first", 0, 16, 3, 1), 32, 1, LT_SKIP_PROJECTION);
}

static int projection_stride_2(struct lt_graph *g)
{
	int act;

	lt_graph_begin(g, 5, 3, 3);
	act = block(g, conv_act(g, "first", 0, 16, 3, 1), 16, 1, LT_SKIP_SAME);
	act = block(g, act, 32, 2, LT_SKIP_PROJECTION);
	return block(g, act, 32, 1, LT_SKIP_SAME);
}

static int bottlenecks(struct lt_graph *g)
{
	int act;

	lt_graph_begin(g, 4, 5, 3);
	act = bottleneck(g, conv_act(g, "first", 0, 16, 3, 1), 16, 1, LT_SKIP_PROJECTION);
	return bottleneck(g, act, 16, 1, LT_SKIP_SAME);
}

static int bottleneck_stride_2(struct lt_graph *g)
{
	lt_graph_begin(g, 7, 6, 3);
	return bottleneck(g, conv_act(g, "first", 0, 16, 3, 1), 16, 2, LT_SKIP_PROJECTION);
}

static int stem_7(struct lt_graph *g)
{
	lt_graph_begin(g, 9, 11, 3);
	return conv_act(g, "second", conv_act(g, "stem", 0, 16, 7, 2), 16, 3, 1);
}

static int wide_7(struct lt_graph *g)
{
	lt_graph_begin(g, 5, 8, 1);
	return conv_act(g, "second", conv_act(g, "first", 0, 16, 3, 1), 16, 7, 1);
}

static int pooled_odd(struct lt_graph *g)
{
	return block(g, pooled_stem(g, 13, 17), 16, 1, LT_SKIP_SAME);
}

static int pooled_even(struct lt_graph *g)
{
	return bottleneck(g, pooled_stem(g, 16, 12), 16, 1, LT_SKIP_PROJECTION);
}

static int pooled_alone(struct lt_graph *g)
{
	return conv_act(g, "over", pooled_stem(g, 11, 12), 16, 3, 1);
}

/* An activation read by three convolutions, two of them projections, and by a shortcut. */
static int three_readers(struct lt_graph *g)
{
	int in, act, conv;

	lt_graph_begin(g, 5, 4, 3);
	in = conv_act(g, "first", 0, 16, 3, 1);
	conv = lt_graph_conv(g, "second", "bn", in, 16, 3, 1);
	act = lt_graph_act(g, conv, LT_SKIP_PROJECTION,
			   lt_graph_conv(g, "projection", "bn", in, 16, 3, 1));
	conv = lt_graph_conv(g, "third", "bn", act, 16, 1, 1);
	act = lt_graph_act(g, conv, LT_SKIP_PROJECTION,
			   lt_graph_conv(g, "projection 2", "bn", in, 16, 1, 1));
	conv = lt_graph_conv(g, "fourth", "bn", act, 16, 1, 1);
	return lt_graph_act(g, conv, LT_SKIP_SAME, in);
}

/* Two convolutions read the image. */
static int two_stems(struct lt_graph *g)
{
	int conv;

	lt_graph_begin(g, 6, 5, 2);
	conv = lt_graph_conv(g, "first", "bn", 0, 16, 3, 2);
	return conv_act(g, "over",
			lt_graph_act(g, conv, LT_SKIP_PROJECTION,
				     lt_graph_conv(g, "projection", "bn", 0, 16, 1, 2)),
			16, 3, 1);
}

/* A pre-activation block that adds to y of a convolution and reads it through act. */
static int sum_block(struct lt_graph *g, int y, int act, int channels, int stride, int shortcut)
{
	int conv = lt_graph_conv(g, "block1", "bn", act, channels, 3, stride), last;

	if (shortcut >= 0)
		shortcut = lt_graph_bare_conv(g, "shortcut", shortcut, channels, 1, stride);
	last = lt_graph_conv(g, "block2", "bn", lt_graph_act(g, conv, LT_SKIP_NONE, -1),
			     channels, 3, 1);
	lt_graph_add(g, last, shortcut >= 0 ? shortcut : y);
	return last;
}

static int act_of(struct lt_graph *g, int conv)
{
	return lt_graph_act(g, conv, LT_SKIP_NONE, -1);
}

static void begin_leaky(struct lt_graph *g, int h, int w)
{
	lt_graph_begin(g, h, w, 3);
	g->slope = 0.1;
	g->epsilon = 0.001;
}

static int leaky(struct lt_graph *g)
{
	begin_leaky(g, 6, 5);
	return conv_act(g, "second", conv_act(g, "first", 0, 16, 3, 1), 16, 3, 1);
}

/* A sum of two y; the batch norm of one of them is read, too. */
static int sum(struct lt_graph *g)
{
	int y, act;

	lt_graph_begin(g, 5, 6, 3);
	y = lt_graph_conv(g, "first", "bn", 0, 16, 3, 1);
	act = act_of(g, y);
	return act_of(g, sum_block(g, y, act, 16, 1, -1));
}

/* Sums of sums. */
static int sums(struct lt_graph *g)
{
	int y, act;

	begin_leaky(g, 3, 4);
	y = lt_graph_conv(g, "first", "bn", 0, 16, 3, 1);
	for (int i = 0; i < 3; i++) {
		act = act_of(g, y);
		y = sum_block(g, y, act, 16, 1, -1);
	}
	return act_of(g, y);
}

/* The convolution on the shortcut reads the activation. */
static int sum_of_act(struct lt_graph *g)
{
	int y, act;

	begin_leaky(g, 5, 4);
	y = lt_graph_conv(g, "first", "bn", 0, 16, 3, 1);
	act = act_of(g, y);
	return act_of(g, sum_block(g, y, act, 32, 1, act));
}

/* The convolution on the shortcut reads y, as in the next stage of a network. */
static int sum_of_raw(struct lt_graph *g)
{
	int y, act;

	begin_leaky(g, 5, 3);
	y = lt_graph_conv(g, "first", "bn", 0, 16, 3, 1);
	act = act_of(g, y);
	y = sum_block(g, y, act, 16, 1, -1);
	act = act_of(g, y);
	y = sum_block(g, y, act, 32, 2, lt_graph_raw(g, y));
	act = act_of(g, y);
	return act_of(g, sum_block(g, y, act, 32, 1, -1));
}

/* y is read by its batch norm, by a convolution directly, and by a later sum. */
static int raw_readers(struct lt_graph *g)
{
	int y, act, shortcut, first, last;

	begin_leaky(g, 5, 5);
	y = lt_graph_conv(g, "first", "bn", 0, 16, 3, 1);
	act = act_of(g, y);
	shortcut = lt_graph_bare_conv(g, "shortcut", lt_graph_raw(g, y), 16, 1, 1);
	first = lt_graph_conv(g, "second", "bn", act, 16, 3, 1);
	lt_graph_add(g, first, shortcut);
	last = lt_graph_conv(g, "third", "bn", act_of(g, first), 16, 3, 1);
	lt_graph_add(g, last, y);
	return act_of(g, last);
}

static int wide(struct lt_graph *g)
{
	static const struct lt_arch arch = {"wide", lt_arch_wide_resnet, {2, 1}, 2, 32, false};

	lt_graph_begin(g, 4, 3, 3);
	return arch.build(g, &arch);
}

static const struct problem {
	const char *name;
	int (*build)(struct lt_graph *graph);
	enum lt_head_kind head;
	int n, splits;
	const char *more; /* further heads, one letter each: see heads_of */
} problems[] = {
	{"plain", plain, LT_HEAD_LINEAR, 5, 1, ""},
	{"plain, a short last range", plain, LT_HEAD_LINEAR, 19, 1, ""},
	{"plain, one image", plain, LT_HEAD_LINEAR, 1, 1, ""},
	{"identity", identity, LT_HEAD_LINEAR, 6, 1, ""},
	{"identity, two splits", identity, LT_HEAD_LINEAR, 7, 2, ""},
	{"two identities, two splits of more than a range", two_identities, LT_HEAD_LINEAR, 35,
	 2, ""},
	{"a shortcut over one convolution", short_shortcut, LT_HEAD_LINEAR, 5, 1, ""},
	{"option A", option_a, LT_HEAD_LINEAR, 5, 1, ""},
	{"option A between identities", option_a_between, LT_HEAD_LINEAR, 17, 1, ""},
	{"odd sizes, stride 2", odd_strides, LT_HEAD_LINEAR, 5, 1, ""},
	{"1×1", pointwise, LT_HEAD_LINEAR, 5, 1, ""},
	{"cosine head", tiny, LT_HEAD_COSINE, 19, 1, ""},
	{"cosine head over option A, three splits", option_a, LT_HEAD_COSINE, 10, 3, ""},
	{"MLP head", tiny, LT_HEAD_MLP, 19, 1, ""},
	{"MLP head over an identity, two splits", identity, LT_HEAD_MLP, 5, 2, ""},
	{"MLP head with batch norm", tiny, LT_HEAD_MLP_NORM, 21, 1, ""},
	{"MLP head with batch norm, three ranges", tiny, LT_HEAD_MLP_NORM, 35, 1, ""},
	{"a projection", projection, LT_HEAD_LINEAR, 5, 1, ""},
	{"a projection, two splits", projection, LT_HEAD_LINEAR, 7, 2, ""},
	{"a projection of stride 2 between identities", projection_stride_2, LT_HEAD_LINEAR, 5,
	 1, ""},
	{"bottlenecks", bottlenecks, LT_HEAD_LINEAR, 5, 1, ""},
	{"a bottleneck of stride 2", bottleneck_stride_2, LT_HEAD_LINEAR, 5, 1, ""},
	{"7×7 stem, odd sizes", stem_7, LT_HEAD_LINEAR, 5, 1, ""},
	{"7×7 over channels", wide_7, LT_HEAD_LINEAR, 5, 1, ""},
	{"pooled stem under an identity", pooled_odd, LT_HEAD_LINEAR, 5, 1, ""},
	{"pooled stem under a projection, two splits", pooled_even, LT_HEAD_LINEAR, 6, 2, ""},
	{"pooled stem under one convolution", pooled_alone, LT_HEAD_LINEAR, 3, 1, ""},
	{"three readers and a shortcut", three_readers, LT_HEAD_LINEAR, 5, 1, ""},
	{"fewer images than splits", identity, LT_HEAD_LINEAR, 3, 8, ""},
	{"two stems", two_stems, LT_HEAD_LINEAR, 5, 1, ""},
	{"two stems, two splits of more than a range", two_stems, LT_HEAD_LINEAR, 35, 2, ""},
	{"leaky ReLU", leaky, LT_HEAD_LINEAR, 19, 1, ""},
	{"a sum", sum, LT_HEAD_LINEAR, 5, 1, ""},
	{"sums, two splits", sums, LT_HEAD_LINEAR, 7, 2, ""},
	{"sums, two splits of more than a range", sums, LT_HEAD_LINEAR, 35, 2, ""},
	{"a sum with a convolution of the activation", sum_of_act, LT_HEAD_LINEAR, 5, 1, ""},
	{"a sum with a convolution of y", sum_of_raw, LT_HEAD_LINEAR, 5, 1, ""},
	{"several readers of y", raw_readers, LT_HEAD_LINEAR, 5, 1, ""},
	{"a wide residual network, two splits", wide, LT_HEAD_LINEAR, 5, 2, "L"},
	{"two linear heads", tiny, LT_HEAD_LINEAR, 19, 1, "l"},
	{"a head that stops", tiny, LT_HEAD_LINEAR, 19, 1, "L"},
	{"a head without a gradient, then another", tiny, LT_HEAD_LINEAR, 5, 1, "xl"},
	{"all kinds of heads, two splits", tiny, LT_HEAD_MLP_NORM, 35, 2, "clm"},
	{"prototypes", tiny, LT_HEAD_PROTOTYPES, 19, 1, ""},
	{"prototypes beside a linear head, two splits", tiny, LT_HEAD_LINEAR, 35, 2, "p"},
	{"stops before, between and behind", tiny, LT_HEAD_COSINE, 6, 1, "MlC"},
	{"the features", tiny, LT_HEAD_LINEAR, 19, 1, "i"},
	{"the features between heads, two splits", tiny, LT_HEAD_LINEAR, 17, 2, "ic"},
};

/* For the contrast of views, rows 2i and 2i + 1 belong to one image. */
static const struct problem contrasts[] = {
	{"contrast of views", plain, LT_HEAD_MLP, 22, 1, ""},
	{"contrast of views over an identity", identity, LT_HEAD_MLP, 8, 1, ""},
	{"contrast of views, batch norm in the head", plain, LT_HEAD_MLP_NORM, 22, 1, ""},
};

/*
 * l, c, m, p, i: a linear, cosine or MLP head, one with prototypes, or the features; a capital
 * letter: it stops the gradient; x: it has no gradient.
 */
static int heads_of(const struct problem *problem, struct lt_head *heads)
{
	int n = 1 + (int)strlen(problem->more);

	for (int i = 0; i < n; i++) {
		char letter = i > 0 ? problem->more[i - 1] : 0, small = letter | 0x20;

		heads[i] = *LT_FC(LT_HEAD_LINEAR, CLASSES);
		if (i > 0)
			snprintf(heads[i].name, sizeof heads[i].name, "head%d", i);
		heads[i].kind = i == 0	       ? problem->head
				: small == 'c' ? LT_HEAD_COSINE
				: small == 'm' ? LT_HEAD_MLP
				: small == 'p' ? LT_HEAD_PROTOTYPES
				: small == 'i' ? LT_HEAD_IDENTITY
					       : LT_HEAD_LINEAR;
		heads[i].hidden = heads[i].kind == LT_HEAD_PROTOTYPES ? CLASSES - 2 : HIDDEN;
		heads[i].scale = SCALE;
		heads[i].stop = i > 0 && letter != small;
	}
	return n;
}

/* ------------------------------------------------------------------------ the loss */

static struct lt_draws draws;
static bool contrast; /* the loss is NT-Xent */
/*
 * The heads in the loss: all that have a gradient or, for parameters of the encoder, those
 * that do not stop it.
 */
static bool encoder;

static double noise(void)
{
	return lt_draw_between(&draws, -1, 1);
}

/* NT-Xent of the outputs, and its gradient. */
static double contrast_of(struct lt_network *net, int n, double *grad)
{
	struct lt_contrast loss;
	double sum = 0;

	if (lt_contrast_init(&loss, n, CLASSES, n, TEMPERATURE, NULL) != 0)
		abort();
	lt_nt_xent(&loss, lt_network_pool(net), lt_network_outputs(net, 0));
	for (int i = 0; i < n; i++)
		sum += loss.row_loss[i] / n;
	if (grad)
		memcpy(grad, loss.grad, (size_t)n * CLASSES * sizeof *grad);
	lt_contrast_free(&loss);
	return sum;
}

struct grads {
	double of[LT_MAX_HEADS][64 * WIDEST];
	const double *head[LT_MAX_HEADS]; /* in the form that backward passes expect */
};

/* Is this head in the loss? */
static bool is_read(const struct problem *problem, const struct lt_head *head, int i)
{
	return (i == 0 || problem->more[i - 1] != 'x') && !(encoder && head->stop);
}

/*
 * Σ c o + o² / 20 over the outputs o of all heads, or the contrast of a single head; and
 * its gradient.
 */
static double loss_of(struct lt_network *net, const struct problem *problem, const double *c,
		      struct grads *grads)
{
	const struct lt_graph *g = lt_network_graph(net);
	double sum = 0;
	lt_network_forward(net, problem->n, problem->splits, LT_STATS, NULL);
	if (contrast) {
		if (grads)
			grads->head[0] = grads->of[0];
		return contrast_of(net, problem->n, grads ? grads->of[0] : NULL);
	}
	for (int h = 0; h < g->n_heads; h++) {
		const double *o = lt_network_outputs(net, h);
		bool reads = is_read(problem, &g->head[h], h);
		int size = problem->n * g->head[h].outputs;

		if (grads)
			grads->head[h] = reads ? grads->of[h] : NULL;
		for (int i = 0; reads && i < size; i++) {
			/* A different sign and size for each head. */
			double factor = c[i] * (h % 2 ? -1.5 * h : 1);

			sum += factor * o[i] + o[i] * o[i] / 20;
			if (grads)
				grads->of[h][i] = factor + o[i] / 10;
		}
	}
	return sum;
}

/* A parameter of a network with known gradients, or its input. */
struct probe {
	struct lt_network *net;
	const struct problem *problem;
	const double *c; /* of the loss */
	double *at;	 /* its first element */
	const double *grad;
	size_t size;
};

/* (loss(w + h d) - loss(w - h d)) / 2h; the parameter is restored. */
static double difference(const struct probe *probe, const double *d, double h)
{
	double *before = malloc(probe->size * sizeof *before), up, down;

	if (!before)
		abort();
	memcpy(before, probe->at, probe->size * sizeof *before);
	for (size_t i = 0; i < probe->size; i++)
		probe->at[i] = before[i] + h * d[i];
	up = loss_of(probe->net, probe->problem, probe->c, NULL);
	for (size_t i = 0; i < probe->size; i++)
		probe->at[i] = before[i] - h * d[i];
	down = loss_of(probe->net, probe->problem, probe->c, NULL);
	memcpy(probe->at, before, probe->size * sizeof *before);
	free(before);
	return (up - down) / (2 * h);
}

/* The error of the derivative in direction d, the smallest of three steps. */
static double error_along(const struct probe *probe, const double *d, double enough)
{
	double want = 0, error, least = INFINITY;

	for (size_t i = 0; i < probe->size; i++)
		want += probe->grad[i] * d[i];
	for (double h = STEP; h > STEP / 20; h /= 4) {
		error = fabs(difference(probe, d, h) - want);
		if (!(error >= least))
			least = error;
		if (error <= enough)
			break;
	}
	return least;
}

/* The norm of the errors, of elements and of directions, divided by that of the gradients. */
static double relative_error(const struct probe *probe)
{
	double *d = calloc(probe->size, sizeof *d), norm = 0, errors = 0, directions = 0, error;
	size_t step = probe->size / ELEMENTS + 1, tried = 0;

	if (!d)
		abort();
	for (size_t i = 0; i < probe->size; i++)
		norm += probe->grad[i] * probe->grad[i];
	norm = sqrt(norm);
	for (size_t i = 0; i < probe->size; i += step, tried++) {
		d[i] = 1;
		error = error_along(probe, d, TOLERANCE / 3 * norm / sqrt((double)probe->size));
		errors += error * error;
		d[i] = 0;
	}
	/* The errors of the tried elements are scaled by their share of the squared norm. */
	errors = sqrt(errors * (double)probe->size / (double)tried) / norm;
	for (int k = 0; k < DIRECTIONS; k++) {
		for (size_t i = 0; i < probe->size; i++)
			d[i] = noise() < 0 ? -1 : 1;
		error = error_along(probe, d, TOLERANCE / 3 * norm) / norm;
		if (!(error <= directions))
			directions = error;
	}
	free(d);
	return errors > directions ? errors : directions;
}

/* ------------------------------------------------------------------------- a case */

static void fill(struct lt_network *net, const struct problem *problem)
{
	const struct lt_graph *g = lt_network_graph(net);
	double *input = lt_network_input(net);

	lt_network_init(net, 3);
	for (int i = 0; i < g->n_params; i++) {
		const struct lt_param *param = &g->param[i];
		double *w = lt_network_params(net) + param->offset;

		/* Gains near 1 and biases near 0, for batch norm and head. */
		for (size_t j = 0; param->shape.dims == 1 && j < param->size; j++)
			w[j] += 0.5 * noise();
	}
	for (size_t i = 0; i < (size_t)problem->n * g->h * g->w * g->c; i++)
		input[i] = 2 * noise();
}

static void check_probe(const struct probe *probe, const char *what)
{
	double error = relative_error(probe);
	char name[160];

	snprintf(name, sizeof name, "%s: %s", probe->problem->name, what);
	if (!check_named(error < TOLERANCE, name))
		printf("# relative error %g\n", error);
}

static double *copied(const double *from, size_t n)
{
	double *to = malloc(n * sizeof *to);

	if (!to)
		abort();
	memcpy(to, from, n * sizeof *to);
	return to;
}

static struct grads *copied_grads(const struct grads *from, int heads)
{
	struct grads *to = malloc(sizeof *to);

	if (!to)
		abort();
	*to = *from;
	for (int h = 0; h < heads; h++)
		to->head[h] = from->head[h] ? to->of[h] : NULL;
	return to;
}

/*
 * Checks the gradient at the image, which must not change those of the parameters; after a
 * backward pass.
 */
/* The gradient at the input. */
static const lt_real *image_grad(struct lt_network *net, const lt_real *const grads[])
{
	const lt_real *grad;

	if (lt_network_image_grad(net, grads, &grad, NULL) != 0)
		abort();
	return grad;
}

static void check_image(struct lt_network *net, const struct problem *problem, const double *c,
			const struct grads *grads)
{
	const struct lt_graph *g = lt_network_graph(net);
	size_t size = (size_t)problem->n * g->h * g->w * g->c;
	double *before = copied(lt_network_grads(net), g->params);
	double *image = copied(image_grad(net, grads->head), size);
	struct probe probe = {net, problem, c, lt_network_input(net), image, size};

	encoder = true;
	check_probe(&probe, "the image");
	encoder = false;
	check_named(memcmp(before, lt_network_grads(net), g->params * sizeof *before) == 0,
		    "the parameters' gradients are as they were");
	free(before);
	free(image);
}

/* The gradients of two backward passes are added. */
static void check_added(struct lt_network *net, const struct problem *problem,
			const struct grads *grads)
{
	const struct lt_graph *g = lt_network_graph(net);
	struct grads *other = copied_grads(grads, g->n_heads);
	double *first, *second;
	bool same = true;

	for (int h = 0; h < g->n_heads; h++)
		for (int i = 0; i < problem->n * g->head[h].outputs; i++)
			other->of[h][i] = noise();
	lt_network_backward(net, grads->head, NULL);
	first = copied(lt_network_grads(net), g->params);
	lt_network_backward(net, other->head, NULL);
	second = copied(lt_network_grads(net), g->params);
	lt_network_backward(net, grads->head, NULL);
	lt_network_backward_add(net, other->head, NULL);
	for (size_t i = 0; i < g->params; i++)
		same = same && lt_network_grads(net)[i] == first[i] + second[i];
	check_named(same && memcmp(first, second, g->params * sizeof *first) != 0,
		    "two passes back add up");
	free(first);
	free(second);
	free(other);
}

/* Are all gradients 0, as those of a head without a gradient must be? */
static bool is_zero(const struct probe *probe)
{
	for (size_t i = 0; i < probe->size; i++)
		if (probe->grad[i] != 0)
			return false;
	return true;
}

static void check_params(struct lt_network *net, const struct problem *problem, const double *c)
{
	const struct lt_graph *g = lt_network_graph(net);

	for (int i = 0; i < g->n_params; i++) {
		const struct lt_param *param = &g->param[i];
		struct probe probe = {net,
				      problem,
				      c,
				      lt_network_params(net) + param->offset,
				      lt_network_grads(net) + param->offset,
				      param->size};
		char what[96];
		int h = 0;

		snprintf(what, sizeof what, "parameter %d, %s", i, param->name);
		while (param->head && h + 1 < g->n_heads && i >= g->head[h + 1].first_param)
			h++;
		encoder = !param->head;
		if (param->head && !is_read(problem, &g->head[h], h))
			check_named(is_zero(&probe), what);
		else
			check_probe(&probe, what);
		encoder = false;
	}
}

/* The network of a problem; NULL, with err filled: it cannot be made. */
static struct lt_network *new_network(const struct problem *problem, struct lt_pool *pool,
				      const struct lt_kernels *kernels, struct lt_error *err)
{
	struct lt_graph *graph = malloc(sizeof *graph);
	struct lt_network_config config = {.graph = graph,
					   .kernels = kernels,
					   .pool = pool,
					   .max_batch = problem->n,
					   .max_splits = problem->splits,
					   .learns = true,
					   .adds = true,
					   .image_grad = true};
	struct lt_head heads[LT_MAX_HEADS];
	struct lt_network *net = NULL;

	if (!graph)
		abort();
	if (lt_graph_end(graph, problem->build(graph), heads, heads_of(problem, heads), err) !=
		    0 ||
	    lt_network_new(&net, &config, err) != 0)
		net = NULL;
	free(graph);
	return net;
}

static void check_problem(const struct problem *problem, struct lt_pool *pool,
			  const struct lt_kernels *kernels)
{
	static double c[64 * WIDEST];
	static struct grads grads;
	struct lt_error err = {0, ""};
	struct lt_network *net = new_network(problem, pool, kernels, &err);

	if (!net) {
		check_named(false, problem->name);
		printf("# %s\n", err.text);
		return;
	}
	fill(net, problem);
	for (int i = 0; i < problem->n * (strchr(problem->more, 'i') ? WIDEST : CLASSES); i++)
		c[i] = noise();
	loss_of(net, problem, c, &grads);
	lt_network_backward(net, grads.head, NULL);
	check_params(net, problem, c);
	loss_of(net, problem, c, &grads);
	lt_network_backward(net, grads.head, NULL);
	/* The curvature of the contrast is too large for differences in pixels. */
	if (!contrast)
		check_image(net, problem, c, &grads);
	loss_of(net, problem, c, &grads);
	check_added(net, problem, &grads);
	lt_network_free(net);
}

/* If all heads stop the gradient, the gradients of the encoder and at the image are 0. */
static void check_stopped(struct lt_pool *pool, const struct lt_kernels *kernels)
{
	static const struct problem problem = {"stopped", plain, LT_HEAD_LINEAR, 5, 1, "L"};
	static struct grads grads;
	static double c[64 * WIDEST];
	struct lt_network *net = new_network(&problem, pool, kernels, NULL);
	const struct lt_graph *graph;
	size_t pixels;

	if (!net)
		abort();
	graph = lt_network_graph(net);
	fill(net, &problem);
	for (int i = 0; i < 5 * CLASSES; i++)
		c[i] = noise();
	loss_of(net, &problem, c, &grads);
	lt_network_backward(net, grads.head, NULL);
	grads.head[0] = NULL;
	lt_network_backward(net, grads.head, NULL);
	check_named(is_zero(&(struct probe){.grad = lt_network_grads(net),
					    .size = graph->head[1].at[0]}),
		    "only a head that stops: the encoder's gradients are 0");
	check_named(
		!is_zero(&(struct probe){.grad = lt_network_grads(net) + graph->head[1].at[0],
					 .size = CLASSES}),
		"and its own are not");
	pixels = 5 * (size_t)graph->h * (size_t)graph->w * (size_t)graph->c;
	check_named(
		is_zero(&(struct probe){.grad = image_grad(net, grads.head), .size = pixels}),
		"and the image's are 0");
	lt_network_free(net);
}

/*
 * A pass of the heads alone, over the features of a batch in the reverse order: outputs and
 * gradients are those of that batch, but the encoder has none, whatever the heads are.
 */
static void check_given(struct lt_pool *pool, const struct lt_kernels *kernels)
{
	enum { N = 19 };
	static const struct problem problem = {"given", plain, LT_HEAD_LINEAR, N, 1, "ci"};
	static struct grads grads, reverse;
	static double c[64 * WIDEST], outputs[N * CLASSES];
	struct lt_network *net = new_network(&problem, pool, kernels, NULL);
	const struct lt_graph *graph;
	double *whole, *features, worst = 0;
	size_t encoder_size;

	if (!net)
		abort();
	graph = lt_network_graph(net);
	fill(net, &problem);
	for (int i = 0; i < N * WIDEST; i++)
		c[i] = noise();
	loss_of(net, &problem, c, &grads);
	lt_network_backward(net, grads.head, NULL);
	whole = copied(lt_network_grads(net), graph->params);
	memcpy(outputs, lt_network_outputs(net, 1), sizeof outputs);
	features = copied(lt_network_features(net), (size_t)(N * graph->features));
	for (int i = 0; i < N; i++)
		memcpy(lt_network_given_features(net) + i * graph->features,
		       features + (N - 1 - i) * graph->features,
		       (size_t)graph->features * sizeof *features);
	for (int h = 0; h < graph->n_heads; h++) {
		int k = graph->head[h].outputs;

		reverse.head[h] = reverse.of[h];
		for (int i = 0; i < N * k; i++)
			reverse.of[h][i] = grads.of[h][(N - 1 - i / k) * k + i % k];
	}
	lt_network_forward_heads(net, N);
	for (int i = 0; i < N * CLASSES; i++)
		worst = fmax(worst,
			     fabs(lt_network_outputs(net, 1)[i] -
				  outputs[(N - 1 - i / CLASSES) * CLASSES + i % CLASSES]));
	check_named(worst == 0, "the heads alone: outputs of given features");
	lt_network_backward(net, reverse.head, NULL);
	encoder_size = graph->head[0].at[0];
	check_named(
		is_zero(&(struct probe){.grad = lt_network_grads(net), .size = encoder_size}),
		"the heads alone: the encoder's gradients are 0");
	for (size_t i = encoder_size; i < graph->params; i++)
		worst = fmax(worst, fabs(lt_network_grads(net)[i] - whole[i]));
	check_named(worst < 1e-12, "the heads alone: and theirs are those of the batch");
	loss_of(net, &problem, c, &grads);
	lt_network_backward(net, grads.head, NULL);
	check_named(memcmp(whole, lt_network_grads(net), graph->params * sizeof *whole) == 0,
		    "the heads alone: the next pass is whole again");
	free(whole);
	free(features);
	lt_network_free(net);
}

int main(void)
{
	const struct lt_kernels *kernels;
	struct lt_pool *pool;
	struct lt_error err;

	draws = lt_draws_at(20, LT_FOR_INIT, 1, 0, 0);
	if (lt_kernels_choose(&kernels, "ref", &err) != 0 || lt_pool_new(&pool, 2, &err) != 0)
		return 1;
	for (size_t i = 0; i < sizeof problems / sizeof *problems; i++)
		check_problem(&problems[i], pool, kernels);
	check_stopped(pool, kernels);
	check_given(pool, kernels);
	contrast = true;
	for (size_t i = 0; i < sizeof contrasts / sizeof *contrasts; i++)
		check_problem(&contrasts[i], pool, kernels);
	lt_pool_free(pool);
	return check_done();
}
