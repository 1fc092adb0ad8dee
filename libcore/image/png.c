/*
 * PNG by libpng; only this file includes it.
 *
 * Every kind of PNG becomes 8-bit grey or RGB.  libpng applies palettes and expands
 * fewer bits; this file scales 16 bits and blends transparent pixels.  Without a
 * background, alpha and transparent colours are dropped, which leaves the stored
 * colour of transparent pixels.  A wrong CRC or a missing end is an error.
 */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "base/memory.h"
#include "image/exif.h"
#include "image/pixels.h"

struct session {
	struct lt_buffer *out;
	const uint8_t *at;
	size_t left;
	char text[200];
	bool no_memory;
};

/*
 * libpng distinguishes lack of memory from damage only by the text of its message, and skips a
 * chunk for which it has no memory.  Therefore it allocates from here.
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

/*
 * Requests grey or RGB of 8 or 16 bits, with alpha if wanted; returns what the rows will
 * contain.
 */
static struct lt_samples ask(png_structp png, const struct lt_image_facts *facts,
			     const struct lt_image_how *how)
{
	static const uint16_t one = 1;
	bool deep = facts->bits == 16;
	bool alpha = how->has_background && facts->alpha;

	if (facts->mode == LT_MODE_PALETTE)
		png_set_palette_to_rgb(png);
	else if (facts->bits < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	if (alpha)
		png_set_tRNS_to_alpha(png);
	else
		png_set_strip_alpha(png);
	/* PNG is big-endian. */
	if (deep && *(const uint8_t *)&one == 1)
		png_set_swap(png);
	return (struct lt_samples){facts->mode == LT_MODE_GREY ? 1 : 3, alpha, deep, 65535};
}

/*
 * Reads rows directly into the image if they have its form, otherwise through *block: one row,
 * or all rows of an interlaced image.  The caller frees *block and *rows, also after a longjmp
 * from here.
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

/*
 * Reads the chunks up to the last, IEND; false: it is missing.  The first chunk of EXIF data,
 * which may follow the pixels, sets the orientation.
 */
static bool walk_chunks(const uint8_t *bytes, size_t n, int *orientation)
{
	size_t at = 8, length;
	bool found = false;

	while (n - at >= 12) {
		length = png_get_uint_32(bytes + at);
		if (length > n - at - 12)
			return false;
		if (memcmp(bytes + at + 4, "IEND", 4) == 0)
			return true;
		if (!found && memcmp(bytes + at + 4, "eXIf", 4) == 0 && length > 0 &&
		    (bytes[at + 8] == 'I' || bytes[at + 8] == 'M')) {
			*orientation = lt_exif_orientation(bytes + at + 8, length);
			found = true;
		}
		at += length + 12;
	}
	return false;
}

static void set_facts(png_structp png, png_infop info, struct lt_image_facts *facts)
{
	int colour = png_get_color_type(png, info);

	facts->width = png_get_image_width(png, info);
	facts->height = png_get_image_height(png, info);
	facts->bits = png_get_bit_depth(png, info);
	facts->alpha = colour & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS);
	facts->mode = colour & PNG_COLOR_MASK_PALETTE ? LT_MODE_PALETTE
		      : colour & PNG_COLOR_MASK_COLOR ? LT_MODE_COLOUR
						      : LT_MODE_GREY;
}

/* Rows that are converted from their samples are read one by one, unless they come
 * interlaced. */
static uint64_t bytes_beside(png_structp png, png_infop info,
			     const struct lt_image_facts *facts,
			     const struct lt_samples *samples)
{
	uint64_t size = ((uint64_t)samples->colours + samples->alpha) * (samples->deep ? 2 : 1);

	if (png_get_interlace_type(png, info) == PNG_INTERLACE_NONE ||
	    !(samples->alpha || samples->deep))
		return 0;
	return size * facts->width * facts->height;
}

/* bytes are the whole file. */
static int read_image(png_structp png, png_infop info, struct lt_image *image,
		      const uint8_t *bytes, size_t n, png_bytep *volatile *rows,
		      png_bytep volatile *block, const struct lt_image_how *how,
		      struct lt_error *err)
{
	struct lt_samples samples;
	int status;

	png_read_info(png, info);
	set_facts(png, info, &image->facts);
	samples = ask(png, &image->facts, how);
	image->facts.beside = bytes_beside(png, info, &image->facts, &samples);
	status = lt_image_begin(image, lt_samples_channels(&samples, how), how, err);
	if (status == 0 && !how->header_only)
		status = read_rows(png, info, image, &samples, rows, block, how, err);
	if (status)
		return status;
	if (!how->header_only)
		png_read_end(png, info);
	if (!walk_chunks(bytes, n, &image->facts.orientation))
		png_error(png, "truncated");
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
		status = read_image(png, info, image, bytes, n, &rows, &block, how, err);
	}
	lt_free(rows);
	lt_free(block);
	png_destroy_read_struct(&png, &info, NULL);
	return session.no_memory ? lt_fail_memory(err) : status;
}

/* -------------------------------------------------------------------------- writing */

static void on_write(png_structp png, png_bytep bytes, size_t n)
{
	struct session *session = png_get_io_ptr(png);

	if (!lt_buffer_append(session->out, bytes, n)) {
		session->no_memory = true;
		png_error(png, "no memory");
	}
}

static void on_flush(png_structp png)
{
	(void)png;
}

static void write_image(png_structp png, png_infop info, const struct lt_image *image)
{
	png_set_IHDR(png, info, image->width, image->height, 8,
		     image->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (size_t y = 0; y < image->height; y++)
		png_write_row(png, image->pixels + y * image->width * (size_t)image->channels);
	png_write_end(png, NULL);
}

int lt_image_to_png(const struct lt_image *image, struct lt_buffer *out, struct lt_error *err)
{
	struct session session = {.out = out};
	png_structp png;
	png_infop info;
	volatile int status = 0;

	png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning,
					&session, on_alloc, on_free);
	info = png ? png_create_info_struct(png) : NULL;
	if (!info) {
		png_destroy_write_struct(&png, NULL);
		return lt_fail_memory(err);
	}
	if (setjmp(png_jmpbuf(png))) {
		status = lt_fail(err, LT_DATA, "cannot be written as PNG: %s", session.text);
	} else {
		png_set_write_fn(png, &session, on_write, on_flush);
		write_image(png, info, image);
	}
	png_destroy_write_struct(&png, &info);
	return session.no_memory ? lt_fail_memory(err) : status;
}

const struct lt_image_codec lt_image_png = {
	.name = "PNG", .probe = probe, .decode = decode, .deep = deep};
