/*
 * Fuzz target: the bytes as an input of ltimport, whose rows are discarded: an archive, or one
 * file of CIFAR, STL-10, IDX or an image.  Errors are fine; crashes, leaks and hangs are not.
 */
#include "import_kit.h"

static void as_input(const uint8_t *bytes, size_t n, unsigned how)
{
	struct lt_import import = {.size = how & 1 ? 5 : 0,
				   .channels = how & 2 ? 1 : 3,
				   .split = how & 4 ? LT_SPLIT_ALL : LT_SPLIT_DEFAULT,
				   .no_labels = (how & 8) != 0,
				   .skip_bad = how & 1 ? 3 : 0,
				   .max_pixels = MAX_PIXELS,
				   .host = kit_host()};

	/* The labels may be in a separate file, which does not exist here. */
	kit_import(&import, bytes, n, "fuzz", true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_input(data, size, (unsigned)size);
	return 0;
}
