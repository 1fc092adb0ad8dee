/*
 * Rows of lists: image, class and split, and whether the image was listed before.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "image/image.h"
#include "import/boxes.h"
#include "import/list_private.h"

/* Counts a row; the first one is described by the caller's text. */
static int count(struct lt_lists *lists, struct lt_list_count *what, const char *text,
		 struct lt_error *err)
{
	if (what->n++ > 0)
		return 0;
	what->first = lt_arena_text(&lists->import->arena, text);
	return what->first ? 0 : lt_fail_memory(err);
}

static int wrong(const struct lt_list *list, uint64_t line, const char *what, const char *text,
		 struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s:%" PRIu64 ": \"%.200s\": %s", list->name, line, text,
		       what);
}

/* ------------------------------------------------------------------ a row */

static int row_split(struct lt_list *list, const char *text, uint64_t line, uint8_t *split,
		     struct lt_error *err)
{
	enum lt_split found;
	size_t n;

	*split = (uint8_t)list->split;
	if (!text)
		return 0;
	text = lt_labels_trim(text, &n);
	found = lt_split_names_find(&list->lists->splits, text, n);
	if (found == LT_SPLIT_DEFAULT)
		return wrong(
			list, line,
			"not the name of a split; --splits says which it is, --splits none "
			"takes all rows as one",
			text, err);
	*split = (uint8_t)found;
	return 0;
}

/* The directory of an image; its name is no longer than the path. */
static int directory_of(const struct lt_list *list, const char *name, uint64_t line,
			char directory[LT_MAX_ENTRY_NAME + 1], struct lt_error *err)
{
	const char *end = lt_path_base(name), *from;

	while (end > name && end[-1] == '/')
		end--;
	for (from = end; from > name && from[-1] != '/'; from--)
		;
	if (from == end || (end - from == 1 && *from == '.'))
		return wrong(list, line, "it is in no directory, which would be its class",
			     name, err);
	snprintf(directory, LT_MAX_ENTRY_NAME + 1, "%.*s", (int)(end - from), from);
	return 0;
}

static int row_class(struct lt_list *list, const struct lt_list_cells *cells, uint64_t line,
		     struct lt_item *item, struct lt_error *err)
{
	const struct lt_listing *listing = list->lists->import->listing;
	char directory[LT_MAX_ENTRY_NAME + 1];
	const char *what, *label = cells->label;
	int status = 0;

	if (list->columns.by_directory && !list->lists->import->no_labels) {
		status = directory_of(list, listing->entry[item->entry].name, line, directory,
				      err);
		label = directory;
	}
	if (status || !label)
		return status;
	status = lt_labels_set(&list->lists->labels, label, item, &what, err);
	return status == LT_DATA ? wrong(list, line, what, label, err) : status;
}

static const char *split_text(uint8_t split)
{
	static const char *const text[] = {
		[LT_SPLIT_DEFAULT] = "no split",  [LT_SPLIT_TRAIN] = "split train",
		[LT_SPLIT_TEST] = "split test",	  [LT_SPLIT_VAL] = "split val",
		[LT_SPLIT_EXTRA] = "split extra",
	};

	return text[split];
}

#define CLASS_TEXT (LT_MAX_NAME + 16)

static const char *class_text(const struct lt_item *item, char text[CLASS_TEXT])
{
	if (item->class_size == 0)
		return "no class";
	snprintf(text, CLASS_TEXT, "class \"%.*s\"", (int)item->class_size, item->class_name);
	return text;
}

