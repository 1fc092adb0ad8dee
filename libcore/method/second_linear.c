/*
 * crt and lws on features that the encoder computes once, with class-balanced draws (Kang et
 * al. 2020; settings of their code: momentum 0.9, learning rate 0.2 for batches of 512 with a
 * cosine schedule to 0, weight decay 5e-4).  second_authors.c has their complete procedure.
 *
 * An epoch has as many draws as there are rows.  Several views of a row are used in turn: draw
 * k of epoch e uses view (k + e) mod views.
 */
#include <string.h>

#include "base/memory.h"
#include "data/sampler.h"
#include "method/second_descent.h"
#include "net/schedule.h"

struct epochs {
	struct lt_descent descent;
	struct lt_rates rates;
	uint32_t *order;
	uint64_t *counts;
};

/* Trains on the batch that starts at this draw of the epoch; returns its loss. */
static double learn_batch(struct epochs *e, int epoch, uint64_t first, int n, double rate)
{
	struct lt_descent *d = &e->descent;
	const struct lt_features *rows = d->config->rows;
	uint64_t views = (uint64_t)rows->views;

	for (int i = 0; i < n; i++) {
		uint64_t k = first + (uint64_t)i, row = e->order[k];
		uint64_t view = (k + (uint64_t)epoch) % views;

		d->x[i] = rows->feature + (row * views + view) * (uint64_t)rows->width;
		d->label[i] = rows->label[row];
	}
	return lt_descent_step(d, n, rate);
}

static int learn_epoch(struct epochs *e, int epoch, double *loss, struct lt_error *err)
{
	const struct lt_second_config *config = e->descent.config;
	const struct lt_features *rows = config->rows;
	struct lt_sampler_input input = {.label = rows->label,
					 .n = rows->n,
					 .counts = e->counts,
					 .classes = rows->classes,
					 .seed = config->seed,
					 .epoch = epoch,
					 .epochs = config->epochs};
	double rate = lt_rates_at(&e->rates, epoch), sum = 0;
	uint64_t batch = (uint64_t)e->descent.batch;
	int code = lt_sampler_epoch(lt_sampler_find("balanced"), &input, e->order, err);

	if (code != 0)
		return code;
	for (uint64_t first = 0; first < rows->n; first += batch) {
		uint64_t left = rows->n - first;
		int n = (int)(left < batch ? left : batch);

		sum += n * learn_batch(e, epoch, first, n, rate);
		if ((code = lt_descent_check(epoch, sum, err)) != 0)
			return code;
	}
	*loss = sum / (double)rows->n;
	lt_second_line(config, "epoch %d of %d: rate %g, loss %.4f", epoch, config->epochs,
		       rate, *loss);
	return 0;
}

static int learn(struct epochs *e, const struct lt_second_config *config,
		 struct lt_classifier *head, bool factors, struct lt_second_result *result,
		 struct lt_error *err)
{
	uint64_t n = config->rows->n;
	int batch = n < (uint64_t)config->batch ? (int)n : config->batch, code;
	double loss = 0;

	e->order = lt_new_array(n, sizeof *e->order);
	e->counts = lt_new_array((size_t)head->classes, sizeof *e->counts);
	if (!e->order || !e->counts)
		return lt_fail_memory(err);
	lt_features_counts(config->rows, e->counts);
	code = lt_descent_begin(&e->descent, config, head, e->counts, batch, factors, err);
	if (code != 0)
		return code;
	e->descent.scales_bias = factors && config->head_rate > 0;
	lt_rates_default(&e->rates, LT_SCHEDULE_COSINE, config->rate, config->epochs);
	for (int epoch = 1; epoch <= config->epochs && code == 0; epoch++)
		code = learn_epoch(e, epoch, &loss, err);
	lt_second_found(result, "loss", loss);
	return code != 0 ? code : lt_descent_finish(&e->descent, err);
}

static int learn_frozen(const struct lt_second_config *config, struct lt_classifier *head,
			bool factors, struct lt_second_result *result, struct lt_error *err)
{
	struct epochs e = {.order = NULL};
	int code = learn(&e, config, head, factors, result, err);

	lt_descent_end(&e.descent);
	lt_free(e.order);
	lt_free(e.counts);
	return code;
}

int lt_second_crt(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err)
{
	size_t classes = (size_t)head->classes;

	head->kind = LT_HEAD_LINEAR;
	head->scale = 1;
	if (config->images)
		return lt_second_authors(config, head, false, result, err);
	/* The problem is convex, so any start will do, and 0 favours no class. */
	memset(head->weight, 0, (size_t)head->features * classes * sizeof *head->weight);
	memset(head->bias, 0, classes * sizeof *head->bias);
	return learn_frozen(config, head, false, result, err);
}

int lt_second_lws(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err)
{
	int code = lt_second_want_linear(config, head, "has no length a class to learn", err);

	if (code != 0)
		return code;
	if (config->images)
		return lt_second_authors(config, head, true, result, err);
	return learn_frozen(config, head, true, result, err);
}
