#include "page/raster.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/spool.h"

extern char **environ;

/*
 * Starts the converter, reading from in and writing to out; its messages are discarded,
 * because errors are one line.
 */
static int start(pid_t *pid, int in, int out, struct lt_error *err)
{
	static char name[] = "rsvg-convert", format[] = "--format=png", zoom[] = "--zoom=2";
	char *argv[] = {name, format, zoom, NULL};
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error == 0) {
		error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
		if (error == 0)
			error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
		if (error == 0)
			error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
								 "/dev/null", O_WRONLY, 0);
		if (error == 0)
			error = posix_spawnp(pid, name, &actions, NULL, argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	if (error == ENOENT)
		return lt_fail(
			err, LT_OS,
			"a PNG needs the program rsvg-convert (librsvg), which is not in "
			"PATH; SVG needs nothing");
	errno = error;
	return error ? lt_fail_errno(err, LT_OS, "rsvg-convert") : 0;
}

static int read_all(int fd, struct lt_buffer *out, struct lt_error *err)
{
	uint8_t block[16384];
	ssize_t got;

	for (;;) {
		got = read(fd, block, sizeof block);
		if (got == 0)
			return 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return lt_fail_errno(err, LT_IO, "rsvg-convert");
		if (!lt_buffer_append(out, block, (size_t)got))
			return lt_fail_memory(err);
	}
}

static int finish(pid_t pid, struct lt_error *err)
{
	int status;
	pid_t done;

	do {
		done = waitpid(pid, &status, 0);
	} while (done < 0 && errno == EINTR);
	if (done == pid && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return lt_fail(err, LT_OS, "rsvg-convert could not be run");
	if (done == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return lt_fail(err, LT_OS, "rsvg-convert failed");
}

/* Input is a file: the converter reads all of it before it writes, so no pipe can fill. */
static int convert(int in, struct lt_buffer *png, struct lt_error *err)
{
	int ends[2], code, ended;
	pid_t pid;

	if (pipe(ends) != 0)
		return lt_fail_errno(err, LT_OS, "no pipe from rsvg-convert");
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	code = start(&pid, in, ends[1], err);
	close(ends[1]);
	if (code != 0) {
		close(ends[0]);
		return code;
	}
	code = read_all(ends[0], png, err);
	close(ends[0]);
	ended = finish(pid, code ? NULL : err);
	return code ? code : ended;
}

bool lt_raster_wanted(const char *path)
{
	size_t n = path ? strlen(path) : 0;

	return n > 4 && strcmp(path + n - 4, ".png") == 0;
}

static int make_png(const struct lt_markup *svg, struct lt_buffer *png, struct lt_error *err)
{
	struct lt_spool spool;
	int code = lt_spool_open(&spool, err);

	if (code != 0)
		return code;
	code = lt_spool_append(&spool, svg->out.data, svg->out.size, err);
	if (code == 0 && lseek(spool.fd, 0, SEEK_SET) != 0)
		code = lt_fail_errno(err, LT_IO, "the temporary file of the PNG");
	if (code == 0)
		code = convert(spool.fd, png, err);
	lt_spool_close(&spool);
	return code;
}

int lt_raster_as_named(struct lt_markup *figure, const char *path, struct lt_error *err)
{
	struct lt_markup png = {0};
	int code;

	if (!lt_raster_wanted(path))
		return 0;
	code = make_png(figure, &png.out, err);
	if (code != 0) {
		lt_markup_free(&png);
		return code;
	}
	lt_markup_free(figure);
	*figure = png;
	return 0;
}
