/*
 * Losses for long-tailed classification, in double on logits, with their gradient by the
 * logits.
 *
 * n_c is the count of class c, N = Σ n, w_c its weight, ω_i the weight of row i (1, or omega
 * for a pseudo-labelled row), y_i its label, p = softmax(logits), l_i = l(logits_i, y_i).
 *
 *	loss   l
 *	ce     -log p_y
 *	focal  (1 - p_y)^gamma (-log p_y)
 *	       or, as in the code of Yang & Xu, with a = -w_y log p_y:
 *	       (1 - exp(-a))^gamma a
 *	ldam   ce of logits - scale · m_y · [c = y], m_c = margin · n_c^(-1/4) ÷ max n^(-1/4)
 *	margin the same with m_c = margin
 *	vs     ce of logits ÷ D_c + i_c, D_c = (max n ÷ n_c)^gamma, i_c = tau log(n_c ÷ N);
 *	       the others of its family keep part of it:
 *	logit-adjustment  D_c = 1
 *	balanced-softmax  D_c = 1, i_c = log n_c: the same as logit-adjustment with tau 1
 *	cdt               i_c = 0
 *	smoothing  (1 - e_y)(-log p_y) + e_y · mean of -log p_c over classes with rows,
 *	       e_c = tail + (head - tail) sin(π (n_c - min n) ÷ (2 (max n - min n)))
 *
 * The loss of a batch is Σ ω w_y l ÷ Σ ω w_y; for focal it is Σ ω w_y l ÷ Σ ω, and for
 * its second form Σ ω l ÷ Σ ω.
 *
 * A class with count 0 is left out of sums, minima and maxima over counts.  It has weight,
 * margin and smoothing 0.  Rows with such a label (possible if pseudo-labels are not counted)
 * are left out of the batch's loss and its divisor; the family of vs also leaves its logit
 * out.  If all counts are equal, smoothing is `head`.
 *
 * Sources: focal: Lin et al., ICCV 2017 (gamma 1 as Yang & Xu, NeurIPS 2020, use it; with ω =
 * 1 the batch loss is the plain mean).  ldam and the deferred use of weights: Cao et al.,
 * NeurIPS 2019; its logits are scale × cosine, so the margin m_c applies to the cosine.
 * margin: Wang et al., arXiv 1801.05599, 2018 (additive margin softmax); with deferred weights
 * it is M-DRW of Cao et al., who print no margin for it, so the default is that of ldam.
 * Class-balanced weights: Cui et al., CVPR 2019. balanced-softmax: Ren et al., NeurIPS 2020,
 * section 3.1. logit-adjustment: Menon et al., ICLR 2021, section 5.  vs: Kini et al., NeurIPS
 * 2021 (gamma 0.3, tau 1 as their code). cdt: Ye et al., arXiv 2001.01385, 2020 (gamma 0.2 as
 * Zhang et al., AAAI 2021, use it). smoothing: Zhong et al., CVPR 2021, section 3.2, in its
 * concave form.
 *
 * A batch is summed row by row in one thread, so the result depends only on the batch.  A NaN
 * logit makes the loss NaN (training has diverged); logits up to 1e300 in magnitude give a
 * finite loss and gradient.
 *
 * A new loss is one file and one line in LT_LOSSES.
 */
#ifndef LT_NET_LOSS_H
#define LT_NET_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/about.h"
#include "base/error.h"

#define LT_LOSS_BETA 0.9999 /* of class-balanced weights */

/* Settings of losses; the options of the same names set them. */
enum lt_loss_setting {
	LT_GAMMA,	/* exponent of focal, and of the divisors of vs and cdt */
	LT_TAU,		/* factor of the offsets of logit-adjustment and vs */
	LT_MARGIN,	/* ldam's largest margin, and margin's only one, of the cosine */
	LT_SCALE,	/* of a cosine head: logits are scale × cosine */
	LT_SMOOTH_HEAD, /* share of the label that is spread for the largest class */
	LT_SMOOTH_TAIL, /* and for the smallest one */
	LT_LOSS_SETTINGS
};
extern const char *const lt_loss_settings[]; /* their names, ending with NULL */

/* Numbers that a loss computes for each class from the counts. */
enum lt_loss_number {
	LT_CLASS_MARGIN,    /* m_c, of the cosine */
	LT_CLASS_DIVISOR,   /* D_c, of the logit */
	LT_CLASS_OFFSET,    /* i_c, added after the division; -∞ leaves the class out */
	LT_CLASS_SMOOTHING, /* e_c, the share of the label that is spread over all classes */
	LT_LOSS_NUMBERS
};
extern const char *const lt_loss_numbers[]; /* their names, ending with NULL */

/*
 * The classes as a loss uses them.  { 0 } is empty; lt_loss_params_init allocates,
 * lt_loss_params_free frees and makes it empty again.
 */
struct lt_loss_params {
	int classes;
	bool counted;	 /* counts are known, and a class with count 0 has no rows */
	uint64_t *count; /* n_c: labelled rows, and pseudo-labelled ones if they are counted */
	double *weight;	 /* w_c, initially equal; set by the rule, whatever the loss */
	double *number[LT_LOSS_NUMBERS]; /* classes each: lt_loss_prepare */
	double setting[LT_LOSS_SETTINGS];
};

/*
 * counts: one for each class, copied; NULL: not known, for losses that use neither class
 * weights nor class numbers.
 */
int lt_loss_params_init(struct lt_loss_params *params, int classes, const uint64_t *counts,
			struct lt_error *err);
void lt_loss_params_free(struct lt_loss_params *params);

