/*
 * Fuzz target: the bytes as a pickle, with strings kept and left in the input, which are read
 * once more; and as a data set for ltimport.  Errors are fine; crashes, leaks and hangs are
 * not, and a few bytes must not cause large allocations.
 */
#include "import_kit.h"

#include "base/memory.h"
#include "format/pickle.h"

static volatile int64_t used; /* so that every number is read */

/* Strings left in the input must be readable and have the same bytes. */
static void read_again(const uint8_t *data, size_t size, const struct lt_pickle_bytes *bytes)
{
	struct lt_pickle_memory memory = {data, size};
	struct lt_pickle_source source = {"fuzz", &memory, lt_pickle_read_memory};
	struct lt_pickle_reader *reader;
	struct lt_error err;
	uint8_t block[64];
	uint64_t left = bytes->n;

	check(lt_pickle_seek(&reader, &source, bytes, &err) == 0);
	while (left > 0) {
		size_t step = left < sizeof block ? (size_t)left : sizeof block;

		check(lt_pickle_take(reader, block, step, &err) == 0);
		left -= step;
	}
	lt_pickle_reader_free(reader);
}

static void as_pickle(const uint8_t *data, size_t size, uint64_t keep)
{
	struct lt_pickle_memory memory = {data, size};
	struct lt_pickle_source source = {"fuzz", &memory, lt_pickle_read_memory};
	static const char *const keys[] = {"data", "labels", "extrapolated_targets"};
	const struct lt_pickle_value *value;
	struct lt_pickle *pickle;
	struct lt_error err;
	int code = lt_pickle_read(&pickle, &source, keep, &err);
	uint64_t n, i;
	int64_t sum = 0;

	if (code) {
		check_refusal(code, &err);
		return;
	}
	for (i = 0; i < 3; i++) {
		value = lt_pickle_find(lt_pickle_value(pickle), keys[i]);
		if (value && value->kind == LT_PICKLE_ARRAY && value->as.array->data &&
		    !value->as.array->data->kept)
			read_again(data, size, value->as.array->data);
		if (value && lt_pickle_integers(value, &n))
			while (n-- > 0)
				sum ^= lt_pickle_integer(value, n);
	}
	used = sum;
	lt_pickle_free(pickle);
}

static void as_input(const uint8_t *data, size_t size, bool no_labels)
{
	struct lt_import import = {.channels = 3,
				   .format = "cifar-python",
				   .no_labels = no_labels,
				   .max_pixels = MAX_PIXELS,
				   .host = kit_host()};

	kit_import(&import, data, size, "fuzz", false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	as_pickle(data, size, 1 << 20);
	as_pickle(data, size, 3);
	as_input(data, size, size % 2);
	return 0;
}
