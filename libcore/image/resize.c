/*
 * Resizing: bilinear with an antialiasing triangle, in integers.
 *
 * Output pixel x of a side of "to" pixels made from "from" pixels has its
 * centre at (2x + 1) from / (2 to) and a triangle of half-width max(1, from /
 * to) around it.  Times 2 to, everything is an integer: the weight of input
 * pixel i is
 *
 *	2 max(from, to) - |(2i + 1) to - (2x + 1) from|,
 *
 * where that is positive.  The weights of an output pixel are divided by their
 * sum as integers over 2^22.
 */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/resize_parts.h"

static void taps_free(struct lt_taps *taps)
{
	lt_free(taps->start);
	lt_free(taps->offset);
	lt_free(taps->weight);
	lt_free(taps->group);
}

/* First input pixel with a positive weight: the least i with (2i + 1) to > centre - reach. */
static int64_t first_input(int64_t centre, int64_t reach, int64_t to)
{
	int64_t low = centre - reach - to;

	return low < 0 ? 0 : low / (2 * to) + 1;
}

static int taps_fill(struct lt_taps *taps, int64_t from, int64_t to, int64_t first)
{
	int64_t reach = 2 * (from > to ? from : to), centre, i, j, end, sum, weight;
	size_t used = 0, room = 0, most = (size_t)(reach / to) + 2;
	uint32_t x;

	for (x = 0; x < taps->count; x++) {
		centre = (2 * (first + x) + 1) * from;
		i = first_input(centre, reach, to);
		if (room - used < most) {
			uint32_t *block;

			room = 2 * room + most;
			block = lt_grow_array(taps->weight, room, sizeof *block);
			if (!block)
				return LT_OS;
			taps->weight = block;
		}
		taps->start[x] = (uint32_t)i;
		taps->offset[x] = used;
		for (sum = 0, end = i; end < from; end++) {
			weight = reach - llabs((2 * end + 1) * to - centre);
			if (weight <= 0)
				break;
			sum += weight;
		}
		for (j = i; j < end; j++) {
			weight = reach - llabs((2 * j + 1) * to - centre);
			taps->weight[used++] =
				(uint32_t)(((weight << LT_RESIZE_BITS) + sum / 2) / sum);
		}
	}
	taps->offset[taps->count] = used;
	return 0;
}

/* Weights of the outputs first … first + count - 1 of a side of "to" pixels. */
static int taps_make(struct lt_taps *taps, uint32_t from, uint64_t to, uint64_t first,
		     uint32_t count, struct lt_error *err)
{
	*taps = (struct lt_taps){.count = count};
	taps->start = lt_new_array(count, sizeof *taps->start);
	taps->offset = lt_new_array((size_t)count + 1, sizeof *taps->offset);
	if (!taps->start || !taps->offset ||
	    taps_fill(taps, (int64_t)from, (int64_t)to, (int64_t)first)) {
		taps_free(taps);
		return lt_fail_memory(err);
	}
	return 0;
}

/* The weights of output row y, and in *first its first input. */
static struct lt_weights weights_of(const struct lt_taps *taps, uint32_t y, uint32_t *first)
{
	*first = taps->start[y];
	return (struct lt_weights){taps->weight + taps->offset[y],
				   taps->offset[y + 1] - taps->offset[y]};
}

/* The part of the image that is resized. */
struct region {
	const uint8_t *pixels;
	size_t stride; /* bytes from row to row of the image */
	uint32_t width, height;
};

/* The part of the result that is kept, of width × height: all of *out, from here on. */
struct target {
	uint64_t width, height;
	uint64_t left, top;
};

/*
 * First horizontally, for the rows that the second pass needs; then vertically.  A row is
 * copied if bytes after it would be read.
 */
