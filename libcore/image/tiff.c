/*
 * TIFF by libtiff; only this file includes it.  Supported are the first directory;
 * strips and tiles; interleaved or planar samples; grey, RGB, palettes and CMYK with 8
 * or 16 bits a sample (grey and palettes also with 1, 2 and 4), and alpha.  Other
 * colour models of 8 bits (YCbCr, CIELab, LogLuv) are converted by TIFFReadRGBAImage.
 * Signed and floating-point samples have no defined range and are errors, and so are several
 * bands that are not marked as colours.
 *
 * libtiff prints errors unless it has a handler; the first error of an image is kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/exif.h"
#include "image/pixels.h"

/* The usual kind, and BigTIFF. */
static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 8 && (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0 ||
			  memcmp(bytes, "II+\0", 4) == 0 || memcmp(bytes, "MM\0+", 4) == 0);
}

static bool deep(const uint8_t *bytes, size_t n)
{
	uint32_t bits;

	return bytes[2] == '+' || bytes[3] == '+' ||
	       (lt_tiff_tag(bytes, n, LT_TAG_BITS, &bits) && bits > 8);
}

#ifdef LT_HAVE_TIFF

#include <tiffio.h>

#define MAX_SAMPLES 8
/* Blocks may be larger than a small image, but not larger than this or --max-pixels. */
#define MAX_BLOCK ((uint64_t)1 << 22)

struct source {
	const uint8_t *bytes;
	uint64_t n, at;
	char text[200];
};

/* The storage of the pixels as the directory describes it. */
struct layout {
	uint32_t width, height;
	uint32_t block_width, block_height; /* a tile, or a strip */
	uint16_t bits, samples, photometric;
	bool tiles, planes;
	int colours;		       /* stored: 1, 3 or 4 */
	bool alpha, multiplied;	       /* it follows the colours */
	const uint16_t *map[3];	       /* of a palette */
	int map_shift;		       /* from its entries to bytes */
	size_t row_bytes, block_bytes; /* of one plane */
};

struct session {
	TIFF *tiff;
	const struct lt_image_how *how;
	struct lt_image *image;
	bool is_palette; /* as in the file, however libtiff interprets it */
	struct layout layout;
	struct lt_samples out;
	uint8_t *block;	 /* of all planes */
	uint8_t *pixels; /* a row of a block, in the layout of out */
};

/* ------------------------------------------------------------------ callbacks */

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t n)
{
	struct source *source = handle;
	uint64_t left = source->at < source->n ? source->n - source->at : 0;
	size_t take = (uint64_t)n < left ? (size_t)n : (size_t)left;

	memcpy(to, source->bytes + (take ? source->at : 0), take);
	source->at += take;
	return (tmsize_t)take;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t n)
{
	(void)handle;
	(void)from;
	(void)n;
	return 0;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence)
{
	struct source *source = handle;

	source->at = offset + (whence == SEEK_CUR   ? source->at
			       : whence == SEEK_END ? source->n
						    : 0);
	return source->at;
}

static int on_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t on_size(thandle_t handle)
{
	return ((struct source *)handle)->n;
}

__attribute__((format(printf, 3, 0))) static void on_error(thandle_t handle, const char *module,
							   const char *fmt, va_list args)
{
	struct source *source = handle;

	(void)module;
	if (!source || source->text[0] != '\0')
		return;
	vsnprintf(source->text, sizeof source->text, fmt, args);
	/* libtiff requires a file name; there is none. */
	if (strncmp(source->text, ": ", 2) == 0)
		memmove(source->text, source->text + 2, strlen(source->text) - 1);
}

/* ------------------------------------------------------------------ the directory */

static int refuse(const struct layout *layout, struct lt_error *err)
{
	return lt_fail(
		err, LT_DATA,
		"a TIFF image of %u samples of %u bits, photometric %u, is not supported",
		(unsigned)layout->samples, (unsigned)layout->bits,
		(unsigned)layout->photometric);
}

