/*
 * NT-Xent, in double: against its definition as a plain double loop, against central
 * differences, and in known closed forms; what does not affect it: the order of the images,
 * the order of the views, lengths, threads.  And the steps of a learner: the order of a
 * batch, and that its gradients are those of the loss.
 */
#include "contrast_kit.h"
#include "learner_kit.h"

enum { MOST_ROWS = 70, MOST_DIM = 9 };

static struct lt_pool *pool;
static double z[MOST_ROWS * MOST_DIM];

/* Projections of different lengths; the views of an image are slightly similar. */
static void draw(int rows, int dim, uint32_t slot)
{
	struct lt_draws draws = lt_draws_at(11, LT_FOR_INIT, 1, 0, slot);

	for (int i = 0; i < rows; i++)
		for (int j = 0; j < dim; j++)
			z[i * dim + j] = (1 + i % 3) * lt_draw_normal(&draws) +
					 (i % 2 ? z[(i - 1) * dim + j] : 0);
}

static double similarity(const double *at, int dim, int a, int b)
{
	double ab = 0, aa = 0, bb = 0;

	for (int j = 0; j < dim; j++) {
		ab += at[a * dim + j] * at[b * dim + j];
		aa += at[a * dim + j] * at[a * dim + j];
		bb += at[b * dim + j] * at[b * dim + j];
	}
	return ab / sqrt(aa * bb);
}

/* The definition. */
static double plain_row(const double *at, int rows, int dim, double t, int row)
{
	int other = row % 2 ? row - 1 : row + 1;
	double sum = 0;

	for (int k = 0; k < rows; k++)
		if (k != row)
			sum += exp(similarity(at, dim, row, k) / t);
	return -log(exp(similarity(at, dim, row, other) / t) / sum);
}

static double plain(const struct lt_contrast *loss, const double *at)
{
	double sum = 0;

	for (int i = 0; i < loss->rows; i++)
		sum += plain_row(at, loss->rows, loss->dim, loss->temperature, i);
	return sum / loss->rows;
}

static struct lt_contrast loss_of(const double *at, int rows, int dim, double t)
{
	struct lt_contrast loss = contrast_of(rows, dim, rows, t);

	lt_nt_xent(&loss, pool, at);
	return loss;
}

static double mean(const struct lt_contrast *loss)
{
	double sum = 0;

	for (int i = 0; i < loss->rows; i++)
		sum += loss->row_loss[i];
	return sum / loss->rows;
}

static void against_plain(int rows, int dim, double t)
{
	struct lt_contrast loss;
	double worst = 0;
	bool right = true;
	char name[80];

	draw(rows, dim, (uint32_t)rows);
	loss = loss_of(z, rows, dim, t);
	for (int i = 0; i < rows; i++) {
		double error = fabs(loss.row_loss[i] - plain_row(z, rows, dim, t, i));
		bool nearest = true;

		worst = error <= worst ? worst : error;
		for (int k = 0; k < rows; k++)
			nearest = nearest && (k == i || similarity(z, dim, i, k) <=
								similarity(z, dim, i, i ^ 1));
		right = right && nearest == loss.row_right[i];
	}
	snprintf(name, sizeof name, "%d rows of %d, T %g: the plain double loop", rows, dim, t);
	if (!check_named(worst < 1e-12, name))
		printf("# off by %g\n", worst);
	check_named(right, "who is nearest");
	check_differences(&loss, plain, z);
	lt_contrast_free(&loss);
}

static void closed_forms(void)
{
	static const double two[6] = {1, 2, 3, -4, 5, 6};
	static const double crossed[8] = {2, 0, 3, 0, 0, 5, 0, 1};
	static const double same[12] = {3, 4, 6, 8, 3, 4, 0.3, 0.4, 3, 4, 3, 4};
	struct lt_contrast loss = loss_of(two, 2, 3, 0.5);

	/* One image: there are no negatives. */
	check(loss.row_loss[0] == 0 && loss.row_loss[1] == 0);
	for (int i = 0; i < 6; i++)
		check_near(loss.grad[i], 0, 1e-15);
	lt_contrast_free(&loss);

	/* Two images at right angles; the views of each are equal. */
	loss = loss_of(crossed, 4, 2, 0.5);
	for (int i = 0; i < 4; i++) {
		check_near(loss.row_loss[i], log(1 + 2 * exp(-2)), 1e-14);
		check(loss.row_right[i]);
	}
	/*
	 * The gradient at row 0's unit vector along the other axis, from its own l and from
	 * those of rows 2 and 3, is 2 · 2 · p / (4 T) with p = exp(-1/T) / (1 + 2
	 * exp(-1/T)).
	 */
	check_near(loss.grad[0], 0, 1e-15);
	check_near(loss.grad[1], 2 * exp(-2) / (1 + 2 * exp(-2)) / 2, 1e-14);
	lt_contrast_free(&loss);

	/* All projections are equal: 1 of 5. */
	loss = loss_of(same, 6, 2, 0.07);
	for (int i = 0; i < 6; i++)
		check_near(loss.row_loss[i], log(5), 1e-12);
	lt_contrast_free(&loss);
}

