/*
 * Second stages: another head on an encoder that stays as it is.  What a
 * method sees of a row is its features, which the encoder made in inference
 * mode, so seconds do where training takes hours.
 *
 * x are the features of a row, w_c and b_c the head's weights and bias of class
 * c, z_c its logit, n_c the rows of class c.
 *
 *	crt          a new linear head, learnt by cross-entropy on draws in which
 *	             every class is as likely (Kang et al. 2020, section 4)
 *	lws          z_c = f_c (w_c·x) + b_c: the factors f_c are learnt in the same
 *	             way, w and b stay (Kang et al. 2020, section 4)
 *	tau          w_c ÷ |w_c|^t and no bias (Kang et al. 2020, section 4)
 *	ncm          logits are scale × cosine of x and the mean of a class's
 *	             features (Kang et al. 2020, section 4)
 *	adjust       b_c - t (log π_c - log q_c): π the shares of the classes in
 *	             training, q those where the model will be used (Menon et al.
 *	             2021, section 4, where q is uniform)
 *	temperature  z ÷ T, T > 0 that minimises -log p_y (Guo et al. 2017, section 4.2)
 *
 * Sums over rows are taken in the order of the rows, and workers share out
 * features or rows and never a sum, so nothing depends on the threads.
 *
 * A new method is one file and one line in the table of second_stage.c.
 */
#ifndef LT_METHOD_SECOND_STAGE_H
#define LT_METHOD_SECOND_STAGE_H

#include "base/about.h"
#include "method/frozen.h"

#define LT_SECOND_ITEMS 6

struct lt_second_config {
	const struct lt_features *rows; /* what is learnt from, or a number fitted to */
	const struct lt_features *val;	/* what t is chosen by; NULL: none */
	const char *const *names;	/* of the classes */
	const char *model;		/* the model's name, for messages */
	const uint64_t *counts;		/* π: n_c of training, for adjust; NULL: not known */
	const double *prior;		/* q, as shares of any sum; NULL: uniform */
	double tau;			/* NaN: choose it */
	double scale;			/* ncm */
	int epochs, batch;		/* crt, lws */
	double rate, decay;
	uint64_t seed;
	struct lt_pool *pool;
	void *person; /* what a person sees; line may be NULL */
	void (*line)(void *person, const char *text);
};

/* What was found, for a note in the model. */
struct lt_second_result {
	struct lt_note_item item[LT_SECOND_ITEMS];
	int n;
};

#define LT_SECOND_OPTIONS 6 /* with the NULL at the end */

enum lt_second_rows {
	LT_SECOND_NO_ROWS, /* what the model knows is enough (and val, to choose t) */
	LT_SECOND_LEARNS,  /* the new head is one of the rows' classes, config.rows */
	LT_SECOND_FITS,	   /* a number is fitted to rows: to val where there is one */
};

struct lt_second_stage {
	const char *name; /* as in --method */
	struct lt_about about;
	enum lt_second_rows rows;
	int epochs;	 /* default of --epochs; 0: there are none */
	const char *tau; /* default of --tau: a number or "auto"; NULL: there is none */
	/* Of the options that only some methods have those of this one, NULL-terminated. */
	const char *options[LT_SECOND_OPTIONS];
	/*
	 * Makes the new head of the old.  LT_DATA where rows, counts or the kind of head do not
	 * serve, LT_FALSE where learning diverged.
	 */
	int (*fit)(const struct lt_second_config *config, struct lt_classifier *head,
		   struct lt_second_result *result, struct lt_error *err);
};

extern const struct lt_second_stage lt_second_stages[]; /* ends with a NULL name */
extern const char *const lt_second_stage_names[];	/* the same, for the option table */

/* Is it one of the method's options?  And which methods have it: "crt, lws or ncm". */
bool lt_second_has(const struct lt_second_stage *stage, const char *option);
void lt_second_methods(const char *option, char *out, size_t size);

/* ------------------------------------------------------- what methods share */

void lt_second_found(struct lt_second_result *result, const char *key, double value);
void lt_second_line(const struct lt_second_config *config, const char *fmt, ...)
	LT_PRINTF(2, 3);

/* LT_DATA, with the model's name and the reason, unless the head is linear. */
int lt_second_want_linear(const struct lt_second_config *config,
			  const struct lt_classifier *head, const char *why,
			  struct lt_error *err);

/* Logits of a row at a parameter of the method (t, T); rows come in order, from 0. */
typedef void lt_second_logits(void *arg, double parameter, uint64_t row, float *logits);

struct lt_second_score {
	double accuracy; /* Σ q_c recall_c ÷ Σ q_c over the classes that have rows */
	double nll, ece;
};

/* What rows say of logits; the figures of report/metrics.h. */
int lt_second_measure(const struct lt_second_config *config, const struct lt_features *rows,
		      lt_second_logits *logits, void *arg, double parameter,
		      struct lt_second_score *score, struct lt_error *err);

/*
 * *tau: the config's, or that of 0, 0.1 … 2 with the best accuracy on val, of
 * equal ones the smallest.  LT_USAGE where there is no val.
 */
int lt_second_choose(const struct lt_second_config *config, lt_second_logits *logits, void *arg,
		     double *tau, struct lt_second_result *result, struct lt_error *err);

/*
 * Mean cross-entropy of z = factor ∘ p + bias over a batch, p being products
 * of n rows; fills grad (n × classes) with its derivatives at z, and loss (n)
 * with the rows' own.  factor NULL: 1.
 */
double lt_second_loss(struct lt_pool *pool, const double *p, const double *factor,
		      const double *bias, const int32_t *label, int n, int classes,
		      double *grad, double *loss);

/*
 * dw (features × classes) and db (classes) of a batch from the derivatives at
 * its logits.
 */
void lt_second_gradient(struct lt_pool *pool, const float *const *x, const double *grad, int n,
			int features, int classes, double *dw, double *db);

/* "uniform", "model" (the shares of counts), or a number for each class: q; LT_USAGE, LT_DATA.
 */
int lt_second_prior(const char *text, const uint64_t *counts, const char *const *names,
		    int classes, double *prior, struct lt_error *err);

/* What adjust knows of the classes. */
struct lt_second_classes {
	int classes;
	const char *const *names;
	const uint64_t *counts; /* n_c of training; NULL: not known */
	const char *model;	/* where they are from, for messages */
};

/* log π_c - log q_c of every class, by which adjust lowers logits, times t; prior as in the
 * config.  LT_DATA for a class without rows, or without counts. */
int lt_second_offsets(const struct lt_second_classes *of, const double *prior, double *offset,
		      struct lt_error *err);

int lt_second_crt(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
int lt_second_lws(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
int lt_second_tau(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
int lt_second_ncm(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err);
int lt_second_adjust(const struct lt_second_config *config, struct lt_classifier *head,
		     struct lt_second_result *result, struct lt_error *err);
int lt_second_temperature(const struct lt_second_config *config, struct lt_classifier *head,
			  struct lt_second_result *result, struct lt_error *err);

#endif
