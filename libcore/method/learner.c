#include "method/learner.h"

#include <string.h>

#include "base/memory.h"
#include "data/sampler.h"

#define RAMP 0.4 /* of the run's steps */

double lt_ramp(int64_t step, int64_t steps)
{
	double ramp = (double)step / (RAMP * (double)steps);

	return ramp < 1 ? ramp : 1;
}

/* ------------------------------------------------------------------------- epochs */

/* Labelled rows, of LT_GIVEN or LT_BALANCED. */
static int draw_labelled(struct lt_learner *l, enum lt_which which,
			 const struct lt_sampler *sampler, int epoch, struct lt_error *err)
{
	const struct lt_learner_config *c = &l->config;
	struct lt_sampler_input input = {
		.label = c->table->label,
		.n = l->set[which].rows,
		.counts = c->loss_counts,
		.classes = l->classes,
		.seed = c->seed,
		.epoch = epoch,
		.epochs = c->epochs,
		.stream = which,
		.beta = c->balance.beta,
	};

	return lt_sampler_passes(sampler, &input, l->set[which].places, l->set[which].order,
				 err);
}

static int draw_unlabelled(struct lt_learner *l, int epoch, struct lt_error *err)
{
	struct lt_sampler_input input = {.n = l->set[LT_UNLABELED].rows,
					 .seed = l->config.seed,
					 .epoch = epoch,
					 .epochs = l->config.epochs,
					 .stream = LT_UNLABELED};
	uint64_t places = l->set[LT_UNLABELED].places;
	uint32_t *order = l->set[LT_UNLABELED].order;
	int code = lt_sampler_passes(lt_sampler_find("uniform"), &input, places, order, err);

	for (uint64_t i = 0; i < places && code == 0; i++)
		order[i] += (uint32_t)l->set[LT_UNLABELED].first;
	return code;
}

static int plan(void *self, int epoch, int *steps, struct lt_error *err)
{
	struct lt_learner *l = self;
	const struct lt_balance *balance = &l->config.balance;
	int code = draw_labelled(l, LT_GIVEN, lt_balance_sampler(balance, epoch), epoch, err);

	lt_balance_weigh(balance, epoch, &l->loss);
	*steps = l->steps;
	if (code == 0 && l->set[LT_UNLABELED].places > 0)
		code = draw_unlabelled(l, epoch, err);
	if (code == 0 && l->set[LT_BALANCED].places > 0)
		code = draw_labelled(l, LT_BALANCED, lt_sampler_find("balanced"), epoch, err);
	return code;
}

/* The rows of a stream for a step. */
static struct lt_batch batch_at(const struct lt_learner *l, enum lt_which which,
				const struct lt_step *step)
{
	uint64_t batch = (uint64_t)l->set[which].batch, first = (uint64_t)step->step * batch;
	uint64_t left = l->set[which].places - first, n = left < batch ? left : batch;

	return (struct lt_batch){.n = (int)n,
				 .row = l->set[which].order + first,
				 .slot = (uint32_t)first,
				 .n_next = (int)(left - n < batch ? left - n : batch),
				 .next = l->set[which].order + first + n,
				 .epoch = (uint32_t)step->epoch};
}

/* The head that predicts after this share of the run's steps. */
static int predicts_at(const struct lt_learner *l, double progress)
{
	return progress < l->method->predicts_from ? 0 : l->method->predicts;
}

/* Adds the labelled rows of the first term to the meter, by the head that predicts. */
static void count(const struct lt_learner *l, double value, struct lt_meter *meter)
{
	const struct lt_loss_second *second = l->mix ? &l->mix->second : NULL;
	struct lt_span span = l->method->term[0].of;
	const double *logits;
	int n = l->batch[LT_GIVEN].n;

	span.head = predicts_at(l, l->progress);
	logits = lt_learner_outputs(l, &span);
	meter->loss += n * value;
	meter->rows += n;
	for (int i = 0; i < n; i++)
		meter->correct +=
			lt_arg_max(logits + (size_t)i * (size_t)l->classes, l->classes) ==
			(second && second->share[i] < 0.5 ? second->label[i] : l->label[i]);
}

/* The mean weight of pseudo-labels, for the report. */
static void count_kept(struct lt_learner *l)
{
	for (int t = 0; t < l->method->terms; t++) {
		const struct lt_target *target = &l->guess[t].target;

		for (int i = 0; lt_term_guesses(&l->method->term[t]) && i < target->n; i++) {
			l->kept.value += target->weight[i];
			l->kept.steps++;
		}
	}
}

