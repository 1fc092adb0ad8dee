/*
 * Learning from unlabelled rows in addition to labelled ones: predictions should not change
 * under harmless perturbations.  Each step takes a batch of each set and minimises
 *
 *	loss of the labelled rows + weight × ramp × term (+ what a method adds)
 *
 * where ramp grows from 0 to 1 over the first 40 % of the steps of the run.
 *
 * An epoch is one pass over the set with more batches; the other one starts again, in a new
 * order, as often as necessary.
 *
 * A method is one file and a line in the table.  Which rows and views a network's batch holds,
 * and which networks there are, is data.
 */
#ifndef LT_METHOD_CONSISTENCY_H
#define LT_METHOD_CONSISTENCY_H

#include "base/about.h"
#include "method/batch.h"
#include "method/run.h"

/* The two sets; their rows are in one table, labelled ones first. */
enum lt_which { LT_GIVEN, LT_UNLABELED, LT_STREAMS };

/* The loss of the labelled rows: takes n × classes outputs and fills in their gradient. */
typedef double lt_given_loss(void *arg, const struct lt_batch *given, const lt_real *outputs,
			     lt_real *grad);

/* The input of a step. */
struct lt_lesson {
	struct lt_batch batch[LT_STREAMS]; /* the method sets the views */
	lt_given_loss *loss;
	void *arg;
	double weight; /* of the term, ramp included */
};

struct lt_consistency;

struct lt_consistency_method {
	const char *name; /* as in --consistency */
	struct lt_about about;
	bool teacher;	 /* a second network, the average of the first, is the model */
	bool image_grad; /* backward passes of the network are accumulated and reach the image
			  */
	bool together;	 /* one batch of the network holds rows of both sets */
	/* Defaults; 0: the method has no such setting. */
	double weight;
	double decay;	/* of the teacher's average */
	double epsilon; /* vat: length of the perturbation, in units of normalised pixels */
	/* Allocates the method's own data in c->own, and frees it; NULL: nothing. */
	int (*begin)(struct lt_consistency *c, struct lt_error *err);
	void (*end)(struct lt_consistency *c);
	/* Computes the gradients of the step in the network; *term is without its weight. */
	double (*learn)(struct lt_consistency *c, const struct lt_lesson *lesson, double *term);
};

/*
 * vat: virtual adversarial training (Miyato et al., TPAMI 2019, as in FixMatch's code), vat.c.
 * mean-teacher: Tarvainen & Valpola, NeurIPS 2017, mean_teacher.c.
 */
extern const struct lt_consistency_method lt_vat, lt_mean_teacher;

extern const char *const lt_consistency_names[]; /* for the option table: none, then methods */
const struct lt_consistency_method *lt_consistency_find(const char *name); /* NULL: none */

/* The chosen settings. */
struct lt_consistency_settings {
	const struct lt_consistency_method *method; /* NULL: no consistency method */
	int batch;				    /* unlabelled rows of a step */
	double weight, decay, epsilon;
};

struct lt_consistency_config {
	struct lt_consistency_settings settings;
	struct lt_network *net;	    /* with adds and image_grad if the method needs them */
	struct lt_network *teacher; /* NULL unless the method has one; is not trained */
	struct lt_batcher *batcher;
	uint64_t n_given, n; /* labelled rows, and all */
	int batch, epochs;   /* batch: labelled rows of a step */
	uint64_t seed;
};

/* A learner.  Its fields are for the methods' files. */
struct lt_consistency {
	struct lt_consistency_config config;
	int classes, steps;
	int batch[LT_STREAMS];	     /* rows of a step */
	uint64_t places[LT_STREAMS]; /* of an epoch */
	uint32_t *order;	     /* of the unlabelled rows */
	double sum, learnt;	     /* of the terms of this epoch, and their number */

	int *place;	   /* 0, 1, … of a network's batch */
	lt_real *grad;	   /* a batch's at the outputs */
	double *logits;	   /* of a batch */
	double *z, *slope; /* of a row */
	void *own;	   /* the method's */
};

/* The largest number of images in a batch of a network, for this number of labelled ones. */
int lt_consistency_images(const struct lt_consistency_settings *settings, int batch);

/*
 * The teacher, if any, starts as a copy of the network.  LT_DATA: a set has no rows or too
 * many.
 */
int lt_consistency_new(struct lt_consistency **out, const struct lt_consistency_config *config,
		       struct lt_error *err);
void lt_consistency_free(struct lt_consistency *c);

/*
 * The number of steps of an epoch, and the length of its sequence of labelled rows, which the
 * caller draws.
 */
int lt_consistency_steps(const struct lt_consistency *c);
uint64_t lt_consistency_places(const struct lt_consistency *c);

/* Draws the order of the unlabelled rows for an epoch. */
int lt_consistency_plan(struct lt_consistency *c, int epoch, struct lt_error *err);
/*
 * Computes a step's gradients in the network, from labelled rows and the next unlabelled ones;
 * returns the value of the objective.
 */
double lt_consistency_learn(struct lt_consistency *c, int epoch, int step,
			    const struct lt_batch *given, lt_given_loss *loss, void *arg);
/* Updates the teacher, after the optimiser's step. */
void lt_consistency_follow(struct lt_consistency *c, int epoch, int step);

/* Adds an item, the mean term of the epoch. */
void lt_consistency_report(struct lt_consistency *c, struct lt_note_item *item, int *n);
/* Tensors ema.* of a teacher, and rng.consistency. */
int lt_consistency_save(const struct lt_consistency *c, struct lt_writer *writer,
			struct lt_error *err);
int lt_consistency_load(struct lt_consistency *c, const struct lt_model *model,
			struct lt_error *err);

/* min(1, step / (0.4 steps)) for steps of the run, from 0. */
double lt_consistency_ramp(int64_t step, int64_t steps);
/*
 * The share of itself that the teacher keeps at a step, counted from 0: with t = step + 1, it
 * is min((1 + t) / (10 + t), decay), as in TensorFlow's ExponentialMovingAverage with
 * num_updates.  Early in a run it averages over the last ninth of the steps, so untrained
 * weights are soon forgotten.  Tarvainen & Valpola's min(1 - 1 / (t + 1), decay) is the mean
 * of all weights for the first 1 / (1 - decay) steps, which is most of a short run.
 */
double lt_consistency_keep(int64_t step, double decay);

/* ------------------------------------------------------------------- for methods */

/* A part of a network's batch: the step's rows of one set, in one view. */
struct lt_part {
	enum lt_which rows;
	uint32_t view;
};

/*
 * Views.  The first view of labelled rows is that of training without unlabelled rows.  The
 * two sets have different views, because they use the same slots.
 */
enum { LT_VIEW_GIVEN, LT_VIEW_GIVEN_AGAIN, LT_VIEW_UNLABELED, LT_VIEW_UNLABELED_AGAIN };

/* Fills a network's input with the parts in order; returns the number of images. */
int lt_consistency_fill(struct lt_consistency *c, struct lt_network *net,
			const struct lt_lesson *lesson, const struct lt_part *part, int n);

/* A divergence of net/divergence.h. */
typedef double lt_divergence(const double *z, const double *target, int classes, double *grad);
/*
 * The mean over n rows of the divergence between the network's outputs and the target, n ×
 * classes logits.  Adds its gradient × weight to c->grad.
 */
double lt_consistency_term(struct lt_consistency *c, lt_divergence *divergence,
			   const double *target, int n, double weight);

#endif
