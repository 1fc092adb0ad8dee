/*
 * BMP, without a library: headers of 12 bytes (OS/2) and of 40 and more (Windows), 1, 4, 8, 16,
 * 24 and 32 bits per pixel, palettes, bit fields (their alpha, too) and run lengths, from the
 * bottom up or from the top down.  Source: [MS-WMF] 2.2.2 and Microsoft's pages on
 * BITMAPINFOHEADER and "Bitmap Compression".
 *
 * Components of a bit field are spread to 0 … 255, rounded to the nearest.  A
 * palette index without an entry is black.  Pixels that run lengths skip have the
 * palette's colour 0; a file that ends before its last row is an error.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/pixels.h"

enum { RGB, RLE8, RLE4, FIELDS, ALPHA_FIELDS = 6 };

struct bmp {
	const uint8_t *bytes;
	size_t n, at; /* at: where the pixels begin */
	uint32_t width, height, bits, kind;
	bool down;	  /* from the top down */
	uint32_t mask[4]; /* red, green, blue, alpha */
	uint8_t palette[256][3];
};

static uint32_t u16(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t u32(const uint8_t *at)
{
	return u16(at) | u16(at + 2) << 16;
}

static int damaged(struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "damaged header of a BMP image");
}

static int truncated(struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "truncated BMP image");
}

/* ------------------------------------------------------------------ the header */

static bool good_kind(const struct bmp *bmp)
{
	switch (bmp->kind) {
	case RGB:
		return bmp->bits == 1 || bmp->bits == 4 || bmp->bits == 8 || bmp->bits == 16 ||
		       bmp->bits == 24 || bmp->bits == 32;
	case RLE8:
		return bmp->bits == 8 && !bmp->down;
	case RLE4:
		return bmp->bits == 4 && !bmp->down;
	case FIELDS:
	case ALPHA_FIELDS:
		return bmp->bits == 16 || bmp->bits == 32;
	default:
		return false;
	}
}

/*
 * Masks follow a header of 40 bytes or are inside a longer one; *behind counts those that
 * follow.
 */
static int read_masks(struct bmp *bmp, const uint8_t *header, size_t size, size_t *behind,
		      struct lt_error *err)
{
	size_t masks = bmp->kind == ALPHA_FIELDS || size >= 56 ? 4 : 3, i;
	static const uint32_t usual[2][3] = {{0x7c00, 0x3e0, 0x1f}, {0xff0000, 0xff00, 0xff}};

	memcpy(bmp->mask, usual[bmp->bits == 32], sizeof usual[0]);
	if (bmp->kind != FIELDS && bmp->kind != ALPHA_FIELDS)
		return 0;
	if (size < 40 + 4 * masks)
		*behind = 40 + 4 * masks - size;
	if (14 + 40 + 4 * masks > bmp->n)
		return truncated(err);
	for (i = 0; i < masks; i++)
		bmp->mask[i] = u32(header + 40 + 4 * i);
	return 0;
}

/* Reads the palette; newer files have four bytes per entry, older ones three. */
static void read_palette(struct bmp *bmp, size_t at, uint32_t colours, size_t entry)
{
	uint32_t i, c;

	for (i = 0; i < colours && i < 1u << bmp->bits; i++, at += entry) {
		if (at > bmp->n || bmp->n - at < 3)
			return;
		for (c = 0; c < 3; c++)
			bmp->palette[i][c] = bmp->bytes[at + 2 - c];
	}
}

static void read_old_sides(struct bmp *bmp, const uint8_t *header)
{
	bmp->width = u16(header + 4);
	bmp->height = u16(header + 6);
	bmp->bits = u16(header + 10);
	bmp->kind = RGB;
}

static int read_sides(struct bmp *bmp, const uint8_t *header, struct lt_error *err)
{
	bmp->width = u32(header + 4);
	bmp->height = u32(header + 8);
	bmp->bits = u16(header + 14);
	bmp->kind = u32(header + 16);
	bmp->down = bmp->height >> 31;
	if (bmp->down)
		bmp->height = 0 - bmp->height;
	return bmp->width >> 31 ? damaged(err) : 0;
}

