/*
 * Reads the records of a list one at a time in bounded memory: CSV and TSV as in RFC 4180,
 * and lines of words.
 *
 * Cells may be quoted, with commas, line ends and doubled quotation marks inside.  A line
 * ends with LF, CR LF or CR.  Empty lines are skipped.
 */
#ifndef LT_FORMAT_CSV_H
#define LT_FORMAT_CSV_H

#include "format/text.h"
#include "stream/lines.h"

#define LT_CSV_CELLS 1024 /* of one record */

enum lt_csv_form {
	LT_CSV_COMMA,
	LT_CSV_SEMICOLON,
	LT_CSV_TAB,
	LT_CSV_PIPE,
	LT_CSV_BLANK, /* the second cell is the text after the last blank or tab */
	LT_CSV_LINE,  /* the line is the only cell */
	LT_CSV_WORDS, /* each word is a cell */
	LT_CSV_FIRST, /* the second cell is the text after the first word */
	LT_CSV_FORMS
};

struct lt_csv {
	struct lt_text *text;
	enum lt_csv_form form;
	uint64_t line;	    /* where the record begins, from 1 */
	uint64_t next_line; /* where the next one begins */
	char *bytes;	    /* of the cells, each followed by a zero */
	size_t size, raw;   /* bytes of the record: of its cells; as written in the file */
	const char **cell;  /* valid until the next call */
	size_t n;
};

/* The caller closes the text, which must outlive the reader. */
int lt_csv_open(struct lt_csv *csv, struct lt_text *text, enum lt_csv_form form,
		struct lt_error *err);
/* Skips lines, whatever is in them. */
int lt_csv_skip(struct lt_csv *csv, uint64_t lines, struct lt_error *err);
/*
 * Reads the cells of the next record; n is 0 at the end.  LT_DATA for a record of more than
 * LT_LINE_BYTES or LT_CSV_CELLS, for quotation marks that are not closed or not at the ends
 * of a cell, and for a zero byte.
 */
int lt_csv_next(struct lt_csv *csv, struct lt_error *err);
/* Splits the two cells of a record of form LT_CSV_BLANK as LT_CSV_FIRST does. */
void lt_csv_split_first(struct lt_csv *csv);
/* LT_DATA: "name:line: what". */
int lt_csv_wrong(const struct lt_csv *csv, const char *what, struct lt_error *err);
void lt_csv_close(struct lt_csv *csv);

#endif
