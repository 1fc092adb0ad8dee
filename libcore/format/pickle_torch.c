/*
 * The names that the pickle of a checkpoint may refer to and call: those that construct
 * PyTorch's tensors.  Their values are outside the pickle, which contains only their locations.
 * Source: torch/_utils.py (_rebuild_tensor and others) and torch/serialization.py
 * (persistent_id).
 */
#include "format/pickle_parts.h"

#include <string.h>

/* Types of numbers by the names of their storages; older PyTorch has some in torch.cuda too. */
static const struct {
	const char *name;
	char kind;
	uint32_t size;
} storages[] = {
	{"FloatStorage", 'f', 4},    {"DoubleStorage", 'f', 8}, {"HalfStorage", 'f', 2},
	{"BFloat16Storage", 'B', 2}, {"LongStorage", 'i', 8},	{"IntStorage", 'i', 4},
	{"ShortStorage", 'i', 2},    {"CharStorage", 'i', 1},	{"ByteStorage", 'u', 1},
	{"BoolStorage", 'b', 1},
};

bool lt_pickle_torch_name(const char *module, const char *name, struct lt_pickle_object *out)
{
	static const struct {
		const char *module, *name;
		enum lt_pickle_name is;
	} known[] = {
		{"collections", "OrderedDict", LT_PICKLE_ORDERED_DICT},
		{"torch._utils", "_rebuild_tensor", LT_PICKLE_REBUILD_TENSOR},
		{"torch._utils", "_rebuild_tensor_v2", LT_PICKLE_REBUILD_TENSOR},
		{"torch._utils", "_rebuild_parameter", LT_PICKLE_REBUILD_PARAMETER},
		{"torch", "Size", LT_PICKLE_SIZE},
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(module, known[i].module) == 0 && strcmp(name, known[i].name) == 0) {
			out->name = known[i].is;
			return true;
		}
	if (strcmp(module, "torch") != 0 && strcmp(module, "torch.cuda") != 0)
		return false;
	for (i = 0; i < sizeof storages / sizeof *storages; i++)
		if (strcmp(name, storages[i].name) == 0) {
			out->name = LT_PICKLE_STORAGE_TYPE;
			out->type.kind = storages[i].kind;
			out->type.item_size = storages[i].size;
			return true;
		}
	return false;
}

/* A non-negative integer; false: it is something else. */
static bool natural(const struct lt_pickle_value *value, uint64_t *out)
{
	if (value->kind != LT_PICKLE_INT || value->as.integer < 0)
		return false;
	*out = (uint64_t)value->as.integer;
	return true;
}

/* (key, first, numbers) of a part of a storage; None: the whole. */
static bool take_view(const struct lt_pickle_value *view, struct lt_pickle_storage *storage)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(view, 3);
	uint64_t n;

	if (view->kind == LT_PICKLE_NONE)
		return true;
	if (!item || !natural(&item[1], &storage->first) || !natural(&item[2], &n) ||
	    storage->first > storage->n || n > storage->n - storage->first)
		return false;
	storage->n = storage->first + n;
	return true;
}

/* ("storage", type, key, device, numbers[, view]) */
int lt_pickle_torch_storage(struct lt_pickle *pickle, const struct lt_pickle_value *id,
			    struct lt_pickle_value *out, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(id, 5);
	const char *what = item ? lt_pickle_text(&item[0]) : NULL;
	const char *key = what ? lt_pickle_text(&item[2]) : NULL;
	struct lt_pickle_storage *storage;
	const struct lt_pickle_object *type;

	if (!key || strcmp(what, "storage") != 0 || strlen(key) != item[2].as.bytes->n ||
	    !lt_pickle_is_name(&item[1], LT_PICKLE_STORAGE_TYPE))
		return lt_pickle_damaged(
			&pickle->input, err,
			"it refers to something other than a storage of numbers");
	storage = lt_pickle_object(pickle, sizeof *storage, err);
	if (!storage)
		return err->code;
	type = item[1].as.object;
	storage->key = key;
	storage->kind = type->type.kind;
	storage->item_size = type->type.item_size;
	if (!natural(&item[4], &storage->n) ||
	    (id->as.list->n > 5 && !take_view(&item[5], storage)))
		return lt_pickle_damaged(&pickle->input, err, "a storage of unknown form");
	storage->next = pickle->storages;
	pickle->storages = storage;
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_STORAGE, .as.storage = storage};
	return 0;
}

