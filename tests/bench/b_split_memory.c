/*
 * Memory of ltsplit: its peak for 50,000 rows and for ten times as many, and from these the
 * bytes per row.  At most 16 are promised, or 40 if every row is its own group, the worst
 * case for groups.  DATA=FILE replaces the smaller set by that stream, for example CIFAR-10
 * as written by lt import.
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

enum kind { RATIO, SHARES, GROUPS, KINDS };

static const char *const names[KINDS] = {"ratio", "shares", "groups"};

static long split_peak(enum kind kind, const char *input, const char *side)
{
	const char *const arguments[KINDS][16] = {
		{"ltsplit", "-q", "--ratio", "100", "--max", "500", input, NULL},
		{"ltsplit", "-q", "--profile", "natural", "--test", side, "--test-share", "20%",
		 input, NULL},
		{"ltsplit", "-q", "--profile", "natural", "--test", side, "--test-share", "20%",
		 "--group", "id", input, NULL},
	};

	return run("ltsplit", arguments[kind]);
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
	char small[4096], large[4096], side[4096];
	long few, many, id = (long)getpid();
	int kind;

	if (!directory || !*directory)
		directory = "/tmp";
	snprintf(small, sizeof small, "%s/lt-bench-%ld-small.lts", directory, id);
	snprintf(large, sizeof large, "%s/lt-bench-%ld-large.lts", directory, id);
	snprintf(side, sizeof side, "%s/lt-bench-%ld-side.lts", directory, id);
	if (!data)
		synthesise(small, ROWS);
	synthesise(large, ROWS * TIMES);
	for (kind = RATIO; kind < KINDS; kind++) {
		few = split_peak((enum kind)kind, data ? data : small, side);
		many = split_peak((enum kind)kind, large, side);
		printf("{\"bench\": \"split_memory\", \"what\": \"%s\", \"peak_kib\": %ld, "
		       "\"peak_kib_ten_times\": %ld, \"bytes_a_row\": %.1f}\n",
		       names[kind], few, many,
		       1024.0 * (double)(many - few) / (ROWS * (TIMES - 1.0)));
	}
	unlink(small);
	unlink(large);
	unlink(side);
	return 0;
}
