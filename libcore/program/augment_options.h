/* The options of augmentation (data/augment.h) and mixing (method/mix.h). */
#ifndef LT_PROGRAM_AUGMENT_OPTIONS_H
#define LT_PROGRAM_AUGMENT_OPTIONS_H

#include "cli/cli.h"
#include "data/augment.h"

struct lt_augment_options {
	struct lt_text_value augment;
	struct lt_real_value mix_alpha, mix_probability, remix_kappa, remix_tau;
};

/* Lines of an option table.  The options of mixing have a value only if the list mixes. */
#define LT_AUGMENT_OPTS(T, f)                                                                  \
	LT_TEXT(T, f.augment, "augment", "LIST", "crop-flip", LT_OPT_RESULT,                   \
		"none, or a list of crop-flip, randaugment, mixup, …"),                        \
		LT_REAL(T, f.mix_alpha, "mix-alpha", "X", NULL, 1e-3, 1e3,                     \
			LT_OPT_RESULT | LT_OPT_FINE, "1"),                                     \
		LT_REAL(T, f.mix_probability, "mix-probability", "X", NULL, 0, 1,              \
			LT_OPT_RESULT | LT_OPT_FINE, "1"),                                     \
		LT_REAL(T, f.remix_kappa, "remix-kappa", "X", NULL, 1, 1e9,                    \
			LT_OPT_RESULT | LT_OPT_FINE, "3"),                                     \
		LT_REAL(T, f.remix_tau, "remix-tau", "X", NULL, 0, 1,                          \
			LT_OPT_RESULT | LT_OPT_FINE, "0.5")

/*
 * To be called before anything is read.  LT_USAGE for an invalid list and for options that it
 * does not use.  *mixing: how the list mixes batches.
 */
int lt_augment_settle(enum lt_mixing *mixing, struct lt_augment_options *options,
		      struct lt_error *err);

/*
 * For --explain: each part with its effect and source, and the settings of mixing if the list
 * mixes.
 */
int lt_augment_explain(struct lt_output *out, const struct lt_cli *cli,
		       const struct lt_augment *augment, struct lt_error *err);

#endif
