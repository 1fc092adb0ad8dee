/*
 * Lines on stderr.  Each is "prog: text" in one write(2), so lines of several
 * programs in a pipeline do not mix.  Control characters and bytes that are not
 * UTF-8 are replaced by '?', because messages contain names from foreign files.
 */
#ifndef LT_CLI_MESSAGE_H
#define LT_CLI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* clear: first clear a progress line on the terminal. */
void lt_message(const char *prog, const char *text, bool clear);

/* The line itself, with its newline: at most size - 1 bytes; returns its length. */
size_t lt_message_line(char *line, size_t size, const char *prog, const char *text);

/* Writes all bytes to stderr, even if interrupted by signals; ignores errors. */
void lt_stderr_write(const char *bytes, size_t n);

#endif
