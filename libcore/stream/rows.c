/* Cells of a frame of rows. */
#include "stream/frame.h"
#include "stream/stream.h"

const void *lt_rows_cell(const struct lt_rows *rows, const struct lt_header *header, int col,
			 uint32_t i, uint64_t *bytes)
{
	const struct lt_column *column = &header->cols[col];
	const uint64_t *offset = rows->offset[col];
	size_t size = 0;

	if (column->dtype == LT_BYTES) {
		if (bytes)
			*bytes = offset[i + 1] - offset[i];
		return (const uint8_t *)rows->col[col] + offset[i];
	}
	/* The reader has checked that the product fits. */
	lt_shape_elements(&column->shape, &size);
	size *= lt_dtype_size(column->dtype);
	if (bytes)
		*bytes = size;
	return (const uint8_t *)rows->col[col] + size * i;
}

int64_t lt_rows_integer(const struct lt_rows *rows, const struct lt_header *header, int col,
			uint32_t i)
{
	const struct lt_column *column = &header->cols[col];

	return lt_column_is_integer(column) ? lt_integer_at(column->dtype, rows->col[col], i)
					    : -1;
}
