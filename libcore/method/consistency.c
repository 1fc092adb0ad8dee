#include "method/consistency.h"

#include <string.h>

#include "base/memory.h"
#include "data/sampler.h"

#define RAMP 0.4 /* of the run's steps */

static const struct lt_consistency_method *const table[] = {&lt_vat, &lt_mean_teacher};
const char *const lt_consistency_names[] = {"none", "vat", "mean-teacher", NULL};

const struct lt_consistency_method *lt_consistency_find(const char *name)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}

double lt_consistency_ramp(int64_t step, int64_t steps)
{
	double ramp = (double)step / (RAMP * (double)steps);

	return ramp < 1 ? ramp : 1;
}

double lt_consistency_keep(int64_t step, double decay)
{
	double t = (double)step + 1, young = (1 + t) / (10 + t);

	return young < decay ? young : decay;
}

/* -------------------------------------------------------------------------- making */

int lt_consistency_images(const struct lt_consistency_settings *settings, int batch)
{
	if (settings->method->together)
		return batch + settings->batch;
	return batch > settings->batch ? batch : settings->batch;
}

/* The steps of the longer set, and the sequence lengths of both. */
static int plan_streams(struct lt_consistency *c, struct lt_error *err)
{
	const struct lt_consistency_config *config = &c->config;
	uint64_t rows[LT_STREAMS] = {config->n_given, config->n - config->n_given};
	uint64_t most = 0, steps[LT_STREAMS];

	for (int s = 0; s < LT_STREAMS; s++) {
		uint64_t batch = (uint64_t)c->batch[s];

		if (rows[s] == 0)
			return lt_fail(err, LT_DATA, "no %s rows to learn from",
				       s == LT_GIVEN ? "labelled" : "unlabelled");
		steps[s] = (rows[s] + batch - 1) / batch;
		if (steps[s] > most)
			most = steps[s];
	}
	for (int s = 0; s < LT_STREAMS; s++) {
		c->places[s] = steps[s] == most ? rows[s] : most * (uint64_t)c->batch[s];
		if (most > INT32_MAX || c->places[s] > UINT32_MAX ||
		    lt_sampler_room(rows[s], c->places[s]) > UINT32_MAX)
			return lt_fail(err, LT_DATA,
				       "an epoch of more than 2^32 - 1 rows of a stream");
	}
	c->steps = (int)most;
	return 0;
}

static int take_memory(struct lt_consistency *c, struct lt_error *err)
{
	const struct lt_consistency_config *config = &c->config;
	int images = lt_consistency_images(&config->settings, config->batch);
	size_t classes = (size_t)c->classes, outputs = (size_t)images * classes;

	c->order = lt_new_array(
		lt_sampler_room(config->n - config->n_given, c->places[LT_UNLABELED]),
		sizeof *c->order);
	c->place = lt_new_array((size_t)images, sizeof *c->place);
	c->grad = lt_new_array(outputs, sizeof *c->grad);
	c->logits = lt_new_array(outputs, sizeof *c->logits);
	c->z = lt_new_array(classes, sizeof *c->z);
	c->slope = lt_new_array(classes, sizeof *c->slope);
	if (!c->order || !c->place || !c->grad || !c->logits || !c->z || !c->slope)
		return lt_fail_memory(err);
	for (int i = 0; i < images; i++)
		c->place[i] = i;
	return 0;
}

int lt_consistency_new(struct lt_consistency **out, const struct lt_consistency_config *config,
		       struct lt_error *err)
{
	const struct lt_consistency_method *method = config->settings.method;
	const struct lt_graph *g = lt_network_graph(config->net);
	struct lt_consistency *c = lt_new_array(1, sizeof *c);
	int code;

	if (!c)
		return lt_fail_memory(err);
	c->config = *config;
	c->classes = lt_graph_classes(g);
	c->batch[LT_GIVEN] = config->batch;
	c->batch[LT_UNLABELED] = config->settings.batch;
	if ((code = plan_streams(c, err)) != 0 || (code = take_memory(c, err)) != 0 ||
	    (method->begin && (code = method->begin(c, err)) != 0)) {
		lt_consistency_free(c);
		return code;
	}
	if (config->teacher) {
		memcpy(lt_network_params(config->teacher), lt_network_params(config->net),
		       g->params * sizeof(lt_real));
		memcpy(lt_network_state(config->teacher), lt_network_state(config->net),
		       g->state * sizeof(lt_real));
	}
	*out = c;
	return 0;
}

void lt_consistency_free(struct lt_consistency *c)
{
	if (!c)
		return;
	if (c->config.settings.method->end)
		c->config.settings.method->end(c);
	lt_free(c->order);
	lt_free(c->place);
	lt_free(c->grad);
	lt_free(c->logits);
	lt_free(c->z);
	lt_free(c->slope);
	lt_free(c);
}

int lt_consistency_steps(const struct lt_consistency *c)
{
	return c->steps;
}

uint64_t lt_consistency_places(const struct lt_consistency *c)
{
	return c->places[LT_GIVEN];
}

/* -------------------------------------------------------------------------- steps */

