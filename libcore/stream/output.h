/*
 * Outputs: stdout, or a file that appears completely or not at all.
 *
 * /dev/stdout, /dev/stderr and /dev/fd/N denote the descriptors.  Symlinks of other
 * paths are resolved.  An existing path that is not a regular file (/dev/full, a
 * FIFO) is opened and written directly.  Otherwise a temporary file with a unique
 * name in the same directory (mode by umask) is written, synced and renamed, and the
 * directory is synced.  lt_output_abort and signals (base/signals.h) unlink it.
 *
 * On EPIPE the process dies of SIGPIPE without a message, even if that signal was
 * inherited as ignored.
 */
#ifndef LT_STREAM_OUTPUT_H
#define LT_STREAM_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct lt_output;

/* path NULL or "-": stdout (never closed before lt_output_finish). */
int lt_output_open(struct lt_output **out, const char *path, struct lt_error *err);
/* Whether opening this path creates or replaces a file instead of writing into it. */
bool lt_output_replaces(const char *path);
const char *lt_output_name(const struct lt_output *output); /* "<stdout>" or the path */
int lt_output_write(struct lt_output *output, const void *bytes, size_t n,
		    struct lt_error *err);
/* The same for n blocks of size bytes each, without copying them together. */
int lt_output_write_blocks(struct lt_output *output, uint8_t *const *block, size_t n,
			   size_t size, struct lt_error *err);
int lt_output_printf(struct lt_output *output, struct lt_error *err, const char *fmt, ...)
	LT_PRINTF(3, 4);
/* Writes the buffer to the file or pipe. */
int lt_output_flush(struct lt_output *output, struct lt_error *err);
/* Whether a path could be that of such a temporary file. */
bool lt_output_is_temporary(const char *name);
/* Flushes, syncs, renames, closes, frees.  On failure the temporary is removed. */
int lt_output_finish(struct lt_output *output, struct lt_error *err);
/* Removes the temporary and frees; NULL is allowed. */
void lt_output_abort(struct lt_output *output);
/*
 * Whether two paths refer to the same file, following symlinks: both exist with the same
 * device and inode, or a file that does not exist yet would have the same name in the same
 * directory.  False if a path is NULL or "-" (a standard stream) or cannot be looked up.
 */
bool lt_same_file(const char *a, const char *b);
/* Whether it is a pipe or socket whose reader has closed it (poll; false for files). */
bool lt_output_reader_gone(const struct lt_output *output);
bool lt_output_is_terminal(const struct lt_output *output);

#endif
