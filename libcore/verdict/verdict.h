/*
 * Will unlabelled rows help?  Said from the scores of a model that learnt the labelled rows, of
 * labelled validation rows and of the unlabelled rows, before anything is learnt from them.
 *
 * The parts and their sources: prior.h (classes), calibrate.h, irrelevant.h, duplicates.h,
 * expect.h (the forecast), estimate.h (how they go together).
 *
 * Intervals are of the bootstrap: in each replicate the validation rows are drawn again within
 * their classes and the unlabelled rows among all of them (report/bootstrap.h has the draws),
 * everything is estimated anew, and the percentiles of the replicates are taken
 * (report/interval.h).  What is derived from a row alone, such as its distance to validation
 * rows, stays.  The measure of strangeness is the one by which most rows are irrelevant; the
 * interval of the irrelevant share has the level 1 - (1 - level) ÷ LT_STRANGES, so that the
 * best of several looks is not taken for one (Bonferroni).  The replicates of the imbalance, a
 * largest over a smallest share, are moved by a factor that puts their median on the estimate,
 * since noise makes it larger on the whole.
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
	int advised;		    /* the case with the best score; 0: the plain one */
	bool tested;		    /* duplicates were looked for */
	struct lt_duplicates duplicates;
	enum lt_forecast forecast;
};

/* Fills a zeroed verdict; lt_verdict_free in any case.  names live as long as it does. */
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
