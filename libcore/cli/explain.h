/*
 * train --explain: what a loss, a rule and a sampler make of class counts, as
 * text for people.  The numbers come from the functions that training calls.
 */
#ifndef LT_CLI_EXPLAIN_H
#define LT_CLI_EXPLAIN_H

#include "cli/cli.h"
#include "method/balance.h"

#define LT_EXPLAIN_OPTS                                                                        \
	LT_FLAG("explain", 0, "print what loss and rule make of the class counts, and stop"),  \
		LT_TEXT("class-counts", "LIST", NULL, 0,                                       \
			"with --explain: of these counts (5000,2997,50), not of rows")

/* LT_USAGE for options that do not go with --explain, or want it. */
int lt_explain_check(const struct lt_cli *cli, struct lt_error *err);

struct lt_explain {
	const struct lt_balance *balance;
	int classes, epochs;
	const char *const *names; /* NULL: classes are numbered from 0 */
	const uint64_t *counts;	  /* what losses and rules count */
	const uint64_t *rows;	  /* what there is to draw from */
};

/*
 * Heading lines: the loss with its formula, source and settings, how rows become
 * the batch's loss, the rule and from which epoch it holds, what is drawn.  Then a
 * line a class: count, weight where the rule holds, the loss's numbers, its share of an
 * epoch's places (of the first and of the last epoch, where they differ); "-" for numbers
 * of a class without rows.
 */
int lt_explain(const struct lt_explain *explain, struct lt_output *out, struct lt_error *err);

/*
 * Counts of "5000,2997,…": 2 to LT_MAX_CLASSES whole numbers below 2^32, not all 0, as an
 * array to free(3).  LT_USAGE, naming the option --class-counts, when text is no such list.
 */
int lt_class_counts_parse(const char *text, uint64_t **counts, int *classes,
			  struct lt_error *err);

#endif
