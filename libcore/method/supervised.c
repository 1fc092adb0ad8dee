#include "method/supervised.h"

#include <string.h>

#include "base/memory.h"
#include "method/batch.h"

const struct lt_about lt_self_training_about = {
	.summary = "self-training: predictions of another model are the labels",
	.formula = "one set of rows, in whose mean a pseudo-labelled one weighs omega",
	.source = "Yang and Xu, NeurIPS 2020, section 2",
};

struct lt_supervised {
	struct lt_supervised_config config;
	struct lt_task task;
	struct lt_loss_params loss;
	struct lt_batcher *batcher;
	struct lt_mix *mix; /* NULL: images are not mixed */
	struct lt_norm norm;
	int classes, steps;
	uint64_t n;	 /* rows with a label */
	uint64_t places; /* in an epoch's sequence of them */
	uint32_t *order;
	struct lt_consistency *consistency; /* NULL: no consistency method */

	/* one batch */
	int32_t *label;
	double *logits, *grad, *omega;
	lt_real *output_grad;

	struct lt_validation *validation; /* NULL: none */
};

/* ------------------------------------------------------------------------- epochs */

static int plan(void *self, int epoch, int *steps, struct lt_error *err)
{
	struct lt_supervised *s = self;
	const struct lt_supervised_config *c = &s->config;
	struct lt_sampler_input input = {
		.label = c->table->label,
		.n = s->n,
		.counts = c->loss_counts,
		.classes = s->classes,
		.seed = c->seed,
		.epoch = epoch,
		.epochs = c->epochs,
		.beta = c->balance.beta,
	};
	int code;

	lt_balance_weigh(&c->balance, epoch, &s->loss);
	*steps = s->steps;
	if (s->consistency && (code = lt_consistency_plan(s->consistency, epoch, err)) != 0)
		return code;
	return lt_sampler_passes(lt_balance_sampler(&c->balance, epoch), &input, s->places,
				 s->order, err);
}

static int arg_max(const double *v, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++)
		if (v[i] > v[best])
			best = i;
	return best;
}

/* The batch's loss from the network's outputs, and its gradient there. */
static double learn_given(void *self, const struct lt_batch *batch, const lt_real *outputs,
			  lt_real *output_grad)
{
	struct lt_supervised *s = self;
	const struct lt_supervised_config *c = &s->config;
	const struct lt_loss_second *second = NULL;
	int n = batch->n;
	struct lt_loss_batch loss = {.n = n,
				     .classes = s->classes,
				     .logits = s->logits,
				     .label = s->label,
				     .sample_weight = s->omega,
				     .grad = s->grad};
	double value;

	for (size_t i = 0; i < (size_t)n * s->classes; i++)
		s->logits[i] = outputs[i];
	for (int i = 0; i < n; i++) {
		s->label[i] = c->table->label[batch->row[i]];
		s->omega[i] = batch->row[i] < c->n_given ? 1 : c->omega;
	}
	if (s->mix)
		second = lt_mix_labels(s->mix, n, s->label, s->omega);
	value = lt_loss_of_mixed(c->balance.loss, &s->loss, &loss, second);
	for (size_t i = 0; i < (size_t)n * s->classes; i++)
		output_grad[i] = (lt_real)s->grad[i];
	return value;
}

/* Computes the network's gradients from a batch of labelled rows only. */
static double learn_alone(struct lt_supervised *s, const struct lt_batch *batch)
{
	struct lt_network *net = s->config.net;
	double value;

	if (s->mix)
		lt_mix_draw(s->mix, batch->epoch, batch->slot, batch->n);
	lt_batcher_fill(s->batcher, lt_network_input(net), batch);
	lt_network_forward(net, batch->n, 1, LT_TRAIN);
	value = learn_given(s, batch, lt_network_outputs(net, 0), s->output_grad);
	lt_network_backward(net, (const lt_real *const[]){s->output_grad});
	return value;
}

