/*
 * PNG by libpng, which is included here alone.
 *
 * Every kind of PNG becomes 8-bit grey or RGB: palettes are looked up, fewer
 * bits are spread.  libpng does so; 16 bits are scaled and transparent pixels
 * blended here.  Without a background alpha and transparent colours are dropped
 * (the colour below a transparent pixel is what its maker stored).  A wrong CRC or
 * a missing end is an error.
 */
#include "data/image.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"
#include "data/exif.h"
#include "data/pixels.h"

struct session {
	const uint8_t *at;
	size_t left;
	char text[200];
	bool no_memory;
};

/*
 * libpng tells lack of memory from damage by the words of its message alone, and
 * carries on without a chunk that it has no memory for; so its memory comes from here.
 */
static png_voidp on_alloc(png_structp png, png_alloc_size_t n)
{
	struct session *session = png_get_mem_ptr(png);
	void *block = lt_new_bytes(n);

	if (!block)
		session->no_memory = true;
	return block;
}

static void on_free(png_structp png, png_voidp block)
{
	(void)png;
	lt_free(block);
}

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

/* Asks for grey or RGB of 8 or 16 bits, with alpha where it is wanted; says what comes. */
static struct lt_samples ask(png_structp png, png_infop info, const struct lt_image_how *how)
{
	static const uint16_t one = 1;
	int colour = png_get_color_type(png, info);
	bool deep = png_get_bit_depth(png, info) == 16;
	bool alpha = how->has_background &&
		     (colour & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS));

	if (colour & PNG_COLOR_MASK_PALETTE)
		png_set_palette_to_rgb(png);
	else if (png_get_bit_depth(png, info) < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	if (alpha)
		png_set_tRNS_to_alpha(png);
	else
		png_set_strip_alpha(png);
	/* PNG has the big end first. */
	if (deep && *(const uint8_t *)&one == 1)
		png_set_swap(png);
	return (struct lt_samples){colour & PNG_COLOR_MASK_COLOR ? 3 : 1, alpha, deep, 65535};
}

/*
 * Reads rows that are the image's as they are into it, others through *block: a
 * row of it, or all of an interlaced image.  *block and *rows are the caller's to
 * free, also after a jump out of here.
 */
static int read_rows(png_structp png, png_infop info, struct lt_image *image,
		     const struct lt_samples *samples, png_bytep *volatile *rows,
		     png_bytep volatile *block, const struct lt_image_how *how,
		     struct lt_error *err)
{
	bool plain = !samples->alpha && !samples->deep, whole;
	size_t stride = (size_t)image->width * ((size_t)samples->colours + samples->alpha) *
			(samples->deep ? 2 : 1);
	uint32_t y;

	whole = png_set_interlace_handling(png) > 1 || plain;
	png_read_update_info(png, info);
	if (png_get_rowbytes(png, info) != stride)
		png_error(png, "unexpected row size");
	*rows = lt_new_array(image->height, sizeof **rows);
	*block = plain ? NULL : lt_new_array(whole ? image->height : 1, stride);
	if (!*rows || (!plain && !*block))
		return lt_fail_memory(err);
	for (y = 0; y < image->height; y++)
		(*rows)[y] = (plain ? image->pixels : *block) + (whole ? stride * y : 0);
	if (whole)
		png_read_image(png, *rows);
	for (y = 0; !plain && y < image->height; y++) {
		if (!whole)
			png_read_row(png, (*rows)[y], NULL);
		lt_samples_put(image, 0, y, (*rows)[y], image->width, samples, how);
	}
	return 0;
}

static int orientation_of(png_structp png, png_infop info)
{
#ifdef PNG_eXIf_SUPPORTED
	png_bytep bytes = NULL;
	png_uint_32 n = 0;

	if (png_get_eXIf_1(png, info, &n, &bytes))
		return lt_exif_orientation(bytes, n);
#endif
	(void)png;
	(void)info;
	return 1;
}

static int read_image(png_structp png, png_infop info, struct lt_image *image,
		      png_bytep *volatile *rows, png_bytep volatile *block,
		      const struct lt_image_how *how, struct lt_error *err)
{
	struct lt_samples samples;
	int status;

	png_read_info(png, info);
	samples = ask(png, info, how);
	status = lt_image_shape(image, png_get_image_width(png, info),
				png_get_image_height(png, info),
				lt_samples_channels(&samples, how), how->max_pixels, err);
	if (status == 0)
		status = read_rows(png, info, image, &samples, rows, block, how, err);
	if (status)
		return status;
	png_read_end(png, info);
	image->orientation = orientation_of(png, info);
	return 0;
}

static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 8 && png_sig_cmp(bytes, 0, 8) == 0;
}

/* The header comes first and has its depth in a fixed place. */
static bool deep(const uint8_t *bytes, size_t n)
{
	return n > 24 && bytes[24] == 16;
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	struct session session = {.at = bytes, .left = n};
	png_bytep *volatile rows = NULL;
	png_bytep volatile block = NULL;
	png_structp png;
	png_infop info;
	volatile int status;

	png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning,
				       &session, on_alloc, on_free);
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
		status = read_image(png, info, image, &rows, &block, how, err);
	}
	lt_free(rows);
	lt_free(block);
	png_destroy_read_struct(&png, &info, NULL);
	return session.no_memory ? lt_fail_memory(err) : status;
}

const struct lt_image_codec lt_image_png = {
	.name = "PNG", .probe = probe, .decode = decode, .deep = deep};
