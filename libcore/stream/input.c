/* Input of bytes: large reads go directly to their destination, small ones through a buffer. */
#include "stream/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "stream/not_stream.h"

#define BUFFER ((size_t)64 << 10)
#define PIECE ((size_t)256 << 10)
#define PIPE_SIZE (1 << 20)

int lt_input_open_fd(struct lt_input *input, int fd, const char *name, struct lt_error *err)
{
	struct stat st;
	int code = 0;

	*input = (struct lt_input){.fd = fd};
	if (fstat(fd, &st) != 0)
		code = lt_fail_errno(err, LT_NOINPUT, "%s", name);
	else if (S_ISDIR(st.st_mode))
		code = lt_not_stream_directory(name, err);
	else if (S_ISCHR(st.st_mode) && isatty(fd))
		code = lt_fail(err, LT_USAGE,
			       "%s: a terminal is not a stream; name a file or use a pipe",
			       name);
	else if (!(input->name = lt_text_copy(name)) || !(input->buffer = lt_new_bytes(BUFFER)))
		code = lt_fail_memory(err);
	if (code) {
		lt_input_close(input);
		return code;
	}
#ifdef F_SETPIPE_SZ
	if (S_ISFIFO(st.st_mode))
		fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
#endif
	return 0;
}

int lt_input_open(struct lt_input *input, const char *path, struct lt_error *err)
{
	int fd;

	if (!path || strcmp(path, "-") == 0)
		return lt_input_open_fd(input, STDIN_FILENO, "<stdin>", err);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return lt_fail_errno(err, LT_NOINPUT, "%s", path);
	return lt_input_open_fd(input, fd, path, err);
}

/* One read(2); 0 at the end. */
static int read_some(struct lt_input *input, void *to, size_t n, size_t *got,
		     struct lt_error *err)
{
	struct pollfd wait = {.fd = input->fd, .events = POLLIN};
	ssize_t result;
	int code;

	if (input->share) {
		code = lt_input_share_read(input, to, n, got, err);
		input->ended = code == 0 && *got == 0;
		return code;
	}
	for (;;) {
		result = read(input->fd, to, n);
		if (result >= 0) {
			*got = (size_t)result;
			input->ended = result == 0;
			return 0;
		}
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			poll(&wait, 1, -1);
		else if (errno != EINTR)
			return lt_fail_errno(err, LT_IO, "%s", input->name);
	}
}

int lt_input_take(struct lt_input *input, void *to, size_t n, size_t *got, struct lt_error *err)
{
	uint8_t *p = to;
	size_t step;
	int code = 0;

	*got = 0;
	while (*got < n && code == 0) {
		step = input->filled - input->at;
		if (step > 0) {
			if (step > n - *got)
				step = n - *got;
			memcpy(p + *got, input->buffer + input->at, step);
			input->at += step;
		} else if (input->ended) {
			break;
		} else if (n - *got >= BUFFER) {
			step = n - *got < PIECE ? n - *got : PIECE;
			code = read_some(input, p + *got, step, &step, err);
		} else {
			input->at = input->filled = 0;
			code = read_some(input, input->buffer, BUFFER, &input->filled, err);
			continue;
		}
		*got += code == 0 ? step : 0;
	}
	input->offset += *got;
	return code;
}

const uint8_t *lt_input_beginning(const struct lt_input *input, size_t *n)
{
	*n = input->filled;
	return input->offset == input->at ? input->buffer : NULL;
}

void lt_input_close(struct lt_input *input)
{
	lt_input_share_free(input->share);
	if (input->fd > STDIN_FILENO)
		close(input->fd);
	lt_free(input->name);
	lt_free(input->buffer);
	*input = (struct lt_input){.fd = -1};
}