static int step(void *self, int epoch, int number, double rate, struct lt_meter *meter,
		struct lt_error *err)
{
	struct lt_supervised *s = self;
	const struct lt_supervised_config *c = &s->config;
	uint64_t first = (uint64_t)number * c->batch, left = s->places - first;
	int n = (int)(left < (uint64_t)c->batch ? left : (uint64_t)c->batch);
	int n_next = left - (uint64_t)n < (uint64_t)c->batch ? (int)left - n : c->batch;
	struct lt_batch batch = {.n = n,
				 .row = s->order + first,
				 .slot = (uint32_t)first,
				 .n_next = n_next,
				 .next = s->order + first + n,
				 .epoch = (uint32_t)epoch,
				 .mix = s->mix};
	const struct lt_loss_second *second = s->mix ? &s->mix->second : NULL;
	double value = s->consistency ? lt_consistency_learn(s->consistency, epoch, number,
							     &batch, learn_given, s)
				      : learn_alone(s, &batch);
	int code = lt_batcher_status(s->batcher, err);

	if (code != 0)
		return code;
	lt_network_step(c->net, rate, c->momentum, c->decay);
	if (s->consistency)
		lt_consistency_follow(s->consistency, epoch, number);
	meter->loss += n * value;
	meter->rows += n;
	for (int i = 0; i < n; i++)
		meter->correct +=
			arg_max(s->logits + (size_t)i * s->classes, s->classes) ==
			(second && second->share[i] < 0.5 ? second->label[i] : s->label[i]);
	return 0;
}

/* ------------------------------------------------------------------ between epochs */

static int report(void *self, int epoch, struct lt_note_item *item, int *n,
		  struct lt_error *err)
{
	struct lt_supervised *s = self;

	if (s->consistency)
		lt_consistency_report(s->consistency, item, n);
	return s->validation ? lt_validation_report(s->validation, epoch, item, n, err) : 0;
}

static int save(void *self, struct lt_writer *writer, struct lt_error *err)
{
	struct lt_supervised *s = self;
	int code;

	if (s->consistency && (code = lt_consistency_save(s->consistency, writer, err)) != 0)
		return code;
	return s->validation ? lt_validation_save(s->validation, writer, err) : 0;
}

static int load(void *self, const struct lt_model *model, struct lt_error *err)
{
	struct lt_supervised *s = self;
	int code;

	if (s->consistency && (code = lt_consistency_load(s->consistency, model, err)) != 0)
		return code;
	return s->validation ? lt_validation_load(s->validation, model, s->config.epochs, err)
			     : 0;
}

int lt_supervised_take(struct lt_supervised *s)
{
	struct lt_network *net = s->config.net, *teacher = s->config.teacher;
	const struct lt_graph *g = lt_network_graph(net);
	int best = s->validation ? lt_validation_take_best(s->validation, net) : 0;

	if (best > 0)
		return best;
	if (teacher) {
		memcpy(lt_network_params(net), lt_network_params(teacher),
		       g->params * sizeof(lt_real));
		memcpy(lt_network_state(net), lt_network_state(teacher),
		       g->state * sizeof(lt_real));
	}
	return s->config.epochs;
}

/* -------------------------------------------------------------------------- making */

static int take_memory(struct lt_supervised *s, struct lt_error *err)
{
	size_t batch = (size_t)s->config.batch, outputs = batch * (size_t)s->classes;

	s->order = lt_new_array(lt_sampler_room(s->n, s->places), sizeof *s->order);
	s->label = lt_new_array(batch, sizeof *s->label);
	s->omega = lt_new_array(batch, sizeof *s->omega);
	s->logits = lt_new_array(outputs, sizeof *s->logits);
	s->grad = lt_new_array(outputs, sizeof *s->grad);
	s->output_grad = lt_new_array(outputs, sizeof *s->output_grad);
	if (!s->order || !s->label || !s->omega || !s->logits || !s->grad || !s->output_grad)
		return lt_fail_memory(err);
	return 0;
}

