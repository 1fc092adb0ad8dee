/*
 * Lists of images: CSV, TSV, lines of "path label", JSON.  All lists of an import are read
 * into one catalog.
 *
 *	lt_lists_open → lt_lists_read, for each entry that may be one → lt_lists_finish
 *	→ lt_catalog_run of labels.catalog
 *
 * Each row is looked up among the images immediately, so memory grows with the images and not
 * with the lists.  Only JSON with separate images and annotations is kept until its end.
 */
#ifndef LT_IMPORT_LIST_H
#define LT_IMPORT_LIST_H

#include "import/labels.h"
#include "import/list_columns.h"
#include "import/list_index.h"
#include "import/list_join.h"
#include "import/split_names.h"

/* The number of rows with a property, and the first of them. */
struct lt_list_count {
	uint64_t n;
	const char *first; /* in the import's arena */
};

struct lt_lists {
	struct lt_import *import;
	bool asked; /* the user declared the inputs as lists: anything else is an error */
	struct lt_split_names splits;
	struct lt_list_index index;
	struct lt_labels labels;
	struct lt_list_join join;   /* set by the caller where lists are joined */
	enum lt_list_reason reason; /* the best of all lists, from lt_lists_look */
	uint32_t *item_of; /* for each entry: its item's number plus 1; 1 for a list; or 0 */
	uint64_t rows;
	struct lt_list_count missing, loose, repeated, unlabelled;
	int n_lists;
	const char *first_list; /* its name */
	const char *told;	/* how the columns of the last table were reported */
	/* The title of a column of classes that was the only other one, and that list's name.
	 */
	const char *title, *titled;
	const char *with_split, *without_split,
		*bare; /* the first such list; bare: without classes */
	struct lt_error
		why; /* why a file that looks like a list could not be read; code 0: none */
};

/* Uses the listing of the import. */
int lt_lists_open(struct lt_lists *lists, struct lt_import *import, bool asked,
		  struct lt_error *err);
/*
 * For the entry that lt_listing_next opened: how is its column of classes found?  Where there
 * are several lists, this comes first for all of them; it reads the first rows alone.
 */
int lt_lists_look(struct lt_lists *lists, const struct lt_listed *entry, struct lt_error *err);
/*
 * Reads the entry that lt_listing_next opened.  A file that is not a list, or a list of other
 * images, is ignored unless lists were requested.
 */
int lt_lists_read(struct lt_lists *lists, const struct lt_listed *entry, struct lt_error *err);
/* Numbers the classes and reports how the lists were read.  LT_DATA for missing images. */
int lt_lists_finish(struct lt_lists *lists, struct lt_error *err);
void lt_lists_free(struct lt_lists *lists);

#endif
