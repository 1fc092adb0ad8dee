/*
 * JPEG by libjpeg, which is included here alone.
 *
 * libjpeg reports errors by a function that must not return, hence setjmp; and
 * it fills what a damaged file lacks with grey after a warning.  An image that
 * was made up is worse than one that is missing, so the warnings that mean lost
 * data are errors here.  Others (stray bytes between segments, an unknown
 * version) are common in collections from the web and change no pixel.
 */
#include "data/image.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/memory.h"
#include "data/exif.h"

/* More scans than any encoder makes: each costs a pass over all coefficients. */
#define MAX_SCANS 500

struct session {
	struct jpeg_error_mgr errors; /* first: libjpeg knows it by this address */
	struct jpeg_progress_mgr progress;
	jmp_buf back;
	char text[JMSG_LENGTH_MAX];
	bool no_memory;
};

_Noreturn static void on_error(j_common_ptr jpeg)
{
	struct session *session = (struct session *)(void *)jpeg->err;

	jpeg->err->format_message(jpeg, session->text);
	session->no_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY ||
			     jpeg->err->msg_code == JERR_NO_BACKING_STORE;
	longjmp(session->back, 1);
}

static void on_message(j_common_ptr jpeg, int level)
{
	if (level >= 0)
		return;
	switch (jpeg->err->msg_code) {
	case JWRN_EXTRANEOUS_DATA:
	case JWRN_ADOBE_XFORM:
	case JWRN_JFIF_MAJOR:
	case JWRN_BOGUS_PROGRESSION:
		return;
	default:
		on_error(jpeg);
	}
}

static void on_output(j_common_ptr jpeg)
{
	(void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
	struct session *session = (struct session *)(void *)jpeg->err;
	j_decompress_ptr decoder = (j_decompress_ptr)(void *)jpeg;

	if (decoder->input_scan_number > MAX_SCANS) {
		snprintf(session->text, sizeof session->text, "more than %d scans", MAX_SCANS);
		longjmp(session->back, 1);
	}
}

/*
 * Four channels to three in place.  CMYK in JPEG files is inverted (255 is no
 * ink), as Adobe's programs write it, whether or not their marker is there to say
 * so: browsers and Pillow take it so too.  Then R = C K / 255.
 */
static void cmyk_to_rgb(const uint8_t *from, uint8_t *to, size_t n)
{
	size_t i;
	int c;

	for (i = 0; i < n; i++, from += 4, to += 3)
		for (c = 0; c < 3; c++)
			to[c] = (uint8_t)((from[c] * from[3] + 127) / 255);
}

/* The decoder's rows into the image; a row of CMYK goes through a buffer of libjpeg's pool. */
static void read_rows(j_decompress_ptr decoder, struct lt_image *image)
{
	size_t stride = (size_t)image->width * (size_t)image->channels;
	bool cmyk = decoder->out_color_space == JCS_CMYK;
	JSAMPARRAY buffer = NULL;
	JSAMPROW row;

	if (cmyk)
		buffer = decoder->mem->alloc_sarray((j_common_ptr)decoder, JPOOL_IMAGE,
						    decoder->output_width * 4, 1);
	while (decoder->output_scanline < decoder->output_height) {
		row = image->pixels + stride * decoder->output_scanline;
		jpeg_read_scanlines(decoder, cmyk ? buffer : &row, 1);
		if (cmyk)
			cmyk_to_rgb(buffer[0], row, image->width);
	}
}

/* EXIF data are the first segment APP1 that says so; others of that kind hold XMP. */
static int orientation_of(j_decompress_ptr decoder)
{
	const struct jpeg_marker_struct *marker;

	for (marker = decoder->marker_list; marker; marker = marker->next)
		if (marker->data_length >= 6 && memcmp(marker->data, "Exif\0\0", 6) == 0)
			return lt_exif_orientation(marker->data, marker->data_length);
	return 1;
}

static int decode_with(j_decompress_ptr decoder, struct lt_image *image, const uint8_t *bytes,
		       size_t n, uint64_t max_pixels, struct lt_error *err)
{
	int status;

	jpeg_mem_src(decoder, bytes, (unsigned long)n);
	jpeg_save_markers(decoder, JPEG_APP0 + 1, 0xffff);
	jpeg_read_header(decoder, TRUE);
	image->orientation = orientation_of(decoder);
	status = lt_image_shape(image, decoder->image_width, decoder->image_height,
				decoder->jpeg_color_space == JCS_GRAYSCALE ? 1 : 3, max_pixels,
				err);
	if (status)
		return status;
	switch (decoder->jpeg_color_space) {
	case JCS_GRAYSCALE:
		decoder->out_color_space = JCS_GRAYSCALE;
		break;
	case JCS_CMYK:
	case JCS_YCCK:
		decoder->out_color_space = JCS_CMYK;
		break;
	default:
		decoder->out_color_space = JCS_RGB;
		break;
	}
	/* An image of several scans is kept whole, as coefficients of two bytes. */
	if (jpeg_has_multiple_scans(decoder) &&
	    !lt_memory_fits((uint64_t)decoder->image_width * decoder->image_height *
			    (uint64_t)decoder->num_components * 2))
		return lt_fail_memory(err);
	jpeg_start_decompress(decoder);
	read_rows(decoder, image);
	jpeg_finish_decompress(decoder);
	return 0;
}

static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	struct jpeg_decompress_struct decoder = {0};
	struct session session = {0};
	int status;

	decoder.err = jpeg_std_error(&session.errors);
	session.errors.error_exit = on_error;
	session.errors.emit_message = on_message;
	session.errors.output_message = on_output;
	if (setjmp(session.back)) {
		jpeg_destroy_decompress(&decoder);
		if (session.no_memory)
			return lt_fail_memory(err);
		return lt_fail(err, LT_DATA, "damaged JPEG image: %s", session.text);
	}
	jpeg_create_decompress(&decoder);
	session.progress.progress_monitor = on_progress;
	decoder.progress = &session.progress;
	status = decode_with(&decoder, image, bytes, n, how->max_pixels, err);
	jpeg_destroy_decompress(&decoder);
	return status;
}

const struct lt_image_codec lt_image_jpeg = {.name = "JPEG", .probe = probe, .decode = decode};
