#include "process.h"

#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static _Noreturn void become(int in, int out, void (*body)(const void *arg), const void *arg)
{
	int null = open("/dev/null", O_WRONLY);

	if (null < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0)
		_exit(126);
	/* A server must not keep the pipes of others open. */
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	body(arg);
	fflush(stdout);
	_exit(0);
}

/* Reads the first line; false unless the server is ready. */
static bool is_ready(struct server *s)
{
	char line[256];

	snprintf(s->what, sizeof s->what, "it does not run");
	if (!fgets(line, sizeof line, s->from))
		return false;
	if (sscanf(line, "ready %63s %lf", s->what, &s->step) == 2)
		return true;
	line[strcspn(line, "\n")] = 0;
	if (strncmp(line, "no ", 3) == 0)
		snprintf(s->what, sizeof s->what, "%.60s", line + 3);
	return false;
}

bool server_start(struct server *s, void (*body)(const void *arg), const void *arg)
{
	int in[2], out[2];
	double start = bench_seconds();

	/* Buffered output would be written twice. */
	fflush(NULL);
	if (pipe(in) != 0 || pipe(out) != 0 || (s->pid = fork()) < 0)
		bench_die("cannot start a process");
	if (s->pid == 0)
		become(in[0], out[1], body, arg);
	close(in[0]);
	close(out[1]);
	s->to = fdopen(in[1], "w");
	s->from = fdopen(out[0], "r");
	if (!s->to || !s->from)
		bench_die("no memory");
	if (!is_ready(s)) {
		server_stop(s);
		return false;
	}
	s->start = bench_seconds() - start;
	return true;
}

double server_ask(struct server *s, int steps)
{
	char line[64];

	fprintf(s->to, "%d\n", steps);
	fflush(s->to);
	return fgets(line, sizeof line, s->from) ? atof(line) : NAN;
}

void server_stop(struct server *s)
{
	fclose(s->to);
	fclose(s->from);
	waitpid(s->pid, NULL, 0);
}

static double peak_mib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
	return (double)usage.ru_maxrss / (1 << 20);
#else
	return (double)usage.ru_maxrss / 1024;
#endif
}

void serve(const char *what, double (*steps)(int n))
{
	char line[64];

	/* The first steps access cold memory. */
	steps(2);
	printf("ready %s %.6f\n", what, steps(1));
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		int n = atoi(line);

		printf("%.6f\n", n == 0 ? peak_mib() : steps(n));
		fflush(stdout);
	}
}

bool run_program_usage(const char *path, const char *const arguments[], struct rusage *usage)
{
	int status, null;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bench_die("cannot start a process");
	if (pid == 0) {
		null = open("/dev/null", O_WRONLY);
		if (null < 0 || dup2(null, 1) < 0)
			_exit(126);
		/* execvp takes no const, and changes nothing. */
		execvp(path, (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	return wait4(pid, &status, 0, usage) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

long run_program(const char *path, const char *const arguments[])
{
	struct rusage usage;

	return run_program_usage(path, arguments, &usage) ? usage.ru_maxrss : -1;
}

const char *tree_program(const char *name)
{
	static char path[4096];
	const char *directory = getenv("LT_BIN");

	snprintf(path, sizeof path, "%s/%s", directory ? directory : "build/bin", name);
	return path;
}
