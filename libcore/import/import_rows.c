/*
 * Writes rows: header, shape and numbers; with --dry-run, adds them to the report.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "import/import.h"
#include "import/import_report.h"

static int make_header(struct lt_import *import, struct lt_header *header, struct lt_error *err)
{
	struct lt_shape shape = {3,
				 {import->height, import->width, (uint32_t)import->channels}};
	struct lt_shape scalar = {0};
	int status, i;

	header->norm =
		import->norm.channels == import->channels ? import->norm : (struct lt_norm){0};
	status = lt_header_add_column(header, "image", import->encoded ? LT_BYTES : LT_U1,
				      import->encoded ? scalar : shape, "input", err);
	if (status == 0)
		status = lt_header_add_column(header, "y", LT_I4, scalar, "label", err);
	if (status == 0)
		status = lt_header_add_column(header, "id", LT_I8, scalar, "id", err);
	if (status == 0 && import->has_key)
		status = lt_header_add_column(header, "key", LT_BYTES, scalar, "info", err);
	for (i = 0; status == 0 && i < import->n_kept; i++)
		status = lt_header_add_column(header, import->kept_name[i], LT_BYTES, scalar,
					      "info", err);
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

static int begin(struct lt_import *import, struct lt_error *err)
{
	struct lt_header header;
	int status;

	lt_header_init(&header, LT_ROWS);
	status = make_header(import, &header, err);
	if (status == 0)
		status = import->host.begin(import->host.arg, &header, import, &import->writer,
					    err);
	lt_header_free(&header);
	return status;
}

int lt_import_shape(const struct lt_import *import, struct lt_image *image,
		    struct lt_image *out, struct lt_error *err)
{
	uint32_t size = import->size;
	struct lt_image swap = *out;
	int status = 0;

	/* Converts to grey before resizing and to colour after it, so that fewer channels are
	 * resized. */
	if (import->channels == 1)
		status = lt_image_set_channels(image, 1, err);
	if (status)
		return status;
	if (size && (image->width != size || image->height != size)) {
		status = lt_image_resize(out, image, size, err);
	} else if (import->writer &&
		   (image->width != import->width || image->height != import->height)) {
		/* An error about the sides, for which the pixels are not needed. */
		out->width = image->width;
		out->height = image->height;
		return 0;
	} else {
		*out = *image;
		*image = swap;
	}
	return status ? status : lt_image_set_channels(out, import->channels, err);
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

/* Maps a class of the format to the header's number; -1: none. */
static int32_t header_label(const struct lt_import *import, int label)
{
	if (label < 0 || import->no_labels)
		return -1;
	return import->label_of ? import->label_of[label] : label;
}

int lt_import_tell(struct lt_import *import, enum lt_split split, int label,
		   const struct lt_image_facts *facts, struct lt_error *err)
{
	int status = lt_report_add(import->report, (int)split, header_label(import, label), 1,
				   facts, err);

	if (import->next_id == 0) {
		import->told_height = facts->height;
		import->told_width = facts->width;
	} else if (import->told_height != facts->height || import->told_width != facts->width) {
		import->told_height = import->told_width = 0;
	}
	import->told[split]++;
	import->next_id++;
	lt_import_progress(import);
	return status;
}

/* The facts of a row from an array, which has pixels but no image file. */
static int tell_row(struct lt_import *import, int label, struct lt_error *err)
{
	struct lt_image_facts facts = {
		.format = import->found->name,
		.width = import->image.width,
		.height = import->image.height,
		.mode = import->image.channels == 1 ? LT_MODE_GREY : LT_MODE_COLOUR,
		.bits = 8,
		.orientation = 1,
	};

	return lt_import_tell(import, import->row_split, label, &facts, err);
}

/*
 * Writes a row whose image has n bytes; n is ignored if all rows have the same shape.  given:
 * memory of the image that the writer may keep (lt_writer_row_give), or NULL.
 */
static int put(struct lt_import *import, const void *image, size_t n, uint8_t **given,
	       int label, const char *key, struct lt_error *err)
{
	int64_t id = (int64_t)import->next_id;
	int32_t y = header_label(import, label);
	const void *cell[4 + LT_IMPORT_KEPT] = {image, &y, &id, key};
	uint64_t bytes[4 + LT_IMPORT_KEPT] = {n, 0, 0, key ? strlen(key) : 0};
	int status, i;

	for (i = 0; i < import->n_kept; i++) {
		cell[4 + i] = import->kept[i];
		bytes[4 + i] = strlen(import->kept[i]);
	}
	status = lt_writer_row_give(import->writer, cell, bytes, given ? 0 : -1, given, err);

	if (status)
		return status;
	if (import->written && y >= 0)
		import->written[y]++;
	import->next_id++;
	import->rows++;
	lt_import_progress(import);
	return 0;
}

/* The same for pixels; afterwards the image has other memory, or none. */
static int put_pixels(struct lt_import *import, struct lt_image *image, int label,
		      const char *key, struct lt_error *err)
{
	uint8_t *pixels = image->pixels;
	size_t size = (size_t)image->height * image->width * (size_t)image->channels;
	int status = put(import, pixels, 0, &image->pixels, label, key, err);

	if (image->pixels != pixels)
		image->room = image->pixels ? size : 0;
	return status;
}

int lt_import_put(struct lt_import *import, struct lt_image *image, int label, const char *key,
		  struct lt_error *err)
{
	int status = 0;

	if (!import->writer) {
		import->height = image->height;
		import->width = image->width;
		status = begin(import, err);
	} else if (image->width != import->width || image->height != import->height) {
		status = other_size(import, image, key, err);
	}
	return status ? status : put_pixels(import, image, label, key, err);
}

int lt_import_put_encoded(struct lt_import *import, const void *file, size_t n, bool as_is,
			  int label, const char *key, struct lt_error *err)
{
	int status = import->writer ? 0 : begin(import, err);

	import->recoded += !as_is && import->size == 0;
	return status ? status : put(import, file, n, NULL, label, key, err);
}

int lt_import_row(struct lt_import *import, int label, const char *key, struct lt_error *err)
{
	int status;

	if (import->encoded)
		return lt_fail(err, LT_USAGE,
			       "%s: its images are pixels already (format %s); --encoded is "
			       "for images in separate files",
			       lt_listing_name(import->listing), import->found->name);
	if (import->report)
		return tell_row(import, label, err);
	status = lt_import_shape(import, &import->image, &import->shaped, err);
	return status ? status : lt_import_put(import, &import->shaped, label, key, err);
}

int lt_import_bad(struct lt_import *import, const char *name, const struct lt_error *why,
		  struct lt_error *err)
{
	const char **texts;

	if (import->report && why->code == LT_DATA) {
		import->next_id++;
		return lt_report_broken(import->report, name, why->text, err);
	}
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
