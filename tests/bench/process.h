/*
 * Processes started by benchmarks: servers that make steps on request, and programs that
 * run once.
 */
#ifndef LT_TESTS_PROCESS_H
#define LT_TESTS_PROCESS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * A server first prints "ready WHAT SECONDS" (a word that describes it, and the time of a
 * step), or "no REASON".  It answers a line with a number N by the time that N steps took,
 * and 0 by its peak memory in MiB.
 */
struct server {
	pid_t pid;
	FILE *to, *from;
	char what[64];
	double step;  /* of a step, when it became ready */
	double start; /* until it was ready */
};

/*
 * Forks a process that calls body(arg), with pipes as its standard input and output and
 * without standard error, and waits until it is ready.  If it is not, returns false and the
 * reason in what.  The child inherits the caller's memory, which counts as its own: start
 * servers before allocating any.
 */
bool server_start(struct server *server, void (*body)(const void *arg), const void *arg);
double server_ask(struct server *server, int steps); /* NAN if it has died */
void server_stop(struct server *server);

/*
 * The child's side: answers until its input ends.  steps(n) makes n steps and returns the
 * answer.
 */
void serve(const char *what, double (*steps)(int n));

/*
 * Runs a program with its output to /dev/null; returns false if it fails.  Its peak memory
 * is at least that of the caller.
 */
bool run_program_usage(const char *path, const char *const arguments[], struct rusage *usage);
/* The same; returns its peak in KiB, or -1 if it fails. */
long run_program(const char *path, const char *const arguments[]);
/* The path of a program of the tree, in a static buffer. */
const char *tree_program(const char *name);

#endif
