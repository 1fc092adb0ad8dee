/*
 * What ltimport keeps of an input, whatever it announces and however far it was
 * compressed.  The numbers are in ltimport(1) too.  Everything below counts against
 * --max-memory as well (base/memory.h).
 */
#ifndef LT_DATA_IMPORT_LIMITS_H
#define LT_DATA_IMPORT_LIMITS_H

#include <stdint.h>

#define LT_MAX_ENTRY_NAME 4096 /* bytes of an entry's name with its directories */

/*
 * An index of names above this size must not be larger than the input: an image of
 * one pixel takes more bytes than its place in the index, a compressed name does not.
 */
#define LT_FREE_INDEX ((uint64_t)64 << 20)

#define LT_MAX_ENCODED ((uint64_t)256 << 20) /* bytes of an encoded image */

/* Texts that are kept in memory: lists of class names beside CIFAR's batches. */
#define LT_MAX_TEXT ((uint64_t)1 << 20)	 /* one of them */
#define LT_MAX_TEXTS ((uint64_t)4 << 20) /* all of an input */

#define LT_MAX_IDX_LABELS ((uint32_t)1 << 25) /* in one IDX file: a byte each */

#endif
