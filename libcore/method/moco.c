/*
 * Momentum contrast; see contrast.h.
 *
 * A step makes two views.  The momentum encoder computes keys from one of them; its batch is
 * shuffled among the splits of batch norm, so that a key does not share its statistics with
 * its query.  The query encoder is trained on the other view.  With the symmetric loss, the
 * views are then swapped and the gradients added.
 */
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "base/random.h"
#include "method/contrast.h"

const struct lt_about lt_moco_about = {
	.summary =
		"momentum contrast: two views of an image are closer to each other than to a "
		"queue of others",
	.formula =
		"l = -log(exp(q.k / T) / (exp(q.k / T) + sum over the queue of exp(q.n / T)))\n"
		"key network = m key network + (1 - m) network, m the key-momentum",
	.source = "He et al., CVPR 2020; Chen et al., arXiv 2003.04297, 2020 (MoCo v2)",
};

/* ------------------------------------------------------------------------ InfoNCE */

struct queries {
	struct lt_contrast *loss;
	const lt_real *key, *queue;
};

/*
 * Row i, whose logits q·queue / T are there: q·k / T, softmax, loss, and the logits
 * become d(mean of l) / d(q·queue).  The key's share of the gradient is written.
 */
static void contrast_row(const struct queries *job, int i)
{
	struct lt_contrast *loss = job->loss;
	int dim = loss->dim, others = loss->others;
	const lt_real *q = loss->unit + (size_t)i * dim, *k = job->key + (size_t)i * dim;
	lt_real *s = loss->similar + (size_t)i * others;
	double t = loss->temperature, positive = 0, most, sum, share;

	for (int j = 0; j < dim; j++)
		positive += (double)q[j] * k[j];
	positive /= t;
	most = positive;
	loss->row_right[i] = true;
	for (int j = 0; j < others; j++)
		if (!(s[j] <= most)) {
			most = s[j];
			loss->row_right[i] = false;
		}
	sum = share = lt_exp(positive - most);
	for (int j = 0; j < others; j++) {
		double e = lt_exp(s[j] - most);

		s[j] = (lt_real)e;
		sum += e;
	}
	loss->row_loss[i] = lt_log(sum) + most - positive;
	for (int j = 0; j < others; j++)
		s[j] = (lt_real)(s[j] / sum / (t * loss->rows));
	share = (share / sum - 1) / (t * loss->rows);
	for (int j = 0; j < dim; j++)
		loss->grad[(size_t)i * dim + j] = (lt_real)(share * k[j]);
}

static void contrast_range(void *arg, int item, int worker)
{
	const struct queries *job = arg;
	struct lt_contrast *loss = job->loss;
	int first, n = lt_contrast_range(loss, item, &first);
	int dim = loss->dim, others = loss->others;
	lt_real *unit = loss->unit + (size_t)first * dim;
	lt_real *similar = loss->similar + (size_t)first * others;
	lt_real *grad = loss->grad + (size_t)first * dim;

	(void)worker;
	lt_gemm(false, true, n, others, dim, (lt_real)(1 / loss->temperature), unit, dim,
		job->queue, dim, 0, similar, others);
	for (int i = first; i < first + n; i++)
		contrast_row(job, i);
	lt_gemm(false, false, n, dim, others, 1, similar, others, job->queue, dim, 1, grad,
		dim);
	lt_unit_back(unit, loss->length + first, n, dim, grad);
}

void lt_info_nce(struct lt_contrast *loss, struct lt_pool *pool, const lt_real *projection,
		 const lt_real *key, const lt_real *queue)
{
	struct queries job = {loss, key, queue};

	lt_unit_vectors(projection, loss->rows, loss->dim, loss->unit, loss->length);
	lt_pool_run(pool, contrast_range, &job, lt_contrast_items(loss));
}

/* -------------------------------------------------------------------------- queue */

int lt_key_queue_init(struct lt_key_queue *queue, int size, int dim, uint64_t seed,
		      struct lt_error *err)
{
	*queue = (struct lt_key_queue){.size = size, .dim = dim};
	queue->key = lt_new_array((size_t)size, (size_t)dim * sizeof *queue->key);
	if (!queue->key)
		return lt_fail_memory(err);
	for (int i = 0; i < size; i++) {
		struct lt_draws draws = lt_draws_at(seed, LT_FOR_QUEUE, 0, 0, (uint32_t)i);
		lt_real *v = queue->key + (size_t)i * dim;

		for (int j = 0; j < dim; j++)
			v[j] = (lt_real)lt_draw_normal(&draws);
	}
	lt_unit_vectors(queue->key, size, dim, queue->key, NULL);
	return 0;
}

