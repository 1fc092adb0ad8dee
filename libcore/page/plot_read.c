#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "page/plot.h"
#include "stream/lines.h"

/* The places of the columns in a line; -1: not wanted. */
enum { X, BY, LOW, HIGH, X_LOW, X_HIGH, ROLES };

struct places {
	int of[ROLES];
	int y[LT_PLOT_SERIES], n_y;
	const char *y_name[LT_PLOT_SERIES];
};

struct reading {
	struct lt_plot *plot;
	const struct lt_plot_wish *wish;
	struct lt_lines lines;
	struct places at;
	char *field[LT_PLOT_COLUMNS]; /* of the current line */
	int fields;
	bool words; /* some x is not a number */
};

static int wrong(const struct reading *r, struct lt_error *err, const char *fmt, ...)
	LT_PRINTF(3, 4);

/* LT_DATA, with the line. */
static int wrong(const struct reading *r, struct lt_error *err, const char *fmt, ...)
{
	char what[600];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	return lt_lines_wrong(&r->lines, what, err);
}

static int cut(struct reading *r, char *line, struct lt_error *err)
{
	char *field;

	for (r->fields = 0; (field = lt_line_field(&line)) != NULL; r->fields++) {
		if (r->fields == LT_PLOT_COLUMNS)
			return lt_lines_wrong(&r->lines, "too many columns", err);
		r->field[r->fields] = field;
	}
	return 0;
}

/* ------------------------------------------------------------------------- columns */

static int no_column(const struct reading *r, const char *name, struct lt_error *err)
{
	char names[600] = "";
	size_t used = 0;

	for (int i = 0; i < r->fields && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
					 i ? ", " : "", r->field[i]);
	return lt_fail(err, LT_USAGE, "%s: no column '%s'; there are: %s", r->lines.path, name,
		       names);
}

static int find(const struct reading *r, const char *name, int *at, struct lt_error *err)
{
	*at = -1;
	if (!name)
		return 0;
	for (int i = 0; i < r->fields; i++)
		if (strcmp(r->field[i], name) == 0) {
			*at = i;
			return 0;
		}
	return no_column(r, name, err);
}

/* Several names with commas between. */
static int find_y(struct reading *r, struct lt_error *err)
{
	struct places *at = &r->at;
	const char *name = r->wish->y;
	int code = 0;

	for (at->n_y = 0; name && code == 0; at->n_y++) {
		const char *comma = strchr(name, ',');
		size_t n = comma ? (size_t)(comma - name) : strlen(name);

		if (at->n_y == LT_PLOT_SERIES)
			return lt_fail(err, LT_USAGE, "more than %d columns for y",
				       LT_PLOT_SERIES);
		at->y_name[at->n_y] = lt_arena_text_n(&r->plot->arena, name, n);
		if (!at->y_name[at->n_y])
			return lt_fail_memory(err);
		code = find(r, at->y_name[at->n_y], &at->y[at->n_y], err);
		name = comma ? comma + 1 : NULL;
	}
	return code;
}

static int read_names(struct reading *r, struct lt_error *err)
{
	const struct lt_plot_wish *wish = r->wish;
	const char *const names[ROLES] = {
		[X] = wish->x,	     [BY] = wish->by,	    [LOW] = wish->low,
		[HIGH] = wish->high, [X_LOW] = wish->x_low, [X_HIGH] = wish->x_high};
	struct lt_plot *plot = r->plot;
	int code = 0;

	for (int i = 0; i < ROLES && code == 0; i++)
		code = find(r, names[i], &r->at.of[i], err);
	if (code != 0 || (code = find_y(r, err)) != 0)
		return code;
	if (!wish->x)
		r->at.of[X] = 0;
	plot->x_name = lt_arena_text(&plot->arena, r->field[r->at.of[X]]);
	plot->y_name = r->at.n_y == 1 ? r->at.y_name[0] : "";
	return plot->x_name ? 0 : lt_fail_memory(err);
}

/* -------------------------------------------------------------------------- values */

static bool is_none(const char *text)
{
	static const char *const none[] = {"", "-", "nan", "-nan", "inf", "-inf"};

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (strcmp(text, none[i]) == 0)
			return true;
	return false;
}

static bool is_number(const char *text, double *value)
{
	return lt_parse_real(text, -1e300, 1e300, value);
}

/* The value of a column; NaN: none. */
static int value_of(struct reading *r, int column, double *value, struct lt_error *err)
{
	*value = NAN;
	if (column < 0)
		return 0;
	if (column >= r->fields)
		return lt_lines_wrong(&r->lines, "fewer values than columns", err);
	if (is_none(r->field[column]) || is_number(r->field[column], value))
		return 0;
	return wrong(r, err, "'%.40s' is not a number", r->field[column]);
}

/* The place of a text in a list, where it is added if it is new; -1: the list is full. */
static int place_of(struct lt_plot *plot, const char *list[], int *n, int most,
		    const char *text, struct lt_error *err, int *code)
{
	for (int i = 0; i < *n; i++)
		if (strcmp(list[i], text) == 0)
			return i;
	if (*n == most)
		return -1;
	list[*n] = lt_arena_text(&plot->arena, text);
	if (!list[*n])
		*code = lt_fail_memory(err);
	else
		++*n;
	return *n - 1;
}

/*
 * The series of a line and column: the value of `by`, after the column's name if it is a
 * number, and the name of the column of y if there are several.
 */
