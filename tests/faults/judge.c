/*
 * judge: makes the calls of a command fail one after another, and judges each run.
 *
 *	judge [-j JOBS] [-n RUNS] [-s STRIDE] [-f NAME[:K[:on]]] [-c] [-w] [-i STDIN]
 *	    [-p LOG] [-x KNOWN] -l INJECT.SO -d START NAME -- COMMAND ARG…
 *
 * Each run begins in its own directory, with a copy of START's files.  The first run has no
 * faults and counts the calls; every run that exits 0 must give the same files and stdout.
 * Then each call fails once, and every STRIDE-th call fails permanently from there on; with
 * -n, at most RUNS calls of each name fail, evenly spread.  -f selects a name or a call, -c
 * prints the number of calls and ends, -w shows the stack of the failing call.  -p names a
 * file that grows by whole lines while the command runs: after an error, any beginning of
 * it is right.
 *
 * -x names a file of patterns (fnmatch, one per line): a violation whose line matches one
 * is not counted.
 *
 * Prints a line for each violation, then "NAME: I injected, V violated".  Violations: death
 * by a signal, a run of over 20 seconds, an exit code that does not fit the fault, an error
 * without exactly one line on stderr, a file left behind, a file that is neither the old
 * nor the new one, exit 0 with other files or stdout.
 */
#include "faults.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_JOBS 64
#define MAX_FILES 32
#define SECONDS 20
#define TEXT 4096

struct file {
	char name[NAME_MAX + 1];
	char *bytes;
	size_t size;
};

struct files {
	struct file file[MAX_FILES];
	int n;
};

struct fault_run {
	pid_t pid;
	enum fault fault;
	long k;
	bool on, late;
	time_t begun;
	struct fault_counts *counts;
	int number;
};

static const char *name, *library, *start_path, *log_name = "", *stdin_path = "/dev/null";
static char **command;
static int jobs = 2;
static long most, stride = 7;
static bool shows, only_counts;
static struct file known;
static struct files before, after; /* START's files; those of the run without faults, and its
				      stdout */
static struct fault_run job[MAX_JOBS];
static long injected, violated;

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "judge: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *must(void *block)
{
	if (!block)
		die("memory");
	return block;
}

/* ------------------------------------------------------------------ files */

/* Returns false if the file does not exist. */
static bool load(struct file *file, const char *path)
{
	FILE *from = fopen(path, "r");
	struct stat about;

	if (!from)
		return false;
	if (fstat(fileno(from), &about) != 0)
		die(path);
	file->size = (size_t)about.st_size;
	file->bytes = must(malloc(file->size + 1));
	if (fread(file->bytes, 1, file->size, from) != file->size)
		die(path);
	file->bytes[file->size] = '\0';
	fclose(from);
	return true;
}

static void save(const struct file *file, const char *path)
{
	FILE *to = fopen(path, "w");

	if (!to || fwrite(file->bytes, 1, file->size, to) != file->size || fclose(to) != 0)
		die(path);
}

static void load_all(struct files *files, const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	char path[PATH_MAX];

	if (!dir)
		die(directory);
	files->n = 0;
	while ((entry = readdir(dir))) {
		struct file *file = &files->file[files->n];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
		if (files->n == MAX_FILES || !load(file, path))
			die(path);
		snprintf(file->name, sizeof file->name, "%s", entry->d_name);
		files->n++;
	}
	closedir(dir);
}

static void free_all(struct files *files)
{
	while (files->n > 0)
		free(files->file[--files->n].bytes);
}

static const struct file *find(const struct files *files, const char *file)
{
	for (int i = 0; i < files->n; i++)
		if (strcmp(files->file[i].name, file) == 0)
			return &files->file[i];
	return NULL;
}

static bool same(const struct file *a, const struct file *b)
{
	return a && b && a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static void empty_directory(int number)
{
	char path[PATH_MAX], file[PATH_MAX + NAME_MAX + 2];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof path, "job%d", number);
	mkdir(path, 0777);
	dir = opendir(path);
	if (!dir)
		die(path);
	while ((entry = readdir(dir))) {
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		unlink(file);
	}
	closedir(dir);
	for (int i = 0; i < before.n; i++) {
		snprintf(file, sizeof file, "%s/%s", path, before.file[i].name);
		save(&before.file[i], file);
	}
}

/* ------------------------------------------------------------------ one run */

static void redirect(int fd, const char *path, int flags)
{
	int from = open(path, flags, 0666);

	if (from < 0 || dup2(from, fd) < 0)
		_exit(98);
	close(from);
}

