#include "method/balance.h"

#include <math.h>
#include <stddef.h>

const struct lt_rule lt_rules[] = {
	{"none", false, false, false},	  {"resample", false, true, false},
	{"reweight", true, false, false}, {"drw", true, false, true},
	{"drs", false, true, true},	  {NULL, false, false, false},
};

const char *const lt_rule_names[] = {"none", "resample", "reweight", "drw", "drs", NULL};

int lt_balance_first(const struct lt_balance *balance)
{
	return balance->rule->deferred ? balance->defer + 1 : 1;
}

int lt_balance_prepare(const struct lt_balance *balance, int classes, const uint64_t *counts,
		       struct lt_loss_params *params, struct lt_error *err)
{
	int code = lt_loss_params_init(params, classes, counts, err);

	if (code != 0)
		return code;
	lt_loss_prepare(balance->loss, balance->setting, params);
	/* A class with an infinite divisor would always have a logit of 0. */
	for (int c = 0; c < classes; c++)
		if (!isfinite(params->number[LT_CLASS_DIVISOR][c]))
			code = lt_fail(err, LT_USAGE,
				       "--gamma %g: the divisor of class %d is too large",
				       balance->setting[LT_GAMMA], c);
	if (code != 0)
		lt_loss_params_free(params);
	return code;
}

void lt_balance_weigh(const struct lt_balance *balance, int epoch,
		      struct lt_loss_params *params)
{
	if (balance->rule->weights && epoch >= lt_balance_first(balance))
		lt_loss_weights_balanced(params, balance->beta);
	else
		lt_loss_weights_equal(params);
}

const struct lt_sampler *lt_balance_sampler(const struct lt_balance *balance, int epoch)
{
	bool draws = balance->rule->draws && epoch >= lt_balance_first(balance);

	return draws ? balance->sampler : lt_sampler_find("uniform");
}
