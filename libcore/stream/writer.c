/*
 * Writing a segment.  Rows are gathered column by column and cut into frames
 * by size alone, so equal tables are equal bytes however they arrived.
 *
 * DONE is written by lt_writer_done and nowhere else.
 */
#include "stream/stream.h"

#include <stdlib.h>
#include <string.h>

#include "stream/frame.h"

struct input_record {
	uint64_t rows;
	uint32_t crcs;
};

struct lt_writer {
	struct lt_output *output;
	struct lt_header header;
	uint64_t max_body;
	bool broken; /* in the middle of a frame: nothing can follow */

	uint64_t frames, rows, bytes;
	uint32_t crcs;
	uint64_t *counts; /* a class, from y; NULL unless kind is rows with classes */
	int y;		  /* its column, or -1 */

	/* The rows of the frame to come. */
	uint64_t pending;
	struct lt_buffer cells[LT_MAX_COLUMNS];	  /* of bytes columns: the bytes */
	struct lt_buffer offsets[LT_MAX_COLUMNS]; /* of bytes columns: where each cell ends */
	size_t cell_size[LT_MAX_COLUMNS];	  /* of fixed columns */

	uint32_t crc; /* of the frame being written */
	struct input_record *inputs;
	size_t n_inputs;
};

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

/* A frame without a body; takes the map's memory. */
static int write_map(struct lt_writer *writer, const char *kind, struct lt_pack *meta,
		     struct lt_error *err)
{
	int code = begin_frame(writer, kind, meta, 0, err);

	if (code == 0)
		code = end_frame(writer, err);
	lt_pack_free(meta);
	return code;
}

/* ---------------------------------------------------------- begin and free */

static void free_writer(struct lt_writer *writer)
{
	int c;

	for (c = 0; c < writer->header.n_cols; c++) {
		lt_buffer_free(&writer->cells[c]);
		lt_buffer_free(&writer->offsets[c]);
	}
	lt_header_free(&writer->header);
	free(writer->counts);
	free(writer->inputs);
	free(writer);
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
		    (!lt_cell_size(&header->cols[c], &writer->cell_size[c]) ||
		     writer->cell_size[c] == 0))
			return lt_fail(err, LT_DATA, "column %s: a cell of no size",
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
	struct lt_writer *writer = calloc(1, sizeof *writer);
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
		code = write_map(writer, "LTS1", &meta, err);
	else
		lt_pack_free(&meta);
	if (code)
		free_writer(writer);
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

/* The columns of the pending rows; start and total are their layout. */
static int put_columns(struct lt_writer *writer, const size_t *start, struct lt_error *err)
{
	static const uint64_t zero = 0;
	size_t at = 0;
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
			code = put(writer, writer->cells[c].data, writer->cells[c].size, err);
		at += writer->cells[c].size;
		writer->cells[c].size = writer->offsets[c].size = 0;
	}
	return code;
}

static int flush_rows(struct lt_writer *writer, struct lt_error *err)
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

static bool append_cell(struct lt_writer *writer, int c, const void *cell,
			const uint64_t *bytes)
{
	uint64_t end;

	if (writer->header.cols[c].dtype != LT_BYTES)
		return lt_buffer_append(&writer->cells[c], cell, writer->cell_size[c]);
	if (!lt_buffer_append(&writer->cells[c], cell, (size_t)bytes[c]))
		return false;
	end = writer->cells[c].size;
	return lt_buffer_append(&writer->offsets[c], &end, sizeof end);
}

int lt_writer_row(struct lt_writer *writer, const void *const cell[], const uint64_t bytes[],
		  struct lt_error *err)
{
	bool fit = true;
	int c, code = fits(writer, bytes, &fit, err);

	if (code == 0 && writer->pending > 0 && !fit)
		code = flush_rows(writer, err);
	if (code == 0 && writer->y >= 0)
		code = count_label(writer, cell[writer->y], err);
	if (code)
		return code;
	for (c = 0; c < writer->header.n_cols; c++)
		if (!append_cell(writer, c, cell[c], bytes)) {
			writer->broken = true;
			return lt_fail_memory(err);
		}
	writer->pending++;
	return 0;
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
	int code = flush_rows(writer, err);

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
		bytes += size;
	}
	return code;
}

/* ------------------------------------------------------- notes, DONE, FAIL */

/* Text that readers accept, whatever was in it: other bytes become '?'. */
static char *clean_copy(const char *text)
{
	char *copy = strdup(text);
	size_t i, n = copy ? strlen(copy) : 0, step;

	for (i = 0; i < n; i += step) {
		for (step = 1; step < 4 && i + step < n; step++)
			if (lt_text_is_clean(copy + i, step))
				break;
		if (!lt_text_is_clean(copy + i, step)) {
			copy[i] = '?';
			step = 1;
		}
	}
	return copy;
}

static void pack_clean(struct lt_pack *pack, const char *text)
{
	char *copy = clean_copy(text);

	if (!copy)
		pack->failed = true;
	else
		lt_pack_text(pack, copy);
	free(copy);
}

