/*
 * The options of second stages (method/second_stage.h): which method, what it may be
 * given, and what it reads.
 */
#ifndef LT_PROGRAM_SECOND_OPTIONS_H
#define LT_PROGRAM_SECOND_OPTIONS_H

#include "cli/cli.h"
#include "method/second_stage.h"
#include "program/infer.h"

struct lt_second_options {
	struct lt_choice_value method;
	struct lt_text_value model, val, tau, prior;
	struct lt_choice_value counts; /* enum lt_second_counts */
	struct lt_real_value scale;
	struct lt_int_value views, epochs, batch;
	struct lt_real_value lr, decay;
};

enum lt_second_counts { LT_SECOND_TRAIN, LT_SECOND_LOSS };
extern const char *const lt_second_counted[];

/* Lines of an option table. */
#define LT_SECOND_OPTS(T, f)                                                                   \
	LT_CHOICE(T, f.method, "method", "NAME", NULL, lt_second_stage_names, NULL,            \
		  LT_OPT_RESULT, ""),                                                          \
		LT_MODEL_OPT(T, f.model),                                                      \
		LT_PATH(T, f.val, "val", "FILE", LT_FILE_READ,                                 \
			"rows or scores to choose tau or the temperature by"),                 \
		LT_TEXT(T, f.tau, "tau", "X", NULL, LT_OPT_RESULT,                             \
			"of tau (auto) and adjust (1): a number or auto, by --val"),           \
		LT_TEXT(T, f.prior, "prior", "Q", "uniform", LT_OPT_RESULT,                    \
			"adjust: shares where it is used: uniform, model or a list"),          \
		LT_CHOICE(T, f.counts, "counts", "WHICH", "train", lt_second_counted, NULL,    \
			  LT_OPT_RESULT, "adjust: which of the model's class counts"),         \
		LT_REAL(T, f.scale, "scale", "X", "30", 1e-3, 1e4, LT_OPT_RESULT,              \
			"ncm: of the cosines"),                                                \
		LT_INT(T, f.views, "views", "K", "1", 1, 1000, LT_OPT_RESULT,                  \
		       "crt, lws, ncm: an image and K - 1 crops and flips of it"),             \
		LT_INT(T, f.epochs, "epochs", "N", NULL, 1, 100000, LT_OPT_RESULT,             \
		       "of crt (10) and lws (5), as many draws as rows each"),                 \
		LT_INT(T, f.batch, "batch", "N", "512", 1, 65536, LT_OPT_RESULT,               \
		       "crt, lws: rows a step"),                                               \
		LT_REAL(T, f.lr, "lr", "X", "0.2", 0, 1e6, LT_OPT_RESULT,                      \
			"crt, lws: rate, on a cosine to 0"),                                   \
		LT_REAL(T, f.decay, "decay", "X", "0.0005", 0, 1e6, LT_OPT_RESULT,             \
			"crt, lws: weight decay")

/*
 * The method, and the defaults of its options.  LT_USAGE where there is none, for an option
 * that it does not have, saying which have it, and for inputs it does not read.
 */
int lt_second_settle(const struct lt_second_stage **stage, struct lt_second_options *options,
		     struct lt_cli *cli, struct lt_error *err);

/* Whether the operands hold rows: else there is the model alone. */
bool lt_second_reads_rows(const struct lt_second_stage *stage,
			  const struct lt_second_options *options);

/* --tau: NaN where it is chosen, or the method has none. */
double lt_second_tau_given(const struct lt_second_options *options);

/* A notice where adjust is asked for on a model whose loss, rule or head has balanced the
 * classes already, as its provenance says. */
void lt_second_notice_balanced(struct lt_cli *cli, const struct lt_header *model,
			       const char *name);

/*
 * For --explain: what the method computes and its settings; where `of` is not NULL, a line a
 * class: its count and share in training, its share in use, and what is added to its logit.
 */
int lt_second_explain(struct lt_output *out, const struct lt_cli *cli,
		      const struct lt_second_options *options,
		      const struct lt_second_stage *stage, const struct lt_second_classes *of,
		      struct lt_error *err);

#endif
