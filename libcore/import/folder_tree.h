/*
 * The tree of directories of a collection, built from the names of its images.
 */
#ifndef LT_IMPORT_FOLDER_TREE_H
#define LT_IMPORT_FOLDER_TREE_H

#include "archive/listing.h"

#define LT_NO_DIR UINT32_MAX

struct lt_dir {
	const char *name; /* size bytes, inside an entry's name */
	uint32_t size;
	uint32_t parent;	/* LT_NO_DIR for the root */
	uint32_t child, n_dirs; /* the first child, and the number of children */
	uint32_t next;		/* the next sibling; LT_NO_DIR: none */
	uint32_t images, below; /* images directly in it; in it and below */
};

struct lt_folder {
	struct lt_dir *dir; /* 0 is the root; children in bytewise order, parents before them */
	size_t n_dirs, room;
	uint32_t *image; /* entries of the listing, by path, bytewise part by part */
	uint32_t *home;	 /* the directory of each of them */
	size_t n;
};

/*
 * Builds the tree from the entries that are images (and a single file that looks like one);
 * "./a//b" is a/b.  *folder must be zeroed before; call lt_folder_free in any case.
 */
int lt_folder_make(struct lt_folder *folder, const struct lt_listing *listing,
		   struct lt_error *err);
void lt_folder_free(struct lt_folder *folder);

/* Is the entry an image? */
bool lt_folder_is_image(const struct lt_listing *listing, const struct lt_listed *entry);
/* The child of that name, or LT_NO_DIR. */
uint32_t lt_folder_find(const struct lt_folder *folder, uint32_t parent, const char *name,
			size_t size);
/* "a/b/c": the directory's path below the root, truncated to fit into text. */
void lt_folder_path(const struct lt_folder *folder, uint32_t dir, char *text, size_t room);
/* The depth of a directory; 0 for the root. */
int lt_folder_depth(const struct lt_folder *folder, uint32_t dir);

#endif
