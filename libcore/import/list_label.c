/*
 * The column of the class.
 */
#include <float.h>
#include <string.h>
#include <strings.h>

#include "import/boxes.h"
#include "import/list_private.h"
#include "import/list_titles.h"

/* With at least this many rows, a column in which all values differ is not a class. */
#define DISTINCT_ROWS 8

static size_t first_row(const struct lt_list_columns *columns)
{
	return columns->has_header ? 1 : 0;
}

static bool is_taken(const struct lt_list_columns *columns, int c)
{
	int i;

	for (i = 0; i < columns->n_kept; i++)
		if (c == columns->kept[i])
			return true;
	return c == columns->path || c == columns->split;
}

/* ------------------------------------------------------------------ by titles */

static int several(const struct lt_list_columns *columns, const struct lt_list_sample *sample,
		   struct lt_error *err)
{
	char text[LT_LIST_DESCRIBED];

	return lt_fail(err, LT_DATA,
		       "%s: several columns could be the class; --label-column says which; it "
		       "has %s",
		       sample->name, lt_list_describe(columns, sample, text));
}

/* The only column whose title has this meaning; -1: none. */
static int only_one(const struct lt_list_columns *columns, const struct lt_list_sample *sample,
		    enum lt_title what, int *found, struct lt_error *err)
{
	int c;

	*found = -1;
	for (c = 0; c < (int)columns->n_titles; c++) {
		if (is_taken(columns, c) || lt_title_rank(what, columns->title[c]) < 0)
			continue;
		if (*found >= 0)
			return several(columns, sample, err);
		*found = c;
	}
	return 0;
}

static int by_titles(struct lt_list_columns *columns, const struct lt_list_sample *sample,
		     struct lt_error *err)
{
	int label, number, name;
	int status = only_one(columns, sample, LT_TITLE_LABEL, &label, err);

	if (status == 0)
		status = only_one(columns, sample, LT_TITLE_NUMBER, &number, err);
	if (status == 0)
		status = only_one(columns, sample, LT_TITLE_NAME, &name, err);
	if (status)
		return status;
	if (number >= 0) {
		columns->label = number;
		columns->name = name >= 0 ? name : label;
	} else if (label >= 0) {
		columns->label = label;
		columns->name = name;
	} else {
		columns->label = name;
	}
	return 0;
}

/* Has the column of the class, or the only one that may be it, objects with boxes? */
static void find_boxes(struct lt_list_columns *columns)
{
	int c;

	for (c = 0; c < (int)columns->n_titles && columns->label < 0; c++)
		if (!is_taken(columns, c) && lt_boxes_is_titled(columns->title[c]))
			columns->label = c;
	columns->boxes = columns->label >= 0 && columns->label < (int)columns->n_titles &&
			 lt_boxes_is_titled(columns->title[columns->label]);
}

/* ------------------------------------------------------------------ one column a class */

/* pandas.get_dummies writes True and False. */
int lt_list_bit(const char *text)
{
	char cell[16];
	double value;
	size_t n;

	text = lt_labels_trim(text, &n);
	if (n >= sizeof cell)
		return -1;
	memcpy(cell, text, n);
	cell[n] = '\0';
	text = cell;
	if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0)
		return text[0] == 't' || text[0] == 'T';
	if (!lt_parse_real(text, 0, 1, &value))
		return -1;
	return value == 0 ? 0 : value == 1 ? 1 : -1;
}

static bool is_binary(const struct lt_list_columns *columns,
		      const struct lt_list_sample *sample, int c)
{
	size_t r;

	for (r = first_row(columns); r < sample->n; r++)
		if (lt_list_bit(lt_list_cell(sample, r, c)) < 0)
			return false;
	return sample->n > first_row(columns);
}

int lt_list_hot(const struct lt_list_columns *columns, const char *const *cell, size_t n,
		int *found)
{
	int i, bits = 0;

	for (i = 0; i < columns->n_hot; i++) {
		int bit = (size_t)columns->hot[i] < n ? lt_list_bit(cell[columns->hot[i]]) : -1;

		if (bit < 0)
			return -1;
		if (bit && bits++ == 0)
			*found = columns->hot[i];
	}
	return bits;
}

