/*
 * When do more machines pay?  Simulates steps of a team (base/team.h) of 1 to 64 ranks, from
 * the times of steps and messages that it measures here, and prints its assumptions.  "make
 * simulate-scale" runs it as two ranks of a build with MPI=1.  Then it also measures a step of
 * these two and compares it with its own prediction; alone, it measures no messages.
 * --steps: see ddp_peer.py.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/team.h"
#include "bench.h"
#include "method/optimiser.h"
#include "net/network.h"

enum { ROUNDS = 15, MOST_RANKS = 64, LINKS = 3 };

/* ---------------------------------------------------------------------- what is measured */

/* A message of n bytes takes latency + n / rate seconds. */
struct link {
	char name[64];
	double latency, rate;
};

/* A step on one rank with all threads: fixed + ranges × each. */
struct step {
	const char *arch;
	int side, classes, most; /* largest batch that is measured */
	int rounds;
	double fixed, each;
	struct lt_graph *graph;
};

static struct step steps[] = {
	{.arch = "resnet32", .side = 32, .classes = 10, .most = 128, .rounds = ROUNDS},
	{.arch = "resnet50", .side = 224, .classes = 1000, .most = 32, .rounds = 3}};
enum { STEPS = sizeof steps / sizeof *steps };

static const struct lt_kernels *kernels;

static void *need(void *block)
{
	if (!block)
		bench_die("no memory");
	return block;
}

static void build(struct step *step)
{
	step->graph = need(malloc(sizeof *step->graph));
	if (lt_graph_build(step->graph, step->arch, step->side, step->side, 3,
			   LT_FC(LT_HEAD_LINEAR, step->classes), 1, NULL) != 0)
		bench_die(step->arch);
}

/* The median time of a step with n images: forward, backward, update. */
static double step_seconds(const struct step *step, int n, int threads, struct lt_team *team)
{
	struct lt_network_config config = {.graph = step->graph,
					   .kernels = kernels,
					   .team = team,
					   .max_batch = n,
					   .max_splits = 1,
					   .learns = true};
	size_t pixels = (size_t)n * (size_t)step->side * (size_t)step->side * 3;
	struct lt_draws draws = lt_draws_at(1, LT_FOR_SYNTH, 0, 0, 0);
	lt_real *grad = need(calloc((size_t)n * (size_t)step->classes, sizeof *grad));
	double seconds[ROUNDS];
	struct lt_network *net;
	struct lt_error err;

	if (lt_pool_new(&config.pool, threads, &err) != 0 ||
	    lt_network_new(&net, &config, &err) != 0)
		bench_die(err.text);
	lt_network_init(net, 0);
	for (size_t i = 0; i < pixels; i++)
		lt_network_input(net)[i] = (lt_real)lt_draw_normal(&draws);
	for (int i = 0; i < n; i++)
		grad[(size_t)i * (size_t)step->classes] = (lt_real)(1.0 / n);
	for (int i = -1; i < step->rounds; i++) {
		double start = bench_seconds();

		if (lt_network_forward(net, n, 1, LT_TRAIN, &err) != 0 ||
		    lt_network_backward(net, (const lt_real *const[]){grad}, &err) != 0)
			bench_die(err.text);
		lt_optimiser_step(
			&(struct lt_optimiser){.net = net,
					       .settings = {.momentum = 0.9, .decay = 2e-4}},
			1e-4, 0);
		if (i >= 0)
			seconds[i] = bench_seconds() - start;
	}
	lt_network_free(net);
	lt_pool_free(config.pool);
	free(grad);
	return bench_median(seconds, step->rounds);
}

static void measure_step(struct step *step, int threads)
{
	double few = step_seconds(step, step->most / 2, threads, NULL);
	double many = step_seconds(step, step->most, threads, NULL);
	int ranges = step->most / LT_RANGE;

	step->each = (many - few) / (ranges - ranges / 2);
	step->fixed = fmax(0, many - ranges * step->each);
}

