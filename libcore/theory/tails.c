/* The series, the continued fraction and their common factor: see tails.h. */
#include "theory/tails.h"

#include <math.h>

#include "base/elementary.h"

#define HALF_LOG_2PI 0x1.d67f1c864beb5p-1
#define INV_SQRT_2PI 0x1.9884533d43651p-2
#define STIRLING_FROM 16.0
#define EPSILON 0x1p-54
/* Both sums take some 10 √a terms; this is for shapes far beyond those that are tested. */
#define TERMS_MOST 1000000

/* log Γ(a + 1) - (a + ½) log a + a - ½ log 2π for a ≥ 16: four terms leave 1e-16. */
static double stirling_rest(double a)
{
	double s = 1 / (a * a);

	return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) /
	       a;
}

/* log Γ(a + 1), 0 < a < 16: by the recurrence from where the series is good. */
static double log_factorial(double a)
{
	double product = 1;

	for (; a < STIRLING_FROM; a++)
		product *= a + 1;
	return (a + 0.5) * lt_log(a) - a + HALF_LOG_2PI + stirling_rest(a) - lt_log(product);
}

/* x^a e^-x / Γ(a + 1). */
static double before_sums(double x, double a)
{
	double u = (x - a) / a, away;

	if (a < STIRLING_FROM)
		return lt_exp(a * lt_log(x) - x - log_factorial(a));
	away = u - (fabs(u) < 0.5 ? lt_log1p(u) : lt_log(x / a));
	return lt_exp(-a * away - stirling_rest(a) - HALF_LOG_2PI - 0.5 * lt_log(a));
}

static double series(double x, double a)
{
	double term = 1, sum = 1;

	for (int k = 1; k < TERMS_MOST && term > EPSILON * sum; k++) {
		term *= x / (a + k);
		sum += term;
	}
	return sum;
}

/* 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - …)), by Lentz's method; x ≥ a + 1. */
static double fraction(double x, double a)
{
	double b = x + 1 - a, c = HUGE_VAL, d = 1 / b, value = d, factor = 2;

	for (int k = 1; k < TERMS_MOST && fabs(factor - 1) > 2 * EPSILON; k++) {
		double numerator = -k * (k - a);

		b += 2;
		d = 1 / (b + numerator * d);
		c = b + numerator / c;
		factor = c * d;
		value *= factor;
	}
	return value;
}

struct lt_tails lt_gamma_tails(double x, double a)
{
	double tail;

	if (!(a > 0) || isnan(x))
		return (struct lt_tails){NAN, NAN};
	if (x <= 0)
		return (struct lt_tails){0, 1};
	if (isinf(x))
		return (struct lt_tails){1, 0};
	if (x < a + 1) {
		tail = before_sums(x, a) * series(x, a);
		return (struct lt_tails){tail, 1 - tail};
	}
	tail = before_sums(x, a) * a * fraction(x, a);
	return (struct lt_tails){1 - tail, tail};
}

struct lt_tails lt_chi_square_tails(double x, double d)
{
	return lt_gamma_tails(x / 2, d / 2);
}

struct lt_tails lt_normal_tails(double x)
{
	double far = lt_gamma_tails(x * x / 2, 0.5).above / 2;

	return x < 0 ? (struct lt_tails){far, 1 - far} : (struct lt_tails){1 - far, far};
}

double lt_normal_density(double x)
{
	return INV_SQRT_2PI * lt_exp(-x * x / 2);
}
