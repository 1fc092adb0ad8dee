#include "import/list_join.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/list_private.h"

struct lt_list_layout {
	const char *part[LT_JOIN_PARTS]; /* names without suffix; NULL: no such part */
	const char *split[3];		 /* by the value in the part of splits */
	bool attributes; /* the images' part has columns of 1 and -1, one of which is the class
			  */
};

static const struct lt_list_layout layouts[] = {
	{{"classes", "image_class_labels", "train_test_split", "images"},
	 {"test", "train"},
	 false},
	{{NULL, NULL, "list_eval_partition", "list_attr_celeba"},
	 {"train", "val", "test"},
	 true},
};

/* ------------------------------------------------------------------ finding */

static bool is_called(const char *name, const char *stem)
{
	const char *base = lt_path_base(name);
	size_t n = strlen(stem);

	return strncasecmp(base, stem, n) == 0 &&
	       (strcasecmp(base + n, ".txt") == 0 || strcasecmp(base + n, ".csv") == 0);
}

static bool in_one_directory(const struct lt_listed *one, const struct lt_listed *other)
{
	size_t n = (size_t)(lt_path_base(one->name) - one->name);

	return (size_t)(lt_path_base(other->name) - other->name) == n &&
	       memcmp(one->name, other->name, n) == 0;
}

static void find_parts(struct lt_list_join *join, const struct lt_listed *images,
		       const struct lt_listed *const *entry, size_t n)
{
	size_t i;
	int p;

	for (p = 0; p < LT_JOIN_PARTS; p++)
		join->part[p] = NULL;
	for (i = 0; i < n; i++)
		for (p = 0; in_one_directory(images, entry[i]) && p < LT_JOIN_PARTS; p++)
			if (!join->part[p] && join->layout->part[p] &&
			    is_called(entry[i]->name, join->layout->part[p]))
				join->part[p] = entry[i];
}

bool lt_list_join_find(struct lt_list_join *join, const struct lt_listed *const *entry,
		       size_t n, bool attributes)
{
	size_t i, k;

	for (k = 0; k < sizeof layouts / sizeof layouts[0]; k++) {
		join->layout = &layouts[k];
		for (i = 0; i < n && (layouts[k].attributes || !attributes); i++) {
			if (!is_called(entry[i]->name, layouts[k].part[LT_JOIN_IMAGES]))
				continue;
			find_parts(join, entry[i], entry, n);
			if (join->part[LT_JOIN_LABELS] || !layouts[k].part[LT_JOIN_LABELS])
				return true;
		}
	}
	join->layout = NULL;
	return false;
}

bool lt_list_join_is_labels(const char *name)
{
	return is_called(name, layouts[0].part[LT_JOIN_LABELS]);
}

/* ------------------------------------------------------------------ lines */

/* The words of a line, or the cells of a table. */
struct words {
	struct lt_csv csv;
	bool is_table;
	size_t most; /* of a line: the last word is all the rest */
	char line[LT_LINE_BYTES + 1];
	const char *word[LT_CSV_CELLS];
	const char *const *cell;
	size_t n;
};

static int open_words(struct words *words, const struct lt_list *list, struct lt_text *text,
		      size_t most, struct lt_error *err)
{
	words->is_table = lt_path_ends(list->entry->name, ".csv");
	words->most = most;
	return lt_csv_open(&words->csv, text, words->is_table ? LT_CSV_COMMA : LT_CSV_LINE,
			   err);
}

static void cut_line(struct words *words)
{
	char *at = words->line;

	snprintf(at, sizeof words->line, "%s", words->csv.cell[0]);
	words->cell = words->word;
	words->n = 0;
	for (at += strspn(at, " \t"); *at; at += strspn(at, " \t")) {
		words->word[words->n++] = at;
		if (words->n == words->most)
			return;
		at += strcspn(at, " \t");
		if (*at)
			*at++ = '\0';
	}
}

/* n is 0 at the end. */
static int next_words(struct words *words, struct lt_error *err)
{
	int status;

	do {
		status = lt_csv_next(&words->csv, err);
		words->cell = words->csv.cell;
		words->n = status ? 0 : words->csv.n;
		if (words->n > 0 && !words->is_table)
			cut_line(words);
	} while (status == 0 && words->csv.n > 0 && words->n == 0);
	return status;
}

static int wrong_value(const struct words *words, struct lt_error *err)
{
	char what[200];

	snprintf(what, sizeof what, "\"%.60s\", \"%.60s\" cannot be a row of this file",
		 words->cell[0], words->n > 1 ? words->cell[1] : "");
	return lt_csv_wrong(&words->csv, what, err);
}

/* ------------------------------------------------------------------ pairs */

