/*
 * The bootstrap: how much figures vary with the choice of test rows.
 *
 * Each replicate draws, with replacement, as many rows of each class as the class has
 * (stratified), because test sets are made with a given number of rows for each class.  Every
 * class with rows has rows in each replicate, so a mean over classes includes all of them.
 * The intervals reflect the choice of rows at fixed class counts.  Two models are evaluated on
 * the same drawn rows (paired).
 *
 * The draws are numbered (base/random.h: LT_FOR_REDRAW, slot: class, epoch: replicate), so
 * values depend on the seed but not on threads.
 */
#ifndef LT_REPORT_BOOTSTRAP_H
#define LT_REPORT_BOOTSTRAP_H

#include "base/pool.h"
#include "base/random.h"
#include "report/kept.h"
#include "report/measures.h"

/* Where rows are drawn from, the view of their draws. */
enum lt_redrawn { LT_REDRAW_LABELLED, LT_REDRAW_UNLABELLED };

/* The draws of a replicate among the rows of one stratum: a class, or 0 of unlabelled rows. */
static inline struct lt_draws lt_redraws(uint64_t seed, enum lt_redrawn which, int replicate,
					 int stratum)
{
	return lt_draws_at(seed, LT_FOR_REDRAW, (uint32_t)which, (uint32_t)replicate,
			   (uint32_t)stratum);
}

struct lt_bootstrap {
	const struct lt_kept *rows; /* sorted */
	const struct lt_measures *measures;
	uint64_t seed;
	int replicates;
	bool paired;
	/* Results, measures × replicates each: values of the first model, and differences to
	 * the second. */
	double *values, *differences;
};

/* Set the fields up to paired first.  Always call lt_bootstrap_free. */
int lt_bootstrap_run(struct lt_bootstrap *bootstrap, struct lt_pool *pool,
		     struct lt_error *err);
void lt_bootstrap_free(struct lt_bootstrap *bootstrap);

#endif
