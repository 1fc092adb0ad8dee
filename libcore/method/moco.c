/*
 * Momentum contrast; see contrast.h.
 *
 * A step makes two views.  The momentum encoder turns one into keys: its batch
 * is shuffled among the splits of batch norm, so that a key does not share its
 * statistics with its query.  The query encoder learns from the other view.
 * With the symmetric loss the views change places and the gradients are added.
 */
#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "base/random.h"
#include "method/contrast.h"

const struct lt_about lt_moco_about = {
	.summary =
		"momentum contrast: two views of an image are nearer to each other than to a "
		"queue of others",
	.formula =
		"l = -log(exp(q.k / T) / (exp(q.k / T) + sum over the queue of exp(q.n / T)))\n"
		"key network = m key network + (1 - m) network, m the key-momentum",
	.source = "He et al., CVPR 2020; Chen et al., arXiv 2003.04297, 2020 (MoCo v2)",
};

struct learner {
	struct lt_pretext base;
	struct lt_moco_config own;
	struct lt_contrast_knn *knn;
	int dim;
	int64_t head; /* where the next key goes in the queue */

	lt_real *queue;	  /* [own.queue][dim], unit vectors */
	lt_real *query;	  /* [batch][dim], unit vectors */
	lt_real *norm;	  /* [batch]: lengths of the projections */
	lt_real *key[2];  /* [batch][dim]: of view 1, of view 0 */
	lt_real *similar; /* [batch][queue]: logits, then their gradients */
	lt_real *output_grad;
	double *row_loss;
	bool *row_right;
	int *place;	   /* where an image stands in the shuffled batch */
	uint32_t *shuffle; /* a permutation being drawn */
};

/* ----------------------------------------------------------------------- one loss */

/* The loss of queries against their keys and the queue: a work item is a range of rows. */
struct contrast {
	struct learner *m;
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
	struct learner *m = job->m;
	int dim = m->dim, queue = m->own.queue;
	const lt_real *q = m->query + (size_t)i * dim, *k = job->key + (size_t)i * dim;
	lt_real *s = m->similar + (size_t)i * queue;
	double t = m->own.temperature, positive = 0, most, sum, share;

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
	struct learner *m = job->m;
	int first = item * LT_RANGE, n = job->n - first, dim = m->dim, queue = m->own.queue;
	lt_real *query = m->query + (size_t)first * dim;
	lt_real *similar = m->similar + (size_t)first * queue;
	lt_real *grad = m->output_grad + (size_t)first * dim;

	(void)worker;
	if (n > LT_RANGE)
		n = LT_RANGE;
	lt_gemm(false, true, n, queue, dim, (lt_real)(1 / m->own.temperature), query, dim,
		m->queue, dim, 0, similar, queue);
	for (int i = first; i < first + n; i++)
		contrast_row(job, i);
	lt_gemm(false, false, n, dim, queue, 1, similar, queue, m->queue, dim, 1, grad, dim);
	lt_unit_back(query, m->norm + first, n, dim, grad);
}

/* Keys of a view: the momentum encoder on the shuffled batch, put back in order. */
static void make_keys(struct learner *m, struct lt_batch batch, int view, lt_real *key)
{
	struct lt_network *net = m->own.key_net;
	struct lt_draws draws = lt_draws_at(m->base.config.seed, LT_FOR_BN, (uint32_t)view,
					    batch.epoch, batch.slot);
	const lt_real *outputs;

	lt_draw_permutation(&draws, m->shuffle, (uint32_t)batch.n);
	for (int i = 0; i < batch.n; i++)
		m->place[i] = (int)m->shuffle[i];
	batch.view = (uint32_t)view;
	batch.place = m->place;
	lt_batcher_fill(m->base.batcher, net, &batch);
	lt_network_forward(net, batch.n, m->own.splits, LT_TRAIN);
	outputs = lt_network_outputs(net);
	for (int i = 0; i < batch.n; i++)
		lt_unit_vectors(outputs + (size_t)m->place[i] * m->dim, 1, m->dim,
				key + (size_t)i * m->dim, NULL);
}

/* lt_network_backward, or lt_network_backward_add after it. */
typedef void pass_back(struct lt_network *net, const lt_real *output_grad);

/* Queries of a view against keys: loss, and the query encoder's gradients. */
static void learn_view(struct learner *m, struct lt_batch batch, int view, const lt_real *key,
		       pass_back *back, struct lt_meter *meter)
{
	struct lt_network *net = m->base.config.net;
	struct contrast job = {m, key, batch.n};

	batch.view = (uint32_t)view;
	lt_batcher_fill(m->base.batcher, net, &batch);
	lt_network_forward(net, batch.n, m->own.splits, LT_TRAIN);
	lt_unit_vectors(lt_network_outputs(net), batch.n, m->dim, m->query, m->norm);
	lt_pool_run(lt_network_pool(net), contrast_item, &job,
		    (batch.n + LT_RANGE - 1) / LT_RANGE);
	back(net, m->output_grad);
	for (int i = 0; i < batch.n; i++) {
		meter->loss += m->row_loss[i];
		meter->correct += m->row_right[i];
	}
	meter->rows += batch.n;
}

