#include "embed/units.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

static size_t stride_of(size_t width)
{
	return (width + 1 + LT_NEIGHBOUR_LANES - 1) / LT_NEIGHBOUR_LANES * LT_NEIGHBOUR_LANES;
}

static void to_unit(const float *from, size_t width, size_t stride, float *to)
{
	double square = 0, length;

	for (size_t k = 0; k < width; k++)
		square += (double)from[k] * (double)from[k];
	length = sqrt(square);
	memset(to, 0, stride * sizeof *to);
	for (size_t k = 0; k < width && square > 0; k++)
		to[k] = (float)((double)from[k] / length);
	if (!(square > 0))
		to[width] = 1;
}

int lt_units_of(const float *feature, size_t n, size_t width, float **value,
		struct lt_embed_rows *rows, struct lt_error *err)
{
	size_t stride = stride_of(width), values;

	*value = lt_mul(n, stride, &values) ? lt_new_array(values, sizeof **value) : NULL;
	if (!*value)
		return lt_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		to_unit(feature + i * width, width, stride, *value + i * stride);
	*rows = (struct lt_embed_rows){n, stride, *value};
	return 0;
}
