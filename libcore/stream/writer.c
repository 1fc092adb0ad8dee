/*
 * Writes a segment.  Rows are collected by column and cut into frames only by size,
 * so equal tables have equal bytes however the rows arrived.
 *
 * writer_end.c writes DONE and FAIL.
 */
#include "stream/stream.h"

#include <string.h>

#include "base/memory.h"
#include "stream/writer.h"

/* ------------------------------------------------------------------ frames */

static int put(struct lt_writer *writer, const void *bytes, size_t n, struct lt_error *err)
{
	int code = lt_output_write(writer->output, bytes, n, err);

	writer->crc = lt_crc32c(writer->crc, bytes, n);
	if (code)
		writer->broken = true;
	return code;
}

static int begin_frame(struct lt_writer *writer, const char *kind, const struct lt_pack *meta,
		       size_t body, struct lt_error *err)
{
	uint8_t head[LT_FRAME_HEAD], body_head[LT_FRAME_BODY_HEAD] = {0xc6};
	int code;

	if (meta->failed)
		return lt_fail_memory(err);
	if (meta->bytes.size > LT_MAX_META)
		return lt_fail(
			err, LT_DATA, "%s: the map of frame %s takes %zu bytes, over %zu",
			lt_output_name(writer->output), kind, meta->bytes.size, LT_MAX_META);
	if (body > writer->max_body)
		return lt_fail(err, LT_DATA, "%s: a body of %zu bytes for frame %s, over %llu",
			       lt_output_name(writer->output), body, kind,
			       (unsigned long long)writer->max_body);
	lt_frame_head(head, kind, writer->frames, (uint32_t)meta->bytes.size);
	lt_put_be32(body_head + 1, (uint32_t)body);
	writer->crc = 0;
	writer->bytes +=
		sizeof head + meta->bytes.size + sizeof body_head + body + LT_FRAME_TAIL;
	code = put(writer, head, sizeof head, err);
	if (code == 0)
		code = put(writer, meta->bytes.data, meta->bytes.size, err);
	if (code == 0)
		code = put(writer, body_head, sizeof body_head, err);
	return code;
}

static int end_frame(struct lt_writer *writer, struct lt_error *err)
{
	uint32_t crc = writer->crc;
	uint8_t tail[LT_FRAME_TAIL] = {0xce};

	lt_put_be32(tail + 1, crc);
	writer->frames++;
	writer->crcs = lt_crcs_next(writer->crcs, crc);
	return put(writer, tail, sizeof tail, err);
}

int lt_writer_map(struct lt_writer *writer, const char *kind, struct lt_pack *meta,
		  struct lt_error *err)
{
	int code = begin_frame(writer, kind, meta, 0, err);

	if (code == 0)
		code = end_frame(writer, err);
	lt_pack_free(meta);
	return code;
}

/* ---------------------------------------------------------- begin and free */

static void free_blocks(struct cell_blocks *blocks)
{
	size_t i;

	for (i = 0; i < blocks->n + blocks->spare; i++)
		lt_free(blocks->block[i]);
	lt_free(blocks->block);
}

void lt_writer_free(struct lt_writer *writer)
{
	int c;

	for (c = 0; c < writer->header.n_cols; c++) {
		lt_buffer_free(&writer->cells[c]);
		lt_buffer_free(&writer->offsets[c]);
		free_blocks(&writer->blocks[c]);
	}
	lt_header_free(&writer->header);
	lt_free(writer->counts);
	lt_free(writer->inputs);
	lt_free(writer);
}

static int prepare(struct lt_writer *writer, const struct lt_header *header,
		   struct lt_error *err)
{
	int c, code = lt_header_copy(&writer->header, header, err);

	if (code)
		return code;
	writer->y = lt_header_find(header, "y");
	if (writer->y >= 0 && !lt_column_is_integer(&header->cols[writer->y]))
		return lt_fail(err, LT_BUG, "column y is not one integer a row");
	for (c = 0; c < header->n_cols; c++)
		if (header->cols[c].dtype != LT_BYTES &&
		    (!lt_column_cell(&header->cols[c], &writer->cell_size[c]) ||
		     writer->cell_size[c] == 0))
			return lt_fail(err, LT_DATA, "column %s: a cell without a size",
				       header->cols[c].name);
	if (header->kind == LT_ROWS && header->n_classes >= 0) {
		writer->counts =
			lt_new_array((size_t)header->n_classes, sizeof *writer->counts);
		if (!writer->counts)
			return lt_fail_memory(err);
	}
	return 0;
}

