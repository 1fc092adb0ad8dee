/*
 * Directories of the same name in different directories, whose images become one class.
 */
#ifndef LT_IMPORT_MERGED_H
#define LT_IMPORT_MERGED_H

#include "import/import.h"

/* The directory of a class: its path, whose last name_n bytes are the class, and its split. */
struct lt_class_directory {
	const char *path; /* n bytes */
	size_t n, name_n;
	uint8_t split; /* enum lt_split */
};

/* The class is the last component of the path, which ends without a slash. */
struct lt_class_directory lt_class_directory(const char *path, size_t n, uint8_t split);

/*
 * Sorts the directories.  Notice: the first two that have the same name and split and different
 * paths, and the number of further classes of this kind.
 */
void lt_note_merged(struct lt_import *import, struct lt_class_directory *directory, size_t n);

#endif