/* Reads shape and strides; false if a number would be outside of the storage. */
static bool take_shape(struct lt_pickle_tensor *tensor, const struct lt_pickle_value *shape,
		       const struct lt_pickle_value *strides)
{
	const struct lt_pickle_storage *storage = tensor->storage;
	const struct lt_pickle_value *dim = lt_pickle_tuple(shape, 0);
	const struct lt_pickle_value *stride = lt_pickle_tuple(strides, 0);
	uint64_t room = storage->n - storage->first, last = 0;
	size_t i;

	/* An empty tuple has no items. */
	if (shape->kind != LT_PICKLE_TUPLE || strides->kind != LT_PICKLE_TUPLE ||
	    shape->as.list->n != strides->as.list->n ||
	    shape->as.list->n > LT_PICKLE_TENSOR_DIMS || tensor->first > room)
		return false;
	room -= tensor->first;
	tensor->dims = (int)shape->as.list->n;
	tensor->n = 1;
	for (i = 0; i < shape->as.list->n; i++) {
		if (!natural(&dim[i], &tensor->dim[i]) ||
		    !natural(&stride[i], &tensor->stride[i]) || tensor->dim[i] > INT32_MAX ||
		    (tensor->dim[i] > 0 && tensor->n > UINT64_MAX / tensor->dim[i]))
			return false;
		tensor->n *= tensor->dim[i];
	}
	for (i = 0; i < shape->as.list->n && tensor->n > 0; i++) {
		uint64_t steps = tensor->dim[i] - 1;

		if (steps > 0 && tensor->stride[i] > (room - last) / steps)
			return false;
		last += steps * tensor->stride[i];
	}
	/* A stride of 0 repeats numbers, but there must not be more than the storage has. */
	return tensor->n == 0 || (last < room && tensor->n <= room);
}

/* (storage, first, shape, strides, …) */
static int rebuild(struct lt_pickle *pickle, const struct lt_pickle_value *args,
		   struct lt_pickle_value *out, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(args, 4);
	struct lt_pickle_tensor *tensor;

	if (!item || item[0].kind != LT_PICKLE_STORAGE)
		return lt_pickle_damaged(&pickle->input, err, "a tensor of unknown form");
	tensor = lt_pickle_object(pickle, sizeof *tensor, err);
	if (!tensor)
		return err->code;
	tensor->storage = item[0].as.storage;
	if (!natural(&item[1], &tensor->first) || !take_shape(tensor, &item[2], &item[3]))
		return lt_pickle_damaged(&pickle->input, err,
					 "a tensor that exceeds its storage");
	tensor->first += tensor->storage->first;
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_TENSOR, .as.tensor = tensor};
	return 0;
}

int lt_pickle_torch_call(struct lt_pickle *pickle, const struct lt_pickle_value *function,
			 const struct lt_pickle_value *args, struct lt_pickle_value *out,
			 struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(args, 1);

	if (lt_pickle_is_name(function, LT_PICKLE_REBUILD_TENSOR))
		return rebuild(pickle, args, out, err);
	if (lt_pickle_is_name(function, LT_PICKLE_ORDERED_DICT) &&
	    args->kind == LT_PICKLE_TUPLE && args->as.list->n == 0)
		return lt_pickle_make_list(pickle, LT_PICKLE_DICT, out, err);
	/* Both calls return their argument. */
	if ((lt_pickle_is_name(function, LT_PICKLE_REBUILD_PARAMETER) && item &&
	     item->kind == LT_PICKLE_TENSOR) ||
	    (lt_pickle_is_name(function, LT_PICKLE_SIZE) && item &&
	     item->kind == LT_PICKLE_TUPLE)) {
		*out = *item;
		return 0;
	}
	return lt_pickle_damaged(&pickle->input, err,
				 "a call of something that is not a function");
}
