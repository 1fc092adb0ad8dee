/*
 * Reading a file of weights at any offset.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/read_at.h"
#include "stream/stream.h"
#include "weights/weights_parts.h"

#define PIECE ((size_t)64 << 10)

int lt_weights_wrong(const struct lt_weights *weights, struct lt_error *err, const char *fmt,
		     ...)
{
	char text[700];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return lt_fail(err, LT_DATA, "%s: %s", weights->file.name, text);
}

int lt_weights_at(const struct lt_weights *weights, uint64_t at, void *to, size_t n,
		  struct lt_error *err)
{
	const struct lt_weights_file *file = &weights->file;
	ssize_t got;

	if (at > file->size || n > file->size - at)
		return lt_weights_wrong(weights, err, "truncated after %" PRIu64 " bytes",
					file->size);
	if (file->fd < 0) {
		if (n > 0)
			memcpy(to, file->memory + at, n);
		return 0;
	}
	got = lt_read_at(file->fd, to, n, at);
	if (got < 0)
		return lt_fail_errno(err, LT_IO, "%s", file->name);
	if (got != (ssize_t)n)
		return lt_weights_wrong(weights, err, "it became shorter");
	return 0;
}

int lt_weights_totals(struct lt_weights *weights, uint64_t *bytes, uint32_t *crc,
		      struct lt_error *err)
{
	uint64_t at = 0, size = weights->file.size;
	uint8_t *piece = lt_new_bytes(PIECE);
	int status = piece ? 0 : lt_fail_memory(err);

	*bytes = size;
	*crc = 0;
	while (status == 0 && at < size) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;

		status = lt_weights_at(weights, at, piece, n, err);
		if (status == 0)
			*crc = lt_crc32c(*crc, piece, n);
		at += n;
	}
	lt_free(piece);
	return status;
}
