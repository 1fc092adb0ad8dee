/*
 * The encoding of the names in a zip file.
 *
 * A name is UTF-8 if a flag of its entry says so (general purpose bit 11) or an extra field
 * repeats it in UTF-8 (0x7075).  Other names are in the encoding of the program that wrote
 * them: DOS and Windows programs use the code page of the country, Unix programs the bytes
 * of the file system, which are UTF-8 on macOS and Linux.  So names without the flag are
 * read as UTF-8 if each of them is valid UTF-8 and was written on Unix or macOS; otherwise
 * the user must give the encoding.  (APPNOTE.TXT of PKWARE, sections 4.4.2, 4.4.4, 4.6.9
 * and appendix D.)
 *
 * A zip file has each name twice, in the entry and in the directory at the end.  If they
 * differ, different programs see different files, so the zip file is refused.
 */
#ifndef LT_ARCHIVE_ZIP_NAMES_H
#define LT_ARCHIVE_ZIP_NAMES_H

#include <stdbool.h>

#include "archive/archive_input.h"
#include "base/error.h"

struct lt_zip_names {
	bool known; /* the directory was found and read to its end */
	/* The first name that is not ASCII, has no flag and is valid UTF-8, or NULL. */
	char *unflagged;
};

/*
 * Reads the directory of a zip file that is not a pipe.  told: the user has given the encoding.
 * LT_DATA: a name whose encoding the user must give, a name that is flagged as UTF-8 but is
 * not, or two different names of one entry.  Other damage is not an error here; it leaves known
 * false.
 */
int lt_zip_names_read(struct lt_zip_names *names, const struct lt_archive_input *input,
		      bool told, struct lt_error *err);
void lt_zip_names_free(struct lt_zip_names *names);

#endif
