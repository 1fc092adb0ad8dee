/*
 * Compares convolutions, small networks and training steps with PyTorch's float64, for
 * either number type and any kernel set.  The tables are the same as those of
 * golden/make_torch_fixtures.py.
 */
#ifndef LT_TESTS_TORCH_CHECKS_H
#define LT_TESTS_TORCH_CHECKS_H

#include "method/optimiser.h"
#include "net/loss.h"
#include "net/network.h"
#include "torch_fixture.h"

enum { TORCH_CLASSES = 10 };

/* ------------------------------------------------------------------- convolutions */

static const struct {
	const char *name;
	int in_c, out_c, h, w, size, stride;
} torch_convs[] = {
	{"3x3", 16, 32, 7, 5, 3, 1},
	{"3x3_stride2", 32, 16, 9, 13, 3, 2},
	{"3x3_stride2_even", 16, 32, 8, 6, 3, 2},
	{"1x1", 48, 16, 7, 5, 1, 1},
	{"1x1_stride2", 16, 48, 5, 8, 1, 2},
	{"stem", 3, 16, 8, 9, 3, 1},
	{"7x7_stem", 3, 16, 15, 17, 7, 2},
	{"7x7_stem_even", 3, 16, 12, 14, 7, 2},
	{"7x7", 16, 16, 9, 6, 7, 1},
};

static inline lt_real *torch_new(size_t n)
{
	lt_real *a = lt_new_array(n, sizeof *a);

	if (!a)
		abort();
	return a;
}

static inline void torch_check_conv(const struct torch_file *file, const struct lt_kernels *set,
				    int number, double tolerance)
{
	enum { N = 2, X, K, Y, G, GRAD, IN_GRAD, SCRATCH, FORWARD, BACK, ARRAYS };
	int in_c = torch_convs[number].in_c, out_c = torch_convs[number].out_c;
	int h = torch_convs[number].h, w = torch_convs[number].w;
	int size = torch_convs[number].size, stride = torch_convs[number].stride;
	struct lt_conv_shape s = {h,
				  w,
				  in_c,
				  (h + stride - 1) / stride,
				  (w + stride - 1) / stride,
				  out_c,
				  size,
				  stride,
				  LT_PRECISE};
	size_t in_n = (size_t)N * h * w * in_c, out_n = (size_t)N * s.out_h * s.out_w * out_c;
	size_t weights = lt_conv_weights(&s);
	const size_t room[ARRAYS] = {[X] = in_n,
				     [K] = weights,
				     [Y] = out_n,
				     [G] = out_n,
				     [GRAD] = weights,
				     [IN_GRAD] = in_n,
				     [SCRATCH] = set->scratch_size(&s),
				     [FORWARD] = set->weight_size(&s),
				     [BACK] = set->weight_size(&s)};
	lt_real *a[ARRAYS] = {NULL}, ones[64], zeros[64] = {0};
	uint32_t stream = 1000 + 4 * (uint32_t)number;
	struct lt_operand in = {.h = h, .w = w, .c = in_c};
	struct lt_in_grad in_grad = {.partial = true};
	char name[64];

	for (int i = X; i < ARRAYS; i++)
		a[i] = torch_new(room[i]);
	for (int i = 0; i < 64; i++)
		ones[i] = 1;
	struct torch_tensor x = {a[X], TORCH_IMAGES, {N, (size_t)in_c, (size_t)h, (size_t)w}};
	struct torch_tensor k = {
		a[K], TORCH_WEIGHT, {(size_t)out_c, (size_t)in_c, (size_t)size, (size_t)size}};
	struct torch_tensor y = {
		a[Y], TORCH_IMAGES, {N, (size_t)out_c, (size_t)s.out_h, (size_t)s.out_w}};

	torch_fill(&x, a[X], stream, 0.5, 0.75);
	torch_fill(&k, a[K], stream + 1, 1, 0);
	torch_fill(&y, a[G], stream + 2, 1, 0);
	if (in_c % 16)
		in.image = a[X];
	else
		in.stored = a[X];
	if (in_c % 16 == 0)
		in_grad.to = a[IN_GRAD];
	set->prepare(&s, a[K], false, 0, out_c / 16, a[FORWARD]);
	if (in_c % 16 == 0)
		set->prepare(&s, a[K], true, 0, in_c / 16, a[BACK]);
	set->conv_forward(
		&(struct lt_conv_forward){
			.shape = s, .in = in, .weight = a[FORWARD], .out = a[Y]},
		0, N, a[SCRATCH]);
	set->conv_backward(&(struct lt_conv_backward){.shape = s,
						      .in = in,
						      .grad = a[G],
						      .raw = a[Y],
						      .p = ones,
						      .q = zeros,
						      .r = zeros,
						      .weight_back = a[BACK],
						      .weight_grad = a[GRAD],
						      .in_grad = in_grad},
			   0, N, LT_BACK_DATA | LT_BACK_WEIGHTS, 0, out_c / 16, a[SCRATCH]);
	snprintf(name, sizeof name, "%s.out", torch_convs[number].name);
	torch_check_tensor(file, name, &y, tolerance, set->name);
	k.at = a[GRAD];
	snprintf(name, sizeof name, "%s.weight_grad", torch_convs[number].name);
	torch_check_tensor(file, name, &k, tolerance, set->name);
	x.at = a[IN_GRAD];
	snprintf(name, sizeof name, "%s.in_grad", torch_convs[number].name);
	if (in_c % 16 == 0)
		torch_check_tensor(file, name, &x, tolerance, set->name);
	for (int i = X; i < ARRAYS; i++)
		free(a[i]);
}

