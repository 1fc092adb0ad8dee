/*
 * Private to the files of the catalog.
 */
#ifndef LT_IMPORT_CATALOG_PARTS_H
#define LT_IMPORT_CATALOG_PARTS_H

#include "import/catalog.h"

/* The classes of all splits; names NULL: they have none. */
struct lt_classes {
	const char *const *names;
	int n;
	bool tags; /* see lt_catalog */
};

/* Checks the items' classes, and numbers those that have names. */
int lt_catalog_classes(struct lt_import *import, struct lt_catalog *catalog,
		       struct lt_classes *classes, struct lt_error *err);

/*
 * catalog_numbers.c.  If the names of --classes are all numbers, a number of a list means the
 * class of that name, not of that place.  LT_DATA: there is none.
 */
int lt_catalog_match_numbers(struct lt_import *import, struct lt_catalog *catalog,
			     struct lt_error *err);

/*
 * catalog_checks.c.  LT_DATA if the names show that they are not classes: a single class called
 * "images", "images" beside "masks", "mass|nodule" beside "mass" and "nodule",
 * "['mass', 'nodule']", or "3 16" among numbers.
 */
int lt_catalog_check(const struct lt_import *import, const struct lt_classes *classes,
		     struct lt_error *err);
/*
 * A notice about names that may be several classes each: "mass nodule" beside "mass" and
 * "nodule", many names of few words, or any name of several words where classes->tags.
 */
int lt_catalog_note_several(const struct lt_import *import, const struct lt_classes *classes,
			    struct lt_error *err);

/*
 * catalog_notes.c.  Checks the classes (lt_catalog_check), then notices about classes without
 * rows in the chosen splits, and about names that differ only in case or in their Unicode form.
 * counts: rows of each class; unlabelled: rows without one.
 */
int lt_catalog_notes(struct lt_import *import, const struct lt_classes *classes,
		     const uint64_t *counts, uint64_t unlabelled, struct lt_error *err);

/*
 * folded.c.  A name in the form used to find names that look the same: case folded, and
 * composed if the build has utf8proc (otherwise only ASCII letters are folded).  In the arena;
 * NULL without memory.
 */
const char *lt_folded_name(struct lt_arena *arena, const char *name);
/* The name composed (NFC) or decomposed (NFD); unchanged without utf8proc.  NULL without
 * memory.
 */
const char *lt_normal_name(struct lt_arena *arena, const char *name, bool composed);

/*
 * import_images.c.  Decodes the planned entries with import->threads and writes them in the
 * order of the plan; item has one element for each.  With --dry-run they are added to the
 * report instead.
 */
int lt_import_images(struct lt_import *import, const struct lt_item *item,
		     struct lt_error *err);

#endif
