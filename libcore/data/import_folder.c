/*
 * A directory, or an archive of one, with a directory of images for each class,
 *
 *	[anything/][train/]CLASS/[…/]IMAGE
 *
 * and images without classes under --no-labels.  Canonical order, as torchvision's
 * ImageFolder has it: by split, then classes bytewise, then the names below
 * them bytewise.  The class list is that of all splits together.
 *
 * Leading directories that all images share are passed over as long as each
 * image keeps a directory above it; a directory operand and an archive of that
 * directory so give the same rows.
 */
#include "data/import.h"

#include <stdlib.h>
#include <string.h>

#include "data/import_range.h"

#include "base/memory.h"

/* Parts of an entry's name, inside it. */
struct parts {
	const char *class_name; /* class_size bytes; none without a directory */
	size_t class_size;
	enum lt_split split;
};

/* A class's name, inside an entry's. */
struct piece {
	const char *at;
	size_t size;
};

struct folder {
	size_t prefix;	     /* bytes of leading directories that all share */
	bool has_splits;     /* then a split's name comes next */
	unsigned has;	     /* which splits there are */
	size_t n;	     /* images: the first n entries */
	struct piece *class; /* bytewise order once collected */
	size_t n_classes, room;
};

static enum lt_want wants(const char *name)
{
	return lt_image_is_named(name) ? LT_WANT_IMAGE : LT_WANT_NOT;
}

static bool is_image(const struct lt_listing *listing, const struct lt_listed *entry)
{
	return entry->want == LT_WANT_IMAGE ||
	       (listing->single && lt_image_is_known(listing->head, listing->head_size));
}

static bool probe(const struct lt_listing *listing)
{
	size_t i;

	for (i = 0; i < listing->n; i++)
		if (is_image(listing, &listing->entry[i]))
			return true;
	return false;
}

/* ------------------------------------------------------------------ names */

/* "./a//b" is a/b: skips what says nothing. */
static const char *skip_empty(const char *at)
{
	while (*at == '/' || (at[0] == '.' && at[1] == '/'))
		at++;
	return at;
}

static enum lt_split split_of(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum lt_split split;
	} known[] = {
		{"train", LT_SPLIT_TRAIN},    {"training", LT_SPLIT_TRAIN},
		{"test", LT_SPLIT_TEST},      {"testing", LT_SPLIT_TEST},
		{"val", LT_SPLIT_VAL},	      {"valid", LT_SPLIT_VAL},
		{"validation", LT_SPLIT_VAL}, {"extra", LT_SPLIT_EXTRA},
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i].name) == n && memcmp(name, known[i].name, n) == 0)
			return known[i].split;
	return LT_SPLIT_DEFAULT;
}

/* Length of the directory at the name's place, 0 when the file's own name stands there. */
static size_t directory_size(const char *at)
{
	size_t n = strcspn(at, "/");

	return at[n] == '/' ? n : 0;
}

static struct parts take_apart(const struct folder *folder, const char *name)
{
	const char *at = skip_empty(name + folder->prefix);
	struct parts parts = {0};

	if (folder->has_splits) {
		parts.split = split_of(at, directory_size(at));
		at = skip_empty(at + directory_size(at));
	}
	parts.class_size = directory_size(at);
	parts.class_name = at;
	return parts;
}

/* Do all images lie below the directory that the first one names here, with a directory
 * between? */
static bool all_share(const struct lt_listing *listing, const struct folder *folder,
		      const char *first, size_t size)
{
	const char *at;
	size_t i;

	for (i = 0; i < folder->n; i++) {
		at = skip_empty(listing->entry[i].name + folder->prefix);
		if (directory_size(at) != size || memcmp(at, first, size) != 0 ||
		    directory_size(skip_empty(at + size)) == 0)
			return false;
	}
	return true;
}

static bool all_in_splits(const struct lt_listing *listing, struct folder *folder)
{
	enum lt_split split;
	const char *at;
	size_t i;

	folder->has = 0;
	for (i = 0; i < folder->n; i++) {
		at = skip_empty(listing->entry[i].name + folder->prefix);
		split = split_of(at, directory_size(at));
		if (split == LT_SPLIT_DEFAULT)
			return false;
		folder->has |= 1u << split;
	}
	return true;
}