static int read_header(struct bmp *bmp, struct lt_error *err)
{
	const uint8_t *header = bmp->bytes + 14;
	size_t size, behind = 0;
	uint32_t colours = 0;
	int status = 0;

	if (bmp->n < 14 + 12)
		return truncated(err);
	bmp->at = u32(bmp->bytes + 10);
	size = u32(header);
	if (size != 12 && (size < 40 || size > 124))
		return damaged(err);
	if (size > bmp->n - 14)
		return truncated(err);
	if (size == 12)
		read_old_sides(bmp, header);
	else
		status = read_sides(bmp, header, err);
	if (status)
		return status;
	if (!good_kind(bmp))
		return lt_fail(err, LT_DATA,
			       "a BMP image of %u bits a pixel and compression %u is not "
			       "supported",
			       (unsigned)bmp->bits, (unsigned)bmp->kind);
	status = read_masks(bmp, header, size, &behind, err);
	if (status || bmp->bits > 8)
		return status;
	if (size > 12)
		colours = u32(header + 32);
	read_palette(bmp, 14 + size + behind, colours ? colours : 256, size == 12 ? 3 : 4);
	return 0;
}

/* ------------------------------------------------------------------ rows */

static uint8_t component(uint32_t pixel, uint32_t mask)
{
	uint64_t most, value;
	int shift;

	if (mask == 0)
		return 0;
	shift = __builtin_ctz(mask);
	most = mask >> shift;
	value = (pixel & mask) >> shift;
	return (uint8_t)((value * 255 + most / 2) / most);
}

static void put_fields(const struct bmp *bmp, const uint8_t *from, uint8_t *to, bool alpha)
{
	uint32_t x, pixel;
	int c;

	for (x = 0; x < bmp->width; x++, from += bmp->bits / 8) {
		pixel = bmp->bits == 16 ? u16(from) : u32(from);
		for (c = 0; c < 3 + alpha; c++)
			*to++ = component(pixel, bmp->mask[c]);
	}
}

static void put_indices(const struct bmp *bmp, const uint8_t *from, uint8_t *to)
{
	uint32_t per = 8 / bmp->bits, x, shift, index;

	for (x = 0; x < bmp->width; x++, to += 3) {
		shift = 8 - bmp->bits * (x % per + 1);
		index = (uint32_t)from[x / per] >> shift & ((1u << bmp->bits) - 1);
		memcpy(to, bmp->palette[index], 3);
	}
}

static void put_triples(const struct bmp *bmp, const uint8_t *from, uint8_t *to)
{
	uint32_t x;

	for (x = 0; x < bmp->width; x++, from += 3, to += 3) {
		to[0] = from[2];
		to[1] = from[1];
		to[2] = from[0];
	}
}

static void read_rows(const struct bmp *bmp, struct lt_image *image, uint8_t *row,
		      const struct lt_samples *samples, const struct lt_image_how *how)
{
	size_t stride = ((size_t)bmp->width * bmp->bits + 31) / 32 * 4;
	const uint8_t *from = bmp->bytes + bmp->at;
	uint32_t i;

	for (i = 0; i < bmp->height; i++, from += stride) {
		if (bmp->bits <= 8)
			put_indices(bmp, from, row);
		else if (bmp->bits == 24)
			put_triples(bmp, from, row);
		else
			put_fields(bmp, from, row, samples->alpha);
		lt_samples_put(image, 0, bmp->down ? i : bmp->height - 1 - i, row, bmp->width,
			       samples, how);
		/* The last row may lack its padding. */
		if (i + 1 == bmp->height)
			break;
	}
}

static int read_plain(const struct bmp *bmp, struct lt_image *image,
		      const struct lt_image_how *how, struct lt_error *err)
{
	struct lt_samples samples = {3, image->facts.alpha, false, 255};
	uint8_t *row = lt_new_array(bmp->width, 4);

	if (!row)
		return lt_fail_memory(err);
	read_rows(bmp, image, row, &samples, how);
	lt_free(row);
	return 0;
}

/* Are the bytes of all rows there?  Tested before anything is allocated. */
static bool has_rows(const struct bmp *bmp)
{
	uint64_t stride = ((uint64_t)bmp->width * bmp->bits + 31) / 32 * 4;
	uint64_t last = ((uint64_t)bmp->width * bmp->bits + 7) / 8;

	if (bmp->at > bmp->n || bmp->height == 0)
		return false;
	return (bmp->n - bmp->at) / stride >= bmp->height ||
	       stride * (bmp->height - 1) + last <= bmp->n - bmp->at;
}

/* ------------------------------------------------------------------ run lengths */

struct pen {
	struct lt_image *image;
	const struct bmp *bmp;
	uint32_t x, y; /* y from the bottom */
};

static bool put_index(struct pen *pen, uint32_t index)
{
	if (pen->x >= pen->bmp->width || pen->y >= pen->bmp->height)
		return false;
	memcpy(pen->image->pixels +
		       3 * ((size_t)(pen->bmp->height - 1 - pen->y) * pen->bmp->width + pen->x),
	       pen->bmp->palette[index], 3);
	pen->x++;
	return true;
}

