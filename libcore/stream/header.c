/*
 * The header structure: columns, classes, counts and provenance.  meta_read.c
 * and meta_write.c convert a header from and to bytes.
 */
#include "stream/header.h"

#include <stdlib.h>
#include <string.h>

#include "stream/mp.h"

static const struct {
	const char *name;
	size_t size;
} dtypes[] = {
	[LT_U1] = {"|u1", 1},	[LT_I2] = {"<i2", 2},	   [LT_I4] = {"<i4", 4},
	[LT_I8] = {"<i8", 8},	[LT_F4] = {"<f4", 4},	   [LT_F8] = {"<f8", 8},
	[LT_BF2] = {"<bf2", 2}, [LT_BYTES] = {"bytes", 0},
};

size_t lt_dtype_size(enum lt_dtype dtype)
{
	return dtypes[dtype].size;
}

const char *lt_dtype_name(enum lt_dtype dtype)
{
	return dtypes[dtype].name;
}

bool lt_shape_elements(const struct lt_shape *shape, size_t *out)
{
	size_t n = 1;
	int i;

	for (i = 0; i < shape->dims; i++)
		if (!lt_mul(n, shape->dim[i], &n))
			return false;
	*out = n;
	return true;
}

void lt_header_init(struct lt_header *header, enum lt_kind kind)
{
	memset(header, 0, sizeof *header);
	header->kind = kind;
	header->n_classes = -1;
	header->scale = 1;
}

void lt_header_free(struct lt_header *header)
{
	lt_arena_free(&header->arena);
	memset(header, 0, sizeof *header);
	header->n_classes = -1;
}

/* ------------------------------------------------------------------ columns */

int lt_header_find(const struct lt_header *header, const char *name)
{
	int i;

	for (i = 0; i < header->n_cols; i++)
		if (strcmp(header->cols[i].name, name) == 0)
			return i;
	return -1;
}

int lt_header_columns(const struct lt_header *header, const char *input, const char *list,
		      int *column, int *n, struct lt_error *err)
{
	char name[LT_MAX_NAME + 1];
	size_t length;

	for (*n = 0;; list += length + 1) {
		length = strcspn(list, ",");
		if (length > LT_MAX_NAME || *n == LT_MAX_COLUMNS)
			return lt_fail(err, LT_USAGE, "too long a list of columns");
		memcpy(name, list, length);
		name[length] = '\0';
		column[*n] = lt_header_find(header, name);
		if (column[(*n)++] < 0)
			return lt_fail(err, LT_DATA, "%s: no column %s", input, name);
		if (!list[length])
			return 0;
	}
}

int lt_header_add_column(struct lt_header *header, const char *name, enum lt_dtype dtype,
			 struct lt_shape shape, const char *role, struct lt_error *err)
{
	struct lt_column column = {.dtype = dtype, .shape = shape};

	if (lt_header_find(header, name) >= 0)
		return lt_fail(err, LT_DATA, "two columns named %s", name);
	if (header->n_cols == LT_MAX_COLUMNS)
		return lt_fail(err, LT_DATA, "over %d columns", LT_MAX_COLUMNS);
	column.name = lt_arena_text(&header->arena, name);
	column.role = lt_arena_text(&header->arena, role);
	if (!column.name || !column.role)
		return lt_fail_memory(err);
	header->cols[header->n_cols++] = column;
	return 0;
}

void lt_header_drop_column(struct lt_header *header, const char *name)
{
	int at = lt_header_find(header, name);

	if (at < 0)
		return;
	header->n_cols--;
	memmove(&header->cols[at], &header->cols[at + 1],
		(size_t)(header->n_cols - at) * sizeof header->cols[0]);
}

/* ------------------------------------------------------------------ classes */

int lt_header_set_classes(struct lt_header *header, const char *const *names, int n,
			  struct lt_error *err)
{
	const char **copy;
	size_t length;
	int i;

