/*
 * STL-10 in the binary version (Coates, Ng and Lee, "An analysis of single-layer networks in
 * unsupervised feature learning", 2011): an archive or directory, or the files themselves,
 *
 *	train_X.bin, train_y.bin	  5,000 images and labels
 *	test_X.bin, test_y.bin		  8,000
 *	unlabeled_X.bin			100,000 images
 *	class_names.txt			a name on each line
 *	fold_indices.txt		ten lines, each with the numbers, from 0, of the images
 *					of train in a fold (for --fold)
 *
 * The files have no headers: an image is 96 × 96 bytes of red, of green and of blue, each plane
 * column by column, and a label is a byte from 1 to 10.  The unlabelled images are the split
 * extra.  Canonical order: train, test, extra, then by number.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/arrays.h"

#define SIDE 96
#define IMAGE ((uint64_t)3 * SIDE * SIDE)
#define CLASSES 10
#define LABELLED 2 /* of the parts; the first ones */
#define PARTS 3
#define NAMES "class_names.txt"
#define FOLDS "fold_indices.txt"
#define N_FOLDS 10

static const struct {
	const char *images, *labels;
	enum lt_split split;
} known[PARTS] = {
	{"train_X.bin", "train_y.bin", LT_SPLIT_TRAIN},
	{"test_X.bin", "test_y.bin", LT_SPLIT_TEST},
	{"unlabeled_X.bin", NULL, LT_SPLIT_EXTRA},
};

static const char *const class_names[CLASSES] = {
	"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"};

struct stl10 {
	struct lt_import *import;
	/* Indices into the input's entries; -1: none. */
	int64_t images[PARTS], labels[LABELLED], names, folds;
	uint64_t n[PARTS]; /* images; set for chosen parts */
	struct lt_part part[PARTS];
	bool *kept; /* of train, with --fold */
};

static bool is_named(const char *name, const char *want)
{
	return strcmp(lt_path_base(name), want) == 0;
}

/* Short files are kept in memory, so that a compressed archive of gigabytes is not read once
 * more for them.  Elsewhere class_names.txt may belong to a list of images. */
static enum lt_want wants(const char *name)
{
	int i;

	for (i = 0; i < PARTS; i++)
		if (is_named(name, known[i].images))
			return LT_WANT_DATA;
	for (i = 0; i < LABELLED; i++)
		if (is_named(name, known[i].labels))
			return LT_WANT_TEXT;
	if (lt_path_ends(name, "stl10_binary/" NAMES) ||
	    lt_path_ends(name, "stl10_binary/" FOLDS))
		return LT_WANT_TEXT;
	return is_named(name, NAMES) || is_named(name, FOLDS) ? LT_WANT_DATA : LT_WANT_NOT;
}

static bool probe(const struct lt_listing *listing)
{
	bool found = false;
	size_t i;
	int k;

	for (i = 0; i < listing->n; i++) {
		/* A folder of images may hold a file of such a name. */
		if (listing->entry[i].want == LT_WANT_IMAGE)
			return false;
		for (k = 0; k < PARTS; k++)
			found = found || is_named(listing->entry[i].name, known[k].images);
	}
	return found;
}

/* ------------------------------------------------------------------ the files */

/* The place for the index of a file of this name; NULL: not a file of the data set. */
static int64_t *place_of(struct stl10 *set, const char *name)
{
	int i;

	for (i = 0; i < PARTS; i++) {
		if (is_named(name, known[i].images))
			return &set->images[i];
		if (i < LABELLED && is_named(name, known[i].labels))
			return &set->labels[i];
	}
	if (is_named(name, FOLDS))
		return &set->folds;
	return is_named(name, NAMES) ? &set->names : NULL;
}

static int find_files(struct stl10 *set, struct lt_error *err)
{
	struct lt_listing *listing = set->import->listing;
	unsigned has = 0, chosen = 0;
	size_t i;
	int k, status;

	for (k = 0; k < PARTS; k++)
		set->images[k] = set->labels[k % LABELLED] = -1;
	set->names = set->folds = -1;
	for (i = 0; i < listing->n; i++) {
		int64_t *place = place_of(set, listing->entry[i].name);

		if (place && *place >= 0)
			return lt_fail(err, LT_DATA, "%s: this file of STL-10 occurs twice",
				       lt_listing_place(listing, &listing->entry[i]));
		if (place)
			*place = (int64_t)i;
		else
			lt_listing_pass(listing, LT_PASSED_FORMAT, listing->entry[i].name);
	}
	for (k = 0; k < PARTS; k++)
		has |= set->images[k] < 0 ? 0 : 1u << known[k].split;
	if (has == 0)
		return lt_fail(err, LT_DATA,
			       "%s: none of STL-10's files is in it: train_X.bin, test_X.bin, "
			       "unlabeled_X.bin",
			       lt_listing_name(listing));
	status = lt_import_choose(set->import, has, &chosen, err);
	for (k = 0; k < PARTS; k++) {
		set->part[k].split = known[k].split;
		set->part[k].chosen = (chosen & 1u << known[k].split) != 0;
	}
	return status;
}

