/*
 * Fuzz target: the bytes as an image of any format, its facts from the header, and its
 * conversions.
 */
#include "kit.h"

#include "image/image.h"

#define MAX_PIXELS 250000

static void look_at(const struct lt_image *image)
{
	size_t n = (size_t)image->height * image->width * (size_t)image->channels, i;
	volatile uint8_t last = 0;

	check(image->height > 0 && image->width > 0 &&
	      (uint64_t)image->height * image->width <= MAX_PIXELS);
	check(image->channels == 1 || image->channels == 3);
	for (i = 0; i < n; i++)
		last = image->pixels[i];
	(void)last;
}

/* A decoded image must also have a valid header with the same facts. */
static void check_look(const uint8_t *data, size_t size, const struct lt_image_how *how,
		       const struct lt_image *image)
{
	const struct lt_image_facts *of = &image->facts;
	struct lt_image_facts facts;
	struct lt_error err;

	check(lt_image_look(&facts, data, size, how, &err) == 0);
	check(facts.width == image->width && facts.height == image->height);
	check(facts.format == of->format && facts.width == of->width &&
	      facts.height == of->height && facts.mode == of->mode && facts.bits == of->bits &&
	      facts.alpha == of->alpha && facts.more == of->more &&
	      facts.orientation == of->orientation);
	check(facts.mode < LT_MODES && facts.orientation >= 1 && facts.orientation <= 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lt_image image = {0}, small = {0};
	/* In this process, so that the sanitizers check it. */
	const struct lt_image_how how = {
		.max_pixels = MAX_PIXELS,
		.as_stored = size % 3 == 0,
		.has_background = size % 5 < 2,
		.background = {255, (uint8_t)(size % 5), 0},
		.high = size % 7 == 0 ? 4095 : 0,
	};
	struct lt_image_facts facts;
	struct lt_error err;
	int code = lt_image_look(&facts, data, size, &how, &err);

	if (code)
		check_refusal(code, &err);
	code = lt_image_decode(&image, data, size, &how, &err);
	if (code)
		check_refusal(code, &err);
	if (code == 0) {
		look_at(&image);
		check_look(data, size, &how, &image);
		if (lt_image_resize(&small, &image, 1 + (uint32_t)(size % 40), &err) == 0) {
			check(lt_image_set_channels(&small, size % 2 ? 1 : 3, &err) == 0);
			look_at(&small);
		}
	}
	lt_image_free(&image);
	lt_image_free(&small);
	return 0;
}
