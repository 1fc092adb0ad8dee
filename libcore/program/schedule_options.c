#include "program/schedule_options.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

static int refuse_list(const char *list, struct lt_error *err)
{
	return lt_fail(
		err, LT_USAGE,
		"--drops: '%s' is neither none nor up to %d epochs that rise, as 160,180", list,
		LT_MAX_DROPS);
}

/* "160,180": epochs counted from 1, in ascending order. */
static int parse_drops(struct lt_rates *rates, const char *list, struct lt_error *err)
{
	const char *at = list;
	uint64_t epoch = 0;

	rates->drops = 0;
	if (strcmp(list, "none") == 0)
		return 0;
	for (;;) {
		size_t n = strcspn(at, ",");
		char digits[16] = "";

		if (n < sizeof digits)
			memcpy(digits, at, n);
		if (rates->drops == LT_MAX_DROPS ||
		    !lt_parse_u64(digits, epoch + 1, 100000, &epoch))
			return refuse_list(list, err);
		rates->drop[rates->drops++] = (int)epoch;
		if (!at[n])
			return 0;
		at += n + 1;
	}
}

/* Only the step schedule has drops; another schedule overrides those of a recipe. */
static int settle_drops(struct lt_rates *rates, struct lt_training_options *o,
			struct lt_error *err)
{
	const char *name = o->drops.given ? "drops" : "drop-factor";

	if (rates->schedule != LT_SCHEDULE_STEP) {
		if (o->drops.given || o->drop_factor.given)
			return lt_fail(err, LT_USAGE, "--%s goes with --schedule step, not %s",
				       name, lt_schedule_names[rates->schedule]);
		o->drops.has = o->drop_factor.has = false;
		return 0;
	}
	if (o->drop_factor.has)
		rates->drop_factor = o->drop_factor.value;
	return o->drops.has ? parse_drops(rates, o->drops.value, err) : 0;
}

static int check_epochs(const struct lt_rates *rates, const struct lt_training_options *o,
			struct lt_error *err)
{
	int last = o->drops.has && rates->drops > 0 ? rates->drop[rates->drops - 1] : 0;

	if (last >= rates->epochs)
		return lt_fail(err, LT_USAGE,
			       "--drops %s: no epoch comes after epoch %d, of --epochs %d",
			       o->drops.value, last, rates->epochs);
	if (o->warmup.has && rates->warmup >= rates->epochs)
		return lt_fail(err, LT_USAGE, "--warmup %d leaves none of --epochs %d",
			       rates->warmup, rates->epochs);
	return 0;
}

/* --steps in place of --epochs; the last one given by a recipe or here holds. */
static int settle_steps(struct lt_training_options *o, struct lt_error *err)
{
	uint64_t steps, period;

	if (o->steps.given && o->epochs.given)
		return lt_fail(err, LT_USAGE, "--steps and --epochs exclude each other");
	if (o->epochs.given)
		o->steps.has = false;
	if (!o->steps.has) {
		if (o->report_every.given)
			return lt_fail(err, LT_USAGE, "--report-every goes with --steps");
		o->report_every.has = false;
		return 0;
	}
	lt_int_default(&o->report_every, 500);
	steps = o->steps.value;
	period = o->report_every.value;
	if (steps / period >= 100000)
		return lt_fail(err, LT_USAGE,
			       "--steps %llu: more than 100000 reports; use --report-every",
			       (unsigned long long)steps);
	/* Not a default that depends on the images' size. */
	o->epochs =
		(struct lt_int_value){.preset = true, .value = (steps + period - 1) / period};
	return 0;
}

static int settle_optimiser(struct lt_training_options *o, struct lt_error *err)
{
	bool sgd = o->optimiser.value == LT_SGD;

	if (sgd)
		return 0;
	if (o->momentum.given || o->nesterov.given)
		return lt_fail(err, LT_USAGE, "--%s goes with --optimizer sgd, not %s",
			       o->nesterov.given ? "nesterov" : "momentum",
			       lt_optimiser_names[o->optimiser.value]);
	o->momentum.has = o->nesterov.has = false;
	return 0;
}

int lt_schedule_settle(struct lt_rates *rates, struct lt_training_options *o,
		       struct lt_error *err)
{
	int code;

	if ((code = settle_steps(o, err)) != 0 || (code = settle_optimiser(o, err)) != 0)
		return code;
	if (o->drops.given || o->drop_factor.given)
		lt_choice_default(&o->schedule, LT_SCHEDULE_STEP);
	lt_rates_default(rates, (enum lt_schedule)o->schedule.value, o->lr.value,
			 (int)o->epochs.value);
	if (o->steps.has) {
		rates->steps = (int64_t)o->steps.value;
		rates->period = (int)o->report_every.value;
	}
	if (o->warmup.has)
		rates->warmup = (int)o->warmup.value;
	if ((code = settle_drops(rates, o, err)) != 0)
		return code;
	return check_epochs(rates, o, err);
}
