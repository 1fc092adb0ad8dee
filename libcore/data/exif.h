/*
 * Single tags out of the directory of a TIFF file, which is also what EXIF data
 * are, without a library: the reader is bounded by the bytes it is given, looks
 * at the first directory alone and follows no other link, so nothing in the
 * bytes can make it loop.  Source: TIFF 6.0, section 2; EXIF 2.32, section 4.5.
 */
#ifndef LT_DATA_EXIF_H
#define LT_DATA_EXIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LT_TAG_BITS = 258, LT_TAG_PHOTOMETRIC = 262, LT_TAG_ORIENTATION = 274 };

/*
 * The first value of a tag of type BYTE, SHORT or LONG; false when the bytes are
 * no TIFF file, the tag is missing or its value lies outside the bytes.
 */
bool lt_tiff_tag(const uint8_t *bytes, size_t n, unsigned tag, uint32_t *value);

/*
 * The orientation 1 … 8 that EXIF data ask for ("Exif" and two zeros may stand
 * before them); 1, as it is, when they are damaged or do not say.
 */
int lt_exif_orientation(const uint8_t *bytes, size_t n);

#endif
