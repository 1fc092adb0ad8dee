/*
 * The accuracy of a classifier, class by class.
 *
 * Rows are added one at a time, in the order of the stream (sums of real numbers
 * are in this order, so equal inputs give equal bytes).  lt_metrics_finish computes
 * the figures.  A figure without a value (an empty group, a class without rows, a
 * loss that is not finite) is NaN here and "-" in reports.
 *
 * Definitions (Y row's label, P predicted, n_c rows of class c):
 *	accuracy            right rows ÷ rows with a label
 *	recall of c         right rows of c ÷ n_c; the per-class accuracy
 *	precision of c      right rows of c ÷ labelled rows predicted as c
 *	balanced accuracy   mean recall of the classes that have rows
 *	geometric mean      (Π recall)^(1/K) over the K classes that have rows, a recall
 *	                    of 0 counted as 1/(100 K) (Kim et al., DARP, NeurIPS 2020)
 *	top-5               label among the five largest logits; only above 5 classes
 *	NLL                 mean of -log p(label)
 *	ECE                 Σ over 15 equal bins (a, b] of the largest probability:
 *	                    |right rows - Σ confidence| ÷ rows (Naeini et al., AAAI 2015)
 *	many, medium, few   by the training counts of the classes, see struct lt_groups;
 *	                    a group's accuracy is the mean recall of its classes that have rows
 */
#ifndef LT_REPORT_METRICS_H
#define LT_REPORT_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "stream/output.h"

#define LT_ECE_BINS 15
/* The largest number of classes with a confusion matrix, which then takes 32 MiB. */
#define LT_CONFUSION_CLASSES 2048

/* One row's result. */
struct lt_outcome {
	int label;	   /* -1: none; the row is only counted */
	int predicted;	   /* -1: the logits are not finite; such a row counts as wrong */
	double confidence; /* largest probability */
	double nll;	   /* -log of the label's probability; unused without a label */
	bool top5;	   /* label among the five largest logits */
};

/*
 * From logits (classes ≥ 1 of them; for a cosine head scale × cosine).  Equal
 * logits: the class with the lower index comes first.  label -1: none.  A logit
 * that is not finite gives predicted -1, confidence and nll NaN.
 * *probability (classes values) may be NULL.
 */
void lt_outcome_of(const float *logits, int classes, int label, double *probability,
		   struct lt_outcome *out);

/*
 * How classes are grouped.  By thresholds on the training counts: many above
 * high, few below low, medium the rest ("100,20": Kang et al., ICLR 2020).  By
 * thirds: classes ranked by count from large to small, equal counts by class
 * index; the first ⌊C/3⌋ are many, the last ⌊C/3⌋ few, the rest medium (10
 * classes: 3, 4, 3).
 */
struct lt_groups {
	bool thirds;
	uint64_t high, low;
};

enum { LT_MANY, LT_MEDIUM, LT_FEW, LT_GROUPS };
extern const char *const lt_group_names[LT_GROUPS]; /* "many", "medium", "few" */

/* "thirds" or "HIGH,LOW" with HIGH ≥ LOW; LT_USAGE otherwise. */
int lt_groups_parse(const char *text, struct lt_groups *groups, struct lt_error *err);
/* order[r]: the class of rank r by training count, as above. */
int lt_rank_classes(const uint64_t *train_counts, int classes, int *order,
		    struct lt_error *err);
/* group[c] of each class from its training count. */
int lt_groups_assign(const struct lt_groups *groups, const uint64_t *train_counts, int classes,
		     uint8_t *group, struct lt_error *err);

/* A figure and the number of rows behind it. */
struct lt_figure {
	double value; /* a fraction (NLL: nats); NaN: no value */
	uint64_t count;
};

struct lt_class_figures {
	struct lt_figure recall, precision;
	uint64_t right;
	uint64_t train_count; /* 0 without training counts */
	int group;	      /* LT_MANY …; -1 without training counts */
};

struct lt_group_figures {
	int classes; /* in the group, with or without rows */
	struct lt_figure accuracy, ece;
};

struct lt_figures {
	int classes;
	const char *const *names; /* as given to lt_metrics_new */
	uint64_t rows;		  /* with a label */
	uint64_t without_label;
	uint64_t not_finite; /* labelled rows whose logits are not finite */
	uint64_t right;
	bool has_top5, has_groups;
	struct lt_figure accuracy, balanced, geometric, top5, nll, ece;
	struct lt_group_figures group[LT_GROUPS];
	struct lt_class_figures *class_of; /* classes of them */
	const uint64_t
		*confusion; /* [true × classes + predicted], NULL above LT_CONFUSION_CLASSES */
};

struct lt_metrics;

/* names (classes ≥ 1 of them) must live as long as the metrics. */
int lt_metrics_new(struct lt_metrics **out, int classes, const char *const *names,
		   struct lt_error *err);
/* A label or prediction outside the classes counts as -1. */
void lt_metrics_add(struct lt_metrics *metrics, const struct lt_outcome *outcome);
/*
 * Computes all figures, which the metrics own.  train_counts (classes of them)
 * and groups may be NULL; there are no groups then.
 */
int lt_metrics_finish(struct lt_metrics *metrics, const uint64_t *train_counts,
		      const struct lt_groups *groups, const struct lt_figures **out,
		      struct lt_error *err);
void lt_metrics_free(struct lt_metrics *metrics); /* NULL is allowed */

/* ------------------------------------------------------------------ writing */

struct lt_more_figures;

/* Optional contents of a report. */
struct lt_report_options {
	bool confusion; /* text: a matrix up to 20 classes, above that the 20 commonest
			   confusions */
	const struct lt_more_figures *more; /* report/more.h; NULL: none */
};

typedef int lt_report_writer(const struct lt_figures *figures,
			     const struct lt_report_options *options, struct lt_output *out,
			     struct lt_error *err);

/*
 * The formats.  text: tables for people.  tsv: lines "metric class value count"
 * below a heading of these words, separated by tabs, with class "-" for an overall
 * figure and value a fraction in the shortest exact decimal text, or "-" for none.
 * json: one object, null for none.
 */
#define LT_REPORT_FORMATS(X) X(text) X(tsv) X(json)

#define LT_REPORT_DECLARE(name) lt_report_writer lt_report_##name;
LT_REPORT_FORMATS(LT_REPORT_DECLARE)

struct lt_report_format {
	const char *name;
	lt_report_writer *write;
};

extern const struct lt_report_format lt_report_formats[]; /* ends with a NULL name */
/* The same names for an option's choices, in the same order, ending with NULL. */
extern const char *const lt_report_format_names[];

/*
 * Writes a line "metric class value count" of a TSV table; the metric's name is metric
 * followed by suffix.  NaN: "-".
 */
int lt_tsv_line(struct lt_output *out, const char *metric, const char *suffix, const char *of,
		double value, uint64_t count, struct lt_error *err);

#endif
