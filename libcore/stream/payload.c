/*
 * The meaning of frames.  Sizes are computed from the header and the number of rows,
 * or from a tensor's shape, and must equal that of the body.
 */
#include "stream/reader.h"

#include <string.h>

#include "base/memory.h"

static struct lt_cursor meta_of(const struct lt_reader *reader)
{
	return lt_mp_cursor(reader->meta, reader->meta_size);
}

/* ------------------------------------------------------------------ header */

int lt_payload_header(struct lt_reader *reader)
{
	struct lt_cursor cursor = meta_of(reader);

	lt_header_free(&reader->header);
	lt_header_init(&reader->header, LT_ROWS);
	lt_arena_free(&reader->tensor_arena);
	lt_free(reader->counts);
	reader->counts = NULL;
	reader->frames = reader->rows = reader->bytes = 0;
	reader->crcs = 0;
	if (!lt_meta_read_header(&cursor, &reader->header))
		return lt_reader_wrong_meta(reader, &cursor);
	if (reader->header.kind == LT_ROWS && reader->header.n_classes >= 0) {
		reader->counts =
			lt_new_array((size_t)reader->header.n_classes, sizeof *reader->counts);
		if (!reader->counts)
			return lt_fail_memory(&reader->error);
	}
	return 0;
}

/* -------------------------------------------------------------------- rows */

/* n and at of the map. */
static bool read_row_numbers(struct lt_cursor *cursor, uint64_t *n, uint64_t *at)
{
	struct lt_mp_text name;
	unsigned seen = 0;
	uint32_t pairs;

	if (!lt_mp_map(cursor, &pairs))
		return false;
	while (pairs--) {
		if (!lt_mp_text(cursor, &name))
			return false;
		if (lt_mp_is(&name, "n")) {
			seen |= 1;
			if (!lt_mp_u64(cursor, LT_MAX_ROWS_A_FRAME, n))
				return false;
		} else if (lt_mp_is(&name, "at")) {
			seen |= 2;
			if (!lt_mp_u64(cursor, UINT64_MAX, at))
				return false;
		} else if (!lt_mp_skip(cursor)) {
			return false;
		}
	}
	return seen == 3 || lt_mp_fail(cursor, "n or at is missing");
}

static int wrong_in_body(struct lt_reader *reader, size_t at, const char *what,
			 const char *column)
{
	return lt_reader_wrong(reader,
			       reader->offset + LT_FRAME_HEAD + reader->meta_size +
				       LT_FRAME_BODY_HEAD + at,
			       "column %s: %s", column, what);
}

/*
 * Checks the offsets of a bytes column at body[at]; *end becomes the offset after its bytes.
 */
static int read_offsets(struct lt_reader *reader, int c, size_t at, size_t *end)
{
	const char *name = reader->header.cols[c].name;
	size_t left = reader->body_size - at, n = reader->rows_now.n, table = (n + 1) * 8, i;
	const uint64_t *offset = (const void *)(reader->body + at);

	if (left < table)
		return wrong_in_body(reader, at, "the offsets run past the body's end", name);
	if (offset[0] != 0)
		return wrong_in_body(reader, at, "the first offset is not 0", name);
	for (i = 0; i < n; i++)
		if (offset[i + 1] < offset[i])
			return wrong_in_body(reader, at + 8 * (i + 1), "offsets go backwards",
					     name);
	if (offset[n] > left - table)
		return wrong_in_body(reader, at + 8 * n, "the bytes run past the body's end",
				     name);
	reader->rows_now.offset[c] = offset;
	reader->rows_now.col[c] = reader->body + at + table;
	*end = at + table + (size_t)offset[n];
	return 0;
}