/* The images in another order, some with exchanged views. */
static void order(void)
{
	enum { ROWS = 38, DIM = 5 };
	static double other[ROWS * DIM];
	struct lt_draws draws = lt_draws_at(12, LT_FOR_INIT, 1, 0, 0);
	uint32_t image[ROWS / 2];
	struct lt_contrast loss, moved;
	double worst = 0, error;

	draw(ROWS, DIM, 1);
	lt_draw_permutation(&draws, image, ROWS / 2);
	for (int i = 0; i < ROWS; i++) {
		int from = 2 * (int)image[i / 2] + (i % 2 ^ (image[i / 2] % 3 == 0));

		memcpy(other + i * DIM, z + from * DIM, DIM * sizeof *z);
	}
	loss = loss_of(z, ROWS, DIM, 0.5);
	moved = loss_of(other, ROWS, DIM, 0.5);
	for (int i = 0; i < ROWS; i++) {
		int from = 2 * (int)image[i / 2] + (i % 2 ^ (image[i / 2] % 3 == 0));

		error = fabs(moved.row_loss[i] - loss.row_loss[from]);
		worst = error <= worst ? worst : error;
		for (int j = 0; j < DIM; j++) {
			error = fabs(moved.grad[i * DIM + j] - loss.grad[from * DIM + j]);
			worst = error <= worst ? worst : error;
		}
	}
	check_near(mean(&moved), mean(&loss), 1e-14);
	if (!check_named(worst < 1e-14, "rows move with their images"))
		printf("# off by %g\n", worst);
	lt_contrast_free(&loss);
	lt_contrast_free(&moved);
}

/* Only directions matter, so no gradient has a component along its own projection. */
static void lengths(void)
{
	enum { ROWS = 20, DIM = 6 };
	static double longer[ROWS * DIM];
	struct lt_contrast loss, scaled;
	double worst = 0, along = 0;

	draw(ROWS, DIM, 2);
	for (int i = 0; i < ROWS * DIM; i++)
		longer[i] = z[i] * (1 + i / DIM);
	loss = loss_of(z, ROWS, DIM, 0.3);
	scaled = loss_of(longer, ROWS, DIM, 0.3);
	for (int i = 0; i < ROWS; i++) {
		double dot = 0, error;

		for (int j = 0; j < DIM; j++) {
			error = fabs(scaled.grad[i * DIM + j] * (1 + i) -
				     loss.grad[i * DIM + j]);
			worst = error <= worst ? worst : error;
			dot += loss.grad[i * DIM + j] * z[i * DIM + j];
		}
		along = fabs(dot) <= along ? along : fabs(dot);
	}
	check_near(mean(&scaled), mean(&loss), 1e-14);
	check_near(worst, 0, 1e-14);
	check_near(along, 0, 1e-14);
	lt_contrast_free(&loss);
	lt_contrast_free(&scaled);
}

static void extremes(void)
{
	struct lt_contrast loss;

	draw(24, 4, 3);
	loss = loss_of(z, 24, 4, 1e-3);
	check_named(contrast_is_finite(&loss), "T 0.001: all is finite");
	lt_contrast_free(&loss);
	z[7] = NAN;
	loss = loss_of(z, 24, 4, 0.5);
	check(isnan(mean(&loss)));
	lt_contrast_free(&loss);
	memset(z, 0, sizeof z);
	loss = loss_of(z, 24, 4, 0.5);
	check_near(mean(&loss), log(23), 1e-14);
	lt_contrast_free(&loss);
}

static void threads(void)
{
	enum { ROWS = MOST_ROWS, DIM = MOST_DIM };
	struct lt_contrast one, more;

	draw(ROWS, DIM, 4);
	one = loss_of(z, ROWS, DIM, 0.5);
	for (int n = 2; n < 6; n++) {
		lt_pool_free(pool);
		if (lt_pool_new(&pool, n, NULL) != 0)
			abort();
		more = loss_of(z, ROWS, DIM, 0.5);
		check(contrast_is_same(&one, &more));
		lt_contrast_free(&more);
	}
	lt_contrast_free(&one);
}

