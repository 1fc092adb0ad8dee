#include "data/source.h"

#include <inttypes.h>
#include <stdio.h>

#include "image/budget.h"

void lt_source_room_free(struct lt_source_room *room)
{
	lt_buffer_free(&room->bytes);
	lt_image_free(&room->picture);
	lt_image_free(&room->image);
}

/* ------------------------------------------------------------------------- pixels */

static int pixels_row(const struct lt_source *source, uint64_t i,
		      const struct lt_choice *choice, struct lt_source_room *room,
		      const uint8_t **pixels, struct lt_error *err)
{
	size_t bytes =
		(size_t)source->height * (size_t)source->width * (size_t)source->channels;

	(void)choice;
	(void)room;
	(void)err;
	*pixels = (const uint8_t *)source->data + (size_t)i * bytes;
	return 0;
}

struct lt_source lt_source_pixels(const char *name, uint64_t n, int height, int width,
				  int channels, const uint8_t *pixels)
{
	return (struct lt_source){.name = name,
				  .n = n,
				  .height = height,
				  .width = width,
				  .channels = channels,
				  .data = pixels,
				  .row = pixels_row};
}

static int pixel_cell(const struct lt_source *source, uint64_t i,
		      const struct lt_choice *choice, struct lt_source_room *room,
		      const uint8_t **pixels, struct lt_error *err)
{
	(void)choice;
	(void)room;
	(void)err;
	*pixels = ((const struct lt_cell *)source->data)[i].bytes;
	return 0;
}

struct lt_source lt_source_pixel_cells(const char *name, uint64_t n, int height, int width,
				       int channels, const struct lt_cell *cell)
{
	struct lt_source source = lt_source_pixels(name, n, height, width, channels, NULL);

	source.data = cell;
	source.row = pixel_cell;
	return source;
}

/* ------------------------------------------------------------------------ encoded */

/*
 * A thread keeps the memory of a decoded picture for the next one, up to this many bytes.
 * They are not part of the budget; without the limit, each thread could keep the memory of
 * a very large picture.
 */
#define KEPT ((size_t)16 << 20)

/* Cuts the given part out of room->picture and makes it room->image, size × size in colour. */
static int cut_picture(struct lt_source_room *room, const struct lt_cut *cut, uint32_t size,
		       struct lt_error *err)
{
	const struct lt_image_box box = {(uint32_t)cut->top, (uint32_t)cut->left,
					 (uint32_t)cut->height, (uint32_t)cut->width};
	int code = cut->box ? lt_image_cut(&room->image, &room->picture, &box, size, err)
			    : lt_image_fit(&room->image, &room->picture,
					   lt_augment_shorter((int)size), size, err);

	if (code == 0)
		code = lt_image_set_channels(&room->image, 3, err);
	if (code == 0 && cut->flip)
		lt_image_flip(&room->image);
	return code;
}

/* The factor by which a picture may be decoded smaller without losing pixels of the image. */
static unsigned reduction(const struct lt_cut *cut, int size)
{
	int shorter = cut->height < cut->width ? cut->height : cut->width;
	unsigned by = 8;

	while (cut->box && by > 1 && shorter / (int)by < size)
		by /= 2;
	return cut->box && by > 1 ? by : 0;
}

/* Divides the borders of a part by `by`, rounded to the nearest, within `sides` pixels. */
static void reduce_span(int *first, int *count, int by, int sides)
{
	int end = (*first + *count + by / 2) / by;

	*first = (*first + by / 2) / by;
	if (end > sides)
		end = sides;
	*count = end - *first;
}

/* Converts a cut for a picture that was decoded at a smaller size than facts has. */
static void reduce_cut(struct lt_cut *cut, const struct lt_image *picture, unsigned by)
{
	if (by == 0 || picture->width == picture->facts.width)
		return;
	reduce_span(&cut->top, &cut->height, (int)by, (int)picture->height);
	reduce_span(&cut->left, &cut->width, (int)by, (int)picture->width);
}

