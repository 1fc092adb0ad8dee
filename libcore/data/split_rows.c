/*
 * The two passes of ltsplit over a stream.  The first keeps one label per row.  The second
 * copies cells unchanged, except y, y_true and id, which are written in the types that the
 * format prescribes.
 */
#include "data/split_rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "data/split_groups.h"

/* The source of an output's column that is not a column of the input. */
enum { FROM_LABEL = -1, FROM_TRUTH = -2, FROM_ID = -3 };

static bool is_irrelevant(const struct lt_split_source *source)
{
	return strcmp(source->role, "irrelevant") == 0;
}

static bool is_one_integer(const struct lt_column *column)
{
	return column->shape.dims == 0 && (column->dtype == LT_U1 || column->dtype == LT_I2 ||
					   column->dtype == LT_I4 || column->dtype == LT_I8);
}

/* -------------------------------------------------------------- first reading */

static int check_header(const struct lt_split_source *source, const struct lt_header *header,
			struct lt_error *err)
{
	const char *name = source->twice.name;
	int y = lt_header_find(header, "y"), id = lt_header_find(header, "id");
	int truth = lt_header_find(header, "y_true");

	if (header->kind != LT_ROWS)
		return lt_fail(err, LT_DATA, "%s: a model or scores, not rows", name);
	if (id >= 0 && !is_one_integer(&header->cols[id]))
		return lt_fail(err, LT_DATA, "%s: column id is not one integer a row", name);
	if (y >= 0 && !is_one_integer(&header->cols[y]))
		return lt_fail(err, LT_DATA, "%s: column y is not one integer a row", name);
	if (truth >= 0 && !is_one_integer(&header->cols[truth]))
		return lt_fail(err, LT_DATA, "%s: column y_true is not one integer a row",
			       name);
	if (is_irrelevant(source))
		return 0;
	if (y < 0)
		return lt_fail(err, LT_DATA, "%s: no labels (column y)", name);
	if (header->n_classes < 1)
		return lt_fail(err, LT_DATA, "%s: no class names", name);
	return 0;
}

static int begin_segment(struct lt_split_source *source, const struct lt_header *header,
			 struct lt_header *lineage, struct lt_error *err)
{
	const char *name = source->twice.name;
	int i, last, code = check_header(source, header, err);

	if (code == 0 && source->n_inputs == 0)
		code = lt_header_copy(&source->header, header, err);
	else if (code == 0)
		code = lt_header_same_table(&source->header, name, header, name, err);
	if (code == 0)
		code = lt_prov_merge(lineage, header, &last, err);
	if (code)
		return code;
	for (i = 0; i < source->n_origins && source->origin[i].entry != last; i++)
		;
	if (last >= 0 && i == source->n_origins)
		source->origin[source->n_origins++] =
			(struct lt_prov_in){.role = source->role, .entry = last};
	if (source->rows || is_irrelevant(source))
		return 0;
	source->rows = lt_new_array((size_t)header->n_classes, sizeof *source->rows);
	if (!source->rows)
		return lt_fail_memory(err);
	return source->groups ? lt_split_groups_find(source->groups, name, header, err) : 0;
}

/* The columns that labels are read from; -1: none. */
struct label_columns {
	int y, truth;
};

static struct label_columns find_labels(const struct lt_split_source *source)
{
	bool pool = strcmp(source->role, "pool") == 0;

	return (struct label_columns){
		is_irrelevant(source) ? -1 : lt_header_find(&source->header, "y"),
		pool ? lt_header_find(&source->header, "y_true") : -1,
	};
}

static int64_t label_at(const struct lt_split_source *source, struct label_columns from,
			const struct lt_rows *rows, uint32_t i)
{
	int64_t label = from.y < 0 ? -1 : lt_rows_integer(rows, &source->header, from.y, i);

	if (label == -1 && from.truth >= 0)
		label = lt_rows_integer(rows, &source->header, from.truth, i);
	return label;
}

static int add_labels(struct lt_split_source *source, struct lt_reader *reader, uint64_t *room,
		      struct lt_error *err)
{
	const struct lt_rows *rows = lt_reader_rows(reader);
	struct label_columns from = find_labels(source);
	uint64_t need = source->n + rows->n;
	int32_t *label;
	int64_t value;
	uint32_t i;
	int code;

