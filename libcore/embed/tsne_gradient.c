#include "embed/tsne_gradient.h"

#include <stdbool.h>

#include "base/elementary.h"
#include "base/memory.h"

#define BLOCK 64 /* points of one item */

int lt_tsne_forces_new(struct lt_tsne_forces *forces, struct lt_pool *pool,
		       const struct lt_affinities *p, double theta, struct lt_error *err)
{
	*forces = (struct lt_tsne_forces){.pool = pool, .p = p, .theta = theta};
	forces->repulsion = lt_new_array(p->n, 2 * sizeof *forces->repulsion);
	forces->weight = lt_new_array(p->n, sizeof *forces->weight);
	if (!forces->repulsion || !forces->weight)
		return lt_fail_memory(err);
	return theta > 0 ? lt_quadtree_new(&forces->tree, p->n, err) : 0;
}

void lt_tsne_forces_free(struct lt_tsne_forces *forces)
{
	lt_quadtree_free(&forces->tree);
	lt_free(forces->repulsion);
	lt_free(forces->weight);
	*forces = (struct lt_tsne_forces){0};
}

struct job {
	struct lt_tsne_forces *forces;
	const double *y;
	double exaggeration, z;
	double *gradient;
};

/* The points of an item, or their ranks. */
static size_t item_end(const struct job *job, int item)
{
	size_t end = ((size_t)item + 1) * BLOCK, n = job->forces->p->n;

	return end < n ? end : n;
}

static void run(lt_work *work, struct job *job)
{
	lt_pool_run(job->forces->pool, work, job,
		    (int)((job->forces->p->n + BLOCK - 1) / BLOCK));
}

/* ----------------------------------------------------------------------- repulsion */

struct sums {
	double weight, x, y;
};

/* m points at distance dx, dy. */
static inline void add(struct sums *s, double m, double dx, double dy)
{
	double w = 1 / (1 + (dx * dx + dy * dy));

	s->weight += m * w;
	s->x += m * w * w * dx;
	s->y += m * w * w * dy;
}

static void repel_exactly(void *arg, int item, int worker)
{
	struct job *job = arg;
	const double *y = job->y;
	size_t n = job->forces->p->n, end = item_end(job, item);

	(void)worker;
	for (size_t i = (size_t)item * BLOCK; i < end; i++) {
		struct sums s = {0, 0, 0};

		for (size_t j = 0; j < n; j++)
			if (j != i)
				add(&s, 1, y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1]);
		job->forces->weight[i] = s.weight;
		job->forces->repulsion[2 * i] = s.x;
		job->forces->repulsion[2 * i + 1] = s.y;
	}
}

static struct sums walk(const struct lt_quadtree *tree, uint32_t rank, double x, double y,
			double theta_square)
{
	struct sums s = {0, 0, 0};

	for (uint32_t at = 0; at < tree->cells;) {
		const struct lt_quadtree_cell *cell = &tree->cell[at];
		double dx = x - cell->x, dy = y - cell->y;
		/* Ranks below first wrap around to large numbers. */
		bool own = rank - cell->first < cell->count;

		if (cell->square > 0 &&
		    (own || !(cell->square < theta_square * (dx * dx + dy * dy)))) {
			at++;
			continue;
		}
		add(&s, (double)(cell->count - own), dx, dy);
		at = cell->next;
	}
	return s;
}

/* In the order of ranks: points that are close visit the same cells. */
static void repel_by_tree(void *arg, int item, int worker)
{
	struct job *job = arg;
	struct lt_tsne_forces *forces = job->forces;
	size_t end = item_end(job, item);

	(void)worker;
	for (size_t rank = (size_t)item * BLOCK; rank < end; rank++) {
		size_t i = forces->tree.point[rank];
		struct sums s = walk(&forces->tree, (uint32_t)rank, job->y[2 * i],
				     job->y[2 * i + 1], forces->theta * forces->theta);

		forces->weight[i] = s.weight;
		forces->repulsion[2 * i] = s.x;
		forces->repulsion[2 * i + 1] = s.y;
	}
}

/* Repulsion and weight of every point; Z is returned. */
static double repel(struct job *job)
{
	double z = 0;

	if (job->forces->theta > 0)
		lt_quadtree_build(&job->forces->tree, job->y);
	run(job->forces->theta > 0 ? repel_by_tree : repel_exactly, job);
	for (size_t i = 0; i < job->forces->p->n; i++)
		z += job->forces->weight[i];
	return z;
}

/* ---------------------------------------------------------------------- attraction */

static void attract(void *arg, int item, int worker)
{
	struct job *job = arg;
	const struct lt_affinities *p = job->forces->p;
	const double *y = job->y, *repulsion = job->forces->repulsion;
	size_t end = item_end(job, item);

	(void)worker;
	for (size_t i = (size_t)item * BLOCK; i < end; i++) {
		double x_sum = 0, y_sum = 0;

		for (size_t e = p->first[i]; e < p->first[i + 1]; e++) {
			size_t j = p->column[e];
			double dx = y[2 * i] - y[2 * j], dy = y[2 * i + 1] - y[2 * j + 1];
			double pull = (double)p->value[e] / (1 + (dx * dx + dy * dy));

			x_sum += pull * dx;
			y_sum += pull * dy;
		}
		job->gradient[2 * i] =
			4 * (job->exaggeration * x_sum - repulsion[2 * i] / job->z);
		job->gradient[2 * i + 1] =
			4 * (job->exaggeration * y_sum - repulsion[2 * i + 1] / job->z);
	}
}

void lt_tsne_gradient(struct lt_tsne_forces *forces, const double *y, double exaggeration,
		      double *gradient)
{
	struct job job = {forces, y, exaggeration, 0, gradient};

	job.z = repel(&job);
	run(attract, &job);
}

static void diverge(void *arg, int item, int worker)
{
	struct job *job = arg;
	const struct lt_affinities *p = job->forces->p;
	const double *y = job->y;
	size_t end = item_end(job, item);

	(void)worker;
	for (size_t i = (size_t)item * BLOCK; i < end; i++) {
		double sum = 0;

		for (size_t e = p->first[i]; e < p->first[i + 1]; e++) {
			size_t j = p->column[e];
			double dx = y[2 * i] - y[2 * j], dy = y[2 * i + 1] - y[2 * j + 1];
			double v = p->value[e];

			if (v > 0)
				sum += v * lt_log(v * (1 + (dx * dx + dy * dy)) * job->z);
		}
		job->forces->weight[i] = sum;
	}
}

double lt_tsne_divergence(struct lt_tsne_forces *forces, const double *y)
{
	struct job job = {forces, y, 1, 0, NULL};
	double sum = 0;

	job.z = repel(&job);
	run(diverge, &job);
	for (size_t i = 0; i < forces->p->n; i++)
		sum += forces->weight[i];
	return sum;
}
