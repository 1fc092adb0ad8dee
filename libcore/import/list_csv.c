/*
 * Lists of lines: CSV, TSV, "path label".  The separator is found by trying all forms on the
 * first rows and taking the first whose paths exist.
 */
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "image/image.h"
#include "import/import_limits.h"
#include "import/list_private.h"

/* The forms, the likeliest for a file of this name first. */
static const enum lt_csv_form *forms_of(const char *name)
{
	static const enum lt_csv_form commas[] = {LT_CSV_COMMA, LT_CSV_SEMICOLON, LT_CSV_TAB,
						  LT_CSV_PIPE,	LT_CSV_BLANK,	  LT_CSV_LINE,
						  LT_CSV_WORDS, LT_CSV_FIRST},
				      tabs[] = {LT_CSV_TAB,   LT_CSV_COMMA, LT_CSV_SEMICOLON,
						LT_CSV_PIPE,  LT_CSV_BLANK, LT_CSV_LINE,
						LT_CSV_WORDS, LT_CSV_FIRST},
				      blanks[] = {LT_CSV_TAB,	    LT_CSV_BLANK, LT_CSV_COMMA,
						  LT_CSV_SEMICOLON, LT_CSV_PIPE,  LT_CSV_LINE,
						  LT_CSV_WORDS,	    LT_CSV_FIRST};

	return lt_path_ends(name, ".csv") ? commas : lt_path_ends(name, ".tsv") ? tabs : blanks;
}

/* May the list have this form?  Lines of a number and a name are not a list. */
static bool is_possible(const struct lt_list *list, const struct lt_list_lead *lead,
			enum lt_csv_form form)
{
	if (lead->form != LT_CSV_FORMS)
		return form == lead->form;
	return (form != LT_CSV_WORDS && form != LT_CSV_FIRST) ||
	       !lt_class_table_is_named(list->entry->name);
}

/* Reads the first rows into the sample, as far as they are complete. */
static int read_sample(struct lt_list *list, const struct lt_text *text, uint64_t skip,
		       enum lt_csv_form form, struct lt_error *err)
{
	struct lt_text_bytes bytes;
	struct lt_text part;
	struct lt_csv csv;
	size_t whole;
	int status;

	bytes.at = lt_text_head(text, &whole);
	bytes.left = whole;
	status = lt_text_open(&part, list->name, LT_MAX_LIST, lt_text_from_bytes, &bytes, err);
	if (status)
		return status;
	status = lt_csv_open(&csv, &part, form, err);
	if (status == 0)
		status = lt_csv_skip(&csv, skip, err);
	while (status == 0 && !lt_list_sample_is_full(&list->sample)) {
		status = lt_csv_next(&csv, err);
		/* If the text continues, the last row may be truncated. */
		if (!text->ended && part.taken == whole) {
			status = status == LT_DATA ? 0 : status;
			break;
		}
		if (status || csv.n == 0)
			break;
		status = lt_list_sample_add(&list->sample, csv.cell, csv.n, err);
	}
	lt_csv_close(&csv);
	lt_text_close(&part);
	return status;
}

static void forget_sample(struct lt_list *list)
{
	lt_list_sample_free(&list->sample);
	list->sample.name = list->name;
}

/* Tries one form.  *named: a column contains paths of images; *good: for at least half of the
 * sample. */
static int try_form(struct lt_list *list, const struct lt_text *text, uint64_t skip,
		    enum lt_csv_form form, bool *named, bool *good, struct lt_error *err)
{
	int status;

	forget_sample(list);
	status = read_sample(list, text, skip, form, err);
	if (list->sample.width > list->widest)
		list->widest = list->sample.width;
	if (status == 0)
		status =
			lt_list_find_path(&list->columns, list->lists->import,
					  &list->lists->index, list->entry, &list->sample, err);
	*named = status == 0 && list->columns.path >= 0 && list->columns.named > 0;
	*good = *named &&
		2 * (list->columns.named + list->columns.has_header) >= list->sample.n;
	return status;
}

/* Is the sample a table with several columns, one of which is the path? */
static bool is_table(const struct lt_list *list)
{
	return list->sample.width > 1 && list->columns.path >= 0;
}

/*
 * Chooses the form: the first with which half of the sample's paths exist, else the first with
 * which any exists, else (if a list was requested) the first that is a table.  Keeps its sample
 * and columns; *found is false if there is none.
 */
static int find_form(struct lt_list *list, const struct lt_text *text,
		     const struct lt_list_lead *lead, enum lt_csv_form *form, bool *found,
		     struct lt_error *err)
{
	const enum lt_csv_form *forms = forms_of(list->entry->name);
	enum lt_csv_form some = LT_CSV_FORMS, table = LT_CSV_FORMS;
	struct lt_error why, first = {0};
	size_t wide = 0;
	bool named, good;
	int i, status;

