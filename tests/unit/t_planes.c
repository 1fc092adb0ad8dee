/*
 * Planes that share memory, in random graphs: sums, projections, shortcuts over many layers,
 * pooled and raw activations, several stems.
 *
 * Shared memory is filled with NaN wherever it may hold anything: before a forward pass, and
 * between a forward pass and each pass back.  So a pass that reads what is not computed again,
 * or what another plane has overwritten, changes a result.  All results must be those, to the
 * byte, of a network that shares nothing.
 */
#include "base/pool.h"
#include "base/random.h"
#include "check.h"
#include "net/network_private.h"

enum { GRAPHS = 60, IMAGES = 19, CLASSES = 5, LEAST = 3, MOST = 14 };

static struct lt_draws draws;

static int below(int n)
{
	return (int)lt_draw_below(&draws, (uint32_t)n);
}

static bool often(int percent)
{
	return below(100) < percent;
}

/* ------------------------------------------------------------------------- graphs */

static int n_names;

static const char *new_name(void)
{
	static char name[16];

	snprintf(name, sizeof name, "c%d", n_names++);
	return name;
}

static int channels(void)
{
	return 16 * (1 + below(3));
}

static int conv_of(struct lt_graph *g, int in, int out_c, int size, int stride)
{
	return lt_graph_conv(g, new_name(), "bn", in, out_c, size, stride);
}

/* A random activation that a convolution can read; rarely the image. */
static int any_act(const struct lt_graph *g)
{
	return g->n_acts == 1 || often(4) ? 0 : 1 + below(g->n_acts - 1);
}

static bool is_read(const struct lt_act_node *act)
{
	return act->conv_readers > 0;
}

/* The activation of a convolution, with a random shortcut that fits. */
static int act_over(struct lt_graph *g, int conv)
{
	const struct lt_conv_shape *s = &g->conv[conv].shape;
	int from = any_act(g);
	const struct lt_act_node *act = &g->act[from];

	if (g->slope == 0 && g->conv[conv].add < 0 && often(60)) {
		if (from != 0 && is_read(act) && !act->raw && act->skip_readers == 0 &&
		    act->h == s->out_h && act->w == s->out_w && act->c == s->out_c)
			return lt_graph_act(g, conv, LT_SKIP_SAME, from);
		for (int stride = 1; stride <= 2; stride++)
			if ((act->h + stride - 1) / stride == s->out_h &&
			    (act->w + stride - 1) / stride == s->out_w)
				return lt_graph_act(
					g, conv, LT_SKIP_PROJECTION,
					conv_of(g, from, s->out_c, often(50) ? 1 : 3, stride));
	}
	return s->out_h > 2 && s->out_w > 2 && often(15)
		       ? lt_graph_max_act(g, conv)
		       : lt_graph_act(g, conv, LT_SKIP_NONE, -1);
}

/* Perhaps adds an earlier y of the same shape to y of this convolution. */
static void add_some(struct lt_graph *g, int conv)
{
	const struct lt_conv_shape *s = &g->conv[conv].shape;

	for (int i = 0; i < conv; i++) {
		const struct lt_conv_shape *t = &g->conv[i].shape;

		if (!g->conv[i].added && t->out_h == s->out_h && t->out_w == s->out_w &&
		    t->out_c == s->out_c && often(30)) {
			lt_graph_add(g, conv, i);
			return;
		}
	}
}

static void add_layer(struct lt_graph *g)
{
	int in = any_act(g), stride = g->act[in].h > 2 && g->act[in].w > 2 && often(20) ? 2 : 1;
	int conv, bare = -1, out_c = often(60) && in ? g->act[in].c : channels();

	if (often(15))
		bare = lt_graph_bare_conv(g, new_name(), in, out_c, 1, stride);
	conv = conv_of(g, in, out_c, often(60) ? 3 : 1, stride);
	if (bare >= 0)
		lt_graph_add(g, conv, bare);
	else if (often(40))
		add_some(g, conv);
	/* Convolutions between one and its activation. */
	if (often(30) && in != 0 && stride == 1 && g->conv[conv].add < 0)
		lt_graph_act(g, conv_of(g, in, channels(), 1, 1), LT_SKIP_NONE, -1);
	act_over(g, conv);
	if (often(10))
		lt_graph_raw(g, conv);
}

