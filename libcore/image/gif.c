/*
 * GIF by giflib; only this file includes it.  Decodes the first image on the screen
 * described by the header, as in GIF89a.  Transparent pixels, and pixels of the screen
 * outside the image, get the given background.  Without one, transparent pixels keep
 * their palette colour, and pixels outside get the transparent index, or index 0 if
 * there is none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/pixels.h"

static bool probe(const uint8_t *bytes, size_t n)
{
	return n >= 6 && (memcmp(bytes, "GIF87a", 6) == 0 || memcmp(bytes, "GIF89a", 6) == 0);
}

#ifdef LT_HAVE_GIF

#include <gif_lib.h>

struct source {
	const uint8_t *at;
	size_t left;
};

/* The state of giflib and of this file. */
struct session {
	GifFileType *file;
	const struct lt_image_how *how;
	const ColorMapObject *map;
	int transparent; /* -1: none */
	uint8_t *row;	 /* indices, followed by the RGBA of each */
};

static int on_read(GifFileType *file, GifByteType *to, int n)
{
	struct source *source = file->UserData;
	size_t take = (size_t)n < source->left ? (size_t)n : source->left;

	memcpy(to, source->at, take);
	source->at += take;
	source->left -= take;
	return (int)take;
}

static int failed(const GifFileType *file, int code, struct lt_error *err)
{
	const char *why = GifErrorString(file ? file->Error : code);

	if ((file ? file->Error : code) == D_GIF_ERR_NOT_ENOUGH_MEM)
		return lt_fail_memory(err);
	return lt_fail(err, LT_DATA, "damaged GIF image: %s", why ? why : "truncated");
}

/* The transparent index of an extension block, if it is of that kind. */
static int read_extension(struct session *session, struct lt_error *err)
{
	GifByteType *block;
	GraphicsControlBlock control;
	int kind;

	if (DGifGetExtension(session->file, &kind, &block) != GIF_OK)
		return failed(session->file, 0, err);
	if (kind == GRAPHICS_EXT_FUNC_CODE && block && block[0] == 4 &&
	    DGifExtensionToGCB(4, block + 1, &control) == GIF_OK)
		session->transparent = control.TransparentColor;
	while (block)
		if (DGifGetExtensionNext(session->file, &block) != GIF_OK)
			return failed(session->file, 0, err);
	return 0;
}

/* Advances to the first image. */
static int find_image(struct session *session, struct lt_error *err)
{
	GifRecordType record;
	int status;

	for (;;) {
		if (DGifGetRecordType(session->file, &record) != GIF_OK)
			return failed(session->file, 0, err);
		if (record == TERMINATE_RECORD_TYPE)
			return lt_fail(err, LT_DATA, "a GIF file without an image");
		if (record == IMAGE_DESC_RECORD_TYPE)
			break;
		status = read_extension(session, err);
		if (status)
			return status;
	}
	if (DGifGetImageDesc(session->file) != GIF_OK)
		return failed(session->file, 0, err);
	session->map = session->file->Image.ColorMap ? session->file->Image.ColorMap
						     : session->file->SColorMap;
	return session->map ? 0 : lt_fail(err, LT_DATA, "a GIF image without a palette");
}

static void look_up(const struct session *session, int index, uint8_t rgba[4])
{
	const GifColorType *colour;

	memset(rgba, 0, 3);
	rgba[3] = index == session->transparent ? 0 : 255;
	if (index >= session->map->ColorCount)
		return;
	colour = &session->map->Colors[index];
	rgba[0] = colour->Red;
	rgba[1] = colour->Green;
	rgba[2] = colour->Blue;
}

static const struct lt_samples colours = {3, true, false, 255};

static void fill(const struct session *session, struct lt_image *image)
{
	size_t n = (size_t)image->width * image->height, i;
	uint8_t rgba[4];

	lt_image_blank(image, session->how);
	if (session->how->has_background)
		return;
	look_up(session, session->transparent >= 0 ? session->transparent : 0, rgba);
	for (i = 0; i < n; i++)
		memcpy(image->pixels + 3 * i, rgba, 3);
}

static int read_row(struct session *session, struct lt_image *image, uint32_t y,
		    struct lt_error *err)
{
	const GifImageDesc *desc = &session->file->Image;
	uint8_t *indices = session->row, *rgba = session->row + desc->Width;
	int x;

