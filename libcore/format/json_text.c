/*
 * The outermost level of a JSON text, and the bytes of each value in it.
 */
#include "format/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

int lt_json_wrong(const struct lt_json *json, const char *what, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: value %" PRIu64 ": %s", json->text->name,
		       json->number, what);
}

/* ------------------------------------------------------------------ bytes of a value */

static bool is_space(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Peeks at the next byte that is not white space. */
static int skip_space(struct lt_json *json, int *byte, struct lt_error *err)
{
	int status;

	for (;;) {
		status = lt_text_peek(json->text, byte, err);
		if (status || !is_space(*byte))
			return status;
		lt_text_take(json->text);
	}
}

/* Appends the peeked byte to the value. */
static int keep(struct lt_json *json, int byte, struct lt_error *err)
{
	size_t room = json->room ? 2 * json->room : 1024;
	char *bytes;

	if (json->size == LT_JSON_BYTES)
		return lt_json_wrong(json, "it is larger than 1 MiB", err);
	if (json->size == json->room) {
		bytes = lt_grow_array(json->bytes, room, 1);
		if (!bytes)
			return lt_fail_memory(err);
		json->bytes = bytes;
		json->room = room;
	}
	json->bytes[json->size++] = (char)byte;
	lt_text_take(json->text);
	return 0;
}

/* The state while the bytes of a value are read. */
struct scan {
	int depth;
	bool in_text, escaped, scalar;
};

/* Advances by one byte; *end: the value ended before it. */
static int scan_byte(struct lt_json *json, struct scan *scan, int byte, bool *end,
		     struct lt_error *err)
{
	*end = scan->scalar && (is_space(byte) || byte == ',' || byte == ']' || byte == '}');
	if (*end)
		return 0;
	if (scan->in_text) {
		scan->in_text = scan->escaped || byte != '"';
		scan->escaped = !scan->escaped && byte == '\\';
	} else if (byte == '"') {
		scan->in_text = true;
	} else if (byte == '[' || byte == '{') {
		scan->depth++;
	} else if (byte == ']' || byte == '}') {
		scan->depth--;
	}
	if (scan->depth > LT_JSON_DEPTH)
		return lt_json_wrong(json, "its brackets are nested too deeply", err);
	return keep(json, byte, err);
}

/* Reads the bytes of a value, the first of which was peeked. */
static int collect(struct lt_json *json, int byte, struct lt_error *err)
{
	struct scan scan = {.scalar = byte != '"' && byte != '[' && byte != '{'};
	bool end;
	int status;

	json->size = 0;
	for (;;) {
		if (byte == -1) {
			if (scan.scalar && json->size > 0)
				return 0;
			return lt_json_wrong(json, "the text ends in it", err);
		}
		status = scan_byte(json, &scan, byte, &end, err);
		if (status || end)
			return status;
		if (!scan.scalar && scan.depth == 0 && !scan.in_text)
			return 0;
		status = lt_text_peek(json->text, &byte, err);
		if (status)
			return status;
	}
}

/* ------------------------------------------------------------------ the outermost level */

static void drop(struct lt_json *json)
{
	lt_json_free(json->value);
	json->value = NULL;
}

static int parse(struct lt_json *json, struct lt_json_value **value, struct lt_error *err)
{
	char name[600];

	snprintf(name, sizeof name, "%s: value %" PRIu64, json->text->name, json->number);
	return lt_json_parse(value, json->bytes, json->size, name, err);
}

/* The value whose first byte was peeked. */
static int read_value(struct lt_json *json, int byte, struct lt_error *err)
{
	int status = collect(json, byte, err);

	if (status == 0)
		status = parse(json, &json->value, err);
	json->number += status == 0;
	return status;
}

/* The key whose first byte was peeked, and the colon. */
static int read_key(struct lt_json *json, int byte, struct lt_error *err)
{
	struct lt_json_value *key;
	int status;

	if (byte != '"')
		return lt_json_wrong(json, "a key in quotation marks is missing", err);
	status = collect(json, byte, err);
	if (status == 0)
		status = parse(json, &key, err);
	if (status)
		return status;
	lt_free(json->key_text);
	json->key = json->key_text = lt_text_copy(lt_json_text(key));
	lt_json_free(key);
	if (!json->key_text)
		return lt_fail_memory(err);
	status = skip_space(json, &byte, err);
	if (status)
		return status;
	if (byte != ':')
		return lt_json_wrong(json, "a colon is missing after the key", err);
	lt_text_take(json->text);
	return 0;
}

static int begin(struct lt_json *json, struct lt_error *err)
{
	int byte, status = skip_space(json, &byte, err);

	if (status)
		return status;
	if (byte != '{' && byte != '[')
		return lt_json_wrong(json, "neither an object nor an array", err);
	json->outer = (char)byte;
	lt_text_take(json->text);
	return 0;
}

/* Reads the separator after a value or its array; *closed: the closing bracket was consumed. */
static int behind_value(struct lt_json *json, int bracket, bool *closed, struct lt_error *err)
{
	int byte, status = skip_space(json, &byte, err);

	*closed = byte == bracket;
	if (status)
		return status;
	if (byte != ',' && byte != bracket)
		return lt_json_wrong(json, "a comma or the closing bracket is missing", err);
	lt_text_take(json->text);
	return 0;
}

/* Nothing may follow the outermost value. */
static int at_end(struct lt_json *json, struct lt_error *err)
{
	int byte, status = skip_space(json, &byte, err);

	json->outer = 'e';
	if (status == 0 && byte != -1)
		status = lt_json_wrong(json, "text after the end", err);
	return status;
}

/* Reads the next element of the current array; at its end, value is NULL and the array is
 * closed. */
static int next_element(struct lt_json *json, bool first, struct lt_error *err)
{
	bool closed = false;
	int byte, status = first ? 0 : behind_value(json, ']', &closed, err);

	if (status == 0 && !closed)
		status = skip_space(json, &byte, err);
	if (status)
		return status;
	if (!closed && first && byte == ']') {
		lt_text_take(json->text);
		closed = true;
	}
	json->in_array = !closed;
	return closed ? 0 : read_value(json, byte, err);
}

/* Reads the next member of the outermost object; if it is an array, its first element. */
static int next_member(struct lt_json *json, bool first, struct lt_error *err)
{
	bool closed = false;
	int byte, status = first ? 0 : behind_value(json, '}', &closed, err);

	if (status == 0 && !closed)
		status = skip_space(json, &byte, err);
	if (status)
		return status;
	if (!closed && first && byte == '}') {
		lt_text_take(json->text);
		closed = true;
	}
	if (closed)
		return at_end(json, err);
	status = read_key(json, byte, err);
	if (status == 0)
		status = skip_space(json, &byte, err);
	if (status)
		return status;
	if (byte != '[')
		return read_value(json, byte, err);
	lt_text_take(json->text);
	return next_element(json, true, err);
}

static int next_line(struct lt_json *json, struct lt_error *err)
{
	int byte, status = skip_space(json, &byte, err);

	if (status || byte == -1)
		return status;
	return read_value(json, byte, err);
}

static int next_of_object(struct lt_json *json, bool first, struct lt_error *err)
{
	int status = json->in_array ? next_element(json, false, err) : 0;

	/* Skips empty arrays and the ends of arrays. */
	if (status || json->value)
		return status;
	do {
		status = next_member(json, first, err);
		first = false;
	} while (status == 0 && !json->value && json->outer == '{');
	return status;
}

void lt_json_open(struct lt_json *json, struct lt_text *text, bool lines)
{
	*json = (struct lt_json){.text = text, .outer = lines ? 'l' : 0};
}

int lt_json_next(struct lt_json *json, struct lt_error *err)
{
	bool first = json->outer == 0;
	int status = first ? begin(json, err) : 0;

	drop(json);
	if (status)
		return status;
	switch (json->outer) {
	case 'l':
		return next_line(json, err);
	case '{':
		return next_of_object(json, first, err);
	case '[':
		status = next_element(json, first, err);
		return status || json->value ? status : at_end(json, err);
	default:
		return 0;
	}
}

void lt_json_close(struct lt_json *json)
{
	drop(json);
	lt_free(json->bytes);
	lt_free(json->key_text);
	json->bytes = json->key_text = NULL;
}
