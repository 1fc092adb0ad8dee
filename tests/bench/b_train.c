/*
 * Speed and memory of whole training steps, compared with PyTorch if it is installed, and
 * for several numbers of threads, batch sizes and depths.
 *
 * Shared machines are noisy for seconds at a time, so nothing is timed alone.  All
 * candidates of a task are processes that run until its end.  Every round asks the
 * calibrator and each candidate in turn.  The results are medians over the rounds; for
 * ratios, of the ratios within a round.
 */
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pool.h"
#include "bench.h"
#include "bench_report.h"
#include "ours.h"
#include "process.h"

enum { MAX_CANDIDATES = 40, MAX_PYTHONS = 4, MAX_STEPS = 20 };

/* A turn makes about as many steps as fit into this time. */
static const double turn_seconds = 0.6;

static const char usage[] =
	"usage: b_train [--rounds N] [--threads T] [--python PYTHON]... [--slowest SECONDS]\n"
	"               [--json | --text] [TASK...]\n"
	"       b_train --profile [--threads T] [TASK...]\n"
	"TASK: train rotation moco fixmatch infer large growth (all of them)\n";

static const char *const all_tasks[] = {"train", "rotation", "moco",  "fixmatch",
					"infer", "large",    "growth"};

static struct options {
	int rounds, threads;
	const char *python[MAX_PYTHONS];
	int n_pythons;
	const char *slowest; /* a peer whose step takes longer is not measured */
	bool json, text, profile;
} options = {.rounds = 9, .slowest = "20"};

/* ------------------------------------------------------------------------ starting */

static void become_peer(const void *arg)
{
	const struct candidate *c = arg;
	const struct bench_work *w = &c->work;
	char side[16], classes[16], batch[16], threads[16];

	snprintf(side, sizeof side, "%d", w->side);
	snprintf(classes, sizeof classes, "%d", w->classes);
	snprintf(batch, sizeof batch, "%d", w->batch);
	snprintf(threads, sizeof threads, "%d", w->threads);
	setenv("OMP_NUM_THREADS", threads, 1);
	if (strcmp(c->how, "default") != 0) {
		/* Do not return blocks to the system between steps, and use huge pages. */
		setenv("MALLOC_MMAP_THRESHOLD_", "4294967296", 1);
		setenv("MALLOC_TRIM_THRESHOLD_", "17179869184", 1);
		setenv("MALLOC_TOP_PAD_", "268435456", 1);
		setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 1);
	}
	/*
	 * The Python of a virtual environment finds its packages by the path of its
	 * executable.
	 */
	execlp(c->python, c->python, "tests/bench/torch_peer.py", bench_task_names[w->task],
	       w->arch, side, classes, batch, c->how, bench_precision_names[w->precision],
	       threads, options.slowest, (char *)NULL);
	printf("no such program\n");
}

static void name_candidate(struct candidate *c)
{
	if (!c->how)
		snprintf(c->name, sizeof c->name, "ltpipe %s", c->server.what);
	else
		snprintf(c->name, sizeof c->name, "torch %s %s", c->server.what, c->how);
}

/* Starts the candidate and counts it; false, after a message, if it is left out. */
static bool start(struct candidate *all, int *n, const struct bench_work *work,
		  const char *python, const char *how)
{
	struct candidate *c = &all[*n];
	const char *precision = bench_precision_names[work->precision];
	bool runs;

	if (*n == MAX_CANDIDATES)
		bench_die("too many candidates");
	*c = (struct candidate){.work = *work, .python = python, .how = how};
	runs = how ? server_start(&c->server, become_peer, c)
		   : server_start(&c->server, ours_serve, work);
	if (!runs && !how)
		bench_die(c->server.what);
	if (!runs) {
		printf("# %s, %s, %s: left out: %s\n", python, how, precision, c->server.what);
		return false;
	}
	name_candidate(c);
	if (how)
		printf("# %s (%s), %s: ready after %.0f s\n", c->name, python, precision,
		       c->server.start);
	fflush(stdout);
	(*n)++;
	return true;
}

