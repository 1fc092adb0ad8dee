/* SimCLR: contrast of the views of a batch; see contrast.h. */

#include "base/elementary.h"
#include "base/memory.h"
#include "method/contrast.h"

const struct lt_about lt_simclr_about = {
	.summary = "two views of an image are closer to each other than to all others of the "
		   "batch",
	.formula = "l_j = -log(exp(u_j.u_p(j) / T) / sum over k != j of exp(u_j.u_k / T)), "
		   "p(j) the "
		   "other view",
	.source = "Chen et al., ICML 2020, section 2.1",
};

/* ------------------------------------------------------------------------ NT-Xent */

/* A row's similarities become d(mean of l) / d(u·u), its own place 0. */
static void contrast_row(struct lt_contrast *loss, int row)
{
	lt_real *s = loss->similar + (size_t)row * loss->rows;
	double positive = s[row ^ 1], most = positive, sum = 0;
	double share = 1 / (loss->temperature * loss->rows);

	loss->row_right[row] = true;
	for (int k = 0; k < loss->rows; k++)
		if (k != row && !(s[k] <= most)) {
			most = s[k];
			loss->row_right[row] = false;
		}
	for (int k = 0; k < loss->rows; k++) {
		double e = k == row ? 0 : lt_exp(s[k] - most);

		s[k] = (lt_real)e;
		sum += e;
	}
	loss->row_loss[row] = lt_log(sum) + most - positive;
	for (int k = 0; k < loss->rows; k++)
		s[k] = (lt_real)(s[k] / sum * share);
	s[row ^ 1] = (lt_real)((lt_exp(positive - most) / sum - 1) * share);
}

static void contrast_range(void *arg, int item, int worker)
{
	struct lt_contrast *loss = arg;
	int first, n = lt_contrast_range(loss, item, &first);
	int rows = loss->rows, dim = loss->dim;

	(void)worker;
	lt_gemm(false, true, n, rows, dim, (lt_real)(1 / loss->temperature),
		loss->unit + (size_t)first * dim, dim, loss->unit, dim, 0,
		loss->similar + (size_t)first * rows, rows);
	for (int i = first; i < first + n; i++)
		contrast_row(loss, i);
}

/* u_j is in its own row of similarities and in a column of the others'. */
static void gather_range(void *arg, int item, int worker)
{
	struct lt_contrast *loss = arg;
	int first, n = lt_contrast_range(loss, item, &first);
	int rows = loss->rows, dim = loss->dim;
	lt_real *grad = loss->grad + (size_t)first * dim;

	(void)worker;
	lt_gemm(false, false, n, dim, rows, 1, loss->similar + (size_t)first * rows, rows,
		loss->unit, dim, 0, grad, dim);
	lt_gemm(true, false, n, dim, rows, 1, loss->similar + first, rows, loss->unit, dim, 1,
		grad, dim);
	lt_unit_back(loss->unit + (size_t)first * dim, loss->length + first, n, dim, grad);
}

void lt_nt_xent(struct lt_contrast *loss, struct lt_pool *pool, const lt_real *projection)
{
	int items = lt_contrast_items(loss);

	lt_unit_vectors(projection, loss->rows, loss->dim, loss->unit, loss->length);
	lt_pool_run(pool, contrast_range, loss, items);
	lt_pool_run(pool, gather_range, loss, items);
}

/* -------------------------------------------------------------------------- steps */

struct learner {
	struct lt_pretext base;
	struct lt_simclr_config own;
	struct lt_contrast_knn *knn;
	struct lt_contrast loss;
	int *place[2]; /* positions of the views of an image in the batch */
};

static int learn(void *self, const struct lt_step *step, struct lt_meter *meter,
		 struct lt_error *err)
{
	struct learner *l = self;
	const struct lt_pretext_config *c = &l->base.config;
	struct lt_batch batch = lt_pretext_batch(&l->base, step->epoch, step->step);
	int rows = l->loss.rows, code;
	struct lt_share share = lt_network_share(c->net, rows, 1);

	batch.share = &share;
	for (int view = 0; view < 2; view++) {
		batch.view = (uint32_t)view;
		batch.place = l->place[view];
		lt_batcher_fill(l->base.batcher, lt_network_input(c->net), &batch);
	}
	if ((code = lt_batcher_status(l->base.batcher, err)) != 0)
		return code;
	if ((code = lt_network_forward(c->net, rows, 1, LT_TRAIN, err)) != 0)
		return code;
	lt_nt_xent(&l->loss, lt_network_pool(c->net), lt_network_outputs(c->net, 0));
	code = lt_network_backward(c->net, (const lt_real *const[]){l->loss.grad}, err);
	if (code != 0)
		return code;
	lt_contrast_count(&l->loss, meter);
	return 0;
}

static int report(void *self, int epoch, struct lt_note_item *item, int *n,
		  struct lt_error *err)
{
	struct learner *l = self;

	(void)epoch;
	return lt_contrast_knn_report(l->knn, item, n, err);
}

/* ------------------------------------------------------------------------- making */

static void free_learner(struct lt_pretext *self)
{
	struct learner *l = (struct learner *)self;

	lt_pretext_end(&l->base);
	lt_contrast_knn_free(l->knn);
	lt_contrast_free(&l->loss);
	lt_free(l->place[0]);
	lt_free(l->place[1]);
	lt_free(l);
}

static int prepare(struct learner *l, const struct lt_pretext_config *config,
		   struct lt_error *err)
{
	int rows = 2 * config->batch, dim = lt_graph_classes(lt_network_graph(config->net));
	int code = lt_pretext_begin(&l->base, config, true, err);

	if (code != 0 ||
	    (code = lt_contrast_init(&l->loss, rows, dim, rows, l->own.temperature, err)) != 0)
		return code;
	for (int view = 0; view < 2; view++) {
		l->place[view] = lt_new_array((size_t)config->batch, sizeof *l->place[view]);
		if (!l->place[view])
			return lt_fail_memory(err);
		for (int i = 0; i < config->batch; i++)
			l->place[view][i] = 2 * i + view;
	}
	return lt_contrast_knn_new(&l->knn, config, l->own.knn, err);
}

int lt_simclr_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		  const struct lt_simclr_config *simclr, struct lt_error *err)
{
	struct learner *l = lt_new_array(1, sizeof *l);
	int code;

	if (!l)
		return lt_fail_memory(err);
	l->own = *simclr;
	l->base.free = free_learner;
	l->base.task = (struct lt_task){.self = l,
					.accuracy = "contrast_accuracy",
					.plan = lt_pretext_plan,
					.learn = learn,
					.report = report};
	code = prepare(l, config, err);
	if (code != 0) {
		lt_pretext_free(&l->base);
		return code;
	}
	*out = &l->base;
	return 0;
}