/* Reads activations that nothing reads, until there is one, which is not raw. */
static int join(struct lt_graph *g)
{
	for (;;) {
		int a = -1, b = -1, sa, sb;

		for (int i = 1; i < g->n_acts; i++)
			if (!is_read(&g->act[i])) {
				b = a;
				a = i;
			}
		if (b < 0 && !g->act[a].raw)
			return a;
		if (b < 0 || g->act[a].h != g->act[b].h || g->act[a].w != g->act[b].w) {
			/* The larger one is halved. */
			if (b >= 0 && g->act[b].h * g->act[b].w > g->act[a].h * g->act[a].w)
				a = b;
			sa = b >= 0 ? 2 : 1;
			lt_graph_act(g, conv_of(g, a, 16, 3, sa), LT_SKIP_NONE, -1);
			continue;
		}
		sa = conv_of(g, a, 32, 3, 1);
		sb = g->slope == 0 ? conv_of(g, b, 32, 1, 1)
				   : lt_graph_bare_conv(g, new_name(), b, 32, 1, 1);
		if (g->slope == 0) {
			lt_graph_act(g, sa, LT_SKIP_PROJECTION, sb);
		} else {
			int sum = conv_of(g, b, 32, 1, 1);

			lt_graph_add(g, sum, sb);
			lt_graph_act(g, sum, LT_SKIP_NONE, -1);
			lt_graph_act(g, sa, LT_SKIP_NONE, -1);
			lt_graph_act(g, conv_of(g, g->n_acts - 2, 32, 1, 1), LT_SKIP_NONE, -1);
			conv_of(g, g->n_acts - 2, 32, 1, 1);
			lt_graph_add(g, g->n_convs - 1, sa);
			lt_graph_act(g, g->n_convs - 1, LT_SKIP_NONE, -1);
			if (g->n_convs > 60)
				return g->n_acts - 1;
		}
	}
}

/* False: what was drawn is no valid graph. */
static bool draw_graph(struct lt_graph *g, int number)
{
	struct lt_head heads[2] = {{.name = "fc", .kind = LT_HEAD_LINEAR, .outputs = CLASSES},
				   {.name = "mlp", .kind = LT_HEAD_MLP, .outputs = CLASSES}};

	draws = lt_draws_at(41, LT_FOR_INIT, 7, 0, (uint32_t)number);
	n_names = 0;
	lt_graph_begin(g, 4 + below(5), 4 + below(5), 3);
	if (often(30))
		g->slope = 0.1;
	act_over(g, conv_of(g, 0, channels(), often(30) ? 7 : 3, 1));
	for (int left = LEAST + below(MOST - LEAST); left > 0; left--)
		add_layer(g);
	return lt_graph_end(g, join(g), heads, 2, NULL) == 0;
}

/* ------------------------------------------------------------------------ results */

struct result {
	float *grads[3], *image, *features[3];
};

static float *copied(const float *from, size_t n)
{
	float *to = malloc(n * sizeof *to);

	if (!to)
		abort();
	memcpy(to, from, n * sizeof *to);
	return to;
}

static void forget(struct result *r)
{
	for (int i = 0; i < 3; i++) {
		free(r->grads[i]);
		free(r->features[i]);
	}
	free(r->image);
}

static void spoil(struct lt_network *net)
{
	size_t images = net->infers ? (size_t)net->group * lt_pool_threads(net->pool) : IMAGES;

	for (int i = 0; i < net->shared.n; i++)
		if (net->shared.cells[i] > 0)
			memset(net->shared_memory[i], 0xff,
			       net->shared.cells[i] * lt_cell_size(net->precision) * images);
}

static void begin(struct lt_network *net)
{
	const struct lt_graph *g = &net->graph;

	lt_network_init(net, 3);
	draws = lt_draws_at(42, LT_FOR_AUGMENT, 0, 0, 0);
	for (size_t i = 0; i < (size_t)IMAGES * g->h * g->w * g->c; i++)
		net->input[i] = (float)lt_draw_between(&draws, -2, 2);
	for (size_t i = 0; i < g->params; i++)
		net->params[i] += (float)lt_draw_between(&draws, -0.1, 0.1);
}

static void forward(struct lt_network *net, int n, int splits, enum lt_mode mode,
		    float **features)
{
	spoil(net);
	if (lt_network_forward(net, n, splits, mode, NULL) != 0)
		abort();
	*features = copied(net->feature, (size_t)n * net->graph.features);
}

