/*
 * crt and lws by the procedure in the published code of Kang et al. (ICLR 2020), which Yang
 * and Xu use for their tables 3 and 4.
 *
 * The encoder is frozen but in training mode: batch norm uses the statistics of each batch,
 * and its running statistics change.  Images are augmented each time they are used.  Draws go
 * through the classes in turn, with four rows of each (data/class_cycle.h), and an epoch has
 * ⌊rows / batch⌋ batches.  The learning rate in epoch e of E is (1 + cos(π e / E)) / 2 of the
 * initial one, so in the last epoch only the running statistics change.  The head is
 * initialised like torch.nn.Linear, and the factors of lws also multiply the bias.  With
 * validation rows, the epoch with the best accuracy is kept, the first one if several are
 * equal.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/class_cycle.h"
#include "method/batch.h"
#include "method/second_descent.h"
#include "method/validation.h"
#include "net/schedule.h"

#define TURN 4 /* rows of a class */

struct authors {
	const struct lt_second_config *config;
	const struct lt_second_images *images;
	struct lt_descent descent;
	struct lt_rates rates;
	struct lt_class_cycle *cycle;
	struct lt_batcher *batcher;
	struct lt_validation *validation; /* NULL: the last epoch is kept */
	struct lt_classifier whole;	  /* the head with its factors, for validation */
	uint32_t *order;
	uint64_t *counts;
	float *feature; /* of a batch */
	int batch, steps;
};

/* Computes the features of a batch with its own statistics, and performs the step. */
static int learn_batch(struct authors *a, int epoch, int step, double rate, double *sum,
		       struct lt_error *err)
{
	struct lt_network *net = a->images->net;
	struct lt_descent *d = &a->descent;
	struct lt_batch batch = {.n = a->batch,
				 .row = a->order,
				 .slot = (uint32_t)(step * a->batch),
				 .epoch = (uint32_t)epoch};
	const lt_real *feature;
	int code;

	lt_class_cycle_take(a->cycle, a->order, (uint64_t)a->batch, step == 0);
	lt_batcher_fill(a->batcher, lt_network_input(net), &batch);
	if ((code = lt_batcher_status(a->batcher, err)) != 0 ||
	    (code = lt_network_forward(net, a->batch, 1, LT_TRAIN, err)) != 0)
		return code;
	feature = lt_network_features(net);
	for (size_t i = 0; i < (size_t)a->batch * (size_t)d->head->features; i++)
		a->feature[i] = (float)feature[i];
	for (int i = 0; i < a->batch; i++) {
		d->x[i] = a->feature + (size_t)i * (size_t)d->head->features;
		d->label[i] = a->images->table->label[a->order[i]];
	}
	*sum += lt_descent_step(d, a->batch, rate);
	return 0;
}

/* Copies the head to the network, for validation. */
static int put_head(struct authors *a, struct lt_error *err)
{
	const struct lt_classifier *head = a->descent.head;
	const double *factor = a->descent.factor;
	size_t classes = (size_t)head->classes, n = (size_t)head->features * classes;

	for (size_t i = 0; i < n; i++)
		a->whole.weight[i] = head->weight[i] * (factor ? factor[i % classes] : 1);
	for (size_t c = 0; c < classes; c++)
		a->whole.bias[c] = head->bias[c] * (factor ? factor[c] : 1);
	return lt_classifier_write(&a->whole, lt_network_graph(a->images->net),
				   lt_network_params(a->images->net), err);
}

static int validate(struct authors *a, int epoch, struct lt_error *err)
{
	struct lt_note_item item[2];
	int n = 0, code = put_head(a, err);

	if (code == 0 && a->validation)
		code = lt_validation_report(a->validation, epoch, item, &n, err);
	if (code == 0 && n > 0)
		lt_second_line(a->config, "epoch %d: accuracy %.4f on %s", epoch, item[0].real,
			       a->images->val->name);
	return code;
}

static int learn_epoch(struct authors *a, int epoch, double *loss, struct lt_error *err)
{
	double rate = lt_rates_at(&a->rates, epoch), sum = 0;
	int code;

	for (int step = 0; step < a->steps; step++) {
		if ((code = learn_batch(a, epoch, step, rate, &sum, err)) != 0 ||
		    (code = lt_descent_check(epoch, sum, err)) != 0)
			return code;
	}
	*loss = sum / a->steps;
	lt_second_line(a->config, "epoch %d of %d: rate %g, loss %.4f", epoch,
		       a->config->epochs, rate, *loss);
	return validate(a, epoch, err);
}