/* A gathering of 64 bytes from each of two ranks, and exchanges of 4 MiB. */
static void measure_link(struct lt_team *team, struct link *link)
{
	enum { SMALL = 64, LARGE = 4 << 20, TIMES = 200 };
	const size_t begin[] = {0, SMALL, 2 * SMALL};
	const struct lt_transport *t = &team->transport;
	char *out = need(calloc(2, LARGE)), *in = out + LARGE;
	double latency[TIMES], large[ROUNDS];
	struct lt_exchange *exchange;
	bool done;

	for (int i = 0; i < TIMES; i++) {
		double start = bench_seconds();

		if (lt_team_gather(team, out, begin, NULL) != 0)
			bench_die("the other rank is gone");
		latency[i] = bench_seconds() - start;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double start = bench_seconds();

		if (t->start(t->self, &exchange, 1 - t->rank, 0, out, LARGE, in, LARGE, NULL) !=
			    0 ||
		    t->finish(t->self, exchange, true, &done, NULL) != 0)
			bench_die("the other rank is gone");
		large[i] = bench_seconds() - start;
	}
	snprintf(link->name, sizeof link->name, "between processes here");
	link->latency = bench_median(latency, TIMES);
	link->rate = LARGE / (bench_median(large, ROUNDS) - link->latency);
	free(out);
}

/* Rank 1 sleeps until rank 0 gets here: MPI waits on a processor. */
static void meet(struct lt_team *team)
{
	const struct lt_transport *t = &team->transport;
	struct lt_exchange *exchange;
	char out = 0, in;

	if (t->start(t->self, &exchange, 1 - t->rank, 1, &out, 1, &in, 1, NULL) != 0)
		bench_die("the other rank is gone");
	for (bool done = false; !done; usleep(10000))
		if (t->finish(t->self, exchange, false, &done, NULL) != 0)
			bench_die("the other rank is gone");
}

/* ------------------------------------------------------------------------ the simulation */

static double head_share(const struct step *step)
{
	const struct lt_graph *g = step->graph;
	double encoder = 0, head = (double)g->features * step->classes;

	for (int i = 0; i < g->n_convs; i++)
		encoder += (double)lt_conv_weights(&g->conv[i].shape) * g->conv[i].shape.out_h *
			   g->conv[i].shape.out_w;
	return head / (head + encoder);
}

/* A gathering of n bytes in all, log2 K messages of doubling length. */
static double gather_seconds(const struct link *link, int ranks, double n)
{
	return log2(ranks) * link->latency + n * (ranks - 1) / ranks / link->rate;
}

/* A sum of n bytes, in halves and back. */
static double sum_seconds(const struct link *link, int ranks, double n)
{
	return 2 * log2(ranks) * link->latency + 2 * n * (ranks - 1) / ranks / link->rate;
}

static double simulate(const struct step *step, int batch, int ranks, const struct link *link)
{
	const struct lt_graph *g = step->graph;
	int ranges = batch / LT_RANGE;
	double head = step->each * head_share(step), encoder = step->each - head;
	double work = step->fixed + encoder * ranges / ranks + head * ranges;
	double back = 2.0 / 3 * encoder * ranges / ranks, gathered, summed = 0;

	if (ranks == 1)
		return work;
	gathered = gather_seconds(link, ranks, (double)batch * g->features * sizeof(lt_real));
	for (int i = 0; i < g->n_convs; i++) {
		double sums = (double)ranges * 2 * g->conv[i].shape.out_c * sizeof(double);

		gathered += 2 * gather_seconds(link, ranks, sums);
		summed += sum_seconds(link, ranks,
				      (double)lt_conv_weights(&g->conv[i].shape) *
					      sizeof(lt_real));
	}
	return work + gathered + fmax(0, summed - back);
}

static void print_table(const struct step *step, const struct link *link)
{
	printf("\n%s, %d×%d pixels, %s: times as fast as one machine\n", step->arch, step->side,
	       step->side, link->name);
	printf("%8s", "batch");
	for (int ranks = 1; ranks <= MOST_RANKS; ranks *= 2)
		printf("%8d", ranks);
	printf("\n");
	for (int batch = 128; batch <= 4096; batch *= 2) {
		printf("%8d", batch);
		for (int ranks = 1; ranks <= MOST_RANKS; ranks *= 2)
			if (ranks <= batch / LT_RANGE)
				printf("%8.1f", simulate(step, batch, 1, link) /
							simulate(step, batch, ranks, link));
			else
				printf("%8s", "-");
		printf("\n");
	}
}