static inline void torch_check_convs(const struct lt_kernels *set, double tolerance)
{
	struct torch_file file;

	torch_open(&file, "conv.txt");
	for (int i = 0; i < (int)(sizeof torch_convs / sizeof *torch_convs); i++)
		torch_check_conv(&file, set, i, tolerance);
	torch_close(&file);
}

/* -------------------------------------------------------------------- max pooling */

static const struct {
	const char *name;
	int c, h, w;
} torch_maxes[] = {{"odd", 16, 9, 7}, {"even", 32, 8, 10}, {"one_row", 16, 1, 6}};

static inline void torch_check_max(const struct torch_file *file, const struct lt_kernels *set,
				   int number, double tolerance)
{
	enum { N = 2 };
	int h = torch_maxes[number].h, w = torch_maxes[number].w, c = torch_maxes[number].c;
	int out_h = (h + 1) / 2, out_w = (w + 1) / 2;
	size_t in_n = (size_t)N * h * w * c, out_n = (size_t)N * out_h * out_w * c;
	lt_real *raw = torch_new(in_n), *out = torch_new(out_n), *grad = torch_new(out_n);
	lt_real *in_grad = torch_new(in_n), *sums = torch_new((size_t)N * 2 * c);
	lt_real *scratch = torch_new(lt_pool_scratch(h, w, c)), ones[64], zeros[64] = {0};
	struct lt_max_pass pass = {
		.in = {.h = h, .w = w, .c = c, .raw = raw, .scale = ones, .shift = zeros},
		.out = out,
		.grad = grad,
		.in_grad = {.to = in_grad, .below = {raw}, .sums = {sums}}};
	struct torch_tensor x = {raw, TORCH_IMAGES, {N, (size_t)c, (size_t)h, (size_t)w}};
	struct torch_tensor y = {
		out, TORCH_IMAGES, {N, (size_t)c, (size_t)out_h, (size_t)out_w}};
	struct torch_tensor s = {sums, TORCH_SAME, {N, 2, (size_t)c, 1}};
	char name[64];

	for (int i = 0; i < 64; i++)
		ones[i] = 1;
	torch_fill(&x, raw, 1100 + 2 * (uint32_t)number, 1, 0);
	torch_fill(&y, grad, 1101 + 2 * (uint32_t)number, 1, 0);
	set->max_forward(&pass, 0, N, scratch);
	set->max_backward(&pass, 0, N, scratch);
	x.at = in_grad;
	snprintf(name, sizeof name, "%s.out", torch_maxes[number].name);
	torch_check_tensor(file, name, &y, tolerance, set->name);
	snprintf(name, sizeof name, "%s.in_grad", torch_maxes[number].name);
	torch_check_tensor(file, name, &x, tolerance, set->name);
	snprintf(name, sizeof name, "%s.sums", torch_maxes[number].name);
	torch_check_tensor(file, name, &s, tolerance, set->name);
	free(raw);
	free(out);
	free(grad);
	free(in_grad);
	free(sums);
	free(scratch);
}