	if (n < 0 || n > LT_MAX_CLASSES)
		return lt_fail(err, LT_DATA, "%d classes, the limit is %d", n, LT_MAX_CLASSES);
	copy = lt_arena_array(&header->arena, (size_t)n, sizeof *copy);
	for (i = 0; copy && i < n; i++) {
		length = strlen(names[i]);
		if (length > LT_MAX_NAME)
			return lt_fail(err, LT_DATA, "the name of class %d has over %d bytes",
				       i, LT_MAX_NAME);
		if (!lt_text_is_clean(names[i], length))
			return lt_fail(err, LT_DATA,
				       "the name of class %d has control characters or "
				       "invalid UTF-8",
				       i);
		copy[i] = lt_arena_text(&header->arena, names[i]);
		if (!copy[i])
			return lt_fail_memory(err);
	}
	if (!copy)
		return lt_fail_memory(err);
	header->classes = copy;
	header->n_classes = n;
	return 0;
}

int lt_header_set_counts(struct lt_header *header, const uint64_t **field,
			 const uint64_t *counts, int n, struct lt_error *err)
{
	uint64_t *copy = lt_arena_array(&header->arena, (size_t)n, sizeof *copy);

	if (!copy)
		return lt_fail_memory(err);
	if (n > 0)
		memcpy(copy, counts, (size_t)n * sizeof *copy);
	*field = copy;
	return 0;
}

int lt_header_same_classes(const struct lt_header *a, const char *a_name,
			   const struct lt_header *b, const char *b_name, struct lt_error *err)
{
	const char *list = a->n_classes > 0 ? a_name : b_name;
	int i;

	if (list[0] == '<') /* standard input */
		list = "FILE";
	if (a->n_classes != b->n_classes)
		return lt_fail(err, LT_DATA,
			       "%s has %d classes, %s has %d; lt import --classes %s gives "
			       "images that list",
			       b_name, b->n_classes < 0 ? 0 : b->n_classes, a_name,
			       a->n_classes < 0 ? 0 : a->n_classes, list);
	for (i = 0; i < a->n_classes; i++)
		if (strcmp(a->classes[i], b->classes[i]) != 0)
			return lt_fail(err, LT_DATA,
				       "class %d is \"%s\" in %s, \"%s\" in %s; lt import "
				       "--classes %s gives images that list",
				       i, b->classes[i], b_name, a->classes[i], a_name, list);
	return 0;
}

bool lt_shape_same(const struct lt_shape *a, const struct lt_shape *b)
{
	return a->dims == b->dims &&
	       memcmp(a->dim, b->dim, (size_t)a->dims * sizeof a->dim[0]) == 0;
}

static bool same_column(const struct lt_column *a, const struct lt_column *b)
{
	return strcmp(a->name, b->name) == 0 && a->dtype == b->dtype &&
	       (a->dtype == LT_BYTES || lt_shape_same(&a->shape, &b->shape));
}

int lt_header_same_columns(const struct lt_header *a, const char *a_name,
			   const struct lt_header *b, const char *b_name, struct lt_error *err)
{
	int i;

	if (a->n_cols != b->n_cols)
		return lt_fail(err, LT_DATA, "%s has %d columns, %s has %d", b_name, b->n_cols,
			       a_name, a->n_cols);
	for (i = 0; i < a->n_cols; i++) {
		if (strcmp(a->cols[i].name, b->cols[i].name) != 0)
			return lt_fail(err, LT_DATA, "column %d is %s in %s, %s in %s", i,
				       b->cols[i].name, b_name, a->cols[i].name, a_name);
		if (!same_column(&a->cols[i], &b->cols[i]))
			return lt_fail(err, LT_DATA,
				       "column %s has another type or shape in %s than in %s",
				       a->cols[i].name, b_name, a_name);
	}
	return 0;
}

int lt_header_same_table(const struct lt_header *a, const char *a_name,
			 const struct lt_header *b, const char *b_name, struct lt_error *err)
{
	int code = lt_header_same_columns(a, a_name, b, b_name, err);

	return code ? code : lt_header_same_classes(a, a_name, b, b_name, err);
}

