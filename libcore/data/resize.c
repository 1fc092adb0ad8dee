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
#include "data/image.h"

#include <stdlib.h>

#include "base/memory.h"

#define BITS 22

/* The weights of one axis: count outputs from number first on. */
struct taps {
	uint32_t count;
	uint32_t *start; /* first input of each output; count + 1 of them for offset */
	size_t *offset;	 /* first weight of each output */
	int32_t *weight;
};

static void taps_free(struct taps *taps)
{
	lt_free(taps->start);
	lt_free(taps->offset);
	lt_free(taps->weight);
}

/* First input pixel with a positive weight: the least i with (2i + 1) to > centre - reach. */
static int64_t first_input(int64_t centre, int64_t reach, int64_t to)
{
	int64_t low = centre - reach - to;

	return low < 0 ? 0 : low / (2 * to) + 1;
}

static int taps_fill(struct taps *taps, int64_t from, int64_t to, int64_t first)
{
	int64_t reach = 2 * (from > to ? from : to), centre, i, j, end, sum, weight;
	size_t used = 0, room = 0, most = (size_t)(reach / to) + 2;
	uint32_t x;

	for (x = 0; x < taps->count; x++) {
		centre = (2 * (first + x) + 1) * from;
		i = first_input(centre, reach, to);
		if (room - used < most) {
			int32_t *block;

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
			taps->weight[used++] = (int32_t)(((weight << BITS) + sum / 2) / sum);
		}
	}
	taps->offset[taps->count] = used;
	return 0;
}

/* Weights of the outputs first … first + count - 1 of a side of "to" pixels. */
static int taps_make(struct taps *taps, uint32_t from, uint64_t to, uint64_t first,
		     uint32_t count, struct lt_error *err)
{
	*taps = (struct taps){.count = count};
	taps->start = lt_new_array(count, sizeof *taps->start);
	taps->offset = lt_new_array((size_t)count + 1, sizeof *taps->offset);
	if (!taps->start || !taps->offset ||
	    taps_fill(taps, (int64_t)from, (int64_t)to, (int64_t)first)) {
		taps_free(taps);
		return lt_fail_memory(err);
	}
	return 0;
}

static uint8_t rounded(int64_t sum)
{
	sum = (sum + (1 << (BITS - 1))) >> BITS;
	return sum < 0 ? 0 : sum > 255 ? 255 : (uint8_t)sum;
}

static void filter_row(const struct taps *taps, const uint8_t *from, uint8_t *to, int channels)
{
	const uint8_t *pixel;
	size_t at, end;
	uint32_t x;
	int64_t sum;
	int c;

	for (x = 0; x < taps->count; x++) {
		for (c = 0; c < channels; c++) {
			pixel = from + (size_t)taps->start[x] * (size_t)channels + c;
			end = taps->offset[x + 1];
			for (sum = 0, at = taps->offset[x]; at < end; at++, pixel += channels)
				sum += (int64_t)taps->weight[at] * *pixel;
			*to++ = rounded(sum);
		}
	}
}

/* One output row from the rows of the first pass; sums holds a row's sums. */
static void filter_column(const struct taps *taps, uint32_t y, const uint8_t *rows,
			  size_t stride, int64_t *sums, uint8_t *to)
{
	const uint8_t *row = rows + (size_t)taps->start[y] * stride;
	size_t at, i;

	for (i = 0; i < stride; i++)
		sums[i] = 0;
	for (at = taps->offset[y]; at < taps->offset[y + 1]; at++, row += stride)
		for (i = 0; i < stride; i++)
			sums[i] += (int64_t)taps->weight[at] * row[i];
	for (i = 0; i < stride; i++)
		to[i] = rounded(sums[i]);
}

static int resample(struct lt_image *out, const struct lt_image *image,
		    const struct taps *across, const struct taps *down, struct lt_error *err)
{
	size_t from_stride = (size_t)image->width * (size_t)image->channels;
	size_t stride = (size_t)out->width * (size_t)out->channels, bytes;
	uint8_t *rows = NULL;
	int64_t *sums = lt_new_array(stride, sizeof *sums);
	uint32_t y;

	if (lt_mul(stride, image->height, &bytes))
		rows = lt_new_bytes(bytes);
	if (!rows || !sums) {
		lt_free(rows);
		lt_free(sums);
		return lt_fail_memory(err);
	}
	for (y = 0; y < image->height; y++)
		filter_row(across, image->pixels + from_stride * y, rows + stride * y,
			   image->channels);
	for (y = 0; y < out->height; y++)
		filter_column(down, y, rows, stride, sums, out->pixels + stride * y);
	lt_free(rows);
	lt_free(sums);
	return 0;
}

int lt_image_resize(struct lt_image *out, const struct lt_image *image, uint32_t size,
		    struct lt_error *err)
{
	uint64_t width = size, height = size;
	struct taps across, down;
	int status;

	if (image->width > image->height)
		width = (uint64_t)size * image->width / image->height;
	else
		height = (uint64_t)size * image->height / image->width;
	status = lt_image_shape(out, size, size, image->channels, UINT64_MAX, err);
	if (status)
		return status;
	status = taps_make(&across, image->width, width, (width - size) / 2, size, err);
	if (status)
		return status;
	status = taps_make(&down, image->height, height, (height - size) / 2, size, err);
	if (status == 0) {
		status = resample(out, image, &across, &down, err);
		taps_free(&down);
	}
	taps_free(&across);
	return status;
}
