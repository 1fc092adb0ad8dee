/*
 * RandAugment: every operation on small images by hand, and against digests of PIL's
 * results; then two operations and the square, computed from the table with the same draws;
 * and statistics of the draws.
 */
#include "check.h"
#include "data/augment_parts.h"
#include "stream/stream.h"

#include <stdlib.h>

#define MOST (40 * 32 * 3)

static uint8_t image[MOST], got[MOST], want[MOST];

static const struct lt_rand_operation *operation(const char *name)
{
	int i;

	for (i = 0; i < LT_RAND_OPERATIONS; i++)
		if (strcmp(lt_rand_operations[i].name, name) == 0)
			return &lt_rand_operations[i];
	abort();
}

static void apply(const struct lt_rand_operation *o, double strength, const uint8_t *from,
		  int height, int width, int channels, uint8_t *to)
{
	struct lt_picture picture = {.height = height,
				     .width = width,
				     .channels = channels,
				     .pixels = (size_t)height * (size_t)width,
				     .bytes = from};

	if (o->make)
		o->make(&picture, to, strength);
	else
		memcpy(to, from, picture.pixels * (size_t)channels);
}

static void expect(const char *name, double strength, int height, int width, int channels,
		   const uint8_t *from, const uint8_t *to)
{
	size_t n = (size_t)height * (size_t)width * (size_t)channels;
	char what[64];

	snprintf(what, sizeof what, "%s %g, %d x %d x %d", name, strength, height, width,
		 channels);
	memset(got, 77, n);
	apply(operation(name), strength, from, height, width, channels, got);
	check_named(memcmp(got, to, n) == 0, what);
}

/* ------------------------------------------------------------------ by hand */

static void colours_by_hand(void)
{
	static const uint8_t row[4] = {100, 117, 134, 151}, spread[4] = {0, 85, 170, 255};
	static const uint8_t flat[4] = {9, 9, 9, 9}, some[4] = {10, 25, 128, 255};
	static const uint8_t half[4] = {5, 12, 64, 127};
	/* the mean is 104.5, rounded 105; half way to it, rounded down: 57.5, 65, 116.5, 180 */
	static const uint8_t level[4] = {57, 65, 116, 180};
	static const uint8_t ends[4] = {0xff, 0x0f, 0x77, 0x18},
			     four[4] = {0xf0, 0, 0x70, 0x10};
	static const uint8_t five[4] = {0xf8, 8, 0x70, 0x18};
	static const uint8_t below[4] = {10, 25, 127, 0}, all[4] = {245, 230, 127, 0};
	static const uint8_t most[4] = {10, 25, 128, 0};
	/* luminance 141.25 */
	static const uint8_t colour[3] = {100, 150, 200}, paler[3] = {120, 145, 170};
	/* each channel is stretched separately, here by 5 and 2.5 */
	static const uint8_t pair[6] = {100, 10, 7, 151, 112, 7},
			     wide[6] = {0, 0, 7, 255, 255, 7};

	expect("identity", 0, 1, 4, 1, some, some);
	expect("autocontrast", 0, 1, 4, 1, row, spread);
	expect("autocontrast", 0, 2, 2, 1, flat, flat);
	expect("autocontrast", 0, 1, 2, 3, pair, wide);
	expect("brightness", 0.5, 1, 4, 1, some, half);
	expect("contrast", 0.5, 2, 2, 1, some, level);
	expect("color", 0.5, 1, 1, 3, colour, paler);
	expect("color", 0.5, 1, 4, 1, some, some);
	expect("posterize", 4, 1, 4, 1, ends, four);
	expect("posterize", 5, 1, 4, 1, ends, five);
	expect("posterize", 8, 1, 4, 1, ends, ends);
	expect("solarize", 128, 1, 4, 1, some, below);
	expect("solarize", 0, 1, 4, 1, some, all);
	expect("solarize", 255, 1, 4, 1, some, most);
}

