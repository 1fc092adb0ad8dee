#include "import/list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/import_limits.h"
#include "import/list_private.h"
#include "import/list_titles.h"
#include "import/merged.h"
#include "import/split_names.h"

int lt_lists_open(struct lt_lists *lists, struct lt_import *import, bool asked,
		  struct lt_error *err)
{
	int status;

	*lists = (struct lt_lists){
		.import = import,
		.asked = asked,
		.labels = {.import = import,
			   .catalog = {.order = LT_ORDER_AS_ADDED,
				       .unnamed = ", because its cell is empty or -1",
				       .unlabelled = true}},
	};
	lists->item_of = lt_new_array(import->listing->n + 1, sizeof *lists->item_of);
	if (!lists->item_of)
		return lt_fail_memory(err);
	status = lt_split_names_parse(&lists->splits, import->splits, err);
	return status ? status : lt_list_index_fill(&lists->index, import->listing, err);
}

void lt_lists_free(struct lt_lists *lists)
{
	lt_list_index_free(&lists->index);
	lt_list_join_free(&lists->join);
	lt_labels_free(&lists->labels);
	lt_free(lists->item_of);
	lists->item_of = NULL;
}

/* ------------------------------------------------------------------ a list */

void lt_list_mark_used(struct lt_list *list)
{
	list->lists->item_of[list->entry - list->lists->import->listing->entry] = 1;
}

int lt_list_pass_bare(struct lt_list *list, struct lt_error *err)
{
	struct lt_lists *lists = list->lists;

	lt_list_mark_used(list);
	lt_listing_pass(lists->import->listing, LT_PASSED_BARE, list->entry->name);
	if (!lists->bare)
		lists->bare = lt_arena_text(&lists->import->arena, list->name);
	return lists->bare ? 0 : lt_fail_memory(err);
}

/* Reports how a table is read, unless the one before was read in the same way. */
static int tell_columns(const struct lt_list *list, struct lt_error *err)
{
	const struct lt_list_columns *columns = &list->columns;
	const char *path = "", *label = "", *split = "";
	char classes[200] = "", splits[100] = "", how[600], text[1300];
	struct lt_lists *lists = list->lists;

	if (columns->path < 0)
		return 0;
	if (columns->has_header) {
		path = lt_list_cell(&list->sample, 0, columns->path);
		label = lt_list_cell(&list->sample, 0, columns->label);
		split = lt_list_cell(&list->sample, 0, columns->split);
	}
	if (columns->n_hot > 0)
		snprintf(classes, sizeof classes, ", %d columns are classes", columns->n_hot);
	else if (columns->rest && columns->label == 1)
		snprintf(classes, sizeof classes, ", classes in the rest of the line");
	else if (columns->label >= 0)
		snprintf(classes, sizeof classes, ", classes in column %d%s%.60s",
			 columns->label + 1, *label ? " " : "", label);
	if (columns->split >= 0)
		snprintf(splits, sizeof splits, ", splits in column %d%s%.60s",
			 columns->split + 1, *split ? " " : "", split);
	snprintf(how, sizeof how, "paths in column %d%s%.60s%s%s", columns->path + 1,
		 *path ? " " : "", path, classes, splits);
	if (lists->told && strcmp(lists->told, how) == 0)
		return 0;
	lists->told = lt_arena_text(&lists->import->arena, how);
	if (!lists->told)
		return lt_fail_memory(err);
	snprintf(text, sizeof text, "%.600s: %s", list->name, how);
	lists->import->host.notice(lists->import->host.arg, text);
	if (columns->unread < 0 || columns->split >= 0 || columns->unread == columns->label)
		return 0;
	snprintf(text, sizeof text,
		 "%.600s: column %d %.60s has no names of splits, so its rows are one set; "
		 "--splits train=VALUE,… says what its values mean",
		 list->name, columns->unread + 1,
		 lt_list_cell(&list->sample, 0, columns->unread));
	lists->import->host.notice(lists->import->host.arg, text);
	return 0;
}

/* Two lists whose classes are in columns of other titles, neither of which says so. */
static int check_titles(struct lt_list *list, struct lt_error *err)
{
	const struct lt_list_columns *columns = &list->columns;
	struct lt_lists *lists = list->lists;
	const char *title;

	if (columns->reason != LT_REASON_REST || !columns->has_header)
		return 0;
	/* "" if the line of titles is shorter than the others. */
	title = lt_list_cell(&list->sample, 0, columns->label);
	if (lists->title && !lt_title_same(lists->title, title))
		return lt_fail(err, LT_DATA,
			       "%s: its classes could be in column %s, and those of %s in "
			       "column %s; --label-column says which, and a list without "
			       "that column is passed over",
			       list->name, title, lists->titled, lists->title);
	if (lists->title)
		return 0;
	lists->title = lt_arena_text(&lists->import->arena, title);
	lists->titled = lt_arena_text(&lists->import->arena, list->name);
	return lists->title && lists->titled ? 0 : lt_fail_memory(err);
}

