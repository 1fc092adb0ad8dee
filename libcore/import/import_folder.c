/*
 * A directory, or an archive of one, with a directory of images for each class,
 *
 *	[anything/][train/]CLASS/[…/]IMAGE
 *
 * and images without classes with --no-labels.  folder_levels.c finds the meaning of the
 * levels.  Canonical order, as in torchvision's ImageFolder: by split, then classes
 * bytewise, then the names below them bytewise.  The class list is that of all splits
 * together.
 *
 * Tiny ImageNet's val directory has its classes in a text file beside the images,
 * val_annotations.txt: one line per image, which begins with its name and its class, separated
 * by tabs or spaces.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "import/catalog.h"
#include "import/containers.h"
#include "import/folder_levels.h"
#include "import/folder_notes.h"
#include "import/import_list.h"
#include "import/path.h"

#define ANNOTATIONS "val_annotations.txt"

static enum lt_want wants(const char *name)
{
	if (lt_image_is_named(name))
		return LT_WANT_IMAGE;
	if (strcmp(lt_path_base(name), ANNOTATIONS) == 0)
		return LT_WANT_TEXT;
	return strchr(lt_path_base(name), '.') ? LT_WANT_NOT : LT_WANT_MAYBE;
}

static bool probe(const struct lt_listing *listing)
{
	size_t i;

	for (i = 0; i < listing->n; i++)
		if (lt_folder_is_image(listing, &listing->entry[i]))
			return true;
	return false;
}

/* ------------------------------------------------------------------ annotations */

struct annotation {
	const char *file, *class_name;
	size_t file_size, class_size;
};

/* The classes of the images in one directory of a split. */
struct annotations {
	const char *directory; /* size bytes, of the text's own name */
	size_t size;
	struct annotation *line; /* by file */
	size_t n;
};

