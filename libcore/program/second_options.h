/*
 * The options of second stages (method/second_stage.h): the method, its settings and its
 * inputs.
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
	struct lt_real_value lr, decay, head_rate;
	struct lt_choice_value loss; /* enum lt_second_losses */
	struct lt_real_value smooth_head, smooth_tail;
	struct lt_choice_value procedure; /* enum lt_second_procedure */
	struct lt_text_value augment;
};

enum lt_second_losses { LT_SECOND_CE, LT_SECOND_SMOOTHING };
extern const char *const lt_second_losses[];
enum lt_second_procedure { LT_SECOND_FROZEN, LT_SECOND_AUTHORS };
extern const char *const lt_second_procedures[];

enum lt_second_counts { LT_SECOND_TRAIN, LT_SECOND_LOSS };
extern const char *const lt_second_counted[];

/* Lines of an option table. */
#define LT_SECOND_OPTS(T, f)                                                                   \
	LT_CHOICE(T, f.method, "method", "NAME", NULL, lt_second_stage_names, NULL,            \
		  LT_OPT_RESULT, ""),                                                          \
		LT_MODEL_OPT(T, f.model),                                                      \
		LT_PATH(T, f.val, "val", "FILE", LT_FILE_READ,                                 \
			"rows or scores on which to choose tau, temperature or epoch"),        \
		LT_TEXT(T, f.tau, "tau", "X", NULL, LT_OPT_RESULT,                             \
			"tau (auto), adjust (1): a number, or auto: the best on --val"),       \
		LT_TEXT(T, f.prior, "prior", "Q", "uniform", LT_OPT_RESULT,                    \
			"adjust: class shares in use: uniform, model or a list"),              \
		LT_CHOICE(T, f.counts, "counts", "WHICH", "train", lt_second_counted, NULL,    \
			  LT_OPT_RESULT, "adjust: which of the model's class counts"),         \
		LT_REAL(T, f.scale, "scale", "X", "30", 1e-3, 1e4, LT_OPT_RESULT,              \
			"ncm: factor of the cosines"),                                         \
		LT_INT(T, f.views, "views", "K", "1", 1, 1000, LT_OPT_RESULT,                  \
		       "crt, lws, ncm: each image and K - 1 crops and flips of it"),           \
		LT_INT(T, f.epochs, "epochs", "N", NULL, 1, 100000, LT_OPT_RESULT,             \
		       "crt (10), lws (5): epochs of as many draws as rows"),                  \
		LT_INT(T, f.batch, "batch", "N", "512", 1, 65536, LT_OPT_RESULT,               \
		       "crt, lws: rows per step"),                                             \
		LT_REAL(T, f.lr, "lr", "X", "0.2", 0, 1e6, LT_OPT_RESULT,                      \
			"crt, lws: initial learning rate, cosine to 0"),                       \
		LT_REAL(T, f.decay, "decay", "X", "0.0005", 0, 1e6, LT_OPT_RESULT,             \
			"crt, lws: weight decay"),                                             \
		LT_REAL(T, f.head_rate, "head-rate", "X", NULL, 0, 1e3, LT_OPT_RESULT,         \
			"lws: also train the head, at this fraction of --lr (0)"),             \
		LT_CHOICE(T, f.loss, "loss", "NAME", NULL, lt_second_losses, NULL,             \
			  LT_OPT_RESULT, "crt, lws"),                                          \
		LT_REAL(T, f.smooth_head, "smooth-head", "X", NULL, 0, 1,                      \
			LT_OPT_RESULT | LT_OPT_FINE, "smoothing 0.4"),                         \
		LT_REAL(T, f.smooth_tail, "smooth-tail", "X", NULL, 0, 1,                      \
			LT_OPT_RESULT | LT_OPT_FINE, "smoothing 0.1"),                         \
		LT_CHOICE(T, f.procedure, "procedure", "NAME", NULL, lt_second_procedures,     \
			  NULL, LT_OPT_RESULT,                                                 \
			  "crt, lws: features computed once, or the published code"),          \
		LT_TEXT(T, f.augment, "augment", "LIST", NULL, LT_OPT_RESULT,                  \
			"with --procedure authors: as in train")

/*
 * Sets the method and the defaults of its options.  LT_USAGE without a method, for inputs that
 * it does not read, and for an option that it does not have; the message names the methods
 * that do.
 */
int lt_second_settle(const struct lt_second_stage **stage, struct lt_second_options *options,
		     struct lt_cli *cli, struct lt_error *err);

/* Whether the operands hold rows; otherwise they hold only the model. */
bool lt_second_reads_rows(const struct lt_second_stage *stage,
			  const struct lt_second_options *options);

/* Whether crt or lws use the published procedure. */
bool lt_second_by_authors(const struct lt_second_options *options);

/* --tau; NaN if it is to be chosen or the method has none. */
double lt_second_tau_given(const struct lt_second_options *options);

/*
 * Prints a notice if adjust is used on a model that its loss, rule or head has already
 * balanced, according to its provenance.
 */
void lt_second_notice_balanced(struct lt_cli *cli, const struct lt_header *model,
			       const char *name);

/*
 * For --explain: the method's formula and settings; if `of` is not NULL, a line for each class
 * with its count and share in training, its share in use, and the offset of its logit.
 */
int lt_second_explain(struct lt_output *out, const struct lt_cli *cli,
		      const struct lt_second_options *options,
		      const struct lt_second_stage *stage, const struct lt_second_classes *of,
		      struct lt_error *err);

#endif
