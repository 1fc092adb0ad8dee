/*
 * The tensors of a PyTorch checkpoint: those in its dicts, at any depth, named by the keys
 * that lead to them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/format_limits.h"
#include "weights/weights_parts.h"

#define DEPTH 8 /* of dicts within each other */

/* ------------------------------------------------------------------ storages */

static enum lt_weights_number number_of(char kind, uint32_t size)
{
	if (kind == 'B')
		return LT_WEIGHTS_BF16;
	if (kind != 'f')
		return LT_WEIGHTS_OTHER;
	return size == 2 ? LT_WEIGHTS_F16 : size == 4 ? LT_WEIGHTS_F32 : LT_WEIGHTS_F64;
}

/* Adds a storage, or compares it with the earlier description of its key. */
static int take_storage(struct lt_weights *weights, const struct lt_pickle_storage *from,
			int known, struct lt_error *err)
{
	struct lt_weights_storage *storage =
		known >= 0 ? &weights->storage[known] : lt_weights_add_storage(weights, err);
	enum lt_weights_number number = number_of(from->kind, from->item_size);

	if (!storage)
		return err->code;
	if (known < 0) {
		*storage = (struct lt_weights_storage){
			.key = lt_arena_text(&weights->arena, from->key),
			.number = number,
			.item_size = from->item_size};
		if (!storage->key)
			return lt_fail_memory(err);
	}
	if (storage->number != number || storage->item_size != from->item_size)
		return lt_weights_wrong(weights, err, "storage '%.100s' is of two types",
					from->key);
	if (from->n > storage->n)
		storage->n = from->n;
	return 0;
}

/* All storages of the pickle, each once; and the table of their keys. */
static int take_storages(struct lt_weights *weights, const struct lt_pickle *pickle,
			 struct lt_error *err)
{
	const struct lt_pickle_storage *from;
	const char **key;
	int *number, n = 0, i = 0, status = 0;
	struct lt_names all = {0};

	for (from = lt_pickle_storages(pickle); from; from = from->next)
		if (++n > LT_MAX_WEIGHTS_TENSORS)
			return lt_weights_wrong(weights, err, "more than %d storages",
						LT_MAX_WEIGHTS_TENSORS);
	key = lt_new_array((size_t)n + 1, sizeof *key);
	number = lt_new_array((size_t)n + 1, sizeof *number);
	for (from = lt_pickle_storages(pickle); key && from; from = from->next)
		key[i++] = from->key;
	if (!key || !number || !lt_names_fill(&all, key, n))
		status = lt_fail_memory(err);
	i = 0;
	for (from = lt_pickle_storages(pickle); status == 0 && from; from = from->next, i++) {
		int first = lt_names_find(&all, from->key);

		number[i] = first < i ? number[first] : weights->n_storages;
		status = take_storage(weights, from, first < i ? number[first] : -1, err);
	}
	for (i = 0; status == 0 && i < weights->n_storages; i++)
		key[i] = weights->storage[i].key;
	if (status == 0 && !lt_names_fill(&weights->keys, key, weights->n_storages))
		status = lt_fail_memory(err);
	lt_names_free(&all);
	lt_free(key);
	lt_free(number);
	return status;
}

/* ------------------------------------------------------------------ tensors */

struct walk {
	struct lt_weights *weights;
	char name[LT_MAX_NAME + 2];
	size_t size;
	uint64_t seen; /* values of dicts: a dict may be there many times */
};

static int take_tensor(struct walk *walk, const struct lt_pickle_tensor *from,
		       struct lt_error *err)
{
	struct lt_weights *weights = walk->weights;
	struct lt_weights_tensor *tensor = lt_weights_add(weights, walk->name, walk->size, err);
	const struct lt_weights_storage *storage;
	uint64_t last = 0;

	if (!tensor)
		return err->code;
	tensor->storage = lt_names_find(&weights->keys, from->storage->key);
	storage = &weights->storage[tensor->storage];
	tensor->is_real = storage->number != LT_WEIGHTS_OTHER;
	tensor->type = storage->number == LT_WEIGHTS_F32    ? "F32"
		       : storage->number == LT_WEIGHTS_F16  ? "F16"
		       : storage->number == LT_WEIGHTS_BF16 ? "BF16"
		       : storage->number == LT_WEIGHTS_F64  ? "F64"
							    : "integers";
	tensor->first = from->first;
	tensor->shape.dims = from->dims;
	for (int i = 0; i < from->dims; i++) {
		tensor->shape.dim[i] = (uint32_t)from->dim[i];
		tensor->stride[i] = from->stride[i];
		last += from->n ? (from->dim[i] - 1) * from->stride[i] : 0;
	}
	tensor->span = from->n ? last + 1 : 0;
	if (!lt_shape_elements(&tensor->shape, &tensor->elements))
		return lt_weights_wrong(weights, err, "tensor '%s' is too large", tensor->name);
	return 0;
}

/* The key of a dict, as part of a name; false: it is neither a text nor an integer. */
static bool add_key(struct walk *walk, const struct lt_pickle_value *key)
{
	char number[32];
	const char *text = number;
	size_t n, left = sizeof walk->name - walk->size;

	if (key->kind == LT_PICKLE_INT) {
		n = (size_t)snprintf(number, sizeof number, "%" PRId64, key->as.integer);
	} else if ((key->kind == LT_PICKLE_TEXT || key->kind == LT_PICKLE_BYTES) &&
		   key->as.bytes->kept && key->as.bytes->n <= LT_MAX_NAME) {
		text = (const char *)key->as.bytes->kept;
		n = (size_t)key->as.bytes->n;
	} else {
		return false;
	}
	if (walk->size > 0 && left > 0) {
		walk->name[walk->size++] = '.';
		left--;
	}
	/*
	 * A text that does not fit is too long for a tensor's name, which is reported there.
	 */
	n = n < left ? n : left;
	memcpy(walk->name + walk->size, text, n);
	walk->size += n;
	return true;
}

static int take_dict(struct walk *walk, const struct lt_pickle_list *dict, int depth,
		     struct lt_error *err)
{
	size_t size = walk->size;
	int status = 0;

	for (size_t i = 0; i + 1 < dict->n && status == 0; i += 2) {
		const struct lt_pickle_value *value = &dict->item[i + 1];

		if (++walk->seen > LT_MAX_PICKLE_VALUES)
			return lt_weights_wrong(walk->weights, err,
						"dicts within each other without end");
		if ((value->kind != LT_PICKLE_DICT && value->kind != LT_PICKLE_TENSOR) ||
		    !add_key(walk, &dict->item[i]))
			continue;
		if (value->kind == LT_PICKLE_TENSOR)
			status = take_tensor(walk, value->as.tensor, err);
		else if (depth < DEPTH)
			status = take_dict(walk, value->as.list, depth + 1, err);
		walk->size = size;
	}
	return status;
}

int lt_weights_from_pickle(struct lt_weights *weights, const struct lt_pickle *pickle,
			   struct lt_error *err)
{
	const struct lt_pickle_value *value = lt_pickle_value(pickle);
	struct walk walk = {.weights = weights};
	int status = take_storages(weights, pickle, err);

	if (status == 0 && value->kind != LT_PICKLE_DICT)
		status = lt_weights_wrong(weights, err,
					  "the checkpoint is not a dict; save a state_dict");
	return status ? status : take_dict(&walk, value->as.list, 1, err);
}
