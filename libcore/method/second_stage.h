/*
 * Second stages: a new head on a frozen encoder.  Methods use the features of rows, which the
 * encoder computes once in inference mode, so they take seconds where training takes hours.
 *
 * x are the features of a row, w_c and b_c the weights and bias of class c in the head, z_c
 * its logit, n_c the number of rows of class c.
 *
 *	crt          a new linear head, trained by cross-entropy on class-balanced
 *	             draws (Kang et al. 2020, section 4), or by label-aware smoothing
 *	             (Zhong et al. 2021)
 *	lws          z_c = f_c (w_c·x) + b_c: the factors f_c are trained in the same
 *	             way, w and b are kept (Kang et al. 2020, section 4)
 *	tau          w_c ÷ |w_c|^t and no bias (Kang et al. 2020, section 4)
 *	ncm          logits are scale × cosine of x and the mean of a class's
 *	             features (Kang et al. 2020, section 4)
 *	adjust       b_c - t (log π_c - log q_c): π are the class shares in training,
 *	             q those in use (Menon et al. 2021, section 4, where q is uniform)
 *	temperature  z ÷ T, T > 0 that minimises -log p_y (Guo et al. 2017, section 4.2)
 *
 * Sums over rows are computed in the order of the rows, and work is divided by features or
 * rows but never within a sum, so nothing depends on the threads.
 *
 * A new method is one file and one line in the table of second_stage.c.
 */
#ifndef LT_METHOD_SECOND_STAGE_H
#define LT_METHOD_SECOND_STAGE_H

#include "base/about.h"
#include "data/table.h"
#include "method/frozen.h"
#include "net/loss.h"
#include "net/network.h"

#define LT_SECOND_ITEMS 6

/* Input of the procedure of second_authors.c. */
struct lt_second_images {
	struct lt_network *net;	      /* the model's encoder, and a linear head; has room for a
					 batch.  Its running statistics change */
	const struct lt_table *table; /* all with labels of the model's classes */
	const struct lt_table *val;   /* to choose the epoch to keep; NULL: the last */
	const char *augment;	      /* data/augment.h, no mixing */
	struct lt_norm norm;
};

struct lt_second_config {
	const struct lt_features *rows; /* rows to train on, or to fit a number to */
	const struct lt_features *val;	/* rows to choose t on; NULL: none */
	const char *const *names;	/* of the classes */
	const char *model;		/* the model's name, for messages */
	const uint64_t *counts;		/* π: n_c of training, for adjust; NULL: not known */
	const double *prior;		/* q, as shares of any sum; NULL: uniform */
	double tau;			/* NaN: choose it */
	double scale;			/* ncm */
	int epochs, batch;		/* crt, lws */
	double rate, decay;
	double head_rate;	    /* lws: share of the rate that the head learns with too */
	const struct lt_loss *loss; /* crt, lws; NULL: cross-entropy */
	const double *setting;	    /* of the loss, LT_LOSS_SETTINGS of them; NULL: its own */
	/* crt, lws by the published procedure, from these in place of rows; NULL: not. */
	const struct lt_second_images *images;
	uint64_t seed;
	struct lt_pool *pool;
	void *person; /* what a person sees; line may be NULL */
	void (*line)(void *person, const char *text);
};

/* Results, for a note in the model. */
struct lt_second_result {
	struct lt_note_item item[LT_SECOND_ITEMS];
	int n;
};

#define LT_SECOND_OPTIONS 16 /* with the NULL at the end */

enum lt_second_rows {
	LT_SECOND_NO_ROWS, /* only the model (and val, to choose t) */
	LT_SECOND_LEARNS,  /* the new head is trained on config.rows */
	LT_SECOND_FITS,	   /* a number is fitted to rows: to val if there is one */
};

struct lt_second_stage {
	const char *name; /* as in --method */
	struct lt_about about;
	enum lt_second_rows rows;
	int epochs;	 /* default of --epochs; 0: there are none */
	const char *tau; /* default of --tau: a number or "auto"; NULL: there is none */
	/* Those options of this method that not all methods have, NULL-terminated. */
	const char *options[LT_SECOND_OPTIONS];
	/*
	 * Changes the head into the new one.  LT_DATA if rows, counts or the kind of head are
	 * unsuitable, LT_FALSE if training diverged.
	 */
	int (*fit)(const struct lt_second_config *config, struct lt_classifier *head,
		   struct lt_second_result *result, struct lt_error *err);
};

