/* Pseudo-labels of a learner: its numbers from step to step, and the targets of a step. */
#include "base/memory.h"
#include "method/learner.h"

static size_t mask_numbers(const struct lt_learner *l)
{
	const struct lt_mask_rule *rule = &lt_masks[l->method->mask];

	return rule->numbers ? rule->numbers(l->classes, l->mask.rows) : 0;
}

static int new_target(struct lt_learner *l, struct lt_error *err)
{
	size_t classes = (size_t)l->classes;

	l->offset.target = lt_new_array(classes, sizeof(double));
	l->offset.loss = lt_new_array(classes, sizeof(double));
	l->offset.labels = lt_new_array(classes, sizeof(double));
	l->shares = lt_new_array(classes, sizeof(double));
	if (!l->offset.target || !l->offset.loss || !l->offset.labels || !l->shares)
		return lt_fail_memory(err);
	return lt_target_init(&l->target, l->set[LT_UNLABELED].batch, l->classes, err);
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

int lt_learner_new_numbers(struct lt_learner *l, struct lt_error *err)
{
	const struct lt_method *method = l->method;
	size_t aligned = LT_ALIGN_NUMBERS(l->classes), masked, own;
	int code;

	if (!lt_method_guesses(method))
		return 0;
	l->mask = (struct lt_mask){.threshold = l->config.method.setting[LT_THRESHOLD],
				   .classes = l->classes,
				   .rows = l->set[LT_UNLABELED].rows};
	masked = mask_numbers(l);
	own = method->numbers ? method->numbers(l) : 0;
	l->n_numbers = aligned + masked + own;
	l->numbers = lt_new_array(l->n_numbers, sizeof *l->numbers);
	if (!l->numbers)
		return lt_fail_memory(err);
	l->aligned = l->numbers;
	l->mask.number = l->aligned + aligned;
	l->number = l->mask.number + masked;
	if ((code = new_target(l, err)) != 0)
		return code;
	find_shares(l);
	if (lt_masks[method->mask].start)
		lt_masks[method->mask].start(&l->mask);
	if (method->start)
		method->start(l);
	return 0;
}

void lt_learner_target(struct lt_learner *l, const struct lt_term *term)
{
	const struct lt_batch *batch = &l->batch[LT_UNLABELED];
	const struct lt_span *span = &term->target;
	struct lt_target *target = &l->target;

	target->n = batch->n;
	for (int i = 0; i < batch->n; i++)
		target->room[i] = batch->row[i] - (uint32_t)l->set[LT_UNLABELED].first;
	lt_target_predict(target,
			  l->logits[span->pass] + (size_t)l->begin[span->pass][span->first] *
							  (size_t)l->classes,
			  l->offset.target);
	if (l->config.method.align != LT_ALIGN_NONE)
		lt_target_align(target, l->shares, l->aligned);
	lt_target_label(target);
	lt_masks[l->method->mask].weigh(&l->mask, target);
	if (l->method->see)
		l->method->see(l, target);
}
