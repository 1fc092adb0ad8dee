/*
 * A pickle in memory: its values, their limits, and its stack.
 */
#include "format/pickle_parts.h"

#include <inttypes.h>
#include <string.h>

#include "format/format_limits.h"

/* Counts values against the limit on memory. */
int lt_pickle_charge(struct lt_pickle *pickle, uint64_t values, struct lt_error *err)
{
	if (values > LT_MAX_PICKLE_VALUES - pickle->values)
		return lt_pickle_damaged(&pickle->input, err,
					 "more than %" PRIu64 " values in memory",
					 LT_MAX_PICKLE_VALUES);
	pickle->values += values;
	return 0;
}

int lt_pickle_charge_bytes(struct lt_pickle *pickle, uint64_t n, struct lt_error *err)
{
	if (n > LT_MAX_PICKLE_STRINGS - pickle->kept)
		return lt_pickle_damaged(&pickle->input, err,
					 "strings of more than %" PRIu64 " bytes in memory",
					 LT_MAX_PICKLE_STRINGS);
	pickle->kept += n;
	return 0;
}

void *lt_pickle_object(struct lt_pickle *pickle, size_t size, struct lt_error *err)
{
	void *object;

	if (lt_pickle_charge(pickle, size / sizeof(struct lt_pickle_value) + 1, err))
		return NULL;
	object = lt_arena_alloc(&pickle->arena, size);
	if (!object)
		lt_fail_memory(err);
	return object;
}

uint8_t *lt_pickle_keep(struct lt_pickle *pickle, uint64_t n, struct lt_error *err)
{
	uint8_t *bytes;

	if (lt_pickle_charge_bytes(pickle, n, err))
		return NULL;
	bytes = lt_arena_alloc(&pickle->arena, (size_t)n + 1);
	if (!bytes)
		lt_fail_memory(err);
	return bytes;
}

/* Room for n more values. */
int lt_pickle_reserve(struct lt_pickle *pickle, struct lt_pickle_list *list, size_t n,
		      struct lt_error *err)
{
	struct lt_pickle_value *item;
	size_t room = list->n + n;
	int status;

	if (room <= list->room)
		return 0;
	if (room < 2 * list->room)
		room = 2 * list->room;
	status = lt_pickle_charge(pickle, room - list->room, err);
	if (status)
		return status;
	item = lt_grow_array(list->item, room, sizeof *item);
	if (!item)
		return lt_fail_memory(err);
	list->item = item;
	list->room = room;
	return 0;
}

int lt_pickle_push(struct lt_pickle *pickle, struct lt_pickle_value value, struct lt_error *err)
{
	int status = lt_pickle_reserve(pickle, &pickle->stack, 1, err);

	if (status == 0)
		pickle->stack.item[pickle->stack.n++] = value;
	return status;
}

int lt_pickle_push_integer(struct lt_pickle *pickle, enum lt_pickle_kind kind, int64_t integer,
			   struct lt_error *err)
{
	return lt_pickle_push(
		pickle, (struct lt_pickle_value){.kind = (uint8_t)kind, .as.integer = integer},
		err);
}

size_t lt_pickle_floor(const struct lt_pickle *pickle)
{
	return pickle->marks ? pickle->mark[pickle->marks - 1] : 0;
}

/* The last n values, which stay on the stack; NULL: there are fewer above the last mark. */
struct lt_pickle_value *lt_pickle_top(struct lt_pickle *pickle, size_t n, struct lt_error *err)
{
	if (pickle->stack.n - lt_pickle_floor(pickle) >= n)
		return pickle->stack.item + pickle->stack.n - n;
	lt_pickle_damaged(&pickle->input, err, "nothing on the stack");
	return NULL;
}

/* ------------------------------------------------------------------ reading */

static int read_pickle(struct lt_pickle **out, const struct lt_pickle_source *source,
		       uint64_t keep, bool torch, struct lt_error *err)
{
	struct lt_pickle *pickle = lt_new_array(1, sizeof *pickle);
	struct lt_error own;
	int status;

	err = err ? err : &own;
	*out = NULL;
	if (!pickle)
		return lt_fail_memory(err);
	pickle->keep = keep;
	pickle->torch = torch;
	status = lt_pickle_input_open(&pickle->input, source, err);
	if (status == 0)
		status = lt_pickle_run(pickle, err);
	lt_pickle_input_close(&pickle->input);
	if (status)
		lt_pickle_free(pickle);
	else
		*out = pickle;
	return status;
}

