/*
 * DASO (Oh, Kim & Kweon, CVPR 2022), on FixMatch: pseudo-labels of the classifier, which
 * prefers large classes, are blended with those of prototypes, which prefer small ones.
 *
 * The prototype c_k of class k is the mean of the last 256 features of its labelled rows, which
 * the average of the network computes.  With f the features of a view,
 *
 *	q(f) = softmax of cos(f, c_k) / temperature over k
 *	p'   = (1 - u_k) p(w) + u_k q(f(w)),  k = argmax p(w),  u_k = (h_k / max h)^(1 / root)
 *
 * p' takes the place of p(w) in FixMatch: its label counts if it reaches the threshold.  h_k
 * are the rows whose label was k in the last hundred steps that are complete; until there are
 *as many, in those so far.  The semantic alignment loss is added:
 *
 *	mean over unlabelled rows of CE(q(f(s)), q(f(w)))
 *
 * Its target and the prototypes are constants, and it moves the encoder through f(s).  Blending
 * and alignment begin after 2 % of the run, as 5000 of the paper's 250,000 steps; features are
 * kept from the first step on.
 *
 * A class that has had no row yet has no prototype and is left out of q.  In the published code
 * its prototype is 0, so its cosine is 0 and can be the largest.  As there, the average
 * normalises by the statistics of its batch.  The root is 1.5, the paper's for unlabelled rows
 * with the shares of the labelled ones; it has 0.3 for others.
 */
#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "method/learner.h"

#define FROM 0.02
#define SHORTEST 1e-12

enum { QUEUE = 256, PERIOD = 100 };
enum { FEATURES = 1 };		    /* the head */
enum { PROTOTYPES, STUDENT };	    /* the passes */
enum { WEAK = 1, STRONG };	    /* parts of the latter */
enum { GIVEN, GUESSED, ALIGNMENT }; /* the terms */

/* A step's vectors. */
struct own {
	double *prototype; /* classes × features, at length 1 */
	bool *there;	   /* classes: has a prototype */
	double *q;	   /* rows × classes: of the weak views */
	double *cosine;	   /* rows × classes, and as much again */
	double *loss;	   /* rows */
};

/*
 * Its numbers: steps of the current hundred; whether one is complete; then of each class h,
 * its rows in the current hundred, its features that are kept, and the place of the next one;
 * then the features, classes × QUEUE × features.
 */
struct numbers {
	double *steps, *known, *h, *current, *kept, *next, *queue;
};

static struct numbers numbers_of(const struct lt_learner *l)
{
	struct numbers n = {.steps = l->number, .known = l->number + 1, .h = l->number + 2};

	n.current = n.h + l->classes;
	n.kept = n.current + l->classes;
	n.next = n.kept + l->classes;
	n.queue = n.next + l->classes;
	return n;
}

static size_t numbers(const struct lt_learner *l)
{
	size_t each;

	if (!lt_mul((size_t)l->classes, QUEUE * (size_t)l->width[FEATURES], &each) ||
	    !lt_add(each, 2 + 4 * (size_t)l->classes, &each))
		return SIZE_MAX / 2; /* more than the learner takes */
	return each;
}

static void end(struct lt_learner *l)
{
	struct own *own = l->own;

	if (!own)
		return;
	lt_free(own->prototype);
	lt_free(own->there);
	lt_free(own->q);
	lt_free(own->cosine);
	lt_free(own->loss);
	lt_free(own);
}

static int begin(struct lt_learner *l, struct lt_error *err)
{
	size_t rows = (size_t)l->set[LT_UNLABELED].batch, classes = (size_t)l->classes;
	struct own *own = l->own = lt_new_array(1, sizeof *own);

	if (!own)
		return lt_fail_memory(err);
	own->prototype = lt_new_array(classes, (size_t)l->width[FEATURES] * sizeof(double));
	own->there = lt_new_array(classes, sizeof *own->there);
	own->q = lt_new_array(rows, classes * sizeof(double));
	own->cosine = lt_new_array(rows, 2 * classes * sizeof(double));
	own->loss = lt_new_array(rows, sizeof(double));
	return own->prototype && own->there && own->q && own->cosine && own->loss
		       ? 0
		       : lt_fail_memory(err);
}

/* ---------------------------------------------------------------------- prototypes */

/* Keeps the features of the step's labelled rows, in place of the oldest of their class. */
static void keep(struct lt_learner *l)
{
	const struct lt_span span = {PROTOTYPES, 0, 1, FEATURES};
	const struct lt_batch *batch = &l->batch[LT_GIVEN];
	struct numbers n = numbers_of(l);
	size_t width = (size_t)l->width[FEATURES];
	const double *f = lt_learner_outputs(l, &span);

	for (int i = 0; i < batch->n; i++, f += width) {
		int y = l->config.table->label[batch->row[i]];
		size_t place = (size_t)y * QUEUE + (size_t)n.next[y];

		memcpy(n.queue + place * width, f, width * sizeof *f);
		n.next[y] = n.next[y] + 1 < QUEUE ? n.next[y] + 1 : 0;
		n.kept[y] = n.kept[y] < QUEUE ? n.kept[y] + 1 : QUEUE;
	}
}

