/*
 * Converting the bytes of storages to the floats of the wanted tensors.
 */
#include <float.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "weights/weights_parts.h"

#define PIECE ((size_t)64 << 10)

/* ------------------------------------------------------------------ numbers */

static uint64_t bits_of(const uint8_t *byte, uint32_t size, bool big_endian)
{
	uint64_t bits = 0;

	for (uint32_t i = 0; i < size; i++)
		bits = bits << 8 | byte[big_endian ? i : size - 1 - i];
	return bits;
}

static float float_of(uint32_t bits)
{
	float value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

/* IEEE 754's binary16. */
static float half_of(uint32_t bits)
{
	uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 31, part = bits & 1023;

	if (exponent == 31)
		return float_of(sign | 0x7f800000u | part << 13);
	if (exponent == 0)
		return (sign ? -1.0f : 1.0f) * (float)part * 0x1p-24f;
	return float_of(sign | (exponent + 112) << 23 | part << 13);
}

static double number_of(enum lt_weights_number number, const uint8_t *byte, bool big_endian)
{
	uint64_t bits;
	double value;

	switch (number) {
	case LT_WEIGHTS_F16:
		return half_of((uint32_t)bits_of(byte, 2, big_endian));
	case LT_WEIGHTS_BF16:
		return float_of((uint32_t)bits_of(byte, 2, big_endian) << 16);
	case LT_WEIGHTS_F32:
		return float_of((uint32_t)bits_of(byte, 4, big_endian));
	default:
		bits = bits_of(byte, 8, big_endian);
		memcpy(&value, &bits, sizeof value);
		return value;
	}
}

/* ------------------------------------------------------------------ one tensor */

/* The position of the next element in the storage, from that of the previous one. */
static uint64_t step(const struct lt_weights_tensor *tensor, uint32_t index[LT_MAX_DIMS],
		     uint64_t place)
{
	for (int d = tensor->shape.dims - 1; d >= 0; d--) {
		if (++index[d] < tensor->shape.dim[d])
			return place + tensor->stride[d];
		place -= (tensor->shape.dim[d] - 1) * tensor->stride[d];
		index[d] = 0;
	}
	return place;
}

static int convert(struct lt_weights *weights, struct lt_weights_tensor *tensor,
		   const uint8_t *bytes, struct lt_error *err)
{
	const struct lt_weights_storage *storage = &weights->storage[tensor->storage];
	uint32_t index[LT_MAX_DIMS] = {0};
	uint64_t place = 0;

	for (size_t i = 0; i < tensor->elements; i++) {
		double value = number_of(storage->number, bytes + place * storage->item_size,
					 weights->big_endian);

		if (!(value >= -FLT_MAX && value <= FLT_MAX))
			return lt_weights_wrong(weights, err,
						"tensor '%s' has a number that is not finite",
						tensor->name);
		tensor->data[i] = (float)value;
		place = step(tensor, index, place);
	}
	return 0;
}

/* The format has compared the size of the numbers with that of the file. */
static int read_tensor(struct lt_weights *weights, struct lt_weights_tensor *tensor,
		       lt_weights_take *take, void *arg, struct lt_error *err)
{
	size_t size = weights->storage[tensor->storage].item_size, bytes;
	uint8_t *raw;
	int status;

	if (tensor->span > SIZE_MAX || !lt_mul((size_t)tensor->span, size, &bytes))
		return lt_fail_memory(err);
	raw = lt_new_bytes(bytes ? bytes : 1);
	tensor->data = lt_new_array(tensor->elements, sizeof *tensor->data);
	status = raw && tensor->data ? take(arg, raw, bytes, err) : lt_fail_memory(err);
	if (status == 0)
		status = convert(weights, tensor, raw, err);
	lt_free(raw);
	return status;
}

/* ------------------------------------------------------------------ one storage */

/* The first wanted tensor of a storage in the order. */
static int first_of(const struct lt_weights *weights, int storage)
{
	int low = 0, high = weights->n_order;

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (weights->tensor[weights->order[middle]].storage < storage)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int lt_weights_fill(struct lt_weights *weights, int storage, lt_weights_take *take, void *arg,
		    struct lt_error *err)
{
	size_t size = weights->storage[storage].item_size;
	uint64_t place = 0;
	int status = 0;

	for (int i = first_of(weights, storage); i < weights->n_order && status == 0; i++) {
		struct lt_weights_tensor *tensor = &weights->tensor[weights->order[i]];

		if (tensor->storage != storage)
			break;
		while (place < tensor->first && status == 0) {
			uint64_t left = tensor->first - place;
			size_t n = left < PIECE ? (size_t)left : PIECE;

			status = take(arg, NULL, n * size, err);
			place += n;
		}
		if (status == 0)
			status = read_tensor(weights, tensor, take, arg, err);
		place += tensor->span;
	}
	if (first_of(weights, storage) < first_of(weights, storage + 1))
		weights->storage[storage].found = true;
	return status;
}

struct place {
	const struct lt_weights *weights;
	uint64_t at;
};

static int take_at(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct place *place = arg;
	uint64_t at = place->at;

	place->at += n;
	return to ? lt_weights_at(place->weights, at, to, n, err) : 0;
}

int lt_weights_fill_at(struct lt_weights *weights, int storage, struct lt_error *err)
{
	struct place place = {weights, weights->storage[storage].at};

	return lt_weights_fill(weights, storage, take_at, &place, err);
}

/* ------------------------------------------------------------------ all */

struct key {
	int tensor, storage;
	uint64_t first;
};

static int by_place(const void *a, const void *b)
{
	const struct key *one = a, *other = b;

	if (one->storage != other->storage)
		return one->storage < other->storage ? -1 : 1;
	if (one->first != other->first)
		return one->first < other->first ? -1 : 1;
	return one->tensor < other->tensor ? -1 : 1;
}

/* The wanted tensors in the order of their positions; none may overlap. */
static int sort(struct lt_weights *weights, struct lt_error *err)
{
	struct key *key = lt_new_array((size_t)weights->n, sizeof *key);
	int n = 0;

	if (!key)
		return lt_fail_memory(err);
	for (int i = 0; i < weights->n; i++)
		if (weights->wanted[i] && weights->tensor[i].elements > 0 &&
		    !weights->tensor[i].data)
			key[n++] = (struct key){i, weights->tensor[i].storage,
						weights->tensor[i].first};
	if (n > 1)
		qsort(key, (size_t)n, sizeof *key, by_place);
	for (int i = 0; i < n; i++)
		weights->order[i] = key[i].tensor;
	weights->n_order = n;
	lt_free(key);
	for (int i = 1; i < n; i++) {
		const struct lt_weights_tensor *before =
			&weights->tensor[weights->order[i - 1]];
		const struct lt_weights_tensor *one = &weights->tensor[weights->order[i]];

		if (before->storage == one->storage &&
		    one->first - before->first < before->span)
			return lt_weights_wrong(weights, err,
						"tensors '%s' and '%s' share numbers",
						before->name, one->name);
	}
	return 0;
}

int lt_weights_read(struct lt_weights *weights, struct lt_error *err)
{
	int status = sort(weights, err);

	for (int i = 0; i < weights->n_storages; i++)
		weights->storage[i].found = false;
	if (status == 0)
		status = weights->format->read(weights, err);
	for (int i = 0; status == 0 && i < weights->n_order; i++) {
		const struct lt_weights_tensor *tensor = &weights->tensor[weights->order[i]];

		if (!weights->storage[tensor->storage].found)
			status = lt_weights_wrong(weights, err,
						  "the numbers of tensor '%s' are missing",
						  tensor->name);
	}
	return status;
}