int lt_writer_begin(struct lt_writer **out, struct lt_output *output,
		    const struct lt_header *header, struct lt_error *err)
{
	struct lt_writer *writer = lt_new_array(1, sizeof *writer);
	struct lt_pack meta = {0};
	int code;

	*out = NULL;
	if (!writer)
		return lt_fail_memory(err);
	writer->output = output;
	writer->max_body = LT_MAX_BODY;
	code = prepare(writer, header, err);
	if (code == 0)
		code = lt_meta_write_header(&meta, &writer->header, err);
	if (code == 0)
		code = lt_writer_map(writer, "LTS1", &meta, err);
	else
		lt_pack_free(&meta);
	if (code)
		lt_writer_free(writer);
	else
		*out = writer;
	return code;
}

void lt_writer_set_max_body(struct lt_writer *writer, uint64_t bytes)
{
	writer->max_body = bytes < UINT32_MAX ? bytes : UINT32_MAX;
}

/* -------------------------------------------------------------------- rows */

static int put_padding(struct lt_writer *writer, size_t n, struct lt_error *err)
{
	static const uint8_t zeros[LT_COLUMN_ALIGN];

	return put(writer, zeros, n, err);
}

/*
 * Large cells are summed as they are copied, while they are in the cache; for small ones a sum
 * each would take longer than one of the whole column.
 */
#define LARGE_CELL ((size_t)1024)
/* Copied and then summed at a time: with its copy within the smallest cache. */
#define SUMMED_PIECE ((size_t)12288)
/* Cells of this size stay in blocks of their own, so that a caller can hand one over. */
#define BLOCK_CELL ((size_t)8192)

static bool is_fixed(const struct lt_writer *writer, int c, size_t least)
{
	return writer->header.cols[c].dtype != LT_BYTES && writer->cell_size[c] >= least;
}

/* The column's cells, with a sum if they have one already. */
static int put_cells(struct lt_writer *writer, int c, size_t *size, struct lt_error *err)
{
	struct cell_blocks *blocks = &writer->blocks[c];
	struct lt_buffer *cells = &writer->cells[c];
	int code;

	if (!is_fixed(writer, c, LARGE_CELL)) {
		*size = cells->size;
		return put(writer, cells->data, cells->size, err);
	}
	*size = writer->pending * writer->cell_size[c];
	if (blocks->n > 0)
		code = lt_output_write_blocks(writer->output, blocks->block, blocks->n,
					      writer->cell_size[c], err);
	else
		code = lt_output_write(writer->output, cells->data, cells->size, err);
	writer->crc = lt_crc32c_join(writer->crc, writer->sum[c], *size);
	writer->sum[c] = 0;
	blocks->spare += blocks->n;
	blocks->n = 0;
	if (code)
		writer->broken = true;
	return code;
}

/* The columns of the pending rows; start and total are their layout. */
static int put_columns(struct lt_writer *writer, const size_t *start, struct lt_error *err)
{
	static const uint64_t zero = 0;
	size_t at = 0, size = 0;
	int c, code = 0;

	for (c = 0; c < writer->header.n_cols && code == 0; c++) {
		code = put_padding(writer, start[c] - at, err);
		at = start[c];
		if (code == 0 && writer->header.cols[c].dtype == LT_BYTES) {
			code = put(writer, &zero, sizeof zero, err);
			if (code == 0)
				code = put(writer, writer->offsets[c].data,
					   writer->offsets[c].size, err);
			at += sizeof zero + writer->offsets[c].size;
		}
		if (code == 0)
			code = put_cells(writer, c, &size, err);
		at += size;
		writer->cells[c].size = writer->offsets[c].size = 0;
	}
	return code;
}

