/*
 * What torch.save wrote before PyTorch 1.6: pickles of a magic number, a version, facts about
 * the machine, the object, and the keys of its storages; then each storage, in the order of
 * these keys, as the number of its elements and the elements, little-endian.
 */
#include <inttypes.h>
#include <string.h>

#include "weights/weights_parts.h"

/* A pickle of 0x1950a86a20f9469cfc6c: any protocol, then LONG1, 10 bytes and the end. */
static const uint8_t magic[] = {0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9,
				0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};
#define MAGIC_AT 2
#define VERSION 1001

static bool probe(const uint8_t *head, size_t n, uint64_t size)
{
	(void)size;
	return n > MAGIC_AT + sizeof magic && head[0] == 0x80 &&
	       memcmp(head + MAGIC_AT, magic, sizeof magic) == 0;
}

struct place {
	const struct lt_weights *weights;
	uint64_t at;
};

static int read_place(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err)
{
	struct place *place = arg;
	uint64_t left = place->weights->file.size - place->at;

	*got = left < room ? (size_t)left : room;
	place->at += *got;
	return lt_weights_at(place->weights, place->at - *got, bytes, *got, err);
}

/* Reads the pickle at *at and advances *at to the next one. */
static int read_pickle(const struct lt_weights *weights, uint64_t *at, struct lt_pickle **out,
		       struct lt_error *err)
{
	struct place place = {weights, *at};
	struct lt_pickle_source source = {weights->file.name, &place, read_place};
	int status = lt_pickle_read_torch(out, &source, err);

	if (status == 0)
		*at += lt_pickle_size(*out);
	return status;
}

/* The second and third pickle, of which only the version is used. */
static int skip_pickles(const struct lt_weights *weights, uint64_t *at, struct lt_error *err)
{
	const struct lt_pickle_value *value;
	struct lt_pickle *pickle;
	int i, status = 0;

	for (i = 0; i < 2 && status == 0; i++) {
		status = read_pickle(weights, at, &pickle, err);
		if (status)
			return status;
		value = lt_pickle_value(pickle);
		if (i == 0 && (value->kind != LT_PICKLE_INT || value->as.integer != VERSION))
			status = lt_weights_wrong(weights, err,
						  "a checkpoint of another version than %d",
						  VERSION);
		lt_pickle_free(pickle);
	}
	return status;
}

static const char *key_text(const struct lt_pickle_value *value)
{
	bool text = value->kind == LT_PICKLE_TEXT || value->kind == LT_PICKLE_BYTES;

	return text ? (const char *)value->as.bytes->kept : NULL;
}

/*
 * Reads one storage at *at: records its offset and checks that its length is that of the
 * object.
 */
static int find_storage(struct lt_weights *weights, const char *key, uint64_t *at,
			struct lt_error *err)
{
	int number = key ? lt_names_find(&weights->keys, key) : -1;
	struct lt_weights_storage *storage = number < 0 ? NULL : &weights->storage[number];
	uint8_t length[8];
	uint64_t n = 0;
	int i, status = lt_weights_at(weights, *at, length, sizeof length, err);

	if (status)
		return status;
	for (i = 7; i >= 0; i--)
		n = n << 8 | length[i];
	*at += sizeof length;
	if (!storage || storage->at > 0)
		return lt_weights_wrong(weights, err,
					"a list of storages that are not the object's");
	if (n < storage->n || n > (weights->file.size - *at) / storage->item_size)
		return lt_weights_wrong(weights, err,
					"storage '%.100s' of %" PRIu64 " numbers is truncated "
					"or shorter than its tensors",
					key, n);
	storage->at = *at;
	*at += n * storage->item_size;
	return 0;
}

static int find_storages(struct lt_weights *weights, const struct lt_pickle_value *keys,
			 uint64_t at, struct lt_error *err)
{
	const struct lt_pickle_list *list = keys->as.list;
	int i, status = 0;

	if (keys->kind != LT_PICKLE_LIST || list->n > LT_MAX_WEIGHTS_TENSORS)
		return lt_weights_wrong(weights, err, "no list of storages in it");
	for (i = 0; i < (int)list->n && status == 0; i++)
		status = find_storage(weights, key_text(&list->item[i]), &at, err);
	for (i = 0; i < weights->n_storages && status == 0; i++)
		if (weights->storage[i].at == 0)
			status = lt_weights_wrong(weights, err, "storage '%.100s' is missing",
						  weights->storage[i].key);
	return status;
}

static int list(struct lt_weights *weights, struct lt_error *err)
{
	uint64_t at = MAGIC_AT + sizeof magic;
	struct lt_pickle *object = NULL, *keys = NULL;
	int status = skip_pickles(weights, &at, err);

	if (status == 0)
		status = read_pickle(weights, &at, &object, err);
	if (status == 0)
		status = lt_weights_from_pickle(weights, object, err);
	lt_pickle_free(object);
	if (status == 0)
		status = read_pickle(weights, &at, &keys, err);
	if (status == 0)
		status = find_storages(weights, lt_pickle_value(keys), at, err);
	lt_pickle_free(keys);
	return status;
}

static int read_all(struct lt_weights *weights, struct lt_error *err)
{
	int status = 0;

	for (int i = 0; i < weights->n_storages && status == 0; i++)
		status = lt_weights_fill_at(weights, i, err);
	return status;
}

const struct lt_weights_format lt_weights_torch_legacy = {"torch-legacy", probe, list,
							  read_all};
