/*
 * Fuzz target: the bytes as an image, and as an input of ltimport, whose rows
 * go nowhere.  Errors are fine; crashes, leaks and hanging are not.
 */
#include <stdlib.h>

#include "data/import.h"
#include "stream/output.h"

#define MAX_PIXELS 250000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static void as_image(const uint8_t *bytes, size_t n)
{
	/* In this process, where the sanitizers see it. */
	struct lt_image_how how = {
		.max_pixels = MAX_PIXELS,
		.as_stored = n % 3 == 0,
		.has_background = n % 5 < 2,
		.background = {255, (uint8_t)(n % 5), 0},
		.high = n % 7 == 0 ? 4095 : 0,
	};
	struct lt_image image = {0}, small = {0};
	struct lt_error err;

	if (lt_image_decode(&image, bytes, n, &how, &err) == 0 &&
	    lt_image_resize(&small, &image, 1 + (uint32_t)(n % 40), &err) == 0)
		lt_image_set_channels(&small, n % 2 ? 1 : 3, &err);
	lt_image_free(&image);
	lt_image_free(&small);
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
	struct lt_output *output;
	struct lt_error err;

	if (lt_output_open(&output, "/dev/null", &err) != 0)
		abort();
	import.host = (struct lt_import_host){.arg = output, .begin = begin, .notice = notice};
	if (lt_archive_open_memory(&archive, bytes, n, "fuzz", &err) == 0)
		lt_import_archive(&import, archive, &err);
	lt_writer_fail(import.writer, "fuzz", &err);
	lt_import_free(&import);
	lt_output_abort(output);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_image(data, size);
	as_input(data, size, (unsigned)size);
	return 0;
}