static int add_pair(struct lt_list *list, struct lt_list_pairs *pairs, const char *key,
		    const char *value, struct lt_error *err)
{
	struct lt_import *import = list->lists->import;
	size_t room = pairs->room ? 2 * pairs->room : 1024;
	struct lt_list_pair *grown;

	if (pairs->n >= import->listing->n)
		return lt_fail(err, LT_DATA, "%s: more rows than the input has images",
			       list->name);
	if (pairs->n == pairs->room) {
		grown = lt_grow_array(pairs->pair, room, sizeof *grown);
		if (!grown)
			return lt_fail_memory(err);
		pairs->pair = grown;
		pairs->room = room;
	}
	key = lt_arena_text(&import->arena, key);
	if (!key || !value)
		return lt_fail_memory(err);
	pairs->pair[pairs->n++] = (struct lt_list_pair){key, value};
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct lt_list_pair *one = a, *other = b;

	return strcmp(one->key, other->key);
}

static int sort_pairs(const struct lt_list *list, struct lt_list_pairs *pairs,
		      struct lt_error *err)
{
	size_t i;

	if (pairs->n > 1)
		qsort(pairs->pair, pairs->n, sizeof *pairs->pair, by_key);
	for (i = 1; i < pairs->n; i++)
		if (by_key(&pairs->pair[i - 1], &pairs->pair[i]) == 0)
			return lt_fail(err, LT_DATA, "%s: \"%.200s\" occurs twice", list->name,
				       pairs->pair[i].key);
	return 0;
}

/* The name of the split for a value; NULL: none. */
static const char *split_of(const struct lt_list_layout *layout, const char *value)
{
	size_t most = sizeof layout->split / sizeof layout->split[0];
	uint64_t number;

	return lt_parse_u64(value, 0, most - 1, &number) ? layout->split[number] : NULL;
}

static int read_pairs(struct lt_list *list, struct lt_text *text, struct lt_list_pairs *pairs,
		      bool splits, struct lt_error *err)
{
	struct lt_lists *lists = list->lists;
	struct words words;
	const char *value;
	bool first = true;
	int status = open_words(&words, list, text, 2, err);

	while (status == 0 && (status = next_words(&words, err)) == 0 && words.n > 0) {
		value = words.n < 2 ? NULL
			: splits    ? split_of(lists->join.layout, words.cell[1])
				    : lt_labels_keep(&lists->labels, words.cell[1],
						     strlen(words.cell[1]));
		/* A table begins with the names of its columns. */
		if (value)
			status = add_pair(list, pairs, words.cell[0], value, err);
		else if (!first || !words.is_table)
			status = wrong_value(&words, err);
		first = false;
	}
	lt_csv_close(&words.csv);
	return status ? status : sort_pairs(list, pairs, err);
}

/* The value of a key in a part; NULL if the part does not exist. */
static int find_value(const struct lt_list *list, enum lt_list_part part,
		      const struct lt_list_pairs *pairs, const struct words *words,
		      const char **value, struct lt_error *err)
{
	const struct lt_list_join *join = &list->lists->join;
	struct lt_list_pair key = {.key = words->cell[0]}, *found;
	char what[400];

	*value = NULL;
	if (!join->part[part])
		return 0;
	found = pairs->n > 0 ? bsearch(&key, pairs->pair, pairs->n, sizeof key, by_key) : NULL;
	if (found) {
		*value = found->value;
		return 0;
	}
	snprintf(what, sizeof what, "\"%.200s\" has no row in %.100s", key.key,
		 lt_path_base(join->part[part]->name));
	return lt_csv_wrong(&words->csv, what, err);
}

/* ------------------------------------------------------------------ attributes */

/* The line of names; *column is that of the class, or -1 without labels. */
static int read_titles(struct lt_list *list, struct words *words, int *column,
		       struct lt_error *err)
{
	const struct lt_import *import = list->lists->import;
	const char *title[LT_CSV_CELLS + 1] = {"image"}, *of = import->label_column;
	size_t lead = words->is_table ? 0 : 1;
	char text[LT_LIST_DESCRIBED];
	int status = next_words(words, err);

	/* The line before it has the number of rows. */
	if (status == 0 && words->n == 1 && !words->is_table)
		status = next_words(words, err);
	if (status)
		return status;
	memcpy(title + lead, words->cell, words->n * sizeof *title);
	list->columns.has_header = true;
	status = lt_list_sample_add(&list->sample, title, words->n + lead, err);
	*column = -1;
	if (status == 0)
		status = lt_list_find_kept(&list->columns, import, &list->sample, err);
	if (status || import->no_labels)
		return status;
	if (!of)
		return lt_fail(err, LT_DATA,
			       "%s: any of its attributes may be the class; --label-column "
			       "says which; it has %s",
			       list->name,
			       lt_list_describe(&list->columns, &list->sample, text));
	return lt_list_option(&list->columns, &list->sample, "--label-column", of, column, err);
}

