/*
 * Lines on stderr.  Each is "prog: text" in one write(2), so that lines of the
 * programs of a pipeline never mix, with control characters and bytes that are
 * not UTF-8 replaced by '?': names from other people's files end up here.
 */
#ifndef LT_CLI_MESSAGE_H
#define LT_CLI_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/* clear: first wipe a progress line off the terminal. */
void lt_message(const char *prog, const char *text, bool clear);

/* The line itself, with its newline: at most size - 1 bytes; returns its length. */
size_t lt_message_line(char *line, size_t size, const char *prog, const char *text);

/* Writes all of it to stderr, whatever signals come in between; errors have nowhere to go. */
void lt_stderr_write(const char *bytes, size_t n);

/* Bytes of the printable UTF-8 character that text begins with; 0: a control or not UTF-8. */
size_t lt_printable(const char *text);

#endif
