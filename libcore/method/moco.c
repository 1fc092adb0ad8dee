/*
 * Momentum contrast; see pretext.h.
 *
 * A step makes two views.  The momentum encoder turns one into keys: its batch
 * is shuffled among the splits of batch norm, so that a key does not share its
 * statistics with its query.  The query encoder learns from the other view.
 * With the symmetric loss the views change places and the gradients are added.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "base/random.h"
#include "method/batch.h"
#include "method/pretext.h"
#include "report/knn.h"

/* The bank and the queries of the reported kNN accuracy: evenly spaced rows, so that an epoch
 * stays cheap. */
enum { KNN_ROWS = 5000, KNN_EVERY = 5 };

struct lt_moco {
	struct lt_pretext_config config;
	struct lt_task task;
	struct lt_batcher *batcher;
	uint32_t *order;
	int steps, dim;
	int64_t head; /* where the next key goes in the queue */

	lt_real *queue;	  /* [config.queue][dim], unit vectors */
	lt_real *query;	  /* [batch][dim], unit vectors */
	lt_real *norm;	  /* [batch]: lengths of the projections */
	lt_real *key[2];  /* [batch][dim]: of view 1, of view 0 */
	lt_real *similar; /* [batch][queue]: logits, then their gradients */
	lt_real *output_grad, *first_grads;
	double *row_loss;
	bool *row_right;
	int *place;	   /* where an image stands in the shuffled batch */
	uint32_t *shuffle; /* a permutation being drawn */

	/* kNN report */
	uint32_t *bank_row, *query_row;
	uint32_t n_bank, n_queries;
	float *bank, *queries;
	int32_t *bank_label, *query_label;
};

/* ------------------------------------------------------------------- unit vectors */

static lt_real length_of(const lt_real *v, int n)
{
	double squares = 0, length;

	for (int i = 0; i < n; i++)
		squares += (double)v[i] * v[i];
	length = sqrt(squares);
	return (lt_real)(length < 1e-12 ? 1e-12 : length);
}

static void make_unit(const lt_real *from, int n, lt_real length, lt_real *to)
{
	for (int i = 0; i < n; i++)
		to[i] = from[i] / length;
}

/* ----------------------------------------------------------------------- one loss */

/* The loss of queries against their keys and the queue: a work item is a range of rows. */
struct contrast {
	struct lt_moco *m;
	const lt_real *key;
	int n;
};

/*
 * Row i: logits q·k / T and q·queue / T, softmax, loss and the gradient with
 * respect to q, then through the normalisation to the projection:
 * (g - (g·q) q) / length.
 */
static void contrast_row(const struct contrast *job, int i)
{
	struct lt_moco *m = job->m;
	int dim = m->dim, queue = m->config.queue;
	const lt_real *q = m->query + (size_t)i * dim, *k = job->key + (size_t)i * dim;
	lt_real *s = m->similar + (size_t)i * queue;
	double t = m->config.temperature, positive = 0, most, sum, share;

	for (int j = 0; j < dim; j++)
		positive += (double)q[j] * k[j];
	positive /= t;
	most = positive;
	m->row_right[i] = true;
	for (int j = 0; j < queue; j++)
		if (!(s[j] <= most)) {
			most = s[j];
			m->row_right[i] = false;
		}
	sum = share = lt_exp(positive - most);
	for (int j = 0; j < queue; j++) {
		double e = lt_exp(s[j] - most);

		s[j] = (lt_real)e;
		sum += e;
	}
	m->row_loss[i] = lt_log(sum) + most - positive;
	/* d loss / d logit, over T and the mean over the batch. */
	for (int j = 0; j < queue; j++)
		s[j] = (lt_real)(s[j] / sum / (t * job->n));
	share = (share / sum - 1) / (t * job->n);
	for (int j = 0; j < dim; j++)
		m->output_grad[(size_t)i * dim + j] = (lt_real)(share * k[j]);
}

