/*
 * AutoAugment: strengths of levels; operations with factors above 1 and grey fill, against
 * digests of PIL's results; the published policy; and whole images, computed from the table
 * with the same draws.
 */
#include "check.h"
#include "data/augment_parts.h"
#include "stream/stream.h"

#include <stdlib.h>

#define MOST (40 * 32 * 3)

static uint8_t image[MOST], got[MOST], want[MOST];

static void apply(const struct lt_auto_step *step, bool other_side, const uint8_t *from,
		  int height, int width, int channels, uint8_t *to)
{
	struct lt_picture picture = {.height = height,
				     .width = width,
				     .channels = channels,
				     .pixels = (size_t)height * (size_t)width,
				     .bytes = from,
				     .fill = 128};

	lt_auto_operations[step->name].make(&picture, to, lt_auto_strength(step, other_side));
}

/* CRC-32C of PIL 9.4's results for a 23 × 17 colour image and a 40 × 32 grey one. */
static void digests(void)
{
	static const struct {
		struct lt_auto_step step;
		bool other_side;
		uint32_t crc[2];
	} known[] = {
		{{LT_AUTO_INVERT, 1, 0}, false, {0x124f27a9, 0xa741f931}},
		{{LT_AUTO_CONTRAST, 1, 6}, false, {0x6208f01a, 0x31113f42}},
		{{LT_AUTO_ROTATE, 1, 2}, false, {0xe4988d17, 0x02ad03b6}},
		{{LT_AUTO_ROTATE, 1, 2}, true, {0xdece6122, 0x85b46c53}},
		{{LT_AUTO_TRANSLATE_X, 1, 9}, false, {0x83609634, 0xc1495c21}},
		{{LT_AUTO_TRANSLATE_X, 1, 8}, true, {0x3b039f1e, 0x82ef95fe}},
		{{LT_AUTO_SHARPNESS, 1, 9}, false, {0xfde2e69c, 0x9780c20b}},
		{{LT_AUTO_SHARPNESS, 1, 3}, true, {0x15acd96f, 0x686299a6}},
		{{LT_AUTO_SHEAR_Y, 1, 8}, false, {0xd70750ab, 0x92fe378c}},
		{{LT_AUTO_SHEAR_Y, 1, 7}, true, {0xb6f11756, 0xaae70211}},
		{{LT_AUTO_TRANSLATE_Y, 1, 7}, true, {0xa591f1cb, 0x28c0f05c}},
		{{LT_AUTO_COLOUR, 1, 9}, false, {0x332273ef, 0x7794369e}},
		{{LT_AUTO_COLOUR, 1, 8}, true, {0x5f692db6, 0x7794369e}},
		{{LT_AUTO_BRIGHTNESS, 1, 7}, false, {0xd22d3afc, 0xd6012089}},
		{{LT_AUTO_BRIGHTNESS, 1, 9}, true, {0xdbcb60ca, 0x97f8d372}},
		{{LT_AUTO_POSTERIZE, 1, 7}, false, {0x45be721d, 0x53b335b5}},
		{{LT_AUTO_SOLARIZE, 1, 5}, false, {0x7f7a3866, 0x53c51147}},
		{{LT_AUTO_SOLARIZE, 1, 3}, false, {0x98e12e1e, 0xf1db7a84}},
	};
	static const int shape[2][3] = {{17, 23, 3}, {32, 40, 1}};
	char name[64];

	for (size_t s = 0; s < 2; s++) {
		size_t n = (size_t)(shape[s][0] * shape[s][1] * shape[s][2]);
		uint32_t state = 5;

		for (size_t i = 0; i < n; i++) {
			state = state * 1664525u + 1013904223u;
			image[i] = (uint8_t)(40 + (state >> 24) * 3 / 5);
		}
		for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
			snprintf(name, sizeof name, "operation %d at level %d, %d channels",
				 known[k].step.name, known[k].step.level, shape[s][2]);
			apply(&known[k].step, known[k].other_side, image, shape[s][0],
			      shape[s][1], shape[s][2], got);
			check_named(lt_crc32c(0, got, n) == known[k].crc[s], name);
		}
	}
}