/* A run: the index of one byte, or its two halves alternately. */
static bool put_run(struct pen *pen, uint32_t count, uint32_t value)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (!put_index(pen, pen->bmp->bits == 8 ? value
				    : i % 2		? value & 15
							: value >> 4))
			return false;
	return true;
}

/* Copies count indices, padded to 16 bits; returns their bytes, 0 on failure. */
static size_t put_literal(struct pen *pen, uint32_t count, const uint8_t *from, size_t left)
{
	size_t bytes = pen->bmp->bits == 8 ? count : (count + 1) / 2, i;

	if (left < bytes)
		return 0;
	for (i = 0; i < bytes; i++)
		if (!put_run(pen,
			     pen->bmp->bits == 8	    ? 1
			     : count - 2 * (uint32_t)i >= 2 ? 2
							    : 1,
			     from[i]))
			return 0;
	return bytes + bytes % 2 <= left ? bytes + bytes % 2 : bytes;
}

/*
 * Is the picture complete at the end of its data?  Rows above the current one would have no
 * data.
 */
static bool is_whole(const struct pen *pen)
{
	return pen->y >= pen->bmp->height ||
	       (pen->y == pen->bmp->height - 1 && pen->x == pen->bmp->width);
}

static int read_runs(const struct bmp *bmp, struct lt_image *image, struct lt_error *err)
{
	struct pen pen = {image, bmp, 0, 0};
	const uint8_t *at = bmp->bytes + bmp->at, *end = bmp->bytes + bmp->n;
	size_t taken;

	while (end - at >= 2) {
		taken = 2;
		if (at[0] > 0) {
			if (!put_run(&pen, at[0], at[1]))
				break;
		} else if (at[1] == 0) {
			pen.x = 0;
			pen.y++;
		} else if (at[1] == 1) {
			return is_whole(&pen) ? 0 : truncated(err);
		} else if (at[1] == 2) {
			if (end - at < 4)
				return truncated(err);
			pen.x += at[2];
			pen.y += at[3];
			taken = 4;
		} else {
			taken = put_literal(&pen, at[1], at + 2, (size_t)(end - at) - 2);
			if (taken == 0)
				break;
			taken += 2;
		}
		if (pen.x > bmp->width || pen.y > bmp->height)
			break;
		at += taken;
	}
	/* Some writers omit the end mark. */
	if (end - at < 2 && is_whole(&pen))
		return 0;
	return end - at < 2 ? truncated(err)
			    : lt_fail(err, LT_DATA, "damaged run lengths of a BMP image");
}

/* ------------------------------------------------------------------ the codec */

static bool probe(const uint8_t *bytes, size_t n)
{
	/* Text can begin with "BM", so the header's size must be a known one. */
	return n >= 16 && bytes[0] == 'B' && bytes[1] == 'M' && bytes[15] == 0 &&
	       (bytes[14] == 12 || bytes[14] >= 40) && bytes[14] <= 124;
}

static void set_facts(const struct bmp *bmp, struct lt_image_facts *facts)
{
	unsigned bits;
	int c;

	facts->width = bmp->width;
	facts->height = bmp->height;
	if (bmp->bits <= 8) {
		facts->mode = LT_MODE_PALETTE;
		facts->bits = bmp->bits;
		return;
	}
	facts->mode = LT_MODE_COLOUR;
	facts->alpha = bmp->mask[3] != 0;
	for (c = 0; c < 3; c++) {
		bits = bmp->bits == 24 ? 8 : (unsigned)__builtin_popcount(bmp->mask[c]);
		if (bits > facts->bits)
			facts->bits = bits;
	}
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	struct bmp bmp = {.bytes = bytes, .n = n};
	bool runs;
	size_t i, pixels;
	int status = read_header(&bmp, err);

	if (status)
		return status;
	runs = bmp.kind == RLE8 || bmp.kind == RLE4;
	if (bmp.width && bmp.height && !runs && bmp.width <= LT_MAX_SIDE &&
	    bmp.height <= LT_MAX_SIDE && (uint64_t)bmp.width * bmp.height <= how->max_pixels &&
	    !has_rows(&bmp))
		return truncated(err);
	if (bmp.at > n)
		return truncated(err);
	set_facts(&bmp, &image->facts);
	status = lt_image_begin(image, 3, how, err);
	if (status || how->header_only)
		return status;
	if (!runs)
		return read_plain(&bmp, image, how, err);
	pixels = (size_t)bmp.width * bmp.height;
	for (i = 0; i < pixels; i++)
		memcpy(image->pixels + 3 * i, bmp.palette[0], 3);
	return read_runs(&bmp, image, err);
}

const struct lt_image_codec lt_image_bmp = {.name = "BMP", .probe = probe, .decode = decode};