static void contrast_item(void *arg, int item, int worker)
{
	const struct contrast *job = arg;
	struct lt_moco *m = job->m;
	int first = item * LT_RANGE, n = job->n - first, dim = m->dim, queue = m->config.queue;
	lt_real *query = m->query + (size_t)first * dim;
	lt_real *similar = m->similar + (size_t)first * queue;
	lt_real *grad = m->output_grad + (size_t)first * dim;

	(void)worker;
	if (n > LT_RANGE)
		n = LT_RANGE;
	lt_gemm(false, true, n, queue, dim, (lt_real)(1 / m->config.temperature), query, dim,
		m->queue, dim, 0, similar, queue);
	for (int i = first; i < first + n; i++)
		contrast_row(job, i);
	lt_gemm(false, false, n, dim, queue, 1, similar, queue, m->queue, dim, 1, grad, dim);
	for (int i = 0; i < n; i++) {
		lt_real *g = grad + (size_t)i * dim, *q = query + (size_t)i * dim;
		double along = 0;

		for (int j = 0; j < dim; j++)
			along += (double)g[j] * q[j];
		for (int j = 0; j < dim; j++)
			g[j] = (lt_real)((g[j] - along * q[j]) / m->norm[first + i]);
	}
}

/* Keys of a view: the momentum encoder on the shuffled batch, put back in order. */
static void make_keys(struct lt_moco *m, struct lt_batch batch, int view, lt_real *key)
{
	const struct lt_pretext_config *c = &m->config;
	struct lt_draws draws =
		lt_draws_at(c->seed, LT_FOR_BN, (uint32_t)view, batch.epoch, batch.slot);
	const lt_real *outputs;

	lt_draw_permutation(&draws, m->shuffle, (uint32_t)batch.n);
	for (int i = 0; i < batch.n; i++)
		m->place[i] = (int)m->shuffle[i];
	batch.view = (uint32_t)view;
	batch.place = m->place;
	lt_batcher_fill(m->batcher, c->key_net, &batch);
	lt_network_forward(c->key_net, batch.n, c->splits, LT_TRAIN);
	outputs = lt_network_outputs(c->key_net);
	for (int i = 0; i < batch.n; i++) {
		const lt_real *v = outputs + (size_t)m->place[i] * m->dim;

		make_unit(v, m->dim, length_of(v, m->dim), key + (size_t)i * m->dim);
	}
}

/* Queries of a view against keys: loss, and the query encoder's gradients. */
static void learn_view(struct lt_moco *m, struct lt_batch batch, int view, const lt_real *key,
		       struct lt_meter *meter)
{
	const struct lt_pretext_config *c = &m->config;
	struct contrast job = {m, key, batch.n};
	const lt_real *outputs;

	batch.view = (uint32_t)view;
	lt_batcher_fill(m->batcher, c->net, &batch);
	lt_network_forward(c->net, batch.n, c->splits, LT_TRAIN);
	outputs = lt_network_outputs(c->net);
	for (int i = 0; i < batch.n; i++) {
		const lt_real *v = outputs + (size_t)i * m->dim;

		m->norm[i] = length_of(v, m->dim);
		make_unit(v, m->dim, m->norm[i], m->query + (size_t)i * m->dim);
	}
	lt_pool_run(lt_network_pool(c->net), contrast_item, &job,
		    (batch.n + LT_RANGE - 1) / LT_RANGE);
	lt_network_backward(c->net, m->output_grad);
	for (int i = 0; i < batch.n; i++) {
		meter->loss += m->row_loss[i];
		meter->correct += m->row_right[i];
	}
	meter->rows += batch.n;
}

static void enqueue(struct lt_moco *m, const lt_real *key, int n)
{
	int dim = m->dim, queue = m->config.queue;

	for (int i = 0; i < n; i++) {
		memcpy(m->queue + (size_t)m->head * dim, key + (size_t)i * dim,
		       (size_t)dim * sizeof *key);
		m->head = (m->head + 1) % queue;
	}
}

/* ------------------------------------------------------------------------- epochs */

