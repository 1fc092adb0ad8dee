/*
 * The quality of features: a simple classifier, trained on the features of labelled rows,
 * computes logits of other rows.
 *
 *	knn     the k nearest training rows by cosine vote for their classes, each with the
 *	        weight exp(cosine / T) or with equal weight (Wu et al., CVPR 2018, section
 *	        3.4); logits are the logarithms of the classes' shares of the votes, or of
 *	        1e-12 for a class without votes
 *	linear  multinomial logistic regression on features that are scaled to mean 0 and
 *	        deviation 1 over the training rows (a feature that does not vary becomes 0):
 *	        minimises Σ_i g_i (-log p_i) + l2 / 2 · Σ W², biases free, by L-BFGS from zeros
 *	        on all rows (Nocedal and Wright, Numerical Optimization, algorithm 7.5).  g_i is
 *	        1, or with balance n / (K n_c), K being the classes that have rows
 *
 * Results do not depend on the threads.  A new method is one file and one line in the table
 * of probe_methods.c.
 */
#ifndef LT_EMBED_PROBE_H
#define LT_EMBED_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/pool.h"

#define LT_PROBE_OPTIONS 4 /* with the NULL at the end */

struct lt_probe_config {
	struct lt_pool *pool;
	uint64_t neighbours; /* k; limited to the number of rows */
	bool majority;	     /* votes of equal weight */
	double temperature;  /* T > 0 */
	double l2;
	bool balance;
	uint64_t iterations; /* limit for L-BFGS */
};

/* n rows of width finite values each, with labels below classes. */
struct lt_probe_rows {
	size_t n, width;
	const float *feature;
	const int32_t *label;
	int classes;
};

/* The result of fitting; unused by knn. */
struct lt_probe_fit {
	uint64_t iterations;
	bool converged;
	double objective; /* over n */
};

struct lt_probe_method {
	const char *name;		       /* as in --method */
	const char *options[LT_PROBE_OPTIONS]; /* that only this method has; ends with NULL */
	/*
	 * Sets *state for predict.  Call free with it, also after a failure (free(NULL) is
	 * allowed).  rows and config must outlive it; rows.n ≥ 1.
	 */
	int (*fit)(const struct lt_probe_config *config, const struct lt_probe_rows *rows,
		   void **state, struct lt_probe_fit *fit, struct lt_error *err);
	/* logits (n × classes) of n rows of the same width, all finite. */
	int (*predict)(void *state, const float *feature, size_t n, float *logits,
		       struct lt_error *err);
	void (*free)(void *state);
};

extern const struct lt_probe_method lt_probe_knn, lt_probe_linear;

extern const struct lt_probe_method *const lt_probe_methods[]; /* NULL-terminated */
extern const char *const lt_probe_names[];		       /* the same, for options */

#endif
