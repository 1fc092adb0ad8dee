/*
 * The titles of columns in lists.  ltimport(1) has the table too.
 */
#ifndef LT_IMPORT_LIST_TITLES_H
#define LT_IMPORT_LIST_TITLES_H

#include <stdbool.h>

enum lt_title {
	LT_TITLE_PATH,
	LT_TITLE_LABEL,	 /* a class's name or number */
	LT_TITLE_NUMBER, /* a class's number */
	LT_TITLE_NAME,	 /* a class's name beside its number */
	LT_TITLE_TAGS,	 /* several classes, as a rule */
	LT_TITLE_SPLIT,
	LT_TITLE_TRAIN, /* whether a row is of this split */
	LT_TITLE_TEST,
	LT_TITLE_VAL,
	LT_TITLES
};

/*
 * The rank of a title among those with this meaning, the least ambiguous first; -1: another
 * meaning.  Case, blanks and punctuation are ignored: "File_Name" is filename.
 */
int lt_title_rank(enum lt_title what, const char *title);
/* Has it any meaning? */
bool lt_title_is_known(const char *title);
/* Are two titles equal in this sense? */
bool lt_title_same(const char *one, const char *other);
/* Does a title contain a word, given in lower case? */
bool lt_title_has(const char *title, const char *word);

#endif