static int plan(void *self, int epoch, int *steps, struct lt_error *err)
{
	struct lt_moco *m = self;
	struct lt_draws draws =
		lt_draws_at(m->config.seed, LT_FOR_ORDER, 0, (uint32_t)epoch, 0);

	(void)err;
	lt_draw_permutation(&draws, m->order, (uint32_t)m->config.table->n);
	*steps = m->steps;
	return 0;
}

static int step(void *self, int epoch, int number, double rate, struct lt_meter *meter,
		struct lt_error *err)
{
	struct lt_moco *m = self;
	const struct lt_pretext_config *c = &m->config;
	size_t params = lt_network_graph(c->net)->params;
	uint64_t first = (uint64_t)number * c->batch;
	struct lt_batch batch = {.n = c->batch,
				 .row = m->order + first,
				 .slot = (uint32_t)first,
				 .epoch = (uint32_t)epoch};

	(void)err;
	lt_network_average(c->key_net, c->net, c->key_momentum);
	make_keys(m, batch, 1, m->key[0]);
	if (c->symmetric)
		make_keys(m, batch, 0, m->key[1]);
	learn_view(m, batch, 0, m->key[0], meter);
	if (c->symmetric) {
		lt_real *grads = lt_network_grads(c->net);

		memcpy(m->first_grads, grads, params * sizeof *grads);
		learn_view(m, batch, 1, m->key[1], meter);
		for (size_t i = 0; i < params; i++)
			grads[i] += m->first_grads[i];
	}
	lt_network_step(c->net, rate, c->momentum, c->decay);
	enqueue(m, m->key[0], batch.n);
	if (c->symmetric)
		enqueue(m, m->key[1], batch.n);
	return 0;
}

/* --------------------------------------------------------------------- kNN report */

struct sight {
	struct lt_moco *m;
	float *to;
};

static void see(void *arg, uint64_t i, const lt_real *output, const lt_real *feature)
{
	const struct sight *sight = arg;
	int features = lt_network_graph(sight->m->config.net)->features;

	(void)output;
	for (int k = 0; k < features; k++)
		sight->to[i * (uint64_t)features + (uint64_t)k] = (float)feature[k];
}

static int report(void *self, int epoch, struct lt_note_item *item, int *n,
		  struct lt_error *err)
{
	struct lt_moco *m = self;
	const struct lt_pretext_config *c = &m->config;
	int features = lt_network_graph(c->net)->features, code;
	struct sight bank = {m, m->bank}, queries = {m, m->queries};
	struct lt_knn_features bank_features = {m->n_bank, m->bank, m->bank_label};
	struct lt_knn_features query_features = {m->n_queries, m->queries, m->query_label};
	struct lt_knn_result result;

	(void)epoch;
	if (m->n_bank == 0 || m->n_queries == 0)
		return 0;
	if ((code = lt_predict(c->net, c->table, &c->norm, m->bank_row, m->n_bank, see, &bank,
			       err)) != 0 ||
	    (code = lt_predict(c->net, c->table, &c->norm, m->query_row, m->n_queries, see,
			       &queries, err)) != 0)
		return code;
	code = lt_knn(&bank_features, &query_features, features, c->table->header.n_classes,
		      c->knn, LT_KNN_TEMPERATURE, &result, err);
	if (code != 0)
		return code;
	item[0] = (struct lt_note_item){.key = "knn_accuracy",
					.type = LT_NOTE_REAL,
					.real = (double)result.right / (double)result.rows};
	*n = 1;
	return 0;
}