int lt_list_accept(struct lt_list *list, struct lt_error *err)
{
	struct lt_lists *lists = list->lists;
	const struct lt_list_columns *columns = &list->columns;
	bool split = list->split != LT_SPLIT_DEFAULT || columns->split >= 0;
	const char **of = split ? &lists->with_split : &lists->without_split;
	const char *name = lt_arena_text(&lists->import->arena, list->name);
	int status = name ? check_titles(list, err) : lt_fail_memory(err);

	if (status == 0)
		status = tell_columns(list, err);
	if (status)
		return status;
	lt_list_mark_used(list);
	if (lists->n_lists++ == 0)
		lists->first_list = name;
	if (!*of)
		*of = name;
	if (columns->has_header &&
	    lt_title_rank(LT_TITLE_TAGS, lt_list_cell(&list->sample, 0, columns->label)) >= 0)
		lists->labels.catalog.tags = true;
	return lt_list_add_hot(list, err);
}

static bool is_json(const struct lt_list *list, const struct lt_text *text)
{
	size_t n, i = 0;
	const char *head = lt_text_head(text, &n);

	if (lt_path_ends(list->entry->name, ".json") ||
	    lt_path_ends(list->entry->name, ".jsonl") ||
	    lt_path_ends(list->entry->name, ".ndjson"))
		return true;
	while (i < n && strchr(" \t\r\n", head[i]) && head[i])
		i++;
	return i < n && head[i] == '{';
}

/* A file that the user declared as a list is none. */
static int fail_unread(const struct lt_list *list, bool json, struct lt_error *err)
{
	if (json)
		return lt_fail(err, LT_DATA,
			       "%s: JSON in none of the forms of LISTS in ltimport(1); "
			       "--path-column and --label-column give the keys of paths and "
			       "classes in objects, and rows of both in a CSV file are read",
			       list->name);
	if (list->widest > LT_LIST_PIXELS && !list->lists->import->path_column)
		return lt_fail(
			err, LT_DATA,
			"%s: no column has names of images; if its rows are pixels, save "
			"them with numpy as x.npy, uint8 of (n, height, width), and the "
			"labels as y.npy, and name both files",
			list->name);
	return lt_fail(err, LT_DATA,
		       "%s: no column has names of images; --path-column says which",
		       list->name);
}

/* Has the first line as many cells as a row of pixels? */
static bool is_wide(const struct lt_text *text)
{
	size_t n, i, cells = 1;
	const char *head = lt_text_head(text, &n);

	for (i = 0; i < n && head[i] != '\n'; i++)
		cells += head[i] == ',' || head[i] == ';' || head[i] == '\t';
	return cells > LT_LIST_PIXELS;
}

static int read_text(struct lt_list *list, struct lt_text *text, struct lt_error *err)
{
	bool is_list = false, json = is_json(list, text);
	/* A table of pixels may be beside a list, but is not meant where it is an operand. */
	bool beside = !list->lists->import->listing->input[list->entry->input].single &&
		      is_wide(text);
	struct lt_error why;
	int status = json ? lt_list_read_json(list, text, &is_list, &why)
			  : lt_list_read_csv(list, text, &is_list, &why);

	if (!is_list && (status == 0 || status == LT_DATA) &&
	    lt_class_table_is_named(list->entry->name)) {
		lt_list_mark_used(list);
		return lt_class_table_read(&list->lists->labels, text, err);
	}
	/* LT_USAGE: a build without JSON. */
	if ((status == LT_DATA || status == LT_USAGE) && !is_list &&
	    (!list->lists->asked || beside)) {
		if ((list->columns.named > 0 || list->lists->asked) &&
		    list->lists->why.code == 0)
			list->lists->why = why;
		return 0;
	}
	if (status)
		return lt_fail(err, why.code, "%s", why.text);
	if (!is_list && list->lists->asked && list->lists->import->n_paths > 0 &&
	    lt_listing_head(list->lists->import->listing, list->entry, &(size_t){0}))
		return fail_unread(list, json, err);
	return 0;
}

/* Opens the text of a list and calls read; a file that is not text is ignored unless lists were
 * requested. */
static int with_text(struct lt_lists *lists, const struct lt_listed *entry,
		     int (*read)(struct lt_list *, struct lt_text *, struct lt_error *),
		     struct lt_error *err)
{
	struct lt_listing *listing = lists->import->listing;
	struct lt_list list = {
		.lists = lists,
		.entry = entry,
		.columns = {.path = -1, .label = -1, .split = -1, .unread = -1, .name = -1}};
	struct lt_text text;
	struct lt_error why;
	char name[1200];
	int status;

