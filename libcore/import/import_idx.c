/*
 * IDX, the format of MNIST and its family (LeCun, Cortes and Burges, "The MNIST database"): a
 * file of images and one of labels, each an array in C order,
 *
 *	00 00 TYPE RANK  then RANK sizes  then the elements
 *
 * with big-endian numbers; usually compressed with gzip.  Images are [n,height,width], or in
 * colour [n,height,width,3] or [n,3,height,width].
 *
 * Labels are [n], or [n,8] of 32-bit integers, of which the first is the class: QMNIST (Yadav
 * and Bottou, "Cold case: the lost MNIST digits", 2019) has the source of each digit in the
 * others.
 *
 * An input is one file of images, or a directory or archive with pairs of files for train and
 * test.  The labels of a file of images are in the file beside it with "labels" instead of
 * "images" and, for example, "idx1" instead of "idx3" in the name (idx_names.h), or in a second
 * operand.
 */
#include "import/import_idx.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "import/idx_names.h"

#define QMNIST_COLUMNS 8

static enum lt_want wants(const char *name)
{
	return lt_idx_is_file(name) ? LT_WANT_DATA : LT_WANT_NOT;
}

static bool probe(const struct lt_listing *listing)
{
	const uint8_t *head;
	struct lt_array array;
	size_t i, n;

	if (lt_listing_is_single(listing)) {
		head = lt_listing_head(listing, &listing->entry[0], &n);
		return lt_idx_is_known(head, n, &array);
	}
	for (i = 0; i < listing->n; i++)
		if (wants(listing->entry[i].name))
			return true;
	return false;
}

/* ------------------------------------------------------------------ reading them */

static int wrong(struct lt_listing *listing, const struct lt_listed *entry, const char *what,
		 struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: %s", lt_listing_where(listing, entry->name), what);
}

/*
 * Can the file contain as much as its header says?  If the size of the input is known, this is
 * checked before any byte is stored.
 */
static int check_announced(struct lt_listing *listing, const struct lt_listed *entry,
			   const struct lt_array *array, struct lt_error *err)
{
	uint64_t head = 4 + 4 * (uint64_t)array->rank, elements, bytes;

	if (!lt_array_elements(array, &elements, &bytes))
		return lt_fail(err, LT_DATA, "%s: shape %s: too large",
			       lt_listing_where(listing, entry->name),
			       lt_array_shape(array).text);
	if (entry->size != UINT64_MAX && (entry->size < head || entry->size - head < bytes))
		return wrong(listing, entry, "truncated", err);
	return 0;
}

