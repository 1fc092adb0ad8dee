/*
 * WebP by libwebp; only this file includes it.  For an animation it decodes the first
 * frame, on a canvas that is black (or the background) outside the frame.  This file
 * parses the container to find EXIF data and that frame; libwebp accepts the chunks of a
 * frame without a container.  Source: the WebP Container Specification.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/exif.h"
#include "image/pixels.h"

static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0;
}

#ifdef LT_HAVE_WEBP

#include <webp/decode.h>

/* A picture in the file, and its position on the canvas. */
struct part {
	const uint8_t *bytes;
	size_t n;
	uint32_t left, top;
	uint32_t width, height; /* of the canvas */
	bool animated;
};

static uint32_t number(const uint8_t *at, int bytes)
{
	uint32_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

/*
 * The payload of the first chunk with that name, truncated to the bytes that exist; NULL:
 * none.
 */
static const uint8_t *find_chunk(const uint8_t *bytes, size_t n, const char *name, size_t *size)
{
	size_t at = 12, length;

	while (n - at >= 8) {
		length = number(bytes + at + 4, 4);
		at += 8;
		*size = length < n - at ? length : n - at;
		if (memcmp(bytes + at - 8, name, 4) == 0)
			return bytes + at;
		length += length % 2;
		if (length > n - at)
			break;
		at += length;
	}
	return NULL;
}

/* The first frame of an animation: a header of 16 bytes, then its chunks. */
static int find_frame(struct part *part, struct lt_error *err)
{
	size_t n;
	const uint8_t *frame = find_chunk(part->bytes, part->n, "ANMF", &n);

	if (!frame || n <= 16)
		return lt_fail(err, LT_DATA, "truncated WebP image");
	part->left = 2 * number(frame, 3);
	part->top = 2 * number(frame + 3, 3);
	part->bytes = frame + 16;
	part->n = n - 16;
	return 0;
}

static int failed(VP8StatusCode code, struct lt_error *err)
{
	switch (code) {
	case VP8_STATUS_OUT_OF_MEMORY:
		return lt_fail_memory(err);
	case VP8_STATUS_NOT_ENOUGH_DATA:
	case VP8_STATUS_SUSPENDED:
		return lt_fail(err, LT_DATA, "truncated WebP image");
	default:
		return lt_fail(err, LT_DATA, "damaged WebP image");
	}
}

/* Fills *part; without animation the canvas is the picture itself. */
static int find_part(struct part *part, const uint8_t *bytes, size_t n,
		     WebPBitstreamFeatures *about, struct lt_error *err)
{
	VP8StatusCode code = WebPGetFeatures(bytes, n, about);
	int status;

	*part = (struct part){.bytes = bytes, .n = n};
	if (code != VP8_STATUS_OK)
		return failed(code, err);
	part->width = (uint32_t)about->width;
	part->height = (uint32_t)about->height;
	part->animated = about->has_animation;
	if (!about->has_animation)
		return 0;
	status = find_frame(part, err);
	if (status)
		return status;
	code = WebPGetFeatures(part->bytes, part->n, about);
	if (code != VP8_STATUS_OK)
		return failed(code, err);
	if ((uint64_t)part->left + (uint64_t)about->width > part->width ||
	    (uint64_t)part->top + (uint64_t)about->height > part->height)
		return lt_fail(err, LT_DATA, "damaged WebP image");
	return 0;
}

/* Decodes the picture's samples to memory of that many bytes, with rows of stride bytes. */
static int decode_to(const struct part *part, bool alpha, uint8_t *to, size_t size,
		     size_t stride, struct lt_error *err)
{
	WebPDecoderConfig config;
	VP8StatusCode code;

	if (!WebPInitDecoderConfig(&config))
		return lt_fail(err, LT_BUG, "libwebp is of another version than its header");
	config.output.colorspace = alpha ? MODE_RGBA : MODE_RGB;
	config.output.is_external_memory = 1;
	config.output.u.RGBA.rgba = to;
	config.output.u.RGBA.size = size;
	config.output.u.RGBA.stride = (int)stride;
	code = WebPDecode(part->bytes, part->n, &config);
	return code == VP8_STATUS_OK ? 0 : failed(code, err);
}

/*
 * Decodes through a buffer: if alpha is to be blended, or the frame is smaller than its
 * canvas.
 */
static int decode_on_canvas(const struct part *part, struct lt_image *image, uint32_t width,
			    uint32_t height, const struct lt_samples *samples,
			    const struct lt_image_how *how, struct lt_error *err)
{
	size_t stride = (size_t)width * (samples->alpha ? 4 : 3);
	uint8_t *block = lt_new_array(height, stride);
	uint32_t y;
	int status;

	if (!block)
		return lt_fail_memory(err);
	status = decode_to(part, samples->alpha, block, stride * height, stride, err);
	if (status == 0)
		lt_image_blank(image, how);
	for (y = 0; y < height && status == 0; y++)
		lt_samples_put(image, part->left, part->top + y, block + stride * y, width,
			       samples, how);
	lt_free(block);
	return status;
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	WebPBitstreamFeatures about;
	struct lt_samples samples = {3, false, false, 255};
	struct part part;
	const uint8_t *exif;
	uint32_t width, height;
	size_t size;
	int status = find_part(&part, bytes, n, &about, err);

	if (status)
		return status;
	image->facts = (struct lt_image_facts){.format = image->facts.format,
					       .width = part.width,
					       .height = part.height,
					       .mode = LT_MODE_COLOUR,
					       .bits = 8,
					       .alpha = about.has_alpha,
					       .more = part.animated,
					       .orientation = 1};
	exif = find_chunk(bytes, n, "EXIF", &size);
	if (exif)
		image->facts.orientation = lt_exif_orientation(exif, size);
	status = lt_image_begin(image, 3, how, err);
	if (status || how->header_only)
		return status;
	width = (uint32_t)about.width;
	height = (uint32_t)about.height;
	samples.alpha = about.has_alpha && how->has_background;
	if (samples.alpha || width != part.width || height != part.height)
		return decode_on_canvas(&part, image, width, height, &samples, how, err);
	return decode_to(&part, false, image->pixels, (size_t)width * height * 3,
			 (size_t)width * 3, err);
}

const struct lt_image_codec lt_image_webp = {
	.name = "WebP", .probe = probe, .decode = decode, .apart = true};

#else

const struct lt_image_codec lt_image_webp = {
	.name = "WebP", .probe = probe, .missing = "libwebp"};

#endif