void lt_key_queue_add(struct lt_key_queue *queue, const lt_real *key, int n)
{
	size_t dim = (size_t)queue->dim;

	for (int i = 0; i < n; i++, key += dim) {
		memcpy(queue->key + (size_t)queue->head * dim, key, dim * sizeof *key);
		queue->head = (queue->head + 1) % queue->size;
	}
}

void lt_key_queue_free(struct lt_key_queue *queue)
{
	lt_free(queue->key);
	memset(queue, 0, sizeof *queue);
}

/* -------------------------------------------------------------------------- steps */

struct learner {
	struct lt_pretext base;
	struct lt_moco_config own;
	struct lt_contrast_knn *knn;
	struct lt_contrast loss;
	struct lt_key_queue queue;
	lt_real *key[2];   /* batch × dim: of view 1, of view 0 */
	int *place;	   /* position of an image in the shuffled batch */
	uint32_t *shuffle; /* a permutation being drawn */
};

/*
 * Computes the keys of a view: runs the momentum encoder on the shuffled batch and restores
 * the order.
 */
static int make_keys(struct learner *m, struct lt_batch batch, int view, lt_real *key,
		     struct lt_error *err)
{
	struct lt_network *net = m->own.key_net;
	int dim = m->loss.dim;
	struct lt_draws draws = lt_draws_at(m->base.config.seed, LT_FOR_BN, (uint32_t)view,
					    batch.epoch, batch.slot);
	struct lt_share share = lt_network_share(net, batch.n, m->own.splits);
	const lt_real *outputs;
	int code;

	lt_draw_permutation(&draws, m->shuffle, (uint32_t)batch.n);
	for (int i = 0; i < batch.n; i++)
		m->place[i] = (int)m->shuffle[i];
	batch.view = (uint32_t)view;
	batch.place = m->place;
	batch.share = &share;
	lt_batcher_fill(m->base.batcher, lt_network_input(net), &batch);
	if ((code = lt_network_forward(net, batch.n, m->own.splits, LT_TRAIN, err)) != 0)
		return code;
	outputs = lt_network_outputs(net, 0);
	for (int i = 0; i < batch.n; i++)
		lt_unit_vectors(outputs + (size_t)m->place[i] * dim, 1, dim,
				key + (size_t)i * dim, NULL);
	return 0;
}

/* lt_network_backward, or lt_network_backward_add after it. */
typedef int pass_back(struct lt_network *net, const lt_real *const grads[],
		      struct lt_error *err);

/* Queries of a view against keys: loss, and the query encoder's gradients. */
static int learn_view(struct learner *m, struct lt_batch batch, int view, const lt_real *key,
		      pass_back *back, struct lt_meter *meter, struct lt_error *err)
{
	struct lt_network *net = m->base.config.net;
	struct lt_contrast *loss = &m->loss;
	struct lt_share share = lt_network_share(net, batch.n, m->own.splits);
	int code;

	batch.view = (uint32_t)view;
	batch.share = &share;
	lt_batcher_fill(m->base.batcher, lt_network_input(net), &batch);
	if ((code = lt_network_forward(net, batch.n, m->own.splits, LT_TRAIN, err)) != 0)
		return code;
	lt_info_nce(loss, lt_network_pool(net), lt_network_outputs(net, 0), key, m->queue.key);
	if ((code = back(net, (const lt_real *const[]){loss->grad}, err)) != 0)
		return code;
	lt_contrast_count(loss, meter);
	return 0;
}

static int learn(void *self, const struct lt_step *step, struct lt_meter *meter,
		 struct lt_error *err)
{
	struct learner *m = self;
	struct lt_batch batch = lt_pretext_batch(&m->base, step->epoch, step->step);
	int code;

