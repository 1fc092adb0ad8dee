/*
 * Outputs.  A file appears under its name only when it is complete.  stdout is closed
 * and the result is checked, since a full disk or a failing file server is often
 * reported only then.
 */
#include "stream/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/signals.h"

#define BUFFER ((size_t)64 << 10)
/*
 * If a write fills the pipe, reader and writer sleep in turns; with a quarter of it both keep
 * running.
 */
#define PIECE ((size_t)256 << 10)
#define PIPE_SIZE (1 << 20)
#define MAX_BLOCKS 32
#define MAX_LINKS 40

struct lt_output {
	int fd;
	char *name;	 /* for messages */
	char *target;	 /* the resolved path; NULL when written directly */
	char *temporary; /* beside the target */
	int slot;	 /* of the temporary in the table of base/signals.h */
	bool broken;	 /* a write failed: nothing more is written */
	int broken_errno;
	size_t used;
	uint8_t buffer[BUFFER];
};

static const char *last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Follows symbolic links of the last component, also to a file that is not
 * there yet (realpath(3) cannot).  false with errno.
 */
static bool resolve(const char *path, char now[PATH_MAX])
{
	char link[PATH_MAX];
	size_t keep = 0, n = strlen(path);
	struct stat st;
	ssize_t got;
	int i;

	snprintf(now, PATH_MAX, "%s", path);
	for (i = 0; n < PATH_MAX && lstat(now, &st) == 0 && S_ISLNK(st.st_mode); i++) {
		got = readlink(now, link, sizeof link - 1);
		if (got < 0 || i == MAX_LINKS) {
			if (got >= 0)
				errno = ELOOP;
			return false;
		}
		link[got] = '\0';
		/* A relative link begins in the directory that holds it. */
		keep = link[0] == '/' ? 0 : (size_t)(last_component(now) - now);
		n = keep + (size_t)got;
		snprintf(now + keep, PATH_MAX - keep, "%s", link);
	}
	if (n >= PATH_MAX)
		errno = ENAMETOOLONG;
	return n < PATH_MAX;
}

/* path is shorter than PATH_MAX. */
static void directory_of(const char *path, char directory[PATH_MAX])
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof copy, "%s", path);
	snprintf(directory, PATH_MAX, "%s", dirname(copy));
}

