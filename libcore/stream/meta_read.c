/*
 * Reads a header from its msgpack map.  The map has been checked (mp.h); this file
 * checks its meaning: types, ranges, limits and consistency.  Keys may be in any
 * order; unknown ones are ignored, because minor versions may add keys.
 */
#include "stream/frame.h"

#include <math.h>
#include <string.h>

struct decoder {
	struct lt_cursor *cursor;
	struct lt_header *header;
	bool has_version, has_kind;
	uint32_t n_counts, n_train, n_loss; /* lengths of the three lists */
};

static const char *const kinds[] = {"rows", "model", "scores"};

/* ------------------------------------------------------------ small values */

bool lt_meta_name(struct lt_cursor *cursor, struct lt_arena *arena, size_t max,
		  const char **out)
{
	const uint8_t *at = cursor->at;
	struct lt_mp_text text;

	if (!lt_mp_text(cursor, &text))
		return false;
	if (text.n == 0 || text.n > max) {
		cursor->at = at;
		return lt_mp_fail(cursor, "a text of 1 to %zu bytes is wanted here", max);
	}
	*out = lt_arena_text_n(arena, text.bytes, text.n);
	return *out || lt_mp_fail_memory(cursor);
}

bool lt_meta_shape(struct lt_cursor *cursor, uint64_t least, struct lt_shape *shape)
{
	const uint8_t *at = cursor->at;
	uint64_t dim, elements = 1;
	uint32_t n, i;

	if (!lt_mp_array(cursor, &n))
		return false;
	if (n > LT_MAX_DIMS) {
		cursor->at = at;
		return lt_mp_fail(cursor, "%u dimensions, the limit is %d", n, LT_MAX_DIMS);
	}
	shape->dims = (int)n;
	for (i = 0; i < n; i++) {
		at = cursor->at;
		if (!lt_mp_u64(cursor, LT_MAX_DIM, &dim))
			return false;
		if (dim < least) {
			cursor->at = at;
			return lt_mp_fail(cursor, "a dimension of 0");
		}
		if (dim > 0 && elements > LT_MAX_ELEMENTS / dim) {
			cursor->at = at;
			return lt_mp_fail(cursor, "a shape beyond memory");
		}
		elements *= dim > 0 ? dim : 1;
		shape->dim[i] = (uint32_t)dim;
	}
	return true;
}

bool lt_meta_dtype(struct lt_cursor *cursor, enum lt_dtype *dtype)
{
	const uint8_t *at = cursor->at;
	struct lt_mp_text text;
	int i;

	if (!lt_mp_text(cursor, &text))
		return false;
	for (i = LT_U1; i <= LT_BYTES; i++)
		if (lt_mp_is(&text, lt_dtype_name((enum lt_dtype)i))) {
			*dtype = (enum lt_dtype)i;
			return true;
		}
	cursor->at = at;
	return lt_mp_fail(cursor, "unknown dtype \"%.*s\"", text.n > 40 ? 40 : (int)text.n,
			  text.bytes);
}

static bool read_counts(struct decoder *d, const uint64_t **field, uint32_t *length)
{
	uint64_t *counts;
	uint32_t i;

	if (!lt_mp_array(d->cursor, length))
		return false;
	if (*length > LT_MAX_CLASSES)
		return lt_mp_fail(d->cursor, "%u counts, the limit is %d", *length,
				  LT_MAX_CLASSES);
	counts = lt_arena_array(&d->header->arena, *length, sizeof *counts);
	if (!counts)
		return lt_mp_fail_memory(d->cursor);
	for (i = 0; i < *length; i++)
		if (!lt_mp_u64(d->cursor, UINT64_MAX, &counts[i]))
			return false;
	*field = counts;
	return true;
}

/* ------------------------------------------------------------------- keys */

static bool read_version(struct decoder *d)
{
	uint64_t major, minor;
	uint32_t n;

	if (!lt_mp_array(d->cursor, &n) || n != 2)
		return lt_mp_fail(d->cursor, "v is not [major, minor]");
	if (!lt_mp_u64(d->cursor, UINT32_MAX, &major) ||
	    !lt_mp_u64(d->cursor, INT32_MAX, &minor))
		return false;
	if (major != 1)
		return lt_mp_fail(d->cursor, "version %llu of the format, this program reads 1",
				  (unsigned long long)major);
	d->header->minor = (int)minor;
	d->has_version = true;
	return true;
}

