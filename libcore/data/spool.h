/*
 * Spools: bytes kept in an unlinked file, and inputs that can be read twice.
 *
 * A spool is a file without a name in $TMPDIR (/tmp where that is not set or
 * empty), so nothing is left behind however the program ends.
 */
#ifndef LT_DATA_SPOOL_H
#define LT_DATA_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "stream/stream.h"

struct lt_spool {
	int fd;
	uint64_t size;
};

/* LT_NOCREATE (or LT_NOPERM) with the directory's name. */
int lt_spool_open(struct lt_spool *spool, struct lt_error *err);
/* At the end.  LT_IO with the directory's name when it is full. */
int lt_spool_append(struct lt_spool *spool, const void *bytes, size_t n, struct lt_error *err);
/* n bytes from an offset; LT_BUG beyond the end. */
int lt_spool_read(const struct lt_spool *spool, uint64_t offset, void *to, size_t n,
		  struct lt_error *err);
void lt_spool_close(struct lt_spool *spool);

/*
 * A stream that is read more than once: a regular file from where it stands, or
 * stdin or any other pipe through a spool.  What does not begin like a stream
 * is not spooled beyond its first piece: the reader says what is wrong with it.
 */
struct lt_twice {
	const char *name; /* for messages; the caller's path must live as long */
	int fd;
	int64_t start; /* where the stream begins in fd */
	struct lt_spool spool;
};

/*
 * path NULL or "-": stdin.  Errors are those of lt_reader_open.  *twice need
 * not be set up before; after an error there is nothing to close.
 */
int lt_twice_open(struct lt_twice *twice, const char *path, struct lt_error *err);
/* A reader from the start; only one at a time, closed before lt_twice_close. */
int lt_twice_reader(struct lt_twice *twice, struct lt_reader **out, struct lt_error *err);
void lt_twice_close(struct lt_twice *twice);

#endif
