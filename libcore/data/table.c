/*
 * Reading row segments into memory, and joining tables.
 *
 * Rows arrive in frames of about a mebibyte.  The columns grow by half of their size, so
 * a false count in a header costs nothing, and the kernel moves large blocks by remapping
 * pages instead of copying them.
 */
#include "data/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* The columns of the current segment; -1: missing or not wanted. */
struct places {
	int image, label, source, confidence, id, key, truth;
};

static size_t image_bytes(const struct lt_table *table)
{
	return (size_t)table->height * (size_t)table->width * (size_t)table->channels;
}

static bool is_integer(enum lt_dtype dtype)
{
	return dtype == LT_U1 || dtype == LT_I2 || dtype == LT_I4 || dtype == LT_I8;
}

/* Index of a column of scalar integers; -1 if there is none. */
static int find_integer(const struct lt_header *header, const char *input, const char *name,
			int *out, struct lt_error *err)
{
	int c = lt_header_find(header, name);

	*out = c;
	if (c < 0)
		return 0;
	if (!is_integer(header->cols[c].dtype) || header->cols[c].shape.dims != 0)
		return lt_fail(err, LT_DATA, "%s: column %s is not one integer a row", input,
			       name);
	return 0;
}

static int find_real(const struct lt_header *header, const char *input, const char *name,
		     int *out, struct lt_error *err)
{
	int c = lt_header_find(header, name);

	*out = c;
	if (c < 0)
		return 0;
	if ((header->cols[c].dtype != LT_F4 && header->cols[c].dtype != LT_F8) ||
	    header->cols[c].shape.dims != 0)
		return lt_fail(err, LT_DATA, "%s: column %s is not one real number a row",
			       input, name);
	return 0;
}

static int find_key(const struct lt_header *header, const char *input, int *out,
		    struct lt_error *err)
{
	*out = lt_header_find(header, "key");
	if (*out >= 0 && header->cols[*out].dtype != LT_BYTES)
		return lt_fail(err, LT_DATA, "%s: column key is not of type bytes", input);
	return 0;
}

/* Sets the table's image size from the image column. */
static int find_image(struct lt_table *table, const struct lt_header *header, int *out,
		      struct lt_error *err)
{
	const struct lt_column *col;
	size_t elements;
	int c = lt_header_find(header, "image");

	*out = c;
	if (c < 0)
		return lt_fail(err, LT_DATA, "%s: no column image", table->name);
	col = &header->cols[c];
	if (col->dtype == LT_BYTES) {
		table->is_encoded = true;
		table->channels = 3;
		return 0;
	}
	if (col->dtype != LT_U1 || col->shape.dims != 3 ||
	    !lt_shape_elements(&col->shape, &elements) || elements == 0)
		return lt_fail(err, LT_DATA,
			       "%s: column image is not |u1 of height, width and channels",
			       table->name);
	if (col->shape.dim[2] > LT_MAX_CHANNELS)
		return lt_fail(err, LT_DATA,
			       "%s: images of %" PRIu32 " channels, at most %d can be read",
			       table->name, col->shape.dim[2], LT_MAX_CHANNELS);
	table->height = (int)col->shape.dim[0];
	table->width = (int)col->shape.dim[1];
	table->channels = (int)col->shape.dim[2];
	return 0;
}

static int find_columns(struct lt_table *table, const struct lt_header *header, unsigned flags,
			struct places *at, struct lt_error *err)
{
	int code;

	if ((code = find_image(table, header, &at->image, err)) != 0 ||
	    (code = find_integer(header, table->name, "y", &at->label, err)) != 0 ||
	    (code = find_integer(header, table->name, "y_src", &at->source, err)) != 0 ||
	    (code = find_real(header, table->name, "y_conf", &at->confidence, err)) != 0 ||
	    (code = find_integer(header, table->name, "id", &at->id, err)) != 0)
		return code;
	at->key = at->truth = -1;
	if ((flags & LT_TABLE_KEYS) &&
	    (code = find_key(header, table->name, &at->key, err)) != 0)
		return code;
	if (flags & LT_TABLE_TRUTH)
		return find_integer(header, table->name, "y_true", &at->truth, err);
	return 0;
}

/* Allocates n elements of a column, if the table is to have it. */
static bool grow(void *column, bool wanted, uint64_t n, size_t size)
{
	void *block;

	if (!wanted)
		return true;
	memcpy(&block, column, sizeof block);
	block = lt_grow_array(block, n, size);
	if (!block)
		return false;
	memcpy(column, &block, sizeof block);
	return true;
}

struct columns {
	bool source, confidence, key, truth;
};

