/*
 * Images of the formats that are not in t_image.c, orientations, alpha and ranges:
 * against what Pillow 13.0 made of the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "format_samples.h"
#include "image/exif.h"
#include "image/image.h"
#include "stream/stream.h"

#define USUAL ((struct lt_image_how){.max_pixels = 1000})

static uint32_t sum_of(const struct lt_image *image)
{
	return lt_crc32c(0, image->pixels,
			 (size_t)image->width * image->height * (size_t)image->channels);
}

/* Is there a library for it?  Without one the error names it. */
static bool readable(const uint8_t *bytes, size_t n)
{
	static const struct lt_image_codec *const codecs[] = {&lt_image_webp, &lt_image_tiff,
							      &lt_image_gif};
	struct lt_image image = {0};
	struct lt_error err;
	size_t i;

	for (i = 0; i < 3; i++)
		if (codecs[i]->probe(bytes, n) && codecs[i]->missing) {
			check_int(lt_image_decode(&image, bytes, n, &USUAL, &err), LT_DATA);
			check(strstr(err.text, codecs[i]->missing) != NULL);
			return false;
		}
	return true;
}

/* Every prefix is decoded from a block of its size: an error, or the image, never a crash. */
static void check_prefixes(const char *name, const uint8_t *bytes, size_t size)
{
	struct lt_image image = {0};
	struct lt_error err;
	size_t n, wrong = 0;
	uint8_t *copy;
	int status;

	for (n = 0; n < size; n++) {
		copy = malloc(n ? n : 1);
		if (!copy)
			break;
		memcpy(copy, bytes, n);
		status = lt_image_decode(&image, copy, n, &USUAL, &err);
		/* Half of the bytes never hold the image. */
		wrong += status != LT_DATA && (status != 0 || n < size / 2);
		free(copy);
	}
	check_named(n == size && wrong == 0, name);
	lt_image_free(&image);
}

static void check_formats(void)
{
	/* CRC-32C of what convert("RGB") or, of grey, convert("RGB") of one channel gave. */
	static const struct {
		const char *name;
		const uint8_t *bytes;
		size_t size;
		uint32_t width, height;
		int channels;
		uint32_t crc;
	} sample[] = {
		{"WebP", sample_webp, sizeof sample_webp, 8, 6, 3, 0x152f5e91},
		{"WebP, without loss, alpha", sample_webp_alpha, sizeof sample_webp_alpha, 8, 6,
		 3, 0xc6c674fb},
		{"WebP, animated", sample_webp_film, sizeof sample_webp_film, 8, 6, 3,
		 0x0b6d8034},
		{"WebP, orientation 6", sample_webp_turned, sizeof sample_webp_turned, 6, 8, 3,
		 0xc3d7f8ca},
		{"PNG, orientation 6", sample_png_turned, sizeof sample_png_turned, 6, 8, 3,
		 0xc3d7f8ca},
		{"TIFF, orientation 6", sample_tiff_turned, sizeof sample_tiff_turned, 6, 8, 3,
		 0xc3d7f8ca},
		{"GIF, interlaced", sample_gif_lines, sizeof sample_gif_lines, 8, 6, 3,
		 0x58cfabb2},
		{"GIF, transparent", sample_gif_clear, sizeof sample_gif_clear, 8, 6, 3,
		 0x58cfabb2},
		{"GIF, animated", sample_gif_film, sizeof sample_gif_film, 8, 6, 3, 0x58cfabb2},
		{"TIFF, LZW", sample_tiff_rgb, sizeof sample_tiff_rgb, 8, 6, 3, 0xc6c674fb},
		{"TIFF, alpha", sample_tiff_rgba, sizeof sample_tiff_rgba, 8, 6, 3, 0xc6c674fb},
		{"TIFF, grey, deflate", sample_tiff_grey, sizeof sample_tiff_grey, 8, 6, 1,
		 0xd1f5f753},
		{"TIFF, palette", sample_tiff_palette, sizeof sample_tiff_palette, 8, 6, 3,
		 0x58cfabb2},
		{"TIFF, one bit", sample_tiff_bit, sizeof sample_tiff_bit, 8, 6, 1, 0x7a41aeb8},
		{"TIFF, CMYK", sample_tiff_cmyk, sizeof sample_tiff_cmyk, 8, 6, 3, 0xc6c674fb},
		{"TIFF, JPEG", sample_tiff_jpeg, sizeof sample_tiff_jpeg, 8, 6, 3, 0x2861aa98},
		{"BMP, 24 bits", sample_bmp24, sizeof sample_bmp24, 8, 6, 3, 0xc6c674fb},
		{"BMP, 1 bit", sample_bmp1, sizeof sample_bmp1, 8, 6, 3, 0x7a41aeb8},
		{"JPEG, CMYK, no marker", sample_cmyk_plain, sizeof sample_cmyk_plain, 8, 6, 3,
		 0xd79368e2},
		{"BMP, 4 bits", sample_bmp4, sizeof sample_bmp4, 8, 6, 3, 0x7997a3d8},
		{"BMP, runs of bytes", sample_bmp_rle8, sizeof sample_bmp_rle8, 8, 6, 3,
		 0x99c8e511},
		{"BMP, runs of halves", sample_bmp_rle4, sizeof sample_bmp_rle4, 8, 6, 3,
		 0x4f7ccc1c},
		{"BMP, from the top down", sample_bmp_down, sizeof sample_bmp_down, 8, 6, 3,
		 0xc6c674fb},
		{"BMP, OS/2", sample_bmp_old, sizeof sample_bmp_old, 8, 6, 3, 0x7997a3d8},
	};
	struct lt_image image = {0};
	struct lt_error err;
	size_t i;

	for (i = 0; i < sizeof sample / sizeof sample[0]; i++) {
		if (!readable(sample[i].bytes, sample[i].size))
			continue;
		check_named(lt_image_decode(&image, sample[i].bytes, sample[i].size, &USUAL,
					    &err) == 0,
			    sample[i].name);
		check_int(image.width, sample[i].width);
		check_int(image.height, sample[i].height);
		check_int(image.channels, sample[i].channels);
		check_int(lt_image_set_channels(&image, 3, &err), 0);
		check_int(sum_of(&image), sample[i].crc);
		check_named(lt_image_decode(&image, sample[i].bytes, sample[i].size,
					    &(struct lt_image_how){.max_pixels = 47},
					    &err) == LT_DATA,
			    "a pixel too many");
		check_prefixes(sample[i].name, sample[i].bytes, sample[i].size);
	}
	lt_image_free(&image);
}