static inline void torch_check_maxes(const struct lt_kernels *set, double tolerance)
{
	struct torch_file file;

	torch_open(&file, "max.txt");
	for (int i = 0; i < (int)(sizeof torch_maxes / sizeof *torch_maxes); i++)
		torch_check_max(&file, set, i, tolerance);
	torch_close(&file);
}

/* ----------------------------------------------------------------------- networks */

static inline struct torch_tensor torch_param(const struct lt_param *param,
					      const lt_real *vector)
{
	struct torch_tensor t = {vector + param->offset,
				 param->conv >= 0 ? TORCH_WEIGHT : TORCH_SAME,
				 {1, 1, 1, 1}};

	for (int i = 0; i < param->shape.dims; i++)
		t.d[i] = param->shape.dim[i];
	return t;
}

/* The number-th convolution that has a batch norm; -1: none. */
static inline int torch_norm(const struct lt_graph *g, int number)
{
	for (int i = 0; i < g->n_convs; i++)
		if (!g->conv[i].bare && number-- == 0)
			return i;
	return -1;
}

static inline int torch_norms(const struct lt_graph *g)
{
	int n = 0;

	while (torch_norm(g, n) >= 0)
		n++;
	return n;
}

/* A vector of running means (which 0) or variances (which 1). */
static inline struct torch_tensor torch_state(struct lt_network *net, int conv, int which)
{
	const struct lt_conv_node *node = &lt_network_graph(net)->conv[conv];
	struct torch_tensor t = {lt_network_state(net) + (which ? node->var : node->mean),
				 TORCH_SAME,
				 {(size_t)node->shape.out_c, 1, 1, 1}};

	return t;
}

/* A head; a cosine head has the scale of the fixture. */
static inline const struct lt_head *torch_head(enum lt_head_kind kind)
{
	static struct lt_head head;

	head = *LT_FC(kind, TORCH_CLASSES);
	head.scale = 30;
	return &head;
}

/* A network with the generator's weights.  The caller owns graph, which is complete. */
static inline struct lt_network *torch_network(const struct lt_graph *graph,
					       const struct lt_kernels *set,
					       struct lt_pool *pool,
					       enum lt_precision precision, int n,
					       uint32_t stream)
{
	struct lt_network_config config = {.graph = graph,
					   .kernels = set,
					   .pool = pool,
					   .max_batch = n,
					   .max_splits = 1,
					   .learns = true,
					   .precision = precision};
	struct lt_network *net;
	struct lt_error err;

	if (lt_network_new(&net, &config, &err) != 0)
		abort();
	lt_network_init(net, 0);
	for (int i = 0; i < graph->n_params; i++) {
		const struct lt_param *param = &graph->param[i];
		struct torch_tensor t = torch_param(param, lt_network_params(net));
		bool gain = param->shape.dims == 1 && !param->head &&
			    strstr(param->name, ".weight");
		double spread = 0.25, inputs = (double)(t.d[1] * t.d[2] * t.d[3]);

		if (param->shape.dims == 4)
			spread = sqrt(6.0 / inputs);
		torch_fill(&t, lt_network_params(net) + param->offset, stream + (uint32_t)i,
			   spread, gain ? 1 : 0);
	}
	return net;
}

/*
 * Forward in training mode, cross-entropy and backward on a generated batch; returns the loss.
 */
