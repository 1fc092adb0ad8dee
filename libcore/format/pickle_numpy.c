/*
 * The names that a pickle may refer to and call: those that construct numpy's arrays, data
 * types and scalars.  Nothing is called: each case below makes the value that the Python
 * function would return.
 */
#include "format/pickle_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* ------------------------------------------------------------------ names */

int lt_pickle_global(struct lt_pickle *pickle, const char *module, const char *name,
		     struct lt_pickle_value *out, struct lt_error *err)
{
	static const struct {
		const char *module, *name;
		enum lt_pickle_name is;
	} known[] = {
		/* numpy 2 moved them to numpy._core. */
		{"numpy.core.multiarray", "_reconstruct", LT_PICKLE_RECONSTRUCT},
		{"numpy._core.multiarray", "_reconstruct", LT_PICKLE_RECONSTRUCT},
		{"numpy.core.multiarray", "scalar", LT_PICKLE_SCALAR},
		{"numpy._core.multiarray", "scalar", LT_PICKLE_SCALAR},
		{"numpy.core.numeric", "_frombuffer", LT_PICKLE_FROMBUFFER},
		{"numpy._core.numeric", "_frombuffer", LT_PICKLE_FROMBUFFER},
		{"numpy", "ndarray", LT_PICKLE_NDARRAY},
		{"numpy", "dtype", LT_PICKLE_DTYPE},
		/* Before protocol 3 there were no bytes: they are encoded texts, or bytes(). */
		{"_codecs", "encode", LT_PICKLE_ENCODE},
		{"__builtin__", "bytes", LT_PICKLE_BYTES_TYPE},
		{"builtins", "bytes", LT_PICKLE_BYTES_TYPE},
	};
	struct lt_pickle_object found = {0}, *object;
	bool is_known = pickle->torch && lt_pickle_torch_name(module, name, &found);
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known && !is_known; i++) {
		is_known = strcmp(module, known[i].module) == 0 &&
			   strcmp(name, known[i].name) == 0;
		found.name = known[i].is;
	}
	if (!is_known)
		return lt_pickle_damaged(
			&pickle->input, err, "it would call %.100s.%.100s; it is not read%s",
			module, name, pickle->torch ? ": save a state_dict alone" : "");
	object = lt_pickle_object(pickle, sizeof *object, err);
	if (!object)
		return err->code;
	*object = found;
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_OTHER, .as.object = object};
	return 0;
}

bool lt_pickle_is_name(const struct lt_pickle_value *value, enum lt_pickle_name name)
{
	const struct lt_pickle_object *object = value->as.object;

	return value->kind == LT_PICKLE_OTHER && object && !object->is_type &&
	       object->name == name;
}

/* The elements of a tuple of at least n. */
const struct lt_pickle_value *lt_pickle_tuple(const struct lt_pickle_value *value, size_t n)
{
	return value->kind == LT_PICKLE_TUPLE && value->as.list->n >= n ? value->as.list->item
									: NULL;
}

/* ------------------------------------------------------------------ data types */

