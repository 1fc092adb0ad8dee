/*
 * Elementary functions from their series.
 *
 * exp, log, sin and cos work in plain double: the argument is reduced with
 * constants truncated so that products with the (small) multiple are exact, the
 * remainder is put into the Taylor series, with coefficients written as fractions,
 * and the term that determines the rounding is added last.  pow uses double-double,
 * an unevaluated sum hi + lo of two doubles (106 bits); its result has about 62
 * correct bits before rounding.
 *
 * Products are split by Dekker's method instead of fma, which older CPUs lack.
 */
#include "base/elementary.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SQRT2 0x1.6a09e667f3bcdp+0
#define INV_LN2 0x1.71547652b82fep+0
/* ln 2 in two parts; the first has 32 bits, so its product with any exponent is exact. */
#define LN2_32 0x1.62e42fee00000p-1
#define LN2_REST 0x1.a39ef35793c76p-33
/* ln 2 in three parts, the first two of 42 bits, for double-double. */
#define LN2_HIGH 0x1.62e42fefa3800p-1
#define LN2_MIDDLE 0x1.ef35793c76000p-45
#define LN2_LOW 0x1.cc01f97b57a08p-87
/* π/2 in four parts, the first three of 33 bits. */
#define INV_PIO2 0x1.45f306dc9c883p-1
#define PIO2_1 0x1.921fb54400000p+0
#define PIO2_2 0x1.0b4611a600000p-34
#define PIO2_3 0x1.3198a2e000000p-69
#define PIO2_4 0x1.b839a252049c1p-104
#define MAX_ANGLE 1e5

/* Σ coefficient[i] x^i, i = 0 … n - 1, by Horner. */
static double series(const double *coefficient, int n, double x)
{
	double sum = coefficient[n - 1];

	while (--n > 0)
		sum = sum * x + coefficient[n - 1];
	return sum;
}

#define TERMS(table) ((int)(sizeof(table) / sizeof *(table)))

