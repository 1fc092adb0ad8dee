/*
 * The column of the split.
 */
#include "import/labels.h"
#include "import/list_private.h"
#include "import/list_titles.h"

static size_t first_row(const struct lt_list_columns *columns)
{
	return columns->has_header ? 1 : 0;
}

static enum lt_split split_of(const struct lt_split_names *splits,
			      const struct lt_list_sample *sample, size_t row, int c)
{
	size_t n;
	const char *cell = lt_labels_trim(lt_list_cell(sample, row, c), &n);

	return lt_split_names_find(splits, cell, n);
}

/* One name of a split suffices: any other value is then an error, not a training row. */
static bool has_splits(const struct lt_list_columns *columns,
		       const struct lt_split_names *splits, const struct lt_list_sample *sample,
		       int c)
{
	size_t r;

	for (r = first_row(columns); r < sample->n; r++)
		if (split_of(splits, sample, r, c) != LT_SPLIT_DEFAULT)
			return true;
	return false;
}

/* Has the title of a split, or contains that word, as "Dataset Split". */
static bool is_titled(const char *title)
{
	return lt_title_rank(LT_TITLE_SPLIT, title) >= 0 || lt_title_has(title, "split");
}

/* The split that the title of a column of 0 and 1 names; LT_SPLIT_DEFAULT: none. */
static enum lt_split flag_of(const char *title)
{
	return lt_title_rank(LT_TITLE_TRAIN, title) >= 0  ? LT_SPLIT_TRAIN
	       : lt_title_rank(LT_TITLE_TEST, title) >= 0 ? LT_SPLIT_TEST
	       : lt_title_rank(LT_TITLE_VAL, title) >= 0  ? LT_SPLIT_VAL
							  : LT_SPLIT_DEFAULT;
}

static bool is_class_title(const char *title)
{
	return lt_title_rank(LT_TITLE_LABEL, title) >= 0 ||
	       lt_title_rank(LT_TITLE_NUMBER, title) >= 0 ||
	       lt_title_rank(LT_TITLE_NAME, title) >= 0;
}

static void by_title(struct lt_list_columns *columns, const struct lt_split_names *splits,
		     const struct lt_list_sample *sample)
{
	int c;

	for (c = 0; c < (int)columns->n_titles && columns->split < 0; c++) {
		if (c == columns->path || (!is_titled(columns->title[c]) &&
					   flag_of(columns->title[c]) == LT_SPLIT_DEFAULT))
			continue;
		if (has_splits(columns, splits, sample, c))
			columns->split = c;
		else if (columns->unread < 0)
			columns->unread = c;
	}
	if (columns->split >= 0 || splits->given)
		columns->unread = -1;
}

/* Are all values of the column names of splits?  Where they are all of one split, they may be
 * the first of a sorted list, or a class: then the column needs a title that is not the name
 * of a class. */
static bool holds_splits(const struct lt_list_columns *columns,
			 const struct lt_split_names *splits,
			 const struct lt_list_sample *sample, int c)
{
	bool titled = (size_t)c < columns->n_titles && !is_class_title(columns->title[c]);
	enum lt_split split;
	unsigned seen = 0;
	size_t r;

	for (r = first_row(columns); r < sample->n; r++) {
		split = split_of(splits, sample, r, c);
		if (split == LT_SPLIT_DEFAULT)
			return false;
		seen |= 1u << split;
	}
	return seen && (titled || (seen & (seen - 1)));
}

/* The only column that is one by its content.  Names given by --splits may be the values of any
 * column. */
static void by_content(struct lt_list_columns *columns, const struct lt_split_names *splits,
		       const struct lt_list_sample *sample)
{
	int c, found = -1;

	for (c = 0; c < (int)sample->width; c++) {
		if (c == columns->path || !holds_splits(columns, splits, sample, c))
			continue;
		if (found >= 0)
			return;
		found = c;
	}
	columns->split = found;
}

static int ask(const struct lt_list_columns *columns, const struct lt_list_sample *sample,
	       int c, enum lt_split split, struct lt_error *err)
{
	const char *value[2] = {"0", "1"};
	size_t r;
	int bit;

	for (r = first_row(columns); r < sample->n; r++) {
		bit = lt_list_bit(lt_list_cell(sample, r, c));
		if (bit >= 0)
			value[bit] = lt_list_cell(sample, r, c);
	}
	return lt_fail(err, LT_DATA,
		       "%s: column %d %.60s may be the split; --splits %s=%.20s,%s=%.20s says "
		       "what its values mean, --splits none takes all rows as one",
		       sample->name, c + 1, columns->title[c], lt_split_name(split), value[1],
		       lt_split_name(split == LT_SPLIT_TRAIN ? LT_SPLIT_TEST : LT_SPLIT_TRAIN),
		       value[0]);
}

int lt_list_find_split(struct lt_list_columns *columns, const struct lt_import *import,
		       const struct lt_split_names *splits, const struct lt_list_sample *sample,
		       struct lt_error *err)
{
	enum lt_split split;
	bool asked;
	int c;

	by_title(columns, splits, sample);
	if (columns->split >= 0 || splits->given)
		return 0;
	by_content(columns, splits, sample);
	for (c = 0; c < (int)columns->n_titles && columns->split < 0; c++) {
		split = flag_of(columns->title[c]);
		asked = import->label_column &&
			lt_title_same(columns->title[c], import->label_column);
		if (c != columns->path && split != LT_SPLIT_DEFAULT && !asked)
			return ask(columns, sample, c, split, err);
	}
	return 0;
}
