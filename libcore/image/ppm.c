/*
 * PPM, PGM and PBM, plain and raw (P1 to P6), one image a file, as ppm(5),
 * pgm(5) and pbm(5) define them: blanks and comments between the numbers of the
 * header, one blank before raw samples, big-endian samples of two bytes if the
 * greatest value is above 255.  Samples are scaled so that the greatest value becomes
 * 255, rounded to the nearest; for samples of two bytes, another range may be given.
 */
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/pixels.h"

struct cursor {
	const uint8_t *at, *end;
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(struct cursor *in)
{
	while (in->at < in->end) {
		if (*in->at == '#') {
			while (in->at < in->end && *in->at != '\n' && *in->at != '\r')
				in->at++;
		} else if (!is_blank(*in->at)) {
			return;
		} else {
			in->at++;
		}
	}
}

/* A decimal number below 2^31 after blanks and comments. */
static bool read_number(struct cursor *in, uint64_t *out)
{
	uint64_t value = 0;
	const uint8_t *start;

	skip_blanks(in);
	start = in->at;
	while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
		value = value * 10 + (uint64_t)(*in->at++ - '0');
		if (value > INT32_MAX)
			return false;
	}
	*out = value;
	return in->at > start;
}

/*
 * The destination of samples: deep ones are converted by rows, because they may have a range.
 */
struct sink {
	struct lt_image *image;
	const struct lt_image_how *how;
	struct lt_samples samples;
	uint32_t greatest; /* maxval */
};

/* The next sample; the size of raw kinds was checked before. */
typedef bool read_sample(struct cursor *in, uint64_t *value);

static bool read_byte(struct cursor *in, uint64_t *value)
{
	*value = *in->at++;
	return true;
}

static bool read_pair(struct cursor *in, uint64_t *value)
{
	*value = (uint64_t)in->at[0] << 8 | in->at[1];
	in->at += 2;
	return true;
}

/* A row of n samples; samples of one byte are scaled here, because they have no range. */
static int read_row(struct cursor *in, const struct sink *sink, read_sample *next,
		    uint8_t *bytes, uint16_t *deep, size_t n, struct lt_error *err)
{
	uint64_t value, greatest = sink->greatest;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!next(in, &value))
			return lt_fail(err, LT_DATA, "truncated or damaged PPM image");
		if (value > greatest)
			return lt_fail(err, LT_DATA, "a sample of the PPM image is too large");
		if (deep)
			deep[i] = (uint16_t)value;
		else
			bytes[i] = (uint8_t)((value * 255 + greatest / 2) / greatest);
	}
	return 0;
}

static int read_samples(struct cursor *in, const struct sink *sink, read_sample *next,
			struct lt_error *err)
{
	struct lt_image *image = sink->image;
	size_t n = (size_t)image->width * (size_t)image->channels;
	uint16_t *deep = sink->samples.deep ? lt_new_array(n, sizeof *deep) : NULL;
	uint32_t y;
	int status = 0;

	if (sink->samples.deep && !deep)
		return lt_fail_memory(err);
	for (y = 0; y < image->height && status == 0; y++) {
		status = read_row(in, sink, next, image->pixels + n * y, deep, n, err);
		if (status == 0 && deep)
			lt_samples_put(image, 0, y, deep, image->width, &sink->samples,
				       sink->how);
	}
	lt_free(deep);
	return status;
}

static int read_all(struct cursor *in, const struct sink *sink, bool plain,
		    struct lt_error *err)
{
	struct lt_image *image = sink->image;
	size_t width = sink->samples.deep ? 2 : 1;
	size_t samples = (size_t)image->width * image->height * (size_t)image->channels;

	if (plain)
		return read_samples(in, sink, read_number, err);
	if ((size_t)(in->end - in->at) / width < samples)
		return lt_fail(err, LT_DATA, "truncated PPM image");
	if (sink->greatest == 255) {
		memcpy(image->pixels, in->at, samples);
		return 0;
	}
	return read_samples(in, sink, width == 2 ? read_pair : read_byte, err);
}

