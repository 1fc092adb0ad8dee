/*
 * Images: the decoders against what Pillow 9.4 (libjpeg-turbo 2.1, libpng 1.6)
 * made of the same bytes, resizing against its BILINEAR, limits and damage.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check.h"
#include "image/image.h"
#include "image_samples.h"
#include "stream/stream.h"

#define within(pixels) ((struct lt_image_how){.max_pixels = (pixels)})

static uint32_t sum_of(const struct lt_image *image)
{
	return lt_crc32c(0, image->pixels,
			 (size_t)image->width * image->height * (size_t)image->channels);
}

/* CRC-32C of the RGB pixels, and the first pixel, as Pillow's convert("RGB") gave them. */
static void check_samples(void)
{
	static const struct {
		const char *name;
		const uint8_t *bytes;
		size_t size;
		int channels;
		uint32_t crc;
		uint8_t first[3];
	} sample[] = {
		{"JPEG 4:4:4", sample_jpg444, sizeof sample_jpg444, 3, 0xfa8d93b3, {1, 1, 125}},
		{"JPEG 4:2:0", sample_jpg420, sizeof sample_jpg420, 3, 0x68d193a8, {2, 2, 112}},
		{"JPEG, grey", sample_grey, sizeof sample_grey, 1, 0x0c24e83a, {15, 15, 15}},
		{"JPEG, CMYK", sample_cmyk, sizeof sample_cmyk, 3, 0x3a52ce78, {0, 1, 128}},
		{"PNG, RGB", sample_png, sizeof sample_png, 3, 0x58669b47, {0, 0, 128}},
		{"PNG, RGBA", sample_rgba, sizeof sample_rgba, 3, 0x58669b47, {0, 0, 128}},
		{"PNG, palette", sample_pal, sizeof sample_pal, 3, 0x99c05bd0, {30, 30, 128}},
		{"PNG, one bit", sample_bit, sizeof sample_bit, 1, 0x9dde3242, {0, 0, 0}},
		{"PNG, grey and alpha", sample_la, sizeof sample_la, 1, 0x81387ba1, {0, 0, 0}},
	};
	struct lt_image image = {0};
	struct lt_error err;
	size_t i;

	for (i = 0; i < sizeof sample / sizeof sample[0]; i++) {
		check_named(lt_image_decode(&image, sample[i].bytes, sample[i].size,
					    &within(64), &err) == 0,
			    sample[i].name);
		check_int(image.width, 8);
		check_int(image.height, 8);
		check_int(image.channels, sample[i].channels);
		check_int(lt_image_set_channels(&image, 3, &err), 0);
		check_int(sum_of(&image), sample[i].crc);
		check(memcmp(image.pixels, sample[i].first, 3) == 0);
		check_named(lt_image_decode(&image, sample[i].bytes, sample[i].size,
					    &within(63), &err) == LT_DATA,
			    "a pixel too many");
	}
	lt_image_free(&image);
}

static void check_16_bits(void)
{
	static const uint8_t want[12] = {0, 35, 70, 105, 0, 35, 70, 105, 1, 36, 71, 106};
	struct lt_image image = {0};
	struct lt_error err;

	check_int(lt_image_decode(&image, sample_p16, sizeof sample_p16, &within(100), &err),
		  0);
	check_int(image.width, 4);
	check_int(image.height, 3);
	check_int(image.channels, 1);
	check(memcmp(image.pixels, want, sizeof want) == 0);
	lt_image_free(&image);
}

/* Each prefix of an image is an error, and no crash: decoded from a block of just its size. */
static void check_prefixes(const char *name, const uint8_t *bytes, size_t size)
{
	struct lt_image image = {0};
	struct lt_error err;
	size_t n, accepted = 0;
	uint8_t *copy;

	for (n = 0; n < size; n++) {
		copy = malloc(n ? n : 1);
		if (!copy)
			break;
		memcpy(copy, bytes, n);
		accepted += lt_image_decode(&image, copy, n, &within(1000), &err) != LT_DATA;
		free(copy);
	}
	check_named(n == size && accepted == 0, name);
	lt_image_free(&image);
}