	if ((code = make_keys(m, batch, 1, m->key[0], err)) != 0 ||
	    (m->own.symmetric && (code = make_keys(m, batch, 0, m->key[1], err)) != 0) ||
	    (code = learn_view(m, batch, 0, m->key[0], lt_network_backward, meter, err)) != 0)
		return code;
	if (m->own.symmetric && (code = learn_view(m, batch, 1, m->key[1],
						   lt_network_backward_add, meter, err)) != 0)
		return code;
	if ((code = lt_batcher_status(m->base.batcher, err)) != 0)
		return code;
	lt_key_queue_add(&m->queue, m->key[0], batch.n);
	if (m->own.symmetric)
		lt_key_queue_add(&m->queue, m->key[1], batch.n);
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
	struct lt_key_queue *queue = &m->queue;
	struct lt_shape keys = {2, {(uint32_t)queue->size, (uint32_t)queue->dim}};
	struct lt_shape one = {1, {1}};
	int code =
		lt_writer_tensor(writer, "queue.keys", LT_REAL_DTYPE, &keys, queue->key, err);

	if (code == 0)
		code = lt_writer_tensor(writer, "queue.head", LT_I8, &one, &queue->head, err);
	return code;
}

static int load(void *self, const struct lt_model *model, struct lt_error *err)
{
	struct learner *m = self;
	struct lt_key_queue *queue = &m->queue;
	const struct lt_model_tensor *keys = lt_model_find(model, "queue.keys");
	const struct lt_model_tensor *head = lt_model_find(model, "queue.head");
	size_t size = (size_t)queue->size * (size_t)queue->dim;

	if (!keys || keys->dtype != LT_REAL_DTYPE || keys->elements != size || !head ||
	    head->dtype != LT_I8 || head->elements != 1)
		return lt_fail(err, LT_DATA, "%s: the queue is missing or of another size",
			       model->name);
	memcpy(queue->key, keys->data, size * sizeof *queue->key);
	queue->head = *(const int64_t *)head->data;
	if (queue->head < 0 || queue->head >= queue->size)
		return lt_fail(err, LT_DATA, "%s: impossible place in the queue", model->name);
	return 0;
}

/* -------------------------------------------------------------------------- making */

static int take_memory(struct learner *m, int dim, struct lt_error *err)
{
	const struct lt_pretext_config *c = &m->base.config;
	size_t batch = (size_t)c->batch, vector = (size_t)dim * sizeof(lt_real);
	int code = lt_contrast_init(&m->loss, c->batch, dim, m->own.queue, m->own.temperature,
				    err);

	if (code != 0 ||
	    (code = lt_key_queue_init(&m->queue, m->own.queue, dim, c->seed, err)) != 0)
		return code;
	m->key[0] = lt_new_array(batch, vector);
	m->key[1] = lt_new_array(batch, vector);
	m->place = lt_new_array(batch, sizeof *m->place);
	m->shuffle = lt_new_array(batch, sizeof *m->shuffle);
	if (!m->key[0] || !m->key[1] || !m->place || !m->shuffle)
		return lt_fail_memory(err);
	return 0;
}

static void free_learner(struct lt_pretext *self)
{
	struct learner *m = (struct learner *)self;

	lt_pretext_end(&m->base);
	lt_contrast_knn_free(m->knn);
	lt_contrast_free(&m->loss);
	lt_key_queue_free(&m->queue);
	lt_free(m->key[0]);
	lt_free(m->key[1]);
	lt_free(m->place);
	lt_free(m->shuffle);
	lt_free(m);
}

static int prepare(struct learner *m, const struct lt_pretext_config *config,
		   struct lt_error *err)
{
	/* As in MoCo, the last, partial batch is dropped. */
	int code = lt_pretext_begin(&m->base, config, true, err);

	if (code != 0 ||
	    (code = take_memory(m, lt_graph_classes(lt_network_graph(config->net)), err)) != 0)
		return code;
	return lt_contrast_knn_new(&m->knn, config, m->own.knn, err);
}

int lt_moco_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		const struct lt_moco_config *moco, struct lt_error *err)
{
	struct learner *m = lt_new_array(1, sizeof *m);
	int code;

	if (!m)
		return lt_fail_memory(err);
	m->own = *moco;
	m->base.free = free_learner;
	m->base.task = (struct lt_task){
		.self = m,
		.accuracy = "contrast_accuracy",
		.plan = lt_pretext_plan,
		.learn = learn,
		.report = report,
		.save = save,
		.load = load,
		.average = {.net = moco->key_net, .decay = moco->key_momentum, .before = true}};
	code = prepare(m, config, err);
	if (code != 0) {
		lt_pretext_free(&m->base);
		return code;
	}
	*out = &m->base;
	return 0;
}
