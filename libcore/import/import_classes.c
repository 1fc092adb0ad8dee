/*
 * Chooses the requested splits and classes among those of the input.
 */
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/number.h"
#include "import/import.h"

const char *const lt_import_splits[] = {"all", "train", "test", "val", "extra"};

const char *lt_split_name(enum lt_split split)
{
	static const char *const names[] = {"default", "train", "test", "val", "extra", "all"};

	return names[split];
}

/* The only split in a set of bits, or LT_SPLIT_ALL. */
static enum lt_split only_split(unsigned bits)
{
	enum lt_split split;

	for (split = LT_SPLIT_TRAIN; split < LT_SPLIT_ALL; split++)
		if (bits == 1u << split)
			return split;
	return LT_SPLIT_ALL;
}

int lt_import_choose(struct lt_import *import, unsigned has, unsigned *chosen,
		     struct lt_error *err)
{
	enum lt_split split = import->split, only;
	unsigned train = 1u << LT_SPLIT_TRAIN;

	if (import->report) {
		*chosen = has;
		import->split_name = lt_split_name(LT_SPLIT_ALL);
		return 0;
	}
	if (split == LT_SPLIT_DEFAULT)
		split = has & train ? LT_SPLIT_TRAIN : LT_SPLIT_ALL;
	*chosen = split == LT_SPLIT_ALL ? has : 1u << split;
	if (split != LT_SPLIT_ALL && !(has & *chosen))
		return lt_fail(err, LT_DATA, "%s: there is no split \"%s\" in it%s",
			       lt_listing_name(import->listing), lt_split_name(split),
			       has ? "" : ", it has none; --split all takes all of it");
	only = only_split(*chosen);
	import->split_name = lt_split_name(only);
	import->header_split =
		only == LT_SPLIT_ALL || only == LT_SPLIT_EXTRA ? NULL : lt_split_name(only);
	return 0;
}

/* ------------------------------------------------------------------ classes */

/* label_of: the index in --classes of each of the format's names. */
static int map_classes(struct lt_import *import, const char *const *names, int n,
		       struct lt_error *err)
{
	int32_t *map = lt_arena_array(&import->arena, (size_t)n, sizeof *map);
	struct lt_names given = {0};
	int i, status = 0;

	if (!map || !lt_names_fill(&given, import->classes, import->n_classes))
		status = lt_fail_memory(err);
	for (i = 0; status == 0 && i < n; i++) {
		map[i] = lt_names_find(&given, names[i]);
		if (map[i] < 0)
			status = lt_fail(err, LT_DATA, "%s: class \"%s\" is not in --classes",
					 lt_listing_name(import->listing), names[i]);
	}
	lt_names_free(&given);
	import->label_of = map;
	return status;
}

/* The number before or after a name, with a separator between; -1: there is none. */
static int64_t number_beside(const char *name, bool after)
{
	size_t n = strlen(name), digits = 0;
	char text[16];
	const char *at = name;
	uint64_t number;

	if (after) {
		while (digits < n && name[n - 1 - digits] >= '0' && name[n - 1 - digits] <= '9')
			digits++;
		at = name + n - digits;
	} else {
		digits = strspn(name, "0123456789");
	}
	if (digits == 0 || digits == n || digits >= sizeof text ||
	    !strchr(" \t,:;", after ? at[-1] : at[digits]))
		return -1;
	memcpy(text, at, digits);
	text[digits] = '\0';
	return lt_parse_u64(text, 0, LT_MAX_CLASSES, &number) ? (int64_t)number : -1;
}

/* Do the names from the second on have the numbers `first`, `first` + 1, … beside them? */
static bool are_numbered(const struct lt_import *import, int64_t first, bool after)
{
	int i;

	for (i = 1; i < import->n_classes; i++)
		if (number_beside(import->classes[i], after) != first + i - 1)
			return false;
	return import->n_classes > 1;
}

/*
 * Names give numbers by place.  Lines of numbers and names with a title above them, or from 1
 * on, would give other numbers than they say.  ("grade 1", "grade 2", … may be names.)
 */
static int check_places(const struct lt_import *import, struct lt_error *err)
{
	if (!are_numbered(import, 0, false) && !are_numbered(import, 0, true) &&
	    !are_numbered(import, 2, false))
		return 0;
	return lt_fail(err, LT_DATA,
		       "%s: \"%.200s\" in --classes is a number and a name; --classes takes "
		       "one name per line, and a table of numbers and names is an operand "
		       "beside the list",
		       lt_listing_name(import->listing), import->classes[1]);
}

static int number_names(struct lt_import *import, int n, struct lt_error *err)
{
	const char **names = lt_arena_array(&import->arena, (size_t)n, sizeof *names);
	int i;

	if (!names)
		return lt_fail_memory(err);
	for (i = 0; i < n; i++) {
		names[i] = lt_arena_printf(&import->arena, "%d", i);
		if (!names[i])
			return lt_fail_memory(err);
	}
	import->names = names;
	return 0;
}

int lt_import_classes(struct lt_import *import, const char *const *names, int n,
		      struct lt_error *err)
{
	import->names = import->classes;
	import->n_names = import->classes ? import->n_classes : -1;
	if (import->no_labels)
		return 0;
	if (import->classes && names)
		return map_classes(import, names, n, err);
	if (import->classes && n > import->n_classes)
		return lt_fail(err, LT_DATA, "%s: label %d, and --classes lists %d classes",
			       lt_listing_name(import->listing), n - 1, import->n_classes);
	if (import->classes)
		return check_places(import, err);
	import->names = names;
	import->n_names = n;
	return names ? 0 : number_names(import, n, err);
}

int lt_import_counts(struct lt_import *import, const uint64_t *counts, int n,
		     struct lt_error *err)
{
	uint64_t *of_names;
	int i;

	if (import->no_labels)
		return 0;
	of_names = lt_arena_array(&import->arena, (size_t)import->n_names, sizeof *of_names);
	if (!of_names)
		return lt_fail_memory(err);
	for (i = 0; i < n; i++)
		of_names[import->label_of ? import->label_of[i] : i] += counts[i];
	if (import->skip_bad == 0) {
		import->counts = of_names;
		return 0;
	}
	import->planned = of_names;
	import->written = lt_arena_array(&import->arena, (size_t)import->n_names,
					 sizeof *import->written);
	return import->written ? 0 : lt_fail_memory(err);
}

int lt_import_read_names(struct lt_import *import, const char *where, const char *text, int n,
			 const char *const **out, struct lt_error *err)
{
	const char *at = text, **names;
	size_t length;
	int found = 0;

	names = lt_arena_array(&import->arena, (size_t)n, sizeof *names);
	if (!names)
		return lt_fail_memory(err);
	for (; *at; at += length, at += *at != '\0') {
		length = strcspn(at, "\n");
		if (length == 0 || (length == 1 && *at == '\r'))
			continue;
		if (found == n)
			return lt_fail(err, LT_DATA, "%s: more than %d names", where, n);
		names[found] =
			lt_arena_text_n(&import->arena, at, length - (at[length - 1] == '\r'));
		if (!names[found++])
			return lt_fail_memory(err);
	}
	if (found < n)
		return lt_fail(err, LT_DATA, "%s: %d names, and the set has %d classes", where,
			       found, n);
	*out = names;
	return 0;
}
