/*
 * Philox4x32-10 against the known answers of Random123's kat_vectors, MT19937 against the
 * numbers of the C++ standard and numpy 1.24, and draws against their distributions (with
 * fixed seeds, so results do not vary).
 */
#include "base/random.h"

#include <stdlib.h>

#include "check.h"

static void check_philox(void)
{
	static const struct {
		uint64_t key;
		uint32_t counter[4], out[4];
	} known[] = {
		{0, {0, 0, 0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{UINT64_MAX,
		 {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
		 {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{0x299f31d0a4093822,
		 {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
		 {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	};
	uint32_t out[4];
	int i;

	for (i = 0; i < 3; i++) {
		lt_philox(known[i].key, known[i].counter, out);
		check(memcmp(out, known[i].out, sizeof out) == 0);
	}
}

static void check_counter(void)
{
	struct lt_draws draws = lt_draws_at(77, LT_FOR_AUGMENT, 3, 5, 9);
	uint32_t counter[4] = {0, 9, 5, 0x40003}, out[4];
	int i, wrong = 0;

	for (i = 0; i < 12; i++) {
		if (i % 4 == 0) {
			lt_philox(77, counter, out);
			counter[0]++;
		}
		wrong += lt_draw_u32(&draws) != out[i % 4];
	}
	check_named(wrong == 0,
		    "words follow the counter (draw, slot, epoch, purpose and view)");
}

static void check_units(void)
{
	struct lt_draws draws = lt_draws_at(1, LT_FOR_INIT, 0, 0, 0), again = draws;
	double x, sum = 0, square = 0;
	uint64_t words;
	int i, n = 200000, outside = 0;

	words = (uint64_t)lt_draw_u32(&again) << 32;
	words |= lt_draw_u32(&again);
	check(lt_draw_unit(&draws) == (double)(words >> 11) * 0x1p-53);
	for (i = 0; i < n; i++) {
		x = lt_draw_unit(&draws);
		outside += !(x >= 0 && x < 1);
		sum += x;
		square += x * x;
	}
	check_int(outside, 0);
	check_near(sum / n, 0.5, 0.003);
	check_near(square / n, 1.0 / 3, 0.003);
	for (i = 0; i < 1000; i++) {
		x = lt_draw_between(&draws, -3, 5);
		outside += !(x >= -3 && x < 5);
	}
	check_int(outside, 0);
}

static void check_normals(void)
{
	struct lt_draws draws = lt_draws_at(2, LT_FOR_INIT, 0, 0, 0);
	double x, moment[4] = {0};
	int i, n = 200000, beyond = 0;

	for (i = 0; i < n; i++) {
		x = lt_draw_normal(&draws);
		moment[0] += x;
		moment[1] += x * x;
		moment[2] += x * x * x;
		moment[3] += x * x * x * x;
		beyond += fabs(x) > 1.959963984540054;
	}
	check_int(draws.counter[0], n);
	check_near(moment[0] / n, 0, 0.01);
	check_near(moment[1] / n, 1, 0.02);
	check_near(moment[2] / n, 0, 0.05);
	check_near(moment[3] / n, 3, 0.1);
	check_near((double)beyond / n, 0.05, 0.002);
}

static void check_below(void)
{
	struct lt_draws draws = lt_draws_at(3, LT_FOR_ORDER, 0, 0, 0);
	int count[7] = {0}, i, n = 70000, outside = 0, high = 0;
	double chi = 0;
	uint32_t big = 0xc0000000, value;

	for (i = 0; i < n; i++) {
		value = lt_draw_below(&draws, 7);
		if (value < 7)
			count[value]++;
	}
	for (i = 0; i < 7; i++)
		chi += (count[i] - n / 7.0) * (count[i] - n / 7.0) / (n / 7.0);
	check_named(chi < 22.5, "chi square of numbers below 7 (6 degrees, 0.1 %)");
	/* A biased product would give too many numbers in the lower two thirds here. */
	for (i = 0; i < n; i++) {
		value = lt_draw_below(&draws, big);
		outside += value >= big;
		high += value >= big / 2;
	}
	check_int(outside, 0);
	check_near((double)high / n, 0.5, 0.008);
	check_int(lt_draw_below(&draws, 1), 0);
}

/*
 * Moments, and the probability of a quarter where it is known: arcsine, uniform, 3 x² - 2
 * x³.
 */
static void check_beta(void)
{
	static const double a[] = {1e-3, 0.2, 0.5, 1, 1.5, 2, 100, 1e3};
	static const double quarter[] = {NAN, NAN, 1 / 3.0, 0.25, NAN, 0.15625, NAN, NAN};
	struct lt_draws draws;
	int n = 100000, i, outside, low, high;
	double x, d, sum, square, fourth;
	char name[64];
	size_t k;

	for (k = 0; k < sizeof a / sizeof a[0]; k++) {
		draws = lt_draws_at(5, LT_FOR_MIX, 0, 0, (uint32_t)k);
		sum = square = fourth = 0;
		outside = low = high = 0;
		for (i = 0; i < n; i++) {
			x = lt_draw_beta(&draws, a[k]);
			outside += !(x >= 0 && x <= 1);
			low += x < 0.25;
			high += x > 0.75;
			d = (x - 0.5) * (x - 0.5);
			sum += x;
			square += d;
			fourth += d * d;
		}
		/* variance 1 / (4 (2 a + 1)), kurtosis 3 - 6 / (2 a + 3) */
		d = 1 / (4 * (2 * a[k] + 1));
		snprintf(name, sizeof name, "Beta(%g, %g)", a[k], a[k]);
		check_named(outside == 0 && fabs(sum / n - 0.5) < 4 * sqrt(d / n) &&
				    fabs(square / n / d - 1) < 0.02 &&
				    fabs(fourth / n / (d * d) / (3 - 6 / (2 * a[k] + 3)) - 1) <
					    0.04,
			    name);
		if (quarter[k] > 0) {
			check_near((double)low / n, quarter[k], 0.006);
			check_near((double)high / n, quarter[k], 0.006);
		}
	}
}

/* With a small parameter, nearly all draws are at both ends, and none is NaN. */
static void check_beta_ends(void)
{
	struct lt_draws draws = lt_draws_at(6, LT_FOR_MIX, 0, 0, 0);
	int i, zeros = 0, ones = 0, between = 0;
	double x;

	for (i = 0; i < 2000; i++) {
		x = lt_draw_beta(&draws, 1e-3);
		zeros += x < 1e-6;
		ones += x > 1 - 1e-6;
		between += x >= 1e-6 && x <= 1 - 1e-6;
	}
	check_int(zeros + ones + between, 2000);
	check(zeros > 900 && ones > 900 && between > 0);
}

static void check_permutation(void)
{
	struct lt_draws draws = lt_draws_at(4, LT_FOR_ORDER, 0, 0, 0);
	uint32_t index[1000], small[3];
	int seen[1000] = {0}, wrong = 0, moved = 0, i, order[27] = {0};

	lt_draw_permutation(&draws, index, 1000);
	for (i = 0; i < 1000; i++)
		if (index[i] < 1000)
			seen[index[i]]++;
	for (i = 0; i < 1000; i++) {
		wrong += seen[i] != 1;
		moved += index[i] != (uint32_t)i;
	}
	check_int(wrong, 0);
	check(moved > 950);
	for (i = 0; i < 6000; i++) {
		lt_draw_permutation(&draws, small, 3);
		order[small[0] * 9 + small[1] * 3 + small[2]]++;
	}
	for (i = 0; i < 27; i++)
		if (order[i])
			wrong += !(order[i] > 880 && order[i] < 1120);
	check_named(wrong == 0, "the six orders of three come equally often");
	lt_draw_permutation(&draws, index, 0);
	lt_draw_permutation(&draws, index, 1);
	check_int(index[0], 0);
}

static void check_mt(void)
{
	struct lt_mt19937 mt;
	uint32_t word = 0;
	int i;

	lt_mt_seed(&mt, 5489);
	check_int(lt_mt_u32(&mt), 3499211612);
	for (i = 1; i < 10000; i++)
		word = lt_mt_u32(&mt);
	check_named(word == 4123659995, "the 10,000th number of the C++ standard");
}

/* numpy 1.24: np.random.seed(seed); a = np.arange(n); np.random.shuffle(a) */
static void check_shuffle(void)
{
	static const int64_t ten[] = {2, 8, 4, 9, 1, 6, 7, 3, 0, 5};
	static const int64_t twenty[] = {11, 17, 19, 15, 1, 5, 8, 16, 13, 18,
					 14, 9,	 10, 6,	 0, 4, 7, 12, 2,  3};
	static const int64_t large[] = {58332, 53059, 36369, 9078, 4675, 29737};
	int64_t *index = malloc(70000 * sizeof *index);
	struct lt_mt19937 mt;
	int64_t i;

	if (!check(index != NULL))
		return;
	for (i = 0; i < 10; i++)
		index[i] = i;
	lt_mt_seed(&mt, 0);
	lt_mt_shuffle(&mt, index, 10);
	check(memcmp(index, ten, sizeof ten) == 0);
	for (i = 0; i < 20; i++)
		index[i] = i;
	lt_mt_seed(&mt, 4294967295);
	lt_mt_shuffle(&mt, index, 20);
	check(memcmp(index, twenty, sizeof twenty) == 0);
	for (i = 0; i < 70000; i++)
		index[i] = i;
	lt_mt_seed(&mt, 12345);
	lt_mt_shuffle(&mt, index, 70000);
	check(memcmp(index, large, sizeof large) == 0);
	check_int(index[69999], 2177);
	free(index);
}

int main(void)
{
	check_philox();
	check_counter();
	check_units();
	check_normals();
	check_below();
	check_beta();
	check_beta_ends();
	check_permutation();
	check_mt();
	check_shuffle();
	return check_done();
}
