#include "net/schedule.h"

#include <stddef.h>

#include "base/elementary.h"

const char *const lt_schedule_names[] = {[LT_SCHEDULE_STEP] = "step",
					 [LT_SCHEDULE_COSINE] = "cosine",
					 [LT_SCHEDULE_COSINE_EARLY] = "cosine-early",
					 [LT_SCHEDULE_COSINE_7_16] = "cosine-7-16",
					 NULL};

/* ⌈tenths E / 10⌉ */
static int share(int epochs, int tenths)
{
	return (int)(((long long)epochs * tenths + 9) / 10);
}

/*
 * Epochs before the first drop.  In a run of two or more, at least the last epoch comes
 * after it.
 */
static int before_drop(int epochs)
{
	int full = share(epochs, 8);

	return full == epochs && epochs > 1 ? epochs - 1 : full;
}

void lt_rates_default(struct lt_rates *rates, enum lt_schedule schedule, double rate,
		      int epochs)
{
	*rates = (struct lt_rates){.schedule = schedule,
				   .rate = rate,
				   .epochs = epochs,
				   .drop_factor = LT_DROP_FACTOR};
	if (schedule != LT_SCHEDULE_STEP)
		return;
	rates->warmup = epochs / 6 < 5 ? epochs / 6 : 5;
	rates->drops = 2;
	rates->drop[0] = before_drop(epochs);
	rates->drop[1] = share(epochs, 9);
}

static const double pi = 3.14159265358979323846;

static double cosine(const struct lt_rates *rates, int epoch)
{
	int done = epoch - rates->warmup, of = rates->epochs - rates->warmup;

	if (rates->schedule == LT_SCHEDULE_COSINE)
		done--;
	return rates->rate * (1 + lt_cos(pi * done / of)) / 2;
}

double lt_rates_at(const struct lt_rates *rates, int epoch)
{
	double factor = 1;

	if (epoch <= rates->warmup)
		return rates->rate * epoch / rates->warmup;
	if (rates->schedule == LT_SCHEDULE_COSINE_7_16)
		return lt_rates_step(rates, epoch, epoch - 1, rates->epochs);
	if (rates->schedule != LT_SCHEDULE_STEP)
		return cosine(rates, epoch);
	for (int i = 0; i < rates->drops && epoch > rates->drop[i]; i++)
		factor *= rates->drop_factor;
	return rates->rate * factor;
}

double lt_rates_step(const struct lt_rates *rates, int epoch, int64_t number, int64_t total)
{
	if (rates->schedule != LT_SCHEDULE_COSINE_7_16 || epoch <= rates->warmup)
		return lt_rates_at(rates, epoch);
	return rates->rate * lt_cos(7 * pi * (double)number / (16 * (double)total));
}

int lt_rates_deferral(const struct lt_rates *rates)
{
	return rates->drops > 0 ? rates->drop[0] : before_drop(rates->epochs);
}
