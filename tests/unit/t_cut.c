/*
 * Parts of pictures: a box or the centre, resized, beside numbers of Pillow 13.0
 * (crop, then resize by BILINEAR; resize, then crop); mirroring; writing as JPEG.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check.h"
#include "image/image.h"

static struct lt_error trouble;

static void must(int code)
{
	if (code != 0) {
		printf("Bail out! code %d: %s\n", code, trouble.text);
		exit(1);
	}
}

static struct lt_image make(uint32_t width, uint32_t height, int channels)
{
	struct lt_image image = {0};
	uint8_t *to;

	must(lt_image_shape(&image, width, height, channels, LT_MAX_PIXELS, &trouble));
	to = image.pixels;
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			for (uint32_t c = 0; c < (uint32_t)channels; c++)
				*to++ = (uint8_t)(x * 37 + y * 91 + c * 53 + x * y * 7);
	return image;
}

/* Smooth, as photographs are: little is lost by JPEG. */
static struct lt_image make_smooth(uint32_t width, uint32_t height, int channels)
{
	struct lt_image image = make(width, height, channels);
	uint8_t *to = image.pixels;

	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			for (uint32_t c = 0; c < (uint32_t)channels; c++)
				*to++ = (uint8_t)(20 + 2 * x + (1 + c) * y);
	return image;
}

static bool is(const struct lt_image *image, uint32_t size, int channels, const uint8_t *want)
{
	return image->width == size && image->height == size && image->channels == channels &&
	       memcmp(image->pixels, want, (size_t)size * size * (size_t)channels) == 0;
}

/* ---------------------------------------------------------------------------- boxes */

/* crop((3, 2, 11, 7)).resize((3, 3)) and crop((5, 1, 8, 3)).resize((4, 4)). */
static const uint8_t smaller[27] = {152, 150, 137, 133, 120, 115, 115, 141, 144,
				    140, 137, 123, 137, 134, 125, 140, 138, 109,
				    126, 124, 111, 142, 143, 114, 126, 121, 98};
static const uint8_t larger[48] = {55,	108, 161, 83,  136, 189, 116, 169, 222, 143, 196, 249,
				   87,	140, 129, 116, 129, 158, 126, 139, 192, 114, 167, 220,
				   150, 203, 64,  181, 114, 95,	 145, 78,  131, 56,  109, 162,
				   181, 234, 31,  213, 106, 63,	 155, 48,  101, 27,  80,  133};

static void check_boxes(void)
{
	struct lt_image image = make(13, 9, 3), out = {0};
	struct lt_image_box box = {2, 3, 5, 8};

	must(lt_image_cut(&out, &image, &box, 3, &trouble));
	check_named(is(&out, 3, 3, smaller), "a box, made smaller");
	box = (struct lt_image_box){1, 5, 2, 3};
	must(lt_image_cut(&out, &image, &box, 4, &trouble));
	check_named(is(&out, 4, 3, larger), "a box, made larger");
	box = (struct lt_image_box){3, 4, 6, 6};
	must(lt_image_cut(&out, &image, &box, 6, &trouble));
	check_named(out.pixels[0] == image.pixels[(3 * 13 + 4) * 3] &&
			    out.pixels[107] == image.pixels[(8 * 13 + 9) * 3 + 2],
		    "a box of that size is copied, up to the last row");
	box = (struct lt_image_box){8, 12, 1, 1};
	must(lt_image_cut(&out, &image, &box, 5, &trouble));
	check_named(out.pixels[0] == image.pixels[(8 * 13 + 12) * 3] &&
			    out.pixels[74] == image.pixels[(8 * 13 + 12) * 3 + 2],
		    "the last pixel alone");
	lt_image_free(&image);
	lt_image_free(&out);
}

/* --------------------------------------------------------------------------- centre */

/*
 * The shorter side at size · 256 / 224, then the centre: Resize and CenterCrop of
 * torchvision, where those round an odd margin down.  The tall one was resized by Pillow
 * across and then down in two calls: in one call it goes down first where that is cheaper,
 * and bytes differ by 1.
 */
static const uint8_t tall[16] = {137, 123, 107, 90,  142, 98,  97,  97,
				 141, 154, 103, 105, 88,  128, 133, 113};
static const uint8_t wide[49] = {
	107, 127, 155, 178, 34,	 78,  100, 163, 100, 74,  125, 127, 178, 128, 90,  151, 145,
	169, 90,  115, 122, 155, 163, 129, 155, 131, 144, 129, 134, 150, 125, 161, 109, 84,
	162, 113, 111, 132, 186, 112, 134, 131, 88,  150, 104, 152, 152, 106, 168};

