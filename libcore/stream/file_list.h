/*
 * The files that an input names.  A name may have one range of numbers, which stands for the
 * files of all numbers in it: x-{000..127}.lts names 128 files, the shards of one stream.
 *
 * The range is that of bash(1): both ends belong to it, and if one of them begins with a zero,
 * all numbers have as many digits as the longer one.  Only ascending ranges of digits are read.
 * Lists in braces, steps and letters are not ranges, and "-" and other names stand for
 * themselves.  So does a name with a range if there is a file of exactly this name.
 */
#ifndef LT_STREAM_FILE_LIST_H
#define LT_STREAM_FILE_LIST_H

#include <stdbool.h>

#include "base/error.h"

struct lt_file_list {
	char **name; /* n of them, "-" for stdin; owned by the list */
	int n, room;
	bool ranged; /* some of them are from a range */
};

/*
 * Appends the files that a path names; NULL is "-".  Does not look whether they are there.
 * LT_USAGE for two ranges in a name, a range that descends and one of over LT_MAX_SHARDS
 * files.  *list is { 0 } or filled; after an error, too, lt_file_list_free frees it.
 */
int lt_file_list_add(struct lt_file_list *list, const char *path, struct lt_error *err);
/*
 * The same for files that will be read more than once, one after the other: those of a range
 * must be regular files.  LT_NOINPUT or LT_NOPERM, naming the first that is missing.
 */
int lt_file_list_find(struct lt_file_list *list, const char *path, struct lt_error *err);
/* The same for outputs: there must be a range (else LT_USAGE), and a file of exactly this name
 * does not matter. */
int lt_file_list_outputs(struct lt_file_list *list, const char *path, struct lt_error *err);
void lt_file_list_free(struct lt_file_list *list);

#endif
