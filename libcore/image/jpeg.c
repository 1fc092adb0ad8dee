/*
 * JPEG by libjpeg; only this file includes it.
 *
 * libjpeg reports errors with a function that must not return, hence setjmp.  It
 * replaces missing data of a damaged file by grey, with a warning.  A partly invented
 * image is worse than a missing one, so warnings about lost data are errors here.
 * Other warnings (stray bytes between segments, an unknown version) are common in
 * images from the web and do not affect pixels.
 */
#include "image/image.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/memory.h"
#include "image/exif.h"

/* More scans than any encoder makes; each scan is a pass over all coefficients. */
#define MAX_SCANS 500
/* Rows fetched at a time: the height of a row of blocks with chroma subsampling. */
#define MAX_ROWS 16
/*
 * libjpeg-turbo writes a row that is aligned to an AVX2 register with non-temporal stores
 * (vmovntdq in jdcolext-avx2.asm).  The pixels are read again immediately, which then takes
 * more than one eighth of the decoding time.
 */
#define BOUNDARY 32

struct session {
	struct jpeg_error_mgr errors; /* must be first: libjpeg passes its address */
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

/* libjpeg's error manager with the session's functions. */
static struct jpeg_error_mgr *errors_of(struct session *session)
{
	struct jpeg_error_mgr *errors = jpeg_std_error(&session->errors);

