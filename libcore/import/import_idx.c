/*
 * IDX, the format of MNIST and its family (LeCun, Cortes and Burges, "The MNIST
 * database"): a file of images and one of labels,
 *
 *	00 00 08 03  n  height  width  then the grey bytes of n images
 *	00 00 08 01  n                 then n label bytes
 *
 * with big-endian 32-bit numbers; usually compressed with gzip.  An input is one file of
 * images, or a directory or archive with pairs of files for train and test.  The labels of
 * a file of images are in the file beside it with "labels" instead of "images" and "idx1"
 * instead of "idx3" in the name, or in a second operand.
 */
#include "import/import_idx.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "import/idx_names.h"

static enum lt_want wants(const char *name)
{
	return lt_idx_is_file(name) ? LT_WANT_DATA : LT_WANT_NOT;
}

static bool probe(const struct lt_listing *listing)
{
	const uint8_t *head;
	size_t i, n;

	if (lt_listing_is_single(listing)) {
		head = lt_listing_head(listing, &listing->entry[0], &n);
		return n >= 4 && memcmp(head, "\0\0\10", 3) == 0 &&
		       (head[3] == 1 || head[3] == 3);
	}
	for (i = 0; i < listing->n; i++)
		if (wants(listing->entry[i].name))
			return true;
	return false;
}

/* ------------------------------------------------------------------ reading them */

static int not_idx(struct lt_listing *listing, const struct lt_listed *entry, int dims,
		   struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: not an IDX file of %s",
		       lt_listing_where(listing, entry->name), dims == 1 ? "labels" : "images");
}

static int wrong_length(struct lt_listing *listing, const struct lt_listed *entry,
			const char *what, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: %s", lt_listing_where(listing, entry->name), what);
}

/*
 * Can the file contain as much as its header says?  If the size of the input is known, this is
 * checked before any byte is stored.
 */
static int check_announced(struct lt_listing *listing, const struct lt_listed *entry, int dims,
			   const uint32_t dim[3], struct lt_error *err)
{
	uint64_t head = 4 + 4 * (uint64_t)dims;
	uint64_t item = dims == 3 ? (uint64_t)dim[1] * dim[2] : 1;

	if (dims == 1 && dim[0] > LT_MAX_IDX_LABELS)
		return lt_fail(err, LT_DATA, "%s: %" PRIu32 " labels, the limit is %" PRIu32,
			       lt_listing_where(listing, entry->name), dim[0],
			       LT_MAX_IDX_LABELS);
	if (entry->size != UINT64_MAX && item > 0 && (entry->size - head) / item < dim[0])
		return wrong_length(listing, entry, "truncated", err);
	return 0;
}

/* Opens the next file and reads its header: the dimensions. */
static int read_header(struct lt_listing *listing, int dims, uint32_t dim[3],
		       const struct lt_listed **entry, struct lt_error *err)
{
	uint8_t bytes[16];
	size_t n = 4 + 4 * (size_t)dims, got;
	int i, status = lt_listing_next(listing, entry, err);

	if (status)
		return status;
	status = lt_listing_read(listing, bytes, n, &got, err);
	if (status)
		return status;
	if (got < n || memcmp(bytes, "\0\0\10", 3) != 0 || bytes[3] != dims)
		return not_idx(listing, *entry, dims, err);
	for (i = 0; i < dims; i++)
		dim[i] = (uint32_t)bytes[4 + 4 * i] << 24 | (uint32_t)bytes[5 + 4 * i] << 16 |
			 (uint32_t)bytes[6 + 4 * i] << 8 | bytes[7 + 4 * i];
	return check_announced(listing, *entry, dims, dim, err);
}

static int at_end(struct lt_listing *listing, const struct lt_listed *entry,
		  struct lt_error *err)
{
	uint8_t byte;
	size_t got;
	int status = lt_listing_read(listing, &byte, 1, &got, err);

	return status || got == 0
		       ? status
		       : wrong_length(listing, entry, "longer than its header says", err);
}

static int read_labels(struct lt_import *import, struct lt_idx *idx, int part,
		       struct lt_error *err)
{
	struct lt_idx_pair *pair = &idx->pair[part];
	const struct lt_listed *entry;
	struct lt_buffer bytes = {0};
	uint32_t dim[3];
	size_t got, step;
	int status = lt_idx_unpack(import, &pair->labels, err);

