/*
 * Lists whose classes are numbers, with --classes of rows whose classes are named by numbers:
 * directories called 0, 1, 10, 11, 2, … are sorted bytewise, so that class 2 of the list is not
 * the third name but the name "2".
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "import/catalog_parts.h"

struct numbered {
	uint64_t value;
	int at; /* in --classes */
};

static int by_value(const void *a, const void *b)
{
	const struct numbered *one = a, *other = b;

	return (one->value > other->value) - (one->value < other->value);
}

/* Sorts the names by value.  Are all of them numbers, no two the same, and not each its own
 * place? */
static bool are_numbers(const struct lt_import *import, struct numbered *numbered)
{
	bool same = true;
	int i;

	for (i = 0; i < import->n_classes; i++) {
		numbered[i].at = i;
		if (!lt_parse_u64(import->classes[i], 0, INT32_MAX, &numbered[i].value))
			return false;
		same = same && numbered[i].value == (uint64_t)i;
	}
	qsort(numbered, (size_t)import->n_classes, sizeof *numbered, by_value);
	for (i = 1; i < import->n_classes; i++)
		if (numbered[i].value == numbered[i - 1].value)
			return false;
	return !same;
}

int lt_catalog_match_numbers(struct lt_import *import, struct lt_catalog *catalog,
			     struct lt_error *err)
{
	struct numbered *numbered, *found, key;
	size_t i;
	int status = 0;

	if (!import->classes || import->found != &lt_import_list)
		return 0;
	numbered = lt_new_array((size_t)import->n_classes + 1, sizeof *numbered);
	if (!numbered)
		return lt_fail_memory(err);
	if (are_numbers(import, numbered))
		for (i = 0; status == 0 && i < catalog->n; i++) {
			if (catalog->item[i].label < 0)
				continue;
			key.value = (uint64_t)catalog->item[i].label;
			found = bsearch(&key, numbered, (size_t)import->n_classes,
					sizeof *numbered, by_value);
			if (found)
				catalog->item[i].label = found->at;
			else
				status = lt_fail(err, LT_DATA,
						 "%s: class %" PRIu64 " is not in --classes",
						 lt_listing_name(import->listing), key.value);
		}
	lt_free(numbered);
	return status;
}