/* Finds column c at the first multiple of 64 from *at on, and moves *at behind it. */
static int place_column(struct lt_reader *reader, int c, size_t *at)
{
	const struct lt_column *column = &reader->header.cols[c];
	size_t start, size, i;

	if (!lt_align_column(*at, &start) || start > reader->body_size)
		return wrong_in_body(reader, *at, "it begins past the body's end",
				     column->name);
	for (i = *at; i < start; i++)
		if (reader->body[i] != 0)
			return wrong_in_body(reader, i, "the padding before it is not zero",
					     column->name);
	if (column->dtype == LT_BYTES)
		return read_offsets(reader, c, start, at);
	if (!lt_column_cell(column, &size) || !lt_mul(size, reader->rows_now.n, &size) ||
	    size > reader->body_size - start)
		return wrong_in_body(reader, start, "it runs past the body's end",
				     column->name);
	reader->rows_now.offset[c] = NULL;
	reader->rows_now.col[c] = reader->body + start;
	*at = start + size;
	return 0;
}

/* Labels must be -1 or a class; those of y are counted. */
static int check_labels(struct lt_reader *reader, const char *name, uint64_t *counts)
{
	const struct lt_header *header = &reader->header;
	int c = lt_header_find(header, name);
	int64_t label, limit = header->n_classes >= 0 ? header->n_classes : INT64_MAX;
	uint32_t i;

	for (i = 0; c >= 0 && i < reader->rows_now.n; i++) {
		label = lt_integer_at(header->cols[c].dtype, reader->rows_now.col[c], i);
		if (label < -1 || label >= limit)
			return lt_reader_wrong(reader, reader->offset,
					       "row %llu: %s is %lld, with %d classes",
					       (unsigned long long)(reader->rows + i), name,
					       (long long)label, header->n_classes);
		if (label >= 0 && counts)
			counts[label]++;
	}
	return 0;
}

int lt_payload_rows(struct lt_reader *reader)
{
	struct lt_cursor cursor = meta_of(reader);
	uint64_t n = 0, at = 0;
	size_t end = 0;
	int c, code = 0;

	if (reader->header.kind == LT_MODEL || reader->header.n_cols == 0)
		return lt_reader_wrong(reader, reader->offset,
				       "rows in a segment without columns");
	if (!read_row_numbers(&cursor, &n, &at))
		return lt_reader_wrong_meta(reader, &cursor);
	if (n == 0 || at != reader->rows)
		return lt_reader_wrong(reader, reader->offset,
				       "%llu rows at %llu, expected some at %llu",
				       (unsigned long long)n, (unsigned long long)at,
				       (unsigned long long)reader->rows);
	reader->rows_now.n = (uint32_t)n;
	reader->rows_now.at = at;
	for (c = 0; c < reader->header.n_cols && code == 0; c++)
		code = place_column(reader, c, &end);
	if (code == 0 && end != reader->body_size)
		code = lt_reader_wrong(reader, reader->offset,
				       "a body of %zu bytes, its columns take %zu",
				       reader->body_size, end);
	if (code == 0)
		code = check_labels(reader, "y", reader->counts);
	if (code == 0)
		code = check_labels(reader, "y_true", NULL);
	if (code)
		return code;
	reader->rows += n;
	reader->all_rows += n;
	return 0;
}

/* ------------------------------------------------------------------ tensors */

struct tensor_meta {
	const char *name;
	enum lt_dtype dtype;
	struct lt_shape shape;
	uint64_t part, parts;
};

static bool read_tensor_meta(struct lt_cursor *cursor, struct lt_arena *arena,
			     struct tensor_meta *meta)
{
	struct lt_mp_text name;
	unsigned seen = 0;
	uint32_t pairs, n;
	bool good = lt_mp_map(cursor, &pairs);

	while (good && pairs--) {
		if (!lt_mp_text(cursor, &name))
			return false;
		if (lt_mp_is(&name, "name")) {
			seen |= 1;
			good = lt_meta_name(cursor, arena, LT_MAX_NAME, &meta->name);
		} else if (lt_mp_is(&name, "dtype")) {
			seen |= 2;
			good = lt_meta_dtype(cursor, &meta->dtype);
		} else if (lt_mp_is(&name, "shape")) {
			seen |= 4;
			good = lt_meta_shape(cursor, 0, &meta->shape);
		} else if (lt_mp_is(&name, "part")) {
			seen |= 8;
			good = lt_mp_array(cursor, &n) &&
			       (n == 2 || lt_mp_fail(cursor, "part is not [k, of]")) &&
			       lt_mp_u64(cursor, UINT32_MAX, &meta->part) &&
			       lt_mp_u64(cursor, UINT32_MAX, &meta->parts);
		} else {
			good = lt_mp_skip(cursor);
		}
	}
	if (good && meta->dtype == LT_BYTES && (seen & 2))
		return lt_mp_fail(cursor, "a tensor of bytes");
	return good &&
	       (seen == 15 || lt_mp_fail(cursor, "name, dtype, shape or part is missing"));
}

