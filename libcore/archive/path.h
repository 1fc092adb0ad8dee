/*
 * The components of entry names and paths.  No file is opened.
 */
#ifndef LT_ARCHIVE_PATH_H
#define LT_ARCHIVE_PATH_H

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

/* Quotes a path for the shell, if needed, and says whether it fits into text. */
bool lt_path_quote(const char *path, char *text, size_t room);
/* Is a path of --in a pattern?  It is if it contains "*". */
bool lt_path_is_pattern(const char *path);
/* Does the component of a path of n bytes match the one of a pattern of size bytes, as names of
 * files in a shell do?  Without "*" in the pattern they must be the same. */
bool lt_path_part_matches(const char *pattern, size_t size, bool is_pattern, const char *name,
			  size_t n);
/* The level of the classes in a pattern, from 1: of its last component with "*"; 0: none. */
int lt_path_pattern_level(const char *pattern);

#endif
