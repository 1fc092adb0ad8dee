/*
 * Columns of lists that become columns of the rows (--keep): patients, tracks, sites.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "import/list_private.h"
#include "stream/mp.h"

/* Columns that rows have anyway, or that mean something to programs that read them. */
static bool is_reserved(const char *name)
{
	static const char *const names[] = {"image", "y",   "y_true", "y_src",	 "y_conf", "q",
					    "id",    "key", "logits", "feature", "xy"};
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_kept(const struct lt_import *import, const char *name)
{
	int i;

	for (i = 0; i < import->n_kept; i++)
		if (strcmp(import->kept_name[i], name) == 0)
			return true;
	return false;
}

static int add_name(struct lt_import *import, const char *name, size_t n, struct lt_error *err)
{
	const char *copy = lt_arena_text_n(&import->arena, name, n);

	if (!copy)
		return lt_fail_memory(err);
	if (n == 0 || n > LT_MAX_NAME || !lt_text_is_clean(copy, n))
		return lt_fail(err, LT_USAGE, "--keep: not names with commas between");
	if (is_reserved(copy))
		return lt_fail(err, LT_USAGE,
			       "--keep: %s is the name of another column of rows; the number "
			       "of the column can be given instead",
			       copy);
	if (is_kept(import, copy))
		return lt_fail(err, LT_USAGE, "--keep: %.200s occurs twice", copy);
	if (import->n_kept == LT_IMPORT_KEPT)
		return lt_fail(err, LT_USAGE, "--keep: more than %d columns", LT_IMPORT_KEPT);
	import->kept_name[import->n_kept++] = copy;
	return 0;
}

int lt_import_keep(struct lt_import *import, const char *text, struct lt_error *err)
{
	size_t n;
	int status;

	for (; text; text = text[n] ? text + n + 1 : NULL) {
		n = strcspn(text, ",");
		status = add_name(import, text, n, err);
		if (status)
			return status;
	}
	return 0;
}

int lt_list_find_kept(struct lt_list_columns *columns, const struct lt_import *import,
		      const struct lt_list_sample *sample, struct lt_error *err)
{
	int i, status = 0;

	for (i = 0; status == 0 && i < import->n_kept; i++)
		status = lt_list_option(columns, sample, "--keep", import->kept_name[i],
					&columns->kept[i], err);
	columns->n_kept = status ? 0 : import->n_kept;
	return status;
}

static int wrong(const struct lt_list *list, uint64_t line, int i, const char *what,
		 struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s:%" PRIu64 ": --keep %.200s: %s", list->name, line,
		       list->lists->import->kept_name[i], what);
}

int lt_list_keep(struct lt_list *list, const char *const *cell, size_t n, uint64_t line,
		 struct lt_item *item, struct lt_error *err)
{
	const struct lt_list_columns *columns = &list->columns;
	struct lt_import *import = list->lists->import;
	const char **kept, *text;
	size_t size;
	int i;

	if (import->n_kept == 0)
		return 0;
	if (columns->n_kept == 0)
		return wrong(list, line, 0, "this form of list has no columns", err);
	kept = lt_arena_array(&import->arena, (size_t)import->n_kept, sizeof *kept);
	if (!kept)
		return lt_fail_memory(err);
	for (i = 0; i < import->n_kept; i++) {
		if ((size_t)columns->kept[i] >= n)
			return wrong(list, line, i, "the row has no such column", err);
		if (cell[columns->kept[i]] == lt_list_nested)
			return wrong(list, line, i, "neither a text nor a number", err);
		text = lt_labels_trim(cell[columns->kept[i]], &size);
		if (!lt_text_is_clean(text, size))
			return wrong(list, line, i, "not UTF-8, or control characters", err);
		kept[i] = lt_labels_keep(&list->lists->labels, text, size);
		if (!kept[i])
			return lt_fail_memory(err);
	}
	item->kept = kept;
	return 0;
}

int lt_list_same_kept(struct lt_list *list, const struct lt_item *one,
		      const struct lt_item *other, uint64_t line, struct lt_error *err)
{
	int i;

	for (i = 0; i < list->lists->import->n_kept; i++)
		if (strcmp(one->kept[i], other->kept[i]) != 0)
			return wrong(list, line, i,
				     "the image was listed before with another value", err);
	return 0;
}
