/*
 * lt: the dispatcher.  "lt train …" runs the program train in the directory of lt
 * itself.  It tries the names ltNAME, then the installation's prefix and NAME
 * (lt-train), and in the build tree the bare NAME.  The bare name is never tried
 * in an installation, where "cat" and "split" are other programs.
 * The build tree is a directory "bin" with liblt.a in the directory above.
 *
 * To add a program, add a line to the table.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/message.h"

#ifndef LT_PROGPREFIX
#define LT_PROGPREFIX "lt-"
#endif

static const struct entry {
	const char *name;      /* as typed after lt */
	const char *canonical; /* in messages and provenance */
	const char *what;
} programs[] = {
	{"import", "ltimport", "convert images in archives and folders to rows"},
	{"synth", "ltsynth", "draw the built-in sample images"},
	{"split", "ltsplit", "draw a long-tailed subset, hold out test rows"},
	{"cat", "ltcat", "inspect, check, count, join, slice and convert streams"},
	{"pretrain-rot", "pretrain-rot", "pre-train without labels: rotation"},
	{"pretrain-jigsaw", "pretrain-jigsaw", "pre-train without labels: jigsaw puzzles"},
	{"pretrain-moco", "pretrain-moco",
	 "pre-train without labels: momentum contrast (MoCo)"},
	{"pretrain-simclr", "pretrain-simclr",
	 "pre-train without labels: contrast of views (SimCLR)"},
	{"train", "train", "train a classifier"},
	{"retrain", "retrain", "replace the last layer of a model, in seconds"},
	{"pseudolabel", "pseudolabel", "label rows with a model's predictions"},
	{"eval", "eval", "report accuracy by class and group"},
	{"report", "report", "make an HTML page with tables and figures"},
	{"plot", "ltplot", "draw columns of a table as a figure"},
	{"theory", "lttheory", "simulate the paper's three theorems"},
	{"verdict", "ltverdict", "predict whether unlabelled rows will help"},
	{"probe", "probe", "measure the quality of features"},
	{"tsne", "tsne", "embed features in the plane with t-SNE"},
};

#define N_PROGRAMS (sizeof(programs) / sizeof(programs[0]))

static int fail(int code, const char *fmt, ...) LT_PRINTF(2, 3);

static int fail(int code, const char *fmt, ...)
{
	char text[1100];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	lt_message("lt", text, false);
	return code;
}

static const struct entry *find(const char *name)
{
	size_t i;

	for (i = 0; i < N_PROGRAMS; i++)
		if (strcmp(programs[i].name, name) == 0 ||
		    strcmp(programs[i].canonical, name) == 0)
			return &programs[i];
	return NULL;
}

/* Calls the function to print to stdout and checks for write errors. */
static int print(int (*text)(struct lt_output *out, struct lt_error *err))
{
	struct lt_output *out;
	struct lt_error err;
	int code = lt_output_open(&out, NULL, &err);

	if (code == 0) {
		code = text(out, &err);
		if (code)
			lt_output_abort(out);
		else
			code = lt_output_finish(out, &err);
	}
	return code ? fail(code, "%s", err.text) : 0;
}

static int help_text(struct lt_output *out, struct lt_error *err)
{
	size_t i;
	int code = lt_output_printf(
		out, err,
		"usage: lt program [argument ...]\n"
		"Train image classifiers on long-tailed data with Unix filters.\n\n");

	for (i = 0; i < N_PROGRAMS && code == 0; i++)
		code = lt_output_printf(out, err, "  %-16s %s\n", programs[i].name,
					programs[i].what);
	if (code)
		return code;
	return lt_output_printf(
		out, err,
		"\n  help             print this list; lt help PROGRAM shows its manual page\n"
		"  -h, --help       print this list (the default)\n"
		"  -V, --version    print the version\n\n"
		"  lt synth --seed 1 | lt split --ratio 100 | lt train -o model.lts\n"
		"  lt synth --split test | lt eval --model model.lts\n");
}

static int version_text(struct lt_output *out, struct lt_error *err)
{
	int code = lt_output_printf(out, err, "lt (ltpipe) %s\n", LT_VERSION);

	if (code == 0 && lt_commit[0])
		code = lt_output_printf(out, err, "commit %s\n", lt_commit);
	return code;
}

