#include "import/annotations.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "base/names.h"
#include "format/csv.h"
#include "import/boxes.h"
#include "import/import_limits.h"

static const struct kind {
	const char *name;
	enum lt_want want;
	enum lt_csv_form form;
	bool boxes;	    /* a table with titles and boxes, and names without suffix */
	enum lt_split only; /* LT_SPLIT_DEFAULT: for any split */
} kinds[] = {
	{"val_annotations.txt", LT_WANT_TEXT, LT_CSV_WORDS, false, LT_SPLIT_DEFAULT},
	/* More than a short text: a line for each of 50,000 images. */
	{"LOC_val_solution.csv", LT_WANT_DATA, LT_CSV_COMMA, true, LT_SPLIT_VAL},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

struct line {
	const char *image, *name;
	uint32_t image_size, name_size;
	bool used;
};

struct lt_annotation_file {
	const struct kind *kind;
	const struct lt_listed *entry;
	size_t directory;  /* bytes of the entry's name */
	struct line *line; /* by image */
	size_t n, room;
};

static const struct kind *kind_of(const char *name)
{
	size_t k;

	for (k = 0; k < KINDS; k++)
		if (strcmp(lt_path_base(name), kinds[k].name) == 0)
			return &kinds[k];
	return NULL;
}

enum lt_want lt_annotations_wants(const char *name)
{
	const struct kind *kind = kind_of(name);

	return kind ? kind->want : LT_WANT_NOT;
}

/* ------------------------------------------------------------------ reading */

static int by_image(const void *a, const void *b)
{
	const struct line *one = a, *other = b;

	return lt_name_compare(one->image, one->image_size, other->image, other->image_size);
}

static int add_line(struct lt_annotation_file *file, struct lt_arena *arena,
		    const struct lt_csv *csv, struct lt_error *err)
{
	const char *name = csv->n > 1 ? csv->cell[1] : "", *wrong = "it has no class";
	size_t room = file->room ? 2 * file->room : 256, n = strlen(name);
	struct line line = {.image = lt_arena_text(arena, csv->cell[0])}, *grown;

	if (file->kind->boxes)
		name = lt_boxes_class(name, &n, &wrong);
	if (!name || n == 0)
		return lt_csv_wrong(csv, wrong, err);
	line.name = lt_arena_text_n(arena, name, n);
	if (!line.image || !line.name)
		return lt_fail_memory(err);
	/* A line has at most LT_LINE_BYTES. */
	line.image_size = (uint32_t)strlen(line.image);
	line.name_size = (uint32_t)n;
	if (file->n == file->room) {
		grown = lt_grow_array(file->line, room, sizeof *grown);
		if (!grown)
			return lt_fail_memory(err);
		file->line = grown;
		file->room = room;
	}
	file->line[file->n++] = line;
	return 0;
}

static int check_title(const struct lt_csv *csv, struct lt_error *err)
{
	return csv->n > 1 && lt_boxes_is_titled(csv->cell[1])
		       ? 0
		       : lt_csv_wrong(csv, "the second column is not PredictionString", err);
}

static int read_lines(struct lt_annotation_file *file, struct lt_arena *arena,
		      struct lt_text *text, struct lt_error *err)
{
	struct lt_csv csv;
	bool title = file->kind->boxes;
	int status = lt_csv_open(&csv, text, file->kind->form, err);

	while (status == 0 && (status = lt_csv_next(&csv, err)) == 0 && csv.n > 0) {
		status = title ? check_title(&csv, err) : add_line(file, arena, &csv, err);
		title = false;
	}
	lt_csv_close(&csv);
	return status;
}

static int check_twice(const struct lt_annotation_file *file, const char *where,
		       struct lt_error *err)
{
	size_t i;

	for (i = 1; i < file->n; i++)
		if (by_image(&file->line[i - 1], &file->line[i]) == 0)
			return lt_fail(err, LT_DATA, "%s: %s occurs twice", where,
				       file->line[i].image);
	return 0;
}

static int read_file(struct lt_annotation_file *file, struct lt_import *import,
		     struct lt_error *err)
{
	struct lt_listing *listing = import->listing;
	const char *where =
		lt_arena_text(&import->arena, lt_listing_place(listing, file->entry));
	struct lt_text_bytes bytes;
	struct lt_text text;
	int status = where ? 0 : lt_fail_memory(err);

	if (status == 0 && file->entry->want == LT_WANT_TEXT) {
		bytes = (struct lt_text_bytes){file->entry->at.text,
					       strlen(file->entry->at.text)};
		status = lt_text_open(&text, where, LT_MAX_LIST, lt_text_from_bytes, &bytes,
				      err);
	} else if (status == 0) {
		status = lt_listing_open_entry(listing,
					       (uint32_t)(file->entry - listing->entry), err);
		if (status == 0)
			status = lt_text_open(&text, where, LT_MAX_LIST, lt_listing_source,
					      listing, err);
	}
	if (status)
		return status;
	status = read_lines(file, &import->arena, &text, err);
	lt_text_close(&text);
	if (file->n > 1)
		qsort(file->line, file->n, sizeof *file->line, by_image);
	return status ? status : check_twice(file, where, err);
}

static int by_directory(const void *a, const void *b)
{
	const struct lt_annotation_file *one = a, *other = b;
	int order;

	if (one->directory != other->directory)
		return one->directory < other->directory ? -1 : 1;
	order = memcmp(one->entry->name, other->entry->name, one->directory);
	if (order != 0 || one->kind == other->kind)
		return order;
	return one->kind < other->kind ? -1 : 1;
}

int lt_annotations_read(struct lt_annotations *all, struct lt_import *import,
			struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	const struct kind *kind;
	size_t i;
	int status = 0;

	all->file = lt_new_array(listing->n + 1, sizeof *all->file);
	if (!all->file)
		return lt_fail_memory(err);
	for (i = 0; status == 0 && i < listing->n; i++) {
		kind = kind_of(listing->entry[i].name);
		/* An operand of such a name has another meaning. */
		if (!kind || listing->entry[i].want != kind->want ||
		    listing->input[listing->entry[i].input].single)
			continue;
		all->file[all->n] = (struct lt_annotation_file){
			.kind = kind,
			.entry = &listing->entry[i],
			.directory = (size_t)(lt_path_base(listing->entry[i].name) -
					      listing->entry[i].name)};
		status = read_file(&all->file[all->n++], import, err);
	}
	if (status == 0 && all->n > 1)
		qsort(all->file, all->n, sizeof *all->file, by_directory);
	return status;
}

/* ------------------------------------------------------------------ finding */

/* The file of a kind in the innermost directory around the image; NULL: there is none. */
static struct lt_annotation_file *file_of(const struct lt_annotations *all,
					  const struct kind *kind, const char *image)
{
	struct lt_listed entry = {.name = image};
	struct lt_annotation_file key = {
		.kind = kind, .entry = &entry, .directory = strlen(image)};
	struct lt_annotation_file *found = NULL;

	while (all->n > 0 && !found && key.directory > 0) {
		do
			key.directory--;
		while (key.directory > 0 && image[key.directory - 1] != '/');
		found = bsearch(&key, all->file, all->n, sizeof key, by_directory);
	}
	return found;
}

static struct line *line_of(const struct lt_annotation_file *file, const char *image)
{
	const char *base = lt_path_base(image), *dot = strrchr(base, '.');
	struct line key = {.image = base, .image_size = (uint32_t)strlen(base)};

	if (file->kind->boxes && dot)
		key.image_size = (uint32_t)(dot - base);
	return file->n > 0 ? bsearch(&key, file->line, file->n, sizeof key, by_image) : NULL;
}

bool lt_annotations_find(struct lt_annotations *all, const char *image, enum lt_split split,
			 const char **name, size_t *size)
{
	struct lt_annotation_file *file = NULL, *other;
	struct line *line;
	size_t k;

	for (k = 0; k < KINDS; k++) {
		if (kinds[k].only != LT_SPLIT_DEFAULT && kinds[k].only != split)
			continue;
		other = file_of(all, &kinds[k], image);
		if (other && (!file || other->directory > file->directory))
			file = other;
	}
	line = file ? line_of(file, image) : NULL;
	*name = line ? line->name : NULL;
	*size = line ? line->name_size : 0;
	if (line)
		line->used = true;
	return file != NULL;
}

void lt_annotations_note_unused(const struct lt_annotations *all, struct lt_import *import)
{
	const struct lt_annotation_file *file;
	const struct line *first;
	size_t i, k, unused;
	char text[1400];

	for (i = 0; i < all->n; i++) {
		file = &all->file[i];
		first = NULL;
		for (unused = 0, k = 0; k < file->n; k++) {
			if (file->line[k].used)
				continue;
			if (unused++ == 0)
				first = &file->line[k];
		}
		if (!first)
			continue;
		snprintf(text, sizeof text,
			 "%.800s: %zu of %zu images are not there, the first is %.200s",
			 lt_listing_place(import->listing, file->entry), unused, file->n,
			 first->image);
		import->host.notice(import->host.arg, text);
	}
}

void lt_annotations_free(struct lt_annotations *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		lt_free(all->file[i].line);
	lt_free(all->file);
	*all = (struct lt_annotations){0};
}
