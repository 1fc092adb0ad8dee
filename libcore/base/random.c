/*
 * Philox4x32-10, draws from it, and numpy's legacy MT19937.
 *
 * The constants are those of the papers: Salmon, Moraes, Dror and Shaw (SC
 * 2011); Matsumoto and Nishimura (1998) with their seeding of 2002.
 */
#include "base/random.h"

#include <math.h>

#include "base/elementary.h"

#define TWO_PI 0x1.921fb54442d18p+2

void lt_philox(uint64_t seed, const uint32_t counter[4], uint32_t out[4])
{
	uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
	uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
	uint64_t p0, p1;
	int round;

	for (round = 0; round < 10; round++) {
		p0 = (uint64_t)0xD2511F53 * c0;
		p1 = (uint64_t)0xCD9E8D57 * c2;
		c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)p1;
		c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)p0;
		k0 += 0x9E3779B9;
		k1 += 0xBB67AE85;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

struct lt_draws lt_draws_at(uint64_t seed, enum lt_purpose purpose, uint32_t view,
			    uint32_t epoch, uint32_t slot)
{
	struct lt_draws draws = {
		.seed = seed,
		.counter = {0, slot, epoch, ((uint32_t)purpose << 16) + view},
		.used = 4,
	};

	return draws;
}

uint32_t lt_draw_u32(struct lt_draws *draws)
{
	if (draws->used == 4) {
		lt_philox(draws->seed, draws->counter, draws->word);
		draws->counter[0]++;
		draws->used = 0;
	}
	return draws->word[draws->used++];
}

/*
 * The high word of the product is a number below n.  Low words below 2^32 mod n would make
 * some numbers more frequent, so they are rejected (Lemire, 2019).
 */
uint32_t lt_draw_below(struct lt_draws *draws, uint32_t n)
{
	uint64_t product = (uint64_t)lt_draw_u32(draws) * n;
	uint32_t spare;

	if ((uint32_t)product < n) {
		spare = (uint32_t)-n % n;
		while ((uint32_t)product < spare)
			product = (uint64_t)lt_draw_u32(draws) * n;
	}
	return (uint32_t)(product >> 32);
}

double lt_draw_unit(struct lt_draws *draws)
{
	uint64_t high = lt_draw_u32(draws);

	return (double)(high << 21 | lt_draw_u32(draws) >> 11) * 0x1p-53;
}

double lt_draw_between(struct lt_draws *draws, double a, double b)
{
	return a + (b - a) * lt_draw_unit(draws);
}

double lt_draw_normal(struct lt_draws *draws)
{
	/* 1 - [0, 1) is never 0, so the logarithm is finite. */
	double radius = sqrt(-2 * lt_log(1 - lt_draw_unit(draws)));

	return radius * lt_cos(TWO_PI * lt_draw_unit(draws));
}

/*
 * U^(1/a) and V^(1/a) as logarithms: for small a the powers are often too small
 * for a double.  1 - [0, 1) is never 0, so the logarithms are finite.
 */
static double beta_by_joehnk(struct lt_draws *draws, double a)
{
	double x, y;

	do {
		x = lt_log(1 - lt_draw_unit(draws)) / a;
		y = lt_log(1 - lt_draw_unit(draws)) / a;
	} while (!(lt_exp(x) + lt_exp(y) <= 1));
	return 1 / (1 + lt_exp(y - x));
}

/* Cheng's alpha is 2 a, his beta 1 / √a and his gamma a + √a; his quick tests are left out. */
static double beta_by_cheng(struct lt_draws *draws, double a)
{
	double root = sqrt(a), u, t, v, w;

	do {
		u = 1 - lt_draw_unit(draws);
		t = 1 - lt_draw_unit(draws);
		v = lt_log(u / (1 - u)) / root;
		w = a * lt_exp(v);
		/* u = 1 makes w infinite and the left side NaN: drawn again. */
	} while (!((a + root) * v - 1.3862943611198906 + 2 * a * lt_log(2 * a / (a + w)) >=
		   lt_log(u * u * t)));
	return w / (a + w);
}

double lt_draw_beta(struct lt_draws *draws, double a)
{
	return a <= 1 ? beta_by_joehnk(draws, a) : beta_by_cheng(draws, a);
}

void lt_draw_permutation(struct lt_draws *draws, uint32_t *index, uint32_t n)
{
	uint32_t i, j, kept;

	for (i = 0; i < n; i++)
		index[i] = i;
	for (i = n; i > 1; i--) {
		j = lt_draw_below(draws, i);
		kept = index[i - 1];
		index[i - 1] = index[j];
		index[j] = kept;
	}
}

void lt_mt_seed(struct lt_mt19937 *mt, uint32_t seed)
{
	int i;

	for (i = 0; i < 624; i++) {
		mt->state[i] = seed;
		seed = 1812433253 * (seed ^ seed >> 30) + (uint32_t)i + 1;
	}
	mt->at = 624;
}

static void mt_refill(struct lt_mt19937 *mt)
{
	uint32_t *state = mt->state, mixed;
	int i;

	for (i = 0; i < 624; i++) {
		mixed = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
		state[i] = state[(i + 397) % 624] ^ mixed >> 1 ^ (mixed & 1 ? 0x9908b0df : 0);
	}
	mt->at = 0;
}

uint32_t lt_mt_u32(struct lt_mt19937 *mt)
{
	uint32_t word;

	if (mt->at == 624)
		mt_refill(mt);
	word = mt->state[mt->at++];
	word ^= word >> 11;
	word ^= word << 7 & 0x9d2c5680;
	word ^= word << 15 & 0xefc60000;
	return word ^ word >> 18;
}

/* 0 … max: as many low bits as max has, drawn again while above it. */
static uint64_t mt_interval(struct lt_mt19937 *mt, uint64_t max)
{
	uint64_t mask = max, value;
	int shift;

	for (shift = 1; shift < 64; shift *= 2)
		mask |= mask >> shift;
	do {
		value = lt_mt_u32(mt);
		if (max > 0xffffffff)
			value = value << 32 | lt_mt_u32(mt);
		value &= mask;
	} while (value > max);
	return value;
}

void lt_mt_shuffle(struct lt_mt19937 *mt, int64_t *index, uint64_t n)
{
	uint64_t i, j;
	int64_t kept;

	for (i = n; i > 1; i--) {
		j = mt_interval(mt, i - 1);
		kept = index[i - 1];
		index[i - 1] = index[j];
		index[j] = kept;
	}
}
