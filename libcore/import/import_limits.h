/*
 * The limits on what an import keeps in memory, besides those of archive/input_limits.h and
 * format/format_limits.h.  ltimport(1) lists all of them.
 */
#ifndef LT_IMPORT_IMPORT_LIMITS_H
#define LT_IMPORT_IMPORT_LIMITS_H

#include <stdint.h>

#define LT_MAX_ARRAY_LABELS ((uint32_t)1 << 25) /* in one array of labels, 4 bytes each */

#define LT_MAX_LIST                                                                            \
	((uint64_t)4 << 30) /* bytes of a list of images; a line has LT_LINE_BYTES */

#endif
