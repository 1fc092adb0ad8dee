/*
 * Streams as text: for people (ltcat --head), for jq (--json), for the
 * shell (--take, --how).  The text is UTF-8 without control characters, except
 * for the newlines and tabs that structure it.
 */
#ifndef LT_STREAM_SHOW_H
#define LT_STREAM_SHOW_H

#include "stream/stream.h"

/* Cells with more elements are shown as their shape. */
#define LT_SHOW_ELEMENTS 16

/* The header in a few lines. */
int lt_show_header(struct lt_output *output, const struct lt_header *header,
		   struct lt_error *err);
/* One line for a row: its number, then name=value. */
int lt_show_row(struct lt_output *output, const struct lt_header *header,
		const struct lt_rows *rows, uint32_t i, uint64_t number, struct lt_error *err);
int lt_show_tensor(struct lt_output *output, const struct lt_tensor *tensor,
		   struct lt_error *err);

/*
 * Cells of the named columns as one line: tabs between columns, blanks between
 * the elements of a cell.  In bytes columns, bytes that are not clean text are
 * written as \n, \t, \\ or \xHH.
 */
int lt_show_cells(struct lt_output *output, const struct lt_header *header,
		  const struct lt_rows *rows, uint32_t i, const int *columns, int n,
		  struct lt_error *err);
/* The bytes of the same cells, without separators. */
int lt_show_raw(struct lt_output *output, const struct lt_header *header,
		const struct lt_rows *rows, uint32_t i, const int *columns, int n,
		struct lt_error *err);

/* Element i of a column or tensor as the shortest exact text; out has 32 bytes. */
void lt_show_number(char out[32], enum lt_dtype dtype, const void *data, size_t i);

/* "32x32x3"; empty for a scalar; out has 96 bytes. */
void lt_show_shape(char out[96], const struct lt_shape *shape);

/* Appends the provenance as the shell pipelines that made the stream. */
int lt_how(struct lt_buffer *text, const struct lt_header *header, struct lt_error *err);
int lt_show_how(struct lt_output *output, const struct lt_header *header, struct lt_error *err);

/* Each writes one line with a JSON object.  Numbers that JSON cannot represent are null. */
int lt_json_header(struct lt_output *output, const struct lt_header *header,
		   struct lt_error *err);
int lt_json_row(struct lt_output *output, const struct lt_header *header,
		const struct lt_rows *rows, uint32_t i, struct lt_error *err);
int lt_json_tensor(struct lt_output *output, const struct lt_tensor *tensor,
		   struct lt_error *err);
int lt_json_note(struct lt_output *output, const struct lt_note *note, struct lt_error *err);
int lt_json_done(struct lt_output *output, const struct lt_header *header,
		 const struct lt_totals *totals, struct lt_error *err);

#endif