	if (status == 0)
		status = read_header(pair->labels.in, 1, dim, &entry, err);
	if (status)
		return status;
	/* In steps, so that a false count cannot cause a large allocation. */
	do {
		step = dim[0] - bytes.size < 65536 ? dim[0] - bytes.size : 65536;
		status = lt_buffer_reserve(&bytes, step + 1)
				 ? lt_listing_read(pair->labels.in, bytes.data + bytes.size,
						   step, &got, err)
				 : lt_fail_memory(err);
		if (status)
			break;
		bytes.size += got;
		if (got < step)
			status = wrong_length(pair->labels.in, entry, "truncated", err);
	} while (status == 0 && bytes.size < dim[0]);
	if (status == 0)
		status = at_end(pair->labels.in, entry, err);
	pair->label = bytes.data;
	pair->n = dim[0];
	return status;
}

static int read_images(struct lt_import *import, struct lt_idx *idx, int part,
		       struct lt_error *err)
{
	struct lt_idx_pair *pair = &idx->pair[part];
	const struct lt_listed *entry;
	struct lt_error why;
	uint32_t dim[3], i;
	size_t size, got;
	int status = lt_idx_unpack(import, &pair->images, err);

	import->row_split = part == 0	? LT_SPLIT_TRAIN
			    : part == 1 ? LT_SPLIT_TEST
					: LT_SPLIT_DEFAULT;
	if (status == 0)
		status = read_header(pair->images.in, 3, dim, &entry, err);
	if (status)
		return status;
	if (pair->label && pair->n != dim[0])
		return lt_fail(err, LT_DATA, "%s: %" PRIu32 " images and %" PRIu64 " labels",
			       lt_listing_where(pair->images.in, entry->name), dim[0], pair->n);
	import->total += dim[0];
	for (i = 0; i < dim[0]; i++) {
		if (lt_image_shape(&import->image, dim[2], dim[1], 1, import->max_pixels, &why))
			return lt_fail(err, why.code, "%s: %s",
				       lt_listing_where(pair->images.in, entry->name),
				       why.text);
		size = (size_t)dim[1] * dim[2];
		status =
			lt_listing_read(pair->images.in, import->image.pixels, size, &got, err);
		if (status)
			return status;
		if (got < size)
			return wrong_length(pair->images.in, entry, "truncated", err);
		status = lt_import_row(import, pair->label ? pair->label[i] : -1, NULL, err);
		if (status)
			return status;
	}
	return at_end(pair->images.in, entry, err);
}

/* All labels first: the class list is that of all splits together. */
static int read_all_labels(struct lt_import *import, struct lt_idx *idx, struct lt_error *err)
{
	int part, status, n_classes = 0;
	uint64_t i;

	for (part = 0; part < LT_IDX_PARTS; part++) {
		struct lt_idx_pair *pair = &idx->pair[part];

		if (!pair->labels.in && idx->chosen & 1u << part && !import->no_labels)
			return lt_fail(err, LT_DATA, "%s: %s has no file of labels",
				       lt_listing_name(import->listing),
				       import->listing->entry[pair->images.index].name);
		status = pair->labels.in ? read_labels(import, idx, part, err) : 0;
		if (status)
			return status;
		for (i = 0; pair->label && i < pair->n; i++) {
			if (pair->label[i] >= n_classes)
				n_classes = pair->label[i] + 1;
			if (idx->chosen & 1u << part)
				idx->counts[pair->label[i]]++;
		}
	}
	status = lt_import_classes(import, NULL, n_classes, err);
	return status ? status : lt_import_counts(import, idx->counts, n_classes, err);
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct lt_idx idx = {0};
	int part, status;

	for (part = 0; part < LT_IDX_PARTS; part++)
		idx.pair[part].images.index = idx.pair[part].labels.index = -1;
	status = lt_idx_find(import, &idx, err);
	if (status == 0)
		status = read_all_labels(import, &idx, err);
	for (part = 0; part < LT_IDX_PARTS && status == 0; part++)
		if (idx.chosen & 1u << part) {
			status = read_images(import, &idx, part, err);
			lt_idx_close(import, &idx.pair[part].images);
		}
	for (part = 0; part < LT_IDX_PARTS; part++) {
		lt_idx_close(import, &idx.pair[part].images);
		lt_idx_close(import, &idx.pair[part].labels);
		lt_free(idx.pair[part].label);
	}
	return status;
}

const struct lt_import_format lt_import_idx = {"idx", wants, probe, run};
