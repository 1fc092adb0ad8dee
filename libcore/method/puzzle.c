/* Learning to predict changes of images; see puzzle.h. */
#include "method/puzzle.h"

#include "base/memory.h"
#include "net/loss.h"

struct learner {
	struct lt_pretext base;
	struct lt_puzzle puzzle;
	struct lt_loss_params loss;

	/* one batch */
	uint32_t *shuffle;
	int32_t *label;
	double *logits, *grad;
	lt_real *output_grad;
};

void lt_puzzle_labels(const struct lt_puzzle *puzzle, uint64_t seed, uint64_t rows,
		      const struct lt_batch *batch, uint32_t *shuffle, int32_t *label)
{
	struct lt_draws draws =
		lt_draws_at(seed, puzzle->purpose, 0, batch->epoch, batch->slot);
	uint64_t first = puzzle->goes_on ? batch->epoch * rows + batch->slot : 0;

	lt_draw_permutation(&draws, shuffle, (uint32_t)batch->n);
	for (int i = 0; i < batch->n; i++)
		label[i] = (int32_t)((first + shuffle[i]) % (uint64_t)puzzle->classes);
}

static int learn(void *self, const struct lt_step *step, struct lt_meter *meter,
		 struct lt_error *err)
{
	struct learner *l = self;
	const struct lt_pretext_config *c = &l->base.config;
	struct lt_batch batch = lt_pretext_batch(&l->base, step->epoch, step->step);
	int n = batch.n, classes = l->puzzle.classes;
	size_t outputs = (size_t)n * (size_t)classes;
	struct lt_loss_batch loss = {.n = n,
				     .classes = classes,
				     .logits = l->logits,
				     .label = l->label,
				     .grad = l->grad};
	struct lt_share share = lt_network_share(c->net, n, 1);
	const lt_real *output;
	int code;

	lt_puzzle_labels(&l->puzzle, c->seed, c->table->n, &batch, l->shuffle, l->label);
	batch.puzzle = &l->puzzle;
	batch.label = l->label;
	batch.share = &share;
	lt_batcher_fill(l->base.batcher, lt_network_input(c->net), &batch);
	if ((code = lt_batcher_status(l->base.batcher, err)) != 0 ||
	    (code = lt_network_forward(c->net, n, 1, LT_TRAIN, err)) != 0)
		return code;
	output = lt_network_outputs(c->net, 0);
	for (size_t i = 0; i < outputs; i++)
		l->logits[i] = output[i];
	meter->loss += n * lt_loss_of_batch(&lt_loss_ce, &l->loss, &loss);
	meter->rows += n;
	for (int i = 0; i < n; i++)
		meter->correct +=
			lt_arg_max(l->logits + (size_t)i * classes, classes) == l->label[i];
	for (size_t i = 0; i < outputs; i++)
		l->output_grad[i] = (lt_real)l->grad[i];
	return lt_network_backward(c->net, (const lt_real *const[]){l->output_grad}, err);
}

static void free_learner(struct lt_pretext *self)
{
	struct learner *l = (struct learner *)self;

	lt_pretext_end(&l->base);
	lt_loss_params_free(&l->loss);
	lt_free(l->shuffle);
	lt_free(l->label);
	lt_free(l->logits);
	lt_free(l->grad);
	lt_free(l->output_grad);
	lt_free(l);
}

static int prepare(struct learner *l, const struct lt_pretext_config *config,
		   struct lt_error *err)
{
	size_t batch = (size_t)config->batch, classes = (size_t)l->puzzle.classes;
	int code;

	l->shuffle = lt_new_array(batch, sizeof *l->shuffle);
	l->label = lt_new_array(batch, sizeof *l->label);
	l->logits = lt_new_array(batch, classes * sizeof *l->logits);
	l->grad = lt_new_array(batch, classes * sizeof *l->grad);
	l->output_grad = lt_new_array(batch, classes * sizeof *l->output_grad);
	if (!l->shuffle || !l->label || !l->logits || !l->grad || !l->output_grad)
		return lt_fail_memory(err);
	code = lt_loss_params_init(&l->loss, l->puzzle.classes, NULL, err);
	return code != 0 ? code : lt_pretext_begin(&l->base, config, false, err);
}

int lt_puzzle_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		  const struct lt_puzzle *puzzle, struct lt_error *err)
{
	struct learner *l = lt_new_array(1, sizeof *l);
	int code;

	if (!l)
		return lt_fail_memory(err);
	l->puzzle = *puzzle;
	l->base.free = free_learner;
	l->base.task = (struct lt_task){.self = l,
					.accuracy = puzzle->accuracy,
					.plan = lt_pretext_plan,
					.learn = learn};
	code = prepare(l, config, err);
	if (code != 0) {
		lt_pretext_free(&l->base);
		return code;
	}
	*out = &l->base;
	return 0;
}
