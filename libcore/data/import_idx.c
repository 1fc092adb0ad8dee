/*
 * IDX, the format of MNIST and its family (LeCun, Cortes and Burges, "The MNIST
 * database"): a file of images and one of labels,
 *
 *	00 00 08 03  n  height  width  then the grey bytes of n images
 *	00 00 08 01  n                 then n label bytes
 *
 * with 32-bit numbers, big end first; usually compressed with gzip.  An input
 * is one images file (its labels lie beside it, under the name with "labels"
 * for "images" and "idx1" for "idx3", or are named as a second input), or a
 * directory or archive with such pairs for train and test.
 */
#include "data/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define PARTS 3 /* by split: train, test, or neither */

/* A pair of files: indices into the input's entries, or inputs of their own. */
struct pair {
	int64_t images, labels; /* -1: none */
	struct lt_listing *images_in, *labels_in;
	uint8_t *label;
	uint64_t n;
};

struct idx {
	struct pair pair[PARTS];
	unsigned chosen;
	uint64_t counts[256];
	uint32_t plan[2 * PARTS];
};

static const uint32_t first_entry[1] = {0};

static const enum lt_split part_split[PARTS] = {LT_SPLIT_TRAIN, LT_SPLIT_TEST,
						LT_SPLIT_DEFAULT};

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* Of the names in use: "train-images…", "t10k-images…", "emnist-letters-test-images…". */
static int part_of(const char *name)
{
	name = base_name(name);
	return strstr(name, "train") ? 0 : strstr(name, "t10k") || strstr(name, "test") ? 1 : 2;
}

static enum lt_want wants(const char *name)
{
	name = base_name(name);
	return strstr(name, "idx3-ubyte") || strstr(name, "idx1-ubyte") ? LT_WANT_DATA
									: LT_WANT_NOT;
}

static bool probe(const struct lt_listing *listing)
{
	size_t i;

	if (listing->single)
		return listing->head_size >= 4 && memcmp(listing->head, "\0\0\10", 3) == 0 &&
		       (listing->head[3] == 1 || listing->head[3] == 3);
	for (i = 0; i < listing->n; i++)
		if (wants(listing->entry[i].name))
			return true;
	return false;
}

/* ------------------------------------------------------------------ finding the files */

static void swap_text(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from);

	if (at)
		memcpy(at, to, strlen(to));
}

/* The labels file beside an images file, compressed or not; NULL when there is none. */
static char *labels_beside(struct lt_import *import, const char *path)
{
	size_t n = strlen(path);
	char *found = lt_arena_text_n(&import->arena, path, n + 3);
	char *last = found ? found + (base_name(path) - path) : NULL;

	if (!found)
		return NULL;
	found[n] = '\0';
	swap_text(last, "images", "labels");
	swap_text(last, "idx3", "idx1");
	if (strcmp(found, path) == 0)
		return NULL;
	if (access(found, F_OK) == 0)
		return found;
	if (n > 3 && strcmp(found + n - 3, ".gz") == 0)
		found[n - 3] = '\0';
	else
		memcpy(found + n, ".gz", 4);
	return access(found, F_OK) == 0 ? found : NULL;
}

static enum lt_want want_any(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return LT_WANT_DATA;
}

static int open_file(struct lt_listing **out, const char *path, struct lt_error *err)
{
	int status = lt_listing_open(out, path, want_any, NULL, err);

	if (status)
		return status;
	if (!(*out)->single)
		return lt_fail(err, LT_DATA, "%s: not an IDX file", lt_listing_name(*out));
	return lt_listing_plan(*out, first_entry, 1, err);
}

/* The input is an images file. */
static int find_single(struct lt_import *import, struct idx *idx, unsigned *has,
		       struct lt_error *err)
{
	struct lt_listing *listing = import->listing;
	int part = part_of(listing->entry[0].name), status;
	struct pair *pair = &idx->pair[part];
	const char *labels = import->labels_path;

