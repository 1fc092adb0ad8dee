/*
 * PPM and PGM, plain and raw (P2 P3 P5 P6), one image a file, as ppm(5) and
 * pgm(5) define them: blanks and comments between the numbers of the header,
 * one blank before raw samples, samples of two bytes, big end first, when the
 * greatest value is above 255.  Samples are scaled so that the greatest value
 * becomes 255, rounded to the nearest.
 */
#include "data/image.h"

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

static uint8_t scaled(uint64_t value, uint64_t greatest)
{
	return (uint8_t)((value * 255 + greatest / 2) / greatest);
}

static int read_plain(struct cursor *in, uint8_t *out, size_t n, uint64_t greatest,
		      struct lt_error *err)
{
	uint64_t value;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!read_number(in, &value))
			return lt_fail(err, LT_DATA, "truncated or damaged PPM image");
		if (value > greatest)
			return lt_fail(err, LT_DATA, "a sample of the PPM image is too large");
		out[i] = scaled(value, greatest);
	}
	return 0;
}

static int read_raw(struct cursor *in, uint8_t *out, size_t n, uint64_t greatest,
		    struct lt_error *err)
{
	size_t width = greatest > 255 ? 2 : 1, i;
	uint64_t value;

	if ((size_t)(in->end - in->at) / width < n)
		return lt_fail(err, LT_DATA, "truncated PPM image");
	for (i = 0; i < n; i++, in->at += width) {
		value = width == 2 ? (uint64_t)in->at[0] << 8 | in->at[1] : in->at[0];
		if (value > greatest)
			return lt_fail(err, LT_DATA, "a sample of the PPM image is too large");
		out[i] = scaled(value, greatest);
	}
	return 0;
}

static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 3 && bytes[0] == 'P' &&
	       (bytes[1] == '2' || bytes[1] == '3' || bytes[1] == '5' || bytes[1] == '6') &&
	       (is_blank(bytes[2]) || bytes[2] == '#');
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n, uint64_t max_pixels,
		  struct lt_error *err)
{
	bool plain = bytes[1] == '2' || bytes[1] == '3';
	int channels = bytes[1] == '3' || bytes[1] == '6' ? 3 : 1, status;
	struct cursor in = {bytes + 2, bytes + n};
	uint64_t width, height, greatest;
	size_t samples;

	if (!read_number(&in, &width) || !read_number(&in, &height) ||
	    !read_number(&in, &greatest))
		return lt_fail(err, LT_DATA, "damaged header of a PPM image");
	if (greatest == 0 || greatest > 65535)
		return lt_fail(err, LT_DATA,
			       "the greatest value of the PPM image is not 1 to 65535");
	if (!plain && (in.at >= in.end || !is_blank(*in.at++)))
		return lt_fail(err, LT_DATA, "truncated PPM image");
	/* A pixel takes at least a byte, so a false header costs its sender the bytes. */
	if (width && height && width <= LT_MAX_SIDE && height <= LT_MAX_SIDE &&
	    width * height <= max_pixels && (size_t)(in.end - in.at) < width * height)
		return lt_fail(err, LT_DATA, "truncated PPM image");
	status = lt_image_shape(image, width, height, channels, max_pixels, err);
	if (status)
		return status;
	samples = (size_t)width * height * (size_t)channels;
	return plain ? read_plain(&in, image->pixels, samples, greatest, err)
		     : read_raw(&in, image->pixels, samples, greatest, err);
}

const struct lt_image_codec lt_image_ppm = {"PPM", probe, decode};
