/*
 * Shared by the fuzz targets of import: an import whose rows are discarded.
 */
#ifndef LT_TESTS_FUZZ_IMPORT_KIT_H
#define LT_TESTS_FUZZ_IMPORT_KIT_H

#include "kit.h"

#include "import/import.h"

#define MAX_PIXELS 250000

static inline int kit_begin(void *arg, struct lt_header *header, const struct lt_import *import,
			    struct lt_writer **writer, struct lt_error *err)
{
	(void)import;
	return lt_writer_begin(writer, arg, header, err);
}

static inline void kit_notice(void *arg, const char *text)
{
	(void)arg;
	check(text && text[0]);
}

/* Notices must have a text. */
static inline struct lt_import_host kit_host(void)
{
	return (struct lt_import_host){
		.arg = kit_output(), .begin = kit_begin, .notice = kit_notice};
}

/* Ends the segment of an import that ended with this code, and frees the import.  no_input: a
 * missing second file is an accepted cause of failure. */
static inline void kit_import_end(struct lt_import *import, int code, struct lt_error *err,
				  bool no_input)
{
	if (code == 0 && import->writer &&
	    (code = lt_writer_done(import->writer, NULL, err)) == 0)
		import->writer = NULL;
	if (code && !(no_input && code == LT_NOINPUT))
		check_refusal(code, err);
	lt_writer_fail(import->writer, "fuzz", err);
	lt_import_free(import);
}

/* Imports the bytes as an input of that name. */
static inline void kit_import(struct lt_import *import, const uint8_t *bytes, size_t n,
			      const char *name, bool no_input)
{
	struct lt_archive *archive;
	struct lt_error err;
	int code;

	check(lt_archive_open_memory(&archive, bytes, n, name, &err) == 0);
	code = lt_import_archive(import, archive, &err);
	check(code != 0 || import->writer);
	kit_import_end(import, code, &err, no_input);
}

#endif
