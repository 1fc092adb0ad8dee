/*
 * Data sets whose rows are arrays: the images.
 */
#include "import/arrays.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "data/spool.h"

#define PIECE ((size_t)64 << 10)   /* a multiple of every element's size */
#define BLOCK ((uint64_t)64 << 20) /* of images that are reordered at a time */

/* ------------------------------------------------------------------ pixels */

/* State for converting a part's array to pixels. */
struct images {
	struct lt_import *import;
	const struct lt_part *part;
	const struct lt_array *array;
	lt_array_read *read;
	void *arg;
	uint64_t n;
	uint32_t height, width;
	int channels;
	size_t bytes;			      /* pixels × channels of an image */
	size_t by_row, by_column, by_channel; /* strides, in elements of the image */
	uint8_t *piece;
	uint8_t greatest;
};

static int wrong_value(const struct images *images, uint64_t element, struct lt_error *err)
{
	return lt_fail(err, LT_DATA,
		       "%s: element %" PRIu64 " is not between 0 and 255, as pixels are; "
		       "save them scaled, as uint8",
		       images->part->name, element);
}

/* The next n elements as bytes; at: the number of the first. */
static int next_bytes(struct images *images, uint8_t *to, size_t n, uint64_t at,
		      struct lt_error *err)
{
	const struct lt_array *array = images->array;
	int64_t value;
	size_t i, some;
	int status = 0;

	if (array->kind == 'u' && array->size == 1)
		status = images->read(images->arg, to, n, err);
	for (; array->size > 1 || array->kind == 'i'; to += some, at += some, n -= some) {
		some = n < PIECE / array->size ? n : PIECE / array->size;
		if (some == 0)
			break;
		status = images->read(images->arg, images->piece, some * array->size, err);
		if (status)
			return status;
		for (i = 0; i < some; i++) {
			if (!lt_array_integer(array, images->piece + i * array->size, &value) ||
			    value < 0 || value > 255)
				return wrong_value(images, at + i, err);
			to[i] = (uint8_t)value;
		}
	}
	return status;
}

/* Writes the elements of an image, in the order of the array, as a row. */
static int make_row(struct images *images, const uint8_t *from, uint64_t number,
		    struct lt_error *err)
{
	struct lt_import *import = images->import;
	const struct lt_part *part = images->part;
	uint8_t *to = import->image.pixels;
	uint32_t x, y;
	size_t i;
	int c;

	if (part->kept && !part->kept[number]) {
		import->next_id++;
		import->total--;
		return 0;
	}
	for (i = 0; i < images->bytes && images->greatest <= 1; i++)
		if (from[i] > images->greatest)
			images->greatest = from[i];
	for (y = 0; y < images->height; y++)
		for (x = 0; x < images->width; x++)
			for (c = 0; c < images->channels; c++)
				*to++ = from[y * images->by_row + x * images->by_column +
					     (size_t)c * images->by_channel];
	return lt_import_row(import, part->labelled ? part->label[number] : -1, NULL, err);
}

/* Sets the shape of import->image, which the previous row may have changed. */
static int shape_image(const struct images *images, struct lt_error *err)
{
	struct lt_error why;

	if (lt_image_shape(&images->import->image, images->width, images->height,
			   images->channels, images->import->max_pixels, &why) == 0)
		return 0;
	return lt_fail(err, why.code, "%s: %s", images->part->name, why.text);
}

static int in_order(struct images *images, struct lt_error *err)
{
	uint8_t *block = lt_new_bytes(images->bytes);
	uint64_t i;
	int status = block ? 0 : lt_fail_memory(err);

	for (i = 0; i < images->n && status == 0; i++) {
		status = next_bytes(images, block, images->bytes, i * images->bytes, err);
		if (status == 0)
			status = shape_image(images, err);
		if (status == 0)
			status = make_row(images, block, i, err);
	}
	lt_free(block);
	return status;
}

/* ------------------------------------------------------------------ images side by side */

static int to_spool(struct images *images, struct lt_spool *spool, struct lt_error *err)
{
	uint64_t all = images->n * images->bytes, at;
	uint8_t *block = lt_new_bytes(PIECE);
	size_t some;
	int status = block ? 0 : lt_fail_memory(err);

	for (at = 0; at < all && status == 0; at += some) {
		some = all - at < PIECE ? (size_t)(all - at) : PIECE;
		status = next_bytes(images, block, some, at, err);
		if (status == 0)
			status = lt_spool_append(spool, block, some, err);
	}
	lt_free(block);
	return status;
}

/* Images first … first + n - 1, one after another; in the array, byte p of all images is
 * contiguous. */