static bool continues(const struct lt_reader *reader, const struct tensor_meta *meta)
{
	const struct lt_tensor *t = &reader->tensor;

	return strcmp(t->name, meta->name) == 0 && t->dtype == meta->dtype &&
	       t->shape.dims == meta->shape.dims &&
	       memcmp(t->shape.dim, meta->shape.dim,
		      (size_t)t->shape.dims * sizeof t->shape.dim[0]) == 0;
}

/* A first part: the tensor is remembered until its last one. */
static int begin_tensor(struct lt_reader *reader, const struct tensor_meta *meta)
{
	struct lt_tensor *tensor = &reader->tensor;

	lt_arena_free(&reader->tensor_arena);
	*tensor = (struct lt_tensor){.dtype = meta->dtype, .shape = meta->shape};
	tensor->name = lt_arena_text(&reader->tensor_arena, meta->name);
	if (!tensor->name)
		return lt_fail_memory(&reader->error);
	if (!lt_tensor_cut(meta->dtype, &meta->shape, &reader->cut))
		return lt_reader_wrong(reader, reader->offset, "tensor %s is beyond memory",
				       tensor->name);
	if (reader->cut.parts > UINT32_MAX)
		return lt_reader_wrong(reader, reader->offset, "tensor %s has too many parts",
				       tensor->name);
	tensor->parts = (uint32_t)reader->cut.parts;
	return 0;
}

static int set_part(struct lt_reader *reader, uint64_t part)
{
	struct lt_tensor *tensor = &reader->tensor;
	const struct lt_cut *cut = &reader->cut;
	uint64_t first = part * cut->per_part, slices = cut->slices - first;
	size_t size, item = lt_dtype_size(tensor->dtype);

	if (slices > cut->per_part)
		slices = cut->per_part;
	if (!lt_mul(cut->slice_bytes, slices, &size) || size != reader->body_size)
		return lt_reader_wrong(reader, reader->offset,
				       "tensor %s: a body of %zu bytes, its shape takes %llu",
				       tensor->name, reader->body_size,
				       (unsigned long long)(cut->slice_bytes * slices));
	tensor->part = (uint32_t)part;
	tensor->first_element = first * (cut->slice_bytes / item);
	tensor->elements = size / item;
	tensor->data = reader->body;
	reader->tensor_open = part + 1 < cut->parts;
	return 0;
}

int lt_payload_tensor(struct lt_reader *reader)
{
	struct lt_cursor cursor = meta_of(reader);
	struct tensor_meta meta = {0};
	uint64_t want = reader->tensor_open ? (uint64_t)reader->tensor.part + 1 : 0;
	int code = 0;

	lt_arena_free(&reader->arena);
	if (reader->header.kind == LT_ROWS)
		return lt_reader_wrong(reader, reader->offset, "a tensor in a segment of rows");
	if (!read_tensor_meta(&cursor, &reader->arena, &meta))
		return lt_reader_wrong_meta(reader, &cursor);
	if (reader->tensor_open && !continues(reader, &meta))
		return lt_reader_wrong(
			reader, reader->offset, "tensor %s ends after part %llu of %u",
			reader->tensor.name, (unsigned long long)want, reader->tensor.parts);
	if (!reader->tensor_open)
		code = begin_tensor(reader, &meta);
	if (code)
		return code;
	if (meta.part != want || meta.parts != reader->tensor.parts)
		return lt_reader_wrong(reader, reader->offset,
				       "tensor %s: part %llu of %llu, expected %llu of %u",
				       meta.name, (unsigned long long)meta.part,
				       (unsigned long long)meta.parts, (unsigned long long)want,
				       reader->tensor.parts);
	return set_part(reader, want);
}
