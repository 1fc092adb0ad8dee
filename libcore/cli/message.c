/* Lines on stderr: see message.h. */
#include "cli/message.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"

#define WIPE "\r\033[K"

/* Appends text from *used on, keeping one byte for the newline. */
static void append(char *line, size_t size, size_t *used, const char *text)
{
	size_t n;

	for (; *text; text += n) {
		n = lt_printable(text);
		if (*used + (n ? n : 1) > size - 2)
			return;
		if (n)
			memcpy(line + *used, text, n);
		else
			line[*used] = '?';
		n = n ? n : 1;
		*used += n;
	}
}

size_t lt_message_line(char *line, size_t size, const char *prog, const char *text)
{
	size_t used = 0;

	append(line, size, &used, prog);
	append(line, size, &used, ": ");
	append(line, size, &used, text);
	line[used++] = '\n';
	line[used] = '\0';
	return used;
}

void lt_stderr_write(const char *bytes, size_t n)
{
	ssize_t sent;

	while (n > 0) {
		sent = write(STDERR_FILENO, bytes, n);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return;
		bytes += sent;
		n -= (size_t)sent;
	}
}

void lt_message(const char *prog, const char *text, bool clear)
{
	char line[1400];
	size_t wipe = clear ? sizeof(WIPE) - 1 : 0;
	size_t n;

	memcpy(line, WIPE, wipe);
	n = lt_message_line(line + wipe, sizeof(line) - wipe, prog, text);
	lt_stderr_write(line, wipe + n);
}
