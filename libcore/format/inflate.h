/*
 * zlib: reads a compressed stream (RFC 1950) piece by piece and verifies its checksum; and the
 * CRC-32 of zip files.
 */
#ifndef LT_FORMAT_INFLATE_H
#define LT_FORMAT_INFLATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Up to room bytes; *got is less than room only at the source's end. */
typedef int lt_bytes_source(void *arg, void *to, size_t room, size_t *got,
			    struct lt_error *err);

struct lt_inflate;

/* where: name for messages; the caller keeps it.  zlib's memory counts in base/memory.h. */
int lt_inflate_new(struct lt_inflate **out, lt_bytes_source *source, void *arg,
		   const char *where, struct lt_error *err);
/*
 * Reads up to room decompressed bytes; *got is less than room only at the end, after the
 * checksum was verified.  LT_DATA: damaged, or the source ended too early.
 */
int lt_inflate_read(struct lt_inflate *inflate, void *to, size_t room, size_t *got,
		    struct lt_error *err);
/* NULL is allowed. */
void lt_inflate_free(struct lt_inflate *inflate);

/* Start with crc 0; pass the result to continue.  The CRC of "123456789" is cbf43926. */
uint32_t lt_crc32(uint32_t crc, const void *bytes, size_t n);

#endif
