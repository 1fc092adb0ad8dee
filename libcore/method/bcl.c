/*
 * Balanced contrastive learning (Zhu et al., CVPR 2022): beside the classifier, whose loss is
 * adjusted by the shares pi of the labelled rows, a projection of two strong views of each row
 * learns that rows of a class are near one another and near the prototype of their class.
 *
 *	CE(z + log pi, y) + weight × mean over both views of the rows of l
 *	l_j = log D_j - mean over p in P_j of s_jp,   s_jk = cos(v_j, v_k) / temperature
 *	D_j = Σ over k ≠ j of exp(s_jk) / w_jk
 *
 * The sums are over the other projections of the batch and the prototypes of all classes.  P_j
 * are those of class y_j, and w_jk is the number of those of k's class, without j itself.  So
 * each class weighs the same in D (class averaging), and each is there, though it has no row in
 * the batch (class complement).
 *
 * A pseudo-labelled row's l has the weight omega in the mean.  Prototypes are parameters of the
 * head; in the published code they are a projection of the classifier's weights.
 */
#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "method/learner.h"

#define SHORTEST 1e-12
#define DIM 128 /* of the projection */

enum { BCL = 1 };	  /* the head */
enum { GIVEN, CONTRAST }; /* the terms */

/* The contrast of a step, for 2 × batch rows and as many classes as there are prototypes. */
struct contrast {
	double *unit,
		*length; /* rows × DIM, rows: projections at length 1, and their lengths */
	double *slope;	 /* rows × rows: weight_j d l_j / d cos(v_j, v_k) */
	double *share;	 /* rows × classes: exp(s) / w of the prototypes */
	double *loss;	 /* rows: weight_j l_j */
	double *weight;	 /* rows: omega_j / Σ omega */
	double *members; /* classes: rows of the batch and the prototype */
};

struct job {
	struct lt_learner *learner;
	struct contrast *contrast;
	const double *outputs; /* rows × (DIM + classes) */
	lt_real *grad;
	int n; /* rows */
	double weight;
};

static void end(struct lt_learner *l)
{
	struct contrast *c = l->own;

	if (!c)
		return;
	lt_free(c->unit);
	lt_free(c->length);
	lt_free(c->slope);
	lt_free(c->share);
	lt_free(c->loss);
	lt_free(c->weight);
	lt_free(c->members);
	lt_free(c);
}

static int begin(struct lt_learner *l, struct lt_error *err)
{
	size_t rows = 2 * (size_t)l->set[LT_GIVEN].batch;
	struct contrast *c = l->own = lt_new_array(1, sizeof *c);

	if (!c)
		return lt_fail_memory(err);
	c->unit = lt_new_array(rows, DIM * sizeof(double));
	c->length = lt_new_array(rows, sizeof(double));
	c->slope = lt_new_array(rows, rows * sizeof(double));
	c->share = lt_new_array(rows, (size_t)l->classes * sizeof(double));
	c->loss = lt_new_array(rows, sizeof(double));
	c->weight = lt_new_array(rows, sizeof(double));
	c->members = lt_new_array((size_t)l->classes, sizeof(double));
	return c->unit && c->length && c->slope && c->share && c->loss && c->weight &&
			       c->members
		       ? 0
		       : lt_fail_memory(err);
}

static int offset(struct lt_learner *l, struct lt_error *err)
{
	double *log_pi = l->offset[GIVEN].outputs;

	(void)err;
	lt_learner_labelled_shares(l, log_pi);
	for (int c = 0; c < l->classes; c++)
		log_pi[c] = log_pi[c] > 0 ? lt_log(log_pi[c]) : -INFINITY;
	return 0;
}

static uint32_t row_of(const struct job *job, int j)
{
	const struct lt_batch *batch = &job->learner->batch[LT_GIVEN];

	return batch->row[j % batch->n];
}

static int label_of(const struct job *job, int j)
{
	return job->learner->config.table->label[row_of(job, j)];
}

/* Lengths, weights and classes of the rows; false: all weights are 0. */
static bool look(const struct job *job)
{
	const struct lt_learner_config *config = &job->learner->config;
	struct contrast *c = job->contrast;
	double sum = 0;

	for (int i = 0; i < job->learner->classes; i++)
		c->members[i] = 1;
	for (int j = 0; j < job->n; j++) {
		const double *v = job->outputs + j * (DIM + job->learner->classes);
		double squares = 0;

		for (int i = 0; i < DIM; i++)
			squares += v[i] * v[i];
		c->length[j] = fmax(sqrt(squares), SHORTEST);
		for (int i = 0; i < DIM; i++)
			c->unit[j * DIM + i] = v[i] / c->length[j];
		c->members[label_of(job, j)]++;
		c->weight[j] = row_of(job, j) < config->n_given ? 1 : config->omega;
		sum += c->weight[j];
	}
	for (int j = 0; j < job->n; j++)
		c->weight[j] /= sum;
	return sum > 0;
}

static double product(const double *a, const double *b)
{
	double sum = 0;

	for (int i = 0; i < DIM; i++)
		sum += a[i] * b[i];
	return sum;
}

/* s of a row and each other projection, in slope; returns the largest s of all others. */
static double compare(const struct job *job, int j, double *slope, const double *cosine)
{
	const struct contrast *c = job->contrast;
	double temperature = job->learner->config.method.setting[LT_TEMPERATURE];
	double most = cosine[0] / temperature;

	for (int k = 1; k < job->learner->classes; k++)
		most = fmax(most, cosine[k] / temperature);
	for (int k = 0; k < job->n; k++) {
		slope[k] = product(c->unit + j * DIM, c->unit + k * DIM) / temperature;
		if (k != j)
			most = fmax(most, slope[k]);
	}
	return most;
}