static double length_of(const double *v, int width)
{
	double squares = 0;

	for (int j = 0; j < width; j++)
		squares += v[j] * v[j];
	return fmax(sqrt(squares), SHORTEST);
}

/* The direction of the mean of a class's features is that of their sum. */
static void sum_class(void *arg, int c, int worker)
{
	struct lt_learner *l = arg;
	struct own *own = l->own;
	struct numbers n = numbers_of(l);
	int width = l->width[FEATURES];
	double *to = own->prototype + (size_t)c * (size_t)width, length;
	const double *f = n.queue + (size_t)c * QUEUE * (size_t)width;

	(void)worker;
	own->there[c] = n.kept[c] > 0;
	memset(to, 0, (size_t)width * sizeof *to);
	for (int i = 0; i < (int)n.kept[c]; i++, f += width)
		for (int j = 0; j < width; j++)
			to[j] += f[j];
	length = length_of(to, width);
	for (int j = 0; j < width; j++)
		to[j] /= length;
}

/*
 * The cosines of features f, of this length, with the prototypes, and q; returns log Σ exp of
 * the cosines divided by the temperature.  A class without a prototype has q 0.
 */
static double compare(const struct lt_learner *l, const double *f, double length,
		      double *cosine, double *q)
{
	const struct own *own = l->own;
	double temperature = l->config.method.setting[LT_TEMPERATURE];
	double most = -INFINITY, sum = 0;
	int width = l->width[FEATURES];

	for (int c = 0; c < l->classes; c++) {
		const double *prototype = own->prototype + (size_t)c * (size_t)width;

		cosine[c] = q[c] = 0;
		for (int j = 0; j < width; j++)
			cosine[c] += prototype[j] * f[j] / length;
		if (own->there[c])
			most = fmax(most, cosine[c] / temperature);
	}
	for (int c = 0; c < l->classes; c++)
		if (own->there[c])
			sum += q[c] = lt_exp(cosine[c] / temperature - most);
	for (int c = 0; c < l->classes; c++)
		q[c] /= sum;
	return most + lt_log(sum);
}

/* ------------------------------------------------------------------------ blending */

struct job {
	struct lt_learner *learner;
	const double *f; /* rows × features */
	lt_real *grad;	 /* the same */
	double factor;
};

/* q of a weak view. */
static void see_row(void *arg, int i, int worker)
{
	const struct job *job = arg;
	const struct lt_learner *l = job->learner;
	struct own *own = l->own;
	int width = l->width[FEATURES];
	size_t at = (size_t)i * (size_t)l->classes;
	const double *f = job->f + (size_t)i * (size_t)width;

	(void)worker;
	compare(l, f, length_of(f, width), own->cosine + 2 * at, own->q + at);
}

/* u of a class, of these numbers of rows with each label. */
static double share_of(const double *h, int classes, int c, double root)
{
	double most = 0;

	for (int k = 0; k < classes; k++)
		most = fmax(most, h[k]);
	return h[c] > 0 ? lt_exp(lt_log(h[c] / most) / root) : 0;
}

static void blend(struct lt_learner *l, struct lt_target *target)
{
	const struct lt_span weak = {STUDENT, WEAK, 1, FEATURES};
	struct job job = {.learner = l, .f = lt_learner_outputs(l, &weak)};
	struct lt_pool *pool = lt_network_pool(l->config.net);
	const struct own *own = l->own;
	struct numbers n = numbers_of(l);
	const double *q = own->q;
	double *p = target->p;

	lt_pool_run(pool, sum_class, l, l->classes);
	lt_pool_run(pool, see_row, &job, target->n);
	for (int i = 0; i < target->n; i++, p += l->classes, q += l->classes) {
		double u = share_of(*n.known > 0 ? n.h : n.current, l->classes,
				    target->label[i], l->config.method.setting[LT_BLEND_ROOT]);

		for (int c = 0; c < l->classes; c++)
			p[c] = (1 - u) * p[c] + u * q[c];
	}
	lt_target_label(target);
	lt_masks[LT_MASK_FIXED].weigh(&l->guess[GUESSED].mask, target);
}

/* Counts the labels of a step. */
static void count(struct lt_learner *l, const struct lt_target *target)
{
	struct numbers n = numbers_of(l);
	size_t size = (size_t)l->classes * sizeof *n.h;

	for (int i = 0; i < target->n; i++)
		n.current[target->label[i]]++;
	if (++*n.steps < PERIOD)
		return;
	memcpy(n.h, n.current, size);
	memset(n.current, 0, size);
	*n.steps = 0;
	*n.known = 1;
}

