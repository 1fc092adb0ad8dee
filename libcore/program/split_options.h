/* The options of ltsplit, and the settings made from them. */
#ifndef LT_PROGRAM_SPLIT_OPTIONS_H
#define LT_PROGRAM_SPLIT_OPTIONS_H

#include "cli/cli.h"
#include "data/split.h"

struct lt_split_options {
	struct lt_real_value ratio;
	struct lt_text_value profile, order;
	struct lt_int_value max;
	struct lt_text_value unlabeled;
	struct lt_real_value unlabeled_factor, unlabeled_ratio;
	struct lt_choice_value unlabeled_profile; /* enum lt_split_mix */
	struct lt_text_value pool;
	struct lt_real_value relevance;
	struct lt_paths_value irrelevant;
	struct lt_text_value val;
	struct lt_int_value val_per_class;
	struct lt_text_value val_share, test, test_share, group;
	struct lt_text_value rest, manifest, replay;
	struct lt_flag_value allow_short;
};

extern const struct lt_opt lt_split_opts[];

struct lt_split_settings {
	struct lt_split_rule rule; /* without the given counts */
	struct lt_split_shares shares;
	const char *counts;	/* the file of --profile, or NULL */
	char share_text[2][32]; /* storage for the options' texts */
};

/* Checks for options that need or exclude each other.  LT_USAGE. */
int lt_split_check(const struct lt_cli *cli, const struct lt_split_options *options,
		   struct lt_error *err);

/* Makes the settings of a split and sets the defaults it uses.  LT_USAGE. */
int lt_split_settle(struct lt_split_settings *settings, struct lt_cli *cli,
		    struct lt_split_options *options, struct lt_error *err);

#endif
