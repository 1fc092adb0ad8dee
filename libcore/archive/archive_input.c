/*
 * The bytes of an archive.
 */
#include "archive/archive_input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read_at.h"
#include "data/spool.h"
#include "stream/stream.h"

/* ------------------------------------------------------------------ blocks */

static ssize_t read_block(struct lt_archive_input *input)
{
	size_t n = LT_ARCHIVE_BLOCK;
	ssize_t got;

	if (input->pending > 0) {
		got = (ssize_t)input->pending;
		input->pending = 0;
		return got;
	}
	if (input->kind == LT_ARCHIVE_MEMORY) {
		if (input->at >= input->size)
			return 0;
		if (n > input->size - input->at)
			n = (size_t)(input->size - input->at);
		memcpy(input->block, input->memory + input->at, n);
		return (ssize_t)n;
	}
	do {
		got = input->kind == LT_ARCHIVE_FILE ? pread(input->fd, input->block, n,
							     (off_t)(input->base + input->at))
						     : read(input->fd, input->block, n);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		input->io_error = errno;
	return got;
}

static void count_zeros(struct lt_archive_input *input, size_t n)
{
	size_t i = n;

	while (i > 0 && input->block[i - 1] == 0)
		i--;
	input->zeros = i == 0 ? input->zeros + n : n - i;
}

ssize_t lt_archive_input_next(struct lt_archive_input *input)
{
	ssize_t got = read_block(input);

	if (got <= 0)
		return got;
	if (input->at == input->summed) {
		input->crc = lt_crc32c(input->crc, input->block, (size_t)got);
		input->summed += (uint64_t)got;
	}
	count_zeros(input, (size_t)got);
	input->at += (uint64_t)got;
	return got;
}

int lt_archive_input_at(const struct lt_archive_input *input, uint64_t at, void *to, size_t n,
			size_t *got, struct lt_error *err)
{
	ssize_t some;

	*got = 0;
	if (at >= input->size)
		return 0;
	if (n > input->size - at)
		n = (size_t)(input->size - at);
	if (input->kind == LT_ARCHIVE_MEMORY) {
		memcpy(to, input->memory + at, n);
		*got = n;
		return 0;
	}
	some = lt_read_at(input->fd, to, n, input->base + at);
	if (some < 0)
		return lt_fail_errno(err, LT_IO, "%s", input->name);
	*got = (size_t)some;
	return 0;
}

bool lt_archive_input_is_same(const struct lt_archive_input *input)
{
	struct stat about;

	return input->kind != LT_ARCHIVE_FILE ||
	       (fstat(input->fd, &about) == 0 &&
		(uint64_t)about.st_size == input->base + input->size &&
		about.st_mtime == input->modified);
}

/* ------------------------------------------------------------------ opening */

static int copy_pipe(struct lt_archive_input *input, struct lt_error *err)
{
	struct lt_spool spool;
	struct stat about;
	ssize_t got;
	int status = lt_spool_open(&spool, err);

	if (status)
		return status;
	while (status == 0 && (got = read_block(input)) != 0)
		status = got < 0 ? lt_fail_errno(err, LT_IO, "%s", input->name)
				 : lt_spool_append(&spool, input->block, (size_t)got, err);
	if (status == 0 && fstat(spool.fd, &about) != 0)
		status = lt_fail_errno(err, LT_IO, "%s", input->name);
	if (status) {
		lt_spool_close(&spool);
		return status;
	}
	close(input->fd);
	input->fd = spool.fd;
	input->size = spool.size;
	input->modified = about.st_mtime;
	input->kind = LT_ARCHIVE_FILE;
	return 0;
}

/* Peeks at the first bytes of a pipe. */
static int look_at_pipe(struct lt_archive_input *input, struct lt_error *err)
{
	static const uint8_t entry[4] = {'P', 'K', 3, 4}, end[4] = {'P', 'K', 5, 6};
	ssize_t got;

	while (input->pending < 4) {
		got = read(input->fd, input->block + input->pending,
			   LT_ARCHIVE_BLOCK - input->pending);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return lt_fail_errno(err, LT_IO, "%s", input->name);
		if (got == 0)
			return 0;
		input->pending += (size_t)got;
	}
	if (memcmp(input->block, entry, 4) == 0 || memcmp(input->block, end, 4) == 0)
		return copy_pipe(input, err);
	return 0;
}

int lt_archive_input_open(struct lt_archive_input *input, struct lt_error *err)
{
	struct stat about;
	off_t base;

	if (fstat(input->fd, &about) != 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s", input->name);
	base = S_ISREG(about.st_mode) ? lseek(input->fd, 0, SEEK_CUR) : -1;
	if (base >= 0) {
		input->kind = LT_ARCHIVE_FILE;
		input->modified = about.st_mtime;
		input->base = (uint64_t)base;
		input->size = about.st_size > base ? (uint64_t)(about.st_size - base) : 0;
		return 0;
	}
	if (isatty(input->fd))
		return lt_fail(err, LT_USAGE, "%s: a terminal; name an archive or a directory",
			       input->name);
	input->kind = LT_ARCHIVE_PIPE;
	return look_at_pipe(input, err);
}
