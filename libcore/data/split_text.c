/*
 * Reads the order of classes and the counts of ltsplit.  Files are read line by line and
 * are not trusted: numbers are parsed strictly, and names must be known.
 */
#include "data/split_text.h"

#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/number.h"
#include "stream/lines.h"

/* One line per class, and as many lines of comments. */
#define MAX_COUNTS ((uint64_t)2 * LT_MAX_CLASSES * (LT_MAX_NAME + 32))

/* ---------------------------------------------------------------- class names */

/* Parses a comma-separated list of classes; *seen has one byte per class. */
static int take_order(char *list, const char *const *name, const struct lt_names *names,
		      int *order, uint8_t *seen, struct lt_error *err)
{
	char *word = list, *comma;
	int c, n = 0;

	for (; word; word = comma ? comma + 1 : NULL) {
		comma = strchr(word, ',');
		if (comma)
			*comma = '\0';
		c = lt_names_label(names, word);
		if (c < 0)
			return lt_fail(err, LT_USAGE, "--order: no class '%.200s'", word);
		if (seen[c]++)
			return lt_fail(err, LT_USAGE, "--order: class '%.200s' comes twice",
				       word);
		order[n++] = c;
	}
	for (c = 0; c < names->n; c++)
		if (!seen[c])
			return lt_fail(err, LT_USAGE, "--order: class '%.200s' is missing",
				       name[c]);
	return 0;
}

int lt_split_parse_order(const char *text, const char *const *name, int classes, int *order,
			 struct lt_error *err)
{
	struct lt_names names = {0};
	uint8_t *seen;
	char *list;
	int c, code;

	for (c = 0; !text && c < classes; c++)
		order[c] = c;
	if (!text)
		return 0;
	list = lt_text_copy(text);
	seen = lt_new_array((size_t)classes, 1);
	code = list && seen && lt_names_fill(&names, name, classes)
		       ? take_order(list, name, &names, order, seen, err)
		       : lt_fail_memory(err);
	lt_names_free(&names);
	lt_free(list);
	lt_free(seen);
	return code;
}

/* --------------------------------------------------------------------- counts */

/* "name count": the count is what follows the last blank. */
static int take_count(const struct lt_lines *text, char *line, const struct lt_names *names,
		      uint64_t *counts, uint8_t *seen, struct lt_error *err)
{
	size_t end = strlen(line);
	uint64_t count;
	int c;

	while (end > 0 && line[end - 1] != ' ' && line[end - 1] != '\t')
		end--;
	if (end == 0 || !lt_parse_u64(line + end, 0, UINT32_MAX, &count))
		return lt_lines_wrong(text, "not a class and its count", err);
	while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t'))
		end--;
	line[end] = '\0';
	c = lt_names_label(names, line);
	if (c < 0)
		return lt_lines_wrong(text, "no such class", err);
	if (seen[c]++)
		return lt_lines_wrong(text, "a class for the second time", err);
	counts[c] = count;
	return 0;
}

int lt_split_read_counts(const char *path, const char *const *name, int classes,
			 uint64_t *counts, struct lt_prov_in *origin, struct lt_error *err)
{
	struct lt_names names = {0};
	struct lt_lines text;
	uint8_t *seen;
	char *line = NULL;
	int c, code = lt_lines_open(&text, path, MAX_COUNTS, err);

	if (code)
		return code;
	seen = lt_new_array((size_t)classes, 1);
	if (!seen || !lt_names_fill(&names, name, classes))
		code = lt_fail_memory(err);
	while (code == 0 && (code = lt_lines_next(&text, &line, NULL, err)) == 0 && line)
		if (*line && *line != '#')
			code = take_count(&text, line, &names, counts, seen, err);
	for (c = 0; code == 0 && c < classes; c++)
		if (!seen[c])
			code = lt_fail(err, LT_DATA, "%s: no count for class '%.200s'", path,
				       name[c]);
	*origin = (struct lt_prov_in){
		.role = "counts", .entry = -1, .bytes = text.bytes, .crc = text.crc};
	lt_free(seen);
	lt_names_free(&names);
	lt_lines_close(&text);
	return code;
}