static int compare_files(const void *a, const void *b)
{
	const struct annotation *one = a, *other = b;

	return lt_name_compare(one->file, one->file_size, other->file, other->file_size);
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static int read_annotations(struct lt_import *import, const struct lt_listed *entry,
			    struct annotations *out, struct lt_error *err)
{
	const char *at = entry->at.text;
	struct annotation line;
	size_t n, i;

	out->directory = entry->name;
	out->size = (size_t)(lt_path_base(entry->name) - entry->name);
	out->line = lt_new_array(count_lines(at), sizeof *out->line);
	if (!out->line)
		return lt_fail_memory(err);
	for (; *at; at += n, at += *at == '\n') {
		n = strcspn(at, "\n");
		line.file = at;
		line.file_size = strcspn(at, "\t \n");
		line.class_name = at + line.file_size + 1;
		line.class_size = line.file_size < n ? strcspn(line.class_name, "\t \r\n") : 0;
		if (n == 0)
			continue;
		if (line.class_size == 0)
			return lt_fail(err, LT_DATA, "%s: line %zu has no class",
				       lt_listing_place(import->listing, entry), out->n + 1);
		out->line[out->n++] = line;
	}
	qsort(out->line, out->n, sizeof *out->line, compare_files);
	for (i = 1; i < out->n; i++)
		if (compare_files(&out->line[i - 1], &out->line[i]) == 0)
			return lt_fail(err, LT_DATA, "%s: %.*s occurs twice",
				       lt_listing_place(import->listing, entry),
				       (int)out->line[i].file_size, out->line[i].file);
	return 0;
}

static int compare_directories(const void *a, const void *b)
{
	const struct annotations *one = a, *other = b;

	if (one->size != other->size)
		return one->size < other->size ? -1 : 1;
	return memcmp(one->directory, other->directory, one->size);
}

/* The texts of the input, *n of them, by their directories. */
static int find_annotations(struct lt_import *import, struct annotations **out, size_t *n,
			    struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	size_t i;
	int status = 0;

	*out = lt_new_array(listing->n + 1, sizeof **out);
	if (!*out)
		return lt_fail_memory(err);
	for (*n = 0, i = 0; status == 0 && i < listing->n; i++)
		if (listing->entry[i].want == LT_WANT_TEXT &&
		    strcmp(lt_path_base(listing->entry[i].name), ANNOTATIONS) == 0)
			status = read_annotations(import, &listing->entry[i], &(*out)[(*n)++],
						  err);
	if (status == 0)
		qsort(*out, *n, sizeof **out, compare_directories);
	return status;
}

/* The annotations of the innermost directory around the image; NULL: there are none. */
static const struct annotations *annotations_of(const struct annotations *all, size_t n,
						const char *name)
{
	struct annotations key = {.directory = name, .size = strlen(name)};
	const struct annotations *found = NULL;

	while (n > 0 && !found && key.size > 0) {
		do
			key.size--;
		while (key.size > 0 && name[key.size - 1] != '/');
		found = bsearch(&key, all, n, sizeof key, compare_directories);
	}
	return found;
}

static const struct annotation *find_class(const struct annotations *in, const char *name)
{
	struct annotation key = {.file = lt_path_base(name),
				 .file_size = strlen(lt_path_base(name))};

	return bsearch(&key, in->line, in->n, sizeof key, compare_files);
}

/* ------------------------------------------------------------------ items */

struct work {
	struct lt_import *import;
	struct lt_folder folder;
	struct lt_place *place; /* of each directory */
	struct annotations *annotations;
	size_t n_annotations;
	struct lt_catalog catalog;
	unsigned labelled; /* splits with classes: a bit 1 << enum lt_split each */
};

/* Are images of this split written? */
static bool is_asked(const struct work *w, unsigned split)
{
	enum lt_split asked = w->import->split;

	/* If no image has a class, --dry-run fails with the same error. */
	if (w->import->report)
		return w->labelled == 0;
	if (asked == LT_SPLIT_DEFAULT && w->labelled & 1u << LT_SPLIT_TRAIN)
		asked = LT_SPLIT_TRAIN;
	return asked == LT_SPLIT_DEFAULT || asked == LT_SPLIT_ALL || asked == split;
}

/* An image without a class directory. */
static int add_flat(struct work *w, struct lt_item item, const char *name, struct lt_error *err)
{
	const struct annotations *in = annotations_of(w->annotations, w->n_annotations, name);
	const struct annotation *found = in ? find_class(in, name) : NULL;

	if (found) {
		item.class_name = found->class_name;
		item.class_size = (uint32_t)found->class_size;
	} else if (in) {
		lt_listing_pass(w->import->listing, LT_PASSED_UNLISTED, name);
		return 0;
	} else if (!w->import->no_labels && !is_asked(w, item.split)) {
		lt_listing_pass(w->import->listing, LT_PASSED_SPLIT, name);
		return 0;
	}
	return lt_catalog_add(&w->catalog, item, err);
}

static int add_image(struct work *w, size_t i, struct lt_error *err)
{
	const struct lt_place *place = &w->place[w->folder.home[i]];
	const char *name = w->import->listing->entry[w->folder.image[i]].name;
	struct lt_item item = {.entry = w->folder.image[i], .label = -1, .split = place->split};
	bool loose = place->what == LT_PLACE_LOOSE && !w->import->no_labels;

	if (place->what == LT_PLACE_OUTSIDE || loose) {
		lt_listing_pass(w->import->listing, loose ? LT_PASSED_LOOSE : LT_PASSED_BESIDE,
				name);
		return 0;
	}
	if (place->what != LT_PLACE_CLASS)
		return add_flat(w, item, name, err);
	item.class_name = w->folder.dir[place->class_dir].name;
	item.class_size = w->folder.dir[place->class_dir].size;
	return lt_catalog_add(&w->catalog, item, err);
}

static int add_images(struct work *w, struct lt_error *err)
{
	size_t i;
	int status = 0;

	for (i = 0; i < w->folder.n; i++)
		if (w->place[w->folder.home[i]].what == LT_PLACE_CLASS)
			w->labelled |= 1u << w->place[w->folder.home[i]].split;
	for (i = 0; status == 0 && i < w->folder.n; i++)
		status = add_image(w, i, err);
	return status;
}

/* Files for other formats are ignored here, but an operand is never ignored. */
static int pass_others(struct lt_listing *listing, struct lt_error *err)
{
	const struct lt_container *container;
	const struct lt_listed *entry;
	const uint8_t *head;
	size_t i, n;

	for (i = 0; i < listing->n; i++) {
		entry = &listing->entry[i];
		if (lt_folder_is_image(listing, entry) || entry->want == LT_WANT_TEXT)
			continue;
		head = lt_listing_head(listing, entry, &n);
		container = head ? lt_container_find(entry->name, head, n) : NULL;
		if (container)
			return lt_fail(err, LT_DATA, "%s: %s; %s",
				       lt_listing_place(listing, entry), container->what,
				       container->remedy);
		if (head)
			return lt_fail(err, LT_DATA,
				       "%s: neither an image nor an archive of images",
				       lt_listing_place(listing, entry));
		lt_listing_pass(listing, LT_PASSED_KIND, entry->name);
	}
	return 0;
}

static int run_folder(struct work *w, struct lt_error *err)
{
	int status;

	w->place = lt_new_array(w->folder.n_dirs, sizeof *w->place);
	if (!w->place)
		return lt_fail_memory(err);
	status = lt_folder_levels(w->import, &w->folder, w->place, err);
	if (status == 0)
		status = lt_folder_check_inputs(w->import, &w->folder, w->place, err);
	if (status == 0)
		status = find_annotations(w->import, &w->annotations, &w->n_annotations, err);
	if (status == 0)
		status = add_images(w, err);
	if (status == 0 && !w->import->no_labels)
		status = lt_folder_note_lost(w->import, &w->folder, w->place, err);
	if (status == 0 && !w->import->no_labels)
		lt_folder_note_masks(w->import, &w->folder, w->place);
	if (status == 0 && !w->import->no_labels)
		status = lt_import_list_check(w->import, &w->catalog, err);
	return status ? status : lt_catalog_run(w->import, &w->catalog, err);
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct work w = {.import = import, .catalog = {.order = LT_ORDER_BY_NAME}};
	size_t i;
	int status = pass_others(import->listing, err);

	if (status == 0)
		status = lt_folder_make(&w.folder, import->listing, err);
	if (status == 0 && w.folder.n == 0)
		status = lt_fail(err, LT_DATA, "%s: there are no %s images in it",
				 lt_listing_name(import->listing), lt_image_formats);
	if (status == 0)
		status = run_folder(&w, err);
	for (i = 0; i < w.n_annotations; i++)
		lt_free(w.annotations[i].line);
	lt_free(w.annotations);
	lt_free(w.place);
	lt_catalog_free(&w.catalog);
	lt_folder_free(&w.folder);
	return status;
}

const struct lt_import_format lt_import_folder = {"folder", wants, probe, run};
