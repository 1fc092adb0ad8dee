/*
 * PNG by libpng, which is included here alone.
 *
 * Every kind of PNG becomes 8-bit grey or RGB: palettes are looked up, fewer
 * bits are spread, 16 bits are scaled, alpha and transparent colours are
 * dropped without blending (the colour below a transparent pixel is what its
 * maker stored).  A wrong CRC or a missing end is an error.
 */
#include "data/image.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"

struct session {
	const uint8_t *at;
	size_t left;
	char text[200];
};

_Noreturn static void on_error(png_structp png, png_const_charp text)
{
	struct session *session = png_get_error_ptr(png);

	strncpy(session->text, text, sizeof session->text - 1);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

static void on_read(png_structp png, png_bytep out, size_t n)
{
	struct session *session = png_get_io_ptr(png);

	if (n > session->left)
		png_error(png, "truncated");
	memcpy(out, session->at, n);
	session->at += n;
	session->left -= n;
}

/* Asks for 8-bit grey or RGB, whatever the file holds. */
static int plain_channels(png_structp png, png_infop info)
{
	int colour = png_get_color_type(png, info);

	png_set_scale_16(png);
	if (colour & PNG_COLOR_MASK_PALETTE)
		png_set_palette_to_rgb(png);
	else if (png_get_bit_depth(png, info) < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	png_set_strip_alpha(png);
	png_set_interlace_handling(png);
	return colour & PNG_COLOR_MASK_COLOR ? 3 : 1;
}

/* *rows is the caller's to free, also after a jump out of here. */
static int read_image(png_structp png, png_infop info, struct lt_image *image,
		      png_bytep *volatile *rows, uint64_t max_pixels, struct lt_error *err)
{
	uint32_t height, y;
	size_t stride;
	int status;

	png_read_info(png, info);
	height = png_get_image_height(png, info);
	status = lt_image_shape(image, png_get_image_width(png, info), height,
				plain_channels(png, info), max_pixels, err);
	if (status)
		return status;
	png_read_update_info(png, info);
	stride = (size_t)image->width * (size_t)image->channels;
	if (png_get_rowbytes(png, info) != stride)
		png_error(png, "unexpected row size");
	*rows = lt_new_array(height, sizeof **rows);
	if (!*rows)
		return lt_fail_memory(err);
	for (y = 0; y < height; y++)
		(*rows)[y] = image->pixels + stride * y;
	png_read_image(png, *rows);
	png_read_end(png, NULL);
	return 0;
}

static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 8 && png_sig_cmp(bytes, 0, 8) == 0;
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n, uint64_t max_pixels,
		  struct lt_error *err)
{
	struct session session = {.at = bytes, .left = n};
	png_bytep *volatile rows = NULL;
	png_structp png;
	png_infop info;
	volatile int status;

	png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
	info = png ? png_create_info_struct(png) : NULL;
	if (!info) {
		png_destroy_read_struct(&png, NULL, NULL);
		return lt_fail_memory(err);
	}
	if (setjmp(png_jmpbuf(png))) {
		status = lt_fail(err, LT_DATA, "damaged PNG image: %s", session.text);
	} else {
		png_set_read_fn(png, &session, on_read);
		png_set_user_limits(png, LT_MAX_SIDE, LT_MAX_SIDE);
		png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
		png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
		status = read_image(png, info, image, &rows, max_pixels, err);
	}
	lt_free(rows);
	png_destroy_read_struct(&png, &info, NULL);
	return status;
}

const struct lt_image_codec lt_image_png = {"PNG", probe, decode};
