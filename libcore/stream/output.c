/*
 * Outputs.  A file appears under its name only when it is whole; stdout is
 * closed and its close is checked, for that is where a full disk or a failing
 * file server is often first heard of.
 *
 * The paths of open temporaries stand in one static table, because a signal
 * handler must find them without taking a lock.
 */
#include "stream/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"

#define BUFFER ((size_t)64 << 10)
/* Writes as large as the pipe make both ends take turns sleeping; a quarter keeps both awake.
 */
#define PIECE ((size_t)256 << 10)
#define PIPE_SIZE (1 << 20)
#define MAX_TEMPORARIES 64
#define MAX_LINKS 40

struct lt_output {
	int fd;
	char *name;	 /* for messages */
	char *target;	 /* the resolved path; NULL when written directly */
	char *temporary; /* beside the target */
	int slot;	 /* of the temporary in the table below */
	bool broken;	 /* a write failed: nothing more is written */
	int broken_errno;
	size_t used;
	uint8_t buffer[BUFFER];
};

static char *volatile temporaries[MAX_TEMPORARIES];

static void unlink_temporaries(void)
{
	int i;

	for (i = 0; i < MAX_TEMPORARIES; i++)
		if (temporaries[i])
			unlink(temporaries[i]);
}

static void die_by_default(int signal_number)
{
	struct sigaction action;
	sigset_t set;

	memset(&action, 0, sizeof action);
	action.sa_handler = SIG_DFL;
	sigemptyset(&action.sa_mask);
	sigaction(signal_number, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	raise(signal_number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	_exit(128 + signal_number);
}

static void on_signal(int signal_number)
{
	unlink_temporaries();
	die_by_default(signal_number);
}

void lt_output_catch_signals(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	struct sigaction action, old;
	size_t i;

	memset(&action, 0, sizeof action);
	action.sa_handler = on_signal;
	sigfillset(&action.sa_mask);
	for (i = 0; i < sizeof caught / sizeof caught[0]; i++) {
		/* What nohup or a background shell ignores stays ignored; a closed pipe never
		 * is. */
		if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN &&
		    caught[i] != SIGPIPE)
			continue;
		sigaction(caught[i], &action, NULL);
	}
}

_Noreturn void lt_die_of_sigpipe(void)
{
	unlink_temporaries();
	die_by_default(SIGPIPE);
	abort();
}

/* Signals wait while a temporary and its entry in the table are out of step. */
static void hold_signals(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, old);
}