/* Opens the next file and reads its header.  what: "images" or "labels". */
static int read_header(struct lt_listing *listing, const char *what, struct lt_array *array,
		       const struct lt_listed **entry, struct lt_error *err)
{
	uint8_t bytes[4 * LT_IDX_RANK];
	size_t got, n;
	int i, status = lt_listing_next(listing, entry, err);

	if (status == 0)
		status = lt_listing_read(listing, bytes, 4, &got, err);
	if (status)
		return status;
	if (!lt_idx_is_known(bytes, got, array))
		return lt_fail(err, LT_DATA, "%s: not an IDX file of %s",
			       lt_listing_where(listing, (*entry)->name), what);
	n = 4 * (size_t)array->rank;
	status = lt_listing_read(listing, bytes, n, &got, err);
	if (status)
		return status;
	if (got < n)
		return wrong(listing, *entry, "truncated", err);
	for (i = 0; i < array->rank; i++)
		array->dim[i] = (uint32_t)bytes[4 * i] << 24 |
				(uint32_t)bytes[4 * i + 1] << 16 |
				(uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
	return check_announced(listing, *entry, array, err);
}

static int at_end(struct lt_listing *listing, const struct lt_listed *entry,
		  struct lt_error *err)
{
	uint8_t byte;
	size_t got;
	int status = lt_listing_read(listing, &byte, 1, &got, err);

	return status || got == 0 ? status
				  : wrong(listing, entry, "longer than its header says", err);
}

/* Reads a file's elements, or only the first of each row. */
struct reading {
	struct lt_listing *listing;
	const struct lt_listed *entry;
	size_t element, row; /* bytes; equal if all elements are read */
};

static int read_exactly(struct reading *reading, void *to, size_t n, struct lt_error *err)
{
	size_t got;
	int status = lt_listing_read(reading->listing, to, n, &got, err);

	return status || got == n ? status
				  : wrong(reading->listing, reading->entry, "truncated", err);
}

static int read_elements(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct reading *reading = arg;
	uint8_t row[8 * QMNIST_COLUMNS], *at = to;
	size_t done;
	int status = 0;

	if (reading->row == reading->element)
		return read_exactly(reading, to, n, err);
	for (done = 0; done < n && status == 0; done += reading->element) {
		status = read_exactly(reading, row, reading->row, err);
		if (status == 0)
			memcpy(at + done, row, reading->element);
	}
	return status;
}

/* If the labels have QMNIST's columns, reduces them to the first. */
static void take_class_column(struct lt_import *import, struct lt_array *array,
			      struct reading *reading)
{
	char text[1300];

	if (array->rank != 2 || array->kind != 'i' || array->size != 4 ||
	    array->dim[1] != QMNIST_COLUMNS)
		return;
	array->rank = 1;
	reading->row = QMNIST_COLUMNS * reading->element;
	snprintf(text, sizeof text,
		 "%.1000s: the first of %d columns is the class, as in QMNIST",
		 lt_listing_where(reading->listing, reading->entry->name), QMNIST_COLUMNS);
	import->host.notice(import->host.arg, text);
}

static int read_labels(struct lt_import *import, struct lt_idx *idx, int i,
		       struct lt_error *err)
{
	struct lt_idx_pair *pair = &idx->pair[i];
	struct lt_array array;
	struct reading reading;
	const char *where;
	int status = lt_idx_unpack(import, &pair->labels, err);

	reading.listing = pair->labels.in;
	if (status == 0)
		status = read_header(reading.listing, "labels", &array, &reading.entry, err);
	if (status)
		return status;
	reading.element = reading.row = array.size;
	where = lt_arena_text(&import->arena,
			      lt_listing_where(reading.listing, reading.entry->name));
	if (!where)
		return lt_fail_memory(err);
	if (array.rank > 2)
		return lt_fail(err, LT_DATA, "%s: not an IDX file of labels", where);
	take_class_column(import, &array, &reading);
	status = lt_part_labels(&idx->part[i], &array, where, read_elements, &reading, err);
	return status ? status : at_end(reading.listing, reading.entry, err);
}

static bool is_channels(uint64_t n)
{
	return n == 1 || n == 3;
}

/* The axes of images; NULL: they are not images, or the channels may be first or last. */
static const struct lt_layout *layout_of(const struct lt_array *array)
{
	static const struct lt_layout grey = {0, 1, 2, -1}, last = {0, 1, 2, 3},
				      second = {0, 2, 3, 1};

	if (array->rank == 3)
		return &grey;
	if (array->rank != 4)
		return NULL;
	if (is_channels(array->dim[3]))
		return is_channels(array->dim[1]) ? NULL : &last;
	return is_channels(array->dim[1]) ? &second : NULL;
}

static int fail_shape(const struct lt_array *array, const char *where, struct lt_error *err)
{
	if (array->rank == 4 && is_channels(array->dim[1]) && is_channels(array->dim[3]))
		return lt_fail(err, LT_DATA,
			       "%s: shape %s: the channels may be first or last, and the file "
			       "does not say which",
			       where, lt_array_shape(array).text);
	return lt_fail(err, LT_DATA,
		       "%s: shape %s: not images, which are (n, height, width), (n, height, "
		       "width, 3) or (n, 3, height, width)",
		       where, lt_array_shape(array).text);
}

static int read_images(struct lt_import *import, struct lt_idx *idx, int i,
		       struct lt_error *err)
{
	struct lt_idx_pair *pair = &idx->pair[i];
	struct lt_part *part = &idx->part[i];
	const struct lt_layout *layout;
	struct lt_array array;
	struct reading reading;
	int status = lt_idx_unpack(import, &pair->images, err);

	reading.listing = pair->images.in;
	if (status == 0)
		status = read_header(reading.listing, "images", &array, &reading.entry, err);
	if (status)
		return status;
	reading.element = reading.row = array.size;
	part->name = lt_arena_text(&import->arena,
				   lt_listing_where(reading.listing, reading.entry->name));
	if (!part->name)
		return lt_fail_memory(err);
	layout = layout_of(&array);
	if (!layout)
		return fail_shape(&array, part->name, err);
	if (part->labelled && part->n_labels != array.dim[0])
		return lt_fail(err, LT_DATA, "%s: %" PRIu64 " images and %" PRIu64 " labels",
			       part->name, array.dim[0], part->n_labels);
	status = lt_part_rows(import, part, &array, layout, read_elements, &reading, err);
	return status ? status : at_end(reading.listing, reading.entry, err);
}

/* All labels first: the class list is that of all splits together. */
static int read_all_labels(struct lt_import *import, struct lt_idx *idx, struct lt_error *err)
{
	int i, status;

	for (i = 0; i < LT_IDX_PARTS; i++) {
		struct lt_idx_pair *pair = &idx->pair[i];

		if (!pair->labels.in && idx->part[i].chosen && !import->no_labels)
			return lt_fail(err, LT_DATA, "%s: %s has no file of labels",
				       lt_listing_name(import->listing),
				       import->listing->entry[pair->images.index].name);
		status = pair->labels.in ? read_labels(import, idx, i, err) : 0;
		if (status)
			return status;
	}
	return lt_parts_classes(import, idx->part, LT_IDX_PARTS, NULL, 0, err);
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct lt_idx idx = {0};
	int i, status;

	for (i = 0; i < LT_IDX_PARTS; i++)
		idx.pair[i].images.index = idx.pair[i].labels.index = -1;
	status = lt_idx_find(import, &idx, err);
	if (status == 0)
		status = read_all_labels(import, &idx, err);
	for (i = 0; i < LT_IDX_PARTS && status == 0; i++)
		if (idx.part[i].chosen) {
			status = read_images(import, &idx, i, err);
			lt_idx_close(import, &idx.pair[i].images);
		}
	for (i = 0; i < LT_IDX_PARTS; i++) {
		lt_idx_close(import, &idx.pair[i].images);
		lt_idx_close(import, &idx.pair[i].labels);
	}
	lt_parts_free(idx.part, LT_IDX_PARTS);
	return status;
}

const struct lt_import_format lt_import_idx = {"idx", wants, probe, run};