/* --------------------------------------------------------------- provenance */

#define MANY_INPUTS 16

static bool same_entry(const struct lt_prov *a, const struct lt_prov *b)
{
	int i;

	if (strcmp(a->prog, b->prog) != 0 || strcmp(a->version, b->version) != 0 ||
	    strcmp(a->out, b->out) != 0 || a->seed != b->seed || a->n_opts != b->n_opts ||
	    a->n_in != b->n_in)
		return false;
	for (i = 0; i < a->n_opts; i++)
		if (strcmp(a->opts[i], b->opts[i]) != 0)
			return false;
	for (i = 0; i < a->n_in; i++)
		if (strcmp(a->in[i].role, b->in[i].role) != 0 ||
		    a->in[i].entry != b->in[i].entry || a->in[i].bytes != b->in[i].bytes ||
		    a->in[i].crc != b->in[i].crc)
			return false;
	return true;
}

static bool copy_entry(struct lt_arena *arena, struct lt_prov *to, const struct lt_prov *from)
{
	const char **opts = lt_arena_array(arena, (size_t)from->n_opts, sizeof *opts);
	struct lt_prov_in *in = lt_arena_array(arena, (size_t)from->n_in, sizeof *in);
	bool good = opts && in;
	int i;

	*to = *from;
	to->opts = opts;
	to->in = in;
	to->prog = lt_arena_text(arena, from->prog);
	to->version = lt_arena_text(arena, from->version);
	to->out = lt_arena_text(arena, from->out);
	for (i = 0; good && i < from->n_opts; i++)
		good = (opts[i] = lt_arena_text(arena, from->opts[i]));
	for (i = 0; good && i < from->n_in; i++) {
		in[i] = from->in[i];
		good = (in[i].role = lt_arena_text(arena, from->in[i].role));
	}
	return good && to->prog && to->version && to->out;
}

/* The index of an equal entry, or of a new one; -1 with err filled. */
static int find_or_add(struct lt_header *header, const struct lt_prov *entry,
		       struct lt_error *err)
{
	int i;

	for (i = 0; i < header->n_prov; i++)
		if (same_entry(&header->prov[i], entry))
			return i;
	if (header->n_prov == LT_MAX_PROV) {
		lt_fail(err, LT_DATA, "provenance of over %d entries", LT_MAX_PROV);
		return -1;
	}
	if (!copy_entry(&header->arena, &header->prov[header->n_prov], entry)) {
		lt_fail_memory(err);
		return -1;
	}
	return header->n_prov++;
}

int lt_prov_add(struct lt_header *header, const struct lt_prov *entry, struct lt_error *err)
{
	int i;

	for (i = 0; i < entry->n_in; i++)
		if (entry->in[i].entry >= header->n_prov)
			return lt_fail(err, LT_BUG, "provenance of %s names entry %d of %d",
				       entry->prog, entry->in[i].entry, header->n_prov);
	return find_or_add(header, entry, err) < 0 ? (err ? err->code : LT_DATA) : 0;
}

int lt_prov_merge_all(struct lt_header *header, const struct lt_header *input,
		      int index[LT_MAX_PROV], struct lt_error *err)
{
	struct lt_error own = {0};
	struct lt_prov_in *in;
	struct lt_prov entry;
	int i, k;

	for (i = 0; i < input->n_prov; i++) {
		entry = input->prov[i];
		in = lt_arena_array(&header->arena, (size_t)entry.n_in, sizeof *in);
		if (!in)
			return lt_fail_memory(err);
		for (k = 0; k < entry.n_in; k++) {
			in[k] = entry.in[k];
			if (in[k].entry >= 0)
				in[k].entry = index[in[k].entry];
		}
		entry.in = in;
		index[i] = find_or_add(header, &entry, &own);
		if (index[i] < 0)
			return lt_fail(err, own.code, "%s", own.text);
	}
	return 0;
}

