/* The checks before training: labels, and tables that fit together. */
#include "data/table.h"

bool lt_table_has_label(const struct lt_table *table)
{
	for (uint64_t i = 0; i < table->n; i++)
		if (table->label[i] >= 0)
			return true;
	return false;
}

int lt_table_want_labels(const struct lt_table *table, struct lt_error *err)
{
	for (uint64_t i = 0; i < table->n; i++)
		if (table->label[i] < 0)
			return lt_fail(err, LT_DATA, "%s: row %llu has no label (y is -1)",
				       table->name, (unsigned long long)i);
	if (table->header.n_classes < 2)
		return lt_fail(err, LT_DATA, "%s: fewer than two classes", table->name);
	return 0;
}

int lt_table_want_given(const struct lt_table *table, struct lt_error *err)
{
	for (uint64_t i = 0; table->source && i < table->n; i++)
		if (table->source[i] != 0)
			return lt_fail(
				err, LT_DATA,
				"%s: the label of row %llu is a prediction (y_src is 1); "
				"such rows go with --unlabeled",
				table->name, (unsigned long long)i);
	return 0;
}

int lt_table_want_same(const struct lt_table *table, const struct lt_table *side,
		       struct lt_error *err)
{
	if (table->is_encoded != side->is_encoded)
		return lt_fail(err, LT_DATA,
			       "%s: %s, but those of %s are %s; import both in the same way",
			       side->name,
			       side->is_encoded ? "encoded pictures" : "images as pixels",
			       table->name, table->is_encoded ? "encoded pictures" : "pixels");
	if (table->height != side->height || table->width != side->width ||
	    table->channels != side->channels)
		return lt_fail(err, LT_DATA,
			       "%s: images of %d×%d×%d, but those of %s are %d×%d×%d",
			       side->name, side->height, side->width, side->channels,
			       table->name, table->height, table->width, table->channels);
	return lt_header_same_classes(&table->header, table->name, &side->header, side->name,
				      err);
}
