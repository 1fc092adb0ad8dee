/*
 * Momentum contrast, in double: the loss against its definition as a plain double loop,
 * against central differences, and in known closed forms; the queue against a list of all
 * keys that ever entered it; and the steps of a learner against a second implementation,
 * which takes only the shuffle of the keys from the learner.
 */
#include "contrast_kit.h"
#include "learner_kit.h"

static struct lt_pool *pool;

static double dot(const double *a, const double *b, int dim)
{
	double sum = 0;

	for (int j = 0; j < dim; j++)
		sum += a[j] * b[j];
	return sum;
}

static void draw_vectors(double *to, int rows, int dim, uint32_t slot, bool unit)
{
	struct lt_draws draws = lt_draws_at(21, LT_FOR_INIT, 1, 0, slot);

	for (int i = 0; i < rows; i++, to += dim) {
		double by = 1.0 / (1 + i % 3);

		for (int j = 0; j < dim; j++)
			to[j] = lt_draw_normal(&draws);
		if (unit)
			by = sqrt(dot(to, to, dim));
		for (int j = 0; j < dim; j++)
			to[j] /= by;
	}
}

/* --------------------------------------------------------------------------- loss */

enum { MOST_ROWS = 40, MOST_DIM = 9, MOST_QUEUE = 53 };

static double z[MOST_ROWS * MOST_DIM], keys[MOST_ROWS * MOST_DIM],
	negatives[MOST_QUEUE * MOST_DIM];

/* The definition, for one projection of any length. */
static double plain_row(const double *q, const double *k, const double *queue, int size,
			int dim, double t)
{
	double length = sqrt(dot(q, q, dim)), own = exp(dot(q, k, dim) / length / t), sum = own;

	for (int i = 0; i < size; i++)
		sum += exp(dot(q, queue + i * dim, dim) / length / t);
	return -log(own / sum);
}

static double plain(const struct lt_contrast *loss, const double *q)
{
	int dim = loss->dim;
	double sum = 0;

	for (int i = 0; i < loss->rows; i++)
		sum += plain_row(q + i * dim, keys + i * dim, negatives, loss->others, dim,
				 loss->temperature);
	return sum / loss->rows;
}

/* Is no negative nearer than the key? */
static bool plain_right(const double *q, const double *k, const double *queue, int size,
			int dim)
{
	for (int i = 0; i < size; i++)
		if (dot(q, queue + i * dim, dim) > dot(q, k, dim))
			return false;
	return true;
}

static struct lt_contrast loss_of(const double *q, const double *k, const double *queue,
				  int rows, int dim, int size, double t)
{
	struct lt_contrast loss = contrast_of(rows, dim, size, t);

	lt_info_nce(&loss, pool, q, k, queue);
	return loss;
}

static void against_plain(int rows, int dim, int size, double t)
{
	struct lt_contrast loss;
	double worst = 0;
	bool right = true;
	int nearest = 0;
	char name[80];

	draw_vectors(z, rows, dim, 1, false);
	draw_vectors(keys, rows, dim, 2, true);
	draw_vectors(negatives, size, dim, 3, true);
	/* Every other query is near its key. */
	for (int i = 0; i < rows * dim; i++)
		z[i] += i / dim % 2 ? 0 : 3 * keys[i];
	loss = loss_of(z, keys, negatives, rows, dim, size, t);
	for (int i = 0; i < rows; i++) {
		const double *q = z + i * dim, *k = keys + i * dim;
		double want = plain_row(q, k, negatives, size, dim, t);
		bool is = plain_right(q, k, negatives, size, dim);

		worst = fmax(worst, kit_distance(&loss.row_loss[i], &want, 1));
		right = right && loss.row_right[i] == is;
		nearest += is;
	}
	snprintf(name, sizeof name, "%d queries of %d, queue %d, T %g: the plain double loop",
		 rows, dim, size, t);
	kit_check_error(worst, 1e-12, name);
	check_named(right && (rows < 8 || (nearest > 0 && nearest < rows)),
		    "who is nearest to the key, and who is not");
	check_differences(&loss, plain, z);
	lt_contrast_free(&loss);
}