/* Numbers of the directory, and the defaults of missing ones. */
static void read_fields(TIFF *tiff, struct layout *layout)
{
	uint16_t planar, compression;

	TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout->bits);
	TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout->samples);
	TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
	TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
	layout->planes = planar == PLANARCONFIG_SEPARATE && layout->samples > 1;
	if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout->photometric))
		layout->photometric =
			layout->samples < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
	if (layout->photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG &&
	    layout->bits == 8 && !layout->planes &&
	    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB))
		layout->photometric = PHOTOMETRIC_RGB;
	layout->tiles = TIFFIsTiled(tiff);
	if (layout->tiles) {
		TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &layout->block_width);
		TIFFGetField(tiff, TIFFTAG_TILELENGTH, &layout->block_height);
		return;
	}
	layout->block_width = layout->width;
	TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &layout->block_height);
	if (layout->block_height > layout->height)
		layout->block_height = layout->height;
}

/* The first sample after the colours, if it is alpha. */
static void read_alpha(TIFF *tiff, struct layout *layout)
{
	uint16_t n = 0, *kinds = NULL;

	if (layout->samples <= layout->colours ||
	    !TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &n, &kinds) || n == 0)
		return;
	layout->multiplied = kinds[0] == EXTRASAMPLE_ASSOCALPHA;
	layout->alpha = layout->multiplied || kinds[0] == EXTRASAMPLE_UNASSALPHA;
}

/* Entries of a palette have 16 bits, though some writers use only the lower 8. */
static bool read_map(TIFF *tiff, struct layout *layout)
{
	uint16_t *map[3];
	int i, c;

	if (!TIFFGetField(tiff, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]))
		return false;
	for (c = 0; c < 3; c++) {
		layout->map[c] = map[c];
		for (i = 0; i < 1 << layout->bits; i++)
			if (map[c][i] > 255)
				layout->map_shift = 8;
	}
	return true;
}

static bool find_colours(TIFF *tiff, struct layout *layout)
{
	switch (layout->photometric) {
	case PHOTOMETRIC_MINISWHITE:
	case PHOTOMETRIC_MINISBLACK:
		layout->colours = 1;
		return true;
	case PHOTOMETRIC_PALETTE:
		layout->colours = 1;
		return layout->bits <= 8 && read_map(tiff, layout);
	case PHOTOMETRIC_RGB:
		layout->colours = 3;
		return true;
	case PHOTOMETRIC_SEPARATED:
		layout->colours = 4;
		return true;
	default:
		return false;
	}
}

/*
 * Grey with other samples than alpha: these are bands, as of a satellite image, and the first
 * is not the picture.
 */
static bool has_bands(TIFF *tiff, struct layout *layout)
{
	if (layout->photometric != PHOTOMETRIC_MINISBLACK &&
	    layout->photometric != PHOTOMETRIC_MINISWHITE)
		return false;
	layout->colours = 1;
	read_alpha(tiff, layout);
	return layout->samples > 1 + layout->alpha;
}

/* Can the samples be used as they are stored? */
static bool is_plain(TIFF *tiff, struct layout *layout)
{
	uint16_t format = SAMPLEFORMAT_UINT;
	bool few = layout->bits == 1 || layout->bits == 2 || layout->bits == 4;

	TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
	if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
		return false;
	if (layout->bits != 8 && layout->bits != 16 && !(few && layout->samples == 1))
		return false;
	if (layout->samples > MAX_SAMPLES || !find_colours(tiff, layout) ||
	    layout->samples < layout->colours)
		return false;
	read_alpha(tiff, layout);
	return true;
}

/* libtiff's block size must equal ours before libtiff writes to our memory. */
static int measure(struct session *session, struct lt_error *err)
{
	struct layout *layout = &session->layout;
	uint64_t pixels = (uint64_t)layout->block_width * layout->block_height, size;
	unsigned together = layout->planes ? 1 : layout->samples;

	if (pixels == 0 || layout->block_width > 2 * LT_MAX_SIDE ||
	    layout->block_height > 2 * LT_MAX_SIDE ||
	    (pixels > session->how->max_pixels && pixels > MAX_BLOCK))
		return lt_fail(err, LT_DATA, "strips or tiles of the TIFF image are too large");
	layout->row_bytes = ((size_t)layout->block_width * together * layout->bits + 7) / 8;
	layout->block_bytes = layout->row_bytes * layout->block_height;
	size = layout->tiles ? TIFFTileSize64(session->tiff) : TIFFStripSize64(session->tiff);
	if (size != layout->block_bytes)
		return lt_fail(err, LT_DATA,
			       "strips or tiles of the TIFF image have an odd size");
	return 0;
}