static bool read_kind(struct decoder *d)
{
	struct lt_mp_text text;
	int i;

	if (!lt_mp_text(d->cursor, &text))
		return false;
	for (i = LT_ROWS; i <= LT_SCORES; i++)
		if (lt_mp_is(&text, kinds[i])) {
			d->header->kind = (enum lt_kind)i;
			d->has_kind = true;
			return true;
		}
	return lt_mp_fail(d->cursor, "unknown kind of segment \"%.*s\"",
			  text.n > 40 ? 40 : (int)text.n, text.bytes);
}

static bool read_column_key(struct decoder *d, struct lt_column *column, unsigned *seen)
{
	struct lt_cursor *cursor = d->cursor;
	struct lt_mp_text name;

	if (!lt_mp_text(cursor, &name))
		return false;
	if (lt_mp_is(&name, "name")) {
		*seen |= 1;
		return lt_meta_name(cursor, &d->header->arena, LT_MAX_NAME, &column->name);
	}
	if (lt_mp_is(&name, "dtype")) {
		*seen |= 2;
		return lt_meta_dtype(cursor, &column->dtype);
	}
	if (lt_mp_is(&name, "shape")) {
		*seen |= 4;
		return lt_meta_shape(cursor, 1, &column->shape);
	}
	if (lt_mp_is(&name, "role")) {
		*seen |= 8;
		return lt_meta_name(cursor, &d->header->arena, LT_MAX_NAME, &column->role);
	}
	return lt_mp_skip(cursor);
}

static bool read_column(struct decoder *d)
{
	struct lt_column column = {0};
	unsigned seen = 0;
	size_t size;
	uint32_t n;

	if (!lt_mp_map(d->cursor, &n))
		return false;
	while (n--)
		if (!read_column_key(d, &column, &seen))
			return false;
	if (seen != 15)
		return lt_mp_fail(d->cursor, "a column without name, dtype, shape or role");
	if (lt_header_find(d->header, column.name) >= 0)
		return lt_mp_fail(d->cursor, "two columns named %s", column.name);
	if (column.dtype == LT_BYTES && column.shape.dims > 0)
		return lt_mp_fail(d->cursor, "column %s: bytes have no shape", column.name);
	if (!lt_column_cell(&column, &size))
		return lt_mp_fail(d->cursor, "column %s: a cell beyond memory", column.name);
	if ((strcmp(column.name, "y") == 0 || strcmp(column.name, "y_true") == 0 ||
	     strcmp(column.name, "id") == 0) &&
	    !lt_column_is_integer(&column))
		return lt_mp_fail(d->cursor, "column %s is not one integer a row", column.name);
	d->header->cols[d->header->n_cols++] = column;
	return true;
}

static bool read_columns(struct decoder *d)
{
	uint32_t n;

	if (!lt_mp_array(d->cursor, &n))
		return false;
	if (n > LT_MAX_COLUMNS)
		return lt_mp_fail(d->cursor, "%u columns, the limit is %d", n, LT_MAX_COLUMNS);
	while (n--)
		if (!read_column(d))
			return false;
	return true;
}

static bool read_classes(struct decoder *d)
{
	const char **names;
	uint32_t n, i;

	if (!lt_mp_array(d->cursor, &n))
		return false;
	if (n > LT_MAX_CLASSES)
		return lt_mp_fail(d->cursor, "%u classes, the limit is %d", n, LT_MAX_CLASSES);
	names = lt_arena_array(&d->header->arena, n, sizeof *names);
	if (!names)
		return lt_mp_fail_memory(d->cursor);
	for (i = 0; i < n; i++)
		if (!lt_meta_name(d->cursor, &d->header->arena, LT_MAX_NAME, &names[i]))
			return false;
	d->header->classes = names;
	d->header->n_classes = (int)n;
	return true;
}

static bool read_class_counts(struct decoder *d)
{
	return read_counts(d, &d->header->class_counts, &d->n_counts);
}

static bool read_train_counts(struct decoder *d)
{
	return read_counts(d, &d->header->train_counts, &d->n_train);
}

static bool read_loss_counts(struct decoder *d)
{
	return read_counts(d, &d->header->loss_counts, &d->n_loss);
}

static bool read_split(struct decoder *d)
{
	return lt_meta_name(d->cursor, &d->header->arena, LT_MAX_NAME, &d->header->split);
}

