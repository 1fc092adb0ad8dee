/* The plan of a split: the counts of its rule, and the error if a class has too few rows. */
#include "data/split.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/number.h"

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t sum_of(const uint64_t *counts, int n)
{
	uint64_t sum = 0;

	while (n-- > 0)
		sum += counts[n];
	return sum;
}

/* All rows but those for validation, which never take the last one. */
static uint64_t natural(const struct lt_split_rule *rule, uint64_t rows)
{
	if (rows > rule->val)
		return rows - rule->val;
	return rows > 0 ? 1 : 0;
}

/* Do the counts follow from a head count? */
static bool has_head(const struct lt_split_rule *rule)
{
	return rule->profile != LT_SPLIT_GIVEN && rule->profile != LT_SPLIT_NATURAL;
}

static void ask_labelled(struct lt_split_plan *plan, const struct lt_split_rule *rule,
			 const struct lt_split_stock *stock, double head)
{
	uint64_t rows;
	int k;

	plan->head = head;
	if (has_head(rule))
		lt_split_counts(rule->profile, head, rule->ratio, stock->classes,
				plan->labelled);
	for (k = 0; k < stock->classes; k++) {
		rows = stock->rows[stock->order[k]];
		if (rule->profile == LT_SPLIT_GIVEN)
			plan->labelled[k] = rule->given[stock->order[k]];
		else if (rule->profile == LT_SPLIT_NATURAL)
			plan->labelled[k] = natural(rule, rows);
		if (rule->allow_short)
			plan->labelled[k] = smaller(plan->labelled[k], rows);
	}
}

/* Unlabelled rows of a class that are left in its stream. */
static uint64_t unlabelled_left(const struct lt_split_plan *plan,
				const struct lt_split_rule *rule,
				const struct lt_split_stock *stock, int k)
{
	uint64_t rows = stock->rows[stock->order[k]];

	if (rule->pooled)
		return stock->pool_rows[stock->order[k]];
	return rows - smaller(rows, plan->labelled[k]);
}

static void ask_unlabelled(struct lt_split_plan *plan, const struct lt_split_rule *rule,
			   const struct lt_split_stock *stock, double factor)
{
	uint64_t whole, relevant;
	int k;

	plan->irrelevant = 0;
	if (!rule->unlabelled)
		return;
	lt_split_mix_counts(rule->mix, sum_of(plan->labelled, stock->classes), factor,
			    rule->mix_ratio, stock->classes, plan->unlabelled);
	for (k = 0; k < stock->classes; k++) {
		whole = plan->unlabelled[k];
		relevant = (uint64_t)((double)whole * rule->relevance);
		plan->irrelevant += whole - relevant;
		if (rule->allow_short)
			relevant = smaller(relevant, unlabelled_left(plan, rule, stock, k));
		plan->unlabelled[k] = relevant;
	}
	if (rule->allow_short)
		plan->irrelevant = smaller(plan->irrelevant, stock->irrelevant_rows);
}

/* Rows of class k that must come from the input itself. */
static uint64_t own_need(const struct lt_split_plan *plan, const struct lt_split_rule *rule,
			 int k)
{
	return plan->labelled[k] + plan->val[k] + (rule->pooled ? 0 : plan->unlabelled[k]);
}

static void ask(struct lt_split_plan *plan, const struct lt_split_rule *rule,
		const struct lt_split_stock *stock, double head, double factor)
{
	uint64_t rows;
	int k;

	ask_labelled(plan, rule, stock, head);
	ask_unlabelled(plan, rule, stock, factor);
	for (k = 0; k < stock->classes; k++) {
		plan->val[k] = 0;
		rows = stock->rows[stock->order[k]];
		if (rule->allow_short)
			plan->val[k] = smaller(rule->val, rows - own_need(plan, rule, k));
		else
			plan->val[k] = rule->val;
	}
}

/*
 * The first class with too few rows for the plan; `classes` if the irrelevant rows are too
 * few, -1: none.
 */
static int first_short(const struct lt_split_plan *plan, const struct lt_split_rule *rule,
		       const struct lt_split_stock *stock)
{
	int k, c;

	for (k = 0; k < stock->classes; k++) {
		c = stock->order[k];
		if (own_need(plan, rule, k) > stock->rows[c] ||
		    (rule->pooled && plan->unlabelled[k] > stock->pool_rows[c]))
			return k;
	}
	return plan->irrelevant > stock->irrelevant_rows ? stock->classes : -1;
}

static bool fits(struct lt_split_plan *scratch, const struct lt_split_rule *rule,
		 const struct lt_split_stock *stock, double head, double factor)
{
	ask(scratch, rule, stock, head, factor);
	return first_short(scratch, rule, stock) < 0;
}

/* A size of the plan: whole numbers for head counts, hundredths for factors. */
static bool fits_at(struct lt_split_plan *scratch, const struct lt_split_rule *rule,
		    const struct lt_split_stock *stock, double head, uint64_t size)
{
	return head > 0 ? fits(scratch, rule, stock, head, (double)size / 100)
			: fits(scratch, rule, stock, (double)size, rule->factor);
}

/*
 * The largest size below limit that fits, where limit does not: a head count, or the factor
 * for a given head count.  Because counts are truncated to integers, sizes near the boundary
 * may alternate between fitting and not, so bisection is followed by a few larger sizes.
 */
static uint64_t largest(struct lt_split_plan *scratch, const struct lt_split_rule *rule,
			const struct lt_split_stock *stock, double head, uint64_t limit)
{
	uint64_t low = 0, high = limit, middle, end;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (fits_at(scratch, rule, stock, head, middle))
			low = middle;
		else
			high = middle;
	}
	end = limit - low > 64 ? low + 64 : limit;
	for (middle = low + 1; middle < end; middle++)
		if (fits_at(scratch, rule, stock, head, middle))
			low = middle;
	return low;
}