/* "u1", "<i8", "f4"; for other kinds only the size matters. */
static bool parse_type(const char *text, struct lt_pickle_array *type)
{
	uint64_t size;

	if (text && *text && strchr("<>|=", *text))
		type->big_endian = *text++ == '>';
	if (!text || !((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z')) ||
	    !lt_parse_u64(text + 1, 1, 1 << 20, &size))
		return false;
	type->kind = *text;
	type->item_size = (uint32_t)(*text == 'U' ? 4 * size : size);
	if (strchr("iu", *text))
		return size == 1 || size == 2 || size == 4 || size == 8;
	return *text != 'b' || size == 1;
}

static int make_type(struct lt_pickle *pickle, const struct lt_pickle_value *args,
		     struct lt_pickle_value *out, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(args, 1);
	struct lt_pickle_object *object;

	object = lt_pickle_object(pickle, sizeof *object, err);
	if (!object)
		return err->code;
	object->is_type = true;
	if (!item || !parse_type(lt_pickle_text(&item[0]), &object->type))
		return lt_pickle_damaged(&pickle->input, err, "an unknown number type");
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_OTHER, .as.object = object};
	return 0;
}

static const struct lt_pickle_array *type_of(const struct lt_pickle_value *value)
{
	const struct lt_pickle_object *object = value->as.object;

	return value->kind == LT_PICKLE_OTHER && object && object->is_type ? &object->type
									   : NULL;
}

/* (version, byte order, subtype, names, fields, …): the last three are of records. */
static int build_type(struct lt_pickle *pickle, struct lt_pickle_object *object,
		      const struct lt_pickle_value *state, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(state, 5);
	const char *order = item ? lt_pickle_text(&item[1]) : NULL;

	if (!order || !*order || order[1] || !strchr("<>|=", *order))
		return lt_pickle_damaged(&pickle->input, err, "an unknown number type");
	if (item[2].kind != LT_PICKLE_NONE || item[3].kind != LT_PICKLE_NONE ||
	    item[4].kind != LT_PICKLE_NONE)
		return lt_pickle_damaged(&pickle->input, err, "an array of records");
	object->type.big_endian = *order == '>';
	return 0;
}

/* ------------------------------------------------------------------ arrays */

static int set_array(struct lt_pickle *pickle, struct lt_pickle_array *array,
		     const struct lt_pickle_value *shape, const struct lt_pickle_value *type,
		     bool fortran, const struct lt_pickle_value *data, struct lt_error *err)
{
	struct lt_pickle_array made = {.n = 1};
	const struct lt_pickle_value *dim = lt_pickle_tuple(shape, 0);
	size_t i;

	if (!dim && shape->kind != LT_PICKLE_TUPLE)
		return lt_pickle_damaged(&pickle->input, err, "an array without a shape");
	if (!type_of(type) || data->kind != LT_PICKLE_BYTES)
		return lt_pickle_damaged(&pickle->input, err,
					 "an array of objects or of an unknown type");
	made = *type_of(type);
	made.n = 1;
	made.data = data->as.bytes;
	if (shape->as.list->n > LT_PICKLE_MAX_DIMS)
		return lt_pickle_damaged(&pickle->input, err, "an array of %zu dimensions",
					 shape->as.list->n);
	for (i = 0; i < shape->as.list->n; i++) {
		if (dim[i].kind != LT_PICKLE_INT || dim[i].as.integer < 0 ||
		    (dim[i].as.integer > 0 &&
		     made.n > UINT64_MAX / (uint64_t)dim[i].as.integer))
			return lt_pickle_damaged(&pickle->input, err, "an impossible shape");
		made.dim[i] = (uint64_t)dim[i].as.integer;
		made.n *= made.dim[i];
	}
	made.dims = (int)i;
	made.fortran = fortran && made.dims > 1;
	if (made.n > UINT64_MAX / made.item_size || made.n * made.item_size != made.data->n)
		return lt_pickle_damaged(&pickle->input, err,
					 "an array of %" PRIu64 " bytes, and its shape is of "
					 "%" PRIu64 " numbers of %" PRIu32 " bytes",
					 made.data->n, made.n, made.item_size);
	*array = made;
	return 0;
}

static int new_array(struct lt_pickle *pickle, struct lt_pickle_value *out,
		     struct lt_error *err)
{
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_ARRAY};
	out->as.array = lt_pickle_object(pickle, sizeof *out->as.array, err);
	return out->as.array ? 0 : err->code;
}

/* (version, shape, type, Fortran order, bytes); old versions omit the first. */
static int build_array(struct lt_pickle *pickle, struct lt_pickle_array *array,
		       const struct lt_pickle_value *state, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(state, 4);

	if (item && state->as.list->n > 4)
		item++;
	if (!item || (item[2].kind != LT_PICKLE_BOOL && item[2].kind != LT_PICKLE_INT))
		return lt_pickle_damaged(&pickle->input, err, "an array of unknown form");
	return set_array(pickle, array, &item[0], &item[1], item[2].as.integer != 0, &item[3],
			 err);
}

