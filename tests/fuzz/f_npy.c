/*
 * Fuzz target: the bytes as the dictionary of an .npy file, and as an .npy file of images
 * and one of labels, the second half of the bytes.
 */
#include "import_kit.h"

#include "base/memory.h"
#include "format/npy.h"
#include "import/arrays.h"

struct source {
	const uint8_t *bytes;
	size_t n, at;
};

static int read_source(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct source *source = arg;

	if (n > source->n - source->at)
		return lt_fail(err, LT_DATA, "truncated");
	memcpy(to, source->bytes + source->at, n);
	source->at += n;
	return 0;
}

static void as_dictionary(const uint8_t *data, size_t size)
{
	struct lt_array array;
	struct lt_error err;
	uint64_t elements, bytes;
	int code = lt_npy_parse(&array, (const char *)data, size, "fuzz", &err);

	if (code) {
		check_refusal(code, &err);
		return;
	}
	check(array.rank >= 0 && array.rank <= LT_ARRAY_RANK && array.kind);
	if (lt_array_elements(&array, &elements, &bytes))
		check(elements == 0 || bytes / elements == array.size);
	check(lt_array_shape(&array).text[0] && lt_array_type(&array).text[0]);
}

/* The test needs only the archive's name from the listing. */
static void as_arrays(struct source images, struct source labels)
{
	static const uint8_t nothing[4] = "none";
	struct lt_import import = {.channels = 3, .max_pixels = MAX_PIXELS, .host = kit_host()};
	struct lt_part part = {.name = "images"};
	struct lt_array array;
	struct lt_archive *archive;
	struct lt_error err;
	int code;

	check(lt_archive_open_memory(&archive, nothing, sizeof nothing, "fuzz", &err) == 0);
	/* No format recognises four letters, so the listing is not consumed. */
	check(lt_import_archive(&import, archive, &err) != 0);
	code = lt_npy_read_header(&array, "labels", read_source, &labels, &err);
	if (code == 0)
		code = lt_part_labels(&part, &array, "labels", read_source, &labels, &err);
	if (code == 0)
		code = lt_parts_choose(&import, &part, 1, &err);
	if (code == 0)
		code = lt_parts_classes(&import, &part, 1, NULL, 0, &err);
	if (code == 0)
		code = lt_npy_read_header(&array, "images", read_source, &images, &err);
	if (code == 0)
		code = lt_part_rows(&import, &part, &array, NULL, read_source, &images, &err);
	lt_parts_free(&part, 1);
	kit_import_end(&import, code, &err, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source images = {data, size - size / 2, 0},
		      labels = {data + size - size / 2, size / 2, 0};

	as_dictionary(data, size);
	as_arrays(images, labels);
	return 0;
}
