/*
 * Speed of a whole training step and of inference, ResNet-32 with a batch of
 * 128 32×32 images, beside PyTorch where PYTHON (default python3) has it.
 *
 * Shared machines are noisy for seconds at a time, so nothing is timed alone:
 * every round runs the calibrator (multiply-adds on all threads) and each
 * candidate in turn, in persistent processes, and what is printed is the median
 * over the rounds of each ratio within a round.
 *
 * usage: b_train [ROUNDS [THREADS]].  JSON lines on stdout.
 */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "net/loss.h"
#include "net/network.h"

enum { BATCH = 128, CLASSES = 10, STEPS = 3, MAX_CANDIDATES = 12, MAX_ROUNDS = 1000 };

struct candidate {
	const char *name, *task, *how; /* how NULL: ours */
	pid_t pid;
	FILE *to, *from;
	double seconds[MAX_ROUNDS]; /* a step */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "b_train: %s\n", what);
	exit(1);
}

/* ------------------------------------------------------------------------- ours */

static struct lt_network *net;
static const struct lt_kernels *kernels;
static struct lt_pool *pool;
static struct lt_loss_params params;

static void make_ours(int threads)
{
	struct lt_graph *graph = calloc(1, sizeof *graph);
	struct lt_error err;
	struct lt_draws draws = lt_draws_at(1, LT_FOR_SYNTH, 0, 0, 0);
	struct lt_network_config config = {.graph = graph,
					   .max_batch = BATCH,
					   .max_splits = 1,
					   .learns = true,
					   .scale = 1};
	lt_real *x;

	if (!graph || lt_kernels_choose(&kernels, NULL, &err) != 0 ||
	    lt_pool_new(&pool, threads, &err) != 0 ||
	    lt_graph_build(graph, "resnet32", 32, 32, 3, LT_HEAD_LINEAR, CLASSES, 0, &err) != 0)
		die("cannot begin");
	config.kernels = kernels;
	config.pool = pool;
	if (lt_network_new(&net, &config, &err) != 0 ||
	    lt_loss_params_init(&params, CLASSES, NULL, &err) != 0)
		die("no memory");
	lt_network_init(net, 0, false);
	x = lt_network_input(net);
	for (size_t i = 0; i < (size_t)BATCH * 3072; i++)
		x[i] = (lt_real)lt_draw_normal(&draws);
	free(graph);
}

static void train_step(void)
{
	static double logits[BATCH * CLASSES], grad[BATCH * CLASSES];
	static lt_real output_grad[BATCH * CLASSES];
	int32_t label[BATCH];
	struct lt_loss_batch loss = {
		.n = BATCH, .classes = CLASSES, .logits = logits, .label = label, .grad = grad};

	lt_network_forward(net, BATCH, 1, LT_TRAIN);
	for (int i = 0; i < BATCH; i++)
		label[i] = i % CLASSES;
	for (int i = 0; i < BATCH * CLASSES; i++)
		logits[i] = lt_network_outputs(net)[i];
	lt_loss_of_batch(&lt_loss_ce, &params, &loss);
	for (int i = 0; i < BATCH * CLASSES; i++)
		output_grad[i] = (lt_real)grad[i];
	lt_network_backward(net, output_grad);
	lt_network_step(net, 0.01, 0.9, 2e-4);
}

static double run_ours(const char *task, int steps)
{
	double start = now();

	for (int i = 0; i < steps; i++) {
		if (strcmp(task, "train") == 0)
			train_step();
		else
			lt_network_forward(net, BATCH, 1, LT_EVAL);
	}
	return now() - start;
}

static void calibrate_item(void *arg, int item, int worker)
{
	(void)worker;
	((double *)arg)[item] = kernels->multiply_adds(2000000);
}

/* GF/s of multiply-adds on all threads. */
static double calibrate(int threads)
{
	double operations[256] = {0}, start = now(), sum = 0;

	lt_pool_run(pool, calibrate_item, operations, threads);
	for (int i = 0; i < threads; i++)
		sum += operations[i];
	return sum / (now() - start) / 1e9;
}

/* ------------------------------------------------------------------------ PyTorch */

