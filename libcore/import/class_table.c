/*
 * Class tables: "classes.txt" with one name per line, or with numbers before or after them, and
 * perhaps with a header.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "archive/path.h"
#include "base/memory.h"
#include "format/csv.h"
#include "import/labels.h"
#include "import/list_titles.h"
#include "stream/mp.h"

int lt_class_table_add(struct lt_labels *labels, int64_t number, const char *name,
		       struct lt_error *err)
{
	struct lt_class_table *table = &labels->table;
	size_t n = strlen(name), room = table->room ? 2 * table->room : 256;
	struct lt_class_name *block;

	if (n == 0 || n > LT_MAX_NAME || !lt_text_is_clean(name, n))
		return lt_fail(err, LT_DATA,
			       "%s: the name of class %" PRId64
			       " is empty, too long or not clean UTF-8",
			       lt_listing_name(labels->import->listing), number);
	if (table->n > 4 * LT_MAX_CLASSES)
		return lt_fail(err, LT_DATA, "%s: more than %d names of classes",
			       lt_listing_name(labels->import->listing), 4 * LT_MAX_CLASSES);
	if (table->n == table->room) {
		block = lt_grow_array(table->class, room, sizeof *block);
		if (!block)
			return lt_fail_memory(err);
		table->class = block;
		table->room = room;
	}
	name = lt_labels_keep(labels, name, n);
	if (!name)
		return lt_fail_memory(err);
	table->class[table->n++] = (struct lt_class_name){number, name};
	return 0;
}

bool lt_class_table_is_named(const char *name)
{
	static const char *const known[] = {
		"classes.txt",	"classnames.txt",     "class_names.txt", "class_name.txt",
		"classes.csv",	"label_names.txt",    "labelnames.txt",	 "labels.txt",
		"category.txt", "categories.txt",     "names.txt",	 "class_labels.txt",
		"labels.names", "category_names.txt",
	};
	const char *base = lt_path_base(name);
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcasecmp(base, known[i]) == 0)
			return true;
	return false;
}

/* The number at the beginning of a line, and what follows it; false: there is no number. */
static bool leading(const char *line, int64_t *number, const char **name)
{
	size_t n = strspn(line, "0123456789");
	const char *at = line + n;

	if (!lt_labels_number(line, n, number) || !strchr(" \t,:;", *at))
		return false;
	*name = at + strspn(at, " \t,:;");
	return **name != '\0';
}

/* The number at its end. */
static bool trailing(char *line, int64_t *number, const char **name)
{
	size_t n = strlen(line), digits = n;

	while (digits > 0 && line[digits - 1] >= '0' && line[digits - 1] <= '9')
		digits--;
	if (digits == 0 || !strchr(" \t,", line[digits - 1]) ||
	    !lt_labels_number(line + digits, n - digits, number))
		return false;
	while (digits > 0 && strchr(" \t,", line[digits - 1]))
		digits--;
	line[digits] = '\0';
	*name = line;
	return digits > 0;
}

/* The form of the lines: all have a number before the name, all have it after the name, or all
 * have only names.  The first line may be a header. */
struct form {
	bool before, behind; /* of the lines after the first */
	bool first_before, first_behind, first_titles;
	bool only_title; /* the first line is nothing else */
	bool is_csv;
	size_t lines;
	bool header;
};

/* Does the line have a title, in any of its cells? */
static bool has_title(const char *line)
{
	static const char *const known[] = {
		"name",	 "names",    "class",	   "classes",	"label",      "labels",
		"id",	 "category", "categories", "classname", "classnames", "labelname",
		"index", "classid",  "labelid",	   "categoryid"};
	char cell[64];
	size_t i, n;

	for (; *line; line += n + (line[n] != '\0')) {
		n = strcspn(line, " \t,;");
		snprintf(cell, sizeof cell, "%.*s", n < sizeof cell ? (int)n : 0, line);
		for (i = 0; n > 0 && i < sizeof known / sizeof known[0]; i++)
			if (lt_title_same(cell, known[i]))
				return true;
	}
	return false;
}

