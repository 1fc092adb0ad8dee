/*
 * Finds the columns of a list: the path of the image, its class, its split.  They are found by
 * the options, then by the names of the columns (the table in ltimport(1)), then by their
 * content.  An ambiguous list is refused.
 */
#ifndef LT_IMPORT_LIST_COLUMNS_H
#define LT_IMPORT_LIST_COLUMNS_H

#include "import/import.h"
#include "import/list_index.h"
#include "import/split_names.h"

struct lt_list_row {
	const char *const *cell;
	size_t n;
};

/* The first rows of a list. */
struct lt_list_sample {
	const char *name; /* the list's, for messages */
	struct lt_list_row *row;
	size_t n, room;
	size_t width;	 /* cells of the widest row */
	size_t cells;	 /* of all rows */
	bool has_titles; /* row 0 has the names of the columns, as in JSON */
	struct lt_arena arena;
};

/* { 0 } with a name is empty.  Copies the cells. */
int lt_list_sample_add(struct lt_list_sample *sample, const char *const *cell, size_t n,
		       struct lt_error *err);
/* Are there enough rows? */
bool lt_list_sample_is_full(const struct lt_list_sample *sample);
void lt_list_sample_free(struct lt_list_sample *sample);

/* How the column of the class was found, the weakest reason first. */
enum lt_list_reason {
	LT_REASON_NONE,
	LT_REASON_REST, /* it is the only other column */
	LT_REASON_BITS, /* each class has a column of zeros and ones */
	LT_REASON_TITLE /* its title, or --label-column */
};

struct lt_list_columns {
	bool has_header;
	enum lt_list_reason reason;
	int path, label, split; /* -1: none */
	int unread;		/* titled as splits are, but without names of splits; or -1 */
	int name;		/* of the class whose number is in label, or -1 */
	int *hot;		/* columns of which exactly one has a 1 in each row, or NULL */
	int n_hot;
	int kept[LT_IMPORT_KEPT]; /* columns of --keep */
	int n_kept;		  /* 0: none, or not looked for */
	bool by_directory; /* --label-column /: the class is the directory of the image */
	bool boxes;	   /* the class is that of objects with boxes (boxes.h) */
	bool rest;	   /* column 1 is what follows the first word of a line */
	size_t named;	   /* rows of the sample whose image was found */
	const char *const *title; /* n_titles of a header, in the sample's arena */
	size_t n_titles;
};

/*
 * Finds the path column; path is -1 if there is none.  LT_DATA if several are possible, or if
 * --path-column does not name a column.
 */
int lt_list_find_path(struct lt_list_columns *columns, const struct lt_import *import,
		      const struct lt_list_index *index, const struct lt_listed *list,
		      const struct lt_list_sample *sample, struct lt_error *err);
#endif