/* Steps of a pass over the unlabelled rows. */
static int64_t unlabelled_pass(const struct lt_learner *l)
{
	uint64_t rows = l->set[LT_UNLABELED].rows, batch = (uint64_t)l->set[LT_UNLABELED].batch;

	return (int64_t)((rows + batch - 1) / batch);
}

static int learn(void *self, const struct lt_step *step, struct lt_meter *meter,
		 struct lt_error *err)
{
	struct lt_learner *l = self;
	double value;
	int code;

	for (int which = 0; which < LT_STREAMS; which++)
		if (l->set[which].places > 0)
			l->batch[which] = batch_at(l, which, step);
	l->batch[LT_GIVEN].mix = l->mix;
	l->ramp = lt_ramp(step->number, step->total);
	l->progress = (double)step->number / (double)step->total;
	/* By the step's number, so that neither --report-every nor resuming matters. */
	if (l->method->renew && step->number > 0 && step->number % unlabelled_pass(l) == 0)
		l->method->renew(l);
	if (l->mix)
		lt_mix_draw(l->mix, (uint32_t)step->epoch, l->batch[LT_GIVEN].slot,
			    l->batch[LT_GIVEN].n);
	if ((code = lt_learner_step(l, &value, err)) != 0 ||
	    (code = lt_batcher_status(l->batcher, err)) != 0)
		return code;
	count(l, value, meter);
	count_kept(l);
	return 0;
}

/* ------------------------------------------------------------------ between epochs */

/* Whether the model's weights are not those of the network that is trained or averaged. */
static bool finishes(const struct lt_learner *l)
{
	return l->method->finish || l->method->predicts_from > 0;
}

/* The progress in the last step of an epoch. */
static double progress_after(const struct lt_learner *l, int epoch)
{
	int64_t whole = (int64_t)l->config.epochs * l->steps, done = (int64_t)epoch * l->steps;
	int64_t total = l->config.total > 0 ? l->config.total : whole;

	return (double)((done < total ? done : total) - 1) / (double)total;
}

/* Makes the model of an epoch of the network's weights. */
static int finish(const struct lt_learner *l, int epoch, struct lt_network *model,
		  struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(model);
	int predicts = predicts_at(l, progress_after(l, epoch));
	const struct lt_head *from = &g->head[predicts], *to = &g->head[g->predicts];
	lt_real *w = lt_network_params(model);

	for (int i = 0; predicts != g->predicts && i < to->n_params; i++)
		memcpy(w + to->at[i], w + from->at[i],
		       g->param[to->first_param + i].size * sizeof *w);
	return l->method->finish ? l->method->finish(l, model, err) : 0;
}

/* Measures the model that would be written now. */
static int validate(struct lt_learner *l, int epoch, struct lt_note_item *item, int *n,
		    struct lt_error *err)
{
	struct lt_network *model = l->config.average ? l->config.average : l->config.net;
	const struct lt_graph *g = lt_network_graph(model);
	lt_real *w = lt_network_params(model);
	int code = 0;

	if (!l->validation)
		return 0;
	if (l->saved) {
		memcpy(l->saved, w, g->params * sizeof *w);
		code = finish(l, epoch, model, err);
	}
	if (code == 0)
		code = lt_validation_report(l->validation, epoch, item, n, err);
	if (l->saved)
		memcpy(w, l->saved, g->params * sizeof *w);
	return code;
}

static int report(void *self, int epoch, struct lt_note_item *item, int *n,
		  struct lt_error *err)
{
	struct lt_learner *l = self;

	for (int t = 0; t < l->method->terms; t++) {
		struct lt_term_sum *sum = &l->sum[t];

		if (l->method->term[t].reported)
			item[(*n)++] = (struct lt_note_item){
				.key = l->method->term[t].reported,
				.type = LT_NOTE_REAL,
				.real = sum->steps > 0 ? sum->value / sum->steps : 0};
		*sum = (struct lt_term_sum){0};
	}
	if (lt_method_guesses(l->method))
		item[(*n)++] = (struct lt_note_item){.key = "kept",
						     .type = LT_NOTE_REAL,
						     .real = l->kept.value / l->kept.steps};
	l->kept = (struct lt_term_sum){0};
	return validate(l, epoch, item, n, err);
}

