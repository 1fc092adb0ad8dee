#include "report/measures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"

/* ------------------------------------------------------------------ functions */

double lt_f1(const struct lt_counts *counts, int c)
{
	uint64_t both = counts->rows[c] + counts->predicted[c];

	return both ? 2 * (double)counts->right[c] / (double)both : NAN;
}

double lt_macro_f1(const struct lt_counts *counts)
{
	double sum = 0;
	int present = 0;

	for (int c = 0; c < counts->classes; c++) {
		double f1 = lt_f1(counts, c);

		if (isnan(f1))
			continue;
		sum += f1;
		present++;
	}
	return present ? sum / present : NAN;
}

double lt_mcc(const struct lt_counts *counts)
{
	double n = (double)counts->total, none = (double)counts->none, both = 0,
	       predicted = none * none, rows = 0, divisor;

	if (counts->total == 0)
		return NAN;
	for (int c = 0; c < counts->classes; c++) {
		double p = (double)counts->predicted[c], t = (double)counts->rows[c];

		both += p * t;
		predicted += p * p;
		rows += t * t;
	}
	divisor = sqrt(n * n - predicted) * sqrt(n * n - rows);
	return divisor > 0 ? (n * (double)counts->hits - both) / divisor : 0;
}

static double accuracy(const struct lt_counts *counts, const struct lt_measure *measure)
{
	(void)measure;
	return lt_counts_accuracy(counts);
}

static double balanced(const struct lt_counts *counts, const struct lt_measure *measure)
{
	(void)measure;
	return lt_counts_mean_recall(counts, NULL, 0);
}

static double geometric(const struct lt_counts *counts, const struct lt_measure *measure)
{
	(void)measure;
	return lt_counts_geometric(counts);
}

static double group(const struct lt_counts *counts, const struct lt_measure *measure)
{
	return lt_counts_mean_recall(counts, measure->group_of, measure->group);
}

static double macro_f1(const struct lt_counts *counts, const struct lt_measure *measure)
{
	(void)measure;
	return lt_macro_f1(counts);
}

static double mcc(const struct lt_counts *counts, const struct lt_measure *measure)
{
	(void)measure;
	return lt_mcc(counts);
}

static double prior(const struct lt_counts *counts, const struct lt_measure *measure)
{
	return lt_prior_accuracy(counts, measure->weight);
}

/* ------------------------------------------------------------------ the list */

/* Set 0: always.  Groups and priors follow, which depend on the data. */
static const struct {
	unsigned set;
	struct lt_measure measure;
} table[] = {
	{0, {"accuracy", "accuracy", true, true, accuracy, NULL, 0, NULL}},
	{0, {"balanced_accuracy", "balanced accuracy", true, true, balanced, NULL, 0, NULL}},
	{0, {"geometric_mean", "geometric mean", true, true, geometric, NULL, 0, NULL}},
	{LT_SET(f1), {"macro_f1", "macro F1", false, true, macro_f1, NULL, 0, NULL}},
	{LT_SET(mcc), {"mcc", "Matthews correlation", false, false, mcc, NULL, 0, NULL}},
};

#define TABLE ((int)(sizeof table / sizeof *table))
/* Forward and backward, of the counts and of each ratio, and uniform. */
#define MOST_PRIORS (2 * (1 + LT_MAX_RATIOS) + 1)

static const char *const set_names[] = {
#define NAME(name) #name,
	LT_FIGURE_SETS(NAME)
#undef NAME
};

static int set_of(const char *word, size_t n)
{
	for (int i = 0; i < LT_FIGURE_BITS; i++)
		if (strlen(set_names[i]) == n && memcmp(set_names[i], word, n) == 0)
			return i;
	return -1;
}

int lt_figure_sets_parse(const char *text, unsigned *sets, struct lt_error *err)
{
	*sets = 0;
	if (strcmp(text, "all") == 0) {
		*sets = (1u << LT_FIGURE_BITS) - 1;
		return 0;
	}
	for (const char *at = text, *end;; at = end + 1) {
		size_t n = strcspn(at, ",");
		int set = set_of(at, n);

		end = at + n;
		if (set < 0)
			return lt_fail(
				err, LT_USAGE,
				"figures \"%s\" are neither \"all\" nor some of f1, mcc, "
				"auc, intervals and priors, with commas between",
				text);
		*sets |= 1u << set;
		if (!*end)
			return 0;
	}
}

