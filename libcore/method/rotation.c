/* Rotation prediction; see pretext.h. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"
#include "method/batch.h"
#include "method/pretext.h"
#include "net/loss.h"

struct lt_rotation {
	struct lt_pretext_config config;
	struct lt_task task;
	struct lt_loss_params loss;
	struct lt_batcher *batcher;
	uint32_t *order;
	int steps;

	/* one batch */
	int *turns;
	uint32_t *shuffle;
	int32_t *label;
	double *logits, *grad;
	lt_real *output_grad;
};

static int plan(void *self, int epoch, int *steps, struct lt_error *err)
{
	struct lt_rotation *r = self;
	struct lt_draws draws =
		lt_draws_at(r->config.seed, LT_FOR_ORDER, 0, (uint32_t)epoch, 0);

	(void)err;
	lt_draw_permutation(&draws, r->order, (uint32_t)r->config.table->n);
	*steps = r->steps;
	return 0;
}

/* 0, 1, 2, 3, 0, 1, … over the batch, in a random order. */
static void draw_turns(struct lt_rotation *r, int epoch, uint32_t slot, int n)
{
	struct lt_draws draws =
		lt_draws_at(r->config.seed, LT_FOR_ROTATION, 0, (uint32_t)epoch, slot);

	lt_draw_permutation(&draws, r->shuffle, (uint32_t)n);
	for (int i = 0; i < n; i++)
		r->turns[i] = r->label[i] = (int)(r->shuffle[i] % LT_ROTATION_TURNS);
}

static int step(void *self, int epoch, int number, double rate, struct lt_meter *meter,
		struct lt_error *err)
{
	struct lt_rotation *r = self;
	const struct lt_pretext_config *c = &r->config;
	uint64_t first = (uint64_t)number * c->batch, left = c->table->n - first;
	int n = left < (uint64_t)c->batch ? (int)left : c->batch;
	struct lt_batch batch = {.n = n,
				 .row = r->order + first,
				 .slot = (uint32_t)first,
				 .epoch = (uint32_t)epoch,
				 .turns = r->turns};
	struct lt_loss_batch loss = {.n = n,
				     .classes = LT_ROTATION_TURNS,
				     .logits = r->logits,
				     .label = r->label,
				     .grad = r->grad};
	const lt_real *outputs;

	(void)err;
	draw_turns(r, epoch, (uint32_t)first, n);
	lt_batcher_fill(r->batcher, c->net, &batch);
	lt_network_forward(c->net, n, 1, LT_TRAIN);
	outputs = lt_network_outputs(c->net);
	for (int i = 0; i < n * LT_ROTATION_TURNS; i++)
		r->logits[i] = outputs[i];
	meter->loss += n * lt_loss_of_batch(&lt_loss_ce, &r->loss, &loss);
	meter->rows += n;
	for (int i = 0; i < n; i++) {
		const double *z = r->logits + (size_t)i * LT_ROTATION_TURNS;
		int best = 0;

		for (int k = 1; k < LT_ROTATION_TURNS; k++)
			if (z[k] > z[best])
				best = k;
		meter->correct += best == r->label[i];
	}
	for (int i = 0; i < n * LT_ROTATION_TURNS; i++)
		r->output_grad[i] = (lt_real)r->grad[i];
	lt_network_backward(c->net, r->output_grad);
	lt_network_step(c->net, rate, c->momentum, c->decay);
	return 0;
}

static int prepare(struct lt_rotation *r, struct lt_error *err)
{
	const struct lt_pretext_config *c = &r->config;
	const struct lt_table *table = c->table;
	size_t batch = (size_t)c->batch;
	struct lt_augment augment;
	int code;

	if (table->height != table->width)
		return lt_fail(err, LT_DATA,
			       "images of %d×%d pixels: rotation wants square ones",
			       table->height, table->width);
	if (table->n == 0 || table->n > UINT32_MAX)
		return lt_fail(err, LT_DATA, "%llu rows: none, or too many, to learn from",
			       (unsigned long long)table->n);
	r->steps = (int)((table->n + batch - 1) / batch);
	r->task = (struct lt_task){
		.self = r, .accuracy = "rotation_accuracy", .plan = plan, .step = step};
	r->order = lt_new_array(table->n, sizeof *r->order);
	r->turns = lt_new_array(batch, sizeof *r->turns);
	r->shuffle = lt_new_array(batch, sizeof *r->shuffle);
	r->label = lt_new_array(batch, sizeof *r->label);
	r->logits = lt_new_array(batch * LT_ROTATION_TURNS, sizeof *r->logits);
	r->grad = lt_new_array(batch * LT_ROTATION_TURNS, sizeof *r->grad);
	r->output_grad = lt_new_array(batch * LT_ROTATION_TURNS, sizeof *r->output_grad);
	if (!r->order || !r->turns || !r->shuffle || !r->label || !r->logits || !r->grad ||
	    !r->output_grad)
		return lt_fail_memory(err);
	if ((code = lt_loss_params_init(&r->loss, LT_ROTATION_TURNS, NULL, err)) != 0 ||
	    (code = lt_augment_init(&augment, c->augment, &c->norm, err)) != 0)
		return code;
	return lt_batcher_new(&r->batcher, table, &augment, c->seed, c->threads, err);
}

int lt_rotation_new(struct lt_rotation **out, const struct lt_pretext_config *config,
		    struct lt_error *err)
{
	struct lt_rotation *r = calloc(1, sizeof *r);
	int code;

	if (!r)
		return lt_fail_memory(err);
	r->config = *config;
	code = prepare(r, err);
	if (code != 0) {
		lt_rotation_free(r);
		return code;
	}
	*out = r;
	return 0;
}

const struct lt_task *lt_rotation_task(struct lt_rotation *learner)
{
	return &learner->task;
}

void lt_rotation_free(struct lt_rotation *r)
{
	if (!r)
		return;
	lt_batcher_free(r->batcher);
	lt_loss_params_free(&r->loss);
	free(r->order);
	free(r->turns);
	free(r->shuffle);
	free(r->label);
	free(r->logits);
	free(r->grad);
	free(r->output_grad);
	free(r);
}
