/*
 * Rows of encoded pictures as images: the part that is cut out, from a table in memory
 * or spooled and from cells; and what cannot be read.
 */
#include "data/source.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "format_samples.h"

static struct lt_error trouble;

/* What the test itself needs. */
static void must(int code)
{
	if (code != 0) {
		printf("Bail out! code %d: %s\n", code, trouble.text);
		exit(1);
	}
}

static struct lt_image make(uint32_t width, uint32_t height, int channels, uint32_t seed)
{
	struct lt_image image = {0};
	size_t n = (size_t)width * height * (size_t)channels;

	must(lt_image_shape(&image, width, height, channels, LT_MAX_PIXELS, &trouble));
	for (size_t i = 0; i < n; i++)
		image.pixels[i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24);
	return image;
}

static void add_png(struct lt_encoded *pictures, const struct lt_image *image)
{
	struct lt_buffer file = {0};

	must(lt_image_to_png(image, &file, &trouble));
	must(lt_encoded_add(pictures, file.data, file.size, &trouble));
	lt_buffer_free(&file);
}

/* Takes a cut that was chosen before, and sees the picture's sides. */
struct given {
	struct lt_cut cut;
	int height, width, times;
};

static void take(void *arg, int height, int width, struct lt_cut *cut)
{
	struct given *given = arg;

	given->height = height;
	given->width = width;
	given->times++;
	*cut = given->cut;
}

/* Row i of the source seen by that cut is want. */
static bool gives(const struct lt_source *source, uint64_t i, struct given *given,
		  const struct lt_image *want)
{
	const struct lt_choice choice = {take, given};
	struct lt_source_room room = {0};
	const uint8_t *pixels = NULL;
	size_t n = (size_t)want->width * want->height * (size_t)want->channels;
	bool good;

	given->times = 0;
	must(source->row(source, i, &choice, &room, &pixels, &trouble));
	good = source->height == (int)want->height && source->width == (int)want->width &&
	       want->channels == 3 && memcmp(pixels, want->pixels, n) == 0;
	lt_source_room_free(&room);
	return good && given->times == 1;
}

/* The same pictures from a table's store and from cells. */
static void check_cuts(const struct lt_source *source)
{
	struct lt_image colour = make(31, 23, 3, 1), grey = make(17, 40, 1, 2), want = {0};
	struct given given = {.cut = {.box = false}};
	const struct lt_image_box box = {4, 5, 11, 13};

	check_int(source->channels, 3);
	must(lt_image_fit(&want, &colour, 16, 14, &trouble));
	check_named(gives(source, 0, &given, &want), "the centre");
	check(given.height == 23 && given.width == 31);
	given.cut.flip = true;
	lt_image_flip(&want);
	check_named(gives(source, 0, &given, &want), "the centre, mirrored");
	given.cut = (struct lt_cut){true, 4, 5, 11, 13, false};
	must(lt_image_cut(&want, &colour, &box, 14, &trouble));
	check_named(gives(source, 0, &given, &want), "a box");
	given.cut.flip = true;
	lt_image_flip(&want);
	check_named(gives(source, 0, &given, &want), "a box, mirrored");
	given.cut.flip = false;
	must(lt_image_cut(&want, &grey, &box, 14, &trouble));
	must(lt_image_set_channels(&want, 3, &trouble));
	check_named(gives(source, 1, &given, &want), "grey becomes colour");
	given.cut = (struct lt_cut){.box = false};
	must(lt_image_fit(&want, &grey, 16, 14, &trouble));
	must(lt_image_set_channels(&want, 3, &trouble));
	check_named(gives(source, 1, &given, &want), "the centre of a tall grey picture");
	lt_image_free(&colour);
	lt_image_free(&grey);
	lt_image_free(&want);
}

/* Row 2 is stored as 8 x 6 and is to be turned right. */
static void check_upright(const struct lt_source *source)
{
	static const struct lt_image_how how = {.max_pixels = LT_MAX_PIXELS};
	struct lt_image upright = {0}, want = {0};
	struct given given = {.cut = {true, 1, 2, 5, 3, false}};
	const struct lt_image_box box = {1, 2, 5, 3};

	must(lt_image_decode(&upright, sample_turned, sizeof sample_turned, &how, &trouble));
	must(lt_image_cut(&want, &upright, &box, 14, &trouble));
	must(lt_image_set_channels(&want, 3, &trouble));
	check_named(gives(source, 2, &given, &want), "upright before it is cut");
	check(given.height == 8 && given.width == 6);
	lt_image_free(&upright);
	lt_image_free(&want);
}

