/*
 * LD_PRELOAD: records in the file FAULT_RECORD what a program does to files below the
 * directory FAULT_DIRECTORY (an absolute path without links), for replay.py.  There is one
 * line per event, in the order in which the calls returned; "write" is followed by that
 * many bytes:
 *
 *	open FD FLAGS PATH	flags: c created, t truncated, d a directory, - neither
 *	write FD OFFSET BYTES
 *	sync FD
 *	close FD
 *	rename FROM TO
 *	link FROM TO
 *	unlink PATH
 *
 * Paths must not contain blanks.  Failed calls change nothing and are not recorded.
 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FDS 1024

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool watched[MAX_FDS];

static void put(const void *bytes, size_t n)
{
	static int record = -1;
	const char *name = getenv("FAULT_RECORD");

	if (record < 0 && name)
		record = (int)syscall(SYS_openat, AT_FDCWD, name,
				      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	/* An incomplete record could prove anything. */
	if (syscall(SYS_write, record, bytes, n) != (long)n)
		abort();
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	char line[2 * PATH_MAX + 64];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	put(line, (size_t)n);
}

/* The absolute path, if it is below the watched directory. */
static bool below(const char *path, char out[PATH_MAX])
{
	const char *top = getenv("FAULT_DIRECTORY");
	char here[PATH_MAX / 2];
	int n;

	if (!top || !getenv("FAULT_RECORD"))
		return false;
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	if (path[0] == '/')
		n = snprintf(out, PATH_MAX, "%s", path);
	else if (!getcwd(here, sizeof here))
		return false;
	else
		n = snprintf(out, PATH_MAX, "%s%s%s", here, strcmp(path, ".") == 0 ? "" : "/",
			     strcmp(path, ".") == 0 ? "" : path);
	return n < PATH_MAX && strncmp(out, top, strlen(top)) == 0;
}

static int open_file(const char *path, int flags, unsigned mode)
{
	char name[PATH_MAX];
	bool was = access(path, F_OK) == 0;
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	struct stat st;

	if (fd < 0 || fd >= MAX_FDS || fstat(fd, &st) != 0 || !below(path, name))
		return fd;
	if (!S_ISDIR(st.st_mode) && (!S_ISREG(st.st_mode) || (flags & O_ACCMODE) == O_RDONLY))
		return fd;
	pthread_mutex_lock(&lock);
	watched[fd] = true;
	say("open %d %s %s\n", fd,
	    S_ISDIR(st.st_mode) ? "d"
	    : !was		? "c"
	    : flags & O_TRUNC	? "t"
				: "-",
	    name);
	pthread_mutex_unlock(&lock);
	return fd;
}

#define OPEN(name)                                                                             \
	int name(const char *path, int flags, ...)                                             \
	{                                                                                      \
		va_list args;                                                                  \
		unsigned mode;                                                                 \
                                                                                               \
		va_start(args, flags);                                                         \
		mode = flags & O_CREAT ? va_arg(args, unsigned) : 0;                           \
		va_end(args);                                                                  \
		return open_file(path, flags, mode);                                           \
	}

/*
 * The C library has two names for this function; which one a program calls depends on the
 * machine.
 */
OPEN(open)
OPEN(open64)

static void note_write(int fd, const void *bytes, ssize_t n, off_t at)
{
	if (n <= 0)
		return;
	say("write %d %lld %lld\n", fd, (long long)at, (long long)n);
	put(bytes, (size_t)n);
}

static bool is_watched(int fd)
{
	return fd >= 0 && fd < MAX_FDS && watched[fd];
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	off_t at;
	ssize_t sent;

	if (!is_watched(fd))
		return syscall(SYS_write, fd, bytes, n);
	pthread_mutex_lock(&lock);
	at = lseek(fd, 0, SEEK_CUR);
	sent = syscall(SYS_write, fd, bytes, n);
	note_write(fd, bytes, sent, at);
	pthread_mutex_unlock(&lock);
	return sent;
}

/* Piece by piece: short writes are allowed. */
ssize_t writev(int fd, const struct iovec *piece, int n)
{
	if (!is_watched(fd) || n < 1)
		return syscall(SYS_writev, fd, piece, n);
	return write(fd, piece[0].iov_base, piece[0].iov_len);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	ssize_t sent = syscall(SYS_pwrite64, fd, bytes, n, at);

	if (is_watched(fd)) {
		pthread_mutex_lock(&lock);
		note_write(fd, bytes, sent, at);
		pthread_mutex_unlock(&lock);
	}
	return sent;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	return pwrite(fd, bytes, n, at);
}

/* Does not sync: the tests do not depend on a real disk. */
int fsync(int fd)
{
	if (is_watched(fd)) {
		pthread_mutex_lock(&lock);
		say("sync %d\n", fd);
		pthread_mutex_unlock(&lock);
		return 0;
	}
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return fsync(fd);
}

int close(int fd)
{
	if (is_watched(fd)) {
		pthread_mutex_lock(&lock);
		watched[fd] = false;
		say("close %d\n", fd);
		pthread_mutex_unlock(&lock);
	}
	return (int)syscall(SYS_close, fd);
}

static void note_two(const char *what, int result, const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];

	if (result != 0 || !below(from, a) || !below(to, b))
		return;
	pthread_mutex_lock(&lock);
	say("%s %s %s\n", what, a, b);
	pthread_mutex_unlock(&lock);
}

int rename(const char *from, const char *to)
{
	int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);

	note_two("rename", result, from, to);
	return result;
}

int link(const char *from, const char *to)
{
	int result = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);

	note_two("link", result, from, to);
	return result;
}

int unlink(const char *path)
{
	char name[PATH_MAX];
	int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);

	if (result == 0 && below(path, name)) {
		pthread_mutex_lock(&lock);
		say("unlink %s\n", name);
		pthread_mutex_unlock(&lock);
	}
	return result;
}
