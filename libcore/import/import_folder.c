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
 * Two data sets have the classes of a split without class directories in a file
 * (annotations.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "base/names.h"
#include "import/annotations.h"
#include "import/catalog.h"
#include "import/containers.h"
#include "import/folder_levels.h"
#include "import/folder_notes.h"
#include "import/import_list.h"

static enum lt_want wants(const char *name)
{
	enum lt_want annotations = lt_annotations_wants(name);

	if (lt_image_is_named(name))
		return LT_WANT_IMAGE;
	if (annotations != LT_WANT_NOT)
		return annotations;
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

/* ------------------------------------------------------------------ items */

struct work {
	struct lt_import *import;
	struct lt_folder folder;
	struct lt_place *place; /* of each directory */
	struct lt_annotations annotations;
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
	const char *found;
	size_t size;
	bool annotated = lt_annotations_find(&w->annotations, name, (enum lt_split)item.split,
					     &found, &size);

	if (found) {
		item.class_name = found;
		item.class_size = (uint32_t)size;
	} else if (annotated) {
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
	const char *ignored;
	size_t size;

	if (place->what == LT_PLACE_OUTSIDE || loose) {
		lt_listing_pass(w->import->listing, loose ? LT_PASSED_LOOSE : LT_PASSED_BESIDE,
				name);
		return 0;
	}
	if (place->what != LT_PLACE_CLASS)
		return add_flat(w, item, name, err);
	/* Its directory has the class, but the file beside may name the image too. */
	lt_annotations_find(&w->annotations, name, (enum lt_split)place->split, &ignored,
			    &size);
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
		head = lt_listing_head(listing, entry, &n);
		if (lt_folder_is_image(listing, entry) ||
		    (!head && lt_annotations_wants(entry->name) != LT_WANT_NOT))
			continue;
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
		status = lt_annotations_read(&w->annotations, w->import, err);
	if (status == 0)
		status = add_images(w, err);
	if (status == 0)
		lt_annotations_note_unused(&w->annotations, w->import);
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
	int status = pass_others(import->listing, err);

	if (status == 0)
		status = lt_folder_make(&w.folder, import->listing, err);
	if (status == 0 && w.folder.n == 0)
		status = lt_fail(err, LT_DATA, "%s: there are no %s images in it",
				 lt_listing_name(import->listing), lt_image_formats);
	if (status == 0)
		status = run_folder(&w, err);
	lt_annotations_free(&w.annotations);
	lt_free(w.place);
	lt_catalog_free(&w.catalog);
	lt_folder_free(&w.folder);
	return status;
}

const struct lt_import_format lt_import_folder = {"folder", wants, probe, run};
