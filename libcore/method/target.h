/*
 * Targets of unlabelled rows, made from predictions: with z(w) the logits of a row's weak view,
 *
 *	p      = softmax(z(w) + offset), aligned (enum lt_align)
 *	label  = argmax p, and its probability
 *	weight = by the mask (mask.h), × what the method makes of it
 */
#ifndef LT_METHOD_TARGET_H
#define LT_METHOD_TARGET_H

#include "method/mask.h"
#include "method/method.h"

/* The share of itself that a running mean keeps in a step. */
#define LT_RUNNING 0.999

struct lt_target {
	int n, classes;
	const uint32_t *row; /* n: of the unlabelled rows, from 0 */
	double *p;	     /* n × classes */
	int32_t *label;	     /* n */
	double *top;	     /* n: p of the label */
	double *weight;	     /* n */
	double *mean;	     /* classes: of softmax(z(w)), without offset and alignment */
	uint32_t *room;	     /* row's memory */
};

/* LT_OS without memory; always free it.  n: rows at most. */
int lt_target_init(struct lt_target *target, int n, int classes, struct lt_error *err);
void lt_target_free(struct lt_target *target);

/* Sets p and mean from n × classes logits; offset: of each class. */
void lt_target_predict(struct lt_target *target, const double *logits, const double *offset);
/*
 * Aligns p with the shares t (classes; each ≥ 0).  running: LT_ALIGN_NUMBERS(classes) numbers,
 * from 0: whether there is a P, P, and scratch memory.  The first mean is the first P.
 */
#define LT_ALIGN_NUMBERS(classes) (1 + 2 * (size_t)(classes))
void lt_target_align(struct lt_target *target, const double *t, double *running);
/* Sets label and top from p, and weight to 1. */
void lt_target_label(struct lt_target *target);

/* x_c = LT_RUNNING x_c + (1 - LT_RUNNING) y_c */
void lt_running(double *x, const double *y, int classes);

/*
 * The mean over n rows of weight_i CE(z_i + offset, target_i), where row i has target i mod
 * target->n: its label (hard) or its p.  Adds the gradient by z × factor to grad; slope:
 * scratch memory, 2 × classes.
 */
double lt_target_cross(const struct lt_target *target, bool hard, const double *z, int n,
		       const double *offset, double factor, double *slope, lt_real *grad);

#endif
