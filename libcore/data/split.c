/* The counts of long-tailed subsets, the order of classes by count, and the draws. */
#include "data/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"

/* -------------------------------------------------------------------- counts */

/* head · pow(1 / ratio, k / (C - 1)), cut to an integer. */
static uint64_t exponential(double head, double ratio, int k, int classes)
{
	double place = classes > 1 ? k / (classes - 1.0) : 0;

	return (uint64_t)(head * lt_pow(1 / ratio, place));
}

void lt_split_counts(enum lt_split_profile profile, double head, double ratio, int classes,
		     uint64_t *counts)
{
	int k;

	for (k = 0; k < classes; k++) {
		if (profile == LT_SPLIT_EXP)
			counts[k] = exponential(head, ratio, k, classes);
		else if (profile == LT_SPLIT_STEP && classes > 1 && k >= classes / 2)
			counts[k] = (uint64_t)(head * (1 / ratio));
		else
			counts[k] = (uint64_t)head;
	}
}

void lt_split_mix_counts(enum lt_split_mix mix, uint64_t labelled, double factor, double ratio,
			 int classes, uint64_t *counts)
{
	uint64_t total = (uint64_t)((double)labelled * factor), first, sum = 0, kept;
	double up;
	int k;

	first = total / (uint64_t)classes;
	for (k = 0; k < classes; k++) {
		counts[k] = exponential((double)first, mix == LT_MIX_UNIFORM ? 1 : ratio, k,
					classes);
		sum += counts[k];
	}
	up = sum > 0 ? (double)total / (double)sum : 0;
	for (k = 0; k < classes; k++)
		counts[k] = (uint64_t)((double)counts[k] * up);
	for (k = 0; mix == LT_MIX_REVERSED && k < classes / 2; k++) {
		kept = counts[k];
		counts[k] = counts[classes - 1 - k];
		counts[classes - 1 - k] = kept;
	}
}

/* --------------------------------------------------------------------- order */

struct class_rows {
	uint64_t rows;
	int label;
};

static int more_rows_first(const void *left, const void *right)
{
	const struct class_rows *a = left, *b = right;

	if (a->rows != b->rows)
		return a->rows < b->rows ? 1 : -1;
	return (a->label > b->label) - (a->label < b->label);
}

int lt_split_order_by_count(const uint64_t *rows, int classes, int *order, struct lt_error *err)
{
	struct class_rows *sorted = lt_new_array((size_t)classes, sizeof *sorted);
	int c;

	if (!sorted)
		return lt_fail_memory(err);
	for (c = 0; c < classes; c++)
		sorted[c] = (struct class_rows){rows[c], c};
	qsort(sorted, (size_t)classes, sizeof *sorted, more_rows_first);
	for (c = 0; c < classes; c++)
		order[c] = sorted[c].label;
	lt_free(sorted);
	return 0;
}

/* ---------------------------------------------------------------------- draw */

/* The class of a row that can be drawn, or -1. */
static int32_t free_label(const int32_t *label, const uint8_t *place, uint64_t i)
{
	return place && place[i] != LT_PLACE_REST ? -1 : label[i];
}

void lt_split_by_class(const int32_t *label, const uint8_t *place, uint64_t n, int classes,
		       int64_t *index, uint64_t *start)
{
	uint64_t i;
	int32_t own;
	int c;

	/* start[c + 1] first counts class c, then it is the position of its next row. */
	memset(start, 0, ((size_t)classes + 1) * sizeof *start);
	for (i = 0; i < n; i++) {
		own = free_label(label, place, i);
		if (own >= 0 && own < classes - 1)
			start[own + 2]++;
	}
	for (c = 2; c <= classes; c++)
		start[c] += start[c - 1];
	for (i = 0; i < n; i++) {
		own = free_label(label, place, i);
		if (own >= 0 && own < classes)
			index[start[own + 1]++] = (int64_t)i;
	}
}

static void put(uint8_t *place, const int64_t *index, uint64_t n, enum lt_split_place where)
{
	while (n-- > 0)
		place[index[n]] = (uint8_t)where;
}

void lt_split_draw(const struct lt_split_plan *plan, const int *order, bool pooled,
		   struct lt_mt19937 *mt, int64_t *index, const uint64_t *start, uint8_t *place)
{
	uint64_t rows;
	int64_t *own;
	int k;

	for (k = 0; k < plan->classes; k++) {
		own = index + start[order[k]];
		rows = start[order[k] + 1] - start[order[k]];
		lt_mt_shuffle(mt, own, rows);
		put(place, own, plan->labelled[k], LT_PLACE_LABELLED);
		if (!pooled)
			put(place, own + plan->labelled[k], plan->unlabelled[k],
			    LT_PLACE_UNLABELLED);
		rows -= plan->val[k];
		put(place, own + rows, plan->val[k], LT_PLACE_VAL);
		rows -= plan->test[k];
		put(place, own + rows, plan->test[k], LT_PLACE_TEST);
	}
}

void lt_split_draw_pool(const struct lt_split_plan *plan, const int *order,
			struct lt_mt19937 *mt, int64_t *index, const uint64_t *start,
			uint8_t *place)
{
	int64_t *own;
	int k;

	for (k = 0; k < plan->classes; k++) {
		own = index + start[order[k]];
		lt_mt_shuffle(mt, own, start[order[k] + 1] - start[order[k]]);
		put(place, own, plan->unlabelled[k], LT_PLACE_UNLABELLED);
	}
}

void lt_split_draw_irrelevant(const struct lt_split_plan *plan, struct lt_mt19937 *mt,
			      int64_t *index, uint64_t n, uint8_t *place)
{
	lt_mt_shuffle(mt, index, n);
	put(place, index, plan->irrelevant, LT_PLACE_UNLABELLED);
}
