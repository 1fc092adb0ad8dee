/*
 * Reads single tags from the directory of a TIFF file, or of EXIF data, which have
 * the same form, without a library.  The reader stays within the given bytes, reads
 * only the first directory and follows no links, so no input can make it loop.  Source:
 * TIFF 6.0, section 2; EXIF 2.32, section 4.5.
 */
#ifndef LT_IMAGE_EXIF_H
#define LT_IMAGE_EXIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LT_TAG_BITS = 258, LT_TAG_PHOTOMETRIC = 262, LT_TAG_ORIENTATION = 274 };

/*
 * The first value of a tag of type BYTE, SHORT or LONG; false if the bytes are not
 * a TIFF file, the tag is missing, or its value is outside the bytes.
 */
bool lt_tiff_tag(const uint8_t *bytes, size_t n, unsigned tag, uint32_t *value);

/*
 * The orientation 1 … 8 in EXIF data, which may begin with "Exif" and two zeros;
 * 1 (upright) if they are damaged or have none.
 */
int lt_exif_orientation(const uint8_t *bytes, size_t n);

#endif