static bool grow_columns(struct lt_table *table, uint64_t n, struct columns want)
{
	return n <= SIZE_MAX &&
	       grow(&table->image, !table->is_encoded, n, image_bytes(table)) &&
	       grow(&table->label, true, n, sizeof *table->label) &&
	       grow(&table->source, want.source, n, sizeof *table->source) &&
	       grow(&table->confidence, want.confidence, n, sizeof *table->confidence) &&
	       grow(&table->id, true, n, sizeof *table->id) &&
	       grow(&table->key, want.key, n, sizeof *table->key) &&
	       grow(&table->truth, want.truth, n, sizeof *table->truth);
}

/*
 * Copies a column of labels; -1 if the column is missing.  The reader has checked labels
 * against the class list; without one they only have to be valid labels.
 */
static int add_labels(struct lt_table *table, struct lt_reader *reader, int c, int32_t *to,
		      struct lt_error *err)
{
	const struct lt_rows *rows = lt_reader_rows(reader);
	const struct lt_header *header = lt_reader_header(reader);
	const struct lt_column *col = c < 0 ? NULL : &header->cols[c];
	int64_t value = -1;
	uint32_t i;

	for (i = 0; i < rows->n; i++) {
		if (col)
			value = lt_rows_integer(rows, header, c, i);
		if (value < -1 || value >= LT_MAX_CLASSES)
			return lt_fail(err, LT_DATA,
				       "%s:%" PRIu64 ": row %" PRIu64 " has %s %" PRId64
				       ", but there are at most %d classes",
				       lt_reader_file(reader), lt_reader_offset(reader),
				       table->n + i, col->name, value, LT_MAX_CLASSES);
		to[i] = (int32_t)value;
	}
	return 0;
}

static int add_sources(struct lt_table *table, const struct lt_reader *reader, int c,
		       struct lt_error *err)
{
	const struct lt_rows *rows = lt_reader_rows(reader);
	const struct lt_header *header = lt_reader_header(reader);
	int64_t value;
	uint32_t i;

	for (i = 0; i < rows->n; i++) {
		value = lt_rows_integer(rows, header, c, i);
		if (value != 0 && value != 1)
			return lt_fail(err, LT_DATA,
				       "%s:%" PRIu64 ": row %" PRIu64 " has y_src %" PRId64
				       ", which is neither 0 nor 1",
				       lt_reader_file(reader), lt_reader_offset(reader),
				       table->n + i, value);
		table->source[table->n + i] = (uint8_t)value;
	}
	return 0;
}

static void add_confidences(struct lt_table *table, const struct lt_rows *rows, int c,
			    enum lt_dtype dtype)
{
	float *to = table->confidence + table->n;
	uint32_t i;

	for (i = 0; i < rows->n; i++)
		to[i] = dtype == LT_F4 ? ((const float *)rows->col[c])[i]
				       : (float)((const double *)rows->col[c])[i];
}

static int add_keys(struct lt_table *table, const struct lt_rows *rows, int c,
		    struct lt_error *err)
{
	const uint64_t *offset = rows->offset[c];
	const char *bytes = rows->col[c];
	uint32_t i;
	char *key;

	for (i = 0; i < rows->n; i++) {
		key = lt_arena_text_n(&table->header.arena, bytes + offset[i],
				      (size_t)(offset[i + 1] - offset[i]));
		if (!key)
			return lt_fail_memory(err);
		table->key[table->n + i] = key;
	}
	return 0;
}

static int add_pictures(struct lt_table *table, const struct lt_rows *rows, int c,
			struct lt_error *err)
{
	const uint64_t *offset = rows->offset[c];
	const uint8_t *bytes = rows->col[c];
	int code = 0;

	for (uint32_t i = 0; i < rows->n && code == 0; i++) {
		size_t n = (size_t)(offset[i + 1] - offset[i]);

		if (!lt_image_is_encoded(bytes + offset[i], n))
			return lt_fail(err, LT_DATA,
				       "%s: row %" PRIu64 " of column image is neither a JPEG "
				       "nor a PNG image",
				       table->name, table->n + i);
		code = lt_encoded_add(&table->encoded, bytes + offset[i], n, err);
	}
	return code;
}

