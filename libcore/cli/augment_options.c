#include "cli/augment_options.h"

static void set_default(struct lt_cli *cli, const char *option, double value)
{
	if (!lt_opt_given(cli, option))
		lt_opt_set_real(cli, option, value);
}

int lt_augment_settle(enum lt_mixing *mixing, struct lt_cli *cli, struct lt_error *err)
{
	static const struct lt_norm any = {0};
	struct lt_augment augment;
	int code = lt_augment_init(&augment, lt_opt_text(cli, "augment"), &any, err);

	if (code != 0)
		return code;
	*mixing = augment.mixing;
	if (lt_opt_given(cli, "mix-alpha") && augment.mixing == LT_MIX_NONE)
		return lt_fail(err, LT_USAGE,
			       "--mix-alpha goes with mixup, remix or cutmix in --augment");
	if ((lt_opt_given(cli, "remix-kappa") || lt_opt_given(cli, "remix-tau")) &&
	    augment.mixing != LT_REMIX)
		return lt_fail(err, LT_USAGE,
			       "--remix-kappa and --remix-tau go with remix in --augment");
	if (augment.mixing != LT_MIX_NONE)
		set_default(cli, "mix-alpha", 1);
	if (augment.mixing == LT_REMIX) {
		set_default(cli, "remix-kappa", 3);
		set_default(cli, "remix-tau", 0.5);
	}
	return 0;
}