/* Sets prefix, has_splits and has. */
static void find_layout(const struct lt_listing *listing, struct folder *folder)
{
	const char *at;
	size_t size;

	for (;;) {
		folder->has_splits = all_in_splits(listing, folder);
		if (folder->has_splits)
			return;
		at = skip_empty(listing->entry[0].name + folder->prefix);
		size = directory_size(at);
		if (size == 0 || !all_share(listing, folder, at, size))
			break;
		folder->prefix = (size_t)(at - listing->entry[0].name) + size;
	}
	folder->has = 0;
}

/* Images to the front; what another format wanted is no business of this one. */
static void keep_images(struct lt_listing *listing, struct folder *folder)
{
	size_t i;

	for (i = 0; i < listing->n; i++) {
		if (is_image(listing, &listing->entry[i])) {
			listing->entry[folder->n++] = listing->entry[i];
		} else {
			listing->unwanted++;
			if (!listing->first_unwanted)
				listing->first_unwanted = listing->entry[i].name;
		}
	}
	listing->n = folder->n;
}

/* ------------------------------------------------------------------ classes */

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *one = a, *other = b;
	int order =
		memcmp(one->at, other->at, one->size < other->size ? one->size : other->size);

	return order ? order : one->size < other->size ? -1 : one->size > other->size;
}

static void join_equal(struct folder *folder)
{
	size_t i, kept = 0;

	if (folder->n_classes == 0)
		return;
	qsort(folder->class, folder->n_classes, sizeof *folder->class, compare_pieces);
	for (i = 0; i < folder->n_classes; i++)
		if (kept == 0 ||
		    compare_pieces(&folder->class[i], &folder -> class[kept - 1]) != 0)
			folder->class[kept++] = folder->class[i];
	folder->n_classes = kept;
}

/* Joins what is equal before it asks for more room: entries may come in any order. */
static int make_room(struct folder *folder, struct lt_error *err)
{
	struct piece *block;
	size_t room = folder->room ? 2 * folder->room : 1024;

	if (folder->n_classes < folder->room)
		return 0;
	join_equal(folder);
	if (folder->n_classes < folder->room / 2)
		return 0;
	block = lt_grow_array(folder->class, room, sizeof *block);
	if (!block)
		return lt_fail_memory(err);
	folder->class = block;
	folder->room = room;
	return 0;
}

static int check_class(const struct lt_import *import, const struct lt_listed *entry,
		       const struct parts *parts, struct lt_error *err)
{
	if (parts->class_size == 0 && !import->no_labels)
		return lt_fail(err, LT_DATA,
			       "%s: no directory above it names its class; --no-labels takes "
			       "images without classes",
			       lt_listing_where(import->listing, entry->name));
	if (parts->class_size > LT_MAX_NAME)
		return lt_fail(err, LT_DATA,
			       "%s: the name of its class is longer than %d bytes",
			       lt_listing_where(import->listing, entry->name), LT_MAX_NAME);
	return 0;
}

/* The class list of all splits, bytewise. */
static int collect_classes(struct lt_import *import, struct folder *folder,
			   struct lt_error *err)
{
	struct piece piece, before = {NULL, 0};
	struct parts parts;
	size_t i;
	int status;

	for (i = 0; i < folder->n; i++) {
		parts = take_apart(folder, import->listing->entry[i].name);
		status = check_class(import, &import->listing->entry[i], &parts, err);
		if (status)
			return status;
		piece = (struct piece){parts.class_name, parts.class_size};
		if (before.at && compare_pieces(&piece, &before) == 0)
			continue;
		status = make_room(folder, err);
		if (status)
			return status;
		folder->class[folder->n_classes++] = before = piece;
	}
	join_equal(folder);
	if (folder->n_classes > LT_MAX_CLASSES)
		return lt_fail(err, LT_DATA, "%s: %zu directories of images, more than %d",
			       lt_listing_name(import->listing), folder->n_classes,
			       LT_MAX_CLASSES);
	return 0;
}

/* ------------------------------------------------------------------ order */

/* By split, class, name: where the first two agree, whole names order as what is below the
 * class. */
