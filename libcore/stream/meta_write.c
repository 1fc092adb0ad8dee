/*
 * Writes a header as a msgpack map.  Keys have a fixed order and absent values are
 * omitted, so equal headers have equal bytes:
 *
 *	v kind cols classes class_counts split norm arch num_classes input head
 *	scale heads predicts train_counts loss_counts epoch prov
 */
#include "stream/frame.h"

static const char *const kinds[] = {"rows", "model", "scores"};

/* A map whose number of pairs is known only when they are written. */
struct pairs {
	struct lt_pack body;
	size_t n;
};

static struct lt_pack *key(struct pairs *pairs, const char *name)
{
	pairs->n++;
	lt_pack_text(&pairs->body, name);
	return &pairs->body;
}

static void pack_shape(struct lt_pack *pack, const struct lt_shape *shape)
{
	int i;

	lt_pack_array(pack, (size_t)shape->dims);
	for (i = 0; i < shape->dims; i++)
		lt_pack_uint(pack, shape->dim[i]);
}

static void pack_columns(struct lt_pack *pack, const struct lt_header *header)
{
	static const struct lt_shape none = {0};
	const struct lt_column *column;
	int i;

	lt_pack_array(pack, (size_t)header->n_cols);
	for (i = 0; i < header->n_cols; i++) {
		column = &header->cols[i];
		lt_pack_map(pack, 4);
		lt_pack_text(pack, "name");
		lt_pack_text(pack, column->name);
		lt_pack_text(pack, "dtype");
		lt_pack_text(pack, lt_dtype_name(column->dtype));
		lt_pack_text(pack, "shape");
		pack_shape(pack, column->dtype == LT_BYTES ? &none : &column->shape);
		lt_pack_text(pack, "role");
		lt_pack_text(pack, column->role);
	}
}

static void pack_counts(struct pairs *pairs, const char *name, const uint64_t *counts, int n)
{
	struct lt_pack *pack;
	int i;

	if (!counts || n < 0)
		return;
	pack = key(pairs, name);
	lt_pack_array(pack, (size_t)n);
	for (i = 0; i < n; i++)
		lt_pack_uint(pack, counts[i]);
}

static void pack_reals(struct lt_pack *pack, const double *value, int n)
{
	int i;

	lt_pack_array(pack, (size_t)n);
	for (i = 0; i < n; i++)
		lt_pack_real(pack, value[i]);
}

static void pack_norm(struct lt_pack *pack, const struct lt_norm *norm)
{
	lt_pack_map(pack, 2);
	lt_pack_text(pack, "mean");
	pack_reals(pack, norm->mean, norm->channels);
	lt_pack_text(pack, "std");
	pack_reals(pack, norm->std, norm->channels);
}

static void pack_input(struct lt_pack *pack, const struct lt_prov_in *in)
{
	lt_pack_array(pack, 2);
	lt_pack_text(pack, in->role);
	if (in->entry >= 0) {
		lt_pack_uint(pack, (uint64_t)in->entry);
		return;
	}
	lt_pack_map(pack, 2);
	lt_pack_text(pack, "bytes");
	lt_pack_uint(pack, in->bytes);
	lt_pack_text(pack, "crc");
	lt_pack_uint(pack, in->crc);
}

static void pack_entry(struct lt_pack *pack, const struct lt_prov *entry)
{
	int i;

	lt_pack_map(pack, 6);
	lt_pack_text(pack, "prog");
	lt_pack_text(pack, entry->prog);
	lt_pack_text(pack, "version");
	lt_pack_text(pack, entry->version);
	lt_pack_text(pack, "opts");
	lt_pack_array(pack, (size_t)entry->n_opts);
	for (i = 0; i < entry->n_opts; i++)
		lt_pack_text(pack, entry->opts[i]);
	lt_pack_text(pack, "seed");
	lt_pack_uint(pack, entry->seed);
	lt_pack_text(pack, "out");
	lt_pack_text(pack, entry->out);
	lt_pack_text(pack, "in");
	lt_pack_array(pack, (size_t)entry->n_in);
	for (i = 0; i < entry->n_in; i++)
		pack_input(pack, &entry->in[i]);
}

