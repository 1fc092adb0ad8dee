/* msgpack for frame maps; the only file that uses msgpack-c. */
#include "stream/mp.h"

#include <msgpack.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stream/limits.h"

/* ------------------------------------------------------------------ writing */

static int append(void *data, const char *bytes, size_t n)
{
	struct lt_pack *pack = data;

	if (!pack->failed && !lt_buffer_append(&pack->bytes, bytes, n))
		pack->failed = true;
	return pack->failed ? -1 : 0;
}

static msgpack_packer packer_of(struct lt_pack *pack)
{
	msgpack_packer packer;

	msgpack_packer_init(&packer, pack, append);
	return packer;
}

void lt_pack_map(struct lt_pack *pack, size_t pairs)
{
	msgpack_packer packer = packer_of(pack);

	msgpack_pack_map(&packer, pairs);
}

void lt_pack_array(struct lt_pack *pack, size_t n)
{
	msgpack_packer packer = packer_of(pack);

	msgpack_pack_array(&packer, n);
}

void lt_pack_text(struct lt_pack *pack, const char *text)
{
	msgpack_packer packer = packer_of(pack);
	size_t n = strlen(text);

	msgpack_pack_str(&packer, n);
	msgpack_pack_str_body(&packer, text, n);
}

void lt_pack_uint(struct lt_pack *pack, uint64_t value)
{
	msgpack_packer packer = packer_of(pack);

	msgpack_pack_uint64(&packer, value);
}

void lt_pack_int(struct lt_pack *pack, int64_t value)
{
	msgpack_packer packer = packer_of(pack);

	msgpack_pack_int64(&packer, value);
}

void lt_pack_real(struct lt_pack *pack, double value)
{
	msgpack_packer packer = packer_of(pack);

	msgpack_pack_double(&packer, value);
}

void lt_pack_free(struct lt_pack *pack)
{
	lt_buffer_free(&pack->bytes);
}

/* ------------------------------------------------------------------ one item */

/* An item's first byte taken apart: its type, and where its payload lies. */
struct item {
	enum lt_mp_type type;
	unsigned head;	 /* bytes of the type and length */
	uint64_t length; /* bytes of text or bin, elements of an array, pairs of a map */
	uint64_t bits;	 /* value of an integer, boolean or float, as its bits */
	bool negative;	 /* bits are a negative int64_t */
	bool single;	 /* bits are a float, not a double */
};

static uint64_t big_endian(const uint8_t *p, unsigned n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | *p++;
	return value;
}

static void set_signed(struct item *item, int64_t value)
{
	item->type = LT_MP_INT;
	item->bits = (uint64_t)value;
	item->negative = value < 0;
}

/* The encoding of types c0 to df: payload type, and bytes of length or value. */
struct form {
	uint8_t type, size;
};

static const struct form forms[32] = {
	{LT_MP_NIL, 0},	  {LT_MP_OTHER, 0}, {LT_MP_BOOL, 0},  {LT_MP_BOOL, 0},
	{LT_MP_BIN, 1},	  {LT_MP_BIN, 2},   {LT_MP_BIN, 4},   {LT_MP_OTHER, 0},
	{LT_MP_OTHER, 0}, {LT_MP_OTHER, 0}, {LT_MP_REAL, 4},  {LT_MP_REAL, 8},
	{LT_MP_INT, 1},	  {LT_MP_INT, 2},   {LT_MP_INT, 4},   {LT_MP_INT, 8},
	{LT_MP_INT, 1},	  {LT_MP_INT, 2},   {LT_MP_INT, 4},   {LT_MP_INT, 8},
	{LT_MP_OTHER, 0}, {LT_MP_OTHER, 0}, {LT_MP_OTHER, 0}, {LT_MP_OTHER, 0},
	{LT_MP_OTHER, 0}, {LT_MP_TEXT, 1},  {LT_MP_TEXT, 2},  {LT_MP_TEXT, 4},
	{LT_MP_ARRAY, 2}, {LT_MP_ARRAY, 4}, {LT_MP_MAP, 2},   {LT_MP_MAP, 4},
};

static void short_item(struct item *item, uint8_t first)
{
	item->head = 1;
	if (first < 0x80) {
		set_signed(item, first);
	} else if (first < 0x90) {
		item->type = LT_MP_MAP;
		item->length = first & 15;
	} else if (first < 0xa0) {
		item->type = LT_MP_ARRAY;
		item->length = first & 15;
	} else if (first < 0xc0) {
		item->type = LT_MP_TEXT;
		item->length = first & 31;
	} else {
		set_signed(item, (int)first - 256);
	}
}

