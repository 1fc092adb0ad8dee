/*
 * Classes as texts, as lists and shards give them for each image, kept until all of them are
 * known.  If all are numbers, they are labels, otherwise names.  The names of numbers come
 * from a table beside the list or from a second column.
 */
#ifndef LT_IMPORT_LABELS_H
#define LT_IMPORT_LABELS_H

#include "format/text.h"
#include "import/catalog.h"

#define LT_LABELS_RECENT 4096 /* a power of two */

/* A class's number and its name. */
struct lt_class_name {
	int64_t number;
	const char *name;
};

struct lt_class_table {
	const char *from; /* the file, for messages; NULL: there is none */
	struct lt_class_name *class;
	size_t n, room;
	bool by_line; /* numbers are those of the lines, from 0 */
};

/* { .import, .catalog.order } is empty; lt_labels_free releases it. */
struct lt_labels {
	struct lt_import *import;
	struct lt_catalog catalog;
	bool by_name;			/* some class was not a number */
	const char *number, *no_number; /* an example of each, for the notice */
	const char *nothing;		/* a class called NaN or null, or NULL */
	struct lt_class_table table;
	const char **name_of; /* for each number, from a second column; or NULL */
	const char *clash;    /* one of two names that a number had there */
	const char
		*recent[LT_LABELS_RECENT]; /* recent texts, so that most are kept only once */
};

/* Copies a text to the import's arena; the same text mostly gives the same pointer.  NULL
 * without memory. */
const char *lt_labels_keep(struct lt_labels *labels, const char *text, size_t n);
/* The text without leading and trailing blanks, *n bytes. */
const char *lt_labels_trim(const char *text, size_t *n);
/*
 * Sets the class of an item from a text; an empty text, or --no-labels, leaves it unset.
 * LT_DATA for an invalid text: *wrong says why, and the caller makes the message.
 */
int lt_labels_set(struct lt_labels *labels, const char *text, struct lt_item *item,
		  const char **wrong, struct lt_error *err);
/* Adds a class that exists even if no item has it; an invalid name is ignored. */
int lt_labels_add(struct lt_labels *labels, const char *text, struct lt_error *err);
/* Records the name that a second column has beside a number; other texts are ignored. */
int lt_labels_note(struct lt_labels *labels, const char *number, const char *name,
		   struct lt_error *err);
/* Parses the number of a class, such as "7", "7.0" or "7.000000"; -1 means none. */
bool lt_labels_number(const char *text, size_t n, int64_t *number);

int lt_class_table_add(struct lt_labels *labels, int64_t number, const char *name,
		       struct lt_error *err);
/* Is this the name of a class table, such as "classes.txt"? */
bool lt_class_table_is_named(const char *name);
/* Reads a class table: one name per line, or numbers and names. */
int lt_class_table_read(struct lt_labels *labels, struct lt_text *text, struct lt_error *err);

/* Sets labels or names of all items and the class list of the catalog; from: the file with the
 * second column, for messages. */
int lt_labels_settle(struct lt_labels *labels, const char *from, struct lt_error *err);
void lt_labels_free(struct lt_labels *labels);

#endif
