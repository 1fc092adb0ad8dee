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

int lt_schedule_settle(struct lt_rates *rates, struct lt_training_options *o,
		       struct lt_error *err)
{
	int code;

	if (o->drops.given || o->drop_factor.given)
		lt_choice_default(&o->schedule, LT_SCHEDULE_STEP);
	lt_rates_default(rates, (enum lt_schedule)o->schedule.value, o->lr.value,
			 (int)o->epochs.value);
	if (o->warmup.has)
		rates->warmup = (int)o->warmup.value;
	if ((code = settle_drops(rates, o, err)) != 0)
		return code;
	return check_epochs(rates, o, err);
}