/* torch.nn.Linear: weights and bias uniform in ±1/√features. */
static void begin_head(struct lt_classifier *head, uint64_t seed)
{
	size_t classes = (size_t)head->classes, n = (size_t)head->features * classes;
	double most = 1 / sqrt(head->features);
	struct lt_draws draws = lt_draws_at(seed, LT_FOR_INIT, 1, 0, 0);

	for (size_t i = 0; i < n; i++)
		head->weight[i] = lt_draw_between(&draws, -most, most);
	for (size_t c = 0; c < classes; c++)
		head->bias[c] = lt_draw_between(&draws, -most, most);
}

static int take_memory(struct authors *a, const struct lt_classifier *head,
		       struct lt_error *err)
{
	size_t classes = (size_t)head->classes;

	a->order = lt_new_array((size_t)a->batch, sizeof *a->order);
	a->counts = lt_new_array(classes, sizeof *a->counts);
	a->whole = *head;
	a->whole.weight = lt_new_array((size_t)head->features * classes, sizeof(double));
	a->whole.bias = lt_new_array(classes, sizeof(double));
	a->feature = lt_new_array((size_t)a->batch, (size_t)head->features * sizeof(float));
	if (!a->order || !a->counts || !a->whole.weight || !a->whole.bias || !a->feature)
		return lt_fail_memory(err);
	return 0;
}

static int prepare(struct authors *a, struct lt_classifier *head, bool factors,
		   struct lt_error *err)
{
	const struct lt_second_config *config = a->config;
	const struct lt_table *table = a->images->table;
	struct lt_source source = lt_table_source(table);
	struct lt_augment augment;
	int code;

	a->batch = table->n < (uint64_t)config->batch ? (int)table->n : config->batch;
	a->steps = (int)(table->n / (uint64_t)a->batch);
	if ((code = take_memory(a, head, err)) != 0)
		return code;
	lt_table_counts(table, a->counts);
	if ((code = lt_descent_begin(&a->descent, config, head, a->counts, a->batch, factors,
				     err)) != 0 ||
	    (code = lt_class_cycle_new(&a->cycle, table->label, table->n, head->classes, TURN,
				       config->seed, err)) != 0 ||
	    (code = lt_augment_init(&augment, a->images->augment, &a->images->norm, err)) !=
		    0 ||
	    (code = lt_batcher_new(&a->batcher, &source, &augment, config->seed,
				   lt_network_pool(a->images->net), err)) != 0)
		return code;
	a->descent.scales_bias = factors;
	lt_rates_default(&a->rates, LT_SCHEDULE_COSINE_EARLY, config->rate, config->epochs);
	if (!factors)
		begin_head(head, config->seed);
	return a->images->val
		       ? lt_validation_new(&a->validation, a->images->net, a->images->val,
					   &a->images->norm, LT_KEEP_ACCURACY, err)
		       : 0;
}

/* Takes the head and the running statistics of the best or the last epoch. */
static int keep(struct authors *a, struct lt_second_result *result, struct lt_error *err)
{
	struct lt_classifier *head = a->descent.head, kept;
	int best = 0, code = lt_descent_finish(&a->descent, err);

	if (code != 0 || !a->validation)
		return code;
	best = lt_validation_take_best(a->validation, a->images->net);
	if (best == 0)
		return 0;
	code = lt_classifier_read(&kept, lt_network_graph(a->images->net),
				  lt_network_params(a->images->net), a->config->model, err);
	if (code != 0)
		return code;
	memcpy(head->weight, kept.weight,
	       (size_t)head->features * (size_t)head->classes * sizeof *head->weight);
	memcpy(head->bias, kept.bias, (size_t)head->classes * sizeof *head->bias);
	lt_classifier_free(&kept);
	lt_second_line(a->config, "kept epoch %d", best);
	lt_second_found(result, "kept_epoch", best);
	return 0;
}

int lt_second_authors(const struct lt_second_config *config, struct lt_classifier *head,
		      bool factors, struct lt_second_result *result, struct lt_error *err)
{
	struct authors a = {.config = config, .images = config->images};
	double loss = 0;
	int code = prepare(&a, head, factors, err);

	for (int epoch = 1; epoch <= config->epochs && code == 0; epoch++)
		code = learn_epoch(&a, epoch, &loss, err);
	lt_second_found(result, "loss", loss);
	if (code == 0)
		code = keep(&a, result, err);
	lt_descent_end(&a.descent);
	lt_class_cycle_free(a.cycle);
	lt_batcher_free(a.batcher);
	lt_validation_free(a.validation);
	lt_free(a.whole.weight);
	lt_free(a.whole.bias);
	lt_free(a.feature);
	lt_free(a.order);
	lt_free(a.counts);
	return code;
}