/* ------------------------------------------------------------------------- rounds */

/*
 * OpenMP's threads spin for a while after their work; the next candidate waits until they
 * stop.
 */
static void rest(void)
{
	usleep(100000);
}

/* Returns false when a candidate died. */
static bool ask(struct candidate *c, int round)
{
	int steps = (int)(turn_seconds / c->server.step);

	steps = steps < 1 ? 1 : steps > MAX_STEPS ? MAX_STEPS : steps;
	rest();
	c->seconds[round] = server_ask(&c->server, steps) / steps;
	return isfinite(c->seconds[round]);
}

static void run_rounds(struct candidate *c, int *n, struct server *calibrator, double *peak)
{
	for (int r = 0; r < options.rounds; r++) {
		rest();
		peak[r] = server_ask(calibrator, 1);
		for (int i = 0; i < *n; i++) {
			if (ask(&c[i], r))
				continue;
			if (!c[i].how)
				bench_die("ours died");
			printf("# %s, %s: left out: it died\n", c[i].name,
			       bench_precision_names[c[i].work.precision]);
			server_stop(&c[i].server);
			memmove(&c[i], &c[i + 1], (size_t)(--*n - i) * sizeof *c);
			i--;
		}
	}
}

/* --------------------------------------------------------------------------- tasks */

static void measure(const char *group, struct candidate *c, int n)
{
	static double peak[BENCH_ROUNDS];
	struct bench_work work = {.task = BENCH_CALIBRATE, .threads = options.threads};
	struct report report = {group, options.rounds, options.threads, peak};
	struct server calibrator;

	if (!server_start(&calibrator, ours_serve, &work))
		bench_die(calibrator.what);
	run_rounds(c, &n, &calibrator, peak);
	for (int i = 0; i < n; i++) {
		c[i].peak_mib = server_ask(&c[i].server, 0);
		server_stop(&c[i].server);
	}
	server_stop(&calibrator);
	if (options.json)
		report_json(c, n, &report);
	if (options.text)
		report_text(c, n, &report);
	fflush(stdout);
}

/* A profile of our step in every precision. */
static void profile(struct bench_work work)
{
	work.threads = options.threads;
	for (int p = LT_PRECISE; p <= LT_BF16_FAST; p++) {
		pid_t pid;

		work.precision = (enum lt_precision)p;
		printf("# %s, %s, batch %d, %s, %d threads\n", bench_task_names[work.task],
		       work.arch, work.batch, bench_precision_names[p], work.threads);
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			ours_profile(&work);
			exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			bench_die("no process");
	}
}

/* Our programs in every precision, and every peer. */
static void compare(const char *group, struct bench_work work, bool with_default)
{
	static struct candidate c[MAX_CANDIDATES];
	int n = 0;

	if (options.profile) {
		profile(work);
		return;
	}
	work.threads = options.threads;
	for (int p = LT_PRECISE; p <= LT_BF16_FAST; p++) {
		work.precision = (enum lt_precision)p;
		start(c, &n, &work, NULL, NULL);
	}
	for (int i = 0; i < options.n_pythons; i++) {
		const char *python = options.python[i];

		work.precision = LT_PRECISE;
		/* If this fails, and not because it is slow, PyTorch is not installed. */
		if (!start(c, &n, &work, python, "tuned") &&
		    strncmp(c[n].server.what, "TimeoutError", 12) != 0)
			continue;
		if (with_default)
			start(c, &n, &work, python, "default");
		start(c, &n, &work, python, "compiled");
		work.precision = LT_BF16;
		start(c, &n, &work, python, "tuned");
		start(c, &n, &work, python, "compiled");
	}
	measure(group, c, n);
}

