/*
 * Masks: the weight of a pseudo-label by its probability q.  x is the threshold, C the number
 * of classes; a running mean is 0.999 old + 0.001 new.
 *
 *	fixed  1 if q ≥ x, else 0 (Sohn et al., FixMatch, NeurIPS 2020, section 2.2)
 *	flex   the same with x b_c / (2 - b_c) for the label's class c: s_c rows of the
 *	       unlabelled set had class c when q ≥ x was last true of them, s_0 have had none,
 *	       b_c = s_c / max(s_1 … s_C, s_0) (Zhang et al., FlexMatch, NeurIPS 2021,
 *	       section 3)
 *	free   1 if q ≥ g P_c / max P: g is the running mean of q, P that of the prediction;
 *	       both start as 1 / C (Wang et al., FreeMatch, ICLR 2023, section 3)
 *	soft   exp(-min(q - m, 0)² / (2 v / 4)): m and v are the running mean and variance of
 *	       q, which start as 1 / C and 1 (Chen et al., SoftMatch, ICLR 2023, section 3)
 *
 * flex counts before its batch, as the published code; free and soft take their running means
 * with it.
 */
#ifndef LT_METHOD_MASK_H
#define LT_METHOD_MASK_H

#include <stddef.h>
#include <stdint.h>

struct lt_target;

/* A mask and its numbers. */
struct lt_mask {
	double threshold;
	int classes;
	uint64_t rows;	/* of the unlabelled set */
	double *number; /* owned by the caller, who saves them */
};

struct lt_mask_rule {
	const char *name;
	size_t (*numbers)(int classes, uint64_t rows); /* NULL: none */
	void (*start)(struct lt_mask *mask);
	/* Sets the weights of a target with labels. */
	void (*weigh)(struct lt_mask *mask, struct lt_target *target);
};

extern const struct lt_mask_rule lt_masks[]; /* by enum lt_mask_kind */

/* Numbers of free: g, P, and the running shares of the labels, for its fairness term. */
enum { LT_FREE_GLOBAL, LT_FREE_CLASSES };

#endif
