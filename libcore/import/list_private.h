/*
 * Private to the files that read lists.
 */
#ifndef LT_IMPORT_LIST_PRIVATE_H
#define LT_IMPORT_LIST_PRIVATE_H

#include "base/number.h"
#include "format/csv.h"
#include "format/json.h"
#include "import/list.h"
#include "import/list_columns.h"

#define LT_LIST_DESCRIBED 512
#define LT_LIST_PIXELS 64  /* a table with more columns and no path has rows of pixels */
#define LT_LIST_SAMPLE 200 /* rows that are examined before the list is read */

/* ------------------------------------------------------------------ one list */

struct lt_list {
	struct lt_lists *lists;
	const struct lt_listed *entry;
	const char *name;    /* for messages */
	enum lt_split split; /* from the name of the file */
	struct lt_list_columns columns;
	struct lt_list_sample sample;
	size_t first_item; /* items of lists before it */
	size_t widest;	   /* cells of a row, with the separators that were tried */
};

/* What precedes the rows of a list. */
struct lt_list_lead {
	uint64_t lines;	       /* that are neither rows nor titles */
	enum lt_csv_form form; /* of a line "sep=;"; LT_CSV_FORMS: there is none */
};

/* One row of a list; NULL for what the list does not give. */
struct lt_list_cells {
	const char *path, *label, *name, *split;
	const char *const *row; /* all n cells of the row, for --keep */
	size_t n;
};

/* Marks the list as used, not ignored. */
void lt_list_mark_used(struct lt_list *list);
/* Accepts the file as a list and records its properties. */
int lt_list_accept(struct lt_list *list, struct lt_error *err);
/* Ignores a list without classes. */
int lt_list_pass_bare(struct lt_list *list, struct lt_error *err);
/* Adds a row; line is for messages.  Blanks around the texts are removed. */
int lt_list_add(struct lt_list *list, const struct lt_list_cells *cells, uint64_t line,
		struct lt_error *err);
/* The same for a path that was already looked up. */
int lt_list_add_found(struct lt_list *list, struct lt_list_found found,
		      const struct lt_list_cells *cells, uint64_t line, struct lt_error *err);
/* Adds a row of n cells of a table whose columns are known. */
int lt_list_add_row(struct lt_list *list, const char *const *cell, size_t n, uint64_t line,
		    struct lt_error *err);

/* Finds the columns of --keep; LT_DATA: there is none of that name. */
int lt_list_find_kept(struct lt_list_columns *columns, const struct lt_import *import,
		      const struct lt_list_sample *sample, struct lt_error *err);
/* Sets what an item keeps of a row of n cells. */
int lt_list_keep(struct lt_list *list, const char *const *cell, size_t n, uint64_t line,
		 struct lt_item *item, struct lt_error *err);
/* LT_DATA: two items of an image keep different texts. */
int lt_list_same_kept(struct lt_list *list, const struct lt_item *one,
		      const struct lt_item *other, uint64_t line, struct lt_error *err);

/* Does it have classes, or does it not need any? */
bool lt_list_has_classes(const struct lt_list *list);

/* Sets lists->reason to that of the list, if it is better; other lists have no effect. */
int lt_list_look_csv(struct lt_list *list, struct lt_text *text, struct lt_error *err);
/* Reads the text of a list; *is_list is false if the text is not a list. */
int lt_list_read_csv(struct lt_list *list, struct lt_text *text, bool *is_list,
		     struct lt_error *err);
/* Finds a line "sep=;" and comments, which begin with "#".  A line whose first word is the name
 * of an image is none, and neither is the last one if it has titles of columns.  LT_DATA for
 * another separator. */
int lt_list_find_lead(const struct lt_list *list, const struct lt_text *text,
		      struct lt_list_lead *lead, struct lt_error *err);
int lt_list_read_json(struct lt_list *list, struct lt_text *text, bool *is_list,
		      struct lt_error *err);
/* Reads the number and name of a class from an element of "categories". */
int lt_list_category(struct lt_list *list, const struct lt_json *json, struct lt_error *err);
/* Reads JSON with separate images and annotations. */
int lt_list_read_coco(struct lt_list *list, struct lt_json *json, struct lt_error *err);

/* A JSON scalar as a cell; "" for null, lt_list_nested for anything but a scalar.  room holds
 * the text of a number. */
#define LT_LIST_NUMBER 32
extern const char lt_list_nested[];
const char *lt_list_scalar(const struct lt_json_value *value, char room[LT_LIST_NUMBER]);

/* ------------------------------------------------------------------ columns */

/* A cell of the sample; "" if the row is too short, and for column -1. */
const char *lt_list_cell(const struct lt_list_sample *sample, size_t row, int column);
/* "1 image, 2 label", for messages. */
const char *lt_list_describe(const struct lt_list_columns *columns,
			     const struct lt_list_sample *sample, char text[LT_LIST_DESCRIBED]);
/* Is the table of words, found at blanks, one of separate columns?  If not, all words but the
 * path are the class. */
bool lt_list_has_columns(const struct lt_list *list);
/* The column that an option gives, by its title or its number from 1. */
int lt_list_option(const struct lt_list_columns *columns, const struct lt_list_sample *sample,
		   const char *option, const char *value, int *column, struct lt_error *err);
/* 0 or 1 as "0", "1.0", "False", "true" …; -1: neither. */
int lt_list_bit(const char *text);
/*
 * Finds the column of the split: by its title, then by its content.  LT_DATA: a column says
 * whether a row is of one split, such as is_valid, and --splits does not say what its values
 * mean.
 */
int lt_list_find_split(struct lt_list_columns *columns, const struct lt_import *import,
		       const struct lt_split_names *splits, const struct lt_list_sample *sample,
		       struct lt_error *err);
/* --label-column /: is the class of an image its directory? */
bool lt_list_is_by_directory(const struct lt_import *import);
/*
 * After lt_list_find_path, finds the other columns.  label stays -1 if there is only the path,
 * or if another list has a better reason for its column (lists->reason).
 */
int lt_list_find_label(struct lt_list *list, struct lt_error *err);
/* Makes the titles of hot columns classes, whether rows have them or not. */
int lt_list_add_hot(struct lt_list *list, struct lt_error *err);
/* How many hot columns of a row have a 1, and the first of them; -1 if one is neither 0 nor 1.
 */
int lt_list_hot(const struct lt_list_columns *columns, const char *const *cell, size_t n,
		int *found);

#endif
