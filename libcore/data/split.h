/*
 * Long-tailed subsets: how many rows of each class are drawn, and which.
 *
 * Counts are those of the published CIFAR-LT code (Cui et al. 2019; Yang & Xu
 * 2020, section 3), with the same order of floating-point operations:
 *
 *	exp	n_k = (int)(head · pow(1 / ratio, k / (C - 1.0))), k = 0 … C - 1
 *	step	the first C / 2 classes head, the others (int)(head / ratio)
 *	none	head for all
 *	natural	all rows of each class
 *
 * For unlabelled rows, with N labelled rows in total:
 *
 *	total = (int)(N · factor), first = total / C (integers)
 *	u_k = (int)(first · pow(1 / ratio_u, k / (C - 1.0)))
 *	u_k = (int)(u_k · (total / Σ u))
 *
 * k numbers the classes from head to tail, in the order of --order.  Rows are drawn with
 * numpy's legacy generator and shuffle.  In that order, the rows of each class, in record
 * order, are shuffled.  The first of the permutation are labelled rows, the next ones
 * unlabelled rows; validation rows are taken from the end, test rows before them.
 */
#ifndef LT_DATA_SPLIT_H
#define LT_DATA_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "data/split_hold.h"

enum lt_split_profile {
	LT_SPLIT_EXP,
	LT_SPLIT_STEP,
	LT_SPLIT_NONE,
	LT_SPLIT_NATURAL, /* all rows except those for validation */
	LT_SPLIT_GIVEN,	  /* counts from a file */
};

enum lt_split_mix {
	LT_MIX_EXP,
	LT_MIX_REVERSED, /* the counts of exp, with the tail class first */
	LT_MIX_UNIFORM,	 /* exp with ratio 1 */
};

/* Where a row goes; also the order of the outputs in a manifest. */
enum lt_split_place {
	LT_PLACE_REST, /* not drawn */
	LT_PLACE_LABELLED,
	LT_PLACE_UNLABELLED,
	LT_PLACE_VAL,
	LT_PLACE_TEST,
	LT_PLACES,
};

struct lt_split_rule {
	enum lt_split_profile profile;
	const uint64_t *given; /* by label; LT_SPLIT_GIVEN */
	double head;	       /* rows of the head class; 0: the default (see lt_split_plan) */
	double ratio;
	bool unlabelled; /* are unlabelled rows wanted? */
	bool pooled;	 /* they come from a separate stream */
	enum lt_split_mix mix;
	double factor, mix_ratio;
	double relevance; /* share of the unlabelled rows that is not replaced: for
			     each class (int)(u_k · relevance) */
	uint64_t val;	  /* validation rows per class */
	bool allow_short; /* a class with too few rows gives all it has */
};

/* The rows that a split draws from. */
struct lt_split_stock {
	const char *input, *pool, *irrelevant; /* names for messages */
	int classes;
	const char *const *name;	  /* of the classes, by label */
	const int *order;		  /* labels from head to tail, each once */
	const uint64_t *rows;		  /* by label; without those that are held out */
	const struct lt_split_held *held; /* by shares; NULL: none are */
	const uint64_t *pool_rows;	  /* by label; NULL without a pool */
	uint64_t irrelevant_rows;
};

/* Counts by place in the order, head first. */
struct lt_split_plan {
	int classes;
	double head;
	bool head_lowered; /* some class has too few rows for rows ÷ classes */
	uint64_t *labelled, *unlabelled, *val, *test;
	uint64_t irrelevant; /* rows that replace unlabelled ones */
};

/* For exp, step and none; head ≥ 0, ratio ≥ 1; counts has room for classes ≥ 1 entries. */
void lt_split_counts(enum lt_split_profile profile, double head, double ratio, int classes,
		     uint64_t *counts);
/* All zero if total is less than classes. */
void lt_split_mix_counts(enum lt_split_mix mix, uint64_t labelled, double factor, double ratio,
			 int classes, uint64_t *counts);

/* Labels by descending number of rows; equal ones in ascending order. */
int lt_split_order_by_count(const uint64_t *rows, int classes, int *order,
			    struct lt_error *err);

/*
 * Computes the counts of a rule.  The default head is rows ÷ classes (not rounded) if
 * every class has enough rows for its labelled count, otherwise the largest whole number
 * for which all have.  Rows that the stock holds out are added to val and test if the draw
 * has to choose them.  LT_DATA if a class has too few rows: the message names it and the
 * largest head count or factor that would fit.  Release with lt_split_plan_free.
 */
int lt_split_plan(struct lt_split_plan *plan, const struct lt_split_rule *rule,
		  const struct lt_split_stock *stock, struct lt_error *err);
void lt_split_plan_free(struct lt_split_plan *plan);

/*
 * Groups row numbers by class: index[start[c] … start[c + 1]) are the rows with label c
 * that have no place yet (LT_PLACE_REST; with place NULL all of them), in ascending order.
 * start has classes + 1 entries.  Rows with label -1 are in no group, so index needs room
 * for start[classes] ≤ n numbers.
 */
void lt_split_by_class(const int32_t *label, const uint8_t *place, uint64_t n, int classes,
		       int64_t *index, uint64_t *start);

/*
 * The draws.  Each function shuffles index class by class, head first, and writes the
 * places of the drawn rows to place (one byte per row, LT_PLACE_REST before).
 * lt_split_draw draws labelled, validation, test and, unless pooled, unlabelled rows;
 * lt_split_draw_pool unlabelled rows; lt_split_draw_irrelevant shuffles all n
 * of index at once.  They share one generator and must be called in this order.
 */
void lt_split_draw(const struct lt_split_plan *plan, const int *order, bool pooled,
		   struct lt_mt19937 *mt, int64_t *index, const uint64_t *start,
		   uint8_t *place);
void lt_split_draw_pool(const struct lt_split_plan *plan, const int *order,
			struct lt_mt19937 *mt, int64_t *index, const uint64_t *start,
			uint8_t *place);
void lt_split_draw_irrelevant(const struct lt_split_plan *plan, struct lt_mt19937 *mt,
			      int64_t *index, uint64_t n, uint8_t *place);

#endif
