/*
 * A list of class names given by the user: the index of a name is its label.
 */
#ifndef LT_DATA_CLASS_LIST_H
#define LT_DATA_CLASS_LIST_H

#include "base/error.h"
#include "base/memory.h"

/*
 * From a stream or model (the classes of its first header), or from a text with
 * a name on each line (UTF-8; empty lines are passed over).  path "-": stdin.  A
 * stream must be a regular file; it is read and verified to its end.  Names are at most
 * LT_MAX_NAME bytes, without control characters, none twice, at most LT_MAX_CLASSES.  They live
 * in the arena.
 */
int lt_class_list_read(const char *path, struct lt_arena *arena, const char *const **names,
		       int *n, struct lt_error *err);

#endif