/* ------------------------------------------------------------------ bitmaps */

/* Eight pixels per byte, each row padded to a byte; 1 is black. */
static int read_bits(struct cursor *in, struct lt_image *image, struct lt_error *err)
{
	size_t stride = ((size_t)image->width + 7) / 8;
	uint8_t *to = image->pixels;
	uint32_t x, y;

	if ((size_t)(in->end - in->at) / stride < image->height)
		return lt_fail(err, LT_DATA, "truncated PBM image");
	for (y = 0; y < image->height; y++, in->at += stride)
		for (x = 0; x < image->width; x++)
			*to++ = in->at[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
	return 0;
}

/* Digits need no blanks between them. */
static int read_digits(struct cursor *in, struct lt_image *image, struct lt_error *err)
{
	size_t n = (size_t)image->width * image->height, i;

	for (i = 0; i < n; i++) {
		skip_blanks(in);
		if (in->at == in->end || (*in->at != '0' && *in->at != '1'))
			return lt_fail(err, LT_DATA, "truncated or damaged PBM image");
		image->pixels[i] = *in->at++ == '1' ? 0 : 255;
	}
	return 0;
}

/* ------------------------------------------------------------------ the header */

struct header {
	bool plain, bitmap;
	int channels;
	uint64_t width, height, greatest;
};

static int read_header(struct cursor *in, struct header *header, struct lt_error *err)
{
	uint8_t kind = in->at[1];

	in->at += 2;
	header->plain = kind <= '3';
	header->bitmap = kind == '1' || kind == '4';
	header->channels = kind == '3' || kind == '6' ? 3 : 1;
	header->greatest = 1;
	if (!read_number(in, &header->width) || !read_number(in, &header->height) ||
	    (!header->bitmap && !read_number(in, &header->greatest)))
		return lt_fail(err, LT_DATA, "damaged header of a PPM image");
	if (header->greatest == 0 || header->greatest > 65535)
		return lt_fail(err, LT_DATA,
			       "the greatest value of the PPM image is not 1 to 65535");
	if (!header->plain && (in->at >= in->end || !is_blank(*in->at++)))
		return lt_fail(err, LT_DATA, "truncated PPM image");
	return 0;
}

static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 3 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
	       (is_blank(bytes[2]) || bytes[2] == '#');
}

static bool deep(const uint8_t *bytes, size_t n)
{
	struct cursor in = {bytes, bytes + n};
	struct header header;

	return read_header(&in, &header, NULL) == 0 && header.greatest > 255;
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	struct cursor in = {bytes, bytes + n};
	struct header header;
	uint64_t a_byte; /* pixels that a byte holds at most */
	int status = read_header(&in, &header, err);

	if (status)
		return status;
	image->facts.mode = header.channels == 1 ? LT_MODE_GREY : LT_MODE_COLOUR;
	image->facts.bits = 32 - (unsigned)__builtin_clz((unsigned)header.greatest);
	image->facts.width = (uint32_t)header.width;
	image->facts.height = (uint32_t)header.height;
	/*
	 * A false header has to be followed by as many bytes, so it cannot cause a large
	 * allocation.
	 */
	a_byte = header.bitmap && !header.plain ? 8 : 1;
	if (header.width && header.height && header.width <= LT_MAX_SIDE &&
	    header.height <= LT_MAX_SIDE && header.width * header.height <= how->max_pixels &&
	    (size_t)(in.end - in.at) < header.width * header.height / a_byte)
		return lt_fail(err, LT_DATA, "truncated PPM image");
	status = lt_image_begin(image, header.channels, how, err);
	if (status || how->header_only)
		return status;
	if (header.bitmap)
		return header.plain ? read_digits(&in, image, err) : read_bits(&in, image, err);
	return read_all(&in,
			&(struct sink){image,
				       how,
				       {header.channels, false, header.greatest > 255,
					(uint32_t)header.greatest},
				       (uint32_t)header.greatest},
			header.plain, err);
}

const struct lt_image_codec lt_image_ppm = {
	.name = "PPM", .probe = probe, .decode = decode, .deep = deep};