/* ------------------------------------------------------------------ PPM */

static int decode_text(struct lt_image *image, const char *text, size_t size)
{
	struct lt_error err;

	return lt_image_decode(image, text, size, &within(1000), &err);
}

#define DECODE(image, text) decode_text((image), (text), sizeof(text) - 1)

static void check_ppm(void)
{
	struct lt_image image = {0};

	check_int(DECODE(&image, "P6 2 1 255\nabcdef"), 0);
	check_int(image.width, 2);
	check_int(image.height, 1);
	check_int(image.channels, 3);
	check(memcmp(image.pixels, "abcdef", 6) == 0);
	check_int(DECODE(&image, "P5#a comment\n# 9 9\n1 2#3\n 255\nab"), 0);
	check_int(image.channels, 1);
	check(image.height == 2 && memcmp(image.pixels, "ab", 2) == 0);
	check_int(DECODE(&image, "P2\n3 1\n15\n0 7\n15"), 0);
	check(memcmp(image.pixels, "\0\167\377", 3) == 0);
	check_int(DECODE(&image, "P3\n1 1\n255\n1 # one\n2 3 "), 0);
	check(memcmp(image.pixels, "\1\2\3", 3) == 0);
	check_int(DECODE(&image, "P5 2 1 65535\n\377\377\200\0"), 0);
	check(memcmp(image.pixels, "\377\200", 2) == 0);
	check_int(DECODE(&image, "P5 2 1 256\n\1\0\1\1"), LT_DATA);
	check_int(DECODE(&image, "P6 2 1 255\nabcde"), LT_DATA);
	check_int(DECODE(&image, "P6 2 1 255"), LT_DATA);
	check_int(DECODE(&image, "P6 2 1 65536\nabcdefabcdef"), LT_DATA);
	check_int(DECODE(&image, "P6 1001 1 255\nabcdef"), LT_DATA);
	check_int(DECODE(&image, "P3 1 1 255\n1 2"), LT_DATA);
	check_int(DECODE(&image, "P7 1 1\n\200"), LT_DATA);
	check_int(DECODE(&image, "P6 18446744073709551617 1 255\nabc"), LT_DATA);
	lt_image_free(&image);
}

/* ------------------------------------------------------------------ resizing */

static void fill(struct lt_image *image, uint32_t width, uint32_t height, int channels)
{
	struct lt_error err;
	uint32_t x, y, c;

	if (!check_named(lt_image_shape(image, width, height, channels, 1000000, &err) == 0,
			 "memory"))
		exit(check_done());
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			for (c = 0; c < (uint32_t)channels; c++)
				image->pixels[((size_t)y * width + x) * (size_t)channels + c] =
					(uint8_t)((x * 37 + y * 101 + c * 53) ^ (x * y));
}

/* Pillow 9.4: resize((S, S h / w), BILINEAR) and the like, then crop. */
static void check_resize(void)
{
	static const struct {
		uint32_t width, height, size;
		int channels;
		uint32_t crc;
	} wanted[] = {
		{7, 5, 3, 1, 0xfd19c5c1},	{64, 48, 32, 3, 0x5332f5b9},
		{48, 64, 33, 3, 0x090f30f1},	{10, 10, 27, 3, 0xb27f8011},
		{500, 9, 8, 1, 0x971b2286},	{9, 500, 8, 1, 0x01033bed},
		{1, 1, 5, 3, 0xb5cf4aa5},	{2, 90, 16, 3, 0x1881cd71},
		{333, 250, 224, 3, 0xaa8b472a},
	};
	static const uint8_t seven[9] = {63, 120, 167, 158, 108, 137, 126, 141, 113};
	struct lt_image image = {0}, out = {0};
	struct lt_error err;
	size_t i;

	for (i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		fill(&image, wanted[i].width, wanted[i].height, wanted[i].channels);
		check_int(lt_image_resize(&out, &image, wanted[i].size, &err), 0);
		check(out.width == wanted[i].size && out.height == wanted[i].size);
		check_int(sum_of(&out), wanted[i].crc);
		if (i == 0)
			check(memcmp(out.pixels, seven, sizeof seven) == 0);
	}
	lt_image_free(&image);
	lt_image_free(&out);
}