/* ------------------------------------------------------------------ orientation */

static void check_orientations(void)
{
	/* ImageOps.exif_transpose */
	static const uint32_t crc[8] = {0x7a28f091, 0x55bf811a, 0x945e7acd, 0xf040853a,
					0xc99aa27a, 0xfdc46ffc, 0xac9f4bf0, 0xe72910f6};
	struct lt_image_how stored = {.max_pixels = 48, .as_stored = true};
	uint8_t bytes[sizeof sample_turned];
	struct lt_image image = {0};
	struct lt_error err;
	uint8_t i;

	memcpy(bytes, sample_turned, sizeof bytes);
	for (i = 0; i < 8; i++) {
		bytes[sample_turned_at] = (uint8_t)(i + 1);
		check_int(lt_image_decode(&image, bytes, sizeof bytes, &USUAL, &err), 0);
		check_int(image.width, i < 4 ? 8 : 6);
		check_int(image.height, i < 4 ? 6 : 8);
		check_int(sum_of(&image), crc[i]);
		check_int(lt_image_decode(&image, bytes, sizeof bytes, &stored, &err), 0);
		check_int(sum_of(&image), crc[0]);
	}
	for (i = 0; i < 255; i++) {
		bytes[sample_turned_at] = i;
		if (i >= 1 && i <= 8)
			continue;
		if (lt_image_decode(&image, bytes, sizeof bytes, &USUAL, &err) != 0 ||
		    sum_of(&image) != crc[0])
			break;
	}
	check_named(i == 255, "an orientation that there is not changes nothing");
	lt_image_free(&image);
}

/* Hostile directories: lengths and offsets beyond the end. */
static void check_exif(void)
{
	uint8_t good[] = "Exif\0\0II*\0\10\0\0\0\1\0\22\1\3\0\1\0\0\0\6\0\0\0";
	uint8_t copy[sizeof good];
	size_t n, i;
	int value;
	bool sane = true;

	check_int(lt_exif_orientation(good, sizeof good), 6);
	check_int(lt_exif_orientation(good + 6, sizeof good - 6), 6);
	for (n = 0; n < sizeof good - 3; n++)
		sane = sane && lt_exif_orientation(good, n) == 1;
	check_named(sane, "prefixes of EXIF data say nothing");
	for (i = 0; i < sizeof good; i++)
		for (n = 0; n < 256; n++) {
			memcpy(copy, good, sizeof good);
			copy[i] = (uint8_t)n;
			value = lt_exif_orientation(copy, sizeof copy);
			sane = sane && value >= 1 && value <= 8;
		}
	check_named(sane, "and no byte of them leads astray");
}

/* ------------------------------------------------------------------ alpha, range */

