/*
 * Files that hold images or labels in a format that is not supported, and files that are
 * not what they seem: what each is and what to do about it.  Used in the error about an
 * input without readable images and in the notice about ignored files:
 *
 *	"in.parquet: a Parquet file; write its images …"
 *
 * Supported formats are listed only for places where they cannot be read, such as a NumPy array
 * among images.
 */
#ifndef LT_IMPORT_CONTAINERS_H
#define LT_IMPORT_CONTAINERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lt_container {
	const char *what;   /* "a Parquet file" */
	const char *remedy; /* "write its images to …": what to do instead */
};

/* This many first bytes are enough to decide. */
#define LT_CONTAINER_HEAD 512

/*
 * Identifies a file by its first bytes, then by its name (with or without directories),
 * ignoring case.  head may be NULL with head_size 0, and name may be NULL.  NULL: not known.
 */
const struct lt_container *lt_container_find(const char *name, const uint8_t *head,
					     size_t head_size);

/* Is it a zip or tar file, which is an input by itself?  NULL is none. */
bool lt_container_is_archive(const struct lt_container *container);

#endif