int lt_writer_note(struct lt_writer *writer, const struct lt_note_item *item, int n,
		   struct lt_error *err)
{
	struct lt_pack meta = {0};
	int i, code = flush_rows(writer, err);

	if (code)
		return code;
	lt_pack_map(&meta, (size_t)n);
	for (i = 0; i < n; i++) {
		lt_pack_text(&meta, item[i].key);
		if (item[i].type == LT_NOTE_INT)
			lt_pack_int(&meta, item[i].integer);
		else if (item[i].type == LT_NOTE_REAL)
			lt_pack_real(&meta, item[i].real);
		else
			pack_clean(&meta, item[i].text);
	}
	return write_map(writer, "note", &meta, err);
}

int lt_writer_input(struct lt_writer *writer, const struct lt_totals *totals,
		    struct lt_error *err)
{
	struct input_record *grown =
		lt_grow_array(writer->inputs, writer->n_inputs + 1, sizeof *grown);

	if (!grown)
		return lt_fail_memory(err);
	writer->inputs = grown;
	grown[writer->n_inputs++] = (struct input_record){totals->rows, totals->crcs};
	return 0;
}

static void pack_number(struct lt_pack *meta, const char *key, uint64_t value)
{
	lt_pack_text(meta, key);
	lt_pack_uint(meta, value);
}

static void pack_done(struct lt_pack *meta, const struct lt_writer *writer)
{
	size_t i;
	int c;

	lt_pack_map(meta, writer->counts ? 6 : 5);
	pack_number(meta, "frames", writer->frames);
	pack_number(meta, "rows", writer->rows);
	pack_number(meta, "bytes", writer->bytes);
	pack_number(meta, "crcs", writer->crcs);
	if (writer->counts) {
		lt_pack_text(meta, "class_counts");
		lt_pack_array(meta, (size_t)writer->header.n_classes);
		for (c = 0; c < writer->header.n_classes; c++)
			lt_pack_uint(meta, writer->counts[c]);
	}
	lt_pack_text(meta, "inputs");
	lt_pack_array(meta, writer->n_inputs);
	for (i = 0; i < writer->n_inputs; i++) {
		lt_pack_map(meta, 2);
		pack_number(meta, "rows", writer->inputs[i].rows);
		pack_number(meta, "crcs", writer->inputs[i].crcs);
	}
}

/* A header that promised counts must have kept its word. */
static int check_counts(const struct lt_writer *writer, struct lt_error *err)
{
	const uint64_t *said = writer->header.class_counts;
	int c;

	for (c = 0; said && writer->counts && c < writer->header.n_classes; c++)
		if (said[c] != writer->counts[c])
			return lt_fail(
				err, LT_BUG,
				"%s: %llu rows of class %d were written, the header says %llu",
				lt_output_name(writer->output),
				(unsigned long long)writer->counts[c], c,
				(unsigned long long)said[c]);
	return 0;
}

int lt_writer_done(struct lt_writer *writer, struct lt_totals *totals, struct lt_error *err)
{
	struct lt_totals sums;
	struct lt_pack meta = {0};
	int code = flush_rows(writer, err);

	if (code == 0)
		code = check_counts(writer, err);
	if (code)
		return code;
	sums = (struct lt_totals){
		.frames = writer->frames,
		.rows = writer->rows,
		.bytes = writer->bytes,
		.crcs = writer->crcs,
	};
	pack_done(&meta, writer);
	code = write_map(writer, "DONE", &meta, err);
	if (code == 0)
		code = lt_output_flush(writer->output, err);
	if (code)
		return code;
	if (totals)
		*totals = sums;
	free_writer(writer);
	return 0;
}

static void pack_failure(struct lt_pack *meta, const char *prog, const struct lt_error *why)
{
	lt_pack_map(meta, 3);
	lt_pack_text(meta, "prog");
	pack_clean(meta, prog);
	lt_pack_text(meta, "code");
	lt_pack_uint(meta, (uint64_t)why->code);
	lt_pack_text(meta, "msg");
	pack_clean(meta, why->text[0] ? why->text : "unknown error");
}

void lt_writer_fail(struct lt_writer *writer, const char *prog, const struct lt_error *why)
{
	struct lt_pack meta = {0};

	if (!writer)
		return;
	if (!writer->broken && !lt_output_reader_gone(writer->output)) {
		pack_failure(&meta, prog, why);
		if (write_map(writer, "FAIL", &meta, NULL) == 0)
			lt_output_flush(writer->output, NULL);
	}
	free_writer(writer);
}

void lt_output_fail_at(struct lt_output *output, uint64_t seq, const char *prog,
		       const struct lt_error *why)
{
	struct lt_writer *writer = calloc(1, sizeof *writer);

	if (!writer)
		return;
	writer->output = output;
	writer->max_body = LT_MAX_BODY;
	writer->frames = seq;
	lt_writer_fail(writer, prog, why);
}

void lt_output_fail(struct lt_output *output, const char *prog, const struct lt_error *why)
{
	lt_output_fail_at(output, 0, prog, why);
}