/* The image was listed before: is this a duplicate or a contradiction? */
static int again(struct lt_list *list, const struct lt_item *before, const struct lt_item *item,
		 uint64_t line, const char *path, struct lt_error *err)
{
	const struct lt_catalog *catalog = &list->lists->labels.catalog;
	bool same = (size_t)(before - catalog->item) >= list->first_item;
	const char *where = same ? "in an earlier row" : "in an earlier list";
	char text[300], is[CLASS_TEXT], was[CLASS_TEXT];
	int status;

	if (before->split != item->split)
		return lt_fail(err, LT_DATA,
			       "%s:%" PRIu64 ": \"%.200s\" is in %s, and %s in %s%s",
			       list->name, line, path, split_text(item->split), where,
			       split_text(before->split),
			       same ? "" : "; give the lists that belong together as operands");
	if (before->class_size != item->class_size ||
	    (item->class_name &&
	     memcmp(before->class_name, item->class_name, item->class_size) != 0))
		return lt_fail(err, LT_DATA,
			       "%s:%" PRIu64
			       ": \"%.200s\" is of %s, and %s of %s; images of several classes "
			       "are not supported",
			       list->name, line, path, class_text(item, is), where,
			       class_text(before, was));
	status = lt_list_same_kept(list, before, item, line, err);
	if (status)
		return status;
	snprintf(text, sizeof text, "%.250s", path);
	return count(list->lists, &list->lists->repeated, text, err);
}

/* The image whose suffix differs from that of the path, such as ".jpg" for ".JPG"; NULL: none.
 */
static const char *other_suffix(const struct lt_list *list, const char *path)
{
	const struct lt_lists *lists = list->lists;
	char stem[LT_MAX_ENTRY_NAME + 1];
	struct lt_list_found found;

	if (!lt_image_is_named(path))
		return NULL;
	snprintf(stem, sizeof stem, "%.*s", (int)(strrchr(path, '.') - path), path);
	found = lt_list_find(&lists->index, list->entry, stem);
	return found.match == LT_MATCH_NONE || found.match == LT_MATCH_MANY
		       ? NULL
		       : lists->import->listing->entry[found.entry].name;
}

static int missing(struct lt_list *list, uint64_t line, const char *path, struct lt_error *err)
{
	const char *other;
	char text[1000];

	if (list->lists->missing.n > 0) {
		list->lists->missing.n++;
		return 0;
	}
	other = other_suffix(list, path);
	snprintf(text, sizeof text, "%.250s (%.400s:%" PRIu64 "%s%.250s%s)", path, list->name,
		 line, other ? "; " : "", other ? other : "", other ? " is there" : "");
	return count(list->lists, &list->lists->missing, text, err);
}

/* How the path was found, if not by its full name. */
static int tell_loose(struct lt_list *list, struct lt_list_found found, const char *path,
		      struct lt_error *err)
{
	struct lt_lists *lists = list->lists;
	char text[1000];

	if (found.match == LT_MATCH_PATH)
		return 0;
	if (lists->loose.n > 0) {
		lists->loose.n++;
		return 0;
	}
	snprintf(text, sizeof text, "\"%.250s\" is %.500s", path,
		 lists->import->listing->entry[found.entry].name);
	return count(lists, &lists->loose, text, err);
}

int lt_list_add_found(struct lt_list *list, struct lt_list_found found,
		      const struct lt_list_cells *cells, uint64_t line, struct lt_error *err)
{
	struct lt_lists *lists = list->lists;
	struct lt_item item = {.label = -1, .entry = found.entry};
	uint32_t *at;
	int status;

	lists->rows++;
	if (found.match == LT_MATCH_NONE)
		return missing(list, line, cells->path, err);
	if (found.match == LT_MATCH_MANY)
		return wrong(list, line,
			     "several images have this ending; a longer path or --root would "
			     "distinguish them, or the list and the directories of its images "
			     "as operands",
			     cells->path, err);
	status = row_split(list, cells->split, line, &item.split, err);
	if (status == 0)
		status = row_class(list, cells, line, &item, err);
	if (status == 0)
		status = lt_list_keep(list, cells->row, cells->n, line, &item, err);
	if (status)
		return status;
	at = &lists->item_of[found.entry];
	if (*at > 0)
		return again(list, &lists->labels.catalog.item[*at - 1], &item, line,
			     cells->path, err);
	status = tell_loose(list, found, cells->path, err);
	if (status == 0)
		status = lt_catalog_add(&lists->labels.catalog, item, err);
	*at = (uint32_t)lists->labels.catalog.n;
	return status;
}

