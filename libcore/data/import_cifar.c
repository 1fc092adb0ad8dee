/*
 * CIFAR-10 and CIFAR-100 in their binary form (Krizhevsky, "Learning multiple
 * layers of features from tiny images", 2009): an archive or directory with
 *
 *	data_batch_1.bin … , test_batch.bin, batches.meta.txt            (CIFAR-10)
 *	train.bin, test.bin, fine_label_names.txt, coarse_label_names.txt  (CIFAR-100)
 *
 * A record is a label byte (CIFAR-100: a coarse and a fine one), then 32 × 32
 * bytes of red, of green and of blue.  Canonical order: train before test, by
 * batch number, then by record.
 */
#include "data/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SIDE 32
#define PLANE (SIDE * SIDE)
#define MAX_RECORD (2 + 3 * PLANE)

/* The values that the code of Yang & Xu (2020) uses for both sets. */
static const struct lt_norm cifar_norm = {3, {.4914, .4822, .4465}, {.2023, .1994, .2010}};

static const char *const cifar10_names[] = {"airplane", "automobile", "bird",  "cat",  "deer",
					    "dog",	"frog",	      "horse", "ship", "truck"};

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* The number of "data_batch_N.bin", 0 for another name. */
static unsigned batch_number(const char *name)
{
	const char *at = base_name(name);
	unsigned number = 0;

	if (strncmp(at, "data_batch_", 11) != 0)
		return 0;
	for (at += 11; *at >= '0' && *at <= '9' && number < 10000; at++)
		number = number * 10 + (unsigned)(*at - '0');
	return strcmp(at, ".bin") == 0 ? number : 0;
}

static bool is_named(const char *name, const char *want)
{
	return strcmp(base_name(name), want) == 0;
}

static enum lt_want wants(const char *name)
{
	if (batch_number(name) || is_named(name, "test_batch.bin") ||
	    is_named(name, "train.bin") || is_named(name, "test.bin"))
		return LT_WANT_DATA;
	if (is_named(name, "batches.meta.txt") || is_named(name, "fine_label_names.txt") ||
	    is_named(name, "coarse_label_names.txt"))
		return LT_WANT_TEXT;
	return LT_WANT_NOT;
}

/* What a data file holds: which split, and its place in the canonical order. */
static enum lt_split file_split(const struct lt_listed *entry, bool hundred)
{
	if (is_named(entry->name, hundred ? "test.bin" : "test_batch.bin"))
		return LT_SPLIT_TEST;
	if (hundred ? is_named(entry->name, "train.bin") : batch_number(entry->name) > 0)
		return LT_SPLIT_TRAIN;
	return LT_SPLIT_DEFAULT;
}

static bool has_files(const struct lt_listing *listing, bool hundred)
{
	size_t i;

	for (i = 0; i < listing->n; i++)
		if (file_split(&listing->entry[i], hundred) != LT_SPLIT_DEFAULT)
			return true;
	return false;
}

static const struct lt_listed *find(const struct lt_listing *listing, const char *name)
{
	size_t i;

	for (i = 0; i < listing->n; i++)
		if (is_named(listing->entry[i].name, name))
			return &listing->entry[i];
	return NULL;
}

/* "train.bin" alone is too common a name: the list of classes must lie beside it. */
static bool probe(const struct lt_listing *listing)
{
	return has_files(listing, false) ||
	       (has_files(listing, true) && find(listing, "fine_label_names.txt"));
}

/* The names in a text, one a line, without carriage returns and empty lines. */
static int read_names(struct lt_import *import, const struct lt_listed *entry, int n,
		      const char ***out, struct lt_error *err)
{
	const char *at = entry->at.text, **names;
	size_t length;
	int found = 0;

	names = lt_arena_array(&import->arena, (size_t)n, sizeof *names);
	if (!names)
		return lt_fail_memory(err);
	for (; *at; at += length, at += *at != '\0') {
		length = strcspn(at, "\n");
		if (length == 0 || (length == 1 && *at == '\r'))
			continue;
		if (found == n)
			return lt_fail(err, LT_DATA, "%s: more than %d names",
				       lt_listing_where(import->listing, entry->name), n);
		names[found] =
			lt_arena_text_n(&import->arena, at, length - (at[length - 1] == '\r'));
		if (!names[found++])
			return lt_fail_memory(err);
	}
	if (found < n)
		return lt_fail(err, LT_DATA, "%s: %d names, and the set has %d classes",
			       lt_listing_where(import->listing, entry->name), found, n);
	*out = names;
	return 0;
}

static int set_classes(struct lt_import *import, bool hundred, int n, struct lt_error *err)
{
	const char *file = !hundred	    ? "batches.meta.txt"
			   : import->coarse ? "coarse_label_names.txt"
					    : "fine_label_names.txt";
	const struct lt_listed *entry = find(import->listing, file);
	const char **names = NULL;
	int status;

	if (entry) {
		status = read_names(import, entry, n, &names, err);
		if (status)
			return status;
	}
	return lt_import_classes(import,
				 entry	   ? names
				 : hundred ? NULL
					   : cifar10_names,
				 n, err);
}