static void fails(const struct lt_source *source, uint64_t i, const char *text)
{
	struct given given = {.cut = {.box = false}};
	const struct lt_choice choice = {take, &given};
	struct lt_source_room room = {0};
	const uint8_t *pixels;
	struct lt_error err = {0};

	check_int(source->row(source, i, &choice, &room, &pixels, &err), LT_DATA);
	check_int(err.code, LT_DATA);
	if (!check_named(strncmp(err.text, text, strlen(text)) == 0, text))
		printf("# got %s\n", err.text);
	lt_source_room_free(&room);
}

static void make_pictures(struct lt_encoded *pictures)
{
	struct lt_image colour = make(31, 23, 3, 1), grey = make(17, 40, 1, 2);
	struct lt_buffer file = {0};

	add_png(pictures, &colour);
	add_png(pictures, &grey);
	must(lt_encoded_add(pictures, sample_turned, sizeof sample_turned, &trouble));
	must(lt_encoded_add(pictures, "P6 1 1 255\nabcdef", 17, &trouble));
	must(lt_image_to_png(&colour, &file, &trouble));
	must(lt_encoded_add(pictures, file.data, file.size / 2, &trouble));
	must(lt_encoded_add(pictures, "", 0, &trouble));
	lt_buffer_free(&file);
	lt_image_free(&colour);
	lt_image_free(&grey);
}

static void check_rows(bool spools)
{
	struct lt_encoded made = {0}, pictures = {0};
	struct lt_source source;

	make_pictures(&made);
	lt_memory_limit(spools ? lt_memory_used() + 6000 : 0);
	must(lt_encoded_append(&pictures, &made, &trouble));
	lt_memory_limit(0);
	lt_encoded_free(&made);
	check_int(pictures.spooled, spools);
	source = lt_source_encoded("in", 14, &pictures);
	check(source.n == 6 && source.height == 14 && source.width == 14);
	check_cuts(&source);
	check_upright(&source);
	fails(&source, 3, "in: row 3: neither a JPEG nor a PNG image");
	fails(&source, 4, "in: row 4: damaged PNG image");
	fails(&source, 5, "in: row 5: neither a JPEG nor a PNG image");
	lt_encoded_free(&pictures);
}

static void check_cells(void)
{
	struct lt_encoded pictures = {0};
	struct lt_cell cell[6];
	struct lt_source source;

	make_pictures(&pictures);
	check(!pictures.spooled);
	for (size_t i = 0, start = 0; i < 6; start = (size_t)pictures.end[i++])
		cell[i] = (struct lt_cell){pictures.bytes + start,
					   (size_t)pictures.end[i] - start};
	source = lt_source_encoded_cells("in", 1000, 6, 14, cell);
	check_cuts(&source);
	check_upright(&source);
	fails(&source, 3, "in: row 1003: neither a JPEG nor a PNG image");
	fails(&source, 4, "in: row 1004: damaged PNG image");
	lt_encoded_free(&pictures);
}

/* A thread's room does not keep what a very large picture took. */
static void check_large(void)
{
	struct lt_image image = {0};
	struct given given = {.cut = {.box = false}};
	const struct lt_choice choice = {take, &given};
	struct lt_source_room room = {0};
	struct lt_encoded pictures = {0};
	struct lt_source source;
	const uint8_t *pixels;

	must(lt_image_shape(&image, 5000, 4000, 3, LT_MAX_PIXELS, &trouble));
	memset(image.pixels, 9, 5000 * 4000 * 3);
	add_png(&pictures, &image);
	lt_image_free(&image);
	source = lt_source_encoded("in", 8, &pictures);
	must(source.row(&source, 0, &choice, &room, &pixels, &trouble));
	check(pixels[0] == 9 && pixels[8 * 8 * 3 - 1] == 9);
	check(lt_memory_used() < 2000000);
	lt_source_room_free(&room);
	lt_encoded_free(&pictures);
	check_int(lt_memory_used(), 0);
}

int main(void)
{
	check_rows(false);
	check_rows(true);
	check_cells();
	check_large();
	return check_done();
}