static int pack_provenance(struct lt_pack *pack, const struct lt_header *header,
			   struct lt_error *err)
{
	size_t before;
	int i;

	lt_pack_array(pack, (size_t)header->n_prov);
	for (i = 0; i < header->n_prov; i++) {
		before = pack->bytes.size;
		pack_entry(pack, &header->prov[i]);
		if (pack->bytes.size - before > LT_MAX_PROV_BYTES)
			return lt_fail(err, LT_DATA,
				       "the provenance entry of %s takes over %d bytes",
				       header->prov[i].prog, LT_MAX_PROV_BYTES);
	}
	return 0;
}

static void pack_heads(struct lt_pack *pack, const struct lt_header *header)
{
	int i;

	lt_pack_array(pack, (size_t)header->n_heads);
	for (i = 0; i < header->n_heads; i++) {
		lt_pack_map(pack, 4);
		lt_pack_text(pack, "name");
		lt_pack_text(pack, header->heads[i].name);
		lt_pack_text(pack, "kind");
		lt_pack_text(pack, header->heads[i].kind);
		lt_pack_text(pack, "outputs");
		lt_pack_uint(pack, (uint64_t)header->heads[i].outputs);
		lt_pack_text(pack, "scale");
		lt_pack_real(pack, header->heads[i].scale);
	}
}

static void pack_model(struct pairs *pairs, const struct lt_header *header)
{
	if (header->arch)
		lt_pack_text(key(pairs, "arch"), header->arch);
	if (header->num_classes > 0)
		lt_pack_uint(key(pairs, "num_classes"), (uint64_t)header->num_classes);
	if (header->input.dims > 0)
		pack_shape(key(pairs, "input"), &header->input);
	if (header->head) {
		lt_pack_text(key(pairs, "head"), header->head);
		lt_pack_real(key(pairs, "scale"), header->scale);
	}
	if (header->n_heads > 0) {
		pack_heads(key(pairs, "heads"), header);
		lt_pack_uint(key(pairs, "predicts"), (uint64_t)header->predicts);
	}
	pack_counts(pairs, "train_counts", header->train_counts, header->n_classes);
	pack_counts(pairs, "loss_counts", header->loss_counts, header->n_classes);
	if (header->kind == LT_MODEL)
		lt_pack_int(key(pairs, "epoch"), header->epoch);
}

static int pack_pairs(struct pairs *pairs, const struct lt_header *header, struct lt_error *err)
{
	struct lt_pack *pack = key(pairs, "v");
	int i;

	lt_pack_array(pack, 2);
	lt_pack_uint(pack, 1);
	lt_pack_uint(pack, 0);
	lt_pack_text(key(pairs, "kind"), kinds[header->kind]);
	if (header->n_cols > 0 || header->kind != LT_MODEL)
		pack_columns(key(pairs, "cols"), header);
	if (header->n_classes >= 0) {
		pack = key(pairs, "classes");
		lt_pack_array(pack, (size_t)header->n_classes);
		for (i = 0; i < header->n_classes; i++)
			lt_pack_text(pack, header->classes[i]);
	}
	pack_counts(pairs, "class_counts", header->class_counts, header->n_classes);
	if (header->split)
		lt_pack_text(key(pairs, "split"), header->split);
	if (header->norm.channels > 0)
		pack_norm(key(pairs, "norm"), &header->norm);
	pack_model(pairs, header);
	return pack_provenance(key(pairs, "prov"), header, err);
}

int lt_meta_write_header(struct lt_pack *pack, const struct lt_header *header,
			 struct lt_error *err)
{
	struct pairs pairs = {0};
	int code = pack_pairs(&pairs, header, err);

	lt_pack_map(pack, pairs.n);
	if (pairs.body.failed || pack->failed ||
	    !lt_buffer_append(&pack->bytes, pairs.body.bytes.data, pairs.body.bytes.size))
		code = lt_fail_memory(err);
	lt_pack_free(&pairs.body);
	if (code == 0 && pack->bytes.size > LT_MAX_META)
		code = lt_fail(err, LT_DATA, "the header takes %zu bytes, the limit is %zu",
			       pack->bytes.size, LT_MAX_META);
	return code;
}
