/* Learning rates over a run, and where deferred rules begin. */
#include "net/schedule.h"

#include <math.h>

#include "check.h"

static bool is_rate(int epoch, int epochs, double want)
{
	double got = lt_schedule_rate(LT_SCHEDULE_STEP, 1, epoch, epochs);

	return fabs(got - want) <= 1e-15;
}

/* The factors of a whole run, which ends with -1. */
static void rates(int epochs, const double *want)
{
	int epoch;

	for (epoch = 1; epoch <= epochs && want[epoch - 1] >= 0; epoch++)
		check(is_rate(epoch, epochs, want[epoch - 1]));
	check(epoch == epochs + 1 && want[epochs] == -1);
}

/* Without a drop the last steps are too long for what was learnt; one epoch is only a look. */
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

/* DRW and DRS change with the first drop. */
static void test_deferral(void)
{
	static const int epochs[] = {2, 3, 4, 5, 6, 7, 10, 18, 20, 90, 200};

	check_int(lt_schedule_deferral(1), 2);
	check_int(lt_schedule_deferral(200), 161);
	for (size_t i = 0; i < sizeof epochs / sizeof *epochs; i++) {
		int first = lt_schedule_deferral(epochs[i]);

		check(first <= epochs[i] && is_rate(first, epochs[i], 0.01));
		check(is_rate(first - 1, epochs[i], 1));
	}
}

static void test_cosine(void)
{
	check(lt_schedule_rate(LT_SCHEDULE_COSINE, 0.1, 1, 4) == 0.1);
	check(fabs(lt_schedule_rate(LT_SCHEDULE_COSINE, 0.1, 3, 4) - 0.05) < 1e-12);
}

int main(void)
{
	test_few_epochs();
	test_published();
	test_deferral();
	test_cosine();
	return check_done();
}
