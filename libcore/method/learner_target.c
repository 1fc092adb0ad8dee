/* Pseudo-labels of a learner: its numbers from step to step, and the targets of a step. */
#include "base/memory.h"
#include "method/learner.h"

static size_t mask_numbers(const struct lt_learner *l)
{
	const struct lt_mask_rule *rule = &lt_masks[l->method->mask];

	return rule->numbers ? rule->numbers(l->classes, l->set[LT_UNLABELED].rows) : 0;
}

void lt_learner_labelled_shares(const struct lt_learner *l, double *shares)
{
	const uint64_t *counts = l->config.loss_counts;
	double rows = 0;

	for (int c = 0; c < l->classes; c++)
		rows += (double)counts[c];
	for (int c = 0; c < l->classes; c++)
		shares[c] = (double)counts[c] / rows;
}

/* The shares that --align wants. */
static void find_shares(struct lt_learner *l)
{
	lt_learner_labelled_shares(l, l->shares);
	for (int c = 0; c < l->classes && l->config.method.align == LT_ALIGN_UNIFORM; c++)
		l->shares[c] = 1.0 / l->classes;
}

/* Of all terms with pseudo-labels. */
static size_t guess_numbers(const struct lt_learner *l)
{
	size_t sum = 0;

	for (int t = 0; t < l->method->terms; t++)
		if (lt_term_guesses(&l->method->term[t]))
			sum += LT_ALIGN_NUMBERS(l->classes) + mask_numbers(l);
	return sum;
}

/* A term's target and mask, whose numbers begin there; returns their end. */
static double *begin_guess(struct lt_learner *l, int term, double *numbers)
{
	struct lt_mask *mask = &l->guess[term].mask;

	l->guess[term].aligned = numbers;
	*mask = (struct lt_mask){.threshold = l->config.method.setting[LT_THRESHOLD],
				 .classes = l->classes,
				 .rows = l->set[LT_UNLABELED].rows,
				 .number = numbers + LT_ALIGN_NUMBERS(l->classes)};
	if (lt_masks[l->method->mask].start)
		lt_masks[l->method->mask].start(mask);
	return mask->number + mask_numbers(l);
}

int lt_learner_new_numbers(struct lt_learner *l, struct lt_error *err)
{
	const struct lt_method *method = l->method;
	int code;

	if (!lt_method_guesses(method))
		return 0;
	l->n_numbers = guess_numbers(l) + (method->numbers ? method->numbers(l) : 0);
	if (l->n_numbers > INT32_MAX)
		return lt_fail(err, LT_DATA,
			       "--method %s keeps %zu numbers for these rows, the limit is %d",
			       method->name, l->n_numbers, INT32_MAX);
	l->numbers = lt_new_array(l->n_numbers, sizeof *l->numbers);
	l->shares = lt_new_array((size_t)l->classes, sizeof *l->shares);
	if (!l->numbers || !l->shares)
		return lt_fail_memory(err);
	l->number = l->numbers;
	for (int t = 0; t < method->terms; t++) {
		if (!lt_term_guesses(&method->term[t]))
			continue;
		if ((code = lt_target_init(&l->guess[t].target, l->set[LT_UNLABELED].batch,
					   l->classes, err)) != 0)
			return code;
		l->number = begin_guess(l, t, l->number);
	}
	find_shares(l);
	if (method->start)
		method->start(l);
	return 0;
}

void lt_learner_target(struct lt_learner *l, int term)
{
	const struct lt_batch *batch = &l->batch[LT_UNLABELED];
	struct lt_target *target = &l->guess[term].target;

	target->n = batch->n;
	for (int i = 0; i < batch->n; i++)
		target->room[i] = batch->row[i] - (uint32_t)l->set[LT_UNLABELED].first;
	lt_target_predict(
		target, lt_learner_outputs(l, lt_learner_target_of(l, &l->method->term[term])),
		l->offset[term].target);
	if (l->config.method.align != LT_ALIGN_NONE)
		lt_target_align(target, l->shares, l->guess[term].aligned);
	lt_target_label(target);
	lt_masks[l->method->mask].weigh(&l->guess[term].mask, target);
	if (l->method->see)
		l->method->see(l, term);
}
