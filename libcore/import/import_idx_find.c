/*
 * Finds the files of an IDX data set: side by side, in a directory, or in an archive, which may
 * contain compressed files.
 */
#include "import/import_idx.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/idx_names.h"

static const uint32_t first_entry[1] = {0};

static const enum lt_split lt_idx_split[LT_IDX_PARTS] = {LT_SPLIT_TRAIN, LT_SPLIT_TEST,
							 LT_SPLIT_DEFAULT};

/* The labels file beside an images file, packed or not; NULL when there is none. */
static const char *labels_beside(struct lt_import *import, const char *path)
{
	/* In this order; the suffix of the images file goes first. */
	static const char *const suffixes[] = {"", ".gz", ".xz"};
	const char *own = lt_idx_suffix(path), *labels, *found;
	size_t k;
	int form;

	for (form = 0; form < LT_IDX_FORMS; form++) {
		labels = lt_idx_labels(&import->arena, path, form);
		found = labels ? lt_arena_printf(&import->arena, "%s%s", labels, own) : NULL;
		for (k = 0; found && k < sizeof suffixes / sizeof suffixes[0]; k++) {
			if (strcmp(found, path) != 0 && access(found, F_OK) == 0)
				return found;
			found = lt_arena_printf(&import->arena, "%s%s", labels, suffixes[k]);
		}
		if (found && strcmp(found, path) != 0 && access(found, F_OK) == 0)
			return found;
	}
	return NULL;
}

static int open_file(struct lt_listing **out, const char *path, struct lt_error *err)
{
	int status = lt_listing_open_file(out, path, "an IDX file", err);

	return status ? status : lt_listing_plan(*out, first_entry, 1, err);
}

/* The input is an images file. */
static int find_single(struct lt_import *import, struct lt_idx *idx, unsigned *has,
		       struct lt_error *err)
{
	struct lt_listing *listing = import->listing;
	int part = lt_idx_part(listing->entry[0].name), status;
	struct lt_idx_pair *pair = &idx->pair[part];
	const char *labels = import->labels_path;

	*has = part == 2 ? 0 : 1u << lt_idx_split[part];
	pair->images.index = 0;
	pair->images.in = listing;
	status = lt_listing_plan(listing, first_entry, 1, err);
	if (status || import->no_labels)
		return status;
	if (!labels && import->n_paths == 1 && strcmp(import->paths[0], "-") != 0)
		labels = labels_beside(import, import->paths[0]);
	if (!labels)
		return lt_fail(err, LT_NOINPUT,
			       "%s: there is no labels file beside it; name it as the second "
			       "input, or give --no-labels",
			       lt_listing_name(listing));
	status = open_file(&pair->labels.in, labels, err);
	if (status == 0)
		status = lt_import_input(import, "labels", &pair->labels.in->input[0], err);
	return status;
}

static int open_of_tree(struct lt_import *import, struct lt_idx_file *file,
			struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	const char *path;

	if (file->index < 0)
		return 0;
	path = lt_arena_printf(&import->arena, "%s/%s", lt_listing_name(listing),
			       listing->entry[file->index].name);
	return path ? open_file(&file->in, path, err) : lt_fail_memory(err);
}

static int several_sets(const struct lt_listing *listing, const char *one, const char *other,
			struct lt_error *err)
{
	return lt_fail(err, LT_DATA,
		       "%s: %s and %s: more than one set; %sname the images file of one",
		       lt_listing_name(listing), one, other,
		       lt_archive_kind(listing->input[0].archive) == LT_ARCHIVE_TREE
			       ? ""
			       : "unpack it and ");
}

/* A second candidate for the same file: the file itself, compressed or renamed, or one of
 * another set. */
