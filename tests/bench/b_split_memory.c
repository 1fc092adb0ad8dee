/*
 * Memory of ltsplit: its peak on a set of 50,000 rows and on one ten times
 * larger, and so the bytes that a row costs beyond a constant (at most 16 are
 * promised).  DATA=FILE takes that stream in place of the smaller set, for
 * example CIFAR-10 as lt import wrote it.
 *
 * usage: b_split_memory, with LT_BIN the programs' directory.  JSON lines on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "process.h"

enum { ROWS = 50000, TIMES = 10, CLASSES = 10 };

/* Runs a program of the tree; returns its peak in KiB. */
static long run(const char *program, const char *const arguments[])
{
	long peak = run_program(tree_program(program), arguments);

	if (peak < 0)
		bench_die(tree_program(program));
	return peak;
}

static long split_peak(const char *input)
{
	const char *arguments[] = {"ltsplit", "--ratio", "100", "--max", "500", input, NULL};

	return run("ltsplit", arguments);
}

static void synthesise(const char *file, int rows)
{
	char count[16];
	const char *arguments[] = {"ltsynth", "--per-class", count, "--size",
				   "8",	      "-o",	     file,  NULL};

	snprintf(count, sizeof count, "%d", rows / CLASSES);
	run("ltsynth", arguments);
}

int main(void)
{
	const char *directory = getenv("TMPDIR");
	const char *data = getenv("DATA");
	char small[4096], large[4096];
	long few, many;

	snprintf(small, sizeof small, "%s/lt-bench-%ld-small.lts",
		 directory ? directory : "/tmp", (long)getpid());
	snprintf(large, sizeof large, "%s/lt-bench-%ld-large.lts",
		 directory ? directory : "/tmp", (long)getpid());
	if (!data)
		synthesise(small, ROWS);
	few = split_peak(data ? data : small);
	synthesise(large, ROWS * TIMES);
	many = split_peak(large);
	unlink(small);
	unlink(large);
	printf("{\"bench\": \"split_memory\", \"peak_kib\": %ld, \"peak_kib_ten_times\": %ld, "
	       "\"bytes_a_row\": %.1f}\n",
	       few, many, 1024.0 * (double)(many - few) / (ROWS * (TIMES - 1.0)));
	return 0;
}
