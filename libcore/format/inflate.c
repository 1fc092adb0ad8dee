/*
 * zlib: compressed streams and the CRC-32 of zip files.
 */
#include "format/inflate.h"

#include <limits.h>
#include <stdbool.h>
#include <zlib.h>

#include "base/memory.h"

#define PIECE ((size_t)64 << 10)

struct lt_inflate {
	z_stream stream;
	lt_bytes_source *source;
	void *arg;
	const char *where;
	bool drained, ended; /* the source; the stream */
	uint8_t piece[PIECE];
};

static void *take_memory(void *arg, uInt n, uInt size)
{
	(void)arg;
	return lt_new_array(n, size);
}

static void give_memory(void *arg, void *block)
{
	(void)arg;
	lt_free(block);
}

int lt_inflate_new(struct lt_inflate **out, lt_bytes_source *source, void *arg,
		   const char *where, struct lt_error *err)
{
	struct lt_inflate *inflate = lt_new_array(1, sizeof *inflate);

	if (!inflate)
		return lt_fail_memory(err);
	inflate->source = source;
	inflate->arg = arg;
	inflate->where = where;
	inflate->stream.zalloc = take_memory;
	inflate->stream.zfree = give_memory;
	if (inflateInit(&inflate->stream) != Z_OK) {
		lt_free(inflate);
		return lt_fail_memory(err);
	}
	*out = inflate;
	return 0;
}

/* Reads more compressed bytes if all of them are consumed. */
static int refill(struct lt_inflate *in, struct lt_error *err)
{
	size_t got;
	int status;

	if (in->stream.avail_in > 0 || in->drained)
		return 0;
	status = in->source(in->arg, in->piece, PIECE, &got, err);
	in->drained = got < PIECE;
	in->stream.next_in = in->piece;
	in->stream.avail_in = (uInt)got;
	return status;
}

int lt_inflate_read(struct lt_inflate *in, void *to, size_t room, size_t *got,
		    struct lt_error *err)
{
	z_stream *stream = &in->stream;
	int status, code;

	for (*got = 0; *got < room && !in->ended;) {
		status = refill(in, err);
		if (status)
			return status;
		stream->next_out = (uint8_t *)to + *got;
		stream->avail_out = room - *got < INT_MAX ? (uInt)(room - *got) : INT_MAX;
		code = inflate(stream, Z_NO_FLUSH);
		*got = (size_t)(stream->next_out - (uint8_t *)to);
		in->ended = code == Z_STREAM_END;
		if (code == Z_MEM_ERROR)
			return lt_fail_memory(err);
		/* Z_BUF_ERROR: the input is too short. */
		if (code != Z_OK && code != Z_STREAM_END)
			return lt_fail(err, LT_DATA, "%s: %s", in->where,
				       code == Z_BUF_ERROR ? "truncated"
							   : "damaged compressed data");
	}
	return 0;
}

void lt_inflate_free(struct lt_inflate *inflate)
{
	if (inflate)
		inflateEnd(&inflate->stream);
	lt_free(inflate);
}

uint32_t lt_crc32(uint32_t crc, const void *bytes, size_t n)
{
	return (uint32_t)crc32_z(crc, bytes, n);
}