	*found = true;
	for (i = 0; i < LT_CSV_FORMS; i++) {
		if (!is_possible(list, lead, forms[i]))
			continue;
		status = try_form(list, text, lead->lines, forms[i], &named, &good, &why);
		/* Two columns of existing names are ambiguous in any form. */
		if (status && (status != LT_DATA || list->columns.named > 0))
			return lt_fail(err, status, "%s", why.text);
		if (status && (first.code == 0 || (wide <= 1 && list->sample.width > 1))) {
			first = why;
			wide = list->sample.width;
		}
		*form = forms[i];
		if (good && (forms[i] != LT_CSV_WORDS || lt_list_has_columns(list)))
			return 0;
		if (good && list->columns.path > 0)
			return lt_fail(err, LT_DATA,
				       "%s: the path is word %d of a line, and lines differ in "
				       "their number of words; save the list as CSV",
				       list->name, list->columns.path + 1);
		if (named && some == LT_CSV_FORMS)
			some = forms[i];
		if (status == 0 && is_table(list) && table == LT_CSV_FORMS)
			table = forms[i];
	}
	*form = some < LT_CSV_FORMS ? some : table;
	if (*form < LT_CSV_FORMS && (some < LT_CSV_FORMS || list->lists->asked))
		return try_form(list, text, lead->lines, *form, &named, &good, err);
	*found = false;
	return first.code ? lt_fail(err, first.code, "%s", first.text) : 0;
}

/* In "1025794 Boeing 737-200" among lines of two words, the class is of several words: the text
 * before the last blank is not that of an image, and the first word is one. */
static void split_again(const struct lt_list *list, struct lt_csv *csv)
{
	const struct lt_list_index *index = &list->lists->index;
	char word[LT_MAX_ENTRY_NAME + 1];
	size_t n;

	if (csv->form != LT_CSV_BLANK || csv->n != 2 || list->columns.path != 0)
		return;
	n = strcspn(csv->cell[0], " \t");
	if (csv->cell[0][n] == '\0' || n > LT_MAX_ENTRY_NAME ||
	    lt_image_is_named(csv->cell[0]) ||
	    lt_list_find(index, list->entry, csv->cell[0]).match != LT_MATCH_NONE)
		return;
	memcpy(word, csv->cell[0], n);
	word[n] = '\0';
	if (lt_list_find(index, list->entry, word).match != LT_MATCH_NONE)
		lt_csv_split_first(csv);
}

/* Adds the rows of the whole text. */
static int read_rows(struct lt_list *list, struct lt_text *text, uint64_t skip,
		     enum lt_csv_form form, struct lt_error *err)
{
	struct lt_csv csv;
	bool header = list->columns.has_header;
	int status = lt_csv_open(&csv, text, form, err);

	if (status == 0)
		status = lt_csv_skip(&csv, skip, err);
	while (status == 0) {
		status = lt_csv_next(&csv, err);
		if (status || csv.n == 0)
			break;
		split_again(list, &csv);
		if (!header)
			status = lt_list_add_row(list, csv.cell, csv.n, csv.line, err);
		header = false;
	}
	lt_csv_close(&csv);
	return status;
}

int lt_list_look_csv(struct lt_list *list, struct lt_text *text, struct lt_error *err)
{
	struct lt_list_lead lead;
	struct lt_error why;
	enum lt_csv_form form;
	bool found = false;
	int status = lt_list_find_lead(list, text, &lead, &why);

	if (status == 0)
		status = find_form(list, text, &lead, &form, &found, &why);
	if (status == 0 && found && list->columns.named > 0)
		status = lt_list_find_label(list, &why);
	if (status == LT_OS)
		return lt_fail(err, status, "%s", why.text);
	if (status == 0 && list->columns.reason > list->lists->reason)
		list->lists->reason = list->columns.reason;
	return 0;
}

int lt_list_read_csv(struct lt_list *list, struct lt_text *text, bool *is_list,
		     struct lt_error *err)
{
	struct lt_list_lead lead;
	enum lt_csv_form form = LT_CSV_FORMS;
	int status = lt_list_find_lead(list, text, &lead, err);

	if (status == 0)
		status = find_form(list, text, &lead, &form, is_list, err);
	if (status || !*is_list) {
		*is_list = false;
		return status;
	}
	list->columns.rest = form == LT_CSV_FIRST;
	status = lt_list_find_label(list, err);
	if (status) {
		*is_list = list->lists->asked;
		return status;
	}
	if (!lt_list_has_classes(list))
		return lt_list_pass_bare(list, err);
	status = lt_list_accept(list, err);
	return status ? status : read_rows(list, text, lead.lines, form, err);
}
