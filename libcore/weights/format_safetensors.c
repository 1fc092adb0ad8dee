/*
 * safetensors: a length, a JSON header {"name": {"dtype", "shape", "data_offsets"}, …,
 * "__metadata__": {…}} and the values, one tensor after another from the end of the header to
 * the end of the file.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"
#include "weights/weights_parts.h"

static const struct {
	const char *name;
	uint32_t bits;
	enum lt_weights_number number;
} types[] = {
	{"F32", 32, LT_WEIGHTS_F32},	  {"F16", 16, LT_WEIGHTS_F16},
	{"BF16", 16, LT_WEIGHTS_BF16},	  {"F64", 64, LT_WEIGHTS_F64},
	{"I64", 64, LT_WEIGHTS_OTHER},	  {"I32", 32, LT_WEIGHTS_OTHER},
	{"I16", 16, LT_WEIGHTS_OTHER},	  {"I8", 8, LT_WEIGHTS_OTHER},
	{"U64", 64, LT_WEIGHTS_OTHER},	  {"U32", 32, LT_WEIGHTS_OTHER},
	{"U16", 16, LT_WEIGHTS_OTHER},	  {"U8", 8, LT_WEIGHTS_OTHER},
	{"BOOL", 8, LT_WEIGHTS_OTHER},	  {"F8_E4M3", 8, LT_WEIGHTS_OTHER},
	{"F8_E5M2", 8, LT_WEIGHTS_OTHER},
};
enum { TYPES = sizeof types / sizeof *types };

static uint64_t length_of(const uint8_t *byte)
{
	uint64_t n = 0;

	for (int i = 7; i >= 0; i--)
		n = n << 8 | byte[i];
	return n;
}

static bool probe(const uint8_t *head, size_t n, uint64_t size)
{
	/* A plausible length and the header's first byte; `list` checks whether it fits. */
	(void)size;
	return n > 8 && length_of(head) >> 48 == 0 && head[8] == '{';
}

/* ------------------------------------------------------------------ the header */

struct header {
	struct lt_weights *weights;
	uint64_t at, end;
};

static int read_header(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err)
{
	struct header *header = arg;
	uint64_t left = header->end - header->at;

	*got = left < room ? (size_t)left : room;
	header->at += *got;
	return lt_weights_at(header->weights, header->at - *got, bytes, *got, err);
}

struct numbers {
	uint64_t value[LT_MAX_DIMS];
	int n;
	bool wrong;
};

static bool see_number(void *arg, const char *key, const struct lt_json_value *value)
{
	struct numbers *numbers = arg;

	numbers->wrong = key || numbers->n == LT_MAX_DIMS ||
			 lt_json_kind(value) != LT_JSON_INTEGER || lt_json_integer(value) < 0;
	if (!numbers->wrong)
		numbers->value[numbers->n++] = (uint64_t)lt_json_integer(value);
	return !numbers->wrong;
}

static bool take_numbers(const struct lt_json_value *from, const char *key,
			 struct numbers *numbers)
{
	const struct lt_json_value *list = lt_json_member(from, key);

	*numbers = (struct numbers){.wrong = !list || lt_json_kind(list) != LT_JSON_ARRAY};
	if (!numbers->wrong)
		lt_json_each(list, see_number, numbers);
	return !numbers->wrong;
}

/* Sets shape, strides and elements; false if the tensor is too large. */
static bool take_shape(struct lt_weights_tensor *tensor, const struct numbers *dims)
{
	uint64_t stride = 1;

	tensor->shape.dims = dims->n;
	for (int i = dims->n - 1; i >= 0; i--) {
		if (dims->value[i] > LT_MAX_DIM)
			return false;
		tensor->shape.dim[i] = (uint32_t)dims->value[i];
		tensor->stride[i] = stride;
		if (dims->value[i] > 0 && stride > UINT64_MAX / dims->value[i])
			return false;
		/* The strides of a tensor without elements are not used. */
		stride *= dims->value[i] ? dims->value[i] : 1;
	}
	tensor->span = stride;
	return lt_shape_elements(&tensor->shape, &tensor->elements);
}

static int take_tensor(struct header *header, const struct lt_json *json, struct lt_error *err)
{
	struct lt_weights *weights = header->weights;
	struct lt_weights_tensor *tensor =
		lt_weights_add(weights, json->key, strlen(json->key), err);
	const struct lt_json_value *type = lt_json_member(json->value, "dtype");
	const char *name = type ? lt_json_text(type) : NULL;
	struct lt_weights_storage *storage;
	struct numbers dims, offsets;
	int t = 0;

	if (!tensor || !(storage = lt_weights_add_storage(weights, err)))
		return err->code;
	if (!name || !take_numbers(json->value, "shape", &dims) ||
	    !take_numbers(json->value, "data_offsets", &offsets) || offsets.n != 2)
		return lt_weights_wrong(weights, err,
					"tensor '%s' lacks a dtype, a shape or data_offsets",
					tensor->name);
	while (t < TYPES && strcmp(types[t].name, name) != 0)
		t++;
	if (t == TYPES)
		return lt_weights_wrong(weights, err, "tensor '%s' has the unknown type %.40s",
					tensor->name, name);
	tensor->type = types[t].name;
	tensor->is_real = types[t].number != LT_WEIGHTS_OTHER;
	tensor->storage = weights->n_storages - 1;
	if (!take_shape(tensor, &dims) || offsets.value[1] < offsets.value[0] ||
	    tensor->elements > UINT64_MAX / 8 ||
	    offsets.value[1] - offsets.value[0] != tensor->elements * (types[t].bits / 8))
		return lt_weights_wrong(weights, err,
					"tensor '%s': its shape is not of as many bytes as its "
					"data_offsets",
					tensor->name);
	*storage = (struct lt_weights_storage){.number = types[t].number,
					       .item_size = types[t].bits / 8,
					       .n = tensor->elements,
					       .at = offsets.value[0]};
	return 0;
}