static inline double torch_pass(struct lt_network *net, int n, uint32_t images, uint32_t labels)
{
	static const uint64_t counts[TORCH_CLASSES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	const struct lt_graph *g = lt_network_graph(net);
	struct torch_tensor x = {
		NULL, TORCH_IMAGES, {(size_t)n, (size_t)g->c, (size_t)g->h, (size_t)g->w}};
	double logits[32 * TORCH_CLASSES], grad[32 * TORCH_CLASSES], loss;
	lt_real output_grad[32 * TORCH_CLASSES];
	struct lt_loss_params params;
	int32_t label[32];

	if (lt_loss_params_init(&params, TORCH_CLASSES, counts, NULL) != 0)
		abort();
	torch_fill(&x, lt_network_input(net), images, 2, 0);
	lt_network_forward(net, n, 1, LT_TRAIN, NULL);
	for (int i = 0; i < n; i++)
		label[i] = (int32_t)(torch_word(labels, (size_t)i) % TORCH_CLASSES);
	for (int i = 0; i < n * TORCH_CLASSES; i++)
		logits[i] = (double)lt_network_outputs(net, 0)[i];
	loss = lt_loss_of_batch(
		&lt_loss_ce, &params,
		&(struct lt_loss_batch){n, TORCH_CLASSES, logits, label, NULL, grad, NULL});
	for (int i = 0; i < n * TORCH_CLASSES; i++)
		output_grad[i] = (lt_real)grad[i];
	lt_network_backward(net, (const lt_real *const[]){output_grad}, NULL);
	lt_loss_params_free(&params);
	return loss;
}

static inline int torch_first(struct lt_graph *g, int h, int w, int c, int out_c, int size)
{
	lt_graph_begin(g, h, w, c);
	return lt_graph_act(g, lt_graph_conv(g, "conv", "bn", 0, out_c, size, 1), LT_SKIP_NONE,
			    -1);
}

static inline int torch_block(struct lt_graph *g, int in, int out_c, int stride,
			      enum lt_skip skip)
{
	int middle = lt_graph_act(g, lt_graph_conv(g, "conv1", "bn1", in, out_c, 3, stride),
				  LT_SKIP_NONE, -1);
	int conv = lt_graph_conv(g, "conv2", "bn2", middle, out_c, 3, 1);

	if (skip == LT_SKIP_PROJECTION)
		in = lt_graph_conv(g, "projection", "bn3", in, out_c, 1, stride);
	return lt_graph_act(g, conv, skip, in);
}

static inline int torch_stem(struct lt_graph *g, int h, int w, bool pooled)
{
	int conv;

	lt_graph_begin(g, h, w, 3);
	conv = lt_graph_conv(g, "conv", "bn", 0, 16, 7, 2);
	return pooled ? lt_graph_max_act(g, conv) : lt_graph_act(g, conv, LT_SKIP_NONE, -1);
}

/* Stages of two bottlenecks and of one, a quarter as wide as those of ResNet-50. */
static const struct lt_arch torch_bottlenecks = {
	"bottlenecks", lt_arch_resnet_large, {2, 1}, 2, 16, true};

/* A wide residual network of two, one and one blocks. */
static const struct lt_arch torch_wide = {"wide", lt_arch_wide_resnet, {2, 1, 1}, 3, 32, false};

/* The networks of layers.txt, by their numbers there. */
static inline int torch_layers(struct lt_graph *g, int number)
{
	switch (number) {
	case 0:
		return torch_first(g, 6, 7, 16, 16, 1);
	case 1:
		return torch_block(g, torch_first(g, 5, 7, 3, 16, 3), 16, 1, LT_SKIP_SAME);
	case 2:
		return torch_block(g, torch_first(g, 8, 12, 3, 16, 3), 32, 2, LT_SKIP_OPTION_A);
	case 3:
		return torch_first(g, 6, 6, 3, 32, 3);
	case 4:
		return torch_block(g, torch_first(g, 7, 9, 3, 16, 3), 32, 2,
				   LT_SKIP_PROJECTION);
	case 5:
		return torch_stem(g, 9, 11, false);
	case 6:
		return torch_block(g, torch_stem(g, 13, 18, true), 16, 1, LT_SKIP_SAME);
	case 7:
		lt_graph_begin(g, 21, 18, 3);
		return torch_bottlenecks.build(g, &torch_bottlenecks);
	default:
		lt_graph_begin(g, 9, 12, 3);
		return torch_wide.build(g, &torch_wide);
	}
}

static inline void torch_check_layers(const struct lt_kernels *set, struct lt_pool *pool,
				      enum lt_precision precision, double tolerance,
				      double grad_tolerance)
{
	static const char *const names[] = {"batch_norm",   "identity",	   "option_a",
					    "cosine",	    "projection",  "stem_7x7",
					    "max_identity", "bottlenecks", "wide"};
	static const int images[] = {5, 19, 5, 7, 5, 5, 5, 7, 7};
	struct lt_graph *g = malloc(sizeof *g);
	struct torch_file file;
	char name[64];

	if (!g)
		abort();
	torch_open(&file, "layers.txt");
	for (int i = 0; i < 9; i++) {
		uint32_t stream = 2000 + 100 * (uint32_t)i;
		enum lt_head_kind head = i == 3 ? LT_HEAD_COSINE : LT_HEAD_LINEAR;
		struct lt_network *net;
		double loss;

		if (lt_graph_end(g, torch_layers(g, i), torch_head(head), 1, NULL) != 0)
			abort();
		net = torch_network(g, set, pool, precision, images[i], stream);
		struct torch_tensor out = {lt_network_outputs(net, 0),
					   TORCH_SAME,
					   {(size_t)images[i], TORCH_CLASSES, 1, 1}};

		loss = torch_pass(net, images[i], stream + 90, stream + 91);
		snprintf(name, sizeof name, "%s.loss", names[i]);
		check_near(loss / torch_find(&file, name, 1)[0], 1, tolerance);
		snprintf(name, sizeof name, "%s.train", names[i]);
		torch_check_tensor(&file, name, &out, tolerance, set->name);
		for (int p = 0; p < g->n_params; p++) {
			struct torch_tensor t =
				torch_param(&g->param[p], lt_network_grads(net));

			snprintf(name, sizeof name, "%s.grad.%d", names[i], p);
			torch_check_tensor(&file, name, &t, grad_tolerance, set->name);
		}
		for (int s = 0; s < 2 * torch_norms(g); s++) {
			struct torch_tensor t = torch_state(net, torch_norm(g, s / 2), s % 2);

			snprintf(name, sizeof name, "%s.state.%d", names[i], s);
			torch_check_tensor(&file, name, &t, tolerance, set->name);
		}
		lt_network_forward(net, images[i], 1, LT_EVAL, NULL);
		snprintf(name, sizeof name, "%s.eval", names[i]);
		torch_check_tensor(&file, name, &out, tolerance, set->name);
		lt_network_free(net);
	}
	torch_close(&file);
	free(g);
}

/* ----------------------------------------------------------------------- training */

/*
 * Checks a file of training steps.  The bounds are relative: on each loss, and on all final
 * weights together.
 */
static inline void torch_check_training(const struct lt_kernels *set, struct lt_pool *pool,
					const struct lt_arch *arch, const char *fixture,
					int size, int n, int steps, double rate,
					double loss_bound, double bound)
{
	struct lt_graph *g = malloc(sizeof *g);
	struct torch_error weights = {0}, states = {0};
	struct torch_file file;
	struct lt_network *net;
	const double *want;
	double worst = 0;
	char what[200], name[256];

	torch_open(&file, fixture);
	want = torch_find(&file, "loss", steps);
	if (!g)
		abort();
	lt_graph_begin(g, size, size, 3);
	if (lt_graph_end(g, arch->build(g, arch), torch_head(LT_HEAD_LINEAR), 1, NULL) != 0)
		abort();
	net = torch_network(g, set, pool, LT_PRECISE, n, 4000);
	for (int i = 0; i < steps; i++) {
		double loss = torch_pass(net, n, 5000 + (uint32_t)i, 6000 + (uint32_t)i);
		double error = fabs(loss - want[i]) / want[i];

		if (!(error <= worst))
			worst = error;
		lt_optimiser_step(
			&(struct lt_optimiser){.net = net,
					       .settings = {.momentum = 0.9, .decay = 2e-4}},
			rate, 0);
	}
	snprintf(name, sizeof name, "%s: %s: losses", set->name, fixture);
	if (!check_named(worst <= loss_bound, name))
		printf("# relative error %g, bound %g\n", worst, loss_bound);
	for (int i = 0; i < g->n_params; i++) {
		struct torch_tensor t = torch_param(&g->param[i], lt_network_params(net));

		snprintf(name, sizeof name, "param.%d", i);
		torch_add_error(&weights, &file, name, &t);
	}
	for (int i = 0; i < 2 * torch_norms(g); i++) {
		struct torch_tensor t = torch_state(net, torch_norm(g, i / 2), i % 2);

		snprintf(name, sizeof name, "state.%d", i);
		torch_add_error(&states, &file, name, &t);
	}
	snprintf(what, sizeof what, "%s: weights", fixture);
	torch_check_error(&weights, bound, set->name, what);
	snprintf(what, sizeof what, "%s: running statistics", fixture);
	torch_check_error(&states, bound, set->name, what);
	lt_network_free(net);
	torch_close(&file);
	free(g);
}

#endif
