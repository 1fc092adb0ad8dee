/*
 * CIFAR-10 and CIFAR-100 in the binary version (Krizhevsky, "Learning multiple
 * layers of features from tiny images", 2009): an archive or directory with
 *
 *	data_batch_1.bin … , test_batch.bin, batches.meta.txt            (CIFAR-10)
 *	train.bin, test.bin, fine_label_names.txt, coarse_label_names.txt  (CIFAR-100)
 *
 * A record is a label byte (CIFAR-100: a coarse and a fine one), then 32 × 32
 * bytes of red, of green and of blue.  Canonical order: train before test, by
 * batch number, then by record.
 */
#include "import/import_cifar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"

#define SIDE LT_CIFAR_SIDE
#define PLANE (SIDE * SIDE)
#define MAX_RECORD (2 + 3 * PLANE)
#define SUFFIX ".bin"
#define MOST_BATCHES 10

const struct lt_norm lt_cifar_norm = {3, {.4914, .4822, .4465}, {.2023, .1994, .2010}};

const char *const lt_cifar10_names[10] = {"airplane", "automobile", "bird",  "cat",  "deer",
					  "dog",      "frog",	    "horse", "ship", "truck"};

/* The names of a set's files.  Training rows are in numbered batches if there are any. */
static const struct {
	const char *name;
	const char *train, *other;
	unsigned batches;
	enum lt_split split; /* of other */
} files_of[] = {
	[LT_CIFAR_10] = {"CIFAR-10", "data_batch_", "test_batch", 5, LT_SPLIT_TEST},
	[LT_CIFAR_100] = {"CIFAR-100", "train", "test", 0, LT_SPLIT_TEST},
	[LT_CIFAR_IMAGENET] = {"downsampled ImageNet", "train_data_batch_", "val_data",
			       MOST_BATCHES, LT_SPLIT_VAL},
};

/* The number of "data_batch_N" and the suffix, 0 for another name. */
static unsigned batch_number(const char *name, enum lt_cifar_set set, const char *suffix)
{
	const char *at = lt_path_base(name), *train = files_of[set].train;
	unsigned number = 0;

	if (files_of[set].batches == 0 || strncmp(at, train, strlen(train)) != 0)
		return 0;
	for (at += strlen(train); *at >= '0' && *at <= '9' && number < 10000; at++)
		number = number * 10 + (unsigned)(*at - '0');
	return strcmp(at, suffix) == 0 ? number : 0;
}

static bool is_named(const char *name, const char *want)
{
	return strcmp(lt_path_base(name), want) == 0;
}

static enum lt_want wants(const char *name)
{
	if (batch_number(name, LT_CIFAR_10, SUFFIX) || is_named(name, "test_batch.bin") ||
	    is_named(name, "train.bin") || is_named(name, "test.bin"))
		return LT_WANT_DATA;
	if (is_named(name, "batches.meta.txt") || is_named(name, "fine_label_names.txt") ||
	    is_named(name, "coarse_label_names.txt"))
		return LT_WANT_TEXT;
	return LT_WANT_NOT;
}

static bool is_file(const char *name, const char *stem, const char *suffix)
{
	size_t n = strlen(stem);

	name = lt_path_base(name);
	return strncmp(name, stem, n) == 0 && strcmp(name + n, suffix) == 0;
}

const char *lt_cifar_name(enum lt_cifar_set set)
{
	return files_of[set].name;
}

enum lt_split lt_cifar_split(const char *name, enum lt_cifar_set set, const char *suffix)
{
	if (is_file(name, files_of[set].other, suffix))
		return files_of[set].split;
	if (files_of[set].batches > 0 ? batch_number(name, set, suffix) > 0
				      : is_file(name, files_of[set].train, suffix))
		return LT_SPLIT_TRAIN;
	return LT_SPLIT_DEFAULT;
}