/* Evenly spaced rows with labels; one in KNN_EVERY asks, the others answer. */
static int choose_knn_rows(struct lt_moco *m, struct lt_error *err)
{
	const struct lt_table *table = m->config.table;
	size_t features = (size_t)lt_network_graph(m->config.net)->features;
	uint64_t labelled = 0, every, seen = 0, taken = 0;

	for (uint64_t i = 0; i < table->n; i++)
		labelled += table->label[i] >= 0;
	if (m->config.knn == 0 || labelled < 2 * KNN_EVERY || table->header.n_classes < 1)
		return 0;
	every = (labelled + KNN_ROWS - 1) / KNN_ROWS;
	m->bank_row = lt_new_array(KNN_ROWS, sizeof *m->bank_row);
	m->query_row = lt_new_array(KNN_ROWS, sizeof *m->query_row);
	m->bank_label = lt_new_array(KNN_ROWS, sizeof *m->bank_label);
	m->query_label = lt_new_array(KNN_ROWS, sizeof *m->query_label);
	m->bank = lt_new_array(KNN_ROWS * features, sizeof *m->bank);
	m->queries = lt_new_array(KNN_ROWS * features, sizeof *m->queries);
	if (!m->bank_row || !m->query_row || !m->bank_label || !m->query_label || !m->bank ||
	    !m->queries)
		return lt_fail_memory(err);
	for (uint64_t i = 0; i < table->n; i++) {
		if (table->label[i] < 0 || seen++ % every != 0)
			continue;
		if (taken++ % KNN_EVERY == 0) {
			m->query_label[m->n_queries] = table->label[i];
			m->query_row[m->n_queries++] = (uint32_t)i;
		} else {
			m->bank_label[m->n_bank] = table->label[i];
			m->bank_row[m->n_bank++] = (uint32_t)i;
		}
	}
	return 0;
}

/* ------------------------------------------------------------------- checkpoints */

static int save(void *self, struct lt_writer *writer, struct lt_error *err)
{
	struct lt_moco *m = self;
	const struct lt_pretext_config *c = &m->config;
	struct lt_shape keys = {2, {(uint32_t)c->queue, (uint32_t)m->dim}}, one = {1, {1}};
	int code = lt_model_write(writer, "ema.", lt_network_graph(c->key_net),
				  lt_network_params(c->key_net), lt_network_state(c->key_net),
				  err);

	if (code == 0)
		code = lt_writer_tensor(writer, "queue.keys", LT_REAL_DTYPE, &keys, m->queue,
					err);
	if (code == 0)
		code = lt_writer_tensor(writer, "queue.head", LT_I8, &one, &m->head, err);
	return code;
}

static int load(void *self, const struct lt_model *model, struct lt_error *err)
{
	struct lt_moco *m = self;
	const struct lt_pretext_config *c = &m->config;
	const struct lt_model_tensor *keys = lt_model_find(model, "queue.keys");
	const struct lt_model_tensor *head = lt_model_find(model, "queue.head");
	size_t size = (size_t)c->queue * (size_t)m->dim;

	if (!keys || keys->dtype != LT_REAL_DTYPE || keys->elements != size || !head ||
	    head->dtype != LT_I8 || head->elements != 1)
		return lt_fail(err, LT_DATA, "%s: the queue is missing or of another size",
			       model->name);
	memcpy(m->queue, keys->data, size * sizeof *m->queue);
	m->head = *(const int64_t *)head->data;
	if (m->head < 0 || m->head >= c->queue)
		return lt_fail(err, LT_DATA, "%s: impossible place in the queue", model->name);
	return lt_model_restore(model, "ema.", lt_network_graph(c->key_net),
				lt_network_params(c->key_net), lt_network_state(c->key_net),
				err);
}

/* -------------------------------------------------------------------------- making */

static void first_queue(struct lt_moco *m)
{
	for (int i = 0; i < m->config.queue; i++) {
		struct lt_draws draws =
			lt_draws_at(m->config.seed, LT_FOR_QUEUE, 0, 0, (uint32_t)i);
		lt_real *v = m->queue + (size_t)i * m->dim;

		for (int j = 0; j < m->dim; j++)
			v[j] = (lt_real)lt_draw_normal(&draws);
		make_unit(v, m->dim, length_of(v, m->dim), v);
	}
}