	snprintf(name, sizeof name, "%s", lt_listing_place(listing, entry));
	list.name = list.sample.name = name;
	list.first_item = lists->labels.catalog.n;
	list.split = lt_split_names_of_path(&lists->splits, entry->name);
	status = lt_text_open(&text, name, LT_MAX_LIST, lt_listing_source, listing, &why);
	if (status)
		return status == LT_DATA && !lists->asked
			       ? 0
			       : lt_fail(err, why.code, "%s", why.text);
	status = read(&list, &text, err);
	lt_list_sample_free(&list.sample);
	lt_text_close(&text);
	return status;
}

static int look(struct lt_list *list, struct lt_text *text, struct lt_error *err)
{
	return is_json(list, text) ? 0 : lt_list_look_csv(list, text, err);
}

static int read_list(struct lt_list *list, struct lt_text *text, struct lt_error *err)
{
	return list->lists->join.layout ? lt_list_join_read(list, text, err)
					: read_text(list, text, err);
}

int lt_lists_look(struct lt_lists *lists, const struct lt_listed *entry, struct lt_error *err)
{
	return with_text(lists, entry, look, err);
}

int lt_lists_read(struct lt_lists *lists, const struct lt_listed *entry, struct lt_error *err)
{
	return with_text(lists, entry, read_list, err);
}

/* ------------------------------------------------------------------ the end */

static void say(struct lt_lists *lists, const char *what, const struct lt_list_count *told)
{
	char text[1400];

	if (told->n == 0)
		return;
	snprintf(text, sizeof text, "%" PRIu64 " of %" PRIu64 " rows %s: %s", told->n,
		 lists->rows, what, told->first);
	lists->import->host.notice(lists->import->host.arg, text);
}

/* Missing images count as broken ones. */
static int check_all_there(struct lt_lists *lists, struct lt_error *err)
{
	struct lt_import *import = lists->import;

	if (lists->missing.n <= import->skip_bad) {
		import->skip_bad -= lists->missing.n;
		say(lists, "name images that are not there and were left out", &lists->missing);
		return 0;
	}
	return lt_fail(
		err, LT_DATA,
		"%s: %" PRIu64 " of %" PRIu64
		" paths are not in any input, the first is %.700s; --root DIR or ARCHIVE says "
		"where they begin, --skip-bad N leaves out up to N of them",
		lt_listing_name(import->listing), lists->missing.n, lists->rows,
		lists->missing.first);
}

static int check_splits(struct lt_lists *lists, struct lt_error *err)
{
	if (!lists->with_split || !lists->without_split)
		return 0;
	return lt_fail(err, LT_DATA,
		       "%.400s: it has no split, but %.400s has one; --splits val=NAME,… "
		       "says which word of a list's name means which split, --splits none "
		       "makes all lists one set; or name as operands only the lists that "
		       "belong together",
		       lists->without_split, lists->with_split);
}

/* Lists without classes are ignored beside others, but never all of them. */
static int check_bare(const struct lt_lists *lists, struct lt_error *err)
{
	if (!lists->bare || lists->n_lists > 0)
		return 0;
	return lt_fail(err, LT_DATA,
		       "%.600s: no column has classes; --label-column says which, "
		       "--label-column / takes the directory of each image, "
		       "--no-labels takes images without classes",
		       lists->bare);
}

/* With --label-column /, the class is the directory of the image. */
static int note_merged(const struct lt_lists *lists, struct lt_error *err)
{
	const struct lt_catalog *catalog = &lists->labels.catalog;
	struct lt_class_directory *directory = lt_new_array(catalog->n + 1, sizeof *directory);
	size_t i;

	if (!directory)
		return lt_fail_memory(err);
	for (i = 0; i < catalog->n; i++) {
		const struct lt_item *item = &catalog->item[i];
		const char *path =
			lt_path_skip(lists->import->listing->entry[item->entry].name);
		const char *end = lt_path_base(path);

		while (end > path && end[-1] == '/')
			end--;
		directory[i] = lt_class_directory(path, (size_t)(end - path), item->split);
	}
	lt_note_merged(lists->import, directory, catalog->n);
	lt_free(directory);
	return 0;
}

int lt_lists_finish(struct lt_lists *lists, struct lt_error *err)
{
	int status = check_all_there(lists, err);

	if (status == 0)
		status = check_splits(lists, err);
	if (status == 0)
		status = check_bare(lists, err);
	if (status == 0 && lists->labels.catalog.n == 0)
		status = lt_fail(err, LT_DATA, "%s: the list names no image",
				 lt_listing_name(lists->import->listing));
	if (status == 0)
		status = lt_labels_settle(&lists->labels, lists->first_list, err);
	if (status)
		return status;
	say(lists, "name an image by the end of its name alone", &lists->loose);
	say(lists, "name an image again and were left out", &lists->repeated);
	say(lists, "have no class and were left out", &lists->unlabelled);
	return lt_list_is_by_directory(lists->import) ? note_merged(lists, err) : 0;
}
