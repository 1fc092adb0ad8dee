/* The selection of pseudo-labels. */
#include <math.h>

#include "check.h"
#include "method/guess.h"

enum { N = 8, C = 3 };

static const struct lt_guess guess[N] = {
	{2, 0.5f}, {0, 0.9f}, {2, 0.7f}, {2, 0.7f}, {0, 0.3f}, {2, 0.9f}, {1, 0.4f}, {0, 0.9f},
};

/* The selected rows as bits, the first row lowest.  most NULL: no quota. */
static int chosen(double min_conf, const uint64_t *most)
{
	bool keep[N];
	int bits = 0;

	if (lt_guess_choose(guess, N, min_conf, most, keep, NULL) != 0)
		return -1;
	for (int i = 0; i < N; i++)
		bits |= keep[i] << i;
	return bits;
}

/* The same quota for all classes; 0: none. */
static int kept(double min_conf, uint64_t quota)
{
	const uint64_t most[C] = {quota, quota, quota};

	return chosen(min_conf, quota ? most : NULL);
}

static void test_choose(void)
{
	static const uint64_t none[C] = {0, 0, 0}, some[C] = {1, 0, 2};

	check_int(kept(0, 0), 0xff);
	/* As float32: 0.7 is rounded below the real number, and 0.5 is exact. */
	check_int(kept(0.5, 0), 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 7);
	check_int(kept(0.95, 0), 0);
	check_int(kept(0, 1), 1 << 1 | 1 << 5 | 1 << 6);
	/* Of two equal confidences, the first row is selected. */
	check_int(kept(0, 2), 1 << 1 | 1 << 7 | 1 << 2 | 1 << 5 | 1 << 6);
	check_int(kept(0, 3), 0xff & ~(1 << 0));
	check_int(kept(0, 100), 0xff);
	check_int(kept(0.6, 2), 1 << 1 | 1 << 7 | 1 << 2 | 1 << 5);
	check_int(lt_guess_choose(NULL, 0, 0.5, some, NULL, NULL), 0);
	check_int(chosen(0, none), 0);
	check_int(chosen(0, some), 1 << 1 | 1 << 5 | 1 << 2);
}

static void check_rates(const uint64_t *counts, int classes, double power, const double *want)
{
	double rate[8];

	check_int(lt_guess_rates(counts, classes, power, rate, NULL), 0);
	for (int c = 0; c < classes; c++)
		check(fabs(rate[c] - want[c]) < 1e-12);
}

static void test_rates(void)
{
	/* Cube roots of 1/64, 8/64 and 64/64: 1/4, 1/2 and 1. */
	static const uint64_t sorted[] = {64, 8, 1}, mixed[] = {8, 1, 64}, other[] = {1, 64, 8};
	static const double by_rank[] = {0.25, 0.5, 1}, of_mixed[] = {0.5, 1, 0.25},
			    of_other[] = {1, 0.25, 0.5};
	/* Ranks 0 and 1 share (1/4 + 1)/2, ranks 1 and 2 (1/4 + 1)/2 as well. */
	static const uint64_t two_heads[] = {64, 1, 64}, two_tails[] = {1, 64, 1};
	static const double of_heads[] = {0.625, 1, 0.625}, of_tails[] = {0.625, 0.25, 0.625};
	static const uint64_t even[] = {5, 5, 5, 5}, empty[] = {0, 8, 64};
	static const double all[] = {1, 1, 1, 1}, of_empty[] = {1, 0.5, 0.25};
	static const double square[] = {1. / 4096, 1. / 64, 1};

	check_rates(sorted, 3, 1. / 3, by_rank);
	check_rates(mixed, 3, 1. / 3, of_mixed);
	check_rates(other, 3, 1. / 3, of_other);
	check_rates(two_heads, 3, 1. / 3, of_heads);
	check_rates(two_tails, 3, 1. / 3, of_tails);
	check_rates(even, 4, 1. / 3, all);
	check_rates(empty, 3, 1. / 3, of_empty);
	check_rates(sorted, 3, 0, all);
	check_rates(sorted, 3, 2, square);
	check_rates(sorted, 1, 1. / 3, all);
}

static void test_share(void)
{
	static const uint64_t counts[C] = {8, 1, 64};
	uint64_t called[C], most[C];
	double rate[C];

	lt_guess_count(guess, N, C, called);
	check_int((int)called[0], 3);
	check_int((int)called[1], 1);
	check_int((int)called[2], 4);
	check_int(lt_guess_rates(counts, C, 1. / 3, rate, NULL), 0);
	lt_guess_share(rate, called, C, most);
	/* 3/2 rounded down; all; and 4/4, which is 1 for any rounding of 1/4. */
	check_int((int)most[0], 1);
	check_int((int)most[1], 1);
	check_int((int)most[2], 1);
	check_int(chosen(0, most), 1 << 1 | 1 << 6 | 1 << 5);
	/* The same with a class that is never predicted. */
	called[1] = 0;
	lt_guess_share(rate, called, C, most);
	check_int((int)most[1], 0);
}

static void test_align(void)
{
	static const uint64_t counts[C] = {16, 4, 0};
	static const double mean[C] = {0.8, 0.15, 0.05};
	static const float p[C] = {0.5f, 0.25f, 0.25f};
	double factor[C], share[C] = {4. / 7, 2. / 7, 1. / 7}, sum = 0;
	float aligned[C];

	/* Square roots of 16, 4 and (for no predictions) 1. */
	lt_guess_factors(counts, mean, C, 0.5, factor);
	for (int c = 0; c < C; c++)
		check(fabs(factor[c] - (share[c] + 1e-6) / (mean[c] + 1e-6)) < 1e-12);
	for (int c = 0; c < C; c++)
		sum += (double)p[c] * factor[c];
	lt_guess_align(p, factor, C, aligned);
	for (int c = 0; c < C; c++)
		check(fabs((double)aligned[c] - (double)p[c] * factor[c] / sum) < 1e-7);
	check_int(lt_guess_of(p, C).label, 0);
	check_int(lt_guess_of(aligned, C).label, 2);
	check(lt_guess_of(aligned, C).confidence == aligned[2]);
	/* All factors are 1 if the mean equals the target; means near 0 are handled. */
	lt_guess_factors(counts, share, C, 0.5, factor);
	lt_guess_align(p, factor, C, aligned);
	for (int c = 0; c < C; c++)
		check(fabsf(aligned[c] - p[c]) < 1e-6f);
	lt_guess_factors(counts, (const double[C]){1, 0, 0}, C, 0, factor);
	check(isfinite(factor[1]));
}

int main(void)
{
	static const float tie[C] = {0.25f, 0.375f, 0.375f};

	check_int(lt_guess_of(tie, C).label, 1);
	test_choose();
	test_rates();
	test_share();
	test_align();
	return check_done();
}
