#include "net/schedule.h"

#include <stddef.h>

#include "base/elementary.h"

const char *const lt_schedule_names[] = {
	[LT_SCHEDULE_STEP] = "step", [LT_SCHEDULE_COSINE] = "cosine", NULL};

/* ⌈tenths E / 10⌉ */
static int share(int epochs, int tenths)
{
	return (int)(((long long)epochs * tenths + 9) / 10);
}

/* Epochs before the first drop: of two or more the last one is after it. */
static int before_drop(int epochs)
{
	int full = share(epochs, 8);

	return full == epochs && epochs > 1 ? epochs - 1 : full;
}

double lt_schedule_rate(enum lt_schedule schedule, double rate, int epoch, int epochs)
{
	const double pi = 3.14159265358979323846;
	int warmup = epochs / 6 < 5 ? epochs / 6 : 5;

	if (schedule == LT_SCHEDULE_COSINE)
		return rate * (1 + lt_cos(pi * (epoch - 1) / epochs)) / 2;
	if (epoch <= warmup)
		return rate * epoch / warmup;
	if (epoch <= before_drop(epochs))
		return rate;
	return epoch <= share(epochs, 9) ? rate * 0.01 : rate * 0.0001;
}

int lt_schedule_deferral(int epochs)
{
	return before_drop(epochs) + 1;
}
