/* Shared by the benchmarks: clocks, medians, and ending after an error. */
#ifndef LT_TESTS_BENCH_H
#define LT_TESTS_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BENCH_ROUNDS = 1000 }; /* at most */

static inline double bench_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline double bench_seconds(void)
{
	return bench_clock(CLOCK_MONOTONIC);
}

/* CPU time of the calling thread. */
static inline double bench_cpu_seconds(void)
{
	return bench_clock(CLOCK_THREAD_CPUTIME_ID);
}

static inline int bench_by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static inline double bench_median(const double *values, int n)
{
	double sorted[BENCH_ROUNDS];

	memcpy(sorted, values, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, bench_by_value);
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

static inline _Noreturn void bench_die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

#endif
