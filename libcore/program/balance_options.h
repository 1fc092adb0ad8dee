/*
 * The options of losses, rules and samplers, and what was chosen with them.
 */
#ifndef LT_PROGRAM_BALANCE_OPTIONS_H
#define LT_PROGRAM_BALANCE_OPTIONS_H

#include "cli/cli.h"
#include "method/balance.h"
#include "net/schedule.h"

struct lt_balance_options {
	struct lt_choice_value loss, rule;
	struct lt_real_value setting[LT_LOSS_SETTINGS]; /* by enum lt_loss_setting */
	struct lt_flag_value focal_authors;
	struct lt_choice_value sampler;
	struct lt_real_value beta;
	struct lt_int_value defer_epoch;
};

/*
 * Lines of an option table.  Settings default to those of the chosen loss; sampler and beta
 * have a default only if the rule uses them.  Thus provenance records only options that were
 * used, and its command can be repeated.
 */
#define LT_BALANCE_OPTS(T, f)                                                                  \
	LT_CHOICE(T, f.loss, "loss", "NAME", "ce", lt_loss_names, NULL, LT_OPT_RESULT, ""),    \
		LT_CHOICE(T, f.rule, "rule", "NAME", "none", lt_rule_names, NULL,              \
			  LT_OPT_RESULT, ""),                                                  \
		LT_REAL(T, f.setting[LT_GAMMA], "gamma", "X", NULL, 0, 100,                    \
			LT_OPT_RESULT | LT_OPT_FINE, "focal 1, vs 0.3, cdt 0.2"),              \
		LT_FLAG(T, f.focal_authors, "focal-authors", LT_OPT_RESULT | LT_OPT_FINE,      \
			"focal as the authors' code: the weight inside p"),                    \
		LT_REAL(T, f.setting[LT_TAU], "tau", "X", NULL, 0, 100,                        \
			LT_OPT_RESULT | LT_OPT_FINE, "logit-adjustment 1, vs 1"),              \
		LT_REAL(T, f.setting[LT_MARGIN], "margin", "X", NULL, 0, 2,                    \
			LT_OPT_RESULT | LT_OPT_FINE, "ldam 0.5"),                              \
		LT_REAL(T, f.setting[LT_SCALE], "scale", "X", NULL, 1e-3, 1e4,                 \
			LT_OPT_RESULT | LT_OPT_FINE, "ldam 30"),                               \
		LT_REAL(T, f.setting[LT_SMOOTH_HEAD], "smooth-head", "X", NULL, 0, 1,          \
			LT_OPT_RESULT | LT_OPT_FINE, "smoothing 0.4"),                         \
		LT_REAL(T, f.setting[LT_SMOOTH_TAIL], "smooth-tail", "X", NULL, 0, 1,          \
			LT_OPT_RESULT | LT_OPT_FINE, "smoothing 0.1"),                         \
		LT_CHOICE(T, f.sampler, "sampler", "NAME", NULL, lt_sampler_names, NULL,       \
			  LT_OPT_RESULT | LT_OPT_FINE, "resample, drs effective"),             \
		LT_REAL(T, f.beta, "beta", "X", NULL, 0, 0.999999999,                          \
			LT_OPT_RESULT | LT_OPT_FINE, "0.9999"),                                \
		LT_INT(T, f.defer_epoch, "defer-epoch", "E", NULL, 1, 100000,                  \
		       LT_OPT_RESULT | LT_OPT_FINE, "drw, drs: before the first drop")

/*
 * Fills *balance and sets the defaults of the loss's settings.  LT_USAGE for an option that
 * the chosen loss, rule and sampler do not use; the message says where it belongs.
 */
int lt_balance_settle(struct lt_balance *balance, struct lt_balance_options *options,
		      struct lt_error *err);

/*
 * Sets the epoch after which a deferred rule holds, once the schedule is settled: that of
 * --defer-epoch, else the last one before the learning rate drops.  LT_USAGE if no epoch
 * follows.
 */
int lt_balance_defer(struct lt_balance *balance, const struct lt_balance_options *options,
		     const struct lt_rates *rates, struct lt_error *err);

#endif
