/* The columns of an output of ltsplit: see split_rows.h. */
#include "data/split_rows.h"

#include <string.h>

static bool same_column(const struct lt_column *a, const struct lt_column *b)
{
	if (a->dtype != b->dtype)
		return false;
	return a->dtype == LT_BYTES ||
	       (a->shape.dims == b->shape.dims &&
		memcmp(a->shape.dim, b->shape.dim,
		       (size_t)a->shape.dims * sizeof *a->shape.dim) == 0);
}

static bool is_made(const char *name)
{
	return strcmp(name, "y") == 0 || strcmp(name, "y_true") == 0 || strcmp(name, "id") == 0;
}

static bool has_column(const struct lt_header *header, const struct lt_column *column)
{
	int c = lt_header_find(header, column->name);

	return c >= 0 && same_column(&header->cols[c], column);
}

int lt_split_same_inputs(const struct lt_split_source *a, const struct lt_split_source *b,
			 struct lt_error *err)
{
	const struct lt_column *column;
	int c;

	for (c = 0; c < a->header.n_cols; c++) {
		column = &a->header.cols[c];
		if (strcmp(column->role, "input") == 0 && !has_column(&b->header, column))
			return lt_fail(err, LT_DATA, "%s: no column %s like that of %s",
				       b->twice.name, column->name, a->twice.name);
	}
	return 0;
}

/* Finds or appends a scalar integer column of the wanted type. */
static int set_column(struct lt_header *header, const char *name, enum lt_dtype dtype,
		      const char *role, struct lt_error *err)
{
	int c = lt_header_find(header, name);

	if (c < 0)
		return lt_header_add_column(header, name, dtype, (struct lt_shape){0}, role,
					    err);
	header->cols[c].dtype = dtype;
	return 0;
}

/* Removes the columns that another stream lacks. */
static void keep_common(struct lt_header *header, const struct lt_header *other)
{
	const struct lt_column *column;
	int c;

	for (c = header->n_cols; c-- > 0;) {
		column = &header->cols[c];
		if (!is_made(column->name) && !has_column(other, column))
			lt_header_drop_column(header, column->name);
	}
}

int lt_split_header(struct lt_header *header, const struct lt_split_source *source, bool hide,
		    const struct lt_split_source *irrelevant, int n_irrelevant,
		    struct lt_error *err)
{
	int i, code = lt_header_copy(header, &source->header, err);

	if (code)
		return code;
	header->n_prov = 0;
	header->class_counts = NULL;
	if (hide)
		lt_header_drop_column(header, "y_true");
	for (i = 0; i < n_irrelevant; i++)
		keep_common(header, &irrelevant[i].header);
	if ((code = set_column(header, "y", LT_I4, "label", err)) != 0 ||
	    (code = set_column(header, "id", LT_I8, "id", err)) != 0)
		return code;
	return hide ? set_column(header, "y_true", LT_I4, "info", err) : 0;
}