static void closed_forms(void)
{
	enum { DIM = 6, SIZE = DIM - 1 };
	static const double axes[DIM * DIM] = {
		1, [7] = 1, [14] = 1, [21] = 1, [28] = 1, [35] = 1};
	static const double along[2 * DIM] = {5, [DIM] = 0.5};
	double t = 0.4, e = exp(-1 / t), share;
	struct lt_contrast loss;
	double both[2 * DIM];

	/* Queries equal to their keys, and a queue at right angles to both. */
	memcpy(both, axes, DIM * sizeof *both);
	memcpy(both + DIM, axes, DIM * sizeof *both);
	loss = loss_of(along, both, axes + DIM, 2, DIM, SIZE, t);
	share = e / (1 + SIZE * e) / t / 2;
	for (int i = 0; i < 2; i++) {
		check_near(loss.row_loss[i], log(1 + SIZE * exp(-1 / t)), 1e-14);
		check(loss.row_right[i]);
		/*
		 * A query equal to its key is pushed away from the queue, and not along
		 * itself.
		 */
		check_near(loss.grad[i * DIM], 0, 1e-15);
		for (int j = 1; j < DIM; j++)
			check_near(loss.grad[i * DIM + j], share / along[i * DIM], 1e-14);
	}
	lt_contrast_free(&loss);

	/*
	 * A query at right angles to its key and the queue is pulled to the key and pushed
	 * from the queue.
	 */
	loss = loss_of(axes, axes + DIM, axes + 2 * DIM, 1, DIM, 1, t);
	check_near(loss.row_loss[0], log(2), 1e-14);
	check_near(loss.grad[0], 0, 1e-15);
	check_near(loss.grad[1], -0.5 / t, 1e-14);
	check_near(loss.grad[2], 0.5 / t, 1e-14);
	check_near(loss.grad[3], 0, 1e-15);
	lt_contrast_free(&loss);

	/* A negative that is nearer, and one that is as near. */
	loss = loss_of(axes, axes + DIM, axes, 1, DIM, 1, t);
	check_near(loss.row_loss[0], log(1 + exp(1 / t)), 1e-14);
	check(!loss.row_right[0]);
	lt_contrast_free(&loss);
	loss = loss_of(axes, axes, axes, 1, DIM, 1, t);
	check_near(loss.row_loss[0], log(2), 1e-14);
	check(loss.row_right[0]);
	lt_contrast_free(&loss);
}

static void extremes(void)
{
	struct lt_contrast loss;

	draw_vectors(z, 20, 4, 4, false);
	draw_vectors(keys, 20, 4, 5, true);
	draw_vectors(negatives, 30, 4, 6, true);
	loss = loss_of(z, keys, negatives, 20, 4, 30, 1e-3);
	check_named(contrast_is_finite(&loss), "T 0.001: all is finite");
	lt_contrast_free(&loss);
	z[7] = NAN;
	loss = loss_of(z, keys, negatives, 20, 4, 30, 0.5);
	check(isnan(loss.row_loss[1]) && isnan(loss.grad[4]));
	check(isfinite(loss.row_loss[0]) && isfinite(loss.row_loss[2]));
	lt_contrast_free(&loss);
	memset(z, 0, sizeof z);
	loss = loss_of(z, keys, negatives, 20, 4, 30, 0.5);
	check_near(loss.row_loss[3], log(31), 1e-14);
	lt_contrast_free(&loss);
}

static void threads(void)
{
	enum { ROWS = MOST_ROWS, DIM = MOST_DIM, SIZE = MOST_QUEUE };
	struct lt_contrast one, more;
	struct lt_pool *first = pool;

	draw_vectors(z, ROWS, DIM, 7, false);
	draw_vectors(keys, ROWS, DIM, 8, true);
	draw_vectors(negatives, SIZE, DIM, 9, true);
	one = loss_of(z, keys, negatives, ROWS, DIM, SIZE, 0.2);
	for (int n = 1; n < 5; n += 2) {
		if (lt_pool_new(&pool, n, NULL) != 0)
			abort();
		more = loss_of(z, keys, negatives, ROWS, DIM, SIZE, 0.2);
		check(contrast_is_same(&one, &more));
		lt_contrast_free(&more);
		lt_pool_free(pool);
	}
	pool = first;
	lt_contrast_free(&one);
}

