/*
 * Converts the items of a catalog to rows: classes, order, splits.
 */
#include "import/catalog.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "base/names.h"
#include "import/catalog_parts.h"
#include "import/import_list.h"
#include "import/import_parts.h"
#include "import/import_range.h"
#include "import/split_names.h"

int lt_catalog_add(struct lt_catalog *catalog, struct lt_item item, struct lt_error *err)
{
	size_t room = catalog->room ? 2 * catalog->room : 1024;
	struct lt_item *block;

	if (catalog->n == catalog->room) {
		block = catalog->n < UINT32_MAX / 2
				? lt_grow_array(catalog->item, room, sizeof *block)
				: NULL;
		if (!block)
			return lt_fail_memory(err);
		catalog->item = block;
		catalog->room = room;
	}
	catalog->item[catalog->n++] = item;
	return 0;
}

static const struct lt_listed *entry_of(const struct lt_import *import,
					const struct lt_item *item)
{
	return &import->listing->entry[item->entry];
}

/* ------------------------------------------------------------------ classes */

static int compare_names(const void *a, const void *b)
{
	const struct lt_item *one = a, *other = b;

	return lt_name_compare(one->class_name, one->class_size, other->class_name,
			       other->class_size);
}

/* Does the name of a list say that it is of another split than the image? */
static bool is_of_other_split(const struct lt_listed *table, const struct lt_item *item)
{
	static const struct lt_split_names names = {.given = false};
	const char *base = lt_path_base(table->name);
	enum lt_split split = lt_split_names_in_words(&names, base, strlen(base));

	return split != LT_SPLIT_DEFAULT && item->split != LT_SPLIT_DEFAULT &&
	       split != (enum lt_split)item->split;
}

/* An image of a folder has no class: a list beside it may have one. */
static int fail_none(const struct lt_import *import, const struct lt_catalog *catalog,
		     const struct lt_item *item, const char *place, struct lt_error *err)
{
	const struct lt_listed *table =
		import->found == &lt_import_folder
			? lt_import_list_table(import->listing, (enum lt_split)item->split)
			: NULL;
	char directory[200], list[300], hint[600] = "";

	if (table && is_of_other_split(table, item))
		table = NULL;
	if (table && lt_import_is_directory(import)) {
		lt_import_operand(import->listing, ".", directory, sizeof directory);
		lt_import_operand(import->listing, table->name, list, sizeof list);
		snprintf(hint, sizeof hint,
			 "lt import --root %s %s reads the list (--classes TRAIN.lts gives its "
			 "rows the labels of others), ",
			 directory, list);
	} else if (table) {
		snprintf(hint, sizeof hint, "--format list reads the lists, such as %.300s, ",
			 table->name);
	}
	return lt_fail(err, LT_DATA,
		       "%s: it has no class%s; %s--no-labels takes images without classes",
		       place, catalog->unnamed ? catalog->unnamed : "", hint);
}

static bool has_class(const struct lt_item *item)
{
	return item->class_name || item->label >= 0;
}

/* The first item with a class; NULL: none has one. */
static const struct lt_item *first_with_class(const struct lt_catalog *catalog)
{
	size_t i;

	for (i = 0; i < catalog->n; i++)
		if (has_class(&catalog->item[i]))
			return &catalog->item[i];
	return NULL;
}

static int check_item(struct lt_import *import, const struct lt_catalog *catalog,
		      const struct lt_item *item, bool numbers, struct lt_error *err)
{
	bool none = !has_class(item), mixed = !none && !item->class_name != numbers;
	bool longer = item->class_size > LT_MAX_NAME;
	const char *place;

	if (import->no_labels ||
	    (!none && !mixed && !longer && item->label <= LT_MAX_CLASS_NUMBER))
		return 0;
	if (none && catalog->unlabelled)
		return 0;
	place = lt_listing_place(import->listing, entry_of(import, item));
	if (none)
		return fail_none(import, catalog, item, place, err);
	if (mixed)
		return lt_fail(err, LT_DATA, "%s: classes by name and classes by number",
			       place);
	if (longer)
		return lt_fail(err, LT_DATA,
			       "%s: the name of its class is longer than %d bytes", place,
			       LT_MAX_NAME);
	return lt_fail(err, LT_DATA, "%s: label %" PRId32 ", the greatest may be %d", place,
		       item->label, LT_MAX_CLASS_NUMBER);
}

