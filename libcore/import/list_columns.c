#include "import/list_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/list_private.h"
#include "import/list_titles.h"

/* ------------------------------------------------------------------ the sample */

int lt_list_sample_add(struct lt_list_sample *sample, const char *const *cell, size_t n,
		       struct lt_error *err)
{
	size_t room = sample->room ? 2 * sample->room : 64, i;
	const char **copy = lt_arena_array(&sample->arena, n + 1, sizeof *copy);
	struct lt_list_row *row;

	if (!copy)
		return lt_fail_memory(err);
	for (i = 0; i < n; i++) {
		copy[i] = lt_arena_text(&sample->arena, cell[i]);
		if (!copy[i])
			return lt_fail_memory(err);
	}
	if (sample->n == sample->room) {
		row = lt_grow_array(sample->row, room, sizeof *row);
		if (!row)
			return lt_fail_memory(err);
		sample->row = row;
		sample->room = room;
	}
	sample->row[sample->n++] = (struct lt_list_row){copy, n};
	if (n > sample->width)
		sample->width = n;
	sample->cells += n;
	return 0;
}

/* Every cell is looked up, so a few rows suffice if they are wide. */
bool lt_list_sample_is_full(const struct lt_list_sample *sample)
{
	return sample->n >= LT_LIST_SAMPLE || (sample->n >= 8 && sample->cells >= 8192);
}

void lt_list_sample_free(struct lt_list_sample *sample)
{
	lt_free(sample->row);
	lt_arena_free(&sample->arena);
	*sample = (struct lt_list_sample){0};
}

const char *lt_list_cell(const struct lt_list_sample *sample, size_t row, int column)
{
	const struct lt_list_row *of = &sample->row[row];

	return column >= 0 && (size_t)column < of->n ? of->cell[column] : "";
}

const char *lt_list_describe(const struct lt_list_columns *columns,
			     const struct lt_list_sample *sample, char text[LT_LIST_DESCRIBED])
{
	size_t c, used = 0, shown = sample->width < 12 ? sample->width : 12;

	text[0] = '\0';
	for (c = 0; c < shown && used < LT_LIST_DESCRIBED - 80; c++)
		used += (size_t)snprintf(text + used, 80, "%s%zu %s%.32s%s", c ? ", " : "",
					 c + 1, columns->has_header ? "" : "(",
					 lt_list_cell(sample, 0, (int)c),
					 columns->has_header ? "" : ")");
	if (c < sample->width)
		snprintf(text + used, LT_LIST_DESCRIBED - used, " …");
	return text;
}

/* ------------------------------------------------------------------ what the columns have */

/* Of one column. */
struct score {
	size_t whole;  /* rows whose cell is the name of an image */
	size_t stem;   /* without its suffix */
	size_t suffix; /* whose cell ends as images do */
	bool first;    /* row 0's cell is one of those */
	bool repeated; /* another row has the same cell as row 0 */
	bool numeric;  /* row 0's cell is a number */
};

static bool is_numeric(const char *text)
{
	return *text && text[strspn(text, "0123456789.-+")] == '\0';
}

static void score_row(struct score *score, const struct lt_list_index *index,
		      const struct lt_listed *list, const struct lt_list_sample *sample,
		      size_t row, int column)
{
	const char *cell = lt_list_cell(sample, row, column);
	const char *path = lt_list_without_slash(index, list, cell);
	struct lt_list_found found = {0};
	bool suffix = lt_image_is_named(cell);

	if (*path && !lt_list_path_is_outside(path))
		found = lt_list_find(index, list, path);
	if (row == 0) {
		score->first = suffix || found.match != LT_MATCH_NONE;
		score->numeric = is_numeric(cell);
	} else if (*cell && strcmp(cell, lt_list_cell(sample, 0, column)) == 0) {
		score->repeated = true;
	}
	score->suffix += suffix;
	score->whole += found.match != LT_MATCH_NONE && !found.by_stem;
	score->stem += found.match != LT_MATCH_NONE && found.by_stem;
}

