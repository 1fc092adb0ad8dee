/*
 * Losses for long-tailed classification, in double on logits, with the
 * gradient with respect to them.
 *
 * n_c is a class's count, w_c its weight, ω_i a row's own weight (1, or omega
 * for a pseudo-labelled row), y_i its label, p = softmax(logits), l_i = l(logits_i, y_i).
 *
 *	loss   l                                         batch loss
 *	ce     -log p_y                                  Σ ω w_y l ÷ Σ ω w_y
 *	focal  (1 - p_y)^gamma (-log p_y)                Σ ω w_y l ÷ Σ ω
 *	       as its authors' code for long tails has it, with a = -w_y log p_y:
 *	       (1 - exp(-a))^gamma a                     Σ ω l ÷ Σ ω
 *	ldam   ce of logits - scale · margin_y · [c = y] Σ ω w_y l ÷ Σ ω w_y
 *
 * Sources: focal: Lin et al., ICCV 2017 (gamma 1 as Yang & Xu, NeurIPS 2020,
 * use it; with ω = 1 the batch loss is the plain mean).  ldam and the deferred
 * use of weights: Cao et al., NeurIPS 2019; its logits are scale × cosine, so the
 * margin is one on the cosine.  Class-balanced weights: Cui et al., CVPR 2019.
 *
 * A batch is summed row after row in one thread: the result depends on nothing
 * but the batch.  A logit that is not a number makes the loss NaN (training has
 * diverged); logits up to 1e300 in size give a finite loss and gradient.
 *
 * A new loss is one file and one line in LT_LOSSES.
 */
#ifndef LT_NET_LOSS_H
#define LT_NET_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define LT_LOSS_GAMMA 1.0   /* focal's default exponent */
#define LT_LOSS_SCALE 30.0  /* ldam's default scale of the cosines */
#define LT_LOSS_MARGIN 0.5  /* ldam's default largest margin */
#define LT_LOSS_BETA 0.9999 /* of class-balanced weights */

/*
 * What a loss needs to know of the classes.  { 0 } is empty; lt_loss_params_init
 * allocates, lt_loss_params_free frees and makes it empty again.
 */
struct lt_loss_params {
	int classes;
	uint64_t *count; /* n_c: labelled rows, and pseudo-labelled ones where they count */
	double *weight;	 /* w_c, all 1 at first */
	double *margin;	 /* of the cosine, see lt_loss_margins; all 0 at first */
	double gamma;	 /* focal; LT_LOSS_GAMMA at first */
	double scale;	 /* of the head: logits are scale × cosine; LT_LOSS_SCALE at first */
};

/* counts: classes of them, copied; NULL: all 0, for losses that use neither weights nor
 * margins. */
int lt_loss_params_init(struct lt_loss_params *params, int classes, const uint64_t *counts,
			struct lt_error *err);
void lt_loss_params_free(struct lt_loss_params *params);

/* w_c = 1. */
void lt_loss_weights_equal(struct lt_loss_params *params);
/*
 * w_c = (1 - beta) ÷ (1 - beta^n_c), scaled so that all sum to the number of
 * classes; a class with count 0 has weight 0 and is left out of the sum.
 * 0 ≤ beta < 1; beta 0: all classes with rows weigh the same.
 */
void lt_loss_weights_balanced(struct lt_loss_params *params, double beta);
/*
 * margin_c = largest · n_c^(-1/4) ÷ max n^(-1/4), the maximum over classes with
 * rows; a class with count 0 has margin 0.
 */
void lt_loss_margins(struct lt_loss_params *params, double largest);

struct lt_loss_batch {
	int n, classes;
	const double *logits;	     /* n × classes; for a cosine head scale × cosine */
	const int32_t *label;	     /* n, each 0 … classes - 1 */
	const double *sample_weight; /* ω, n of them, each ≥ 0; NULL: all 1 */
	double *grad;		     /* n × classes: d(batch loss) / d(logits) */
	double *row_loss;	     /* n: l_i, without ω and w; may be NULL */
};

/*
 * Second labels, for rows that are mixed of two images: row i has its label with share s_i
 * and this one with 1 - s_i.  It counts as two rows with the same logits, in both sums of the
 * batch loss: one with its label and ω s_i in ω's place, one with this label and its ω
 * times 1 - s_i; l_i is s_i l(logits_i, y_i) + (1 - s_i) l(logits_i, label_i).
 */
struct lt_loss_second {
	const int32_t *label;	     /* n */
	const double *sample_weight; /* ω of the second labels, n of them; NULL: all 1 */
	const double *share;	     /* n, each 0 … 1 */
	double *spare;		     /* classes of them, to work in */
};

/* How row losses become the batch's. */
enum lt_loss_mean {
	LT_MEAN_WEIGHTED, /* Σ ω w l ÷ Σ ω w */
	LT_MEAN_PLAIN,	  /* Σ ω w l ÷ Σ ω */
	LT_MEAN_INSIDE,	  /* Σ ω l ÷ Σ ω: the class weight is inside l */
};

/* One row: returns l and fills grad (classes) with dl / d(logits). */
typedef double lt_loss_row(const struct lt_loss_params *params, const double *logits, int label,
			   double *grad);

struct lt_loss {
	const char *name;    /* as in --loss */
	const char *summary; /* a phrase for --explain */
	bool cosine;	     /* wants a cosine head */
	enum lt_loss_mean mean;
	lt_loss_row *row;
};

#define LT_LOSSES(X) X(ce) X(focal) X(ldam)

#define LT_LOSS_DECLARE(name) extern const struct lt_loss lt_loss_##name;
LT_LOSSES(LT_LOSS_DECLARE)
/* --loss focal --focal-authors: not a choice of its own. */
extern const struct lt_loss lt_loss_focal_authors;

extern const struct lt_loss *const lt_loss_table[]; /* ends with NULL */
/* The same names for an option's choices, in the same order, ending with NULL. */
extern const char *const lt_loss_names[];

/* Returns the batch's loss; 0, with a gradient of 0, where the divisor is 0 (n = 0, weights all
 * 0). */
double lt_loss_of_batch(const struct lt_loss *loss, const struct lt_loss_params *params,
			const struct lt_loss_batch *batch);
/* The same for mixed rows; second NULL: they are not. */
double lt_loss_of_mixed(const struct lt_loss *loss, const struct lt_loss_params *params,
			const struct lt_loss_batch *batch, const struct lt_loss_second *second);

/*
 * For the files of losses: softmax of n logits into p, which may be the
 * same array; returns log p[label], exact also where p[label] underflows.
 */
double lt_loss_softmax(const double *logits, int n, int label, double *p);

#endif
