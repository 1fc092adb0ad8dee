#include "method/mask.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "method/target.h"

static void weigh_all(struct lt_mask *mask, struct lt_target *target)
{
	(void)mask;
	(void)target;
}

static void weigh_fixed(struct lt_mask *mask, struct lt_target *t)
{
	for (int i = 0; i < t->n; i++)
		t->weight[i] = t->top[i] >= mask->threshold;
}

/* --------------------------------------------------------------------------- flex */

/* Of each row 1 + its class, or 0; then the counts s_0, s_1 …  */
static size_t flex_numbers(int classes, uint64_t rows)
{
	return (size_t)rows + 1 + (size_t)classes;
}

static void flex_start(struct lt_mask *mask)
{
	mask->number[mask->rows] = (double)mask->rows;
}

static void weigh_flex(struct lt_mask *mask, struct lt_target *t)
{
	double *class_of = mask->number, *count = class_of + mask->rows, most = count[0];

	for (int c = 1; c <= mask->classes; c++)
		most = count[c] > most ? count[c] : most;
	for (int i = 0; i < t->n; i++) {
		double b = count[1 + t->label[i]] / most;

		t->weight[i] = t->top[i] >= mask->threshold * b / (2 - b);
	}
	for (int i = 0; i < t->n; i++) {
		double *own = &class_of[t->row[i]];

		if (!(t->top[i] >= mask->threshold))
			continue;
		count[(int)*own]--;
		*own = 1 + t->label[i];
		count[(int)*own]++;
	}
}

/* --------------------------------------------------------------------------- free */

static size_t free_numbers(int classes, uint64_t rows)
{
	(void)rows;
	return LT_FREE_CLASSES + 3 * (size_t)classes;
}

static void free_start(struct lt_mask *mask)
{
	for (int i = 0; i < LT_FREE_CLASSES + 2 * mask->classes; i++)
		mask->number[i] = 1.0 / mask->classes;
}

static void weigh_free(struct lt_mask *mask, struct lt_target *t)
{
	int classes = mask->classes;
	double *global = &mask->number[LT_FREE_GLOBAL];
	double *own = mask->number + LT_FREE_CLASSES, *labels = own + classes;
	double *new = labels + classes, mean = 0, most = 0;

	memset(new, 0, (size_t)classes * sizeof *new);
	for (int i = 0; i < t->n; i++) {
		mean += t->top[i] / t->n;
		new[t->label[i]] += 1.0 / t->n;
	}
	lt_running(global, &mean, 1);
	lt_running(labels, new, classes);
	lt_running(own, t->mean, classes);
	for (int c = 0; c < classes; c++)
		most = own[c] > most ? own[c] : most;
	for (int i = 0; i < t->n; i++)
		t->weight[i] = t->top[i] >= *global * own[t->label[i]] / most;
}

/* --------------------------------------------------------------------------- soft */

static size_t soft_numbers(int classes, uint64_t rows)
{
	(void)classes;
	(void)rows;
	return 2;
}

static void soft_start(struct lt_mask *mask)
{
	mask->number[0] = 1.0 / mask->classes;
	mask->number[1] = 1;
}

static void weigh_soft(struct lt_mask *mask, struct lt_target *t)
{
	double mean = 0, variance = 0, *m = &mask->number[0], *v = &mask->number[1];

	for (int i = 0; i < t->n; i++)
		mean += t->top[i] / t->n;
	for (int i = 0; i < t->n; i++)
		variance += (t->top[i] - mean) * (t->top[i] - mean) / (t->n - 1);
	lt_running(m, &mean, 1);
	/* One row has no variance. */
	if (t->n > 1)
		lt_running(v, &variance, 1);
	for (int i = 0; i < t->n; i++) {
		double below = fmin(t->top[i] - *m, 0);

		t->weight[i] = below == 0 ? 1 : lt_exp(-below * below / (*v / 2));
	}
}

const struct lt_mask_rule lt_masks[] = {
	[LT_MASK_NONE] = {.name = "none", .weigh = weigh_all},
	[LT_MASK_FIXED] = {.name = "fixed", .weigh = weigh_fixed},
	[LT_MASK_FLEX] = {.name = "flex",
			  .numbers = flex_numbers,
			  .start = flex_start,
			  .weigh = weigh_flex},
	[LT_MASK_FREE] = {.name = "free",
			  .numbers = free_numbers,
			  .start = free_start,
			  .weigh = weigh_free},
	[LT_MASK_SOFT] = {.name = "soft",
			  .numbers = soft_numbers,
			  .start = soft_start,
			  .weigh = weigh_soft},
};