/*
 * The axes that numpy's transpose() is called with: dimension i of the array is axes[i] of its
 * bytes' shape, which array->dim is up to here.
 */
static int set_axes(struct lt_pickle *pickle, struct lt_pickle_array *array,
		    const struct lt_pickle_value *axes, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(axes, 1);
	struct lt_pickle_array old = *array;
	uint64_t used = 0;
	int i;

	if (!item || axes->as.list->n != (size_t)array->dims)
		return lt_pickle_damaged(&pickle->input, err, "an array of unknown form");
	for (i = 0; i < old.dims; i++) {
		if (item[i].kind != LT_PICKLE_INT || item[i].as.integer < 0 ||
		    item[i].as.integer >= old.dims || used >> item[i].as.integer & 1)
			return lt_pickle_damaged(&pickle->input, err,
						 "an array of unknown form");
		used |= (uint64_t)1 << item[i].as.integer;
		array->dim[i] = old.dim[item[i].as.integer];
		array->axis[item[i].as.integer] = (uint8_t)i;
		array->transposed = array->transposed || item[i].as.integer != i;
	}
	return 0;
}

/* (bytes, type, shape, order), since protocol 5; numpy 2 has order K too, with axes. */
static int from_buffer(struct lt_pickle *pickle, const struct lt_pickle_value *args,
		       struct lt_pickle_value *out, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(args, 4);
	const char *order = item ? lt_pickle_text(&item[3]) : NULL;
	bool axes = item && args->as.list->n > 4;
	int status;

	if (!order || !*order || order[1] || !strchr(axes ? "K" : "CF", *order))
		return lt_pickle_damaged(&pickle->input, err, "an array of unknown form");
	status = new_array(pickle, out, err);
	if (status == 0)
		status = set_array(pickle, out->as.array, &item[2], &item[1], *order == 'F',
				   &item[0], err);
	return status || !axes ? status : set_axes(pickle, out->as.array, &item[4], err);
}

/* (type, bytes): a numpy scalar. */
static int make_scalar(struct lt_pickle *pickle, const struct lt_pickle_value *args,
		       struct lt_pickle_value *out, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(args, 2);
	const struct lt_pickle_array *type = item ? type_of(&item[0]) : NULL;
	uint64_t bits;
	float single;

	if (!type || item[1].kind != LT_PICKLE_BYTES || !item[1].as.bytes->kept ||
	    item[1].as.bytes->n != type->item_size)
		return lt_pickle_damaged(&pickle->input, err, "a number of unknown form");
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_OTHER};
	if (type->item_size > 8)
		return 0;
	bits = lt_pickle_array_number(type, item[1].as.bytes->kept);
	if (lt_pickle_is_integer(type)) {
		out->kind = type->kind == 'b' ? LT_PICKLE_BOOL : LT_PICKLE_INT;
		out->as.integer = (int64_t)bits;
	} else if (type->kind == 'f' && type->item_size == 8) {
		out->kind = LT_PICKLE_REAL;
		memcpy(&out->as.real, &bits, sizeof bits);
	} else if (type->kind == 'f' && type->item_size == 4) {
		uint32_t half = (uint32_t)bits;

		out->kind = LT_PICKLE_REAL;
		memcpy(&single, &half, sizeof half);
		out->as.real = single;
	}
	return 0;
}

/* ------------------------------------------------------------------ bytes as text */

/* Converts UTF-8 in memory to bytes, one for each character, with its code. */
static int encode_kept(struct lt_pickle *pickle, const struct lt_pickle_bytes *text,
		       struct lt_pickle_bytes *out, struct lt_error *err)
{
	struct lt_pickle_decoder decoder = {.coding = LT_PICKLE_UTF8};
	uint64_t i;
	int32_t c;

	out->kept = lt_pickle_keep(pickle, text->n, err);
	if (!out->kept)
		return err->code;
	for (i = 0; i < text->n; i++) {
		c = lt_pickle_decode(&decoder, text->kept[i]);
		if (c == LT_PICKLE_MORE)
			continue;
		if (c < 0 || c > 0xff)
			break;
		out->kept[out->n++] = (uint8_t)c;
	}
	return i == text->n && decoder.left == 0
		       ? 0
		       : lt_pickle_damaged(&pickle->input, err,
					   "a text that does not encode bytes");
}

