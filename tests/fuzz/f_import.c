/*
 * Fuzz target: the bytes as an input of ltimport, whose rows go nowhere: an archive,
 * or one file of CIFAR, IDX or an image.  Errors are fine; crashes, leaks and hanging
 * are not.
 */
#include "kit.h"

#include "data/import.h"

#define MAX_PIXELS 250000

static int begin(void *arg, struct lt_header *header, const struct lt_import *import,
		 struct lt_writer **writer, struct lt_error *err)
{
	(void)import;
	return lt_writer_begin(writer, arg, header, err);
}

static void notice(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

static void as_input(const uint8_t *bytes, size_t n, unsigned how)
{
	struct lt_import import = {.size = how & 1 ? 5 : 0,
				   .channels = how & 2 ? 1 : 3,
				   .split = how & 4 ? LT_SPLIT_ALL : LT_SPLIT_DEFAULT,
				   .no_labels = (how & 8) != 0,
				   .skip_bad = how & 1 ? 3 : 0,
				   .max_pixels = MAX_PIXELS};
	struct lt_archive *archive;
	struct lt_error err;
	int code;

	import.host =
		(struct lt_import_host){.arg = kit_output(), .begin = begin, .notice = notice};
	code = lt_archive_open_memory(&archive, bytes, n, "fuzz", &err);
	if (code == 0)
		code = lt_import_archive(&import, archive, &err);
	if (code == 0 && (code = lt_writer_done(import.writer, NULL, &err)) == 0)
		import.writer = NULL;
	/* Images whose labels are in a file of their own, which is not there. */
	if (code && code != LT_NOINPUT)
		check_refusal(code, &err);
	lt_writer_fail(import.writer, "fuzz", &err);
	lt_import_free(&import);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_input(data, size, (unsigned)size);
	return 0;
}
