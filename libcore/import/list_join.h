/*
 * Lists whose images, classes and splits are in separate files, joined by a key.
 *
 *	CUB-200-2011, NABirds	images.txt			ID PATH
 *				image_class_labels.txt		ID CLASS
 *				train_test_split.txt		ID 1 (train) or 0 (test)
 *				classes.txt			CLASS NAME
 *	CelebA			list_attr_celeba.txt		names of attributes, then
 *								NAME and a 1 or -1 for each
 *				list_eval_partition.txt		NAME 0 (train), 1 (val), 2
 *(test)
 *
 * A layout is recognised by its first file (and, for CUB, its second), which must be in one
 * directory.  CelebA's files may be .csv with a header, as on Kaggle.  Other lists beside them
 * are ignored.
 */
#ifndef LT_IMPORT_LIST_JOIN_H
#define LT_IMPORT_LIST_JOIN_H

#include "archive/listing.h"
#include "format/text.h"

struct lt_list;
struct lt_list_layout;

/* The parts in the order in which they are read. */
enum lt_list_part {
	LT_JOIN_CLASSES,
	LT_JOIN_LABELS,
	LT_JOIN_SPLITS,
	LT_JOIN_IMAGES,
	LT_JOIN_PARTS,
};

struct lt_list_pair {
	const char *key, *value;
};

/* The rows of a part; everything except the array is in the import's arena. */
struct lt_list_pairs {
	struct lt_list_pair *pair; /* sorted by key when all have been read */
	size_t n, room;
};

/* { 0 }: the lists have no such layout.  lt_list_join_free releases it. */
struct lt_list_join {
	const struct lt_list_layout *layout;
	const struct lt_listed *part[LT_JOIN_PARTS]; /* NULL: there is none */
	struct lt_list_pairs labels, splits;
};

/* Finds the first layout among n entries that may be lists.  attributes: only layouts whose
 * class must be chosen by an option. */
bool lt_list_join_find(struct lt_list_join *join, const struct lt_listed *const *entry,
		       size_t n, bool attributes);
/* Is this the name of a file that only the first layout has? */
bool lt_list_join_is_labels(const char *name);
/* Reads a part; for that of the images, adds all rows. */
int lt_list_join_read(struct lt_list *list, struct lt_text *text, struct lt_error *err);
void lt_list_join_free(struct lt_list_join *join);

#endif
