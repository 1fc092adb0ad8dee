/*
 * Fuzz target: the bytes as an image of any format, and what becomes of it.
 */
#include "kit.h"

#include "data/image.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lt_image image = {0}, small = {0};
	/* In this process, where the sanitizers see it. */
	const struct lt_image_how how = {
		.max_pixels = MAX_PIXELS,
		.as_stored = size % 3 == 0,
		.has_background = size % 5 < 2,
		.background = {255, (uint8_t)(size % 5), 0},
		.high = size % 7 == 0 ? 4095 : 0,
	};
	struct lt_error err;
	int code = lt_image_decode(&image, data, size, &how, &err);

	if (code)
		check_refusal(code, &err);
	if (code == 0) {
		look_at(&image);
		if (lt_image_resize(&small, &image, 1 + (uint32_t)(size % 40), &err) == 0) {
			check(lt_image_set_channels(&small, size % 2 ? 1 : 3, &err) == 0);
			look_at(&small);
		}
	}
	lt_image_free(&image);
	lt_image_free(&small);
	return 0;
}
