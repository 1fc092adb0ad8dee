/*
 * Archives with the names of splits, such as train.zip and test.zip.
 */
#include "import/folder_levels.h"
#include "import/split_names.h"

/* Is any directory a split? */
static bool have_splits(const struct lt_folder *folder, const struct lt_place *place)
{
	size_t i;

	for (i = 0; i < folder->n_dirs; i++)
		if (place[i].split != LT_SPLIT_DEFAULT)
			return true;
	return false;
}

static enum lt_split split_of(const struct lt_input *input)
{
	const struct lt_split_names names = {.given = false};

	if (input->single || input->is_root ||
	    lt_archive_kind(input->archive) == LT_ARCHIVE_TREE)
		return LT_SPLIT_DEFAULT;
	return lt_split_names_of_path(&names, lt_archive_name(input->archive));
}

int lt_folder_check_inputs(const struct lt_import *import, const struct lt_folder *folder,
			   const struct lt_place *place, struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	const struct lt_input *first = NULL, *input;
	int i;

	if (import->splits || import->no_labels || have_splits(folder, place))
		return 0;
	for (i = 0; i < listing->n_inputs; i++) {
		input = &listing->input[i];
		if (split_of(input) == LT_SPLIT_DEFAULT)
			continue;
		if (first && split_of(first) != split_of(input))
			return lt_fail(
				err, LT_DATA,
				"%.200s is named as split %s and %.200s as split %s, and no "
				"directory in them is a split: import each by itself, the "
				"second with --classes, or take them for one with "
				"--splits none",
				lt_archive_name(first->archive), lt_split_name(split_of(first)),
				lt_archive_name(input->archive),
				lt_split_name(split_of(input)));
		if (!first)
			first = input;
	}
	return 0;
}