struct file {
	uint32_t index;
	enum lt_split split;
	unsigned number;
};

static int by_order(const void *a, const void *b)
{
	const struct file *one = a, *other = b;

	if (one->split != other->split)
		return one->split < other->split ? -1 : 1;
	return one->number < other->number ? -1 : one->number > other->number;
}

/* The chosen data files in canonical order. */
static int make_plan(struct lt_import *import, bool hundred, uint32_t **out, size_t *n,
		     struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	struct file *file = lt_new_array(listing->n, sizeof *file);
	uint32_t *plan = lt_arena_array(&import->arena, listing->n + 1, sizeof *plan);
	unsigned has = 0, chosen;
	size_t i, all = 0;
	int status = file && plan ? 0 : lt_fail_memory(err);

	for (i = 0; status == 0 && i < listing->n; i++) {
		enum lt_split split = file_split(&listing->entry[i], hundred);

		has |= split == LT_SPLIT_DEFAULT ? 0 : 1u << split;
		if (split != LT_SPLIT_DEFAULT)
			file[all++] = (struct file){(uint32_t)i, split,
						    batch_number(listing->entry[i].name)};
	}
	if (status == 0 && all == 0)
		status = lt_fail(err, LT_DATA, "%s: there are no CIFAR batches in it",
				 lt_listing_name(listing));
	if (status == 0)
		status = lt_import_choose(import, has, &chosen, err);
	if (status == 0)
		qsort(file, all, sizeof *file, by_order);
	for (i = 0, *n = 0; status == 0 && i < all; i++) {
		if (i > 0 && by_order(&file[i - 1], &file[i]) == 0)
			status = lt_fail(err, LT_DATA, "%s: this batch is there twice",
					 lt_listing_where(import->listing,
							  listing->entry[file[i].index].name));
		if (chosen & 1u << file[i].split)
			plan[(*n)++] = file[i].index;
	}
	lt_free(file);
	*out = plan;
	return status;
}

static void unpack(uint8_t *to, const uint8_t *planes)
{
	int i;

	for (i = 0; i < PLANE; i++, to += 3) {
		to[0] = planes[i];
		to[1] = planes[PLANE + i];
		to[2] = planes[2 * PLANE + i];
	}
}

struct set {
	bool hundred;
	int labels; /* label bytes a record */
	int used;   /* which of them is the label */
	int n_classes;
	size_t record;
};

static int read_record(struct lt_import *import, const struct set *set, const char *name,
		       uint64_t number, bool *end, struct lt_error *err)
{
	uint8_t record[MAX_RECORD];
	size_t got;
	int status;

	status = lt_listing_read(import->listing, record, set->record, &got, err);
	*end = got == 0;
	if (status || *end)
		return status;
	if (got < set->record)
		return lt_fail(err, LT_DATA, "%s: truncated after %" PRIu64 " records",
			       lt_listing_where(import->listing, name), number);
	if (record[set->used] >= set->n_classes)
		return lt_fail(err, LT_DATA,
			       "%s: record %" PRIu64 " has label %d of %d classes",
			       lt_listing_where(import->listing, name), number,
			       record[set->used], set->n_classes);
	status = lt_image_shape(&import->image, SIDE, SIDE, 3, UINT64_MAX, err);
	if (status)
		return status;
	unpack(import->image.pixels, record + set->labels);
	return lt_import_row(import, record[set->used], NULL, err);
}

static int read_files(struct lt_import *import, const struct set *set, struct lt_error *err)
{
	const struct lt_listed *entry;
	uint64_t number;
	bool end;
	int status;

	for (;;) {
		status = lt_listing_next(import->listing, &entry, err);
		if (status || !entry)
			return status;
		for (number = 0, end = false; !end; number++) {
			status = read_record(import, set, entry->name, number, &end, err);
			if (status)
				return status;
		}
	}
}

static int run(struct lt_import *import, struct lt_error *err)
{
	bool hundred = !has_files(import->listing, false);
	struct set set = {.hundred = hundred,
			  .labels = hundred ? 2 : 1,
			  .used = hundred && !import->coarse ? 1 : 0,
			  .n_classes = !hundred		? 10
				       : import->coarse ? 20
							: 100};
	uint32_t *plan;
	size_t n, i;
	int status;

	set.record = (size_t)set.labels + 3 * PLANE;
	if (import->coarse && !hundred)
		return lt_fail(err, LT_USAGE, "--coarse: only CIFAR-100 has coarse labels");
	status = make_plan(import, hundred, &plan, &n, err);
	if (status)
		return status;
	status = set_classes(import, hundred, set.n_classes, err);
	if (status)
		return status;
	import->norm = cifar_norm;
	for (i = 0; i < n; i++)
		if (import->listing->entry[plan[i]].size != UINT64_MAX)
			import->total += import->listing->entry[plan[i]].size / set.record;
	status = lt_listing_plan(import->listing, plan, n, err);
	return status ? status : read_files(import, &set, err);
}

const struct lt_import_format lt_import_cifar = {"cifar", wants, probe, run};
