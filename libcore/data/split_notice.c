/* The notices of a split: see split_notice.h. */
#include "data/split_notice.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* -------------------------------------------------------------------- classes */

void lt_split_list_classes(char *text, size_t size, const char *const *name,
			   const uint8_t *pick, int classes)
{
	const size_t tail = sizeof " and 65535 more";
	size_t used = 0;
	int c, left = 0, n = 0;

	for (c = 0; c < classes; c++)
		left += pick[c] != 0;
	text[0] = '\0';
	for (c = 0; c < classes && left > 0; c++) {
		if (!pick[c])
			continue;
		if (n > 0 && used + strlen(name[c]) + sizeof ", ''" + tail > size)
			break;
		used += (size_t)snprintf(text + used, size - used, "%s'%.255s'",
					 n > 0 ? ", " : "", name[c]);
		n++;
		left--;
	}
	if (left > 0)
		snprintf(text + used, size - used, " and %d more", left);
}

/* ----------------------------------------------------------------------- head */

int lt_split_tell_head(char text[LT_SPLIT_NOTICE], const struct lt_split_plan *plan,
		       const struct lt_split_rule *rule, const struct lt_split_stock *stock,
		       struct lt_error *err)
{
	struct lt_split_stock sorted = *stock;
	struct lt_split_plan other;
	struct lt_error ignored;
	int *order, used, code;

	text[0] = '\0';
	if (!plan->head_lowered)
		return 0;
	used = snprintf(text, LT_SPLIT_NOTICE,
			"head count %.0f: the largest that every class can serve", plan->head);
	order = lt_new_array((size_t)stock->classes, sizeof *order);
	if (!order)
		return lt_fail_memory(err);
	sorted.order = order;
	code = lt_split_order_by_count(stock->held ? stock->held->all : stock->rows,
				       stock->classes, order, err);
	if (code == 0 && lt_split_plan(&other, rule, &sorted, &ignored) == 0) {
		if (other.head > plan->head)
			snprintf(text + used, LT_SPLIT_NOTICE - (size_t)used,
				 "; with --order by-count it is %.0f", floor(other.head));
		lt_split_plan_free(&other);
	}
	lt_free(order);
	return code;
}

/* -------------------------------------------------------------- empty classes */

/* Can the rule be met from the stock, and does every class that has rows get one? */
static bool leaves_none_empty(const struct lt_split_rule *rule,
			      const struct lt_split_stock *stock)
{
	struct lt_split_plan plan;
	struct lt_error ignored;
	bool none = true;
	int k;

	if (lt_split_plan(&plan, rule, stock, &ignored) != 0)
		return false;
	for (k = 0; k < stock->classes; k++)
		if (!(plan.labelled[k] > 0) && stock->rows[stock->order[k]] > 0)
			none = false;
	lt_split_plan_free(&plan);
	return none;
}

/* The count of the tail class. */
static uint64_t tail_of(const struct lt_split_rule *rule, double head, double ratio,
			int classes, uint64_t *scratch)
{
	lt_split_counts(rule->profile, head, ratio, classes, scratch);
	return scratch[classes - 1];
}

/* The largest whole ratio that leaves no class empty; 0: there is none. */
static uint64_t ratio_for_all(const struct lt_split_plan *plan,
			      const struct lt_split_rule *rule,
			      const struct lt_split_stock *stock, uint64_t *scratch)
{
	struct lt_split_rule lower = *rule;
	uint64_t ratio = (uint64_t)plan->head, tries = 3;

	/*
	 * 1 / ratio is rounded, so a ratio equal to the head count may be slightly too large.
	 */
	for (; ratio > 0 && tries > 0; ratio--, tries--) {
		if (tail_of(rule, plan->head, (double)ratio, plan->classes, scratch) == 0)
			continue;
		lower.ratio = (double)ratio;
		return leaves_none_empty(&lower, stock) ? ratio : 0;
	}
	return 0;
}

/* The smallest whole head count that leaves no class empty; 0: there is none. */
static uint64_t head_for_all(const struct lt_split_rule *rule,
			     const struct lt_split_stock *stock, uint64_t *scratch)
{
	struct lt_split_rule larger = *rule;
	int tries;

	larger.head = ceil(rule->ratio);
	for (tries = 3; tries > 0; tries--, larger.head++)
		if (tail_of(rule, larger.head, rule->ratio, stock->classes, scratch) > 0)
			return leaves_none_empty(&larger, stock) ? (uint64_t)larger.head : 0;
	return 0;
}

/* "; --ratio 17 or less, --max 100 or more, or --profile natural would give each a row" */
static int remedy(char *text, size_t size, const struct lt_split_plan *plan,
		  const struct lt_split_rule *rule, const struct lt_split_stock *stock,
		  struct lt_error *err)
{
	char option[3][48];
	uint64_t *scratch, ratio, head;
	int n = 0, i, used = 0;

