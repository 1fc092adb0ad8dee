/*
 * --explain for training: what loss, rule and sampler compute from the class counts, the
 * augmentation, and the use of unlabelled rows.  The numbers come from the functions that
 * training calls.
 */
#ifndef LT_PROGRAM_EXPLAIN_TRAINING_H
#define LT_PROGRAM_EXPLAIN_TRAINING_H

#include "cli/cli.h"
#include "data/table.h"
#include "method/balance.h"
#include "method/method.h"

/* The settings of train. */
struct lt_explain {
	const struct lt_choice_value *recipe;
	const struct lt_balance *balance;
	const struct lt_method_settings *method;
	const char *augment;	      /* --augment */
	const struct lt_table *table; /* all rows that are learnt from; NULL: none were read */
	int classes, epochs;
	const char *const *names;
	const uint64_t *counts; /* what losses and rules count */
	const uint64_t *rows;	/* the rows that draws select from */
};

/*
 * Writes to the main output: the recipe, if any; the loss with its formula, source and
 * settings; the loss of a batch; the rule and its first epoch; the sampler; the parts of
 * --augment; the use of unlabelled rows; the images of the rows.  Then a line for each class:
 * its count, its weight while the rule holds, the loss's numbers, and its share of the draws of
 * an epoch (of the first and the last epoch if they differ); "-" for numbers of a class without
 * rows.
 */
int lt_explain_training(struct lt_cli *cli, const struct lt_explain *of, struct lt_error *err);
/* The same for the classes of --class-counts; those of `of` are ignored. */
int lt_explain_list(struct lt_cli *cli, const char *list, const struct lt_explain *of,
		    struct lt_error *err);

#endif
