/*
 * What precedes the rows of a list: the line "sep=;" of Excel, and comments.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "image/image.h"
#include "import/list_private.h"
#include "import/list_titles.h"

static const char separators[] = ",;\t|";

struct line {
	const char *at;
	size_t n; /* without its end */
};

/* The line at *from, which moves behind its end. */
static struct line next_line(const char **from, const char *end)
{
	struct line line = {.at = *from};
	const char *at = *from;

	while (at < end && *at != '\n' && *at != '\r')
		at++;
	line.n = (size_t)(at - line.at);
	if (at < end && *at == '\r' && at + 1 < end && at[1] == '\n')
		at++;
	*from = at < end ? at + 1 : at;
	return line;
}

/* ------------------------------------------------------------------ sep= */

/* "sep=;": Excel writes and obeys it.  Otherwise *form stays. */
static int read_separator(const struct lt_list *list, struct line line, enum lt_csv_form *form,
			  struct lt_error *err)
{
	static const enum lt_csv_form forms[] = {LT_CSV_COMMA, LT_CSV_SEMICOLON, LT_CSV_TAB,
						 LT_CSV_PIPE};
	const char *found;

	if (line.n != 5 || strncasecmp(line.at, "sep=", 4) != 0)
		return 0;
	found = memchr(separators, line.at[4], sizeof separators - 1);
	if (!found)
		return lt_fail(err, LT_DATA,
			       "%s:1: \"%.5s\": a separator other than a comma, a semicolon, a "
			       "tab or | is not read",
			       list->name, line.at);
	*form = forms[found - separators];
	return 0;
}

/* ------------------------------------------------------------------ comments */

/* Is the text that begins a row the name of an image? */
static bool is_image(const struct lt_list *list, struct line line, size_t n)
{
	char text[LT_MAX_ENTRY_NAME + 1];

	if (n > LT_MAX_ENTRY_NAME)
		return false;
	snprintf(text, sizeof text, "%.*s", (int)n, line.at);
	/* "# see a.jpg" is a comment unless an image has this name. */
	return (n > 1 && text[1] != ' ' && text[1] != '#' && lt_image_is_named(text)) ||
	       lt_list_find(&list->lists->index, list->entry, text).match != LT_MATCH_NONE;
}

/* "#1.jpg,cat": a row. */
static bool is_row(const struct lt_list *list, struct line line)
{
	size_t i;

	for (i = 1; i <= line.n; i++)
		if ((i == line.n || line.at[i] == ' ' ||
		     memchr(separators, line.at[i], sizeof separators - 1)) &&
		    is_image(list, line, i))
			return true;
	return false;
}

/* "#id,file,class": titles of columns. */
static bool are_titles(struct line line)
{
	char text[LT_LINE_BYTES + 1], *cell = text;
	size_t by, n;
	bool last;

	if (line.n > LT_LINE_BYTES)
		return false;
	snprintf(text, sizeof text, "%.*s", (int)line.n, line.at);
	by = strcspn(text, separators);
	if (text[by] == '\0')
		return false;
	for (const char one[] = {text[by], '\0'};; cell += n + 1) {
		n = strcspn(cell, one);
		last = cell[n] == '\0';
		cell[n] = '\0';
		if (lt_title_is_known(cell))
			return true;
		if (last)
			return false;
	}
}

int lt_list_find_lead(const struct lt_list *list, const struct lt_text *text,
		      struct lt_list_lead *lead, struct lt_error *err)
{
	size_t n;
	const char *at = lt_text_head(text, &n), *end = at + n, *from = at;
	struct line line, last = {.n = 0};
	uint64_t lines = 0;
	int status;

	*lead = (struct lt_list_lead){.form = LT_CSV_FORMS};
	status = read_separator(list, next_line(&from, end), &lead->form, err);
	if (status)
		return status;
	if (lead->form != LT_CSV_FORMS) {
		lines = lead->lines = 1;
		at = from;
	}
	/* Lines at the end of the head may be truncated. */
	while (at < end) {
		line = next_line(&at, end);
		if (line.n > 0 && (line.at[0] != '#' || (at == end && !text->ended)))
			break;
		lines++;
		if (line.n == 0)
			continue;
		if (is_row(list, line))
			break;
		last = line;
		lead->lines = lines;
	}
	/* The last of them may be the titles of the columns. */
	if (last.n > 0 && are_titles(last))
		lead->lines--;
	return 0;
}
