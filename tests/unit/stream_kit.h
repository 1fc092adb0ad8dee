/*
 * Streams in memory for the tests of libcore/stream: reads the bytes of a file, checks the
 * error for given bytes, builds frames by hand and finds the frames of a stream.
 */
#ifndef LT_TESTS_STREAM_KIT_H
#define LT_TESTS_STREAM_KIT_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "stream/frame.h"
#include "stream/stream.h"

struct bytes {
	uint8_t *data;
	size_t n;
};

/* Streams are written to this file and read back as bytes. */
static char kit_path[64];

static inline struct lt_output *kit_output(void)
{
	struct lt_output *output;
	struct lt_error err;

	if (!kit_path[0])
		snprintf(kit_path, sizeof kit_path, "/tmp/lt-kit-%ld.lts", (long)getpid());
	if (lt_output_open(&output, kit_path, &err)) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	return output;
}

static inline struct bytes kit_bytes(struct lt_output *output)
{
	struct bytes bytes = {0};
	struct lt_error err;
	FILE *file;
	long n;

	if (lt_output_finish(output, &err) || !(file = fopen(kit_path, "rb"))) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	fseek(file, 0, SEEK_END);
	n = ftell(file);
	rewind(file);
	bytes.data = malloc((size_t)n + 1);
	bytes.n = fread(bytes.data, 1, (size_t)n, file);
	fclose(file);
	unlink(kit_path);
	return bytes;
}

static inline struct bytes kit_copy(const void *data, size_t n)
{
	struct bytes bytes = {malloc(n + 1), n};

	if (n > 0)
		memcpy(bytes.data, data, n);
	return bytes;
}

static inline void kit_append(struct bytes *bytes, const void *data, size_t n)
{
	bytes->data = realloc(bytes->data, bytes->n + n + 1);
	if (n > 0)
		memcpy(bytes->data + bytes->n, data, n);
	bytes->n += n;
}

/* A descriptor for these bytes: an unlinked file, rewound. */
static inline int kit_file(const void *data, size_t n)
{
	FILE *file = tmpfile();
	int fd;

	if (!file || fwrite(data, 1, n, file) != n || fflush(file) != 0) {
		printf("Bail out! no temporary file\n");
		exit(1);
	}
	rewind(file);
	fd = dup(fileno(file));
	lseek(fd, 0, SEEK_SET);
	fclose(file);
	return fd;
}

/* Reads to the end; 0 or the error's code.  err->text is empty after success. */
static inline int kit_read_fd(int fd, struct lt_error *err)
{
	enum lt_event event = LT_EV_HEADER;
	struct lt_reader *reader;
	int code;

	*err = (struct lt_error){0};
	code = lt_reader_open_fd(&reader, fd, "in", err);
	while (code == 0 && event != LT_EV_END)
		code = lt_reader_next(reader, &event, err);
	lt_reader_close(reader);
	return code;
}

static inline int kit_read(const void *data, size_t n, struct lt_error *err)
{
	return kit_read_fd(kit_file(data, n), err);
}

/*
 * Finds the offsets of the frames, and the end after the last one; returns the number of
 * frames.
 */
static inline int kit_frames(const struct bytes *bytes, size_t *at, int room)
{
	size_t here = 0, meta, body;
	int n = 0;

	while (here < bytes->n && n < room - 1) {
		at[n++] = here;
		meta = lt_get_be32(bytes->data + here + 16);
		body = lt_get_be32(bytes->data + here + 21 + meta);
		here += 30 + meta + body;
	}
	at[n] = here;
	return n;
}

/* Appends a frame made of these parts. */
static inline void kit_frame(struct bytes *to, const char *kind, uint64_t seq, const void *meta,
			     size_t meta_n, const void *body, size_t body_n)
{
	uint8_t head[LT_FRAME_HEAD], between[5] = {0xc6}, tail[5] = {0xce};
	size_t start = to->n;

	lt_frame_head(head, kind, seq, (uint32_t)meta_n);
	lt_put_be32(between + 1, (uint32_t)body_n);
	kit_append(to, head, sizeof head);
	kit_append(to, meta, meta_n);
	kit_append(to, between, sizeof between);
	kit_append(to, body, body_n);
	lt_put_be32(tail + 1, lt_crc32c(0, to->data + start, to->n - start));
	kit_append(to, tail, sizeof tail);
}

/*
 * Appends a correct DONE for the one segment in bytes, with these class counts (n < 0:
 * none).
 */
static inline void kit_done(struct bytes *bytes, uint64_t rows, const uint64_t *counts, int n)
{
	struct lt_pack meta = {0};
	size_t at[64];
	uint32_t crcs = 0;
	int frames = kit_frames(bytes, at, 64), i;

	for (i = 0; i < frames; i++)
		crcs = lt_crcs_next(crcs, lt_get_be32(bytes->data + at[i + 1] - 4));
	lt_pack_map(&meta, n < 0 ? 4 : 5);
	lt_pack_text(&meta, "frames");
	lt_pack_uint(&meta, (uint64_t)frames);
	lt_pack_text(&meta, "rows");
	lt_pack_uint(&meta, rows);
	lt_pack_text(&meta, "bytes");
	lt_pack_uint(&meta, bytes->n);
	lt_pack_text(&meta, "crcs");
	lt_pack_uint(&meta, crcs);
	if (n >= 0) {
		lt_pack_text(&meta, "class_counts");
		lt_pack_array(&meta, (size_t)n);
		for (i = 0; i < n; i++)
			lt_pack_uint(&meta, counts[i]);
	}
	kit_frame(bytes, "DONE", (uint64_t)frames, meta.bytes.data, meta.bytes.size, NULL, 0);
	lt_pack_free(&meta);
}

#endif
