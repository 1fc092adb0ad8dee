/*
 * What fuzz targets share: an output that keeps nothing, bytes as a file without
 * a name, and streams whose sums are put right.
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

/* What must hold whatever the input is. */
static inline void check(bool good)
{
	if (!good)
		abort();
}

/* The codes of an input that is not good; each comes with a text. */
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

/* A file of these bytes in memory, at its beginning. */
static inline int kit_file(const void *bytes, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	check(fd >= 0 && write(fd, bytes, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

struct kit_path {
	char text[32];
};

/* A name of that file for functions that open it themselves. */
static inline struct kit_path kit_path(int fd)
{
	struct kit_path path;

	snprintf(path.text, sizeof path.text, "/dev/fd/%d", fd);
	return path;
}

/*
 * Gives every frame that can be found its number in the segment and its CRC: a mutation
 * would otherwise seldom come past the first one.
 */
void kit_repair(uint8_t *data, size_t size);

/*
 * One whole segment: the frames of a stream up to its first DONE or what a reader
 * does not accept, sealed, with the DONE that fits them.  *out is empty where not even
 * the header is good.  The caller frees it.
 */
size_t kit_whole(const uint8_t *data, size_t size, uint8_t **out);

#endif
