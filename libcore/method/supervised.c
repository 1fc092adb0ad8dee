#include "method/supervised.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "method/batch.h"

struct lt_supervised {
	struct lt_supervised_config config;
	struct lt_task task;
	struct lt_loss_params loss;
	struct lt_batcher *batcher;
	struct lt_mix *mix; /* NULL: images are not mixed */
	struct lt_norm norm;
	int classes, steps;
	uint64_t n; /* rows, and draws an epoch */
	uint32_t *order;

	/* one batch */
	int32_t *label;
	double *logits, *grad, *omega;
	lt_real *output_grad;

	/* validation */
	uint64_t *right, *rows; /* a class */
	uint64_t val_right;
	double best; /* balanced accuracy; -1 before the first */
	int best_epoch;
	lt_real *best_params, *best_state;
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

	lt_balance_weigh(&c->balance, epoch, c->epochs, &s->loss);
	*steps = s->steps;
	return lt_sampler_epoch(lt_balance_sampler(&c->balance, epoch, c->epochs), &input,
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

static int step(void *self, int epoch, int number, double rate, struct lt_meter *meter,
		struct lt_error *err)
{
	struct lt_supervised *s = self;
	const struct lt_supervised_config *c = &s->config;
	uint64_t first = (uint64_t)number * c->batch;
	int n = (int)(s->n - first < (uint64_t)c->batch ? s->n - first : (uint64_t)c->batch);
	struct lt_batch batch = {.n = n,
				 .row = s->order + first,
				 .slot = (uint32_t)first,
				 .epoch = (uint32_t)epoch,
				 .mix = s->mix};
	const struct lt_loss_second *second = NULL;
	struct lt_loss_batch loss = {.n = n,
				     .classes = s->classes,
				     .logits = s->logits,
				     .label = s->label,
				     .sample_weight = s->omega,
				     .grad = s->grad};
	const lt_real *outputs;
	double value;

	(void)err;
	if (s->mix)
		lt_mix_draw(s->mix, batch.epoch, batch.slot, n);
	lt_batcher_fill(s->batcher, c->net, &batch);
	lt_network_forward(c->net, n, 1, LT_TRAIN);
	outputs = lt_network_outputs(c->net);
	for (size_t i = 0; i < (size_t)n * s->classes; i++)
		s->logits[i] = outputs[i];
	for (int i = 0; i < n; i++) {
		s->label[i] = c->table->label[batch.row[i]];
		s->omega[i] = batch.row[i] < c->n_given ? 1 : c->omega;
	}
	if (s->mix)
		second = lt_mix_labels(s->mix, n, s->label, s->omega);
	value = lt_loss_of_mixed(c->balance.loss, &s->loss, &loss, second);
	for (size_t i = 0; i < (size_t)n * s->classes; i++)
		s->output_grad[i] = (lt_real)s->grad[i];
	lt_network_backward(c->net, s->output_grad);
	lt_network_step(c->net, rate, c->momentum, c->decay);
	meter->loss += n * value;
	meter->rows += n;
	for (int i = 0; i < n; i++)
		meter->correct +=
			arg_max(s->logits + (size_t)i * s->classes, s->classes) ==
			(second && second->share[i] < 0.5 ? second->label[i] : s->label[i]);
	return 0;
}

/* --------------------------------------------------------------------- validation */

static void see_val(void *arg, uint64_t i, const lt_real *output, const lt_real *feature)
{
	struct lt_supervised *s = arg;
	int label = s->config.val->label[i], best = 0;

	(void)feature;
	if (label < 0)
		return;
	for (int c = 1; c < s->classes; c++)
		if (output[c] > output[best])
			best = c;
	s->rows[label]++;
	if (best == label) {
		s->right[label]++;
		s->val_right++;
	}
}

static void keep_if_best(struct lt_supervised *s, int epoch, double balanced)
{
	const struct lt_graph *g = lt_network_graph(s->config.net);

	if (!(balanced > s->best))
		return;
	s->best = balanced;
	s->best_epoch = epoch;
	memcpy(s->best_params, lt_network_params(s->config.net),
	       g->params * sizeof *s->best_params);
	memcpy(s->best_state, lt_network_state(s->config.net),
	       g->state * sizeof *s->best_state);
}

static int report(void *self, int epoch, struct lt_note_item *item, int *n,
		  struct lt_error *err)
{
	struct lt_supervised *s = self;
	const struct lt_table *val = s->config.val;
	double recalls = 0;
	uint64_t rows = 0;
	int code, present = 0;

	if (!val)
		return 0;
	memset(s->right, 0, (size_t)s->classes * sizeof *s->right);
	memset(s->rows, 0, (size_t)s->classes * sizeof *s->rows);
	s->val_right = 0;
	code = lt_predict(s->config.net, val, &s->config.norm, NULL, val->n, see_val, s, err);
	if (code != 0)
		return code;
	for (int c = 0; c < s->classes; c++) {
		rows += s->rows[c];
		if (s->rows[c] == 0)
			continue;
		present++;
		recalls += (double)s->right[c] / (double)s->rows[c];
	}
	if (rows == 0)
		return 0;
	item[0] = (struct lt_note_item){.key = "val_accuracy",
					.type = LT_NOTE_REAL,
					.real = (double)s->val_right / (double)rows};
	item[1] = (struct lt_note_item){
		.key = "val_balanced", .type = LT_NOTE_REAL, .real = recalls / present};
	*n = 2;
	if (s->config.keep_best)
		keep_if_best(s, epoch, item[1].real);
	return 0;
}

int lt_supervised_take_best(struct lt_supervised *s)
{
	const struct lt_graph *g = lt_network_graph(s->config.net);

	if (s->best_epoch == 0)
		return s->config.epochs;
	memcpy(lt_network_params(s->config.net), s->best_params,
	       g->params * sizeof *s->best_params);
	memcpy(lt_network_state(s->config.net), s->best_state,
	       g->state * sizeof *s->best_state);
	return s->best_epoch;
}

/* ------------------------------------------------------------------- checkpoints */

static int save(void *self, struct lt_writer *writer, struct lt_error *err)
{
	struct lt_supervised *s = self;
	double best[2] = {s->best_epoch, s->best};
	struct lt_shape two = {1, {2}};
	int code;

	if (!s->config.keep_best)
		return 0;
	code = lt_writer_tensor(writer, "best.epoch", LT_F8, &two, best, err);
	if (code == 0 && s->best_epoch > 0)
		code = lt_model_write(writer, "best.", lt_network_graph(s->config.net),
				      s->best_params, s->best_state, err);
	return code;
}

static int load(void *self, const struct lt_model *model, struct lt_error *err)
{
	struct lt_supervised *s = self;
	const struct lt_model_tensor *best = lt_model_find(model, "best.epoch");
	const double *value;

	if (!s->config.keep_best)
		return 0;
	if (!best || best->dtype != LT_F8 || best->elements != 2)
		return lt_fail(err, LT_DATA, "%s: tensor 'best.epoch' is missing", model->name);
	value = best->data;
	if (!(value[0] >= 0 && value[0] <= s->config.epochs))
		return lt_fail(err, LT_DATA, "%s: impossible best epoch", model->name);
	s->best_epoch = (int)value[0];
	s->best = value[1];
	if (s->best_epoch == 0)
		return 0;
	return lt_model_restore(model, "best.", lt_network_graph(s->config.net), s->best_params,
				s->best_state, err);
}

/* -------------------------------------------------------------------------- making */

static int take_memory(struct lt_supervised *s, struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(s->config.net);
	size_t batch = (size_t)s->config.batch, outputs = batch * (size_t)s->classes;

	s->order = lt_new_array(s->n, sizeof *s->order);
	s->label = lt_new_array(batch, sizeof *s->label);
	s->omega = lt_new_array(batch, sizeof *s->omega);
	s->logits = lt_new_array(outputs, sizeof *s->logits);
	s->grad = lt_new_array(outputs, sizeof *s->grad);
	s->output_grad = lt_new_array(outputs, sizeof *s->output_grad);
	s->right = lt_new_array((size_t)s->classes, sizeof *s->right);
	s->rows = lt_new_array((size_t)s->classes, sizeof *s->rows);
	if (s->config.keep_best) {
		s->best_params = lt_new_array(g->params, sizeof *s->best_params);
		s->best_state = lt_new_array(g->state, sizeof *s->best_state);
		if (!s->best_params || !s->best_state)
			return lt_fail_memory(err);
	}
	if (!s->order || !s->label || !s->omega || !s->logits || !s->grad || !s->output_grad ||
	    !s->right || !s->rows)
		return lt_fail_memory(err);
	return 0;
}

static int prepare_mix(struct lt_supervised *s, enum lt_mixing mixing, struct lt_error *err)
{
	const struct lt_supervised_config *c = &s->config;
	struct lt_mix_config mix = {.mixing = mixing,
				    .alpha = c->mix_alpha,
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

static int prepare(struct lt_supervised *s, struct lt_error *err)
{
	const struct lt_supervised_config *c = &s->config;
	struct lt_augment augment;
	int code;

	s->classes = lt_network_graph(c->net)->classes;
	s->n = c->table->n;
	if (s->n == 0)
		return lt_fail(err, LT_DATA, "no rows to learn from");
	if (s->n > UINT32_MAX)
		return lt_fail(err, LT_DATA, "more than 2^32 - 1 rows");
	s->steps = (int)((s->n + (uint64_t)c->batch - 1) / (uint64_t)c->batch);
	s->best = -1;
	s->task = (struct lt_task){s, "accuracy", plan, step, report, save, load};
	if ((code = take_memory(s, err)) != 0 ||
	    (code = lt_balance_prepare(&c->balance, s->classes, c->loss_counts, &s->loss,
				       err)) != 0 ||
	    (code = lt_augment_init(&augment, c->augment, &c->norm, err)) != 0 ||
	    (code = prepare_mix(s, augment.mixing, err)) != 0)
		return code;
	return lt_batcher_new(&s->batcher, c->table, &augment, c->seed, c->threads, err);
}

int lt_supervised_new(struct lt_supervised **out, const struct lt_supervised_config *config,
		      struct lt_error *err)
{
	struct lt_supervised *s = calloc(1, sizeof *s);
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
	free(s->order);
	free(s->label);
	free(s->omega);
	free(s->logits);
	free(s->grad);
	free(s->output_grad);
	free(s->right);
	free(s->rows);
	free(s->best_params);
	free(s->best_state);
	free(s);
}
