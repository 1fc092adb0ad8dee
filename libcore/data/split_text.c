/*
 * What ltsplit reads and writes as text.  Files are read a line at a time and
 * nothing in them is believed: numbers are strict, names must be known.
 */
#include "data/split_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/number.h"
#include "stream/lines.h"

/* A line a class and as much again for comments. */
#define MAX_COUNTS ((uint64_t)2 * LT_MAX_CLASSES * (LT_MAX_NAME + 32))

/* ---------------------------------------------------------------- class names */

/* The label of a class by name, else by number; -1: neither. */
static int find_class(const char *text, const struct lt_names *names)
{
	uint64_t label;
	int c = lt_names_find(names, text);

	if (c < 0 && names->n > 0 && lt_parse_u64(text, 0, (uint64_t)names->n - 1, &label))
		c = (int)label;
	return c;
}

/* The classes of a list, cut at its commas; *seen has a byte a class. */
static int take_order(char *list, const char *const *name, const struct lt_names *names,
		      int *order, uint8_t *seen, struct lt_error *err)
{
	char *word = list, *comma;
	int c, n = 0;

	for (; word; word = comma ? comma + 1 : NULL) {
		comma = strchr(word, ',');
		if (comma)
			*comma = '\0';
		c = find_class(word, names);
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
	c = find_class(line, names);
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

/* ----------------------------------------------------------- writing manifests */

int lt_split_manifest_begin(struct lt_output *output, const struct lt_split_source *data,
			    const struct lt_split_source *pool,
			    const struct lt_split_source *irrelevant, struct lt_error *err)
{
	const struct lt_split_source *const source[] = {data, pool, irrelevant};
	int i, code = lt_output_printf(output, err, "lt-split-manifest 1");

	for (i = 0; i < 3 && code == 0; i++)
		if (source[i])
			code = lt_output_printf(output, err, "\t%s\t%" PRIu64 "\t%08" PRIx32,
						source[i]->role, source[i]->n,
						lt_split_source_crcs(source[i]));
	return code == 0 ? lt_output_printf(output, err, "\n") : code;
}

/* n rows from index on, in steps of step. */
static int write_rows(struct lt_output *output, const char *what, const char *class,
		      const int64_t *index, uint64_t n, int step, struct lt_error *err)
{
	int code = 0;

	for (; n > 0 && code == 0; n--, index += step)
		code = lt_output_printf(output, err, "%s\t%s\t%" PRId64 "\n", what, class,
					*index);
	return code;
}

static int list_own(struct lt_output *output, const struct lt_split_plan *plan,
		    const struct lt_split_stock *stock, bool pooled, const int64_t *index,
		    const uint64_t *start, struct lt_error *err)
{
	const int64_t *own;
	const char *class;
	int k, c, code = 0;

	for (k = 0; k < plan->classes && code == 0; k++) {
		c = stock->order[k];
		class = stock->name[c];
		own = index + start[c];
		code = write_rows(output, "train", class, own, plan->labelled[k], 1, err);
		if (code == 0 && !pooled)
			code = write_rows(output, "unlabeled", class, own + plan->labelled[k],
					  plan->unlabelled[k], 1, err);
		if (code == 0 && plan->val[k] > 0)
			code = write_rows(output, "val", class, index + start[c + 1] - 1,
					  plan->val[k], -1, err);
	}
	return code;
}

static int list_pool(struct lt_output *output, const struct lt_split_plan *plan,
		     const struct lt_split_stock *stock, const int64_t *index,
		     const uint64_t *start, struct lt_error *err)
{
	int k, c, code = 0;

	for (k = 0; k < plan->classes && code == 0; k++) {
		c = stock->order[k];
		code = write_rows(output, "unlabeled", stock->name[c], index + start[c],
				  plan->unlabelled[k], 1, err);
	}
	return code;
}

int lt_split_source_draw(struct lt_split_source *source, const struct lt_split_plan *plan,
			 const struct lt_split_stock *stock, bool pooled, struct lt_mt19937 *mt,
			 struct lt_output *manifest, struct lt_error *err)
{
	int64_t *index = lt_new_array(source->n, sizeof *index);
	uint64_t *start = lt_new_array((size_t)stock->classes + 1, sizeof *start), i;
	int code = index && start ? 0 : lt_fail_memory(err);

	if (code == 0 && strcmp(source->role, "irrelevant") == 0) {
		for (i = 0; i < source->n; i++)
			index[i] = (int64_t)i;
		lt_split_draw_irrelevant(plan, mt, index, source->n, source->place);
		if (manifest)
			code = write_rows(manifest, "irrelevant", "-", index, plan->irrelevant,
					  1, err);
	} else if (code == 0) {
		lt_split_group(source->label, source->n, stock->classes, index, start);
		if (strcmp(source->role, "pool") == 0) {
			lt_split_draw_pool(plan, stock->order, mt, index, start, source->place);
			if (manifest)
				code = list_pool(manifest, plan, stock, index, start, err);
		} else {
			lt_split_draw(plan, stock->order, pooled, mt, index, start,
				      source->place);
			if (manifest)
				code = list_own(manifest, plan, stock, pooled, index, start,
						err);
		}
	}
	lt_free(index);
	lt_free(start);
	return code;
}

/* ----------------------------------------------------------- reading manifests */

/* Cuts the text before a TAB off *rest; NULL at the end. */
static char *next_field(char **rest)
{
	char *field = *rest, *tab;

	if (!field)
		return NULL;
	tab = strchr(field, '\t');
	if (tab)
		*tab = '\0';
	*rest = tab ? tab + 1 : NULL;
	return field;
}

static int check_source(const struct lt_lines *text, const struct lt_split_source *source,
			const char *rows, const char *crcs, struct lt_error *err)
{
	char want[16];
	uint64_t n;

	if (!rows || !crcs || !lt_parse_u64(rows, 0, UINT64_MAX, &n) || strlen(crcs) != 8)
		return lt_lines_wrong(text, "not the first line of a manifest", err);
	if (!source)
		return 0;
	snprintf(want, sizeof want, "%08" PRIx32, lt_split_source_crcs(source));
	if (n != source->n || strcmp(crcs, want) != 0)
		return lt_fail(err, LT_DATA,
			       "%s: not the stream that %s was made from (%" PRIu64
			       " rows, crcs %s; the manifest says %" PRIu64 ", %s)",
			       source->twice.name, text->path, source->n, want, n, crcs);
	return 0;
}

static int check_first(const struct lt_lines *text, char *line,
		       struct lt_split_source *const source[3], bool all, bool seen[3],
		       struct lt_error *err)
{
	static const char *const role[] = {"data", "pool", "irrelevant"};
	static const char *const what[] = {"data", "a pool", "irrelevant rows"};
	char *rest = line, *field = line ? next_field(&rest) : NULL, *rows, *crcs;
	int i, code = 0;

	if (!field || strcmp(field, "lt-split-manifest 1") != 0)
		return lt_fail(err, LT_DATA, "%s: not a manifest of lt split", text->path);
	while (code == 0 && (field = next_field(&rest)) != NULL) {
		for (i = 0; i < 3 && strcmp(role[i], field) != 0; i++)
			;
		rows = next_field(&rest);
		crcs = next_field(&rest);
		if (i == 3 || seen[i])
			return lt_lines_wrong(text, "not the first line of a manifest", err);
		seen[i] = true;
		code = check_source(text, source[i], rows, crcs, err);
	}
	for (i = 0; i < 3 && code == 0; i++) {
		if (all && seen[i] && !source[i])
			return lt_fail(err, LT_USAGE,
				       "%s: the manifest draws from %s; name it with --%s FILE",
				       text->path, what[i], role[i]);
		if (source[i] && !seen[i])
			code = lt_fail(err, LT_DATA, "%s: the manifest %s was made without it",
				       source[i]->twice.name, text->path);
	}
	return code;
}

static int take_row(const struct lt_lines *text, struct lt_split_source *source,
		    enum lt_split_place place, const char *class, const char *row,
		    struct lt_error *err)
{
	uint64_t at;
	int32_t label;

	if (source->n == 0 || !lt_parse_u64(row, 0, source->n - 1, &at))
		return lt_lines_wrong(text, "no such row", err);
	if (source->label) {
		label = source->label[at];
		if (label < 0 || strcmp(source->header.classes[label], class) != 0)
			return lt_lines_wrong(text, "the row is of another class", err);
	}
	if (source->place[at] != LT_PLACE_REST)
		return lt_lines_wrong(text, "a row for the second time", err);
	source->place[at] = (uint8_t)place;
	return 0;
}

static int take_line(const struct lt_lines *text, char *line,
		     struct lt_split_source *const source[3], bool pooled, struct lt_error *err)
{
	char *rest = line, *what = next_field(&rest), *class = next_field(&rest);
	char *row = next_field(&rest);
	enum lt_split_place place;
	int from = 0;

	if (!row || rest)
		return lt_lines_wrong(text, "not an output, a class and a row", err);
	if (strcmp(what, "train") == 0) {
		place = LT_PLACE_LABELLED;
	} else if (strcmp(what, "val") == 0) {
		place = LT_PLACE_VAL;
	} else if (strcmp(what, "unlabeled") == 0) {
		place = LT_PLACE_UNLABELLED;
		from = pooled ? 1 : 0;
	} else if (strcmp(what, "irrelevant") == 0) {
		place = LT_PLACE_UNLABELLED;
		from = 2;
	} else {
		return lt_lines_wrong(text, "no such output", err);
	}
	return source[from] ? take_row(text, source[from], place, class, row, err) : 0;
}

int lt_split_manifest_replay(const char *path, struct lt_split_source *data,
			     struct lt_split_source *pool, struct lt_split_source *irrelevant,
			     bool all, struct lt_prov_in *origin, struct lt_error *err)
{
	struct lt_split_source *const source[3] = {data, pool, irrelevant};
	struct lt_lines text;
	bool seen[3] = {false};
	char *line = NULL;
	int code = lt_lines_open(&text, path, UINT64_MAX, err);

	if (code)
		return code;
	code = lt_lines_next(&text, &line, NULL, err);
	if (code == 0)
		code = check_first(&text, line, source, all, seen, err);
	while (code == 0 && (code = lt_lines_next(&text, &line, NULL, err)) == 0 && line)
		code = take_line(&text, line, source, seen[1], err);
	*origin = (struct lt_prov_in){
		.role = "manifest", .entry = -1, .bytes = text.bytes, .crc = text.crc};
	lt_lines_close(&text);
	return code;
}
