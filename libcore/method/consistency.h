/*
 * Learning from unlabelled rows beside the labelled ones, without labels for
 * them: predictions shall stay the same where they ought to.  Each step takes a
 * batch of either stream and makes
 *
 *	loss of the labelled rows + weight × ramp × term (+ what a method adds)
 *
 * smaller, where ramp grows from 0 to 1 over the first 40 % of the run's steps.
 *
 * An epoch is one pass over the longer stream, counted in batches; the shorter
 * one begins again, in a new order, as often as that takes.
 *
 * A method is one file and a line in the table; which rows a network's batch
 * holds, in which views, and which networks there are is data.
 */
#ifndef LT_METHOD_CONSISTENCY_H
#define LT_METHOD_CONSISTENCY_H

#include "base/about.h"
#include "method/batch.h"
#include "method/run.h"

/* The two streams; rows of both lie in one table, labelled ones first. */
enum lt_which { LT_GIVEN, LT_UNLABELED, LT_STREAMS };

/* The labelled rows' loss: n × classes outputs in, their gradient out. */
typedef double lt_given_loss(void *arg, const struct lt_batch *given, const lt_real *outputs,
			     lt_real *grad);

/* What a step learns from. */
struct lt_lesson {
	struct lt_batch batch[LT_STREAMS]; /* views are the method's to choose */
	lt_given_loss *loss;
	void *arg;
	double weight; /* of the term, ramp included */
};

struct lt_consistency;

struct lt_consistency_method {
	const char *name; /* as in --consistency */
	struct lt_about about;
	bool teacher;	 /* there is a second network, an average of the first; it is the
			    model */
	bool image_grad; /* the network's passes back add up and go down to the image */
	bool together;	 /* one batch of the network holds rows of both streams */
	/* Defaults; 0: the method has no such setting. */
	double weight;
	double decay;	/* of the teacher's average */
	double epsilon; /* vat: length of the perturbation, in units of normalised pixels */
	/* What it needs for itself, in c->own, and freeing that; NULL: nothing. */
	int (*begin)(struct lt_consistency *c, struct lt_error *err);
	void (*end)(struct lt_consistency *c);
	/* Leaves the step's gradients in the network; *term is without its weight. */
	double (*learn)(struct lt_consistency *c, const struct lt_lesson *lesson, double *term);
};

/*
 * vat: virtual adversarial training (Miyato et al., TPAMI 2019, as FixMatch's
 * code has it), vat.c.  mean-teacher: Tarvainen & Valpola, NeurIPS 2017,
 * mean_teacher.c.
 */
extern const struct lt_consistency_method lt_vat, lt_mean_teacher;

extern const char *const lt_consistency_names[]; /* for the option table: none, then methods */
const struct lt_consistency_method *lt_consistency_find(const char *name); /* NULL: none */

/* What was chosen. */
struct lt_consistency_settings {
	const struct lt_consistency_method
		*method; /* NULL: unlabelled rows are not learnt from */
	int batch;	 /* unlabelled rows of a step */
	double weight, decay, epsilon;
};

struct lt_consistency_config {
	struct lt_consistency_settings settings;
	struct lt_network *net;	    /* of adds and image_grad where the method says so */
	struct lt_network *teacher; /* NULL unless the method has one; does not learn */
	struct lt_batcher *batcher;
	uint64_t n_given, n; /* labelled rows, and all */
	int batch, epochs;   /* batch: labelled rows of a step */
	uint64_t seed;
};

/* A learner; config and what follows are for the methods' files. */
struct lt_consistency {
	struct lt_consistency_config config;
	int classes, steps;
	int batch[LT_STREAMS];	     /* rows of a step */
	uint64_t places[LT_STREAMS]; /* of an epoch */
	uint32_t *order;	     /* of the unlabelled stream */
	double sum, learnt;	     /* of terms this epoch, and how many */

	int *place;	   /* 0, 1, … of a network's batch */
	lt_real *grad;	   /* a batch's at the outputs */
	double *logits;	   /* of a batch */
	double *z, *slope; /* of a row */
	void *own;	   /* the method's */
};

/* Images of the largest batch that a network sees, beside so many labelled ones. */
int lt_consistency_images(const struct lt_consistency_settings *settings, int batch);

/*
 * The teacher, if any, becomes a copy of the network.  LT_DATA: a stream without
 * rows, or too many.
 */
int lt_consistency_new(struct lt_consistency **out, const struct lt_consistency_config *config,
		       struct lt_error *err);
void lt_consistency_free(struct lt_consistency *c);

/* Steps of an epoch, and places in its sequence of labelled rows, which are the caller's. */
int lt_consistency_steps(const struct lt_consistency *c);
uint64_t lt_consistency_places(const struct lt_consistency *c);

/* The epoch's order of unlabelled rows. */
int lt_consistency_plan(struct lt_consistency *c, int epoch, struct lt_error *err);
/*
 * A step's gradients into the network, from labelled rows and the unlabelled
 * ones whose turn it is; returns the value of what is made smaller.
 */
double lt_consistency_learn(struct lt_consistency *c, int epoch, int step,
			    const struct lt_batch *given, lt_given_loss *loss, void *arg);
/* After the optimiser's step: the teacher follows. */
void lt_consistency_follow(struct lt_consistency *c, int epoch, int step);

/* One item more, the epoch's mean term. */
void lt_consistency_report(struct lt_consistency *c, struct lt_note_item *item, int *n);
/* Tensors ema.* of a teacher, and rng.consistency. */
int lt_consistency_save(const struct lt_consistency *c, struct lt_writer *writer,
			struct lt_error *err);
int lt_consistency_load(struct lt_consistency *c, const struct lt_model *model,
			struct lt_error *err);

/* min(1, step / (0.4 steps)) for steps of the run, from 0. */
double lt_consistency_ramp(int64_t step, int64_t steps);
/*
 * What the teacher keeps of itself at a step, from 0: with t = step + 1 steps made,
 * min((1 + t) / (10 + t), decay), as TensorFlow's ExponentialMovingAverage with
 * num_updates.  Its memory is the last ninth of a young run, so that untrained
 * weights are soon forgotten; Tarvainen & Valpola's min(1 - 1 / (t + 1), decay) is
 * the mean of all weights for the first 1 / (1 - decay) steps, most of a short run.
 */
double lt_consistency_keep(int64_t step, double decay);

/* ------------------------------------------------------------------- for methods */

/* A part of a network's batch: the step's rows of a stream, in a view. */
struct lt_part {
	enum lt_which rows;
	uint32_t view;
};

/*
 * Views.  The labelled rows' first one is that of training without unlabelled
 * rows; a stream has none of the other's, for their slots are the same.
 */
enum { LT_VIEW_GIVEN, LT_VIEW_GIVEN_AGAIN, LT_VIEW_UNLABELED, LT_VIEW_UNLABELED_AGAIN };

/* Fills a network's input with parts one after another; returns the images. */
int lt_consistency_fill(struct lt_consistency *c, struct lt_network *net,
			const struct lt_lesson *lesson, const struct lt_part *part, int n);

/* A divergence of net/divergence.h. */
typedef double lt_divergence(const double *z, const double *target, int classes, double *grad);
/*
 * The mean over n rows of the divergence of the network's outputs from the
 * target, n × classes logits; its gradient × weight is added to c->grad.
 */
double lt_consistency_term(struct lt_consistency *c, lt_divergence *divergence,
			   const double *target, int n, double weight);

#endif
