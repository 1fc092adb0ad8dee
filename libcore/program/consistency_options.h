/*
 * The options of learning from unlabelled rows without labels for them, and what
 * was chosen with them.
 */
#ifndef LT_PROGRAM_CONSISTENCY_OPTIONS_H
#define LT_PROGRAM_CONSISTENCY_OPTIONS_H

#include "cli/cli.h"
#include "method/consistency.h"

/* Lines of an option table; defaults are those of the method that is chosen. */
#define LT_CONSISTENCY_OPTS                                                                    \
	LT_CHOICE("consistency", "NAME", "none", lt_consistency_names, NULL, LT_OPT_RESULT,    \
		  "learn from --unlabeled without labels: vat or mean-teacher"),               \
		LT_INT("unlabeled-batch", "N", NULL, 1, 65536, LT_OPT_RESULT | LT_OPT_FINE,    \
		       "as --batch"),                                                          \
		LT_REAL("consistency-weight", "X", NULL, 0, 1e6, LT_OPT_RESULT | LT_OPT_FINE,  \
			"0.3 or 8"),                                                           \
		LT_REAL("ema", "X", NULL, 0, 1, LT_OPT_RESULT | LT_OPT_FINE, "0.999"),         \
		LT_REAL("vat-epsilon", "X", NULL, 0, 1e6, LT_OPT_RESULT | LT_OPT_FINE, "6")

/*
 * Fills *settings, with no method for none, and sets the defaults of the options
 * that go with it or depend on it: --batch, --counts and --omega too.  LT_USAGE, saying where
 * it belongs, for an option that the method does not have, and for a method without
 * --unlabeled.
 */
int lt_consistency_settle(struct lt_consistency_settings *settings, struct lt_cli *cli,
			  struct lt_error *err);

/* For --explain: how the rows of --unlabeled are learnt from; nothing without them. */
int lt_consistency_explain(struct lt_output *out, const struct lt_cli *cli,
			   const struct lt_consistency_settings *settings,
			   struct lt_error *err);

#endif
