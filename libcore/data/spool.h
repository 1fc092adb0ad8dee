/*
 * Spools: bytes in an unlinked file, and inputs that can be read twice.
 *
 * A spool is an unlinked file in $TMPDIR (/tmp if that is unset or empty), so nothing is
 * left behind, however the program ends.
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

/* LT_NOCREATE or LT_NOPERM; the message names the directory. */
int lt_spool_open(struct lt_spool *spool, struct lt_error *err);
/* Appends.  LT_IO if the disk is full; the message names the directory. */
int lt_spool_append(struct lt_spool *spool, const void *bytes, size_t n, struct lt_error *err);
/* Reads n bytes at an offset; LT_BUG beyond the end. */
int lt_spool_read(const struct lt_spool *spool, uint64_t offset, void *to, size_t n,
		  struct lt_error *err);
/* Announces that these n bytes are read soon, so that the system may fetch them.  Has no other
 * effect. */
void lt_spool_expect(const struct lt_spool *spool, uint64_t offset, uint64_t n);
void lt_spool_close(struct lt_spool *spool);

/*
 * A stream that is read more than once: a regular file from its current offset, several files
 * (lt_reader_open_list) by name, or stdin or another pipe through a spool.  Input that does not
 * begin like a stream is spooled only up to its first piece; the reader then reports what is
 * wrong with it.
 */
struct lt_twice {
	const char *name;	  /* for messages; the caller's paths must live as long */
	const char *const *paths; /* n of them */
	int n;
	int fd;	       /* -1: several files */
	char *names;   /* owns the name of several */
	int64_t start; /* where the stream begins in fd */
	struct lt_spool spool;
};

/*
 * n paths, of which several are files; NULL or "-": stdin.  Errors are those of
 * lt_reader_open_list.  *twice need not be initialised; after an error there is nothing to
 * close.
 */
int lt_twice_open(struct lt_twice *twice, const char *const *paths, int n,
		  struct lt_error *err);
/* Opens a reader at the start; only one at a time, to be closed before lt_twice_close. */
int lt_twice_reader(struct lt_twice *twice, struct lt_reader **out, struct lt_error *err);
void lt_twice_close(struct lt_twice *twice);

#endif