static void strengths(void)
{
	static const struct {
		struct lt_auto_step step;
		bool other_side;
		double want;
	} known[] = {
		{{LT_AUTO_BRIGHTNESS, 1, 9}, false, 1.9},
		{{LT_AUTO_BRIGHTNESS, 1, 9}, true, 0.1},
		{{LT_AUTO_COLOUR, 1, 0}, true, 1},
		{{LT_AUTO_SHARPNESS, 1, 3}, false, 1.3},
		{{LT_AUTO_ROTATE, 1, 9}, true, -30},
		{{LT_AUTO_SHEAR_Y, 1, 3}, false, 0.1},
		{{LT_AUTO_TRANSLATE_X, 1, 9}, false, 150.0 / 331},
		{{LT_AUTO_POSTERIZE, 1, 7}, false, 5},
		{{LT_AUTO_SOLARIZE, 1, 0}, false, 256},
		{{LT_AUTO_SOLARIZE, 1, 9}, false, 0},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		check_near(lt_auto_strength(&known[i].step, known[i].other_side), known[i].want,
			   1e-12);
}

/* Table 7 of the paper (CIFAR-10): the frequency of each operation, and two of its rows. */
static void policy(void)
{
	static const struct {
		enum lt_auto_name name;
		int times, levels;
	} known[] = {
		{LT_AUTO_INVERT, 3, 0},	      {LT_AUTO_CONTRAST, 2, 13},
		{LT_AUTO_ROTATE, 1, 2},	      {LT_AUTO_TRANSLATE_X, 2, 17},
		{LT_AUTO_TRANSLATE_Y, 5, 39}, {LT_AUTO_SHARPNESS, 5, 24},
		{LT_AUTO_SHEAR_Y, 2, 15},     {LT_AUTO_AUTOCONTRAST, 7, 0},
		{LT_AUTO_EQUALIZE, 9, 0},     {LT_AUTO_POSTERIZE, 1, 7},
		{LT_AUTO_COLOUR, 5, 27},      {LT_AUTO_BRIGHTNESS, 4, 25},
		{LT_AUTO_SOLARIZE, 4, 18},
	};
	int times[LT_AUTO_TRANSLATE_Y + 1] = {0}, levels[LT_AUTO_TRANSLATE_Y + 1] = {0};
	double probabilities = 0;

	for (int i = 0; i < 2 * LT_AUTO_POLICIES; i++) {
		const struct lt_auto_step *step = &lt_auto_policy[i / 2][i % 2];

		times[step->name]++;
		levels[step->name] += step->level;
		probabilities += step->probability;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		check_int(times[known[i].name], known[i].times);
		check_int(levels[known[i].name], known[i].levels);
	}
	check_near(probabilities, 26.5, 1e-9);
	check(lt_auto_policy[5][1].name == LT_AUTO_POSTERIZE &&
	      lt_auto_policy[5][1].probability == 0.3 && lt_auto_policy[5][1].level == 7);
	check(lt_auto_policy[21][0].name == LT_AUTO_TRANSLATE_Y &&
	      lt_auto_policy[21][0].probability == 0.9);
}

/* Returns the number of operations that were applied. */
static int second_writing(struct lt_draws *draws, int height, int width, int channels,
			  int pairs[LT_AUTO_POLICIES])
{
	int pair = (int)lt_draw_below(draws, 25), applied = 0;
	size_t n = (size_t)(height * width * channels);
	uint8_t from[MOST];

	pairs[pair]++;
	memcpy(want, image, n);
	for (int i = 0; i < 2; i++) {
		const struct lt_auto_step *step = &lt_auto_policy[pair][i];
		bool whole = step->name == LT_AUTO_POSTERIZE ||
			     step->name == LT_AUTO_SOLARIZE || step->name == LT_AUTO_INVERT ||
			     step->name == LT_AUTO_EQUALIZE ||
			     step->name == LT_AUTO_AUTOCONTRAST;

		if (lt_draw_unit(draws) >= step->probability)
			continue;
		applied++;
		memcpy(from, want, n);
		apply(step, !whole && lt_draw_below(draws, 2), from, height, width, channels,
		      want);
	}
	return applied;
}

static void whole(int height, int width, int channels, int slots)
{
	static const struct lt_norm bytes = {
		4, {0}, {1 / 255.0, 1 / 255.0, 1 / 255.0, 1 / 255.0}};
	int n = height * width * channels, pairs[LT_AUTO_POLICIES] = {0}, applied = 0;
	struct lt_augment augment;
	struct lt_draws draws, same;
	size_t floats;
	float out[MOST], *scratch;
	double chi = 0, d;
	bool good = true;

	if (!lt_augment_scratch(height, width, channels, &floats) ||
	    !(scratch = malloc(floats * sizeof *scratch)) ||
	    lt_augment_init(&augment, "autoaugment", &bytes, NULL) != 0)
		abort();
	for (int i = 0; i < n; i++)
		image[i] = (uint8_t)(40 + i * 7919 % 151);
	for (int slot = 0; slot < slots; slot++) {
		draws = same = lt_draws_at(7, LT_FOR_AUGMENT, 0, 3, (uint32_t)slot);
		lt_augment_image(&augment, image, height, width, channels, &draws, out,
				 scratch);
		applied += second_writing(&same, height, width, channels, pairs);
		for (int i = 0; i < n; i++)
			good = good && (int)floor((double)out[i] + 0.5) == want[i];
		good = good && lt_draw_u32(&draws) == lt_draw_u32(&same);
	}
	free(scratch);
	check_named(good, "images are those of the table and the same draws");
	if (slots < 5000)
		return;
	for (int i = 0; i < LT_AUTO_POLICIES; i++) {
		d = pairs[i] - slots / 25.0;
		chi += d * d / (slots / 25.0);
	}
	check_named(chi < 51.2, "chi square of 25 pairs (24 degrees, 0.1 %)");
	/* Each pair draws twice; four deviations of the mean are below 0.03. */
	check_near(applied / (double)slots, 26.5 / 25, 0.03);
}

int main(void)
{
	strengths();
	policy();
	digests();
	whole(32, 32, 3, 5000);
	whole(4, 4, 1, 400);
	whole(5, 40, 1, 400);
	whole(7, 6, 4, 400);
	return check_done();
}