static void look_at(struct form *form, char *line)
{
	const char *name;
	int64_t number;
	bool before = leading(line, &number, &name), behind;

	if (form->lines == 0) {
		form->first_titles = has_title(line);
		form->only_title = form->first_titles && !line[strcspn(line, " \t,;")];
	}
	behind = trailing(line, &number, &name); /* cuts the line */
	if (form->lines++ == 0) {
		form->first_before = before;
		form->first_behind = behind;
		return;
	}
	form->before = form->before && before;
	form->behind = form->behind && behind;
}

/* A header is a first line with titles: above numbers, one without a number; above names, one
 * that is nothing but a title. */
static void settle_form(struct form *form)
{
	if (form->lines < 2) {
		form->before = form->first_before;
		form->behind = form->first_behind;
	} else if (form->before && !form->first_before) {
		form->header = form->before = form->first_titles;
	} else if (form->behind && !form->first_behind) {
		form->header = form->behind = form->first_titles;
	}
	if (!form->before && !form->behind && form->lines > 1)
		form->header = form->only_title;
}

/* The name without its quotation marks; with cut, without the cells after it. */
static const char *first_cell(char *line, const char *at, bool cut)
{
	char *name = line + (at - line), *from = name, *to = name;

	if (*from != '"') {
		if (cut)
			name[strcspn(name, ",")] = '\0';
		return name;
	}
	for (from++; *from && (*from != '"' || from[1] == '"'); from++) {
		from += *from == '"';
		*to++ = *from;
	}
	*to = '\0';
	return name;
}

static int read_line(struct lt_labels *labels, char *line, const struct form *form,
		     struct lt_error *err)
{
	int64_t number = (int64_t)labels->table.n;
	const char *name = line;

	if (form->before)
		leading(line, &number, &name);
	else if (form->behind)
		trailing(line, &number, &name);
	if (form->is_csv)
		name = first_cell(line, name, form->before);
	return lt_class_table_add(labels, number, name, err);
}

/* Reads all lines, which are in memory, because a table is short. */
static int read_lines(struct lt_labels *labels, const struct lt_text *text, struct form *form,
		      bool add, struct lt_error *err)
{
	struct lt_text_bytes bytes;
	struct lt_text part;
	struct lt_csv csv;
	char line[LT_LINE_BYTES + 1];
	bool header = add && form->header;
	int status;

	bytes.at = lt_text_head(text, &bytes.left);
	status = lt_text_open(&part, text->name, LT_TEXT_HEAD, lt_text_from_bytes, &bytes, err);
	if (status)
		return status;
	status = lt_csv_open(&csv, &part, LT_CSV_LINE, err);
	while (status == 0 && (status = lt_csv_next(&csv, err)) == 0 && csv.n > 0) {
		snprintf(line, sizeof line, "%s", csv.cell[0]);
		if (!add)
			look_at(form, line);
		else if (!header)
			status = read_line(labels, line, form, err);
		header = false;
	}
	lt_csv_close(&csv);
	lt_text_close(&part);
	return status;
}

int lt_class_table_read(struct lt_labels *labels, struct lt_text *text, struct lt_error *err)
{
	struct form form = {
		.before = true, .behind = true, .is_csv = lt_path_ends(text->name, ".csv")};
	char note[700];
	int status;

	if (labels->table.from || !text->ended) {
		snprintf(note, sizeof note,
			 "%.600s: a second or too long table of classes, "
			 "passed over",
			 text->name);
		labels->import->host.notice(labels->import->host.arg, note);
		return 0;
	}
	labels->table.from = lt_arena_text(&labels->import->arena, text->name);
	if (!labels->table.from)
		return lt_fail_memory(err);
	status = read_lines(labels, text, &form, false, err);
	settle_form(&form);
	labels->table.by_line = !form.before && !form.behind;
	return status ? status : read_lines(labels, text, &form, true, err);
}
