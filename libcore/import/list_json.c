/*
 * Lists in JSON: objects or arrays as rows, in JSON lines, in an array, or in an array that
 * is a member of the outermost object; and the object {"path": "label"}.  A file
 * "categories.json" has the names of classes.
 *
 * If the members of the outermost object are splits, each is an array of rows.  So are the
 * files split_zhou_NAME.json of CoOp (Zhou et al., "Learning to prompt for vision-language
 * models", 2022), whose rows are arrays of a path, the number of the class and its name:
 *
 *	{"train": [["a/1.jpg", 0, "cat"], …], "val": […], "test": […]}
 *
 * Members that are arrays of texts are the classes, with the paths of their images, as in
 * Food-101 (Bossard et al., "Food-101 – mining discriminative components with random forests",
 * 2014), whose files are splits:
 *
 *	{"waffles": ["waffles/1005755", …], …}
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/import_limits.h"
#include "import/list_json.h"

const char lt_list_nested[] = "";

struct reading {
	struct lt_list *list;
	enum lt_list_shape shape;
	char *key; /* of LT_LIST_ROWS, or NULL */
	const char **cell;
	char (*number)[LT_LIST_NUMBER];
	size_t n;
};

const char *lt_list_scalar(const struct lt_json_value *value, char room[LT_LIST_NUMBER])
{
	switch (value ? lt_json_kind(value) : LT_JSON_NULL) {
	case LT_JSON_NULL:
		return "";
	case LT_JSON_BOOL:
		return lt_json_integer(value) ? "true" : "false";
	case LT_JSON_INTEGER:
		snprintf(room, LT_LIST_NUMBER, "%" PRId64, lt_json_integer(value));
		return room;
	case LT_JSON_REAL:
		lt_format_real(lt_json_real(value), room);
		return room;
	case LT_JSON_TEXT:
		return lt_json_text(value);
	default:
		return lt_list_nested;
	}
}

/* JSON lines, by the file's name or because another line follows an object in the first. */
static bool is_lines(const struct lt_list *list, const struct lt_text *text)
{
	size_t n, end, next;
	const char *head = lt_text_head(text, &n), *line = memchr(head, '\n', n);

	if (lt_path_ends(list->entry->name, ".jsonl") ||
	    lt_path_ends(list->entry->name, ".ndjson"))
		return true;
	end = line ? (size_t)(line - head) : 0;
	for (next = end; next < n && (head[next] == '\n' || head[next] == '\r'); next++)
		;
	while (end > 0 && (head[end - 1] == '\r' || head[end - 1] == ' '))
		end--;
	return end > 0 && head[0] == '{' && head[end - 1] == '}' && next < n &&
	       head[next] == '{';
}

static bool has_rows(const struct reading *reading)
{
	return reading->shape == LT_LIST_ROWS || reading->shape == LT_LIST_SPLITS ||
	       lt_list_shape_is_weak(reading->shape);
}

static bool is_row(const struct reading *reading, const struct lt_json *json)
{
	enum lt_split split;

	if (reading->shape == LT_LIST_MAP)
		return json->key && !json->in_array && lt_list_is_cell(json->value);
	if (reading->shape == LT_LIST_PATHS)
		return lt_list_is_path_of_class(json);
	if (reading->shape == LT_LIST_SPLITS)
		return json->key && json->in_array && !lt_list_is_cell(json->value) &&
		       lt_list_key_is_split(reading->list, json->key, &split);
	if (!reading->key)
		return !json->key;
	return json->in_array && strcmp(json->key, reading->key) == 0;
}

/* ------------------------------------------------------------------ rows */

/* The titles of the sample: the keys of its objects, in order of appearance. */
struct titles {
	const char **title;
	size_t n;
	struct lt_arena *arena;
	bool failed;
};

