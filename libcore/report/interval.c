#include "report/interval.h"

#include <math.h>
#include <stdlib.h>

#include "base/elementary.h"

/* c[0] + c[1] x + … + c[7] x^7 */
static double polynomial(const double c[8], double x)
{
	double sum = c[7];

	for (int i = 6; i >= 0; i--)
		sum = sum * x + c[i];
	return sum;
}

/* Algorithm AS 241, PPND16: Applied Statistics 37, 1988. */
double lt_normal_quantile(double p)
{
	static const double a[8] = {3.3871328727963666080, 133.14166789178437745,
				    1971.5909503065514427, 13731.693765509461125,
				    45921.953931549871457, 67265.770927008700853,
				    33430.575583588128105, 2509.0809287301226727};
	static const double b[8] = {1.0,
				    42.313330701600911252,
				    687.18700749205790830,
				    5394.1960214247511077,
				    21213.794301586595867,
				    39307.895800092710610,
				    28729.085735721942674,
				    5226.4952788528545610};
	static const double c[8] = {1.42343711074968357734,    4.63033784615654529590,
				    5.76949722146069140550,    3.64784832476320460504,
				    1.27045825245236838258,    2.41780725177450611770e-1,
				    2.27238449892691845833e-2, 7.74545014278341407640e-4};
	static const double d[8] = {1.0,
				    2.05319162663775882187,
				    1.67638483018380384940,
				    6.89767334985100004550e-1,
				    1.48103976427480074590e-1,
				    1.51986665636164571966e-2,
				    5.47593808499534494600e-4,
				    1.05075007164441684324e-9};
	static const double e[8] = {6.65790464350110377720,    5.46378491116411436990,
				    1.78482653991729133580,    2.96560571828504891230e-1,
				    2.65321895265761230930e-2, 1.24266094738807843860e-3,
				    2.71155556874348757815e-5, 2.01033439929228813265e-7};
	static const double f[8] = {1.0,
				    5.99832206555887937690e-1,
				    1.36929880922735805310e-1,
				    1.48753612908506148525e-2,
				    7.86869131145613259100e-4,
				    1.84631831751005468180e-5,
				    1.42151175831644588870e-7,
				    2.04426310338993978564e-15};
	double q = p - 0.5, r;

	if (fabs(q) <= 0.425) {
		r = 0.180625 - q * q;
		return q * polynomial(a, r) / polynomial(b, r);
	}
	r = sqrt(-lt_log(q < 0 ? p : 1 - p));
	r = r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
		   : polynomial(e, r - 5) / polynomial(f, r - 5);
	return q < 0 ? -r : r;
}

struct lt_interval lt_wilson(uint64_t part, uint64_t whole, double level)
{
	double z = lt_normal_quantile(0.5 + level / 2), n = (double)whole, p = (double)part / n,
	       centre = p + z * z / (2 * n), scale = 1 + z * z / n,
	       half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	struct lt_interval interval = {(centre - half) / scale, (centre + half) / scale};

	if (whole == 0)
		return (struct lt_interval){NAN, NAN};
	/* At 0 and 1 the bound is the share itself; the formula would be off by rounding. */
	if (part == 0)
		interval.low = 0;
	if (part == whole)
		interval.high = 1;
	return interval;
}

static int smaller_first(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double quantile(const double *sorted, uint64_t n, double p)
{
	double at = p * (double)(n - 1), below = floor(at);
	uint64_t i = (uint64_t)below;

	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (at - below) * (sorted[i + 1] - sorted[i]);
}

struct lt_interval lt_percentile(double *values, uint64_t n, double level)
{
	for (uint64_t i = 0; i < n; i++)
		if (isnan(values[i]))
			return (struct lt_interval){NAN, NAN};
	if (n == 0)
		return (struct lt_interval){NAN, NAN};
	qsort(values, n, sizeof *values, smaller_first);
	return (struct lt_interval){quantile(values, n, (1 - level) / 2),
				    quantile(values, n, (1 + level) / 2)};
}

/* log C(n, k) by a compensated sum: its terms are many and their sum is large. */
static double log_choose(uint64_t n, uint64_t k)
{
	double sum = 0, lost = 0;

	for (uint64_t i = 1; i <= k; i++) {
		double term = lt_log((double)(n - k + i) / (double)i) - lost, next = sum + term;

		lost = (next - sum) - term;
		sum = next;
	}
	return sum;
}

double lt_mcnemar_log(uint64_t a, uint64_t b)
{
	uint64_t n = a + b, k = a < b ? a : b;
	double tail = 1, term = 1, log_p;

	/* Half of the 2^n outcomes or more have k rows or fewer: p is 1. */
	if (n - 2 * k <= 1)
		return 0;
	/* The terms below k as multiples of the one at k, until they add nothing. */
	for (uint64_t i = k; i > 0 && term > 1e-17 * tail; i--) {
		term *= (double)i / (double)(n - i + 1);
		tail += term;
	}
	log_p = log_choose(n, k) + lt_log(tail) - (double)(n - 1) * lt_log(2);
	return log_p < 0 ? log_p : 0;
}
