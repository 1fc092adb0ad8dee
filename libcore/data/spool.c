/*
 * Spools, and inputs that are read twice.  A pipe is copied byte for byte before it is
 * read, so both passes run the same code on the same bytes and check the same checksums.
 */
#include "data/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/read_at.h"
#include "base/signals.h"

#define PIECE ((size_t)256 << 10)

static const char *spool_directory(void)
{
	const char *directory = getenv("TMPDIR");

	return directory && *directory ? directory : "/tmp";
}

int lt_spool_open(struct lt_spool *spool, struct lt_error *err)
{
	const char *directory = spool_directory();
	size_t size = strlen(directory) + sizeof "/lt-spool.XXXXXX";
	char *path = lt_new_bytes(size);
	sigset_t old;

	*spool = (struct lt_spool){.fd = -1};
	if (!path)
		return lt_fail_memory(err);
	snprintf(path, size, "%s/lt-spool.XXXXXX", directory);
	lt_signals_hold(&old);
	spool->fd = mkostemp(path, O_CLOEXEC);
	if (spool->fd >= 0)
		unlink(path);
	lt_signals_release(&old);
	lt_free(path);
	if (spool->fd < 0)
		return lt_fail_errno(err, LT_NOCREATE, "%s: no temporary file can be made",
				     directory);
	return 0;
}

int lt_spool_append(struct lt_spool *spool, const void *bytes, size_t n, struct lt_error *err)
{
	const uint8_t *from = bytes;
	ssize_t got;

	while (n > 0) {
		got = pwrite(spool->fd, from, n, (off_t)spool->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return lt_fail_errno(err, LT_IO, "%s: writing a temporary file",
					     spool_directory());
		from += got;
		n -= (size_t)got;
		spool->size += (uint64_t)got;
	}
	return 0;
}

int lt_spool_read(const struct lt_spool *spool, uint64_t offset, void *to, size_t n,
		  struct lt_error *err)
{
	if (offset > spool->size || n > spool->size - offset)
		return lt_fail(err, LT_BUG, "reading beyond the end of a temporary file");
	if (lt_read_at(spool->fd, to, n, offset) != (ssize_t)n)
		return lt_fail_errno(err, LT_IO, "%s: reading a temporary file",
				     spool_directory());
	return 0;
}

void lt_spool_expect(const struct lt_spool *spool, uint64_t offset, uint64_t n)
{
#ifdef POSIX_FADV_WILLNEED
	(void)posix_fadvise(spool->fd, (off_t)offset, (off_t)n, POSIX_FADV_WILLNEED);
#else
	(void)spool;
	(void)offset;
	(void)n;
#endif
}

void lt_spool_close(struct lt_spool *spool)
{
	if (spool->fd >= 0)
		close(spool->fd);
	spool->fd = -1;
}

/* One read(2), which waits if the descriptor is non-blocking; 0 at the end, -1 with errno. */
static ssize_t read_some(int fd, void *to, size_t n)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	ssize_t got;

	for (;;) {
		got = read(fd, to, n);
		if (got >= 0)
			return got;
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			poll(&wait, 1, -1);
		else if (errno != EINTR)
			return -1;
	}
}

/* Every stream begins with an array of five and a string of four. */
static bool begins_like_a_stream(const struct lt_spool *spool, const uint8_t *piece)
{
	return spool->size < 2 || (piece[0] == 0x95 && piece[1] == 0xa4);
}

static int copy_all(struct lt_spool *spool, int fd, const char *name, struct lt_error *err)
{
	uint8_t *piece = lt_new_bytes(PIECE);
	bool first = true;
	ssize_t got;
	int code = 0;

	if (!piece)
		return lt_fail_memory(err);
	while (code == 0) {
		got = read_some(fd, piece, PIECE);
		if (got < 0)
			code = lt_fail_errno(err, LT_IO, "%s", name);
		if (got <= 0)
			break;
		code = lt_spool_append(spool, piece, (size_t)got, err);
		if (code || (first && !begins_like_a_stream(spool, piece)))
			break;
		first = false;
	}
	lt_free(piece);
	return code;
}

/* The reader rejects terminals and directories itself. */
static int refuse(const char *path, struct lt_error *err)
{
	struct lt_reader *reader;
	int code = lt_reader_open(&reader, path, err);

	if (code)
		return code;
	lt_reader_close(reader);
	return lt_fail(err, LT_NOINPUT, "%s: not a file or a pipe", path ? path : "<stdin>");
}

/* Several files, and the shards of a range, are opened by name each time. */
static int open_files(struct lt_twice *twice, struct lt_error *err)
{
	struct lt_reader *reader;
	int code = lt_reader_open_list(&reader, twice->paths, twice->n, err);

	if (code)
		return code;
	twice->names = lt_text_copy(lt_reader_name(reader));
	lt_reader_close(reader);
	twice->name = twice->names;
	return twice->names ? 0 : lt_fail_memory(err);
}

static int open_one(struct lt_twice *twice, const char *path, struct lt_error *err)
{
	bool from_stdin = !path || strcmp(path, "-") == 0;
	struct stat st;
	int fd, code = 0;

	twice->name = from_stdin ? "<stdin>" : path;
	fd = from_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			: open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		code = lt_fail_errno(err, LT_NOINPUT, "%s", twice->name);
	} else if (S_ISREG(st.st_mode)) {
		twice->start = lseek(fd, 0, SEEK_CUR);
		twice->fd = fd;
		return 0;
	} else if (S_ISDIR(st.st_mode) || isatty(fd)) {
		code = refuse(path, err);
	} else if ((code = lt_spool_open(&twice->spool, err)) == 0) {
		code = copy_all(&twice->spool, fd, twice->name, err);
		if (code)
			lt_spool_close(&twice->spool);
		twice->fd = twice->spool.fd;
	}
	if (fd >= 0)
		close(fd);
	return code;
}

int lt_twice_open(struct lt_twice *twice, const char *const *paths, int n, struct lt_error *err)
{
	struct lt_file_list files = {0};
	bool one = n == 1;
	int code = one ? lt_file_list_add(&files, paths[0], err) : 0;

	one = one && !files.ranged;
	lt_file_list_free(&files);
	*twice = (struct lt_twice){.paths = paths, .n = n, .fd = -1, .spool = {.fd = -1}};
	if (code)
		return code;
	return one ? open_one(twice, paths[0], err) : open_files(twice, err);
}

int lt_twice_reader(struct lt_twice *twice, struct lt_reader **out, struct lt_error *err)
{
	int fd;

	if (twice->fd < 0)
		return lt_reader_open_list(out, twice->paths, twice->n, err);
	*out = NULL;
	if (lseek(twice->fd, (off_t)twice->start, SEEK_SET) < 0)
		return lt_fail_errno(err, LT_IO, "%s", twice->name);
	fd = fcntl(twice->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return lt_fail_errno(err, LT_OS, "%s", twice->name);
	return lt_reader_open_fd(out, fd, twice->name, err);
}

void lt_twice_close(struct lt_twice *twice)
{
	if (twice->fd >= 0)
		close(twice->fd);
	twice->fd = twice->spool.fd = -1;
	lt_free(twice->names);
	twice->names = NULL;
}