static bool add_title(void *arg, const char *key, const struct lt_json_value *value)
{
	struct titles *titles = arg;
	size_t i;

	(void)value;
	for (i = 0; i < titles->n; i++)
		if (strcmp(titles->title[i], key) == 0)
			return true;
	if (titles->n == LT_CSV_CELLS)
		return false;
	titles->title[titles->n] = lt_arena_text(titles->arena, key);
	titles->failed = !titles->title[titles->n++];
	return !titles->failed;
}

struct triple {
	enum lt_json_kind kind[3];
	int n;
};

static bool add_kind(void *arg, const char *key, const struct lt_json_value *value)
{
	struct triple *triple = arg;

	(void)key;
	if (triple->n < 3)
		triple->kind[triple->n] = lt_json_kind(value);
	return triple->n++ < 3;
}

/* Is it [path, number, name]? */
static bool is_triple(const struct lt_json_value *value)
{
	struct triple triple = {.n = 0};

	if (lt_json_kind(value) != LT_JSON_ARRAY)
		return false;
	lt_json_each(value, add_kind, &triple);
	return triple.n == 3 && triple.kind[0] == LT_JSON_TEXT &&
	       triple.kind[1] == LT_JSON_INTEGER && triple.kind[2] == LT_JSON_TEXT;
}

/* CoOp's arrays have no titles, but their columns are known.  False: no memory. */
static bool name_triple(struct titles *titles)
{
	return add_title(titles, "path", NULL) && add_title(titles, "label", NULL) &&
	       add_title(titles, "classname", NULL);
}

/* Arrays of one element are that element. */
static bool add_cell(void *arg, const char *key, const struct lt_json_value *value)
{
	struct reading *reading = arg;

	(void)key;
	if (reading->n == LT_CSV_CELLS)
		return false;
	reading->cell[reading->n] = lt_list_scalar(value, reading->number[reading->n]);
	reading->n++;
	return true;
}

static void add_member(struct reading *reading, const struct lt_json_value *value)
{
	size_t before = reading->n;

	if (value && lt_json_kind(value) == LT_JSON_ARRAY) {
		lt_json_each(value, add_cell, reading);
		if (reading->n == before + 1)
			return;
		reading->n = before;
	}
	add_cell(reading, NULL, value);
}

/* The value's cells. */
static void make_cells(struct reading *reading, const struct lt_json *json)
{
	const struct lt_list_sample *sample = &reading->list->sample;
	size_t i;

	reading->n = 0;
	if (reading->shape == LT_LIST_MAP) {
		reading->cell[reading->n++] = json->key;
		add_cell(reading, NULL, json->value);
	} else if (reading->shape == LT_LIST_PATHS) {
		add_cell(reading, NULL, json->value);
		reading->cell[reading->n++] = json->key;
	} else if (lt_json_kind(json->value) == LT_JSON_ARRAY) {
		lt_json_each(json->value, add_cell, reading);
	} else {
		for (i = 0; sample->has_titles && i < sample->row[0].n; i++)
			add_member(reading,
				   lt_json_member(json->value, sample->row[0].cell[i]));
	}
}

/* ------------------------------------------------------------------ the sample */

/* Calls visit for each value of the sample until it fails. */
static int each_in_head(struct reading *reading, const struct lt_text *text,
			int (*visit)(struct reading *, const struct lt_json *, void *,
				     struct lt_error *),
			void *arg, struct lt_error *err)
{
	struct lt_list *list = reading->list;
	struct lt_text_bytes bytes;
	struct lt_text part;
	struct lt_json json;
	int status;

	bytes.at = lt_text_head(text, &bytes.left);
	status = lt_text_open(&part, list->name, LT_MAX_LIST, lt_text_from_bytes, &bytes, err);
	if (status)
		return status;
	lt_json_open(&json, &part, is_lines(list, text));
	do {
		status = lt_json_next(&json, err);
		/* If the text continues, the last value may be truncated. */
		if (status == LT_DATA && !text->ended && json.number > 0)
			status = 0;
		else if (status == 0 && json.value)
			status = visit(reading, &json, arg, err);
	} while (status == 0 && json.value && json.number < LT_LIST_SAMPLE);
	lt_json_close(&json);
	lt_text_close(&part);
	return status;
}

