#include "ours.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "bench.h"
#include "method/contrast.h"
#include "method/learner.h"
#include "method/puzzle.h"
#include "method/run.h"
#include "net/loss.h"
#include "net/network.h"
#include "process.h"
#include "profile.h"

static const double rate = 0.01;
static struct lt_optimiser optimiser = {.settings = {.momentum = 0.9, .decay = 2e-4}};

/* A server performs a single task. */
static const struct bench_work *work;
static const struct lt_kernels *kernels;
static struct lt_pool *pool;
static struct lt_network *net;
static const struct lt_task *task; /* rotation, moco and fixmatch */

/* A server has no standard error, so the reason is sent instead of its readiness. */
static _Noreturn void give_up(const char *why)
{
	printf("no %s\n", why);
	fflush(stdout);
	exit(1);
}

static void *take(size_t n, size_t size)
{
	void *block = lt_new_array(n, size);

	if (!block)
		give_up("no memory");
	return block;
}

static void build(struct lt_graph *graph, const struct bench_work *w)
{
	enum lt_head_kind head = w->task == BENCH_MOCO ? LT_HEAD_MLP : LT_HEAD_LINEAR;
	struct lt_error err;

	if (lt_graph_build(graph, w->arch, w->side, w->side, 3, LT_FC(head, w->classes), 1,
			   &err) != 0)
		give_up(err.text);
}

/* Images of the network's batch. */
static int batch_of(const struct bench_work *w)
{
	return w->task == BENCH_FIXMATCH ? w->batch * BENCH_VIEWS : w->batch;
}

static struct lt_network *new_network(bool learns)
{
	struct lt_graph *graph = take(1, sizeof *graph);
	struct lt_network_config config = {.graph = graph,
					   .kernels = kernels,
					   .pool = pool,
					   .max_batch = batch_of(work),
					   .max_splits = 1,
					   .learns = learns,
					   .infers = work->task == BENCH_INFER,
					   .precision = work->precision};
	struct lt_network *made;
	struct lt_error err;

	build(graph, work);
	if (lt_network_new(&made, &config, &err) != 0)
		give_up(err.text);
	lt_network_init(made, 0);
	free(graph);
	return made;
}

static void fill_input(void)
{
	struct lt_draws draws = lt_draws_at(1, LT_FOR_SYNTH, 0, 0, 0);
	size_t n = (size_t)work->batch * (size_t)work->side * (size_t)work->side * 3;
	lt_real *x = lt_network_input(net);

	for (size_t i = 0; i < n; i++)
		x[i] = (lt_real)lt_draw_normal(&draws);
}

/* ------------------------------------------------------------------------- steps */

static double calibrator_ops[BENCH_THREADS];

static void calibrate_item(void *arg, int item, int worker)
{
	(void)arg;
	(void)worker;
	calibrator_ops[item] = kernels->multiply_adds(2000000);
}

static double calibrate(int n)
{
	double start = bench_seconds(), sum = 0;

	for (int i = 0; i < n; i++) {
		lt_pool_run(pool, calibrate_item, NULL, work->threads);
		for (int t = 0; t < work->threads; t++)
			sum += calibrator_ops[t];
	}
	return sum / (bench_seconds() - start) / 1e9;
}

static struct lt_loss_params loss_params;
static struct lt_loss_batch loss;
static double *logits;
static int32_t *label;
static lt_real *output_grad;

static void make_loss(void)
{
	size_t outputs = (size_t)work->batch * (size_t)work->classes;
	struct lt_error err;

	if (lt_loss_params_init(&loss_params, work->classes, NULL, &err) != 0)
		give_up(err.text);
	logits = take(outputs, sizeof *logits);
	label = take((size_t)work->batch, sizeof *label);
	output_grad = take(outputs, sizeof *output_grad);
	for (int i = 0; i < work->batch; i++)
		label[i] = i % work->classes;
	loss = (struct lt_loss_batch){.n = work->batch,
				      .classes = work->classes,
				      .logits = logits,
				      .label = label,
				      .grad = take(outputs, sizeof *loss.grad)};
}

static void train_step(void)
{
	int outputs = work->batch * work->classes;

	lt_network_forward(net, work->batch, 1, LT_TRAIN, NULL);
	for (int i = 0; i < outputs; i++)
		logits[i] = lt_network_outputs(net, 0)[i];
	lt_loss_of_batch(&lt_loss_ce, &loss_params, &loss);
	for (int i = 0; i < outputs; i++)
		output_grad[i] = (lt_real)loss.grad[i];
	lt_network_backward(net, (const lt_real *const[]){output_grad}, NULL);
	lt_optimiser_step(&optimiser, rate, 0);
}

static const struct lt_norm norm = {3, {0.5, 0.5, 0.5}, {0.25, 0.25, 0.25}};

/* A table of noise: a step learns from the whole table. */
static struct lt_table *new_table(int rows)
{
	struct lt_table *table = take(1, sizeof *table);
	struct lt_draws draws = lt_draws_at(1, LT_FOR_SYNTH, 0, 0, 0);
	size_t bytes = (size_t)rows * (size_t)work->side * (size_t)work->side * 3;

	*table = (struct lt_table){.name = "noise",
				   .n = (uint64_t)rows,
				   .height = work->side,
				   .width = work->side,
				   .channels = 3,
				   .image = take(bytes, 1),
				   .label = take((size_t)rows, sizeof *table->label)};
	for (size_t i = 0; i < bytes; i++)
		table->image[i] = (uint8_t)lt_draw_u32(&draws);
	for (int i = 0; i < rows; i++)
		table->label[i] = i % work->classes;
	return table;
}