/* Class 1 is the attribute, class 0 its absence. */
static int name_classes(struct lt_list *list, int column, struct lt_error *err)
{
	const char *name = lt_list_cell(&list->sample, 0, column);
	char without[LT_MAX_NAME + 1];
	int status;

	snprintf(without, sizeof without, "not %.200s", name);
	status = lt_labels_note(&list->lists->labels, "0", without, err);
	return status ? status : lt_labels_note(&list->lists->labels, "1", name, err);
}

static int attribute(const struct words *words, int column, const char **label,
		     struct lt_error *err)
{
	const char *cell = (size_t)column < words->n ? words->cell[column] : "";

	*label = strcmp(cell, "1") == 0 ? "1" : strcmp(cell, "-1") == 0 ? "0" : NULL;
	return *label ? 0 : lt_csv_wrong(&words->csv, "an attribute is neither 1 nor -1", err);
}

/* ------------------------------------------------------------------ images */

static int add_image(struct lt_list *list, const struct words *words, int column,
		     struct lt_error *err)
{
	struct lt_lists *lists = list->lists;
	struct lt_list_join *join = &lists->join;
	bool attributes = join->layout->attributes;
	struct lt_list_cells cells = {
		.path = words->cell[attributes ? 0 : 1], .row = words->cell, .n = words->n};
	int status = 0;

	if (words->n < 2)
		return wrong_value(words, err);
	if (attributes && column >= 0)
		status = attribute(words, column, &cells.label, err);
	else if (!attributes)
		status = find_value(list, LT_JOIN_LABELS, &join->labels, words, &cells.label,
				    err);
	if (status == 0)
		status = find_value(list, LT_JOIN_SPLITS, &join->splits, words, &cells.split,
				    err);
	/* --splits none */
	if (lists->splits.given && lists->splits.n == 0)
		cells.split = NULL;
	return status ? status : lt_list_add(list, &cells, words->csv.line, err);
}

static void tell_parts(const struct lt_list *list, int column)
{
	const struct lt_list_join *join = &list->lists->join;
	char text[1200];
	int n = snprintf(text, sizeof text, "%.600s: the images", list->name), p;

	if (column >= 0)
		n += snprintf(text + n, sizeof text - (size_t)n, ", classes in column %d %.60s",
			      column + 1, lt_list_cell(&list->sample, 0, column));
	for (p = LT_JOIN_CLASSES; p < LT_JOIN_IMAGES; p++)
		if (join->part[p])
			n += snprintf(text + n, sizeof text - (size_t)n, ", joined with %.60s",
				      lt_path_base(join->part[p]->name));
	list->lists->import->host.notice(list->lists->import->host.arg, text);
}

static int read_images(struct lt_list *list, struct lt_text *text, struct lt_error *err)
{
	const struct lt_list_join *join = &list->lists->join;
	bool attributes = join->layout->attributes;
	struct words words;
	int column = -1;
	int status = open_words(&words, list, text, attributes ? LT_CSV_CELLS : 2, err);

	if (status == 0 && attributes)
		status = read_titles(list, &words, &column, err);
	if (status == 0 && column >= 0)
		status = name_classes(list, column, err);
	/* For the check that all lists have splits. */
	list->columns.split = join->part[LT_JOIN_SPLITS] ? 0 : -1;
	if (status == 0)
		status = lt_list_accept(list, err);
	if (status == 0)
		tell_parts(list, column);
	while (status == 0 && (status = next_words(&words, err)) == 0 && words.n > 0)
		status = add_image(list, &words, column, err);
	lt_csv_close(&words.csv);
	return status;
}

int lt_list_join_read(struct lt_list *list, struct lt_text *text, struct lt_error *err)
{
	struct lt_list_join *join = &list->lists->join;

	if (list->entry == join->part[LT_JOIN_IMAGES])
		return read_images(list, text, err);
	lt_list_mark_used(list);
	if (list->entry == join->part[LT_JOIN_CLASSES])
		return lt_class_table_read(&list->lists->labels, text, err);
	return list->entry == join->part[LT_JOIN_LABELS]
		       ? read_pairs(list, text, &join->labels, false, err)
		       : read_pairs(list, text, &join->splits, true, err);
}

void lt_list_join_free(struct lt_list_join *join)
{
	lt_free(join->labels.pair);
	lt_free(join->splits.pair);
	*join = (struct lt_list_join){0};
}