/* What must hold whatever the scale: its own size changes nothing, one colour stays itself. */
static void check_resize_laws(void)
{
	struct lt_image image = {0}, out = {0};
	struct lt_error err;
	uint32_t size, i;
	bool same;

	fill(&image, 19, 19, 3);
	check_int(lt_image_resize(&out, &image, 19, &err), 0);
	check(memcmp(out.pixels, image.pixels, 19 * 19 * 3) == 0);
	fill(&image, 41, 23, 1);
	memset(image.pixels, 255, 41 * 23);
	for (size = 1; size < 80; size += 13) {
		check_int(lt_image_resize(&out, &image, size, &err), 0);
		for (same = true, i = 0; i < size * size; i++)
			same = same && out.pixels[i] == 255;
		check_named(same, "white stays white");
	}
	lt_image_free(&image);
	lt_image_free(&out);
}

static void check_channels(void)
{
	struct lt_image image = {0};
	struct lt_error err;

	check_int(DECODE(&image, "P6 2 1 255\n\377\0\0\1\2\3"), 0);
	check_int(lt_image_set_channels(&image, 1, &err), 0);
	check_int(image.pixels[0], 76);
	check_int(image.pixels[1], 2);
	check_int(lt_image_set_channels(&image, 3, &err), 0);
	check(memcmp(image.pixels, "LLL\2\2\2", 6) == 0);
	lt_image_free(&image);
}

/* Pixels do not depend on where an image's memory begins: libjpeg writes rows on a boundary
 * otherwise, and the decoder avoids that. */
static void check_boundary(int width, int channels)
{
	static _Alignas(64) uint8_t pixels[3 * 96 * 40 + 64], at_16[sizeof pixels];
	struct lt_image from = {0}, image = {.room = sizeof pixels - 64};
	struct lt_image_how how = {.max_pixels = LT_MAX_PIXELS};
	struct lt_buffer jpeg = {0};
	struct lt_error err;
	size_t i, n = (size_t)width * 40 * (size_t)channels;

	check(lt_image_shape(&from, (uint64_t)width, 40, channels, LT_MAX_PIXELS, &err) == 0);
	for (i = 0; i < n; i++)
		from.pixels[i] = (uint8_t)(i * i / 97 + i);
	check(lt_image_to_jpeg(&from, 90, &jpeg, &err) == 0);
	memset(pixels, 0xA5, sizeof pixels);
	memset(at_16, 0xA5, sizeof at_16);
	image.pixels = pixels;
	check(lt_image_decode(&image, jpeg.data, jpeg.size, &how, &err) == 0);
	check(image.pixels == pixels);
	image.pixels = at_16 + 16;
	check(lt_image_decode(&image, jpeg.data, jpeg.size, &how, &err) == 0);
	check_named(memcmp(pixels, at_16 + 16, n) == 0, "pixels of both places are equal");
	check_named(pixels[n] == 0xA5 && at_16[15] == 0xA5 && at_16[16 + n] == 0xA5,
		    "nothing beside them is written");
	lt_buffer_free(&jpeg);
	lt_image_free(&from);
}

int main(void)
{
	check_samples();
	check_16_bits();
	check_prefixes("prefixes of a JPEG", sample_jpg420, sizeof sample_jpg420);
	check_prefixes("prefixes of a PNG", sample_rgba, sizeof sample_rgba);
	check_ppm();
	check_resize();
	check_resize_laws();
	check_channels();
	check_boundary(96, 3);
	check_boundary(96, 1);
	check_boundary(95, 3);
	return check_done();
}
