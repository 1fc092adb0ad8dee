/*
 * Learning from unlabelled rows, in double: the order of streams, ramp and
 * average; that a step's gradients are those of what it says it makes smaller,
 * with targets and perturbation held fixed, by central differences; and what the
 * perturbation of virtual adversarial training is: its length, and its direction by
 * central differences.
 */
#include "method/vat.h"
#include "method_kit.h"
#include "net/divergence.h"

#define ENTROPY 0.06
#define XI 1e-2 /* length of the first move, in full precision */

/* ------------------------------------------------------------------ ramp and average */

static double keep(int64_t step, double decay)
{
	return lt_average_keep(&(struct lt_average){.decay = decay, .young = true}, step);
}

static void check_numbers(void)
{
	check_near(lt_ramp(0, 100), 0, 0);
	check_near(lt_ramp(10, 100), 0.25, 1e-15);
	check_near(lt_ramp(40, 100), 1, 1e-15);
	check_near(lt_ramp(99, 100), 1, 0);
	check_near(keep(0, 0.999), 2.0 / 11, 1e-15);
	check_near(keep(89, 0.999), 0.91, 1e-15);
	check_near(keep(89, 0.9), 0.9, 0);
	check_near(keep(8988, 0.999), 0.999, 1e-6);
	check_near(keep(1000000, 0.999), 0.999, 0);
	check_near(keep(5, 0), 0, 0);
	check_near(lt_average_keep(&(struct lt_average){.decay = 0.99}, 0), 0.99, 0);
}

/* The average's first weight over four steps in which the network's is 1, 2, 3, 4. */
static void check_average(void)
{
	struct bench b = begin(&lt_method_mean_teacher, BATCH, OTHER_BATCH);
	struct lt_average average = b.l->task.average;
	double *own = lt_network_params(b.net), *other = lt_network_params(b.average);
	double *own_state = lt_network_state(b.net), *state = lt_network_state(b.average);
	double want = own[0], want_state = own_state[0];

	check_named(memcmp(own, other, 100 * sizeof *own) == 0,
		    "the average begins as the network");
	for (int step = 0; step < 4; step++) {
		double k = fmin((2.0 + step) / (11 + step), 0.5);

		own[0] = own_state[0] = step + 1;
		lt_average_step(&average, b.net, step);
		want = k * want + (1 - k) * own[0];
	}
	check_near(other[0], want, 1e-14);
	check_named(state[0] == want_state, "running statistics are those of its own passes");
	average.statistics = true;
	own_state[0] = 7;
	lt_average_step(&average, b.net, 1000);
	check_near(state[0], 0.5 * want_state + 3.5, 1e-14);
	check_int(b.l->steps, 3);
	finish(&b);
}

/* ------------------------------------------------------------------------ streams */

/* What an epoch's unlabelled rows are. */
static int batches[8], places_seen;
static int seen[ROWS];

static void run_epoch(struct bench *b, int epoch)
{
	struct lt_meter meter = {0};
	int steps;

	memset(seen, 0, sizeof seen);
	places_seen = 0;
	if (b->l->task.plan(b->l, epoch, &steps, NULL) != 0)
		abort();
	for (int i = 0; i < steps; i++) {
		const struct lt_batch *batch = &b->l->batch[LT_UNLABELED];
		struct lt_step step = {
			.epoch = epoch, .step = i, .number = i, .total = 2 * steps};

		if (b->l->task.learn(b->l, &step, &meter, NULL) != 0)
			abort();
		batches[places_seen++] = batch->n;
		for (int k = 0; k < batch->n; k++)
			seen[batch->row[k]]++;
	}
}

static void check_streams(void)
{
	struct bench longer = begin(&lt_method_vat, 8, 9),
		     shorter = begin(&lt_method_vat, 2, 9);
	const uint32_t *order = longer.l->set[LT_UNLABELED].order;
	uint32_t before[UNLABELED];
	int least = ROWS, most = 0;

	/* 27 unlabelled rows in batches of 9, 11 labelled ones in batches of 8. */
	check_int(longer.l->steps, 3);
	check_int((long long)longer.l->set[LT_GIVEN].places, 24);
	run_epoch(&longer, 1);
	for (int i = 0; i < ROWS; i++)
		if (seen[i] != (i >= GIVEN))
			most = ROWS;
	check_named(most == 0, "every unlabelled row once, and no labelled one");
	check(batches[0] == 9 && batches[1] == 9 && batches[2] == 9);
	memcpy(before, order, sizeof before);
	run_epoch(&longer, 2);
	check_named(memcmp(before, order, sizeof before) != 0,
		    "another order in the next epoch");

	/* 11 labelled rows in batches of 2 take 6 steps, and those 54 places of 27 rows. */
	check_int(shorter.l->steps, 6);
	check_int((long long)shorter.l->set[LT_GIVEN].places, 11);
	run_epoch(&shorter, 1);
	for (int i = GIVEN; i < ROWS; i++) {
		least = seen[i] < least ? seen[i] : least;
		most = seen[i] > most ? seen[i] : most;
	}
	check_named(least == 2 && most == 2, "the shorter stream begins again");
	order = shorter.l->set[LT_UNLABELED].order;
	check_named(memcmp(order, order + UNLABELED, UNLABELED * sizeof *order) != 0,
		    "in another order");
	finish(&longer);
	finish(&shorter);
}

