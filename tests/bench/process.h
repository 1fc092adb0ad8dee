/* Processes that benchmarks start: servers that are asked for steps, and programs run once. */
#ifndef LT_TESTS_PROCESS_H
#define LT_TESTS_PROCESS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * A server first says "ready WHAT SECONDS" (what it is, a word, and how long a
 * step took it), or "no REASON".  To a line with a number N it answers with how
 * long N steps took, to 0 with the peak of its memory in MiB.
 */
struct server {
	pid_t pid;
	FILE *to, *from;
	char what[64];
	double step;  /* seconds, as it was ready */
	double start; /* seconds until it was */
};

/*
 * Forks a process that calls body(arg) with the pipes as its standard input and
 * output and without standard error, and waits until it is ready.  False, with
 * the reason in what, when it is not.  The memory of the caller is counted
 * among the child's: start servers before taking any.
 */
bool server_start(struct server *server, void (*body)(const void *arg), const void *arg);
double server_ask(struct server *server, int steps); /* NAN when it has died */
void server_stop(struct server *server);

/* The child's half: answers until its input ends.  steps(n) makes n steps and returns what to
 * answer. */
void serve(const char *what, double (*steps)(int n));

/*
 * Runs a program with its output on /dev/null; false when it fails.  Its peak of memory is
 * at least that of the caller.
 */
bool run_program_usage(const char *path, const char *const arguments[], struct rusage *usage);
/* The same; returns its peak in KiB, or -1 when it fails. */
long run_program(const char *path, const char *const arguments[]);
/* The path of a program of the tree, in a static buffer. */
const char *tree_program(const char *name);

#endif
