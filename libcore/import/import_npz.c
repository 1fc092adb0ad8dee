/*
 * Numpy's files: .npy, one array, and .npz, a zip of them (numpy.savez,
 * numpy.savez_compressed).  The name of the array determines its content (array_names.h); if it
 * does not, the name of the .npz file or of its directory does.
 *
 * The arrays may be entries of one .npz file; .npy files in a directory or archive;
 * .npz files in a directory; or several operands of these kinds.  Canonical order:
 * train, test, val, extra, then by number in the array.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "format/npy.h"
#include "import/array_names.h"
#include "import/arrays.h"

#define SPLITS (LT_SPLIT_EXTRA + 1) /* LT_SPLIT_DEFAULT, which comes last */
#define NONE UINT32_MAX

/* Which entries are the arrays of a split. */
struct pair {
	uint32_t images, labels;
};

struct npz {
	struct lt_import *import;
	struct pair pair[SPLITS];
	uint32_t classes;
	/* The pairs with images, in the order of the rows. */
	struct lt_part part[SPLITS];
	struct pair of_part[SPLITS];
	int n;
	uint32_t *plan;
	/* The entry that is being read. */
	const struct lt_listed *entry;
	uint64_t taken;
};

static enum lt_want wants(const char *name)
{
	return lt_path_ends(name, ".npy") || lt_path_ends(name, ".npz") ? LT_WANT_DATA
									: LT_WANT_NOT;
}

static bool is_npy(const struct lt_listing *listing, const struct lt_listed *entry)
{
	size_t n;
	const uint8_t *head = lt_listing_head(listing, entry, &n);

	return head ? n >= 6 && memcmp(head, "\x93NUMPY", 6) == 0
		    : lt_path_ends(entry->name, ".npy");
}

static bool probe(const struct lt_listing *listing)
{
	bool arrays = false;
	size_t i;

	for (i = 0; i < listing->n; i++) {
		/* A folder of images may hold a stray array. */
		if (listing->entry[i].want == LT_WANT_IMAGE)
			return false;
		arrays = arrays || is_npy(listing, &listing->entry[i]) ||
			 lt_path_ends(listing->entry[i].name, ".npz");
	}
	return arrays;
}

/* ------------------------------------------------------------------ finding the arrays */

/* The .npz files of a directory become inputs of the listing. */
static int open_nested(struct lt_import *import, struct lt_error *err)
{
	struct lt_listing *listing = import->listing;
	char name[sizeof listing->name];
	size_t i, n = listing->n;
	int status = 0;

	memcpy(name, listing->name, sizeof name);
	/* --in applies to the directory. */
	listing->inside = NULL;
	for (i = 0; i < n && status == 0; i++) {
		const struct lt_listed *entry = &listing->entry[i];
		const struct lt_input *input = &listing->input[entry->input];
		const char *path;

		if (!lt_path_ends(entry->name, ".npz") || input->single)
			continue;
		if (lt_archive_kind(input->archive) != LT_ARCHIVE_TREE)
			return lt_fail(err, LT_DATA,
				       "%s: an .npz file inside an archive; unpack the archive "
				       "and name the file or its directory",
				       lt_listing_place(listing, entry));
		path = lt_arena_printf(&import->arena, "%s/%s", lt_archive_name(input->archive),
				       entry->name + strlen(input->prefix));
		status = path ? lt_listing_add(listing, path, false, err) : lt_fail_memory(err);
	}
	/* Messages refer to the operand. */
	memcpy(listing->name, name, sizeof name);
	return status;
}

/* The last directory above a name, *n bytes, or NULL. */
static const char *directory_of(const char *name, size_t *n)
{
	const char *end = strrchr(name, '/'), *at = end;

	if (!end)
		return NULL;
	while (at > name && at[-1] != '/')
		at--;
	*n = (size_t)(end - at);
	return at;
}

/* Deduces the content of an array from its own name, or from that of its file or directory. */
static struct lt_array_name name_of(const struct lt_listing *listing,
				    const struct lt_listed *entry)
{
	const struct lt_input *input = &listing->input[entry->input];
	const char *archive = lt_archive_name(input->archive), *directory;
	bool in_npz = !input->single && lt_path_ends(archive, ".npz");
	struct lt_array_name name, around = {LT_ROLE_NONE, LT_SPLIT_DEFAULT};
	const char *base = lt_path_base(entry->name);
	size_t n;

	if (!in_npz) {
		name = lt_array_file_name(entry->name, ".npy");
		directory = directory_of(entry->name, &n);
		if (directory)
			around = lt_array_name(directory, n, true);
	} else {
		n = strlen(base) - (lt_path_ends(base, ".npy") ? 4 : 0);
		name = lt_array_name(base, n, false);
		around = lt_array_file_name(archive, ".npz");
		/* numpy.savez(file, array): the array has no name of its own. */
		if (strncmp(base, "arr_0", n) == 0 && n == 5)
			name.role = around.role;
	}
	if (name.split == LT_SPLIT_DEFAULT)
		name.split = around.split;
	return name;
}

