/* Some classes of a table: see only.h. */
#include "stream/only.h"

#include <string.h>

#include "base/memory.h"
#include "base/names.h"

/* The words of a list, cut at its commas. */
static int take_list(struct lt_only *only, char *list, const struct lt_header *header,
		     const struct lt_names *names, struct lt_error *err)
{
	char *word = list, *comma;
	int c;

	for (; word; word = comma ? comma + 1 : NULL) {
		comma = strchr(word, ',');
		if (comma)
			*comma = '\0';
		c = lt_names_label(names, word);
		if (c < 0)
			return lt_fail(err, LT_USAGE, "--only: no class '%.200s'", word);
		if (only->label[c] >= 0)
			return lt_fail(err, LT_USAGE, "--only: class '%.200s' comes twice",
				       word);
		only->label[c] = only->n;
		only->name[only->n++] = header->classes[c];
	}
	return 0;
}

/* A column with one value per class would have to be shortened. */
static int check_columns(const struct lt_only *only, const struct lt_header *header,
			 const char *input, struct lt_error *err)
{
	const char *name;
	int c;

	for (c = 0; c < header->n_cols; c++) {
		name = header->cols[c].name;
		if (strcmp(name, "q") == 0 || strcmp(name, "logits") == 0)
			return lt_fail(err, LT_DATA,
				       "%s: column %s has a value for each class, which --only "
				       "cannot select from",
				       input, name);
	}
	if (header->n_classes < 0 || only->y < 0)
		return lt_fail(err, LT_DATA, "%s: no %s, which --only needs", input,
			       only->y < 0 ? "column y" : "class list");
	if (header->cols[only->y].dtype != LT_I4 ||
	    (only->y_true >= 0 && header->cols[only->y_true].dtype != LT_I4))
		return lt_fail(err, LT_DATA, "%s: labels are not of 4 bytes", input);
	return 0;
}

int lt_only_parse(struct lt_only *only, const char *list, const struct lt_header *header,
		  const char *input, struct lt_error *err)
{
	struct lt_names names = {0};
	char *text;
	int c, code;

	*only = (struct lt_only){.y = lt_header_find(header, "y"),
				 .y_true = lt_header_find(header, "y_true")};
	code = check_columns(only, header, input, err);
	if (code)
		return code;
	only->classes = header->n_classes;
	only->label = lt_new_array((size_t)only->classes, sizeof *only->label);
	only->name = lt_new_array((size_t)only->classes, sizeof *only->name);
	for (c = 0; only->label && c < only->classes; c++)
		only->label[c] = -1;
	text = lt_text_copy(list);
	code = text && only->label && only->name &&
			       lt_names_fill(&names, header->classes, only->classes)
		       ? take_list(only, text, header, &names, err)
		       : lt_fail_memory(err);
	lt_names_free(&names);
	lt_free(text);
	return code;
}

void lt_only_free(struct lt_only *only)
{
	lt_free(only->label);
	lt_free(only->name);
	*only = (struct lt_only){0};
}

/* The new label of a row in a column, or -1. */
static int32_t new_label(const struct lt_only *only, const struct lt_rows *rows,
			 const struct lt_header *header, int column, uint32_t i)
{
	int64_t old = column < 0 ? -1 : lt_rows_integer(rows, header, column, i);

	return old >= 0 && old < only->classes ? only->label[old] : -1;
}

bool lt_only_takes(struct lt_only *only, const struct lt_rows *rows,
		   const struct lt_header *header, uint32_t i)
{
	only->cell[0] = new_label(only, rows, header, only->y, i);
	only->cell[1] = new_label(only, rows, header, only->y_true, i);
	return only->cell[lt_rows_integer(rows, header, only->y, i) < 0] >= 0;
}

const void *lt_only_cell(const struct lt_only *only, int column, const void *cell)
{
	if (column == only->y)
		return &only->cell[0];
	return column == only->y_true ? &only->cell[1] : cell;
}