/* The distinct names in bytewise order, as an array in the import's arena. */
static int collect_names(struct lt_import *import, const struct lt_catalog *catalog,
			 const char ***out, int *n, struct lt_error *err)
{
	size_t room = catalog->n + (size_t)catalog->n_also;
	struct lt_item *sorted = lt_new_array(room, sizeof *sorted);
	const char **names;
	size_t i, named = 0, kept = 0, most;

	if (!sorted)
		return lt_fail_memory(err);
	/* Without labels, the names only determine the order of the rows. */
	most = import->no_labels ? INT_MAX - 1 : LT_MAX_CLASSES;
	for (i = 0; i < catalog->n; i++)
		if (catalog->item[i].class_name)
			sorted[named++] = catalog->item[i];
	for (i = 0; !import->no_labels && i < (size_t)catalog->n_also; i++)
		sorted[named++] =
			(struct lt_item){.class_name = catalog->also[i],
					 .class_size = (uint32_t)strlen(catalog->also[i])};
	qsort(sorted, named, sizeof *sorted, compare_names);
	for (i = 0; i < named; i++)
		if (kept == 0 || compare_names(&sorted[i], &sorted[kept - 1]) != 0)
			sorted[kept++] = sorted[i];
	*n = (int)kept;
	*out = names = kept > most ? NULL : lt_arena_array(&import->arena, kept, sizeof *names);
	for (i = 0; names && i < kept; i++) {
		names[i] = lt_arena_text_n(&import->arena, sorted[i].class_name,
					   sorted[i].class_size);
		if (!names[i])
			names = NULL;
	}
	lt_free(sorted);
	if (kept > most)
		return lt_fail(err, LT_DATA, "%s: %zu classes, more than %d",
			       lt_listing_name(import->listing), kept, LT_MAX_CLASSES);
	return names ? 0 : lt_fail_memory(err);
}