/* -------------------------------------------------------------------------- queue */

enum { KEYS = 96 };

/* All keys that were ever in a queue, the oldest first. */
struct history {
	int n, size, dim;
	double *key; /* of the first queue, and KEYS more */
};

static struct history begin_history(const struct lt_key_queue *queue)
{
	struct history h = {queue->size, queue->size, queue->dim, NULL};

	h.key = calloc((size_t)(h.size + KEYS) * (size_t)h.dim, sizeof *h.key);
	if (!h.key)
		abort();
	memcpy(h.key, queue->key, (size_t)(h.size * h.dim) * sizeof *h.key);
	return h;
}

static void remember(struct history *h, const double *key, int n)
{
	if (h->n + n > h->size + KEYS)
		abort();
	memcpy(h->key + h->n * h->dim, key, (size_t)(n * h->dim) * sizeof *key);
	h->n += n;
}

/* The contents of the queue now: the last `size` keys, the oldest first. */
static const double *held(const struct history *h)
{
	return h->key + (h->n - h->size) * h->dim;
}

static void first_queue(void)
{
	enum { SIZE = 37, DIM = 5 };
	struct lt_key_queue queue, other;
	double worst = 0, lengths = 0, want[DIM];

	if (lt_key_queue_init(&queue, SIZE, DIM, 4, NULL) != 0 ||
	    lt_key_queue_init(&other, SIZE, DIM, 5, NULL) != 0)
		abort();
	for (int i = 0; i < SIZE; i++) {
		struct lt_draws draws = lt_draws_at(4, LT_FOR_QUEUE, 0, 0, (uint32_t)i);
		const double *row = queue.key + i * DIM;
		double length, one = 1;

		for (int j = 0; j < DIM; j++)
			want[j] = lt_draw_normal(&draws);
		length = sqrt(dot(want, want, DIM));
		for (int j = 0; j < DIM; j++)
			want[j] /= length;
		worst = fmax(worst, kit_distance(row, want, DIM));
		length = sqrt(dot(row, row, DIM));
		lengths = fmax(lengths, kit_distance(&length, &one, 1));
	}
	kit_check_error(lengths, 1e-14, "rows of the first queue have length 1");
	kit_check_error(worst, 1e-14, "they are draws of their own");
	check_int(queue.head, 0);
	check_named(memcmp(queue.key, other.key, SIZE * DIM * sizeof *queue.key) != 0,
		    "another seed, another queue");
	lt_key_queue_free(&queue);
	lt_key_queue_free(&other);
}

/* n keys at a time: key number h of all is in row h % size until it is the oldest. */
static void first_in_first_out(int size, int n)
{
	enum { DIM = 3 };
	struct lt_key_queue queue;
	struct history all;
	double added[KEYS * DIM];
	bool in_place = true, at_the_oldest = true;
	char name[80];

	if (lt_key_queue_init(&queue, size, DIM, 6, NULL) != 0)
		abort();
	all = begin_history(&queue);
	draw_vectors(added, KEYS, DIM, 10, true);
	for (int at = 0; at + n <= KEYS; at += n) {
		lt_key_queue_add(&queue, added + at * DIM, n);
		remember(&all, added + at * DIM, n);
		for (int h = all.n - size; h < all.n; h++)
			in_place =
				in_place && memcmp(queue.key + h % size * DIM,
						   all.key + h * DIM, DIM * sizeof *added) == 0;
		at_the_oldest = at_the_oldest && queue.head == all.n % size;
	}
	snprintf(name, sizeof name, "a queue of %d, %d keys at a time: the oldest go", size, n);
	check_named(in_place, name);
	check_named(at_the_oldest, "the next key goes where the oldest is");
	free(all.key);
	lt_key_queue_free(&queue);
}