static struct score *score_columns(const struct lt_list_index *index,
				   const struct lt_listed *list,
				   const struct lt_list_sample *sample)
{
	struct score *score = lt_new_array(sample->width + 1, sizeof *score);
	size_t c, r;

	for (c = 0; score && c < sample->width; c++)
		for (r = 0; r < sample->n; r++)
			score_row(&score[c], index, list, sample, r, (int)c);
	return score;
}

static bool is_asked_for(const struct lt_import *import, const char *cell)
{
	return (import->path_column && strcmp(import->path_column, cell) == 0) ||
	       (import->label_column && strcmp(import->label_column, cell) == 0);
}

/*
 * Does the first row number the columns from 0, above paths that are not numbers, as pandas
 * writes a table without titles?  Before these is an empty title if it writes an index.
 */
static bool is_numbered(const struct lt_list_sample *sample, const struct score *score)
{
	size_t index = *lt_list_cell(sample, 0, 0) == '\0', c;
	bool paths = false;
	char number[24];

	for (c = index; c < sample->width; c++) {
		snprintf(number, sizeof number, "%zu", c - index);
		if (strcmp(lt_list_cell(sample, 0, (int)c), number) != 0)
			return false;
		paths = paths || (score[c].whole + score[c].stem > 0 &&
				  !is_numeric(lt_list_cell(sample, 1, (int)c)));
	}
	return paths;
}

/* Is the first row a header? */
static bool find_header(const struct lt_import *import, const struct lt_list_sample *sample,
			const struct score *score)
{
	bool known = false, data = false, found = false;
	size_t c;

	if (sample->has_titles)
		return true;
	for (c = 0; c < sample->width; c++) {
		const char *cell = lt_list_cell(sample, 0, (int)c);

		if (score[c].first)
			return false;
		known = known || lt_title_is_known(cell) || is_asked_for(import, cell);
		data = data || score[c].repeated || score[c].numeric;
		found = found || score[c].whole + score[c].stem > 0;
	}
	return known || (found && !data) || is_numbered(sample, score);
}

/* ------------------------------------------------------------------ the path */

int lt_list_option(const struct lt_list_columns *columns, const struct lt_list_sample *sample,
		   const char *option, const char *value, int *column, struct lt_error *err)
{
	char text[LT_LIST_DESCRIBED];
	uint64_t number;
	size_t c;

	for (c = 0; columns->has_header && c < sample->row[0].n; c++)
		if (strcmp(sample->row[0].cell[c], value) == 0) {
			*column = (int)c;
			return 0;
		}
	for (c = 0; columns->has_header && c < sample->row[0].n; c++)
		if (*value && lt_title_same(sample->row[0].cell[c], value)) {
			*column = (int)c;
			return 0;
		}
	if (lt_parse_u64(value, 1, sample->width, &number)) {
		*column = (int)number - 1;
		return 0;
	}
	return lt_fail(err, LT_DATA, "%s: no column \"%s\" for %s; it has %s", sample->name,
		       value, option, lt_list_describe(columns, sample, text));
}

/* Do two columns name the same images? */
static bool agree(const struct lt_list_index *index, const struct lt_listed *list,
		  const struct lt_list_sample *sample, int one, int other)
{
	struct lt_list_found a, b;
	size_t r;

	for (r = 1; r < sample->n; r++) {
		a = lt_list_find(index, list, lt_list_cell(sample, r, one));
		b = lt_list_find(index, list, lt_list_cell(sample, r, other));
		if (a.match != LT_MATCH_NONE && b.match != LT_MATCH_NONE && a.entry != b.entry)
			return false;
	}
	return true;
}

/* The input of the search for the path column. */
struct search {
	const struct lt_list_index *index;
	const struct lt_listed *list;
	const struct lt_list_sample *sample;
	const struct score *score;
	size_t rows; /* without the header */
};

