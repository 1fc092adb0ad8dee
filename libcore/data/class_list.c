/*
 * Reads a list of class names from the header of a stream or from lines of text.
 */
#include "data/class_list.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/names.h"
#include "stream/lines.h"
#include "stream/mp.h"
#include "stream/stream.h"

#define STREAM_BEGINS 0x95 /* no UTF-8 text begins with it */
#define MAX_BYTES ((size_t)LT_MAX_CLASSES * (LT_MAX_NAME + 2))

/*
 * A header is trusted only if its whole stream is valid: the rest may be damaged, or the run
 * may have failed.
 */
static int read_to_end(struct lt_reader *reader, struct lt_error *err)
{
	enum lt_event event = LT_EV_HEADER;
	int status = 0;

	while (status == 0 && event != LT_EV_END)
		status = lt_reader_next(reader, &event, err);
	return status;
}

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

static int from_lines(struct lt_lines *lines, struct lt_arena *arena, struct lt_buffer *list,
		      struct lt_error *err)
{
	char *line;
	size_t size;
	int status;

	while ((status = lt_lines_next(lines, &line, &size, err)) == 0 && line) {
		if (size && line[size - 1] == '\r')
			size--;
		status = size ? add_name(arena, list, line, size, lines->path, err) : 0;
		if (status)
			return status;
	}
	if (status == 0 && list->size == 0)
		status = lt_fail(err, LT_DATA, "%s: no class names", lines->path);
	return status;
}

static int check_twice(const char *const *names, int n, const char *path, struct lt_error *err)
{
	struct lt_names table = {0};
	int twice, status = 0;

	if (!lt_names_fill(&table, names, n))
		return lt_fail_memory(err);
	twice = lt_names_twice(&table);
	if (twice >= 0)
		status = lt_fail(err, LT_DATA, "%s: class \"%s\" occurs twice", path,
				 names[twice]);
	lt_names_free(&table);
	return status;
}

/* A whole stream; closes the reader. */
static int from_reader(struct lt_reader *reader, struct lt_arena *arena,
		       const char *const **names, int *n, struct lt_error *err)
{
	int status = from_header(reader, arena, names, n, err);

	if (status == 0)
		status = read_to_end(reader, err);
	lt_reader_close(reader);
	return status;
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
	return status ? status : from_reader(reader, arena, names, n, err);
}

/* The names of a text, into the arena. */
static int from_text(struct lt_lines *lines, struct lt_arena *arena, const char *const **names,
		     int *n, struct lt_error *err)
{
	struct lt_buffer list = {0};
	const char **copy = NULL;
	int status = from_lines(lines, arena, &list, err);

	if (status == 0) {
		copy = lt_arena_alloc(arena, list.size);
		status = copy ? 0 : lt_fail_memory(err);
	}
	if (copy) {
		memcpy(copy, list.data, list.size);
		*names = copy;
		*n = (int)(list.size / sizeof *copy);
	}
	lt_buffer_free(&list);
	return status;
}

/* A text, or a stream in one file. */
static int from_file(const char *path, struct lt_arena *arena, const char *const **names,
		     int *n, struct lt_error *err)
{
	struct lt_lines lines;
	int byte, fd, status = lt_lines_open(&lines, path, MAX_BYTES, err);

	if (status)
		return status;
	status = lt_lines_peek(&lines, &byte, err);
	if (status == 0 && byte == STREAM_BEGINS) {
		fd = fcntl(lines.fd, F_DUPFD_CLOEXEC, 3);
		status = fd < 0 ? lt_fail_errno(err, LT_OS, "%s", path)
				: from_stream(fd, path, arena, names, n, err);
	} else if (status == 0) {
		status = from_text(&lines, arena, names, n, err);
	}
	lt_lines_close(&lines);
	return status;
}

int lt_class_list_read(const char *path, struct lt_arena *arena, const char *const **names,
		       int *n, struct lt_error *err)
{
	struct lt_file_list files = {0};
	struct lt_reader *reader;
	int status = lt_file_list_add(&files, path, err);

	if (status == 0 && !files.ranged)
		status = from_file(path, arena, names, n, err);
	else if (status == 0 && (status = lt_reader_open(&reader, path, err)) == 0)
		status = from_reader(reader, arena, names, n, err);
	lt_file_list_free(&files);
	return status ? status : check_twice(*names, *n, path, err);
}