/* For completion and tests, as in every program. */
static int options_text(struct lt_output *out, struct lt_error *err)
{
	return lt_output_printf(out, err, "--help -h FLAG\n--version -V FLAG\n");
}

static int programs_text(struct lt_output *out, struct lt_error *err)
{
	size_t i;
	int code = 0;

	for (i = 0; i < N_PROGRAMS && code == 0; i++)
		code = lt_output_printf(out, err, "%s\n", programs[i].name);
	return code;
}

/* Finds the first file of that name in PATH; false if there is none. */
static bool search_path(const char *name, char resolved[PATH_MAX])
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	for (; path && *path; path += *path == ':') {
		int n = (int)strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", n ? n : 1, n ? path : ".", name);
		path += n;
		if (access(file, X_OK) == 0 && realpath(file, resolved))
			return true;
	}
	return false;
}

/* The directory of this program, with symbolic links resolved. */
static bool own_directory(const char *argv0, char directory[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", directory, PATH_MAX - 1);
	char *slash;

	if (n > 0)
		directory[n] = '\0';
	else if (strchr(argv0, '/') ? !realpath(argv0, directory)
				    : !search_path(argv0, directory))
		return false;
	slash = strrchr(directory, '/');
	if (!slash)
		return false;
	*slash = '\0';
	return true;
}

static bool in_build_tree(const char *directory)
{
	char library[PATH_MAX + 16];
	const char *slash = strrchr(directory, '/');

	snprintf(library, sizeof(library), "%s/../liblt.a", directory);
	return slash && strcmp(slash, "/bin") == 0 && access(library, F_OK) == 0;
}

/* Executes the program; returns only on failure. */
static int become(const struct entry *entry, const char *directory, char **argv)
{
	static const char *const prefixes[] = {"lt", LT_PROGPREFIX, ""};
	char file[PATH_MAX + 300], name[64];
	int i, n = in_build_tree(directory) ? 3 : 2;

	snprintf(name, sizeof(name), "%s", entry->canonical);
	argv[0] = name;
	for (i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s%s", directory, prefixes[i], entry->name);
		/* Without a prefix both names are the same. */
		if (i == 1 && !*prefixes[i] && strcmp(entry->name, entry->canonical) != 0)
			continue;
		execv(file, argv);
		if (errno != ENOENT && errno != ENOTDIR)
			return fail(errno == EACCES ? LT_NOPERM : LT_OS, "cannot run %s: %s",
				    file, strerror(errno));
	}
	return fail(LT_NOINPUT, "%s is not installed in %s, the directory of lt",
		    entry->canonical, directory);
}

/* Whether man(1) finds this page; its output is discarded. */
static bool has_page(const char *page)
{
	int status, null;
	pid_t pid = fork();

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		if (null >= 0) {
			dup2(null, STDOUT_FILENO);
			dup2(null, STDERR_FILENO);
		}
		execlp("man", "man", "-w", page, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

/* Shows the manual page on a terminal if it is installed; otherwise runs --help. */
static int help_for(const struct entry *entry, const char *directory)
{
	char page[64], option[] = "--help";
	char *argv[] = {NULL, option, NULL};

	snprintf(page, sizeof(page), "%s%s",
		 strncmp(entry->canonical, "lt", 2) == 0 ? "" : LT_PROGPREFIX,
		 entry->canonical);
	if (isatty(STDOUT_FILENO) && !in_build_tree(directory) && has_page(page))
		execlp("man", "man", page, (char *)NULL);
	return become(entry, directory, argv);
}

static int no_program(const char *name)
{
	return fail(LT_USAGE, "there is no program '%s'; try 'lt help'", name);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "help";
	bool help = strcmp(word, "help") == 0;
	const struct entry *entry = find(help && argc > 2 ? argv[2] : word);
	char directory[PATH_MAX];

	if ((help && argc <= 2) || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return print(help_text);
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return print(version_text);
	if (strcmp(word, "--list-options") == 0)
		return print(options_text);
	if (strcmp(word, "--list-programs") == 0)
		return print(programs_text);
	if (word[0] == '-')
		return fail(LT_USAGE, "unknown option '%s'; try 'lt --help'", word);
	if (!entry)
		return no_program(help ? argv[2] : word);
	if (!own_directory(argv[0], directory))
		return fail(LT_NOINPUT, "cannot find the directory of lt");
	return help ? help_for(entry, directory) : become(entry, directory, argv + 1);
}
