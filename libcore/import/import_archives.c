/*
 * Archives inside a directory, which are not read there: the command that reads them.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "archive/archive.h"
#include "archive/path.h"
#include "import/import_list.h"
#include "import/import_parts.h"

/* Bytes of the last component before its suffix, or suffixes such as ".tar.gz". */
static size_t stem_size(const char *base)
{
	const char *dot = strchr(base + (*base == '.'), '.');

	return dot ? (size_t)(dot - base) : strlen(base);
}

static bool is_same_stem(const char *one, const char *other)
{
	size_t n;

	one = lt_path_base(one);
	other = lt_path_base(other);
	n = stem_size(one);
	return n == stem_size(other) && strncasecmp(one, other, n) == 0;
}

struct archives {
	size_t n;
	const char *first, *second; /* bytewise; NULL: fewer */
	const char *same;	    /* the one with the name of the table, or NULL */
};

/* The entries of a directory come in no particular order. */
static bool is_before(const char *name, const char *other)
{
	return !other || strcmp(name, other) < 0;
}

static struct archives find_archives(const struct lt_listing *listing,
				     const struct lt_listed *table)
{
	struct archives found = {0};
	size_t i;

	for (i = 0; i < listing->n_unwanted; i++) {
		const char *name = listing->unwanted[i];

		if (!lt_container_is_archive(lt_container_find(name, NULL, 0)))
			continue;
		found.n++;
		if (is_before(name, found.first)) {
			found.second = found.first;
			found.first = name;
		} else if (is_before(name, found.second)) {
			found.second = name;
		}
		if (table && is_same_stem(name, table->name) && is_before(name, found.same))
			found.same = name;
	}
	return found;
}

void lt_import_operand(const struct lt_listing *listing, const char *name, char *text,
		       size_t room)
{
	const char *directory = lt_archive_name(listing->input[0].archive);
	size_t n = strlen(directory);
	char path[600];

	while (n > 1 && directory[n - 1] == '/')
		n--;
	if (strcmp(name, ".") == 0)
		snprintf(path, sizeof path, "%.*s", (int)n, directory);
	else if (n == 1 && directory[0] == '.')
		snprintf(path, sizeof path, "%s", name);
	else
		snprintf(path, sizeof path, "%.*s%s%s", (int)n, directory,
			 directory[n - 1] == '/' ? "" : "/", name);
	if (strlen(path) + 1 == sizeof path || !lt_path_quote(path, text, room))
		snprintf(text, room, "…");
}

static int fail_with_table(const struct lt_listing *listing, const struct archives *archives,
			   const char *table, struct lt_error *err)
{
	const char *name = archives->same ? archives->same : archives->first;
	char one[300], list[300];

	lt_import_operand(listing, name, one, sizeof one);
	lt_import_operand(listing, table, list, sizeof list);
	return lt_fail(
		err, LT_DATA,
		"%.150s: the archive %.100s in it is not read as part of a directory; lt "
		"import %s %s reads it with the list%s",
		lt_listing_name(listing), name, one, list,
		archives->n > 1 && !archives->same ? ", and may name more archives" : "");
}

static int fail_alone(const struct lt_listing *listing, const struct archives *archives,
		      struct lt_error *err)
{
	char one[300], other[300] = "";

	lt_import_operand(listing, archives->first, one, sizeof one);
	if (archives->n == 1)
		return lt_fail(err, LT_DATA,
			       "%.150s: the archive %.100s in it is not read as part of a "
			       "directory; lt import %s reads it",
			       lt_listing_name(listing), archives->first, one);
	lt_import_operand(listing, archives->second, other, sizeof other);
	return lt_fail(
		err, LT_DATA,
		"%.150s: the %zu archives in it (such as %.100s) are not read as parts of "
		"a directory; if each is a class, unpack it to a directory of its name, "
		"else name the archives: lt import %s %s%s",
		lt_listing_name(listing), archives->n, archives->first, one, other,
		archives->n > 2 ? " …" : "");
}

bool lt_import_is_directory(const struct lt_import *import)
{
	return import->listing->n_inputs == 1 &&
	       lt_archive_tree(import->listing->input[0].archive);
}

int lt_import_check_archives(const struct lt_import *import, struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	const struct lt_listed *table;
	struct archives archives;
	size_t i;

	if (!lt_import_is_directory(import))
		return 0;
	for (i = 0; i < listing->n; i++)
		if (lt_listing_is_image(listing, &listing->entry[i]))
			return 0;
	table = lt_import_list_table(listing, LT_SPLIT_TRAIN);
	archives = find_archives(listing, table);
	if (archives.n == 0)
		return 0;
	return table ? fail_with_table(listing, &archives, table->name, err)
		     : fail_alone(listing, &archives, err);
}
