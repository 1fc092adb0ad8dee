#include "stream/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "stream/stream.h"

#define BLOCK (2 * (size_t)LT_LINE_BYTES)

int lt_lines_open(struct lt_lines *lines, const char *path, uint64_t most, struct lt_error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;

	*lines = (struct lt_lines){.path = is_stdin ? "<stdin>" : path, .most = most};
	lines->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
			     : open(path, O_RDONLY | O_CLOEXEC);
	if (lines->fd < 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s", lines->path);
	lines->block = lt_new_bytes(BLOCK + 1);
	if (!lines->block) {
		lt_lines_close(lines);
		return lt_fail_memory(err);
	}
	return 0;
}

int lt_lines_wrong(const struct lt_lines *lines, const char *what, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s:%" PRIu64 ": %s", lines->path, lines->number, what);
}

/* Appends bytes to those that are left; *end: there are no more. */
static int fill(struct lt_lines *lines, int *end, struct lt_error *err)
{
	ssize_t got;

	memmove(lines->block, lines->block + lines->at, lines->end - lines->at);
	lines->end -= lines->at;
	lines->at = 0;
	do {
		got = read(lines->fd, lines->block + lines->end, BLOCK - lines->end);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return lt_fail_errno(err, LT_IO, "%s", lines->path);
	*end = got == 0;
	lines->end += (size_t)got;
	return 0;
}

char *lt_line_field(char **line)
{
	char *field = *line, *tab = field ? strchr(field, '\t') : NULL;

	*line = tab ? tab + 1 : NULL;
	if (tab)
		*tab = '\0';
	return field;
}

int lt_lines_peek(struct lt_lines *lines, int *byte, struct lt_error *err)
{
	int end = 0, code = lines->at == lines->end ? fill(lines, &end, err) : 0;

	*byte = code || end ? -1 : (unsigned char)lines->block[lines->at];
	return code;
}

/* Consumes n bytes of a line and its newline, if it has one. */
static int take(struct lt_lines *lines, size_t n, size_t newline, char **line, size_t *size,
		struct lt_error *err)
{
	char *text = lines->block + lines->at;

	lines->number++;
	if (n > LT_LINE_BYTES)
		return lt_lines_wrong(lines, "the line is too long", err);
	if (memchr(text, '\0', n))
		return lt_lines_wrong(lines, "a zero byte", err);
	lines->crc = lt_crc32c(lines->crc, text, n + newline);
	lines->bytes += n + newline;
	if (lines->bytes > lines->most)
		return lt_lines_wrong(lines, "the file is too long", err);
	text[n] = '\0';
	lines->at += n + newline;
	*line = text;
	if (size)
		*size = n;
	return 0;
}

int lt_lines_next(struct lt_lines *lines, char **line, size_t *size, struct lt_error *err)
{
	int end = 0, code;

	*line = NULL;
	for (;;) {
		size_t left = lines->end - lines->at;
		const char *text = lines->block + lines->at;
		const char *stop = left ? memchr(text, '\n', left) : NULL;

		if (stop)
			return take(lines, (size_t)(stop - text), 1, line, size, err);
		if (left > LT_LINE_BYTES || (end && left > 0))
			return take(lines, left, 0, line, size, err);
		if (end)
			return 0;
		if ((code = fill(lines, &end, err)) != 0)
			return code;
	}
}

void lt_lines_close(struct lt_lines *lines)
{
	if (lines->fd >= 0)
		close(lines->fd);
	lines->fd = -1;
	lt_free(lines->block);
	lines->block = NULL;
}
