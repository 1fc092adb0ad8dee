/* The options of ltsplit: see split_options.h. */
#include "program/split_options.h"

#include <string.h>

#include "base/number.h"

static const char *const mixes[] = {[LT_MIX_EXP] = "exp",
				    [LT_MIX_REVERSED] = "reversed",
				    [LT_MIX_UNIFORM] = "uniform",
				    NULL};

/*
 * Options of the draw have no default here: a replay does not use them, so its
 * provenance must not show them.  lt_split_settle sets what a draw uses.
 */
const struct lt_opt lt_split_opts[] = {
	LT_REAL(struct lt_split_options, ratio, "ratio", "R", NULL, 1, 1e9, LT_OPT_RESULT,
		"largest class count over the smallest (default 100)"),
	LT_TEXT(struct lt_split_options, profile, "profile", "NAME", NULL, LT_OPT_RESULT,
		"exp, step, none, natural or counts:FILE (default exp)"),
	LT_TEXT(struct lt_split_options, order, "order", "LIST", NULL, LT_OPT_RESULT,
		"all classes from head to tail, or by-count (by label)"),
	LT_INT(struct lt_split_options, max, "max", "N", NULL, 1, UINT32_MAX, LT_OPT_RESULT,
	       "rows of the head class (default rows / classes, or fewer)"),
	LT_PATH(struct lt_split_options, unlabeled, "unlabeled", "FILE", LT_FILE_SIDE,
		"write unlabelled rows"),
	LT_REAL(struct lt_split_options, unlabeled_factor, "unlabeled-factor", "F", NULL, 0,
		1e6, LT_OPT_RESULT, "unlabelled rows per labelled row (default 5)"),
	LT_REAL(struct lt_split_options, unlabeled_ratio, "unlabeled-ratio", "RU", NULL, 1, 1e9,
		LT_OPT_RESULT, "their --ratio (default that of the labelled rows)"),
	LT_CHOICE(struct lt_split_options, unlabeled_profile, "unlabeled-profile", "NAME", NULL,
		  mixes, NULL, LT_OPT_RESULT, "their profile (default exp)"),
	LT_PATH(struct lt_split_options, pool, "pool", "FILE", LT_FILE_READ,
		"source of unlabelled rows (default the remaining rows)"),
	LT_REAL(struct lt_split_options, relevance, "relevance", "P", NULL, 0, 1, LT_OPT_RESULT,
		"share of unlabelled rows from these classes (default 1)"),
	LT_PATHS(struct lt_split_options, irrelevant, "irrelevant", "FILE", LT_FILE_READ,
		 "source of the other unlabelled rows; repeatable"),
	LT_PATH(struct lt_split_options, val, "val", "FILE", LT_FILE_SIDE,
		"write a validation set"),
	LT_INT(struct lt_split_options, val_per_class, "val-per-class", "N", NULL, 0,
	       UINT32_MAX, LT_OPT_RESULT, "its rows per class"),
	LT_TEXT(struct lt_split_options, val_share, "val-share", "P", NULL, LT_OPT_RESULT,
		"its share of each class: 10% or 0.1"),
	LT_PATH(struct lt_split_options, test, "test", "FILE", LT_FILE_SIDE,
		"write a test set"),
	LT_TEXT(struct lt_split_options, test_share, "test-share", "P", NULL, LT_OPT_RESULT,
		"its share of each class"),
	LT_TEXT(struct lt_split_options, group, "group", "COLUMN[:REGEX]", NULL, LT_OPT_RESULT,
		"keep rows with the same value in the same set"),
	LT_PATH(struct lt_split_options, rest, "rest", "FILE", LT_FILE_SIDE,
		"write the remaining rows"),
	LT_PATH(struct lt_split_options, manifest, "manifest", "FILE", LT_FILE_SIDE,
		"write which rows were drawn, as text"),
	LT_PATH(struct lt_split_options, replay, "replay", "FILE", LT_FILE_READ,
		"select the rows of this manifest"),
	LT_FLAG(struct lt_split_options, allow_short, "allow-short", LT_OPT_RESULT,
		"allow classes with too few rows"),
	{.name = NULL},
};

int lt_split_check(const struct lt_cli *cli, const struct lt_split_options *o,
		   struct lt_error *err)
{
	static const char *const needs[][2] = {
		{"unlabeled-factor", "unlabeled"},
		{"unlabeled-ratio", "unlabeled"},
		{"unlabeled-profile", "unlabeled"},
		{"pool", "unlabeled"},
		{"irrelevant", "unlabeled"},
		{"relevance", "irrelevant"},
		{"val-per-class", "val"},
		{"val-share", "val"},
		{"test-share", "test"},
	};
	static const char *const drawn[] = {
		"ratio",
		"profile",
		"order",
		"max",
		"unlabeled-factor",
		"unlabeled-ratio",
		"unlabeled-profile",
		"relevance",
		"val-per-class",
		"val-share",
		"test-share",
		"group",
		"allow-short",
		"seed",
		"manifest",
	};
	bool replay = o->replay.given;
	size_t i;