static void check_refusals(void)
{
	struct lt_learner_config config = config_of(&lt_method_vat, 8, 9);
	struct lt_table rows = table;
	struct lt_learner *l;
	struct lt_error err;

	config.net = new_network(true);
	config.table = &rows;
	rows.n = GIVEN;
	check_int(lt_learner_new(&l, &config, &err), LT_DATA);
	check_text(err.text, "no unlabelled rows to learn from");
	/* 2^20 steps of 2^13 rows. */
	rows.n = GIVEN + (1 << 20);
	config.method.batch = 1;
	config.batch = 1 << 13;
	check_int(lt_learner_new(&l, &config, &err), LT_DATA);
	check_text(err.text, "an epoch of more than 2^32 - 1 rows of a stream");
	rows.n = config.n_given = 0;
	check_int(lt_learner_new(&l, &config, &err), LT_DATA);
	check_text(err.text, "no labelled rows to learn from");
	config.method.method = &lt_method_none;
	check_int(lt_learner_new(&l, &config, &err), LT_DATA);
	check_text(err.text, "no rows to learn from");
	lt_network_free(config.net);
}

/* --------------------------------------------------------------------- gradients */

static double mean_of(divergence_of *divergence, const double *outputs, const double *target,
		      int n)
{
	double sum = 0, unused[CLASSES];

	for (int i = 0; i < n; i++)
		sum += divergence(outputs + i * CLASSES, target + i * CLASSES, CLASSES, unused);
	return sum / n;
}

static double entropy(const double *z, const double *target, int classes, double *grad)
{
	(void)target;
	return lt_entropy(z, classes, grad);
}

static double value_of_vat(struct lt_network *net, const struct fixed *f)
{
	double sum = given_loss(&given_batch, outputs_of(net, f->images[0], BATCH));

	sum += ENTROPY * mean_of(entropy, outputs_of(net, f->images[1], OTHER_BATCH), f->target,
				 OTHER_BATCH);
	return sum + f->weight * mean_of(lt_divergence_kl,
					 outputs_of(net, f->images[2], OTHER_BATCH), f->target,
					 OTHER_BATCH);
}

static double value_of_teacher(struct lt_network *net, const struct fixed *f)
{
	int n = BATCH + OTHER_BATCH;
	const double *outputs = outputs_of(net, f->images[0], n);

	return given_loss(&given_batch, outputs) +
	       f->weight * mean_of(lt_divergence_square, outputs, f->target, n);
}

/* The images of a part as the learner is to make them. */
static void see_part(struct bench *b, enum lt_which rows, uint32_t view, double *to)
{
	struct lt_batch batch = b->l->batch[rows];

	batch.view = view;
	lt_batcher_fill(b->l->batcher, lt_network_input(b->net), &batch);
	memcpy(to, lt_network_input(b->net), (size_t)batch.n * PLANE * sizeof *to);
}

/* Step 1 of epoch 1: of six steps the ramp takes 2.4. */
static double learn(struct bench *b)
{
	set_rows(b, OTHER_BATCH, true);
	b->l->ramp = lt_ramp(1, 6);
	return learn_step(b->l);
}

static void check_vat_step(void)
{
	struct bench b = begin(&lt_method_vat, BATCH, OTHER_BATCH);
	struct lt_network *labelled = new_network(true);
	const struct lt_graph *g = lt_network_graph(labelled);
	static struct fixed f = {.value = value_of_vat, .weight = WEIGHT / 2.4};
	double value = learn(&b);

	memcpy(f.images[2], lt_network_input(b.net), OTHER_BATCH * PLANE * sizeof(double));
	memcpy(f.target, b.l->outputs[LT_VAT_LOOK][0], OTHER_BATCH * CLASSES * sizeof(double));
	see_part(&b, LT_GIVEN, LT_VIEW_GIVEN, f.images[0]);
	see_part(&b, LT_UNLABELED, LT_VIEW_UNLABELED, f.images[1]);
	check_gradients(&b, &f, value, "vat");
	memcpy(lt_network_input(labelled), f.images[0], BATCH * PLANE * sizeof(double));
	lt_network_forward(labelled, BATCH, 1, LT_TRAIN, NULL);
	check_named(memcmp(lt_network_state(labelled), lt_network_state(b.net),
			   g->state * sizeof(double)) == 0,
		    "vat: running statistics are those of the labelled rows");
	lt_network_free(labelled);
	finish(&b);
}