static void check_blended(const char *name, const uint8_t *bytes, size_t size)
{
	struct lt_image_how how = {
		.max_pixels = 48, .has_background = true, .background = {200, 10, 30}};
	struct lt_image image = {0};
	struct lt_error err;
	size_t i, off = 0;

	if (!readable(bytes, size))
		return;
	check_int(lt_image_decode(&image, bytes, size, &how, &err), 0);
	check_int(image.channels, 3);
	for (i = 0; i < sizeof sample_blended; i++)
		off += abs(image.pixels[i] - sample_blended[i]) > 1;
	check_named(off == 0, name);
	lt_image_free(&image);
}

static void check_range(const uint8_t *bytes, size_t size)
{
	static const uint8_t full[] = {0, 2, 4, 6}, twelve[] = {0, 31, 62, 93};
	static const uint8_t part[] = {0, 0, 0, 128};
	struct lt_image_how how = USUAL;
	struct lt_image image = {0};
	struct lt_error err;

	if (!readable(bytes, size))
		return;
	check_int(lt_image_find_greatest(&image, bytes, size, &how, &err), 0);
	check_int(image.greatest, 3800);
	check_int(lt_image_decode(&image, bytes, size, &how, &err), 0);
	check(memcmp(image.pixels, full, 4) == 0);
	check_int(lt_image_parse_range("0:4095", &how.low, &how.high, &err), 0);
	check_int(lt_image_decode(&image, bytes, size, &how, &err), 0);
	check(memcmp(image.pixels, twelve, 4) == 0);
	check_int(lt_image_parse_range("1000:2000", &how.low, &how.high, &err), 0);
	check_int(lt_image_decode(&image, bytes, size, &how, &err), 0);
	check(memcmp(image.pixels, part, 4) == 0);
	check_int(image.pixels[5], 255);
	lt_image_free(&image);
}

static void check_fields(void)
{
	/* Pillow rounds down, we to the nearest. */
	static const uint8_t want[] = {0, 0, 98, 24, 0, 98, 57, 0, 98, 90, 0, 98};
	struct lt_image image = {0};
	struct lt_error err;
	size_t i;

	check_int(lt_image_decode(&image, sample_bmp565, sizeof sample_bmp565, &USUAL, &err),
		  0);
	for (i = 0; i < sizeof want; i++)
		check(image.pixels[i] == want[i] || image.pixels[i] == want[i] + 1);
	lt_image_free(&image);
}

static void check_texts(void)
{
	static const char *const bad[] = {"",	     "1",    "5:5",  "6:5",
					  "0:65536", "-1:5", "0:5x", " 0:5"};
	uint32_t low, high;
	uint8_t colour[3];
	size_t i;

	check(lt_image_parse_range("auto", &low, &high, NULL) == 0 && high == 0);
	check(lt_image_parse_range("7:65535", &low, &high, NULL) == 0 && low == 7);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		check_int(lt_image_parse_range(bad[i], &low, &high, NULL), LT_USAGE);
	check(lt_image_parse_colour("1,2,255", colour, NULL) == 0 && colour[2] == 255);
	check_int(lt_image_parse_colour("1,2", colour, NULL), LT_USAGE);
	check_int(lt_image_parse_colour("1,2,256", colour, NULL), LT_USAGE);
	check_int(lt_image_parse_colour("1,2,3,", colour, NULL), LT_USAGE);
	check(lt_image_is_named("a.b/C.JFIF") && !lt_image_is_named("jpg"));
	check(lt_image_may_be_deep("a.PNG") && !lt_image_may_be_deep("a.jpeg"));
}

static void check_bits(void)
{
	struct lt_image image = {0};
	struct lt_error err;

	check_int(lt_image_decode(&image, "P4 10 2\n\200\100\0\0", 12, &USUAL, &err), 0);
	check(image.pixels[0] == 0 && image.pixels[1] == 255 && image.pixels[9] == 0);
	check_int(lt_image_decode(&image, "P4 10 2\n\200\100\0", 11, &USUAL, &err), LT_DATA);
	check_int(lt_image_decode(&image, "P1 2 2 1001", 11, &USUAL, &err), 0);
	check(memcmp(image.pixels, "\0\377\377\0", 4) == 0);
	check_int(lt_image_decode(&image, "P1 2 2 102 ", 11, &USUAL, &err), LT_DATA);
	lt_image_free(&image);
}

int main(void)
{
	check_formats();
	check_orientations();
	check_exif();
	check_blended("PNG on a background", sample_rgba6, sizeof sample_rgba6);
	check_blended("WebP on a background", sample_webp_alpha, sizeof sample_webp_alpha);
	check_blended("TIFF on a background", sample_tiff_rgba, sizeof sample_tiff_rgba);
	check_range(sample_deep_png, sizeof sample_deep_png);
	check_range(sample_deep_tiff, sizeof sample_deep_tiff);
	check_fields();
	check_texts();
	check_bits();
	return check_done();
}