/* -------------------------------------------------------------------------- steps */

enum { ROWS = 14, BATCH = 5, STEPS = 2, DIM = 7 };

#define SEED 9
#define RATE 0.1
#define TEMPERATURE 0.3

static struct lt_network *new_network(void)
{
	return kit_network(
		LT_HEAD_MLP, DIM,
		(struct lt_network_config){
			.pool = pool, .max_batch = 2 * BATCH, .max_splits = 1, .learns = true});
}

/*
 * Positions 2i and 2i + 1 hold views 0 and 1 of row i; returns the number of pairs that
 * differ.
 */
static int look_at_views(const struct lt_augment *augment, const struct lt_batch *batch,
			 const double *input, bool *views)
{
	int pairs = 0;

	for (int i = 0; i < batch->n; i++) {
		float want[2][PLANE];

		for (uint32_t view = 0; view < 2; view++) {
			struct lt_draws draws =
				lt_draws_at(SEED, LT_FOR_AUGMENT, view, batch->epoch,
					    batch->slot + (uint32_t)i);

			kit_see(augment, batch->row[i], draws, want[view]);
			*views = *views &&
				 kit_is(input + (2 * i + (int)view) * PLANE, want[view]);
		}
		pairs += memcmp(want[0], want[1], sizeof want[0]) != 0;
	}
	return pairs;
}

/* With the augmentation none, both views are the picture of the row. */
static void steps(const char *augmentation, bool changes)
{
	struct lt_table table = kit_table(ROWS);
	struct lt_network *net = new_network(), *again = new_network();
	struct lt_pretext_config config = {.net = net,
					   .table = &table,
					   .norm = kit_norm,
					   .augment = augmentation,
					   .crop_area = 0.08,
					   .batch = BATCH,
					   .seed = SEED};
	struct lt_simclr_config simclr = {.temperature = TEMPERATURE};
	size_t params = lt_network_graph(net)->params;
	struct lt_pretext *learner;
	struct lt_augment augment;
	double off = 0;
	bool views = true;
	int n, pairs = 0;
	char name[80];

	if (lt_simclr_new(&learner, &config, &simclr, NULL) != 0 ||
	    lt_pretext_views(&config, &augment, NULL) != 0)
		abort();
	learner->task.plan(learner->task.self, 1, &n, NULL);
	check_int(n, STEPS);
	for (int i = 0; i < STEPS; i++) {
		struct lt_batch batch = lt_pretext_batch(learner, 1, i);
		struct lt_meter meter = {0};
		struct lt_contrast loss;
		double want;
		int right = 0;

		kit_copy(again, net);
		kit_step(&learner->task, net, 1, i, RATE, 0.9, 0.01, &meter);
		pairs += look_at_views(&augment, &batch, lt_network_input(net), &views);

		memcpy(lt_network_input(again), lt_network_input(net),
		       2 * BATCH * PLANE * sizeof(double));
		lt_network_forward(again, 2 * BATCH, 1, LT_TRAIN, NULL);
		loss = loss_of(lt_network_outputs(again, 0), 2 * BATCH, DIM, TEMPERATURE);
		want = 2 * BATCH * plain(&loss, lt_network_outputs(again, 0));
		lt_network_backward(again, (const lt_real *const[]){loss.grad}, NULL);
		kit_move(again, RATE, 0.9, 0.01);
		for (int k = 0; k < 2 * BATCH; k++)
			right += loss.row_right[k];
		check_near(meter.loss, want, 1e-11);
		check(meter.rows == 2 * BATCH && meter.correct == right);
		off = fmax(off, kit_distance(lt_network_params(net), lt_network_params(again),
					     params));
		lt_contrast_free(&loss);
	}
	snprintf(name, sizeof name, "%s: two places of an image hold its two views",
		 augmentation);
	check_named(views, name);
	check_named(pairs == (changes ? STEPS * BATCH : 0),
		    changes ? "which differ for every image" : "which are one picture");
	kit_check_error(off, 1e-10, "steps follow the loss");
	lt_pretext_free(learner);
	lt_network_free(net);
	lt_network_free(again);
}

int main(void)
{
	if (lt_pool_new(&pool, 1, NULL) != 0)
		return 1;
	against_plain(2, 3, 0.5);
	against_plain(4, 2, 0.5);
	against_plain(10, 7, 0.1);
	against_plain(32, 5, 1);
	against_plain(MOST_ROWS, MOST_DIM, 0.5);
	closed_forms();
	order();
	lengths();
	extremes();
	threads();
	steps("none", false);
	steps("moco", true);
	lt_pool_free(pool);
	return check_done();
}