	*has = part == 2 ? 0 : 1u << part_split[part];
	pair->images = 0;
	pair->images_in = listing;
	status = lt_listing_plan(listing, first_entry, 1, err);
	if (status || import->no_labels)
		return status;
	if (!labels && import->path)
		labels = labels_beside(import, import->path);
	if (!labels)
		return lt_fail(
			err, LT_NOINPUT,
			"%s: there is no file of labels beside it; name it as the second "
			"input, or give --no-labels",
			lt_listing_name(listing));
	status = open_file(&pair->labels_in, labels, err);
	if (status == 0)
		lt_import_input(import, "labels", pair->labels_in);
	return status;
}

static int open_of_tree(struct lt_import *import, struct lt_listing **out, int64_t index,
			struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	const char *path;

	if (index < 0)
		return 0;
	path = lt_arena_printf(&import->arena, "%s/%s", lt_listing_name(listing),
			       listing->entry[index].name);
	return path ? open_file(out, path, err) : lt_fail_memory(err);
}

/* Which entry is what. */
static int sort_entries(struct lt_import *import, struct idx *idx, unsigned *has,
			struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	struct pair *pair;
	int64_t *place;
	size_t i;
	int part;

	for (*has = 0, i = 0; i < listing->n; i++) {
		if (!wants(listing->entry[i].name))
			continue;
		part = part_of(listing->entry[i].name);
		pair = &idx->pair[part];
		place = strstr(base_name(listing->entry[i].name), "idx3") ? &pair->images
									  : &pair->labels;
		if (*place >= 0)
			return lt_fail(err, LT_DATA,
				       "%s: %s and %s: more than one set; name one images file",
				       lt_listing_name(listing), listing->entry[*place].name,
				       listing->entry[i].name);
		*place = (int64_t)i;
		*has |= part == 2 ? 0 : 1u << part_split[part];
	}
	return 0;
}

/* The files of an archive come in one plan: all labels, then the chosen images. */
static int plan_archive(struct lt_import *import, struct idx *idx, struct lt_error *err)
{
	size_t n = 0;
	int part;

	for (part = 0; part < PARTS; part++) {
		if (idx->pair[part].labels >= 0 && !import->no_labels) {
			idx->plan[n++] = (uint32_t)idx->pair[part].labels;
			idx->pair[part].labels_in = import->listing;
		}
	}
	for (part = 0; part < PARTS; part++) {
		if (idx->pair[part].images >= 0 && idx->chosen & 1u << part) {
			idx->plan[n++] = (uint32_t)idx->pair[part].images;
			idx->pair[part].images_in = import->listing;
		}
	}
	return lt_listing_plan(import->listing, idx->plan, n, err);
}

static int open_trees(struct lt_import *import, struct idx *idx, struct lt_error *err)
{
	struct pair *pair;
	int part, status = 0;

	for (part = 0; part < PARTS && status == 0; part++) {
		pair = &idx->pair[part];
		if (!import->no_labels)
			status = open_of_tree(import, &pair->labels_in, pair->labels, err);
		if (status == 0 && idx->chosen & 1u << part)
			status = open_of_tree(import, &pair->images_in, pair->images, err);
	}
	return status;
}

static int find_files(struct lt_import *import, struct idx *idx, struct lt_error *err)
{
	unsigned has = 0, chosen = 0;
	int part, status;

	status = import->listing->single ? find_single(import, idx, &has, err)
					 : sort_entries(import, idx, &has, err);
	if (status == 0)
		status = lt_import_choose(import, has, &chosen, err);
	if (status)
		return status;
	for (part = 0; part < PARTS; part++)
		if (idx->pair[part].images >= 0 &&
		    (part == 2 ? import->split_name[0] == 'a'
			       : (chosen & 1u << part_split[part]) != 0))
			idx->chosen |= 1u << part;
	if (!idx->chosen)
		return lt_fail(err, LT_DATA, "%s: there is no IDX file of images in it",
			       lt_listing_name(import->listing));
	if (import->listing->single)
		return 0;
	return lt_archive_kind(import->listing->archive) == LT_ARCHIVE_TREE
		       ? open_trees(import, idx, err)
		       : plan_archive(import, idx, err);
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
 * Could the file hold what its header announces?  Where the input tells its size, that
 * is known before a byte of it is kept.
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

	return status || got == 0 ? status
				  : wrong_length(listing, entry, "longer than it says", err);
}

