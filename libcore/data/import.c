/*
 * What all import formats share: finding the format, choosing splits and
 * classes, and making rows of images.
 */
#include "data/import.h"

#include "data/child.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"

#define LT_IMPORT_NAME(name) #name,
#define LT_IMPORT_ENTRY(name) &lt_import_##name,

const char *const lt_import_names[] = {"auto", LT_IMPORT_FORMATS(LT_IMPORT_NAME) NULL};
const char *const lt_import_later[] = {LT_IMPORT_LATER, NULL};
static const struct lt_import_format *const formats[] = {LT_IMPORT_FORMATS(LT_IMPORT_ENTRY)
								 NULL};

/* ------------------------------------------------------------------ splits */

const char *lt_split_name(enum lt_split split)
{
	static const char *const names[] = {"default", "train", "test", "val", "extra", "all"};

	return names[split];
}

/* The only split in a set of bits, or LT_SPLIT_ALL. */
static enum lt_split only_split(unsigned bits)
{
	enum lt_split split;

	for (split = LT_SPLIT_TRAIN; split < LT_SPLIT_ALL; split++)
		if (bits == 1u << split)
			return split;
	return LT_SPLIT_ALL;
}

int lt_import_choose(struct lt_import *import, unsigned has, unsigned *chosen,
		     struct lt_error *err)
{
	enum lt_split split = import->split, only;
	unsigned train = 1u << LT_SPLIT_TRAIN;

	if (split == LT_SPLIT_DEFAULT)
		split = has & train ? LT_SPLIT_TRAIN : LT_SPLIT_ALL;
	*chosen = split == LT_SPLIT_ALL ? has : 1u << split;
	if (split != LT_SPLIT_ALL && !(has & *chosen))
		return lt_fail(err, LT_DATA, "%s: there is no split \"%s\" in it%s",
			       lt_listing_name(import->listing), lt_split_name(split),
			       has ? "" : ", it has none; --split all takes all of it");
	only = only_split(*chosen);
	import->split_name = lt_split_name(only);
	import->header_split =
		only == LT_SPLIT_ALL || only == LT_SPLIT_EXTRA ? NULL : lt_split_name(only);
	return 0;
}

/* ------------------------------------------------------------------ classes */

/* label_of: where each of the format's names stands in --classes. */
static int map_classes(struct lt_import *import, const char *const *names, int n,
		       struct lt_error *err)
{
	int32_t *map = lt_arena_array(&import->arena, (size_t)n, sizeof *map);
	struct lt_names given = {0};
	int i, status = 0;

	if (!map || !lt_names_fill(&given, import->classes, import->n_classes))
		status = lt_fail_memory(err);
	for (i = 0; status == 0 && i < n; i++) {
		map[i] = lt_names_find(&given, names[i]);
		if (map[i] < 0)
			status = lt_fail(err, LT_DATA, "%s: class \"%s\" is not in --classes",
					 lt_listing_name(import->listing), names[i]);
	}
	lt_names_free(&given);
	import->label_of = map;
	return status;
}

static int number_names(struct lt_import *import, int n, struct lt_error *err)
{
	const char **names = lt_arena_array(&import->arena, (size_t)n, sizeof *names);
	int i;

	if (!names)
		return lt_fail_memory(err);
	for (i = 0; i < n; i++) {
		names[i] = lt_arena_printf(&import->arena, "%d", i);
		if (!names[i])
			return lt_fail_memory(err);
	}
	import->names = names;
	return 0;
}

int lt_import_classes(struct lt_import *import, const char *const *names, int n,
		      struct lt_error *err)
{
	import->names = import->classes;
	import->n_names = import->classes ? import->n_classes : -1;
	if (import->no_labels)
		return 0;
	if (import->classes && names)
		return map_classes(import, names, n, err);
	if (import->classes && n > import->n_classes)
		return lt_fail(err, LT_DATA, "%s: label %d, and --classes lists %d classes",
			       lt_listing_name(import->listing), n - 1, import->n_classes);
	if (import->classes)
		return 0;
	import->names = names;
	import->n_names = n;
	return names ? 0 : number_names(import, n, err);
}

int lt_import_counts(struct lt_import *import, const uint64_t *counts, int n,
		     struct lt_error *err)
{
	uint64_t *of_names;
	int i;

	if (import->no_labels || import->skip_bad > 0)
		return 0;
	of_names = lt_arena_array(&import->arena, (size_t)import->n_names, sizeof *of_names);
	if (!of_names)
		return lt_fail_memory(err);
	for (i = 0; i < n; i++)
		of_names[import->label_of ? import->label_of[i] : i] += counts[i];
	import->counts = of_names;
	return 0;
}

