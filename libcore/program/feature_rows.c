#include "program/feature_rows.h"

#include <string.h>

#include "base/memory.h"

/* ---------------------------------------------------------------------------- input */

static int note_input(void *arg, const struct lt_totals *totals, struct lt_error *err)
{
	struct lt_feature_input *input = arg;

	return lt_totals_append(&input->inputs, &input->n_inputs, totals, err);
}

int lt_feature_input_open(struct lt_feature_input *input, const char *role,
			  const char *const *paths, int n, const char *column,
			  struct lt_error *err)
{
	int code = lt_join_open(&input->join, paths, n, LT_MAX_BODY, err);

	if (code != 0)
		return code;
	input->role = role;
	input->join.done = note_input;
	input->join.arg = input;
	return lt_vectors_find(&input->vectors, lt_feature_header(input),
			       lt_feature_name(input), column, err);
}

int lt_feature_input_operands(struct lt_feature_input *input, struct lt_cli *cli,
			      const char *column, struct lt_error *err)
{
	static const char *const from_stdin[] = {NULL};
	int n = lt_cli_operands(cli);

	return lt_feature_input_open(input, "data",
				     n > 0 ? lt_cli_operand_list(cli) : from_stdin,
				     n > 0 ? n : 1, column, err);
}

bool lt_feature_is_stdin(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

int lt_feature_operands_stdin(const struct lt_cli *cli)
{
	int n = lt_cli_operands(cli), from_stdin = n == 0;

	for (int i = 0; i < n; i++)
		from_stdin += lt_feature_is_stdin(lt_cli_operand(cli, i));
	return from_stdin;
}

void lt_feature_input_close(struct lt_feature_input *input)
{
	lt_join_close(&input->join);
	lt_vectors_free(&input->vectors);
	lt_free(input->inputs);
	*input = (struct lt_feature_input){0};
}

const struct lt_header *lt_feature_header(const struct lt_feature_input *input)
{
	return &input->join.header[0];
}

const char *lt_feature_name(const struct lt_feature_input *input)
{
	return lt_join_name(&input->join, 0);
}

const char *lt_feature_name_now(const struct lt_feature_input *input)
{
	return lt_join_name(&input->join, input->join.at);
}

/* --------------------------------------------------------------------------- output */

int lt_feature_output_header(struct lt_feature_output *output,
			     const struct lt_feature_input *input, const char *made,
			     uint32_t width, const char *role, struct lt_error *err)
{
	const struct lt_header *from = lt_feature_header(input);
	struct lt_shape shape = {1, {width}};
	int n = 0, code = lt_header_copy(&output->header, from, err);

	if (code != 0)
		return code;
	for (int c = 0; c < from->n_cols; c++)
		if (strcmp(from->cols[c].name, made) != 0)
			output->from[n++] = c;
	lt_header_drop_column(&output->header, made);
	output->header.class_counts = NULL; /* of the first file alone */
	output->header.n_prov = 0;
	return lt_header_add_column(&output->header, made, LT_F4, shape, role, err);
}

/*
 * The entry of the model whose scores an entry is, or -1.  Programs between eval and here
 * (lt cat --slice) have one input.
 */
static int model_of(const struct lt_header *header, int entry)
{
	while (entry >= 0) {
		const struct lt_prov *prov = &header->prov[entry];
		bool scores = strcmp(prov->prog, "eval") == 0;

		for (int i = 0; scores && i < prov->n_in; i++)
			if (strcmp(prov->in[i].role, "model") == 0)
				return prov->in[i].entry;
		entry = scores || prov->n_in != 1 ? -1 : prov->in[0].entry;
	}
	return -1;
}

/* Files with one origin, such as shards, are listed once: an entry has at most 4 KiB. */
static bool is_listed(const struct lt_prov_in *in, int n, const char *role, int entry)
{
	while (n-- > 0)
		if (in[n].entry == entry && strcmp(in[n].role, role) == 0)
			return true;
	return false;
}

/* The last entry of file i of an input is *last in the output's header, -1 if it has none. */
static int merge_one(struct lt_feature_output *output, const struct lt_feature_input *input,
		     int i, struct lt_prov_in *in, int *n, int *last, struct lt_error *err)
{
	int code = lt_prov_merge(&output->header, lt_join_header(&input->join, i), last, err);

	if (code != 0 || *last < 0 || is_listed(in, *n, input->role, *last))
		return code;
	if (*n == LT_MAX_PROV)
		return lt_fail(err, LT_USAGE,
			       "more than %d inputs: join them with lt cat first", LT_MAX_PROV);
	in[(*n)++] = (struct lt_prov_in){.role = input->role, .entry = *last};
	return 0;
}

int lt_feature_output_provenance(struct lt_feature_output *output, struct lt_cli *cli,
				 struct lt_feature_input *const input[], int n, bool one_model,
				 struct lt_error *err)
{
	struct lt_prov_in in[LT_MAX_PROV];
	int n_in = 0, model = -1, code, last, own;

	for (int k = 0; k < n; k++)
		for (int i = 0; i < input[k]->join.n; i++) {
			code = merge_one(output, input[k], i, in, &n_in, &last, err);
			if (code != 0)
				return code;
			own = model_of(&output->header, last);
			if (one_model && own >= 0 && model >= 0 && own != model)
				return lt_fail(err, LT_DATA,
					       "%s: scores of another model than %s",
					       lt_join_name(&input[k]->join, i),
					       lt_feature_name(input[0]));
			model = own >= 0 ? own : model;
		}
	return lt_cli_provenance(cli, &output->header, "stdout", in, n_in, err);
}

int lt_feature_output_row(struct lt_feature_output *output,
			  const struct lt_feature_input *input, const struct lt_rows *rows,
			  uint32_t i, const float *made, struct lt_error *err)
{
	const void *cell[LT_MAX_COLUMNS];
	uint64_t bytes[LT_MAX_COLUMNS] = {0};
	int c;

	for (c = 0; c < output->header.n_cols - 1; c++)
		cell[c] = lt_rows_cell(rows, lt_feature_header(input), output->from[c], i,
				       &bytes[c]);
	cell[c] = made;
	return lt_writer_row(output->writer, cell, bytes, err);
}

int lt_feature_output_done(struct lt_feature_output *output, struct lt_cli *cli,
			   struct lt_feature_input *const input[], int n, struct lt_error *err)
{
	int code = 0;

	for (int k = 0; k < n; k++)
		for (int i = 0; i < input[k]->n_inputs && code == 0; i++)
			code = lt_writer_input(output->writer, &input[k]->inputs[i], err);
	return code != 0 ? code : lt_cli_done(cli, output->writer, NULL, err);
}

void lt_feature_output_free(struct lt_feature_output *output)
{
	lt_header_free(&output->header);
}
