/*
 * A method: how a classifier learns from labelled rows and, if it can, from unlabelled ones.
 *
 * A method is data.  In each step it takes a batch of rows of each set, makes views of them,
 * runs networks over batches of views (passes), and minimises a sum of terms:
 *
 *	objective = Σ over terms of  weight × ramp × term(outputs of a pass)
 *
 * A term's target is the output of another pass, of other views of the same pass or of another
 * head; it is a constant, without gradient.  The learner (learner.h) does the rest.  What
 * cannot be said as data is a hook.
 *
 * The network has the classifier "fc", whose kind is that of the loss, and the heads that the
 * method adds, all on one encoder; each term says whose outputs it reads, and its gradient goes
 * to that head.
 *
 * A new method is one file and a line in LT_METHODS.
 */
#ifndef LT_METHOD_METHOD_H
#define LT_METHOD_METHOD_H

#include "base/about.h"
#include "net/network.h"

/*
 * Streams of rows.  The rows are in one table, labelled ones first.  LT_BALANCED are labelled
 * ones again, as many in each step as of LT_GIVEN, drawn by the sampler "balanced" so that all
 * classes are equally likely.
 */
enum lt_which { LT_GIVEN, LT_UNLABELED, LT_BALANCED, LT_STREAMS };

/* A part of a network's batch: the step's rows of one stream, in one view. */
struct lt_part {
	enum lt_which rows;
	uint32_t view; /* enum lt_view_number: two views of a row are independent draws */
	bool strong;   /* by --strong, not by --augment */
};

/*
 * Numbers of views.  The first view of labelled rows is that of training without unlabelled
 * rows.  The streams have different views, because they use the same slots.
 */
enum lt_view_number {
	LT_VIEW_GIVEN,
	LT_VIEW_GIVEN_AGAIN,
	LT_VIEW_UNLABELED,
	LT_VIEW_UNLABELED_AGAIN,
	LT_VIEW_UNLABELED_THIRD,
	LT_VIEW_GIVEN_THIRD,
	LT_VIEW_BALANCED,
};

enum { LT_MAX_PARTS = 5, LT_MAX_PASSES = 3, LT_MAX_TERMS = 4, LT_METHOD_HEADS = 3 };

struct lt_learner;

/* A forward pass over parts, in one batch; passes are run in order. */
struct lt_pass {
	bool average;	   /* of the average of the weights, not of the network that learns */
	enum lt_mode mode; /* of batch norm */
	int parts;
	struct lt_part part[LT_MAX_PARTS];
	/* Makes the input in place of the batcher, for as many images as the parts have.  NULL:
	   views of the parts. */
	int (*fill)(struct lt_learner *learner, struct lt_error *err);
	/* Of the heads alone: fill makes their input, in lt_network_given_features. */
	bool features;
	/* From this share of the run's steps on; before, neither it nor its terms are made. */
	double from;
};

/* Outputs of a head: parts first … first + parts - 1 of a pass. */
struct lt_span {
	int pass, first, parts;
	int head; /* 0: the classifier; 1, …: those that the method adds */
};

enum lt_term_kind {
	LT_TERM_LABELS,	 /* the loss of --loss, with the labels of the rows */
	LT_TERM_KL,	 /* mean over rows of a divergence of net/divergence.h … */
	LT_TERM_SQUARE,	 /* … from the target */
	LT_TERM_ENTROPY, /* mean entropy of the prediction */
	/*
	 * Cross-entropy with labels or distributions made from the target (target.h): mean over
	 * rows of weight_i CE(z + offset, target_i).
	 */
	LT_TERM_PSEUDO_LABELS,
	LT_TERM_PSEUDO_SHARES,
	LT_TERM_OWN, /* the method's hook */
};

/* A term of the objective.  Its gradient goes to the outputs `of`. */
struct lt_term {
	enum lt_term_kind kind;
	struct lt_span of;
	/* Of this pass or one before, with as many rows; cross-entropy: or the same rows once,
	   for several views. */
	struct lt_span target;
	/* If not 0: from this share of the run's steps on, the target is the span `then`. */
	double turn;
	struct lt_span then;
	double weight;	      /* 0: the setting LT_WEIGHT … */
	double times;	      /* … × this number; 0: 1 */
	bool ramp;	      /* × lt_ramp */
	const char *reported; /* the name of its mean in notes and log; NULL: not reported */
};

/* Settings of methods; the options of the same names set them. */
enum lt_method_setting {
	LT_WEIGHT,	/* of the term on unlabelled rows; bcl: of the contrast */
	LT_EMA,		/* decay of the average of the weights */
	LT_VAT_EPSILON, /* length of the perturbation, in units of normalised pixels */
	LT_THRESHOLD,	/* of a mask, for the probability of a pseudo-label */
	LT_FAIRNESS,	/* freematch: weight of its fairness term */
	LT_DEBIAS,	/* debiaspl: factor of its offsets */
	LT_TEMPERATURE, /* bcl, daso: that divides cosines */
	LT_BLEND_ROOT,	/* daso: of the shares of labels, for its blend */
	LT_METHOD_SETTINGS
};
extern const char *const lt_method_settings[]; /* their names, ending with NULL */

/* Which rows count, by the target's probabilities: mask.h. */
enum lt_mask_kind { LT_MASK_NONE, LT_MASK_FIXED, LT_MASK_FLEX, LT_MASK_FREE, LT_MASK_SOFT };