int lt_writer_flush_rows(struct lt_writer *writer, struct lt_error *err)
{
	uint64_t bytes[LT_MAX_COLUMNS];
	size_t start[LT_MAX_COLUMNS], total = 0;
	struct lt_pack meta = {0};
	int c, code;

	if (writer->pending == 0)
		return 0;
	for (c = 0; c < writer->header.n_cols; c++)
		bytes[c] = writer->cells[c].size;
	if (!lt_rows_layout(&writer->header, writer->pending, bytes, start, &total))
		return lt_fail_memory(err);
	lt_pack_map(&meta, 2);
	lt_pack_text(&meta, "n");
	lt_pack_uint(&meta, writer->pending);
	lt_pack_text(&meta, "at");
	lt_pack_uint(&meta, writer->rows);
	code = begin_frame(writer, "ROWS", &meta, total, err);
	lt_pack_free(&meta);
	if (code == 0)
		code = put_columns(writer, start, err);
	if (code == 0)
		code = end_frame(writer, err);
	writer->rows += writer->pending;
	writer->pending = 0;
	return code;
}

/* Would one more row, with these lengths, still fit the frame? */
static int fits(struct lt_writer *writer, const uint64_t *bytes, bool *fit,
		struct lt_error *err)
{
	uint64_t sums[LT_MAX_COLUMNS] = {0};
	size_t start[LT_MAX_COLUMNS], total;
	int c;

	for (c = 0; c < writer->header.n_cols; c++)
		if (writer->header.cols[c].dtype == LT_BYTES &&
		    !lt_add(writer->cells[c].size, bytes[c], &sums[c]))
			return lt_fail_memory(err);
	if (!lt_rows_layout(&writer->header, writer->pending + 1, sums, start, &total))
		return lt_fail_memory(err);
	*fit = total <= LT_ROWS_BODY && writer->pending < LT_MAX_ROWS_A_FRAME;
	return 0;
}

static int count_label(struct lt_writer *writer, const void *cell, struct lt_error *err)
{
	const struct lt_header *header = &writer->header;
	int64_t label = lt_integer_at(header->cols[writer->y].dtype, cell, 0);
	int64_t limit = header->n_classes >= 0 ? header->n_classes : INT64_MAX;

	if (label < -1 || label >= limit)
		return lt_fail(err, LT_DATA, "%s: row %llu: label %lld with %d classes",
			       lt_output_name(writer->output),
			       (unsigned long long)(writer->rows + writer->pending),
			       (long long)label, header->n_classes);
	if (label >= 0 && writer->counts)
		writer->counts[label]++;
	return 0;
}

static void copy_summed(struct lt_writer *writer, int c, uint8_t *to, const uint8_t *cell)
{
	size_t left = writer->cell_size[c], n;

	for (; left > 0; left -= n, cell += n, to += n) {
		n = left < SUMMED_PIECE ? left : SUMMED_PIECE;
		memcpy(to, cell, n);
		writer->sum[c] = lt_crc32c(writer->sum[c], to, n);
	}
}

static bool append_large(struct lt_writer *writer, int c, const uint8_t *cell)
{
	struct lt_buffer *cells = &writer->cells[c];

	if (!lt_buffer_reserve(cells, writer->cell_size[c]))
		return false;
	copy_summed(writer, c, cells->data + cells->size, cell);
	cells->size += writer->cell_size[c];
	return true;
}

/* Where the next block stands: a spare one, or NULL. */
static uint8_t **next_block(struct cell_blocks *blocks)
{
	size_t room = blocks->room ? 2 * blocks->room : 16;
	uint8_t **grown;

	if (blocks->n + blocks->spare == blocks->room) {
		grown = lt_grow_array(blocks->block, room, sizeof *grown);
		if (!grown)
			return NULL;
		blocks->block = grown;
		blocks->room = room;
	}
	if (blocks->spare == 0)
		blocks->block[blocks->n] = NULL;
	return &blocks->block[blocks->n];
}

static void take_block(struct cell_blocks *blocks)
{
	blocks->n++;
	blocks->spare -= blocks->spare > 0;
}

static bool append_block(struct lt_writer *writer, int c, const uint8_t *cell)
{
	struct cell_blocks *blocks = &writer->blocks[c];
	uint8_t **block = next_block(blocks);

	if (!block || (!*block && !(*block = lt_new_bytes(writer->cell_size[c]))))
		return false;
	copy_summed(writer, c, *block, cell);
	take_block(blocks);
	return true;
}