static void enqueue(struct learner *m, const lt_real *key, int n)
{
	int dim = m->dim, queue = m->own.queue;

	for (int i = 0; i < n; i++) {
		memcpy(m->queue + (size_t)m->head * dim, key + (size_t)i * dim,
		       (size_t)dim * sizeof *key);
		m->head = (m->head + 1) % queue;
	}
}

/* ------------------------------------------------------------------------- epochs */

static int step(void *self, int epoch, int number, double rate, struct lt_meter *meter,
		struct lt_error *err)
{
	struct learner *m = self;
	const struct lt_pretext_config *c = &m->base.config;
	struct lt_batch batch = lt_pretext_batch(&m->base, epoch, number);

	(void)err;
	lt_network_average(m->own.key_net, c->net, m->own.key_momentum);
	make_keys(m, batch, 1, m->key[0]);
	if (m->own.symmetric)
		make_keys(m, batch, 0, m->key[1]);
	learn_view(m, batch, 0, m->key[0], lt_network_backward, meter);
	if (m->own.symmetric)
		learn_view(m, batch, 1, m->key[1], lt_network_backward_add, meter);
	lt_network_step(c->net, rate, c->momentum, c->decay);
	enqueue(m, m->key[0], batch.n);
	if (m->own.symmetric)
		enqueue(m, m->key[1], batch.n);
	return 0;
}

static int report(void *self, int epoch, struct lt_note_item *item, int *n,
		  struct lt_error *err)
{
	struct learner *m = self;

	(void)epoch;
	return lt_contrast_knn_report(m->knn, item, n, err);
}

/* ------------------------------------------------------------------- checkpoints */

static int save(void *self, struct lt_writer *writer, struct lt_error *err)
{
	struct learner *m = self;
	const struct lt_moco_config *c = &m->own;
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
	struct learner *m = self;
	const struct lt_moco_config *c = &m->own;
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

static void first_queue(struct learner *m)
{
	for (int i = 0; i < m->own.queue; i++) {
		struct lt_draws draws =
			lt_draws_at(m->base.config.seed, LT_FOR_QUEUE, 0, 0, (uint32_t)i);
		lt_real *v = m->queue + (size_t)i * m->dim;

		for (int j = 0; j < m->dim; j++)
			v[j] = (lt_real)lt_draw_normal(&draws);
		lt_unit_vectors(v, 1, m->dim, v, NULL);
	}
}

static int take_memory(struct learner *m, int rows, struct lt_error *err)
{
	size_t batch = (size_t)rows, vector = (size_t)m->dim * sizeof(lt_real);
	size_t queue = (size_t)m->own.queue;

	m->queue = lt_new_array(queue, vector);
	m->query = lt_new_array(batch, vector);
	m->norm = lt_new_array(batch, sizeof *m->norm);
	m->key[0] = lt_new_array(batch, vector);
	m->key[1] = lt_new_array(batch, vector);
	m->similar = lt_new_array(batch, queue * sizeof *m->similar);
	m->output_grad = lt_new_array(batch, vector);
	m->row_loss = lt_new_array(batch, sizeof *m->row_loss);
	m->row_right = lt_new_array(batch, sizeof *m->row_right);
	m->place = lt_new_array(batch, sizeof *m->place);
	m->shuffle = lt_new_array(batch, sizeof *m->shuffle);
	if (!m->queue || !m->query || !m->norm || !m->key[0] || !m->key[1] || !m->similar ||
	    !m->output_grad || !m->row_loss || !m->row_right || !m->place || !m->shuffle)
		return lt_fail_memory(err);
	return 0;
}

static void free_learner(struct lt_pretext *self)
{
	struct learner *m = (struct learner *)self;

	lt_pretext_end(&m->base);
	lt_contrast_knn_free(m->knn);
	free(m->queue);
	free(m->query);
	free(m->norm);
	free(m->key[0]);
	free(m->key[1]);
	free(m->similar);
	free(m->output_grad);
	free(m->row_loss);
	free(m->row_right);
	free(m->place);
	free(m->shuffle);
	free(m);
}

static int prepare(struct learner *m, const struct lt_pretext_config *config,
		   struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(config->net);
	struct lt_network *keys = m->own.key_net;
	int code;

	m->dim = g->classes;
	/* As MoCo: the last, partial batch is dropped. */
	if ((code = lt_pretext_begin(&m->base, config, true, err)) != 0 ||
	    (code = take_memory(m, config->batch, err)) != 0 ||
	    (code = lt_contrast_knn_new(&m->knn, config, m->own.knn, err)) != 0)
		return code;
	first_queue(m);
	memcpy(lt_network_params(keys), lt_network_params(config->net),
	       g->params * sizeof(lt_real));
	memcpy(lt_network_state(keys), lt_network_state(config->net),
	       g->state * sizeof(lt_real));
	return 0;
}

int lt_moco_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		const struct lt_moco_config *moco, struct lt_error *err)
{
	struct learner *m = calloc(1, sizeof *m);
	int code;

	if (!m)
		return lt_fail_memory(err);
	m->own = *moco;
	m->base.free = free_learner;
	m->base.task = (struct lt_task){
		m, "contrast_accuracy", lt_pretext_plan, step, report, save, load};
	code = prepare(m, config, err);
	if (code != 0) {
		lt_pretext_free(&m->base);
		return code;
	}
	*out = &m->base;
	return 0;
}