_Noreturn static void child(const struct fault_run *run)
{
	struct rlimit no_core = {0, 0};
	char text[PATH_MAX];

	setrlimit(RLIMIT_CORE, &no_core);
	snprintf(text, sizeof text, "%s:%ld:%s", fault_names[run->fault], run->k,
		 run->on ? "on" : "once");
	setenv("FAULT", text, 1);
	snprintf(text, sizeof text, "../counts%d", run->number);
	setenv("FAULT_COUNTS", text, 1);
	if (shows)
		setenv("FAULT_TRACE", "1", 1);
	setenv("TMPDIR", ".", 1);
	snprintf(text, sizeof text, "job%d", run->number);
	redirect(STDIN_FILENO, stdin_path, O_RDONLY);
	if (chdir(text) != 0)
		_exit(98);
	redirect(STDOUT_FILENO, "stdout", O_WRONLY | O_CREAT | O_TRUNC);
	snprintf(text, sizeof text, "../err%d", run->number);
	redirect(STDERR_FILENO, text, O_WRONLY | O_CREAT | O_TRUNC);
	setenv("LD_PRELOAD", library, 1);
	execv(command[0], command);
	_exit(98);
}

static void launch(struct fault_run *run)
{
	sigset_t none;

	empty_directory(run->number);
	memset(run->counts, 0, sizeof *run->counts);
	run->begun = time(NULL);
	run->late = false;
	fflush(stdout);
	run->pid = fork();
	if (run->pid < 0)
		die("fork");
	if (run->pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		child(run);
	}
}

/* ------------------------------------------------------------------ the verdict */

static bool code_fits(enum fault fault, int code)
{
	if (code == 0)
		return true;
	switch (fault) {
	case FAULT_OPEN:
		return code == 66 || code == 71 || code == 73 || code == 77;
	case FAULT_READ:
	case FAULT_WRITE:
	case FAULT_FSYNC:
	case FAULT_CLOSE:
		return code == 74;
	case FAULT_RENAME:
		return code == 73 || code == 74;
	default:
		return code == 71;
	}
}

/* Is it the beginning of the log, with whole lines or none? */
static bool is_begun_log(const struct file *file)
{
	const struct file *whole = find(&after, file->name);

	return whole && strcmp(file->name, log_name) == 0 && file->size <= whole->size &&
	       memcmp(file->bytes, whole->bytes, file->size) == 0 &&
	       (file->size == 0 || file->bytes[file->size - 1] == '\n');
}

static bool judge_files(int number, int code, char what[TEXT])
{
	struct files now;
	char path[32];
	bool good = true;

	snprintf(path, sizeof path, "job%d", number);
	load_all(&now, path);
	for (int i = 0; i < now.n && good; i++) {
		const struct file *file = &now.file[i];

		good = same(file, find(&after, file->name)) ||
		       (code != 0 && (same(file, find(&before, file->name)) ||
				      is_begun_log(file) || strcmp(file->name, "stdout") == 0));
		if (!good)
			snprintf(what, TEXT, "exit %d and %s %s", code,
				 find(&after, file->name) ? "other bytes in" : "left behind:",
				 file->name);
	}
	for (int i = 0; i < after.n && good; i++) {
		const char *file = after.file[i].name;

		good = find(&now, file) || (code != 0 && !find(&before, file));
		if (!good)
			snprintf(what, TEXT, "exit %d without %s", code, file);
	}
	free_all(&now);
	return good;
}

static bool judge(const struct fault_run *run, int status, const char *err, char what[TEXT])
{
	const char *newline = strchr(err, '\n');
	int code = WEXITSTATUS(status);

	if (run->late) {
		snprintf(what, TEXT, "no end after %d seconds", SECONDS);
		return false;
	}
	if (!WIFEXITED(status)) {
		snprintf(what, TEXT, "signal %d", WTERMSIG(status));
		return false;
	}
	if (!code_fits(run->fault, code)) {
		snprintf(what, TEXT, "exit %d", code);
		return false;
	}
	if (code != 0 && !(newline && newline[1] == '\0')) {
		snprintf(what, TEXT, "exit %d without exactly one line", code);
		return false;
	}
	return judge_files(run->number, code, what);
}

static bool is_known(const char *line)
{
	char pattern[TEXT];
	const char *at = known.bytes;

	for (; at && *at; at += strcspn(at, "\n"), at += *at == '\n') {
		snprintf(pattern, sizeof pattern, "%.*s", (int)strcspn(at, "\n"), at);
		if (*pattern != '#' && fnmatch(pattern, line, 0) == 0)
			return true;
	}
	return false;
}

static void finish(struct fault_run *run, int status)
{
	struct file err = {.name = ""};
	char path[32], what[TEXT] = "exit as it should", line[2 * TEXT];
	bool good;

	run->pid = 0;
	if (atomic_load(&run->counts->injected) == 0)
		return;
	injected++;
	snprintf(path, sizeof path, "err%d", run->number);
	if (!load(&err, path))
		die(path);
	good = judge(run, status, err.bytes, what);
	snprintf(line, sizeof line, "%s: %s:%ld:%s: %s", name, fault_names[run->fault], run->k,
		 run->on ? "on" : "once", what);
	good = good || is_known(line);
	if (!good || shows)
		printf("%s\n%s", line, err.bytes);
	violated += !good;
	free(err.bytes);
}

/* ------------------------------------------------------------------ many runs */

static void kill_late(void)
{
	for (int i = 0; i < jobs; i++)
		if (job[i].pid > 0 && time(NULL) - job[i].begun > SECONDS) {
			job[i].late = true;
			kill(job[i].pid, SIGKILL);
		}
}