/* The rows of the frame just read. */
static int add_rows(struct lt_table *table, struct lt_reader *reader, const struct places *at,
		    uint64_t *room, struct lt_error *err)
{
	const struct lt_rows *rows = lt_reader_rows(reader);
	const struct lt_header *header = lt_reader_header(reader);
	struct columns want = {at->source >= 0, at->confidence >= 0, at->key >= 0,
			       at->truth >= 0};
	uint64_t need = table->n + rows->n;
	size_t size = image_bytes(table);
	uint32_t i;
	int code;

	if (rows->n == 0)
		return 0;
	if (need > *room) {
		*room = need + need / 2;
		if (!grow_columns(table, *room, want))
			return lt_fail_memory(err);
	}
	if (!table->is_encoded)
		memcpy(table->image + table->n * size, rows->col[at->image], rows->n * size);
	else if ((code = add_pictures(table, rows, at->image, err)) != 0)
		return code;
	if ((code = add_labels(table, reader, at->label, table->label + table->n, err)) != 0)
		return code;
	if (want.truth &&
	    (code = add_labels(table, reader, at->truth, table->truth + table->n, err)) != 0)
		return code;
	if (want.source && (code = add_sources(table, reader, at->source, err)) != 0)
		return code;
	if (want.confidence)
		add_confidences(table, rows, at->confidence,
				header->cols[at->confidence].dtype);
	if (want.key && (code = add_keys(table, rows, at->key, err)) != 0)
		return code;
	for (i = 0; i < rows->n; i++)
		table->id[table->n + i] = at->id < 0 ? (int64_t)(table->n + i)
						     : lt_rows_integer(rows, header, at->id, i);
	table->n = need;
	return 0;
}

/* The provenance of a segment.  The header has that of the first already. */
static int note_origin(struct lt_table *table, const struct lt_header *segment,
		       struct lt_error *err)
{
	int i, last, code = lt_prov_merge(&table->header, segment, &last, err);

	for (i = 0; i < table->n_origins && table->origin[i] != last; i++)
		;
	if (code == 0 && last >= 0 && i == table->n_origins)
		table->origin[table->n_origins++] = last;
	return code;
}

static int begin_segment(struct lt_table *table, struct lt_reader *reader, unsigned flags,
			 int segment, struct places *at, struct lt_error *err)
{
	const struct lt_header *header = lt_reader_header(reader);
	char name[512];
	int code;

	if (header->kind != LT_ROWS)
		return lt_fail(err, LT_DATA, "%s: a stream of %s where rows are wanted",
			       lt_reader_name(reader),
			       header->kind == LT_MODEL ? "weights" : "scores");
	if (segment > 0) {
		snprintf(name, sizeof name, "%s (segment %d)", table->name, segment + 1);
		code = lt_header_same_table(&table->header, table->name, header, name, err);
	} else {
		code = lt_header_copy(&table->header, header, err);
		if (code != 0)
			return code;
		table->name = lt_arena_text(&table->header.arena, lt_reader_name(reader));
		if (!table->name)
			return lt_fail_memory(err);
	}
	if (code == 0)
		code = note_origin(table, header, err);
	return code ? code : find_columns(table, header, flags, at, err);
}

static int read_segments(struct lt_table *table, struct lt_reader *reader, bool started,
			 unsigned flags, struct lt_error *err)
{
	enum lt_event event = LT_EV_HEADER;
	struct places at = {-1, -1, -1, -1, -1, -1, -1};
	uint64_t room = 0;
	int segment = 0, code = 0;

	if (!started)
		code = lt_reader_next(reader, &event, err);
	while (code == 0 && event != LT_EV_END) {
		if (event == LT_EV_HEADER)
			code = begin_segment(table, reader, flags, segment++, &at, err);
		else if (event == LT_EV_ROWS)
			code = add_rows(table, reader, &at, &room, err);
		else if (event == LT_EV_DONE)
			code = lt_totals_append(&table->inputs, &table->n_inputs,
						lt_reader_totals(reader), err);
		if (code == 0 && event == LT_EV_DONE && (flags & LT_TABLE_ONE))
			break;
		if (code == 0)
			code = lt_reader_next(reader, &event, err);
	}
	return code;
}

/* Sets the header's counts from the labels. */
static int count_classes(struct lt_table *table, struct lt_error *err)
{
	int classes = table->header.n_classes, code;
	uint64_t *counts;

	table->header.class_counts = NULL;
	if (classes < 0)
		return 0;
	counts = lt_new_array((size_t)classes, sizeof *counts);
	if (!counts)
		return lt_fail_memory(err);
	lt_table_counts(table, counts);
	code = lt_header_set_counts(&table->header, &table->header.class_counts, counts,
				    classes, err);
	lt_free(counts);
	return code;
}

int lt_table_read(struct lt_table *table, struct lt_reader *reader, bool started,
		  unsigned flags, struct lt_error *err)
{
	struct columns want;
	int code;

	memset(table, 0, sizeof *table);
	code = read_segments(table, reader, started, flags, err);
	if (code == 0)
		code = count_classes(table, err);
	if (code != 0) {
		lt_table_free(table);
		return code;
	}
	want = (struct columns){table->source, table->confidence, table->key, table->truth};
	/* A failure to shrink the block does no harm. */
	if (table->n > 0)
		(void)grow_columns(table, table->n, want);
	return 0;
}

