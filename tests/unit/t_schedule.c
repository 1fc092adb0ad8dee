/* Learning rates over a run, and the epoch at which deferred rules begin. */
#include "net/schedule.h"

#include <math.h>

#include "check.h"

static bool is_rate(int epoch, int epochs, double want)
{
	struct lt_rates rates;

	lt_rates_default(&rates, LT_SCHEDULE_STEP, 1, epochs);
	return fabs(lt_rates_at(&rates, epoch) - want) <= 1e-15;
}

/* The factors of a whole run, which ends with -1. */
static void rates(int epochs, const double *want)
{
	int epoch;

	for (epoch = 1; epoch <= epochs && want[epoch - 1] >= 0; epoch++)
		check(is_rate(epoch, epochs, want[epoch - 1]));
	check(epoch == epochs + 1 && want[epochs] == -1);
}

/*
 * Without a drop, the last steps would be too large, so short runs drop in the last epoch;
 * a run of one epoch does not drop.
 */
static void test_few_epochs(void)
{
	rates(1, (const double[]){1, -1});
	rates(2, (const double[]){1, 0.01, -1});
	rates(3, (const double[]){1, 1, 0.01, -1});
	rates(4, (const double[]){1, 1, 1, 0.01, -1});
	rates(5, (const double[]){1, 1, 1, 1, 0.01, -1});
	rates(6, (const double[]){1, 1, 1, 1, 1, 0.01, -1});
	rates(10, (const double[]){1, 1, 1, 1, 1, 1, 1, 1, 0.01, 0.0001, -1});
}

static void test_published(void)
{
	check(is_rate(1, 200, 0.2) && is_rate(5, 200, 1));
	check(is_rate(160, 200, 1) && is_rate(161, 200, 0.01));
	check(is_rate(180, 200, 0.01) && is_rate(181, 200, 0.0001));
}

static int deferral(int epochs)
{
	struct lt_rates rates;

	lt_rates_default(&rates, LT_SCHEDULE_STEP, 1, epochs);
	return lt_rates_deferral(&rates) + 1;
}

/* DRW and DRS change with the first drop. */
static void test_deferral(void)
{
	static const int epochs[] = {2, 3, 4, 5, 6, 7, 10, 18, 20, 90, 200};

	check_int(deferral(1), 2);
	check_int(deferral(200), 161);
	for (size_t i = 0; i < sizeof epochs / sizeof *epochs; i++) {
		int first = deferral(epochs[i]);

		check(first <= epochs[i] && is_rate(first, epochs[i], 0.01));
		check(is_rate(first - 1, epochs[i], 1));
	}
}

static void test_cosine(void)
{
	struct lt_rates rates;

	lt_rates_default(&rates, LT_SCHEDULE_COSINE, 0.1, 4);
	check(lt_rates_at(&rates, 1) == 0.1);
	check(fabs(lt_rates_at(&rates, 3) - 0.05) < 1e-12);
	check_int(lt_rates_deferral(&rates), 3);
}

/* A scheduler that is advanced before each epoch: ten factors sum to 4.5, not 5.5. */
static void test_cosine_early(void)
{
	struct lt_rates rates;
	double sum = 0;

	lt_rates_default(&rates, LT_SCHEDULE_COSINE_EARLY, 0.2, 10);
	for (int epoch = 1; epoch <= 10; epoch++)
		sum += lt_rates_at(&rates, epoch) / 0.2;
	check(fabs(sum - 4.5) < 1e-12);
	check(lt_rates_at(&rates, 10) == 0);
	check(fabs(lt_rates_at(&rates, 5) - 0.1) < 1e-12);
}

/* FixMatch's schedule, by steps: with 16 steps, the angle of step k is 7 pi k / 256. */
static void test_cosine_7_16(void)
{
	struct lt_rates rates;

	lt_rates_default(&rates, LT_SCHEDULE_COSINE_7_16, 0.03, 2);
	check(lt_rates_step(&rates, 1, 0, 16) == 0.03);
	check(fabs(lt_rates_step(&rates, 1, 7, 16) - 0.03 * 0.82458930279) < 1e-12);
	check(fabs(lt_rates_step(&rates, 2, 15, 16) - 0.03 * 0.27851969) < 1e-9);
	/* At the end, cos(7 pi / 16). */
	check(fabs(lt_rates_step(&rates, 2, 999999, 1000000) - 0.03 * 0.19509032) < 1e-7);
	check(lt_rates_at(&rates, 1) == 0.03);
	check_int(rates.warmup, 0);
	rates.warmup = 1;
	check(lt_rates_step(&rates, 1, 7, 16) == 0.03);
	/* Other schedules change the rate once per epoch. */
	lt_rates_default(&rates, LT_SCHEDULE_COSINE, 0.1, 4);
	check(lt_rates_step(&rates, 3, 7, 9) == lt_rates_at(&rates, 3));
}

/* Cosine after a warm-up, as in SimCLR. */
static void test_warmup(void)
{
	struct lt_rates rates;

	lt_rates_default(&rates, LT_SCHEDULE_COSINE, 1, 14);
	rates.warmup = 10;
	check(lt_rates_at(&rates, 1) == 0.1 && lt_rates_at(&rates, 10) == 1);
	check(lt_rates_at(&rates, 11) == 1 && fabs(lt_rates_at(&rates, 13) - 0.5) < 1e-12);
}

/* LDAM's recipe for iNaturalist, and a single drop after epoch 160. */
static void test_drops(void)
{
	struct lt_rates rates;

	lt_rates_default(&rates, LT_SCHEDULE_STEP, 0.1, 90);
	rates.warmup = 0;
	rates.drop[0] = 30;
	rates.drop[1] = 60;
	rates.drop_factor = 0.1;
	check(lt_rates_at(&rates, 1) == 0.1 && lt_rates_at(&rates, 30) == 0.1);
	check(fabs(lt_rates_at(&rates, 31) - 0.01) < 1e-15);
	check(fabs(lt_rates_at(&rates, 60) - 0.01) < 1e-15);
	check(fabs(lt_rates_at(&rates, 61) - 0.001) < 1e-15);
	check(fabs(lt_rates_at(&rates, 90) - 0.001) < 1e-15);
	check_int(lt_rates_deferral(&rates), 30);
	lt_rates_default(&rates, LT_SCHEDULE_STEP, 0.1, 200);
	rates.drops = 1;
	check(lt_rates_at(&rates, 160) == 0.1 && lt_rates_at(&rates, 161) == 0.1 * 0.01 &&
	      lt_rates_at(&rates, 200) == 0.1 * 0.01);
	rates.drops = 0;
	check(lt_rates_at(&rates, 200) == 0.1);
	check_int(lt_rates_deferral(&rates), 160);
}

int main(void)
{
	test_few_epochs();
	test_published();
	test_deferral();
	test_cosine();
	test_cosine_early();
	test_cosine_7_16();
	test_warmup();
	test_drops();
	return check_done();
}
