/*
 * JSON values: jansson behind the functions of json.h, with the memory of base/memory.h.
 */
#include "format/json.h"

#include "base/memory.h"

#ifdef LT_HAVE_JANSSON
#include <jansson.h>
#endif

#ifdef LT_HAVE_JANSSON

/* jansson does not report lack of memory as such. */
static _Thread_local bool no_memory;

static void *take(size_t size)
{
	void *block = lt_new_bytes(size);

	no_memory = no_memory || !block;
	return block;
}

/* jansson allocates only through this function, so the ledger counts its memory. */
static void use_ledger(void)
{
	no_memory = false;
	json_set_alloc_funcs(take, lt_free);
}

int lt_json_parse(struct lt_json_value **value, const char *bytes, size_t n, const char *name,
		  struct lt_error *err)
{
	json_error_t why;
	json_t *parsed;

	use_ledger();
	parsed = json_loadb(bytes, n, JSON_DECODE_ANY, &why);
	/* Without memory, jansson may also truncate a text and report success. */
	if (no_memory) {
		json_decref(parsed);
		parsed = NULL;
	}
	*value = (struct lt_json_value *)parsed;
	if (parsed)
		return 0;
	if (no_memory)
		return lt_fail_memory(err);
	return lt_fail(err, LT_DATA, "%s: invalid JSON: %s", name, why.text);
}

void lt_json_free(struct lt_json_value *value)
{
	json_decref((json_t *)value);
}

enum lt_json_kind lt_json_kind(const struct lt_json_value *value)
{
	static const enum lt_json_kind kinds[] = {
		[JSON_OBJECT] = LT_JSON_OBJECT, [JSON_ARRAY] = LT_JSON_ARRAY,
		[JSON_STRING] = LT_JSON_TEXT,	[JSON_INTEGER] = LT_JSON_INTEGER,
		[JSON_REAL] = LT_JSON_REAL,	[JSON_TRUE] = LT_JSON_BOOL,
		[JSON_FALSE] = LT_JSON_BOOL,	[JSON_NULL] = LT_JSON_NULL,
	};

	return kinds[json_typeof((const json_t *)value)];
}

const char *lt_json_text(const struct lt_json_value *value)
{
	return json_string_value((const json_t *)value);
}

double lt_json_real(const struct lt_json_value *value)
{
	return json_real_value((const json_t *)value);
}

int64_t lt_json_integer(const struct lt_json_value *value)
{
	return json_is_true((const json_t *)value) ? 1
						   : json_integer_value((const json_t *)value);
}

const struct lt_json_value *lt_json_member(const struct lt_json_value *value, const char *key)
{
	return (const struct lt_json_value *)json_object_get((const json_t *)value, key);
}

void lt_json_each(const struct lt_json_value *value, lt_json_visit *visit, void *arg)
{
	const json_t *of = (const json_t *)value;
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_array(of)) {
		for (i = 0; i < json_array_size(of); i++)
			if (!visit(arg, NULL,
				   (const struct lt_json_value *)json_array_get(of, i)))
				return;
		return;
	}
	json_object_foreach(
		(json_t *)(uintptr_t)of, key,
		member) if (!visit(arg, key, (const struct lt_json_value *)member)) return;
}

#else

int lt_json_parse(struct lt_json_value **value, const char *bytes, size_t n, const char *name,
		  struct lt_error *err)
{
	(void)bytes;
	(void)n;
	*value = NULL;
	return lt_fail(err, LT_USAGE, "%s: JSON needs libjansson, which this build lacks",
		       name);
}

void lt_json_free(struct lt_json_value *value)
{
	(void)value;
}

enum lt_json_kind lt_json_kind(const struct lt_json_value *value)
{
	(void)value;
	return LT_JSON_NULL;
}

const char *lt_json_text(const struct lt_json_value *value)
{
	(void)value;
	return NULL;
}

double lt_json_real(const struct lt_json_value *value)
{
	(void)value;
	return 0;
}

int64_t lt_json_integer(const struct lt_json_value *value)
{
	(void)value;
	return 0;
}

const struct lt_json_value *lt_json_member(const struct lt_json_value *value, const char *key)
{
	(void)value;
	(void)key;
	return NULL;
}

void lt_json_each(const struct lt_json_value *value, lt_json_visit *visit, void *arg)
{
	(void)value;
	(void)visit;
	(void)arg;
}

#endif