extern const struct lt_second_stage lt_second_stages[]; /* ends with a NULL name */
extern const char *const lt_second_stage_names[];	/* the same, for the option table */

/*
 * Whether the method has the option, and the names of the methods that have it: "crt, lws or
 * ncm".
 */
bool lt_second_has(const struct lt_second_stage *stage, const char *option);
void lt_second_methods(const char *option, char *out, size_t size);

/* ------------------------------------------------------- what methods share */

void lt_second_found(struct lt_second_result *result, const char *key, double value);
void lt_second_line(const struct lt_second_config *config, const char *fmt, ...)
	LT_PRINTF(2, 3);

/* LT_DATA, with the model's name and the reason, if the head is not linear. */
int lt_second_want_linear(const struct lt_second_config *config,
			  const struct lt_classifier *head, const char *why,
			  struct lt_error *err);

/*
 * The logits of a row for a parameter of the method (t, T); called in the order of the rows.
 */
typedef void lt_second_logits(void *arg, double parameter, uint64_t row, float *logits);

struct lt_second_score {
	double accuracy; /* Σ q_c recall_c ÷ Σ q_c over the classes that have rows */
	double nll, ece;
};

/* Measures logits on rows; the figures of report/metrics.h. */
int lt_second_measure(const struct lt_second_config *config, const struct lt_features *rows,
		      lt_second_logits *logits, void *arg, double parameter,
		      struct lt_second_score *score, struct lt_error *err);

/*
 * Sets *tau to that of the config, or to the value among 0, 0.1 … 2 with the best accuracy on
 * val, the smallest one if several are equal.  LT_USAGE if there is no val.
 */
int lt_second_choose(const struct lt_second_config *config, lt_second_logits *logits, void *arg,
		     double *tau, struct lt_second_result *result, struct lt_error *err);

/* A batch of n rows for a head, with p their products w_c·x. */
struct lt_second_step {
	const struct lt_loss *loss;
	const struct lt_loss_params *params; /* the classes; ready for the loss */
	const double *p, *factor, *bias;     /* z = factor ∘ p + bias; factor NULL: 1 */
	bool scales_bias;		     /* z = factor ∘ (p + bias) */
	const int32_t *label;
	int n;
	double *grad;	  /* n × classes: gradient of the mean by z */
	double *row_loss; /* n */
};

/* Returns the mean of the rows' losses and fills grad and row_loss. */
double lt_second_loss(struct lt_pool *pool, const struct lt_second_step *step);

/*
 * Computes dw (features × classes) and db (classes) of a batch from the gradient by its
 * logits.
 */
void lt_second_gradient(struct lt_pool *pool, const float *const *x, const double *grad, int n,
			int features, int classes, double *dw, double *db);

/* "uniform", "model" (the shares of counts), or a number for each class: q; LT_USAGE, LT_DATA.
 */
int lt_second_prior(const char *text, const uint64_t *counts, const char *const *names,
		    int classes, double *prior, struct lt_error *err);

/* The classes as adjust uses them. */
struct lt_second_classes {
	int classes;
	const char *const *names;
	const uint64_t *counts; /* n_c of training; NULL: not known */
	const char *model;	/* the source of the counts, for messages */
};

/*
 * log π_c - log q_c of every class; adjust subtracts t times this from the logits.  prior: as
 * in the config.  LT_DATA without counts, or for a class without rows.
 */
int lt_second_offsets(const struct lt_second_classes *of, const double *prior, double *offset,
		      struct lt_error *err);

int lt_second_crt(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
int lt_second_lws(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
/* Either of them on config->images; the caller has made the head linear. */
int lt_second_authors(const struct lt_second_config *config, struct lt_classifier *head,
		      bool factors, struct lt_second_result *result, struct lt_error *err);
int lt_second_tau(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
int lt_second_ncm(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
int lt_second_adjust(const struct lt_second_config *config, struct lt_classifier *head,
		     struct lt_second_result *result, struct lt_error *err);
int lt_second_temperature(const struct lt_second_config *config, struct lt_classifier *head,
			  struct lt_second_result *result, struct lt_error *err);

#endif
