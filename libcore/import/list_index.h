/*
 * An index of the images of a listing by name: finds the image for a path in a list, such as
 * "train/cat/1.jpg" or "ISIC_0024306".
 */
#ifndef LT_IMPORT_LIST_INDEX_H
#define LT_IMPORT_LIST_INDEX_H

#include "archive/listing.h"

struct lt_image_name {
	const char *name; /* without empty parts */
	uint32_t size;	  /* bytes of name; in by_stem without the suffix */
	uint32_t entry;
};

/* { 0 } is empty; lt_list_index_free releases it. */
struct lt_list_index {
	const struct lt_listing *listing;
	struct lt_image_name *by_name; /* sorted by the reversed names */
	struct lt_image_name *by_stem; /* the same, without suffixes */
	size_t n, n_stems;
	char *shared; /* the leading directories that all images share, with a slash, or "" */
	bool has_root;
	struct lt_arena arena;
};

enum lt_list_match {
	LT_MATCH_NONE,
	LT_MATCH_MANY, /* several images are possible */
	LT_MATCH_BASE, /* the only image with the last component of the path */
	LT_MATCH_TAIL, /* the only image whose name ends with the path */
	LT_MATCH_PATH, /* the path from --root, the list's directory, the inputs or what all
			  share */
};

struct lt_list_found {
	enum lt_list_match match;
	bool by_stem; /* the path has no suffix */
	uint32_t entry;
};

/* n log n steps. */
int lt_list_index_fill(struct lt_list_index *index, const struct lt_listing *listing,
		       struct lt_error *err);

/*
 * Looks up a path; list is the entry that contains it.  The first of these that finds an image
 * is used: below --root, beside the list, as the full name of an entry, below the directories
 * that all images share; then the only image whose name ends with the path; then the only image
 * with its last component.  A path in another Unicode form is the same path.  A path without an
 * image suffix is looked up in the same way without suffixes.  log n steps.
 */
struct lt_list_found lt_list_find(const struct lt_list_index *index,
				  const struct lt_listed *list, const char *path);

/* Without its slash, if "/abbey/1.jpg" is exactly the path of an image from there; otherwise
 * the path itself.  Lists of scenes write paths from the data set's directory in this way. */
const char *lt_list_without_slash(const struct lt_list_index *index,
				  const struct lt_listed *list, const char *path);

/* Does the path contain "..", or is it absolute? */
bool lt_list_path_is_outside(const char *path);

void lt_list_index_free(struct lt_list_index *index);

#endif
