#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>

#include "bench.h"

#ifdef LT_HAVE_WEBP
#include <webp/encode.h>
#endif
#ifdef LT_HAVE_TIFF
#include <tiffio.h>
#endif

/* ------------------------------------------------------------------ painting */

/* SplitMix64. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static double uniform(uint64_t *state)
{
	return (double)(next(state) >> 11) / 9007199254740992.0;
}

/* Adds noise that varies over cells of that many pixels, between them straight. */
static void add_noise(float *plane, int width, int height, int cell, double amplitude,
		      uint64_t *state)
{
	int columns = width / cell + 2, rows = height / cell + 2, x, y, i;
	float *knot = malloc(sizeof *knot * (size_t)columns * (size_t)rows);

	if (!knot)
		bench_die("no memory");
	for (i = 0; i < columns * rows; i++)
		knot[i] = (float)(amplitude * (2 * uniform(state) - 1));
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			const float *at = knot + y / cell * columns + x / cell;
			float u = (float)(x % cell) / (float)cell;
			float v = (float)(y % cell) / (float)cell;

			plane[y * width + x] +=
				(1 - v) * ((1 - u) * at[0] + u * at[1]) +
				v * ((1 - u) * at[columns] + u * at[columns + 1]);
		}
	free(knot);
}

static void add_ellipse(float *plane[3], int width, int height, uint64_t *state)
{
	double cx = uniform(state) * width, cy = uniform(state) * height;
	double rx = (0.05 + 0.25 * uniform(state)) * width;
	double ry = (0.05 + 0.25 * uniform(state)) * height;
	float colour[3];
	int x, y, c;

	for (c = 0; c < 3; c++)
		colour[c] = (float)(120 * (uniform(state) - 0.5));
	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			if ((x - cx) * (x - cx) / (rx * rx) + (y - cy) * (y - cy) / (ry * ry) <
			    1)
				for (c = 0; c < 3; c++)
					plane[c][y * width + x] += colour[c];
}

void picture_paint(uint8_t *rgb, int width, int height, uint64_t seed)
{
	size_t n = (size_t)width * (size_t)height, i;
	float *block = calloc(3 * n, sizeof *block), *plane[3], value;
	uint64_t state = seed;
	int c, cell, k;

	if (!block)
		bench_die("no memory");
	for (c = 0; c < 3; c++)
		plane[c] = block + n * (size_t)c;
	/* Light is shared by the colours, which differ in what is large. */
	for (cell = 64; cell >= 1; cell /= 2) {
		add_noise(plane[1], width, height, cell, 4 + 0.8 * cell, &state);
		if (cell < 16)
			continue;
		add_noise(plane[0], width, height, cell, 0.4 * cell, &state);
		add_noise(plane[2], width, height, cell, 0.4 * cell, &state);
	}
	for (i = 0; i < n; i++) {
		plane[0][i] += plane[1][i];
		plane[2][i] += plane[1][i];
	}
	for (k = 0; k < 5; k++)
		add_ellipse(plane, width, height, &state);
	for (i = 0; i < 3 * n; i++) {
		value = 128 + plane[i % 3][i / 3];
		rgb[i] = value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
	}
	free(block);
}

/* ------------------------------------------------------------------ encoding */

static struct picture encode_jpeg(const uint8_t *rgb, int width, int height)
{
	struct jpeg_compress_struct encoder;
	struct jpeg_error_mgr errors;
	unsigned char *bytes = NULL;
	unsigned long n = 0;
	JSAMPROW row;

	encoder.err = jpeg_std_error(&errors);
	jpeg_create_compress(&encoder);
	jpeg_mem_dest(&encoder, &bytes, &n);
	encoder.image_width = (JDIMENSION)width;
	encoder.image_height = (JDIMENSION)height;
	encoder.input_components = 3;
	encoder.in_color_space = JCS_RGB;
	jpeg_set_defaults(&encoder);
	jpeg_set_quality(&encoder, 90, TRUE);
	jpeg_start_compress(&encoder, TRUE);
	while (encoder.next_scanline < encoder.image_height) {
		/* libjpeg takes no const, and changes nothing. */
		row = (JSAMPROW)(uintptr_t)rgb +
		      (size_t)encoder.next_scanline * 3 * (size_t)width;
		jpeg_write_scanlines(&encoder, &row, 1);
	}
	jpeg_finish_compress(&encoder);
	jpeg_destroy_compress(&encoder);
	return (struct picture){bytes, n};
}

static struct picture encode_png(const uint8_t *rgb, int width, int height)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
			   .width = (png_uint_32)width,
			   .height = (png_uint_32)height,
			   .format = PNG_FORMAT_RGB};
	png_alloc_size_t n = PNG_IMAGE_PNG_SIZE_MAX(image);
	struct picture picture = {malloc(n), 0};

	if (!picture.bytes ||
	    !png_image_write_to_memory(&image, picture.bytes, &n, 0, rgb, 0, NULL))
		bench_die("no PNG could be made");
	picture.n = n;
	return picture;
}

#ifdef LT_HAVE_WEBP
static struct picture encode_webp(const uint8_t *rgb, int width, int height)
{
	struct picture picture = {NULL, 0};

	picture.n = WebPEncodeRGB(rgb, width, height, 3 * width, 90, &picture.bytes);
	if (picture.n == 0)
		bench_die("no WebP could be made");
	return picture;
}
#else
#define encode_webp NULL
#endif

#ifdef LT_HAVE_TIFF
/* Strips of libtiff's usual size, by LZW, through a file without a name. */
static struct picture encode_tiff(const uint8_t *rgb, int width, int height)
{
	FILE *file = tmpfile();
	TIFF *tiff = file ? TIFFFdOpen(dup(fileno(file)), "", "w") : NULL;
	struct picture picture = {NULL, 0};
	int y;

	if (!tiff)
		bench_die("no TIFF could be made");
	TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
	TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
	TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
	TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
	TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
	TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
	TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
	TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff, 0));
	for (y = 0; y < height; y++)
		TIFFWriteScanline(tiff,
				  (void *)(uintptr_t)(rgb + (size_t)y * 3 * (size_t)width),
				  (uint32_t)y, 0);
	TIFFClose(tiff);
	fseek(file, 0, SEEK_END);
	picture.n = (size_t)ftell(file);
	picture.bytes = malloc(picture.n);
	rewind(file);
	if (!picture.bytes || fread(picture.bytes, 1, picture.n, file) != picture.n)
		bench_die("no TIFF could be made");
	fclose(file);
	return picture;
}
#else
#define encode_tiff NULL
#endif

static struct picture encode_ppm(const uint8_t *rgb, int width, int height)
{
	size_t pixels = (size_t)width * (size_t)height * 3;
	struct picture picture = {malloc(pixels + 64), 0};

	if (!picture.bytes)
		bench_die("no memory");
	picture.n = (size_t)sprintf((char *)picture.bytes, "P6 %d %d 255\n", width, height);
	memcpy(picture.bytes + picture.n, rgb, pixels);
	picture.n += pixels;
	return picture;
}

const struct picture_format picture_formats[] = {
	{"JPEG", "jpg", encode_jpeg}, {"PNG", "png", encode_png}, {"WebP", "webp", encode_webp},
	{"TIFF", "tif", encode_tiff}, {"PPM", "ppm", encode_ppm},
};
const int picture_n_formats = sizeof picture_formats / sizeof picture_formats[0];