	for (i = 0; replay && i < sizeof drawn / sizeof *drawn; i++)
		if (lt_opt_given(cli, drawn[i]))
			return lt_fail(err, LT_USAGE,
				       "--%s: with --replay the manifest determines the rows",
				       drawn[i]);
	for (i = 0; i < sizeof needs / sizeof *needs; i++)
		if (lt_opt_given(cli, needs[i][0]) && !lt_opt_given(cli, needs[i][1]))
			return lt_fail(err, LT_USAGE, "--%s needs --%s FILE", needs[i][0],
				       needs[i][1]);
	if (!replay && o->val.given && o->val_per_class.given == o->val_share.given)
		return lt_fail(err, LT_USAGE,
			       "--val needs one of --val-per-class N and --val-share P");
	if (!replay && o->test.given && !o->test_share.given)
		return lt_fail(err, LT_USAGE, "--test needs --test-share P");
	if (o->group.given && !o->test_share.given && !o->val_share.given)
		return lt_fail(err, LT_USAGE, "--group needs --test-share or --val-share");
	if (o->group.given && o->val_per_class.given)
		return lt_fail(err, LT_USAGE, "--val-per-class: with --group use --val-share");
	if (!replay && o->irrelevant.given && !o->relevance.given)
		return lt_fail(err, LT_USAGE, "--irrelevant needs --relevance P");
	return 0;
}

/*
 * --profile natural keeps the counts of the input, so options that set counts contradict it.
 */
static int check_natural(const struct lt_split_options *o, struct lt_error *err)
{
	if (o->ratio.given || o->max.given)
		return lt_fail(err, LT_USAGE,
			       "--%s: --profile natural keeps the counts of the input",
			       o->ratio.given ? "ratio" : "max");
	if (o->unlabeled.given && !o->pool.given)
		return lt_fail(err, LT_USAGE,
			       "--unlabeled: --profile natural leaves no rows for it; draw "
			       "them from --pool FILE");
	if (o->unlabeled.given && !o->unlabeled_ratio.given &&
	    !(o->unlabeled_profile.given && o->unlabeled_profile.value == LT_MIX_UNIFORM))
		return lt_fail(err, LT_USAGE,
			       "--unlabeled with --profile natural needs --unlabeled-ratio RU "
			       "or --unlabeled-profile uniform");
	return 0;
}

static int read_profile(struct lt_split_settings *settings, struct lt_cli *cli,
			struct lt_split_options *o, struct lt_error *err)
{
	static const char *const names[] = {"exp", "step", "none", "natural"};
	const char *text = o->profile.value;
	int i;

	for (i = 0; i < 4; i++) {
		if (strcmp(text, names[i]) == 0) {
			settings->rule.profile = (enum lt_split_profile)i;
			return i == LT_SPLIT_NATURAL ? check_natural(o, err) : 0;
		}
	}
	if (strncmp(text, "counts:", 7) != 0 || !text[7])
		return lt_fail(err, LT_USAGE,
			       "--profile: '%s' is not exp, step, none, natural or "
			       "counts:FILE",
			       text);
	if (o->max.given)
		return lt_fail(err, LT_USAGE, "--max: --profile counts:FILE sets all counts");
	settings->rule.profile = LT_SPLIT_GIVEN;
	settings->counts = text + 7;
	/* The file's name is not part of the result. */
	o->profile.value = "counts";
	return lt_cli_check_input(cli, settings->counts, "the counts of --profile", err);
}

/* Shares are recorded in canonical form. */
static int read_share(struct lt_text_value *option, const char *name, uint32_t *share,
		      char text[32], struct lt_error *err)
{
	int code = option->given ? lt_split_parse_share(option->value, name, share, err) : 0;

	if (!option->given || code)
		return code;
	lt_format_real((double)*share / LT_SPLIT_WHOLE, text);
	option->value = text;
	return 0;
}

static int read_shares(struct lt_split_settings *settings, struct lt_split_options *o,
		       struct lt_error *err)
{
	int code;

	if ((code = read_share(&o->test_share, "--test-share", &settings->shares.test,
			       settings->share_text[0], err)) != 0 ||
	    (code = read_share(&o->val_share, "--val-share", &settings->shares.val,
			       settings->share_text[1], err)) != 0)
		return code;
	if (settings->shares.test >= LT_SPLIT_WHOLE - settings->shares.val)
		return lt_fail(err, LT_USAGE,
			       "--test-share and --val-share leave no rows for training");
	return 0;
}

int lt_split_settle(struct lt_split_settings *settings, struct lt_cli *cli,
		    struct lt_split_options *o, struct lt_error *err)
{
	struct lt_split_rule *rule = &settings->rule;
	int code;

	lt_text_default(&o->profile, "exp");
	if ((code = read_profile(settings, cli, o, err)) != 0 ||
	    (code = read_shares(settings, o, err)) != 0)
		return code;
	if (rule->profile != LT_SPLIT_NATURAL)
		lt_real_default(&o->ratio, 100);
	if (o->unlabeled.given) {
		lt_real_default(&o->unlabeled_factor, 5);
		if (o->ratio.has)
			lt_real_default(&o->unlabeled_ratio, o->ratio.value);
		lt_real_default(&o->relevance, 1);
		lt_choice_default(&o->unlabeled_profile, LT_MIX_EXP);
	}
	rule->head = (double)o->max.value; /* 0: not given */
	rule->ratio = o->ratio.value;
	rule->unlabelled = o->unlabeled.given;
	rule->pooled = o->pool.given;
	rule->mix = (enum lt_split_mix)o->unlabeled_profile.value;
	rule->factor = o->unlabeled_factor.value;
	rule->mix_ratio = o->unlabeled_ratio.value;
	rule->relevance = o->relevance.value;
	rule->val = o->val_per_class.value;
	rule->allow_short = o->allow_short.given;
	return 0;
}
