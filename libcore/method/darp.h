/* The two parts of darp.c, separate for its tests. */
#ifndef LT_METHOD_DARP_H
#define LT_METHOD_DARP_H

#include <stddef.h>
#include <stdint.h>

/*
 * The class shares of n rows from their predictions q (n × classes) by a network trained on
 * shares pi: EM of Saerens et al. (Neural Computation, 2002, section 3),
 *
 *	P_c = mean over rows of norm_c(q_c P_c / pi_c)
 *
 * from P = pi until no share changes by 1e-6, 1000 times at most.  spare: classes numbers.
 */
void lt_darp_prior(const double *q, uint64_t n, int classes, const double *pi, double *shares,
		   double *spare);

/* Memory for lt_darp_refine: a column's sorted values, and numbers of rows and classes. */
struct lt_darp_room {
	struct lt_darp_value {
		double value;
		uint64_t row;
	} * column;		 /* n */
	double *entropy, *scale; /* n */
	double *v;		 /* classes */
};

/*
 * Changes q (n × classes, each row a distribution) so that column c sums to about m_c, Σ m = n;
 * see darp.c.
 */
void lt_darp_refine(double *q, uint64_t n, int classes, const double *m,
		    struct lt_darp_room *room);

#endif
