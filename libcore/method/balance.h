/*
 * Class balancing: a loss with its settings, and a rule that weights or resamples classes,
 * from the start or deferred.  Training and --explain both use the functions here.
 */
#ifndef LT_METHOD_BALANCE_H
#define LT_METHOD_BALANCE_H

#include "data/sampler.h"
#include "net/loss.h"

struct lt_rule {
	const char *name;
	bool weights, draws; /* class-balanced weights; a sampler's draws with replacement */
	bool deferred;	     /* DRW, DRS (Cao et al. 2019): after an epoch, lt_rates_deferral */
};

extern const struct lt_rule lt_rules[];	  /* ends with a NULL name */
extern const char *const lt_rule_names[]; /* the same, for the option table */

struct lt_balance {
	const struct lt_loss *loss;
	double setting[LT_LOSS_SETTINGS];
	const struct lt_rule *rule;
	const struct lt_sampler *sampler; /* for rules that draw */
	double beta;			  /* of the effective number */
	int defer;			  /* deferred rules hold after this epoch */
};

/*
 * The first epoch, counted from 1, in which the rule holds; greater than the last epoch if
 * there is none.
 */
int lt_balance_first(const struct lt_balance *balance);

/*
 * Allocates *params and prepares it for the loss; free with lt_loss_params_free.  counts: n_c.
 */
int lt_balance_prepare(const struct lt_balance *balance, int classes, const uint64_t *counts,
		       struct lt_loss_params *params, struct lt_error *err);
/* Sets the class weights of an epoch. */
void lt_balance_weigh(const struct lt_balance *balance, int epoch,
		      struct lt_loss_params *params);
/* The sampler of an epoch. */
const struct lt_sampler *lt_balance_sampler(const struct lt_balance *balance, int epoch);

#endif
