/*
 * A directory tree as a stream of file names, for data/archive.h.
 */
#ifndef LT_DATA_TREE_H
#define LT_DATA_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct lt_tree;

/* fd is an open directory, the tree's from now on; name is for messages and stays the caller's.
 */
int lt_tree_open(struct lt_tree **out, int fd, const char *name, struct lt_error *err);
/*
 * The next regular file, or link to one, by its path below the root; *file is
 * NULL at the end.  In the order of readdir(3); hidden directories are not entered.
 */
int lt_tree_next(struct lt_tree *tree, const char **file, uint64_t *size, struct lt_error *err);
/* Opens a file by its path below the root. */
int lt_tree_open_file(struct lt_tree *tree, const char *file, int *fd, uint64_t *size,
		      struct lt_error *err);
int lt_tree_rewind(struct lt_tree *tree, struct lt_error *err);
uint64_t lt_tree_links(const struct lt_tree *tree);
uint64_t lt_tree_hidden_directories(const struct lt_tree *tree);
void lt_tree_close(struct lt_tree *tree);

/* Does a part of the name begin with a dot (but for "."), or is one "__MACOSX" or "Thumbs.db"?
 */
bool lt_name_is_hidden(const char *name);

#endif