static int choose_file(struct lt_import *import, struct lt_idx *idx, struct lt_idx_file *file,
		       size_t i, struct lt_error *err)
{
	const struct lt_listed *entry = import->listing->entry;
	const char *had = entry[file->index].name, *has = entry[i].name;
	const char *one = lt_idx_plain(&import->arena, had);
	const char *other = lt_idx_plain(&import->arena, has);
	bool first;

	if (!one || !other)
		return lt_fail_memory(err);
	if (strcmp(one, other) != 0)
		return several_sets(import->listing, had, has, err);
	first = lt_idx_goes_first(has, had);
	if (idx->twice++ == 0) {
		idx->taken = first ? has : had;
		idx->left = first ? had : has;
	}
	if (first)
		file->index = (int64_t)i;
	return 0;
}

static void notice_names(struct lt_import *import, const struct lt_idx *idx)
{
	const struct lt_listing *listing = import->listing;
	char text[1200];

	if (idx->twice) {
		snprintf(text, sizeof text,
			 "%s: %" PRIu64 " file%s both packed and unpacked, or under two "
			 "names: %.300s is read and %.300s is not%s",
			 lt_listing_name(listing), idx->twice,
			 idx->twice > 1 ? "s exist" : " exists", idx->taken, idx->left,
			 idx->twice > 1 ? ", and so on" : "");
		import->host.notice(import->host.arg, text);
	}
	if (listing->n > 0 && lt_idx_is_turned(listing->entry[0].name)) {
		snprintf(
			text, sizeof text,
			"%s: EMNIST's files have the rows and columns of each image exchanged; "
			"the images are as in the files",
			lt_listing_name(listing));
		import->host.notice(import->host.arg, text);
	}
}

/* Do the images and labels belong to one set? */
static int check_pair(struct lt_import *import, const struct lt_idx_pair *pair,
		      struct lt_error *err)
{
	const struct lt_listed *entry = import->listing->entry;
	const char *images, *labels, *want;

	if (pair->images.index < 0 || pair->labels.index < 0 || import->no_labels)
		return 0;
	images = lt_idx_plain(&import->arena, entry[pair->images.index].name);
	labels = lt_idx_plain(&import->arena, entry[pair->labels.index].name);
	want = images ? lt_idx_labels(&import->arena, images, 0) : NULL;
	if (!want || !labels)
		return lt_fail_memory(err);
	return strcmp(lt_path_base(want), lt_path_base(labels)) == 0
		       ? 0
		       : several_sets(import->listing, entry[pair->images.index].name,
				      entry[pair->labels.index].name, err);
}

/* Assigns the entries to the files of the set. */
static int sort_entries(struct lt_import *import, struct lt_idx *idx, unsigned *has,
			struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	struct lt_idx_file *file;
	size_t i;
	int part, status = 0;

	for (*has = 0, i = 0; i < listing->n && status == 0; i++) {
		if (!lt_idx_is_file(listing->entry[i].name))
			continue;
		part = lt_idx_part(listing->entry[i].name);
		file = lt_idx_is_images(listing->entry[i].name) ? &idx->pair[part].images
								: &idx->pair[part].labels;
		if (file->index >= 0)
			status = choose_file(import, idx, file, i, err);
		else
			file->index = (int64_t)i;
		*has |= part == 2 ? 0 : 1u << lt_idx_split[part];
	}
	for (part = 0; part < LT_IDX_PARTS && status == 0; part++)
		status = check_pair(import, &idx->pair[part], err);
	return status;
}

/* The files of an archive are read in one plan: all labels, then the chosen images. */
static int plan_archive(struct lt_import *import, struct lt_idx *idx, struct lt_error *err)
{
	size_t n = 0;
	int part;

	for (part = 0; part < LT_IDX_PARTS; part++) {
		if (idx->pair[part].labels.index >= 0 && !import->no_labels) {
			idx->plan[n++] = (uint32_t)idx->pair[part].labels.index;
			idx->pair[part].labels.in = import->listing;
		}
	}
	for (part = 0; part < LT_IDX_PARTS; part++) {
		if (idx->pair[part].images.index >= 0 && idx->part[part].chosen) {
			idx->plan[n++] = (uint32_t)idx->pair[part].images.index;
			idx->pair[part].images.in = import->listing;
		}
	}
	return lt_listing_plan(import->listing, idx->plan, n, err);
}

