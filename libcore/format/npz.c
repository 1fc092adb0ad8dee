/*
 * Writes rows as an .npz file.
 */
#include "format/npz.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/spool.h"
#include "format/inflate.h"
#include "format/npy.h"
#include "format/zip_writer.h"

#define PIECE ((size_t)64 << 10)

/* A column's cells; those of bytes have their length, 8 bytes, before them. */
struct column {
	const char *name;
	const struct lt_column *of; /* NULL: the class names */
	struct lt_spool spool;
	struct lt_buffer pending;
	uint64_t rows, longest, bytes; /* of bytes: of the cells alone */
};

struct lt_npz {
	const struct lt_header *header;
	struct column column[LT_MAX_COLUMNS + 1];
	int n;
};

static bool is_text(const struct column *column)
{
	return !column->of || column->of->dtype == LT_BYTES;
}

int lt_npz_new(struct lt_npz **out, const struct lt_header *header, struct lt_error *err)
{
	struct lt_npz *npz = lt_new_array(1, sizeof *npz);
	int c, status = 0;

	if (!npz)
		return lt_fail_memory(err);
	npz->header = header;
	npz->n = header->n_cols;
	for (c = 0; c < npz->n; c++) {
		npz->column[c].of = &header->cols[c];
		npz->column[c].name = header->cols[c].name;
	}
	if (header->n_classes > 0 && lt_header_find(header, "classes") < 0)
		npz->column[npz->n++].name = "classes";
	for (c = 0; c < npz->n; c++)
		npz->column[c].spool.fd = -1;
	for (c = 0; c < npz->n && status == 0; c++)
		status = lt_spool_open(&npz->column[c].spool, err);
	if (status)
		lt_npz_free(npz);
	else
		*out = npz;
	return status;
}

/* ------------------------------------------------------------------ rows come in */

static int drain(struct column *column, struct lt_error *err)
{
	int status = lt_spool_append(&column->spool, column->pending.data, column->pending.size,
				     err);

	column->pending.size = 0;
	return status;
}

/* bf16 is the upper half of a float32. */
static bool append_wide(struct lt_buffer *to, const uint8_t *half, size_t n)
{
	uint8_t wide[4] = {0};
	size_t i;

	for (i = 0; i < n; i += 2) {
		wide[2] = half[i];
		wide[3] = half[i + 1];
		if (!lt_buffer_append(to, wide, sizeof wide))
			return false;
	}
	return true;
}

static int append_text(struct column *column, const uint8_t *cell, uint64_t n,
		       struct lt_error *err)
{
	if (n > 0 && cell[n - 1] == 0)
		return lt_fail(err, LT_DATA,
			       "row %" PRIu64 ": column %s ends in a zero byte, which numpy "
			       "takes for padding; --drop leaves the column out",
			       column->rows, column->name);
	column->longest = n > column->longest ? n : column->longest;
	column->bytes += n;
	return lt_buffer_append(&column->pending, &n, sizeof n) &&
			       lt_buffer_append(&column->pending, cell, (size_t)n)
		       ? 0
		       : lt_fail_memory(err);
}

static int add_cell(struct column *column, const void *cell, uint64_t n, struct lt_error *err)
{
	size_t elements;
	int status = 0;

	if (is_text(column)) {
		status = append_text(column, cell, n, err);
	} else {
		/* A header with a shape that is too large was already rejected. */
		lt_shape_elements(&column->of->shape, &elements);
		elements *= lt_dtype_size(column->of->dtype);
		if (!(column->of->dtype == LT_BF2
			      ? append_wide(&column->pending, cell, elements)
			      : lt_buffer_append(&column->pending, cell, elements)))
			status = lt_fail_memory(err);
	}
	column->rows++;
	return status || column->pending.size < PIECE ? status : drain(column, err);
}

int lt_npz_row(struct lt_npz *npz, const void *const cell[], const uint64_t bytes[],
	       struct lt_error *err)
{
	int c, status = 0;

	for (c = 0; c < npz->header->n_cols && status == 0; c++)
		status = add_cell(&npz->column[c], cell[c], bytes[c], err);
	return status;
}

/* ------------------------------------------------------------------ arrays go out */

/* The destination of an array's bytes: first a checksum, then a zip file. */
struct sink {
	struct lt_zip *zip; /* NULL: none yet */
	uint32_t crc;
	uint64_t size;
};

static int give(struct sink *sink, const void *bytes, size_t n, struct lt_error *err)
{
	if (sink->zip)
		return lt_zip_put(sink->zip, bytes, n, err);
	sink->crc = lt_crc32(sink->crc, bytes, n);
	sink->size += n;
	return 0;
}

static int give_zeros(struct sink *sink, uint64_t n, struct lt_error *err)
{
	static const uint8_t zeros[4096];
	size_t some;
	int status = 0;

	for (; n > 0 && status == 0; n -= some) {
		some = n < sizeof zeros ? (size_t)n : sizeof zeros;
		status = give(sink, zeros, some, err);
	}
	return status;
}

/* The spool, read from its beginning in pieces. */
struct source {
	const struct lt_spool *spool;
	uint64_t at;	   /* offset of the end of the piece in the spool */
	size_t used, size; /* of the piece */
	uint8_t piece[PIECE];
};

