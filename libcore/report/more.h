/*
 * Optional figures of a report, in addition to those of report/metrics.h, selected by the sets
 * of report/measures.h, and the comparison with a second model on the same rows.
 * Definitions and sources: report/counts.h, measures.h, priors.h, ranking.h, interval.h and
 * bootstrap.h.  A figure without a value is NaN.
 *
 * AUROC and AUPRC rank rows by the softmax probability of a class.  Like the log loss, they
 * have no value if the logits of some row are not finite.  The overall figures are means over
 * the classes that have a value.
 */
#ifndef LT_REPORT_MORE_H
#define LT_REPORT_MORE_H

#include "base/pool.h"
#include "report/interval.h"
#include "report/measures.h"

struct lt_more_options {
	unsigned sets;		 /* LT_SET(...) */
	struct lt_ratios ratios; /* of the priors */
	double level;		 /* of all intervals, 0 < level < 1 */
	int replicates;		 /* of the bootstrap */
	uint64_t seed;
	const char *against; /* name of the second model in the report; NULL: none */
};

/* An overall figure. */
struct lt_more_line {
	char name[40], title[40];
	bool basic;    /* lt_metrics has the value too */
	bool fraction; /* shown to people as a percentage */
	bool counted;  /* from counts: it has an interval, and is compared */
	double value;
	uint64_t rows;		     /* behind the value */
	struct lt_interval interval; /* with the set intervals */
	/* With a second model: its value, and the first model's minus the second's. */
	double other, difference;
	struct lt_interval difference_interval;
};

struct lt_more_class {
	uint64_t rows, predicted;
	double f1, auroc, auprc;
	double low, high; /* of the recall, by Wilson */
	/* With a second model: its recall; rows that only the first (won), or only the second
	 * (lost), predicts correctly. */
	double recall, other;
	uint64_t won, lost;
};

/* A figure of each class. */
struct lt_more_column {
	unsigned set;
	const char *name, *title;
	bool basic; /* lt_metrics has it too */
	bool fraction;
	size_t at; /* of a double in struct lt_more_class */
};
extern const struct lt_more_column lt_more_columns[]; /* ends with a NULL name */

struct lt_more_figures {
	const struct lt_more_options *options;
	int classes;
	uint64_t rows;
	struct lt_more_line *line; /* lines of them */
	int lines;
	struct lt_more_class *class_of;
	uint64_t won, lost; /* sums over the classes */
	double log_p;	    /* McNemar's test of the two models, natural logarithm */
};

struct lt_more;

/* options must live as long. */
int lt_more_new(struct lt_more **out, int classes, const struct lt_more_options *options,
		struct lt_error *err);
/*
 * Adds a row; rows without a label (outside the classes) are ignored.  Predictions are -1 if
 * logits are not finite.  other: prediction of the second model, else unused.  logits: classes
 * of them, read only for the set auc.
 */
int lt_more_add(struct lt_more *more, int label, int predicted, int other, const float *logits,
		struct lt_error *err);
/* train_counts and groups as for lt_metrics_finish; call it once. */
int lt_more_finish(struct lt_more *more, struct lt_pool *pool, const uint64_t *train_counts,
		   const struct lt_groups *groups, const struct lt_more_figures **out,
		   struct lt_error *err);
void lt_more_free(struct lt_more *more); /* NULL is allowed */

static inline double lt_more_cell(const struct lt_more_column *column,
				  const struct lt_more_class *of)
{
	return *(const double *)(const void *)((const char *)of + column->at);
}

/* ------------------------------------------------------------------ writing */

/* Parts of the reports, see lt_report_format.  names: of the classes. */
int lt_more_text(const struct lt_more_figures *more, const char *const *names,
		 struct lt_output *out, struct lt_error *err);
int lt_more_tsv(const struct lt_more_figures *more, const char *const *names,
		struct lt_output *out, struct lt_error *err);
int lt_more_json(const struct lt_more_figures *more, const char *const *names,
		 struct lt_output *out, struct lt_error *err);

#endif
