/*
 * Images: from the bytes of a JPEG, PNG, PPM, BMP, WebP, TIFF or GIF file to
 * unsigned bytes, height × width × channel.  The format is determined by the first
 * bytes, not by the name.  If a file has several images, the first is decoded.
 *
 * The result is grey (1 channel) or colour (3 channels, R G B): CMYK becomes RGB,
 * palettes are applied, 16 bits are scaled to 8, and alpha is dropped (which leaves
 * the stored colour of transparent pixels) or blended with a background.  An
 * orientation tag is applied.  JPEG is decoded with libjpeg's defaults (accurate
 * integer DCT, smooth upsampling); profiles and gamma are ignored.
 *
 * lt_image_look reads the header of an image without decoding pixels.  It uses the
 * decoder's code and runs where the decoder runs: in the child process for formats
 * that are decoded apart.
 *
 * Decoders check width × height against the caller's limit before they allocate
 * memory.  A damaged or truncated image is LT_DATA.  The error text does not contain
 * the name of the image; the caller adds it.
 */
#ifndef LT_IMAGE_IMAGE_H
#define LT_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

/* Limit of height and width, so that products of sides and scales fit in 64 bits. */
#define LT_MAX_SIDE ((uint32_t)1 << 20)
/* The default of --max-pixels. */
#define LT_MAX_PIXELS ((uint64_t)100000000)

/* How colours are stored. */
enum lt_image_mode {
	LT_MODE_GREY,
	LT_MODE_COLOUR, /* red, green, blue, or convertible to these (YCbCr) */
	LT_MODE_PALETTE,
	LT_MODE_CMYK,
	LT_MODE_OTHER, /* TIFF's CIELab and others */
	LT_MODES
};

/* Facts from the header, and whether the file has contents that are not read. */
struct lt_image_facts {
	const char *format;	/* "JPEG", …: the decoder's name */
	uint32_t width, height; /* of the decoded image: upright unless how->as_stored */
	enum lt_image_mode mode;
	unsigned bits;	 /* of a sample, of a palette's index; the most where colours differ */
	bool alpha;	 /* transparent pixels are possible */
	bool more;	 /* further images follow: frames of an animation, pages */
	int orientation; /* 1 … 8 as in EXIF; 1 if the file has none */
	/* Bytes that a JPEG or PNG decoder keeps beside the pixels: the coefficients of a
	 * progressive JPEG, the samples of an interlaced PNG that are converted. */
	uint64_t beside;
};

/* { 0 } is an empty image.  Decoding reuses its memory.  Call lt_image_free. */
struct lt_image {
	uint32_t height, width;
	int channels; /* 1 or 3 */
	uint8_t *pixels;
	size_t room;
	/* Set by the decoder: */
	struct lt_image_facts facts;
	uint32_t greatest; /* largest colour sample as stored, of more than 8 bits; else 0 */
};

struct lt_child;

/* How to decode.  The default is { .max_pixels = LT_MAX_PIXELS }. */
struct lt_image_how {
	uint64_t max_pixels;
	bool header_only; /* set only the facts */
	bool as_stored;	  /* orientation tags are not applied */
	/* 2, 4 or 8: a JPEG is decoded at one half, quarter or eighth of its size, rounded up,
	 * by libjpeg's scaled transform, which is faster; facts are those of the full size.
	 * Other formats are decoded at full size.  0: all formats are. */
	unsigned reduce;
	bool has_background; /* transparent pixels are blended with it; else alpha is dropped */
	uint8_t background[3];
	/*
	 * Of samples of more than 8 bits: v becomes (v - low) · 255 / (high - low),
	 * rounded to the nearest and clamped.  high 0: low is 0 and high the format's own
	 * greatest value (PPM's maxval; 65535).
	 */
	uint32_t low, high;
	/* Decodes formats whose libraries have a history of crashes (image/child.h); NULL:
	 * decode all formats in this process. */
	struct lt_child *child;
};

/* "auto" sets both to 0, "LOW:HIGH" (0 ≤ LOW < HIGH ≤ 65535) to these; else LT_USAGE. */
int lt_image_parse_range(const char *text, uint32_t *low, uint32_t *high, struct lt_error *err);
/* "R,G,B", each 0 … 255; else LT_USAGE. */
int lt_image_parse_colour(const char *text, uint8_t colour[3], struct lt_error *err);

/* Decodes n bytes; the format is found from the first of them. */
int lt_image_decode(struct lt_image *image, const void *bytes, size_t n,
		    const struct lt_image_how *how, struct lt_error *err);

/*
 * Sets *facts from the header.  bytes are the whole file, because the orientation may follow
 * the pixels.  Fails as decoding would, if the header shows the error (sides, unsupported
 * features, too few bytes).  Success does not imply that the pixels are complete.
 */
int lt_image_look(struct lt_image_facts *facts, const void *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err);

/*
 * Bytes that decoding a JPEG or PNG image takes, from the facts that lt_image_look set with
 * the same *how: its pixels, what the decoder keeps beside them, and a second copy while the
 * image is turned upright.
 */