static int add_groups(struct lt_measures *m, int classes, const uint64_t *train_counts,
		      const struct lt_groups *groups, struct lt_error *err)
{
	int code;

	m->group_of = lt_new_array((size_t)classes, sizeof *m->group_of);
	if (!m->group_of)
		return lt_fail_memory(err);
	if ((code = lt_groups_assign(groups, train_counts, classes, m->group_of, err)) != 0)
		return code;
	for (int g = 0; g < LT_GROUPS; g++) {
		struct lt_measure *one = &m->list[m->n++];

		*one = (struct lt_measure){.basic = true,
					   .fraction = true,
					   .of = group,
					   .group_of = m->group_of,
					   .group = g};
		snprintf(one->name, sizeof one->name, "%s", lt_group_names[g]);
		snprintf(one->title, sizeof one->title, "%s", lt_group_names[g]);
	}
	return 0;
}

/* ratio 0: the name has no ratio.  The weights follow those of the earlier priors. */
static double *add_prior(struct lt_measures *m, int classes, const char *way, double ratio)
{
	struct lt_measure *one = &m->list[m->n++];
	double *weight = m->weights + (size_t)m->n_priors++ * (size_t)classes;
	char text[32];

	*one = (struct lt_measure){.fraction = true, .of = prior, .weight = weight};
	lt_format_real(ratio, text);
	snprintf(one->name, sizeof one->name, ratio > 0 ? "prior_%s_%s" : "prior_%s", way,
		 text);
	snprintf(one->title, sizeof one->title, ratio > 0 ? "prior %s %s" : "prior %s", way,
		 text);
	return weight;
}

/* From the counts, then from the ratios in their given order. */
static void add_tailed(struct lt_measures *m, int classes, const uint64_t *train_counts,
		       const int *order, const struct lt_ratios *ratios, bool backward)
{
	int n = ratios ? ratios->n : 0;

	for (int i = -1; i < n; i++) {
		double ratio = i < 0 ? 0 : ratios->ratio[i];

		lt_prior_weights(
			train_counts, order, classes, ratio, backward,
			add_prior(m, classes, backward ? "backward" : "forward", ratio));
	}
}

static int add_priors(struct lt_measures *m, int classes, const uint64_t *train_counts,
		      const struct lt_ratios *ratios, struct lt_error *err)
{
	int *order = lt_new_array((size_t)classes, sizeof *order), code = 0;
	double *weight;

	m->weights = lt_new_array((size_t)classes, MOST_PRIORS * sizeof *m->weights);
	if (!order || !m->weights)
		code = lt_fail_memory(err);
	else if (train_counts)
		code = lt_rank_classes(train_counts, classes, order, err);
	if (code == 0) {
		if (train_counts)
			add_tailed(m, classes, train_counts, order, ratios, false);
		weight = add_prior(m, classes, "uniform", 0);
		for (int c = 0; c < classes; c++)
			weight[c] = 1;
		if (train_counts)
			add_tailed(m, classes, train_counts, order, ratios, true);
	}
	lt_free(order);
	return code;
}

int lt_measures_new(struct lt_measures *m, unsigned sets, int classes,
		    const uint64_t *train_counts, const struct lt_groups *groups,
		    const struct lt_ratios *ratios, struct lt_error *err)
{
	int code = 0;

	*m = (struct lt_measures){0};
	m->list = lt_new_array(TABLE + LT_GROUPS + MOST_PRIORS, sizeof *m->list);
	if (!m->list)
		return lt_fail_memory(err);
	for (int i = 0; i < TABLE; i++)
		if (table[i].set == 0 || (table[i].set & sets))
			m->list[m->n++] = table[i].measure;
	if (train_counts && groups)
		code = add_groups(m, classes, train_counts, groups, err);
	if (code == 0 && (sets & LT_SET(priors)))
		code = add_priors(m, classes, train_counts, ratios, err);
	return code;
}

void lt_measures_free(struct lt_measures *m)
{
	lt_free(m->list);
	lt_free(m->group_of);
	lt_free(m->weights);
	*m = (struct lt_measures){0};
}
