/*
 * The functions of the list format that other formats use.
 */
#ifndef LT_IMPORT_IMPORT_LIST_H
#define LT_IMPORT_IMPORT_LIST_H

#include "import/catalog.h"
#include "import/import.h"

/*
 * Do the directories give the images classes?  Not if all images are in one directory, or in
 * directories of splits without further directories.
 */
bool lt_list_has_class_directories(const struct lt_listing *listing);

/*
 * The table that is most likely a list of the images, or else a text of a split; that of this
 * split before others, then the first bytewise.  NULL: neither.
 */
const struct lt_listed *lt_import_list_table(const struct lt_listing *listing,
					     enum lt_split split);

/*
 * For formats that take classes from directories: a notice if there is also a table.  LT_DATA
 * if the classes are only numbered parts of one set ("images_001") and were not requested.
 */
int lt_import_list_check(const struct lt_import *import, const struct lt_catalog *catalog,
			 struct lt_error *err);

#endif
