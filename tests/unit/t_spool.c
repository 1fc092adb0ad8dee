/* Spools, and streams that are read twice from a file or a pipe. */
#include "data/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

static void check_bytes(void)
{
	struct lt_spool spool;
	struct lt_error err;
	char got[8] = "";

	if (!check_int(lt_spool_open(&spool, &err), 0))
		return;
	check_int(lt_spool_append(&spool, "hello", 5, &err), 0);
	check_int(lt_spool_append(&spool, " you", 4, &err), 0);
	check_int(spool.size, 9);
	check_int(lt_spool_read(&spool, 4, got, 3, &err), 0);
	check_text(got, "o y");
	check_int(lt_spool_read(&spool, 6, got, 3, &err), 0);
	check_text(got, "you");
	check_int(lt_spool_read(&spool, 7, got, 3, &err), LT_BUG);
	check_int(lt_spool_read(&spool, 9, got, 0, &err), 0);
	check(fcntl(spool.fd, F_GETFD) & FD_CLOEXEC);
	lt_spool_close(&spool);
	lt_spool_close(&spool);
	setenv("TMPDIR", "/nonexistent/either", 1);
	check_int(lt_spool_open(&spool, &err), LT_NOCREATE);
	check(strstr(err.text, "/nonexistent/either: ") == err.text);
	unsetenv("TMPDIR");
}

/* Writes a small stream of one column to an unnamed file. */
static int make_stream(struct lt_error *err)
{
	char path[] = "/tmp/lt-t_spool.XXXXXX";
	struct lt_shape shape = {1, {100}};
	struct lt_output *output;
	struct lt_writer *writer;
	struct lt_header header;
	uint8_t cell[100] = {0};
	const void *cells[] = {cell};
	int i, fd = mkstemp(path), code;

	close(fd);
	lt_header_init(&header, LT_ROWS);
	code = lt_header_add_column(&header, "image", LT_U1, shape, "input", err);
	if (code == 0)
		code = lt_output_open(&output, path, err);
	if (code == 0)
		code = lt_writer_begin(&writer, output, &header, err);
	for (i = 0; i < 500 && code == 0; i++) {
		cell[0] = (uint8_t)i;
		code = lt_writer_row(writer, cells, NULL, err);
	}
	if (code == 0)
		code = lt_writer_done(writer, NULL, err);
	if (code == 0)
		code = lt_output_finish(output, err);
	lt_header_free(&header);
	fd = code == 0 ? open(path, O_RDONLY) : -1;
	unlink(path);
	return fd;
}

static int open_twice(struct lt_twice *twice, const char *path, struct lt_error *err)
{
	static const char *paths[1];

	paths[0] = path;
	return lt_twice_open(twice, paths, 1, err);
}

static uint64_t count_rows(struct lt_twice *twice, struct lt_error *err)
{
	struct lt_reader *reader;
	enum lt_event event = LT_EV_NOTE;
	uint64_t n = 0;

	if (lt_twice_reader(twice, &reader, err) != 0)
		return 0;
	while (event != LT_EV_END && lt_reader_next(reader, &event, err) == 0)
		if (event == LT_EV_ROWS)
			n += lt_reader_rows(reader)->n;
	lt_reader_close(reader);
	return event == LT_EV_END ? n : 0;
}

/* Makes fd stdin. */
static void check_stdin(int fd, const char *what)
{
	struct lt_twice twice;
	struct lt_error err = {0};

	dup2(fd, STDIN_FILENO);
	close(fd);
	if (!check_named(open_twice(&twice, "-", &err) == 0, what))
		return;
	check_text(twice.name, "<stdin>");
	check_int(count_rows(&twice, &err), 500);
	check_int(count_rows(&twice, &err), 500);
	lt_twice_close(&twice);
}

/* A pipe that a child process fills. */
static int make_pipe(int from)
{
	char piece[4096];
	int ends[2];
	ssize_t n;

	if (pipe(ends) != 0)
		return -1;
	if (fork() == 0) {
		close(ends[0]);
		while ((n = read(from, piece, sizeof piece)) > 0)
			if (write(ends[1], piece, (size_t)n) != n)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	close(from);
	return ends[0];
}

static void check_refusals(void)
{
	struct lt_twice twice;
	struct lt_error err = {0};

	check_int(open_twice(&twice, "/nonexistent/file", &err), LT_NOINPUT);
	check_int(open_twice(&twice, "/", &err), LT_NOINPUT);
	/* An endless source that is not a stream is read only up to its first piece. */
	if (check_int(open_twice(&twice, "/dev/zero", &err), 0)) {
		check(twice.spool.size < 1 << 20);
		check_int(count_rows(&twice, &err), 0);
		check(strstr(err.text, "/dev/zero:0: ") == err.text);
		lt_twice_close(&twice);
	}
}

int main(void)
{
	struct lt_error err = {0};
	int fd;

	check_bytes();
	check_refusals();
	fd = make_stream(&err);
	if (check(fd >= 0)) {
		check_stdin(fd, "a regular file as stdin");
		fd = make_stream(&err);
		lseek(fd, 0, SEEK_SET);
		check_stdin(make_pipe(fd), "a pipe as stdin");
	}
	return check_done();
}
