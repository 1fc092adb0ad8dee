/*
 * Learning a classifier from long-tailed rows by a method (method.h), with any loss and rule.
 *
 * The loss of a batch of labelled rows is Σ ω_i w_i l_i ÷ Σ ω_i w_i (focal: net/loss.h), with
 * ω_i = omega for pseudo-labelled rows and 1 for given ones.  If the augmentation mixes images,
 * a row counts as correct when the label with the larger share is predicted.
 *
 * Unless its length is given, an epoch is one pass over the rows or, with unlabelled ones, over
 * the set with more batches; the other one starts again, in a new order, as often as necessary.
 */
#ifndef LT_METHOD_LEARNER_H
#define LT_METHOD_LEARNER_H

#include "data/table.h"
#include "method/balance.h"
#include "method/batch.h"
#include "method/method.h"
#include "method/run.h"
#include "method/target.h"
#include "method/validation.h"

/* Learning from pseudo-labelled rows. */
extern const struct lt_about lt_self_training_about;

struct lt_learner_config {
	struct lt_network *net;
	struct lt_network *average;   /* if the method has one: it becomes the model */
	const struct lt_table *table; /* labelled rows, followed by pseudo-labelled ones, or by
					 unlabelled ones whose labels are not read */
	uint64_t n_given;
	double omega;
	const uint64_t *loss_counts; /* rows of each class, as losses and samplers count them */
	struct lt_balance balance;   /* loss and rule */
	const char *augment;	     /* a list, data/augment.h */
	double mix_alpha, mix_probability, kappa, tau; /* for mixing: method/mix.h */
	struct lt_norm norm;
	int batch, epochs; /* batch: labelled rows of a step */
	int period;	   /* steps of an epoch; 0: as above */
	int64_t total;	   /* steps of the run; 0: epochs of these */
	uint64_t seed;
	const struct lt_table *val; /* NULL: none */
	enum lt_keep keep;	    /* which epoch to keep, by val */
	struct lt_method_settings method;
};

/* Sums over the steps of an epoch. */
struct lt_term_sum {
	double value, steps;
};

/* A learner.  Its fields are for its own files and for the hooks of methods. */
struct lt_learner {
	struct lt_learner_config config;
	const struct lt_method *method;
	struct lt_task task;
	struct lt_loss_params loss;
	struct lt_batcher *batcher;
	struct lt_mix *mix;		   /* NULL: images are not mixed */
	int classes, steps;		   /* steps of an epoch */
	int heads, width[LT_METHOD_HEADS]; /* outputs of each head */
	struct lt_validation *validation;  /* NULL: none */

	/* The streams: rows, rows of a step, places in an epoch's sequence, which is order. */
	struct {
		uint64_t first, rows; /* of the table */
		int batch;
		uint64_t places;
		uint32_t *order;
	} set[LT_STREAMS];

	/* The current step: rows of all streams, and the ramp. */
	struct lt_batch batch[LT_STREAMS];
	double ramp;

	/* Outputs of each pass's heads, and where its parts begin, in images. */
	double *outputs[LT_MAX_PASSES][LT_METHOD_HEADS];
	int begin[LT_MAX_PASSES][LT_MAX_PARTS + 1];

	/* Of each term, by the method: added to logits of each class before softmax. */
	struct {
		double *outputs, *target; /* to the term's own, to its target's */
	} offset[LT_MAX_TERMS];
	/* Of each term with pseudo-labels. */
	struct {
		struct lt_target target; /* of the current step */
		struct lt_mask mask;
		double *aligned;
	} guess[LT_MAX_TERMS];
	double *shares; /* n_c / N of the labelled rows, or 1 / C: what --align aligns with */
	/* Numbers from step to step, one array for checkpoints: those of alignment and mask,
	   term by term, then those of the method. */
	double *numbers, *number;
	size_t n_numbers;
	struct lt_augment strong;
	double progress; /* share of the run's steps that are done */

	int *place;			/* 0, 1, … of a network's batch */
	lt_real *grad[LT_METHOD_HEADS]; /* of the objective at the outputs of a pass */
	double *slope;			/* of a row, and as much again */
	double *moved;			/* logits of labelled rows with their offsets */
	int32_t *label;			/* of labelled rows … */
	double *omega;			/* … their weights … */
	double *loss_grad;		/* … and the gradient of their loss */
	struct lt_term_sum sum[LT_MAX_TERMS];
	struct lt_term_sum kept; /* weights of pseudo-labels, and their number */
	lt_real *saved;		 /* the model's weights while it is measured as finished */
	void *own;		 /* the method's */
};

/* LT_DATA: a set has no rows or too many. */
int lt_learner_new(struct lt_learner **out, const struct lt_learner_config *config,
		   struct lt_error *err);
void lt_learner_free(struct lt_learner *learner);

/*
 * After training: copies the weights of the model (the average's, if there is one) into the
 * network, those of the best or the last epoch according to keep, and says which.
 */
int lt_learner_take(struct lt_learner *learner, int *epoch, struct lt_error *err);

/* min(1, step / (0.4 steps)) for steps of the run, from 0. */
double lt_ramp(int64_t step, int64_t steps);

/* ------------------------------------------------------------- for its files and methods */

/* For the tensor rng.numbers. */
int lt_learner_new_numbers(struct lt_learner *learner, struct lt_error *err);
/* shares[c]: class c's share of the labelled rows. */
void lt_learner_labelled_shares(const struct lt_learner *learner, double *shares);
/* Makes the target of a term in learner->guess. */
void lt_learner_target(struct lt_learner *learner, int term);

/*
 * Computes a step's gradients in the network, and the value of the objective.  The rows of the
 * step are in learner->batch.
 */
int lt_learner_step(struct lt_learner *learner, double *value, struct lt_error *err);

/* Places the parts of each pass, for the numbers of rows in learner->batch. */
void lt_learner_place(struct lt_learner *learner);
/* Runs a pass: its outputs are in learner->outputs. */
int lt_learner_pass(struct lt_learner *learner, int pass, struct lt_error *err);
/* Copies the outputs of a pass's network to learner->outputs. */
void lt_learner_look(struct lt_learner *learner, int pass);
/* The span that is a term's target in the current step. */
const struct lt_span *lt_learner_target_of(const struct lt_learner *learner,
					   const struct lt_term *term);
/* A span: its images, their outputs, and the gradient of the objective there. */
int lt_learner_images(const struct lt_learner *learner, const struct lt_span *span);
const double *lt_learner_outputs(const struct lt_learner *learner, const struct lt_span *span);
lt_real *lt_learner_grad(const struct lt_learner *learner, const struct lt_span *span);
/* The value of a term on these logits; adds its gradient × weight to learner->grad. */
double lt_learner_term(struct lt_learner *learner, const struct lt_term *term, double weight);

#endif