/* ------------------------------------------------------------------ rows */

static int make_header(struct lt_import *import, struct lt_header *header, struct lt_error *err)
{
	struct lt_shape shape = {3,
				 {import->height, import->width, (uint32_t)import->channels}};
	struct lt_shape scalar = {0};
	int status;

	header->norm =
		import->norm.channels == import->channels ? import->norm : (struct lt_norm){0};
	status = lt_header_add_column(header, "image", LT_U1, shape, "input", err);
	if (status == 0)
		status = lt_header_add_column(header, "y", LT_I4, scalar, "label", err);
	if (status == 0)
		status = lt_header_add_column(header, "id", LT_I8, scalar, "id", err);
	if (status == 0 && import->has_key)
		status = lt_header_add_column(header, "key", LT_BYTES, scalar, "info", err);
	if (status == 0 && import->n_names >= 0)
		status = lt_header_set_classes(header, import->names, import->n_names, err);
	if (status == 0 && import->counts)
		status = lt_header_set_counts(header, &header->class_counts, import->counts,
					      import->n_names, err);
	if (status == 0 && import->header_split) {
		header->split = lt_arena_text(&header->arena, import->header_split);
		if (!header->split)
			status = lt_fail_memory(err);
	}
	return status;
}

static int begin(struct lt_import *import, const struct lt_image *image, struct lt_error *err)
{
	struct lt_header header;
	int status;

	import->height = image->height;
	import->width = image->width;
	lt_header_init(&header, LT_ROWS);
	status = make_header(import, &header, err);
	if (status == 0)
		status = import->host.begin(import->host.arg, &header, import, &import->writer,
					    err);
	lt_header_free(&header);
	return status;
}

/* Channels and size as asked for; *out is the image to write. */
static int shape_image(struct lt_import *import, struct lt_image **out, struct lt_error *err)
{
	struct lt_image *image = &import->image;
	uint32_t size = import->size;
	int status = 0;

	/* Grey first, and colour last: fewer channels to resize. */
	if (import->channels == 1)
		status = lt_image_set_channels(image, 1, err);
	if (status == 0 && size && (image->width != size || image->height != size)) {
		status = lt_image_resize(&import->resized, image, size, err);
		image = &import->resized;
	}
	if (status == 0)
		status = lt_image_set_channels(image, import->channels, err);
	*out = image;
	return status;
}

static int other_size(struct lt_import *import, const struct lt_image *image, const char *key,
		      struct lt_error *err)
{
	char number[40];

	snprintf(number, sizeof number, "image %" PRIu64, import->next_id);
	return lt_fail(err, LT_DATA,
		       "%s: %" PRIu32 " × %" PRIu32
		       " pixels, and the images before have %" PRIu32 " × %" PRIu32
		       "; --size S makes all of them S × S",
		       lt_listing_where(import->listing, key ? key : number), image->width,
		       image->height, import->width, import->height);
}

int lt_import_row(struct lt_import *import, int label, const char *key, struct lt_error *err)
{
	int64_t id = (int64_t)import->next_id;
	int32_t y = label < 0 || import->no_labels ? -1
		    : import->label_of		   ? import->label_of[label]
						   : label;
	struct lt_image *image;
	const void *cell[4];
	uint64_t bytes[4] = {0};
	int status;

	status = shape_image(import, &image, err);
	if (status)
		return status;
	if (!import->writer)
		status = begin(import, image, err);
	else if (image->width != import->width || image->height != import->height)
		status = other_size(import, image, key, err);
	if (status)
		return status;
	cell[0] = image->pixels;
	cell[1] = &y;
	cell[2] = &id;
	cell[3] = key;
	bytes[3] = key ? strlen(key) : 0;
	status = lt_writer_row(import->writer, cell, bytes, err);
	if (status)
		return status;
	import->next_id++;
	import->rows++;
	lt_import_progress(import);
	return 0;
}

int lt_import_bad(struct lt_import *import, const char *name, const struct lt_error *why,
		  struct lt_error *err)
{
	const char **texts;

	if (why->code != LT_DATA)
		return lt_fail(err, why->code, "%s: %s",
			       lt_listing_where(import->listing, name), why->text);
	if (import->bad == import->skip_bad)
		return lt_fail(err, LT_DATA, "%s: %s%s",
			       lt_listing_where(import->listing, name), why->text,
			       import->skip_bad ? " (one more than --skip-bad allows)" : "");
	texts = lt_grow_array(import->bad_text, (size_t)import->bad + 1, sizeof *texts);
	if (!texts)
		return lt_fail_memory(err);
	import->bad_text = texts;
	texts[import->bad] = lt_arena_printf(&import->arena, "%s: %s", name, why->text);
	if (!texts[import->bad])
		return lt_fail_memory(err);
	import->bad++;
	import->next_id++;
	return 0;
}