static int prepare_mix(struct lt_supervised *s, enum lt_mixing mixing, struct lt_error *err)
{
	const struct lt_supervised_config *c = &s->config;
	struct lt_mix_config mix = {.mixing = mixing,
				    .alpha = c->mix_alpha,
				    .probability = c->mix_probability,
				    .kappa = c->kappa,
				    .tau = c->tau,
				    .counts = c->loss_counts,
				    .seed = c->seed,
				    .batch = c->batch,
				    .classes = s->classes,
				    .height = c->table->height,
				    .width = c->table->width,
				    .channels = c->table->channels};

	return mixing == LT_MIX_NONE ? 0 : lt_mix_new(&s->mix, &mix, err);
}

static int begin_consistency(struct lt_supervised *s, struct lt_error *err)
{
	const struct lt_supervised_config *c = &s->config;
	struct lt_consistency_config config = {.settings = c->consistency,
					       .net = c->net,
					       .teacher = c->teacher,
					       .batcher = s->batcher,
					       .n_given = c->n_given,
					       .n = c->table->n,
					       .batch = c->batch,
					       .epochs = c->epochs,
					       .seed = c->seed};
	int code = lt_consistency_new(&s->consistency, &config, err);

	if (code != 0)
		return code;
	s->steps = lt_consistency_steps(s->consistency);
	s->places = lt_consistency_places(s->consistency);
	return 0;
}

static int prepare(struct lt_supervised *s, struct lt_error *err)
{
	const struct lt_supervised_config *c = &s->config;
	struct lt_network *model = c->teacher ? c->teacher : c->net;
	struct lt_source source = lt_table_source(c->table);
	struct lt_augment augment;
	int code;

	s->classes = lt_graph_classes(lt_network_graph(c->net));
	s->n = s->places = c->consistency.method ? c->n_given : c->table->n;
	if (s->n == 0)
		return lt_fail(err, LT_DATA, "no rows to learn from");
	if (c->table->n > UINT32_MAX)
		return lt_fail(err, LT_DATA, "more than 2^32 - 1 rows");
	s->steps = (int)((s->n + (uint64_t)c->batch - 1) / (uint64_t)c->batch);
	s->task = (struct lt_task){s, "accuracy", plan, step, report, save, load};
	if ((code = lt_augment_init(&augment, c->augment, &c->norm, err)) != 0 ||
	    (code = lt_batcher_new(&s->batcher, &source, &augment, c->seed,
				   lt_network_pool(c->net), err)) != 0 ||
	    (c->consistency.method && (code = begin_consistency(s, err)) != 0) ||
	    (code = take_memory(s, err)) != 0 ||
	    (code = lt_balance_prepare(&c->balance, s->classes, c->loss_counts, &s->loss,
				       err)) != 0 ||
	    (code = prepare_mix(s, augment.mixing, err)) != 0)
		return code;
	return c->val ? lt_validation_new(&s->validation, model, c->val, &c->norm, c->keep, err)
		      : 0;
}

int lt_supervised_new(struct lt_supervised **out, const struct lt_supervised_config *config,
		      struct lt_error *err)
{
	struct lt_supervised *s = lt_new_array(1, sizeof *s);
	int code;

	if (!s)
		return lt_fail_memory(err);
	s->config = *config;
	code = prepare(s, err);
	if (code != 0) {
		lt_supervised_free(s);
		return code;
	}
	*out = s;
	return 0;
}

int lt_supervised_steps(const struct lt_supervised *learner)
{
	return learner->steps;
}

const struct lt_task *lt_supervised_task(struct lt_supervised *learner)
{
	return &learner->task;
}

void lt_supervised_free(struct lt_supervised *s)
{
	if (!s)
		return;
	lt_batcher_free(s->batcher);
	lt_mix_free(s->mix);
	lt_loss_params_free(&s->loss);
	lt_free(s->order);
	lt_free(s->label);
	lt_free(s->omega);
	lt_free(s->logits);
	lt_free(s->grad);
	lt_free(s->output_grad);
	lt_validation_free(s->validation);
	lt_consistency_free(s->consistency);
	lt_free(s);
}