bool lt_cifar_has(const struct lt_listing *listing, enum lt_cifar_set set, const char *suffix)
{
	size_t i;

	for (i = 0; i < listing->n; i++)
		if (lt_cifar_split(listing->entry[i].name, set, suffix) != LT_SPLIT_DEFAULT)
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

/* The name "train.bin" is too common, so the list of classes must be beside it. */
static bool probe(const struct lt_listing *listing)
{
	return lt_cifar_has(listing, LT_CIFAR_10, SUFFIX) ||
	       (lt_cifar_has(listing, LT_CIFAR_100, SUFFIX) &&
		find(listing, "fine_label_names.txt"));
}

static int set_classes(struct lt_import *import, bool hundred, int n, struct lt_error *err)
{
	const char *file = !hundred	    ? "batches.meta.txt"
			   : import->coarse ? "coarse_label_names.txt"
					    : "fine_label_names.txt";
	const struct lt_listed *entry = find(import->listing, file);
	const char *const *names = NULL;
	int status;

	if (entry) {
		status = lt_import_read_names(import,
					      lt_listing_where(import->listing, entry->name),
					      entry->at.text, n, &names, err);
		if (status)
			return status;
	}
	return lt_import_classes(import,
				 entry	   ? names
				 : hundred ? NULL
					   : lt_cifar10_names,
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

/* Notice: which batches are missing. */
static void tell_missing(struct lt_import *import, enum lt_cifar_set set,
			 const struct file *file, size_t n)
{
	unsigned number, batches = files_of[set].batches, found = 0;
	char text[500], numbers[40] = "";
	size_t i, used = 0;

	for (i = 0; i < n; i++)
		if (file[i].number >= 1 && file[i].number <= batches)
			found |= 1u << file[i].number;
	if (found == 0 || lt_listing_is_single(import->listing))
		return;
	for (number = 1; number <= batches; number++)
		if (!(found & 1u << number))
			used += (size_t)snprintf(numbers + used, sizeof numbers - used, "%s%u",
						 used ? ", " : "", number);
	if (used == 0)
		return;
	snprintf(text, sizeof text, "%.400s: of the %u batches of %s these are missing: %s",
		 lt_listing_name(import->listing), batches, files_of[set].name, numbers);
	import->host.notice(import->host.arg, text);
}

int lt_cifar_plan(struct lt_import *import, enum lt_cifar_set set, const char *suffix,
		  uint32_t **out, size_t *n, struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	struct file *file = lt_new_array(listing->n, sizeof *file);
	uint32_t *plan = lt_arena_array(&import->arena, listing->n + 1, sizeof *plan);
	unsigned has = 0, chosen;
	size_t i, all = 0;
	int status = file && plan ? 0 : lt_fail_memory(err);

	for (i = 0; status == 0 && i < listing->n; i++) {
		enum lt_split split = lt_cifar_split(listing->entry[i].name, set, suffix);

		has |= split == LT_SPLIT_DEFAULT ? 0 : 1u << split;
		if (split != LT_SPLIT_DEFAULT)
			file[all++] = (struct file){
				(uint32_t)i, split,
				batch_number(listing->entry[i].name, set, suffix)};
	}
	if (status == 0 && all == 0)
		status = lt_fail(err, LT_DATA, "%s: there are no CIFAR batches in it",
				 lt_listing_name(listing));
	if (status == 0)
		status = lt_import_choose(import, has, &chosen, err);
	if (status == 0)
		qsort(file, all, sizeof *file, by_order);
	if (status == 0 && chosen & 1u << LT_SPLIT_TRAIN)
		tell_missing(import, set, file, all);
	for (i = 0, *n = 0; status == 0 && i < all; i++) {
		if (i > 0 && by_order(&file[i - 1], &file[i]) == 0)
			status = lt_fail(err, LT_DATA, "%s: this batch occurs twice",
					 lt_listing_where(import->listing,
							  listing->entry[file[i].index].name));
		if (chosen & 1u << file[i].split)
			plan[(*n)++] = file[i].index;
	}
	lt_free(file);
	*out = plan;
	return status;
}

void lt_cifar_unpack(uint8_t *to, const uint8_t *planes, size_t plane)
{
	size_t i;

	for (i = 0; i < plane; i++, to += 3) {
		to[0] = planes[i];
		to[1] = planes[plane + i];
		to[2] = planes[2 * plane + i];
	}
}

struct set {
	enum lt_cifar_set files;
	int labels; /* label bytes per record */
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
	lt_cifar_unpack(import->image.pixels, record + set->labels, PLANE);
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
		import->row_split = lt_cifar_split(entry->name, set->files, SUFFIX);
		for (number = 0, end = false; !end; number++) {
			status = read_record(import, set, entry->name, number, &end, err);
			if (status)
				return status;
		}
	}
}

static int run(struct lt_import *import, struct lt_error *err)
{
	bool hundred = !lt_cifar_has(import->listing, LT_CIFAR_10, SUFFIX);
	struct set set = {.files = hundred ? LT_CIFAR_100 : LT_CIFAR_10,
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
	status = lt_cifar_plan(import, set.files, SUFFIX, &plan, &n, err);
	if (status)
		return status;
	status = set_classes(import, hundred, set.n_classes, err);
	if (status)
		return status;
	import->norm = lt_cifar_norm;
	for (i = 0; i < n; i++)
		if (import->listing->entry[plan[i]].size != UINT64_MAX)
			import->total += import->listing->entry[plan[i]].size / set.record;
	status = lt_listing_plan(import->listing, plan, n, err);
	return status ? status : read_files(import, &set, err);
}

const struct lt_import_format lt_import_cifar = {"cifar", wants, probe, run};
