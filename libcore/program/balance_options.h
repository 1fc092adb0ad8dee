/*
 * The options of losses, rules and samplers, and what was chosen with them.
 */
#ifndef LT_PROGRAM_BALANCE_OPTIONS_H
#define LT_PROGRAM_BALANCE_OPTIONS_H

#include "cli/cli.h"
#include "method/balance.h"

/*
 * Lines of an option table.  Settings have the default of the loss that is
 * chosen, and sampler and beta one only with a rule that has a use for them, so
 * that none is recorded as used where it is not: what is recorded can be given again.
 */
#define LT_BALANCE_OPTS                                                                        \
	LT_CHOICE(                                                                             \
		"loss", "NAME", "ce", lt_loss_names, NULL, LT_OPT_RESULT,                      \
		"ce, focal, ldam, balanced-softmax, logit-adjustment, vs, cdt or smoothing"),  \
		LT_CHOICE("rule", "NAME", "none", lt_rule_names, NULL, LT_OPT_RESULT,          \
			  "none, resample, reweight, drw or drs"),                             \
		LT_REAL("gamma", "X", NULL, 0, 100, LT_OPT_RESULT | LT_OPT_FINE,               \
			"focal 1, vs 0.3, cdt 0.2"),                                           \
		LT_FLAG("focal-authors", LT_OPT_RESULT | LT_OPT_FINE,                          \
			"focal as the authors' code: the weight inside p"),                    \
		LT_REAL("tau", "X", NULL, 0, 100, LT_OPT_RESULT | LT_OPT_FINE,                 \
			"logit-adjustment 1, vs 1"),                                           \
		LT_REAL("margin", "X", NULL, 0, 2, LT_OPT_RESULT | LT_OPT_FINE, "ldam 0.5"),   \
		LT_REAL("scale", "X", NULL, 1e-3, 1e4, LT_OPT_RESULT | LT_OPT_FINE,            \
			"ldam 30"),                                                            \
		LT_REAL("smooth-head", "X", NULL, 0, 1, LT_OPT_RESULT | LT_OPT_FINE,           \
			"smoothing 0.4"),                                                      \
		LT_REAL("smooth-tail", "X", NULL, 0, 1, LT_OPT_RESULT | LT_OPT_FINE,           \
			"smoothing 0.1"),                                                      \
		LT_CHOICE("sampler", "NAME", NULL, lt_sampler_names, NULL,                     \
			  LT_OPT_RESULT | LT_OPT_FINE, "resample, drs effective"),             \
		LT_REAL("beta", "X", NULL, 0, 0.999999999, LT_OPT_RESULT | LT_OPT_FINE,        \
			"0.9999")

/*
 * Fills *balance and gives the loss's settings their defaults.  LT_USAGE, saying
 * where it belongs, for an option that the chosen loss, rule and sampler do not use.
 */
int lt_balance_settle(struct lt_balance *balance, struct lt_cli *cli, struct lt_error *err);

#endif
