/*
 * What torch.save writes since PyTorch 1.6: an uncompressed zip file whose entries are all in
 * one directory: data.pkl, the pickle of the object; data/KEY, the values of a storage;
 * byteorder, "little" or "big" (little if it is missing).
 */
#include <inttypes.h>
#include <string.h>

#include "archive/archive.h"
#include "weights/weights_parts.h"

#define PICKLE "data.pkl"
#define PIECE ((size_t)64 << 10)

static bool probe(const uint8_t *head, size_t n, uint64_t size)
{
	(void)size;
	return n > 4 && memcmp(head, "PK\3\4", 4) == 0;
}

static int open_archive(const struct lt_weights *weights, struct lt_archive **archive,
			struct lt_error *err)
{
	const struct lt_weights_file *file = &weights->file;

	if (file->fd < 0)
		return lt_archive_open_memory(archive, file->memory, (size_t)file->size,
					      file->name, err);
	return lt_archive_open_fd(archive, file->fd, file->name, err);
}

static int read_entry(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err)
{
	return lt_archive_read(arg, bytes, room, got, err);
}

static int read_object(struct lt_weights *weights, struct lt_archive *archive,
		       struct lt_error *err)
{
	struct lt_pickle_source source = {weights->file.name, archive, read_entry};
	struct lt_pickle *pickle = NULL;
	int status = lt_pickle_read_torch(&pickle, &source, err);

	if (status == 0)
		status = lt_weights_from_pickle(weights, pickle, err);
	lt_pickle_free(pickle);
	return status;
}

static int read_order(struct lt_weights *weights, struct lt_archive *archive,
		      struct lt_error *err)
{
	char word[8];
	size_t n;
	int status = lt_archive_read(archive, word, sizeof word, &n, err);

	if (status)
		return status;
	weights->big_endian = n == 3 && memcmp(word, "big", 3) == 0;
	if (!weights->big_endian && !(n == 6 && memcmp(word, "little", 6) == 0))
		return lt_weights_wrong(weights, err, "an unknown order of bytes");
	return 0;
}

/* The part of an entry's name after the common directory, or NULL. */
static const char *behind_prefix(const struct lt_weights *weights, const char *name)
{
	size_t n = weights->prefix ? strlen(weights->prefix) : 0;

	return weights->prefix && strncmp(name, weights->prefix, n) == 0 ? name + n : NULL;
}

/* The length of the directory and its slash in DIRECTORY/NAME; -1 for another name. */
static int directory_of(const char *entry, const char *name)
{
	size_t n = strlen(entry), m = strlen(name);
	const char *slash = strchr(entry, '/');

	if (n < m || strcmp(entry + n - m, name) != 0)
		return -1;
	return n == m || (slash && slash == entry + n - m - 1) ? (int)(n - m) : -1;
}

/* Entries come in any order: byteorder may come before the pickle. */
static int list_entry(struct lt_weights *weights, struct lt_archive *archive, const char *name,
		      struct lt_error *err)
{
	int n = directory_of(name, PICKLE);

	if (n < 0)
		return directory_of(name, "byteorder") >= 0 ? read_order(weights, archive, err)
							    : 0;
	if (weights->prefix)
		return lt_weights_wrong(weights, err, "two entries %s", PICKLE);
	weights->prefix = lt_arena_text_n(&weights->arena, name, (size_t)n);
	return weights->prefix ? read_object(weights, archive, err) : lt_fail_memory(err);
}

/* torch.save does not compress: the values cannot have more bytes than the file. */
static int check_sizes(const struct lt_weights *weights, struct lt_error *err)
{
	uint64_t left = weights->file.size;

	for (int i = 0; i < weights->n_storages; i++) {
		const struct lt_weights_storage *storage = &weights->storage[i];

		if (storage->n > left / storage->item_size)
			return lt_weights_wrong(weights, err,
						"storages of more bytes than the file has");
		left -= storage->n * storage->item_size;
	}
	return 0;
}

static int list(struct lt_weights *weights, struct lt_error *err)
{
	struct lt_archive *archive;
	struct lt_entry entry;
	bool more = true;
	int status = open_archive(weights, &archive, err);

	if (status)
		return status;
	while (status == 0) {
		status = lt_archive_next(archive, &entry, &more, err);
		if (status || !more)
			break;
		status = list_entry(weights, archive, entry.name, err);
	}
	lt_archive_close(archive);
	if (status == 0 && !weights->prefix)
		status = lt_weights_wrong(
			weights, err, "a zip file without %s, not one of torch.save", PICKLE);
	return status ? status : check_sizes(weights, err);
}

/* ------------------------------------------------------------------ numbers */

struct entry {
	struct lt_weights *weights;
	struct lt_archive *archive;
	const char *key;
	uint8_t *piece;
};

static int take(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct entry *entry = arg;
	int status = 0;

	while (n > 0 && status == 0) {
		size_t room = to || n < PIECE ? n : PIECE, got = 0;

		status = lt_archive_read(entry->archive, to ? to : entry->piece, room, &got,
					 err);
		if (status == 0 && got < room)
			return lt_weights_wrong(entry->weights, err,
						"storage '%.100s' is shorter than its tensors",
						entry->key);
		n -= room;
	}
	return status;
}

static int fill_entry(struct entry *entry, const char *name, struct lt_error *err)
{
	struct lt_weights *weights = entry->weights;
	const char *rest = behind_prefix(weights, name);
	int storage = rest && strncmp(rest, "data/", 5) == 0
			      ? lt_names_find(&weights->keys, rest + 5)
			      : -1;

	if (storage < 0)
		return 0;
	if (weights->storage[storage].found)
		return lt_weights_wrong(weights, err, "two entries %s", name);
	entry->key = weights->storage[storage].key;
	return lt_weights_fill(weights, storage, take, entry, err);
}

static int read_all(struct lt_weights *weights, struct lt_error *err)
{
	struct entry entry = {.weights = weights, .piece = lt_new_bytes(PIECE)};
	struct lt_entry found;
	bool more = true;
	int status =
		entry.piece ? open_archive(weights, &entry.archive, err) : lt_fail_memory(err);

	while (status == 0) {
		status = lt_archive_next(entry.archive, &found, &more, err);
		if (status || !more)
			break;
		status = fill_entry(&entry, found.name, err);
	}
	lt_archive_close(entry.archive);
	lt_free(entry.piece);
	return status;
}

const struct lt_weights_format lt_weights_torch_zip = {"torch-zip", probe, list, read_all};