static void equalize_by_hand(void)
{
	int i;

	/* 512 pixels, half of them with the largest value: a step of 256 / 255 = 1. */
	for (i = 0; i < 512; i++) {
		image[i] = i % 2 ? 200 : 10;
		want[i] = i % 2 ? 255 : 0;
	}
	expect("equalize", 0, 16, 32, 1, image, want);
	/* 1024 pixels of 4 values: a step of 768 / 255 = 3, levels (1 + 256 k) / 3. */
	for (i = 0; i < 1024; i++) {
		static const uint8_t level[4] = {0, 85, 171, 255};

		image[i] = (uint8_t)(i % 4 + 100);
		want[i] = level[i % 4];
	}
	expect("equalize", 0, 32, 32, 1, image, want);
	/* Fewer than 255 pixels below the largest value: unchanged. */
	expect("equalize", 0, 4, 4, 1, image, image);
}

static void sharpness_by_hand(void)
{
	static const uint8_t spot[20] = {13, 13, 13, 13, 13, 13, 39, 13, 13, 13,
					 13, 13, 13, 13, 13, 13, 13, 13, 13, 13};
	/*
	 * smoothed: 23 in the spot and 15 beside it; half way: 31 and 14; the border is
	 * unchanged
	 */
	static const uint8_t soft[20] = {13, 13, 13, 13, 13, 13, 31, 14, 13, 13,
					 13, 14, 14, 13, 13, 13, 13, 13, 13, 13};

	expect("sharpness", 0.5, 4, 5, 1, spot, soft);
	expect("sharpness", 0.5, 2, 10, 1, spot, spot);
	expect("sharpness", 0.5, 10, 2, 1, spot, spot);
}

