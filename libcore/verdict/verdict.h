/*
 * Will unlabelled rows help?  The verdict is computed from the scores that a model, trained
 * on the labelled rows, gives to labelled validation rows and to the unlabelled rows,
 * before any model learns from the latter.
 *
 * The parts and their sources: prior.h (classes), calibrate.h, irrelevant.h, duplicates.h,
 * expect.h (the forecast), estimate.h (how they are combined).
 *
 * Intervals come from the bootstrap.  Each replicate draws the validation rows within their
 * classes, and the unlabelled rows from all of them (the draws are those of
 * report/bootstrap.h), and computes all estimates again; the interval is given by
 * percentiles of the replicates (report/interval.h).  Values of single rows, such as the
 * distance to validation rows, are not computed again.
 *
 * The measure of strangeness is the one that finds most irrelevant rows.  The interval of
 * the irrelevant share therefore has the level 1 - (1 - level) ÷ LT_STRANGES (Bonferroni).
 * The imbalance is the ratio of the largest to the smallest share, which noise increases on
 * average.  So its replicates are multiplied by a factor that makes their median equal to
 * the estimate.
 */
#ifndef LT_VERDICT_VERDICT_H
#define LT_VERDICT_VERDICT_H

#include "report/interval.h"
#include "stream/output.h"
#include "verdict/duplicates.h"
#include "verdict/estimate.h"

struct lt_verdict_config {
	struct lt_pool *pool;
	uint64_t seed;
	int replicates;
	double level;
};

struct lt_verdict {
	int classes;
	const char *const *names;
	const uint64_t *train_counts;
	size_t val_rows, pool_rows;
	double level;
	enum lt_strange by;
	double *value;		    /* LT_ESTIMATES(classes) */
	struct lt_interval *within; /* of each */
	double *case_score;	    /* of lt_cases */
	int advised;		    /* the advised case, the best; 0: the plain one */
	bool tested;		    /* duplicates were looked for */
	struct lt_duplicates duplicates;
	enum lt_forecast forecast;
};

/* Fills a zeroed verdict; call lt_verdict_free in any case.  names must live as long. */
int lt_verdict_make(const struct lt_sample *sample, const char *const *names,
		    const struct lt_verdict_config *config, struct lt_verdict *verdict,
		    struct lt_error *err);
void lt_verdict_free(struct lt_verdict *verdict);

/* As five lines for people, as lines "metric class value low high", as JSON. */
typedef int lt_verdict_writer(const struct lt_verdict *verdict, struct lt_output *out,
			      struct lt_error *err);
int lt_verdict_text(const struct lt_verdict *verdict, struct lt_output *out,
		    struct lt_error *err);
int lt_verdict_tsv(const struct lt_verdict *verdict, struct lt_output *out,
		   struct lt_error *err);
int lt_verdict_json(const struct lt_verdict *verdict, struct lt_output *out,
		    struct lt_error *err);

/* Names of the overall estimates and of those by class, for all formats. */
extern const char *const lt_verdict_overall[LT_EST_CLASSES];
extern const char *const lt_verdict_by_class[LT_EST_KINDS];

#endif