/* False when this Python has no torch, or not what the candidate wants. */
static bool start_peer(struct candidate *c, const char *script, int threads)
{
	const char *python =
		getenv("PYTHON") && *getenv("PYTHON") ? getenv("PYTHON") : "python3";
	int in[2], out[2];
	char line[128], count[16];

	if (pipe(in) != 0 || pipe(out) != 0 || (c->pid = fork()) < 0)
		die("cannot start a process");
	snprintf(count, sizeof count, "%d", threads);
	if (c->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		for (int fd = 3; fd < 64; fd++)
			close(fd);
		if (!freopen("/dev/null", "w", stderr))
			_exit(126);
		if (strcmp(c->how, "default") != 0) {
			setenv("MALLOC_MMAP_THRESHOLD_", "4294967296", 1);
			setenv("MALLOC_TRIM_THRESHOLD_", "17179869184", 1);
			setenv("MALLOC_TOP_PAD_", "268435456", 1);
			setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 1);
		}
		execlp(python, python, script, c->task, c->how, "f32", count, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	c->to = fdopen(in[1], "w");
	c->from = fdopen(out[0], "r");
	if (!c->to || !c->from)
		die("no memory");
	if (fgets(line, sizeof line, c->from) && strncmp(line, "ready", 5) == 0) {
		line[strcspn(line, "\n")] = 0;
		printf("# %s: PyTorch%s\n", c->name, line + 5);
		return true;
	}
	fclose(c->to);
	fclose(c->from);
	waitpid(c->pid, NULL, 0);
	return false;
}

static double run_peer(struct candidate *c, int steps)
{
	char line[64];

	fprintf(c->to, "%d\n", steps);
	fflush(c->to);
	return fgets(line, sizeof line, c->from) ? atof(line) : NAN;
}

/* -------------------------------------------------------------------------- rounds */

/* OpenMP's threads spin for a while when their work is done: the next candidate waits for that
 * to end. */
static void rest(void)
{
	struct timespec pause = {.tv_nsec = 100000000};

	nanosleep(&pause, NULL);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(const double *values, int n)
{
	double sorted[MAX_ROUNDS];

	memcpy(sorted, values, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, by_value);
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static void print_results(struct candidate *c, int n, int rounds, const double *peak)
{
	double ratio[MAX_ROUNDS];

	printf("{\"candidate\": \"calibrator\", \"kernels\": \"%s\", \"gflops\": %.1f}\n",
	       kernels->name, median(peak, rounds));
	for (int i = 0; i < n; i++) {
		const struct candidate *ours = NULL;

		for (int j = 0; j < n; j++)
			if (!c[j].how && strcmp(c[j].task, c[i].task) == 0)
				ours = &c[j];
		printf("{\"candidate\": \"%s\", \"task\": \"%s\", \"images_per_second\": %.0f",
		       c[i].name, c[i].task, BATCH / median(c[i].seconds, rounds));
		for (int r = 0; r < rounds; r++)
			ratio[r] = c[i].seconds[r] / ours->seconds[r];
		printf(", \"time_over_ours\": %.2f", median(ratio, rounds));
		/* A forward pass is 68.9 M multiply-adds an image, a step three times that. */
		for (int r = 0; r < rounds; r++)
			ratio[r] = (strcmp(c[i].task, "train") ? 1 : 3) * 2 * 68.9e6 * BATCH /
				   c[i].seconds[r] / 1e9 / peak[r];
		printf(", \"nominal_over_peak\": %.2f}\n", median(ratio, rounds));
	}
}

int main(int argc, char **argv)
{
	static struct candidate all[MAX_CANDIDATES] = {
		{.name = "ltpipe", .task = "train"},
		{.name = "torch default", .task = "train", .how = "default"},
		{.name = "torch tuned", .task = "train", .how = "tuned"},
		{.name = "torch compiled", .task = "train", .how = "compiled"},
		{.name = "ltpipe", .task = "infer"},
		{.name = "torch default", .task = "infer", .how = "default"},
		{.name = "torch tuned", .task = "infer", .how = "tuned"},
		{.name = "torch compiled", .task = "infer", .how = "compiled"},
	};
	static struct candidate c[MAX_CANDIDATES];
	static double peak[MAX_ROUNDS];
	int rounds = argc > 1 ? atoi(argv[1]) : 9,
	    threads = argc > 2 ? atoi(argv[2]) : lt_cpu_count();
	int n = 0;
	char script[4096];
	struct rusage usage;

	if (rounds < 1 || rounds > MAX_ROUNDS || threads < 1 || threads > 256)
		die("usage: b_train [ROUNDS [THREADS]]");
	signal(SIGPIPE, SIG_IGN);
	snprintf(script, sizeof script, "%s", "tests/bench/torch_peer.py");
	/* Peers are started first: they would inherit our pinning. */
	for (int i = 0; i < MAX_CANDIDATES && all[i].name; i++)
		if (!all[i].how || start_peer(&all[i], script, threads))
			c[n++] = all[i];
		else
			printf("# %s, %s: not on this machine\n", all[i].name, all[i].task);
	make_ours(threads);
	run_ours("train", 2);
	for (int r = 0; r < rounds; r++) {
		rest();
		peak[r] = calibrate(threads);
		for (int i = 0; i < n; i++) {
			rest();
			c[i].seconds[r] = (c[i].how ? run_peer(&c[i], STEPS)
						    : run_ours(c[i].task, STEPS)) /
					  STEPS;
		}
	}
	print_results(c, n, rounds, peak);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"peak_memory_mib\": %ld}\n", usage.ru_maxrss / 1024);
	for (int i = 0; i < n; i++)
		if (c[i].how) {
			fclose(c[i].to);
			fclose(c[i].from);
			waitpid(c[i].pid, NULL, 0);
		}
	return 0;
}
