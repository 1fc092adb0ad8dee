/*
 * Steps of learners that recognise changes of images, in double: every image of a batch is
 * its row changed according to its label, loss and accuracy are those of these labels, and
 * gradients and weights follow from that loss.  Rotation is implemented here a second time;
 * t_jigsaw tests the tiles of jigsaw puzzles.
 */
#include "check.h"
#include "learner_kit.h"
#include "method/puzzle.h"

enum { ROWS = 21, BATCH = 8, STEPS = 3, EPOCHS = 2, MOST_CLASSES = LT_JIGSAW_ORDERS };

#define SEED 5
#define RATE 0.1
#define SGD_MOMENTUM 0.9
#define DECAY 0.01

static struct lt_pool *pool;
static struct lt_table table;
static struct lt_augment as_it_is;

/* Computes the image that the network must see for a row. */
typedef void change_again(const struct lt_puzzle *puzzle, const float *row, int label,
			  struct lt_draws draws, float *to);

/*
 * A pixel moves a quarter turn counter-clockwise: its column becomes its row, counted from
 * below.
 */
static void turn_again(const struct lt_puzzle *puzzle, const float *row, int label,
		       struct lt_draws draws, float *to)
{
	(void)puzzle;
	(void)draws;
	for (int y = 0; y < SIDE; y++)
		for (int x = 0; x < SIDE; x++) {
			int to_y = y, to_x = x;

			for (int turn = 0; turn < label; turn++) {
				int kept = to_y;

				to_y = SIDE - 1 - to_x;
				to_x = kept;
			}
			memcpy(to + (to_y * SIDE + to_x) * CHANNELS,
			       row + (y * SIDE + x) * CHANNELS, CHANNELS * sizeof *to);
		}
}

static void tiles_again(const struct lt_puzzle *puzzle, const float *row, int label,
			struct lt_draws draws, float *to)
{
	puzzle->change(puzzle->self, row, SIDE, SIDE, CHANNELS, label, &draws, to);
}

/* A learner, and a network for the second implementation of its steps. */
struct bench {
	const struct lt_puzzle *puzzle;
	change_again *change;
	bool first_changes_nothing; /* label 0 leaves an image unchanged */
	struct lt_network *net, *again;
	struct lt_pretext *learner;

	struct lt_batch batch;
	int32_t label[BATCH];
	/*
	 * For all steps: rows with each label, largest differences, and whether all flags
	 * were right.
	 */
	int count[MOST_CLASSES];
	double loss, grad, params;
	bool images, still, right;
};

static struct lt_network *new_network(int classes)
{
	return kit_network(
		LT_HEAD_LINEAR, classes,
		(struct lt_network_config){
			.pool = pool, .max_batch = BATCH, .max_splits = 1, .learns = true});
}

static void look_at_images(struct bench *b)
{
	const struct lt_puzzle *puzzle = b->puzzle;

	for (int i = 0; i < b->batch.n; i++) {
		uint32_t slot = b->batch.slot + (uint32_t)i;
		struct lt_draws none = lt_draws_at(SEED, LT_FOR_AUGMENT, 0, 0, 0);
		struct lt_draws draws =
			lt_draws_at(SEED, puzzle->purpose, 1, b->batch.epoch, slot);
		const double *got = lt_network_input(b->net) + i * PLANE;
		float row[PLANE], want[PLANE];

		kit_see(&as_it_is, b->batch.row[i], none, row);
		b->change(puzzle, row, b->label[i], draws, want);
		b->images = b->images && kit_is(got, want);
		b->still = b->still &&
			   kit_is(got, row) == (b->first_changes_nothing && b->label[i] == 0);
		b->count[b->label[i]]++;
	}
}

/*
 * The cross-entropy of the outputs and its gradient / n; returns whether the label's output
 * is the largest.
 */
static double plain_row(const double *z, int classes, int label, int n, double *grad,
			bool *right)
{
	double sum = 0;

	*right = true;
	for (int k = 0; k < classes; k++) {
		sum += exp(z[k]);
		*right = *right && z[k] <= z[label];
	}
	for (int k = 0; k < classes; k++)
		grad[k] = (exp(z[k]) / sum - (k == label)) / n;
	return -log(exp(z[label]) / sum);
}