static void see(struct lt_learner *l, int term)
{
	struct lt_target *target = &l->guess[term].target;

	keep(l);
	if (l->progress >= FROM)
		blend(l, target);
	count(l, target);
}

/* ----------------------------------------------------------------------- alignment */

/*
 * The loss of a strong view.  With g the gradients at the cosines, that at f is
 *
 *	Σ_c g_c (c_c - cos_c f / |f|) / |f|,  c_c at length 1.
 */
static void align_row(void *arg, int i, int worker)
{
	const struct job *job = arg;
	const struct lt_learner *l = job->learner;
	struct own *own = l->own;
	double temperature = l->config.method.setting[LT_TEMPERATURE];
	int width = l->width[FEATURES];
	size_t at = (size_t)i * (size_t)l->classes;
	double *cosine = own->cosine + 2 * at, *p = cosine + l->classes;
	const double *f = job->f + (size_t)i * (size_t)width, *q = own->q + at;
	lt_real *grad = job->grad + (size_t)i * (size_t)width;
	double length = length_of(f, width), log_sum = compare(l, f, length, cosine, p);

	(void)worker;
	own->loss[i] = 0;
	for (int c = 0; c < l->classes; c++) {
		const double *prototype = own->prototype + (size_t)c * (size_t)width;
		double g = job->factor * (p[c] - q[c]) / temperature;

		if (!own->there[c])
			continue;
		own->loss[i] += q[c] * (log_sum - cosine[c] / temperature);
		for (int j = 0; j < width; j++)
			grad[j] += (lt_real)(g * (prototype[j] - cosine[c] * f[j] / length) /
					     length);
	}
}

static double align(struct lt_learner *l, const struct lt_term *term, double weight)
{
	int n = lt_learner_images(l, &term->of);
	struct job job = {.learner = l,
			  .f = lt_learner_outputs(l, &term->of),
			  .grad = lt_learner_grad(l, &term->of),
			  .factor = weight / n};
	const struct own *own = l->own;
	double sum = 0;

	if (l->progress < FROM)
		return 0;
	lt_pool_run(lt_network_pool(l->config.net), align_row, &job, n);
	for (int i = 0; i < n; i++)
		sum += own->loss[i];
	return sum / n;
}

const struct lt_method lt_method_daso = {
	.name = "daso",
	.about.summary = "FixMatch with pseudo-labels blended with those of class prototypes",
	.about.formula =
		"labelled loss + weight term + alignment\n"
		"term = mean of [max p' >= threshold] CE(p(strong), argmax p')\n"
		"p' = (1 - u_k) p(weak) + u_k q(weak), k = argmax p(weak)\n"
		"u = (h / max h)^(1 / blend root), h rows with each label in the last hundred "
		"steps\n"
		"q = softmax(cos(f, prototypes) / temperature), f features\n"
		"prototypes = means of the last 256 features of each class by the average\n"
		"alignment = mean of CE(q(strong), q(weak))\n"
		"in the first 2 % of the run p' = p(weak), and no alignment",
	.about.source = "Oh et al., CVPR 2022, section 3",
	.unlabelled = true,
	.average = true,
	.mask = LT_MASK_FIXED,
	.setting = {[LT_WEIGHT] = 1,
		    [LT_EMA] = 0.999,
		    [LT_THRESHOLD] = 0.95,
		    [LT_TEMPERATURE] = 0.05,
		    [LT_BLEND_ROOT] = 1.5},
	.more = 1,
	.more_head = {{.name = "features", .kind = LT_HEAD_IDENTITY}},
	.passes = 2,
	.pass = {[PROTOTYPES] = {.average = true,
				 .mode = LT_STATS,
				 .parts = 1,
				 .part = {{LT_GIVEN, LT_VIEW_GIVEN, false}}},
		 [STUDENT] = {.mode = LT_TRAIN,
			      .parts = 3,
			      .part = {{LT_GIVEN, LT_VIEW_GIVEN, false},
				       [WEAK] = {LT_UNLABELED, LT_VIEW_UNLABELED, false},
				       [STRONG] = {LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN,
						   true}}}},
	.terms = 3,
	.term = {[GIVEN] = {.kind = LT_TERM_LABELS, .of = {STUDENT, 0, 1, 0}, .weight = 1},
		 [GUESSED] = {.kind = LT_TERM_PSEUDO_LABELS,
			      .of = {STUDENT, STRONG, 1, 0},
			      .target = {STUDENT, WEAK, 1, 0},
			      .reported = "consistency"},
		 [ALIGNMENT] = {.kind = LT_TERM_OWN,
				.of = {STUDENT, STRONG, 1, FEATURES},
				.weight = 1,
				.reported = "alignment"}},
	.begin = begin,
	.end = end,
	.numbers = numbers,
	.see = see,
	.own = align,
};