	if (is_irrelevant(source)) {
		source->n = need;
		return 0;
	}
	if (need > *room) {
		*room = need + need / 2;
		label = lt_grow_array(source->label, *room, sizeof *label);
		if (!label)
			return lt_fail_memory(err);
		source->label = label;
	}
	for (i = 0; i < rows->n; i++) {
		value = label_at(source, from, rows, i);
		if (value < -1 || value >= source->header.n_classes)
			return lt_fail(err, LT_DATA,
				       "%s:%" PRIu64 ": row %" PRIu64 " has label %" PRId64
				       ", but there are %d classes",
				       lt_reader_file(reader), lt_reader_offset(reader),
				       source->n + i, value, source->header.n_classes);
		source->label[source->n + i] = (int32_t)value;
		if (value >= 0)
			source->rows[value]++;
	}
	if (source->groups &&
	    (code = lt_split_groups_add(source->groups, source->twice.name, &source->header,
					rows, source->label + source->n, source->n, err)) != 0)
		return code;
	source->n = need;
	return 0;
}

static int read_labels(struct lt_split_source *source, struct lt_reader *reader,
		       struct lt_header *lineage, struct lt_error *err)
{
	enum lt_event event = LT_EV_NOTE;
	uint64_t room = 0;
	int code = 0;

	while (code == 0 && event != LT_EV_END) {
		code = lt_reader_next(reader, &event, err);
		if (code)
			break;
		if (event == LT_EV_HEADER)
			code = begin_segment(source, lt_reader_header(reader), lineage, err);
		else if (event == LT_EV_ROWS)
			code = add_labels(source, reader, &room, err);
		else if (event == LT_EV_DONE)
			code = lt_totals_append(&source->inputs, &source->n_inputs,
						lt_reader_totals(reader), err);
	}
	return code;
}

int lt_split_source_open(struct lt_split_source *source, const char *const *paths, int n,
			 const char *role, struct lt_split_groups *groups,
			 struct lt_header *lineage, struct lt_error *err)
{
	struct lt_reader *reader;
	int32_t *label;
	int code;

	*source = (struct lt_split_source){.role = role, .groups = groups};
	lt_header_init(&source->header, LT_ROWS);
	code = lt_twice_open(&source->twice, paths, n, err);
	if (code)
		return code;
	code = lt_twice_reader(&source->twice, &reader, err);
	if (code == 0) {
		code = read_labels(source, reader, lineage, err);
		lt_reader_close(reader);
	}
	if (code == 0) {
		label = source->label ? lt_grow_array(source->label, source->n, sizeof *label)
				      : NULL;
		if (label)
			source->label = label;
		source->place = lt_new_array(source->n, sizeof *source->place);
		if (!source->place)
			code = lt_fail_memory(err);
	}
	if (code)
		lt_split_source_close(source);
	return code;
}

void lt_split_source_close(struct lt_split_source *source)
{
	if (!source->role)
		return;
	lt_twice_close(&source->twice);
	lt_header_free(&source->header);
	lt_free(source->label);
	lt_free(source->rows);
	lt_free(source->place);
	lt_free(source->inputs);
	*source = (struct lt_split_source){0};
}

uint32_t lt_split_source_crcs(const struct lt_split_source *source)
{
	uint32_t crc = 0, one;
	uint8_t wire[4];
	int i;

	if (source->n_inputs == 1)
		return source->inputs[0].crcs;
	for (i = 0; i < source->n_inputs; i++) {
		one = source->inputs[i].crcs;
		wire[0] = (uint8_t)(one >> 24);
		wire[1] = (uint8_t)(one >> 16);
		wire[2] = (uint8_t)(one >> 8);
		wire[3] = (uint8_t)one;
		crc = lt_crc32c(crc, wire, sizeof wire);
	}
	return crc;
}

/* ------------------------------------------------------------- second reading */

/* The source of a row's cells, while one stream is read. */
struct route {
	int from[LT_PLACES][LT_MAX_COLUMNS];
	size_t size[LT_MAX_COLUMNS]; /* bytes of a cell of each of the source's columns */
	struct label_columns label;
	int id; /* the source's column, -1: none */
};

static void plan_route(struct route *route, const struct lt_split_source *source,
		       const struct lt_split_sink sink[LT_PLACES])
{
	const struct lt_header *header = &source->header;
	const char *name;
	size_t elements;
	int p, c;

	route->label = find_labels(source);
	route->id = lt_header_find(header, "id");
	for (c = 0; c < header->n_cols; c++) {
		route->size[c] = 0;
		if (header->cols[c].dtype != LT_BYTES &&
		    lt_shape_elements(&header->cols[c].shape, &elements))
			route->size[c] = elements * lt_dtype_size(header->cols[c].dtype);
	}
	for (p = 0; p < LT_PLACES; p++) {
		for (c = 0; sink[p].writer && c < sink[p].header->n_cols; c++) {
			name = sink[p].header->cols[c].name;
			if (strcmp(name, "y") == 0)
				route->from[p][c] = FROM_LABEL;
			else if (strcmp(name, "id") == 0)
				route->from[p][c] = FROM_ID;
			else if (sink[p].hide && strcmp(name, "y_true") == 0)
				route->from[p][c] = FROM_TRUTH;
			else
				route->from[p][c] = lt_header_find(header, name);
		}
	}
}

