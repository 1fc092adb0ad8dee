/*
 * Lists of augmentation parts: valid lists, parts that work and draw in the given order,
 * values that equal those of the first published results, and cutout.
 */
#include "check.h"
#include "data/augment.h"
#include "stream/stream.h"

#include <stdlib.h>

#define SIZE 32
#define VALUES (SIZE * SIZE * 3)

static const struct lt_norm cifar = {3, {.4914, .4822, .4465}, {.2023, .1994, .2010}};
static uint8_t image[VALUES];
static float out[VALUES], again[VALUES], scratch[VALUES / 3 * 4 + VALUES / 2];

static struct lt_draws draws_of(uint32_t slot)
{
	return lt_draws_at(7, LT_FOR_AUGMENT, 0, 3, slot);
}

static void make_image(void)
{
	uint32_t state = 5;
	int i;

	for (i = 0; i < VALUES; i++) {
		state = state * 1664525u + 1013904223u;
		image[i] = (uint8_t)(state >> 24);
	}
}

static struct lt_augment list_of(const char *list)
{
	struct lt_augment augment;

	if (lt_augment_init(&augment, list, &cifar, NULL) != 0)
		abort();
	return augment;
}

/* Digests of forty images, computed when these lists were three functions. */
static void published(void)
{
	static const struct {
		const char *list;
		uint32_t crc;
	} known[] = {{"none", 0xe2d94d25}, {"crop-flip", 0x603872c7}, {"moco", 0xbfefec56}};
	struct lt_augment augment;
	struct lt_draws draws;
	uint32_t crc, slot;
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++) {
		augment = list_of(known[i].list);
		crc = 0;
		for (slot = 0; slot < 40; slot++) {
			draws = draws_of(slot);
			lt_augment_image(&augment, image, SIZE, SIZE, 3, &draws, out, scratch);
			crc = lt_crc32c(crc, out, sizeof out);
		}
		check_named(crc == known[i].crc, known[i].list);
	}
}

static void lists(void)
{
	static const struct {
		const char *list, *message;
	} wrong[] = {
		{"nonesuch",
		 "'nonesuch' is none of crop-flip, resized-crop, jitter, grey, blur, "
		 "randaugment, autoaugment, cutout, mixup, remix, cutmix, none, moco"},
		{"", "an empty name in the list"},
		{"crop-flip,", "an empty name in the list"},
		{",crop-flip", "an empty name in the list"},
		{"crop-flip,,cutout", "an empty name in the list"},
		{"crop-flip,Cutout", "'Cutout' is none of "},
		{"crop-flip cutout", "'crop-flip cutout' is none of "},
		{"crop", "'crop' is none of "},
		{"crop-flip,none", "none stands alone"},
		{"none,crop-flip", "none stands alone"},
		{"moco,cutout", "moco stands alone"},
		{"mixup,cutmix", "mixup and cutmix: a batch is mixed once"},
		{"crop-flip,remix,remix", "remix and remix: a batch is mixed once"},
		{"cutout,crop-flip", "crop-flip must come before cutout"},
		{"cutmix,cutout", "cutout must come before cutmix"},
		{"mixup,jitter", "jitter must come before mixup"},
		{"cutout=0", "'cutout=0' is not cutout=N with N from 1 to 1024"},
		{"cutout=1025", "'cutout=1025' is not cutout=N"},
		{"cutout=", "'cutout=' is not cutout=N"},
		{"cutout=8x,mixup", "'cutout=8x' is not cutout=N"},
		{"cutout=00000000000000008", "is not cutout=N"},
		{"crop-flip=4", "crop-flip takes no number"},
		{"none=4", "none stands alone"},
		{"grey,grey,grey,grey,grey,grey,grey,grey,grey", "more than 8 parts"},
	};
	struct lt_augment augment;
	struct lt_error err;
	size_t i;
	int code;

	for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		code = lt_augment_init(&augment, wrong[i].list, &cifar, &err);
		check_named(code == LT_USAGE && strncmp(err.text, "--augment: ", 11) == 0 &&
				    strstr(err.text, wrong[i].message),
			    wrong[i].message);
	}
	augment = list_of("crop-flip,randaugment,cutout=8,mixup");
	check(augment.n == 4 && augment.mixing == LT_MIXUP && augment.step[2].number == 8);
	check_int(list_of("cutmix").mixing, LT_CUTMIX);
	check_int(list_of("none").n, 0);
	check_int(list_of("crop-flip,cutout").mixing, LT_MIX_NONE);
	check_int(list_of("grey,blur,grey,blur,grey,blur,grey,blur").n, 8);
	augment = list_of("resized-crop,jitter");
	check(augment.views.jitter_share == 1 && augment.views.hue == 0);
	augment = list_of("moco");
	check(augment.n == 4 && augment.views.jitter_share == 0.8 && augment.views.hue == 0.1);
}

/* Applies a list to the image, after the draws before it. */
static void make(const struct lt_augment *augment, struct lt_draws *draws, int height,
		 int width, int channels, float *to)
{
	lt_augment_image(augment, image, height, width, channels, draws, to, scratch);
}

static double distance(const float *a, const float *b, int n)
{
	double worst = 0, d;
	int i;

	for (i = 0; i < n; i++) {
		d = fabs((double)a[i] - (double)b[i]);
		worst = d <= worst ? worst : d;
	}
	return worst;
}

/*
 * crop-flip gives the same image in every position: converted to numbers at once, as bytes
 * for a later part, and from bytes that were planes before.
 */
