/*
 * The options of second stages (method/second_stage.h): which method, what it may be
 * given, and what it reads.
 */
#ifndef LT_PROGRAM_SECOND_OPTIONS_H
#define LT_PROGRAM_SECOND_OPTIONS_H

#include "cli/cli.h"
#include "method/second_stage.h"

/* Lines of an option table. */
#define LT_SECOND_OPTS                                                                         \
	LT_CHOICE("method", "NAME", NULL, lt_second_stage_names, NULL, LT_OPT_RESULT,          \
		  "crt, lws, tau, ncm, adjust or temperature"),                                \
		LT_PATH("model", "FILE", "the model (else the first segment of the input)"),   \
		LT_PATH("val", "FILE", "rows or scores to choose tau or the temperature by"),  \
		LT_TEXT("tau", "X", NULL, LT_OPT_RESULT,                                       \
			"of tau (auto) and adjust (1): a number or auto, by --val"),           \
		LT_TEXT("prior", "Q", "uniform", LT_OPT_RESULT,                                \
			"adjust: shares where it is used: uniform, model or a list"),          \
		LT_CHOICE("counts", "WHICH", "train", lt_second_counted, NULL, LT_OPT_RESULT,  \
			  "adjust: the model's class counts: train or loss"),                  \
		LT_REAL("scale", "X", "30", 1e-3, 1e4, LT_OPT_RESULT, "ncm: of the cosines"),  \
		LT_INT("views", "K", "1", 1, 1000, LT_OPT_RESULT,                              \
		       "crt, lws, ncm: an image and K - 1 crops and flips of it"),             \
		LT_INT("epochs", "N", NULL, 1, 100000, LT_OPT_RESULT,                          \
		       "of crt (10) and lws (5), as many draws as rows each"),                 \
		LT_INT("batch", "N", "512", 1, 65536, LT_OPT_RESULT, "crt, lws: rows a step"), \
		LT_REAL("lr", "X", "0.2", 0, 1e6, LT_OPT_RESULT,                               \
			"crt, lws: rate, on a cosine to 0"),                                   \
		LT_REAL("decay", "X", "0.0005", 0, 1e6, LT_OPT_RESULT,                         \
			"crt, lws: weight decay")

extern const char *const lt_second_counted[];

/*
 * The method, and the defaults of its options.  LT_USAGE where there is none, for an option
 * that it does not have, saying which have it, and for inputs it does not read.
 */
int lt_second_settle(const struct lt_second_stage **stage, struct lt_cli *cli,
		     struct lt_error *err);

/* Whether the operands hold rows: else there is the model alone. */
bool lt_second_reads_rows(const struct lt_second_stage *stage, const struct lt_cli *cli);

/* --tau: NaN where it is chosen, or the method has none. */
double lt_second_tau_given(const struct lt_cli *cli);

/* A notice where adjust is asked for on a model whose loss, rule or head has balanced the
 * classes already, as its provenance says. */
void lt_second_notice_balanced(struct lt_cli *cli, const struct lt_header *model,
			       const char *name);

/*
 * For --explain: what the method computes and its settings; where `of` is not NULL, a line a
 * class: its count and share in training, its share in use, and what is added to its logit.
 */
int lt_second_explain(struct lt_output *out, const struct lt_cli *cli,
		      const struct lt_second_stage *stage, const struct lt_second_classes *of,
		      struct lt_error *err);

#endif