static int gather(const struct images *images, const struct lt_spool *spool, uint64_t first,
		  size_t n, uint8_t *column, uint8_t *block, struct lt_error *err)
{
	size_t p, i;
	int status;

	for (p = 0; p < images->bytes; p++) {
		status = lt_spool_read(spool, p * images->n + first, column, n, err);
		if (status)
			return status;
		for (i = 0; i < n; i++)
			block[i * images->bytes + p] = column[i];
	}
	return 0;
}

static int out_of_order(struct images *images, struct lt_error *err)
{
	uint64_t most = BLOCK / images->bytes + 1, first, i;
	size_t many = (size_t)(most < images->n ? most : images->n), n;
	uint8_t *column = lt_new_bytes(many), *block = lt_new_array(many, images->bytes);
	struct lt_spool spool = {.fd = -1};
	int status = column && block ? lt_spool_open(&spool, err) : lt_fail_memory(err);

	if (status == 0)
		status = to_spool(images, &spool, err);
	for (first = 0; first < images->n && status == 0; first += n) {
		n = images->n - first < many ? (size_t)(images->n - first) : many;
		status = gather(images, &spool, first, n, column, block, err);
		for (i = 0; i < n && status == 0; i++) {
			status = shape_image(images, err);
			if (status == 0)
				status = make_row(images, block + i * images->bytes, first + i,
						  err);
		}
	}
	lt_spool_close(&spool);
	lt_free(column);
	lt_free(block);
	return status;
}

/* ------------------------------------------------------------------ a part */

static int check_type(const struct lt_part *part, const struct lt_array *array,
		      struct lt_error *err)
{
	struct lt_array_text type = lt_array_type(array);

	if (array->kind == 'u' || array->kind == 'i')
		return 0;
	if (array->kind == 'f')
		return lt_fail(err, LT_DATA,
			       "%s: the pixels are %s, whose range is unknown; save them as "
			       "uint8: (255 * x).round().astype('uint8') if they are 0 to 1",
			       part->name, type.text);
	return lt_fail(err, LT_DATA, "%s: the pixels are %s; save them as uint8, 0 to 255",
		       part->name, type.text);
}

/* The strides of an image's elements along each axis except that of the images. */
static void set_steps(struct images *images, const struct lt_layout *layout)
{
	const struct lt_array *array = images->array;
	size_t step = 1;
	int k, axis;

	for (k = 0; k < array->rank; k++) {
		axis = array->first_fastest ? k : array->rank - 1 - k;
		if (axis == layout->images)
			continue;
		if (axis == layout->height)
			images->by_row = step;
		else if (axis == layout->width)
			images->by_column = step;
		else
			images->by_channel = step;
		step *= (size_t)array->dim[axis];
	}
}

static int set_shape(struct images *images, const struct lt_layout *layout,
		     struct lt_error *err)
{
	const struct lt_array *array = images->array;
	uint64_t elements, bytes;
	struct lt_error why;

	if (!lt_array_elements(array, &elements, &bytes))
		return lt_fail(err, LT_DATA, "%s: shape %s: too large", images->part->name,
			       lt_array_shape(array).text);
	if (lt_image_check(array->dim[layout->width], array->dim[layout->height],
			   images->import->max_pixels, &why))
		return lt_fail(err, why.code, "%s: %s", images->part->name, why.text);
	images->n = array->dim[layout->images];
	images->height = (uint32_t)array->dim[layout->height];
	images->width = (uint32_t)array->dim[layout->width];
	images->channels = layout->channels < 0 ? 1 : (int)array->dim[layout->channels];
	images->bytes = (size_t)images->height * images->width * (unsigned)images->channels;
	set_steps(images, layout);
	return 0;
}

static void tell_dark(const struct images *images)
{
	char text[1200];

	if (images->n == 0 || images->greatest > 1)
		return;
	snprintf(text, sizeof text,
		 "%s: no pixel is above 1, where 255 is white: all images look black",
		 images->part->name);
	images->import->host.notice(images->import->host.arg, text);
}

int lt_part_rows(struct lt_import *import, const struct lt_part *part,
		 const struct lt_array *array, const struct lt_layout *layout,
		 lt_array_read *read, void *arg, struct lt_error *err)
{
	struct images images = {
		.import = import, .part = part, .array = array, .read = read, .arg = arg};
	int slowest = array->first_fastest ? array->rank - 1 : 0;
	int status = check_type(part, array, err);

	import->row_split = part->split;
	if (status == 0 && !layout)
		status = lt_part_layout(import, part, array, &layout, err);
	if (status == 0)
		status = lt_part_count(part, array, layout, err);
	if (status == 0)
		status = set_shape(&images, layout, err);
	if (status)
		return status;
	images.piece = lt_new_bytes(PIECE);
	if (!images.piece)
		return lt_fail_memory(err);
	import->total += images.n;
	status = layout->images == slowest || images.n < 2 ? in_order(&images, err)
							   : out_of_order(&images, err);
	lt_free(images.piece);
	if (status == 0)
		tell_dark(&images);
	return status;
}
