/*
 * MAT files of level 5: variables one after another.
 */
#include "format/mat.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* Types of elements. */
enum {
	MI_INT8 = 1,
	MI_UINT8,
	MI_INT16,
	MI_UINT16,
	MI_INT32,
	MI_UINT32,
	MI_SINGLE,
	MI_DOUBLE = 9,
	MI_INT64 = 12,
	MI_UINT64,
	MI_MATRIX,
	MI_COMPRESSED
};

/* Types of variables that are plain arrays of numbers. */
static const struct {
	char kind;
	uint8_t size;
} own_type[] = {[6] = {'f', 8}, {'f', 4}, {'i', 1}, {'u', 1}, {'i', 2},
		{'u', 2},	{'i', 4}, {'u', 4}, {'i', 8}, {'u', 8}};
enum { OWN_TYPES = sizeof own_type / sizeof own_type[0] };

#define STRUCT 2 /* the type of a variable with fields */

#define MOST_DIMS 64

#define IS_LOGICAL 0x200
#define IS_COMPLEX 0x800

/* A struct whose fields are being read. */
struct fields {
	char *names; /* n names of size bytes each, padded with zeros */
	uint32_t n, size;
	uint32_t next; /* the field after the current one */
	uint64_t left; /* bytes of the struct after the current field */
	size_t path;   /* bytes of the struct's name in path[] */
};

struct lt_mat {
	lt_bytes_source *source;
	void *arg;
	const char *where;
	bool big;
	uint64_t raw;		    /* bytes of the file's current element that are left */
	struct lt_inflate *inflate; /* of a compressed one, or NULL */
	uint64_t left; /* bytes of the variable or field, within raw or uncompressed */
	struct fields fields[LT_MAT_DEPTH];
	int depth;
	char path[LT_MAT_PATH + 1]; /* name of the current variable */
	uint64_t data;		    /* bytes of its numbers that were not read yet */
	bool begun;		    /* its numbers were found */
	/* Numbers stored in the tag of their element. */
	uint8_t small[4];
	uint32_t small_at, small_n;
};

/* ------------------------------------------------------------------ bytes */

static int damaged(const struct lt_mat *mat, const char *what, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: %s", mat->where, what);
}

/* Reads at most room bytes of the current element, fewer only at its end. */
static int raw_source(void *arg, void *to, size_t room, size_t *got, struct lt_error *err)
{
	struct lt_mat *mat = arg;
	size_t want = room < mat->raw ? room : (size_t)mat->raw;
	int status = mat->source(mat->arg, to, want, got, err);

	if (status == 0 && *got < want)
		status = damaged(mat, "truncated", err);
	mat->raw -= *got;
	return status;
}

/* The next n bytes of the variable. */
static int take(struct lt_mat *mat, void *to, size_t n, struct lt_error *err)
{
	size_t got;
	int status;

	if (n > mat->left)
		return damaged(mat, "damaged: a variable ends too early", err);
	status = mat->inflate ? lt_inflate_read(mat->inflate, to, n, &got, err)
			      : raw_source(mat, to, n, &got, err);
	if (status == 0 && got < n)
		status = damaged(mat, "damaged: a variable ends too early", err);
	mat->left -= n;
	return status;
}

/* Skips bytes; raw: of the file's element rather than of the variable. */
static int skip(struct lt_mat *mat, uint64_t n, bool raw, struct lt_error *err)
{
	uint8_t piece[4096];
	size_t some, got;
	int status = 0;

	for (; n > 0 && status == 0; n -= some) {
		some = n < sizeof piece ? (size_t)n : sizeof piece;
		status = raw ? raw_source(mat, piece, some, &got, err)
			     : take(mat, piece, some, err);
	}
	return status;
}

