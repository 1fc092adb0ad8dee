/*
 * The limits on what is kept in memory of a file, whatever its header claims.  ltimport(1)
 * lists them too.
 */
#ifndef LT_FORMAT_FORMAT_LIMITS_H
#define LT_FORMAT_FORMAT_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#define LT_MAX_NPY_HEADER ((size_t)64 << 10) /* text before the elements of .npy */

/* Of a pickle.  Longer strings are read from the input when they are needed. */
#define LT_MAX_PICKLE_KEPT ((uint64_t)16 << 20)	   /* bytes of one text or string */
#define LT_MAX_PICKLE_STRINGS ((uint64_t)64 << 20) /* bytes of all strings kept */
#define LT_MAX_PICKLE_VALUES                                                                   \
	((uint64_t)1 << 23) /* of 16 bytes: objects and places for them                        \
			     */

#endif
