/*
 * A list of class names given by the user: the index of a name is its label.
 */
#ifndef LT_DATA_CLASS_LIST_H
#define LT_DATA_CLASS_LIST_H

#include "base/error.h"
#include "base/memory.h"

/*
 * Reads the class list of a stream or model (from its first header) or of a text with
 * one name per line (UTF-8; empty lines are ignored).  path "-": stdin.  A stream must be
 * a regular file or the shards of a range; it is read and verified to its end.  Names have at
 * most LT_MAX_NAME bytes and no control characters, none occurs twice, and there are at most
 * LT_MAX_CLASSES.  They live in the arena.
 */
int lt_class_list_read(const char *path, struct lt_arena *arena, const char *const **names,
		       int *n, struct lt_error *err);

#endif
