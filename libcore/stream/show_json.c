/* JSON lines (RFC 8259), for jq and scripts. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "stream/frame.h"
#include "stream/show.h"

/* Several printfs in a row: the first failure stays. */
struct json {
	struct lt_output *output;
	struct lt_error *err;
	int code;
};

static void put(struct json *json, const char *text)
{
	if (json->code == 0)
		json->code = lt_output_write(json->output, text, strlen(text), json->err);
}

/* Names are without control characters, so only two characters need an escape. */
static void put_string(struct json *json, const char *text, size_t n)
{
	size_t i;

	put(json, "\"");
	for (i = 0; i < n && json->code == 0; i++) {
		if (text[i] == '"' || text[i] == '\\')
			put(json, "\\");
		json->code = lt_output_write(json->output, text + i, 1, json->err);
	}
	put(json, "\"");
}

static void put_key(struct json *json, const char *key, bool first)
{
	put(json, first ? "" : ",");
	put_string(json, key, strlen(key));
	put(json, ":");
}

static void put_text(struct json *json, const char *key, const char *text)
{
	if (!text)
		return;
	put_key(json, key, false);
	put_string(json, text, strlen(text));
}

static void put_uint(struct json *json, uint64_t value)
{
	if (json->code == 0)
		json->code = lt_output_printf(json->output, json->err, "%llu",
					      (unsigned long long)value);
}

static void put_real(struct json *json, double value)
{
	char text[32];

	if (isfinite(value))
		lt_format_real(value, text);
	put(json, isfinite(value) ? text : "null");
}

static void put_counts(struct json *json, const char *key, const uint64_t *counts, int n)
{
	int i;

	if (!counts)
		return;
	put_key(json, key, false);
	put(json, "[");
	for (i = 0; i < n; i++) {
		put(json, i ? "," : "");
		put_uint(json, counts[i]);
	}
	put(json, "]");
}

static void put_reals(struct json *json, const char *key, const double *value, int n,
		      bool first)
{
	int i;

	put_key(json, key, first);
	put(json, "[");
	for (i = 0; i < n; i++) {
		put(json, i ? "," : "");
		put_real(json, value[i]);
	}
	put(json, "]");
}

static void put_shape(struct json *json, const char *key, const struct lt_shape *shape)
{
	int i;

	put_key(json, key, false);
	put(json, "[");
	for (i = 0; i < shape->dims; i++) {
		put(json, i ? "," : "");
		put_uint(json, shape->dim[i]);
	}
	put(json, "]");
}

/* ------------------------------------------------------------------ header */

static void put_columns(struct json *json, const struct lt_header *header)
{
	int c;

	put_key(json, "cols", false);
	put(json, "[");
	for (c = 0; c < header->n_cols; c++) {
		put(json, c ? ",{\"name\":" : "{\"name\":");
		put_string(json, header->cols[c].name, strlen(header->cols[c].name));
		put_text(json, "dtype", lt_dtype_name(header->cols[c].dtype));
		put_shape(json, "shape", &header->cols[c].shape);
		put_text(json, "role", header->cols[c].role);
		put(json, "}");
	}
	put(json, "]");
}

static void put_classes(struct json *json, const struct lt_header *header)
{
	int c;

	if (header->n_classes < 0)
		return;
	put_key(json, "classes", false);
	put(json, "[");
	for (c = 0; c < header->n_classes; c++) {
		put(json, c ? "," : "");
		put_string(json, header->classes[c], strlen(header->classes[c]));
	}
	put(json, "]");
	put_counts(json, "class_counts", header->class_counts, header->n_classes);
}

static void put_heads(struct json *json, const struct lt_header *header)
{
	int i;

	if (header->n_heads == 0)
		return;
	put_key(json, "heads", false);
	put(json, "[");
	for (i = 0; i < header->n_heads; i++) {
		put(json, i ? ",{" : "{");
		put_key(json, "name", true);
		put_string(json, header->heads[i].name, strlen(header->heads[i].name));
		put_text(json, "kind", header->heads[i].kind);
		put_key(json, "outputs", false);
		put_uint(json, (uint64_t)header->heads[i].outputs);
		put_key(json, "scale", false);
		put_real(json, header->heads[i].scale);
		put(json, "}");
	}
	put(json, "]");
	put_key(json, "predicts", false);
	put_uint(json, (uint64_t)header->predicts);
}

static void put_model(struct json *json, const struct lt_header *header)
{
	put_text(json, "arch", header->arch);
	if (header->num_classes > 0) {
		put_key(json, "num_classes", false);
		put_uint(json, (uint64_t)header->num_classes);
	}
	if (header->input.dims > 0)
		put_shape(json, "input", &header->input);
	if (header->head) {
		put_text(json, "head", header->head);
		put_key(json, "scale", false);
		put_real(json, header->scale);
	}
	put_heads(json, header);
	put_counts(json, "train_counts", header->train_counts, header->n_classes);
	put_counts(json, "loss_counts", header->loss_counts, header->n_classes);
	if (header->kind == LT_MODEL) {
		put_key(json, "epoch", false);
		put_uint(json, (uint64_t)header->epoch);
	}
}

static void put_input(struct json *json, const struct lt_prov_in *in)
{
	put(json, "[");
	put_string(json, in->role, strlen(in->role));
	put(json, ",");
	if (in->entry >= 0) {
		put_uint(json, (uint64_t)in->entry);
	} else {
		put(json, "{\"bytes\":");
		put_uint(json, in->bytes);
		put(json, ",\"crc\":");
		put_uint(json, in->crc);
		put(json, "}");
	}
	put(json, "]");
}