	if (DGifGetLine(session->file, indices, desc->Width) != GIF_OK)
		return failed(session->file, 0, err);
	for (x = 0; x < desc->Width; x++)
		look_up(session, indices[x], rgba + 4 * (size_t)x);
	lt_samples_put(image, (uint32_t)desc->Left, (uint32_t)desc->Top + y, rgba,
		       (uint32_t)desc->Width, &colours, session->how);
	return 0;
}

/* Interlaced rows come in four passes. */
static int read_rows(struct session *session, struct lt_image *image, struct lt_error *err)
{
	static const uint32_t first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
	uint32_t height = (uint32_t)session->file->Image.Height, y;
	bool interlaced = session->file->Image.Interlace;
	int pass, status = 0;

	for (pass = 0; pass < (interlaced ? 4 : 1) && status == 0; pass++)
		for (y = interlaced ? first[pass] : 0; y < height && status == 0;
		     y += interlaced ? step[pass] : 1)
			status = read_row(session, image, y, err);
	return status;
}

/*
 * The screen, whose sides have 16 bits.  An image that extends beyond it enlarges it, as in
 * browsers.
 */
static void set_facts(const struct session *session, struct lt_image_facts *facts)
{
	const GifImageDesc *desc = &session->file->Image;

	facts->width = (uint32_t)desc->Left + (uint32_t)desc->Width;
	facts->height = (uint32_t)desc->Top + (uint32_t)desc->Height;
	if (session->file->SWidth > 0 && (uint32_t)session->file->SWidth > facts->width)
		facts->width = (uint32_t)session->file->SWidth;
	if (session->file->SHeight > 0 && (uint32_t)session->file->SHeight > facts->height)
		facts->height = (uint32_t)session->file->SHeight;
	facts->mode = LT_MODE_PALETTE;
	facts->bits = (unsigned)session->map->BitsPerPixel;
	facts->alpha = session->transparent >= 0;
}

/* Skips the first image's pixels without decoding them; false: they are truncated. */
static bool skip_pixels(struct session *session)
{
	GifByteType *block;
	int size;

	if (DGifGetCode(session->file, &size, &block) != GIF_OK)
		return false;
	while (block)
		if (DGifGetCodeNext(session->file, &block) != GIF_OK)
			return false;
	return true;
}

/* Does another image follow the pixels?  Damage there does not affect the first image. */
static bool has_more(struct session *session)
{
	GifRecordType record;
	struct lt_error ignored;

	while (DGifGetRecordType(session->file, &record) == GIF_OK &&
	       record != TERMINATE_RECORD_TYPE) {
		if (record == IMAGE_DESC_RECORD_TYPE)
			return true;
		if (read_extension(session, &ignored))
			return false;
	}
	return false;
}

static int decode_with(struct session *session, struct lt_image *image, struct lt_error *err)
{
	const GifImageDesc *desc = &session->file->Image;
	int status = find_image(session, err);

	if (status)
		return status;
	if (desc->Width <= 0 || desc->Height <= 0 || desc->Left < 0 || desc->Top < 0)
		return lt_fail(err, LT_DATA, "the image has no pixels");
	set_facts(session, &image->facts);
	status = lt_image_begin(image, 3, session->how, err);
	if (status)
		return status;
	if (session->how->header_only) {
		if (!skip_pixels(session))
			return lt_fail(err, LT_DATA, "truncated GIF image");
		image->facts.more = has_more(session);
		return 0;
	}
	session->row = lt_new_array((size_t)desc->Width, 5);
	if (!session->row)
		return lt_fail_memory(err);
	fill(session, image);
	status = read_rows(session, image, err);
	if (status == 0)
		image->facts.more = has_more(session);
	return status;
}

static int decode(struct lt_image *image, const uint8_t *bytes, size_t n,
		  const struct lt_image_how *how, struct lt_error *err)
{
	struct source source = {bytes, n};
	struct session session = {.how = how, .transparent = -1};
	int code = 0, status;

	session.file = DGifOpen(&source, on_read, &code);
	if (!session.file)
		return failed(NULL, code, err);
	status = decode_with(&session, image, err);
	lt_free(session.row);
	DGifCloseFile(session.file, &code);
	return status;
}

const struct lt_image_codec lt_image_gif = {
	.name = "GIF", .probe = probe, .decode = decode, .apart = true};

#else

const struct lt_image_codec lt_image_gif = {.name = "GIF", .probe = probe, .missing = "giflib"};

#endif