static void back(struct lt_network *net, struct result *r)
{
	static float grad[2][IMAGES * CLASSES];
	const lt_real *const grads[] = {grad[0], grad[1]};
	const lt_real *image;

	draws = lt_draws_at(43, LT_FOR_AUGMENT, 0, 0, 0);
	for (int i = 0; i < IMAGES * CLASSES; i++) {
		grad[0][i] = (float)lt_draw_between(&draws, -1, 1);
		grad[1][i] = (float)lt_draw_between(&draws, -1, 1);
	}
	for (int i = 0; i < 3; i++) {
		spoil(net);
		if (i == 1 && (lt_network_image_grad(net, grads, &image, NULL) != 0))
			abort();
		if (i == 1)
			r->image = copied(image, (size_t)net->n * net->graph.h * net->graph.w *
							 net->graph.c);
		spoil(net);
		if ((i < 2 ? lt_network_backward : lt_network_backward_add)(net, grads, NULL) !=
		    0)
			abort();
		r->grads[i] = copied(net->grads, net->graph.params);
	}
}

enum kind { WHOLE, RECOMPUTES, FORWARD, INFERS };

static struct result run(const struct lt_graph *g, const struct lt_kernels *set, enum kind kind,
			 enum lt_precision precision, int threads, int *shared)
{
	struct lt_network_config config = {.graph = g,
					   .kernels = set,
					   .max_batch = IMAGES,
					   .max_splits = 2,
					   .learns = kind <= RECOMPUTES,
					   .adds = kind <= RECOMPUTES,
					   .image_grad = kind <= RECOMPUTES,
					   .infers = kind == INFERS,
					   .recomputes = kind == RECOMPUTES,
					   .precision = precision};
	struct result r = {0};
	struct lt_network *net;

	if (lt_pool_new(&config.pool, threads, NULL) != 0)
		abort();
	if (lt_network_new(&net, &config, NULL) != 0) {
		lt_pool_free(config.pool);
		*shared = -1;
		return r;
	}
	*shared = net->shared.n;
	begin(net);
	if (kind != INFERS) {
		forward(net, IMAGES, 2, LT_STATS, &r.features[0]);
		forward(net, 7, 1, LT_EVAL, &r.features[1]);
	}
	forward(net, IMAGES, 1, LT_EVAL, &r.features[2]);
	if (kind <= RECOMPUTES) {
		free(r.features[0]);
		forward(net, IMAGES, 2, LT_STATS, &r.features[0]);
		back(net, &r);
	}
	lt_network_free(net);
	lt_pool_free(config.pool);
	return r;
}

static bool same(const float *a, const float *b, size_t n)
{
	return !a || !b || memcmp(a, b, n * sizeof *a) == 0;
}

static bool finite_all(const float *a, size_t n)
{
	bool good = true;

	for (size_t i = 0; i < n; i++)
		good = good && isfinite(a[i]);
	return good;
}

static bool same_result(const struct lt_graph *g, const struct result *a,
			const struct result *b)
{
	bool good = true;

	for (int i = 0; i < 3; i++)
		good = good && same(a->grads[i], b->grads[i], g->params) &&
		       same(a->features[i], b->features[i],
			    (size_t)(i == 1 ? 7 : IMAGES) * g->features);
	return good && same(a->image, b->image, (size_t)IMAGES * g->h * g->w * g->c);
}

int main(void)
{
	static struct lt_graph g;
	const struct lt_kernels *set;
	int n = 0, most = 0, recomputing = 0, full = 0, graphs = check_is_slow() ? 20 : GRAPHS;

	if (lt_kernels_choose(&set, NULL, NULL) != 0)
		return 1;
	for (int number = 0; n < graphs; number++) {
		enum lt_precision precision = number % 3 == 0 ? LT_BF16_FAST : LT_PRECISE;
		int shared;
		struct result want;
		bool good = true;

		if (!draw_graph(&g, number))
			continue;
		n++;
		want = run(&g, set, WHOLE, precision, 2, &shared);
		good = finite_all(want.grads[0], g.params);
		for (enum kind kind = RECOMPUTES; kind <= INFERS; kind++) {
			struct result got =
				run(&g, set, kind, precision, 1 + number % 3, &shared);

			if (shared < 0) {
				full++;
				continue;
			}
			if (kind == RECOMPUTES)
				recomputing += shared > 0;
			most = shared > most ? shared : most;
			if (!same_result(&g, &want, &got)) {
				good = false;
				printf("# graph %d, kind %d differs\n", number, (int)kind);
			}
			forget(&got);
		}
		forget(&want);
		if (!good)
			check_named(false, "a random graph");
	}
	printf("# %d graphs, %d recompute, at most %d buffers, %d too many\n", n, recomputing,
	       most, full);
	check_named(recomputing > n / 4, "many graphs compute planes again");
	return check_done();
}