/*
 * Distribution alignment (Berthelot et al., ReMixMatch, ICLR 2020, section 3.1): a target p
 * becomes p_c t_c / P_c, scaled to sum 1.  P is the mean of p over the last steps.
 */
enum lt_align {
	LT_ALIGN_NONE,
	LT_ALIGN_LABELLED, /* t_c = n_c / N of the labelled rows */
	LT_ALIGN_UNIFORM,  /* t_c = 1 / C */
};
extern const char *const lt_align_names[]; /* for the option table, ending with NULL */

struct lt_method {
	const char *name;
	struct lt_about about;
	bool unlabelled; /* learns from unlabelled rows; they have no labels that are read */
	bool average;	 /* the average of the weights is the model */
	bool image_grad; /* a hook uses lt_network_image_grad */
	bool linear;	 /* needs a linear head */
	bool adjusts;	 /* its offsets correct the loss of labelled rows: it needs CE */
	bool balanced;	 /* its model predicts for equal class shares */
	enum lt_mask_kind mask;
	enum lt_align align; /* the default, of a method with pseudo-labels */
	/* Defaults; 0 (never a default): the method has no such setting. */
	double setting[LT_METHOD_SETTINGS];
	/*
	 * Heads beside the classifier, as for lt_graph_end; outputs 0: one for each class, with
	 * prototypes behind the vector.  Hooks see the features of a pass, and give a gradient
	 * to them, at the outputs of a head LT_HEAD_IDENTITY.
	 */
	int more;
	struct lt_head more_head[LT_METHOD_HEADS - 1];
	int predicts; /* the head that makes the model's predictions */
	/*
	 * From this share of the run's steps on; before, the classifier does, and in a model
	 * written then, this head, which is of the classifier's kind, has its parameters.
	 */
	double predicts_from;
	int passes, terms;
	struct lt_pass pass[LT_MAX_PASSES];
	struct lt_term term[LT_MAX_TERMS];
	/* Allocates the method's own data in learner->own, and frees it; NULL: nothing. */
	int (*begin)(struct lt_learner *learner, struct lt_error *err);
	void (*end)(struct lt_learner *learner);
	/* Numbers that it keeps from step to step, in learner->number, and their start; they
	   are saved in checkpoints.  NULL: none. */
	size_t (*numbers)(const struct lt_learner *learner);
	void (*start)(struct lt_learner *learner);
	/* Called after each pass over the unlabelled rows; NULL: nothing. */
	void (*renew)(struct lt_learner *learner);
	/* Sets learner->offset before a step; NULL: all 0. */
	int (*offset)(struct lt_learner *learner, struct lt_error *err);
	/* Called after learner->guess[term].target is made and masked; can change weights. */
	void (*see)(struct lt_learner *learner, int term);
	/* The value of a term LT_TERM_OWN; adds its gradient × weight to learner->grad. */
	double (*own)(struct lt_learner *learner, const struct lt_term *term, double weight);
	/* Makes the final model of a trained network, whose input it may use; NULL: nothing. */
	int (*finish)(const struct lt_learner *learner, struct lt_network *model,
		      struct lt_error *err);
};

/* Each is lt_method_… of its file, and what the option calls it. */
#define LT_METHODS(X)                                                                          \
	X(none, "none")                                                                        \
	X(vat, "vat")                                                                          \
	X(mean_teacher, "mean-teacher")                                                        \
	X(pi, "pi")                                                                            \
	X(fixmatch, "fixmatch")                                                                \
	X(flexmatch, "flexmatch")                                                              \
	X(freematch, "freematch")                                                              \
	X(softmatch, "softmatch")                                                              \
	X(saw, "saw")                                                                          \
	X(debiaspl, "debiaspl")                                                                \
	X(simpro, "simpro")                                                                    \
	X(cdmad, "cdmad")                                                                      \
	X(adello, "adello")                                                                    \
	X(darp, "darp")                                                                        \
	X(abc, "abc")                                                                          \
	X(acr, "acr")                                                                          \
	X(daso, "daso")                                                                        \
	X(cossl, "cossl")                                                                      \
	X(bcl, "bcl")

#define LT_METHOD_DECLARE(method, name) extern const struct lt_method lt_method_##method;
LT_METHODS(LT_METHOD_DECLARE)

extern const struct lt_method *const lt_method_table[]; /* ends with NULL */
extern const char *const lt_method_names[]; /* for the option table, in the same order */

/* The chosen method and its settings. */
struct lt_method_settings {
	const struct lt_method *method;
	int batch; /* unlabelled rows of a step */
	enum lt_align align;
	const char *strong; /* a list, data/augment.h; NULL if the method has no strong view */
	double setting[LT_METHOD_SETTINGS];
};

/*
 * The heads of a method's network: the classifier and those that it adds, with their outputs.
 * Returns their number.
 */
int lt_method_heads(const struct lt_method *method, const struct lt_head *classifier,
		    struct lt_head heads[LT_METHOD_HEADS]);
/* Whether a pass has rows of this stream. */
bool lt_method_reads(const struct lt_method *method, enum lt_which which);
/* The largest number of images in a batch of a network, for this number of labelled rows. */
int lt_method_images(const struct lt_method_settings *settings, int batch);
bool lt_method_strong(const struct lt_method *method);	/* has strong views */
bool lt_term_guesses(const struct lt_term *term);	/* has pseudo-labels */
bool lt_method_guesses(const struct lt_method *method); /* has such a term */
/* Whether several passes of a step have gradients, which are added. */
bool lt_method_adds(const struct lt_method *method);

#endif
