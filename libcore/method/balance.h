/*
 * How a classifier is made fair to rare classes: a loss with its settings, and a
 * rule that weighs or draws classes, at once or deferred.  What training uses and
 * what is printed of it come from the functions here.
 */
#ifndef LT_METHOD_BALANCE_H
#define LT_METHOD_BALANCE_H

#include "data/sampler.h"
#include "net/loss.h"

struct lt_rule {
	const char *name;
	bool weights, draws; /* class-balanced weights; a sampler's draws with replacement */
	bool deferred; /* from the epoch after ⌈0.8 E⌉ on: DRW, DRS (Cao et al. 2019) */
};

extern const struct lt_rule lt_rules[];	  /* ends with a NULL name */
extern const char *const lt_rule_names[]; /* the same, for the option table */

struct lt_balance {
	const struct lt_loss *loss;
	double setting[LT_LOSS_SETTINGS];
	const struct lt_rule *rule;
	const struct lt_sampler *sampler; /* of rules that draw */
	double beta;			  /* of the effective number */
};

/* The first of E epochs, counted from 1, in which a rule holds; E + 1 and more: none. */
int lt_rule_first(const struct lt_rule *rule, int epochs);

/* Allocates *params and makes it ready for the loss; lt_loss_params_free.  counts: n_c. */
int lt_balance_prepare(const struct lt_balance *balance, int classes, const uint64_t *counts,
		       struct lt_loss_params *params, struct lt_error *err);
/* The class weights of an epoch. */
void lt_balance_weigh(const struct lt_balance *balance, int epoch, int epochs,
		      struct lt_loss_params *params);
/* What draws the rows of an epoch. */
const struct lt_sampler *lt_balance_sampler(const struct lt_balance *balance, int epoch,
					    int epochs);

#endif
