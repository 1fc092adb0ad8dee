/*
 * Collections that are known by sight and not read in this version, so that
 * their owner is told so instead of "no images".
 */
#include "data/import.h"

#include <string.h>

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

/* CIFAR for Python: pickles without a suffix under a directory of this name. */
static bool is_pickle(const char *name)
{
	return strstr(name, "cifar-10-batches-py/") || strstr(name, "cifar-100-python/") ||
	       strcmp(name, "data_batch_1") == 0;
}

/* WebDataset: beside each image a file with its class number. */
static bool is_class_file(const char *name)
{
	return ends_with(name, ".cls") || ends_with(name, ".cls.txt");
}

enum lt_want lt_import_later_wants(const char *name)
{
	return is_pickle(name) || is_class_file(name) || ends_with(name, ".mat") ? LT_WANT_DATA
										 : LT_WANT_NOT;
}

/* "path label": a first line of which at least the beginning fits into the head. */
static bool is_list(const struct lt_listing *listing)
{
	const char *name = listing->n ? listing->entry[0].name : "";
	size_t i;

	for (i = 0; i < listing->head_size; i++)
		if (listing->head[i] < 0x20 && listing->head[i] != '\n' &&
		    listing->head[i] != '\t')
			return false;
	return listing->head_size > 0 && (ends_with(name, ".txt") || ends_with(name, ".lst"));
}

const char *lt_import_later_probe(const struct lt_listing *listing)
{
	bool images = false, matlab = false;
	size_t i;

	if (listing->single) {
		if (listing->head_size >= 10 && memcmp(listing->head, "MATLAB 5.0", 10) == 0)
			return "svhn";
		return is_list(listing) ? "list" : NULL;
	}
	for (i = 0; i < listing->n; i++) {
		if (is_pickle(listing->entry[i].name))
			return "cifar-python";
		if (is_class_file(listing->entry[i].name))
			return "webdataset";
		images = images || listing->entry[i].want == LT_WANT_IMAGE;
		matlab = matlab || ends_with(listing->entry[i].name, ".mat");
	}
	/* A folder of images may hold a stray .mat file. */
	return matlab && !images ? "svhn" : NULL;
}
