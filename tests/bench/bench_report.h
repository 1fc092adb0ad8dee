/* The measurements of b_train, and how its figures are printed. */
#ifndef LT_TESTS_BENCH_REPORT_H
#define LT_TESTS_BENCH_REPORT_H

#include "bench.h"
#include "ours.h"
#include "process.h"

struct candidate {
	struct bench_work work;
	const char *python, *how; /* NULL: ours */
	char name[112];
	struct server server;
	double seconds[BENCH_ROUNDS]; /* a step */
	double peak_mib;
};

struct report {
	const char *group;   /* what was asked for */
	int rounds, threads; /* the calibrator's */
	const double *peak;  /* GF/s in each round */
};

extern const char *const bench_task_names[];	  /* by enum bench_task */
extern const char *const bench_precision_names[]; /* by enum lt_precision */

/*
 * The n candidates of a task, the first of which is ours.  time_over_ours ("/ours") is
 * relative to our first candidate in the same precision, time_over_first to the first
 * candidate; both compare the time per image.  Text lines begin with "#".
 */
void report_json(const struct candidate *all, int n, const struct report *report);
void report_text(const struct candidate *all, int n, const struct report *report);

#endif