static int canonical(const void *a, const void *b)
{
	const struct lt_listed *one = a, *other = b;

	if (one->mark2 != other->mark2)
		return one->mark2 < other->mark2 ? -1 : 1;
	if (one->mark != other->mark)
		return one->mark < other->mark ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* Marks each entry with its class and split, and sorts.  No name may be there twice. */
static int put_in_order(struct lt_import *import, struct folder *folder, struct lt_error *err)
{
	struct lt_listed *entry = import->listing->entry;
	const struct piece *found;
	struct parts parts;
	struct piece piece;
	size_t i;

	for (i = 0; i < folder->n; i++) {
		parts = take_apart(folder, entry[i].name);
		piece = (struct piece){parts.class_name, parts.class_size};
		found = bsearch(&piece, folder->class, folder->n_classes, sizeof piece,
				compare_pieces);
		if (!found)
			return lt_fail(err, LT_BUG, "a class was lost");
		entry[i].mark = (uint16_t)(found - folder->class);
		entry[i].mark2 = (uint8_t)parts.split;
	}
	qsort(entry, folder->n, sizeof *entry, canonical);
	for (i = 1; i < folder->n; i++)
		if (canonical(&entry[i - 1], &entry[i]) == 0)
			return lt_fail(err, LT_DATA, "%s: this name is there twice",
				       lt_listing_where(import->listing, entry[i].name));
	return 0;
}

/* ------------------------------------------------------------------ reading */

static int read_image(struct lt_import *import, const struct lt_listed *entry, int label,
		      struct lt_buffer *bytes, struct lt_error *err)
{
	struct lt_error why;
	int status = lt_listing_read_all(import->listing, bytes, err);

	if (status)
		return status;
	if (lt_image_decode(&import->image, bytes->data, bytes->size, &import->how, &why))
		return lt_import_bad(import, entry->name, &why, err);
	return lt_import_row(import, label, entry->name, err);
}

static int read_images(struct lt_import *import, struct lt_error *err)
{
	const struct lt_listed *entry;
	struct lt_buffer bytes = {0};
	int status;

	for (;;) {
		status = lt_listing_next(import->listing, &entry, err);
		if (status || !entry)
			break;
		status = read_image(import, entry, entry->mark, &bytes, err);
		if (status)
			break;
	}
	lt_buffer_free(&bytes);
	return status;
}

/* The entries of the chosen splits, and the rows of each class in them. */
static int choose_entries(struct lt_import *import, struct folder *folder, uint32_t *plan,
			  uint64_t *counts, struct lt_error *err)
{
	const struct lt_listed *entry = import->listing->entry;
	unsigned chosen;
	size_t i;
	int status = lt_import_choose(import, folder->has, &chosen, err);

	for (i = 0; status == 0 && i < folder->n; i++) {
		if (folder->has_splits && !(chosen & 1u << entry[i].mark2))
			continue;
		plan[import->total++] = (uint32_t)i;
		counts[entry[i].mark]++;
	}
	return status;
}

static int set_classes(struct lt_import *import, const struct folder *folder,
		       const uint64_t *counts, struct lt_error *err)
{
	const char **names = lt_arena_array(&import->arena, folder->n_classes, sizeof *names);
	size_t i;
	int status;

	if (!names)
		return lt_fail_memory(err);
	for (i = 0; i < folder->n_classes; i++) {
		names[i] = lt_arena_text_n(&import->arena, folder->class[i].at,
					   folder->class[i].size);
		if (!names[i])
			return lt_fail_memory(err);
	}
	status = lt_import_classes(import, names, (int)folder->n_classes, err);
	return status ? status : lt_import_counts(import, counts, (int)folder->n_classes, err);
}

static int run_folder(struct lt_import *import, struct folder *folder, struct lt_error *err)
{
	uint32_t *plan = lt_arena_array(&import->arena, folder->n, sizeof *plan);
	uint64_t *counts;
	int status = collect_classes(import, folder, err);

	if (status == 0)
		status = put_in_order(import, folder, err);
	if (status)
		return status;
	counts = lt_arena_array(&import->arena, folder->n_classes, sizeof *counts);
	if (!plan || !counts)
		return lt_fail_memory(err);
	status = choose_entries(import, folder, plan, counts, err);
	if (status == 0)
		status = set_classes(import, folder, counts, err);
	if (status == 0)
		status = lt_import_range(import, err);
	if (status == 0)
		status = lt_listing_plan(import->listing, plan, (size_t)import->total, err);
	return status ? status : read_images(import, err);
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct folder folder = {0};
	int status;

	keep_images(import->listing, &folder);
	if (folder.n == 0)
		return lt_fail(err, LT_DATA, "%s: there are no %s images in it",
			       lt_listing_name(import->listing), lt_image_formats);
	import->has_key = true;
	find_layout(import->listing, &folder);
	status = run_folder(import, &folder, err);
	lt_free(folder.class);
	return status;
}

const struct lt_import_format lt_import_folder = {"folder", wants, probe, run};
