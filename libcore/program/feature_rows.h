/*
 * Shared by the programs that read rows with vectors and write them with an additional column:
 * inputs, and the header, provenance and rows of the output.
 */
#ifndef LT_PROGRAM_FEATURE_ROWS_H
#define LT_PROGRAM_FEATURE_ROWS_H

#include "cli/cli.h"
#include "embed/vectors.h"
#include "stream/join.h"

/* Several streams as one table with a column of vectors.  { 0 } is a closed input. */
struct lt_feature_input {
	const char *role; /* its name in provenance; owned by the caller */
	struct lt_join join;
	struct lt_vectors vectors; /* the column; the caller adds rows */
	struct lt_totals *inputs;  /* segments consumed */
	int n_inputs;
};

/*
 * Opens n files (NULL: stdin) that must agree in columns and classes and have the column.
 * Close the input even after an error.
 */
int lt_feature_input_open(struct lt_feature_input *input, const char *role,
			  const char *const *paths, int n, const char *column,
			  struct lt_error *err);
/* The same for the program's operands, or stdin if there are none. */
int lt_feature_input_operands(struct lt_feature_input *input, struct lt_cli *cli,
			      const char *column, struct lt_error *err);
void lt_feature_input_close(struct lt_feature_input *input);
/* Does the program read this from stdin?  NULL and "-" are. */
bool lt_feature_is_stdin(const char *path);
/* How many of the operands it reads from there; none given is one. */
int lt_feature_operands_stdin(const struct lt_cli *cli);

const struct lt_header *lt_feature_header(const struct lt_feature_input *input);
/* Names for messages: of the first file, and of the file that is being read. */
const char *lt_feature_name(const struct lt_feature_input *input);
const char *lt_feature_name_now(const struct lt_feature_input *input);

/* The output rows: the input's columns, followed by the new one. */
struct lt_feature_output {
	struct lt_header header;
	int from[LT_MAX_COLUMNS]; /* the input's columns that are kept */
	struct lt_writer *writer;
};

/*
 * Makes the header: that of the input, without counts and without a column of the same name,
 * plus the new column, <f4 of width values.  Free the output even after an error.
 */
int lt_feature_output_header(struct lt_feature_output *output,
			     const struct lt_feature_input *input, const char *made,
			     uint32_t width, const char *role, struct lt_error *err);
/*
 * Adds this program's provenance, from n sets of inputs.  LT_DATA if one_model is true and two
 * streams are known to be scores of different models.
 */
int lt_feature_output_provenance(struct lt_feature_output *output, struct lt_cli *cli,
				 struct lt_feature_input *const input[], int n, bool one_model,
				 struct lt_error *err);
/* Writes row i of the input's rows with its new cell. */
int lt_feature_output_row(struct lt_feature_output *output,
			  const struct lt_feature_input *input, const struct lt_rows *rows,
			  uint32_t i, const float *made, struct lt_error *err);
/* Writes DONE, with the segments of all inputs. */
int lt_feature_output_done(struct lt_feature_output *output, struct lt_cli *cli,
			   struct lt_feature_input *const input[], int n, struct lt_error *err);
void lt_feature_output_free(struct lt_feature_output *output);

#endif