/* The index of a class among bytewise sorted names. */
static int find_sorted(const char *const *names, int n, const struct lt_item *item)
{
	int low = 0, high = n, middle, order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = lt_name_compare(item->class_name, item->class_size, names[middle],
					strlen(names[middle]));
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

/* The index of a class in a table beside a list, which numbers the names. */
static int find_given(const struct lt_names *given, const struct lt_item *item)
{
	char name[LT_MAX_NAME + 1];

	memcpy(name, item->class_name, item->class_size);
	name[item->class_size] = '\0';
	return lt_names_find(given, name);
}

static int number_items(struct lt_import *import, struct lt_catalog *catalog,
			const char *const *names, int n, struct lt_error *err)
{
	struct lt_names given = {0};
	size_t i;
	int status = 0;

	if (catalog->names && !lt_names_fill(&given, catalog->names, catalog->n_names))
		status = lt_fail_memory(err);
	for (i = 0; status == 0 && i < catalog->n; i++) {
		struct lt_item *item = &catalog->item[i];

		if (!item->class_name)
			continue;
		item->label =
			catalog->names ? find_given(&given, item) : find_sorted(names, n, item);
		if (item->label < 0)
			status = lt_fail(
				err, LT_DATA,
				"%s: its class \"%.*s\" is not in the list of classes",
				lt_listing_place(import->listing, entry_of(import, item)),
				(int)item->class_size, item->class_name);
	}
	lt_names_free(&given);
	return status;
}

/* The number of classes that the labels require. */
static int greatest_label(const struct lt_catalog *catalog)
{
	int n = catalog->n_numbers;
	size_t i;

	for (i = 0; i < catalog->n; i++)
		if (catalog->item[i].label >= n)
			n = catalog->item[i].label + 1;
	return n;
}

/* Even without labels, rows have the order of the class names. */
static void forget_tables(struct lt_catalog *catalog)
{
	size_t i;

	catalog->names = NULL;
	for (i = 0; i < catalog->n; i++)
		if (!catalog->item[i].class_name)
			catalog->item[i].class_name = "";
}

int lt_catalog_classes(struct lt_import *import, struct lt_catalog *catalog,
		       struct lt_classes *classes, struct lt_error *err)
{
	const char **found = NULL;
	const struct lt_item *first;
	bool numbers;
	size_t i;
	int status = 0, n;

	*classes = (struct lt_classes){catalog->names, catalog->n_names, catalog->tags};
	if (import->no_labels)
		forget_tables(catalog);
	/* All items with a class must be like the first. */
	first = first_with_class(catalog);
	numbers = !first || !first->class_name;
	catalog->unlabelled = catalog->unlabelled && first;
	for (i = 0; status == 0 && i < catalog->n; i++)
		status = check_item(import, catalog, &catalog->item[i], numbers, err);
	if (status == 0 && numbers && !import->no_labels && !catalog->names)
		status = lt_catalog_match_numbers(import, catalog, err);
	if (status)
		return status;
	if (numbers) {
		n = greatest_label(catalog);
		if (!catalog->names)
			classes->n = n;
		else if (n > catalog->n_names)
			return lt_fail(err, LT_DATA, "%s: label %d, and %d classes have names",
				       lt_listing_name(import->listing), n - 1,
				       catalog->n_names);
		return 0;
	}
	if (!catalog->names) {
		status = collect_names(import, catalog, &found, &classes->n, err);
		classes->names = found;
	}
	return status ? status : number_items(import, catalog, classes->names, classes->n, err);
}

/* ------------------------------------------------------------------ order */

struct ordered {
	const struct lt_item *item;
	const char *name;
	uint16_t input; /* 0 if names of two inputs must differ */
};

/* By split, class, name.  If the first two are equal, comparing whole names orders by the part
 * below the class. */
static int canonical(const void *a, const void *b)
{
	const struct ordered *one = a, *other = b;

	if (one->item->split != other->item->split)
		return one->item->split < other->item->split ? -1 : 1;
	if (one->item->label != other->item->label)
		return one->item->label < other->item->label ? -1 : 1;
	return strcmp(one->name, other->name);
}

static int as_added(const void *a, const void *b)
{
	const struct ordered *one = a, *other = b;

	if (one->item->split != other->item->split)
		return one->item->split < other->item->split ? -1 : 1;
	return one->item < other->item ? -1 : one->item > other->item;
}

/* Bytewise, with "./a//b" equal to a/b. */
static int compare_paths(const char *one, const char *other)
{
	for (;;) {
		one = lt_path_skip(one);
		other = lt_path_skip(other);
		for (; *one == *other && *one && *one != '/'; one++)
			other++;
		if (*one != *other)
			return (unsigned char)*one < (unsigned char)*other ? -1 : 1;
		if (*one == '\0')
			return 0;
	}
}

static int by_name(const void *a, const void *b)
{
	const struct ordered *one = a, *other = b;
	int order = compare_paths(one->name, other->name);

	return order ? order : (one->input > other->input) - (one->input < other->input);
}

static int fail_twice(struct lt_import *import, const struct lt_listed *one,
		      const struct lt_listed *other, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: this name occurs twice%s",
		       lt_listing_place(import->listing, other),
		       one->input == other->input
			       ? ""
			       : "; unpack each archive into a directory of its own and name "
				 "the directories");
}

/* Names must be unique, because they become keys.  Two inputs may use the same name if a list
 * or the shards distinguish them. */
static int check_twice(struct lt_import *import, struct ordered *ordered, size_t n,
		       struct lt_error *err)
{
	size_t i;

	qsort(ordered, n, sizeof *ordered, by_name);
	for (i = 1; i < n; i++)
		if (by_name(&ordered[i - 1], &ordered[i]) == 0)
			return fail_twice(import, entry_of(import, ordered[i - 1].item),
					  entry_of(import, ordered[i].item), err);
	return 0;
}

/* The items in canonical order. */
static int put_in_order(struct lt_import *import, struct lt_catalog *catalog,
			struct lt_error *err)
{
	struct ordered *ordered = lt_new_array(catalog->n, sizeof *ordered);
	struct lt_item *item = lt_new_array(catalog->n, sizeof *item);
	size_t i;
	int status = ordered && item ? 0 : lt_fail_memory(err);