/* Repeats the step on the learner's images. */
static void step_again(struct bench *b, struct lt_meter meter)
{
	int n = b->batch.n, classes = b->puzzle->classes;
	size_t params = lt_network_graph(b->net)->params;
	double grad[BATCH * MOST_CLASSES], loss = 0;
	int correct = 0;
	bool right;

	memcpy(lt_network_input(b->again), lt_network_input(b->net),
	       (size_t)n * PLANE * sizeof *grad);
	lt_network_forward(b->again, n, 1, LT_TRAIN, NULL);
	for (int i = 0; i < n; i++) {
		loss += plain_row(lt_network_outputs(b->again, 0) + i * classes, classes,
				  b->label[i], n, grad + i * classes, &right);
		correct += right;
	}
	lt_network_backward(b->again, (const lt_real *const[]){grad}, NULL);
	kit_move(b->again, RATE, SGD_MOMENTUM, DECAY);
	b->loss = fmax(b->loss, kit_distance(&meter.loss, &loss, 1));
	b->right = b->right && meter.correct == correct && meter.rows == n;
	b->grad = fmax(b->grad, kit_distance(lt_network_grads(b->net),
					     lt_network_grads(b->again), params));
	b->params = fmax(b->params, kit_distance(lt_network_params(b->net),
						 lt_network_params(b->again), params));
}

static void run(struct bench *b)
{
	void *self = b->learner->task.self;
	int steps;

	for (int epoch = 1; epoch <= EPOCHS; epoch++) {
		b->learner->task.plan(self, epoch, &steps, NULL);
		check_int(steps, STEPS);
		for (int i = 0; i < steps; i++) {
			struct lt_meter meter = {0};
			uint32_t shuffle[BATCH];

			b->batch = lt_pretext_batch(b->learner, epoch, i);
			lt_puzzle_labels(b->puzzle, SEED, ROWS, &b->batch, shuffle, b->label);
			kit_copy(b->again, b->net);
			kit_step(&b->learner->task, b->net, epoch, i, RATE, SGD_MOMENTUM, DECAY,
				 &meter);
			look_at_images(b);
			step_again(b, meter);
		}
	}
}

static void check_steps(const char *name, const struct lt_puzzle *puzzle, change_again *change,
			bool first_changes_nothing)
{
	struct bench b = {.puzzle = puzzle,
			  .change = change,
			  .first_changes_nothing = first_changes_nothing,
			  .net = new_network(puzzle->classes),
			  .again = new_network(puzzle->classes),
			  .images = true,
			  .still = true,
			  .right = true};
	struct lt_pretext_config config = {.net = b.net,
					   .table = &table,
					   .norm = kit_norm,
					   .augment = "none",
					   .batch = BATCH,
					   .seed = SEED};
	int seen = 0;
	char text[100];

	if (lt_puzzle_new(&b.learner, &config, puzzle, NULL) != 0)
		abort();
	run(&b);
	for (int k = 0; k < puzzle->classes; k++)
		seen += b.count[k] > 0;
	snprintf(text, sizeof text, "%s: every image is its row, changed as its label says",
		 name);
	check_named(b.images, text);
	check_named(b.still, first_changes_nothing ? "and with label 0 alone the row itself"
						   : "and never the row itself");
	check_named(seen >= 4, "labels are not all the same");
	kit_check_error(b.loss, 1e-10, "the loss is that of these labels");
	check_named(b.right, "and so is the accuracy");
	kit_check_error(b.grad, 1e-10, "gradients");
	kit_check_error(b.params, 1e-10, "weights");
	lt_pretext_free(b.learner);
	lt_network_free(b.net);
	lt_network_free(b.again);
}

int main(void)
{
	struct lt_puzzle rotation, tiles;
	struct lt_jigsaw jigsaw;

	table = kit_table(ROWS);
	if (lt_pool_new(&pool, 2, NULL) != 0 ||
	    lt_augment_init(&as_it_is, "none", &kit_norm, NULL) != 0 ||
	    lt_rotation(&rotation, &table, NULL) != 0)
		return 1;
	check_steps("rotation", &rotation, turn_again, true);
	for (int grid = 2; grid <= 3; grid++) {
		if (lt_jigsaw(&tiles, &jigsaw, grid, &table, NULL) != 0)
			return 1;
		check_steps(grid == 2 ? "jigsaw, grid 2" : "jigsaw, grid 3", &tiles,
			    tiles_again, grid == 2);
	}
	lt_pool_free(pool);
	return check_done();
}