	if (rule->profile == LT_SPLIT_GIVEN) {
		snprintf(text, size, "; their count is 0 in the file of --profile");
		return 0;
	}
	scratch = lt_new_array((size_t)plan->classes, sizeof *scratch);
	if (!scratch)
		return lt_fail_memory(err);
	ratio = rule->profile == LT_SPLIT_NONE ? 0 : ratio_for_all(plan, rule, stock, scratch);
	head = head_for_all(rule, stock, scratch);
	lt_free(scratch);
	if (ratio > 0)
		snprintf(option[n++], sizeof option[0], "--ratio %" PRIu64 "%s", ratio,
			 ratio > 1 ? " or less" : "");
	if (head > 0)
		snprintf(option[n++], sizeof option[0], "--max %" PRIu64 " or more", head);
	if (!rule->unlabelled || rule->pooled)
		snprintf(option[n++], sizeof option[0], "--profile natural");
	for (i = 0; i < n; i++)
		used += snprintf(text + used, size - (size_t)used, "%s%s",
				 i == 0	      ? "; "
				 : i == n - 1 ? ", or "
					      : ", ",
				 option[i]);
	if (n > 0)
		snprintf(text + used, size - (size_t)used, " would give each a row");
	return 0;
}

int lt_split_tell_empty(char text[LT_SPLIT_NOTICE], const struct lt_split_plan *plan,
			const struct lt_split_rule *rule, const struct lt_split_stock *stock,
			struct lt_error *err)
{
	uint8_t *pick = lt_new_array((size_t)stock->classes, 1);
	char names[320], advice[192] = "";
	int k, n = 0, code = 0;

	text[0] = '\0';
	if (!pick)
		return lt_fail_memory(err);
	for (k = 0; k < stock->classes; k++) {
		pick[stock->order[k]] =
			plan->labelled[k] == 0 && stock->rows[stock->order[k]] > 0;
		n += pick[stock->order[k]];
	}
	if (n > 0) {
		lt_split_list_classes(names, sizeof names, stock->name, pick, stock->classes);
		code = remedy(advice, sizeof advice, plan, rule, stock, err);
		snprintf(text, LT_SPLIT_NOTICE, "%d of %d classes %s no row: %s%s", n,
			 stock->classes, n == 1 ? "gets" : "get", names, advice);
	}
	lt_free(pick);
	return code;
}

int lt_split_tell_absent(char text[LT_SPLIT_NOTICE], const struct lt_split_stock *stock,
			 struct lt_error *err)
{
	uint8_t *pick = lt_new_array((size_t)stock->classes, 1);
	char names[320];
	int c, n = 0;

	text[0] = '\0';
	if (!pick)
		return lt_fail_memory(err);
	for (c = 0; c < stock->classes; c++) {
		pick[c] = stock->rows[c] == 0;
		n += pick[c];
	}
	if (n > 0) {
		lt_split_list_classes(names, sizeof names, stock->name, pick, stock->classes);
		snprintf(text, LT_SPLIT_NOTICE, "%s: %d of %d classes %s no row in it: %s",
			 stock->input, n, stock->classes, n == 1 ? "has" : "have", names);
	}
	lt_free(pick);
	return 0;
}

int lt_split_tell_held(char text[LT_SPLIT_NOTICE], const char *option, const uint64_t *held,
		       const struct lt_split_stock *stock, struct lt_error *err)
{
	uint8_t *pick = lt_new_array((size_t)stock->classes, 1);
	char names[320];
	int c, n = 0;

	text[0] = '\0';
	if (!pick)
		return lt_fail_memory(err);
	for (c = 0; c < stock->classes; c++) {
		pick[c] = held[c] == 0 && stock->held->all[c] > 0;
		n += pick[c];
	}
	if (n > 0) {
		lt_split_list_classes(names, sizeof names, stock->name, pick, stock->classes);
		snprintf(text, LT_SPLIT_NOTICE,
			 "%s gets no row of %d of %d classes, which have too few %s: %s",
			 option, n, stock->classes, stock->held->placed ? "groups" : "rows",
			 names);
	}
	lt_free(pick);
	return 0;
}

/* "; --test has 24 of them, 19.7 % of the rows (0 to 33.3 % of a class)" */
static size_t tell_side(char *text, size_t size, const char *option, uint64_t groups,
			const uint64_t *held, const struct lt_split_stock *stock)
{
	double all = 0, sum = 0, least = 1, most = 0, share;
	int c, used;

	for (c = 0; c < stock->classes; c++) {
		if (stock->held->all[c] == 0)
			continue;
		share = (double)held[c] / (double)stock->held->all[c];
		least = share < least ? share : least;
		most = share > most ? share : most;
		sum += (double)held[c];
		all += (double)stock->held->all[c];
	}
	if (!(all > 0))
		return 0;
	used = snprintf(text, size,
			"; %s has %" PRIu64
			" of them, %.1f %% of the rows (%.1f to %.1f %% of a "
			"class)",
			option, groups, 100 * sum / all, 100 * least, 100 * most);
	return (size_t)used;
}

void lt_split_tell_groups(char text[LT_SPLIT_NOTICE], const struct lt_split_groups *groups,
			  struct lt_split_shares shares, const struct lt_split_stock *stock)
{
	size_t used = (size_t)snprintf(text, LT_SPLIT_NOTICE, "--group: %" PRIu64 " group%s",
				       groups->n_groups, groups->n_groups == 1 ? "" : "s");

	if (shares.test > 0)
		used += tell_side(text + used, LT_SPLIT_NOTICE - used, "--test",
				  groups->n_on[LT_PLACE_TEST], stock->held->test, stock);
	if (shares.val > 0)
		tell_side(text + used, LT_SPLIT_NOTICE - used, "--val",
			  groups->n_on[LT_PLACE_VAL], stock->held->val, stock);
}