static int find_shape(struct reading *reading, const struct lt_json *json, void *arg,
		      struct lt_error *err)
{
	struct titles *titles = arg;
	enum lt_list_shape shape = lt_list_shape_of(reading->list, json);

	if (reading->shape == LT_LIST_SHAPELESS ||
	    (lt_list_shape_is_weak(reading->shape) && shape != LT_LIST_SHAPELESS &&
	     !lt_list_shape_is_weak(shape))) {
		reading->shape = shape;
		if (shape == LT_LIST_SPLITS)
			lt_list_key_is_split(reading->list, json->key, &reading->list->split);
		if (shape == LT_LIST_SPLITS && is_triple(json->value) && !name_triple(titles))
			return lt_fail_memory(err);
		if (shape == LT_LIST_ROWS && json->key) {
			reading->key = lt_arena_text(&reading->list->sample.arena, json->key);
			if (!reading->key)
				return lt_fail_memory(err);
		}
	}
	if ((reading->shape == LT_LIST_ROWS || reading->shape == LT_LIST_SPLITS) &&
	    is_row(reading, json) && lt_json_kind(json->value) == LT_JSON_OBJECT)
		lt_json_each(json->value, add_title, titles);
	return titles->failed ? lt_fail_memory(err) : 0;
}

static int add_to_sample(struct reading *reading, const struct lt_json *json, void *arg,
			 struct lt_error *err)
{
	(void)arg;
	if (!is_row(reading, json) || lt_list_sample_is_full(&reading->list->sample))
		return 0;
	make_cells(reading, json);
	return lt_list_sample_add(&reading->list->sample, reading->cell, reading->n, err);
}

static int make_sample(struct reading *reading, const struct lt_text *text,
		       struct lt_error *err)
{
	struct lt_list_sample *sample = &reading->list->sample;
	struct titles titles = {.arena = &sample->arena};
	int status;

	titles.title = lt_arena_array(&sample->arena, LT_CSV_CELLS, sizeof *titles.title);
	if (!titles.title)
		return lt_fail_memory(err);
	status = each_in_head(reading, text, find_shape, &titles, err);
	if (status || !has_rows(reading))
		return status;
	sample->has_titles = titles.n > 0;
	if (sample->has_titles)
		status = lt_list_sample_add(sample, titles.title, titles.n, err);
	return status ? status : each_in_head(reading, text, add_to_sample, NULL, err);
}

/* ------------------------------------------------------------------ reading */

/* A class's number and name, from an element of "categories". */
int lt_list_category(struct lt_list *list, const struct lt_json *json, struct lt_error *err)
{
	if ((json->key && !lt_list_is_under(json, "categories")) ||
	    lt_json_kind(json->value) != LT_JSON_OBJECT || !lt_list_is_class(json->value))
		return 0;
	if (!list->lists->labels.table.from)
		list->lists->labels.table.from =
			lt_arena_text(&list->lists->import->arena, list->name);
	if (!list->lists->labels.table.from)
		return lt_fail_memory(err);
	return lt_class_table_add(&list->lists->labels,
				  lt_json_integer(lt_json_member(json->value, "id")),
				  lt_json_text(lt_json_member(json->value, "name")), err);
}

static int add_row(struct reading *reading, const struct lt_json *json, struct lt_error *err)
{
	const struct lt_list *list = reading->list;

	make_cells(reading, json);
	if (reading->shape == LT_LIST_SPLITS) {
		lt_list_key_is_split(list, json->key, &reading->list->split);
		if (list->sample.has_titles && reading->n != list->sample.row[0].n)
			return lt_json_wrong(
				json, "it does not have as many values as the first row", err);
	}
	return lt_list_add_row(reading->list, reading->cell, reading->n, json->number, err);
}

/* A value that is not a row.  It is an error if it looks like one: rows must not be lost
 * because of their key. */