/* ------------------------------------------------------------------ pixels */

/* Sample s of the pixel x in a row of the block. */
static uint32_t sample(const struct session *session, uint32_t row, uint32_t x, int s)
{
	const struct layout *layout = &session->layout;
	const uint8_t *from = session->block + layout->row_bytes * row +
			      (layout->planes ? layout->block_bytes * (size_t)s : 0);
	size_t i = layout->planes ? x : (size_t)x * layout->samples + (size_t)s;
	uint16_t value;

	if (layout->bits == 8)
		return from[i];
	if (layout->bits < 8)
		return (uint32_t)from[i * layout->bits / 8] >>
			       (8 - layout->bits - i * layout->bits % 8) &
		       ((1u << layout->bits) - 1);
	memcpy(&value, from + 2 * i, sizeof value);
	return value;
}

/* One pixel's colours, each from 0 to top. */
static void colours_of(const struct session *session, uint32_t row, uint32_t x,
		       uint32_t colour[3])
{
	const struct layout *layout = &session->layout;
	uint32_t top = session->out.top, first = sample(session, row, x, 0), black, few;
	int c;

	if (layout->photometric == PHOTOMETRIC_PALETTE) {
		for (c = 0; c < 3; c++)
			colour[c] = layout->map[c][first] >> layout->map_shift & 255;
	} else if (layout->colours == 1) {
		few = layout->bits < 8 ? (1u << layout->bits) - 1 : top;
		colour[0] = first * (top / few);
		if (layout->photometric == PHOTOMETRIC_MINISWHITE)
			colour[0] = top - colour[0];
	} else if (layout->colours == 3) {
		for (c = 0; c < 3; c++)
			colour[c] = sample(session, row, x, c);
	} else {
		black = top - sample(session, row, x, 3);
		for (c = 0; c < 3; c++)
			colour[c] = (uint32_t)(((uint64_t)(top - sample(session, row, x, c)) *
							black +
						top / 2) /
					       top);
	}
}

/* Undoes the multiplication by alpha; a fully transparent pixel has no colour. */
static void divide(uint32_t colour[3], int colours, uint32_t alpha, uint32_t top)
{
	uint64_t value;
	int c;

	for (c = 0; c < colours && alpha > 0; c++) {
		value = ((uint64_t)colour[c] * top + alpha / 2) / alpha;
		colour[c] = value < top ? (uint32_t)value : top;
	}
}

static void put_sample(const struct session *session, size_t i, uint32_t value)
{
	uint16_t wide = (uint16_t)value;

	if (session->out.deep)
		memcpy(session->pixels + 2 * i, &wide, sizeof wide);
	else
		session->pixels[i] = (uint8_t)value;
}

/* Do the rows of a block have the form that lt_samples_put takes? */
static bool is_ready(const struct session *session)
{
	const struct layout *layout = &session->layout;

	return !layout->planes && layout->bits >= 8 && !layout->multiplied &&
	       (layout->photometric == PHOTOMETRIC_MINISBLACK ||
		layout->photometric == PHOTOMETRIC_RGB) &&
	       layout->samples == session->out.colours + session->out.alpha;
}

static void put_block(struct session *session, uint32_t left, uint32_t top, uint32_t width,
		      uint32_t height)
{
	const struct layout *layout = &session->layout;
	uint32_t colour[3] = {0}, alpha = 0, row, x;
	bool ready = is_ready(session);
	size_t i;
	int c;

	for (row = 0; row < height; row++) {
		if (ready) {
			lt_samples_put(session->image, left, top + row,
				       session->block + layout->row_bytes * row, width,
				       &session->out, session->how);
			continue;
		}
		for (x = 0, i = 0; x < width; x++) {
			colours_of(session, row, x, colour);
			if (layout->alpha)
				alpha = sample(session, row, x, layout->colours);
			if (layout->multiplied)
				divide(colour, session->out.colours, alpha, session->out.top);
			for (c = 0; c < session->out.colours; c++)
				put_sample(session, i++, colour[c]);
			if (session->out.alpha)
				put_sample(session, i++, alpha);
		}
		lt_samples_put(session->image, left, top + row, session->pixels, width,
			       &session->out, session->how);
	}
}