	for (i = 0; status == 0 && i < catalog->n; i++)
		ordered[i] = (struct ordered){
			&catalog->item[i], entry_of(import, &catalog->item[i])->name,
			catalog->order == LT_ORDER_AS_ADDED
				? entry_of(import, &catalog->item[i])->input
				: 0};
	if (status == 0)
		status = check_twice(import, ordered, catalog->n, err);
	if (status == 0) {
		qsort(ordered, catalog->n, sizeof *ordered,
		      catalog->order == LT_ORDER_BY_NAME ? canonical : as_added);
		for (i = 0; i < catalog->n; i++)
			item[i] = *ordered[i].item;
		lt_free(catalog->item);
		catalog->item = item;
		catalog->room = catalog->n;
		item = NULL;
	}
	lt_free(item);
	lt_free(ordered);
	return status;
}

/* ------------------------------------------------------------------ running */

/* Keeps only the items of the chosen split. */
static int choose(struct lt_import *import, struct lt_catalog *catalog, struct lt_error *err)
{
	unsigned has = 0, chosen;
	size_t i, kept = 0;
	int status;

	for (i = 0; i < catalog->n; i++)
		if (catalog->item[i].split != LT_SPLIT_DEFAULT)
			has |= 1u << catalog->item[i].split;
	status = lt_import_choose(import, has, &chosen, err);
	if (status || !has)
		return status;
	for (i = 0; i < catalog->n; i++) {
		if (chosen & 1u << catalog->item[i].split)
			catalog->item[kept++] = catalog->item[i];
		else if (catalog->item[i].split == LT_SPLIT_DEFAULT)
			lt_listing_pass(import->listing, LT_PASSED_BESIDE,
					entry_of(import, &catalog->item[i])->name);
	}
	catalog->n = kept;
	return 0;
}

static int set_classes(struct lt_import *import, const struct lt_catalog *catalog,
		       const struct lt_classes *classes, struct lt_error *err)
{
	uint64_t *counts =
		lt_arena_array(&import->arena, (size_t)classes->n + 1, sizeof *counts);
	size_t i, unlabelled = 0;
	int status;

	if (!counts)
		return lt_fail_memory(err);
	for (i = 0; !import->no_labels && i < catalog->n; i++)
		if (catalog->item[i].label >= 0)
			counts[catalog->item[i].label]++;
		else
			unlabelled++;
	status = lt_import_classes(import, classes->names, classes->n, err);
	if (status == 0)
		status = lt_import_counts(import, counts, classes->n, err);
	if (status == 0 && !import->no_labels)
		status = lt_catalog_notes(import, classes, counts, unlabelled, err);
	return status;
}

static int read_all(struct lt_import *import, const struct lt_catalog *catalog,
		    struct lt_error *err)
{
	uint32_t *plan = lt_arena_array(&import->arena, catalog->n, sizeof *plan);
	size_t i;
	int status;

	if (!plan)
		return lt_fail_memory(err);
	for (i = 0; i < catalog->n; i++)
		plan[i] = catalog->item[i].entry;
	import->total = catalog->n;
	status = lt_import_range(import, err);
	if (status == 0)
		status = lt_listing_plan(import->listing, plan, catalog->n, err);
	return status ? status : lt_import_images(import, catalog->item, err);
}

int lt_catalog_run(struct lt_import *import, struct lt_catalog *catalog, struct lt_error *err)
{
	struct lt_classes classes = {.names = NULL};
	int status;

	if (catalog->n == 0)
		return lt_fail(err, LT_DATA, "%s: no images", lt_listing_name(import->listing));
	import->has_key = true;
	status = lt_catalog_classes(import, catalog, &classes, err);
	if (status == 0)
		status = put_in_order(import, catalog, err);
	if (status == 0)
		status = choose(import, catalog, err);
	if (status == 0)
		status = set_classes(import, catalog, &classes, err);
	return status ? status : read_all(import, catalog, err);
}

void lt_catalog_free(struct lt_catalog *catalog)
{
	lt_free(catalog->item);
	lt_free(catalog->also);
	*catalog = (struct lt_catalog){0};
}
