/*
 * The options of additional figures (report/more.h): which ones, their level, and a model to
 * compare with.
 */
#ifndef LT_PROGRAM_FIGURE_OPTIONS_H
#define LT_PROGRAM_FIGURE_OPTIONS_H

#include "cli/cli.h"
#include "report/more.h"

struct lt_figure_options {
	struct lt_text_value figures, ratios;
	struct lt_real_value level;
	struct lt_int_value bootstrap;
	struct lt_text_value against;
};

#define LT_FIGURE_OPTS(T, f)                                                                   \
	LT_TEXT(T, f.figures, "figures", "LIST", NULL, 0,                                      \
		"additional figures: f1,mcc,auc,intervals,priors or all"),                     \
		LT_TEXT(T, f.ratios, "prior-ratios", "LIST", NULL, 0,                          \
			"figures for test priors of these ratios: 50,10,2"),                   \
		LT_REAL(T, f.level, "level", "X", "0.95", 0.5, 0.9999, 0,                      \
			"level of intervals"),                                                 \
		LT_INT(T, f.bootstrap, "bootstrap", "N", "1000", 100, 1000000, 0,              \
		       "bootstrap samples for intervals"),                                     \
		LT_PATH(T, f.against, "against", "FILE", LT_FILE_READ,                         \
			"compare with a second model on the same rows")

struct lt_figure_request {
	struct lt_more_options more;
	bool wanted;	   /* some figure is requested */
	char against[256]; /* the second model's name in printable form */
};

/* LT_USAGE for invalid lists, and for options that no requested figure uses. */
int lt_figure_request(const struct lt_figure_options *options, const struct lt_cli *cli,
		      struct lt_figure_request *request, struct lt_error *err);
/*
 * To be called when it is known whether there are training counts.  Without them, prints a
 * notice that only the uniform prior is available; LT_DATA if ratios are given.  name: the
 * input without counts.
 */
int lt_figure_check_counts(const struct lt_figure_request *request, bool has_counts,
			   const char *name, struct lt_cli *cli, struct lt_error *err);

#endif
