/*
 * What headers say of images (lt_image_look): the numbers that their makers gave
 * them, here and in a child process; that decoding finds the same; damage.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "format_samples.h"
#include "image/child.h"
#include "image/image.h"
#include "image_samples.h"

#define USUAL ((struct lt_image_how){.max_pixels = 1000})

#define SAMPLE(name) sample_##name, sizeof sample_##name

static const struct {
	const uint8_t *bytes;
	size_t size;
	struct lt_image_facts facts;
} sample[] = {
	/* format, width, height, mode, bits, alpha, more, orientation */
	{SAMPLE(jpg444), {"JPEG", 8, 8, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(jpg420), {"JPEG", 8, 8, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(grey), {"JPEG", 8, 8, LT_MODE_GREY, 8, false, false, 1, 0}},
	{SAMPLE(cmyk), {"JPEG", 8, 8, LT_MODE_CMYK, 8, false, false, 1, 0}},
	{SAMPLE(cmyk_plain), {"JPEG", 8, 6, LT_MODE_CMYK, 8, false, false, 1, 0}},
	{SAMPLE(png), {"PNG", 8, 8, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(rgba), {"PNG", 8, 8, LT_MODE_COLOUR, 8, true, false, 1, 0}},
	{SAMPLE(pal), {"PNG", 8, 8, LT_MODE_PALETTE, 4, false, false, 1, 0}},
	{SAMPLE(bit), {"PNG", 8, 8, LT_MODE_GREY, 1, false, false, 1, 0}},
	{SAMPLE(la), {"PNG", 8, 8, LT_MODE_GREY, 8, true, false, 1, 0}},
	{SAMPLE(p16), {"PNG", 4, 3, LT_MODE_GREY, 16, false, false, 1, 0}},
	{SAMPLE(deep_png), {"PNG", 8, 6, LT_MODE_GREY, 16, false, false, 1, 0}},
	{SAMPLE(png_turned), {"PNG", 6, 8, LT_MODE_COLOUR, 8, false, false, 6, 0}},
	{SAMPLE(webp), {"WebP", 8, 6, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(webp_alpha), {"WebP", 8, 6, LT_MODE_COLOUR, 8, true, false, 1, 0}},
	{SAMPLE(webp_film), {"WebP", 8, 6, LT_MODE_COLOUR, 8, true, true, 1, 0}},
	{SAMPLE(webp_turned), {"WebP", 6, 8, LT_MODE_COLOUR, 8, false, false, 6, 0}},
	{SAMPLE(tiff_rgb), {"TIFF", 8, 6, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(tiff_rgba), {"TIFF", 8, 6, LT_MODE_COLOUR, 8, true, false, 1, 0}},
	{SAMPLE(tiff_grey), {"TIFF", 8, 6, LT_MODE_GREY, 8, false, false, 1, 0}},
	{SAMPLE(tiff_palette), {"TIFF", 8, 6, LT_MODE_PALETTE, 8, false, false, 1, 0}},
	{SAMPLE(tiff_bit), {"TIFF", 8, 6, LT_MODE_GREY, 1, false, false, 1, 0}},
	{SAMPLE(tiff_cmyk), {"TIFF", 8, 6, LT_MODE_CMYK, 8, false, false, 1, 0}},
	{SAMPLE(tiff_jpeg), {"TIFF", 8, 6, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(tiff_turned), {"TIFF", 6, 8, LT_MODE_COLOUR, 8, false, false, 6, 0}},
	{SAMPLE(deep_tiff), {"TIFF", 8, 6, LT_MODE_GREY, 16, false, false, 1, 0}},
	{SAMPLE(gif_lines), {"GIF", 8, 6, LT_MODE_PALETTE, 4, false, false, 1, 0}},
	{SAMPLE(gif_clear), {"GIF", 8, 6, LT_MODE_PALETTE, 4, true, false, 1, 0}},
	{SAMPLE(gif_film), {"GIF", 8, 6, LT_MODE_PALETTE, 4, false, true, 1, 0}},
	{SAMPLE(bmp24), {"BMP", 8, 6, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(bmp1), {"BMP", 8, 6, LT_MODE_PALETTE, 1, false, false, 1, 0}},
	{SAMPLE(bmp4), {"BMP", 8, 6, LT_MODE_PALETTE, 4, false, false, 1, 0}},
	{SAMPLE(bmp_rle8), {"BMP", 8, 6, LT_MODE_PALETTE, 8, false, false, 1, 0}},
	{SAMPLE(bmp_rle4), {"BMP", 8, 6, LT_MODE_PALETTE, 4, false, false, 1, 0}},
	{SAMPLE(bmp_down), {"BMP", 8, 6, LT_MODE_COLOUR, 8, false, false, 1, 0}},
	{SAMPLE(bmp_old), {"BMP", 8, 6, LT_MODE_PALETTE, 4, false, false, 1, 0}},
	{SAMPLE(bmp565), {"BMP", 8, 6, LT_MODE_COLOUR, 6, false, false, 1, 0}},
};

#define N_SAMPLES (sizeof sample / sizeof sample[0])

/* Does the build lack the sample's library? */
static bool is_missing(size_t i)
{
	static const struct lt_image_codec *const codecs[] = {&lt_image_webp, &lt_image_tiff,
							      &lt_image_gif};
	size_t c;

	for (c = 0; c < 3; c++)
		if (codecs[c]->missing && strcmp(codecs[c]->name, sample[i].facts.format) == 0)
			return true;
	return false;
}

static void check_facts(const char *who, size_t i, const struct lt_image_facts *got)
{
	const struct lt_image_facts *want = &sample[i].facts;
	bool same = strcmp(got->format, want->format) == 0 && got->width == want->width &&
		    got->height == want->height && got->mode == want->mode &&
		    got->bits == want->bits && got->alpha == want->alpha &&
		    got->more == want->more && got->orientation == want->orientation;

	check_named(same, who);
	if (!same)
		printf("# sample %zu: %s %ux%u mode %d bits %u alpha %d more %d "
		       "orientation %d\n",
		       i, got->format, (unsigned)got->width, (unsigned)got->height,
		       (int)got->mode, got->bits, got->alpha, got->more, got->orientation);
}

static void check_samples(struct lt_child *child)
{
	struct lt_image_how how = {.max_pixels = 1000, .child = child};
	struct lt_image_facts facts;
	struct lt_image image = {0};
	struct lt_error err;
	size_t i;

	for (i = 0; i < N_SAMPLES; i++) {
		if (is_missing(i)) {
			check_int(lt_image_look(&facts, sample[i].bytes, sample[i].size, &how,
						&err),
				  LT_DATA);
			continue;
		}
		if (check_int(
			    lt_image_look(&facts, sample[i].bytes, sample[i].size, &how, &err),
			    0))
			check_facts("look", i, &facts);
		if (check_int(lt_image_decode(&image, sample[i].bytes, sample[i].size, &how,
					      &err),
			      0))
			check_facts("decode", i, &image.facts);
		check(image.width == image.facts.width && image.height == image.facts.height);
		how.max_pixels = 3;
		check_named(lt_image_look(&facts, sample[i].bytes, sample[i].size, &how,
					  &err) == LT_DATA,
			    "more pixels than are allowed");
		how.max_pixels = 1000;
	}
	lt_image_free(&image);
}

/* The sides are those of what is written. */
static void check_stored(struct lt_child *child)
{
	struct lt_image_how how = {.max_pixels = 48, .as_stored = true, .child = child};
	uint8_t bytes[sizeof sample_turned];
	struct lt_image_facts facts;
	struct lt_error err;
	uint8_t i;

	memcpy(bytes, sample_turned, sizeof bytes);
	for (i = 1; i <= 8; i++) {
		bytes[sample_turned_at] = i;
		check_int(lt_image_look(&facts, bytes, sizeof bytes, &USUAL, &err), 0);
		check(facts.orientation == i && facts.width == (i < 5 ? 8 : 6) &&
		      facts.height == (i < 5 ? 6 : 8));
		check_int(lt_image_look(&facts, bytes, sizeof bytes, &how, &err), 0);
		check(facts.orientation == i && facts.width == 8 && facts.height == 6);
	}
	if (lt_image_tiff.missing)
		return;
	check_int(lt_image_look(&facts, SAMPLE(tiff_turned), &how, &err), 0);
	check(facts.orientation == 6 && facts.width == 8 && facts.height == 6);
}

/* ------------------------------------------------------------------ PNG's chunks */

/* sample_png_turned with its EXIF data moved behind the pixels; false: none was found. */
static bool move_exif(uint8_t *to)
{
	const uint8_t *from = sample_png_turned;
	size_t n = sizeof sample_png_turned, at = 8, length, exif = 0, size = 0;

	while (n - at >= 12 && memcmp(from + at + 4, "IEND", 4) != 0) {
		length = (size_t)from[at + 2] << 8 | from[at + 3];
		if (memcmp(from + at + 4, "eXIf", 4) == 0) {
			exif = at;
			size = length + 12;
		}
		at += length + 12;
	}
	if (!exif || n - at < 12)
		return false;
	memcpy(to, from, exif);
	memcpy(to + exif, from + exif + size, at - exif - size);
	memcpy(to + at - size, from + exif, size);
	memcpy(to + at, from + at, n - at);
	return true;
}

static void check_late_exif(void)
{
	uint8_t bytes[sizeof sample_png_turned];
	struct lt_image image = {0};
	struct lt_image_facts facts;
	struct lt_error err;

	if (!check_named(move_exif(bytes), "EXIF data in the sample"))
		return;
	check(memcmp(bytes, sample_png_turned, sizeof bytes) != 0);
	check_int(lt_image_look(&facts, bytes, sizeof bytes, &USUAL, &err), 0);
	check(facts.orientation == 6 && facts.width == 6 && facts.height == 8);
	check_int(lt_image_decode(&image, bytes, sizeof bytes, &USUAL, &err), 0);
	check(image.facts.orientation == 6 && image.width == 6);
	check_int(lt_image_look(&facts, bytes, sizeof bytes - 1, &USUAL, &err), LT_DATA);
	check_text(err.text, "damaged PNG image: truncated");
	lt_image_free(&image);
}

/* ------------------------------------------------------------------ PPM, damage */

static void check_ppm(void)
{
	static const struct {
		const char *text;
		size_t size;
		enum lt_image_mode mode;
		unsigned bits;
	} text[] = {
		{"P6 1 1 255\nabc", 14, LT_MODE_COLOUR, 8},
		{"P5 1 1 255\na", 12, LT_MODE_GREY, 8},
		{"P5 1 1 256\n\1\0", 13, LT_MODE_GREY, 9},
		{"P5 1 1 4095\n\1\0", 14, LT_MODE_GREY, 12},
		{"P3 1 1 65535\n1 2 3", 18, LT_MODE_COLOUR, 16},
		{"P2 1 1 15\n1", 11, LT_MODE_GREY, 4},
		{"P4 1 1\n\200", 8, LT_MODE_GREY, 1},
	};
	struct lt_image_facts facts;
	struct lt_error err;
	size_t i;

	for (i = 0; i < sizeof text / sizeof text[0]; i++) {
		check_int(lt_image_look(&facts, text[i].text, text[i].size, &USUAL, &err), 0);
		check_text(facts.format, "PPM");
		check_int(facts.mode, text[i].mode);
		check_int(facts.bits, text[i].bits);
		check(facts.width == 1 && facts.height == 1 && !facts.alpha);
	}
	check_int(lt_image_look(&facts, "P6 9 9 255\nabc", 14, &USUAL, &err), LT_DATA);
	check_int(lt_image_look(&facts, "", 0, &USUAL, &err), LT_DATA);
	check_int(lt_image_look(&facts, "hello, world", 12, &USUAL, &err), LT_DATA);
}

/* Every prefix, from a block of its size: what cannot be looked at cannot be decoded either. */
static void check_prefixes(void)
{
	struct lt_image image = {0};
	struct lt_image_facts facts;
	struct lt_error err;
	size_t i, n, wrong = 0, looked = 0;
	uint8_t *copy;
	int status;

	for (i = 0; i < N_SAMPLES; i++)
		for (n = 0; n < sample[i].size; n++) {
			copy = malloc(n ? n : 1);
			if (!copy)
				exit(1);
			memcpy(copy, sample[i].bytes, n);
			status = lt_image_look(&facts, copy, n, &USUAL, &err);
			looked += status == 0;
			wrong += status != 0 && status != LT_DATA;
			wrong += status != 0 &&
				 lt_image_decode(&image, copy, n, &USUAL, &err) == 0;
			free(copy);
		}
	check_int(wrong, 0);
	check_named(looked > 0, "some prefixes hold a header");
	lt_image_free(&image);
}

int main(void)
{
	struct lt_child *child;
	struct lt_error err;

	check_samples(NULL);
	check_stored(NULL);
	check_late_exif();
	check_ppm();
	check_prefixes();
	if (!check_named(lt_child_new(&child, lt_image_decode, LT_CHILD_SECONDS, &err) == 0,
			 "a child"))
		return check_done();
	check_samples(child);
	check_stored(child);
	check_named((lt_child_pid(child) != 0) ==
			    !(lt_image_webp.missing && lt_image_tiff.missing &&
			      lt_image_gif.missing),
		    "the child was asked");
	lt_child_free(child);
	return check_done();
}