static int both(struct lt_list_columns *columns, const struct search *search, int one,
		int other, struct lt_error *err)
{
	char text[LT_LIST_DESCRIBED];

	columns->path = one;
	return lt_fail(err, LT_DATA,
		       "%s: columns %d and %d both could be the images' names; --path-column "
		       "says which; it has %s",
		       search->sample->name, one + 1, other + 1,
		       lt_list_describe(columns, search->sample, text));
}

/* Among the columns with a title for paths: the best-ranked one whose values are images, or
 * else the best-ranked one. */
static int by_title(struct lt_list_columns *columns, const struct search *search,
		    struct lt_error *err)
{
	int c, rank, best = -1, best_rank = 0, plain = -1, plain_rank = 0;
	int width = (int)search->sample->row[0].n;

	for (c = 0; c < width; c++) {
		rank = lt_title_rank(LT_TITLE_PATH, search->sample->row[0].cell[c]);
		if (rank < 0)
			continue;
		if (plain < 0 || rank < plain_rank) {
			plain = c;
			plain_rank = rank;
		}
		if (search->score[c].whole + search->score[c].stem == 0)
			continue;
		if (best >= 0 && !agree(search->index, search->list, search->sample, best, c))
			return both(columns, search, best, c, err);
		if (best < 0 || rank < best_rank) {
			best = c;
			best_rank = rank;
		}
	}
	columns->path = best >= 0 ? best : plain;
	return 0;
}

enum evidence { WHOLE, STEM, SUFFIX };

static size_t weight(const struct score *score, enum evidence evidence)
{
	return evidence == WHOLE  ? score->whole
	       : evidence == STEM ? score->whole + score->stem
				  : score->suffix;
}

/* The only column in which at least half of the values are evidence for paths. */
static int by_content(struct lt_list_columns *columns, const struct search *search,
		      enum evidence evidence, struct lt_error *err)
{
	size_t c;

	for (c = 0; c < search->sample->width; c++) {
		if (2 * weight(&search->score[c], evidence) < search->rows ||
		    weight(&search->score[c], evidence) == 0)
			continue;
		/* Labels from 0 are also the names of images called 0.png, 1.png and so on. */
		if (evidence == STEM && search->score[c].repeated)
			continue;
		if (columns->path >= 0 &&
		    !agree(search->index, search->list, search->sample, columns->path, (int)c))
			return both(columns, search, columns->path, (int)c, err);
		if (columns->path < 0)
			columns->path = (int)c;
	}
	return 0;
}

static int find_path(struct lt_list_columns *columns, const struct lt_import *import,
		     const struct search *search, struct lt_error *err)
{
	const struct lt_list_sample *sample = search->sample;
	enum evidence evidence;
	int status = 0;

	if (import->path_column)
		return lt_list_option(columns, sample, "--path-column", import->path_column,
				      &columns->path, err);
	if (columns->has_header)
		status = by_title(columns, search, err);
	if (status || columns->path >= 0)
		return status;
	for (evidence = WHOLE; status == 0 && columns->path < 0 && evidence <= SUFFIX;
	     evidence++)
		status = by_content(columns, search, evidence, err);
	return status;
}

int lt_list_find_path(struct lt_list_columns *columns, const struct lt_import *import,
		      const struct lt_list_index *index, const struct lt_listed *list,
		      const struct lt_list_sample *sample, struct lt_error *err)
{
	struct search search = {.index = index, .list = list, .sample = sample};
	struct score *score = score_columns(index, list, sample);
	int status = score ? 0 : lt_fail_memory(err);

	*columns = (struct lt_list_columns){
		.path = -1, .label = -1, .split = -1, .unread = -1, .name = -1};
	if (status == 0 && sample->n > 0) {
		columns->has_header = find_header(import, sample, score);
		search.score = score;
		search.rows = sample->n - columns->has_header;
		status = find_path(columns, import, &search, err);
		if (columns->path >= 0)
			columns->named = score[columns->path].whole + score[columns->path].stem;
	}
	lt_free(score);
	return status;
}