/* exp(s) / w of a vector of class k, for a row of class own. */
static double share_of(const struct contrast *c, double s, int k, int own)
{
	return lt_exp(s) / (k == own ? c->members[k] - 1 : c->members[k]);
}

/* l of a row, and its slopes by all cosines; those of prototypes go to the gradient. */
static void learn_row(void *arg, int j, int worker)
{
	const struct job *job = arg;
	struct contrast *c = job->contrast;
	int classes = job->learner->classes, own = label_of(job, j);
	double temperature = job->learner->config.method.setting[LT_TEMPERATURE];
	const double *cosine = job->outputs + j * (DIM + classes) + DIM;
	lt_real *grad = job->grad + j * (DIM + classes) + DIM;
	double *slope = c->slope + (size_t)j * (size_t)job->n;
	double *share = c->share + (size_t)j * (size_t)classes;
	double most = compare(job, j, slope, cosine), others = c->members[own] - 1;
	double sum = 0, near = cosine[own] / temperature, factor = c->weight[j] / temperature;

	(void)worker;
	for (int k = 0; k < job->n; k++) {
		int of = label_of(job, k);

		near += k != j && of == own ? slope[k] : 0;
		sum += slope[k] = k == j ? 0 : share_of(c, slope[k] - most, of, own);
	}
	for (int k = 0; k < classes; k++)
		sum += share[k] = share_of(c, cosine[k] / temperature - most, k, own);
	for (int k = 0; k < job->n; k++)
		slope[k] =
			k == j ? 0
			       : factor * (slope[k] / sum - (label_of(job, k) == own) / others);
	for (int k = 0; k < classes; k++)
		grad[k] += (lt_real)(job->weight * factor *
				     (share[k] / sum - (k == own) / others));
	c->loss[j] = c->weight[j] * (lt_log(sum) + most - near / others);
}

/* The gradient at a projection: as a row, and as one of the others of each row. */
static void move_row(void *arg, int j, int worker)
{
	const struct job *job = arg;
	const struct contrast *c = job->contrast;
	const double *own = c->unit + j * DIM;
	lt_real *grad = job->grad + j * (DIM + job->learner->classes);
	double sum[DIM] = {0}, along;

	(void)worker;
	for (int k = 0; k < job->n; k++) {
		double slope = c->slope[(size_t)j * (size_t)job->n + (size_t)k] +
			       c->slope[(size_t)k * (size_t)job->n + (size_t)j];

		for (int i = 0; i < DIM; i++)
			sum[i] += slope * c->unit[k * DIM + i];
	}
	along = product(sum, own);
	for (int i = 0; i < DIM; i++)
		grad[i] += (lt_real)(job->weight * (sum[i] - along * own[i]) / c->length[j]);
}

static double learn_contrast(struct lt_learner *l, const struct lt_term *term, double weight)
{
	struct job job = {.learner = l,
			  .contrast = l->own,
			  .outputs = lt_learner_outputs(l, &term->of),
			  .grad = lt_learner_grad(l, &term->of),
			  .n = lt_learner_images(l, &term->of),
			  .weight = weight};
	struct lt_pool *pool = lt_network_pool(l->config.net);
	double sum = 0;

	if (!look(&job))
		return 0;
	lt_pool_run(pool, learn_row, &job, job.n);
	lt_pool_run(pool, move_row, &job, job.n);
	for (int j = 0; j < job.n; j++)
		sum += job.contrast->loss[j];
	return sum;
}

const struct lt_method lt_method_bcl = {
	.name = "bcl",
	.about.summary =
		"balanced contrastive learning: rows of a class are near its prototype",
	.about.formula =
		"CE(z + log pi, y) + weight term, pi shares of the labelled rows\n"
		"term = mean of log D_j - mean over p in P_j of s_jp, two strong views\n"
		"s_jk = cos(v_j, v_k) / temperature, v projections and prototypes of classes\n"
		"D_j = sum over k of exp(s_jk) / w_jk\n"
		"P_j the others of class y_j, w_jk the number of the others of k's class",
	.about.source = "Zhu et al., CVPR 2022",
	.adjusts = true,
	.balanced = true,
	.setting = {[LT_WEIGHT] = 0.35, [LT_TEMPERATURE] = 0.1},
	.more = 1,
	.more_head = {{.name = "projection", .kind = LT_HEAD_PROTOTYPES, .hidden = DIM}},
	.passes = 1,
	.pass = {{.mode = LT_TRAIN,
		  .parts = 3,
		  .part = {{LT_GIVEN, LT_VIEW_GIVEN, false},
			   {LT_GIVEN, LT_VIEW_GIVEN_AGAIN, true},
			   {LT_GIVEN, LT_VIEW_GIVEN_THIRD, true}}}},
	.terms = 2,
	.term = {[GIVEN] = {.kind = LT_TERM_LABELS, .of = {0, 0, 1, 0}, .weight = 1},
		 [CONTRAST] = {.kind = LT_TERM_OWN,
			       .of = {0, 1, 2, BCL},
			       .reported = "contrast"}},
	.begin = begin,
	.end = end,
	.offset = offset,
	.own = learn_contrast,
};