/* Row i of the frame, which is row number at + i of the source. */
static int send_row(const struct lt_split_source *source, const struct route *route,
		    const struct lt_split_sink *sink, const int *from,
		    const struct lt_rows *rows, uint64_t at, uint32_t i, struct lt_error *err)
{
	const void *cell[LT_MAX_COLUMNS];
	uint64_t bytes[LT_MAX_COLUMNS];
	int32_t truth = (int32_t)label_at(source, route->label, rows, i);
	int32_t label = sink->hide ? -1 : truth;
	int64_t id = (int64_t)(at + i);
	const uint64_t *offset;
	int c;

	if (route->id >= 0)
		id = lt_rows_integer(rows, &source->header, route->id, i);
	for (c = 0; c < sink->header->n_cols; c++) {
		bytes[c] = 0;
		if (from[c] == FROM_LABEL) {
			cell[c] = &label;
		} else if (from[c] == FROM_TRUTH) {
			cell[c] = &truth;
		} else if (from[c] == FROM_ID) {
			cell[c] = &id;
		} else if ((offset = rows->offset[from[c]]) != NULL) {
			cell[c] = (const uint8_t *)rows->col[from[c]] + offset[i];
			bytes[c] = offset[i + 1] - offset[i];
		} else {
			cell[c] =
				(const uint8_t *)rows->col[from[c]] + i * route->size[from[c]];
		}
	}
	return lt_writer_row(sink->writer, cell, bytes, err);
}

static int changed(const struct lt_split_source *source, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: the file changed while it was read",
		       source->twice.name);
}

static int send_frame(const struct lt_split_source *source, const struct route *route,
		      const struct lt_split_sink sink[LT_PLACES], const struct lt_rows *rows,
		      uint64_t at, struct lt_error *err)
{
	uint32_t i;
	int p, code = 0;

	if (rows->n > source->n - at)
		return changed(source, err);
	for (i = 0; i < rows->n && code == 0; i++) {
		p = source->place[at + i];
		if (sink[p].writer)
			code = send_row(source, route, &sink[p], route->from[p], rows, at, i,
					err);
	}
	return code;
}

/* Checks that the columns of a segment are those for which the route was made. */
static int check_again(const struct lt_split_source *source, struct lt_reader *reader,
		       struct lt_error *err)
{
	if (lt_header_same_table(&source->header, source->twice.name, lt_reader_header(reader),
				 source->twice.name, NULL) != 0)
		return changed(source, err);
	return 0;
}

static int send_all(struct lt_split_source *source, struct lt_reader *reader,
		    const struct lt_split_sink sink[LT_PLACES],
		    void (*tell)(void *arg, uint64_t done, uint64_t total), void *arg,
		    struct lt_error *err)
{
	enum lt_event event = LT_EV_NOTE;
	struct route route;
	uint64_t at = 0;
	int segment = 0, code = 0;

	plan_route(&route, source, sink);
	while (code == 0 && event != LT_EV_END) {
		code = lt_reader_next(reader, &event, err);
		if (code)
			break;
		if (event == LT_EV_HEADER) {
			code = check_again(source, reader, err);
		} else if (event == LT_EV_ROWS) {
			code = send_frame(source, &route, sink, lt_reader_rows(reader), at,
					  err);
			at += lt_reader_rows(reader)->n;
			if (tell)
				tell(arg, at, source->n);
		} else if (event == LT_EV_DONE) {
			if (segment == source->n_inputs ||
			    lt_reader_totals(reader)->crcs != source->inputs[segment].crcs)
				code = changed(source, err);
			segment++;
		}
	}
	return code == 0 && segment != source->n_inputs ? changed(source, err) : code;
}

int lt_split_source_send(struct lt_split_source *source,
			 const struct lt_split_sink sink[LT_PLACES],
			 void (*tell)(void *arg, uint64_t done, uint64_t total), void *arg,
			 struct lt_error *err)
{
	struct lt_reader *reader;
	int code = lt_twice_reader(&source->twice, &reader, err);

	if (code)
		return code;
	code = send_all(source, reader, sink, tell, arg, err);
	lt_reader_close(reader);
	return code;
}
