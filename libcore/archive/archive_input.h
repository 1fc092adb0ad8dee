/*
 * The bytes of an archive: a regular file, a pipe or memory, read in blocks that are
 * counted and checksummed; except for a pipe, also at any offset.
 *
 * The directory of a zip file is at its end.  A zip file from a pipe is copied to an
 * unlinked file in TMPDIR and is then treated as a regular file.
 */
#ifndef LT_ARCHIVE_ARCHIVE_INPUT_H
#define LT_ARCHIVE_ARCHIVE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "archive/archive.h"
#include "base/error.h"

struct lt_archive_input {
	enum lt_archive_kind kind; /* not LT_ARCHIVE_TREE */
	const char *name;	   /* for messages; the owner's */
	int fd;			   /* the owner's; for a copied pipe that of the copy */
	uint64_t base;		   /* offset of the input in the descriptor */
	const uint8_t *memory;
	uint64_t size;	 /* of a file or memory */
	uint8_t *block;	 /* the last block; the owner's, LT_ARCHIVE_BLOCK bytes */
	size_t pending;	 /* bytes of a pipe that were peeked at, in block */
	uint64_t at;	 /* offset of the next byte */
	uint64_t summed; /* bytes covered by crc, from the first */
	uint32_t crc;
	uint64_t zeros;	 /* number of zero bytes at the end of what was read */
	int io_error;	 /* errno of a read that failed */
	time_t modified; /* of a regular file: its last change when it was opened */
};

#define LT_ARCHIVE_BLOCK ((size_t)128 << 10)

/*
 * Finds the kind of an open descriptor that is not a directory, from its current offset.
 * Peeks at the first bytes of a pipe.  A terminal is LT_USAGE.
 */
int lt_archive_input_open(struct lt_archive_input *input, struct lt_error *err);

/* Reads the next block into input->block; returns its length, 0 at the end, -1 with io_error.
 */
ssize_t lt_archive_input_next(struct lt_archive_input *input);

/* Reads n bytes at an offset; *got is less than n only at the end.  Not for a pipe, and not
 * added to the checksum. */
int lt_archive_input_at(const struct lt_archive_input *input, uint64_t at, void *to, size_t n,
			size_t *got, struct lt_error *err);

/* Whether a regular file still has the length and the time of its last change that it had when
 * it was opened. */
bool lt_archive_input_is_same(const struct lt_archive_input *input);

#endif