static int series_of(struct reading *r, int y, int *series, struct lt_error *err)
{
	int by = r->at.of[BY], code = 0;
	const char *value = "", *of = "", *column = r->at.y_name[y];
	char name[3 * LT_LINE_BYTES];
	double number;

	if (by >= r->fields)
		return lt_lines_wrong(&r->lines, "fewer values than columns", err);
	if (by >= 0) {
		value = r->field[by];
		of = is_number(value, &number) ? r->wish->by : "";
		column = r->at.n_y > 1 ? column : "";
	}
	snprintf(name, sizeof name, "%s%s%s%s%s", of, *of ? " " : "", value,
		 *value && *column ? ", " : "", column);
	*series = place_of(r->plot, r->plot->series, &r->plot->n_series, LT_PLOT_SERIES, name,
			   err, &code);
	if (*series < 0)
		return wrong(r, err, "more than %d series", LT_PLOT_SERIES);
	return code;
}

static int append(struct lt_plot *plot, const struct lt_plot_point *point,
		  const struct lt_lines *lines, struct lt_error *err)
{
	if (plot->n == LT_PLOT_POINTS)
		return lt_lines_wrong(lines, "too many points", err);
	if (plot->n % 256 == 0) {
		struct lt_plot_point *grown =
			lt_grow_array(plot->point, plot->n + 256, sizeof *plot->point);

		if (!grown)
			return lt_fail_memory(err);
		plot->point = grown;
	}
	plot->point[plot->n++] = *point;
	return 0;
}

/* x as a number, and its place among the words: which of them x are is known at the end. */
static int x_of(struct reading *r, struct lt_plot_point *point, struct lt_error *err)
{
	struct lt_plot *plot = r->plot;
	const char *text;
	int code = 0;

	if (r->at.of[X] >= r->fields)
		return lt_lines_wrong(&r->lines, "fewer values than columns", err);
	text = r->field[r->at.of[X]];
	if (is_none(text)) {
		point->word = -1;
		return 0;
	}
	if (!is_number(text, &point->x))
		r->words = true;
	point->word =
		place_of(plot, plot->word, &plot->n_words, LT_PLOT_WORDS, text, err, &code);
	if (r->words && point->word < 0)
		return wrong(r, err, "more than %d values of %s, some of which are not numbers",
			     LT_PLOT_WORDS, plot->x_name);
	return code;
}

static int read_line(struct reading *r, struct lt_error *err)
{
	struct lt_plot_point point = {.x = NAN};
	const int *of = r->at.of;
	int code = x_of(r, &point, err);

	if (code != 0 || (code = value_of(r, of[LOW], &point.low, err)) != 0 ||
	    (code = value_of(r, of[HIGH], &point.high, err)) != 0 ||
	    (code = value_of(r, of[X_LOW], &point.x_low, err)) != 0 ||
	    (code = value_of(r, of[X_HIGH], &point.x_high, err)) != 0)
		return code;
	for (int y = 0; y < r->at.n_y && code == 0; y++) {
		code = value_of(r, r->at.y[y], &point.y, err);
		if (code == 0)
			code = series_of(r, y, &point.series, err);
		if (code == 0 && isfinite(point.y) && (isfinite(point.x) || point.word >= 0))
			code = append(r->plot, &point, &r->lines, err);
	}
	return code;
}

/* -------------------------------------------------------------------------- tables */

/* Reads the wished table, and counts the others. */
static int read_tables(struct reading *r, struct lt_error *err)
{
	struct lt_plot *plot = r->plot;
	bool between = true;
	char *line;
	int code;

	while ((code = lt_lines_next(&r->lines, &line, NULL, err)) == 0 && line) {
		bool first = between;

		if (*line == '#')
			continue;
		between = *line == '\0';
		if (between)
			continue;
		plot->tables += first;
		if (plot->tables != r->wish->table)
			continue;
		if ((code = cut(r, line, err)) == 0)
			code = first ? read_names(r, err) : read_line(r, err);
		if (code != 0)
			break;
	}
	if (code == 0 && plot->tables == 0)
		return lt_fail(err, LT_DATA, "%s: no table: it has no line of names",
			       r->lines.path);
	if (code == 0 && plot->tables < r->wish->table)
		code = lt_fail(err, LT_DATA, "%s: %d table%s, number %d is wanted",
			       r->lines.path, plot->tables, plot->tables == 1 ? "" : "s",
			       r->wish->table);
	return code;
}

/* Words are at 0, 1, 2 …, other x where they are. */
static int settle_words(struct reading *r, struct lt_error *err)
{
	struct lt_plot *plot = r->plot;

	if (!r->words) {
		plot->n_words = 0;
		return 0;
	}
	if (r->wish->x_low || r->wish->x_high)
		return lt_fail(err, LT_DATA,
			       "%s: some values of %s are not numbers, so they have "
			       "no intervals",
			       r->lines.path, plot->x_name);
	for (size_t i = 0; i < plot->n; i++)
		plot->point[i].x = plot->point[i].word;
	return 0;
}

int lt_plot_read(struct lt_plot *plot, const char *path, const struct lt_plot_wish *wish,
		 struct lt_error *err)
{
	struct reading *r = lt_new_array(1, sizeof *r);
	int code;

	if (!r)
		return lt_fail_memory(err);
	r->plot = plot;
	r->wish = wish;
	code = lt_lines_open(&r->lines, path, LT_PLOT_BYTES, err);
	if (code == 0) {
		plot->name = r->lines.path;
		code = read_tables(r, err);
		if (code == 0)
			code = settle_words(r, err);
		lt_lines_close(&r->lines);
	}
	lt_free(r);
	return code;
}

void lt_plot_free(struct lt_plot *plot)
{
	lt_free(plot->point);
	lt_arena_free(&plot->arena);
	*plot = (struct lt_plot){0};
}