/* Reads the next bytes, at least one and at most n; *got of them are at *bytes. */
static int next_bytes(struct source *source, uint64_t n, const uint8_t **bytes, size_t *got,
		      struct lt_error *err)
{
	uint64_t left = source->spool->size - source->at;
	int status = 0;

	if (source->used == source->size) {
		source->size = left < PIECE ? (size_t)left : PIECE;
		source->used = 0;
		status = lt_spool_read(source->spool, source->at, source->piece, source->size,
				       err);
		source->at += source->size;
		if (status == 0 && source->size == 0)
			status = lt_fail(err, LT_BUG, "a temporary file is too short");
	}
	*bytes = source->piece + source->used;
	*got = source->size - source->used < n ? source->size - source->used : (size_t)n;
	source->used += *got;
	return status;
}

static int give_bytes(struct source *source, uint64_t n, struct sink *sink,
		      struct lt_error *err)
{
	const uint8_t *bytes;
	size_t got;
	int status = 0;

	for (; n > 0 && status == 0; n -= got) {
		status = next_bytes(source, n, &bytes, &got, err);
		if (status == 0)
			status = give(sink, bytes, got, err);
	}
	return status;
}

static int take_length(struct source *source, uint64_t *n, struct lt_error *err)
{
	uint8_t length[8];
	const uint8_t *bytes;
	size_t done, got;
	int status = 0;

	for (done = 0; done < sizeof length && status == 0; done += got) {
		status = next_bytes(source, sizeof length - done, &bytes, &got, err);
		if (status == 0)
			memcpy(length + done, bytes, got);
	}
	memcpy(n, length, sizeof *n);
	return status;
}

static size_t make_header(const struct column *column, char out[LT_NPY_HEADER])
{
	uint64_t dim[LT_MAX_DIMS + 1] = {column->rows};
	char descr[32];
	int i, rank = 1;

	if (is_text(column)) {
		/* numpy has no text type of length 0. */
		snprintf(descr, sizeof descr, "|S%" PRIu64,
			 column->longest ? column->longest : 1);
		return lt_npy_header(out, descr, dim, rank);
	}
	for (i = 0; i < column->of->shape.dims; i++)
		dim[rank++] = column->of->shape.dim[i];
	return lt_npy_header(
		out, column->of->dtype == LT_BF2 ? "<f4" : lt_dtype_name(column->of->dtype),
		dim, rank);
}

/* The whole array: its header and its elements. */
static int give_array(const struct column *column, struct source *source, struct sink *sink,
		      struct lt_error *err)
{
	uint64_t width = column->longest ? column->longest : 1, row, n = 0;
	char header[LT_NPY_HEADER];
	int status = give(sink, header, make_header(column, header), err);

	source->spool = &column->spool;
	source->at = source->used = source->size = 0;
	if (status || !is_text(column))
		return status ? status : give_bytes(source, column->spool.size, sink, err);
	for (row = 0; row < column->rows && status == 0; row++) {
		status = take_length(source, &n, err);
		if (status == 0)
			status = give_bytes(source, n, sink, err);
		if (status == 0)
			status = give_zeros(sink, width - n, err);
	}
	return status;
}

static int check_waste(const struct column *column, struct lt_error *err)
{
	uint64_t most = column->bytes > (UINT64_MAX - LT_NPZ_FREE) / LT_NPZ_WASTE
				? UINT64_MAX
				: column->bytes * LT_NPZ_WASTE + LT_NPZ_FREE;

	if (column->rows == 0 || column->longest <= most / column->rows)
		return 0;
	return lt_fail(err, LT_DATA,
		       "column %s: every row would take the %" PRIu64 " bytes of the longest; "
		       "--drop leaves the column out",
		       column->name, column->longest);
}

static int write_array(struct column *column, struct source *source, struct lt_zip *zip,
		       struct lt_error *err)
{
	char name[LT_MAX_NAME + 5];
	struct sink sink = {.zip = NULL};
	int status = drain(column, err);

	if (status == 0 && is_text(column))
		status = check_waste(column, err);
	if (status == 0)
		status = give_array(column, source, &sink, err);
	snprintf(name, sizeof name, "%s.npy", column->name);
	if (status == 0)
		status = lt_zip_begin(zip, name, sink.size, sink.crc, err);
	sink.zip = zip;
	return status ? status : give_array(column, source, &sink, err);
}

int lt_npz_write(struct lt_npz *npz, struct lt_output *output, struct lt_error *err)
{
	struct source *source = lt_new_bytes(sizeof *source);
	struct column *last = &npz->column[npz->n - 1];
	struct lt_zip *zip = NULL;
	int i, c, status = source ? lt_zip_new(&zip, output, err) : lt_fail_memory(err);

	for (i = 0; !last->of && i < npz->header->n_classes && status == 0; i++)
		status = add_cell(last, npz->header->classes[i],
				  strlen(npz->header->classes[i]), err);
	for (c = 0; c < npz->n && status == 0; c++)
		status = write_array(&npz->column[c], source, zip, err);
	if (status == 0)
		status = lt_zip_finish(zip, err);
	lt_zip_free(zip);
	lt_free(source);
	return status;
}

void lt_npz_free(struct lt_npz *npz)
{
	int c;

	if (!npz)
		return;
	for (c = 0; c < npz->n; c++) {
		lt_spool_close(&npz->column[c].spool);
		lt_buffer_free(&npz->column[c].pending);
	}
	lt_free(npz);
}