/* -------------------------------------------------------------------------- steps */

enum { ROWS = 27, BATCH = 8, STEPS = 3, EPOCHS = 2, DIM = 5, MOST_SPLITS = 4 };

#define SEED 3
#define RATE 0.3
#define SGD_MOMENTUM 0.9
#define DECAY 0.01
#define KEY_MOMENTUM 0.7
#define TEMPERATURE 0.2

static struct lt_table table;

static struct lt_network *new_network(bool learns)
{
	return kit_network(LT_HEAD_MLP, DIM,
			   (struct lt_network_config){.pool = pool,
						      .max_batch = BATCH,
						      .max_splits = MOST_SPLITS,
						      .learns = learns,
						      .adds = learns});
}

/* A learner with its networks, and the same networks for the second implementation. */
struct bench {
	struct lt_pretext *learner;
	struct lt_network *net, *key_net, *net_again, *key_again;
	int splits;
	bool symmetric;
	struct history queue;
	double key[2][BATCH * DIM]; /* of views 0 and 1 */
	int place[BATCH];	    /* the position of an image among the keys */
	struct lt_meter meter;	    /* of the second implementation */
	double *grads;		    /* the same */
	/* The largest differences in all steps. */
	double average, loss, grad, params, state;
	bool right, images;
};

static struct bench begin(int queue, int splits, bool symmetric)
{
	struct bench b = {.net = new_network(true),
			  .key_net = new_network(false),
			  .net_again = new_network(true),
			  .key_again = new_network(false),
			  .splits = splits,
			  .symmetric = symmetric,
			  .right = true,
			  .images = true};
	struct lt_pretext_config config = {.net = b.net,
					   .table = &table,
					   .norm = kit_norm,
					   .augment = "crop-flip",
					   .batch = BATCH,
					   .seed = SEED};
	struct lt_moco_config moco = {.key_net = b.key_net,
				      .queue = queue,
				      .key_momentum = KEY_MOMENTUM,
				      .temperature = TEMPERATURE,
				      .splits = splits,
				      .symmetric = symmetric};
	struct lt_key_queue first;

	/* These differ from the network's until the learner begins. */
	lt_network_init(b.key_net, 8);
	if (lt_moco_new(&b.learner, &config, &moco, NULL) != 0 ||
	    lt_key_queue_init(&first, queue, DIM, SEED, NULL) != 0)
		abort();
	b.queue = begin_history(&first);
	lt_key_queue_free(&first);
	b.grads = calloc(lt_network_graph(b.net)->params, sizeof *b.grads);
	if (!b.grads)
		abort();
	return b;
}

static void finish(struct bench *b)
{
	lt_pretext_free(b->learner);
	lt_network_free(b->net);
	lt_network_free(b->key_net);
	lt_network_free(b->net_again);
	lt_network_free(b->key_again);
	free(b->queue.key);
	free(b->grads);
}

static size_t params_of(const struct bench *b)
{
	return lt_network_graph(b->net)->params;
}

/* Copies the networks before a step, after the average of the key network. */
static void copy_networks(struct bench *b)
{
	const double *w = lt_network_params(b->net), *k = lt_network_params(b->key_net);
	double *averaged = lt_network_params(b->key_again);

	kit_copy(b->net_again, b->net);
	kit_copy(b->key_again, b->key_net);
	for (size_t i = 0; i < params_of(b); i++)
		averaged[i] = KEY_MOMENTUM * k[i] + (1 - KEY_MOMENTUM) * w[i];
}

/* The images of the step in a view, in the given positions. */
static void see(struct bench *b, struct lt_network *net, const struct lt_batch *batch, int view,
		const int *place)
{
	struct lt_batch seen = *batch;

	seen.view = (uint32_t)view;
	seen.place = place;
	lt_batcher_fill(b->learner->batcher, lt_network_input(net), &seen);
}

/*
 * Finds the position of each image among the learner's last keys by comparing the images;
 * with one split, positions must not matter.
 */
