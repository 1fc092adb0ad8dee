/*
 * Shared by the fuzz targets: an output that discards its bytes, unnamed files of given
 * bytes, and streams with corrected checksums.
 */
#ifndef LT_TESTS_FUZZ_KIT_H
#define LT_TESTS_FUZZ_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A condition that must hold for every input. */
static inline void check(bool good)
{
	if (!good)
		abort();
}

/* Checks the code of an invalid input, which must come with a text. */
static inline void check_refusal(int code, const struct lt_error *err)
{
	check(code == LT_DATA || code == LT_USAGE || code == LT_OS);
	check(err->code == code && err->text[0]);
}

static inline struct lt_output *kit_output(void)
{
	static struct lt_output *output;

	if (!output)
		check(lt_output_open(&output, "/dev/null", NULL) == 0);
	return output;
}

/* An unnamed file in memory with these bytes, at its beginning. */
static inline int kit_file(const void *bytes, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	check(fd >= 0 && write(fd, bytes, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

struct kit_path {
	char text[32];
};

/* A path of that file, for functions that open it themselves. */
static inline struct kit_path kit_path(int fd)
{
	struct kit_path path;

	snprintf(path.text, sizeof path.text, "/dev/fd/%d", fd);
	return path;
}

/*
 * Corrects the sequence number and the CRC of every frame that can be found: mutations
 * would otherwise rarely get past the first frame.
 */
void kit_repair(uint8_t *data, size_t size);

/*
 * A complete segment: the frames of a stream up to its first DONE or the first one that a
 * reader rejects, with corrected checksums and a matching DONE.  *out is empty if even the
 * header is invalid.  The caller frees it.
 */
size_t kit_whole(const uint8_t *data, size_t size, uint8_t **out);

#endif
