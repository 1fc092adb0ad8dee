/*
 * Balanced contrastive learning, in double: a step's value against the formula written out over
 * all pairs, from the parameters of the head; its gradients, for both heads and the encoder, by
 * central differences; and what the formula is there for.
 */
#include "method_kit.h"

enum { FC, PROJECTION };
enum { DIM = 128, WIDTH = DIM + CLASSES, VIEWS = 2 * BATCH };

#define OMEGA 0.25
#define PSEUDO 8 /* rows from this one on are pseudo-labelled */

static double cosine(const double *a, const double *b)
{
	double ab = 0, aa = 0, bb = 0;

	for (int i = 0; i < DIM; i++) {
		ab += a[i] * b[i];
		aa += a[i] * a[i];
		bb += b[i] * b[i];
	}
	return ab / sqrt(aa * bb);
}

/*
 * The mean of l over both views, each vector that is compared in a list: the projections, then
 * the prototypes.
 */
static double contrast_of(const double *const *vector, const int *label, const double *weight)
{
	double sum = 0, weights = 0;

	for (int j = 0; j < VIEWS; j++) {
		double denominator = 0, near = 0;
		int members[CLASSES] = {0}, positives = 0;

		for (int k = 0; k < VIEWS + CLASSES; k++)
			members[label[k]] += k != j;
		for (int k = 0; k < VIEWS + CLASSES; k++) {
			double s = cosine(vector[j], vector[k]) / TEMPERATURE;

			if (k == j)
				continue;
			denominator += exp(s) / members[label[k]];
			if (label[k] == label[j]) {
				near += s;
				positives++;
			}
		}
		sum += weight[j] * (log(denominator) - near / positives);
		weights += weight[j];
	}
	return sum / weights;
}

static double contrast_of_net(struct lt_network *net, const struct lt_learner *l)
{
	const struct lt_head *head = &lt_network_graph(net)->head[PROJECTION];
	const double *outputs = lt_network_outputs(net, PROJECTION) + BATCH * WIDTH;
	const double *vector[VIEWS + CLASSES];
	int label[VIEWS + CLASSES];
	double weight[VIEWS];

	for (int j = 0; j < VIEWS; j++) {
		uint32_t row = l->batch[LT_GIVEN].row[j % BATCH];

		vector[j] = outputs + j * WIDTH;
		label[j] = kit_label[row];
		weight[j] = row < PSEUDO ? 1 : OMEGA;
	}
	for (int c = 0; c < CLASSES; c++) {
		vector[VIEWS + c] = lt_network_params(net) + head->at[4] + c * DIM;
		label[VIEWS + c] = c;
	}
	return contrast_of(vector, label, weight);
}

static double value_of_bcl(struct lt_network *net, const struct fixed *f)
{
	const double *z = outputs_of(net, f->images[0], 3 * BATCH);
	double sum = 0, weights = 0, p[CLASSES], log_pi[CLASSES];

	for (int c = 0; c < CLASSES; c++)
		log_pi[c] = log((double)counts[c] / GIVEN);
	for (int i = 0; i < BATCH; i++, z += CLASSES) {
		uint32_t row = f->l->batch[LT_GIVEN].row[i];
		int y = kit_label[row];
		double weight = row < PSEUDO ? 1 : OMEGA;

		sum += weight * (softmax(z, log_pi, p) - z[y] - log_pi[y]);
		weights += weight;
	}
	return sum / weights + WEIGHT * contrast_of_net(net, f->l);
}

static struct bench begin_bcl(const uint32_t *rows)
{
	struct bench b = begin(&lt_method_bcl, BATCH, OTHER_BATCH);

	b.l->config.n_given = PSEUDO;
	b.l->config.omega = OMEGA;
	b.l->batch[LT_GIVEN] = given_batch;
	b.l->batch[LT_GIVEN].row = rows;
	lt_learner_place(b.l);
	return b;
}

static void check_step(const uint32_t *rows, const char *name)
{
	struct bench b = begin_bcl(rows);
	static struct fixed f = {.value = value_of_bcl};
	double value = learn_step(b.l);

	f.l = b.l;
	memcpy(f.images[0], lt_network_input(b.net), 3 * BATCH * PLANE * sizeof(double));
	check_gradients(&b, &f, value, name);
	check_int(lt_network_graph(b.net)->predicts, FC);
	finish(&b);
}

/*
 * Class averaging: with all vectors equal, l is log C - 0 for C classes, whatever their numbers
 * of rows; without the averaging it is the log of the number of vectors.
 */
static void check_averaging(void)
{
	struct bench b = begin_bcl(given_rows);
	const struct lt_head *head = &lt_network_graph(b.net)->head[PROJECTION];
	double *w = lt_network_params(b.net), value;

	/* V = 0, and all else the same for each: v and c_k are equal. */
	for (int i = 0; i < DIM * DIM; i++)
		w[head->at[2] + (size_t)i] = 0;
	for (int i = 0; i < DIM; i++) {
		w[head->at[3] + (size_t)i] = i % 3 - 0.7;
		for (int c = 0; c < CLASSES; c++)
			w[head->at[4] + (size_t)(c * DIM + i)] = 2 * (i % 3 - 0.7);
	}
	lt_learner_pass(b.l, 0, NULL);
	memset(b.l->grad[PROJECTION], 0, 3 * BATCH * WIDTH * sizeof(double));
	value = lt_learner_term(b.l, &lt_method_bcl.term[1], 1);
	kit_check_error(fabs(value - log(CLASSES)), 1e-12, "bcl: each class weighs the same");
	finish(&b);
}

/* The first view is the classifier's alone, the others are the projection's. */
static void check_views(void)
{
	struct bench b = begin_bcl(given_rows);
	bool first = false, others = false, same;

	learn_step(b.l);
	for (int i = 0; i < BATCH * WIDTH; i++)
		first = first || b.l->grad[PROJECTION][i] != 0;
	for (int i = BATCH * CLASSES; i < 3 * BATCH * CLASSES; i++)
		others = others || b.l->grad[FC][i] != 0;
	check_named(!first && !others, "bcl: each view has one head");
	same = memcmp(lt_network_input(b.net) + BATCH * PLANE,
		      lt_network_input(b.net) + 2 * BATCH * PLANE,
		      BATCH * PLANE * sizeof(double)) == 0;
	check_named(!same, "bcl: two strong views");
	finish(&b);
}

int main(void)
{
	/* Of class 0 there is no row, and of class 3 one. */
	static const uint32_t some[BATCH] = {1, 5, 9, 2, 6, 10, 3, 1};

	if (lt_pool_new(&pool, 2, NULL) != 0)
		return 1;
	make_rows();
	check_step(given_rows, "bcl");
	check_step(some, "bcl, a class without rows");
	check_averaging();
	check_views();
	lt_pool_free(pool);
	return check_done();
}
