/*
 * A directory tree as a stream of file names, for archive/archive.h.
 *
 * Symbolic links to files and directories are followed: a directory of links to class
 * directories is the usual way to make a subset.  A directory that several links lead to is
 * read through each of them, and its files have a name for each.  A link to a directory above
 * it is ignored as a loop.
 */
#ifndef LT_ARCHIVE_TREE_H
#define LT_ARCHIVE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct lt_tree;

/* Called with the name of a directory, which is valid during the call; a failure ends the walk.
 */
typedef int lt_on_directory(void *arg, const char *name, struct lt_error *err);

/* fd is an open directory, which the tree closes; name is for messages and stays the caller's.
 */
int lt_tree_open(struct lt_tree **out, int fd, const char *name, struct lt_error *err);
/*
 * The next regular file, or link to one, as its path below the root; *file is NULL at the
 * end.  The order is that of readdir(3); hidden directories are not entered.  LT_DATA: more
 * than 64 levels, or links to more than LT_MAX_LINKED_DIRECTORIES directories
 * (input_limits.h).
 */
int lt_tree_next(struct lt_tree *tree, const char **file, struct lt_error *err);

/* Calls this for each directory that lt_tree_next enters, with its path below the root. */
void lt_tree_tell_directories(struct lt_tree *tree, lt_on_directory *on, void *arg);

/* An open file of a tree. */
struct lt_tree_file {
	int fd;	       /* -1: none is open */
	uint64_t size; /* when it was opened */
	uint64_t left; /* bytes that lt_tree_read has not read */
};

/*
 * Opens a file by its path below the root, which may go through links.  Several threads may
 * do so at the same time, each with its own file.
 */
int lt_tree_open_file(const struct lt_tree *tree, const char *path, struct lt_tree_file *file,
		      struct lt_error *err);
/*
 * Reads up to room bytes; *got is less than room only at the end.  The end is that of the file
 * when it was opened.
 */
int lt_tree_read(const struct lt_tree *tree, struct lt_tree_file *file, void *bytes,
		 size_t room, size_t *got, struct lt_error *err);
void lt_tree_close_file(struct lt_tree_file *file);

int lt_tree_rewind(struct lt_tree *tree, struct lt_error *err);
/* What was ignored so far: dangling links and special files. */
uint64_t lt_tree_links(const struct lt_tree *tree);
/* Links to a directory above them. */
uint64_t lt_tree_loops(const struct lt_tree *tree);
uint64_t lt_tree_hidden_directories(const struct lt_tree *tree);
void lt_tree_close(struct lt_tree *tree);

/* Does a component of the name begin with a dot (except "."), or is one "__MACOSX", "Thumbs.db"
 * or "Icon\r"? */
bool lt_name_is_hidden(const char *name);

#endif
