/*
 * The limits on what ltimport keeps of an input in memory, whatever a header claims and
 * however well the input was compressed.  ltimport(1) lists them too.  All of this memory
 * also counts against --max-memory (base/memory.h).
 */
#ifndef LT_IMPORT_IMPORT_LIMITS_H
#define LT_IMPORT_IMPORT_LIMITS_H

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

#define LT_MAX_ARRAY_LABELS ((uint32_t)1 << 25) /* in one array of labels, 4 bytes each */
#define LT_MAX_NPY_HEADER ((size_t)64 << 10)	/* text before the elements of .npy */

/* Of a pickle.  Longer strings are read from the input when they are needed. */
#define LT_MAX_PICKLE_KEPT ((uint64_t)16 << 20)	   /* bytes of one text or string */
#define LT_MAX_PICKLE_STRINGS ((uint64_t)64 << 20) /* bytes of all strings kept */
#define LT_MAX_PICKLE_VALUES                                                                   \
	((uint64_t)1 << 23) /* of 16 bytes: objects and places for them                        \
			     */

/* Of a file of weights (weights/weights.h). */
#define LT_MAX_WEIGHTS_HEADER ((uint64_t)100 << 20) /* bytes of a safetensors header */
#define LT_MAX_WEIGHTS_TENSORS 65536		    /* and as many storages */

#define LT_MAX_LIST                                                                            \
	((uint64_t)4 << 30) /* bytes of a list of images; a line has LT_LINE_BYTES */

#endif
