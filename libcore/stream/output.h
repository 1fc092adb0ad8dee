/*
 * Outputs: stdout, or a file that appears whole or not at all.
 *
 * /dev/stdout, /dev/stderr and /dev/fd/N are the descriptors themselves.  Any other
 * path's symlinks are resolved; what exists and is not a regular file
 * (/dev/full, a FIFO) is opened and written directly; otherwise a uniquely
 * named temporary beside the target (mode by umask) is written, synced and
 * renamed, and the directory synced.  The temporary is unlinked by
 * lt_output_abort, and on SIGINT, SIGTERM and SIGHUP once lt_output_catch_signals
 * was called.
 *
 * EPIPE: the process dies of SIGPIPE, silently, even where that signal was
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
/* Would opening this path make or replace a file, rather than write into what is there? */
bool lt_output_replaces(const char *path);
const char *lt_output_name(const struct lt_output *output); /* "<stdout>" or the path */
int lt_output_write(struct lt_output *output, const void *bytes, size_t n,
		    struct lt_error *err);
int lt_output_printf(struct lt_output *output, struct lt_error *err, const char *fmt, ...)
	LT_PRINTF(3, 4);
/* Sends what is buffered on to the file or pipe. */
int lt_output_flush(struct lt_output *output, struct lt_error *err);
/* Flushes, syncs, renames, closes, frees.  On failure nothing is left behind. */
int lt_output_finish(struct lt_output *output, struct lt_error *err);
/* Removes the temporary and frees; NULL is allowed. */
void lt_output_abort(struct lt_output *output);
/*
 * Do two paths name one file?  True where both exist with one device and inode, and
 * where a file that is not there yet would come under one name in one directory, the
 * symlinks of both followed.  False where a path is NULL or "-" (a standard stream) and
 * where it cannot be looked up.
 */
bool lt_same_file(const char *a, const char *b);
/* Is it a pipe or socket whose reader has gone?  (poll; false for files) */
bool lt_output_reader_gone(const struct lt_output *output);
bool lt_output_is_terminal(const struct lt_output *output);
/*
 * From now on SIGINT, SIGTERM, SIGHUP and SIGPIPE unlink the temporaries of open
 * outputs before they kill.  The first three stay ignored where they were.
 */
void lt_output_catch_signals(void);
/* Unlinks the temporaries of all open outputs, as a signal does; for a process that ends. */
void lt_output_unlink_temporaries(void);
/* Dies as a writer to a closed pipe does: SIGPIPE with its default action. */
_Noreturn void lt_die_of_sigpipe(void);

#endif
