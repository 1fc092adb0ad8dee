/*
 * The description of an array in a file.
 */
#include "format/array.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool lt_array_elements(const struct lt_array *array, uint64_t *elements, uint64_t *bytes)
{
	uint64_t n = 1;
	int i;

	/* A dimension may be 0, but the product of the others must not overflow either. */
	for (i = 0; i < array->rank; i++) {
		if (array->dim[i] > 0 && n > UINT64_MAX / array->dim[i])
			return false;
		n *= array->dim[i] > 0 ? array->dim[i] : 1;
	}
	if (n > UINT64_MAX / (array->size ? array->size : 1))
		return false;
	for (i = 0; i < array->rank; i++)
		if (array->dim[i] == 0)
			n = 0;
	*elements = n;
	*bytes = n * array->size;
	return true;
}

struct lt_array_text lt_array_shape(const struct lt_array *array)
{
	struct lt_array_text shape = {"("};
	size_t at = 1;
	int i;

	for (i = 0; i < array->rank; i++)
		at += (size_t)snprintf(shape.text + at, sizeof shape.text - at, "%s%" PRIu64,
				       i > 0 ? ", " : "", array->dim[i]);
	snprintf(shape.text + at, sizeof shape.text - at, array->rank == 1 ? ",)" : ")");
	return shape;
}

struct lt_array_text lt_array_type(const struct lt_array *array)
{
	static const struct {
		char kind;
		const char *name;
	} others[] = {{'b', "bool"},
		      {'S', "text"},
		      {'U', "text"},
		      {'O', "Python objects (a pickle, which is never read)"},
		      {'c', "complex numbers"},
		      {'e', "floating-point numbers of neither 4 nor 8 bytes"}};
	struct lt_array_text type = {"not plain numbers"};
	const char *name = array->kind == 'u'	? "uint"
			   : array->kind == 'i' ? "int"
			   : array->kind == 'f' ? "float"
						: NULL;
	size_t i;

	if (name)
		snprintf(type.text, sizeof type.text, "%s%d", name, (int)(8 * array->size));
	for (i = 0; i < sizeof others / sizeof others[0]; i++)
		if (others[i].kind == array->kind)
			snprintf(type.text, sizeof type.text, "%s", others[i].name);
	return type;
}

static bool whole(double value, int64_t *out)
{
	/* The comparison is false for NaN. */
	if (!(value >= -9007199254740992.0 && value <= 9007199254740992.0))
		return false;
	*out = (int64_t)value;
	return (double)*out == value;
}

bool lt_array_integer(const struct lt_array *array, const uint8_t *p, int64_t *out)
{
	unsigned bits = 8 * array->size;
	uint64_t value = 0;
	uint32_t half;
	double real;
	float single;
	unsigned i;

	for (i = 0; i < array->size; i++)
		value |= (uint64_t)p[array->big ? array->size - 1 - i : i] << 8 * i;
	if (array->kind == 'f' && array->size == 4) {
		half = (uint32_t)value;
		memcpy(&single, &half, sizeof single);
		return whole((double)single, out);
	}
	if (array->kind == 'f') {
		memcpy(&real, &value, sizeof real);
		return whole(real, out);
	}
	/* Sign extension. */
	if (array->kind == 'i' && bits < 64 && value >> (bits - 1))
		value |= UINT64_MAX << bits;
	if (array->kind == 'u' && value > INT64_MAX)
		return false;
	*out = (int64_t)value;
	return true;
}