/* Sums of terms, as the tensor rng.terms; a method of one term has them in the meter. */
static bool has_sums(const struct lt_learner *l)
{
	return l->method->terms > 1;
}

/* Of pseudo-labels, as the tensors rng.numbers and rng.kept. */
static int save_numbers(const struct lt_learner *l, struct lt_writer *writer,
			struct lt_error *err)
{
	struct lt_shape shape = {1, {(uint32_t)l->n_numbers}}, two = {1, {2}};
	int code;

	if (!l->numbers)
		return 0;
	code = lt_writer_tensor(writer, "rng.numbers", LT_F8, &shape, l->numbers, err);
	return code ? code : lt_writer_tensor(writer, "rng.kept", LT_F8, &two, &l->kept, err);
}

static int load_numbers(struct lt_learner *l, const struct lt_model *model,
			struct lt_error *err)
{
	const struct lt_model_tensor *numbers = lt_model_find(model, "rng.numbers");
	const struct lt_model_tensor *kept = lt_model_find(model, "rng.kept");

	if (!l->numbers)
		return 0;
	if (!numbers || numbers->dtype != LT_F8 || numbers->elements != l->n_numbers || !kept ||
	    kept->dtype != LT_F8 || kept->elements != 2)
		return lt_fail(err, LT_DATA,
			       "%s: tensor 'rng.numbers' or 'rng.kept' is missing",
			       model->name);
	memcpy(l->numbers, numbers->data, l->n_numbers * sizeof *l->numbers);
	memcpy(&l->kept, kept->data, sizeof l->kept);
	return 0;
}

static int save(void *self, struct lt_writer *writer, struct lt_error *err)
{
	struct lt_learner *l = self;
	struct lt_shape shape = {2, {LT_MAX_TERMS, sizeof *l->sum / sizeof(double)}};
	int code;

	if (has_sums(l) &&
	    (code = lt_writer_tensor(writer, "rng.terms", LT_F8, &shape, l->sum, err)) != 0)
		return code;
	if ((code = save_numbers(l, writer, err)) != 0)
		return code;
	return l->validation ? lt_validation_save(l->validation, writer, err) : 0;
}

static int load(void *self, const struct lt_model *model, struct lt_error *err)
{
	struct lt_learner *l = self;
	const struct lt_model_tensor *sums = lt_model_find(model, "rng.terms");
	int code;

	if (has_sums(l)) {
		if (!sums || sums->dtype != LT_F8 ||
		    sums->elements != LT_MAX_TERMS * (sizeof *l->sum / sizeof(double)))
			return lt_fail(err, LT_DATA, "%s: tensor 'rng.terms' is missing",
				       model->name);
		memcpy(l->sum, sums->data, sizeof l->sum);
	}
	if ((code = load_numbers(l, model, err)) != 0)
		return code;
	return l->validation ? lt_validation_load(l->validation, model, l->config.epochs, err)
			     : 0;
}

int lt_learner_take(struct lt_learner *l, int *epoch, struct lt_error *err)
{
	struct lt_network *net = l->config.net;

	*epoch = l->validation ? lt_validation_take_best(l->validation, net) : 0;
	if (*epoch > 0)
		return 0;
	*epoch = l->config.epochs;
	if (l->config.average)
		lt_weights_copy(net, l->config.average);
	return finishes(l) ? finish(l, l->config.epochs, net, err) : 0;
}

/* -------------------------------------------------------------------------- making */

static int check_sets(const struct lt_learner *l, struct lt_error *err)
{
	if (l->set[LT_GIVEN].rows == 0)
		return lt_fail(err, LT_DATA, "no %srows to learn from",
			       l->method->unlabelled ? "labelled " : "");
	if (l->method->unlabelled && l->set[LT_UNLABELED].rows == 0)
		return lt_fail(err, LT_DATA, "no unlabelled rows to learn from");
	if (l->config.table->n > UINT32_MAX)
		return lt_fail(err, LT_DATA, "more than 2^32 - 1 rows");
	return 0;
}

/* Whether a step has rows of this stream. */
static bool has_stream(const struct lt_learner *l, int s)
{
	return s == LT_GIVEN || (s == LT_UNLABELED && l->method->unlabelled) ||
	       (s == LT_BALANCED && lt_method_reads(l->method, LT_BALANCED));
}