int lt_list_add_hot(struct lt_list *list, struct lt_error *err)
{
	const struct lt_list_columns *columns = &list->columns;
	int i, status = 0;

	for (i = 0; status == 0 && i < columns->n_hot; i++)
		status = lt_labels_add(&list->lists->labels, columns->title[columns->hot[i]],
				       err);
	return status;
}

/*
 * Sets hot if each row has a 1 in exactly one of the columns of zeros and ones.  Where all
 * other columns are taken, a row without a 1 has no class.
 */
static int by_bits(struct lt_list_columns *columns, struct lt_list_sample *sample,
		   struct lt_error *err)
{
	int c, found, others = 0;
	bool some = false;
	size_t r;

	columns->hot = lt_arena_array(&sample->arena, sample->width + 1, sizeof *columns->hot);
	if (!columns->hot)
		return lt_fail_memory(err);
	for (c = 0; c < (int)columns->n_titles; c++) {
		if (is_taken(columns, c))
			continue;
		if (is_binary(columns, sample, c))
			columns->hot[columns->n_hot++] = c;
		else
			others++;
	}
	for (r = first_row(columns); r < sample->n && columns->n_hot > 1; r++) {
		int bits = lt_list_hot(columns, sample->row[r].cell, sample->row[r].n, &found);

		some = some || bits == 1;
		if (bits == 1 || (others == 0 && bits == 0))
			continue;
		if (others == 0 && bits > 1)
			return lt_fail(
				err, LT_DATA,
				"%s: row %zu has %d classes; images of several classes are "
				"not supported, --label-column names one column",
				sample->name, r, bits);
		columns->n_hot = 0;
	}
	if (columns->n_hot < 2 || !some) {
		columns->hot = NULL;
		columns->n_hot = 0;
	}
	return 0;
}

/* ------------------------------------------------------------------ what is left */

/* pandas writes row numbers in a column without a name. */
static bool is_row_number(const struct lt_list_columns *columns, int c)
{
	const char *title = (size_t)c < columns->n_titles ? columns->title[c] : "?";

	return title[0] == '\0' || strncmp(title, "Unnamed", 7) == 0;
}

/* Do all rows differ?  Quadratic time is acceptable for the few rows compared. */
static bool is_distinct(const struct lt_list_columns *columns,
			const struct lt_list_sample *sample, int c)
{
	size_t first = first_row(columns), r, other, rows = sample->n - first;

	rows = rows < 64 ? rows : 64;
	for (r = first; r < first + rows; r++)
		for (other = first; other < r; other++)
			if (strcmp(lt_list_cell(sample, r, c),
				   lt_list_cell(sample, other, c)) == 0)
				return false;
	return rows >= DISTINCT_ROWS;
}

/* Are the values of the column consecutive numbers, as those of the images are? */
static bool is_counted(const struct lt_list_sample *sample, int c)
{
	uint64_t first, number;
	size_t r;

	for (r = 0; r < sample->n; r++) {
		if (!lt_parse_u64(lt_list_cell(sample, r, c), 0, UINT64_MAX - sample->n,
				  &number))
			return false;
		if (r == 0)
			first = number;
		if (number != first + r)
			return false;
	}
	return sample->n >= DISTINCT_ROWS;
}

static int by_rest(struct lt_list_columns *columns, const struct lt_list_sample *sample,
		   struct lt_error *err)
{
	bool plain = sample->width == 2 && columns->path == 0 && !columns->has_header &&
		     !columns->rest;
	char text[LT_LIST_DESCRIBED];
	int c;

	for (c = 0; c < (int)sample->width; c++) {
		if (is_taken(columns, c) || is_row_number(columns, c))
			continue;
		if (columns->label >= 0)
			return several(columns, sample, err);
		columns->label = c;
	}
	if (columns->label < 0)
		return 0;
	if (plain && is_counted(sample, columns->label))
		return lt_fail(err, LT_DATA,
			       "%s: column %d numbers the rows, which no class does; "
			       "--label-column %d says that it is one",
			       sample->name, columns->label + 1, columns->label + 1);
	if (plain || !is_distinct(columns, sample, columns->label))
		return 0;
	return lt_fail(err, LT_DATA,
		       "%s: column %d is another in every row, which no class is; "
		       "--label-column says that it is one; it has %s",
		       sample->name, columns->label + 1,
		       lt_list_describe(columns, sample, text));
}

