/*
 * Augmentation: crops against a second, simple implementation; draws that depend only on
 * seed, purpose, epoch, slot and view; statistics of the random choices; and each part of
 * moco's list alone, with the strengths of the other parts set to zero.
 */
#include "check.h"
#include "data/augment.h"

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

static void run(const struct lt_augment *augment, uint32_t slot, float *to)
{
	struct lt_draws draws = draws_of(slot);

	lt_augment_image(augment, image, SIZE, SIZE, 3, &draws, to, scratch);
}

static void plain(void)
{
	struct lt_augment augment;
	struct lt_error err;
	bool good = true;
	int i;

	check_int(lt_augment_init(&augment, "none", &cifar, NULL), 0);
	run(&augment, 0, out);
	for (i = 0; i < VALUES; i++)
		good = good && out[i] == (float)((image[i] / 255.0 - cifar.mean[i % 3]) /
						 cifar.std[i % 3]);
	check_named(good, "none is (x / 255 - mean) / deviation");
	check_int(lt_augment_init(&augment, "nothing", &cifar, &err), LT_USAGE);
}

/* Is this the result of crop-flip for this position and flip?  Padding is bytes of 0. */
static bool is_crop(const struct lt_augment *augment, int h, int w, int c, int top, int left,
		    bool flip, const float *got)
{
	int y, x, k, from_y, from_x;
	uint8_t byte;

	for (y = 0; y < h; y++)
		for (x = 0; x < w; x++)
			for (k = 0; k < c; k++) {
				from_y = y + top - h / 8;
				from_x = (flip ? w - 1 - x : x) + left - w / 8;
				byte = 0;
				if (from_y >= 0 && from_y < h && from_x >= 0 && from_x < w)
					byte = image[(from_y * w + from_x) * c + k];
				if (got[(y * w + x) * c + k] != augment->value[k][byte])
					return false;
			}
	return true;
}

static void crops(int h, int w, int c)
{
	struct lt_augment augment;
	struct lt_draws draws, same;
	int seen[2] = {0, 0}, slot, top, left;
	bool good = true, flip;
	char name[64];

	lt_augment_init(&augment, "crop-flip", &cifar, NULL);
	for (slot = 0; slot < 600; slot++) {
		draws = same = draws_of((uint32_t)slot);
		lt_augment_image(&augment, image, h, w, c, &draws, out, scratch);
		top = (int)lt_draw_below(&same, (uint32_t)(h / 8 * 2 + 1));
		left = (int)lt_draw_below(&same, (uint32_t)(w / 8 * 2 + 1));
		flip = lt_draw_below(&same, 2) == 1;
		good = good && is_crop(&augment, h, w, c, top, left, flip, out);
		seen[flip]++;
	}
	snprintf(name, sizeof name, "crops and flips of %d x %d x %d", h, w, c);
	check_named(good, name);
	check(seen[0] > 230 && seen[1] > 230);
}

static void determinism(void)
{
	static const char *const random[] = {"crop-flip", "moco", "randaugment", "autoaugment",
					     "cutout"};
	struct lt_augment augment;
	struct lt_draws view;
	size_t i;

	for (i = 0; i < sizeof random / sizeof *random; i++) {
		lt_augment_init(&augment, random[i], &cifar, NULL);
		run(&augment, 1, out);
		run(&augment, 2, again);
		check_named(memcmp(out, again, sizeof out) != 0, "another slot, another image");
		run(&augment, 1, again);
		check_named(memcmp(out, again, sizeof out) == 0,
			    "the same slot, the same image");
		view = lt_draws_at(7, LT_FOR_AUGMENT, 1, 3, 1);
		lt_augment_image(&augment, image, SIZE, SIZE, 3, &view, again, scratch);
		check_named(memcmp(out, again, sizeof out) != 0, "another view, another image");
	}
}

/* moco's list with all changes turned off: the image as it is, or flipped. */
static void still(struct lt_augment *augment)
{
	static const struct lt_norm bytes = {3, {0, 0, 0}, {1 / 255.0, 1 / 255.0, 1 / 255.0}};

	lt_augment_init(augment, "moco", &bytes, NULL);
	augment->views = (struct lt_augment_views){
		.area_least = 1, .area_most = 1, .ratio_least = 1, .ratio_most = 1};
}

/* The largest difference from the expected pixels, for the image or its mirror image. */
static double distance(const float *got, double (*want)(int pixel, int channel), bool flip)
{
	double worst = 0, d;
	int y, x, c;

	for (y = 0; y < SIZE; y++)
		for (x = 0; x < SIZE; x++)
			for (c = 0; c < 3; c++) {
				d = fabs((double)got[(y * SIZE + x) * 3 + c] -
					 want(y * SIZE + (flip ? SIZE - 1 - x : x), c));
				worst = d <= worst ? worst : d;
			}
	return worst;
}

