/*
 * --explain: prints what a program would do with these options and this input, without doing
 * it.  The first line of an entry begins with a heading, and further lines are indented:
 *
 *	loss      ldam: cross-entropy with a margin for each class
 *	          l = -log softmax(z - scale m_y [c = y])_y, z = scale cosine
 */
#ifndef LT_PROGRAM_EXPLAIN_H
#define LT_PROGRAM_EXPLAIN_H

#include "base/about.h"
#include "cli/cli.h"

/* A line of an option table. */
#define LT_EXPLAIN_OPT(T, f, help_) LT_FLAG(T, f, "explain", 0, help_)

/* With --explain the main output is text.  LT_USAGE for -o. */
int lt_explain_begin(const struct lt_flag_value *explain, struct lt_cli *cli,
		     struct lt_error *err);

/* A heading and its text, with further lines aligned under the first. */
int lt_explain_say(struct lt_output *out, const char *heading, const char *text,
		   struct lt_error *err);

/* "name: summary", formula and source. */
int lt_explain_method(struct lt_output *out, const char *heading, const char *name,
		      const struct lt_about *about, struct lt_error *err);

/*
 * "gamma 0.3, tau 1": those options of the NULL-terminated list that have a value; no line if
 * none has.
 */
int lt_explain_settings(struct lt_output *out, const struct lt_cli *cli,
			const char *const *options, struct lt_error *err);

/* A column of a table by class. */
struct lt_explain_column {
	char title[32];
	const uint64_t *count; /* or: */
	const double *value;
	const uint64_t *rows; /* prints "-" for a class with 0 here; NULL: all are printed */
};

/* An empty line, the titles, and a line for each class. */
int lt_explain_table(struct lt_output *out, const char *const *names, int classes,
		     const struct lt_explain_column *column, int n, struct lt_error *err);

#endif