/* Takes the caller's memory of the cell for a spare block. */
static bool append_given(struct lt_writer *writer, int c, uint8_t **given)
{
	struct cell_blocks *blocks = &writer->blocks[c];
	uint8_t **block = next_block(blocks), *spare;

	if (!block)
		return false;
	spare = *block;
	*block = *given;
	*given = spare;
	writer->sum[c] = lt_crc32c(writer->sum[c], *block, writer->cell_size[c]);
	take_block(blocks);
	return true;
}

static bool append_cell(struct lt_writer *writer, int c, const void *cell,
			const uint64_t *bytes)
{
	uint64_t end;

	if (is_fixed(writer, c, BLOCK_CELL))
		return append_block(writer, c, cell);
	if (is_fixed(writer, c, LARGE_CELL))
		return append_large(writer, c, cell);
	if (writer->header.cols[c].dtype != LT_BYTES)
		return lt_buffer_append(&writer->cells[c], cell, writer->cell_size[c]);
	if (!lt_buffer_append(&writer->cells[c], cell, (size_t)bytes[c]))
		return false;
	end = writer->cells[c].size;
	return lt_buffer_append(&writer->offsets[c], &end, sizeof end);
}

int lt_writer_row_give(struct lt_writer *writer, const void *const cell[],
		       const uint64_t bytes[], int give, uint8_t **given, struct lt_error *err)
{
	bool fit = true, done;
	int c, code = fits(writer, bytes, &fit, err);

	if (code == 0 && writer->pending > 0 && !fit)
		code = lt_writer_flush_rows(writer, err);
	if (code == 0 && writer->y >= 0)
		code = count_label(writer, cell[writer->y], err);
	if (code)
		return code;
	for (c = 0; c < writer->header.n_cols; c++) {
		done = c == give && is_fixed(writer, c, BLOCK_CELL)
			       ? append_given(writer, c, given)
			       : append_cell(writer, c, cell[c], bytes);
		if (!done) {
			writer->broken = true;
			return lt_fail_memory(err);
		}
	}
	writer->pending++;
	return 0;
}

int lt_writer_row(struct lt_writer *writer, const void *const cell[], const uint64_t bytes[],
		  struct lt_error *err)
{
	return lt_writer_row_give(writer, cell, bytes, -1, NULL, err);
}

/* ----------------------------------------------------------------- tensors */

static void pack_part(struct lt_pack *meta, const char *name, enum lt_dtype dtype,
		      const struct lt_shape *shape, uint64_t part, uint64_t parts)
{
	int i;

	lt_pack_map(meta, 4);
	lt_pack_text(meta, "name");
	lt_pack_text(meta, name);
	lt_pack_text(meta, "dtype");
	lt_pack_text(meta, lt_dtype_name(dtype));
	lt_pack_text(meta, "shape");
	lt_pack_array(meta, (size_t)shape->dims);
	for (i = 0; i < shape->dims; i++)
		lt_pack_uint(meta, shape->dim[i]);
	lt_pack_text(meta, "part");
	lt_pack_array(meta, 2);
	lt_pack_uint(meta, part);
	lt_pack_uint(meta, parts);
}

int lt_writer_tensor(struct lt_writer *writer, const char *name, enum lt_dtype dtype,
		     const struct lt_shape *shape, const void *data, struct lt_error *err)
{
	const uint8_t *bytes = data;
	struct lt_pack meta;
	struct lt_cut cut;
	uint64_t part, slices;
	size_t size;
	int code = lt_writer_flush_rows(writer, err);

	if (code)
		return code;
	if (dtype == LT_BYTES || !lt_tensor_cut(dtype, shape, &cut))
		return lt_fail(err, LT_BUG, "tensor %s cannot be written", name);
	for (part = 0; part < cut.parts && code == 0; part++) {
		slices = cut.slices - part * cut.per_part;
		if (slices > cut.per_part)
			slices = cut.per_part;
		size = (size_t)slices * cut.slice_bytes;
		meta = (struct lt_pack){0};
		pack_part(&meta, name, dtype, shape, part, cut.parts);
		code = begin_frame(writer, "TENS", &meta, size, err);
		lt_pack_free(&meta);
		if (code == 0)
			code = put(writer, bytes, size, err);
		if (code == 0)
			code = end_frame(writer, err);
		if (size > 0) /* an empty tensor may have no data at all */
			bytes += size;
	}
	return code;
}