int lt_list_add(struct lt_list *list, const struct lt_list_cells *cells, uint64_t line,
		struct lt_error *err)
{
	char path[LT_MAX_ENTRY_NAME + 1];
	struct lt_list_cells row = *cells;
	const char *text;
	size_t n;

	text = lt_labels_trim(cells->path, &n);
	if (n == 0)
		return lt_fail(err, LT_DATA, "%s:%" PRIu64 ": no path", list->name, line);
	if (n > LT_MAX_ENTRY_NAME)
		return wrong(list, line, "the path is too long", text, err);
	memcpy(path, text, n);
	path[n] = '\0';
	row.path = lt_list_without_slash(&list->lists->index, list->entry, path);
	if (lt_list_path_is_outside(row.path))
		return wrong(list, line,
			     "absolute paths and \"..\" are refused; shorten the paths to "
			     "what follows the directory that --root names",
			     path, err);
	return lt_list_add_found(list, lt_list_find(&list->lists->index, list->entry, row.path),
				 &row, line, err);
}

/* ------------------------------------------------------------------ a row of a table */

static int hot_class(struct lt_list *list, const char *const *cell, size_t n, uint64_t line,
		     const char **label, struct lt_error *err)
{
	int found = 0, bits = lt_list_hot(&list->columns, cell, n, &found);

	if (bits == 0 || bits == 1) {
		*label = bits ? list->columns.title[found] : "";
		return 0;
	}
	if (bits < 0)
		return lt_fail(err, LT_DATA,
			       "%s:%" PRIu64 ": not all columns of classes are 0 or 1",
			       list->name, line);
	return lt_fail(err, LT_DATA,
		       "%s:%" PRIu64 ": %d of the columns of classes have a 1; one should, "
		       "since images of several classes are not supported",
		       list->name, line, bits);
}

/* Replaces a text of objects with boxes by their class. */
static int box_class(struct lt_list *list, const char **label, char name[LT_MAX_NAME + 1],
		     uint64_t line, struct lt_error *err)
{
	const char *text = *label, *wrong_text, *found;
	size_t n;

	found = lt_boxes_class(text, &n, &wrong_text);
	if (found && n > LT_MAX_NAME) {
		found = NULL;
		wrong_text = "the class is too long";
	}
	if (!found)
		return wrong(list, line, wrong_text, text, err);
	memcpy(name, found, n);
	name[n] = '\0';
	*label = name;
	return 0;
}

static const char *cell_of(const char *const *cell, size_t n, int column)
{
	return column >= 0 && (size_t)column < n ? cell[column] : NULL;
}

int lt_list_add_row(struct lt_list *list, const char *const *cell, size_t n, uint64_t line,
		    struct lt_error *err)
{
	const struct lt_list_columns *columns = &list->columns;
	struct lt_list_cells cells = {
		.path = cell_of(cell, n, columns->path),
		.label = cell_of(cell, n, columns->label),
		.name = cell_of(cell, n, columns->name),
		.split = cell_of(cell, n, columns->split),
		.row = cell,
		.n = n,
	};
	char name[LT_MAX_NAME + 1];
	int status = 0;

	if (!cells.path || (columns->label >= 0 && !cells.label) ||
	    (columns->split >= 0 && !cells.split))
		return lt_fail(err, LT_DATA, "%s:%" PRIu64 ": \"%.200s\", and no column %d",
			       list->name, line, n ? cell[0] : "",
			       1 + (!cells.path				  ? columns->path
				    : columns->label >= 0 && !cells.label ? columns->label
									  : columns->split));
	if (cells.label == lt_list_nested)
		return lt_fail(err, LT_DATA,
			       "%s:%" PRIu64
			       ": the class is neither a text nor a number; images of "
			       "several classes are not supported",
			       list->name, line);
	if (columns->boxes)
		status = box_class(list, &cells.label, name, line, err);
	if (status == 0 && columns->n_hot > 0)
		status = hot_class(list, cell, n, line, &cells.label, err);
	if (status == 0 && cells.name && cells.label)
		status = lt_labels_note(&list->lists->labels, cells.label, cells.name, err);
	return status ? status : lt_list_add(list, &cells, line, err);
}
