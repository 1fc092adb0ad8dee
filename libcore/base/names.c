#include "base/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

static int by_name(const void *a, const void *b)
{
	const struct lt_named *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	return order ? order : (one->number > other->number) - (one->number < other->number);
}

bool lt_names_fill(struct lt_names *names, const char *const *name, int n)
{
	int i;

	names->entry = lt_new_array((size_t)n, sizeof *names->entry);
	if (!names->entry)
		return false;
	for (i = 0; i < n; i++)
		names->entry[i] = (struct lt_named){name[i], i};
	names->n = names->room = n;
	if (n > 1)
		qsort(names->entry, (size_t)n, sizeof *names->entry, by_name);
	return true;
}

/* The number of entries with a smaller name. */
static int before(const struct lt_names *names, const char *name)
{
	int low = 0, high = names->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(names->entry[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool lt_names_add(struct lt_names *names, const char *name)
{
	int at = before(names, name), room;
	struct lt_named *entry;

	if (names->n == names->room) {
		room = names->room ? 2 * names->room : 64;
		entry = lt_grow_array(names->entry, (size_t)room, sizeof *entry);
		if (!entry)
			return false;
		names->entry = entry;
		names->room = room;
	}
	while (at < names->n && strcmp(names->entry[at].name, name) == 0)
		at++;
	memmove(names->entry + at + 1, names->entry + at,
		(size_t)(names->n - at) * sizeof *names->entry);
	names->entry[at] = (struct lt_named){name, names->n};
	names->n++;
	return true;
}

int lt_names_find(const struct lt_names *names, const char *name)
{
	int at = before(names, name);

	return at < names->n && strcmp(names->entry[at].name, name) == 0
		       ? names->entry[at].number
		       : -1;
}

int lt_names_label(const struct lt_names *names, const char *text)
{
	uint64_t label;
	int c = lt_names_find(names, text);

	if (c < 0 && names->n > 0 && lt_parse_u64(text, 0, (uint64_t)names->n - 1, &label))
		c = (int)label;
	return c;
}

int lt_name_compare(const char *a, size_t n, const char *b, size_t m)
{
	int order = memcmp(a, b, n < m ? n : m);

	return order ? order : (n > m) - (n < m);
}

int lt_names_twice(const struct lt_names *names)
{
	int i, found = -1;

	for (i = 1; i < names->n; i++)
		if (strcmp(names->entry[i - 1].name, names->entry[i].name) == 0 &&
		    (found < 0 || names->entry[i].number < found))
			found = names->entry[i].number;
	return found;
}

void lt_names_free(struct lt_names *names)
{
	lt_free(names->entry);
	*names = (struct lt_names){0};
}
