/*
 * Intervals and McNemar's test: computed by hand where possible, otherwise by scipy
 * (norm.ppf, binomtest and its proportion_ci("wilson"), binom.logcdf).
 */
#include "check.h"
#include "report/interval.h"

static void normal(void)
{
	check_near(lt_normal_quantile(0.975), 1.959963984540054, 1e-15);
	check_near(lt_normal_quantile(0.995), 2.5758293035489004, 1e-15);
	check_near(lt_normal_quantile(0.6), 0.2533471031357997, 1e-16);
	check_near(lt_normal_quantile(0.5), 0, 0);
	check_near(lt_normal_quantile(0.025), -lt_normal_quantile(0.975), 1e-14);
	check_near(lt_normal_quantile(1e-10), -6.361340902404056, 1e-14);
	check_near(lt_normal_quantile(1e-15), -7.941345326170997, 1e-14);
}

/*
 * 9 of 10 at 95 %: z² = 3.8414588; centre (0.9 + z²/20) = 1.09207294, half the width
 * z sqrt(0.009 + z²/400) = 0.26732966, both ÷ (1 + z²/10) = 1.38414588: 0.5958 and 0.9821.
 */
static void wilson(void)
{
	struct lt_interval i = lt_wilson(9, 10, 0.95);

	check_near(i.low, (1.09207294 - 0.26732966) / 1.38414588, 1e-8);
	check_near(i.low, 0.5958499732047615, 1e-15);
	check_near(i.high, 0.9821237869049271, 1e-15);
	i = lt_wilson(9, 10, 0.99);
	check_near(i.low, 0.49276822876710646, 1e-15);
	check_near(i.high, 0.9881484965889671, 1e-15);
	i = lt_wilson(123, 456, 0.95);
	check_near(i.low, 0.2310496275621628, 1e-15);
	check_near(i.high, 0.31227123667969053, 1e-15);
	i = lt_wilson(0, 10, 0.95); /* z² ÷ (10 + z²) */
	check_near(i.low, 0, 0);
	check_near(i.high, 0.27753279986288926, 1e-15);
	i = lt_wilson(10, 10, 0.95);
	check_near(i.low, 0.7224672001371109, 1e-15);
	check_near(i.high, 1, 0);
	i = lt_wilson(1, 1, 0.95);
	check_near(i.low, 0.20654931437723745, 1e-15);
	i = lt_wilson(0, 0, 0.95);
	check_named(isnan(i.low) && isnan(i.high), "no rows, no interval");
}

static void percentile(void)
{
	/*
	 * Sorted: 1 2 3 4 10.  Quantile p is at position 4 p: for p = 0.025, 0.1 of the way
	 * from 1 to 2.
	 */
	double values[5] = {3, 1, 2, 10, 4}, one[1] = {7}, odd[3] = {1, NAN, 2};
	struct lt_interval i = lt_percentile(values, 5, 0.95);

	check_near(i.low, 1.1, 1e-14);
	check_near(i.high, 9.4, 1e-13);
	i = lt_percentile(values, 5, 0.5);
	check_near(i.low, 2, 1e-15);
	check_near(i.high, 4, 1e-15);
	i = lt_percentile(one, 1, 0.95);
	check_near(i.low, 7, 0);
	check_near(i.high, 7, 0);
	i = lt_percentile(odd, 3, 0.95);
	check_named(isnan(i.low) && isnan(i.high), "a value that is none");
	i = lt_percentile(one, 0, 0.95);
	check_named(isnan(i.low) && isnan(i.high), "no values");
}

/* 1 and 9: 2 (C(10,0) + C(10,1)) ÷ 2^10 = 22/1024.  7 and 9: 2 Σ C(16,0…7) ÷ 2^16 =
 * 52666/65536. */
static void mcnemar(void)
{
	check_near(exp(lt_mcnemar_log(1, 9)), 22 / 1024.0, 1e-16);
	check_near(exp(lt_mcnemar_log(9, 1)), 22 / 1024.0, 1e-16);
	check_near(exp(lt_mcnemar_log(7, 9)), 52666 / 65536.0, 1e-14);
	check_near(exp(lt_mcnemar_log(0, 5)), 2 / 32.0, 1e-16);
	check_near(lt_mcnemar_log(0, 1), 0, 0);
	check_near(lt_mcnemar_log(3, 3), 0, 0);
	check_near(lt_mcnemar_log(0, 0), 0, 0);
	check_near(lt_mcnemar_log(10, 40), -10.643251330749866, 1e-13);
	check_near(lt_mcnemar_log(1000, 1200), -10.732819865126821, 1e-11);
	/* Far below the smallest double: 2 ÷ 2^2000. */
	check_near(lt_mcnemar_log(0, 2000), -1999 * log(2), 1e-11);
	/* The lower half of an odd number of rows: 2 × ½. */
	check_near(lt_mcnemar_log(1000000, 1000001), 0, 0);
}

int main(void)
{
	normal();
	wilson();
	percentile();
	mcnemar();
	return check_done();
}
