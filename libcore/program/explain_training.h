/*
 * --explain of training: what loss, rule and sampler make of the class counts, what is done
 * to images, and how unlabelled rows are learnt from.
 * The numbers come from the functions that training calls.
 */
#ifndef LT_PROGRAM_EXPLAIN_TRAINING_H
#define LT_PROGRAM_EXPLAIN_TRAINING_H

#include "cli/cli.h"
#include "method/balance.h"
#include "method/consistency.h"

/* What train is asked for. */
struct lt_explain {
	const struct lt_balance *balance;
	const struct lt_consistency_settings *consistency;
	const char *augment; /* --augment */
	int classes, epochs;
	const char *const *names;
	const uint64_t *counts; /* what losses and rules count */
	const uint64_t *rows;	/* what there is to draw from */
};

/*
 * To the main output: the loss with its formula, source and settings, how rows become the
 * batch's loss, the rule and from which epoch it holds, what is drawn, the parts of --augment,
 * how unlabelled rows are learnt from.  Then a line a class: count, weight where the rule
 * holds, the loss's numbers, its share of an epoch's places (of the first and of the last
 * epoch, where they differ); "-" for numbers of a class without rows.
 */
int lt_explain_training(struct lt_cli *cli, const struct lt_explain *of, struct lt_error *err);
/* The same for the classes of --class-counts; those of `of` are not looked at. */
int lt_explain_list(struct lt_cli *cli, const char *list, const struct lt_explain *of,
		    struct lt_error *err);

#endif