static uint64_t bits_of(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static double from_bits(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

/* 2^k, -1022 ≤ k ≤ 1023. */
static double power_of_two(int k)
{
	return from_bits((uint64_t)(k + 1023) << 52);
}

/* x × 2^k, -1075 ≤ k ≤ 1025, for an x near 1. */
static double scale(double x, int k)
{
	if (k > 1022)
		return x * 0x1p1022 * power_of_two(k - 1022);
	if (k < -1022)
		return x * power_of_two(k + 200) * 0x1p-200;
	return x * power_of_two(k);
}

static int nearest(double x)
{
	return (int)(x < 0 ? x - 0.5 : x + 0.5);
}

/* x = m × 2^k with m between √½ and √2; x is finite and above 0. */
static double split_exponent(double x, int *k)
{
	uint64_t bits;
	double m;

	*k = -1023;
	if (x < 0x1p-1022) {
		x *= 0x1p54;
		*k -= 54;
	}
	bits = bits_of(x);
	*k += (int)(bits >> 52);
	m = from_bits((bits & 0xfffffffffffff) | 0x3ff0000000000000);
	if (m > SQRT2) {
		m *= 0.5;
		++*k;
	}
	return m;
}

/* ------------------------------------------------------------ double-double */

struct pair {
	double hi, lo;
};

/* a + b exactly, |a| ≥ |b|. */
static struct pair quick_sum(double a, double b)
{
	double sum = a + b;

	return (struct pair){sum, b - (sum - a)};
}

/* a + b exactly (Knuth). */
static struct pair sum_of(double a, double b)
{
	double sum = a + b, part = sum - a;

	return (struct pair){sum, (a - (sum - part)) + (b - part)};
}

/* a × b exactly (Dekker and Veltkamp); both below 2^990. */
static struct pair product_of(double a, double b)
{
	double p = a * b, at = 134217729.0 * a, bt = 134217729.0 * b;
	double ah = at - (at - a), al = a - ah, bh = bt - (bt - b), bl = b - bh;

	return (struct pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static struct pair add(struct pair a, struct pair b)
{
	struct pair sum = sum_of(a.hi, b.hi);

	return quick_sum(sum.hi, sum.lo + (a.lo + b.lo));
}

static struct pair multiply(struct pair a, struct pair b)
{
	struct pair p = product_of(a.hi, b.hi);

	return quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static struct pair divide(double a, struct pair b)
{
	double q = a / b.hi;
	struct pair back = product_of(q, b.hi);

	return quick_sum(q, ((a - back.hi) - back.lo - q * b.lo) / b.hi);
}

/* coefficient[0] + x coefficient[1] + … + x^n tail. */
static struct pair pair_series(const struct pair *coefficient, int n, struct pair x,
			       double tail)
{
	struct pair sum = {tail, 0};

	while (n-- > 0)
		sum = add(coefficient[n], multiply(x, sum));
	return sum;
}

/* -------------------------------------------------------------- exponential */

/*
 * x = k ln 2 + r, |r| ≤ ½ ln 2; returns k and e^r - 1 as a pair that is good to
 * some 58 bits.  |x| < 1100.
 */
static int exp_reduced(double x, struct pair *less_one)
{
	/* (e^r - 1 - r) / r² */
	static const double term[] = {
		1.0 / 2,	   1.0 / 6,	   1.0 / 24,	    1.0 / 120,
		1.0 / 720,	   1.0 / 5040,	   1.0 / 40320,	    1.0 / 362880,
		1.0 / 3628800,	   1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800,
		1.0 / 87178291200,
	};
	int k = nearest(x * INV_LN2);
	double high = x - k * LN2_32, low = k * LN2_REST;
	struct pair r = quick_sum(high, -low);

	*less_one = quick_sum(r.hi, (r.lo + r.lo * r.hi) +
					    r.hi * r.hi * series(term, TERMS(term), r.hi));
	return k;
}

double lt_exp(double x)
{
	struct pair less_one;
	int k;

	if (!(x <= 709.8))
		return x > 0 ? INFINITY : x;
	if (x < -745.2)
		return 0;
	k = exp_reduced(x, &less_one);
	return scale(1 + less_one.hi, k);
}

double lt_expm1(double x)
{
	struct pair e, whole, less_one;
	double two_k;
	int k;

	if (!(x <= 709.8))
		return x > 0 ? INFINITY : x;
	if (x > 45)
		return lt_exp(x);
	if (x < -45)
		return -1;
	if (fabs(x) < 0x1p-54)
		return x;
	k = exp_reduced(x, &e);
	if (k == 0)
		return e.hi + e.lo;
	two_k = power_of_two(k);
	whole = sum_of(two_k, two_k * e.hi);
	less_one = sum_of(whole.hi, -1);
	return less_one.hi + (less_one.lo + (whole.lo + two_k * e.lo));
}

/* ---------------------------------------------------------------- logarithm */

/* k ln 2 + log(1 + f) + small, with √½ ≤ 1 + f ≤ √2. */
static double log_reduced(int k, double f, double small)
{
	/*
	 * log(1 + f) = 2 artanh s with s = f / (2 + f), and 2 s = f - f²/2 + s f²/2:
	 * so the rounding of s meets small terms only.  (2 artanh s) / s - 2 in powers of s²:
	 */
	static const double term[] = {
		0,	  2.0 / 3,  2.0 / 5,  2.0 / 7,	2.0 / 9,  2.0 / 11,
		2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23,
	};
	double s = f / (2 + f), half = 0.5 * f * f;
	double rest = half - s * (half + series(term, TERMS(term), s * s));
	struct pair head;

	if (k == 0)
		return f - (rest - small);
	head = quick_sum(k * LN2_32, f);
	return head.hi + (head.lo - (rest - (k * LN2_REST + small)));
}

double lt_log(double x)
{
	double m;
	int k;

	if (!(x > 0))
		return x == 0 ? -INFINITY : x < 0 ? NAN : x;
	if (x > 0x1.fffffffffffffp1023)
		return x;
	m = split_exponent(x, &k);
	return log_reduced(k, m - 1, 0);
}

double lt_log1p(double x)
{
	double m;
	struct pair whole;
	int k;

	if (!(x > -1))
		return x == -1 ? -INFINITY : x < -1 ? NAN : x;
	if (fabs(x) < 0x1p-54 || x > 0x1.fffffffffffffp1023)
		return x;
	if (x > 1 / SQRT2 - 1 && x < SQRT2 - 1)
		return log_reduced(0, x, 0);
	/* 1 + x is rounded; the derivative corrects for the rounding error. */
	whole = sum_of(1, x);
	m = split_exponent(whole.hi, &k);
	return log_reduced(k, m - 1, whole.lo / whole.hi);
}

/* -------------------------------------------------------------------- power */

/* log x of a finite x > 0, to some 70 bits. */
static struct pair log_pair(double x)
{
	/* artanh s / s in powers of s²: 1, 1/3, 1/5, 1/7, then 1/9 … in double */
	static const struct pair head[] = {
		{1, 0},
		{0x1.5555555555555p-2, 0x1.5555555555555p-56},
		{0x1.999999999999ap-3, -0x1.999999999999ap-57},
		{0x1.2492492492492p-3, 0x1.2492492492492p-57},
	};
	static const double tail[] = {
		1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19,
		1.0 / 21, 1.0 / 23, 1.0 / 25, 1.0 / 27, 1.0 / 29,
	};
	int k;
	double m = split_exponent(x, &k);
	struct pair s = divide(m - 1, sum_of(m, 1)), square = multiply(s, s), sum, ln2;

	sum = pair_series(head, TERMS(head), square, series(tail, TERMS(tail), square.hi));
	sum = multiply(s, sum);
	sum = (struct pair){2 * sum.hi, 2 * sum.lo};
	if (k == 0)
		return sum;
	ln2 = quick_sum(k * LN2_HIGH, k * LN2_MIDDLE);
	ln2.lo += k * LN2_LOW;
	return add(ln2, sum);
}

/* hi + lo, rounded once, × 2^k, also where the result is subnormal. */
static double round_scaled(struct pair x, int k)
{
	struct pair sum;
	double unit;

	if (k > -1022 || (k == -1022 && x.hi >= 1))
		return scale(x.hi + x.lo, k);
	/*
	 * The last place of the added number is 2^(-1074 - k), so the sum is rounded at the
	 * right bit.
	 */
	unit = power_of_two(52 - 1074 - k);
	sum = sum_of(unit, x.hi);
	return scale((sum.hi + (sum.lo + x.lo)) - unit, k);
}

/* e^x, |x| < 750, rounded once. */
static double exp_pair(struct pair x)
{
	/* 1/n!, n = 0 … 6, then 1/7! … in double */
	static const struct pair head[] = {
		{1, 0},
		{1, 0},
		{0.5, 0},
		{0x1.5555555555555p-3, 0x1.5555555555555p-57},
		{0x1.5555555555555p-5, 0x1.5555555555555p-59},
		{0x1.1111111111111p-7, 0x1.1111111111111p-63},
		{0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65},
	};
	static const double tail[] = {
		1.0 / 5040,	     1.0 / 40320,	   1.0 / 362880,     1.0 / 3628800,
		1.0 / 39916800,	     1.0 / 479001600,	   1.0 / 6227020800, 1.0 / 87178291200,
		1.0 / 1307674368000, 1.0 / 20922789888000,
	};
	int k = nearest(x.hi * INV_LN2);
	struct pair r = sum_of(x.hi - k * LN2_HIGH, -k * LN2_MIDDLE);

	r = quick_sum(r.hi, r.lo + (x.lo - k * LN2_LOW));
	return round_scaled(pair_series(head, TERMS(head), r, series(tail, TERMS(tail), r.hi)),
			    k);
}

static bool is_integer(double y)
{
	return floor(y) == y;
}

static bool is_odd(double y)
{
	return is_integer(y) && fabs(y) < 0x1p53 && !is_integer(y / 2);
}

/* x^y where x is 0, infinite or y is infinite (C11, F.10.4.4); no NaN, x ≠ 1. */
static double special_power(double x, double y)
{
	bool grows;

	if (isinf(y)) {
		if (fabs(x) == 1)
			return 1;
		return (fabs(x) > 1) == (y > 0) ? INFINITY : 0;
	}
	grows = (x != 0) == (y > 0);
	return copysign(grows ? INFINITY : 0, is_odd(y) ? x : 1);
}

double lt_pow(double x, double y)
{
	struct pair product, log_x;
	double sign = 1;

	if (x == 1 || y == 0)
		return 1;
	if (isnan(x) || isnan(y))
		return NAN;
	if (x == 0 || isinf(x) || isinf(y))
		return special_power(x, y);
	if (x < 0) {
		if (!is_integer(y))
			return NAN;
		sign = is_odd(y) ? -1 : 1;
		x = -x;
		if (x == 1)
			return sign;
	}
	/*
	 * With larger |y| the result overflows, underflows or is 1 for every x other than 1.
	 */
	if (fabs(y) > 0x1p64)
		return sign * ((x > 1) == (y > 0) ? INFINITY : 0);
	if (fabs(y) < 0x1p-70)
		return sign;
	log_x = log_pair(x);
	product = product_of(log_x.hi, y);
	product = quick_sum(product.hi, product.lo + log_x.lo * y);
	if (product.hi > 710)
		return sign * INFINITY;
	if (product.hi < -746)
		return sign * 0;
	return sign * exp_pair(product);
}

/* -------------------------------------------------------------------- angle */

/* x = n π/2 + r, |r| ≤ π/4 (and a little); returns n modulo 4. */
static int reduce_angle(double x, struct pair *r)
{
	int n = nearest(x * INV_PIO2);
	struct pair first = sum_of(x - n * PIO2_1, -n * PIO2_2);
	struct pair second = sum_of(first.hi, -n * PIO2_3);

	*r = quick_sum(second.hi, (first.lo + second.lo) - n * PIO2_4);
	return n & 3;
}

static double sin_reduced(struct pair r)
{
	/* (sin r - r) / r³ in powers of r² */
	static const double term[] = {
		-1.0 / 6,	 1.0 / 120,	   -1.0 / 5040,		 1.0 / 362880,
		-1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000,
	};
	double square = r.hi * r.hi;

	return r.hi +
	       (square * r.hi * series(term, TERMS(term), square) + r.lo * (1 - 0.5 * square));
}

static double cos_reduced(struct pair r)
{
	/* (cos r - 1 + r²/2) / r⁴ in powers of r² */
	static const double term[] = {
		1.0 / 24,	 -1.0 / 720,	     1.0 / 40320,	   -1.0 / 3628800,
		1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000,
	};
	double square = r.hi * r.hi;
	struct pair head = quick_sum(1, -0.5 * square);

	return head.hi +
	       (head.lo + (square * square * series(term, TERMS(term), square) - r.hi * r.lo));
}

static double sin_of_quadrant(int quadrant, struct pair r)
{
	double value = quadrant & 1 ? cos_reduced(r) : sin_reduced(r);

	return quadrant & 2 ? -value : value;
}

double lt_sin(double x)
{
	struct pair r;
	int quadrant;

	if (!(fabs(x) <= MAX_ANGLE))
		return NAN;
	if (fabs(x) < 0x1p-27)
		return x;
	quadrant = reduce_angle(x, &r);
	return sin_of_quadrant(quadrant, r);
}

double lt_cos(double x)
{
	struct pair r;
	int quadrant;

	if (!(fabs(x) <= MAX_ANGLE))
		return NAN;
	quadrant = reduce_angle(x, &r);
	return sin_of_quadrant((quadrant + 1) & 3, r);
}
