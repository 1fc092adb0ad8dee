/* Headers, rows and cells as lines of text. */
#include "stream/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "stream/frame.h"

static float float_at(enum lt_dtype dtype, const uint8_t *p, size_t i)
{
	uint32_t bits;
	uint16_t half;
	float value;

	if (dtype == LT_F4) {
		memcpy(&value, p + 4 * i, sizeof value);
		return value;
	}
	memcpy(&half, p + 2 * i, sizeof half);
	bits = (uint32_t)half << 16;
	memcpy(&value, &bits, sizeof value);
	return value;
}

void lt_show_number(char out[32], enum lt_dtype dtype, const void *data, size_t i)
{
	double real;
	float single;
	int digits;

	if (dtype <= LT_I8) {
		snprintf(out, 32, "%lld", (long long)lt_integer_at(dtype, data, i));
	} else if (dtype == LT_F8) {
		memcpy(&real, (const uint8_t *)data + 8 * i, sizeof real);
		lt_format_real(real, out);
	} else {
		single = float_at(dtype, data, i);
		for (digits = 1; digits <= 9; digits++) {
			snprintf(out, 32, "%.*g", digits, (double)single);
			if (strtof(out, NULL) == single)
				break;
		}
	}
}

void lt_show_shape(char out[96], const struct lt_shape *shape)
{
	size_t used = 0;
	int i;

	out[0] = '\0';
	for (i = 0; i < shape->dims; i++)
		used += (size_t)snprintf(out + used, 96 - used, "%s%u", i ? "x" : "",
					 shape->dim[i]);
}

/* ------------------------------------------------------------------ header */

static int show_columns(struct lt_output *output, const struct lt_header *header,
			struct lt_error *err)
{
	char shape[96];
	int c, code = 0;

	for (c = 0; c < header->n_cols && code == 0; c++) {
		lt_show_shape(shape, &header->cols[c].shape);
		code = lt_output_printf(
			output, err, "  %-12s %-5s %-12s %s\n", header->cols[c].name,
			lt_dtype_name(header->cols[c].dtype), shape, header->cols[c].role);
	}
	return code;
}

static int show_classes(struct lt_output *output, const struct lt_header *header,
			struct lt_error *err)
{
	int c, code = 0;

	if (header->n_classes < 0)
		return 0;
	code = lt_output_printf(output, err, "classes:");
	for (c = 0; c < header->n_classes && code == 0; c++) {
		code = lt_output_printf(output, err, " %s", header->classes[c]);
		if (code == 0 && header->class_counts)
			code = lt_output_printf(output, err, "(%llu)",
						(unsigned long long)header->class_counts[c]);
	}
	return code ? code : lt_output_printf(output, err, "\n");
}

static int show_model(struct lt_output *output, const struct lt_header *header,
		      struct lt_error *err)
{
	char shape[96];
	int i, code;

	lt_show_shape(shape, &header->input);
	code = lt_output_printf(
		output, err, "  arch %s, input %s, head %s, scale %g, epoch %lld\n",
		header->arch ? header->arch : "-", shape, header->head ? header->head : "-",
		header->scale, (long long)header->epoch);
	for (i = 0; i < header->n_heads && code == 0; i++)
		code = lt_output_printf(output, err, "  head %s: %s, %d outputs, scale %g%s\n",
					header->heads[i].name, header->heads[i].kind,
					header->heads[i].outputs, header->heads[i].scale,
					i == header->predicts ? ", predicts" : "");
	return code;
}

int lt_show_header(struct lt_output *output, const struct lt_header *header,
		   struct lt_error *err)
{
	static const char *const kinds[] = {"rows", "model", "scores"};
	int i, code = lt_output_printf(output, err, "%s%s%s\n", kinds[header->kind],
				       header->split ? ", split " : "",
				       header->split ? header->split : "");

	if (code == 0 && header->kind == LT_MODEL)
		code = show_model(output, header, err);
	if (code == 0)
		code = show_columns(output, header, err);
	if (code == 0)
		code = show_classes(output, header, err);
	if (code == 0 && header->norm.channels > 0) {
		code = lt_output_printf(output, err, "norm:");
		for (i = 0; i < header->norm.channels && code == 0; i++)
			code = lt_output_printf(output, err, " %.4f±%.4f", header->norm.mean[i],
						header->norm.std[i]);
		if (code == 0)
			code = lt_output_printf(output, err, "\n");
	}
	return code;
}

/* ------------------------------------------------------------------- cells */

static int put_clean(struct lt_output *output, const uint8_t *bytes, uint64_t n,
		     struct lt_error *err)
{
	uint64_t i, step;
	int code = 0;