static void check_teacher_step(void)
{
	struct bench b = begin(&lt_method_mean_teacher, BATCH, OTHER_BATCH);
	static struct fixed f = {.value = value_of_teacher, .weight = WEIGHT / 2.4};
	double *w = lt_network_params(b.average), value, *views;

	/* Another teacher than the network. */
	for (size_t i = 0; i < 400; i++)
		w[i] *= 1.5;
	value = learn(&b);
	memcpy(f.images[0], lt_network_input(b.net),
	       (BATCH + OTHER_BATCH) * PLANE * sizeof(double));
	memcpy(f.target, lt_network_outputs(b.average, 0),
	       (BATCH + OTHER_BATCH) * CLASSES * sizeof(double));
	check_gradients(&b, &f, value, "mean-teacher");
	views = f.images[1];
	see_part(&b, LT_GIVEN, LT_VIEW_GIVEN, views);
	see_part(&b, LT_UNLABELED, LT_VIEW_UNLABELED, views + BATCH * PLANE);
	check_named(
		memcmp(views, f.images[0], (BATCH + OTHER_BATCH) * PLANE * sizeof(double)) == 0,
		"mean-teacher: labelled rows, then unlabelled ones");
	check_named(memcmp(lt_network_input(b.average), f.images[0],
			   (BATCH + OTHER_BATCH) * PLANE * sizeof(double)) != 0,
		    "mean-teacher: the teacher sees other views");
	finish(&b);
}

/* ------------------------------------------------------------------ the perturbation */

static double length_of(const double *a, const double *b)
{
	double squares = 0;

	for (int i = 0; i < PLANE; i++)
		squares += (a[i] - b[i]) * (a[i] - b[i]);
	return sqrt(squares);
}

/* The pass before the search; keeps its images. */
static void look(struct bench *b, double *clean, int n)
{
	lt_learner_pass(b->l, LT_VAT_LOOK, NULL);
	memcpy(clean, lt_network_input(b->net), (size_t)n * PLANE * sizeof *clean);
}

static void check_move(void)
{
	struct bench b = begin(&lt_method_vat, BATCH, OTHER_BATCH);
	static double clean[OTHER_BATCH * PLANE], moved[OTHER_BATCH * PLANE],
		other[OTHER_BATCH * PLANE];
	struct lt_draws draws = lt_draws_at(8, LT_FOR_SYNTH, 0, 0, 2);
	size_t bytes = sizeof clean, head = lt_network_graph(b.net)->head[0].at[0];
	double least = INFINITY, most = 0, worst, random_most = 0;

	set_rows(&b, OTHER_BATCH, false);
	look(&b, clean, OTHER_BATCH);
	lt_vat_move(b.l, NULL);
	memcpy(moved, lt_network_input(b.net), bytes);
	for (int i = 0; i < OTHER_BATCH; i++) {
		double length = length_of(moved + i * PLANE, clean + i * PLANE);

		least = fmin(least, length);
		most = fmax(most, length);
	}
	check_near(least, EPSILON, 1e-12);
	check_near(most, EPSILON, 1e-12);
	worst = mean_of(lt_divergence_kl, outputs_of(b.net, moved, OTHER_BATCH),
			b.l->outputs[LT_VAT_LOOK][0], OTHER_BATCH);
	for (int k = 0; k < 20; k++) {
		for (int i = 0; i < OTHER_BATCH; i++) {
			double *to = other + i * PLANE, length;

			for (int j = 0; j < PLANE; j++)
				to[j] = clean[i * PLANE + j] + lt_draw_normal(&draws);
			length = length_of(to, clean + i * PLANE);
			for (int j = 0; j < PLANE; j++)
				to[j] = clean[i * PLANE + j] +
					EPSILON / length * (to[j] - clean[i * PLANE + j]);
		}
		random_most =
			fmax(random_most,
			     mean_of(lt_divergence_kl, outputs_of(b.net, other, OTHER_BATCH),
				     b.l->outputs[LT_VAT_LOOK][0], OTHER_BATCH));
	}
	if (!check_named(worst > 3 * random_most && random_most > 0,
			 "it changes predictions more than random moves as long"))
		printf("# %g, the most of 20 random ones %g\n", worst, random_most);

	look(&b, other, OTHER_BATCH);
	lt_vat_move(b.l, NULL);
	check_named(memcmp(moved, lt_network_input(b.net), bytes) == 0, "the same again");
	/* One direction that changes predictions most: another beginning finds it too. */
	b.l->batch[LT_UNLABELED].slot = 100;
	memcpy(lt_network_input(b.net), clean, bytes);
	lt_vat_move(b.l, NULL);
	check_named(memcmp(moved, lt_network_input(b.net), bytes) != 0,
		    "not the same from another direction");

	/* A head that predicts the same of everything. */
	for (size_t i = 0; i < 16 * CLASSES; i++)
		lt_network_params(b.net)[head + i] = 0;
	look(&b, clean, OTHER_BATCH);
	lt_vat_move(b.l, NULL);
	check_named(memcmp(clean, lt_network_input(b.net), bytes) == 0,
		    "where nothing changes the prediction an image stays");
	finish(&b);
}

