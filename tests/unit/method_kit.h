/* Shared by the tests of methods: rows, a small network, a learner, and central differences. */
#ifndef LT_TESTS_METHOD_KIT_H
#define LT_TESTS_METHOD_KIT_H

#include "check.h"
#include "learner_kit.h"
#include "method/learner.h"
#include "net/loss.h"

enum { CLASSES = 4, BATCH = 8, OTHER_BATCH = 9 };
enum { MOST = 2 * BATCH + 3 * OTHER_BATCH }; /* images of a pass */
enum { GIVEN = 11, UNLABELED = 27, ROWS = GIVEN + UNLABELED };

#define EPSILON 0.5
#define WEIGHT 3.0
#define THRESHOLD 0.3
#define FAIRNESS 0.7
#define DEBIAS 0.4
#define TEMPERATURE 0.5
#define BLEND_ROOT 0.7
#define SEED 3

static struct lt_pool *pool;
static struct lt_table table;
static const uint64_t counts[CLASSES] = {3, 3, 3, 2}; /* of the labelled rows */

static inline void make_rows(void)
{
	table = kit_table(ROWS);
	for (int i = 0; i < GIVEN; i++)
		kit_label[i] = i % CLASSES;
}

/* With the heads of a method. */
static inline struct lt_network *network_for(const struct lt_method *method, bool learns)
{
	struct lt_head heads[LT_METHOD_HEADS];
	int n = lt_method_heads(method, LT_FC(LT_HEAD_LINEAR, CLASSES), heads);

	return kit_network_of(heads, n, method->predicts,
			      (struct lt_network_config){.pool = pool,
							 .max_batch = MOST,
							 .max_splits = 1,
							 .learns = learns,
							 .adds = learns,
							 .image_grad = learns});
}

static inline struct lt_network *new_network(bool learns)
{
	return network_for(&lt_method_none, learns);
}

/* Two networks and a learner over the rows. */
struct bench {
	struct lt_network *net, *average;
	struct lt_learner *l;
};

static inline struct lt_learner_config config_of(const struct lt_method *method, int batch,
						 int other)
{
	return (struct lt_learner_config){
		.table = &table,
		.n_given = GIVEN,
		.omega = 1,
		.loss_counts = counts,
		.balance = {.loss = &lt_loss_ce, .rule = &lt_rules[0]},
		.augment = "crop-flip",
		.norm = kit_norm,
		.batch = batch,
		.epochs = 2,
		.seed = SEED,
		.method = {.method = method,
			   .batch = other,
			   .align = method->align,
			   .strong = "crop-flip,cutout",
			   .setting = {[LT_WEIGHT] = WEIGHT,
				       [LT_EMA] = 0.5,
				       [LT_VAT_EPSILON] = EPSILON,
				       [LT_THRESHOLD] = THRESHOLD,
				       [LT_FAIRNESS] = FAIRNESS,
				       [LT_DEBIAS] = DEBIAS,
				       [LT_TEMPERATURE] = TEMPERATURE,
				       [LT_BLEND_ROOT] = BLEND_ROOT}}};
}

static inline struct bench begin(const struct lt_method *method, int batch, int other)
{
	struct bench b = {.net = network_for(method, true),
			  .average = network_for(method, false)};
	struct lt_learner_config config = config_of(method, batch, other);
	int steps;

	config.net = b.net;
	config.average = method->average ? b.average : NULL;
	if (lt_learner_new(&b.l, &config, NULL) != 0 ||
	    b.l->task.plan(b.l, 1, &steps, NULL) != 0)
		abort();
	lt_average_begin(&b.l->task.average, b.net);
	return b;
}

static inline void finish(struct bench *b)
{
	lt_learner_free(b->l);
	lt_network_free(b->net);
	lt_network_free(b->average);
}

/* Mean cross-entropy. */
static inline double given_loss(const struct lt_batch *given, const double *outputs)
{
	double sum = 0, p[CLASSES];

	for (int i = 0; i < given->n; i++)
		sum -= lt_loss_softmax(outputs + i * CLASSES, CLASSES, kit_label[given->row[i]],
				       p);
	return sum / given->n;
}

