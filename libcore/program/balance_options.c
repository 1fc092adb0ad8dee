#include "program/balance_options.h"

#include <stdio.h>
#include <string.h>

/* The names of the losses that use a setting: "focal, vs or cdt". */
static void losses_with(int setting, char *list, size_t size)
{
	const struct lt_loss *with[64];
	size_t used = 0;
	int n = 0, i;

	for (i = 0; lt_loss_table[i] && n < 64; i++)
		if (lt_loss_table[i]->setting[setting] > 0)
			with[n++] = lt_loss_table[i];
	list[0] = '\0';
	for (i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(list + used, size - used, "%s%s",
					 i == 0	      ? ""
					 : i == n - 1 ? " or "
						      : ", ",
					 with[i]->name);
}

static int settle_setting(struct lt_balance *balance, int setting,
			  struct lt_balance_options *options, struct lt_error *err)
{
	struct lt_real_value *field = &options->setting[setting];
	double def = balance->loss->setting[setting];
	char list[300];

	if (def > 0) {
		lt_real_default(field, def);
		balance->setting[setting] = field->value;
	} else if (field->given) {
		losses_with(setting, list, sizeof list);
		return lt_fail(err, LT_USAGE, "--%s goes with --loss %s, not %s",
			       lt_loss_settings[setting], list,
			       lt_loss_names[options->loss.value]);
	} else {
		field->has = false; /* set by a recipe for another loss */
	}
	return 0;
}

/* beta belongs to class-balanced weights and to draws by the effective number. */
static int settle_rule(struct lt_balance *balance, struct lt_balance_options *options,
		       struct lt_error *err)
{
	const struct lt_rule *rule = balance->rule;
	const char *sampler = "effective";
	bool effective;

	if (options->sampler.given)
		sampler = lt_sampler_names[options->sampler.value];
	effective = strcmp(sampler, "effective") == 0;
	balance->sampler = lt_sampler_find(sampler);
	balance->beta = LT_LOSS_BETA;
	if (options->sampler.given && !rule->draws)
		return lt_fail(err, LT_USAGE,
			       "--sampler goes with --rule resample or drs, not %s",
			       rule->name);
	if (rule->draws)
		lt_choice_default(&options->sampler, lt_choice_find(lt_sampler_names, sampler));
	if (options->defer_epoch.given && !rule->deferred)
		return lt_fail(err, LT_USAGE,
			       "--defer-epoch goes with --rule drw or drs, not %s", rule->name);
	options->defer_epoch.has = options->defer_epoch.has && rule->deferred;
	if (options->beta.given && !rule->weights && !rule->draws)
		return lt_fail(err, LT_USAGE,
			       "--beta goes with --rule resample, reweight, drw or drs, not %s",
			       rule->name);
	if (options->beta.given && !rule->weights && !effective)
		return lt_fail(err, LT_USAGE, "--beta goes with --sampler effective, not %s",
			       sampler);
	if (!rule->weights && !(rule->draws && effective))
		return 0;
	lt_real_default(&options->beta, LT_LOSS_BETA);
	balance->beta = options->beta.value;
	return 0;
}

int lt_balance_settle(struct lt_balance *balance, struct lt_balance_options *options,
		      struct lt_error *err)
{
	int code = 0;

	memset(balance, 0, sizeof *balance);
	balance->loss = lt_loss_table[options->loss.value];
	balance->rule = &lt_rules[options->rule.value];
	if (options->focal_authors.given && balance->loss != &lt_loss_focal)
		return lt_fail(err, LT_USAGE, "--focal-authors goes with --loss focal, not %s",
			       balance->loss->name);
	if (options->focal_authors.given)
		balance->loss = &lt_loss_focal_authors;
	for (int i = 0; i < LT_LOSS_SETTINGS && code == 0; i++)
		code = settle_setting(balance, i, options, err);
	return code != 0 ? code : settle_rule(balance, options, err);
}

int lt_balance_defer(struct lt_balance *balance, const struct lt_balance_options *options,
		     const struct lt_rates *rates, struct lt_error *err)
{
	balance->defer = lt_rates_deferral(rates);
	if (!options->defer_epoch.has)
		return 0;
	balance->defer = (int)options->defer_epoch.value;
	if (balance->defer < rates->epochs)
		return 0;
	return lt_fail(err, LT_USAGE,
		       "--defer-epoch %d: no epoch comes after it, of --epochs %d",
		       balance->defer, rates->epochs);
}