static void know_sets(struct lt_learner *l)
{
	const struct lt_learner_config *c = &l->config;

	l->set[LT_GIVEN].rows = l->method->unlabelled ? c->n_given : c->table->n;
	l->set[LT_GIVEN].batch = c->batch;
	l->set[LT_UNLABELED].first = c->n_given;
	l->set[LT_UNLABELED].rows = c->table->n - c->n_given;
	l->set[LT_UNLABELED].batch = c->method.batch;
	l->set[LT_BALANCED] = l->set[LT_GIVEN];
}

/* The steps of the longer set, and the sequence lengths of all streams. */
static int plan_sets(struct lt_learner *l, struct lt_error *err)
{
	const struct lt_learner_config *c = &l->config;
	uint64_t most = 0, steps[LT_STREAMS];
	int code;

	know_sets(l);
	if ((code = check_sets(l, err)) != 0)
		return code;
	for (int s = 0; s < LT_STREAMS; s++) {
		uint64_t batch = (uint64_t)l->set[s].batch;

		if (!has_stream(l, s))
			continue;
		steps[s] = (l->set[s].rows + batch - 1) / batch;
		if (steps[s] > most)
			most = steps[s];
	}
	if (c->period > 0)
		most = (uint64_t)c->period;
	for (int s = 0; s < LT_STREAMS; s++) {
		uint64_t rows = l->set[s].rows, places;

		if (!has_stream(l, s))
			continue;
		/* Draws with replacement fill every step. */
		places = s != LT_BALANCED && steps[s] == most
				 ? rows
				 : most * (uint64_t)l->set[s].batch;
		if (most > INT32_MAX || places > UINT32_MAX ||
		    lt_sampler_room(rows, places) > UINT32_MAX)
			return lt_fail(err, LT_DATA,
				       "an epoch of more than 2^32 - 1 rows of a stream");
		l->set[s].places = places;
		l->set[s].order =
			lt_new_array(lt_sampler_room(rows, places), sizeof *l->set[s].order);
		if (!l->set[s].order)
			return lt_fail_memory(err);
	}
	l->steps = (int)most;
	return 0;
}

/* Outputs of n images, and gradients there. */
static int take_outputs(struct lt_learner *l, size_t n, struct lt_error *err)
{
	for (int h = 0; h < l->heads; h++) {
		size_t width = (size_t)l->width[h];

		l->grad[h] = lt_new_array(n, width * sizeof *l->grad[h]);
		if (!l->grad[h])
			return lt_fail_memory(err);
		for (int p = 0; p < l->method->passes; p++) {
			l->outputs[p][h] = lt_new_array(n, width * sizeof(double));
			if (!l->outputs[p][h])
				return lt_fail_memory(err);
		}
	}
	return 0;
}

static int take_offsets(struct lt_learner *l, struct lt_error *err)
{
	size_t classes = (size_t)l->classes;

	for (int t = 0; t < l->method->terms; t++) {
		l->offset[t].outputs = lt_new_array(classes, sizeof(double));
		l->offset[t].target = lt_new_array(classes, sizeof(double));
		if (!l->offset[t].outputs || !l->offset[t].target)
			return lt_fail_memory(err);
	}
	return 0;
}

static int take_memory(struct lt_learner *l, struct lt_error *err)
{
	const struct lt_learner_config *c = &l->config;
	int images = lt_method_images(&c->method, c->batch), code;
	size_t n = (size_t)images, classes = (size_t)l->classes;

	if ((code = take_outputs(l, n, err)) != 0 || (code = take_offsets(l, err)) != 0)
		return code;
	l->place = lt_new_array(n, sizeof *l->place);
	l->slope = lt_new_array(classes, 2 * sizeof *l->slope);
	l->label = lt_new_array(n, sizeof *l->label);
	l->omega = lt_new_array(n, sizeof *l->omega);
	l->loss_grad = lt_new_array(n, classes * sizeof *l->loss_grad);
	l->moved = lt_new_array(n, classes * sizeof *l->moved);
	if (!l->place || !l->slope || !l->label || !l->omega || !l->loss_grad || !l->moved)
		return lt_fail_memory(err);
	if (finishes(l)) {
		l->saved = lt_new_array(lt_network_graph(c->net)->params, sizeof *l->saved);
		if (!l->saved)
			return lt_fail_memory(err);
	}
	for (int i = 0; i < images; i++)
		l->place[i] = i;
	return 0;
}

