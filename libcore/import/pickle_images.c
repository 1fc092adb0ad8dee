/*
 * Reads a dict of a pickle as a set of images.
 */
#include "import/pickle_images.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "stream/stream.h"

#define SIDE 32	       /* of CIFAR's images */
#define MOST_SIDE 4096 /* of images that are flat */
#define WANTED "; save a dict of data (uint8, [n, height, width, 3]) and labels"

static int wrong(struct lt_error *err, const char *name, const char *what)
{
	return lt_fail(err, LT_DATA, "%s: %s", name, what);
}

int lt_pickle_wrong_keys(const struct lt_pickle_value *dict, const char *name, const char *want,
			 struct lt_error *err)
{
	char keys[200] = "";
	size_t i, at = 0;

	if (dict->kind != LT_PICKLE_DICT)
		return lt_fail(err, LT_DATA, "%s: a pickle that is not a dict" WANTED, name);
	for (i = 0; i < dict->as.list->n && at < sizeof keys - 1; i += 2) {
		const struct lt_pickle_value *key = &dict->as.list->item[i];

		if ((key->kind == LT_PICKLE_TEXT || key->kind == LT_PICKLE_BYTES) &&
		    key->as.bytes->kept)
			at += (size_t)snprintf(keys + at, sizeof keys - at, "%s%.60s",
					       at ? ", " : "", (char *)key->as.bytes->kept);
	}
	return lt_fail(err, LT_DATA,
		       "%s: there is no key \"%s\" in this pickle%s; it has: %s%s", name, want,
		       strstr(want, "labels") ? ", and --no-labels is not given" : "", keys,
		       strcmp(want, "data") == 0 ? WANTED : "");
}

/* The images may be stored transposed: planes viewed as pixels, or the reverse. */
static bool find_order(const struct lt_pickle_array *array, bool pixels,
		       struct lt_pickle_images *images)
{
	static const uint8_t planes_first[] = {0, 3, 1, 2}, pixels_first[] = {0, 2, 3, 1};

	if (array->fortran || array->dims != 4)
		return false;
	if (!array->transposed)
		return true;
	images->planes = pixels;
	return memcmp(array->axis, pixels ? planes_first : pixels_first, 4) == 0;
}

/* The side of the images whose planes are in one row of that length, or 0. */
static uint32_t flat_side(uint64_t length, enum lt_pickle_flat flat)
{
	uint32_t side = flat == LT_PICKLE_SQUARES ? 1 : SIDE;

	while (flat == LT_PICKLE_SQUARES && side < MOST_SIDE &&
	       3 * (uint64_t)side * side < length)
		side++;
	return 3 * (uint64_t)side * side == length ? side : 0;
}

/* Distinguishes the two layouts with four dimensions. */
static int find_layout(const struct lt_pickle_array *array, enum lt_pickle_flat allowed,
		       const char *name, struct lt_pickle_images *images, struct lt_error *err)
{
	const uint64_t *d = array->dim;
	bool pixels = array->dims == 4 && d[3] == 3, planes = array->dims == 4 && d[1] == 3;
	uint32_t side = array->dims == 2 ? flat_side(d[1], allowed) : 0;
	bool flat = side > 0;

	if ((pixels && planes) || (flat && allowed == LT_PICKLE_NOT_FLAT))
		return wrong(err, name,
			     "its shape does not determine whether colours are planar or "
			     "interleaved; [n, height, width, 3] and [n, 3, height, width] do");
	if (!pixels && !planes && !flat)
		return wrong(err, name,
			     "data must be of shape [n, 3072], [n, height, width, 3] or "
			     "[n, 3, height, width]");
	images->planes = !pixels;
	images->n = d[0];
	if (flat && !array->fortran && !array->transposed) {
		images->height = images->width = side;
		return 0;
	}
	if (!find_order(array, pixels, images))
		return wrong(err, name,
			     "its data is in Fortran's or another order; "
			     "numpy.ascontiguousarray() in Python puts it in C's");
	if (d[planes ? 2 : 1] > UINT32_MAX || d[planes ? 3 : 2] > UINT32_MAX)
		return wrong(err, name, "images of more than 4294967295 pixels");
	images->height = (uint32_t)d[planes ? 2 : 1];
	images->width = (uint32_t)d[planes ? 3 : 2];
	return 0;
}

int lt_pickle_pixels(const struct lt_pickle_value *dict, enum lt_pickle_flat flat,
		     const char *name, struct lt_pickle_images *images, struct lt_error *err)
{
	const struct lt_pickle_value *data = lt_pickle_find(dict, "data");
	const struct lt_pickle_array *array;
	int status;

	if (!data)
		return lt_pickle_wrong_keys(dict, name, "data", err);
	array = data->as.array;
	if (data->kind != LT_PICKLE_ARRAY || !array->data)
		return wrong(err, name, "its data is not an array");
	if (array->kind != 'u' || array->item_size != 1)
		return lt_fail(err, LT_DATA,
			       "%s: its data is of type %c%" PRIu32 "; images are u1 (uint8)",
			       name, array->kind, array->item_size);
	status = find_layout(array, flat, name, images, err);
	images->pixels = *array->data;
	images->pixels.kept = NULL;
	return status;
}

int lt_pickle_labels(const struct lt_pickle_value *dict, const char *key, int n_classes,
		     const char *name, struct lt_pickle_images *images, struct lt_error *err)
{
	const struct lt_pickle_value *labels = lt_pickle_find(dict, key);
	int64_t label;
	uint64_t n, i;

	if (!labels)
		return lt_pickle_wrong_keys(dict, name, key, err);
	if (!lt_pickle_integers(labels, &n))
		return lt_fail(err, LT_DATA,
			       "%s: %s is not a list of integers that fits into memory", name,
			       key);
	if (n != images->n)
		return lt_fail(err, LT_DATA, "%s: %" PRIu64 " images and %" PRIu64 " labels",
			       name, images->n, n);
	images->label = lt_new_array((size_t)n + 1, sizeof *images->label);
	if (!images->label)
		return lt_fail_memory(err);
	for (i = 0; i < n; i++) {
		label = lt_pickle_integer(labels, i);
		if (n_classes < 0 ? label < -1 || label >= LT_MAX_CLASSES
				  : label < 0 || label >= n_classes)
			return lt_fail(
				err, LT_DATA,
				"%s: record %" PRIu64 " has label %" PRId64 " of %d classes",
				name, i, label, n_classes < 0 ? LT_MAX_CLASSES : n_classes);
		images->label[i] = (int32_t)label;
	}
	return 0;
}