/* Decodes a part of a picture into room->image. */
static int decode_part(const struct lt_source *source, const void *bytes, size_t n,
		       struct lt_cut *cut, const struct lt_image_how *how,
		       struct lt_source_room *room, struct lt_error *err)
{
	int code = lt_image_decode(&room->picture, bytes, n, how, err);

	if (code == 0) {
		reduce_cut(cut, &room->picture, how->reduce);
		code = cut_picture(room, cut, (uint32_t)source->height, err);
	}
	if (room->picture.room > KEPT)
		lt_image_free(&room->picture);
	return code;
}

static int decode(const struct lt_source *source, const void *bytes, size_t n,
		  const struct lt_choice *choice, struct lt_source_room *room,
		  struct lt_error *err)
{
	struct lt_image_how how = {.max_pixels = LT_MAX_PIXELS};
	struct lt_image_facts facts;
	struct lt_cut cut = {0};
	uint64_t needs;
	int code;

	if (!lt_image_is_encoded(bytes, n))
		return lt_fail(err, LT_DATA, "neither a JPEG nor a PNG image");
	code = lt_image_look(&facts, bytes, n, &how, err);
	if (code != 0)
		return code;
	choice->choose(choice->arg, (int)facts.height, (int)facts.width, &cut);
	how.reduce = reduction(&cut, source->height);
	needs = lt_image_bytes(&facts, &how);
	lt_budget_claim(needs);
	code = decode_part(source, bytes, n, &cut, &how, room, err);
	lt_budget_return(needs);
	return code;
}

/*
 * Decodes the bytes of a row, unless code and err report that they could not be read.
 * Errors name the row.
 */
static int encoded_row(const struct lt_source *source, uint64_t i, int code, const void *bytes,
		       size_t n, const struct lt_choice *choice, struct lt_source_room *room,
		       const uint8_t **pixels, struct lt_error *err)
{
	struct lt_error why;

	if (code == 0)
		code = decode(source, bytes, n, choice, room, &why);
	else
		why = *err;
	*pixels = room->image.pixels;
	return code == 0 ? 0
			 : lt_fail(err, code, "%s: row %" PRIu64 ": %s", source->name,
				   source->first + i, why.text);
}

static int table_row(const struct lt_source *source, uint64_t i, const struct lt_choice *choice,
		     struct lt_source_room *room, const uint8_t **pixels, struct lt_error *err)
{
	const uint8_t *bytes = NULL;
	size_t n = 0;
	int code = lt_encoded_get(source->data, i, &room->bytes, &bytes, &n, err);

	return encoded_row(source, i, code, bytes, n, choice, room, pixels, err);
}

static void expect_row(const struct lt_source *source, uint64_t i)
{
	lt_encoded_expect(source->data, i);
}

static struct lt_source of_pictures(const char *name, uint64_t n, int size)
{
	return (struct lt_source){
		.name = name, .n = n, .height = size, .width = size, .channels = 3};
}

struct lt_source lt_source_encoded(const char *name, int size,
				   const struct lt_encoded *pictures)
{
	struct lt_source source = of_pictures(name, pictures->n, size);

	source.data = pictures;
	source.row = table_row;
	source.expect = pictures->spooled ? expect_row : NULL;
	return source;
}

static int encoded_cell(const struct lt_source *source, uint64_t i,
			const struct lt_choice *choice, struct lt_source_room *room,
			const uint8_t **pixels, struct lt_error *err)
{
	const struct lt_cell *cell = (const struct lt_cell *)source->data + i;

	return encoded_row(source, i, 0, cell->bytes, cell->n, choice, room, pixels, err);
}

struct lt_source lt_source_encoded_cells(const char *name, uint64_t first, uint64_t n, int size,
					 const struct lt_cell *cell)
{
	struct lt_source source = of_pictures(name, n, size);

	source.first = first;
	source.data = cell;
	source.row = encoded_cell;
	return source;
}