static int prepare_batches(struct lt_learner *l, struct lt_error *err)
{
	const struct lt_learner_config *c = &l->config;
	struct lt_source source = lt_table_source(c->table);
	struct lt_mix_config mix = {.alpha = c->mix_alpha,
				    .probability = c->mix_probability,
				    .kappa = c->kappa,
				    .tau = c->tau,
				    .counts = c->loss_counts,
				    .seed = c->seed,
				    .batch = c->batch,
				    .classes = l->classes,
				    .height = c->table->height,
				    .width = c->table->width,
				    .channels = c->table->channels};
	struct lt_augment augment;
	int code = lt_augment_init(&augment, c->augment, &c->norm, err);

	if (code != 0 || (code = lt_batcher_new(&l->batcher, &source, &augment, c->seed,
						lt_network_pool(c->net), err)) != 0)
		return code;
	if (lt_method_strong(l->method) &&
	    (code = lt_augment_init(&l->strong, c->method.strong, &c->norm, err)) != 0)
		return code;
	mix.mixing = augment.mixing;
	return mix.mixing == LT_MIX_NONE ? 0 : lt_mix_new(&l->mix, &mix, err);
}

/* Whether the average makes passes in training mode. */
static bool averages(const struct lt_method *method)
{
	for (int p = 0; p < method->passes; p++)
		if (method->pass[p].average && method->pass[p].mode == LT_TRAIN)
			return true;
	return false;
}

static void know_heads(struct lt_learner *l)
{
	const struct lt_graph *g = lt_network_graph(l->config.net);

	l->classes = lt_graph_classes(g);
	l->heads = g->n_heads;
	for (int h = 0; h < l->heads; h++)
		l->width[h] = g->head[h].outputs;
}

static int prepare(struct lt_learner *l, struct lt_error *err)
{
	const struct lt_learner_config *c = &l->config;
	struct lt_network *model = c->average ? c->average : c->net;
	int code;

	l->method = c->method.method;
	know_heads(l);
	l->task = (struct lt_task){.self = l,
				   .accuracy = "accuracy",
				   .plan = plan,
				   .learn = learn,
				   .report = report,
				   .save = save,
				   .load = load,
				   .average = {.net = c->average,
					       .decay = c->method.setting[LT_EMA],
					       .young = true,
					       .statistics = !averages(l->method)}};
	if ((code = plan_sets(l, err)) != 0 || (code = take_memory(l, err)) != 0 ||
	    (code = lt_learner_new_numbers(l, err)) != 0 ||
	    (code = prepare_batches(l, err)) != 0 ||
	    (code = lt_balance_prepare(&c->balance, l->classes, c->loss_counts, &l->loss,
				       err)) != 0 ||
	    (l->method->begin && (code = l->method->begin(l, err)) != 0))
		return code;
	return c->val ? lt_validation_new(&l->validation, model, c->val, &c->norm, c->keep, err)
		      : 0;
}

int lt_learner_new(struct lt_learner **out, const struct lt_learner_config *config,
		   struct lt_error *err)
{
	struct lt_learner *l = lt_new_array(1, sizeof *l);
	int code;

	if (!l)
		return lt_fail_memory(err);
	l->config = *config;
	code = prepare(l, err);
	if (code != 0) {
		lt_learner_free(l);
		return code;
	}
	*out = l;
	return 0;
}

void lt_learner_free(struct lt_learner *l)
{
	if (!l)
		return;
	if (l->method && l->method->end)
		l->method->end(l);
	lt_batcher_free(l->batcher);
	lt_mix_free(l->mix);
	lt_loss_params_free(&l->loss);
	for (int s = 0; s < LT_STREAMS; s++)
		lt_free(l->set[s].order);
	for (int h = 0; h < LT_METHOD_HEADS; h++) {
		for (int p = 0; p < LT_MAX_PASSES; p++)
			lt_free(l->outputs[p][h]);
		lt_free(l->grad[h]);
	}
	for (int t = 0; t < LT_MAX_TERMS; t++) {
		lt_free(l->offset[t].outputs);
		lt_free(l->offset[t].target);
		lt_target_free(&l->guess[t].target);
	}
	lt_free(l->place);
	lt_free(l->slope);
	lt_free(l->label);
	lt_free(l->omega);
	lt_free(l->loss_grad);
	lt_free(l->moved);
	lt_free(l->saved);
	lt_free(l->shares);
	lt_free(l->numbers);
	lt_validation_free(l->validation);
	lt_free(l);
}