static bool read_block(struct session *session, uint32_t left, uint32_t top, uint32_t height)
{
	const struct layout *layout = &session->layout;
	size_t bytes = layout->tiles ? layout->block_bytes : layout->row_bytes * height;
	uint16_t plane;
	uint32_t at;
	uint8_t *to;
	tmsize_t got;

	for (plane = 0; plane < (layout->planes ? layout->samples : 1); plane++) {
		to = session->block + layout->block_bytes * plane;
		at = layout->tiles ? TIFFComputeTile(session->tiff, left, top, 0, plane)
				   : TIFFComputeStrip(session->tiff, top, plane);
		/*
		 * If the directory has too few offsets, libtiff reads the file's first bytes
		 * instead.
		 */
		if (TIFFGetStrileOffset(session->tiff, at) == 0)
			return false;
		got = (layout->tiles ? TIFFReadEncodedTile : TIFFReadEncodedStrip)(
			session->tiff, at, to, (tmsize_t)bytes);
		if (got < 0 || (size_t)got != bytes)
			return false;
	}
	return true;
}

static int truncated(struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "truncated or damaged TIFF image");
}

static int read_blocks(struct session *session, struct lt_error *err)
{
	const struct layout *layout = &session->layout;
	uint32_t left, top, width, height;

	for (top = 0; top < layout->height; top += layout->block_height)
		for (left = 0; left < layout->width; left += layout->block_width) {
			width = layout->width - left < layout->block_width
					? layout->width - left
					: layout->block_width;
			height = layout->height - top < layout->block_height
					 ? layout->height - top
					 : layout->block_height;
			if (!read_block(session, left, top, height))
				return truncated(err);
			put_block(session, left, top, width, height);
		}
	return 0;
}

static int read_plain(struct session *session, struct lt_error *err)
{
	const struct layout *layout = &session->layout;
	bool palette = layout->photometric == PHOTOMETRIC_PALETTE;
	struct lt_samples *out = &session->out;
	size_t bytes;
	int status = measure(session, err);

	if (status)
		return status;
	out->colours = layout->colours == 1 && !palette ? 1 : 3;
	out->alpha = layout->alpha && session->how->has_background;
	out->deep = layout->bits == 16;
	out->top = out->deep ? 65535 : 255;
	session->image->facts.alpha = layout->alpha;
	status = lt_image_begin(session->image, lt_samples_channels(out, session->how),
				session->how, err);
	if (status || session->how->header_only)
		return status;
	if (!lt_mul(layout->block_bytes, layout->planes ? layout->samples : 1, &bytes))
		return lt_fail_memory(err);
	session->block = lt_new_array(bytes, 1);
	session->pixels = lt_new_array(layout->block_width, 8);
	if (!session->block || !session->pixels)
		return lt_fail_memory(err);
	return read_blocks(session, err);
}

/*
 * All forms that libtiff can convert to RGB and alpha, with the colours multiplied by alpha.
 */