/* w_c = 1, 0 for a class with count 0. */
void lt_loss_weights_equal(struct lt_loss_params *params);
/*
 * w_c = (1 - beta) ÷ (1 - beta^n_c), scaled so that they sum to the number of classes; a class
 * with count 0 has weight 0 and is left out of the sum.  0 ≤ beta < 1; with beta 0, all
 * classes with rows have the same weight.
 */
void lt_loss_weights_balanced(struct lt_loss_params *params, double beta);

struct lt_loss_batch {
	int n, classes;
	const double *logits;	     /* n × classes; for a cosine head scale × cosine */
	const int32_t *label;	     /* n, each 0 … classes - 1 */
	const double *sample_weight; /* ω, n of them, each ≥ 0; NULL: all 1 */
	double *grad;		     /* n × classes: d(batch loss) / d(logits) */
	double *row_loss;	     /* n: l_i, without ω and w; may be NULL */
};

/*
 * Second labels, for rows that are mixed from two images: row i has its own label with share
 * s_i and the second one with 1 - s_i.  It counts as two rows with the same logits in both
 * sums of the batch loss: one with its own label and weight ω s_i, one with the second label
 * and the ω of that label times 1 - s_i; l_i is s_i l(logits_i, y_i) + (1 - s_i) l(logits_i,
 * label_i).
 */
struct lt_loss_second {
	const int32_t *label;	     /* n */
	const double *sample_weight; /* ω of the second labels, n of them; NULL: all 1 */
	const double *share;	     /* n, each 0 … 1 */
	double *spare;		     /* scratch memory, one for each class */
};

/* How the losses of rows are averaged. */
enum lt_loss_mean {
	LT_MEAN_WEIGHTED, /* Σ ω w l ÷ Σ ω w */
	LT_MEAN_PLAIN,	  /* Σ ω w l ÷ Σ ω */
	LT_MEAN_INSIDE,	  /* Σ ω l ÷ Σ ω: the class weight is inside l */
};

/* One row: returns l and fills grad (classes) with dl / d(logits). */
typedef double lt_loss_row(const struct lt_loss_params *params, const double *logits, int label,
			   double *grad);

struct lt_loss {
	const char *name;      /* as in --loss */
	struct lt_about about; /* formula: of l, and of numbers of classes */
	bool cosine;	       /* needs a cosine head */
	enum lt_loss_mean mean;
	double setting[LT_LOSS_SETTINGS]; /* defaults of the settings it uses; 0 (never a
					     default): not used */
	unsigned numbers; /* the class numbers it uses: 1 << LT_CLASS_… each */
	/* Computes them from params->count and params->setting; NULL: uses none. */
	void (*prepare)(struct lt_loss_params *params);
	lt_loss_row *row;
};

/*
 * Prepares params for a loss: its settings (LT_LOSS_SETTINGS of them; NULL: the defaults) and
 * its class numbers; numbers that it does not use are set to have no effect.  To be called
 * once, before the first batch (not necessary for ce); weights do not change.
 */
void lt_loss_prepare(const struct lt_loss *loss, const double *setting,
		     struct lt_loss_params *params);

/* Each is the object lt_loss_… of its file, with its name in --loss. */
#define LT_LOSSES(X)                                                                           \
	X(ce, "ce")                                                                            \
	X(focal, "focal")                                                                      \
	X(ldam, "ldam")                                                                        \
	X(margin, "margin")                                                                    \
	X(balanced_softmax, "balanced-softmax")                                                \
	X(logit_adjustment, "logit-adjustment")                                                \
	X(vs, "vs")                                                                            \
	X(cdt, "cdt")                                                                          \
	X(smoothing, "smoothing")

#define LT_LOSS_DECLARE(loss, name) extern const struct lt_loss lt_loss_##loss;
LT_LOSSES(LT_LOSS_DECLARE)
/* For --loss focal --focal-authors, which is not a separate choice. */
extern const struct lt_loss lt_loss_focal_authors;

extern const struct lt_loss *const lt_loss_table[]; /* ends with NULL */
/* The same names for an option's choices, in the same order, ending with NULL. */
extern const char *const lt_loss_names[];

/* Returns the batch's loss; 0, with a gradient of 0, where the divisor is 0 (n = 0, weights all
 * 0). */
double lt_loss_of_batch(const struct lt_loss *loss, const struct lt_loss_params *params,
			const struct lt_loss_batch *batch);
/* The same for mixed rows; second NULL: for rows that are not mixed. */
double lt_loss_of_mixed(const struct lt_loss *loss, const struct lt_loss_params *params,
			const struct lt_loss_batch *batch, const struct lt_loss_second *second);

/*
 * For the files of losses: softmax of n logits into p, which may be the
 * same array; returns log p[label], exact also where p[label] underflows.
 */
double lt_loss_softmax(const double *logits, int n, int label, double *p);
/* The index of the largest of n numbers, the first of equal ones. */
int lt_arg_max(const double *v, int n);

/*
 * For the family of vs, whose loss is the cross-entropy of logits ÷ divisor + offset.
 * Offsets: factor × log(n_c ÷ of), 0 for factor 0; -∞ for a class with count 0. Divisors: (max
 * n ÷ n_c)^gamma; 1 for gamma 0 and for a class with count 0.
 */
void lt_loss_adjust(struct lt_loss_params *params, double gamma, double factor, double of);
lt_loss_row lt_loss_adjusted_row;
/* For losses with margins on cosines, from params->number[LT_CLASS_MARGIN]. */
lt_loss_row lt_loss_margin_row;
/* N, Σ n_c. */
double lt_loss_rows(const struct lt_loss_params *params);

#endif