static bool same_inode(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Would both have the same name in the same directory? */
static bool same_target(const char *a, const char *b)
{
	char x[PATH_MAX], y[PATH_MAX], x_dir[PATH_MAX], y_dir[PATH_MAX];

	if (!resolve(a, x) || !resolve(b, y))
		return false;
	directory_of(x, x_dir);
	directory_of(y, y_dir);
	return strcmp(last_component(x), last_component(y)) == 0 && same_inode(x_dir, y_dir);
}

bool lt_same_file(const char *a, const char *b)
{
	if (!a || !b || strcmp(a, "-") == 0 || strcmp(b, "-") == 0)
		return false;
	return strcmp(a, b) == 0 || same_inode(a, b) || same_target(a, b);
}

#define PREFIX ".lt-"
#define SUFFIX ".tmp"

bool lt_output_is_temporary(const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
	size_t n = strlen(base);

	return n > strlen(PREFIX SUFFIX) && strncmp(base, PREFIX, strlen(PREFIX)) == 0 &&
	       strcmp(base + n - strlen(SUFFIX), SUFFIX) == 0;
}

/* Creates a new file in the target's directory and enters it in the table. */
static int make_temporary(struct lt_output *output)
{
	static int number;
	char dir[PATH_MAX];
	sigset_t old;
	size_t room;

	directory_of(output->target, dir);
	room = strlen(dir) + 64;
	output->temporary = lt_new_bytes(room);
	if (!output->temporary)
		return -1;
	lt_signals_hold(&old);
	do {
		snprintf(output->temporary, room, "%s/" PREFIX "%ld-%d" SUFFIX, dir,
			 (long)getpid(), number++);
		output->fd =
			open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	} while (output->fd < 0 && errno == EEXIST);
	if (output->fd >= 0)
		output->slot = lt_signals_enter(output->temporary);
	lt_signals_release(&old);
	return output->fd < 0 ? -1 : 0;
}

/* Forgets the temporary file, which was renamed or unlinked. */
static void forget_temporary(struct lt_output *output)
{
	lt_signals_forget(output->slot);
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
 * The descriptor that a path like /dev/stderr or /dev/fd/3 refers to, or -1.  It is already
 * open, often to a file that a shell created: renaming over that file would disconnect other
 * writers.
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
	char resolved[PATH_MAX];
	int named = named_descriptor(path);

	if (named >= 0) {
		output->fd = fcntl(named, F_DUPFD_CLOEXEC, 3);
		return output->fd < 0 ? -1 : 0;
	}
	if (!lt_output_replaces(path)) {
		output->fd = open(path, O_WRONLY | O_CLOEXEC);
		return output->fd < 0 ? -1 : 0;
	}
	if (!resolve(path, resolved) || !(output->target = lt_text_copy(resolved)))
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

/* After a write(2) that failed: waits, or remembers why nothing more can be written. */
static void after_failure(struct lt_output *output)
{
	struct pollfd wait = {.fd = output->fd, .events = POLLOUT};

	if (errno == EAGAIN || errno == EWOULDBLOCK) {
		poll(&wait, 1, -1);
	} else if (errno == EPIPE) {
		lt_die_of_sigpipe();
	} else if (errno != EINTR) {
		output->broken = true;
		output->broken_errno = errno;
	}
}

static int send_bytes(struct lt_output *output, const uint8_t *bytes, size_t n,
		      struct lt_error *err)
{
	ssize_t sent;

	while (n > 0 && !output->broken) {
		sent = write(output->fd, bytes, n < PIECE ? n : PIECE);
		if (sent < 0) {
			after_failure(output);
			continue;
		}
		bytes += sent;
		n -= (size_t)sent;
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

/* Blocks in one write; what it leaves goes out one by one. */
static int send_blocks(struct lt_output *output, uint8_t *const *block, size_t n, size_t size,
		       struct lt_error *err)
{
	struct iovec part[MAX_BLOCKS];
	size_t i, sent = 0, done;
	ssize_t result;
	int code = 0;

	for (i = 0; i < n; i++)
		part[i] = (struct iovec){block[i], size};
	result = n > 1 ? writev(output->fd, part, (int)n) : 0;
	if (result < 0)
		after_failure(output);
	else
		sent = (size_t)result;
	for (i = 0; i < n && code == 0; i++, sent -= done) {
		done = sent < size ? sent : size;
		code = send_bytes(output, block[i] + done, size - done, err);
	}
	return code;
}

int lt_output_write_blocks(struct lt_output *output, uint8_t *const *block, size_t n,
			   size_t size, struct lt_error *err)
{
	size_t most = size < PIECE ? PIECE / size : 1, some;
	int code = output->broken ? fail_broken(output, err) : lt_output_flush(output, err);

	if (most > MAX_BLOCKS)
		most = MAX_BLOCKS;
	for (; n > 0 && code == 0; n -= some, block += some) {
		some = n < most ? n : most;
		code = send_blocks(output, block, some, size, err);
	}
	return code;
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
	char dir[PATH_MAX];
	int fd;

	directory_of(path, dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems cannot sync a directory; the file itself was synced before. */
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

/* 0, or -1 with errno. */
static int rename_into_place(struct lt_output *output)
{
	sigset_t old;
	int result;

	lt_signals_hold(&old);
	result = rename(output->temporary, output->target);
	if (result == 0)
		forget_temporary(output);
	lt_signals_release(&old);
	if (result == 0)
		sync_directory(output->target);
	return result;
}

int lt_output_finish(struct lt_output *output, struct lt_error *err)
{
	int code = lt_output_flush(output, err), fd = output->fd;

	if (code == 0 && output->temporary && fsync(fd) != 0)
		code = lt_fail_errno(err, LT_IO, "%s", output->name);
	if (code == 0) {
		output->fd = -1; /* closed even where close(2) fails */
		if (close(fd) != 0)
			code = lt_fail_errno(err, LT_IO, "%s", output->name);
	}
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
		lt_signals_hold(&old);
		unlink(output->temporary);
		forget_temporary(output);
		lt_signals_release(&old);
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
