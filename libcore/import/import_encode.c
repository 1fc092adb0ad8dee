/*
 * --encoded: the image of a row as the bytes of a JPEG or PNG file.
 */
#include "import/import.h"

/* For the JPEGs that --size makes: little loss, and no chroma subsampling. */
#define QUALITY 95

static bool has_size(const struct lt_import *import, const struct lt_image *image)
{
	uint32_t shorter = image->width < image->height ? image->width : image->height;

	return import->size == 0 || shorter <= import->size;
}

/* Would the file, decoded without any option, give the pixels that are wanted? */
static bool is_as_wanted(const struct lt_import *import, const struct lt_image *image,
			 const void *file, size_t n)
{
	const struct lt_image_facts *facts = &image->facts;

	return lt_image_is_encoded(file, n) && has_size(import, image) && facts->bits <= 8 &&
	       !(facts->alpha && import->has_background) &&
	       !(facts->orientation != 1 && import->as_stored);
}

static int scale(const struct lt_import *import, struct lt_image *image, struct lt_image *room,
		 struct lt_error *err)
{
	struct lt_image swap;
	int status;

	if (has_size(import, image))
		return 0;
	status = lt_image_scale(room, image, import->size, err);
	swap = *image;
	*image = *room;
	*room = swap;
	return status;
}

int lt_import_encode(const struct lt_import *import, struct lt_image *image,
		     struct lt_image *room, const void *file, size_t n, struct lt_buffer *out,
		     struct lt_error *err)
{
	bool as_is = is_as_wanted(import, image, file, n);
	int status = as_is ? 0 : scale(import, image, room, err);

	out->size = 0;
	if (status)
		return status;
	if ((uint64_t)image->width * image->height > LT_MAX_PIXELS)
		return lt_fail(err, LT_DATA,
			       "more pixels than learning programs decode; --size S makes the "
			       "shorter side S");
	if (as_is)
		return 0;
	return import->size ? lt_image_to_jpeg(image, QUALITY, out, err)
			    : lt_image_to_png(image, out, err);
}