static int read_other(struct session *session, struct lt_error *err)
{
	const struct layout *layout = &session->layout;
	struct lt_image *image = session->image;
	size_t n = (size_t)layout->width * layout->height, i;
	char why[1024] = "";
	uint32_t *raster;
	int status;

	if (layout->bits > 8 || layout->samples > MAX_SAMPLES ||
	    !TIFFRGBAImageOK(session->tiff, why))
		return refuse(layout, err);
	status = lt_image_begin(image, 3, session->how, err);
	if (status || session->how->header_only)
		return status;
	raster = lt_new_array(n, sizeof *raster);
	if (!raster)
		return lt_fail_memory(err);
	/* libtiff would apply the orientation itself, but only half of the orientations. */
	TIFFSetField(session->tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
	if (!TIFFReadRGBAImageOriented(session->tiff, layout->width, layout->height, raster,
				       ORIENTATION_TOPLEFT, 1))
		status = truncated(err);
	for (i = 0; i < n && status == 0; i++) {
		image->pixels[3 * i] = TIFFGetR(raster[i]);
		image->pixels[3 * i + 1] = TIFFGetG(raster[i]);
		image->pixels[3 * i + 2] = TIFFGetB(raster[i]);
	}
	lt_free(raster);
	return status;
}

/* ------------------------------------------------------------------ the codec */

static enum lt_image_mode mode_of(const struct layout *layout)
{
	switch (layout->photometric) {
	case PHOTOMETRIC_MINISWHITE:
	case PHOTOMETRIC_MINISBLACK:
		return LT_MODE_GREY;
	case PHOTOMETRIC_RGB:
	case PHOTOMETRIC_YCBCR:
		return LT_MODE_COLOUR;
	case PHOTOMETRIC_PALETTE:
		return LT_MODE_PALETTE;
	case PHOTOMETRIC_SEPARATED:
		return LT_MODE_CMYK;
	default:
		return LT_MODE_OTHER;
	}
}

/* Reads the directory; alpha is determined later, if its kind is known. */
static void set_facts(const struct session *session)
{
	const struct layout *layout = &session->layout;
	struct lt_image_facts *facts = &session->image->facts;

	facts->width = layout->width;
	facts->height = layout->height;
	facts->mode = mode_of(layout);
	facts->bits = layout->bits;
	facts->more = !TIFFLastDirectory(session->tiff);
}

static int decode_with(struct session *session, struct lt_error *err)
{
	struct layout *layout = &session->layout;
	uint16_t orientation = 1;
	int status;

	if (!TIFFGetField(session->tiff, TIFFTAG_IMAGEWIDTH, &layout->width) ||
	    !TIFFGetField(session->tiff, TIFFTAG_IMAGELENGTH, &layout->height))
		return lt_fail(err, LT_DATA, "the image has no pixels");
	/* Check the sides first: everything below multiplies them. */
	status = lt_image_check(layout->width, layout->height, session->how->max_pixels, err);
	if (status)
		return status;
	TIFFGetFieldDefaulted(session->tiff, TIFFTAG_ORIENTATION, &orientation);
	if (orientation >= 1 && orientation <= 8)
		session->image->facts.orientation = orientation;
	read_fields(session->tiff, layout);
	set_facts(session);
	/* Without its palette libtiff takes the indices for grey. */
	if (layout->photometric != PHOTOMETRIC_PALETTE && session->is_palette)
		return lt_fail(err, LT_DATA, "the palette of the TIFF image is missing");
	if (has_bands(session->tiff, layout))
		return lt_fail(err, LT_DATA,
			       "a TIFF image of %u bands, none of which is marked as red, "
			       "green or blue; save three of them as RGB, for example with "
			       "gdal_translate -b 3 -b 2 -b 1 -co PHOTOMETRIC=RGB",
			       (unsigned)layout->samples);
	return is_plain(session->tiff, layout) ? read_plain(session, err)
					       : read_other(session, err);
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	struct source source = {.bytes = bytes, .n = n};
	struct session session = {.how = how, .image = image};
	struct lt_error why;
	uint32_t model;
	int status;

	session.is_palette = lt_tiff_tag(bytes, n, LT_TAG_PHOTOMETRIC, &model) &&
			     model == PHOTOMETRIC_PALETTE;
	TIFFSetErrorHandler(NULL);
	TIFFSetWarningHandler(NULL);
	TIFFSetErrorHandlerExt(on_error);
	session.tiff = TIFFClientOpen("", "rm", &source, on_read, on_write, on_seek, on_close,
				      on_size, NULL, NULL);
	if (!session.tiff)
		return lt_fail(err, LT_DATA, "damaged TIFF image: %s", source.text);
	status = decode_with(&session, &why);
	if (status == LT_DATA && source.text[0])
		lt_fail(err, LT_DATA, "%s: %s", why.text, source.text);
	else if (status)
		lt_fail(err, status, "%s", why.text);
	TIFFClose(session.tiff);
	lt_free(session.block);
	lt_free(session.pixels);
	return status;
}

const struct lt_image_codec lt_image_tiff = {
	.name = "TIFF", .probe = probe, .decode = decode, .deep = deep, .apart = true};

#else

const struct lt_image_codec lt_image_tiff = {
	.name = "TIFF", .probe = probe, .deep = deep, .missing = "libtiff"};

#endif