static void forms(int height, int width, int channels)
{
	struct lt_augment alone = list_of("crop-flip"), before = list_of("crop-flip,blur"),
			  after = list_of("jitter,crop-flip"), none = list_of("none"),
			  planes = list_of("blur,grey");
	int n = height * width * channels;
	bool good = true, same = true;
	struct lt_draws draws, same_draws;
	uint32_t slot;

	before.views.blur_share = planes.views.blur_share = planes.views.grey_share = 0;
	after.views.jitter_share = 0;
	for (slot = 0; slot < 60; slot++) {
		draws = draws_of(slot);
		make(&alone, &draws, height, width, channels, out);
		draws = draws_of(slot);
		make(&before, &draws, height, width, channels, again);
		good = good && distance(out, again, n) < 1e-5;
		draws = draws_of(slot);
		make(&after, &draws, height, width, channels, again);
		draws = draws_of(slot);
		lt_draw_unit(&draws); /* decides whether to jitter */
		make(&alone, &draws, height, width, channels, out);
		same = same && distance(out, again, n) == 0;
	}
	check_named(good, "crop-flip before a part on planes");
	check_named(same, "crop-flip after one");
	draws = same_draws = draws_of(0);
	make(&none, &draws, height, width, channels, out);
	make(&planes, &draws, height, width, channels, again);
	check_near(distance(out, again, n), 0, 1e-5);
	lt_draw_unit(&same_draws); /* decide whether to blur, and to make grey */
	lt_draw_unit(&same_draws);
	check_int(lt_draw_u32(&draws), lt_draw_u32(&same_draws));
}

/* A value half way between two bytes is rounded up, and values outside 0 … 255 are clipped. */
static void rounding(void)
{
	static const uint8_t dark[4] = {1, 3, 255, 100};
	struct lt_augment augment;
	struct lt_norm bytes = {1, {0}, {1 / 255.0}};
	float got[4], room[64];
	struct lt_draws draws = draws_of(0), same = draws;
	uint32_t order[4];
	double factor;
	bool flip;
	int i;

	lt_augment_init(&augment, "jitter,crop-flip", &bytes, NULL);
	augment.views.contrast = augment.views.saturation = 0;
	lt_augment_image(&augment, dark, 1, 4, 1, &draws, got, room);
	lt_draw_unit(&same);
	lt_draw_permutation(&same, order, 4);
	factor = lt_draw_between(&same, 0.6, 1.4);
	for (i = 0; i < 3; i++)
		lt_draw_unit(&same);
	lt_draw_below(&same, 1);
	lt_draw_below(&same, 1);
	flip = lt_draw_below(&same, 2) == 1;
	for (i = 0; i < 4; i++)
		check_near(got[flip ? 3 - i : i], fmin(255, floor(dark[i] * factor + 0.5)),
			   1e-4);
}

/* A square of zeros at the drawn position, clipped; other pixels are unchanged. */
static void cutout(const char *list, int side, int height, int width, int channels)
{
	struct lt_augment augment = list_of(list), none = list_of("none");
	int slot, y, x, c, i, top, left, rows, holes = 0, pixels = 0, whole = 0;
	struct lt_draws draws, same;
	bool good = true, inside;
	double mean = 0;

	for (slot = 0; slot < 4000; slot++) {
		draws = same = draws_of((uint32_t)slot);
		make(&none, &draws, height, width, channels, out);
		make(&augment, &draws, height, width, channels, again);
		top = (int)lt_draw_below(&same, (uint32_t)height) - side / 2;
		left = (int)lt_draw_below(&same, (uint32_t)width) - side / 2;
		holes = 0;
		for (i = y = 0; y < height; y++)
			for (x = 0; x < width; x++) {
				inside = y >= top && y < top + side && x >= left &&
					 x < left + side;
				holes += inside;
				for (c = 0; c < channels; c++, i++)
					good = good && again[i] == (inside ? 0 : out[i]);
			}
		pixels += holes;
		whole += holes == side * side;
	}
	check_named(good, list);
	/* The square is clipped if its centre is less than half its side from the border. */
	for (i = 0; i < height; i++) {
		rows = (i - side / 2 + side < height ? i - side / 2 + side : height) -
		       (i - side / 2 > 0 ? i - side / 2 : 0);
		mean += (double)rows / height;
	}
	if (height == width)
		check_near(pixels / 4000.0 / (mean * mean), 1, 0.02);
	check(whole > 0 && (side == 1 || whole < 4000));
}

/* After a crop, whose draws come first. */
static void cutout_after_crop(void)
{
	struct lt_augment both = list_of("crop-flip,cutout=9"), crop = list_of("crop-flip"),
			  hole = list_of("cutout=9");
	struct lt_draws draws = draws_of(2), same = draws;
	bool good = true;
	int i;

	make(&both, &draws, SIZE, SIZE, 3, out);
	make(&crop, &same, SIZE, SIZE, 3, again);
	for (i = 0; i < VALUES; i++)
		good = good && (out[i] == again[i] || out[i] == 0);
	memcpy(again, out, sizeof out);
	make(&hole, &same, SIZE, SIZE, 3, out);
	for (i = 0; i < VALUES; i++)
		good = good && (out[i] == 0) == (again[i] == 0);
	check_named(good, "crop-flip, then cutout where its draws say");
	check_int(lt_draw_u32(&draws), lt_draw_u32(&same));
}

int main(void)
{
	make_image();
	published();
	lists();
	forms(SIZE, SIZE, 3);
	forms(20, 9, 1);
	forms(4, 7, 4);
	rounding();
	cutout("cutout", 16, SIZE, SIZE, 3);
	cutout("cutout=8", 8, SIZE, SIZE, 3);
	cutout("cutout=7", 7, 21, 21, 1);
	cutout("cutout=1", 1, 5, 9, 4);
	cutout("cutout", 4, 9, 13, 1);
	cutout_after_crop();
	return check_done();
}