static void print_assumptions(int threads)
{
	printf("Assumptions\n"
	       "- A machine is this one: kernel set %s, %d threads, float32.\n"
	       "- A step takes a fixed time and a time for each range of 16 images, "
	       "measured:\n",
	       kernels->name, threads);
	for (int i = 0; i < STEPS; i++)
		printf("  %s at %d: %.1f ms + %.1f ms a range (%d and %d images)\n",
		       steps[i].arch, steps[i].side, 1e3 * steps[i].fixed, 1e3 * steps[i].each,
		       steps[i].most / 2, steps[i].most);
	printf("- Each machine runs the encoder on its ranges; all run the head, the loss and "
	       "the\n"
	       "  update.  Images are ready: they are read and prepared beside the step.\n"
	       "- A message of n bytes takes latency + n / rate.  Batch norm gathers sums for "
	       "each\n"
	       "  layer, forward and back, and features once: log2 K latencies each, and work\n"
	       "  waits for them.  Weight gradients travel while earlier layers are computed, "
	       "and\n"
	       "  what is longer than the backward pass is waited for.\n"
	       "- No machine is slower than another, and the network is not shared.\n");
}

/* Two ranks of a thread each against one: measured beside predicted. */
static void compare(struct lt_team *team, const struct link *link)
{
	enum { BATCH = 128 };
	struct step step = steps[0];
	double one, two, expected;

	measure_step(&step, 1);
	one = step_seconds(&step, BATCH, 1, NULL);
	expected = simulate(&step, BATCH, 2, link);
	two = step_seconds(&step, BATCH, 1, team);
	if (lt_team_rank(team) == 0)
		printf("\n%s, batch %d, on two ranks of a thread each, both on this machine:\n"
		       "predicted %.1f ms, measured %.1f ms; alone %.1f ms; %.2f times as "
		       "fast\n",
		       step.arch, BATCH, 1e3 * expected, 1e3 * two, 1e3 * one, one / two);
}

/* Only the steps of tests/bench/ddp_peer.py, in ms: alone, with two threads, as two ranks. */
static int print_steps(struct lt_team *team)
{
	enum { BATCH = 128 };
	double one = 0, threads = 0, ranks;

	if (lt_team_rank(team) == 0) {
		one = step_seconds(&steps[0], BATCH, 1, NULL);
		threads = step_seconds(&steps[0], BATCH, 2, NULL);
	}
	meet(team);
	ranks = step_seconds(&steps[0], BATCH, 1, team);
	if (lt_team_rank(team) == 0)
		printf("%.3f %.3f %.3f\n", 1e3 * one, 1e3 * threads, 1e3 * ranks);
	lt_team_close(team, 0);
	return 0;
}

int main(int argc, char **argv)
{
	struct link links[LINKS] = {{"10 gigabit Ethernet (30 µs, 1.1 GB/s)", 30e-6, 1.1e9},
				    {"100 gigabit InfiniBand (2 µs, 11 GB/s)", 2e-6, 11e9}};
	int threads = lt_cpu_count(), n_links = 2;
	struct lt_team *team;
	struct lt_error err;

	if (lt_team_open(&team, &err) != 0 || lt_kernels_choose(&kernels, NULL, &err) != 0)
		bench_die(err.text);
	for (int i = 0; i < STEPS; i++)
		build(&steps[i]);
	if (argc == 2 && strcmp(argv[1], "--steps") == 0 && lt_team_size(team) == 2)
		return print_steps(team);
	if (lt_team_size(team) == 2)
		measure_link(team, &links[n_links++]);
	/* The other rank does not compute meanwhile. */
	if (lt_team_rank(team) == 0)
		for (int i = 0; i < STEPS; i++)
			measure_step(&steps[i], threads);
	if (lt_team_rank(team) == 0) {
		print_assumptions(threads);
		for (int l = 0; l < n_links; l++)
			printf("- %s: %.1f µs, %.2f GB/s\n", links[l].name,
			       1e6 * links[l].latency, 1e-9 * links[l].rate);
		for (int i = 0; i < STEPS; i++)
			for (int l = 0; l < n_links; l++)
				print_table(&steps[i], &links[l]);
	}
	if (n_links == 3) {
		meet(team);
		compare(team, &links[2]);
	}
	for (int i = 0; i < STEPS; i++)
		free(steps[i].graph);
	lt_team_close(team, 0);
	return 0;
}