static int pass_value(struct reading *reading, const struct lt_json *json, struct lt_error *err)
{
	enum lt_list_shape shape = lt_list_shape_of(reading->list, json);
	char what[400];

	if (reading->shape == LT_LIST_PATHS && json->key)
		return lt_json_wrong(
			json, "neither a class with the paths of its images nor such a path",
			err);
	if (!json->key || !json->in_array || (shape != LT_LIST_ROWS && shape != LT_LIST_SPLITS))
		return lt_list_category(reading->list, json, err);
	if (reading->shape == LT_LIST_SPLITS)
		snprintf(what, sizeof what,
			 "a row under \"%.100s\", which is not the name of a split; --splits "
			 "says "
			 "which it is",
			 json->key);
	else if (reading->shape == LT_LIST_ROWS && lt_json_kind(json->value) == LT_JSON_ARRAY)
		snprintf(what, sizeof what,
			 "a row under \"%.100s\", and the rows before are under \"%.100s\"; "
			 "--splits train=%.100s,… says which splits they are",
			 json->key, reading->key ? reading->key : "",
			 reading->key ? reading->key : "NAME");
	else
		return lt_list_category(reading->list, json, err);
	return lt_json_wrong(json, what, err);
}

static int read_rows(struct reading *reading, struct lt_json *json, struct lt_error *err)
{
	int status;

	for (;;) {
		status = lt_json_next(json, err);
		if (status || !json->value)
			return status;
		status = is_row(reading, json) ? add_row(reading, json, err)
					       : pass_value(reading, json, err);
		if (status)
			return status;
	}
}

/* Reads the classes of a file that contains nothing else. */
static int read_classes(struct lt_list *list, struct lt_json *json, struct lt_error *err)
{
	int status;

	lt_list_mark_used(list);
	do {
		status = lt_json_next(json, err);
		if (status == 0 && json->value)
			status = lt_list_category(list, json, err);
	} while (status == 0 && json->value);
	return status;
}

/* Are the sample's rows images, as far as can be seen? */
static int judge(struct reading *reading, bool *is_list, struct lt_error *err)
{
	struct lt_list *list = reading->list;
	bool asked = list->lists->asked;
	int status;

	*is_list = reading->shape == LT_LIST_COCO || reading->shape == LT_LIST_CATEGORIES;
	if (!has_rows(reading))
		return 0;
	status = lt_list_find_path(&list->columns, list->lists->import, &list->lists->index,
				   list->entry, &list->sample, err);
	if (status || list->columns.path < 0 || (list->columns.named == 0 && !asked))
		return status;
	status = lt_list_find_label(list, err);
	*is_list = status == 0 || asked;
	return status;
}

static int read_json(struct reading *reading, struct lt_text *text, bool *is_list,
		     struct lt_error *err)
{
	struct lt_list *list = reading->list;
	struct lt_json json;
	bool rows;
	int status = make_sample(reading, text, err);

	if (status == 0)
		status = judge(reading, is_list, err);
	if (status || !*is_list)
		return status;
	rows = has_rows(reading);
	if (rows && !lt_list_has_classes(list))
		return lt_list_pass_bare(list, err);
	if (rows)
		status = lt_list_accept(list, err);
	if (status)
		return status;
	lt_json_open(&json, text, is_lines(list, text));
	status = reading->shape == LT_LIST_COCO		? lt_list_read_coco(list, &json, err)
		 : reading->shape == LT_LIST_CATEGORIES ? read_classes(list, &json, err)
							: read_rows(reading, &json, err);
	lt_json_close(&json);
	return status;
}

int lt_list_read_json(struct lt_list *list, struct lt_text *text, bool *is_list,
		      struct lt_error *err)
{
	struct reading reading = {.list = list};
	int status;

	*is_list = false;
	reading.cell = lt_new_array(LT_CSV_CELLS, sizeof *reading.cell);
	reading.number = lt_new_array(LT_CSV_CELLS, sizeof *reading.number);
	status = reading.cell && reading.number ? read_json(&reading, text, is_list, err)
						: lt_fail_memory(err);
	lt_free(reading.cell);
	lt_free(reading.number);
	return status;
}
