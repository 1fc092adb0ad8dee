/*
 * The objective of t-SNE: KL(P || Q) = Σ p_ij log(p_ij / q_ij) of points y in the plane, with
 * q_ij = w_ij / Z, w_ij = 1 / (1 + |y_i - y_j|²) and Z = Σ w_kl over all k ≠ l (van der
 * Maaten and Hinton, JMLR 2008).
 */
#ifndef LT_EMBED_TSNE_GRADIENT_H
#define LT_EMBED_TSNE_GRADIENT_H

#include "embed/perplexity.h"
#include "embed/quadtree.h"

struct lt_tsne_forces {
	struct lt_pool *pool;
	const struct lt_affinities *p;
	double theta;
	struct lt_quadtree tree; /* unless theta is 0 */
	double *repulsion;	 /* n × 2: Σ_j w_ij² (y_i - y_j) */
	double *weight;		 /* n: Σ_j w_ij, later the summands of the divergence */
};

/*
 * With theta 0, sums are over all pairs; otherwise a quadtree is used, in which a cell counts
 * as one point for points farther away than its side / theta (van der Maaten, JMLR 2014,
 * section 4.2), except for its own points.  p and pool must outlive *forces.  Call
 * lt_tsne_forces_free also after a failure.
 */
int lt_tsne_forces_new(struct lt_tsne_forces *forces, struct lt_pool *pool,
		       const struct lt_affinities *p, double theta, struct lt_error *err);
void lt_tsne_forces_free(struct lt_tsne_forces *forces);

/*
 * gradient (n × 2) of the divergence at y (n × 2, finite), with every p_ij times
 * exaggeration:
 *
 *	4 Σ_j (exaggeration p_ij - q_ij) w_ij (y_i - y_j)
 *
 * Sums are in a fixed order, so results do not depend on the threads.
 */
void lt_tsne_gradient(struct lt_tsne_forces *forces, const double *y, double exaggeration,
		      double *gradient);

/* The divergence, in nats; with theta > 0, Z is approximated by the tree. */
double lt_tsne_divergence(struct lt_tsne_forces *forces, const double *y);

#endif