int lt_pickle_read(struct lt_pickle **out, const struct lt_pickle_source *source, uint64_t keep,
		   struct lt_error *err)
{
	return read_pickle(out, source, keep, false, err);
}

int lt_pickle_read_torch(struct lt_pickle **out, const struct lt_pickle_source *source,
			 struct lt_error *err)
{
	return read_pickle(out, source, LT_MAX_PICKLE_KEPT, true, err);
}

uint64_t lt_pickle_size(const struct lt_pickle *pickle)
{
	return pickle->size;
}

const struct lt_pickle_storage *lt_pickle_storages(const struct lt_pickle *pickle)
{
	return pickle->storages;
}

const struct lt_pickle_value *lt_pickle_value(const struct lt_pickle *pickle)
{
	return &pickle->value;
}

void lt_pickle_free(struct lt_pickle *pickle)
{
	struct lt_pickle_list *list;

	if (!pickle)
		return;
	for (list = pickle->lists; list; list = list->next)
		lt_free(list->item);
	lt_free(pickle->stack.item);
	lt_free(pickle->memo.item);
	lt_free(pickle->mark);
	lt_arena_free(&pickle->arena);
	lt_free(pickle);
}

/* ------------------------------------------------------------------ looking into values */

const char *lt_pickle_text(const struct lt_pickle_value *value)
{
	if (value->kind != LT_PICKLE_TEXT && value->kind != LT_PICKLE_BYTES)
		return NULL;
	return (const char *)value->as.bytes->kept;
}

uint64_t lt_pickle_array_number(const struct lt_pickle_array *type, const uint8_t *byte)
{
	uint64_t bits = 0;
	uint32_t i;

	for (i = 0; i < type->item_size; i++)
		bits = bits << 8 | byte[type->big_endian ? i : type->item_size - 1 - i];
	if (type->kind == 'i' && type->item_size < 8 && bits >> (8 * type->item_size - 1))
		bits |= UINT64_MAX << 8 * type->item_size;
	return bits;
}

bool lt_pickle_is_integer(const struct lt_pickle_array *type)
{
	return type->kind == 'i' || type->kind == 'u' || type->kind == 'b';
}

const struct lt_pickle_value *lt_pickle_find(const struct lt_pickle_value *dict,
					     const char *key)
{
	const struct lt_pickle_value *item;
	size_t i, n = strlen(key);

	if (!dict || dict->kind != LT_PICKLE_DICT)
		return NULL;
	/* A later value replaces an earlier one. */
	for (i = dict->as.list->n; i >= 2; i -= 2) {
		item = &dict->as.list->item[i - 2];
		if (lt_pickle_text(item) && item->as.bytes->n == n &&
		    memcmp(item->as.bytes->kept, key, n) == 0)
			return item + 1;
	}
	return NULL;
}

static const struct lt_pickle_list *list_of(const struct lt_pickle_value *value)
{
	return value->kind == LT_PICKLE_LIST || value->kind == LT_PICKLE_TUPLE ? value->as.list
									       : NULL;
}

bool lt_pickle_integers(const struct lt_pickle_value *value, uint64_t *n)
{
	const struct lt_pickle_list *list = list_of(value);
	const struct lt_pickle_array *array = value->as.array;
	size_t i;

	if (value->kind == LT_PICKLE_ARRAY) {
		*n = array->n;
		return array->data && array->data->kept && array->dims == 1 &&
		       lt_pickle_is_integer(array);
	}
	*n = list ? list->n : 0;
	for (i = 0; list && i < list->n; i++)
		if (list->item[i].kind != LT_PICKLE_INT && list->item[i].kind != LT_PICKLE_BOOL)
			return false;
	return list != NULL;
}

int64_t lt_pickle_integer(const struct lt_pickle_value *value, uint64_t i)
{
	const struct lt_pickle_array *array = value->as.array;

	if (value->kind != LT_PICKLE_ARRAY)
		return value->as.list->item[i].as.integer;
	return (int64_t)lt_pickle_array_number(array, array->data->kept + i * array->item_size);
}
