/*
 * Reading a list of class names, from the header of a stream or from lines.
 */
#include "data/class_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "stream/mp.h"
#include "stream/stream.h"

#define STREAM_BEGINS 0x95 /* no UTF-8 text begins with it */
#define MAX_BYTES ((size_t)LT_MAX_CLASSES * (LT_MAX_NAME + 2))

static int from_header(struct lt_reader *reader, struct lt_arena *arena,
		       const char *const **names, int *n, struct lt_error *err)
{
	const struct lt_header *header;
	const char **copy;
	enum lt_event event;
	int i, status = lt_reader_next(reader, &event, err);

	if (status)
		return status;
	header = lt_reader_header(reader);
	if (header->n_classes < 1)
		return lt_fail(err, LT_DATA, "%s: it has no class names",
			       lt_reader_name(reader));
	copy = lt_arena_array(arena, (size_t)header->n_classes, sizeof *copy);
	for (i = 0; copy && i < header->n_classes; i++) {
		copy[i] = lt_arena_text(arena, header->classes[i]);
		if (!copy[i])
			copy = NULL;
	}
	if (!copy)
		return lt_fail_memory(err);
	*names = copy;
	*n = header->n_classes;
	return 0;
}

static int add_name(struct lt_arena *arena, struct lt_buffer *list, const char *line,
		    size_t size, const char *path, struct lt_error *err)
{
	size_t known = list->size / sizeof(char *);
	const char *name;

	if (size > LT_MAX_NAME || !lt_text_is_clean(line, size))
		return lt_fail(err, LT_DATA, "%s: class %zu: %s", path, known,
			       size > LT_MAX_NAME
				       ? "the name is too long"
				       : "the name is not UTF-8 or has control characters");
	if (known == LT_MAX_CLASSES)
		return lt_fail(err, LT_DATA, "%s: more than %d classes", path, LT_MAX_CLASSES);
	name = lt_arena_text_n(arena, line, size);
	if (!name || !lt_buffer_append(list, &name, sizeof name))
		return lt_fail_memory(err);
	return 0;
}

static int from_lines(const char *text, size_t size, struct lt_arena *arena,
		      struct lt_buffer *list, const char *path, struct lt_error *err)
{
	const char *end = text + size, *stop;
	size_t length;
	int status;

	for (; text < end; text = stop + 1) {
		stop = memchr(text, '\n', (size_t)(end - text));
		if (!stop)
			stop = end;
		length = (size_t)(stop - text);
		if (length && text[length - 1] == '\r')
			length--;
		status = length ? add_name(arena, list, text, length, path, err) : 0;
		if (status)
			return status;
	}
	return list->size ? 0 : lt_fail(err, LT_DATA, "%s: no class names", path);
}

static int read_text(int fd, struct lt_buffer *text, const char *path, struct lt_error *err)
{
	ssize_t got;

	for (;;) {
		if (!lt_buffer_reserve(text, 65536))
			return lt_fail_memory(err);
		got = read(fd, text->data + text->size, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return lt_fail_errno(err, LT_IO, "%s", path);
		if (got == 0)
			return 0;
		text->size += (size_t)got;
		if (text->data[0] == STREAM_BEGINS)
			return 0;
		if (text->size > MAX_BYTES)
			return lt_fail(err, LT_DATA, "%s: not a list of class names", path);
	}
}

static int by_text(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;

	return strcmp(*one, *other);
}

static int check_twice(const char *const *names, int n, const char *path, struct lt_error *err)
{
	const char **sorted = lt_new_array((size_t)n, sizeof *sorted);
	int i, status = 0;

	if (!sorted)
		return lt_fail_memory(err);
	memcpy(sorted, names, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, by_text);
	for (i = 1; i < n && status == 0; i++)
		if (strcmp(sorted[i - 1], sorted[i]) == 0)
			status = lt_fail(err, LT_DATA, "%s: class \"%s\" is there twice", path,
					 sorted[i]);
	lt_free(sorted);
	return status;
}

static int open_list(const char *path, int *fd, struct lt_error *err)
{
	*fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
				     : open(path, O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? lt_fail_errno(err, LT_NOINPUT, "%s", path) : 0;
}

/* The stream from its beginning; the reader closes fd. */
static int from_stream(int fd, const char *path, struct lt_arena *arena,
		       const char *const **names, int *n, struct lt_error *err)
{
	struct lt_reader *reader;
	int status;

	if (lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return lt_fail(err, LT_USAGE,
			       "%s: a stream that gives class names must be a file", path);
	}
	status = lt_reader_open_fd(&reader, fd, path, err);
	if (status)
		return status;
	status = from_header(reader, arena, names, n, err);
	lt_reader_close(reader);
	return status;
}

int lt_class_list_read(const char *path, struct lt_arena *arena, const char *const **names,
		       int *n, struct lt_error *err)
{
	struct lt_buffer text = {0}, list = {0};
	const char **copy;
	int fd, status = open_list(path, &fd, err);

	if (status)
		return status;
	status = read_text(fd, &text, path, err);
	if (status == 0 && text.size && text.data[0] == STREAM_BEGINS) {
		status = from_stream(fd, path, arena, names, n, err);
	} else {
		close(fd);
		if (status == 0)
			status = from_lines((const char *)text.data, text.size, arena, &list,
					    path, err);
		copy = status ? NULL : lt_arena_alloc(arena, list.size);
		if (copy) {
			memcpy(copy, list.data, list.size);
			*names = copy;
			*n = (int)(list.size / sizeof *copy);
		} else if (status == 0) {
			status = lt_fail_memory(err);
		}
	}
	if (status == 0)
		status = check_twice(*names, *n, path, err);
	lt_buffer_free(&text);
	lt_buffer_free(&list);
	return status;
}
