/*
 * Private to the import: import.c finds the format and runs it, import_classes.c chooses
 * splits and classes, import_rows.c writes rows, import_notices.c reports what was ignored.
 */
#ifndef LT_IMPORT_IMPORT_PARTS_H
#define LT_IMPORT_IMPORT_PARTS_H

#include "import/containers.h"
#include "import/import.h"

/* Reports what was ignored, in notices or, with --dry-run, in the report. */
int lt_import_say_passed(struct lt_import *import, struct lt_error *err);
/* The same, appended to the text of an error, since ignored files may be the cause. */
void lt_import_add_passed(struct lt_import *import, struct lt_error *err);
/* Names the broken images that were left out, and the classes that lost all images. */
void lt_import_say_bad(struct lt_import *import);
/* Reports how many images --encoded had to encode again. */
void lt_import_say_recoded(struct lt_import *import);
/* Reports how many files have pictures after the first, which are not read. */
void lt_import_say_more(struct lt_import *import);
/* Reports names that are read as UTF-8 although the archive does not mark them. */
void lt_import_say_names(struct lt_import *import);
/* The first file in the input of a known but unsupported format, and its name; or NULL. */
const struct lt_container *lt_import_container(const struct lt_listing *listing,
					       const char **name);
/* import_archives.c.  "DIRECTORY/NAME" of an entry of the only input, a directory ("." is
 * itself), quoted for the shell; "…" if it is too long. */
void lt_import_operand(const struct lt_listing *listing, const char *name, char *text,
		       size_t room);
/* Is the only input a directory? */
bool lt_import_is_directory(const struct lt_import *import);
/* LT_DATA if a directory holds archives and no images; the message has the
 * command that reads them. */
int lt_import_check_archives(const struct lt_import *import, struct lt_error *err);

#endif