static int read_labels(struct idx *idx, int part, struct lt_error *err)
{
	struct pair *pair = &idx->pair[part];
	const struct lt_listed *entry;
	struct lt_buffer bytes = {0};
	uint32_t dim[3];
	size_t got, step;
	int status = read_header(pair->labels_in, 1, dim, &entry, err);

	if (status)
		return status;
	/* In steps, so that a false count costs its sender the bytes. */
	do {
		step = dim[0] - bytes.size < 65536 ? dim[0] - bytes.size : 65536;
		status = lt_buffer_reserve(&bytes, step + 1)
				 ? lt_listing_read(pair->labels_in, bytes.data + bytes.size,
						   step, &got, err)
				 : lt_fail_memory(err);
		if (status)
			break;
		bytes.size += got;
		if (got < step)
			status = wrong_length(pair->labels_in, entry, "truncated", err);
	} while (status == 0 && bytes.size < dim[0]);
	if (status == 0)
		status = at_end(pair->labels_in, entry, err);
	pair->label = bytes.data;
	pair->n = dim[0];
	return status;
}

static int read_images(struct lt_import *import, struct idx *idx, int part,
		       struct lt_error *err)
{
	struct pair *pair = &idx->pair[part];
	const struct lt_listed *entry;
	struct lt_error why;
	uint32_t dim[3], i;
	size_t size, got;
	int status = read_header(pair->images_in, 3, dim, &entry, err);

	if (status)
		return status;
	if (pair->label && pair->n != dim[0])
		return lt_fail(err, LT_DATA, "%s: %" PRIu32 " images and %" PRIu64 " labels",
			       lt_listing_where(pair->images_in, entry->name), dim[0], pair->n);
	import->total += dim[0];
	for (i = 0; i < dim[0]; i++) {
		if (lt_image_shape(&import->image, dim[2], dim[1], 1, import->max_pixels, &why))
			return lt_fail(err, why.code, "%s: %s",
				       lt_listing_where(pair->images_in, entry->name),
				       why.text);
		size = (size_t)dim[1] * dim[2];
		status =
			lt_listing_read(pair->images_in, import->image.pixels, size, &got, err);
		if (status)
			return status;
		if (got < size)
			return wrong_length(pair->images_in, entry, "truncated", err);
		status = lt_import_row(import, pair->label ? pair->label[i] : -1, NULL, err);
		if (status)
			return status;
	}
	return at_end(pair->images_in, entry, err);
}

/* All labels first: the class list is that of all splits together. */
static int read_all_labels(struct lt_import *import, struct idx *idx, struct lt_error *err)
{
	int part, status, n_classes = 0;
	uint64_t i;

	for (part = 0; part < PARTS; part++) {
		struct pair *pair = &idx->pair[part];

		if (!pair->labels_in && idx->chosen & 1u << part && !import->no_labels)
			return lt_fail(err, LT_DATA, "%s: %s has no file of labels",
				       lt_listing_name(import->listing),
				       import->listing->entry[pair->images].name);
		status = pair->labels_in ? read_labels(idx, part, err) : 0;
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
	struct idx idx = {0};
	int part, status;

	for (part = 0; part < PARTS; part++)
		idx.pair[part].images = idx.pair[part].labels = -1;
	status = find_files(import, &idx, err);
	if (status == 0)
		status = read_all_labels(import, &idx, err);
	for (part = 0; part < PARTS && status == 0; part++)
		if (idx.chosen & 1u << part)
			status = read_images(import, &idx, part, err);
	for (part = 0; part < PARTS; part++) {
		if (idx.pair[part].images_in != import->listing)
			lt_listing_close(idx.pair[part].images_in);
		if (idx.pair[part].labels_in != import->listing)
			lt_listing_close(idx.pair[part].labels_in);
		lt_free(idx.pair[part].label);
	}
	return status;
}

const struct lt_import_format lt_import_idx = {"idx", wants, probe, run};