/* "; --max 900 or --unlabeled-factor 1.2 would fit": the advice after a shortage. */
static void advise(char *text, size_t size, struct lt_split_plan *scratch,
		   const struct lt_split_rule *rule, const struct lt_split_stock *stock,
		   double head)
{
	uint64_t max = 0;
	double factor = 0;
	char number[32];
	int used;

	if (has_head(rule))
		max = largest(scratch, rule, stock, 0, (uint64_t)ceil(head));
	if (rule->unlabelled)
		factor = (double)largest(scratch, rule, stock, head,
					 (uint64_t)ceil(rule->factor * 100)) /
			 100;
	used = snprintf(text, size, "; the largest that would fit: ");
	if (max > 0)
		used += snprintf(text + used, size - (size_t)used, "--max %" PRIu64, max);
	if (factor > 0) {
		lt_format_real(factor, number);
		snprintf(text + used, size - (size_t)used, "%s--unlabeled-factor %s",
			 max > 0 ? " or " : "", number);
	}
	if (max == 0 && !(factor > 0) && rule->profile == LT_SPLIT_NATURAL)
		snprintf(text, size, "; a smaller --val-per-class or --allow-short would fit");
	else if (max == 0 && !(factor > 0))
		snprintf(text, size, "; no head count or factor would fit");
}

static int tell_short(struct lt_split_plan *plan, const struct lt_split_rule *rule,
		      const struct lt_split_stock *stock, int k, struct lt_error *err)
{
	uint64_t labelled, unlabelled, val, irrelevant = plan->irrelevant;
	double head = plan->head;
	char advice[160];
	int c;

	if (k == stock->classes) {
		advise(advice, sizeof advice, plan, rule, stock, head);
		return lt_fail(err, LT_DATA,
			       "%s: %" PRIu64 " rows, but %" PRIu64
			       " irrelevant ones are asked for%s",
			       stock->irrelevant, stock->irrelevant_rows, irrelevant, advice);
	}
	c = stock->order[k];
	labelled = plan->labelled[k];
	unlabelled = plan->unlabelled[k];
	val = plan->val[k];
	if (own_need(plan, rule, k) <= stock->rows[c]) {
		advise(advice, sizeof advice, plan, rule, stock, head);
		return lt_fail(err, LT_DATA,
			       "%s: class '%s' has %" PRIu64 " rows, but %" PRIu64
			       " unlabelled ones are asked for%s",
			       stock->pool, stock->name[c], stock->pool_rows[c], unlabelled,
			       advice);
	}
	advise(advice, sizeof advice, plan, rule, stock, head);
	return lt_fail(err, LT_DATA,
		       "%s: class '%s' has %" PRIu64 " rows%s, but %" PRIu64
		       " labelled, %" PRIu64 " unlabelled and %" PRIu64
		       " validation rows are asked for%s",
		       stock->input, stock->name[c], stock->rows[c],
		       stock->held ? " that are not held out" : "", labelled,
		       rule->pooled ? 0 : unlabelled, val, advice);
}

/*
 * Rows ÷ classes, or the number for which every class has enough rows for its labelled share.
 */
static double default_head(struct lt_split_plan *plan, const struct lt_split_rule *rule,
			   const struct lt_split_stock *stock)
{
	struct lt_split_rule labelled = *rule;
	double head = (double)sum_of(stock->rows, stock->classes) / stock->classes;

	labelled.unlabelled = labelled.pooled = labelled.allow_short = false;
	labelled.val = 0;
	if (!has_head(rule) || fits(plan, &labelled, stock, head, 0))
		return head;
	plan->head_lowered = true;
	return (double)largest(plan, &labelled, stock, 0, (uint64_t)ceil(head));
}

/*
 * Rows held out by shares are drawn together with the others, unless they were assigned
 * before.
 */
static void hold(struct lt_split_plan *plan, const struct lt_split_stock *stock)
{
	const struct lt_split_held *held = stock->held;
	int k;

	for (k = 0; held && !held->placed && k < stock->classes; k++) {
		plan->val[k] += held->val[stock->order[k]];
		plan->test[k] = held->test[stock->order[k]];
	}
}

int lt_split_plan(struct lt_split_plan *plan, const struct lt_split_rule *rule,
		  const struct lt_split_stock *stock, struct lt_error *err)
{
	size_t n = (size_t)stock->classes;
	double head;
	int k, code = 0;

	*plan = (struct lt_split_plan){.classes = stock->classes};
	plan->labelled = lt_new_array(n, sizeof *plan->labelled);
	plan->unlabelled = lt_new_array(n, sizeof *plan->unlabelled);
	plan->val = lt_new_array(n, sizeof *plan->val);
	plan->test = lt_new_array(n, sizeof *plan->test);
	if (!plan->labelled || !plan->unlabelled || !plan->val || !plan->test) {
		code = lt_fail_memory(err);
	} else {
		head = rule->head > 0 ? rule->head : default_head(plan, rule, stock);
		ask(plan, rule, stock, head, rule->factor);
		k = first_short(plan, rule, stock);
		if (k >= 0)
			code = tell_short(plan, rule, stock, k, err);
		else
			hold(plan, stock);
	}
	if (code)
		lt_split_plan_free(plan);
	return code;
}

void lt_split_plan_free(struct lt_split_plan *plan)
{
	lt_free(plan->labelled);
	lt_free(plan->unlabelled);
	lt_free(plan->val);
	lt_free(plan->test);
	*plan = (struct lt_split_plan){0};
}