void lt_import_progress(struct lt_import *import)
{
	if (import->host.progress && import->next_id % 64 == 0)
		import->host.progress(import->host.arg, import->next_id, import->total);
}

void lt_import_input(struct lt_import *import, const char *role,
		     const struct lt_listing *listing)
{
	import->in[import->n_in++] = (struct lt_prov_in){
		.role = role, .entry = -1, .bytes = listing->bytes, .crc = listing->crc};
}

/* ------------------------------------------------------------------ notices */

static void notice_bad(struct lt_import *import)
{
	char text[1200];
	uint64_t i;

	if (import->bad == 0)
		return;
	snprintf(text, sizeof text,
		 "%s: %" PRIu64 " broken %s left out:", lt_listing_name(import->listing),
		 import->bad, import->bad == 1 ? "image" : "images");
	import->host.notice(import->host.arg, text);
	for (i = 0; i < import->bad; i++)
		import->host.notice(import->host.arg, import->bad_text[i]);
}

static void notice_passed(struct lt_import *import)
{
	const struct lt_listing *listing = import->listing;
	char text[1200];

	if (listing->hidden + listing->links + listing->unwanted == 0)
		return;
	snprintf(text, sizeof text,
		 "%s: passed over: %" PRIu64 " hidden, %" PRIu64 " links, %" PRIu64
		 " files of other kinds%s%s",
		 lt_listing_name(listing), listing->hidden, listing->links, listing->unwanted,
		 listing->first_unwanted ? ", such as " : "",
		 listing->first_unwanted ? listing->first_unwanted : "");
	import->host.notice(import->host.arg, text);
}

/* ------------------------------------------------------------------ running */

/* What any format that comes into question wants of an entry. */
static enum lt_want wants(void *arg, const char *name)
{
	const struct lt_import *import = arg;
	enum lt_want want = LT_WANT_NOT;
	size_t i;

	for (i = 0; formats[i] && want == LT_WANT_NOT; i++)
		if (!import->format || strcmp(import->format, formats[i]->name) == 0)
			want = formats[i]->wants(name);
	if (want == LT_WANT_NOT && !import->format)
		want = lt_import_later_wants(name);
	return want;
}

static int unknown_format(const struct lt_listing *listing, struct lt_error *err)
{
	const char *later = lt_import_later_probe(listing);

	if (later)
		return lt_fail(
			err, LT_USAGE,
			"%s: this looks like format %s, which is not supported in this version",
			lt_listing_name(listing), later);
	return lt_fail(err, LT_DATA,
		       listing->single
			       ? "%s: neither an archive nor a data set in a known format"
			       : "%s: there are no %s images in it",
		       lt_listing_name(listing), lt_image_formats);
}

/* The format asked for, or the first that knows the input; NULL: none. */
static const struct lt_import_format *find_format(const struct lt_import *import)
{
	size_t i;

	if (!import->format && lt_import_later_probe(import->listing))
		return NULL;
	for (i = 0; formats[i]; i++)
		if (import->format ? strcmp(import->format, formats[i]->name) == 0
				   : formats[i]->probe(import->listing))
			return formats[i];
	return NULL;
}

int lt_import_archive(struct lt_import *import, struct lt_archive *archive,
		      struct lt_error *err)
{
	const struct lt_import_format *format;
	int status;

	import->n_names = -1;
	status = lt_listing_open_archive(&import->listing, archive, wants, import, err);
	if (status)
		return status;
	format = find_format(import);
	if (!format)
		return unknown_format(import->listing, err);
	if (import->labels_path && format != &lt_import_idx)
		return lt_fail(err, LT_USAGE, "a second input is for the labels of format idx");
	lt_import_input(import, "data", import->listing);
	status = format->run(import, err);
	if (status)
		return status;
	notice_passed(import);
	notice_bad(import);
	if (import->rows == 0)
		return lt_fail(err, LT_DATA, "%s: no images", lt_listing_name(import->listing));
	return 0;
}

int lt_import_run(struct lt_import *import, struct lt_error *err)
{
	struct lt_archive *archive;
	int status = lt_archive_open(&archive, import->path, err);

	return status ? status : lt_import_archive(import, archive, err);
}

void lt_import_free(struct lt_import *import)
{
	lt_listing_close(import->listing);
	lt_child_free(import->how.child);
	lt_image_free(&import->image);
	lt_image_free(&import->resized);
	lt_free(import->bad_text);
	lt_arena_free(&import->arena);
}