static bool look(const struct lt_cursor *cursor, struct item *item)
{
	size_t left = (size_t)(cursor->end - cursor->at);
	const struct form *form;
	uint64_t value;
	uint8_t first;

	*item = (struct item){0};
	if (left == 0)
		return false;
	first = *cursor->at;
	if (first < 0xc0 || first >= 0xe0) {
		short_item(item, first);
		return true;
	}
	form = &forms[first - 0xc0];
	if (left - 1 < form->size)
		return false;
	item->type = form->type;
	item->head = 1u + form->size;
	value = big_endian(cursor->at + 1, form->size);
	if (item->type == LT_MP_BOOL)
		item->bits = first == 0xc3;
	else if (first >= 0xd0 && first <= 0xd3) /* sign extension by shifts of the unsigned */
		set_signed(item,
			   (int64_t)(value << (64 - 8 * form->size)) >> (64 - 8 * form->size));
	else if (item->type == LT_MP_INT || item->type == LT_MP_REAL)
		item->bits = value;
	else
		item->length = value;
	item->single = first == 0xca;
	return true;
}

/* ------------------------------------------------------------------ checking */

bool lt_mp_fail(struct lt_cursor *cursor, const char *fmt, ...)
{
	va_list args;

	if (!cursor->failed) {
		cursor->failed = true;
		cursor->wrong_at = (size_t)(cursor->at - cursor->start);
		va_start(args, fmt);
		vsnprintf(cursor->wrong, sizeof cursor->wrong, fmt, args);
		va_end(args);
	}
	return false;
}

bool lt_mp_fail_memory(struct lt_cursor *cursor)
{
	cursor->no_memory = true;
	return lt_mp_fail(cursor, "out of memory");
}

struct lt_cursor lt_mp_cursor(const void *bytes, size_t n)
{
	struct lt_cursor cursor = {.start = bytes, .at = bytes};

	cursor.end = cursor.start + n;
	return cursor;
}

/* The length of the UTF-8 character at p; 0 if it is invalid or a control character. */
static size_t clean_character(const uint8_t *p, size_t left)
{
	uint32_t code;
	size_t n, i;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (n > left)
		return 0;
	code = p[0] & (0x7fu >> n);
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < 0xa0 || (n == 3 && code < 0x800) || (n == 4 && code < 0x10000))
		return 0;
	return (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff ? 0 : n;
}