static bool read_channels(struct decoder *d, double *value, bool positive, uint32_t *n)
{
	uint32_t i;

	if (!lt_mp_array(d->cursor, n))
		return false;
	if (*n < 1 || *n > LT_MAX_CHANNELS)
		return lt_mp_fail(d->cursor, "norm of %u channels, the limit is %d", *n,
				  LT_MAX_CHANNELS);
	for (i = 0; i < *n; i++) {
		if (!lt_mp_real(d->cursor, &value[i]))
			return false;
		if (!isfinite(value[i]) || (positive && !(value[i] > 0)))
			return lt_mp_fail(d->cursor,
					  "norm is not finite, or a deviation not above 0");
	}
	return true;
}

static bool read_norm(struct decoder *d)
{
	struct lt_norm *norm = &d->header->norm;
	uint32_t pairs, n_mean = 0, n_std = 0;
	struct lt_mp_text name;
	bool good = lt_mp_map(d->cursor, &pairs);

	while (good && pairs--) {
		good = lt_mp_text(d->cursor, &name);
		if (good && lt_mp_is(&name, "mean"))
			good = read_channels(d, norm->mean, false, &n_mean);
		else if (good && lt_mp_is(&name, "std"))
			good = read_channels(d, norm->std, true, &n_std);
		else if (good)
			good = lt_mp_skip(d->cursor);
	}
	if (!good)
		return false;
	if (n_mean == 0 || n_mean != n_std)
		return lt_mp_fail(d->cursor, "norm: mean and std of different lengths");
	norm->channels = (int)n_mean;
	return true;
}

/* No incompatible features are defined yet, so every name is unknown. */
static bool read_need(struct decoder *d)
{
	struct lt_mp_text text;
	uint32_t n;

	if (!lt_mp_array(d->cursor, &n))
		return false;
	if (n == 0)
		return true;
	if (!lt_mp_text(d->cursor, &text))
		return false;
	return lt_mp_fail(d->cursor,
			  "the stream needs \"%.*s\", which this version does not support",
			  text.n > LT_MAX_NAME ? LT_MAX_NAME : (int)text.n, text.bytes);
}

static bool read_arch(struct decoder *d)
{
	return lt_meta_name(d->cursor, &d->header->arena, LT_MAX_NAME, &d->header->arch);
}

static bool read_num_classes(struct decoder *d)
{
	uint64_t n;

	if (!lt_mp_u64(d->cursor, LT_MAX_CLASSES, &n))
		return false;
	d->header->num_classes = (int)n;
	return true;
}

static bool read_input(struct decoder *d)
{
	return lt_meta_shape(d->cursor, 1, &d->header->input);
}

static bool read_head(struct decoder *d)
{
	/* Whether a network can have such a head is known where networks are made. */
	return lt_meta_name(d->cursor, &d->header->arena, LT_MAX_NAME, &d->header->head);
}

static bool read_positive(struct lt_cursor *cursor, double *scale)
{
	if (!lt_mp_real(cursor, scale))
		return false;
	if (!isfinite(*scale) || !(*scale > 0))
		return lt_mp_fail(cursor, "scale is not a finite number above 0");
	return true;
}

static bool read_scale(struct decoder *d)
{
	return read_positive(d->cursor, &d->header->scale);
}

static bool read_outputs(struct lt_cursor *cursor, int *outputs)
{
	uint64_t n;

	if (!lt_mp_u64(cursor, LT_MAX_CLASSES, &n))
		return false;
	if (n == 0)
		return lt_mp_fail(cursor, "a head without outputs");
	*outputs = (int)n;
	return true;
}

static bool read_head_key(struct decoder *d, struct lt_head_line *head, unsigned *seen)
{
	struct lt_cursor *cursor = d->cursor;
	struct lt_mp_text name;

	if (!lt_mp_text(cursor, &name))
		return false;
	if (lt_mp_is(&name, "name")) {
		*seen |= 1;
		return lt_meta_name(cursor, &d->header->arena, LT_MAX_HEAD_NAME, &head->name);
	}
	if (lt_mp_is(&name, "kind")) {
		*seen |= 2;
		return lt_meta_name(cursor, &d->header->arena, LT_MAX_NAME, &head->kind);
	}
	if (lt_mp_is(&name, "outputs")) {
		*seen |= 4;
		return read_outputs(cursor, &head->outputs);
	}
	if (lt_mp_is(&name, "scale")) {
		*seen |= 8;
		return read_positive(cursor, &head->scale);
	}
	return lt_mp_skip(cursor);
}