/* ------------------------------------------------------------------ joining */

/*
 * Makes room in *to for the rows of both tables.  If *to lacks a column of *from, the
 * column is added and filled for the rows of *to.
 */
static int widen(struct lt_table *to, const struct lt_table *from, struct lt_error *err)
{
	bool old_source = to->source, old_confidence = to->confidence, old_key = to->key,
	     old_truth = to->truth;
	struct columns want = {to->source || from->source, to->confidence || from->confidence,
			       to->key || from->key, to->truth || from->truth};
	uint64_t i;

	if (!grow_columns(to, to->n + from->n, want))
		return lt_fail_memory(err);
	for (i = 0; i < to->n; i++) {
		if (want.source && !old_source)
			to->source[i] = 0;
		if (want.confidence && !old_confidence)
			to->confidence[i] = 1;
		if (want.key && !old_key)
			to->key[i] = NULL;
		if (want.truth && !old_truth)
			to->truth[i] = -1;
	}
	return 0;
}

static int copy_keys(struct lt_table *to, const struct lt_table *from, struct lt_error *err)
{
	uint64_t i;

	for (i = 0; i < from->n; i++) {
		to->key[to->n + i] = NULL;
		if (!from->key || !from->key[i])
			continue;
		to->key[to->n + i] = lt_arena_text(&to->header.arena, from->key[i]);
		if (!to->key[to->n + i])
			return lt_fail_memory(err);
	}
	return 0;
}

static void copy_rows(struct lt_table *to, const struct lt_table *from)
{
	uint64_t i;

	if (!to->is_encoded)
		memcpy(to->image + to->n * image_bytes(to), from->image,
		       from->n * image_bytes(to));
	memcpy(to->label + to->n, from->label, from->n * sizeof *to->label);
	memcpy(to->id + to->n, from->id, from->n * sizeof *to->id);
	for (i = 0; i < from->n; i++) {
		if (to->source)
			to->source[to->n + i] = from->source ? from->source[i] : 0;
		if (to->confidence)
			to->confidence[to->n + i] = from->confidence ? from->confidence[i] : 1;
		if (to->truth)
			to->truth[to->n + i] = from->truth ? from->truth[i] : -1;
	}
}

static int copy_inputs(struct lt_table *to, const struct lt_table *from, struct lt_error *err)
{
	int i, code = 0;

	for (i = 0; i < from->n_inputs && code == 0; i++)
		code = lt_totals_append(&to->inputs, &to->n_inputs, &from->inputs[i], err);
	return code;
}

int lt_table_append(struct lt_table *to, struct lt_table *from, struct lt_error *err)
{
	int inputs = to->n_inputs, code;

	if (!to->name) {
		lt_table_free(to);
		*to = *from;
		memset(from, 0, sizeof *from);
		return 0;
	}
	if (!from->name)
		return 0;
	if ((code = lt_table_want_same(to, from, err)) != 0)
		return code;
	if (from->n > 0) {
		if ((code = widen(to, from, err)) != 0 ||
		    (to->key && (code = copy_keys(to, from, err)) != 0) ||
		    (to->is_encoded &&
		     (code = lt_encoded_append(&to->encoded, &from->encoded, err)) != 0))
			return code;
		copy_rows(to, from);
	}
	to->n += from->n;
	if ((code = copy_inputs(to, from, err)) != 0 || (code = count_classes(to, err)) != 0) {
		to->n -= from->n;
		to->n_inputs = inputs;
		if (to->is_encoded)
			lt_encoded_cut(&to->encoded, to->n);
		return code;
	}
	lt_table_free(from);
	return 0;
}

int lt_table_set_input(struct lt_table *table, int size, struct lt_error *err)
{
	if (!table->is_encoded)
		return lt_fail(err, LT_USAGE,
			       "%s: images of %d x %d pixels; --input is for encoded pictures, "
			       "which have no size of their own",
			       table->name, table->height, table->width);
	table->height = table->width = size;
	return 0;
}

struct lt_source lt_table_source(const struct lt_table *table)
{
	if (table->is_encoded)
		return lt_source_encoded(table->name, table->height, &table->encoded);
	return lt_source_pixels(table->name, table->n, table->height, table->width,
				table->channels, table->image);
}

void lt_table_free(struct lt_table *table)
{
	lt_free(table->image);
	lt_encoded_free(&table->encoded);
	lt_free(table->label);
	lt_free(table->source);
	lt_free(table->confidence);
	lt_free(table->id);
	lt_free(table->key);
	lt_free(table->truth);
	lt_free(table->inputs);
	lt_header_free(&table->header);
	memset(table, 0, sizeof *table);
}