/* Waits for a running job and judges it; false if none is running. */
static bool wait_for_one(void)
{
	struct timespec second = {1, 0};
	sigset_t ended;
	bool runs = false;
	int status, i;
	pid_t pid;

	for (i = 0; i < jobs; i++)
		runs = runs || job[i].pid > 0;
	if (!runs)
		return false;
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	while ((pid = waitpid(-1, &status, WNOHANG)) == 0) {
		sigtimedwait(&ended, NULL, &second);
		kill_late();
	}
	for (i = 0; i < jobs; i++)
		if (job[i].pid == pid)
			finish(&job[i], status);
	return true;
}

static void fault(enum fault which, long k, bool on)
{
	int i;

	for (i = 0; i < jobs && job[i].pid > 0; i++)
		;
	if (i == jobs) {
		wait_for_one();
		for (i = 0; job[i].pid > 0; i++)
			;
	}
	job[i].fault = which;
	job[i].k = k;
	job[i].on = on;
	launch(&job[i]);
}

static void undisturbed(long calls[FAULTS])
{
	struct file err = {.name = ""};
	int status;

	job[0].k = 0;
	launch(&job[0]);
	while (waitpid(job[0].pid, &status, 0) < 0)
		;
	job[0].pid = 0;
	if (status != 0) {
		fprintf(stderr, "judge: %s: the undisturbed run ends with status %d\n", name,
			status);
		if (load(&err, "err0"))
			fputs(err.bytes, stderr);
		exit(2);
	}
	load_all(&after, "job0");
	for (int i = 0; i < FAULTS; i++)
		calls[i] = atomic_load(&job[0].counts->calls[i]);
}

/* Every call or, with -n, so many in equal steps, from a start that depends on the scenario. */
static void fault_all(enum fault which, long calls)
{
	long runs = most > 0 && most < calls ? most : calls, offset = 0;

	for (const char *at = name; *at; at++)
		offset = (offset * 31 + *at) % (calls + 1);
	for (long i = 0; i < runs; i++) {
		long k = 1 + (i * calls + (runs < calls ? offset % calls : 0)) / runs;

		fault(which, k, false);
		if (i % stride == 0)
			fault(which, k, true);
	}
}

static void open_jobs(void)
{
	char path[32];
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	for (int i = 0; i < jobs; i++) {
		void *shared;
		int fd;

		snprintf(path, sizeof path, "counts%d", i);
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
		if (fd < 0 || ftruncate(fd, sizeof *job[i].counts) != 0)
			die(path);
		shared = mmap(NULL, sizeof *job[i].counts, PROT_READ | PROT_WRITE, MAP_SHARED,
			      fd, 0);
		if (shared == MAP_FAILED)
			die(path);
		close(fd);
		job[i].counts = shared;
		job[i].number = i;
	}
}

static void run_chosen(const char *chosen, const long calls[FAULTS])
{
	const char *colon = chosen ? strchr(chosen, ':') : NULL;
	size_t n = colon ? (size_t)(colon - chosen) : chosen ? strlen(chosen) : 0;

	for (enum fault i = 0; i < FAULTS; i++) {
		if (chosen && (strncmp(chosen, fault_names[i], n) != 0 || fault_names[i][n]))
			continue;
		if (colon)
			fault(i, strtol(colon + 1, NULL, 10),
			      strstr(colon, ":on") != NULL && !strstr(colon, ":once"));
		else
			fault_all(i, calls[i]);
	}
	while (wait_for_one())
		;
}

int main(int argc, char **argv)
{
	const char *chosen = NULL;
	long calls[FAULTS];
	int option;

	while ((option = getopt(argc, argv, "+j:n:s:f:cwi:p:x:l:d:")) != -1)
		switch (option) {
		case 'j':
			jobs = atoi(optarg);
			break;
		case 'n':
			most = atol(optarg);
			break;
		case 's':
			stride = atol(optarg);
			break;
		case 'f':
			chosen = optarg;
			break;
		case 'c':
			only_counts = true;
			break;
		case 'p':
			log_name = optarg;
			break;
		case 'x':
			if (!load(&known, optarg))
				die(optarg);
			break;
		case 'w':
			shows = true;
			break;
		case 'i':
			stdin_path = optarg;
			break;
		case 'l':
			library = optarg;
			break;
		case 'd':
			start_path = optarg;
			break;
		default:
			return 2;
		}
	if (argc - optind < 3 || strcmp(argv[optind + 1], "--") != 0 || !library ||
	    !start_path || jobs < 1 || jobs > MAX_JOBS || stride < 1) {
		fprintf(stderr, "judge: see the top of judge.c for its arguments\n");
		return 2;
	}
	name = argv[optind];
	command = argv + optind + 2;
	load_all(&before, start_path);
	open_jobs();
	undisturbed(calls);
	for (int i = 0; i < FAULTS && only_counts; i++)
		printf("%s: %s %ld\n", name, fault_names[i], calls[i]);
	if (only_counts)
		return 0;
	run_chosen(chosen, calls);
	printf("%s: %ld injected, %ld violated\n", name, injected, violated);
	return violated > 0 || injected == 0;
}