/* Assigns an entry to *place, which must be free. */
static int set_place(struct lt_import *import, uint32_t *place, uint32_t entry,
		     struct lt_error *err)
{
	struct lt_listing *listing = import->listing;
	char first[600];

	if (*place != NONE) {
		snprintf(first, sizeof first, "%s",
			 lt_listing_place(listing, &listing->entry[*place]));
		return lt_fail(err, LT_DATA,
			       "%s: the same array as %s by its name; name the two that belong "
			       "together",
			       lt_listing_place(listing, &listing->entry[entry]), first);
	}
	*place = entry;
	return 0;
}

static int sort_arrays(struct npz *npz, struct lt_error *err)
{
	struct lt_import *import = npz->import;
	struct lt_listing *listing = import->listing;
	struct lt_array_name name;
	uint32_t i, other = NONE, arrays = 0;
	int status = 0;

	for (i = 0; i < listing->n && status == 0; i++) {
		if (!is_npy(listing, &listing->entry[i]))
			continue;
		arrays++;
		name = name_of(listing, &listing->entry[i]);
		if (name.role == LT_ROLE_IMAGES) {
			status = set_place(import, &npz->pair[name.split].images, i, err);
		} else if (name.role == LT_ROLE_LABELS) {
			status = set_place(import, &npz->pair[name.split].labels, i, err);
		} else if (name.role == LT_ROLE_CLASSES) {
			status = set_place(import, &npz->classes, i, err);
		} else {
			other = i;
			lt_listing_pass(listing, LT_PASSED_FORMAT, listing->entry[i].name);
		}
	}
	/* A single array is images if labels are not needed. */
	if (status == 0 && arrays == 1 && other != NONE && import->no_labels) {
		npz->pair[LT_SPLIT_DEFAULT].images = other;
		listing->passed[LT_PASSED_FORMAT]--;
	}
	return status;
}

/* A single array of images and a single one of labels belong together, even if their names give
 * different splits. */
static void pair_up(struct npz *npz)
{
	int split, images = -1, labels = -1, n_images = 0, n_labels = 0;

	for (split = 0; split < SPLITS; split++) {
		if (npz->pair[split].images != NONE) {
			images = split;
			n_images++;
		}
		if (npz->pair[split].labels != NONE) {
			labels = split;
			n_labels++;
		}
	}
	if (n_images != 1 || n_labels != 1 || images == labels)
		return;
	if (images == LT_SPLIT_DEFAULT || labels == LT_SPLIT_DEFAULT)
		npz->pair[images].labels = npz->pair[labels].labels;
}

static int no_images(const struct lt_import *import, struct lt_error *err)
{
	return lt_fail(
		err, LT_DATA,
		"%s: no array is named as images are: x, images or data, with train, test, "
		"val or extra before or behind it; see ltimport(1)",
		lt_listing_name(import->listing));
}

static int make_parts(struct npz *npz, struct lt_error *err)
{
	struct lt_listing *listing = npz->import->listing;
	int k, split;

	for (k = 0; k < SPLITS; k++) {
		split = (k + 1) % SPLITS; /* the default last */
		if (npz->pair[split].images == NONE)
			continue;
		npz->part[npz->n].name = lt_arena_text(
			&npz->import->arena,
			lt_listing_place(listing, &listing->entry[npz->pair[split].images]));
		if (!npz->part[npz->n].name)
			return lt_fail_memory(err);
		npz->part[npz->n].split = (enum lt_split)split;
		npz->of_part[npz->n++] = npz->pair[split];
	}
	return npz->n > 0 ? 0 : no_images(npz->import, err);
}