static bool read_heads(struct decoder *d)
{
	struct lt_header *header = d->header;
	uint32_t n, pairs;

	if (!lt_mp_array(d->cursor, &n))
		return false;
	if (n < 1 || n > LT_MAX_HEADS)
		return lt_mp_fail(d->cursor, "%u heads, the limit is %d", n, LT_MAX_HEADS);
	for (header->n_heads = 0; header->n_heads < (int)n; header->n_heads++) {
		struct lt_head_line *head = &header->heads[header->n_heads];
		unsigned seen = 0;

		if (!lt_mp_map(d->cursor, &pairs))
			return false;
		while (pairs--)
			if (!read_head_key(d, head, &seen))
				return false;
		if (seen != 15)
			return lt_mp_fail(d->cursor,
					  "a head without name, kind, outputs or scale");
		for (int i = 0; i < header->n_heads; i++)
			if (strcmp(header->heads[i].name, head->name) == 0)
				return lt_mp_fail(d->cursor, "two heads named %s", head->name);
	}
	return true;
}

static bool read_predicts(struct decoder *d)
{
	uint64_t n;

	if (!lt_mp_u64(d->cursor, LT_MAX_HEADS - 1, &n))
		return false;
	d->header->predicts = (int)n;
	return true;
}

/* num_classes, head and scale are those of the head that predicts. */
static bool heads_fit(struct decoder *d)
{
	const struct lt_header *header = d->header;
	const struct lt_head_line *head = &header->heads[header->predicts];

	if (header->n_heads == 0 && header->predicts == 0)
		return true;
	if (header->predicts >= header->n_heads)
		return lt_mp_fail(d->cursor, "predicts %d of %d heads", header->predicts,
				  header->n_heads);
	if (header->num_classes != head->outputs || !header->head ||
	    strcmp(header->head, head->kind) != 0 ||
	    memcmp(&header->scale, &head->scale, sizeof head->scale) != 0)
		return lt_mp_fail(d->cursor,
				  "head %s predicts, and num_classes, head or scale differ "
				  "from its own",
				  head->name);
	return true;
}

static bool read_epoch(struct decoder *d)
{
	uint64_t epoch;

	if (!lt_mp_u64(d->cursor, INT64_MAX, &epoch))
		return false;
	d->header->epoch = (int64_t)epoch;
	return true;
}

static bool read_prov(struct decoder *d)
{
	return lt_meta_read_provenance(d->cursor, d->header);
}

/* -------------------------------------------------------------- the header */

static const struct {
	const char *key;
	bool (*read)(struct decoder *d);
} keys[] = {
	{"v", read_version},
	{"kind", read_kind},
	{"cols", read_columns},
	{"classes", read_classes},
	{"class_counts", read_class_counts},
	{"split", read_split},
	{"norm", read_norm},
	{"need", read_need},
	{"prov", read_prov},
	{"arch", read_arch},
	{"num_classes", read_num_classes},
	{"input", read_input},
	{"head", read_head},
	{"scale", read_scale},
	{"heads", read_heads},
	{"predicts", read_predicts},
	{"train_counts", read_train_counts},
	{"loss_counts", read_loss_counts},
	{"epoch", read_epoch},
};

static bool read_key(struct decoder *d)
{
	struct lt_mp_text name;
	size_t i;

	if (!lt_mp_text(d->cursor, &name))
		return false;
	for (i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (lt_mp_is(&name, keys[i].key))
			return keys[i].read(d);
	return lt_mp_skip(d->cursor);
}

static bool counts_fit(struct decoder *d, const char *name, const uint64_t *counts, uint32_t n)
{
	if (!counts || (int64_t)n == d->header->n_classes)
		return true;
	return lt_mp_fail(d->cursor, "%s has %u entries for %d classes", name, n,
			  d->header->n_classes < 0 ? 0 : d->header->n_classes);
}

bool lt_meta_read_header(struct lt_cursor *cursor, struct lt_header *header)
{
	struct decoder d = {.cursor = cursor, .header = header};
	uint32_t pairs;

	if (!lt_mp_map(cursor, &pairs))
		return false;
	while (pairs--)
		if (!read_key(&d))
			return false;
	if (!d.has_version || !d.has_kind)
		return lt_mp_fail(cursor, "a header without v or kind");
	return heads_fit(&d) &&
	       counts_fit(&d, "class_counts", header->class_counts, d.n_counts) &&
	       counts_fit(&d, "train_counts", header->train_counts, d.n_train) &&
	       counts_fit(&d, "loss_counts", header->loss_counts, d.n_loss);
}