/* The column of --label-column.  A list without it has no classes if another list has it. */
static int by_option(struct lt_list *list, struct lt_error *err)
{
	struct lt_list_columns *columns = &list->columns;
	struct lt_error why;
	int status = lt_list_option(columns, &list->sample, "--label-column",
				    list->lists->import->label_column, &columns->label, &why);

	if (status == LT_DATA && list->lists->reason == LT_REASON_TITLE)
		return 0;
	if (status)
		return lt_fail(err, status, "%s", why.text);
	columns->reason = LT_REASON_TITLE;
	/* The split was searched first. */
	if (columns->label == columns->split)
		columns->split = -1;
	find_boxes(columns);
	return 0;
}

/* The best reason first; a list with titles ends before a weaker one than another list has. */
static int by_reasons(struct lt_list *list, struct lt_error *err)
{
	struct lt_list_columns *columns = &list->columns;
	enum lt_list_reason best = columns->has_header ? list->lists->reason : LT_REASON_NONE;
	int status = by_titles(columns, &list->sample, err);

	if (status == 0)
		find_boxes(columns);
	if (columns->label >= 0)
		columns->reason = LT_REASON_TITLE;
	if (status || columns->label >= 0 || best > LT_REASON_BITS)
		return status;
	status = by_bits(columns, &list->sample, err);
	if (columns->n_hot > 0)
		columns->reason = LT_REASON_BITS;
	if (status || columns->n_hot > 0 || best > LT_REASON_REST)
		return status;
	status = by_rest(columns, &list->sample, err);
	if (columns->label >= 0)
		columns->reason = LT_REASON_REST;
	return status;
}

bool lt_list_is_by_directory(const struct lt_import *import)
{
	return !import->no_labels && import->label_column &&
	       strcmp(import->label_column, "/") == 0;
}

int lt_list_find_label(struct lt_list *list, struct lt_error *err)
{
	const struct lt_import *import = list->lists->import;
	struct lt_list_columns *columns = &list->columns;
	struct lt_list_sample *sample = &list->sample;
	int status;

	if (columns->has_header) {
		columns->title = sample->row[0].cell;
		columns->n_titles = sample->row[0].n;
	}
	status = lt_list_find_kept(columns, import, sample, err);
	if (status == 0)
		status = lt_list_find_split(columns, import, &list->lists->splits, sample, err);
	if (status || import->no_labels)
		return status;
	columns->by_directory = lt_list_is_by_directory(import);
	if (columns->by_directory)
		return 0;
	return import->label_column ? by_option(list, err) : by_reasons(list, err);
}

/* ------------------------------------------------------------------ words */

static bool is_number(const char *text)
{
	double value;

	return lt_parse_real(text, -DBL_MAX, DBL_MAX, &value);
}

static bool is_split(const char *text)
{
	return lt_split_of_name(text, strlen(text)) != LT_SPLIT_DEFAULT;
}

/* Is the column one of numbers, or of names of splits? */
static bool is_regular(const struct lt_list *list, int c, bool (*is)(const char *text))
{
	size_t r;

	for (r = first_row(&list->columns); r < list->sample.n; r++)
		if (!is(lt_list_cell(&list->sample, r, c)))
			return false;
	return true;
}

bool lt_list_has_columns(const struct lt_list *list)
{
	const struct lt_list_columns *columns = &list->columns;
	const struct lt_list_sample *sample = &list->sample;
	const struct lt_import *import = list->lists->import;
	size_t r;
	int c;

	for (r = 0; r < sample->n; r++)
		if (sample->row[r].n != sample->width)
			return false;
	if (columns->has_header || import->label_column || import->n_kept > 0)
		return true;
	for (c = 0; c < (int)sample->width; c++)
		if (c != columns->path &&
		    (is_regular(list, c, is_number) || is_regular(list, c, is_split)))
			return true;
	return false;
}

bool lt_list_has_classes(const struct lt_list *list)
{
	return list->columns.label >= 0 || list->columns.n_hot > 0 ||
	       list->columns.by_directory || list->lists->import->no_labels;
}