static void find_places(struct bench *b, const struct lt_batch *batch, int view)
{
	const double *shuffled = lt_network_input(b->key_net);

	see(b, b->key_again, batch, view, NULL);
	/* The learner's last queries belong to the other view. */
	b->images =
		b->images && memcmp(lt_network_input(b->key_again), lt_network_input(b->net),
				    BATCH * PLANE * sizeof *shuffled) != 0;
	for (int i = 0; i < BATCH; i++) {
		const double *own = lt_network_input(b->key_again) + i * PLANE;
		int found = -1;

		for (int at = 0; at < BATCH; at++)
			if (memcmp(own, shuffled + at * PLANE, PLANE * sizeof *own) == 0)
				found = at;
		b->images = b->images && found >= 0;
		b->place[i] = b->splits == 1 || found < 0 ? i : found;
	}
}

static void keys_again(struct bench *b, const struct lt_batch *batch, int view)
{
	see(b, b->key_again, batch, view, b->place);
	lt_network_forward(b->key_again, BATCH, b->splits, LT_TRAIN, NULL);
	for (int i = 0; i < BATCH; i++) {
		const double *from = lt_network_outputs(b->key_again, 0) + b->place[i] * DIM;

		for (int j = 0; j < DIM; j++)
			b->key[view][i * DIM + j] = from[j] / sqrt(dot(from, from, DIM));
	}
}

/* The queries of a view: their loss and flags; adds their gradient to grads. */
static void queries_again(struct bench *b, const struct lt_batch *batch, int view)
{
	const double *q, *key = b->key[!view], *queue = held(&b->queue), *grads;
	struct lt_contrast loss;
	int size = b->queue.size;

	see(b, b->net_again, batch, view, NULL);
	lt_network_forward(b->net_again, BATCH, b->splits, LT_TRAIN, NULL);
	q = lt_network_outputs(b->net_again, 0);
	for (int i = 0; i < BATCH; i++) {
		b->meter.loss +=
			plain_row(q + i * DIM, key + i * DIM, queue, size, DIM, TEMPERATURE);
		b->meter.correct += plain_right(q + i * DIM, key + i * DIM, queue, size, DIM);
	}
	b->meter.rows += BATCH;
	loss = loss_of(q, key, queue, BATCH, DIM, size, TEMPERATURE);
	lt_network_backward(b->net_again, (const lt_real *const[]){loss.grad}, NULL);
	grads = lt_network_grads(b->net_again);
	for (size_t i = 0; i < params_of(b); i++)
		b->grads[i] += grads[i];
	lt_contrast_free(&loss);
}

/* Repeats the learner's step, which follows copy_networks. */
static void step_again(struct bench *b, const struct lt_batch *batch, struct lt_meter meter)
{
	const struct lt_graph *g = lt_network_graph(b->net);
	size_t grads = g->params * sizeof *b->grads;

	b->average = fmax(b->average, kit_distance(lt_network_params(b->key_again),
						   lt_network_params(b->key_net), g->params));
	find_places(b, batch, !b->symmetric);
	keys_again(b, batch, 1);
	if (b->symmetric)
		keys_again(b, batch, 0);
	b->meter = (struct lt_meter){0};
	memset(b->grads, 0, grads);
	queries_again(b, batch, 0);
	if (b->symmetric)
		queries_again(b, batch, 1);
	b->images =
		b->images && memcmp(lt_network_input(b->net_again), lt_network_input(b->net),
				    BATCH * PLANE * sizeof(double)) == 0;
	b->loss = fmax(b->loss, kit_distance(&meter.loss, &b->meter.loss, 1));
	b->right = b->right && meter.correct == b->meter.correct && meter.rows == b->meter.rows;
	b->grad = fmax(b->grad, kit_distance(lt_network_grads(b->net), b->grads, g->params));

	memcpy(lt_network_grads(b->net_again), b->grads, grads);
	kit_move(b->net_again, RATE, SGD_MOMENTUM, DECAY);
	b->params = fmax(b->params, kit_distance(lt_network_params(b->net),
						 lt_network_params(b->net_again), g->params));
	b->state = fmax(b->state, kit_distance(lt_network_state(b->net),
					       lt_network_state(b->net_again), g->state));
	b->state = fmax(b->state, kit_distance(lt_network_state(b->key_net),
					       lt_network_state(b->key_again), g->state));
	remember(&b->queue, b->key[1], BATCH);
	if (b->symmetric)
		remember(&b->queue, b->key[0], BATCH);
}

