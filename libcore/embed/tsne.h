/*
 * t-SNE: points in the plane that have the same neighbours as rows in many dimensions (van der
 * Maaten and Hinton, JMLR 2008; with a tree: van der Maaten, JMLR 2014).
 *
 * The initial points are the first two principal components, scaled so that the first has a
 * deviation of 1e-4 (Kobak and Berens 2019), plus noise of 1e-6, which separates equal rows
 * and moves points along a direction without variation; or they are noise of 1e-4.  Gradient
 * descent has momentum 0.5 in the first quarter of the iterations, at most 250, in which p is
 * exaggerated, and 0.8 after it.  Each coordinate has a gain, which grows by 0.2 if the
 * gradient has the opposite sign of the last step and otherwise shrinks by a factor of 0.8,
 * not below 0.01.  All this is as in the authors' code and in scikit-learn.
 */
#ifndef LT_EMBED_TSNE_H
#define LT_EMBED_TSNE_H

#include "embed/neighbours.h"

enum lt_tsne_init { LT_TSNE_PCA, LT_TSNE_RANDOM };

struct lt_tsne_config {
	struct lt_pool *pool;
	double perplexity, exaggeration;
	double theta; /* 0: exact, with all pairs of rows, n² in time and memory */
	double rate;  /* learning rate, for example lt_tsne_rate */
	uint64_t iterations, seed;
	enum lt_tsne_init init;
	void (*tick)(void *arg, uint64_t done); /* after each iteration; may be NULL */
	void *arg;
};

/*
 * The rate for n rows: n / exaggeration (Belkina et al., Nature Communications 2019), divided
 * by the factor 4 that our gradient has and theirs lacks, but at least 50.
 */
double lt_tsne_rate(size_t n, double exaggeration);

/* The largest perplexity for n rows: a third of the other rows, as in the authors' code. */
double lt_tsne_most_perplexity(size_t n);

/*
 * y (n × 2, the caller's) from n rows of width finite values each; 4 ≤ n < 2^31, and the
 * perplexity is at most lt_tsne_most_perplexity.  *divergence: the final KL(P || Q), in nats.
 * LT_FALSE: the points diverged, because the rate is too high.  Memory: n · (4 width + 120 ·
 * perplexity + 300) bytes at most; with theta 0 32 n² bytes.
 */
int lt_tsne(const struct lt_tsne_config *config, const float *feature, size_t n, size_t width,
	    double *y, double *divergence, struct lt_error *err);

#endif
