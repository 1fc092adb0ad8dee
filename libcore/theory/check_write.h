/*
 * Writes the check as text or TSV: a header line and one line for each value (TSV: value, got,
 * reference, within, and 1 or 0 for good).  The text ends with the number of good values.
 */
#ifndef LT_THEORY_CHECK_WRITE_H
#define LT_THEORY_CHECK_WRITE_H

#include "stream/output.h"
#include "theory/sweep_write.h"
#include "theory/theory_check.h"

struct lt_check_writer {
	enum lt_sweep_format format;
	struct lt_output *out;
	double errors;	     /* allowed deviation in standard errors */
	int values, off;     /* values written so far, and those that deviate */
	char first_off[100]; /* name of the first such value */
};

int lt_check_begin(struct lt_check_writer *writer, struct lt_error *err);
/* A lt_check_report; writer is a struct lt_check_writer. */
int lt_check_line(void *writer, const struct lt_check_value *value, struct lt_error *err);
int lt_check_end(const struct lt_check_writer *writer, struct lt_error *err);

#endif