static void release_signals(const sigset_t *old)
{
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

/*
 * Follows symbolic links of the last component, also to a file that is not
 * there yet (realpath(3) cannot).  The result is malloc'ed.
 */
static char *resolve(const char *path)
{
	char link[PATH_MAX], joined[2 * PATH_MAX], *now = lt_text_copy(path), *copy;
	struct stat st;
	ssize_t n;
	int i;

	for (i = 0; now && lstat(now, &st) == 0 && S_ISLNK(st.st_mode); i++) {
		n = readlink(now, link, sizeof link - 1);
		if (n < 0 || i == MAX_LINKS) {
			if (n >= 0)
				errno = ELOOP;
			lt_free(now);
			return NULL;
		}
		link[n] = '\0';
		copy = now;
		if (link[0] == '/')
			snprintf(joined, sizeof joined, "%s", link);
		else
			snprintf(joined, sizeof joined, "%s/%s", dirname(copy), link);
		lt_free(now);
		now = lt_text_copy(joined);
	}
	return now;
}

static char *directory_of(const char *path)
{
	char *copy = lt_text_copy(path), *dir = copy ? lt_text_copy(dirname(copy)) : NULL;

	lt_free(copy);
	return dir;
}

static bool same_inode(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Would both come under one name in one directory? */
static bool same_target(const char *a, const char *b)
{
	char *x = resolve(a), *y = resolve(b);
	char *x_dir = x ? directory_of(x) : NULL, *y_dir = y ? directory_of(y) : NULL;
	bool same = x_dir && y_dir && strcmp(last_component(x), last_component(y)) == 0 &&
		    same_inode(x_dir, y_dir);

	lt_free(x_dir);
	lt_free(y_dir);
	lt_free(x);
	lt_free(y);
	return same;
}

bool lt_same_file(const char *a, const char *b)
{
	if (!a || !b || strcmp(a, "-") == 0 || strcmp(b, "-") == 0)
		return false;
	return strcmp(a, b) == 0 || same_inode(a, b) || same_target(a, b);
}

/* Makes a new file beside the target and enters it in the table. */
static int make_temporary(struct lt_output *output)
{
	static int number;
	char *dir = directory_of(output->target);
	size_t room = dir ? strlen(dir) + 64 : 0;
	sigset_t old;
	int slot;

	output->temporary = dir ? lt_new_bytes(room) : NULL;
	if (!output->temporary) {
		lt_free(dir);
		errno = ENOMEM;
		return -1;
	}
	hold_signals(&old);
	do {
		snprintf(output->temporary, room, "%s/.lt-%ld-%d.tmp", dir, (long)getpid(),
			 number++);
		output->fd =
			open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	} while (output->fd < 0 && errno == EEXIST);
	for (slot = 0; slot < MAX_TEMPORARIES && temporaries[slot]; slot++)
		;
	if (output->fd >= 0 && slot < MAX_TEMPORARIES) {
		temporaries[slot] = output->temporary;
		output->slot = slot;
	}
	release_signals(&old);
	lt_free(dir);
	return output->fd < 0 ? -1 : 0;
}

/* The temporary is no more: it was renamed or unlinked. */
static void forget_temporary(struct lt_output *output)
{
	if (output->slot >= 0)
		temporaries[output->slot] = NULL;
	output->slot = -1;
	lt_free(output->temporary);
	output->temporary = NULL;
}

static void free_output(struct lt_output *output)
{
	lt_free(output->name);
	lt_free(output->target);
	lt_free(output);
}

/*
 * The descriptor that a path like /dev/stderr or /dev/fd/3 stands for, or -1.  What
 * it leads to is open already, often a file that a shell made: following the
 * link and renaming over that file would cut the other writers off.
 */
static int named_descriptor(const char *path)
{
	static const char *const places[] = {"/dev/fd/", "/proc/self/fd/"};
	uint64_t fd;

	if (strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		size_t n = strlen(places[i]);

		if (strncmp(path, places[i], n) == 0 && lt_parse_u64(path + n, 0, INT_MAX, &fd))
			return (int)fd;
	}
	return -1;
}

bool lt_output_replaces(const char *path)
{
	struct stat st;

	return named_descriptor(path) < 0 && (stat(path, &st) != 0 || S_ISREG(st.st_mode));
}

static int open_path(struct lt_output *output, const char *path)
{
	int named = named_descriptor(path);

	if (named >= 0) {
		output->fd = fcntl(named, F_DUPFD_CLOEXEC, 3);
		return output->fd < 0 ? -1 : 0;
	}
	if (!lt_output_replaces(path)) {
		output->fd = open(path, O_WRONLY | O_CLOEXEC);
		return output->fd < 0 ? -1 : 0;
	}
	output->target = resolve(path);
	if (!output->target)
		return -1;
	/* rename(2) would replace a file that its owner has made read-only. */
	if (access(output->target, F_OK) == 0 && access(output->target, W_OK) != 0)
		return -1;
	return make_temporary(output);
}

int lt_output_open(struct lt_output **out, const char *path, struct lt_error *err)
{
	struct lt_output *output = lt_new_array(1, sizeof *output);
	bool to_stdout = !path || strcmp(path, "-") == 0;
	struct stat st;
	int code;

	*out = NULL;
	if (!output || !(output->name = lt_text_copy(to_stdout ? "<stdout>" : path))) {
		lt_free(output);
		return lt_fail_memory(err);
	}
	output->slot = -1;
	output->fd = STDOUT_FILENO;
	if (!to_stdout && open_path(output, path) != 0) {
		code = lt_fail_errno(err, LT_NOCREATE, "%s", path);
		lt_free(output->temporary);
		free_output(output);
		return code;
	}
#ifdef F_SETPIPE_SZ
	if (fstat(output->fd, &st) == 0 && S_ISFIFO(st.st_mode))
		fcntl(output->fd, F_SETPIPE_SZ, PIPE_SIZE);
#else
	(void)st;
#endif
	*out = output;
	return 0;
}

const char *lt_output_name(const struct lt_output *output)
{
	return output->name;
}

static int fail_broken(struct lt_output *output, struct lt_error *err)
{
	errno = output->broken_errno;
	return lt_fail_errno(err, LT_IO, "%s", output->name);
}

static int send_bytes(struct lt_output *output, const uint8_t *bytes, size_t n,
		      struct lt_error *err)
{
	struct pollfd wait = {.fd = output->fd, .events = POLLOUT};
	ssize_t sent;

	while (n > 0 && !output->broken) {
		sent = write(output->fd, bytes, n < PIECE ? n : PIECE);
		if (sent >= 0) {
			bytes += sent;
			n -= (size_t)sent;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			poll(&wait, 1, -1);
		} else if (errno == EPIPE) {
			lt_die_of_sigpipe();
		} else if (errno != EINTR) {
			output->broken = true;
			output->broken_errno = errno;
		}
	}
	return output->broken ? fail_broken(output, err) : 0;
}

int lt_output_flush(struct lt_output *output, struct lt_error *err)
{
	size_t used = output->used;

	output->used = 0;
	return send_bytes(output, output->buffer, used, err);
}

int lt_output_write(struct lt_output *output, const void *bytes, size_t n, struct lt_error *err)
{
	int code;

	if (output->broken)
		return fail_broken(output, err);
	if (n > BUFFER - output->used && (code = lt_output_flush(output, err)))
		return code;
	if (n >= BUFFER)
		return send_bytes(output, bytes, n, err);
	if (n > 0)
		memcpy(output->buffer + output->used, bytes, n);
	output->used += n;
	return 0;
}

int lt_output_printf(struct lt_output *output, struct lt_error *err, const char *fmt, ...)
{
	char small[512], *text = small;
	va_list args, again;
	int n, code;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(small, sizeof small, fmt, args);
	if (n >= (int)sizeof small && (text = lt_new_bytes((size_t)n + 1)))
		vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(args);
	if (n < 0 || !text)
		return lt_fail_memory(err);
	code = lt_output_write(output, text, (size_t)n, err);
	if (text != small)
		lt_free(text);
	return code;
}

static void sync_directory(const char *path)
{
	char *dir = directory_of(path);
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	/* Some file systems cannot sync a directory; the file itself is safe by now. */
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	lt_free(dir);
}

/* 0, or -1 with errno. */
static int rename_into_place(struct lt_output *output)
{
	sigset_t old;
	int result;

	hold_signals(&old);
	result = rename(output->temporary, output->target);
	if (result == 0)
		forget_temporary(output);
	release_signals(&old);
	if (result == 0)
		sync_directory(output->target);
	return result;
}

int lt_output_finish(struct lt_output *output, struct lt_error *err)
{
	int code = lt_output_flush(output, err);

	if (code == 0 && output->temporary && fsync(output->fd) != 0)
		code = lt_fail_errno(err, LT_IO, "%s", output->name);
	if (code == 0 && close(output->fd) != 0)
		code = lt_fail_errno(err, LT_IO, "%s", output->name);
	else if (code == 0)
		output->fd = -1;
	if (code == 0 && output->temporary && rename_into_place(output) != 0)
		code = lt_fail_errno(err, LT_NOCREATE, "%s", output->name);
	if (code) {
		lt_output_abort(output);
		return code;
	}
	free_output(output);
	return 0;
}

void lt_output_abort(struct lt_output *output)
{
	sigset_t old;

	if (!output)
		return;
	if (output->fd >= 0 && output->fd != STDOUT_FILENO)
		close(output->fd);
	if (output->temporary) {
		hold_signals(&old);
		unlink(output->temporary);
		forget_temporary(output);
		release_signals(&old);
	}
	free_output(output);
}

bool lt_output_reader_gone(const struct lt_output *output)
{
	struct pollfd look = {.fd = output->fd, .events = POLLOUT};
	struct stat st;

	if (fstat(output->fd, &st) != 0 || !(S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
		return false;
	return poll(&look, 1, 0) > 0 && (look.revents & (POLLERR | POLLHUP));
}

bool lt_output_is_terminal(const struct lt_output *output)
{
	return isatty(output->fd);
}