static int split_of(int place, int splits)
{
	return place * splits / BATCH;
}

/* Are any two images in the same split as queries, but in different splits as keys? */
static bool are_apart(const struct bench *b)
{
	for (int i = 0; i < BATCH; i++)
		for (int j = 0; j < i; j++)
			if (split_of(i, b->splits) == split_of(j, b->splits) &&
			    split_of(b->place[i], b->splits) !=
				    split_of(b->place[j], b->splits))
				return true;
	return false;
}

static void against_second_writing(int queue, int splits, bool symmetric)
{
	struct bench b = begin(queue, splits, symmetric);
	bool apart = true, differ = true;
	int steps, before[BATCH] = {0};
	char name[100];

	lt_average_begin(&b.learner->task.average, b.net);
	check_named(memcmp(lt_network_params(b.net), lt_network_params(b.key_net),
			   params_of(&b) * sizeof(double)) == 0,
		    "the key network begins as the network");
	for (int epoch = 1; epoch <= EPOCHS; epoch++) {
		b.learner->task.plan(b.learner->task.self, epoch, &steps, NULL);
		for (int i = 0; i < STEPS; i++) {
			struct lt_batch batch = lt_pretext_batch(b.learner, epoch, i);
			struct lt_meter meter = {0};

			copy_networks(&b);
			kit_step(&b.learner->task, b.net, epoch, i, RATE, SGD_MOMENTUM, DECAY,
				 &meter);
			step_again(&b, &batch, meter);
			apart = apart && are_apart(&b);
			differ = differ && memcmp(before, b.place, sizeof before) != 0;
			memcpy(before, b.place, sizeof before);
		}
	}
	snprintf(name, sizeof name, "queue %d, %d splits%s: the loss of %d steps", queue,
		 splits, symmetric ? ", symmetric" : "", EPOCHS * STEPS);
	check_int(steps, STEPS);
	kit_check_error(b.loss, 1e-10, name);
	check_named(b.right, "rows, and those whose key is nearest");
	check_named(b.images, "queries are of one view, keys of the other");
	kit_check_error(b.average, 1e-15,
			"the key network is m times itself + (1 - m) network");
	kit_check_error(b.grad, 1e-10, "gradients");
	kit_check_error(b.params, 1e-10, "weights");
	kit_check_error(b.state, 1e-10, "running statistics of both networks");
	if (splits > 1) {
		check_named(apart, "keys are in other splits than their queries");
		check_named(differ, "and in others in the next step");
	}
	finish(&b);
}

int main(void)
{
	if (lt_pool_new(&pool, 2, NULL) != 0)
		return 1;
	against_plain(1, 3, 1, 0.5);
	against_plain(8, 7, 5, 0.1);
	against_plain(17, 2, 30, 1);
	against_plain(MOST_ROWS, MOST_DIM, MOST_QUEUE, 0.2);
	closed_forms();
	extremes();
	threads();
	first_queue();
	first_in_first_out(7, 3);
	first_in_first_out(3, 8);
	first_in_first_out(12, 4);
	first_in_first_out(1, 1);
	first_in_first_out(1, 5);
	table = kit_table(ROWS);
	/*
	 * Queues that are no multiple of the batch, of one batch and of several, and
	 * smaller than a batch.
	 */
	against_second_writing(20, 1, false);
	against_second_writing(20, 1, true);
	against_second_writing(16, MOST_SPLITS, false);
	against_second_writing(5, 1, true);
	against_second_writing(5, 2, false);
	lt_pool_free(pool);
	return check_done();
}