uint64_t lt_image_bytes(const struct lt_image_facts *facts, const struct lt_image_how *how);

/*
 * Sets only image->greatest: 0, without decoding, if samples have 8 bits according to
 * the header.
 */
int lt_image_find_greatest(struct lt_image *image, const void *bytes, size_t n,
			   const struct lt_image_how *how, struct lt_error *err);

/* Whether the name has a suffix of an image format (case does not matter). */
bool lt_image_is_named(const char *name);
/* Whether it has that of a format that may have more than 8 bits a sample. */
bool lt_image_may_be_deep(const char *name);

/* "JPEG, PNG, …, GIF" for messages: all known formats. */
extern const char lt_image_formats[];
/* "images: JPEG, PNG, …; not in this build: …" for --version. */
const char *lt_image_about(void);

/* LT_DATA unless an image may have these sides. */
int lt_image_check(uint64_t width, uint64_t height, uint64_t max_pixels, struct lt_error *err);
/* Gives the image its sides and channels (1 or 3) and memory for them; the pixels are then
 * undefined. */
int lt_image_shape(struct lt_image *image, uint64_t width, uint64_t height, int channels,
		   uint64_t max_pixels, struct lt_error *err);

/*
 * For decoders, after setting all of image->facts except format, with the sides as
 * stored: checks the sides and, unless how->header_only, shapes the image in the size
 * of how->reduce.
 */
int lt_image_begin(struct lt_image *image, int channels, const struct lt_image_how *how,
		   struct lt_error *err);

/*
 * To 1 or 3 channels in place.  Grey from colour is ITU-R BT.601 luma in
 * integers: (19595 R + 38470 G + 7471 B + 32768) >> 16.
 */
int lt_image_set_channels(struct lt_image *image, int channels, struct lt_error *err);

/*
 * The shorter side to size pixels and the longer in proportion (rounded down),
 * then the centre size × size (from pixel ⌊(side - size) / 2⌋ on).  *out and
 * *image must be two images; channels are kept.
 *
 * Bilinear; when shrinking, the triangle is widened by the scale, so that all pixels
 * contribute (Pillow's BILINEAR).  Horizontal resizing, rounded to bytes, comes before
 * vertical resizing.  Weights are integers over 2^22, computed by integer division, so
 * that the result is the same on every machine.
 */
int lt_image_resize(struct lt_image *out, const struct lt_image *image, uint32_t size,
		    struct lt_error *err);
/* The same, but scales the shorter side to shorter pixels, at least size, before cropping. */
int lt_image_fit(struct lt_image *out, const struct lt_image *image, uint32_t shorter,
		 uint32_t size, struct lt_error *err);
/* Scales the shorter side to that many pixels without cropping. */
int lt_image_scale(struct lt_image *out, const struct lt_image *image, uint32_t shorter,
		   struct lt_error *err);

/* A box within an image. */
struct lt_image_box {
	uint32_t top, left, height, width;
};
/* Crops to the box and resizes it to size × size in the same way, without keeping its
 * proportions. */
int lt_image_cut(struct lt_image *out, const struct lt_image *image,
		 const struct lt_image_box *box, uint32_t size, struct lt_error *err);
/* Mirrors the image left to right. */
void lt_image_flip(struct lt_image *image);

/* Appends the image as a PNG file.  With the same build, equal pixels give equal bytes. */
int lt_image_to_png(const struct lt_image *image, struct lt_buffer *out, struct lt_error *err);

/* Appends the image as a JPEG file of this quality (1 … 100), without chroma subsampling. */
int lt_image_to_jpeg(const struct lt_image *image, int quality, struct lt_buffer *out,
		     struct lt_error *err);

void lt_image_free(struct lt_image *image);

/* Whether the bytes (at least 16, if the file has as many) begin like an image. */
bool lt_image_is_known(const void *bytes, size_t n);
/* Whether they begin like a JPEG or PNG image, as in a column of encoded images. */
bool lt_image_is_encoded(const void *bytes, size_t n);

/*
 * The decoders, one source file each.  probe checks the first bytes.  decode sets
 * image->facts, calls lt_image_begin, and returns if how->header_only.  Before that,
 * facts are zero, except for format and an orientation of 1; greatest is 0.
 */
struct lt_image_codec {
	const char *name;
	bool (*probe)(const uint8_t *bytes, size_t n);
	int (*decode)(struct lt_image *image, const uint8_t *bytes, size_t n,
		      const struct lt_image_how *how, struct lt_error *err);
	/* Whether samples may have more than 8 bits; NULL: never. */
	bool (*deep)(const uint8_t *bytes, size_t n);
	bool reduces; /* supports how->reduce */
	bool apart;   /* decoded in a child process if the caller has one */
	/* The library that this build lacks, so that decode is missing too; or NULL. */
	const char *missing;
};

extern const struct lt_image_codec lt_image_jpeg, lt_image_png, lt_image_ppm, lt_image_bmp,
	lt_image_webp, lt_image_tiff, lt_image_gif;

#endif