struct saying {
	struct lt_weights *weights;
	struct lt_error *err;
	int status;
};

static bool see_text(void *arg, const char *key, const struct lt_json_value *value)
{
	struct saying *saying = arg;

	if (key && lt_json_kind(value) == LT_JSON_TEXT)
		saying->status =
			lt_weights_say(saying->weights, key, lt_json_text(value), saying->err);
	return saying->status == 0;
}

static int take_member(struct header *header, const struct lt_json *json, struct lt_error *err)
{
	struct saying saying = {header->weights, err, 0};

	if (json->in_array || !json->key || lt_json_kind(json->value) != LT_JSON_OBJECT)
		return lt_weights_wrong(header->weights, err,
					"its header is not one of safetensors");
	if (strcmp(json->key, "__metadata__") != 0)
		return take_tensor(header, json, err);
	lt_json_each(json->value, see_text, &saying);
	return saying.status;
}

static int read_members(struct header *header, struct lt_error *err)
{
	struct lt_text text;
	struct lt_json json;
	int status = lt_text_open(&text, header->weights->file.name, LT_MAX_WEIGHTS_HEADER,
				  read_header, header, err);

	if (status)
		return status;
	lt_json_open(&json, &text, false);
	while ((status = lt_json_next(&json, err)) == 0 && json.value) {
		status = take_member(header, &json, err);
		if (status)
			break;
	}
	lt_json_close(&json);
	lt_text_close(&text);
	return status;
}

/* ------------------------------------------------------------------ the places */

static int by_place(const void *a, const void *b)
{
	const struct lt_weights_storage *one = *(const struct lt_weights_storage *const *)a;
	const struct lt_weights_storage *other = *(const struct lt_weights_storage *const *)b;
	uint64_t n = one->n * one->item_size, m = other->n * other->item_size;

	if (one->at != other->at)
		return one->at < other->at ? -1 : 1;
	return (n > m) - (n < m);
}

/* All of them together are the bytes behind the header, each byte once. */
static int check_places(struct lt_weights *weights, uint64_t begin, struct lt_error *err)
{
	size_t n = (size_t)weights->n_storages;
	struct lt_weights_storage **sorted = lt_new_array(n ? n : 1, sizeof *sorted);
	uint64_t at = 0, all = weights->file.size - begin;
	int status = 0;

	if (!sorted)
		return lt_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &weights->storage[i];
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, by_place);
	for (size_t i = 0; i < n && status == 0; i++) {
		uint64_t bytes = sorted[i]->n * sorted[i]->item_size;
		const char *name = weights->tensor[sorted[i] - weights->storage].name;

		if (sorted[i]->at > all || bytes > all - sorted[i]->at)
			status = lt_weights_wrong(
				weights, err, "tensor '%s' ends behind the file's end", name);
		else if (sorted[i]->at != at)
			status = lt_weights_wrong(weights, err,
						  sorted[i]->at < at
							  ? "tensor '%s' overlaps another"
							  : "a gap before tensor '%s'",
						  name);
		at += bytes;
		sorted[i]->at += begin;
	}
	lt_free(sorted);
	if (status == 0 && at != all)
		status = lt_weights_wrong(weights, err,
					  "%" PRIu64 " bytes behind the last tensor", all - at);
	return status;
}

static int list(struct lt_weights *weights, struct lt_error *err)
{
	struct header header = {.weights = weights, .at = 8};
	uint8_t length[8];
	uint64_t n;
	int status = lt_weights_at(weights, 0, length, sizeof length, err);

	if (status)
		return status;
	n = length_of(length);
	if (n > weights->file.size - 8 || n > LT_MAX_WEIGHTS_HEADER)
		return lt_weights_wrong(weights, err,
					"a header of %" PRIu64 " bytes in a file of %" PRIu64,
					n, weights->file.size);
	header.end = 8 + n;
	status = read_members(&header, err);
	return status ? status : check_places(weights, header.end, err);
}

static int read_all(struct lt_weights *weights, struct lt_error *err)
{
	int status = 0;

	for (int i = 0; i < weights->n_storages && status == 0; i++)
		status = lt_weights_fill_at(weights, i, err);
	return status;
}

const struct lt_weights_format lt_weights_safetensors = {"safetensors", probe, list, read_all};
