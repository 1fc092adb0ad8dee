/*
 * The components of entry names and paths.  No file is opened.
 */
#ifndef LT_IMPORT_PATH_H
#define LT_IMPORT_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Skips "./" and "/" at the beginning: "./a//b" is a/b. */
const char *lt_path_skip(const char *at);
/* The first component; *size is 0 if it is the last one. */
const char *lt_path_part(const char *at, size_t *size);
/* The last component, without the directories. */
const char *lt_path_base(const char *path);
/* Does the path end with the suffix, ignoring case? */
bool lt_path_ends(const char *path, const char *suffix);

#endif
