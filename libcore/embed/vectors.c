#include "embed/vectors.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

int lt_vectors_find(struct lt_vectors *vectors, const struct lt_header *header,
		    const char *input, const char *name, struct lt_error *err)
{
	int at = lt_header_find(header, name);
	const struct lt_column *column = at < 0 ? NULL : &header->cols[at];

	if (!column || column->dtype != LT_F4 || column->shape.dims != 1)
		return lt_fail(err, LT_DATA,
			       "%s: no column '%s' of <f4, a vector a row; lt eval --scores "
			       "writes features, --column names another column",
			       input, name);
	vectors->column = at;
	vectors->width = column->shape.dim[0];
	return 0;
}

int lt_vectors_check(const struct lt_vectors *vectors, const struct lt_header *header,
		     const struct lt_rows *rows, const char *input, struct lt_error *err)
{
	const float *from = rows->col[vectors->column];
	size_t values = (size_t)rows->n * vectors->width;

	for (size_t k = 0; k < values; k++)
		if (!isfinite(from[k]))
			return lt_fail(err, LT_DATA,
				       "%s: row %llu: a value of '%s' is not finite", input,
				       (unsigned long long)(rows->at + k / vectors->width),
				       header->cols[vectors->column].name);
	return 0;
}

static int take_room(struct lt_vectors *v, size_t more, struct lt_error *err)
{
	size_t need = v->n + more, room = need > 2 * v->room ? need : 2 * v->room, size;
	float *value;
	int32_t *label;

	if (need <= v->room)
		return 0;
	if (need > INT32_MAX)
		return lt_fail(err, LT_DATA, "more than %d rows", INT32_MAX);
	if (!lt_mul(v->width, sizeof *value, &size))
		return lt_fail_memory(err);
	if (!(value = lt_grow_array(v->value, room, size)))
		return lt_fail_memory(err);
	v->value = value;
	if (!(label = lt_grow_array(v->label, room, sizeof *label)))
		return lt_fail_memory(err);
	v->label = label;
	v->room = room;
	return 0;
}

int32_t lt_vectors_label(const struct lt_header *header, const struct lt_rows *rows, uint32_t i)
{
	int y = lt_header_find(header, "y");

	/* The reader has checked that labels are -1 or a class. */
	return y < 0 || header->n_classes < 1 ? -1
					      : (int32_t)lt_rows_integer(rows, header, y, i);
}

int lt_vectors_add(struct lt_vectors *vectors, const struct lt_header *header,
		   const struct lt_rows *rows, const char *input, struct lt_error *err)
{
	size_t values = (size_t)rows->n * vectors->width;
	int code = lt_vectors_check(vectors, header, rows, input, err);

	if (code != 0 || (code = take_room(vectors, rows->n, err)) != 0)
		return code;
	if (values > 0)
		memcpy(vectors->value + vectors->n * vectors->width, rows->col[vectors->column],
		       values * sizeof *vectors->value);
	for (uint32_t i = 0; i < rows->n; i++)
		vectors->label[vectors->n++] = lt_vectors_label(header, rows, i);
	return 0;
}

void lt_vectors_free(struct lt_vectors *vectors)
{
	lt_free(vectors->value);
	lt_free(vectors->label);
	*vectors = (struct lt_vectors){0};
}
