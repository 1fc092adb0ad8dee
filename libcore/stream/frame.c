/* Byte order, sizes and layout, shared by reader and writer. */
#include "stream/frame.h"

#include <string.h>

#include "stream/stream.h"

void lt_put_be32(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
}

uint32_t lt_get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint64_t lt_get_be64(const uint8_t *p)
{
	return (uint64_t)lt_get_be32(p) << 32 | lt_get_be32(p + 4);
}

void lt_frame_head(uint8_t head[LT_FRAME_HEAD], const char kind[4], uint64_t seq, uint32_t meta)
{
	head[0] = 0x95;
	head[1] = 0xa4;
	memcpy(head + 2, kind, 4);
	head[6] = 0xcf;
	lt_put_be32(head + 7, (uint32_t)(seq >> 32));
	lt_put_be32(head + 11, (uint32_t)seq);
	head[15] = 0xc6;
	lt_put_be32(head + 16, meta);
}

uint32_t lt_crcs_next(uint32_t crcs, uint32_t frame_crc)
{
	uint8_t wire[4];

	lt_put_be32(wire, frame_crc);
	return lt_crc32c(crcs, wire, sizeof wire);
}

bool lt_column_cell(const struct lt_column *column, size_t *out)
{
	size_t n;

	return lt_shape_elements(&column->shape, &n) &&
	       lt_mul(n, lt_dtype_size(column->dtype), out);
}

bool lt_align_column(size_t at, size_t *out)
{
	if (!lt_add(at, LT_COLUMN_ALIGN - 1, &at))
		return false;
	*out = at & ~(size_t)(LT_COLUMN_ALIGN - 1);
	return true;
}

bool lt_rows_layout(const struct lt_header *header, uint64_t n, const uint64_t *bytes,
		    size_t start[LT_MAX_COLUMNS], size_t *total)
{
	size_t at = 0, size;
	int c;

	for (c = 0; c < header->n_cols; c++) {
		if (!lt_align_column(at, &start[c]))
			return false;
		if (header->cols[c].dtype == LT_BYTES) {
			if (!lt_mul((size_t)n + 1, 8, &size) ||
			    (bytes && !lt_add(size, bytes[c], &size)))
				return false;
		} else if (!lt_column_cell(&header->cols[c], &size) ||
			   !lt_mul(size, n, &size)) {
			return false;
		}
		if (!lt_add(start[c], size, &at))
			return false;
	}
	*total = at;
	return true;
}

bool lt_tensor_cut(enum lt_dtype dtype, const struct lt_shape *shape, struct lt_cut *cut)
{
	struct lt_shape slice = *shape;
	size_t elements, whole;

	cut->slices = shape->dims > 0 ? shape->dim[0] : 1;
	if (shape->dims > 0)
		slice.dim[0] = 1;
	if (!lt_shape_elements(&slice, &elements) ||
	    !lt_mul(elements, lt_dtype_size(dtype), &cut->slice_bytes) ||
	    !lt_mul(cut->slice_bytes, cut->slices, &whole))
		return false;
	cut->per_part = cut->slices;
	if (cut->slice_bytes > 0 && whole > LT_PART_BODY)
		cut->per_part =
			cut->slice_bytes < LT_PART_BODY ? LT_PART_BODY / cut->slice_bytes : 1;
	cut->parts = cut->slices > cut->per_part
			     ? (cut->slices + cut->per_part - 1) / cut->per_part
			     : 1;
	return true;
}

bool lt_column_is_integer(const struct lt_column *column)
{
	return column->dtype <= LT_I8 && column->shape.dims == 0;
}

int64_t lt_integer_at(enum lt_dtype dtype, const void *cells, size_t i)
{
	const uint8_t *p = cells;
	int64_t i8;
	int32_t i4;
	int16_t i2;

	switch (dtype) {
	case LT_I2:
		memcpy(&i2, p + 2 * i, sizeof i2);
		return i2;
	case LT_I4:
		memcpy(&i4, p + 4 * i, sizeof i4);
		return i4;
	case LT_I8:
		memcpy(&i8, p + 8 * i, sizeof i8);
		return i8;
	default:
		return p[i];
	}
}