static void check_centre(void)
{
	struct lt_image image = make(9, 30, 1), out = {0}, same = {0};

	must(lt_image_fit(&out, &image, 5, 4, &trouble));
	check_named(is(&out, 4, 1, tall), "the centre of a tall picture");
	lt_image_free(&image);
	image = make(13, 9, 1);
	must(lt_image_fit(&out, &image, 8, 7, &trouble));
	check_named(is(&out, 7, 1, wide), "the centre of a wide one");
	must(lt_image_fit(&out, &image, 7, 7, &trouble));
	must(lt_image_resize(&same, &image, 7, &trouble));
	check_named(is(&out, 7, 1, same.pixels), "without a margin it is lt_image_resize");
	must(lt_image_scale(&out, &image, 6, &trouble));
	check_int(out.width, 8);
	check_int(out.height, 6);
	lt_image_free(&image);
	image = make(1, 300, 3);
	must(lt_image_fit(&out, &image, 8, 7, &trouble));
	check_named(out.width == 7 && out.height == 7, "a picture of one column");
	lt_image_free(&image);
	lt_image_free(&out);
	lt_image_free(&same);
}

/* ----------------------------------------------------------------------------- flip */

static void check_flip(void)
{
	bool good = true;

	for (uint32_t width = 1; width <= 6; width++)
		for (int channels = 1; channels <= 3; channels += 2) {
			struct lt_image image = make(width, 3, channels);
			struct lt_image flipped = make(width, 3, channels);
			size_t n = (size_t)channels;

			lt_image_flip(&flipped);
			for (size_t y = 0; y < 3; y++)
				for (size_t x = 0; x < width; x++)
					good = good &&
					       memcmp(flipped.pixels + (y * width + x) * n,
						      image.pixels +
							      (y * width + width - 1 - x) * n,
						      n) == 0;
			lt_image_free(&image);
			lt_image_free(&flipped);
		}
	check_named(good, "mirrored: widths 1 to 6, grey and colour");
}

/* ----------------------------------------------------------------------------- JPEG */

static const struct lt_image_how how = {.max_pixels = LT_MAX_PIXELS};

/* The start of frame's sampling factors; 0 where there is no such segment. */
static unsigned sampling(const struct lt_buffer *file, int component)
{
	const uint8_t *at = file->data;
	size_t i = 2, length;

	while (i + 4 <= file->size && at[i] == 0xff) {
		length = (size_t)at[i + 2] << 8 | at[i + 3];
		if (at[i + 1] >= 0xc0 && at[i + 1] <= 0xc2)
			return at[i + 11 + 3 * (size_t)component];
		i += 2 + length;
	}
	return 0;
}

static int furthest(const struct lt_image *a, const struct lt_image *b)
{
	size_t n = (size_t)a->width * a->height * (size_t)a->channels;
	int most = 0;

	if (a->width != b->width || a->height != b->height || a->channels != b->channels)
		return 255;
	for (size_t i = 0; i < n; i++)
		if (abs(a->pixels[i] - b->pixels[i]) > most)
			most = abs(a->pixels[i] - b->pixels[i]);
	return most;
}

static void check_jpeg(int channels)
{
	struct lt_image image = make_smooth(45, 31, channels), back = {0};
	struct lt_buffer file = {0}, again = {0};

	check_int(lt_buffer_append(&again, "before", 6), true);
	must(lt_image_to_jpeg(&image, 95, &file, &trouble));
	must(lt_image_to_jpeg(&image, 95, &again, &trouble));
	check_named(again.size == file.size + 6 &&
			    memcmp(again.data + 6, file.data, file.size) == 0,
		    "appended, and the same bytes again");
	check(lt_image_is_encoded(file.data, file.size));
	for (int c = 0; c < channels; c++)
		check_int(sampling(&file, c), 0x11);
	must(lt_image_decode(&back, file.data, file.size, &how, &trouble));
	check_text(back.facts.format, "JPEG");
	check(furthest(&image, &back) <= 4);
	file.size = 0;
	must(lt_image_to_jpeg(&image, 5, &file, &trouble));
	check_named(file.size < again.size - 6, "a lower quality takes fewer bytes");
	lt_image_free(&image);
	lt_image_free(&back);
	lt_buffer_free(&file);
	lt_buffer_free(&again);
}

/* More than a piece of output, and more than JPEG can say. */
static void check_large_jpeg(void)
{
	struct lt_image image = make(400, 300, 3), back = {0};
	struct lt_buffer file = {0};
	struct lt_error err;

	must(lt_image_to_jpeg(&image, 95, &file, &trouble));
	check(file.size > 65536);
	must(lt_image_decode(&back, file.data, file.size, &how, &trouble));
	check(back.width == 400 && back.height == 300 && back.channels == 3);
	must(lt_image_shape(&image, 65501, 1, 1, LT_MAX_PIXELS, &trouble));
	memset(image.pixels, 0, 65501);
	check_int(lt_image_to_jpeg(&image, 95, &file, &err), LT_DATA);
	check(strncmp(err.text, "cannot be written as JPEG: ", 27) == 0);
	file.size = 0;
	must(lt_image_shape(&image, 1000001, 1, 1, LT_MAX_PIXELS, &trouble));
	memset(image.pixels, 0, 1000001);
	check_int(lt_image_to_png(&image, &file, &err), LT_DATA);
	check(strncmp(err.text, "cannot be written as PNG: ", 26) == 0);
	lt_image_free(&image);
	lt_image_free(&back);
	lt_buffer_free(&file);
}

int main(void)
{
	check_boxes();
	check_centre();
	check_flip();
	check_jpeg(3);
	check_jpeg(1);
	check_large_jpeg();
	return check_done();
}