static double either(const float *got, double (*want)(int, int))
{
	double a = distance(got, want, false), b = distance(got, want, true);

	return a < b ? a : b;
}

static double own(int pixel, int c)
{
	return image[pixel * 3 + c];
}

static double grey(int pixel, int c)
{
	(void)c;
	return .299 * image[pixel * 3] + .587 * image[pixel * 3 + 1] +
	       .114 * image[pixel * 3 + 2];
}

static double factor;

static double brighter(int pixel, int c)
{
	return fmin(255, factor * own(pixel, c));
}

static double contrasted(int pixel, int c)
{
	double mean = 0;
	int i;

	for (i = 0; i < SIZE * SIZE; i++)
		mean += grey(i, 0) / (SIZE * SIZE);
	return fmax(0, fmin(255, factor * own(pixel, c) + (1 - factor) * mean));
}

static double saturated(int pixel, int c)
{
	return fmax(0, fmin(255, factor * own(pixel, c) + (1 - factor) * grey(pixel, c)));
}

/* A third of the circle: red becomes green, green blue, blue red. */
static double turned(int pixel, int c)
{
	return own(pixel, (c + 2) % 3);
}

/* The unit drawn for change number i (brightness, contrast, saturation, hue) of a slot. */
static double drawn_unit(uint32_t slot, int i)
{
	struct lt_draws draws = draws_of(slot);
	uint32_t order[4];
	double unit = 0;

	lt_draw_unit(&draws);
	lt_draw_unit(&draws);
	lt_draw_below(&draws, 1);
	lt_draw_below(&draws, 1);
	lt_draw_below(&draws, 2);
	lt_draw_unit(&draws);
	lt_draw_permutation(&draws, order, 4);
	for (; i >= 0; i--)
		unit = lt_draw_unit(&draws);
	return unit;
}

static void colours(void)
{
	struct lt_augment augment;

	still(&augment);
	run(&augment, 0, out);
	check_near(either(out, own), 0, 1e-4);
	augment.views.grey_share = 1;
	run(&augment, 0, out);
	check_near(either(out, grey), 0, 1e-4);

	still(&augment);
	augment.views.jitter_share = 1;
	augment.views.brightness = 0.4;
	run(&augment, 4, out);
	factor = 0.6 + 0.8 * drawn_unit(4, 0);
	check_near(either(out, brighter), 0, 1e-3);
	augment.views.brightness = 0;
	augment.views.contrast = 0.4;
	run(&augment, 4, out);
	factor = 0.6 + 0.8 * drawn_unit(4, 1);
	check_near(either(out, contrasted), 0, 1e-3);
	augment.views.contrast = 0;
	augment.views.saturation = 0.4;
	run(&augment, 4, out);
	factor = 0.6 + 0.8 * drawn_unit(4, 2);
	check_near(either(out, saturated), 0, 1e-3);
	augment.views.saturation = 0;
	/* The strength for which the drawn turn is a third: x (2 u - 1) = ±1/3. */
	factor = 2 * drawn_unit(4, 3) - 1;
	augment.views.hue = 1 / 3.0 / factor;
	run(&augment, 4, out);
	check_near(either(out, turned), 0, 1e-3);
}

static double flat(int pixel, int c)
{
	(void)pixel;
	(void)c;
	return 77;
}

/* A blur keeps a flat image and the sum of a spot, and spreads the spot evenly. */
static void blurs(void)
{
	struct lt_augment augment;
	double sum = 0;
	int i;

	still(&augment);
	augment.views.blur_share = 1;
	augment.views.blur_least = augment.views.blur_most = 1.5;
	memset(image, 77, sizeof image);
	run(&augment, 0, out);
	check_near(distance(out, flat, false), 0, 1e-3);
	memset(image, 0, sizeof image);
	image[(16 * SIZE + 15) * 3 + 1] = 200;
	run(&augment, 0, out);
	for (i = 1; i < VALUES; i += 3)
		sum += (double)out[i];
	check_near(sum, 200, 1e-2);
	check_near(out[(13 * SIZE + 15) * 3 + 1], out[(19 * SIZE + 15) * 3 + 1], 1e-5);
	/* exp(-1 / (2 1.5^2)) = 0.8007374029168081 */
	i = out[(16 * SIZE + 15) * 3 + 1] > out[(16 * SIZE + 16) * 3 + 1] ? 15 : 16;
	check_near(out[(15 * SIZE + i) * 3 + 1] / out[(16 * SIZE + i) * 3 + 1],
		   0.8007374029168081, 1e-5);
	make_image();
}

