/*
 * Inputs that are not streams: directories, archives and images, which lt import converts to
 * rows.  The error message explains this.
 */
#ifndef LT_STREAM_NOT_STREAM_H
#define LT_STREAM_NOT_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The error for a directory: LT_NOINPUT. */
int lt_not_stream_directory(const char *name, struct lt_error *err);
/*
 * Writes to text what kind of input begins with these n bytes and how to convert it, to be
 * appended to "not an LTS1 stream"; nothing for an unknown kind.  Tar archives need 262
 * bytes, all others at most 20.
 */
void lt_not_stream_advice(const uint8_t *bytes, size_t n, const char *name, char *text,
			  size_t room);

#endif
