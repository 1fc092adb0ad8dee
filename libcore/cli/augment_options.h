/* The options of augmentation (data/augment.h) and mixing (method/mix.h). */
#ifndef LT_CLI_AUGMENT_OPTIONS_H
#define LT_CLI_AUGMENT_OPTIONS_H

#include "cli/cli.h"
#include "data/augment.h"

/* Lines of an option table. */
#define LT_AUGMENT_OPTS                                                                        \
	LT_TEXT("augment", "LIST", "crop-flip", LT_OPT_RESULT,                                 \
		"none, or of crop-flip, randaugment, cutout, mixup, …"),                       \
		LT_REAL("mix-alpha", "X", "1", 1e-3, 1e3, LT_OPT_RESULT | LT_OPT_FINE,         \
			"shares of mixed images are Beta(X, X)"),                              \
		LT_REAL("remix-kappa", "X", "3", 1, 1e9, LT_OPT_RESULT | LT_OPT_FINE,          \
			"remix: counts that many times apart"),                                \
		LT_REAL("remix-tau", "X", "0.5", 0, 1, LT_OPT_RESULT | LT_OPT_FINE,            \
			"remix: shares below it are given away")

/*
 * Before anything is read: LT_USAGE for a list that cannot be, and for options it does not
 * use.  *mixing: how the list mixes batches.
 */
int lt_augment_settle(enum lt_mixing *mixing, const struct lt_cli *cli, struct lt_error *err);

#endif
