/*
 * Writes sweeps.  "text" is a table for people, "tsv" one for programs: a header line, then
 * one line for each point, beginning with `sweep`, with exact numbers and "-" for none.
 * Two empty lines separate tables, as for gnuplot's index.
 */
#ifndef LT_THEORY_SWEEP_WRITE_H
#define LT_THEORY_SWEEP_WRITE_H

#include "stream/output.h"
#include "theory/sweep.h"

enum lt_sweep_format { LT_SWEEP_TEXT, LT_SWEEP_TSV };
extern const char *const lt_sweep_formats[]; /* for the option table, NULL-terminated */

/* settings: one line for people.  first: this is the first table. */
int lt_sweep_begin(enum lt_sweep_format format, const struct lt_sweep *sweep,
		   const char *settings, bool first, struct lt_output *out,
		   struct lt_error *err);
int lt_sweep_line(enum lt_sweep_format format, const struct lt_sweep *sweep,
		  const double *cells, struct lt_output *out, struct lt_error *err);
int lt_sweep_end(enum lt_sweep_format format, const struct lt_sweep *sweep,
		 struct lt_output *out, struct lt_error *err);

#endif