bool lt_text_is_clean(const char *bytes, size_t n)
{
	const uint8_t *p = (const uint8_t *)bytes;
	size_t i = 0, step;

	while (i < n) {
		step = clean_character(p + i, n - i);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

static int compare_texts(const void *a, const void *b)
{
	const struct lt_mp_text *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->bytes, y->bytes, x->n);
}

static bool check_keys(struct lt_cursor *cursor, struct lt_mp_text *keys, size_t n)
{
	size_t i;

	qsort(keys, n, sizeof *keys, compare_texts);
	for (i = 1; i < n; i++)
		if (compare_texts(&keys[i - 1], &keys[i]) == 0) {
			cursor->at = (const uint8_t *)keys[i].bytes;
			return lt_mp_fail(cursor, "key \"%.*s\" twice in one map",
					  (int)keys[i].n, keys[i].bytes);
		}
	return true;
}

static bool check_value(struct lt_cursor *cursor, int depth);

/* A map's keys are sorted to find equal ones, so a map of many keys costs n log n. */
static bool check_pairs(struct lt_cursor *cursor, uint64_t n, int depth)
{
	struct lt_mp_text *keys = lt_new_array((size_t)n, sizeof *keys);
	bool good = true;
	uint64_t i;

	if (!keys)
		return lt_mp_fail_memory(cursor);
	for (i = 0; good && i < n; i++) {
		if (cursor->at == cursor->end)
			good = lt_mp_fail(cursor, "a value runs past the end of the map");
		else if (lt_mp_peek(cursor) != LT_MP_TEXT)
			good = lt_mp_fail(cursor, "a map key is not text");
		else
			good = lt_mp_text(cursor, &keys[i]) && check_value(cursor, depth);
		if (good && keys[i].n > LT_MAX_NAME)
			good = lt_mp_fail(cursor, "a map key has over %d bytes", LT_MAX_NAME);
	}
	good = good && check_keys(cursor, keys, (size_t)n);
	lt_free(keys);
	return good;
}

static bool check_elements(struct lt_cursor *cursor, uint64_t n, int depth)
{
	while (n--)
		if (!check_value(cursor, depth))
			return false;
	return true;
}

/* depth: of the containers around this value. */
static bool check_value(struct lt_cursor *cursor, int depth)
{
	struct lt_mp_text text;
	struct item item;
	uint64_t left;

	if (!look(cursor, &item))
		return lt_mp_fail(cursor, "a value runs past the end of the map");
	if (item.type == LT_MP_OTHER)
		return lt_mp_fail(cursor, "byte %02x begins no value", *cursor->at);
	if (item.type == LT_MP_TEXT)
		return lt_mp_text(cursor, &text);
	left = (uint64_t)(cursor->end - cursor->at) - item.head;
	if (item.length > (item.type == LT_MP_MAP ? left / 2 : left))
		return lt_mp_fail(cursor, "a length of %llu runs past the end of the map",
				  (unsigned long long)item.length);
	if (item.type != LT_MP_MAP && item.type != LT_MP_ARRAY) {
		cursor->at += item.head + item.length;
		return true;
	}
	if (depth == LT_MAX_DEPTH)
		return lt_mp_fail(cursor, "maps and arrays more than %d deep", LT_MAX_DEPTH);
	cursor->at += item.head;
	return item.type == LT_MP_MAP ? check_pairs(cursor, item.length, depth + 1)
				      : check_elements(cursor, item.length, depth + 1);
}

bool lt_mp_check(struct lt_cursor *cursor)
{
	if (lt_mp_peek(cursor) != LT_MP_MAP)
		return lt_mp_fail(cursor, "not a msgpack map");
	if (!check_value(cursor, 0))
		return false;
	if (cursor->at != cursor->end)
		return lt_mp_fail(cursor, "bytes after the end of the map");
	cursor->at = cursor->start;
	return true;
}

/* ------------------------------------------------------------------ reading */

enum lt_mp_type lt_mp_peek(const struct lt_cursor *cursor)
{
	struct item item;

	return look(cursor, &item) ? item.type : LT_MP_OTHER;
}

static bool take(struct lt_cursor *cursor, enum lt_mp_type type, const char *what,
		 struct item *item)
{
	if (cursor->failed)
		return false;
	if (!look(cursor, item) || item->type != type)
		return lt_mp_fail(cursor, "%s is wanted here", what);
	cursor->at += item->head;
	return true;
}

bool lt_mp_map(struct lt_cursor *cursor, uint32_t *pairs)
{
	struct item item;

	if (!take(cursor, LT_MP_MAP, "a map", &item))
		return false;
	*pairs = (uint32_t)item.length;
	return true;
}

bool lt_mp_array(struct lt_cursor *cursor, uint32_t *n)
{
	struct item item;

	if (!take(cursor, LT_MP_ARRAY, "an array", &item))
		return false;
	*n = (uint32_t)item.length;
	return true;
}

bool lt_mp_text(struct lt_cursor *cursor, struct lt_mp_text *text)
{
	struct item item;

	if (!take(cursor, LT_MP_TEXT, "text", &item))
		return false;
	if (item.length > (uint64_t)(cursor->end - cursor->at))
		return lt_mp_fail(cursor, "a text of %llu bytes runs past the end of the map",
				  (unsigned long long)item.length);
	text->bytes = (const char *)cursor->at;
	text->n = (size_t)item.length;
	if (!lt_text_is_clean(text->bytes, text->n))
		return lt_mp_fail(cursor, "text with control characters or invalid UTF-8");
	cursor->at += item.length;
	return true;
}

bool lt_mp_u64(struct lt_cursor *cursor, uint64_t max, uint64_t *value)
{
	const uint8_t *at = cursor->at;
	struct item item;

	if (!take(cursor, LT_MP_INT, "an integer", &item))
		return false;
	if (item.negative || item.bits > max) {
		cursor->at = at;
		return lt_mp_fail(cursor, "an integer from 0 to %llu is wanted here",
				  (unsigned long long)max);
	}
	*value = item.bits;
	return true;
}

bool lt_mp_i64(struct lt_cursor *cursor, int64_t *value)
{
	const uint8_t *at = cursor->at;
	bool boolean = lt_mp_peek(cursor) == LT_MP_BOOL;
	struct item item;

	if (!take(cursor, boolean ? LT_MP_BOOL : LT_MP_INT, "an integer", &item))
		return false;
	if (!item.negative && item.bits > INT64_MAX) {
		cursor->at = at;
		return lt_mp_fail(cursor, "an integer below 2^63 is wanted here");
	}
	*value = (int64_t)item.bits;
	return true;
}

bool lt_mp_real(struct lt_cursor *cursor, double *value)
{
	struct item item;
	uint32_t bits;
	float single;

	if (lt_mp_peek(cursor) == LT_MP_INT) {
		if (!take(cursor, LT_MP_INT, "a number", &item))
			return false;
		*value = item.negative ? (double)(int64_t)item.bits : (double)item.bits;
		return true;
	}
	if (!take(cursor, LT_MP_REAL, "a number", &item))
		return false;
	if (item.single) {
		bits = (uint32_t)item.bits;
		memcpy(&single, &bits, sizeof single);
		*value = single;
	} else {
		memcpy(value, &item.bits, sizeof *value);
	}
	return true;
}

bool lt_mp_skip(struct lt_cursor *cursor)
{
	uint64_t open = 1; /* values still to pass; each is a byte at least, so this ends */
	struct item item;

	while (open > 0) {
		if (cursor->failed || !look(cursor, &item))
			return lt_mp_fail(cursor, "a value runs past the end of the map");
		cursor->at += item.head;
		open--;
		if (item.type == LT_MP_TEXT || item.type == LT_MP_BIN)
			cursor->at += item.length;
		else if (item.type == LT_MP_ARRAY)
			open += item.length;
		else if (item.type == LT_MP_MAP)
			open += 2 * item.length;
	}
	return true;
}

bool lt_mp_is(const struct lt_mp_text *text, const char *want)
{
	return text->n == strlen(want) && memcmp(text->bytes, want, text->n) == 0;
}