static int take_memory(struct lt_moco *m, struct lt_error *err)
{
	const struct lt_pretext_config *c = &m->config;
	size_t batch = (size_t)c->batch, dim = (size_t)m->dim, params;

	params = lt_network_graph(c->net)->params;
	m->order = lt_new_array(c->table->n, sizeof *m->order);
	m->queue = lt_new_array((size_t)c->queue, dim * sizeof *m->queue);
	m->query = lt_new_array(batch, dim * sizeof *m->query);
	m->norm = lt_new_array(batch, sizeof *m->norm);
	m->key[0] = lt_new_array(batch, dim * sizeof *m->query);
	m->key[1] = lt_new_array(batch, dim * sizeof *m->query);
	m->similar = lt_new_array(batch, (size_t)c->queue * sizeof *m->similar);
	m->output_grad = lt_new_array(batch, dim * sizeof *m->output_grad);
	m->first_grads = lt_new_array(params, sizeof *m->first_grads);
	m->row_loss = lt_new_array(batch, sizeof *m->row_loss);
	m->row_right = lt_new_array(batch, sizeof *m->row_right);
	m->place = lt_new_array(batch, sizeof *m->place);
	m->shuffle = lt_new_array(batch, sizeof *m->shuffle);
	if (!m->order || !m->queue || !m->query || !m->norm || !m->key[0] || !m->key[1] ||
	    !m->similar || !m->output_grad || !m->first_grads || !m->row_loss ||
	    !m->row_right || !m->place || !m->shuffle)
		return lt_fail_memory(err);
	return 0;
}

static int prepare(struct lt_moco *m, struct lt_error *err)
{
	struct lt_pretext_config *c = &m->config;
	const struct lt_table *table = c->table;
	const struct lt_graph *g = lt_network_graph(c->net);
	struct lt_augment augment;
	int code;

	if (table->n < (uint64_t)c->batch)
		return lt_fail(err, LT_DATA, "%llu rows are fewer than --batch %d",
			       (unsigned long long)table->n, c->batch);
	if (table->n > UINT32_MAX)
		return lt_fail(err, LT_DATA, "more than 2^32 - 1 rows");
	m->dim = g->classes;
	/* As MoCo: the last, partial batch is dropped. */
	m->steps = (int)(table->n / (uint64_t)c->batch);
	m->task = (struct lt_task){m, "contrast_accuracy", plan, step, report, save, load};
	if ((code = take_memory(m, err)) != 0 || (code = choose_knn_rows(m, err)) != 0 ||
	    (code = lt_augment_init(&augment, c->augment, &c->norm, err)) != 0)
		return code;
	augment.views.area_least = c->crop_area;
	if (!c->blur)
		augment.views.blur_share = 0;
	first_queue(m);
	memcpy(lt_network_params(c->key_net), lt_network_params(c->net),
	       g->params * sizeof(lt_real));
	memcpy(lt_network_state(c->key_net), lt_network_state(c->net),
	       g->state * sizeof(lt_real));
	return lt_batcher_new(&m->batcher, table, &augment, c->seed, c->threads, err);
}

int lt_moco_new(struct lt_moco **out, const struct lt_pretext_config *config,
		struct lt_error *err)
{
	struct lt_moco *m = calloc(1, sizeof *m);
	int code;

	if (!m)
		return lt_fail_memory(err);
	m->config = *config;
	code = prepare(m, err);
	if (code != 0) {
		lt_moco_free(m);
		return code;
	}
	*out = m;
	return 0;
}

const struct lt_task *lt_moco_task(struct lt_moco *learner)
{
	return &learner->task;
}

void lt_moco_free(struct lt_moco *m)
{
	if (!m)
		return;
	lt_batcher_free(m->batcher);
	free(m->order);
	free(m->queue);
	free(m->query);
	free(m->norm);
	free(m->key[0]);
	free(m->key[1]);
	free(m->similar);
	free(m->output_grad);
	free(m->first_grads);
	free(m->row_loss);
	free(m->row_right);
	free(m->place);
	free(m->shuffle);
	free(m->bank_row);
	free(m->query_row);
	free(m->bank);
	free(m->queries);
	free(m->bank_label);
	free(m->query_label);
	free(m);
}
