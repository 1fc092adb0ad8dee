/*
 * Writes a zip file (PKWARE's APPNOTE.TXT 6.3) without compression or time stamps, with
 * 64-bit sizes where needed.  Equal entries give equal bytes.
 */
#ifndef LT_FORMAT_ZIP_WRITER_H
#define LT_FORMAT_ZIP_WRITER_H

#include "stream/output.h"

struct lt_zip;

int lt_zip_new(struct lt_zip **out, struct lt_output *output, struct lt_error *err);
/*
 * Begins an entry of exactly size bytes, whose CRC-32 (format/inflate.h) is known.  The name is
 * UTF-8 and is copied; at most 65535 entries and 65535 bytes per name.
 */
int lt_zip_begin(struct lt_zip *zip, const char *name, uint64_t size, uint32_t crc,
		 struct lt_error *err);
int lt_zip_put(struct lt_zip *zip, const void *bytes, size_t n, struct lt_error *err);
/* Writes the directory of entries, which ends the file. */
int lt_zip_finish(struct lt_zip *zip, struct lt_error *err);
/* NULL is allowed. */
void lt_zip_free(struct lt_zip *zip);

#endif