/* Appends the bytes of a short file. */
static int read_short(struct lt_listing *in, int64_t index, struct lt_buffer *bytes,
		      struct lt_error *err)
{
	const size_t step = 4096;
	size_t got;
	int status = lt_listing_open_entry(in, (uint32_t)index, err);

	while (status == 0) {
		if (bytes->size > LT_MAX_TEXT)
			return lt_fail(err, LT_DATA, "%s: more than %" PRIu64 " bytes",
				       lt_listing_place(in, &in->entry[index]), LT_MAX_TEXT);
		if (!lt_buffer_reserve(bytes, step))
			return lt_fail_memory(err);
		status = lt_listing_read(in, bytes->data + bytes->size, step, &got, err);
		bytes->size += status ? 0 : got;
		if (got < step)
			break;
	}
	return status;
}

/* ------------------------------------------------------------------ images */

/* The bytes of an entry, which is read to its end if it is compressed by itself. */
static int measure(struct stl10 *set, int64_t index, uint64_t *size, struct lt_error *err)
{
	struct lt_listing *listing = set->import->listing;
	uint8_t block[16384];
	size_t got;
	int status;

	*size = listing->entry[listing->entry[index].same].size;
	if (*size != UINT64_MAX)
		return 0;
	*size = 0;
	status = lt_listing_open_entry(listing, (uint32_t)index, err);
	while (status == 0) {
		status = lt_listing_read(listing, block, sizeof block, &got, err);
		*size += status ? 0 : got;
		if (got < sizeof block)
			break;
	}
	return status;
}

static int count_images(struct stl10 *set, int i, struct lt_error *err)
{
	struct lt_listing *listing = set->import->listing;
	uint64_t size = 0;
	int status = measure(set, set->images[i], &size, err);

	if (status)
		return status;
	set->n[i] = size / IMAGE;
	set->part[i].name =
		lt_arena_text(&set->import->arena,
			      lt_listing_place(listing, &listing->entry[set->images[i]]));
	if (!set->part[i].name)
		return lt_fail_memory(err);
	if (size % IMAGE != 0)
		return lt_fail(err, LT_DATA,
			       "%s: %" PRIu64 " bytes, not a multiple of %" PRIu64
			       ", the bytes of an image of STL-10",
			       set->part[i].name, size, IMAGE);
	return 0;
}

static int read_bytes(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct lt_listing *listing = arg;
	size_t got;
	int status = lt_listing_read(listing, to, n, &got, err);

	if (status || got == n)
		return status;
	return lt_fail(err, LT_DATA, "%s: truncated", lt_listing_place(listing, listing->open));
}

static int write_images(struct stl10 *set, int i, struct lt_error *err)
{
	/* By image, channel, column and row. */
	static const struct lt_layout layout = {
		.images = 0, .channels = 1, .width = 2, .height = 3};
	struct lt_array array = {
		.kind = 'u', .size = 1, .rank = 4, .dim = {set->n[i], 3, SIDE, SIDE}};
	struct lt_listing *listing = set->import->listing;
	const struct lt_listed *entry;
	int status = lt_listing_open_entry(listing, (uint32_t)set->images[i], err);

	if (status == 0)
		status = lt_part_rows(set->import, &set->part[i], &array, &layout, read_bytes,
				      listing, err);
	/* At the end of the plan, the listing checks that the input did not change. */
	return status ? status : lt_listing_next(listing, &entry, err);
}

/* ------------------------------------------------------------------ labels */

/* A file in the directory of an operand; NULL: there is none, or no memory. */
static const char *file_beside(struct lt_import *import, const char *images, const char *name)
{
	int directory = (int)(lt_path_base(images) - images);
	char *path = lt_arena_printf(&import->arena, "%.*s%s.gz", directory, images, name);

	if (!path || access(path, F_OK) == 0)
		return path;
	path[strlen(path) - 3] = '\0';
	return access(path, F_OK) == 0 ? path : NULL;
}

/* Opens a file beside images that are an operand, as a separate input; *out is NULL if there is
 * none. */
static int open_beside(struct stl10 *set, int i, const char *name, const char *role,
		       struct lt_listing **out, struct lt_error *err)
{
	struct lt_import *import = set->import;
	int input = import->listing->entry[set->images[i]].input, status;
	const char *path = NULL;