static int open_trees(struct lt_import *import, struct lt_idx *idx, struct lt_error *err)
{
	struct lt_idx_pair *pair;
	int part, status = 0;

	for (part = 0; part < LT_IDX_PARTS && status == 0; part++) {
		pair = &idx->pair[part];
		if (!import->no_labels)
			status = open_of_tree(import, &pair->labels, err);
		if (status == 0 && idx->part[part].chosen)
			status = open_of_tree(import, &pair->images, err);
	}
	return status;
}

int lt_idx_find(struct lt_import *import, struct lt_idx *idx, struct lt_error *err)
{
	unsigned has = 0, chosen = 0;
	bool any = false;
	int part, status;

	status = lt_listing_is_single(import->listing) ? find_single(import, idx, &has, err)
						       : sort_entries(import, idx, &has, err);
	if (status == 0)
		status = lt_import_choose(import, has, &chosen, err);
	if (status)
		return status;
	for (part = 0; part < LT_IDX_PARTS; part++) {
		idx->part[part].split = lt_idx_split[part];
		idx->part[part].chosen = idx->pair[part].images.index >= 0 &&
					 (part == 2 ? import->split_name[0] == 'a'
						    : (chosen & 1u << lt_idx_split[part]) != 0);
		any = any || idx->part[part].chosen;
	}
	if (!any)
		return lt_fail(err, LT_DATA, "%s: there is no IDX file of images in it",
			       lt_listing_name(import->listing));
	notice_names(import, idx);
	if (lt_listing_is_single(import->listing))
		return 0;
	return lt_archive_kind(import->listing->input[0].archive) == LT_ARCHIVE_TREE
		       ? open_trees(import, idx, err)
		       : plan_archive(import, idx, err);
}

/* ------------------------------------------------------------------ files in archives */

/* Reads the bytes of the next entry, for decompression. */
static int read_packed(struct lt_listing *listing, struct lt_buffer *bytes, const char **name,
		       struct lt_error *err)
{
	const struct lt_listed *entry;
	size_t got, step = (size_t)256 << 10;
	int status = lt_listing_next(listing, &entry, err);

	if (status)
		return status;
	*name = entry->name;
	do {
		if (bytes->size > LT_MAX_ENCODED)
			return lt_fail(err, LT_DATA,
				       "%s: more than %" PRIu64 " packed bytes in an archive",
				       lt_listing_where(listing, entry->name), LT_MAX_ENCODED);
		if (!lt_buffer_reserve(bytes, step))
			return lt_fail_memory(err);
		status = lt_listing_read(listing, bytes->data + bytes->size, step, &got, err);
		bytes->size += status ? 0 : got;
	} while (status == 0 && got == step);
	return status;
}

int lt_idx_unpack(struct lt_import *import, struct lt_idx_file *file, struct lt_error *err)
{
	struct lt_listing *listing = import->listing, *inner;
	struct lt_archive *archive;
	const char *name = NULL;
	int status;

	if (file->in != listing || lt_listing_is_single(listing) ||
	    !lt_idx_is_packed(listing->entry[file->index].name))
		return 0;
	status = read_packed(listing, &file->packed, &name, err);
	if (status)
		return status;
	name = lt_arena_text(&import->arena, lt_listing_where(listing, name));
	if (!name)
		return lt_fail_memory(err);
	status = lt_archive_open_memory(&archive, file->packed.data, file->packed.size, name,
					err);
	if (status == 0)
		status = lt_listing_open_archive(&inner, archive, lt_want_all, NULL, err);
	if (status)
		return status;
	file->in = inner;
	if (!lt_listing_is_single(inner))
		return lt_fail(err, LT_DATA, "%s: not an IDX file", name);
	return lt_listing_plan(inner, first_entry, 1, err);
}

void lt_idx_close(struct lt_import *import, struct lt_idx_file *file)
{
	if (file->in != import->listing)
		lt_listing_close(file->in);
	lt_buffer_free(&file->packed);
	file->in = NULL;
}
