#include "import/merged.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/names.h"

struct lt_class_directory lt_class_directory(const char *path, size_t n, uint8_t split)
{
	struct lt_class_directory directory = {.path = path, .n = n, .split = split};

	while (directory.name_n < n && path[n - 1 - directory.name_n] != '/')
		directory.name_n++;
	return directory;
}

static int by_class(const struct lt_class_directory *one,
		    const struct lt_class_directory *other)
{
	if (one->split != other->split)
		return one->split < other->split ? -1 : 1;
	return lt_name_compare(one->path + one->n - one->name_n, one->name_n,
			       other->path + other->n - other->name_n, other->name_n);
}

static int by_path(const void *a, const void *b)
{
	const struct lt_class_directory *one = a, *other = b;
	int order = by_class(one, other);

	return order ? order : lt_name_compare(one->path, one->n, other->path, other->n);
}

void lt_note_merged(struct lt_import *import, struct lt_class_directory *directory, size_t n)
{
	const struct lt_class_directory *one = NULL, *last = NULL;
	size_t classes = 0, i;
	char more[60] = "", text[1100];

	qsort(directory, n, sizeof *directory, by_path);
	for (i = 1; i < n; i++) {
		if (by_class(&directory[i - 1], &directory[i]) != 0 ||
		    by_path(&directory[i - 1], &directory[i]) == 0)
			continue;
		classes += !last || by_class(last, &directory[i]) != 0;
		last = &directory[i];
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