/* A crop of a ramp is a ramp, with a slope in proportion to the crop's share of the side. */
static void resized_crops(void)
{
	struct lt_augment augment;
	double slope, least = 9, most = 0, ratio, low = 9, high = 0;
	int slot, y, x;

	for (y = 0; y < SIZE; y++)
		for (x = 0; x < SIZE; x++) {
			image[(y * SIZE + x) * 3] = (uint8_t)(x * 8);
			image[(y * SIZE + x) * 3 + 1] = (uint8_t)(y * 8);
		}
	still(&augment);
	augment.views.area_least = 0.08;
	augment.views.ratio_least = 3 / 4.0;
	augment.views.ratio_most = 4 / 3.0;
	for (slot = 0; slot < 500; slot++) {
		run(&augment, (uint32_t)slot, out);
		slope = fabs((double)out[(16 * SIZE + 20) * 3] -
			     (double)out[(16 * SIZE + 12) * 3]) /
			64;
		ratio = slope * 64 /
			fabs((double)out[(20 * SIZE + 16) * 3 + 1] -
			     (double)out[(12 * SIZE + 16) * 3 + 1]);
		least = slope < least ? slope : least;
		most = slope > most ? slope : most;
		low = ratio < low ? ratio : low;
		high = ratio > high ? ratio : high;
	}
	/* sqrt(.08 · 3/4) = .245, in whole pixels of 32 from 8/32 on (rounding aside) */
	check(least >= 0.21 && least < 0.35 && most > 0.93 && most <= 1.0001);
	check(low > 0.65 && low < 0.8 && high < 1.5 && high > 1.25);
	make_image();
}

static void rotations(void)
{
	static const float in[8] = {1, -1, 2, -2, 3, -3, 4, -4};
	static const float quarter[8] = {2, -2, 4, -4, 1, -1, 3, -3};
	float got[8], back[8];
	float three[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, turned_three[9];
	int k;

	lt_augment_rotate(in, 2, 2, 1, got);
	check_named(memcmp(got, quarter, sizeof got) == 0, "a quarter counter-clockwise");
	for (k = 0; k < 4; k++) {
		lt_augment_rotate(in, 2, 2, k, got);
		lt_augment_rotate(got, 2, 2, 4 - k, back);
		check_named(memcmp(back, in, sizeof in) == 0, "turned and turned back");
	}
	/* numpy.rot90 of [[0 1 2] [3 4 5] [6 7 8]]: 1, 2 and 3 times */
	lt_augment_rotate(three, 3, 1, 1, turned_three);
	check(turned_three[0] == 2 && turned_three[1] == 5 && turned_three[3] == 1);
	lt_augment_rotate(three, 3, 1, 2, turned_three);
	check(turned_three[0] == 8 && turned_three[1] == 7 && turned_three[3] == 5);
	lt_augment_rotate(three, 3, 1, 3, turned_three);
	check(turned_three[0] == 6 && turned_three[1] == 3 && turned_three[3] == 7);
}

/*
 * Unusual shapes: no access outside their memory (sanitizers check this), and finite
 * results.
 */
static void odd_shapes(void)
{
	static const int shape[][3] = {{1, 1, 3}, {7, 5, 1}, {9, 16, 4}, {3, 40, 2}};
	struct lt_augment augment;
	struct lt_draws draws;
	size_t s, floats, n, i;
	float *to, *work;
	uint8_t *from;
	int slot, r;
	bool good = true;

	for (s = 0; s < sizeof shape / sizeof shape[0]; s++) {
		n = (size_t)(shape[s][0] * shape[s][1] * shape[s][2]);
		if (!lt_augment_scratch(shape[s][0], shape[s][1], shape[s][2], &floats))
			abort();
		from = malloc(n);
		to = malloc(n * sizeof *to);
		work = malloc(floats * sizeof *work);
		if (!from || !to || !work)
			abort();
		memcpy(from, image, n);
		for (r = 0; lt_augment_table[r].name; r++)
			for (slot = 0; slot < 40; slot++) {
				lt_augment_init(&augment, lt_augment_table[r].name, &cifar,
						NULL);
				draws = draws_of((uint32_t)slot);
				lt_augment_image(&augment, from, shape[s][0], shape[s][1],
						 shape[s][2], &draws, to, work);
				for (i = 0; i < n; i++)
					good = good && isfinite(to[i]);
			}
		free(from);
		free(to);
		free(work);
	}
	check_named(good, "odd shapes");
}

int main(void)
{
	make_image();
	plain();
	crops(SIZE, SIZE, 3);
	crops(16, 24, 3);
	crops(20, 9, 1);
	determinism();
	colours();
	blurs();
	resized_crops();
	rotations();
	odd_shapes();
	return check_done();
}
