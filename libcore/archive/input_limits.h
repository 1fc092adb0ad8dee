/*
 * The limits on what programs keep in memory of an archive or directory, whatever a header
 * claims and however well it was compressed.  ltimport(1) lists them too.  All of this memory
 * also counts against --max-memory (base/memory.h).
 */
#ifndef LT_ARCHIVE_INPUT_LIMITS_H
#define LT_ARCHIVE_INPUT_LIMITS_H

#include <stdint.h>

#define LT_MAX_ENTRY_NAME 4096 /* bytes of an entry's name with its directories */

/*
 * An index of names above this size must not be larger than the input.  An image of one
 * pixel has more bytes than its entry in the index; a compressed name may have fewer.
 */
#define LT_FREE_INDEX ((uint64_t)64 << 20)

/*
 * Directories of a tree that are reached through symbolic links, counted each time.  If
 * every directory links to several others, the number of paths grows exponentially.
 */
#define LT_MAX_LINKED_DIRECTORIES ((uint64_t)1 << 18)

/*
 * Bytes of small files that stay in memory after the checksum is computed, to avoid a second
 * reading: at most this many, and at most one eighth of what --max-memory leaves.
 */
#define LT_MAX_KEPT ((size_t)64 << 20)

#define LT_MAX_ENCODED ((uint64_t)256 << 20) /* bytes of an encoded image */

/* Texts kept in memory: class names beside CIFAR's batches, and STL-10's labels. */
#define LT_MAX_TEXT ((uint64_t)1 << 20)	 /* each */
#define LT_MAX_TEXTS ((uint64_t)4 << 20) /* all texts of an input */

#endif