	*out = NULL;
	if (input < import->n_paths && import->listing->input[input].single &&
	    strcmp(import->paths[input], "-") != 0)
		path = file_beside(import, import->paths[input], name);
	if (!path)
		return 0;
	status = lt_listing_open_file(out, path, "a file of STL-10", err);
	return status ? status : lt_import_input(import, role, &(*out)->input[0], err);
}

static int take_labels(struct stl10 *set, int i, const char *where,
		       const struct lt_buffer *bytes, struct lt_error *err)
{
	struct lt_part *part = &set->part[i];
	size_t k;

	if (bytes->size != set->n[i])
		return lt_fail(err, LT_DATA, "%s: %zu labels for the %" PRIu64 " images of %s",
			       where, bytes->size, set->n[i], known[i].images);
	part->label = lt_new_array(bytes->size + 1, sizeof *part->label);
	if (!part->label)
		return lt_fail_memory(err);
	for (k = 0; k < bytes->size; k++) {
		if (bytes->data[k] < 1 || bytes->data[k] > CLASSES)
			return lt_fail(err, LT_DATA,
				       "%s: image %zu has label %d, which is not 1 to %d",
				       where, k, bytes->data[k], CLASSES);
		part->label[k] = bytes->data[k] - 1;
	}
	part->n_labels = bytes->size;
	part->labelled = true;
	return 0;
}

static int read_labels_in(struct stl10 *set, int i, struct lt_listing *in, int64_t index,
			  struct lt_error *err)
{
	struct lt_buffer bytes = {0};
	int status = read_short(in, index, &bytes, err);

	if (status == 0)
		status = take_labels(set, i, lt_listing_place(in, &in->entry[index]), &bytes,
				     err);
	lt_buffer_free(&bytes);
	return status;
}

static int read_labels(struct stl10 *set, int i, struct lt_error *err)
{
	struct lt_listing *beside = NULL;
	int status;

	if (set->labels[i] >= 0)
		return read_labels_in(set, i, set->import->listing, set->labels[i], err);
	status = open_beside(set, i, known[i].labels, "labels", &beside, err);
	if (status == 0 && !beside)
		return lt_fail(err, LT_DATA,
			       "%s: there is no %s with its labels; --no-labels imports it "
			       "without labels",
			       set->part[i].name, known[i].labels);
	if (status == 0)
		status = read_labels_in(set, i, beside, 0, err);
	lt_listing_close(beside);
	return status;
}

/* ------------------------------------------------------------------ folds */

/* Reads the numbers of a line; those of the wanted fold are marked in kept.  *n: how many. */
static int take_fold(struct stl10 *set, const char *where, const char *line, unsigned fold,
		     size_t *n, struct lt_error *err)
{
	uint64_t number;
	char *end;

	for (*n = 0;; line = end, (*n)++) {
		line += strspn(line, " \t\r");
		if (*line == '\0' || *line == '\n')
			return 0;
		number = *line >= '0' && *line <= '9' ? strtoull(line, &end, 10) : UINT64_MAX;
		if (number >= set->n[0] || !strchr(" \t\r\n", *end))
			return lt_fail(
				err, LT_DATA,
				"%s: fold %u: \"%.*s\" is not the number of an image of train, "
				"which has %" PRIu64,
				where, fold, (int)strcspn(line, " \t\r\n"), line, set->n[0]);
		if (fold != set->import->fold)
			continue;
		if (set->kept[number])
			return lt_fail(err, LT_DATA,
				       "%s: fold %u: image %" PRIu64 " occurs twice", where,
				       fold, number);
		set->kept[number] = true;
	}
}

static int take_folds(struct stl10 *set, const char *where, const char *text,
		      struct lt_error *err)
{
	size_t n, first = 0;
	unsigned fold;
	int status;

	for (fold = 0; *text; fold++) {
		status = take_fold(set, where, text, fold, &n, err);
		if (status)
			return status;
		if (n == 0 && text[strspn(text, " \t\r\n")] == '\0')
			break;
		first = fold == 0 ? n : first;
		if (n == 0 || n != first)
			return lt_fail(err, LT_DATA,
				       "%s: fold %u has %zu images, and fold 0 has %zu", where,
				       fold, n, first);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return fold == N_FOLDS ? 0
			       : lt_fail(err, LT_DATA, "%s: %u folds, and STL-10 has %d", where,
					 fold, N_FOLDS);
}

static int read_folds_in(struct stl10 *set, struct lt_listing *in, int64_t index,
			 struct lt_error *err)
{
	struct lt_buffer bytes = {0};
	int status = read_short(in, index, &bytes, err);