static void start_task(struct lt_task *of)
{
	struct lt_error err;
	int steps;

	task = of;
	lt_average_begin(&of->average, net);
	if (of->plan(of->self, 1, &steps, &err) != 0)
		give_up(err.text);
}

static void make_pretext(void)
{
	struct lt_pretext_config config = {.net = net,
					   .table = new_table(work->batch),
					   .norm = norm,
					   .augment = "none",
					   .batch = work->batch};
	struct lt_moco_config moco = {
		.queue = BENCH_QUEUE, .key_momentum = 0.999, .temperature = 0.2, .splits = 1};
	struct lt_puzzle rotation;
	struct lt_pretext *learner = NULL;
	struct lt_error err;
	int code;

	if (work->task == BENCH_MOCO) {
		moco.key_net = new_network(false);
		code = lt_moco_new(&learner, &config, &moco, &err);
	} else if ((code = lt_rotation(&rotation, config.table, &err)) == 0) {
		code = lt_puzzle_new(&learner, &config, &rotation, &err);
	}
	if (code != 0)
		give_up(err.text);
	start_task(&learner->task);
}

static void make_fixmatch(void)
{
	struct lt_learner_config config = {
		.net = net,
		.average = new_network(false),
		.table = new_table(work->batch * (1 + BENCH_MU)),
		.n_given = (uint64_t)work->batch,
		.omega = 1,
		.balance = {.loss = &lt_loss_ce, .rule = &lt_rules[0]}, /* none */
		.augment = "none",
		.norm = norm,
		.batch = work->batch,
		.epochs = 1,
		.method = {.method = &lt_method_fixmatch,
			   .batch = work->batch * BENCH_MU,
			   .strong = "none"}};
	uint64_t *counts = take((size_t)work->classes, sizeof *counts);
	struct lt_learner *learner;
	struct lt_error err;

	for (int i = 0; i < work->batch; i++)
		counts[i % work->classes]++;
	config.loss_counts = counts;
	memcpy(config.method.setting, lt_method_fixmatch.setting, sizeof config.method.setting);
	if (lt_learner_new(&learner, &config, &err) != 0)
		give_up(err.text);
	optimiser.settings.nesterov = true;
	start_task(&learner->task);
}

static double run_steps(int n)
{
	const struct lt_step step = {.epoch = 1, .rate = rate};
	struct lt_meter meter = {0};
	double start = bench_seconds();

	for (int i = 0; i < n; i++)
		switch (work->task) {
		case BENCH_INFER:
			lt_network_forward(net, work->batch, 1, LT_EVAL, NULL);
			break;
		case BENCH_TRAIN:
			train_step();
			break;
		default:
			lt_task_step(task, &optimiser, &step, &meter, NULL);
		}
	return bench_seconds() - start;
}

/* What the steps need: networks, and what the task has beside them. */
static void make_work(void)
{
	optimiser.net = net = new_network(work->task != BENCH_INFER);
	if (work->task == BENCH_TRAIN || work->task == BENCH_INFER)
		fill_input();
	if (work->task == BENCH_TRAIN)
		make_loss();
	else if (work->task == BENCH_FIXMATCH)
		make_fixmatch();
	else if (work->task != BENCH_INFER)
		make_pretext();
}

static void begin(const struct bench_work *w)
{
	struct lt_error err;

	work = w;
	if (lt_kernels_choose(&kernels, NULL, &err) != 0 ||
	    lt_pool_new(&pool, work->threads, &err) != 0)
		give_up(err.text);
}

void ours_serve(const void *arg)
{
	begin(arg);
	if (work->task == BENCH_CALIBRATE) {
		serve(kernels->name, calibrate);
		return;
	}
	make_work();
	serve(kernels->name, run_steps);
}

void ours_profile(const struct bench_work *w)
{
	const struct lt_kernels *set;
	double seconds, idle, peak;
	int steps;

	begin(w);
	set = kernels;
	kernels = profile_kernels(set);
	make_work();
	run_steps(1);
	steps = 1 + (int)(3 / run_steps(1));
	kernels = set;
	peak = calibrate(1);
	profile_clear();
	idle = lt_pool_idle(pool);
	seconds = run_steps(steps);
	idle = lt_pool_idle(pool) - idle;
	peak = (peak + calibrate(1)) / 2;
	printf("# kernel set %s: %d steps of %.1f ms, %.1f images/s; calibrator %.1f GF/s\n",
	       set->name, steps, seconds / steps * 1e3, steps * work->batch / seconds, peak);
	profile_print(seconds, idle, steps, work->threads, peak);
}

/* -------------------------------------------------------------------- operations */

static double forward_operations(const struct bench_work *w)
{
	struct lt_graph *graph = take(1, sizeof *graph);
	const struct lt_head *head;
	double sum;

	build(graph, w);
	head = &graph->head[0];
	sum = (double)graph->features * head->outputs;
	if (head->hidden > 0)
		sum = (double)head->hidden * (graph->features + head->outputs);
	for (int i = 0; i < graph->n_convs; i++) {
		const struct lt_conv_shape *s = &graph->conv[i].shape;

		sum += (double)s->size * s->size * s->in_c * s->out_c * s->out_h * s->out_w;
	}
	free(graph);
	return 2 * sum * batch_of(w);
}

double bench_operations(const struct bench_work *w)
{
	double forward = forward_operations(w);

	switch (w->task) {
	case BENCH_CALIBRATE:
		return 0;
	case BENCH_INFER:
		return forward;
	case BENCH_MOCO:
		/* The queue's keys get no gradient. */
		return 4 * forward + 2.0 * 2 * w->batch * BENCH_QUEUE * BENCH_DIM;
	default:
		return 3 * forward;
	}
}
