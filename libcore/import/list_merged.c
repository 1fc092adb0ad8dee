/*
 * With --label-column /: directories of the same name in different directories, whose images
 * become one class.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "import/list_private.h"
#include "import/path.h"

/* The directory of an image; its last component is the class. */
struct home {
	const char *path;
	size_t n, class_n;
	uint8_t split;
};

static struct home home_of(const struct lt_listed *entry, uint8_t split)
{
	struct home home = {.path = lt_path_skip(entry->name), .split = split};
	const char *end = lt_path_base(home.path);

	while (end > home.path && end[-1] == '/')
		end--;
	home.n = (size_t)(end - home.path);
	while (home.class_n < home.n && end[-1 - (ptrdiff_t)home.class_n] != '/')
		home.class_n++;
	return home;
}

static int by_class(const struct home *one, const struct home *other)
{
	if (one->split != other->split)
		return one->split < other->split ? -1 : 1;
	return lt_name_compare(one->path + one->n - one->class_n, one->class_n,
			       other->path + other->n - other->class_n, other->class_n);
}

static int by_path(const void *a, const void *b)
{
	const struct home *one = a, *other = b;
	int order = by_class(one, other);

	return order ? order : lt_name_compare(one->path, one->n, other->path, other->n);
}

static void tell(struct lt_import *import, const struct home *home, size_t n)
{
	const struct home *one = NULL, *last = NULL;
	size_t classes = 0, i;
	char more[60] = "", text[1100];

	for (i = 1; i < n; i++) {
		if (by_class(&home[i - 1], &home[i]) != 0 ||
		    by_path(&home[i - 1], &home[i]) == 0)
			continue;
		classes += !last || by_class(last, &home[i]) != 0;
		last = &home[i];
		one = one ? one : last;
	}
	if (classes == 0)
		return;
	if (classes > 1)
		snprintf(more, sizeof more, ", and so %s %zu more", classes == 2 ? "is" : "are",
			 classes - 1);
	snprintf(text, sizeof text,
		 "%.300s: directories of the same name are one class: %.*s and %.*s%s",
		 lt_listing_name(import->listing), one[-1].n < 300 ? (int)one[-1].n : 300,
		 one[-1].path, one->n < 300 ? (int)one->n : 300, one->path, more);
	import->host.notice(import->host.arg, text);
}

int lt_lists_note_merged(const struct lt_lists *lists, struct lt_error *err)
{
	const struct lt_catalog *catalog = &lists->labels.catalog;
	struct home *home = lt_new_array(catalog->n + 1, sizeof *home);
	size_t i;

	if (!home)
		return lt_fail_memory(err);
	for (i = 0; i < catalog->n; i++)
		home[i] = home_of(&lists->import->listing->entry[catalog->item[i].entry],
				  catalog->item[i].split);
	qsort(home, catalog->n, sizeof *home, by_path);
	tell(lists->import, home, catalog->n);
	lt_free(home);
	return 0;
}
