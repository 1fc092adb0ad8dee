#include "program/augment_options.h"

#include <stdio.h>

#include "program/explain.h"

int lt_augment_settle(enum lt_mixing *mixing, struct lt_augment_options *options,
		      struct lt_error *err)
{
	static const struct lt_norm any = {0};
	struct lt_augment augment;
	int code = lt_augment_init(&augment, options->augment.value, &any, err);

	if (code != 0)
		return code;
	*mixing = augment.mixing;
	if ((options->mix_alpha.given || options->mix_probability.given) &&
	    augment.mixing == LT_MIX_NONE)
		return lt_fail(err, LT_USAGE,
			       "--mix-%s goes with mixup, remix or cutmix in --augment",
			       options->mix_alpha.given ? "alpha" : "probability");
	if ((options->remix_kappa.given || options->remix_tau.given) &&
	    augment.mixing != LT_REMIX)
		return lt_fail(err, LT_USAGE,
			       "--remix-kappa and --remix-tau go with remix in --augment");
	if (augment.mixing == LT_MIX_NONE)
		options->mix_alpha.has = options->mix_probability.has = false;
	else
		lt_real_default(&options->mix_alpha, 1);
	if (augment.mixing == LT_REMIX) {
		lt_real_default(&options->remix_kappa, 3);
		lt_real_default(&options->remix_tau, 0.5);
	}
	return 0;
}

int lt_augment_explain(struct lt_output *out, const struct lt_cli *cli,
		       const struct lt_augment *augment, struct lt_error *err)
{
	static const char *const mixing[] = {"mix-alpha", "mix-probability", "remix-kappa",
					     "remix-tau", NULL};
	const char *heading = "augment";
	char name[32];
	int code = 0;

	if (augment->n == 0)
		return lt_explain_say(out, heading, "none", err);
	for (int i = 0; i < augment->n && code == 0; i++) {
		const struct lt_augment_part *part = augment->step[i].part;
		int number = augment->step[i].number;

		if (!lt_augment_acts(augment, i))
			continue;
		snprintf(name, sizeof name, number ? "%s=%d" : "%s", part->name, number);
		code = lt_explain_method(out, heading, name, &part->about, err);
		heading = "";
	}
	if (code == 0 && augment->mixing != LT_MIX_NONE)
		code = lt_explain_settings(out, cli, mixing, err);
	return code;
}