	if (status == 0 && !lt_buffer_append(&bytes, "", 1))
		status = lt_fail_memory(err);
	if (status == 0)
		status = take_folds(set, lt_listing_place(in, &in->entry[index]),
				    (const char *)bytes.data, err);
	lt_buffer_free(&bytes);
	return status;
}

/* --fold: finds out which images of train are written. */
static int read_folds(struct stl10 *set, struct lt_error *err)
{
	struct lt_listing *beside = NULL;
	int status;

	/* --dry-run chooses all splits. */
	if (!set->part[0].chosen ||
	    (set->import->split != LT_SPLIT_DEFAULT && set->import->split != LT_SPLIT_TRAIN))
		return lt_fail(err, LT_USAGE, "--fold goes with the split train alone");
	set->kept = lt_new_array((size_t)set->n[0] + 1, sizeof *set->kept);
	if (!set->kept)
		return lt_fail_memory(err);
	set->part[0].kept = set->kept;
	if (set->folds >= 0)
		return read_folds_in(set, set->import->listing, set->folds, err);
	status = open_beside(set, 0, FOLDS, "folds", &beside, err);
	if (status == 0 && !beside)
		status = lt_fail(err, LT_DATA, "%s: there is no " FOLDS " for --fold",
				 lt_listing_name(set->import->listing));
	if (status == 0)
		status = read_folds_in(set, beside, 0, err);
	lt_listing_close(beside);
	return status;
}

/* ------------------------------------------------------------------ classes */

static int read_names(struct stl10 *set, const char *const **names, struct lt_error *err)
{
	struct lt_listing *listing = set->import->listing;
	struct lt_buffer bytes = {0};
	int status = read_short(listing, set->names, &bytes, err);

	if (status == 0 && !lt_buffer_append(&bytes, "", 1))
		status = lt_fail_memory(err);
	if (status == 0)
		status = lt_import_read_names(
			set->import, lt_listing_place(listing, &listing->entry[set->names]),
			(const char *)bytes.data, CLASSES, names, err);
	lt_buffer_free(&bytes);
	return status;
}

/* Unlabelled rows have the classes too, since they are learned from beside labelled ones. */
static int set_classes(struct stl10 *set, struct lt_error *err)
{
	struct lt_import *import = set->import;
	const char *const *names = class_names;
	int status = set->names >= 0 ? read_names(set, &names, err) : 0;

	if (status)
		return status;
	return set->part[0].chosen || set->part[1].chosen
		       ? lt_parts_classes(import, set->part, LABELLED, names, CLASSES, err)
		       : lt_import_classes(import, names, CLASSES, err);
}

/* ------------------------------------------------------------------ all of it */

/* Notice: the unlabelled images are there and are not read. */
static void tell_unlabelled(struct stl10 *set)
{
	struct lt_import *import = set->import;
	int extra = PARTS - 1;
	char text[1200], number[40] = "the";
	uint64_t size;

	if (set->images[extra] < 0 || set->part[extra].chosen ||
	    import->split != LT_SPLIT_DEFAULT)
		return;
	size = import->listing->entry[import->listing->entry[set->images[extra]].same].size;
	if (size != UINT64_MAX)
		snprintf(number, sizeof number, "%" PRIu64, size / IMAGE);
	snprintf(text, sizeof text,
		 "%.600s: %s unlabelled images are left out; --split extra imports them, with "
		 "label -1",
		 lt_listing_name(import->listing), number);
	import->host.notice(import->host.arg, text);
}

/* Notice: the folds are there, and all of train is read. */
static void tell_folds(struct stl10 *set)
{
	struct lt_import *import = set->import;
	char text[700];

	if (set->folds < 0 || import->has_fold || !set->part[0].chosen)
		return;
	snprintf(text, sizeof text,
		 "%.600s: " FOLDS " is not used; --fold imports one of its folds",
		 lt_listing_name(import->listing));
	import->host.notice(import->host.arg, text);
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct stl10 set = {.import = import};
	int i, status = find_files(&set, err);

	for (i = 0; i < PARTS && status == 0; i++) {
		if (!set.part[i].chosen)
			continue;
		status = count_images(&set, i, err);
		if (status == 0 && i < LABELLED && !import->no_labels)
			status = read_labels(&set, i, err);
	}
	if (status == 0 && import->has_fold)
		status = read_folds(&set, err);
	if (status == 0)
		status = set_classes(&set, err);
	if (status == 0) {
		tell_unlabelled(&set);
		tell_folds(&set);
	}
	for (i = 0; i < PARTS && status == 0; i++)
		if (set.part[i].chosen)
			status = write_images(&set, i, err);
	lt_parts_free(set.part, PARTS);
	lt_free(set.kept);
	return status;
}

const struct lt_import_format lt_import_stl10 = {"stl10", wants, probe, run};
