/*
 * Samplers: the sequence of rows that an epoch of training visits.  A sequence has as
 * many places as there are rows.  It depends only on the seed and the epoch.
 *
 *	uniform      every row once, in a random order
 *
 * The others draw with replacement; the probability of a row of class c is
 * proportional to
 *
 *	effective    (1 - β) ÷ (1 - β^n_c), the inverse effective number (Cui et al., CVPR
 *	             2019); the Resample of Yang & Xu's code
 *	balanced     1 ÷ n_c: all classes are equally likely
 *	sqrt         n_c^(-1/2): a class is drawn in proportion to the root of its count
 *	progressive  (1 - t) ÷ N + t ÷ (C n_c) with t = (e - 1) ÷ E in epoch e = 1 … E: from
 *	             uniform over rows in the first epoch towards balanced; the last epoch
 *	             still has 1 ÷ E of the former
 *
 * (Kang et al., ICLR 2020, section 3: q = 0, q = 1/2 and their interpolation, whose epoch is
 * counted from 0), with N = Σ n_c and C classes that have rows.  A class with count 0 is
 * never drawn.
 *
 * A new sampler is a function that computes the weights, and a line in the table.
 */
#ifndef LT_DATA_SAMPLER_H
#define LT_DATA_SAMPLER_H

#include <stdint.h>

#include "base/about.h"
#include "base/error.h"

struct lt_sampler_input {
	const int32_t *label;	/* of each row, 0 … classes - 1; unused by uniform */
	uint64_t n;		/* rows, 1 … 2^32 - 1 */
	const uint64_t *counts; /* n_c; may differ from the counts of the labels (--counts) */
	int classes;
	uint64_t seed;
	int epoch, epochs; /* epoch from 1 */
	uint32_t stream,
		pass; /* select independent draws; 0 and 0 if there is only one sequence */
	double beta;  /* below 1 */
};

struct lt_sampler {
	const char *name;
	struct lt_about about; /* its formula is that of a row's weight */
	/* Fills the weights (≥ 0) of a row of each class; NULL: every row once. */
	void (*weigh)(const struct lt_sampler_input *input, double *weight);
};

extern const struct lt_sampler lt_samplers[]; /* ends with a NULL name */
extern const char *const lt_sampler_names[];  /* all but uniform, for the option table */

/* NULL: none of that name. */
const struct lt_sampler *lt_sampler_find(const char *name);

/* Fills order (n places) with row numbers.  LT_DATA if all weights are 0. */
int lt_sampler_epoch(const struct lt_sampler *sampler, const struct lt_sampler_input *input,
		     uint32_t *order, struct lt_error *err);

/*
 * The expected composition of an epoch: share[c] of its places have a row of class c, which
 * has rows[c] rows.  input->label is not used.  All shares are 0 where lt_sampler_epoch gives
 * LT_DATA.
 */
void lt_sampler_shares(const struct lt_sampler *sampler, const struct lt_sampler_input *input,
		       const uint64_t *rows, double *share);

/*
 * For an epoch with more places than rows: several passes over the rows, each drawn
 * independently; input->pass counts them from 0.  order has room for whole passes,
 * lt_sampler_room places.
 */
uint64_t lt_sampler_room(uint64_t n, uint64_t places); /* n ≥ 1, both below 2^32 */
int lt_sampler_passes(const struct lt_sampler *sampler, struct lt_sampler_input *input,
		      uint64_t places, uint32_t *order, struct lt_error *err);

#endif