static void shapes_by_hand(void)
{
	static const uint8_t square[16] = {1, 2,  3,  4,  5,  6,  7,  8,
					   9, 10, 11, 12, 13, 14, 15, 16};
	/* row y moves left by (y + 1/2) / 4, to the nearest pixel */
	static const uint8_t sheared[16] = {1,	2,  3,	4, 5,  6,  7,  8,
					    10, 11, 12, 0, 14, 15, 16, 0};
	static const uint8_t falling[16] = {1, 2,  7,  8,  5,  6,  11, 12,
					    9, 10, 15, 16, 13, 14, 0,  0};
	static const uint8_t left[16] = {2, 3, 4, 0, 6, 7, 8, 0, 10, 11, 12, 0, 14, 15, 16, 0};
	static const uint8_t down[16] = {0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	static const uint8_t quarter[16] = {4, 8, 12, 16, 3, 7, 11, 15,
					    2, 6, 10, 14, 1, 5, 9,  13};
	/* two channels of a pixel stay together; height and width differ */
	static const uint8_t pair[12] = {1, 21, 2, 22, 3, 23, 4, 24, 5, 25, 6, 26};
	static const uint8_t right[12] = {0, 0, 1, 21, 2, 22, 0, 0, 4, 24, 5, 25};

	expect("shear-x", 0.25, 4, 4, 1, square, sheared);
	expect("shear-y", 0.25, 4, 4, 1, square, falling);
	expect("translate-x", 0.25, 4, 4, 1, square, left);
	expect("translate-y", -0.25, 4, 4, 1, square, down);
	expect("translate-x", -1 / 3.0, 2, 3, 2, pair, right);
	expect("rotate", 90, 4, 4, 1, square, quarter);
	expect("rotate", 0, 4, 4, 1, square, square);
	expect("shear-x", 0, 2, 3, 2, pair, pair);
}

/* ------------------------------------------------------------------ against PIL */

/* CRC-32C of PIL 9.4's results for a 23 × 17 colour image and a 40 × 32 grey one. */
static void digests(void)
{
	static const struct {
		const char *name;
		double strength;
		uint32_t crc[2];
	} known[] = {
		{"autocontrast", 0, {0xe4afab91, 0x828d1ab5}},
		{"brightness", 0.3, {0x6132da45, 0x0a543ba7}},
		{"color", 0.7, {0xafa6c6a7, 0x7794369e}},
		{"contrast", 0.45, {0x7ea118be, 0xca8093ab}},
		{"equalize", 0, {0xb1b4ee0a, 0x453d7191}},
		{"identity", 0, {0x2f4e4ed4, 0x7794369e}},
		{"posterize", 5, {0x45be721d, 0x53b335b5}},
		{"rotate", 17.5, {0xd35b3eba, 0x2b74e82c}},
		{"sharpness", 0.2, {0xb530cbef, 0x007d0700}},
		{"shear-x", -0.25, {0x59fd705e, 0x37827205}},
		{"shear-y", 0.125, {0x06f6d131, 0xd1ba7b81}},
		{"solarize", 100, {0xc24a4c41, 0x25794329}},
		{"translate-x", 0.3, {0x57bdc9d0, 0x3cf1f41f}},
		{"translate-y", -0.17, {0xd7957c2b, 0xc8496908}},
	};
	static const int shape[2][3] = {{17, 23, 3}, {32, 40, 1}};
	uint32_t state;
	size_t i, s, n, k;

	check_int(sizeof known / sizeof known[0], LT_RAND_OPERATIONS);
	for (s = 0; s < 2; s++) {
		n = (size_t)(shape[s][0] * shape[s][1] * shape[s][2]);
		for (i = 0, state = 5; i < n; i++) {
			state = state * 1664525u + 1013904223u;
			image[i] = (uint8_t)(40 + (state >> 24) * 3 / 5);
		}
		for (k = 0; k < LT_RAND_OPERATIONS; k++) {
			apply(operation(known[k].name), known[k].strength, image, shape[s][0],
			      shape[s][1], shape[s][2], got);
			check_named(lt_crc32c(0, got, n) == known[k].crc[s], known[k].name);
		}
	}
}

/* ------------------------------------------------------------------ all together */

struct drawn {
	int times[LT_RAND_OPERATIONS];
	double least[LT_RAND_OPERATIONS], most[LT_RAND_OPERATIONS];
	int sides[64], applied;
};

/* Computes the image from the table with the same draws; records the strengths. */
static void second_writing(struct lt_draws *draws, int height, int width, int channels,
			   struct drawn *drawn)
{
	int shorter = height < width ? height : width, i, y, x, side, top, left;
	uint8_t from[MOST];
	size_t n = (size_t)(height * width * channels);

	memcpy(want, image, n);
	for (i = 0; i < 2; i++) {
		int which = (int)lt_draw_below(draws, 14);
		const struct lt_rand_operation *o = &lt_rand_operations[which];
		double strength = 0;

		drawn->times[which]++;
		if (lt_draw_below(draws, 2) == 0)
			continue;
		drawn->applied++;
		if (strcmp(o->name, "posterize") == 0)
			strength = 4 + lt_draw_below(draws, 5);
		else if (strcmp(o->name, "solarize") == 0)
			strength = lt_draw_below(draws, 256);
		else if (o->high > o->low)
			strength = o->low + (o->high - o->low) * lt_draw_unit(draws);
		drawn->least[which] = fmin(drawn->least[which], strength);
		drawn->most[which] = fmax(drawn->most[which], strength);
		memcpy(from, want, n);
		apply(o, strength, from, height, width, channels, want);
	}
	side = (int)lt_draw_below(draws, (uint32_t)(shorter / 2 + 1));
	top = (int)lt_draw_below(draws, (uint32_t)height) - side / 2;
	left = (int)lt_draw_below(draws, (uint32_t)width) - side / 2;
	drawn->sides[side]++;
	for (y = top; y < top + side; y++)
		for (x = left; x < left + side; x++)
			if (y >= 0 && y < height && x >= 0 && x < width)
				memset(want + (y * width + x) * channels, 127,
				       (size_t)channels);
}

static void whole(int height, int width, int channels, int slots)
{
	static const struct lt_norm bytes = {
		4, {0}, {1 / 255.0, 1 / 255.0, 1 / 255.0, 1 / 255.0}};
	struct drawn drawn = {.sides = {0}};
	struct lt_augment augment;
	struct lt_draws draws, same;
	int n = height * width * channels, slot, i, shorter = height < width ? height : width;
	size_t floats;
	float out[MOST], *scratch;
	double chi = 0, d;
	bool good = true;
	char name[64];

	if (!lt_augment_scratch(height, width, channels, &floats) ||
	    !(scratch = malloc(floats * sizeof *scratch)) ||
	    lt_augment_init(&augment, "randaugment", &bytes, NULL) != 0)
		abort();
	for (i = 0; i < n; i++)
		image[i] = (uint8_t)(40 + i * 7919 % 151);
	for (i = 0; i < LT_RAND_OPERATIONS; i++) {
		drawn.least[i] = 1e9;
		drawn.most[i] = -1e9;
	}
	for (slot = 0; slot < slots; slot++) {
		draws = same = lt_draws_at(7, LT_FOR_AUGMENT, 0, 3, (uint32_t)slot);
		lt_augment_image(&augment, image, height, width, channels, &draws, out,
				 scratch);
		second_writing(&same, height, width, channels, &drawn);
		for (i = 0; i < n; i++)
			good = good && (int)floor((double)out[i] + 0.5) == want[i];
		good = good && lt_draw_u32(&draws) == lt_draw_u32(&same);
	}
	free(scratch);
	snprintf(name, sizeof name, "randaugment of %d x %d x %d", height, width, channels);
	check_named(good, name);
	if (slots < 3000)
		return;
	for (i = 0; i < LT_RAND_OPERATIONS; i++) {
		const struct lt_rand_operation *o = &lt_rand_operations[i];
		double margin = (o->high - o->low) / 25;

		d = drawn.times[i] - slots / 7.0;
		chi += d * d / (slots / 7.0);
		check_named(drawn.least[i] >= o->low && drawn.least[i] <= o->low + margin &&
				    drawn.most[i] <= o->high &&
				    drawn.most[i] >= o->high - margin,
			    o->name);
	}
	/* Four deviations of 6000 draws: 155. */
	check_named(abs(drawn.applied - slots) < 155,
		    "an operation is applied in half of all cases");
	check_named(chi < 34.5, "chi square of fourteen operations (13 degrees, 0.1 %)");
	check_named(drawn.sides[0] > 0 && drawn.sides[shorter / 2] > 0 &&
			    drawn.sides[shorter / 2 + 1] == 0,
		    "squares up to half the shorter side");
}

/* The fourteen, with the ranges of FixMatch's appendix. */
static void table(void)
{
	static const struct {
		const char *name;
		double low, high;
	} ranges[] = {
		{"brightness", 0.05, 0.95}, {"color", 0.05, 0.95},     {"contrast", 0.05, 0.95},
		{"sharpness", 0.05, 0.95},  {"posterize", 4, 8},       {"rotate", -30, 30},
		{"shear-x", -0.3, 0.3},	    {"shear-y", -0.3, 0.3},    {"solarize", 0, 255},
		{"translate-x", -0.3, 0.3}, {"translate-y", -0.3, 0.3}};
	size_t i;

	for (i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		check(operation(ranges[i].name)->low == ranges[i].low &&
		      operation(ranges[i].name)->high == ranges[i].high);
	check(operation("identity") && operation("autocontrast") && operation("equalize"));
}

int main(void)
{
	table();
	colours_by_hand();
	equalize_by_hand();
	sharpness_by_hand();
	shapes_by_hand();
	digests();
	whole(32, 32, 3, 3000);
	whole(4, 4, 1, 400);
	whole(4, 4, 3, 400);
	whole(5, 40, 1, 400);
	whole(31, 9, 3, 400);
	whole(7, 6, 4, 400);
	return check_done();
}