/* All labels, then the chosen images. */
static int plan(struct npz *npz, struct lt_error *err)
{
	uint32_t n = 0;
	int i;

	npz->plan = lt_arena_array(&npz->import->arena, 2 * SPLITS + 1, sizeof *npz->plan);
	if (!npz->plan)
		return lt_fail_memory(err);
	if (npz->classes != NONE && !npz->import->no_labels)
		npz->plan[n++] = npz->classes;
	for (i = 0; i < npz->n && !npz->import->no_labels; i++)
		if (npz->of_part[i].labels != NONE)
			npz->plan[n++] = npz->of_part[i].labels;
	for (i = 0; i < npz->n; i++)
		if (npz->part[i].chosen)
			npz->plan[n++] = npz->of_part[i].images;
	return lt_listing_plan(npz->import->listing, npz->plan, n, err);
}

/* ------------------------------------------------------------------ reading them */

static int of_entry(const struct npz *npz, const char *what, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: %s",
		       lt_listing_place(npz->import->listing, npz->entry), what);
}

static int read_entry(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct npz *npz = arg;
	size_t got;
	int status = lt_listing_read(npz->import->listing, to, n, &got, err);

	npz->taken += n;
	return status || got == n ? status : of_entry(npz, "truncated", err);
}

/* Opens the next planned entry and reads its header; a known size must match it. */
static int open_array(struct npz *npz, struct lt_array *array, struct lt_error *err)
{
	struct lt_listing *listing = npz->import->listing;
	uint64_t elements, bytes;
	int status = lt_listing_next(listing, &npz->entry, err);

	npz->taken = 0;
	if (status == 0)
		status = lt_npy_read_header(array, lt_listing_place(listing, npz->entry),
					    read_entry, npz, err);
	if (status || npz->entry->size == UINT64_MAX || array->size == 0)
		return status;
	if (!lt_array_elements(array, &elements, &bytes) || npz->entry->size < npz->taken ||
	    npz->entry->size - npz->taken < bytes)
		return of_entry(npz, "truncated", err);
	return 0;
}

static int at_end(struct npz *npz, struct lt_error *err)
{
	uint8_t byte;
	size_t got;
	int status = lt_listing_read(npz->import->listing, &byte, 1, &got, err);

	return status || got == 0 ? status : of_entry(npz, "longer than its header says", err);
}

static int read_names(struct npz *npz, const char *const **names, int *n, struct lt_error *err)
{
	struct lt_array array;
	int status = open_array(npz, &array, err);

	if (status == 0)
		status =
			lt_array_class_names(&npz->import->arena, &array,
					     lt_listing_place(npz->import->listing, npz->entry),
					     read_entry, npz, names, n, err);
	return status ? status : at_end(npz, err);
}

static int read_labels(struct npz *npz, struct lt_error *err)
{
	struct lt_array array;
	char where[700];
	int i, status = 0;

	for (i = 0; i < npz->n && status == 0; i++) {
		if (npz->of_part[i].labels == NONE)
			continue;
		status = open_array(npz, &array, err);
		if (status)
			return status;
		snprintf(where, sizeof where, "%s",
			 lt_listing_place(npz->import->listing, npz->entry));
		status = lt_part_labels(&npz->part[i], &array, where, read_entry, npz, err);
		if (status == 0)
			status = at_end(npz, err);
	}
	return status;
}

static int read_images(struct npz *npz, struct lt_error *err)
{
	struct lt_array array;
	int i, status = 0;

	for (i = 0; i < npz->n && status == 0; i++) {
		if (!npz->part[i].chosen)
			continue;
		status = open_array(npz, &array, err);
		if (status == 0)
			status = lt_part_rows(npz->import, &npz->part[i], &array, NULL,
					      read_entry, npz, err);
		if (status == 0)
			status = at_end(npz, err);
	}
	return status;
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct npz npz = {.import = import, .classes = NONE};
	const char *const *names = NULL;
	int i, n_names = 0, status;

	for (i = 0; i < SPLITS; i++)
		npz.pair[i] = (struct pair){NONE, NONE};
	status = open_nested(import, err);
	if (status == 0)
		status = sort_arrays(&npz, err);
	if (status == 0) {
		pair_up(&npz);
		status = make_parts(&npz, err);
	}
	if (status == 0)
		status = lt_parts_choose(import, npz.part, npz.n, err);
	if (status == 0)
		status = plan(&npz, err);
	if (status == 0 && npz.classes != NONE && !import->no_labels)
		status = read_names(&npz, &names, &n_names, err);
	if (status == 0 && !import->no_labels)
		status = read_labels(&npz, err);
	if (status == 0)
		status = lt_parts_classes(import, npz.part, npz.n, names, n_names, err);
	if (status == 0)
		status = read_images(&npz, err);
	lt_parts_free(npz.part, npz.n);
	return status;
}

const struct lt_import_format lt_import_npz = {"npz", wants, probe, run};