static int resample(struct lt_image *out, const struct region *region,
		    const struct lt_taps *across, const struct lt_taps *down,
		    struct lt_error *err)
{
	size_t from_row = (size_t)region->width * (size_t)out->channels;
	size_t stride = (size_t)out->width * (size_t)out->channels, bytes;
	uint8_t *row = lt_new_array(from_row + LT_RESIZE_BEHIND, 1), *rows = NULL;
	uint32_t first = down->start[0], end, y, at;
	struct lt_weights weights = weights_of(down, out->height - 1, &end);

	end += (uint32_t)weights.n;
	if (lt_mul(stride, end - first, &bytes) && lt_add(bytes, 1, &bytes))
		rows = lt_new_bytes(bytes);
	if (!row || !rows) {
		lt_free(row);
		lt_free(rows);
		return lt_fail_memory(err);
	}
	for (y = first; y < end; y++) {
		memcpy(row, region->pixels + region->stride * y, from_row);
		lt_resize_across(across, row, rows + stride * (y - first), out->channels);
	}
	for (y = 0; y < out->height; y++) {
		weights = weights_of(down, y, &at);
		lt_resize_down(&weights, rows + stride * (at - first), stride,
			       out->pixels + stride * y);
	}
	lt_free(row);
	lt_free(rows);
	return 0;
}

/* *out, whose sides are how much is kept, from the region. */
static int resize_region(struct lt_image *out, const struct region *region,
			 const struct target *target, struct lt_error *err)
{
	struct lt_taps across, down;
	int status =
		taps_make(&across, region->width, target->width, target->left, out->width, err);

	if (status)
		return status;
	if (!lt_resize_group_taps(&across, out->channels)) {
		taps_free(&across);
		return lt_fail_memory(err);
	}
	status =
		taps_make(&down, region->height, target->height, target->top, out->height, err);
	if (status == 0) {
		status = resample(out, region, &across, &down, err);
		taps_free(&down);
	}
	taps_free(&across);
	return status;
}

static struct region whole(const struct lt_image *image)
{
	return (struct region){image->pixels, (size_t)image->width * (size_t)image->channels,
			       image->width, image->height};
}

/* The sides of the image scaled to that shorter side; the longer is rounded down. */
static struct target in_proportion(const struct lt_image *image, uint32_t shorter)
{
	struct target target = {.width = shorter, .height = shorter};

	if (image->width > image->height)
		target.width = (uint64_t)shorter * image->width / image->height;
	else
		target.height = (uint64_t)shorter * image->height / image->width;
	return target;
}

int lt_image_fit(struct lt_image *out, const struct lt_image *image, uint32_t shorter,
		 uint32_t size, struct lt_error *err)
{
	struct region region = whole(image);
	struct target target = in_proportion(image, shorter);
	int status = lt_image_shape(out, size, size, image->channels, UINT64_MAX, err);

	target.left = (target.width - size) / 2;
	target.top = (target.height - size) / 2;
	return status ? status : resize_region(out, &region, &target, err);
}

int lt_image_resize(struct lt_image *out, const struct lt_image *image, uint32_t size,
		    struct lt_error *err)
{
	return lt_image_fit(out, image, size, size, err);
}

int lt_image_scale(struct lt_image *out, const struct lt_image *image, uint32_t shorter,
		   struct lt_error *err)
{
	struct region region = whole(image);
	struct target target = in_proportion(image, shorter);
	int status = lt_image_shape(out, target.width, target.height, image->channels,
				    UINT64_MAX, err);

	return status ? status : resize_region(out, &region, &target, err);
}

int lt_image_cut(struct lt_image *out, const struct lt_image *image,
		 const struct lt_image_box *box, uint32_t size, struct lt_error *err)
{
	struct region region = whole(image);
	struct target target = {.width = size, .height = size};
	int status = lt_image_shape(out, size, size, image->channels, UINT64_MAX, err);

	region.pixels += region.stride * box->top + (size_t)box->left * (size_t)image->channels;
	region.width = box->width;
	region.height = box->height;
	return status ? status : resize_region(out, &region, &target, err);
}
