/*
 * Reads class names from an array of text.
 */
#include "import/arrays.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"

/* A character as UTF-8; 0: no character has this code. */
static size_t put_character(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	if (c > 0x10ffff)
		return 0;
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Copies the text of an element without its padding zeros; returns its length. */
static size_t read_text(const struct lt_array *array, const uint8_t *p, char *to)
{
	uint32_t c;
	size_t n = 0, i;

	if (array->kind == 'S') {
		for (n = array->size; n > 0 && p[n - 1] == 0; n--)
			;
		memcpy(to, p, n);
		return n;
	}
	for (i = 0; i + 4 <= array->size; i += 4, p += 4) {
		c = array->big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
					 (uint32_t)p[2] << 8 | p[3]
			       : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
					 (uint32_t)p[1] << 8 | p[0];
		if (c == 0)
			break;
		n += put_character(to + n, c);
	}
	return n;
}

static int check_twice(const char *const *names, int n, const char *where, struct lt_error *err)
{
	struct lt_names table = {0};
	int twice, status = lt_names_fill(&table, names, n) ? 0 : lt_fail_memory(err);

	twice = status ? -1 : lt_names_twice(&table);
	if (twice >= 0)
		status = lt_fail(err, LT_DATA, "%s: class \"%s\" occurs twice", where,
				 names[twice]);
	lt_names_free(&table);
	return status;
}

int lt_array_class_names(struct lt_arena *arena, const struct lt_array *array,
			 const char *where, lt_array_read *read, void *arg,
			 const char *const **out, int *n, struct lt_error *err)
{
	uint8_t element[4 * LT_MAX_NAME];
	char text[4 * LT_MAX_NAME];
	const char **names;
	int i, status = 0;

	if ((array->kind != 'S' && array->kind != 'U') || array->rank != 1 ||
	    array->size > sizeof element || array->dim[0] < 1 || array->dim[0] > LT_MAX_CLASSES)
		return lt_fail(err, LT_DATA,
			       "%s: not a list of 1 to %d class names of up to %d bytes", where,
			       LT_MAX_CLASSES, LT_MAX_NAME);
	*n = (int)array->dim[0];
	names = lt_arena_array(arena, (size_t)*n, sizeof *names);
	if (!names)
		return lt_fail_memory(err);
	for (i = 0; i < *n; i++) {
		status = read(arg, element, array->size, err);
		if (status)
			return status;
		names[i] = lt_arena_text_n(arena, text, read_text(array, element, text));
		if (!names[i])
			return lt_fail_memory(err);
	}
	*out = names;
	return check_twice(names, *n, where, err);
}
