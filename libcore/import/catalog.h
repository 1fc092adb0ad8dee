/*
 * A catalog: the rows of a collection of image files, before any image is read.  A format
 * that knows the class of each file (folder, list, webdataset) adds one item per row.  The
 * rest is common to these formats: class list, order, split, notices, --dry-run, decoding
 * with --threads, and writing.
 *
 *	lt_catalog_add, lt_catalog_add, … → lt_catalog_run
 */
#ifndef LT_IMPORT_CATALOG_H
#define LT_IMPORT_CATALOG_H

#include "import/import.h"

#define LT_MAX_CLASS_NUMBER (LT_MAX_CLASSES - 1)

struct lt_item {
	const char *class_name; /* class_size bytes; NULL: by number, or none */
	uint32_t class_size;
	int32_t label;	/* number of the class, or -1: none; lt_catalog_run numbers names */
	uint32_t entry; /* index in listing->entry[]; at most one item each */
	const char *const *kept; /* import->n_kept texts, or NULL without */
	uint8_t split;		 /* enum lt_split; LT_SPLIT_DEFAULT: the input has no splits */
};

enum lt_catalog_order {
	/* By split, class (bytewise), name (bytewise): torchvision's ImageFolder. */
	LT_ORDER_BY_NAME,
	/* By split, then in the order in which the items were added: for lists. */
	LT_ORDER_AS_ADDED
};

/* { .order = … } is empty; lt_catalog_free releases it. */
struct lt_catalog {
	enum lt_catalog_order order;
	struct lt_item *item;
	size_t n, room;
	/*
	 * Names of the classes 0 … n_names - 1 if the format defines their order (a table
	 * beside a list).  They are then the class list, and an item with another class name
	 * is LT_DATA.  NULL: class names are sorted bytewise, and numbers are called "0", "1",
	 * … up to the greatest.
	 */
	const char *const *names;
	int n_names;
	/*
	 * Classes that exist even if no item has them, where names is NULL: by name, in any
	 * order, or, if items have numbers, 0 … n_numbers - 1.
	 */
	const char **also;
	int n_also, n_numbers;
	/* The cause of a missing class in this format, for the error: ", because …"; or
	 * NULL. */
	const char *unnamed;
	bool tags;	 /* a name may be several classes, by the title of its column */
	bool unlabelled; /* rows without a class are allowed beside rows with one */
};

/* item.class_name must stay valid until the import ends. */
int lt_catalog_add(struct lt_catalog *catalog, struct lt_item item, struct lt_error *err);

/*
 * Does everything from the items to the last row.  LT_DATA for an item without class, except
 * with --no-labels and where the format allows them, and if some items have numbers and others
 * names.  Images without an item (wanted entries of listing->entry[]) are counted in the notice
 * about ignored files.
 */
int lt_catalog_run(struct lt_import *import, struct lt_catalog *catalog, struct lt_error *err);

void lt_catalog_free(struct lt_catalog *catalog);

#endif
