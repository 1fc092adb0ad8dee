/*
 * The names of splits.
 */
#ifndef LT_IMPORT_SPLIT_NAMES_H
#define LT_IMPORT_SPLIT_NAMES_H

#include "import/import.h"

/*
 * The split of a name of n bytes, ignoring case:
 *
 *	train	train training
 *	test	test testing
 *	val	val valid validation dev
 *	extra	extra unlabeled unlabelled
 *
 * LT_SPLIT_DEFAULT for any other name.
 */
enum lt_split lt_split_of_name(const char *name, size_t n);

/* --splits, parsed: which directories are which split. */
struct lt_split_names {
	bool given; /* only these names count; n 0: there are no splits */
	int n;
	struct {
		enum lt_split split;
		const char *name; /* size bytes in the text of the option */
		size_t size;
	} name[32];
};

/* Parses "train=NAME,test=NAME,…", "none", or NULL; otherwise LT_USAGE.  names refers to text.
 */
int lt_split_names_parse(struct lt_split_names *names, const char *text, struct lt_error *err);
/* Like lt_split_of_name, but with the given names if there are any. */
enum lt_split lt_split_names_find(const struct lt_split_names *names, const char *name,
				  size_t n);

/*
 * The split of a name of n bytes without directories: that of the whole name, or the only one
 * among its words, as in "train_images".
 */
enum lt_split lt_split_names_in_words(const struct lt_split_names *names, const char *name,
				      size_t n);
/* The innermost directory in a path that is a split. */
enum lt_split lt_split_names_above(const struct lt_split_names *names, const char *path);
/*
 * The split of a file: "ImageNet_LT_train.txt", "val2019.json", "test/metadata.csv".  The words
 * of its name have priority over its directories, inner ones over outer ones.
 * LT_SPLIT_DEFAULT: none, or several.
 */
enum lt_split lt_split_names_of_path(const struct lt_split_names *names, const char *path);

#endif