/* Each image moved by ξ in a random direction of its own. */
static void move_a_little(const struct lt_batch *batch, const double *clean, double *to)
{
	for (int i = 0; i < batch->n; i++, clean += PLANE, to += PLANE) {
		struct lt_draws draws = lt_draws_at(SEED, LT_FOR_VAT, 0, batch->epoch,
						    batch->slot + (uint32_t)i);
		double u[PLANE], squares = 0;

		for (int j = 0; j < PLANE; j++) {
			u[j] = lt_draw_normal(&draws);
			squares += u[j] * u[j];
		}
		for (int j = 0; j < PLANE; j++)
			to[j] = clean[j] + XI * u[j] / sqrt(squares);
	}
}

/*
 * r is the gradient of KL(p(x) ‖ p(x + d)), summed over the batch, at d = ξ u, brought
 * to length ε: for every image, by central differences for every pixel.
 */
static void check_direction(void)
{
	enum { FEW = 4 };
	struct bench b = begin(&lt_method_vat, BATCH, FEW);
	static double clean[FEW * PLANE], moved[FEW * PLANE], at[FEW * PLANE],
		slope[FEW * PLANE];
	const double h = 1e-6;
	char name[80];

	set_rows(&b, FEW, true);
	look(&b, clean, FEW);
	/* What a step's pass before it left. */
	for (int i = 0; i < FEW * CLASSES; i++)
		b.l->grad[0][i] = i;
	lt_vat_move(b.l, NULL);
	memcpy(moved, lt_network_input(b.net), sizeof moved);
	move_a_little(&b.l->batch[LT_UNLABELED], clean, at);
	for (int i = 0; i < FEW * PLANE; i++) {
		double kept = at[i], up, down;

		at[i] = kept + h;
		up = mean_of(lt_divergence_kl, outputs_of(b.net, at, FEW),
			     b.l->outputs[LT_VAT_LOOK][0], FEW);
		at[i] = kept - h;
		down = mean_of(lt_divergence_kl, outputs_of(b.net, at, FEW),
			       b.l->outputs[LT_VAT_LOOK][0], FEW);
		at[i] = kept;
		slope[i] = (up - down) / (2 * h);
	}
	for (int i = 0; i < FEW; i++) {
		const double *g = slope + i * PLANE;
		double along = 0, squares = 0, length;

		length = length_of(moved + i * PLANE, clean + i * PLANE);
		for (int j = 0; j < PLANE; j++) {
			along += g[j] * (moved[i * PLANE + j] - clean[i * PLANE + j]);
			squares += g[j] * g[j];
		}
		snprintf(name, sizeof name, "image %d moves as the divergence grows fastest",
			 i);
		if (!check_named(along / (length * sqrt(squares)) > 0.999, name))
			printf("# cosine %g\n", along / (length * sqrt(squares)));
		check_near(length, EPSILON, 1e-12);
	}
	finish(&b);
}

static void check_table(void)
{
	check_text(lt_method_names[0], "none");
	for (int i = 0; lt_method_names[i]; i++)
		check_text(lt_method_table[i]->name, lt_method_names[i]);
}

int main(void)
{
	if (lt_pool_new(&pool, 2, NULL) != 0)
		return 1;
	make_rows();
	check_table();
	check_numbers();
	check_average();
	check_streams();
	check_refusals();
	check_vat_step();
	check_teacher_step();
	check_move();
	check_direction();
	lt_pool_free(pool);
	return check_done();
}