static void grow(void)
{
	static const char *const archs[] = {"resnet20", "resnet56", "resnet110"};
	static const int batches[] = {32, 64, 256};
	static struct candidate c[MAX_CANDIDATES];
	const struct bench_work base = {BENCH_TRAIN, "resnet32",      32,	 10,
					128,	     options.threads, LT_PRECISE};
	struct bench_work work = base;
	int n = 0;

	start(c, &n, &base, NULL, NULL);
	for (work.threads = 1; work.threads < options.threads; work.threads *= 2)
		start(c, &n, &work, NULL, NULL);
	work = base;
	for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
		work.batch = batches[i];
		start(c, &n, &work, NULL, NULL);
	}
	work = base;
	for (size_t i = 0; i < sizeof archs / sizeof *archs; i++) {
		work.arch = archs[i];
		start(c, &n, &work, NULL, NULL);
	}
	measure("growth", c, n);
}

static void run_task(const char *name)
{
	struct bench_work small = {BENCH_TRAIN, "resnet32", 32, 10, 128, 0, LT_PRECISE};
	struct bench_work large = {BENCH_TRAIN, "resnet18", 224, 1000, 32, 0, LT_PRECISE};

	if (strcmp(name, "growth") == 0) {
		if (!options.profile)
			grow();
	} else if (strcmp(name, "large") == 0) {
		compare(name, large, false);
		large.task = BENCH_INFER;
		compare(name, large, false);
		large.arch = "resnet50";
		large.batch = 16;
		compare(name, large, false);
		large.task = BENCH_TRAIN;
		compare(name, large, false);
	} else {
		while (strcmp(name, bench_task_names[small.task]) != 0)
			small.task++;
		if (small.task == BENCH_ROTATION)
			small.classes = 4;
		if (small.task == BENCH_MOCO)
			small.classes = BENCH_DIM;
		if (small.task == BENCH_FIXMATCH) {
			small.arch = "wrn-28-2";
			small.batch = 64;
		}
		compare(name, small, true);
	}
}

/* ----------------------------------------------------------------------- arguments */

static bool is_task(const char *name)
{
	for (size_t i = 0; i < sizeof all_tasks / sizeof *all_tasks; i++)
		if (strcmp(name, all_tasks[i]) == 0)
			return true;
	return false;
}

static void read_options(int argc, char **argv)
{
	static const struct option longs[] = {
		{"rounds", required_argument, NULL, 'r'},
		{"threads", required_argument, NULL, 't'},
		{"python", required_argument, NULL, 'p'},
		{"slowest", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"text", no_argument, NULL, 'x'},
		{"profile", no_argument, NULL, 'f'},
		{0},
	};
	const char *python = getenv("PYTHON");
	bool json = false, text = false;
	int c;

	options.threads = lt_cpu_count();
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'r')
			options.rounds = atoi(optarg);
		else if (c == 't')
			options.threads = atoi(optarg);
		else if (c == 'p' && options.n_pythons < MAX_PYTHONS)
			options.python[options.n_pythons++] = optarg;
		else if (c == 's')
			options.slowest = optarg;
		else if (c == 'j')
			json = true;
		else if (c == 'x')
			text = true;
		else if (c == 'f')
			options.profile = true;
		else
			bench_die(usage);
	}
	for (int i = optind; i < argc; i++)
		if (!is_task(argv[i]))
			bench_die(usage);
	if (options.rounds < 1 || options.rounds > BENCH_ROUNDS || options.threads < 1 ||
	    options.threads > BENCH_THREADS || atof(options.slowest) <= 0)
		bench_die(usage);
	options.json = json || !text;
	options.text = text || !json;
	if (options.n_pythons == 0)
		options.python[options.n_pythons++] = python && *python ? python : "python3";
}

int main(int argc, char **argv)
{
	read_options(argc, argv);
	/* If a peer dies, its answer is missing. */
	signal(SIGPIPE, SIG_IGN);
	for (int i = optind; i < argc; i++)
		run_task(argv[i]);
	if (optind == argc)
		for (size_t i = 0; i < sizeof all_tasks / sizeof *all_tasks; i++)
			run_task(all_tasks[i]);
	return 0;
}