int lt_prov_merge(struct lt_header *header, const struct lt_header *input, int *last,
		  struct lt_error *err)
{
	int index[LT_MAX_PROV], code = lt_prov_merge_all(header, input, index, err);

	*last = code == 0 && input->n_prov > 0 ? index[input->n_prov - 1] : -1;
	return code;
}

static bool is_shard(const struct lt_prov *entry)
{
	int i;

	for (i = 0; i < entry->n_opts; i++)
		if (strncmp(entry->opts[i], "--shards=", 9) == 0)
			return true;
	return false;
}

int lt_prov_list(const struct lt_header *header, struct lt_prov_in *in, int *n,
		 const char *role, int entry, struct lt_error *err)
{
	bool once = entry >= 0 && (*n >= MANY_INPUTS || is_shard(&header->prov[entry]));
	int i;

	if (entry < 0)
		return 0;
	for (i = 0; once && i < *n; i++)
		if (in[i].entry == entry && strcmp(in[i].role, role) == 0)
			return 0;
	if (*n == LT_MAX_PROV)
		return lt_fail(err, LT_USAGE,
			       "more than %d inputs: join them with lt cat first", LT_MAX_PROV);
	in[(*n)++] = (struct lt_prov_in){.role = role, .entry = entry};
	return 0;
}

bool lt_prov_same(const struct lt_header *a, const struct lt_header *b)
{
	int i;

	for (i = 0; i < a->n_prov && i < b->n_prov; i++)
		if (!same_entry(&a->prov[i], &b->prov[i]))
			return false;
	return a->n_prov == b->n_prov;
}

/* --------------------------------------------------------------------- copy */

static bool copy_text(struct lt_arena *arena, const char **to, const char *from)
{
	*to = from ? lt_arena_text(arena, from) : NULL;
	return !from || *to;
}

static bool copy_heads(struct lt_header *to, const struct lt_header *from)
{
	int i;

	for (i = 0; i < from->n_heads; i++)
		if (!copy_text(&to->arena, &to->heads[i].name, from->heads[i].name) ||
		    !copy_text(&to->arena, &to->heads[i].kind, from->heads[i].kind))
			return false;
	return true;
}

static bool copy_columns(struct lt_header *to, const struct lt_header *from)
{
	int i;

	for (i = 0; i < from->n_cols; i++)
		if (!copy_text(&to->arena, &to->cols[i].name, from->cols[i].name) ||
		    !copy_text(&to->arena, &to->cols[i].role, from->cols[i].role))
			return false;
	for (i = 0; i < from->n_prov; i++)
		if (!copy_entry(&to->arena, &to->prov[i], &from->prov[i]))
			return false;
	return copy_text(&to->arena, &to->split, from->split) &&
	       copy_text(&to->arena, &to->arch, from->arch) &&
	       copy_text(&to->arena, &to->head, from->head) && copy_heads(to, from);
}

static int copy_counts(struct lt_header *to, const uint64_t **field, const uint64_t *counts,
		       struct lt_error *err)
{
	return counts && to->n_classes >= 0
		       ? lt_header_set_counts(to, field, counts, to->n_classes, err)
		       : 0;
}

int lt_header_copy(struct lt_header *to, const struct lt_header *from, struct lt_error *err)
{
	int code = 0;

	*to = *from;
	to->arena = (struct lt_arena){0};
	to->classes = NULL;
	to->class_counts = to->train_counts = to->loss_counts = NULL;
	if (!copy_columns(to, from))
		code = lt_fail_memory(err);
	if (!code && from->n_classes >= 0)
		code = lt_header_set_classes(to, from->classes, from->n_classes, err);
	if (!code)
		code = copy_counts(to, &to->class_counts, from->class_counts, err);
	if (!code)
		code = copy_counts(to, &to->train_counts, from->train_counts, err);
	if (!code)
		code = copy_counts(to, &to->loss_counts, from->loss_counts, err);
	if (code)
		lt_header_free(to);
	return code;
}
