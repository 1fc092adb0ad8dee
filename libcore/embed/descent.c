#include <math.h>
#include <stdbool.h>

#include "base/memory.h"
#include "base/random.h"
#include "embed/principal.h"
#include "embed/tsne.h"
#include "embed/tsne_gradient.h"

#define EXAGGERATED 250
#define BEGIN 1e-4
#define NOISE 1e-6

double lt_tsne_rate(size_t n, double exaggeration)
{
	double rate = (double)n / exaggeration / 4;

	return rate > 50 ? rate : 50;
}

double lt_tsne_most_perplexity(size_t n)
{
	return n < 2 ? 0 : (double)(n - 1) / 3;
}

/* ------------------------------------------------------------------ rows to points */

/*
 * Pads the rows and scales them by a power of two so that the largest value is below 1: no
 * square overflows, and no result depends on the scale.
 */
static int take_rows(const float *feature, size_t n, size_t width, float **out,
		     struct lt_embed_rows *rows, struct lt_error *err)
{
	size_t stride = (width + LT_NEIGHBOUR_LANES - 1) / LT_NEIGHBOUR_LANES *
			LT_NEIGHBOUR_LANES,
	       values;
	float largest = 0;
	int exponent;

	if (!lt_mul(n, stride, &values))
		return lt_fail_memory(err);
	*out = lt_new_array(values, sizeof **out);
	if (!*out)
		return lt_fail_memory(err);
	for (size_t k = 0; k < n * width; k++)
		largest = fabsf(feature[k]) > largest ? fabsf(feature[k]) : largest;
	frexp((double)largest, &exponent);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < width; k++)
			(*out)[i * stride + k] =
				(float)ldexp((double)feature[i * width + k], -exponent);
	*rows = (struct lt_embed_rows){n, stride, *out};
	return 0;
}

static int find_affinities(const struct lt_tsne_config *config,
			   const struct lt_embed_rows *rows, struct lt_affinities *p,
			   struct lt_error *err)
{
	size_t k = config->theta > 0 ? (size_t)(3 * config->perplexity) : rows->n - 1, entries;
	struct lt_neighbour *near = NULL;
	int code;

	if (lt_mul(rows->n, k, &entries))
		near = lt_new_array(entries, sizeof *near);
	if (!near)
		return lt_fail_memory(err);
	lt_neighbours_find(config->pool, LT_NEAR_BY_DISTANCE, rows, rows, k, near);
	code = lt_affinities_make(p, config->pool, near, rows->n, k, config->perplexity, err);
	lt_free(near);
	return code;
}

static int begin_points(const struct lt_tsne_config *config, const struct lt_embed_rows *rows,
			double *y, struct lt_error *err)
{
	double square = 0, scale = 0, noise = BEGIN;
	int code;

	if (config->init == LT_TSNE_PCA) {
		if ((code = lt_principal_scores(config->pool, rows, y, err)) != 0)
			return code;
		for (size_t i = 0; i < rows->n; i++)
			square += y[2 * i] * y[2 * i];
		if (square > 0) {
			scale = BEGIN / sqrt(square / (double)rows->n);
			noise = NOISE;
		}
	}
	for (size_t i = 0; i < rows->n; i++) {
		struct lt_draws draws =
			lt_draws_at(config->seed, LT_FOR_EMBED, 0, 0, (uint32_t)i);

		y[2 * i] = scale * y[2 * i] + noise * lt_draw_normal(&draws);
		y[2 * i + 1] = scale * y[2 * i + 1] + noise * lt_draw_normal(&draws);
	}
	return 0;
}

/* ------------------------------------------------------------------------- descent */

struct descent {
	size_t n;
	double *y, *gradient, *speed, *gain;
};

static void step(struct descent *d, double rate, double momentum)
{
	double mean[2] = {0, 0};

	for (size_t k = 0; k < 2 * d->n; k++) {
		d->gain[k] =
			d->gradient[k] * d->speed[k] < 0 ? d->gain[k] + 0.2 : d->gain[k] * 0.8;
		if (!(d->gain[k] > 0.01))
			d->gain[k] = 0.01;
		d->speed[k] = momentum * d->speed[k] - rate * d->gain[k] * d->gradient[k];
		d->y[k] += d->speed[k];
		mean[k % 2] += d->y[k];
	}
	for (size_t k = 0; k < 2 * d->n; k++)
		d->y[k] -= mean[k % 2] / (double)d->n;
}

/* A sum is finite only if all its terms are; below its overflow no square overflows. */
static bool is_finite(const double *y, size_t n)
{
	double sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += fabs(y[k]);
	return sum < 1e100;
}

static int descend(const struct lt_tsne_config *config, struct lt_tsne_forces *forces,
		   struct descent *d, struct lt_error *err)
{
	uint64_t early =
		config->iterations / 4 < EXAGGERATED ? config->iterations / 4 : EXAGGERATED;

	for (size_t k = 0; k < 2 * d->n; k++)
		d->gain[k] = 1;
	for (uint64_t i = 0; i < config->iterations; i++) {
		lt_tsne_gradient(forces, d->y, i < early ? config->exaggeration : 1,
				 d->gradient);
		step(d, config->rate, i < early ? 0.5 : 0.8);
		if (!is_finite(d->y, 2 * d->n))
			return lt_fail(err, LT_FALSE,
				       "the points diverged in iteration %llu; use a smaller "
				       "--rate",
				       (unsigned long long)i + 1);
		if (config->tick)
			config->tick(config->arg, i + 1);
	}
	return 0;
}

static int embed(const struct lt_tsne_config *config, const struct lt_affinities *p, double *y,
		 double *divergence, struct lt_error *err)
{
	struct descent d = {.n = p->n, .y = y};
	struct lt_tsne_forces forces;
	int code = lt_tsne_forces_new(&forces, config->pool, p, config->theta, err);

	d.gradient = lt_new_array(p->n, 2 * sizeof *d.gradient);
	d.speed = lt_new_array(p->n, 2 * sizeof *d.speed);
	d.gain = lt_new_array(p->n, 2 * sizeof *d.gain);
	if (code == 0 && (!d.gradient || !d.speed || !d.gain))
		code = lt_fail_memory(err);
	if (code == 0)
		code = descend(config, &forces, &d, err);
	if (code == 0)
		*divergence = lt_tsne_divergence(&forces, y);
	lt_free(d.gradient);
	lt_free(d.speed);
	lt_free(d.gain);
	lt_tsne_forces_free(&forces);
	return code;
}

int lt_tsne(const struct lt_tsne_config *config, const float *feature, size_t n, size_t width,
	    double *y, double *divergence, struct lt_error *err)
{
	struct lt_embed_rows rows;
	struct lt_affinities p = {0};
	float *padded = NULL;
	int code = take_rows(feature, n, width, &padded, &rows, err);

	if (code == 0)
		code = find_affinities(config, &rows, &p, err);
	if (code == 0)
		code = begin_points(config, &rows, y, err);
	lt_free(padded);
	if (code == 0)
		code = embed(config, &p, y, divergence, err);
	lt_affinities_free(&p);
	return code;
}
