/*
 * Start-up: the time of `lt --version`, of `lt train` for one step on ten rows, and of
 * Python importing PyTorch if PYTHON (default python3) has it.  Each round runs all three;
 * medians over the rounds.
 *
 * usage: b_start [ROUNDS], with LT_BIN the programs' directory.  JSON lines on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "process.h"

/* Exits with 0 if PyTorch is installed; prints nothing if not. */
static const char find_torch[] =
	"import importlib.util as u, sys; sys.exit(u.find_spec('torch') is None)";

static struct program {
	const char *name, *path;
	const char *arguments[16];
	bool runs;
	double seconds[BENCH_ROUNDS];
} programs[] = {
	{.name = "lt --version", .arguments = {"lt", "--version"}},
	{.name = "lt train, one step",
	 .arguments = {"lt", "train", "--quiet", "--epochs", "1", "--batch", "10"}},
	{.name = "python -c 'import torch'", .arguments = {"python", "-c", "import torch"}},
};

enum { VERSION, TRAIN, PYTHON, PROGRAMS };

static void make_rows(const char *file)
{
	const char *arguments[] = {"ltsynth", "--per-class", "1", "-o", file, NULL};

	if (run_program(tree_program("ltsynth"), arguments) < 0)
		bench_die(tree_program("ltsynth"));
}

/* Seconds; negative after a failure. */
static double run(const struct program *p)
{
	double start = bench_seconds();

	return run_program(p->path, p->arguments) < 0 ? -1 : bench_seconds() - start;
}

int main(int argc, char **argv)
{
	const char *python = getenv("PYTHON"), *directory = getenv("TMPDIR");
	int rounds = argc > 1 ? atoi(argv[1]) : 9;
	const char *find[] = {"python", "-c", find_torch, NULL};
	char rows[4096], lt[4096];

	if (rounds < 1 || rounds > BENCH_ROUNDS)
		bench_die("usage: b_start [ROUNDS]");
	snprintf(rows, sizeof rows, "%s/lt-bench-%ld.lts", directory ? directory : "/tmp",
		 (long)getpid());
	snprintf(lt, sizeof lt, "%s", tree_program("lt"));
	programs[VERSION].path = lt;
	programs[TRAIN].path = lt;
	programs[TRAIN].arguments[7] = rows;
	programs[PYTHON].path = python && *python ? python : "python3";
	programs[PYTHON].arguments[0] = programs[PYTHON].path;
	find[0] = programs[PYTHON].path;
	make_rows(rows);
	/* The first run reads the files from disk. */
	for (int i = 0; i < PROGRAMS; i++)
		programs[i].runs = (i != PYTHON || run_program(programs[i].path, find) >= 0) &&
				   run(&programs[i]) >= 0;
	for (int r = 0; r < rounds; r++)
		for (int i = 0; i < PROGRAMS; i++)
			if (programs[i].runs)
				programs[i].seconds[r] = run(&programs[i]);
	unlink(rows);
	for (int i = 0; i < PROGRAMS; i++)
		if (programs[i].runs)
			printf("{\"start\": \"%s\", \"program\": \"%s\", \"seconds\": %.4f}\n",
			       programs[i].name, programs[i].path,
			       bench_median(programs[i].seconds, rounds));
		else
			printf("# %s: %s does not run it\n", programs[i].name,
			       programs[i].path);
	return 0;
}