/* p = softmax(z + offset); returns log Σ exp(z + offset). */
static inline double softmax(const double *z, const double *offset, double *p)
{
	double sum = 0;

	for (int c = 0; c < CLASSES; c++)
		sum += p[c] = exp(z[c] + offset[c]);
	for (int c = 0; c < CLASSES; c++)
		p[c] /= sum;
	return log(sum);
}

static const uint32_t given_rows[BATCH] = {3, 1, 4, 10, 5, 9, 2, 6};
static const struct lt_batch given_batch = {
	.n = BATCH, .row = given_rows, .slot = BATCH, .epoch = 1};

/* What stays fixed while the value of a step is recomputed. */
struct fixed {
	double images[3][MOST * PLANE];
	double target[(BATCH + OTHER_BATCH) * CLASSES];
	double weight;
	const struct lt_learner *l;
	double (*value)(struct lt_network *net, const struct fixed *fixed);
};

/* A step of a learner; returns the value of its objective. */
static inline double learn_step(struct lt_learner *l)
{
	double value;

	if (lt_learner_step(l, &value, NULL) != 0)
		abort();
	return value;
}

static inline const double *outputs_of(struct lt_network *net, const double *images, int n)
{
	memcpy(lt_network_input(net), images, (size_t)n * PLANE * sizeof *images);
	lt_network_forward(net, n, 1, LT_STATS, NULL);
	return lt_network_outputs(net, 0);
}

typedef double divergence_of(const double *z, const double *target, int classes, double *grad);

/* Sets the learner's step: these labelled rows, and unlabelled ones from the second batch on.
 */
static inline void set_rows(struct bench *b, int other, bool second)
{
	struct lt_learner *l = b->l;
	int from = second ? other : 0;

	l->batch[LT_GIVEN] = given_batch;
	l->batch[LT_UNLABELED] = (struct lt_batch){.n = other,
						   .row = l->set[LT_UNLABELED].order + from,
						   .slot = (uint32_t)from,
						   .epoch = 1};
	lt_learner_place(l);
}

/* Error of the gradient along d against central differences: the least for four step sizes,
 * because a step may cross the kink of a ReLU. */
static inline double error_along(struct lt_network *net, const struct fixed *f, const double *d,
				 double want)
{
	size_t n = lt_network_graph(net)->params;
	double *w = lt_network_params(net), least = INFINITY;

	for (double h = 1e-5; h > 1e-8; h /= 8) {
		double up, down;

		for (size_t i = 0; i < n; i++)
			w[i] += h * d[i];
		up = f->value(net, f);
		for (size_t i = 0; i < n; i++)
			w[i] -= 2 * h * d[i];
		down = f->value(net, f);
		for (size_t i = 0; i < n; i++)
			w[i] += h * d[i];
		least = fmin(least, fabs((up - down) / (2 * h) - want));
	}
	return least;
}

static inline void check_gradients(struct bench *b, const struct fixed *f, double value,
				   const char *name)
{
	size_t n = lt_network_graph(b->net)->params;
	double *d = malloc(n * sizeof *d), *grads = malloc(n * sizeof *grads), norm = 0;
	struct lt_draws draws = lt_draws_at(4, LT_FOR_SYNTH, 0, 0, 1);
	double worst = 0;
	char text[120];

	if (!d || !grads)
		abort();
	memcpy(grads, lt_network_grads(b->net), n * sizeof *grads);
	for (size_t i = 0; i < n; i++)
		norm += grads[i] * grads[i];
	for (int k = 0; k < 8; k++) {
		double want = 0;

		for (size_t i = 0; i < n; i++) {
			d[i] = lt_draw_below(&draws, 2) ? 1 : -1;
			want += d[i] * grads[i];
		}
		worst = fmax(worst, error_along(b->net, f, d, want) / sqrt(norm));
	}
	snprintf(text, sizeof text, "%s: the value is that of its parts", name);
	check_named(fabs(f->value(b->net, f) - value) < 1e-12, text);
	snprintf(text, sizeof text, "%s: gradients", name);
	if (!check_named(worst < 1e-6, text))
		printf("# relative error %g\n", worst);
	free(d);
	free(grads);
}

#endif