static uint32_t number(const struct lt_mat *mat, const uint8_t *p)
{
	return mat->big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
				  p[3]
			: (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 |
				  p[0];
}

/* ------------------------------------------------------------------ a variable */

/* An element's type and length.  A short one has its bytes, at most 4, in the tag itself. */
struct tag {
	uint32_t type, n;
	bool is_short;
	uint8_t bytes[4];
};

static int take_tag(struct lt_mat *mat, struct tag *tag, struct lt_error *err)
{
	uint8_t bytes[8];
	int status = take(mat, bytes, sizeof bytes, err);

	if (status)
		return status;
	tag->type = number(mat, bytes);
	tag->n = number(mat, bytes + 4);
	tag->is_short = tag->type >> 16 != 0;
	if (tag->is_short) {
		tag->n = tag->type >> 16;
		tag->type &= 0xffff;
		memcpy(tag->bytes, bytes + 4, 4);
		if (tag->n > 4)
			return damaged(mat, "damaged: an element's tag", err);
	}
	return 0;
}

/* Reads a small element of the given type, at most room bytes; *n is its length. */
static int take_small(struct lt_mat *mat, uint32_t type, uint8_t *to, size_t room, size_t *n,
		      struct lt_error *err)
{
	struct tag tag;
	int status = take_tag(mat, &tag, err);

	if (status)
		return status;
	if (tag.type != type || tag.n > room)
		return damaged(mat, "damaged: the head of a variable", err);
	*n = tag.n;
	if (tag.is_short) {
		memcpy(to, tag.bytes, tag.n);
		return 0;
	}
	status = take(mat, to, tag.n, err);
	return status ? status : skip(mat, -tag.n & 7, false, err);
}

/* Kind and size of stored numbers; false: not a type of numbers. */
static bool stored_type(uint32_t type, struct lt_array *array)
{
	static const struct {
		char kind;
		uint8_t size;
	} types[] = {[MI_INT8] = {'i', 1},   [MI_UINT8] = {'u', 1},  [MI_INT16] = {'i', 2},
		     [MI_UINT16] = {'u', 2}, [MI_INT32] = {'i', 4},  [MI_UINT32] = {'u', 4},
		     [MI_SINGLE] = {'f', 4}, [MI_DOUBLE] = {'f', 8}, [MI_INT64] = {'i', 8},
		     [MI_UINT64] = {'u', 8}};

	if (type >= sizeof types / sizeof types[0] || !types[type].kind)
		return false;
	array->kind = types[type].kind;
	array->size = types[type].size;
	return true;
}

/* Reads the tag of the numbers, whose length must match the shape. */
static int begin_numbers(struct lt_mat *mat, struct lt_mat_variable *variable,
			 struct lt_error *err)
{
	struct lt_array *array = &variable->array;
	uint64_t elements, bytes;
	struct tag tag;
	int status = take_tag(mat, &tag, err);

	if (status)
		return status;
	if (!stored_type(tag.type, array) || !lt_array_elements(array, &elements, &bytes) ||
	    bytes != tag.n)
		return damaged(mat, "damaged: a variable's size is not that of its numbers",
			       err);
	memcpy(mat->small, tag.bytes, sizeof mat->small);
	mat->small_at = 0;
	mat->small_n = tag.is_short ? tag.n : 0;
	mat->data = tag.n;
	mat->begun = true;
	return 0;
}

/* The dimensions, n bytes; false: too many, and none are kept. */
static bool read_dims(const struct lt_mat *mat, struct lt_array *array, const uint8_t *bytes,
		      size_t n)
{
	size_t i;

	array->rank = 0;
	if (n / 4 > LT_ARRAY_RANK)
		return false;
	for (i = 0; i < n / 4; i++)
		array->dim[i] = number(mat, bytes + 4 * i);
	array->rank = (int)(n / 4);
	return true;
}

/* Begins a struct: its names of fields.  *entered is false if it has none, or too many. */
static int begin_struct(struct lt_mat *mat, bool *entered, struct lt_error *err)
{
	struct fields *fields = &mat->fields[mat->depth];
	uint8_t bytes[4];
	size_t n = 0;
	struct tag tag;
	int status = take_small(mat, MI_INT32, bytes, sizeof bytes, &n, err);

	*entered = false;
	if (status == 0 && n != 4)
		status = damaged(mat, "damaged: the head of a struct", err);
	if (status == 0)
		status = take_tag(mat, &tag, err);
	if (status)
		return status;
	*fields = (struct fields){.size = number(mat, bytes), .path = strlen(mat->path)};
	if (tag.type != MI_INT8 || fields->size < 1 || tag.n % fields->size != 0)
		return damaged(mat, "damaged: the names of a struct's fields", err);
	fields->n = tag.n / fields->size;
	if (fields->n < 1 || fields->n > LT_MAT_FIELDS || fields->size > LT_MAT_NAME + 1)
		return 0;
	fields->names = lt_new_bytes(tag.n);
	if (!fields->names)
		return lt_fail_memory(err);
	mat->depth++;
	*entered = true;
	if (!tag.is_short)
		return (status = take(mat, fields->names, tag.n, err))
			       ? status
			       : skip(mat, -tag.n & 7, false, err);
	memcpy(fields->names, tag.bytes, tag.n);
	return 0;
}

/* The head of a variable: its flags, dimensions and name, up to its numbers, or to its fields
 * if it is a struct. */
static int read_head(struct lt_mat *mat, struct lt_mat_variable *variable, bool *entered,
		     struct lt_error *err)
{
	uint8_t bytes[4 * MOST_DIMS];
	char name[LT_MAT_NAME + 1] = "";
	uint64_t elements = 0, size;
	uint32_t flags, class;
	size_t n = 0;
	bool readable;
	int status = take_small(mat, MI_UINT32, bytes, 8, &n, err);

	*entered = false;
	if (status)
		return status;
	if (n != 8)
		return damaged(mat, "damaged: the head of a variable", err);
	flags = number(mat, bytes);
	class = flags & 0xff;
	/* Objects and functions have another layout, and there may be many dimensions. */
	if (class != STRUCT && (class >= OWN_TYPES || !own_type[class].kind))
		return 0;
	status = take_small(mat, MI_INT32, bytes, sizeof bytes, &n, err);
	if (status)
		return status;
	readable = read_dims(mat, &variable->array, bytes, n) && !(flags & IS_COMPLEX);
	status = take_small(mat, MI_INT8, (uint8_t *)name, LT_MAT_NAME, &n, err);
	if (status)
		return status;
	/* The names of fields are in their struct. */
	if (mat->depth == 0)
		memcpy(mat->path, name, sizeof name);
	memcpy(variable->name, mat->path, sizeof variable->name);
	if (!readable)
		return 0;
	if (class == STRUCT) {
		variable->array.size = 1;
		return mat->depth < LT_MAT_DEPTH &&
				       lt_array_elements(&variable->array, &elements, &size) &&
				       elements == 1
			       ? begin_struct(mat, entered, err)
			       : 0;
	}
	variable->kind = flags & IS_LOGICAL ? 'b' : own_type[class].kind;
	variable->size = own_type[class].size;
	return begin_numbers(mat, variable, err);
}

/* ------------------------------------------------------------------ fields */

static void set_field_name(struct lt_mat *mat, const struct fields *fields)
{
	const char *name = fields->names + (size_t)fields->next * fields->size;
	int n = (int)strnlen(name, fields->size);

	/* LT_MAT_DEPTH + 1 names fit. */
	snprintf(mat->path + fields->path, sizeof mat->path - fields->path, ".%.*s", n, name);
}

/* Opens the next field; empty: it has no bytes. */
static int enter_field(struct lt_mat *mat, bool *empty, struct lt_error *err)
{
	struct fields *fields = &mat->fields[mat->depth - 1];
	struct tag tag;
	int status = take_tag(mat, &tag, err);

	if (status)
		return status;
	if (tag.type != MI_MATRIX || tag.is_short || tag.n > mat->left)
		return damaged(mat, "damaged: a field of a struct", err);
	set_field_name(mat, fields);
	fields->next++;
	fields->left = mat->left - tag.n;
	mat->left = tag.n;
	*empty = tag.n == 0;
	return 0;
}

/* Skips what is left of the current field. */
static int leave_field(struct lt_mat *mat, struct lt_error *err)
{
	bool whole = mat->begun && mat->data == 0;
	int status;

	if (whole && mat->left > 7)
		return damaged(mat, "damaged: a variable is longer than its numbers", err);
	status = skip(mat, mat->left, false, err);
	mat->begun = false;
	mat->left = mat->fields[mat->depth - 1].left;
	return status;
}

/* After the last field of a struct. */
static int leave_struct(struct lt_mat *mat, struct lt_error *err)
{
	lt_free(mat->fields[--mat->depth].names);
	mat->fields[mat->depth].names = NULL;
	if (mat->left > 7)
		return damaged(mat, "damaged: a struct is longer than its fields", err);
	/* The end of a variable is verified by the caller, that of a field here. */
	mat->begun = true;
	mat->data = 0;
	return mat->depth > 0 ? leave_field(mat, err) : 0;
}

/* ------------------------------------------------------------------ the file */

bool lt_mat_is_known(const uint8_t *head, size_t n)
{
	return n >= 16 && (memcmp(head, "MATLAB 5.0 MAT-f", 16) == 0 ||
			   memcmp(head, "MATLAB 7.3 MAT-f", 16) == 0);
}

static int read_file_header(struct lt_mat *mat, struct lt_error *err)
{
	uint8_t bytes[128] = {0};
	size_t got;
	int status = mat->source(mat->arg, bytes, sizeof bytes, &got, err);
	uint8_t major;

	if (status)
		return status;
	if (!lt_mat_is_known(bytes, got))
		return damaged(mat, "not a MAT file of MATLAB 5 or later", err);
	if (got < sizeof bytes && bytes[7] != '7')
		return damaged(mat, "truncated", err);
	mat->big = bytes[126] == 'M' && bytes[127] == 'I';
	major = bytes[mat->big ? 124 : 125];
	if (bytes[7] == '7' || major == 2)
		return damaged(mat,
			       "a MAT file of version 7.3, which is HDF5 and not supported; "
			       "save it with -v7 in MATLAB, or in Python the transpose (.T) of "
			       "each array that h5py reads, as .npz",
			       err);
	if (major != 1 || (!mat->big && (bytes[126] != 'I' || bytes[127] != 'M')))
		return damaged(mat, "damaged: the header of a MAT file", err);
	return 0;
}

int lt_mat_open(struct lt_mat **out, lt_bytes_source *source, void *arg, const char *where,
		struct lt_error *err)
{
	struct lt_mat *mat = lt_new_array(1, sizeof *mat);
	int status;

	if (!mat)
		return lt_fail_memory(err);
	*mat = (struct lt_mat){.source = source, .arg = arg, .where = where};
	status = read_file_header(mat, err);
	if (status)
		lt_mat_close(mat);
	else
		*out = mat;
	return status;
}

/* Verifies the end of a variable: nothing but padding, and a correct checksum. */
static int verify_end(struct lt_mat *mat, struct lt_error *err)
{
	uint8_t byte;
	size_t got = 0;
	int status;

	if (mat->left > 7)
		return damaged(mat, "damaged: a variable is longer than its numbers", err);
	status = skip(mat, mat->left, false, err);
	if (status == 0 && mat->inflate)
		status = lt_inflate_read(mat->inflate, &byte, 1, &got, err);
	return status == 0 && got > 0
		       ? damaged(mat, "damaged: a variable is longer than its header says", err)
		       : status;
}

static int leave(struct lt_mat *mat, struct lt_error *err)
{
	int status = mat->begun && mat->data == 0 ? verify_end(mat, err) : 0;

	lt_inflate_free(mat->inflate);
	mat->inflate = NULL;
	mat->begun = false;
	return status ? status : skip(mat, mat->raw, true, err);
}

/* A compressed element contains the tag of the original element. */
static int enter_compressed(struct lt_mat *mat, struct lt_error *err)
{
	uint8_t bytes[8];
	int status = lt_inflate_new(&mat->inflate, raw_source, mat, mat->where, err);

	mat->left = sizeof bytes;
	if (status == 0)
		status = take(mat, bytes, sizeof bytes, err);
	if (status == 0 && number(mat, bytes) != MI_MATRIX)
		status = damaged(mat, "damaged: no variable in a compressed element", err);
	if (status == 0)
		mat->left = number(mat, bytes + 4);
	return status;
}

/* Moves to the next variable of the file, up to its head. */
static int enter_variable(struct lt_mat *mat, bool *more, struct lt_error *err)
{
	uint8_t bytes[8];
	uint32_t type;
	size_t got;
	int status = leave(mat, err);

	if (status == 0)
		status = mat->source(mat->arg, bytes, sizeof bytes, &got, err);
	if (status)
		return status;
	*more = got > 0;
	if (!*more)
		return 0;
	if (got < sizeof bytes)
		return damaged(mat, "truncated", err);
	type = number(mat, bytes);
	mat->raw = mat->left = number(mat, bytes + 4);
	if (type == MI_COMPRESSED)
		return enter_compressed(mat, err);
	return type == MI_MATRIX
		       ? 0
		       : damaged(mat, "damaged: something other than a variable", err);
}

/* Moves to the next field of the innermost struct, or out of it.  *ready: there is a head. */
static int enter_next_field(struct lt_mat *mat, bool *ready, struct lt_error *err)
{
	const struct fields *fields = &mat->fields[mat->depth - 1];
	bool empty = false;
	int status;

	*ready = false;
	if (fields->next == fields->n)
		return leave_struct(mat, err);
	status = enter_field(mat, &empty, err);
	*ready = !empty;
	return status == 0 && empty ? leave_field(mat, err) : status;
}

int lt_mat_next(struct lt_mat *mat, struct lt_mat_variable *variable, bool *more,
		struct lt_error *err)
{
	bool ready, entered = false;
	int status = mat->depth > 0 ? leave_field(mat, err) : 0;

	*more = true;
	do {
		ready = true;
		if (status == 0)
			status = mat->depth > 0 ? enter_next_field(mat, &ready, err)
						: enter_variable(mat, more, err);
		if (status || !*more)
			return status;
		*variable = (struct lt_mat_variable){.array.first_fastest = true,
						     .array.big = mat->big,
						     .array.kind = 'V',
						     .kind = 'V'};
		if (ready)
			status = read_head(mat, variable, &entered, err);
	} while (status == 0 && (!ready || entered));
	return status;
}

int lt_mat_read(void *arg, void *to, size_t n, struct lt_error *err)
{
	struct lt_mat *mat = arg;

	if (!mat->begun || n > mat->data)
		return lt_fail(err, LT_BUG, "%s: more numbers are read than there are",
			       mat->where);
	mat->data -= n;
	if (mat->small_n == 0)
		return take(mat, to, n, err);
	memcpy(to, mat->small + mat->small_at, n);
	mat->small_at += (uint32_t)n;
	return 0;
}

void lt_mat_close(struct lt_mat *mat)
{
	if (mat)
		lt_inflate_free(mat->inflate);
	while (mat && mat->depth > 0)
		lt_free(mat->fields[--mat->depth].names);
	lt_free(mat);
}
