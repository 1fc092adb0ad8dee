/*
 * The options of methods (method/method.h), and the chosen settings.
 */
#ifndef LT_PROGRAM_METHOD_OPTIONS_H
#define LT_PROGRAM_METHOD_OPTIONS_H

#include "cli/cli.h"
#include "method/method.h"
#include "net/loss.h"

struct lt_method_options {
	struct lt_choice_value method;	    /* index into lt_method_names */
	struct lt_choice_value consistency; /* its name in earlier versions */
	struct lt_int_value unlabeled_batch;
	struct lt_choice_value align; /* enum lt_align */
	struct lt_text_value strong;
	struct lt_real_value setting[LT_METHOD_SETTINGS]; /* by enum lt_method_setting */
};

/* Lines of an option table; defaults are those of the chosen method. */
#define LT_METHOD_OPTS(T, f)                                                                   \
	LT_CHOICE(T, f.method, "method", "NAME", "none", lt_method_names, NULL, LT_OPT_RESULT, \
		  "how to learn from --unlabeled without labels, or by contrast"),             \
		LT_CHOICE(T, f.consistency, "consistency", "NAME", NULL, lt_method_names,      \
			  NULL, LT_OPT_FINE, "--method"),                                      \
		LT_INT(T, f.unlabeled_batch, "unlabeled-batch", "N", NULL, 1, 65536,           \
		       LT_OPT_RESULT | LT_OPT_FINE, "as --batch"),                             \
		LT_CHOICE(T, f.align, "align", "WITH", NULL, lt_align_names, NULL,             \
			  LT_OPT_RESULT | LT_OPT_FINE, "softmatch uniform"),                   \
		LT_TEXT(T, f.strong, "strong", "LIST", NULL, LT_OPT_RESULT | LT_OPT_FINE,      \
			"crop-flip,randaugment"),                                              \
		LT_REAL(T, f.setting[LT_WEIGHT], "consistency-weight", "X", NULL, 0, 1e6,      \
			LT_OPT_RESULT | LT_OPT_FINE, "vat 0.3, pi 10, bcl 0.35, else 1"),      \
		LT_REAL(T, f.setting[LT_EMA], "ema", "X", NULL, 0, 1,                          \
			LT_OPT_RESULT | LT_OPT_FINE, "0.999"),                                 \
		LT_REAL(T, f.setting[LT_THRESHOLD], "threshold", "X", NULL, 0, 1,              \
			LT_OPT_RESULT | LT_OPT_FINE, "0.95"),                                  \
		LT_REAL(T, f.setting[LT_FAIRNESS], "fairness", "X", NULL, 0, 1e6,              \
			LT_OPT_RESULT | LT_OPT_FINE, "0.01"),                                  \
		LT_REAL(T, f.setting[LT_DEBIAS], "debias", "X", NULL, 0, 100,                  \
			LT_OPT_RESULT | LT_OPT_FINE, "0.4"),                                   \
		LT_REAL(T, f.setting[LT_TEMPERATURE], "temperature", "T", NULL, 1e-3, 1e3,     \
			LT_OPT_RESULT | LT_OPT_FINE, "bcl 0.1, daso 0.05"),                    \
		LT_REAL(T, f.setting[LT_BLEND_ROOT], "blend-root", "R", NULL, 0.01, 100,       \
			LT_OPT_RESULT | LT_OPT_FINE, "1.5"),                                   \
		LT_REAL(T, f.setting[LT_VAT_EPSILON], "vat-epsilon", "X", NULL, 0, 1e6,        \
			LT_OPT_RESULT | LT_OPT_FINE, "6")

/* Options for unlabelled rows whose defaults depend on the method. */
struct lt_unlabeled_settings {
	const char *unlabeled; /* --unlabeled */
	bool explains;	       /* --class-counts: there are no rows */
	struct lt_real_value *omega;
	struct lt_choice_value *counts; /* of enum lt_counted */
	struct lt_int_value *batch;
	const struct lt_loss *loss; /* --loss */
	const char *loss_name;
};

enum lt_counted { LT_COUNTED_ALL, LT_COUNTED_LABELLED };
extern const char *const lt_counted_names[];

/*
 * Fills *settings and sets the defaults of all options that depend on the method, including
 * --batch, --counts and --omega.  LT_USAGE for a method without the rows it needs and for an
 * option that the method does not have; the message says where it belongs.
 */
int lt_method_settle(struct lt_method_settings *settings, struct lt_method_options *options,
		     const struct lt_unlabeled_settings *others, struct lt_error *err);

/*
 * For --explain: the method, and how the rows of --unlabeled are used; nothing without them or
 * a method.
 */
int lt_method_explain(struct lt_output *out, const struct lt_cli *cli,
		      const struct lt_method_settings *settings, struct lt_error *err);

#endif