static void put_entry(struct json *json, const struct lt_prov *entry)
{
	int i;

	put(json, "{\"prog\":");
	put_string(json, entry->prog, strlen(entry->prog));
	put_text(json, "version", entry->version);
	put(json, ",\"opts\":[");
	for (i = 0; i < entry->n_opts; i++) {
		put(json, i ? "," : "");
		put_string(json, entry->opts[i], strlen(entry->opts[i]));
	}
	put(json, "],\"seed\":");
	put_uint(json, entry->seed);
	put_text(json, "out", entry->out);
	put(json, ",\"in\":[");
	for (i = 0; i < entry->n_in; i++) {
		put(json, i ? "," : "");
		put_input(json, &entry->in[i]);
	}
	put(json, "]}");
}

int lt_json_header(struct lt_output *output, const struct lt_header *header,
		   struct lt_error *err)
{
	static const char *const kinds[] = {"rows", "model", "scores"};
	struct json json = {output, err, 0};
	int i;

	put(&json, "{\"type\":\"header\"");
	put_text(&json, "kind", kinds[header->kind]);
	put_columns(&json, header);
	put_classes(&json, header);
	put_text(&json, "split", header->split);
	if (header->norm.channels > 0) {
		put(&json, ",\"norm\":{");
		put_reals(&json, "mean", header->norm.mean, header->norm.channels, true);
		put_reals(&json, "std", header->norm.std, header->norm.channels, false);
		put(&json, "}");
	}
	put_model(&json, header);
	put(&json, ",\"prov\":[");
	for (i = 0; i < header->n_prov; i++) {
		put(&json, i ? "," : "");
		put_entry(&json, &header->prov[i]);
	}
	put(&json, "]}\n");
	return json.code;
}

/* --------------------------------------------------------- rows and the rest */

static void put_number(struct json *json, enum lt_dtype dtype, const uint8_t *cell, size_t i)
{
	char text[32];

	lt_show_number(text, dtype, cell, i);
	/* "nan" and "inf" are the only texts with such letters. */
	put(json, strpbrk(text, "naif") ? "null" : text);
}

static void put_bytes_cell(struct json *json, const char *name, const char *cell, uint64_t n)
{
	put_key(json, name, false);
	if (n <= LT_MAX_NAME && lt_text_is_clean(cell, (size_t)n)) {
		put_string(json, cell, (size_t)n);
		return;
	}
	put(json, "{\"bytes\":");
	put_uint(json, n);
	put(json, "}");
}

static void put_cell(struct json *json, const struct lt_column *column, const uint8_t *data,
		     uint32_t i)
{
	size_t n, k;

	if (!lt_shape_elements(&column->shape, &n) || n > LT_SHOW_ELEMENTS)
		return;
	data += n * lt_dtype_size(column->dtype) * i;
	put_key(json, column->name, false);
	put(json, column->shape.dims ? "[" : "");
	for (k = 0; k < n; k++) {
		put(json, k ? "," : "");
		put_number(json, column->dtype, data, k);
	}
	put(json, column->shape.dims ? "]" : "");
}

int lt_json_row(struct lt_output *output, const struct lt_header *header,
		const struct lt_rows *rows, uint32_t i, struct lt_error *err)
{
	struct json json = {output, err, 0};
	const uint64_t *offset;
	int c;

	put(&json, "{\"type\":\"row\",\"row\":");
	put_uint(&json, rows->at + i);
	for (c = 0; c < header->n_cols; c++) {
		offset = rows->offset[c];
		if (header->cols[c].dtype == LT_BYTES)
			put_bytes_cell(&json, header->cols[c].name,
				       (const char *)rows->col[c] + offset[i],
				       offset[i + 1] - offset[i]);
		else
			put_cell(&json, &header->cols[c], rows->col[c], i);
	}
	put(&json, "}\n");
	return json.code;
}

int lt_json_tensor(struct lt_output *output, const struct lt_tensor *tensor,
		   struct lt_error *err)
{
	struct json json = {output, err, 0};

	put(&json, "{\"type\":\"tensor\"");
	put_text(&json, "name", tensor->name);
	put_text(&json, "dtype", lt_dtype_name(tensor->dtype));
	put_shape(&json, "shape", &tensor->shape);
	put(&json, "}\n");
	return json.code;
}

int lt_json_note(struct lt_output *output, const struct lt_note *note, struct lt_error *err)
{
	struct json json = {output, err, 0};
	const struct lt_note_item *item;
	int i;

	put(&json, "{\"type\":\"note\",\"note\":{");
	for (i = 0; i < note->n; i++) {
		item = &note->item[i];
		put_key(&json, item->key, i == 0);
		if (item->type == LT_NOTE_TEXT)
			put_string(&json, item->text, strlen(item->text));
		else if (item->type == LT_NOTE_REAL)
			put_real(&json, item->real);
		else if (json.code == 0)
			json.code =
				lt_output_printf(output, err, "%lld", (long long)item->integer);
	}
	put(&json, "}}\n");
	return json.code;
}

int lt_json_done(struct lt_output *output, const struct lt_header *header,
		 const struct lt_totals *totals, struct lt_error *err)
{
	struct json json = {output, err, 0};

	put(&json, "{\"type\":\"done\",\"frames\":");
	put_uint(&json, totals->frames);
	put(&json, ",\"rows\":");
	put_uint(&json, totals->rows);
	put(&json, ",\"bytes\":");
	put_uint(&json, totals->bytes);
	put(&json, ",\"crcs\":");
	put_uint(&json, totals->crcs);
	put_counts(&json, "class_counts", totals->class_counts, header->n_classes);
	put(&json, "}\n");
	return json.code;
}