/* (text, "latin1") */
static int encode(struct lt_pickle *pickle, const struct lt_pickle_value *args,
		  struct lt_pickle_value *out, struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(args, 2);
	const char *name = item ? lt_pickle_text(&item[1]) : NULL;
	const struct lt_pickle_bytes *text;
	struct lt_pickle_bytes *bytes;

	if (!name || item[0].kind != LT_PICKLE_TEXT ||
	    (strcmp(name, "latin1") != 0 && strcmp(name, "latin-1") != 0))
		return lt_pickle_damaged(&pickle->input, err,
					 "a text encoded otherwise than in latin1");
	text = item[0].as.bytes;
	bytes = lt_pickle_object(pickle, sizeof *bytes, err);
	if (!bytes)
		return err->code;
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_BYTES, .as.bytes = bytes};
	/* The location stays the same; the bytes are decoded when they are read. */
	*bytes = *text;
	if (!text->kept)
		return 0;
	bytes->n = 0;
	return encode_kept(pickle, text, bytes, err);
}

static int no_bytes(struct lt_pickle *pickle, const struct lt_pickle_value *args,
		    struct lt_pickle_value *out, struct lt_error *err)
{
	struct lt_pickle_bytes *bytes = lt_pickle_object(pickle, sizeof *bytes, err);

	if (!bytes)
		return err->code;
	bytes->kept = lt_pickle_keep(pickle, 0, err);
	if (!bytes->kept)
		return err->code;
	if (args->kind != LT_PICKLE_TUPLE || args->as.list->n > 0)
		return lt_pickle_damaged(&pickle->input, err, "bytes of unknown form");
	*out = (struct lt_pickle_value){.kind = LT_PICKLE_BYTES, .as.bytes = bytes};
	return 0;
}

/* ------------------------------------------------------------------ calling */

int lt_pickle_call(struct lt_pickle *pickle, const struct lt_pickle_value *function,
		   const struct lt_pickle_value *args, struct lt_pickle_value *out,
		   struct lt_error *err)
{
	const struct lt_pickle_value *item = lt_pickle_tuple(args, 1);

	if (lt_pickle_is_name(function, LT_PICKLE_RECONSTRUCT) && item &&
	    lt_pickle_is_name(&item[0], LT_PICKLE_NDARRAY))
		return new_array(pickle, out, err);
	if (lt_pickle_is_name(function, LT_PICKLE_FROMBUFFER))
		return from_buffer(pickle, args, out, err);
	if (lt_pickle_is_name(function, LT_PICKLE_SCALAR))
		return make_scalar(pickle, args, out, err);
	if (lt_pickle_is_name(function, LT_PICKLE_DTYPE))
		return make_type(pickle, args, out, err);
	if (lt_pickle_is_name(function, LT_PICKLE_ENCODE))
		return encode(pickle, args, out, err);
	if (lt_pickle_is_name(function, LT_PICKLE_BYTES_TYPE))
		return no_bytes(pickle, args, out, err);
	if (pickle->torch)
		return lt_pickle_torch_call(pickle, function, args, out, err);
	return lt_pickle_damaged(&pickle->input, err,
				 "a call of something that is not a function");
}

int lt_pickle_build(struct lt_pickle *pickle, struct lt_pickle_value *object,
		    const struct lt_pickle_value *state, struct lt_error *err)
{
	if (object->kind == LT_PICKLE_ARRAY)
		return build_array(pickle, object->as.array, state, err);
	if (type_of(object))
		return build_type(pickle, object->as.object, state, err);
	/* Attributes that PyTorch gives to an OrderedDict of tensors. */
	if (pickle->torch && object->kind == LT_PICKLE_DICT)
		return 0;
	return lt_pickle_damaged(&pickle->input, err, "a state for an object that has none");
}
