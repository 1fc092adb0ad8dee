/*
 * Resizing against its definition (image.h, resize.c) worked out number by number, and
 * the tuned passes against those in plain C.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check.h"
#include "image/image.h"
#include "image/resize_parts.h"

#define BITS 22

static uint32_t state = 1;

static uint32_t draw(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static int64_t weight_of(int64_t from, int64_t to, int64_t x, int64_t i)
{
	int64_t weight =
		2 * (from > to ? from : to) - llabs((2 * i + 1) * to - (2 * x + 1) * from);

	return weight > 0 ? weight : 0;
}

/* Output x of a side of `to` pixels, of inputs that lie step bytes apart. */
static uint8_t one(const uint8_t *input, size_t step, int64_t from, int64_t to, int64_t x)
{
	int64_t all = 0, sum = 0, i;

	for (i = 0; i < from; i++)
		all += weight_of(from, to, x, i);
	for (i = 0; i < from; i++)
		sum += ((weight_of(from, to, x, i) << BITS) + all / 2) / all *
		       input[(size_t)i * step];
	sum = (sum + (1 << (BITS - 1))) >> BITS;
	return (uint8_t)(sum > 255 ? 255 : sum);
}

/* The image by the definition: across, to bytes, down. */
static void define(const struct lt_image *image, uint32_t size, uint8_t *out)
{
	size_t channels = (size_t)image->channels, width = image->width, height = image->height;
	uint64_t wide = width > height ? (uint64_t)size * width / height : size;
	uint64_t high = width > height ? size : (uint64_t)size * height / width;
	uint8_t *rows = calloc(height * size, channels);
	size_t x, y, c;

	if (!rows)
		exit(1);
	for (y = 0; y < height; y++)
		for (x = 0; x < size; x++)
			for (c = 0; c < channels; c++)
				rows[(y * size + x) * channels + c] =
					one(image->pixels + y * width * channels + c, channels,
					    (int64_t)width, (int64_t)wide,
					    (int64_t)(x + (wide - size) / 2));
	for (y = 0; y < size; y++)
		for (x = 0; x < size * channels; x++)
			out[y * size * channels + x] =
				one(rows + x, size * channels, (int64_t)height, (int64_t)high,
				    (int64_t)(y + (high - size) / 2));
	free(rows);
}

static bool is_as_defined(uint32_t width, uint32_t height, int channels, uint32_t size)
{
	struct lt_image image = {0}, out = {0};
	size_t n = (size_t)size * size * (size_t)channels, i;
	uint8_t *want = malloc(n);
	struct lt_error err;
	bool good;

	if (!want || lt_image_shape(&image, width, height, channels, 10000000, &err) != 0)
		exit(1);
	/* Noise, and much of it the greatest and the least. */
	for (i = 0; i < (size_t)width * height * (size_t)channels; i++)
		image.pixels[i] = (uint8_t)(draw(3) ? draw(256) : draw(2) * 255);
	define(&image, size, want);
	good = lt_image_resize(&out, &image, size, &err) == 0 && out.width == size &&
	       out.height == size && memcmp(out.pixels, want, n) == 0;
	if (!good)
		printf("# %u x %u, %d channels, to %u\n", (unsigned)width, (unsigned)height,
		       channels, (unsigned)size);
	lt_image_free(&image);
	lt_image_free(&out);
	free(want);
	return good;
}

static void check_definition(void)
{
	static const struct {
		uint32_t width, height, size;
	} edge[] = {{1, 1, 1},	  {1, 1, 40},	 {2, 1, 3},    {1, 70, 2},   {70, 1, 5},
		    {96, 96, 64}, {128, 96, 96}, {33, 20, 20}, {2100, 3, 2}, {3, 1300, 2}};
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof edge / sizeof edge[0]; i++) {
		good = is_as_defined(edge[i].width, edge[i].height, 3, edge[i].size) && good;
		good = is_as_defined(edge[i].width, edge[i].height, 1, edge[i].size) && good;
	}
	check_named(good, "sides that are likely to be wrong");
	for (i = 0; i < 300; i++)
		good = is_as_defined(1 + draw(60), 1 + draw(60), draw(2) ? 3 : 1,
				     1 + draw(40)) &&
		       good;
	check_named(good, "sides drawn at random");
}

/* ------------------------------------------------------------------ the passes */

enum { WIDTH = 700, MOST = 300 };

static bool across_agree(uint32_t taps_each, int channels)
{
	static uint8_t row[3 * WIDTH + LT_RESIZE_BEHIND], plain[3 * WIDTH],
		tuned[3 * WIDTH + 1];
	uint32_t start[WIDTH], weight[WIDTH + MOST];
	struct lt_taps taps = {.start = start, .weight = weight};
	size_t offset[WIDTH + 1], n = 0;
	uint32_t i;
	bool good;

	/* Some of an output's taps may be missing, as at the edges. */
	for (taps.count = 0; n < WIDTH && taps.count < WIDTH; taps.count++) {
		uint32_t k = 1 + draw(taps_each);

		start[taps.count] = draw(WIDTH - k + 1);
		offset[taps.count] = n;
		for (i = 0; i < k; i++)
			weight[n++] = (draw(2) ? 1u << BITS : draw(1u << BITS)) / k;
	}
	offset[taps.count] = n;
	taps.offset = offset;
	for (i = 0; i < sizeof row; i++)
		row[i] = (uint8_t)(draw(3) ? draw(256) : 255);
	if (!lt_resize_group_taps(&taps, channels))
		return false;
	lt_resize_across(&taps, row, tuned, channels);
	lt_resize_across_plain(&taps, row, plain, channels);
	good = memcmp(tuned, plain, taps.count * (size_t)channels) == 0;
	lt_free(taps.group);
	return good;
}

static bool down_agree(size_t n, size_t n_weights)
{
	uint8_t *rows = malloc(n * n_weights), *plain = malloc(n), *tuned = malloc(n);
	uint32_t value[MOST];
	struct lt_weights weights = {value, n_weights};
	bool good;
	size_t i;

	if (!rows || !plain || !tuned)
		exit(1);
	for (i = 0; i < n_weights; i++)
		value[i] = (draw(2) ? 1u << BITS : draw(1u << BITS)) / (uint32_t)n_weights;
	for (i = 0; i < n * n_weights; i++)
		rows[i] = (uint8_t)(draw(3) ? draw(256) : 255);
	lt_resize_down(&weights, rows, n, tuned);
	lt_resize_down_plain(&weights, rows, n, plain);
	good = memcmp(tuned, plain, n) == 0;
	free(rows);
	free(plain);
	free(tuned);
	return good;
}

static void check_passes(void)
{
	bool good = true;
	uint32_t i;

	for (i = 1; i <= MOST; i++)
		good = across_agree(i, 3) && across_agree(i, 1) && good;
	check_named(good, "across, with up to 300 taps");
	for (i = 1; i <= 100; i++)
		good = down_agree(i, 1 + draw(20)) && down_agree(i, 1 + draw(MOST)) && good;
	check_named(good, "down, rows of up to 100 bytes");
}

int main(void)
{
	check_definition();
	check_passes();
	check_int(lt_memory_used(), 0);
	return check_done();
}