int lt_consistency_plan(struct lt_consistency *c, int epoch, struct lt_error *err)
{
	const struct lt_consistency_config *config = &c->config;
	struct lt_sampler_input input = {.n = config->n - config->n_given,
					 .seed = config->seed,
					 .epoch = epoch,
					 .epochs = config->epochs,
					 .stream = LT_UNLABELED};
	uint64_t places = c->places[LT_UNLABELED];
	int code = lt_sampler_passes(lt_sampler_find("uniform"), &input, places, c->order, err);

	for (uint64_t i = 0; i < places && code == 0; i++)
		c->order[i] += (uint32_t)config->n_given;
	return code;
}

/* A step of the run, from 0. */
static int64_t number_of(const struct lt_consistency *c, int epoch, int step)
{
	return (int64_t)(epoch - 1) * c->steps + step;
}

double lt_consistency_learn(struct lt_consistency *c, int epoch, int step,
			    const struct lt_batch *given, lt_given_loss *loss, void *arg)
{
	const struct lt_consistency_config *config = &c->config;
	uint64_t batch = (uint64_t)c->batch[LT_UNLABELED], first = (uint64_t)step * batch;
	uint64_t left = c->places[LT_UNLABELED] - first, n = left < batch ? left : batch;
	double ramp = lt_consistency_ramp(number_of(c, epoch, step),
					  (int64_t)config->epochs * c->steps);
	struct lt_lesson lesson = {
		.loss = loss, .arg = arg, .weight = config->settings.weight * ramp};
	double value, term;

	lesson.batch[LT_GIVEN] = *given;
	lesson.batch[LT_UNLABELED] =
		(struct lt_batch){.n = (int)n,
				  .row = c->order + first,
				  .slot = (uint32_t)first,
				  .n_next = (int)(left - n < batch ? left - n : batch),
				  .next = c->order + first + n,
				  .epoch = (uint32_t)epoch};
	value = config->settings.method->learn(c, &lesson, &term);
	c->sum += term;
	c->learnt++;
	return value;
}

void lt_consistency_follow(struct lt_consistency *c, int epoch, int step)
{
	const struct lt_consistency_config *config = &c->config;

	if (config->teacher)
		lt_network_average(
			config->teacher, config->net,
			lt_consistency_keep(number_of(c, epoch, step), config->settings.decay));
}

int lt_consistency_fill(struct lt_consistency *c, struct lt_network *net,
			const struct lt_lesson *lesson, const struct lt_part *part, int n)
{
	int images = 0;

	for (int i = 0; i < n; i++) {
		struct lt_batch batch = lesson->batch[part[i].rows];

		batch.view = part[i].view;
		batch.place = c->place + images;
		lt_batcher_fill(c->config.batcher, lt_network_input(net), &batch);
		images += batch.n;
	}
	return images;
}

double lt_consistency_term(struct lt_consistency *c, lt_divergence *divergence,
			   const double *target, int n, double weight)
{
	const lt_real *outputs = lt_network_outputs(c->config.net, 0);
	double sum = 0;

	for (int i = 0; i < n; i++) {
		size_t row = (size_t)i * (size_t)c->classes;

		for (int k = 0; k < c->classes; k++)
			c->z[k] = outputs[row + (size_t)k];
		sum += divergence(c->z, target + row, c->classes, c->slope);
		for (int k = 0; k < c->classes; k++)
			c->grad[row + (size_t)k] += (lt_real)(weight / n * c->slope[k]);
	}
	return sum / n;
}

/* ---------------------------------------------------------------- between epochs */

void lt_consistency_report(struct lt_consistency *c, struct lt_note_item *item, int *n)
{
	item[(*n)++] = (struct lt_note_item){
		.key = "consistency", .type = LT_NOTE_REAL, .real = c->sum / c->learnt};
	c->sum = c->learnt = 0;
}

int lt_consistency_save(const struct lt_consistency *c, struct lt_writer *writer,
			struct lt_error *err)
{
	const double sums[2] = {c->sum, c->learnt};
	struct lt_shape two = {1, {2}};
	struct lt_network *teacher = c->config.teacher;
	int code = lt_writer_tensor(writer, "rng.consistency", LT_F8, &two, sums, err);

	if (code == 0 && teacher)
		code = lt_model_write(writer, "ema.", lt_network_graph(teacher),
				      lt_network_params(teacher), lt_network_state(teacher),
				      err);
	return code;
}

int lt_consistency_load(struct lt_consistency *c, const struct lt_model *model,
			struct lt_error *err)
{
	const struct lt_model_tensor *sums = lt_model_find(model, "rng.consistency");
	struct lt_network *teacher = c->config.teacher;
	const double *value;

	if (!sums || sums->dtype != LT_F8 || sums->elements != 2)
		return lt_fail(err, LT_DATA, "%s: tensor 'rng.consistency' is missing",
			       model->name);
	value = sums->data;
	c->sum = value[0];
	c->learnt = value[1];
	if (!teacher)
		return 0;
	return lt_model_restore(model, "ema.", lt_network_graph(teacher),
				lt_network_params(teacher), lt_network_state(teacher), err);
}
