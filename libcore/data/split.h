/*
 * Long-tailed subsets: how many rows of each class, and which.
 *
 * Counts are those of the published CIFAR-LT code (Cui et al. 2019; Yang & Xu
 * 2020, section 3), in its order of floating-point operations:
 *
 *	exp	n_k = (int)(head · pow(1 / ratio, k / (C - 1.0))), k = 0 … C - 1
 *	step	the first C / 2 classes head, the others (int)(head / ratio)
 *	none	head for all
 *
 * and for unlabelled rows, with N labelled rows in all
 *
 *	total = (int)(N · factor), first = total / C (integers)
 *	u_k = (int)(first · pow(1 / ratio_u, k / (C - 1.0)))
 *	u_k = (int)(u_k · (total / Σ u))
 *
 * k counts classes from head to tail, in the order that was asked for.  The
 * draw is numpy's legacy generator and shuffle: in that order each class's
 * rows, in record order, are shuffled; the labelled rows are the first of the
 * permutation, the unlabelled ones follow, validation is taken from the end.
 */
#ifndef LT_DATA_SPLIT_H
#define LT_DATA_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"

enum lt_split_profile {
	LT_SPLIT_EXP,
	LT_SPLIT_STEP,
	LT_SPLIT_NONE,
	LT_SPLIT_GIVEN, /* counts from a file */
};

enum lt_split_mix {
	LT_MIX_EXP,
	LT_MIX_REVERSED, /* the counts of exp, the tail class first */
	LT_MIX_UNIFORM,	 /* exp with ratio 1 */
};

/* What becomes of a row; also the order of a manifest's outputs. */
enum lt_split_place {
	LT_PLACE_REST, /* not drawn */
	LT_PLACE_LABELLED,
	LT_PLACE_UNLABELLED,
	LT_PLACE_VAL,
	LT_PLACES,
};

struct lt_split_rule {
	enum lt_split_profile profile;
	const uint64_t *given; /* by label; LT_SPLIT_GIVEN */
	double head;	       /* rows of the head class; 0: the default (see lt_split_plan) */
	double ratio;
	bool unlabelled; /* are unlabelled rows wanted? */
	bool pooled;	 /* they come from a stream of their own */
	enum lt_split_mix mix;
	double factor, mix_ratio;
	double relevance; /* share of the unlabelled rows that is not replaced, by class
			     (int)(u_k · relevance) */
	uint64_t val;	  /* rows a class for validation */
	bool allow_short; /* a class with too few rows gives what it has */
};

/* What there is to draw from. */
struct lt_split_stock {
	const char *input, *pool, *irrelevant; /* names for messages */
	int classes;
	const char *const *name;   /* of the classes, by label */
	const int *order;	   /* labels from head to tail, each once */
	const uint64_t *rows;	   /* by label */
	const uint64_t *pool_rows; /* by label; NULL without a pool */
	uint64_t irrelevant_rows;
};

/* Counts by place in the order, head first. */
struct lt_split_plan {
	int classes;
	double head;
	bool head_lowered; /* rows ÷ classes was more than a class can serve */
	uint64_t *labelled, *unlabelled, *val;
	uint64_t irrelevant; /* rows that replace unlabelled ones */
};

/* head ≥ 0, ratio ≥ 1; counts has room for classes ≥ 1. */
void lt_split_counts(enum lt_split_profile profile, double head, double ratio, int classes,
		     uint64_t *counts);
/* All zero when total is less than classes. */
void lt_split_mix_counts(enum lt_split_mix mix, uint64_t labelled, double factor, double ratio,
			 int classes, uint64_t *counts);

/*
 * The counts of a rule.  The default head is rows ÷ classes (not rounded) where
 * every class can serve its labelled share, else the largest whole number that
 * all can serve.  LT_DATA when a class has too few rows: the message names it
 * and the largest head count or factor that would fit.  lt_split_plan_free.
 */
int lt_split_plan(struct lt_split_plan *plan, const struct lt_split_rule *rule,
		  const struct lt_split_stock *stock, struct lt_error *err);
void lt_split_plan_free(struct lt_split_plan *plan);

/*
 * Row numbers grouped by class: index[start[c] … start[c + 1]) are those with
 * label c, ascending.  start has classes + 1 entries; rows with label -1 are in
 * no group, so index needs room for start[classes] at most n numbers.
 */
void lt_split_group(const int32_t *label, uint64_t n, int classes, int64_t *index,
		    uint64_t *start);

/*
 * The draws.  Each shuffles index class by class, head first, and writes the
 * places of the drawn rows into place (one byte a row, LT_PLACE_REST before).
 * lt_split_draw takes labelled, validation and, unless pooled, unlabelled rows;
 * lt_split_draw_pool unlabelled rows; lt_split_draw_irrelevant shuffles all n
 * of index at once.  They share one generator, called in this order.
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
