/* What b_train measures, and how its figures are printed. */
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
 * The n candidates of a task, of which the first is ours.  time_over_ours ("/ours")
 * is over the first of ours in the same precision, time_over_first over the first
 * candidate; both of the time that an image takes.  Text lines begin with "#".
 */
void report_json(const struct candidate *all, int n, const struct report *report);
void report_text(const struct candidate *all, int n, const struct report *report);

#endif