	for (i = 0; i < n && code == 0; i += step) {
		for (step = 1; step < 4 && i + step < n; step++)
			if (lt_text_is_clean((const char *)bytes + i, (size_t)step))
				break;
		if (bytes[i] != '\\' &&
		    lt_text_is_clean((const char *)bytes + i, (size_t)step)) {
			code = lt_output_write(output, bytes + i, (size_t)step, err);
			continue;
		}
		step = 1;
		if (bytes[i] == '\n')
			code = lt_output_printf(output, err, "\\n");
		else if (bytes[i] == '\t')
			code = lt_output_printf(output, err, "\\t");
		else if (bytes[i] == '\\')
			code = lt_output_printf(output, err, "\\\\");
		else
			code = lt_output_printf(output, err, "\\x%02x", bytes[i]);
	}
	return code;
}

/* A cell of a row, and its number of elements (for bytes: of bytes). */
static const uint8_t *cell_of(const struct lt_header *header, const struct lt_rows *rows,
			      uint32_t i, int c, size_t *n)
{
	uint64_t bytes;
	const uint8_t *cell = lt_rows_cell(rows, header, c, i, &bytes);

	*n = (size_t)bytes;
	if (header->cols[c].dtype != LT_BYTES)
		*n /= lt_dtype_size(header->cols[c].dtype);
	return cell;
}

static int put_numbers(struct lt_output *output, enum lt_dtype dtype, const uint8_t *cell,
		       size_t n, struct lt_error *err)
{
	char text[32];
	size_t k;
	int code = 0;

	for (k = 0; k < n && code == 0; k++) {
		lt_show_number(text, dtype, cell, k);
		code = lt_output_printf(output, err, "%s%s", k ? " " : "", text);
	}
	return code;
}

int lt_show_cells(struct lt_output *output, const struct lt_header *header,
		  const struct lt_rows *rows, uint32_t i, const int *columns, int n,
		  struct lt_error *err)
{
	const uint8_t *cell;
	size_t elements;
	int k, code = 0;

	for (k = 0; k < n && code == 0; k++) {
		cell = cell_of(header, rows, i, columns[k], &elements);
		if (k > 0)
			code = lt_output_write(output, "\t", 1, err);
		if (code == 0 && header->cols[columns[k]].dtype == LT_BYTES)
			code = put_clean(output, cell, elements, err);
		else if (code == 0)
			code = put_numbers(output, header->cols[columns[k]].dtype, cell,
					   elements, err);
	}
	return code ? code : lt_output_write(output, "\n", 1, err);
}

int lt_show_raw(struct lt_output *output, const struct lt_header *header,
		const struct lt_rows *rows, uint32_t i, const int *columns, int n,
		struct lt_error *err)
{
	const uint8_t *cell;
	size_t elements, item;
	int k, code = 0;

	for (k = 0; k < n && code == 0; k++) {
		item = lt_dtype_size(header->cols[columns[k]].dtype);
		cell = cell_of(header, rows, i, columns[k], &elements);
		code = lt_output_write(output, cell, elements * (item ? item : 1), err);
	}
	return code;
}

/* ------------------------------------------------------------- rows, tensors */

static int show_cell(struct lt_output *output, const struct lt_header *header,
		     const struct lt_rows *rows, uint32_t i, int c, struct lt_error *err)
{
	const struct lt_column *column = &header->cols[c];
	char shape[96];
	size_t n;
	const uint8_t *cell = cell_of(header, rows, i, c, &n);
	int64_t label;
	int code = lt_output_printf(output, err, "  %s=", column->name);

	if (code)
		return code;
	if (column->dtype == LT_BYTES)
		return n <= LT_MAX_NAME && lt_text_is_clean((const char *)cell, n)
			       ? lt_output_printf(output, err, "%.*s", (int)n,
						  (const char *)cell)
			       : lt_output_printf(output, err, "[%zu bytes]", n);
	if (n > LT_SHOW_ELEMENTS) {
		lt_show_shape(shape, &column->shape);
		code = lt_output_printf(output, err, "[%s: ", shape);
		if (code == 0)
			code = put_numbers(output, column->dtype, cell, 4, err);
		return code ? code : lt_output_printf(output, err, " ...]");
	}
	code = put_numbers(output, column->dtype, cell, n, err);
	if (code || (strcmp(column->name, "y") != 0 && strcmp(column->name, "y_true") != 0))
		return code;
	label = lt_integer_at(column->dtype, cell, 0);
	return label >= 0 && label < header->n_classes
		       ? lt_output_printf(output, err, " (%s)", header->classes[label])
		       : 0;
}

int lt_show_row(struct lt_output *output, const struct lt_header *header,
		const struct lt_rows *rows, uint32_t i, uint64_t number, struct lt_error *err)
{
	int c, code = lt_output_printf(output, err, "%llu", (unsigned long long)number);

	for (c = 0; c < header->n_cols && code == 0; c++)
		code = show_cell(output, header, rows, i, c, err);
	return code ? code : lt_output_write(output, "\n", 1, err);
}

int lt_show_tensor(struct lt_output *output, const struct lt_tensor *tensor,
		   struct lt_error *err)
{
	char shape[96];

	lt_show_shape(shape, &tensor->shape);
	return lt_output_printf(output, err, "%-36s %-5s %s\n", tensor->name,
				lt_dtype_name(tensor->dtype), shape);
}