	errors->error_exit = on_error;
	errors->emit_message = on_message;
	errors->output_message = on_output;
	return errors;
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
 * Converts four channels to three in place.  CMYK in JPEG files is inverted (255 is no ink),
 * as Adobe's programs write it, with or without their marker; browsers and Pillow do the same.
 * Then R = C K / 255.
 */
static void cmyk_to_rgb(const uint8_t *from, uint8_t *to, size_t n)
{
	size_t i;
	int c;

	for (i = 0; i < n; i++, from += 4, to += 3)
		for (c = 0; c < 3; c++)
			to[c] = (uint8_t)((from[c] * from[3] + 127) / 255);
}

/* Are all rows aligned? */
static bool is_on_boundary(const struct lt_image *image, size_t stride)
{
	return stride % BOUNDARY == 0 && (uintptr_t)image->pixels % BOUNDARY == 0;
}

/* Allocates rows in libjpeg's pool, deliberately unaligned. */
static JSAMPARRAY new_rows(j_decompress_ptr decoder, size_t stride)
{
	JSAMPARRAY rows = decoder->mem->alloc_sarray((j_common_ptr)decoder, JPOOL_IMAGE,
						     (JDIMENSION)stride + BOUNDARY, MAX_ROWS);
	int i;

	for (i = 0; i < MAX_ROWS; i++)
		rows[i] += BOUNDARY / 2;
	return rows;
}

/*
 * Fetches the decoder's rows into the image; CMYK rows and aligned rows go through temporary
 * rows.  libjpeg decodes several rows at a time and is slower if they are fetched one by one.
 */
static void read_rows(j_decompress_ptr decoder, struct lt_image *image)
{
	size_t stride = (size_t)image->width * (size_t)image->channels;
	bool cmyk = decoder->out_color_space == JCS_CMYK;
	JSAMPROW row[MAX_ROWS];
	JSAMPARRAY buffer = NULL;
	JDIMENSION n, i;

	if (cmyk || is_on_boundary(image, stride))
		buffer = new_rows(decoder, cmyk ? (size_t)image->width * 4 : stride);
	while (decoder->output_scanline < decoder->output_height) {
		n = decoder->output_height - decoder->output_scanline;
		if (n > MAX_ROWS)
			n = MAX_ROWS;
		for (i = 0; i < n; i++)
			row[i] = image->pixels + stride * (decoder->output_scanline + i);
		n = jpeg_read_scanlines(decoder, buffer ? buffer : row, n);
		for (i = 0; buffer && i < n; i++)
			if (cmyk)
				cmyk_to_rgb(buffer[i], row[i], image->width);
			else
				memcpy(row[i], buffer[i], stride);
	}
}

/*
 * EXIF data are in the first APP1 segment that is marked so; other APP1 segments contain XMP.
 */
static int orientation_of(j_decompress_ptr decoder)
{
	const struct jpeg_marker_struct *marker;

	for (marker = decoder->marker_list; marker; marker = marker->next)
		if (marker->data_length >= 6 && memcmp(marker->data, "Exif\0\0", 6) == 0)
			return lt_exif_orientation(marker->data, marker->data_length);
	return 1;
}

static enum lt_image_mode mode_of(j_decompress_ptr decoder)
{
	switch (decoder->jpeg_color_space) {
	case JCS_GRAYSCALE:
		return LT_MODE_GREY;
	case JCS_CMYK:
	case JCS_YCCK:
		return LT_MODE_CMYK;
	default:
		return LT_MODE_COLOUR;
	}
}

static int decode_with(j_decompress_ptr decoder, struct lt_image *image, const uint8_t *bytes,
		       size_t n, const struct lt_image_how *how, struct lt_error *err)
{
	static const J_COLOR_SPACE out[LT_MODES] = {[LT_MODE_GREY] = JCS_GRAYSCALE,
						    [LT_MODE_COLOUR] = JCS_RGB,
						    [LT_MODE_CMYK] = JCS_CMYK};
	struct lt_image_facts *facts = &image->facts;
	int status;

	jpeg_mem_src(decoder, bytes, (unsigned long)n);
	jpeg_save_markers(decoder, JPEG_APP0 + 1, 0xffff);
	jpeg_read_header(decoder, TRUE);
	facts->width = decoder->image_width;
	facts->height = decoder->image_height;
	facts->mode = mode_of(decoder);
	facts->bits = (unsigned)decoder->data_precision;
	facts->orientation = orientation_of(decoder);
	/* An image of several scans is kept whole, as coefficients of two bytes. */
	if (jpeg_has_multiple_scans(decoder))
		facts->beside = (uint64_t)decoder->image_width * decoder->image_height *
				(uint64_t)decoder->num_components * 2;
	status = lt_image_begin(image, facts->mode == LT_MODE_GREY ? 1 : 3, how, err);
	if (status || how->header_only)
		return status;
	decoder->out_color_space = out[facts->mode];
	if (facts->beside > 0 && !lt_memory_fits(facts->beside))
		return lt_fail_memory(err);
	if (how->reduce)
		decoder->scale_denom = how->reduce;
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

	decoder.err = errors_of(&session);
	if (setjmp(session.back)) {
		jpeg_destroy_decompress(&decoder);
		if (session.no_memory)
			return lt_fail_memory(err);
		return lt_fail(err, LT_DATA, "damaged JPEG image: %s", session.text);
	}
	jpeg_create_decompress(&decoder);
	session.progress.progress_monitor = on_progress;
	decoder.progress = &session.progress;
	status = decode_with(&decoder, image, bytes, n, how, err);
	jpeg_destroy_decompress(&decoder);
	return status;
}

/* -------------------------------------------------------------------------- writing */

/* Size of libjpeg's output buffer. */
#define PIECE 16384

struct target {
	struct jpeg_destination_mgr manager; /* must be first: libjpeg passes its address */
	struct lt_buffer *out;
	JOCTET piece[PIECE];
};

static void begin_piece(j_compress_ptr encoder)
{
	struct target *target = (struct target *)(void *)encoder->dest;

	target->manager.next_output_byte = target->piece;
	target->manager.free_in_buffer = PIECE;
}

static void append(j_compress_ptr encoder, size_t n)
{
	struct target *target = (struct target *)(void *)encoder->dest;

	if (!lt_buffer_append(target->out, target->piece, n))
		ERREXIT1(encoder, JERR_OUT_OF_MEMORY, 0);
}

static boolean next_piece(j_compress_ptr encoder)
{
	append(encoder, PIECE);
	begin_piece(encoder);
	return TRUE;
}

static void end_piece(j_compress_ptr encoder)
{
	append(encoder, PIECE - encoder->dest->free_in_buffer);
}

static void encode_with(j_compress_ptr encoder, const struct lt_image *image, int quality)
{
	size_t stride = (size_t)image->width * (size_t)image->channels;
	int c;

	encoder->image_width = image->width;
	encoder->image_height = image->height;
	encoder->input_components = image->channels;
	encoder->in_color_space = image->channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
	jpeg_set_defaults(encoder);
	jpeg_set_quality(encoder, quality, TRUE);
	for (c = 0; c < image->channels; c++)
		encoder->comp_info[c].h_samp_factor = encoder->comp_info[c].v_samp_factor = 1;
	jpeg_start_compress(encoder, TRUE);
	while (encoder->next_scanline < encoder->image_height) {
		JSAMPROW row = image->pixels + stride * encoder->next_scanline;

		jpeg_write_scanlines(encoder, &row, 1);
	}
	jpeg_finish_compress(encoder);
}

int lt_image_to_jpeg(const struct lt_image *image, int quality, struct lt_buffer *out,
		     struct lt_error *err)
{
	struct jpeg_compress_struct encoder = {0};
	struct session session = {0};
	struct target *target = lt_new_bytes(sizeof *target);

	if (!target)
		return lt_fail_memory(err);
	target->out = out;
	target->manager = (struct jpeg_destination_mgr){.init_destination = begin_piece,
							.empty_output_buffer = next_piece,
							.term_destination = end_piece};
	encoder.err = errors_of(&session);
	if (setjmp(session.back)) {
		jpeg_destroy_compress(&encoder);
		lt_free(target);
		if (session.no_memory)
			return lt_fail_memory(err);
		return lt_fail(err, LT_DATA, "cannot be written as JPEG: %s", session.text);
	}
	jpeg_create_compress(&encoder);
	encoder.dest = &target->manager;
	encode_with(&encoder, image, quality);
	jpeg_destroy_compress(&encoder);
	lt_free(target);
	return 0;
}

const struct lt_image_codec lt_image_jpeg = {
	.name = "JPEG", .probe = probe, .decode = decode, .reduces = true};
